//! Expressions: names to arrays, indices, settings and numbers; calls to functions and activations.

use std::collections::BTreeMap;

use proc_macro2::Ident;

use super::equation::Resolver;
use super::spelling::suggestion;
use super::{LocalRole, Value};
use crate::frontend::syntax::{self, Expression, ExpressionKind, Kind, Place};
use crate::ir::expression::{Binary, Comparison};
use crate::ir::index::{Access, Affine, BATCH_SIZE, Extent, Index, OUTPUTS_SIZE};
use crate::ir::reduction::Reduction;

/// The name of what is 1 in training and 0 otherwise.
const TRAINING: &str = "training";

/// An activation that is being written out, and what its own names stand for.
pub struct Call {
    activation: String,
    names: BTreeMap<String, Value>,
}

impl Resolver<'_> {
    pub fn value(&mut self, expression: &Expression) -> Option<Value> {
        let place = expression.place;
        match &expression.kind {
            ExpressionKind::Integer(value) => Some(Value::Constant(*value as f64)),
            ExpressionKind::Float(value) => Some(Value::Constant(*value)),
            ExpressionKind::Tuple(_) => {
                self.diagnostics.report(place, "several numbers are no value of an equation");
                None
            }
            ExpressionKind::Name(name) => self.name(name),
            ExpressionKind::Element { array, at } => self.element(array, at, place),
            ExpressionKind::Call { function, arguments } => self.call(function, arguments, place),
            ExpressionKind::Reduce { operation, indices, body } => {
                self.reduce(*operation, indices, body)
            }
            ExpressionKind::Negate(operand) => Some(Value::Negate(self.boxed(operand)?)),
            ExpressionKind::Binary(operation, left, right) => {
                let (value, divisor) = (self.boxed(left), self.boxed(right));
                if *operation == Binary::Divide
                    && matches!(divisor.as_deref(), Some(Value::Constant(0.0)))
                {
                    self.diagnostics.report(right.place, "this divides by zero");
                }
                Some(Value::Binary(*operation, value?, divisor?))
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

    pub fn boxed(&mut self, expression: &Expression) -> Option<Box<Value>> {
        self.value(expression).map(Box::new)
    }

    pub fn condition(&mut self, condition: &Expression) -> Option<Value> {
        if matches!(&condition.kind, ExpressionKind::Name(name) if name == TRAINING) {
            let (training, zero) = (Value::Training, Value::Constant(0.0));
            return Some(Value::Compare(Comparison::NotEqual, Box::new(training), Box::new(zero)));
        }
        let ExpressionKind::Compare(comparison, left, right) = &condition.kind else {
            self.diagnostics.report(condition.place, "expected a comparison, such as `x > 0`");
            return None;
        };
        let (left, right) = (self.boxed(left), self.boxed(right));
        Some(Value::Compare(*comparison, left?, right?))
    }

    pub fn name(&mut self, name: &Ident) -> Option<Value> {
        let text = name.to_string();
        // The names of a called activation come before those of whoever calls it.
        if let Some(value) = self.calls.last().and_then(|call| call.names.get(&text)) {
            return Some(value.clone());
        }
        if let Some(&index) = self.scope.get(&text) {
            return Some(Value::Position(index));
        }
        if self.names.contains_key(&text) || self.absent.contains_key(&text) {
            return self.element(name, &[], name.span().into());
        }
        let is_open = self.open.contains(&text) || (text == BATCH_SIZE && !self.is_loss);
        if is_open {
            return Some(Value::Setting(text.into()));
        }
        if let Some(known) = self.known.get(&text) {
            return Some(Value::Constant(known.real()));
        }
        if text == "pi" {
            return Some(Value::Constant(std::f64::consts::PI));
        }
        if text == "infinity" {
            return Some(Value::Constant(f64::INFINITY));
        }
        let arrays = self.names.keys().chain(&self.open).cloned();
        let known: Vec<String> = arrays.chain(self.known.names()).collect();
        let message = format!("nothing is called `{name}` here{}", suggestion(&text, &known));
        self.diagnostics.report(name.span(), message);
        None
    }

    pub fn element(&mut self, array: &Ident, at: &[Expression], place: Place) -> Option<Value> {
        if let Some(&otherwise) = self.absent.get(&array.to_string()) {
            return Some(Value::Constant(otherwise));
        }
        if let Some(known) = self.known.get(&component(array, at)) {
            return Some(Value::Constant(known.real()));
        }
        let Some(&id) = self.names.get(&array.to_string()) else {
            let known: Vec<String> = self.names.keys().cloned().collect();
            let hint = suggestion(&array.to_string(), &known);
            self.diagnostics.report(array.span(), format!("no array is called `{array}`{hint}"));
            return None;
        };
        let axes = self.arrays[id.0 as usize].axes.clone();
        let mut at = at.iter().map(|axis| self.affine(axis)).collect::<Option<Vec<Affine>>>()?;
        let role = &self.arrays[id.0 as usize].role;
        let implicit = match role {
            // A number learned for each channel has the first of the indices, another none.
            LocalRole::Parameter(_) | LocalRole::State(_) => axes.len().saturating_sub(at.len()),
            LocalRole::Class | LocalRole::Setting => 0,
            LocalRole::Input | LocalRole::Target | LocalRole::Computed => self.implicit.len(),
        };
        at.extend(self.implicit.iter().take(implicit).map(|&index| Affine::from(index)));
        if at.len() != axes.len() {
            let (expected, found) = (axes.len(), at.len());
            let message = format!("`{array}` has {expected} axes, but {found} are given");
            self.diagnostics.report(place, message);
            return None;
        }
        let is_carried = self.carried.contains(&array.to_string());
        for (number, (axis, &extent)) in at.iter_mut().zip(&axes).enumerate() {
            if is_carried && number == 0 {
                // The first element is what there is before the first step.
                *axis = axis.plus(&Affine::constant(1), 1)?;
            } else {
                self.unify(axis, extent, place);
            }
            self.accesses.push((axis.clone(), extent, place));
        }
        Some(Value::Element(Access { array: id, at }))
    }

    /// An index that stands alone on an axis runs over that axis.
    pub fn unify(&mut self, axis: &Affine, extent: Extent, place: Place) {
        let Some(Index(index)) = axis.as_index() else {
            return;
        };
        if self.stated.contains(&Index(index)) {
            return;
        }
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

    pub fn call(
        &mut self,
        function: &Ident,
        arguments: &[Expression],
        place: Place,
    ) -> Option<Value> {
        let name = function.to_string();
        let values: Vec<Option<Value>> = arguments.iter().map(|one| self.value(one)).collect();
        let mut values =
            values.into_iter().collect::<Option<Vec<Value>>>()?.into_iter().map(Box::new);
        let result = match (name.as_str(), values.next(), values.next(), values.next()) {
            ("max", Some(a), Some(b), None) => Some(Value::Binary(Binary::Maximum, a, b)),
            ("min", Some(a), Some(b), None) => Some(Value::Binary(Binary::Minimum, a, b)),
            ("random", None, None, None) if self.reducing > 0 || self.is_loss => {
                let message = "a random number is drawn for each element of a layer's array: \
                               in a statement of its own, outside reductions";
                self.diagnostics.report(place, message);
                return None;
            }
            ("random", None, None, None) => Some(Value::Random),
            ("stop", Some(a), None, None) => Some(Value::Stop(a)),
            (_, Some(a), None, None) if self.library.has_function(&name) => {
                Some(Value::Apply(name.as_str().into(), a))
            }
            (_, Some(a), None, None) => return self.call_activation(function, *a),
            ("clamp", Some(x), Some(low), Some(high)) => {
                let raised = Box::new(Value::Binary(Binary::Maximum, x, low));
                Some(Value::Binary(Binary::Minimum, raised, high))
            }
            _ => None,
        };
        if result.is_none() {
            let message = format!("no function `{name}` takes {} arguments", arguments.len());
            self.diagnostics.report(place, message);
        }
        result
    }

    /// The equation of an activation with its default settings, the argument written in.
    pub fn call_activation(&mut self, function: &Ident, argument: Value) -> Option<Value> {
        let name = function.to_string();
        let library = self.library;
        let overloads = library.overloads(&name);
        let activation = overloads.into_iter().find(|found| found.kind == Kind::Activation);
        let Some(activation) = activation else {
            let message = format!("no function is called `{name}`{}", self.functions_like(&name));
            self.diagnostics.report(function.span(), message);
            return None;
        };
        if name == self.defined || self.calls.iter().any(|call| call.activation == name) {
            self.diagnostics.report(function.span(), format!("`{name}` is defined by itself"));
            return None;
        }
        if let Some(learned) = activation.settings.iter().find(|setting| setting.is_learned) {
            let message =
                format!("`{name}` learns `{}`: it is a layer, not a function", learned.name);
            self.diagnostics.report(function.span(), message);
            return None;
        }
        let (input, body) = (activation.inputs.first()?, activation.assignments.last()?);
        let mut names = BTreeMap::from([(input.name.to_string(), argument)]);
        for setting in &activation.settings {
            let value = self.known.real(&setting.default, self.diagnostics)?;
            names.insert(setting.name.to_string(), Value::Constant(value));
        }
        self.calls.push(Call { activation: name, names });
        let value = self.value(&body.value);
        self.calls.pop();
        value
    }

    pub fn functions_like(&self, name: &str) -> String {
        let functions = self.library.functions.iter().map(|function| function.name.to_string());
        suggestion(name, &functions.collect::<Vec<String>>())
    }

    /// An index of a reduction: its accesses say how far it runs, but `batch` is the samples.
    pub fn bound_index(&mut self, name: &Ident) -> Index {
        if name != BATCH_SIZE {
            return self.index(name, None);
        }
        if self.is_loss {
            let message = "a loss is that of one sample; its mean over the batch is taken anyway";
            self.diagnostics.report(name.span(), message);
        }
        self.index(name, Some(Extent::Batch))
    }

    pub fn reduce(
        &mut self,
        operation: syntax::Reduction,
        bound: &[Ident],
        body: &Expression,
    ) -> Option<Value> {
        let reduction = match operation {
            syntax::Reduction::Sum | syntax::Reduction::Mean => Reduction::Sum,
            syntax::Reduction::Product => Reduction::Product,
            syntax::Reduction::Max => Reduction::Max,
            syntax::Reduction::Min => Reduction::Min,
        };
        let mut indices = Vec::new();
        let outside = self.scope.clone();
        for name in bound {
            let index = self.bound_index(name);
            self.scope.insert(name.to_string(), index);
            indices.push(index);
        }
        let place = body.place;
        self.reducing += 1;
        let body = self.boxed(body);
        self.reducing -= 1;
        self.infer_from_declarations();
        self.scope = outside;
        if self.is_loss && !self.scope.is_empty() {
            self.diagnostics
                .report(place, "in a loss, a reduction is over all the indices there are");
        }
        let mean = (operation == syntax::Reduction::Mean).then(|| self.count(&indices));
        let reduced = Value::Reduce(reduction, indices, body?);
        Some(match mean {
            Some(count) => Value::Binary(Binary::Divide, Box::new(reduced), Box::new(count)),
            None => reduced,
        })
    }

    /// How many values the indices take together.
    pub fn count(&self, indices: &[Index]) -> Value {
        let extents = indices.iter().filter_map(|index| self.indices[index.0 as usize]);
        let fixed: usize = extents.clone().map(Extent::per_sample).product();
        let fixed = Value::Constant(fixed as f64);
        let open = extents.filter_map(|extent| match extent {
            Extent::Fixed(_) => None,
            Extent::Batch => Some(Value::Setting(BATCH_SIZE.into())),
            Extent::Outputs => Some(Value::Setting(OUTPUTS_SIZE.into())),
        });
        open.fold(fixed, |count, size| {
            Value::Binary(Binary::Multiply, Box::new(count), Box::new(size))
        })
    }
}

/// `stride[0]`: the name of a size along one of several axes.
fn component(name: &Ident, at: &[Expression]) -> String {
    match at {
        [one] => format!("{name}[{one}]"),
        _ => String::new(),
    }
}
