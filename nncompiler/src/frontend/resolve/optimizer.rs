//! Optimizers: what a step makes of one parameter, given its gradient and what is kept from step to step.

use std::collections::BTreeSet;

use proc_macro2::Ident;

use super::constants::Constants;
use super::definition;
use super::names;
use super::resolver::Resolver;
use super::unread::report_numbers;
use crate::frontend::definitions::Definitions;
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::resolved::{
    LocalRole, Optimizer, OptimizerRequirement, OptimizerSetting, OptimizerState, STEP, Value,
};
use crate::frontend::syntax::{
    Assignment, DeclaredNumbers, Definition, Parameter, Relation, Requirement, Setting,
};
use crate::ir::initialiser::Initialiser;

/// The settings that groups and schedules know.
const LEARNING_RATE: &str = "lr";
const WEIGHT_DECAY: &str = "weight_decay";

/// For each set of states that settings may leave out there is a loop of its own: sixteen at most.
const MOST_CONDITIONS: usize = 4;

/// An optimizer with the block's constants; nothing if anything is wrong with it.
pub fn optimizer(
    definition: &Definition,
    constants: &Constants,
    definitions: &Definitions,
    diagnostics: &mut Diagnostics,
) -> Option<Optimizer> {
    let before = diagnostics.len();
    let is_sound = definition::check(definition, constants, definitions, diagnostics);
    if !is_sound || !check_arguments(definition, diagnostics) {
        return None;
    }
    check_reserved(definition, diagnostics);
    check_settings(definition, diagnostics);
    check_conditions(definition, diagnostics);
    let settings = definition.settings.iter();
    let settings: Vec<Option<OptimizerSetting>> =
        settings.map(|one| setting(one, constants, diagnostics)).collect();
    let mut resolver = Resolver::new(definition, constants.clone(), definitions, diagnostics);
    let requirements = resolver.requirements();
    let states = resolver.states();
    resolver.open.insert(STEP.to_owned());
    let equations = resolver.statements();
    if resolver.calls_broken {
        return None;
    }
    if diagnostics.len() == before {
        check_reads(definition, diagnostics);
    }
    let structure = names::plain(&definition.name);
    if structure.is_none() {
        let message = format!(
            "the type of this optimizer needs a name of its own: write another one, such as \
             `{}_rule`",
            definition.name
        );
        diagnostics.report(definition.name.span(), message);
    }
    let optimizer = Optimizer {
        visibility: definition.written.visibility.clone(),
        documentation: definition.written.documentation.clone(),
        name: definition.name.clone(),
        structure: structure?,
        settings: settings.into_iter().collect::<Option<_>>()?,
        requirements: requirements?,
        states: states?,
        equations,
    };
    (diagnostics.len() == before).then_some(optimizer)
}

/// A parameter and its gradient, and nothing else.
fn check_arguments(definition: &Definition, diagnostics: &mut Diagnostics) -> bool {
    let is_number = |at: usize| {
        let input = definition.inputs.get(at);
        input.is_some_and(|input| {
            input.axes.is_empty() && matches!(input.numbers, DeclaredNumbers::Real)
        })
    };
    let are_two = definition.inputs.len() == 2 && is_number(0) && is_number(1);
    if !are_two {
        let message = format!(
            "an optimizer takes a parameter and its gradient: `optimizer {}(w, g; lr = 0.01)`",
            definition.name
        );
        diagnostics.report(definition.name.span(), message);
    }
    are_two
}

/// `step` is the number of the step, and states have names of their own.
fn check_reserved(definition: &Definition, diagnostics: &mut Diagnostics) {
    let inputs = definition.inputs.iter().map(|input| &input.name);
    let settings = definition.settings.iter().map(|setting| &setting.name);
    let states = definition.parameters.iter().map(|state| &state.declaration.name);
    let computed = definition.assignments.iter().map(|one| &one.target);
    for name in inputs.chain(settings.clone()).chain(states.clone()).chain(computed) {
        if name == STEP {
            let message = "`step` is the number of the step, from 1: choose another name";
            diagnostics.report(name.span(), message);
        }
    }
    for state in states {
        if settings.clone().any(|setting| setting == state) {
            let message = format!("`{state}` is a setting already, so it cannot be a state");
            diagnostics.report(state.span(), message);
        }
    }
}

/// Settings are numbers, or `true` or `false`; the one that schedules set is there.
fn check_settings(definition: &Definition, diagnostics: &mut Diagnostics) {
    for setting in &definition.settings {
        let location = setting.name.span();
        if setting.is_learned {
            let message = "an optimizer learns no setting: what it keeps from step to step is a \
                           `state`";
            diagnostics.report(location, message);
        }
        if setting.components.is_some() || !setting.axes.is_empty() {
            diagnostics.report(location, "a setting of an optimizer is one number");
        }
        let is_known = setting.name == LEARNING_RATE || setting.name == WEIGHT_DECAY;
        if setting.is_truth && is_known {
            let message = format!("groups of parameters set `{}` to a number", setting.name);
            diagnostics.report(setting.default.location, message);
        }
    }
    if definition.settings.iter().all(|setting| setting.name != LEARNING_RATE) {
        let message = format!(
            "schedules and groups of parameters set the learning rate: write `optimizer {}(…; lr = \
             0.01)`",
            definition.name
        );
        diagnostics.report(definition.name.span(), message);
    }
}

/// There are few different conditions of states.
fn check_conditions(definition: &Definition, diagnostics: &mut Diagnostics) {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let conditions = definition.parameters.iter().filter_map(|state| state.condition.as_ref());
    for condition in conditions {
        if seen.insert(condition.to_string()) && seen.len() == MOST_CONDITIONS + 1 {
            let message = format!(
                "the states of an optimizer have at most {MOST_CONDITIONS} different conditions"
            );
            diagnostics.report(condition.location, message);
        }
    }
}

fn setting(
    setting: &Setting,
    constants: &Constants,
    diagnostics: &mut Diagnostics,
) -> Option<OptimizerSetting> {
    let default = constants.real(&setting.default, diagnostics);
    let range = constants.range(setting, diagnostics);
    let &Setting { is_half_open, is_truth, .. } = setting;
    let name = setting.name.clone();
    Some(OptimizerSetting { name, default: default?, range: range?, is_half_open, is_truth })
}

impl Resolver<'_> {
    /// What the settings must be to each other. Only they are known so far.
    fn requirements(&mut self) -> Option<Vec<OptimizerRequirement>> {
        let definition = self.definition;
        let settings = definition.settings.iter();
        self.open.extend(settings.map(|setting| setting.name.to_string()));
        let requirements = definition.requirements.iter();
        let all: Vec<Option<OptimizerRequirement>> =
            requirements.map(|one| self.requirement_of_settings(one)).collect();
        all.into_iter().collect()
    }

    fn requirement_of_settings(&mut self, one: &Requirement) -> Option<OptimizerRequirement> {
        let Relation::Compare(comparison) = one.relation else { return None };
        let (left, right) = (self.value(&one.left), self.value(&one.right));
        let text = format!("{} {} {}", one.left, comparison.sign(), one.right);
        let (text, condition) = match &one.condition {
            Some(written) => (format!("{text} when {written}"), Some(self.condition(written)?)),
            None => (text, None),
        };
        Some(OptimizerRequirement { text, condition, left: left?, comparison, right: right? })
    }

    /// The arrays of the parameter, its gradient and the states, and how these begin.
    fn states(&mut self) -> Option<Vec<OptimizerState>> {
        let definition = self.definition;
        let states = definition.parameters.iter();
        let states: Vec<Option<OptimizerState>> = states.map(|one| self.kept(one)).collect();
        let kept = LocalRole::State(Initialiser::Constant(0.0));
        for (input, role) in definition.inputs.iter().zip([kept.clone(), LocalRole::Input]) {
            self.add_array(&input.name, Vec::new(), role);
        }
        for state in &definition.parameters {
            self.add_array(&state.declaration.name, Vec::new(), kept.clone());
        }
        states.into_iter().collect()
    }

    fn kept(&mut self, state: &Parameter) -> Option<OptimizerState> {
        let condition = state.condition.as_ref().map(|condition| self.condition(condition));
        let start = match (state.initialiser.to_string().as_str(), state.arguments.as_slice()) {
            ("zeros", []) => Some(Value::Constant(0.0)),
            ("ones", []) => Some(Value::Constant(1.0)),
            ("constant", [number]) => self.value(number),
            _ => {
                let message = "a state begins as `constant(value)`, `zeros()` or `ones()`";
                self.report(state.initialiser.span(), message);
                None
            }
        };
        let condition = match condition {
            Some(condition) => Some(condition?),
            None => None,
        };
        Some(OptimizerState { start: start?, condition })
    }
}

/// Everything that stands there has an effect.
fn check_reads(definition: &Definition, diagnostics: &mut Diagnostics) {
    let [parameter, gradient] = definition.inputs.as_slice() else { return };
    let updates = |name: &Ident| {
        let mut updates = definition.assignments.iter().filter(|one| one.is_update);
        updates.any(|one| one.target == *name)
    };
    if !updates(&parameter.name) {
        let name = &parameter.name;
        let message = format!("no statement updates `{name}`: write `{name} <- {name} - …;`");
        diagnostics.report(name.span(), message);
    }
    if !is_read(definition, &gradient.name) {
        let message = format!("no equation reads the gradient `{}`", gradient.name);
        diagnostics.report(gradient.name.span(), message);
    }
    for state in &definition.parameters {
        let name = &state.declaration.name;
        if !updates(name) {
            let message = format!("no equation updates the state `{name}`: write `{name} <- …;`");
            diagnostics.report(name.span(), message);
        } else if !is_read(definition, name) {
            let message = format!("no other equation reads the state `{name}`: leave it out");
            diagnostics.report(name.span(), message);
        }
    }
    for one in definition.assignments.iter().filter(|one| !one.is_update) {
        if !is_read(definition, &one.target) {
            let message = format!("no equation reads `{}`: leave this statement out", one.target);
            diagnostics.report(one.target.span(), message);
        }
    }
    report_numbers(definition, diagnostics);
}

/// Whether an equation other than its own reads what a name stands for.
fn is_read(definition: &Definition, name: &Ident) -> bool {
    let others = definition.assignments.iter().filter(|one| one.target != *name);
    others.flat_map(|Assignment { value, .. }| value.all_names()).any(|read| read == name)
}
