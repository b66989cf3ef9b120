//! Expressions: names to arrays, indices, settings and numbers; calls to functions and activations.

use std::collections::BTreeMap;

use proc_macro2::Ident;

use super::constants::{NO_LOGARITHM, NOT_A_NUMBER, TOO_LARGE, no_truth};
use super::resolver::{Call, Resolver};
use super::spelling::suggestion;
use crate::frontend::resolved::Value;
use crate::frontend::syntax::{
    self, Assignment, BoundIndex, Definition, Expression, ExpressionKind, Kind, Location,
};
use crate::frontend::words::number_of_word;
use crate::ir::expression::{Binary, Comparison, apply, evaluate};
use crate::ir::index::{BATCH_SIZE, Extent, Index, OUTPUTS_SIZE};
use crate::ir::reduction::Reduction;

/// A statement with more operations than this is an error.
const MOST_OPERATIONS: usize = 2048;

/// Activations that call each other in a longer chain than this are an error.
const MOST_CALLS: usize = 32;

/// The name of what holds in training and not otherwise.
const TRAINING: &str = "training";

/// The number that a value is, if it is made of numbers alone.
pub fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Constant(constant) => Some(*constant),
        Value::Negate(operand) => Some(-number(operand)?),
        Value::Stop(operand) => number(operand),
        Value::Apply(function, operand) => evaluate(function, number(operand)?),
        Value::Binary(operation, left, right) => {
            Some(apply(*operation, number(left)?, number(right)?))
        }
        _ => None,
    }
}

/// From a to b by a part of the way, `torch.lerp`: reckoned from the nearer end.
fn lerp(a: &Value, b: &Value, weight: &Value) -> Value {
    let binary = |operation, left: &Value, right: &Value| {
        Value::Binary(operation, Box::new(left.clone()), Box::new(right.clone()))
    };
    let way = binary(Binary::Subtract, b, a);
    let rest = binary(Binary::Subtract, &Value::Constant(1.0), weight);
    let from_a = binary(Binary::Add, a, &binary(Binary::Multiply, weight, &way));
    let from_b = binary(Binary::Subtract, b, &binary(Binary::Multiply, &rest, &way));
    let half = Box::new(Value::Constant(0.5));
    let is_near = Value::Compare(Comparison::Less, Box::new(weight.clone()), half);
    Value::Select(Box::new(is_near), Box::new(from_a), Box::new(from_b))
}

/// `torch.clamp`: min(max(x, low), high), whose derivative is 1 at the bounds themselves.
fn clamp(x: &Value, low: &Value, high: &Value) -> Value {
    let boxed = |value: &Value| Box::new(value.clone());
    let lowest = Value::Binary(Binary::Minimum, boxed(low), boxed(high));
    let is_above = Value::Compare(Comparison::Greater, boxed(x), boxed(high));
    let is_below = Value::Compare(Comparison::Less, boxed(x), boxed(low));
    let within = Value::Select(Box::new(is_above), boxed(high), boxed(x));
    Value::Select(Box::new(is_below), Box::new(lowest), Box::new(within))
}

pub const APPLIED_ELSEWHERE: &str =
    "a layer is applied to whole arrays, in the body of a network or of a layer, outside of `scan`";

/// The sample at hand, as a number, beside those that a reduction runs over.
const THIS: &str = "this";

/// What a condition says that numbers alone decide.
fn decided(condition: &Value) -> Option<bool> {
    match condition {
        Value::Compare(comparison, left, right) => {
            Some(comparison.holds(number(left)?, number(right)?))
        }
        _ => None,
    }
}

impl<'a> Resolver<'a> {
    pub fn value(&mut self, expression: &Expression) -> Option<Value> {
        let value = self.written(expression)?;
        self.check_number(expression, &value);
        Some(value)
    }

    /// A number that is computed from written numbers is one, and no greater than those of f64. What sizes
    /// and settings make of it may stand in a branch that they do not take.
    fn check_number(&mut self, expression: &Expression, value: &Value) {
        if !self.calls.is_empty() || self.depends_on_sizes(expression) {
            return;
        }
        let operands: Vec<f64> = value.children().into_iter().filter_map(number).collect();
        let Some(result) = number(value).filter(|_| !operands.is_empty()) else { return };
        let divides_by_zero =
            matches!(value, Value::Binary(Binary::Divide, ..)) && operands[1..] == [0.0];
        if result.is_finite() || divides_by_zero || operands.iter().any(|one| one.is_nan()) {
            return;
        }
        if result.is_nan() {
            self.report(expression.location, NOT_A_NUMBER);
        } else if operands.iter().all(|one| one.is_finite()) {
            let message = if expression.is_logarithm() { NO_LOGARITHM } else { TOO_LARGE };
            self.report(expression.location, message);
        }
    }

    fn written(&mut self, expression: &Expression) -> Option<Value> {
        let location = expression.location;
        self.count_operations(1, location)?;
        match &expression.kind {
            ExpressionKind::Integer(value) => Some(Value::Constant(*value as f64)),
            ExpressionKind::Float(value) => Some(Value::Constant(*value)),
            ExpressionKind::Truth(truth) => self.refuse(location, no_truth(*truth)),
            ExpressionKind::Tuple(_) => {
                self.refuse(location, "write one number here, not a tuple of several")
            }
            ExpressionKind::Name(name) => self.name(name),
            ExpressionKind::Axes { group, .. } => {
                self.report_group(group);
                None
            }
            ExpressionKind::Element { array, at } => self.element(array, at, location),
            ExpressionKind::Call { function, arguments } => {
                self.call(function, arguments, location)
            }
            ExpressionKind::Apply { layers, arguments } => {
                self.apply_loss(layers, arguments, location)
            }
            ExpressionKind::ElementOf { .. } => self.refuse(location, APPLIED_ELSEWHERE),
            ExpressionKind::Reduce { groups, .. } if !groups.is_empty() => {
                self.report_group(&groups[0]);
                None
            }
            ExpressionKind::Reduce { operation, indices, body, .. } => {
                self.reduce(*operation, indices, body)
            }
            ExpressionKind::Negate(operand) => Some(Value::Negate(self.boxed(operand)?)),
            ExpressionKind::Binary(operation, left, right) => self.binary(*operation, left, right),
            ExpressionKind::Compare(..) => {
                self.refuse(location, "a comparison is not a number: write `if … { 1 } else { 0 }`")
            }
            ExpressionKind::If { condition, then, otherwise } => {
                self.choice(condition, then, otherwise)
            }
        }
    }

    /// Reports what is no number.
    fn refuse(&mut self, location: Location, message: impl std::fmt::Display) -> Option<Value> {
        self.report(location, message);
        None
    }

    fn choice(
        &mut self,
        condition: &Expression,
        then: &Expression,
        otherwise: &Expression,
    ) -> Option<Value> {
        let condition = self.condition(condition);
        let taken = condition.as_ref().and_then(decided);
        let then = self.branch(then, taken == Some(false));
        let otherwise = self.branch(otherwise, taken == Some(true));
        Some(Value::Select(Box::new(condition?), then?, otherwise?))
    }

    /// A branch of a choice; in one that settings never take, nothing is divided by zero.
    fn branch(&mut self, expression: &Expression, is_untaken: bool) -> Option<Box<Value>> {
        let before = self.scope.is_untaken;
        self.scope.is_untaken |= is_untaken;
        let value = self.boxed(expression);
        self.scope.is_untaken = before;
        value
    }

    /// Adds to the operations of the value; nothing once there are too many, which is reported once.
    fn count_operations(&mut self, more: usize, location: Location) -> Option<()> {
        let before = self.scope.operations;
        self.scope.operations = before.saturating_add(more);
        if self.scope.operations <= MOST_OPERATIONS {
            return Some(());
        }
        if before <= MOST_OPERATIONS {
            let message = format!(
                "with all activations written out, this statement has more than \
                 {MOST_OPERATIONS} operations: divide it into several"
            );
            let call = self.calls.first().map(|call| call.location);
            self.diagnostics.report(call.unwrap_or(location), message);
        }
        None
    }

    fn boxed(&mut self, expression: &Expression) -> Option<Box<Value>> {
        self.value(expression).map(Box::new)
    }

    fn binary(
        &mut self,
        operation: Binary,
        left: &Expression,
        right: &Expression,
    ) -> Option<Value> {
        let (left, divisor) = (self.boxed(left), self.boxed(right));
        let is_zero = divisor.as_deref().and_then(number) == Some(0.0);
        if operation == Binary::Divide && is_zero && !self.scope.is_untaken {
            self.report_number(right, "this divides by zero");
        }
        Some(Value::Binary(operation, left?, divisor?))
    }

    /// What decides a choice: a comparison, or a name that is `true` or `false`.
    pub fn condition(&mut self, condition: &Expression) -> Option<Value> {
        if condition.as_name().is_some_and(|name| name == TRAINING) {
            if self.is_loss() {
                let message = "a loss is the same in training and evaluation: only layers differ";
                self.report(condition.location, message);
                return None;
            }
            if self.is_optimizer() {
                let message = "an optimizer always trains: leave the condition out";
                self.report(condition.location, message);
                return None;
            }
            let (training, zero) = (Box::new(Value::Training), Box::new(Value::Constant(0.0)));
            return Some(Value::Compare(Comparison::NotEqual, training, zero));
        }
        if condition.as_name().is_some_and(|name| self.is_truth(name)) {
            let (truth, zero) = (self.boxed(condition), Box::new(Value::Constant(0.0)));
            return Some(Value::Compare(Comparison::NotEqual, truth?, zero));
        }
        let ExpressionKind::Compare(comparison, left, right) = &condition.kind else {
            self.report(condition.location, "expected a comparison, such as `x > 0`");
            return None;
        };
        let (left, right) = (self.boxed(left), self.boxed(right));
        Some(Value::Compare(*comparison, left?, right?))
    }

    /// Whether a name is that of a setting which is `true` or `false`, of whichever definition is written
    /// out here.
    fn is_truth(&self, name: &Ident) -> bool {
        let call = self.calls.last();
        let called = call.and_then(|call| self.definitions.find(&call.activation));
        let settings = &called.unwrap_or(self.definition).settings;
        settings.iter().any(|setting| setting.is_truth && setting.name == *name)
    }

    fn name(&mut self, name: &Ident) -> Option<Value> {
        let text = name.to_string();
        // The names of a called activation come before those of whoever calls it.
        if let Some(value) = self.calls.last().and_then(|call| call.names.get(&text)) {
            let value = value.clone();
            self.count_operations(value.operations(), name.span().into())?;
            return Some(value);
        }
        if let Some(&index) = self.scope.indices.get(&text) {
            return Some(Value::Position(index));
        }
        if self.arrays.find(&text).is_some() || self.arrays.left_out(&text).is_some() {
            return self.element(name, &[], name.span().into());
        }
        let has_batch = !self.is_loss() && !self.is_optimizer();
        let is_open = self.open.contains(&text) || (text == BATCH_SIZE && has_batch);
        if is_open {
            return Some(Value::Setting(text.into()));
        }
        if let Some(known) = self.known.get(&text) {
            return Some(Value::Constant(known.real()));
        }
        match text.as_str() {
            THIS if self.names_samples() => Some(Value::Position(self.this_sample(name))),
            "pi" => Some(Value::Constant(std::f64::consts::PI)),
            "infinity" => Some(Value::Constant(f64::INFINITY)),
            // What is wrong with a constant has been reported where it is declared.
            _ if self.known.names().any(|known| known == text) => Some(Value::Constant(1.0)),
            _ => {
                self.report_unknown(name);
                None
            }
        }
    }

    /// A reduction over samples stands alone: two samples are compared.
    fn check_sample(&mut self, name: &Ident) {
        if name == BATCH_SIZE {
            self.report_reserved(name);
        } else if self.names_samples() {
            let message = "a loss compares two samples, this one and those of one reduction: write the \
                           inner reduction as a statement of its own";
            self.report(name.span(), message);
        }
    }

    /// Whether a reduction around the expression at hand runs over samples by an index of its own.
    fn names_samples(&self) -> bool {
        self.scope.indices.values().any(|&index| self.indices.is_sample(index))
    }

    /// The index of the sample at hand.
    fn this_sample(&mut self, name: &Ident) -> Index {
        self.indices.add(&Ident::new(BATCH_SIZE, name.span()), Some(Extent::Batch))
    }

    fn report_unknown(&mut self, name: &Ident) {
        if name == THIS {
            let message = "`this` is the sample at hand among others: it stands in a reduction over \
                           them, `sum(m in batch: …)`";
            self.report(name.span(), message);
            return;
        }
        let arrays = self.arrays.names().chain(self.open.iter().cloned());
        let known: Vec<String> = arrays.chain(self.known.names()).collect();
        let hint = suggestion(&name.to_string(), &known);
        self.report(name.span(), format!("nothing is called `{name}` here{hint}"));
    }

    fn call(
        &mut self,
        function: &Ident,
        arguments: &[Expression],
        location: Location,
    ) -> Option<Value> {
        let name = function.to_string();
        if self.definitions.is_broken(&name) {
            self.calls_broken = true;
            return None;
        }
        if self.is_loss_called(function) {
            return self.call_loss(function, &[], arguments, location);
        }
        let values: Vec<Option<Value>> = arguments.iter().map(|one| self.value(one)).collect();
        let values = values.into_iter().collect::<Option<Vec<Value>>>()?;
        let mut boxed = values.into_iter().map(Box::new);
        match (name.as_str(), boxed.next(), boxed.next(), boxed.next()) {
            ("max", Some(a), Some(b), None) => Some(Value::Binary(Binary::Maximum, a, b)),
            ("min", Some(a), Some(b), None) => Some(Value::Binary(Binary::Minimum, a, b)),
            ("random", None, None, None) => self.random(location),
            ("stop", Some(_), None, None) if self.is_optimizer() => {
                self.refuse(location, "an optimizer is not differentiated: leave `stop` out")
            }
            ("stop", Some(a), None, None) => Some(Value::Stop(a)),
            ("lerp", Some(a), Some(b), Some(weight)) => {
                let again = a.operations() + b.operations() + weight.operations();
                self.count_operations(again, location)?;
                Some(lerp(&a, &b, &weight))
            }
            (_, Some(a), None, None) if self.definitions.has_function(&name) => {
                Some(Value::Apply(name.as_str().into(), a))
            }
            (_, Some(a), None, None) => self.call_activation(function, *a, location),
            ("clamp", Some(x), Some(low), Some(high)) => {
                let again = 2 * x.operations() + low.operations() + 2 * high.operations();
                self.count_operations(again, location)?;
                Some(clamp(&x, &low, &high))
            }
            _ => {
                let count = arguments.len();
                let arguments = if count == 1 { "argument" } else { "arguments" };
                let message = format!("no function `{name}` takes {count} {arguments}");
                self.refuse(location, message)
            }
        }
    }

    fn random(&mut self, location: Location) -> Option<Value> {
        if self.is_optimizer() {
            self.report(location, "`random()` is for layers: an optimizer draws no numbers");
            return None;
        }
        if self.scope.reductions == 0 && !self.is_loss() {
            return Some(Value::Random);
        }
        let message = "`random()` draws one number for each element of a layer's array: write it \
                       in a statement of its own, outside reductions";
        self.report(location, message);
        None
    }

    /// The equation of an activation with its default settings, the argument written in.
    fn call_activation(
        &mut self,
        function: &Ident,
        argument: Value,
        location: Location,
    ) -> Option<Value> {
        let activation = self.callable(function)?;
        let input = activation.inputs.first()?;
        let names = BTreeMap::from([(input.name.to_string(), argument)]);
        self.written_out(activation, function, names, location)
    }

    /// The equation of an activation, or of a loss of numbers, with its arguments and settings written in.
    pub fn written_out(
        &mut self,
        activation: &'a Definition,
        function: &Ident,
        mut names: BTreeMap<String, Value>,
        location: Location,
    ) -> Option<Value> {
        self.check_call(activation, function)?;
        for setting in &activation.settings {
            if names.contains_key(&setting.name.to_string()) {
                continue;
            }
            let words = setting.words.iter().map(ToString::to_string);
            let words = words.filter_map(|word| Some((number_of_word(&word)?, word)));
            names.extend(words.map(|(number, word)| (word, Value::Constant(number))));
            let default = setting.is_word().then(|| number_of_word(&setting.default.to_string()));
            let value = match default {
                Some(word) => word?,
                None => self.known.real(&setting.default, self.diagnostics)?,
            };
            names.insert(setting.name.to_string(), Value::Constant(value));
        }
        self.calls.push(Call { activation: function.to_string(), names, location });
        let mut value = None;
        for Assignment { target, value: expression, .. } in &activation.assignments {
            value = self.value(expression);
            if let (Some(value), Some(call)) = (&value, self.calls.last_mut()) {
                call.names.insert(target.to_string(), value.clone());
            }
        }
        self.calls.pop();
        value
    }

    /// The activation of a name, if it can be called as a function.
    fn callable(&mut self, function: &Ident) -> Option<&'a Definition> {
        let (name, definitions) = (function.to_string(), self.definitions);
        let activation = definitions.find(&name).filter(|found| found.kind == Kind::Activation);
        let Some(activation) = activation else {
            let functions = self.definitions.functions().iter().map(|row| row.name.to_string());
            let hint = suggestion(&name, &functions.collect::<Vec<String>>());
            self.report(function.span(), format!("no function is called `{name}`{hint}"));
            return None;
        };
        Some(activation)
    }

    /// No equation is written into itself, or calls others without end.
    fn check_call(&mut self, activation: &Definition, function: &Ident) -> Option<()> {
        let name = function.to_string();
        let is_open = self.calls.iter().any(|call| call.activation == name);
        if self.definition.name == name || is_open {
            let call = self.calls.first().map(|call| call.location);
            let location = call.unwrap_or(function.span().into());
            self.diagnostics.report(location, format!("`{name}` is defined by itself"));
            return None;
        }
        if self.calls.len() >= MOST_CALLS {
            let message =
                format!("activations call each other in a chain of more than {MOST_CALLS}");
            let call = self.calls.first().map(|call| call.location);
            self.diagnostics.report(call.unwrap_or(function.span().into()), message);
            self.scope.operations = usize::MAX;
            return None;
        }
        if let Some(learned) = activation.settings.iter().find(|setting| setting.is_learned) {
            let message = format!(
                "`{name}` learns `{}`, so it is a layer of a network and cannot be called here",
                learned.name
            );
            self.report(function.span(), message);
            return None;
        }
        Some(())
    }

    /// An index of a reduction: its accesses say how far it runs, but `batch` is the samples.
    fn bound_index(&mut self, bound: &BoundIndex) -> Index {
        let name = &bound.index;
        if bound.is_sample {
            self.check_sample(name);
            return self.indices.add(name, Some(Extent::Batch));
        }
        if name != BATCH_SIZE {
            return self.indices.add(name, None);
        }
        if self.is_loss() {
            let message = "a loss is written for one sample: the mean over the batch is taken of \
                           its value";
            self.report(name.span(), message);
        }
        self.indices.add(name, Some(Extent::Batch))
    }

    fn reduce(
        &mut self,
        operation: syntax::Reduction,
        bound: &[BoundIndex],
        body: &Expression,
    ) -> Option<Value> {
        if let Some(first) = bound.first().filter(|_| self.is_optimizer()) {
            let message =
                "an optimizer updates each number by itself: there is no axis to run over";
            self.report(first.index.span(), message);
            return None;
        }
        let reduction = match operation {
            syntax::Reduction::Sum | syntax::Reduction::Mean => Reduction::Sum,
            syntax::Reduction::Product => Reduction::Product,
            syntax::Reduction::Max => Reduction::Max,
            syntax::Reduction::Min => Reduction::Min,
        };
        let outside = self.scope.indices.clone();
        let mut indices = Vec::new();
        for (position, one) in bound.iter().enumerate() {
            let name = &one.index;
            if bound[..position].iter().any(|other| other.index == *name) {
                self.report(name.span(), format!("this reduction runs over `{name}` already"));
                continue;
            }
            let index = self.bound_index(one);
            self.scope.indices.insert(name.to_string(), index);
            indices.push(index);
        }
        let location = body.location;
        self.scope.reductions += 1;
        let body = self.boxed(body);
        self.scope.reductions -= 1;
        self.infer_from_declarations(indices.clone());
        self.scope.indices = outside;
        if self.is_loss() && !self.scope.indices.is_empty() {
            let message = "in a loss, a reduction runs over all indices of what it reads";
            self.report(location, message);
        }
        let mean = (operation == syntax::Reduction::Mean).then(|| self.count(&indices));
        let reduced = Value::Reduce(reduction, indices, body?);
        Some(match mean {
            Some(count) => Value::Binary(Binary::Divide, Box::new(reduced), Box::new(count)),
            None => reduced,
        })
    }

    /// How many values the indices take together.
    fn count(&self, indices: &[Index]) -> Value {
        let extents = indices.iter().filter_map(|&index| self.indices.extent(index));
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
