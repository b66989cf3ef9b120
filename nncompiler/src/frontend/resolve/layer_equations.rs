//! The equations of a layer or activation whose sizes and settings are known.

use super::constants::Constants;
use super::repeat::written_out;
use super::resolver::Resolver;
use super::unread;
use crate::frontend::definitions::Definitions;
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::resolved::{ConstantValue, Equations, LocalRole, Value};
use crate::frontend::syntax::{
    Declaration, DeclaredNumbers, Definition, Expression, Kind, Parameter,
};
use crate::ir::index::{Extent, Index};
use crate::ir::initialiser::Initialiser;

/// The equations of one layer of a network.
///
/// `inputs` are the shapes of the layer's inputs; an activation takes any, and learns its numbers for
/// each of the input's channels if it is asked to. Nothing if they call a definition with mistakes.
pub fn layer_equations(
    definition: &Definition,
    known: Constants,
    inputs: &[Vec<usize>],
    per_channel: bool,
    definitions: &Definitions,
    diagnostics: &mut Diagnostics,
) -> Option<Equations> {
    let definition = &*written_out(definition, &known, diagnostics);
    let mut resolver = Resolver::new(definition, known, definitions, diagnostics);
    resolver.declare(inputs, per_channel);
    let equations = resolver.layer();
    (!resolver.calls_broken && !resolver.is_partial).then_some(equations)
}

/// The equations of a parameter alone: none.
pub fn parameter_equations(
    definition: &Definition,
    known: Constants,
    definitions: &Definitions,
    diagnostics: &mut Diagnostics,
) -> Equations {
    let mut resolver = Resolver::new(definition, known, definitions, diagnostics);
    resolver.declare(&[], false);
    let arrays = std::mem::take(&mut resolver.arrays).into_all();
    Equations::new(arrays, Vec::new(), Vec::new())
}

/// Reports what is wrong with the equations whatever the sizes are; those given are made up. Whether
/// all is well, in what they call too.
pub fn report_mistakes(
    definition: &Definition,
    known: Constants,
    inputs: &[Vec<usize>],
    definitions: &Definitions,
    diagnostics: &mut Diagnostics,
) -> bool {
    let before = diagnostics.len();
    let mut resolver = Resolver::new(definition, known, definitions, diagnostics);
    resolver.is_trial = true;
    resolver.declare(inputs, false);
    resolver.layer();
    !resolver.calls_broken && diagnostics.len() == before
}

impl Resolver<'_> {
    /// The arrays that a layer has before its first statement.
    fn declare(&mut self, inputs: &[Vec<usize>], per_channel: bool) {
        let definition = self.definition;
        let fixed = |shape: &Vec<usize>| shape.iter().map(|&size| Extent::Fixed(size)).collect();
        let shapes: Vec<Vec<Extent>> = inputs.iter().map(fixed).collect();
        let axes = shapes.first().cloned().unwrap_or_default();
        if definition.kind == Kind::Layer {
            self.declare_indices();
        } else {
            self.elementwise.clone_from(&axes);
        }
        let left_out = definition.inputs.iter().skip(shapes.len());
        for (declaration, axes) in definition.inputs.iter().zip(shapes) {
            let role = match &declaration.numbers {
                DeclaredNumbers::Real => LocalRole::Input,
                DeclaredNumbers::Class => LocalRole::Integers(None),
                DeclaredNumbers::Index(below) => LocalRole::Integers(self.size(below)),
            };
            self.add_array(&declaration.name, axes, role);
        }
        for Declaration { name, default, .. } in left_out {
            let number = default.as_ref().and_then(|one| self.known.real(one, self.diagnostics));
            self.arrays.leave_out(name.to_string(), number.unwrap_or(0.0));
        }
        for parameter in &definition.parameters {
            self.parameter(parameter);
        }
        let channels = axes.first().copied().filter(|_| per_channel);
        self.learned_settings(channels);
    }

    /// The statements, and what is wrong with all of them together.
    fn layer(&mut self) -> Equations {
        let definition = self.definition;
        let before = self.diagnostics.len();
        let equations = self.statements();
        if !self.is_partial && self.diagnostics.len() == before {
            unread::report(definition, &equations, self.diagnostics);
            report_updates_by_sample(definition, &equations, self.diagnostics);
        }
        equations
    }

    fn parameter(&mut self, parameter: &Parameter) {
        let declaration = &parameter.declaration;
        let condition = parameter.condition.as_ref();
        let is_met = |one: &Expression| self.known.is_met(one, self.diagnostics);
        if condition.and_then(is_met) == Some(false) {
            let otherwise = parameter.otherwise.as_ref();
            let otherwise = otherwise.and_then(|one| self.known.real(one, self.diagnostics));
            self.arrays.leave_out(declaration.name.to_string(), otherwise.unwrap_or(0.0));
            return;
        }
        let axes = declaration.axes.iter();
        let sizes: Vec<Option<usize>> = axes.map(|axis| self.size(&axis.extent)).collect();
        let axes = sizes.into_iter().map(|size| Extent::Fixed(size.unwrap_or(1))).collect();
        let initialiser = self.initialiser(parameter);
        let role = if parameter.is_state { LocalRole::State } else { LocalRole::Parameter };
        self.add_kept(&declaration.name, parameter.key.as_ref(), axes, role(initialiser));
    }

    fn initialiser(&mut self, parameter: &Parameter) -> Initialiser {
        let argument = parameter.arguments.first();
        let number = argument.and_then(|number| self.known.real(number, self.diagnostics));
        let number = number.unwrap_or(0.0);
        let name = parameter.initialiser.to_string();
        self.check_initialiser(&name, argument, number);
        match (name.as_str(), parameter.arguments.len()) {
            ("uniform", 1) => Initialiser::Uniform(number),
            ("normal", 1) => Initialiser::Normal(number),
            ("constant", 1) => Initialiser::Constant(number),
            ("zeros", 0) => Initialiser::Constant(0.0),
            ("ones", 0) => Initialiser::Constant(1.0),
            _ => {
                let message = "a parameter begins as `uniform(bound)`, `normal(deviation)`, \
                               `constant(value)`, `zeros()` or `ones()`";
                self.report(parameter.initialiser.span(), message);
                Initialiser::Constant(0.0)
            }
        }
    }

    /// The numbers of a network are of type f32, unless its user says otherwise.
    fn check_initialiser(&mut self, name: &str, argument: Option<&Expression>, number: f64) {
        let Some(argument) = argument else { return };
        let is_below = name != "constant" && number < 0.0;
        let range = if name == "constant" { "finite" } else { "finite and at least 0" };
        if is_below || !number.is_finite() {
            self.report_number(
                argument,
                format!("expected a number that is {range}, found {number}"),
            );
        } else if number.abs() > f32::MAX.into() {
            let message =
                format!("expected a number that is {range} as an `f32`, found {number:e}");
            self.report_number(argument, message);
        }
    }

    /// The settings that training moves: one number each, or one for each channel.
    fn learned_settings(&mut self, channels: Option<Extent>) {
        let definition = self.definition;
        for setting in definition.settings.iter().filter(|setting| !setting.axes.is_empty()) {
            let message = "only a loss has settings with axes; here write `param … [i: I] ~ …;`";
            self.report(setting.name.span(), message);
        }
        for setting in definition.settings.iter().filter(|setting| setting.is_learned) {
            let value = self.known.get(&setting.name.to_string());
            let beginning = value.map_or(0.0, ConstantValue::real);
            let role = LocalRole::Parameter(Initialiser::Constant(beginning));
            let axes = channels.into_iter().collect();
            self.add_kept(&setting.name, setting.key.as_ref(), axes, role);
        }
    }
}

/// What a state becomes is one for the whole batch.
fn report_updates_by_sample(
    definition: &Definition,
    equations: &Equations,
    diagnostics: &mut Diagnostics,
) {
    let mut by_sample: Vec<bool> =
        equations.arrays.iter().map(|array| array.role.is_given()).collect();
    for statement in &equations.statements {
        let depends = depends_on_sample(&statement.value, &by_sample, equations);
        let target = statement.target.array.0 as usize;
        if !statement.is_update {
            by_sample[target] |= depends;
        } else if depends {
            let name = &equations.arrays[target].name;
            let written = definition.assignments.iter().find(|one| one.target == *name);
            let location = written.map_or(definition.name.span(), |one| one.target.span());
            let message = format!(
                "`{name}` is one for the whole batch, but this value differs from sample to \
                 sample: take its mean, `mean(batch: …)`"
            );
            diagnostics.report(location, message);
        }
    }
}

/// Whether a value differs from sample to sample, given which arrays do.
fn depends_on_sample(value: &Value, by_sample: &[bool], equations: &Equations) -> bool {
    let is_batch = |index: &Index| equations.indices[index.0 as usize].extent == Extent::Batch;
    match value {
        Value::Random => true,
        Value::Element(_) | Value::ElementOfSample(..) => {
            value.reads().into_iter().any(|access| by_sample[access.array.0 as usize])
        }
        Value::Reduce(_, indices, _) if indices.iter().any(is_batch) => false,
        _ => {
            let inside = |child: &Value| depends_on_sample(child, by_sample, equations);
            value.children().into_iter().any(inside)
        }
    }
}
