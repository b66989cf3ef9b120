//! Networks computed from the tree that was parsed, sample by sample and index by index, with every
//! slope beside its value: an answer that shares nothing with the compiler behind its parser.

use std::collections::HashMap;

use proc_macro2::Ident;

use super::arithmetic::{Arithmetic, Dual, smooth};
use crate::frontend::library::Library;
use crate::frontend::resolve::axes::{Call, written_out};
use crate::frontend::syntax::{
    Assignment, Block, BoundIndex, Declaration, Definition, Expression, ExpressionKind, Item, Kind,
    LayerTree, NetworkContent, Reduction,
};
use crate::ir::expression::{Binary, evaluate};

/// An array in row-major order.
#[derive(Clone, Debug)]
struct Array {
    axes: Vec<usize>,
    values: Vec<Dual>,
}

impl Array {
    fn number(value: Dual) -> Self {
        Self { axes: Vec::new(), values: vec![value] }
    }

    /// What was written, each element once.
    fn of(written: &[(Vec<i64>, Dual)]) -> Self {
        let reach = |axis: usize| written.iter().map(|(at, _)| at[axis]).max().unwrap_or(0) + 1;
        let size = |axis| usize::try_from(reach(axis)).expect("a size");
        let axes: Vec<usize> = (0..written[0].0.len()).map(size).collect();
        assert_eq!(axes.iter().product::<usize>(), written.len(), "each element once");
        let mut array = Self { axes, values: vec![Dual::constant(0.0); written.len()] };
        for (at, value) in written {
            let offset = array.offset(at);
            array.values[offset] = value.clone();
        }
        array
    }

    fn offset(&self, at: &[i64]) -> usize {
        self.axes.iter().zip(at).fold(0, |offset, (&extent, &position)| {
            let position = usize::try_from(position).expect("a position in the array");
            assert!(position < extent, "a position in the array");
            offset * extent + position
        })
    }
}

/// Indices with their extents, or with their positions.
type Indices = Vec<(String, i64)>;

/// The names of one definition.
#[derive(Default)]
struct Scope {
    /// Inputs, parameters and results; numbers have no axes.
    arrays: HashMap<String, Array>,
    sizes: HashMap<String, i64>,
    /// How far each index runs where nothing else is stated.
    extents: HashMap<String, i64>,
    /// Where each index is.
    positions: HashMap<String, i64>,
}

impl Scope {
    /// The sizes of a layer, and the extents of the indices that it declares.
    fn new(definition: &Definition, layer: &LayerTree) -> Self {
        let mut scope = Self::default();
        for (size, argument) in definition.sizes.iter().zip(&layer.arguments) {
            let value = scope.integer(&argument.value);
            scope.sizes.insert(size.name.to_string(), value);
        }
        let parameters = definition.parameters.iter().map(|parameter| &parameter.declaration);
        for axis in definition.inputs.iter().chain(parameters).flat_map(|one| &one.axes) {
            let extent = scope.integer(&axis.extent);
            scope.extents.insert(axis.index.to_string(), extent);
        }
        scope
    }

    fn parameter(&mut self, declared: &Declaration, numbers: &mut impl Iterator<Item = Dual>) {
        let axes: Vec<usize> = declared.axes.iter().map(|axis| self.size(&axis.extent)).collect();
        let values = numbers.take(axes.iter().product()).collect();
        self.arrays.insert(declared.name.to_string(), Array { axes, values });
    }

    fn number(&mut self, name: &Ident, value: Dual) {
        self.arrays.insert(name.to_string(), Array::number(value));
    }

    /// The indices of a target with their extents: stated, or as declared.
    fn target_indices(&self, assignment: &Assignment) -> Indices {
        let mut indices = Indices::new();
        for axis in &assignment.at {
            let stated = axis.extent.as_ref().map(|extent| self.integer(extent));
            let names = axis.at.names().into_iter().map(ToString::to_string);
            let names = names.filter(|name| !self.sizes.contains_key(name));
            let extent = |name: &String| stated.unwrap_or_else(|| self.extents[name]);
            indices.extend(names.map(|name| (name.clone(), extent(&name))));
        }
        indices
    }

    /// A size, or a position along an axis.
    fn integer(&self, expression: &Expression) -> i64 {
        match &expression.kind {
            ExpressionKind::Integer(value) => *value,
            ExpressionKind::Name(name) => {
                let name = name.to_string();
                *self.positions.get(&name).unwrap_or_else(|| &self.sizes[&name])
            }
            ExpressionKind::Binary(operation, left, right) => {
                let (left, right) = (self.integer(left), self.integer(right));
                match operation {
                    Binary::Add => left + right,
                    Binary::Subtract => left - right,
                    Binary::Multiply => left * right,
                    other => panic!("no {other:?} of indices is written here"),
                }
            }
            other => panic!("{other:?} is no position"),
        }
    }

    fn size(&self, expression: &Expression) -> usize {
        usize::try_from(self.integer(expression)).expect("a size")
    }
}

/// In every function, nothing where the arithmetic has nothing.
pub struct Oracle<'a> {
    pub library: &'a Library,
    pub block: &'a Block,
    pub arithmetic: Arithmetic,
}

impl<'a> Oracle<'a> {
    /// The outputs of the block's network for one sample.
    pub fn network(&self, inputs: &[Dual], parameters: &[Dual]) -> Option<Vec<Dual>> {
        let NetworkContent::Chain(items) = &self.block.networks.first()?.content else {
            panic!("no random network has a body");
        };
        let layers: Vec<&LayerTree> = items
            .iter()
            .map(|item| match item {
                Item::Layer(layer) => layer,
                Item::Group(_) => panic!("no random network has groups"),
            })
            .collect();
        let (shape, layers) = layers.split_first()?;
        let axes = shape.arguments.iter().map(|axis| Scope::default().size(&axis.value));
        let mut array = Array { axes: axes.collect(), values: inputs.to_vec() };
        let mut parameters = parameters.iter().cloned();
        for layer in layers {
            array = self.layer(layer, array, &mut parameters)?;
        }
        assert!(parameters.next().is_none(), "a parameter is left");
        Some(array.values)
    }

    fn layer(
        &self,
        layer: &LayerTree,
        input: Array,
        parameters: &mut impl Iterator<Item = Dual>,
    ) -> Option<Array> {
        let definition = self.definition(&layer.name.to_string());
        let (rank, sizes) = (Some(input.axes.len()), layer.arguments.len());
        let written =
            written_out(definition, &Call { rank, sizes, order: &[], setting: &|_| None });
        let definition = &*written.ok().expect("a layer of such an input");
        let mut scope = Scope::new(definition, layer);
        for parameter in &definition.parameters {
            scope.parameter(&parameter.declaration, parameters);
        }
        // A layer's arguments are its sizes, an activation's its settings.
        let given = layer.arguments.iter().map(|argument| &argument.value);
        let given: Vec<&Expression> = given.skip(definition.sizes.len()).collect();
        self.settings(definition, &given, parameters, &mut scope)?;
        match definition.kind {
            Kind::Activation => self.elementwise(definition, input, &mut scope),
            _ => self.statements(definition, input, &mut scope),
        }
    }

    /// The settings, by position or by default; what is learned is a parameter.
    fn settings(
        &self,
        definition: &Definition,
        given: &[&Expression],
        learned: &mut impl Iterator<Item = Dual>,
        scope: &mut Scope,
    ) -> Option<()> {
        // `bias = true` says that there is a parameter of that name.
        let is_parameter = |name: &Ident| {
            definition.parameters.iter().any(|parameter| parameter.declaration.name == *name)
        };
        for (position, setting) in definition.settings.iter().enumerate() {
            if is_parameter(&setting.name) {
                continue;
            }
            let known = given.get(position).copied().unwrap_or(&setting.default);
            let value = if setting.is_learned {
                learned.next().expect("a learned number")
            } else {
                self.value(known, &mut Scope::default())?
            };
            scope.number(&setting.name, value);
        }
        Some(())
    }

    fn definition(&self, name: &str) -> &'a Definition {
        let mut all = self.library.definitions.iter().chain(&self.block.definitions);
        all.find(|one| one.name == name).expect("a definition")
    }

    fn elementwise(
        &self,
        activation: &Definition,
        input: Array,
        scope: &mut Scope,
    ) -> Option<Array> {
        let values = input.values.into_iter().map(|x| self.activation(activation, x, scope));
        Some(Array { axes: input.axes, values: values.collect::<Option<_>>()? })
    }

    fn activation(&self, activation: &Definition, x: Dual, scope: &mut Scope) -> Option<Dual> {
        scope.number(&activation.inputs[0].name, x);
        self.value(&activation.assignments[0].value, scope)
    }

    fn statements(&self, layer: &Definition, input: Array, scope: &mut Scope) -> Option<Array> {
        scope.arrays.insert(layer.inputs[0].name.to_string(), input);
        for assignment in &layer.assignments {
            let array = self.assignment(assignment, scope)?;
            scope.arrays.insert(assignment.target.to_string(), array);
        }
        scope.arrays.remove(&layer.assignments.last()?.target.to_string())
    }

    fn assignment(&self, assignment: &Assignment, scope: &mut Scope) -> Option<Array> {
        let mut written = Vec::new();
        for positions in combinations(&scope.target_indices(assignment)) {
            scope.positions = positions.into_iter().collect();
            let at = assignment.at.iter().map(|axis| scope.integer(&axis.at)).collect();
            written.push((at, self.value(&assignment.value, scope)?));
        }
        Some(Array::of(&written))
    }

    fn value(&self, expression: &Expression, scope: &mut Scope) -> Option<Dual> {
        let arithmetic = self.arithmetic;
        match &expression.kind {
            ExpressionKind::Tuple(_)
            | ExpressionKind::Truth(_)
            | ExpressionKind::Axes { .. }
            | ExpressionKind::Apply { .. }
            | ExpressionKind::ElementOf { .. } => panic!("no random equation has these"),
            ExpressionKind::Integer(value) => arithmetic.constant(*value as f64),
            ExpressionKind::Float(value) => arithmetic.constant(*value),
            ExpressionKind::Name(name) if name == "pi" => arithmetic.constant(std::f64::consts::PI),
            ExpressionKind::Name(name) => Some(element(name, &[], scope)),
            ExpressionKind::Element { array, at } => Some(element(array, at, scope)),
            ExpressionKind::Call { function, arguments } => {
                let arguments = arguments.iter().map(|one| self.value(one, scope));
                let arguments = arguments.collect::<Option<Vec<Dual>>>()?;
                self.call(&function.to_string(), &arguments)
            }
            ExpressionKind::Reduce { operation, indices, body, .. } => {
                self.reduction(*operation, indices, body, scope)
            }
            ExpressionKind::Negate(operand) => arithmetic.negated(&self.value(operand, scope)?),
            ExpressionKind::Binary(operation, left, right) => {
                let left = self.value(left, scope)?;
                if let (Binary::Power, Some(exponent)) = (operation, whole(right)) {
                    return arithmetic.whole_power(&left, exponent);
                }
                arithmetic.binary(*operation, &left, &self.value(right, scope)?)
            }
            ExpressionKind::If { condition, then, otherwise } => {
                let holds = self.condition(condition, scope)?;
                let (taken, other) = if holds { (then, otherwise) } else { (otherwise, then) };
                // A reduction is a statement of its own, which runs whatever the condition.
                if has_reduction(other) {
                    self.value(other, scope)?;
                }
                self.value(taken, scope)
            }
            ExpressionKind::Compare(..) => panic!("a comparison is no number"),
        }
    }

    fn condition(&self, condition: &Expression, scope: &mut Scope) -> Option<bool> {
        let ExpressionKind::Compare(comparison, left, right) = &condition.kind else {
            panic!("expected a comparison")
        };
        let (left, right) = (self.value(left, scope)?, self.value(right, scope)?);
        left.is_decided(&right).then(|| comparison.holds(left.value, right.value))
    }

    fn call(&self, function: &str, arguments: &[Dual]) -> Option<Dual> {
        match (function, arguments) {
            ("max", [a, b]) => self.arithmetic.binary(Binary::Maximum, a, b),
            ("min", [a, b]) => self.arithmetic.binary(Binary::Minimum, a, b),
            ("clamp", [x, low, high]) => {
                let raised = self.arithmetic.binary(Binary::Maximum, x, low)?;
                self.arithmetic.binary(Binary::Minimum, &raised, high)
            }
            ("stop", [x]) => Some(Dual::constant(x.value)),
            ("abs", [x]) => self.arithmetic.absolute(x),
            ("sign", [x]) => self.arithmetic.sign(x),
            (_, [x]) if self.library.has_function(function) => {
                let known = smooth(function, x.value);
                let (value, slope) = known.or_else(|| self.tabulated(function, x.value))?;
                self.arithmetic.function(value, slope, x)
            }
            (_, [x]) => {
                let (activation, mut scope) = (self.definition(function), Scope::default());
                self.settings(activation, &[], &mut std::iter::empty(), &mut scope)?;
                self.activation(activation, x.clone(), &mut scope)
            }
            _ => panic!("no function {function}"),
        }
    }

    /// A function without a rule here: the slope that its row states, which another test holds
    /// against differences.
    fn tabulated(&self, function: &str, x: f64) -> Option<(f64, f64)> {
        let row = self.library.functions.iter().find(|row| row.name == function)?;
        let y = evaluate(function, x)?;
        let numbers = [("x", x), ("y", y)];
        let numbers = numbers.map(|(name, number)| (name.to_owned(), Dual::constant(number)));
        let arrays = numbers.into_iter().map(|(name, number)| (name, Array::number(number)));
        let mut scope = Scope { arrays: arrays.collect(), ..Scope::default() };
        Some((y, self.value(&row.derivative, &mut scope)?.value))
    }

    fn reduction(
        &self,
        operation: Reduction,
        bound: &[BoundIndex],
        body: &Expression,
        scope: &mut Scope,
    ) -> Option<Dual> {
        let names = bound.iter().map(|one| one.index.to_string());
        let bound: Indices = names.map(|name| (name.clone(), scope.extents[&name])).collect();
        let mut terms = Vec::new();
        for positions in combinations(&bound) {
            scope.positions.extend(positions);
            terms.push(self.value(body, scope)?);
        }
        for (name, _) in &bound {
            scope.positions.remove(name);
        }
        self.joined(operation, terms)
    }

    fn joined(&self, operation: Reduction, terms: Vec<Dual>) -> Option<Dual> {
        let joining = match operation {
            Reduction::Max => Binary::Maximum,
            Reduction::Min => Binary::Minimum,
            Reduction::Sum | Reduction::Mean => Binary::Add,
            Reduction::Product => Binary::Multiply,
        };
        let count = terms.len() as f64;
        let join = |a: Dual, b: Dual| self.arithmetic.binary(joining, &a, &b);
        let mut terms = terms.into_iter();
        let first = terms.next()?;
        let all = terms.try_fold(first, join)?;
        if operation == Reduction::Mean { self.arithmetic.divided(&all, count) } else { Some(all) }
    }
}

fn element(array: &Ident, at: &[Expression], scope: &Scope) -> Dual {
    let at: Vec<i64> = at.iter().map(|axis| scope.integer(axis)).collect();
    let array = &scope.arrays[&array.to_string()];
    array.values[array.offset(&at)].clone()
}

fn has_reduction(expression: &Expression) -> bool {
    matches!(expression.kind, ExpressionKind::Reduce { .. })
        || expression.children().into_iter().any(has_reduction)
}

/// The integer that an exponent is written as.
fn whole(exponent: &Expression) -> Option<f64> {
    match &exponent.kind {
        ExpressionKind::Integer(value) => Some(*value as f64),
        ExpressionKind::Negate(operand) => whole(operand).map(|value| -value),
        _ => None,
    }
}

/// Every combination of positions.
fn combinations(extents: &Indices) -> Vec<Indices> {
    extents.iter().fold(vec![Indices::new()], |shorter, (name, extent)| {
        let longer = |before: &Indices| {
            let with =
                |position| before.iter().cloned().chain([(name.clone(), position)]).collect();
            (0..*extent).map(with).collect::<Vec<Indices>>()
        };
        shorter.iter().flat_map(longer).collect()
    })
}
