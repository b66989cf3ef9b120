//! Losses: one sample of any number of outputs, and its target.

use std::collections::BTreeSet;

use proc_macro2::Ident;

use super::constants::Constants;
use super::definition;
use super::names;
use super::resolver::Resolver;
use super::unread;
use crate::frontend::definitions::Definitions;
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::resolved::{
    Equations, LocalRole, Loss, LossSetting, LossType, SAMPLES, Value,
};
use crate::frontend::syntax::{Assignment, Axis, Declaration, Definition, Setting};
use crate::ir::expression::Binary;
use crate::ir::index::{Extent, OUTPUTS_SIZE};
use crate::ir::reduction::Reduction;

/// An argument of this name takes no probabilities.
const LOGITS: &str = "logits";

/// Why `samples` may not read outputs.
pub const OUTPUTS_IN_SAMPLES: &str = "`samples` is how often a sample counts in the mean over the batch, so \
                                      it may read the target but not the outputs";

/// A loss with the block's constants; nothing if anything is wrong with it.
pub fn loss(
    definition: &Definition,
    constants: &Constants,
    definitions: &Definitions,
    diagnostics: &mut Diagnostics,
) -> Option<Loss> {
    let before = diagnostics.len();
    if !definition::check(definition, constants, definitions, diagnostics) {
        return None;
    }
    let of = loss_type(definition, constants, diagnostics);
    let equations = equations(definition, constants.clone(), definitions, diagnostics)?;
    let arguments = given(definition).map(|input| input.name.to_string()).collect();
    let takes_logits = definition.inputs.first().is_some_and(|input| input.name == LOGITS);
    let loss = Loss { of: of?, arguments, takes_logits, sizes: sizes(definition), equations };
    (diagnostics.len() == before).then_some(loss)
}

/// The type of a loss, with its settings.
pub fn loss_type(
    definition: &Definition,
    constants: &Constants,
    diagnostics: &mut Diagnostics,
) -> Option<LossType> {
    let settings = definition.settings.iter();
    let settings: Vec<Option<LossSetting>> =
        settings.map(|one| loss_setting(one, constants, diagnostics)).collect();
    let structure = names::plain(&definition.name);
    if structure.is_none() {
        let message = format!(
            "the type of this loss needs a name of its own: write another one, such as `{}_loss`",
            definition.name
        );
        diagnostics.report(definition.name.span(), message);
    }
    Some(LossType {
        visibility: definition.written.visibility.clone(),
        documentation: definition.written.documentation.clone(),
        name: definition.name.clone(),
        structure: structure?,
        settings: settings.into_iter().collect::<Option<_>>()?,
    })
}

/// The outputs and targets of a loss.
fn given(definition: &Definition) -> impl Iterator<Item = &Declaration> {
    definition.inputs.iter().chain(&definition.targets)
}

fn loss_setting(
    setting: &Setting,
    constants: &Constants,
    diagnostics: &mut Diagnostics,
) -> Option<LossSetting> {
    if setting.components.is_some() {
        let message =
            "a setting of a loss is one number, or one for each output: `weight[c: C] = 1`";
        diagnostics.report(setting.name.span(), message);
        return None;
    }
    let default = constants.real(&setting.default, diagnostics);
    let range = constants.range(setting, diagnostics);
    let (name, is_per_output) = (setting.name.clone(), !setting.axes.is_empty());
    Some(LossSetting { name, default: default?, range: range?, is_per_output })
}

/// The names of the number of outputs: `C` in `p[c: C]`, and the one that it always has.
fn sizes(definition: &Definition) -> Vec<String> {
    let inputs = given(definition).flat_map(|input| &input.axes);
    let axes = inputs.chain(definition.settings.iter().flat_map(|setting| &setting.axes));
    let names = axes.filter_map(|axis| axis.extent.as_name()).map(ToString::to_string);
    let names: BTreeSet<String> = names.chain([OUTPUTS_SIZE.to_owned()]).collect();
    names.into_iter().collect()
}

/// The equations for one sample of any number of outputs.
///
/// Of several outputs, each is an equal part of those of the network. Nothing if they call a definition with mistakes.
fn equations(
    definition: &Definition,
    known: Constants,
    definitions: &Definitions,
    diagnostics: &mut Diagnostics,
) -> Option<Equations> {
    let before = diagnostics.len();
    let mut resolver = Resolver::new(definition, known, definitions, diagnostics);
    let elementwise = given(definition).all(|input| input.axes.is_empty() && !input.is_class());
    if elementwise {
        resolver.elementwise = vec![Extent::Outputs];
    }
    definition.inputs.iter().for_each(|output| resolver.loss_output(output));
    definition.targets.iter().for_each(|target| resolver.loss_target(target));
    definition.settings.iter().for_each(|setting| resolver.loss_setting(setting));
    resolver.check_single_numbers(definition)?;
    let mut equations = resolver.statements();
    if resolver.calls_broken {
        return None;
    }
    if diagnostics.len() == before {
        unread::report(definition, &equations, diagnostics);
    }
    report_outputs_in_samples(definition, &equations, diagnostics);
    if elementwise {
        mean_over_outputs(&mut equations);
    }
    Some(equations)
}

impl Resolver<'_> {
    /// The loss is the last statement, and one number for each sample, as `samples` is.
    fn check_single_numbers(&mut self, definition: &Definition) -> Option<()> {
        let last = definition.assignments.last();
        if let Some(last) = last.filter(|last| last.target == SAMPLES) {
            let message = "the last statement is the loss: write `samples` before it";
            self.report(last.target.span(), message);
        }
        if let Some(last) = last.filter(|last| !last.at.is_empty()) {
            let message = "a loss is one number for each sample: write a reduction, such as \
                           `y = mean(c: …)`";
            self.report(last.target.span(), message);
            return None;
        }
        let has_axes = |one: &&Assignment| one.target == SAMPLES && !one.at.is_empty();
        if let Some(samples) = definition.assignments.iter().find(has_axes) {
            let message = "`samples` is one number for each sample: write a reduction, such as \
                           `samples = sum(c: …)`";
            self.report(samples.target.span(), message);
            return None;
        }
        Some(())
    }
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
        let target = statement.target.array.0 as usize;
        let mut reads = statement.value.reads().into_iter();
        moved[target] = reads.any(|access| moved[access.array.0 as usize]);
        if moved[target] && equations.arrays[target].name == SAMPLES {
            let written = definition.assignments.iter().find(|one| one.target == SAMPLES);
            let location = written.map_or(definition.name.span(), |one| one.target.span());
            diagnostics.report(location, OUTPUTS_IN_SAMPLES);
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
    /// The outputs, or a part of them.
    fn loss_output(&mut self, declaration: &Declaration) {
        let is_number = declaration.axes.is_empty() && self.elementwise.is_empty();
        if is_number || declaration.is_class() {
            let name = &declaration.name;
            let message = format!("the outputs need an axis here: write `{name}[c: C]`");
            self.report(name.span(), message);
        }
        let axes = self.loss_axes(&declaration.name, &declaration.axes);
        self.add_array(&declaration.name, axes, LocalRole::Input);
    }

    /// The target of a loss: a class, a number for each output, or one for the sample.
    fn loss_target(&mut self, declaration: &Declaration) {
        let (role, axes) = if declaration.is_class() {
            (LocalRole::Integers(None), Vec::new())
        } else {
            (LocalRole::Target, self.loss_axes(&declaration.name, &declaration.axes))
        };
        self.add_array(&declaration.name, axes, role);
    }

    fn loss_setting(&mut self, setting: &Setting) {
        if setting.is_learned {
            let message = "a loss has no parameters: put the learned number into a layer";
            self.report(setting.name.span(), message);
        }
        let is_elementwise = !self.elementwise.is_empty();
        if is_elementwise && !setting.axes.is_empty() {
            let message = "a setting with a number for each output needs outputs with an index: \
                           `loss name(p[c: C]; …)`";
            self.report(setting.name.span(), message);
        }
        if is_elementwise || setting.axes.is_empty() {
            self.open.insert(setting.name.to_string());
            return;
        }
        let axes = self.loss_axes(&setting.name, &setting.axes);
        self.add_array(&setting.name, axes, LocalRole::Setting);
    }

    /// The name of the number of outputs, which all arguments have in common.
    fn size_of_outputs(&mut self, argument: &Ident, size: &Ident) {
        let mut inputs = given(self.definition).flat_map(|input| &input.axes);
        let first = inputs.find_map(|axis| axis.extent.as_name());
        if let Some(first) = first.filter(|first| *first != size) {
            let message = format!(
                "the number of outputs is called `{first}` above: `{argument}` has as many"
            );
            self.report(size.span(), message);
        }
        self.open.insert(size.to_string());
    }

    /// The one axis that an array of a loss may have: that of the outputs.
    fn loss_axes(&mut self, name: &Ident, declared: &[Axis]) -> Vec<Extent> {
        let mut axes = self.elementwise.clone();
        axes.extend(declared.iter().map(|_| Extent::Outputs));
        if axes.len() > 1 {
            let message = "an argument of a loss has one axis, that of the outputs";
            self.report(name.span(), message);
            return axes;
        }
        for axis in declared {
            if let Some(size) = axis.extent.as_name() {
                self.size_of_outputs(name, size);
            } else {
                let message = "the number of outputs is a name here, such as `C`: a loss takes \
                               any number";
                self.report(axis.extent.location, message);
            }
        }
        axes
    }
}
