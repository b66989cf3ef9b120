//! The equations of a loss: one sample of any number of outputs, and its target.

use proc_macro2::Ident;

use super::equation::Resolver;
use super::size::Constants;
use super::{Equations, LocalRole, Value};
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::library::Library;
use crate::frontend::syntax::{Axis, Declaration, Definition, ExpressionKind, Setting};
use crate::ir::expression::Binary;
use crate::ir::index::{Extent, OUTPUTS_SIZE};
use crate::ir::reduction::Reduction;

/// A statement of a loss with this target says how many samples the one at hand counts for.
pub const SAMPLES: &str = "samples";

/// The equations of a loss, for one sample of any number of outputs, with the block's constants.
///
/// The last argument is the target. With several others, each is an equal part of the outputs.
pub fn loss(
    definition: &Definition,
    known: Constants,
    library: &Library,
    diagnostics: &mut Diagnostics,
) -> Equations {
    let mut resolver = Resolver::new(definition, known, library, diagnostics);
    resolver.is_loss = true;
    let elementwise =
        definition.inputs.iter().all(|input| input.axes.is_empty() && !input.is_class);
    if elementwise {
        resolver.elementwise = vec![Extent::Outputs];
    }
    let count = definition.inputs.len();
    if count < 2 {
        let message = "a loss takes the outputs and a target: `loss name(p, t) = …;`";
        resolver.diagnostics.report(definition.name.span(), message);
    }
    let (outputs, target) = definition.inputs.split_at(count.saturating_sub(1).max(1).min(count));
    for output in outputs {
        resolver.loss_output(output);
    }
    for target in target {
        resolver.loss_target(target);
    }
    for setting in &definition.settings {
        resolver.loss_setting(setting);
    }
    let mut equations = resolver.statements(definition);
    report_outputs_in_samples(definition, &equations, diagnostics);
    if elementwise {
        mean_over_outputs(&mut equations);
    }
    equations
}

/// The mean over the batch is divided by the number of samples, which no output may move.
fn report_outputs_in_samples(
    definition: &Definition,
    equations: &Equations,
    diagnostics: &mut Diagnostics,
) {
    let mut moved: Vec<bool> =
        equations.arrays.iter().map(|array| array.role == LocalRole::Input).collect();
    for statement in &equations.statements {
        let reads =
            |part: &Value| matches!(part, Value::Element(access) if moved[access.array.0 as usize]);
        let target = statement.target.array.0 as usize;
        moved[target] = statement.value.any(&reads);
        if moved[target] && equations.arrays[target].name == SAMPLES {
            let message = "how many samples one counts for depends on its target, not on outputs";
            diagnostics.report(definition.name.span(), message);
        }
    }
}

/// An elementwise loss is the mean over the outputs.
fn mean_over_outputs(equations: &mut Equations) {
    let Some(last) = equations.statements.last_mut() else { return };
    let indices = last.target.indices().collect();
    last.target.at.clear();
    equations.arrays[last.target.array.0 as usize].axes.clear();
    let value = std::mem::replace(&mut last.value, Value::Constant(0.0));
    let sum = Box::new(Value::Reduce(Reduction::Sum, indices, Box::new(value)));
    last.value = Value::Binary(Binary::Divide, sum, Box::new(Value::Setting(OUTPUTS_SIZE.into())));
}

impl Resolver<'_> {
    /// An argument of a loss before the last: the outputs, or a part of them.
    fn loss_output(&mut self, declaration: &Declaration) {
        let is_number = declaration.axes.is_empty() && self.elementwise.is_empty();
        if is_number || declaration.is_class {
            let name = &declaration.name;
            let message = format!("the outputs have an axis here: `{name}[c: C]`");
            self.diagnostics.report(name.span(), message);
        }
        let axes = self.loss_axes(&declaration.name, &declaration.axes);
        self.array(&declaration.name, axes, LocalRole::Input);
    }

    /// The last argument of a loss: a class, a number for each output, or one for the sample.
    fn loss_target(&mut self, declaration: &Declaration) {
        let (role, axes) = if declaration.is_class {
            (LocalRole::Class, Vec::new())
        } else {
            (LocalRole::Target, self.loss_axes(&declaration.name, &declaration.axes))
        };
        self.array(&declaration.name, axes, role);
    }

    fn loss_setting(&mut self, setting: &Setting) {
        if setting.is_learned {
            let message =
                "a loss has no parameters of its own; put the learned number into a layer";
            self.diagnostics.report(setting.name.span(), message);
        }
        let is_elementwise = !self.elementwise.is_empty();
        if is_elementwise && !setting.axes.is_empty() {
            let message =
                "numbers for each output need the outputs' index: `loss name(p[c: C], …)`";
            self.diagnostics.report(setting.name.span(), message);
        }
        if is_elementwise || setting.axes.is_empty() {
            self.open.push(setting.name.to_string());
            return;
        }
        let axes = self.loss_axes(&setting.name, &setting.axes);
        self.array(&setting.name, axes, LocalRole::Setting);
    }

    /// The one axis that an array of a loss may have: that of the outputs.
    fn loss_axes(&mut self, name: &Ident, declared: &[Axis]) -> Vec<Extent> {
        let mut axes = self.elementwise.clone();
        axes.extend(declared.iter().map(|_| Extent::Outputs));
        if axes.len() > 1 {
            let message = "an argument of a loss has one axis, that of the outputs";
            self.diagnostics.report(name.span(), message);
        }
        for axis in declared {
            match &axis.extent.kind {
                ExpressionKind::Name(name) => self.open.push(name.to_string()),
                _ => {
                    let message = "the number of outputs has a name here, such as `C`";
                    self.diagnostics.report(axis.extent.place, message);
                }
            }
        }
        axes
    }
}
