//! The equations of one layer: names to arrays and indices, extents inferred.

use std::collections::HashMap;

use proc_macro2::Ident;

use super::size::{Constants, Known};
use super::spelling::suggestion;
use super::{Equations, Initialiser, LocalArray, LocalRole, LocalStatement, Reduction, Value};
use crate::diagnostics::Diagnostics;
use crate::index::{Access, Affine, ArrayId, Extent, Index, IndexInfo};
use crate::library::Library;
use crate::scalar::Binary;
use crate::syntax::{
    Assignment, Declaration, Definition, Expression, ExpressionKind, Kind, Parameter, Place,
};

/// The equations of a layer or activation whose sizes and settings are known.
///
/// `input` is the shape of the layer's input; an activation takes any.
pub fn layer(
    definition: &Definition,
    known: Constants,
    input: &[usize],
    library: &Library,
    diagnostics: &mut Diagnostics,
) -> Equations {
    let axes: Vec<Extent> = input.iter().map(|&size| Extent::Fixed(size)).collect();
    let mut resolver = Resolver::new(definition, known, library, diagnostics);
    if definition.kind == Kind::Activation {
        resolver.elementwise.clone_from(&axes);
    }
    for declaration in &definition.inputs {
        resolver.array(&declaration.name, axes.clone(), LocalRole::Input);
    }
    for parameter in &definition.parameters {
        resolver.parameter(parameter);
    }
    resolver.statements(definition)
}

/// The equations of a loss, for one sample of any number of outputs.
pub fn loss(
    definition: &Definition,
    library: &Library,
    diagnostics: &mut Diagnostics,
) -> Equations {
    let mut resolver = Resolver::new(definition, Constants::default(), library, diagnostics);
    for declaration in &definition.inputs {
        let role = if declaration.is_class { LocalRole::Class } else { LocalRole::Input };
        let axes = declaration.axes.iter().map(|_| Extent::Outputs).collect();
        resolver.array(&declaration.name, axes, role);
        let sizes = declaration.axes.iter().map(|axis| &axis.extent);
        resolver.open.extend(sizes.filter_map(|extent| match &extent.kind {
            ExpressionKind::Name(name) => Some(name.to_string()),
            _ => None,
        }));
    }
    resolver.open.extend(definition.settings.iter().map(|setting| setting.name.to_string()));
    resolver.statements(definition)
}

/// The names in scope while a definition's statements are read.
struct Resolver<'a> {
    library: &'a Library,
    diagnostics: &'a mut Diagnostics,
    /// Sizes and settings with their values.
    known: Constants,
    /// Sizes and settings whose values come at run time.
    open: Vec<String>,
    /// The axes that every access of an activation has without being written.
    elementwise: Vec<Extent>,
    /// Where an index is declared with its extent: `i: I`.
    declared: HashMap<String, Extent>,
    arrays: Vec<LocalArray>,
    names: HashMap<String, ArrayId>,
    indices: Vec<Option<Extent>>,
    index_names: Vec<Ident>,
    /// The indices of the statement at hand.
    scope: HashMap<String, Index>,
    implicit: Vec<Index>,
}

impl<'a> Resolver<'a> {
    fn new(
        definition: &Definition,
        known: Constants,
        library: &'a Library,
        diagnostics: &'a mut Diagnostics,
    ) -> Self {
        let mut resolver = Self {
            library,
            diagnostics,
            known,
            open: Vec::new(),
            elementwise: Vec::new(),
            declared: HashMap::new(),
            arrays: Vec::new(),
            names: HashMap::new(),
            indices: Vec::new(),
            index_names: Vec::new(),
            scope: HashMap::new(),
            implicit: Vec::new(),
        };
        if definition.kind == Kind::Layer {
            let parameters = definition.parameters.iter().map(|parameter| &parameter.declaration);
            for declaration in definition.inputs.iter().chain(parameters) {
                resolver.declare_indices(declaration);
            }
        }
        resolver
    }

    fn declare_indices(&mut self, declaration: &Declaration) {
        for axis in &declaration.axes {
            if let Some(size) = self.known.size(&axis.extent, self.diagnostics) {
                self.declared.insert(axis.index.to_string(), Extent::Fixed(size));
            }
        }
    }

    fn array(&mut self, name: &Ident, axes: Vec<Extent>, role: LocalRole) -> ArrayId {
        let id = ArrayId(u32::try_from(self.arrays.len()).unwrap_or(u32::MAX));
        self.arrays.push(LocalArray { name: name.to_string(), axes, role });
        self.names.insert(name.to_string(), id);
        id
    }

    fn parameter(&mut self, parameter: &Parameter) {
        let extent = |axis: &crate::syntax::Axis| self.known.size(&axis.extent, self.diagnostics);
        let sizes: Vec<Option<usize>> = parameter.declaration.axes.iter().map(extent).collect();
        let axes = sizes.into_iter().flatten().map(Extent::Fixed).collect();
        let argument = parameter.arguments.first();
        let bound = argument.and_then(|bound| self.known.real(bound, self.diagnostics));
        if parameter.initialiser != "uniform" || parameter.arguments.len() != 1 {
            let message = "expected an initialiser: `uniform(bound)`";
            self.diagnostics.report(parameter.initialiser.span(), message);
        }
        let initialiser = Initialiser::Uniform(bound.unwrap_or(0.0));
        self.array(&parameter.declaration.name, axes, LocalRole::Parameter(initialiser));
    }

    fn statements(mut self, definition: &Definition) -> Equations {
        let statements = definition.assignments.iter();
        let statements = statements.filter_map(|assignment| self.statement(assignment)).collect();
        let names = self.index_names.iter();
        let indices = names.zip(&self.indices).map(|(name, extent)| IndexInfo {
            name: name.to_string().into(),
            extent: extent.unwrap_or(Extent::Fixed(1)),
        });
        Equations { indices: indices.collect(), arrays: self.arrays, statements }
    }

    fn statement(&mut self, assignment: &Assignment) -> Option<LocalStatement> {
        self.scope.clear();
        self.implicit.clear();
        for extent in self.elementwise.clone() {
            let index = self.index(&assignment.target, Some(extent));
            self.implicit.push(index);
        }
        let at: Vec<Option<Affine>> =
            assignment.at.iter().map(|axis| self.target_axis(axis)).collect();
        let value = self.value(&assignment.value);
        self.infer_from_declarations();
        let mut at = at.into_iter().collect::<Option<Vec<Affine>>>()?;
        at.extend(self.implicit.iter().map(|&index| Affine::from(index)));
        let axes = at.iter().map(|axis| self.reach(axis)).collect();
        let array = self.array(&assignment.target, axes, LocalRole::Computed);
        Some(LocalStatement { target: Access { array, at }, value: value? })
    }

    /// A new index of the statement at hand.
    fn index(&mut self, name: &Ident, extent: Option<Extent>) -> Index {
        let index = Index(u32::try_from(self.indices.len()).unwrap_or(u32::MAX));
        self.indices.push(extent);
        self.index_names.push(name.clone());
        index
    }

    /// An axis of the target: an index, which is thereby declared, or affine in such indices.
    fn target_axis(&mut self, axis: &Expression) -> Option<Affine> {
        for name in names_in(axis) {
            let is_size = self.known.get(&name.to_string()).is_some();
            if !is_size && !self.scope.contains_key(&name.to_string()) {
                let index = self.index(&name, None);
                self.scope.insert(name.to_string(), index);
            }
        }
        self.affine(axis)
    }

    /// Indices that no plain access gives an extent take the one of their declaration.
    fn infer_from_declarations(&mut self) {
        for (name, &Index(index)) in &self.scope {
            let slot = &mut self.indices[index as usize];
            *slot = slot.or_else(|| self.declared.get(name).copied());
            if slot.is_none() {
                let name = &self.index_names[index as usize];
                let message = format!("nothing says how far the index `{name}` runs");
                self.diagnostics.report(name.span(), message);
            }
        }
    }

    /// The extent of an axis that is accessed at every value of an affine expression.
    fn reach(&self, axis: &Affine) -> Extent {
        let extent = |index: Index| self.indices[index.0 as usize].unwrap_or(Extent::Fixed(1));
        if let Some(index) = axis.as_index() {
            return extent(index);
        }
        let last = axis.terms.iter().fold(axis.constant, |sum, &(index, factor)| {
            let largest = i64::try_from(extent(index).per_sample() - 1).unwrap_or(i64::MAX);
            sum.saturating_add(largest.saturating_mul(factor))
        });
        Extent::Fixed(usize::try_from(last.saturating_add(1)).unwrap_or(1))
    }

    fn affine(&mut self, axis: &Expression) -> Option<Affine> {
        let result = match &axis.kind {
            ExpressionKind::Integer(value) => Some(Affine::constant(*value)),
            ExpressionKind::Name(name) => match self.scope.get(&name.to_string()) {
                Some(&index) => Some(index.into()),
                None => self.integer(name).map(Affine::constant),
            },
            ExpressionKind::Negate(operand) => {
                let operand = self.affine(operand)?;
                Affine::constant(0).plus(&operand, -1)
            }
            ExpressionKind::Binary(operation, left, right) => {
                let (left, right) = (self.affine(left)?, self.affine(right)?);
                affine_operation(*operation, &left, &right)
            }
            _ => None,
        };
        if result.is_none() {
            let message = "an index expression is a sum of indices times integers";
            self.diagnostics.report(axis.place, message);
        }
        result
    }

    fn integer(&self, name: &Ident) -> Option<i64> {
        match self.known.get(&name.to_string()) {
            Some(Known::Integer(value)) => Some(value),
            _ => None,
        }
    }

    fn value(&mut self, expression: &Expression) -> Option<Value> {
        let place = expression.place;
        match &expression.kind {
            ExpressionKind::Integer(value) => Some(Value::Constant(*value as f64)),
            ExpressionKind::Float(value) => Some(Value::Constant(*value)),
            ExpressionKind::Name(name) => self.name(name),
            ExpressionKind::Element { array, at } => self.element(array, at, place),
            ExpressionKind::Call { function, arguments } => self.call(function, arguments, place),
            ExpressionKind::Reduce { operation, indices, body } => {
                self.reduce(operation, indices, body)
            }
            ExpressionKind::Negate(operand) => Some(Value::Negate(self.boxed(operand)?)),
            ExpressionKind::Binary(operation, left, right) => {
                let (left, right) = (self.boxed(left), self.boxed(right));
                Some(Value::Binary(*operation, left?, right?))
            }
            ExpressionKind::Compare(..) => {
                let message = "a comparison is no number; write `if … { … } else { … }`";
                self.diagnostics.report(place, message);
                None
            }
            ExpressionKind::If { condition, then, otherwise } => {
                let condition = self.condition(condition);
                let (then, otherwise) = (self.boxed(then), self.boxed(otherwise));
                Some(Value::Select(Box::new(condition?), then?, otherwise?))
            }
        }
    }

    fn boxed(&mut self, expression: &Expression) -> Option<Box<Value>> {
        self.value(expression).map(Box::new)
    }

    fn condition(&mut self, condition: &Expression) -> Option<Value> {
        let ExpressionKind::Compare(comparison, left, right) = &condition.kind else {
            self.diagnostics.report(condition.place, "expected a comparison, such as `x > 0`");
            return None;
        };
        let (left, right) = (self.boxed(left), self.boxed(right));
        Some(Value::Compare(*comparison, left?, right?))
    }

    fn name(&mut self, name: &Ident) -> Option<Value> {
        let text = name.to_string();
        if let Some(&index) = self.scope.get(&text) {
            return Some(Value::Position(index));
        }
        if self.names.contains_key(&text) {
            return self.element(name, &[], name.span().into());
        }
        if self.open.contains(&text) {
            return Some(Value::Setting(text.into()));
        }
        if let Some(known) = self.known.get(&text) {
            return Some(Value::Constant(known.real()));
        }
        if text == "pi" {
            return Some(Value::Constant(std::f64::consts::PI));
        }
        let known: Vec<String> = self.names.keys().chain(&self.open).cloned().collect();
        let message = format!("nothing is called `{name}` here{}", suggestion(&text, &known));
        self.diagnostics.report(name.span(), message);
        None
    }

    fn element(&mut self, array: &Ident, at: &[Expression], place: Place) -> Option<Value> {
        let Some(&id) = self.names.get(&array.to_string()) else {
            let known: Vec<String> = self.names.keys().cloned().collect();
            let hint = suggestion(&array.to_string(), &known);
            self.diagnostics.report(array.span(), format!("no array is called `{array}`{hint}"));
            return None;
        };
        let axes = self.arrays[id.0 as usize].axes.clone();
        let mut at = at.iter().map(|axis| self.affine(axis)).collect::<Option<Vec<Affine>>>()?;
        at.extend(self.implicit.iter().map(|&index| Affine::from(index)));
        if at.len() != axes.len() {
            let (expected, found) = (axes.len(), at.len());
            let message = format!("`{array}` has {expected} axes, but {found} are given");
            self.diagnostics.report(place, message);
            return None;
        }
        for (axis, &extent) in at.iter().zip(&axes) {
            self.unify(axis, extent, place);
        }
        Some(Value::Element(Access { array: id, at }))
    }

    /// An index that stands alone on an axis runs over that axis.
    fn unify(&mut self, axis: &Affine, extent: Extent, place: Place) {
        let Some(Index(index)) = axis.as_index() else {
            return;
        };
        match self.indices[index as usize] {
            None => self.indices[index as usize] = Some(extent),
            Some(before) if before == extent => {}
            Some(before) => {
                let name = &self.index_names[index as usize];
                let (before, extent) = (before.per_sample(), extent.per_sample());
                let message = format!("the index `{name}` runs over {before} and over {extent}");
                self.diagnostics.report(place, message);
            }
        }
    }

    fn call(&mut self, function: &Ident, arguments: &[Expression], place: Place) -> Option<Value> {
        let name = function.to_string();
        let values: Vec<Option<Value>> = arguments.iter().map(|one| self.value(one)).collect();
        let mut values =
            values.into_iter().collect::<Option<Vec<Value>>>()?.into_iter().map(Box::new);
        let result = match (name.as_str(), values.next(), values.next(), values.next()) {
            ("max", Some(a), Some(b), None) => Some(Value::Binary(Binary::Maximum, a, b)),
            ("min", Some(a), Some(b), None) => Some(Value::Binary(Binary::Minimum, a, b)),
            ("stop", Some(a), None, None) => Some(Value::Stop(a)),
            (_, Some(a), None, None) if self.library.has_function(&name) => {
                Some(Value::Apply(name.as_str().into(), a))
            }
            _ => None,
        };
        if result.is_none() {
            let message = format!("no function `{name}` takes {} arguments", arguments.len());
            self.diagnostics.report(place, message);
        }
        result
    }

    fn reduce(&mut self, operation: &Ident, bound: &[Ident], body: &Expression) -> Option<Value> {
        let reduction = match operation.to_string().as_str() {
            "sum" => Reduction::Sum,
            "max" => Reduction::Max,
            other => {
                let message =
                    format!("the reduction `{other}` is not known; there are `sum` and `max`");
                self.diagnostics.report(operation.span(), message);
                return None;
            }
        };
        let mut indices = Vec::new();
        for name in bound {
            let index = self.index(name, None);
            self.scope.insert(name.to_string(), index);
            indices.push(index);
        }
        let body = self.boxed(body);
        self.infer_from_declarations();
        for name in bound {
            self.scope.remove(&name.to_string());
        }
        Some(Value::Reduce(reduction, indices, body?))
    }
}

fn affine_operation(operation: Binary, left: &Affine, right: &Affine) -> Option<Affine> {
    match operation {
        Binary::Add => left.plus(right, 1),
        Binary::Subtract => left.plus(right, -1),
        Binary::Multiply if right.terms.is_empty() => {
            Affine::constant(0).plus(left, right.constant)
        }
        Binary::Multiply if left.terms.is_empty() => Affine::constant(0).plus(right, left.constant),
        _ => None,
    }
}

/// Every name in an index expression.
fn names_in(expression: &Expression) -> Vec<Ident> {
    match &expression.kind {
        ExpressionKind::Name(name) => vec![name.clone()],
        ExpressionKind::Negate(operand) => names_in(operand),
        ExpressionKind::Binary(_, left, right) => {
            let mut names = names_in(left);
            names.extend(names_in(right));
            names
        }
        _ => Vec::new(),
    }
}
