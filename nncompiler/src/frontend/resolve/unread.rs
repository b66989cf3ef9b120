//! What nobody reads: a statement, an input or a parameter that says nothing is a mistake.

use proc_macro2::Ident;

use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::resolved::{Equations, LocalArray, LocalRole, SAMPLES};
use crate::frontend::syntax::{Assignment, Definition, Expression, ExpressionKind, Kind};
use crate::ir::index::ArrayId;

/// Reports what a definition's equations do not read. They are those of all its statements.
pub fn report(definition: &Definition, equations: &Equations, diagnostics: &mut Diagnostics) {
    let matters = what_matters(definition, equations);
    report_statements(definition, equations, &matters, diagnostics);
    report_indices(definition, diagnostics);
    match definition.kind {
        Kind::Loss => {
            report_numbers(definition, diagnostics);
            report_arguments(definition, equations, diagnostics);
        }
        Kind::Activation | Kind::Layer => report_inputs(definition, equations, diagnostics),
        // What it does not read is found where its states are resolved.
        Kind::Optimizer => {}
    }
}

/// A size or a setting has an effect. That something is required of it is one where another definition of
/// the same name, for inputs of another rank, may read it.
pub fn report_numbers(definition: &Definition, diagnostics: &mut Diagnostics) {
    let sizes = definition.sizes.iter().map(|size| (&size.name, "size"));
    let settings = definition.settings.iter().filter(|setting| !setting.is_learned);
    let settings = settings.map(|setting| (&setting.name, "setting"));
    let numbers = definition.numbers.iter().map(|number| (&number.name, "number"));
    for (name, what) in sizes.chain(settings).chain(numbers) {
        let is_required = definition.kind == Kind::Layer
            && definition.requirements.iter().any(|one| one.mentions(name));
        let mut groups = definition.inputs.iter().flat_map(|input| &input.groups);
        let is_axis = groups.any(|(_, group)| group.end.as_ref() == Some(name))
            || definition.order().is_some_and(|order| order.name == *name);
        let is_read = definition.expressions().any(|one| one.mentions(name));
        if !is_read && !is_axis && !is_required {
            let message = format!("nothing reads `{name}`: leave this {what} out");
            diagnostics.report(name.span(), message);
        }
    }
}

/// A statement says nothing that no other reads, or only such as say nothing themselves.
fn report_statements(
    definition: &Definition,
    equations: &Equations,
    matters: &[bool],
    diagnostics: &mut Diagnostics,
) {
    let written = definition.assignments.iter().filter(|written| !written.is_update);
    for target in written.flat_map(Assignment::targets) {
        let is_made =
            |array: &LocalArray| array.role == LocalRole::Computed && *target == array.name;
        let Some(position) = equations.arrays.iter().position(is_made) else { continue };
        if matters[position] {
            continue;
        }
        let array = ArrayId(u32::try_from(position).unwrap_or(u32::MAX));
        let others = equations.statements.iter().filter(|other| other.target.array != array);
        let mut read = others.flat_map(|other| other.value.reads());
        let message = if is_one_of_several(definition, target) {
            format!("no equation reads `{target}`: write `_` in its place")
        } else if read.any(|access| access.array == array) {
            format!("nothing that is read depends on `{target}`: leave this statement out")
        } else {
            format!("no equation reads `{target}`: leave this statement out")
        };
        diagnostics.report(target.span(), message);
    }
}

/// Whether other arrays are made by the statement that makes this one.
fn is_one_of_several(definition: &Definition, target: &Ident) -> bool {
    let mut several = definition.assignments.iter().filter(|one| !one.others.is_empty());
    several.any(|one| one.targets().any(|other| other == target))
}

/// An index is declared for a statement.
fn report_indices(definition: &Definition, diagnostics: &mut Diagnostics) {
    for axis in &definition.indices {
        let name = &axis.index;
        if !definition.assignments.iter().any(|one| mentions(one, name)) {
            let message = format!("no equation has the index `{name}`: leave it out");
            diagnostics.report(axis.index.span(), message);
        }
    }
}

/// Whether an index stands in a statement.
pub fn mentions(assignment: &Assignment, index: &Ident) -> bool {
    let Assignment { scans, at, value, .. } = assignment;
    let axes = at.iter().map(|axis| &axis.at);
    scans.iter().any(|block| block.index == *index)
        || axes.chain([value]).any(|one| has_index(one, index))
}

fn has_index(expression: &Expression, index: &Ident) -> bool {
    let is_own = match &expression.kind {
        ExpressionKind::Name(own) => own == index,
        ExpressionKind::Reduce { indices, .. } => indices.iter().any(|one| one.index == *index),
        _ => false,
    };
    is_own || expression.children().into_iter().any(|child| has_index(child, index))
}

/// An input that no equation reads says nothing, and a parameter would never learn anything.
fn report_inputs(definition: &Definition, equations: &Equations, diagnostics: &mut Diagnostics) {
    let inputs = definition.inputs.iter().map(|input| (&input.name, "input"));
    let declared = definition.parameters.iter().filter(|parameter| !parameter.is_state);
    let declared = declared.map(|parameter| &parameter.declaration.name);
    let learned = definition.settings.iter().filter(|one| one.is_learned).map(|one| &one.name);
    let parameters = declared.chain(learned).map(|name| (name, "parameter"));
    for (name, what) in inputs.chain(parameters) {
        let is_it = |array: &LocalArray| *name == array.name;
        let Some(position) = equations.arrays.iter().position(is_it) else { continue };
        if !is_read(equations, position) {
            diagnostics.report(name.span(), format!("no equation reads the {what} `{name}`"));
        }
    }
}

/// A loss reads a part of the outputs, if not all of them, and the target.
fn report_arguments(definition: &Definition, equations: &Equations, diagnostics: &mut Diagnostics) {
    let is_unread = |is_it: fn(&LocalRole) -> bool| {
        let mut arrays = equations.arrays.iter().enumerate();
        !arrays.any(|(position, array)| is_it(&array.role) && is_read(equations, position))
    };
    if is_unread(|role| *role == LocalRole::Input) {
        let message = "no equation reads the outputs: the gradient would be 0";
        diagnostics.report(definition.name.span(), message);
    }
    if let [target] = definition.targets.as_slice()
        && is_unread(|role| matches!(role, LocalRole::Target | LocalRole::Integers(_)))
    {
        let name = &target.name;
        let message = format!(
            "no equation reads the target `{name}`, with which a loss compares the outputs"
        );
        diagnostics.report(name.span(), message);
    }
}

fn is_read(equations: &Equations, position: usize) -> bool {
    let mut reads = equations.statements.iter().flat_map(|statement| statement.value.reads());
    reads.any(|access| access.array.0 as usize == position)
}

/// Of each array, whether the output, what a state becomes or how often a sample counts is computed from
/// it.
fn what_matters(definition: &Definition, equations: &Equations) -> Vec<bool> {
    let counts = |array: &LocalArray| definition.kind == Kind::Loss && array.name == SAMPLES;
    let mut matters: Vec<bool> = equations.arrays.iter().map(counts).collect();
    for &output in std::iter::once(&equations.output).chain(&equations.others) {
        matters[output] = true;
    }
    // What a scan makes is read by statements above, one step later.
    let mut before = 0;
    loop {
        for statement in equations.statements.iter().rev() {
            if statement.is_update || matters[statement.target.array.0 as usize] {
                for access in statement.value.reads() {
                    matters[access.array.0 as usize] = true;
                }
            }
        }
        let now = matters.iter().filter(|&&matters| matters).count();
        if now == before {
            return matters;
        }
        before = now;
    }
}
