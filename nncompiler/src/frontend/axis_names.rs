//! Names for indices and extents that nobody has named.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Span};

use crate::frontend::syntax::{
    Assignment, Axis, Declaration, Definition, Expression, ExpressionKind, Parameter, Repeat,
    Repeated,
};

/// What the indices of axes behind named ones are called, by their number; before them, and where there
/// are more, they have the others.
const BEHIND: [&[&str]; 3] = [&["l"], &["h", "w"], &["c", "h", "w"]];
const OTHERS: [&str; 8] = ["s", "t", "u", "v", "w", "a", "b", "c"];

/// What the indices of so many axes behind named ones are called.
pub fn behind(count: usize) -> &'static [&'static str] {
    BEHIND.get(count.wrapping_sub(1)).copied().unwrap_or_default()
}

/// Every name in a definition.
pub fn names(definition: &Definition) -> BTreeSet<String> {
    let inputs = definition.inputs.iter().flat_map(names_of_declaration);
    let indices = definition.indices.iter().flat_map(axis_names);
    let own = definition.sizes.iter().map(|size| &size.name);
    let own = own.chain(definition.settings.iter().map(|setting| &setting.name));
    let own = own.chain(definition.numbers.iter().map(|number| &number.name));
    let parts =
        names_of_parts(&definition.parameters, &definition.assignments, &definition.repeats);
    let own = own.map(ToString::to_string);
    inputs.chain(indices).chain(own).chain(parts).collect()
}

fn names_of_parts(
    parameters: &[Parameter],
    assignments: &[Assignment],
    repeats: &[Repeat],
) -> Vec<String> {
    let declared = parameters.iter().flat_map(|one| names_of_declaration(&one.declaration));
    let written = assignments.iter().flat_map(names_of_statement);
    let repeated = repeats.iter().flat_map(|repeat| {
        let Repeated { parameters, assignments, repeats, .. } = &repeat.body;
        names_of_parts(parameters, assignments, repeats)
    });
    declared.chain(written).chain(repeated).collect()
}

fn names_of_declaration(declaration: &Declaration) -> Vec<String> {
    let axes = declaration.axes.iter().flat_map(axis_names);
    axes.chain([declaration.name.to_string()]).collect()
}

pub fn names_of_statement(statement: &Assignment) -> Vec<String> {
    let at = statement.at.iter().flat_map(|axis| axis.at.every_name());
    let targets = statement.targets().map(ToString::to_string);
    at.chain(statement.value.every_name()).chain(targets).collect()
}

fn axis_names(axis: &Axis) -> Vec<String> {
    [vec![axis.index.to_string()], axis.extent.every_name()].concat()
}

/// `s: S`, with names that nothing else has: the first of those that are wanted, or another.
pub fn new_axis<'a>(
    wanted: impl IntoIterator<Item = &'a str>,
    taken: &mut BTreeSet<String>,
    span: Span,
) -> Axis {
    let numbered = (1..).map(|number| format!("axis{number}"));
    let mut free = wanted.into_iter().chain(OTHERS).map(ToOwned::to_owned).chain(numbered);
    let index = free.find(|name| !taken.contains(name) && !taken.contains(&name.to_uppercase()));
    let index = index.unwrap_or_default();
    let extent = index.to_uppercase();
    taken.extend([index.clone(), extent.clone()]);
    let name = |text: &str| Ident::new(text, span);
    let (index, kind) = (name(&index), ExpressionKind::Name(name(&extent)));
    Axis { index, components: None, extent: Expression { kind, location: span.into() } }
}
