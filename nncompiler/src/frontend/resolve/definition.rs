//! What is wrong with a definition whatever its sizes are: reported once, where it is written, and
//! not where it is used.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::Ident;

use super::axes;
use super::constants::{Constants, Sizes, simplest};
use super::flatten::applies_layers;
use super::layer_equations::report_mistakes;
use super::numbers::check_declared;
use super::repeat::written_out;
use super::samples::{report_no_samples, report_other_samples};
use super::scanned::gives_first_values;
use super::signature::{bind_beside, bind_input, bind_sizes, holds, rank};
use super::unread::report_numbers;
use crate::frontend::definitions::Definitions;
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::resolved::ConstantValue;
use crate::frontend::syntax::{
    Axis, BLANK, Declaration, Definition, Expression, Kind, Relation, Requirement, Setting,
};

/// The size on trial: many sizes divide it.
const TRIAL: usize = 5040;

/// The same for a layer that applies others, which have limits.
const TRIALS: [usize; 2] = [12, 24];

/// Checks a definition of the block, whether or not a network uses it: whether all is well.
pub fn check(
    definition: &Definition,
    constants: &Constants,
    definitions: &Definitions,
    diagnostics: &mut Diagnostics,
) -> bool {
    let before = diagnostics.len();
    // Of an optimizer either argument may be missing, which it says itself.
    if definition.whole && definition.inputs.is_empty() && definition.kind != Kind::Optimizer {
        report_missing_input(definition, diagnostics);
        return false;
    }
    let known = trial(definition, TRIAL, constants);
    for number in &axes::on_trial(definition).numbers {
        known.knows(&number.value, diagnostics);
    }
    let written = &*written_out(definition, &known, diagnostics);
    check_names(written, diagnostics);
    check_declared(written, diagnostics);
    check_keys(written, diagnostics);
    check_defaults(written, diagnostics);
    axes::check(written, diagnostics);
    check_indices(written, diagnostics);
    check_assignments(written, diagnostics);
    report_no_samples(written, constants, diagnostics);
    for assignment in written.assignments.iter().filter(|_| written.kind != Kind::Loss) {
        report_other_samples(&assignment.value, diagnostics);
    }
    for setting in &definition.settings {
        check_setting(definition, setting, constants, diagnostics);
    }
    if !definition.whole || diagnostics.len() > before {
        return false;
    }
    if matches!(definition.kind, Kind::Loss | Kind::Optimizer) {
        return true;
    }
    let is_whole = try_sizes(written, constants, definitions, diagnostics);
    if is_whole {
        report_numbers(definition, diagnostics);
    }
    is_whole && diagnostics.len() == before
}

/// What is given to a definition stands in it.
fn report_missing_input(definition: &Definition, diagnostics: &mut Diagnostics) {
    let name = &definition.name;
    let message = match definition.kind {
        Kind::Layer | Kind::Optimizer => {
            format!("`{name}` has no input: write `input x[i: I];`")
        }
        Kind::Activation => format!("`{name}` has no input: write `activation {name}(x)`"),
        Kind::Loss => format!("`{name}` has no outputs: write `loss {name}(p; t)`"),
    };
    diagnostics.report(name.span(), message);
}

/// Checks the sizes and settings of a block of layers: whether all is well.
pub fn check_head(head: &Definition, constants: &Constants, diagnostics: &mut Diagnostics) -> bool {
    let before = diagnostics.len();
    check_names(head, diagnostics);
    if let Some((_, group)) = &head.sizes_of_group {
        let message = "`..` are axes of a layer's input: a block has none";
        diagnostics.report(group.location, message);
    }
    for setting in &head.settings {
        check_setting(head, setting, constants, diagnostics);
        if setting.is_learned {
            let message = "a block learns nothing but what its layers do";
            diagnostics.report(setting.name.span(), message);
        }
    }
    diagnostics.len() == before
}

/// Resolves the equations with made-up sizes.
fn try_sizes(
    definition: &Definition,
    constants: &Constants,
    definitions: &Definitions,
    diagnostics: &mut Diagnostics,
) -> bool {
    let try_size = |size: usize, diagnostics: &mut Diagnostics| {
        let known = trial(definition, size, constants);
        try_out(definition, size, known, definitions, diagnostics)
    };
    if !applies_layers(definition, definitions) {
        return try_size(TRIAL, diagnostics);
    }
    // What is wrong with layers that are applied may be so with these sizes alone.
    let [one, other] = TRIALS.map(|size| {
        let mut found = Diagnostics::default();
        let is_well = try_size(size, &mut found);
        (is_well || found.len() > 0, found)
    });
    let shared = one.1.shared_with(&other.1);
    let is_well = one.0 && shared.len() == 0;
    diagnostics.append(shared);
    is_well
}

/// Sizes that are all equal, and the settings as they are by default.
fn trial(definition: &Definition, size: usize, constants: &Constants) -> Constants {
    let definition = &*axes::on_trial(definition);
    let sizes = vec![Sizes(vec![size]); definition.sizes.len()];
    let known = bind_sizes(definition, constants, &sizes);
    let input = match definition.kind {
        Kind::Activation => vec![size],
        _ => vec![size; rank(definition)],
    };
    let mut known = bind_input(definition, known, &input);
    let mut silent = Diagnostics::default();
    known.insert_words(&definition.settings);
    for setting in &definition.settings {
        let components = 0..setting.components.unwrap_or(1);
        let value = |k| known.real_component(&setting.default, k, &mut silent).unwrap_or(1.0);
        let values: Vec<_> = components.map(value).map(simplest).collect();
        known.insert_all(&setting.name, setting.components, &values);
    }
    for number in &definition.numbers {
        // With other sizes it may have a value.
        if known.insert_numbers(std::slice::from_ref(number), &mut silent).is_none() {
            known.insert_all(&number.name, number.components, &[ConstantValue::Integer(1)]);
        }
    }
    known
}

/// Resolves the equations with sizes and settings on trial: what is wrong then, and does not depend on
/// them, is wrong always.
fn try_out(
    definition: &Definition,
    size: usize,
    known: Constants,
    definitions: &Definitions,
    diagnostics: &mut Diagnostics,
) -> bool {
    let definition = &*axes::on_trial(definition);
    let before = diagnostics.len();
    for requirement in &definition.requirements {
        check_requirement(requirement, &known, diagnostics);
    }
    if diagnostics.len() > before {
        return false;
    }
    let inputs: Vec<Vec<usize>> = match definition.kind {
        Kind::Activation => vec![vec![size]; definition.inputs.len()],
        _ => definition.inputs.iter().map(|one| vec![size; one.axes.len()]).collect(),
    };
    let known = bind_beside(definition, known, inputs.get(1..).unwrap_or_default());
    report_mistakes(definition, known, &inputs, definitions, diagnostics)
}

/// A requirement is one of what is known, and can be met.
fn check_requirement(requirement: &Requirement, known: &Constants, diagnostics: &mut Diagnostics) {
    let Requirement { left, relation, right, .. } = requirement;
    let are_known = [left, right].map(|side| known.knows(side, diagnostics));
    if are_known != [true, true] {
        return;
    }
    let is_open = |side: &Expression| known.is_of_layer(side);
    if *relation == Relation::Divides && !is_open(left) {
        if known.evaluate(left, diagnostics) == Some(ConstantValue::Integer(0)) {
            diagnostics.report(left.location, "0 divides no size");
        }
        return;
    }
    if is_open(left) || is_open(right) {
        return;
    }
    let values = [left, right].map(|side| known.evaluate(side, diagnostics));
    let [Some(left_value), Some(right_value)] = values else { return };
    if !holds(*relation, left_value, right_value) {
        let message = "this holds for no sizes, so that no network could have the layer";
        diagnostics.report(left.location.to(right.location), message);
    }
}

/// An input that may be left out is another one, or a number, and stands behind those that are needed.
fn check_defaults(definition: &Definition, diagnostics: &mut Diagnostics) {
    let is_earlier =
        |name: &Ident, at: usize| definition.inputs[..at].iter().any(|input| input.name == *name);
    let mut defaults = 0;
    for (at, input) in definition.inputs.iter().enumerate() {
        let of_array = input.default.as_ref().and_then(|one| one.as_name());
        let of_array = of_array.filter(|name| is_earlier(name, at));
        let rank = match (&input.default, of_array) {
            (None, _) => 0,
            (Some(_), Some(_)) => 1,
            (Some(_), None) => 2,
        };
        if at == 0 && rank > 0 || rank < defaults {
            let message = "inputs with a default stand behind the others: first those whose default is \
                           another input, then those whose default is a number";
            diagnostics.report(input.name.span(), message);
        }
        defaults = rank.max(defaults);
    }
}

/// An index stands for one axis of an array, and an `index` statement for one extent.
fn check_indices(definition: &Definition, diagnostics: &mut Diagnostics) {
    let parameters = definition.parameters.iter().map(|parameter| &parameter.declaration);
    let given = definition.inputs.iter().chain(&definition.targets);
    for Declaration { name, axes, .. } in given.chain(parameters) {
        for (position, axis) in axes.iter().enumerate() {
            let is_other = |one: &&Axis| {
                one.index == axis.index && one.extent.to_string() != axis.extent.to_string()
            };
            if let Some(other) = axes[..position].iter().find(is_other) {
                let message = format!(
                    "the index `{}` runs over {} on another axis of `{name}`: give this one another \
                     name",
                    axis.index, other.extent
                );
                diagnostics.report(axis.index.span(), message);
            }
        }
    }
    for (position, axis) in definition.indices.iter().enumerate() {
        if definition.indices[..position].iter().any(|one| one.index == axis.index) {
            let message = format!("the index `{}` is declared already", axis.index);
            diagnostics.report(axis.index.span(), message);
        }
    }
}

/// Every name has one meaning. A setting and a parameter may share theirs: one says whether there is
/// the other.
fn check_names(definition: &Definition, diagnostics: &mut Diagnostics) {
    let mut known: BTreeMap<String, &str> = BTreeMap::new();
    let sizes = definition.sizes.iter().map(|size| (&size.name, "a size"));
    let settings = definition.settings.iter().map(|setting| (&setting.name, "a setting"));
    let inputs = definition.inputs.iter().chain(&definition.targets);
    let inputs = inputs.map(|input| (&input.name, "an argument"));
    let numbers = definition.numbers.iter().map(|number| (&number.name, "a number"));
    for (name, what) in sizes.chain(settings).chain(inputs).chain(numbers) {
        report_twice(name, what, &known, diagnostics);
        known.insert(name.to_string(), what);
    }
    for word in definition.settings.iter().flat_map(|setting| &setting.words) {
        if let Some(other) = known.get(&word.to_string()) {
            let message =
                format!("`{word}` is {other} already, so it cannot be a word of a setting");
            diagnostics.report(word.span(), message);
        }
    }
    for parameter in &definition.parameters {
        let name = &parameter.declaration.name;
        let is_switch = |one: &Ident| one == name;
        let condition = parameter.condition.as_ref();
        if !condition.is_some_and(|condition| condition.names().into_iter().any(is_switch)) {
            report_twice(name, "a parameter", &known, diagnostics);
        }
        known.insert(name.to_string(), if parameter.is_state { "a state" } else { "a parameter" });
    }
}

/// What files hold has keys of its own, made of names with dots between them.
fn check_keys(definition: &Definition, diagnostics: &mut Diagnostics) {
    let parameters = definition.parameters.iter();
    let parameters = parameters.map(|one| (&one.declaration.name, one.key.as_ref()));
    let settings = definition.settings.iter();
    for setting in settings.clone().filter(|setting| !setting.is_learned) {
        if let Some(key) = &setting.key {
            let message =
                "no file holds a setting: what is learned has a key, `learn a as \"…\" = 1`";
            diagnostics.report(key.span, message);
        }
    }
    let learned = settings.filter(|setting| setting.is_learned);
    let learned = learned.map(|setting| (&setting.name, setting.key.as_ref()));
    let named = parameters.chain(learned);
    let named = named.map(|(name, key)| match key {
        Some(key) => (key.text.clone(), key.span, true),
        None => (name.to_string(), name.span(), false),
    });
    let ignored = definition.ignored.iter().map(|key| (key.text.clone(), key.span, true));
    // Two of one name have been reported as such.
    let mut known: BTreeMap<String, bool> = BTreeMap::new();
    for (text, span, is_stated) in named.chain(ignored) {
        if text.split('.').any(|name| name.trim().is_empty()) {
            let message = "a key is a name, or several with dots between them: `out_proj.weight`";
            diagnostics.report(span, message);
        } else if known.get(&text).is_some_and(|other| is_stated || *other) {
            let message = format!("the key `{text}` is taken already");
            diagnostics.report(span, message);
        }
        known.insert(text, is_stated);
    }
}

fn report_twice(
    name: &Ident,
    what: &str,
    known: &BTreeMap<String, &str>,
    diagnostics: &mut Diagnostics,
) {
    if let Some(other) = known.get(&name.to_string()) {
        let message = if *other == what {
            format!("{what} called `{name}` is declared already")
        } else {
            format!("`{name}` is {other} already, so it cannot be {what}")
        };
        diagnostics.report(name.span(), message);
    }
}

/// Each array is assigned once, and only what is computed is.
fn check_assignments(definition: &Definition, diagnostics: &mut Diagnostics) {
    let mut assigned: BTreeSet<(String, bool)> = BTreeSet::new();
    let targets = definition.assignments.iter().flat_map(|one| {
        let named = one.targets().filter(|target| *target != BLANK);
        named.map(move |target| (one, target))
    });
    for (assignment, target) in targets {
        let is_update = assignment.is_update;
        let message = match declared_as(definition, target) {
            Some("a state") if !is_update => {
                format!("`{target}` is a state: write `{target} <- …;` for its next value")
            }
            Some("a state") | None => {
                let is_new = gives_first_values(assignment, &definition.assignments)
                    || assigned.insert((target.to_string(), is_update));
                match is_update {
                    _ if is_new => continue,
                    true => format!("the state `{target}` is updated twice"),
                    false => format!("`{target}` is assigned twice: give this array another name"),
                }
            }
            // What an update of something else is wrong with is said where it is resolved.
            Some(_) if is_update => continue,
            Some(what) => format!("`{target}` is {what} and cannot be assigned"),
        };
        diagnostics.report(target.span(), message);
    }
    for assignment in definition.assignments.iter().filter(|one| one.is_update) {
        if !assignment.scans.is_empty() {
            let message = "a state is updated once for each step of training, outside of `scan`";
            diagnostics.report(assignment.target.span(), message);
        }
    }
}

/// What a name is declared as, if it is.
fn declared_as(definition: &Definition, name: &Ident) -> Option<&'static str> {
    let parameter = definition.parameters.iter().find(|one| one.declaration.name == *name);
    if let Some(parameter) = parameter {
        return Some(if parameter.is_state { "a state" } else { "a parameter" });
    }
    let mut given = definition.inputs.iter().chain(&definition.targets);
    if let Some(at) = given.position(|input| input.name == *name) {
        return Some(match (definition.kind, at) {
            (Kind::Loss, _) => "an argument",
            // What it moves is kept from step to step.
            (Kind::Optimizer, 0) => "a state",
            (Kind::Optimizer, _) => "the gradient",
            (Kind::Activation | Kind::Layer, _) => "the input",
        });
    }
    if definition.settings.iter().any(|setting| setting.name == *name) {
        return Some("a setting");
    }
    if definition.numbers.iter().any(|number| number.name == *name) {
        return Some("a number");
    }
    if definition.settings.iter().any(|setting| setting.has_word(&name.to_string())) {
        return Some("a word of a setting");
    }
    definition.sizes.iter().any(|size| size.name == *name).then_some("a size")
}

/// The range has a beginning before its end, and the default lies in it, as far as both are known
/// without sizes.
fn check_setting(
    definition: &Definition,
    setting: &Setting,
    constants: &Constants,
    diagnostics: &mut Diagnostics,
) {
    let is_open = |name: &Ident| {
        let sizes = definition.sizes.iter().map(|size| &size.name);
        let settings = definition.settings.iter().map(|setting| &setting.name);
        let given = definition.inputs.iter().chain(&definition.targets);
        let extents = given.flat_map(|input| &input.axes);
        let extents = extents.filter_map(|axis| axis.extent.as_name());
        let words = definition.settings.iter().flat_map(|setting| &setting.words);
        sizes.chain(settings).chain(extents).chain(words).any(|known| known == name)
    };
    if let Some(word) = setting.words.first()
        && matches!(definition.kind, Kind::Loss | Kind::Optimizer)
    {
        let message = "a setting that is a word is one of layers, activations and blocks";
        diagnostics.report(word.span(), message);
    }
    if setting.is_half_open && definition.kind != Kind::Optimizer {
        let message = "only an optimizer's setting has a range that ends before its last number: \
                       write `..=`";
        diagnostics.report(setting.name.span(), message);
    }
    let Some((least, greatest)) = range(setting, constants, diagnostics) else { return };
    let dots = dots(setting);
    if setting.default.names().into_iter().any(is_open) {
        return;
    }
    for part in setting.default.parts() {
        let Some(value) = constants.real(part, diagnostics) else { continue };
        if value.is_nan() {
            let message = format!("the default of `{}` is not a number", setting.name);
            diagnostics.report(part.location, message);
        } else if let Some(message) = constants.objection(part, value) {
            diagnostics.report(part.location, message);
        } else if value < least || value > greatest || (setting.is_half_open && value == greatest) {
            let greatest = if greatest == f64::INFINITY {
                "infinity".to_owned()
            } else {
                greatest.to_string()
            };
            let message = format!("the default {value} is outside of {least}{dots}{greatest}");
            diagnostics.report(part.location, message);
        }
    }
}

/// `..`, or `..=` in front of a last number that belongs to the range.
fn dots(setting: &Setting) -> &'static str {
    if setting.is_half_open { ".." } else { "..=" }
}

/// The ends of a setting's range; nothing if something is wrong with it.
fn range(
    setting: &Setting,
    constants: &Constants,
    diagnostics: &mut Diagnostics,
) -> Option<(f64, f64)> {
    let Some((first, last)) = &setting.range else {
        return Some((f64::NEG_INFINITY, f64::INFINITY));
    };
    let [least, greatest] = [first, last].map(|end| constants.real(end, diagnostics));
    let (least, greatest) = (least?, greatest?);
    for (end, value) in [(first, least), (last, greatest)] {
        if let Some(message) = constants.objection(end, value) {
            diagnostics.report(end.location, message);
            return None;
        }
    }
    let is_empty = setting.is_half_open && least == greatest;
    if least.is_nan() || greatest.is_nan() || least > greatest || is_empty {
        let message = format!("no number lies in {least}{}{greatest}", dots(setting));
        diagnostics.report(first.location.to(last.location), message);
        return None;
    }
    Some((least, greatest))
}
