//! For a definition, the shortest network that uses it: what its documentation shows, and what the
//! derivative in it is of.

use proc_macro2::TokenStream;

use crate::frontend::resolve::axes::stated_rank;
use crate::frontend::syntax::{Declaration, Definition, Expression, ExpressionKind, Kind};

/// Extents of an input with so many axes.
const SHAPES: [&[usize]; 5] = [&[], &[8], &[6, 8], &[4, 8, 8], &[2, 4, 8, 8]];

/// What a size may be that no input says.
const SIZES: [usize; 5] = [4, 3, 2, 1, 8];

/// Sizes along several axes that no input has: of as many numbers as an input of any axes.
const SEVERAL: &str = "4, 12";

/// The order of the axes of an input of any axes.
const ORDER: &str = "2, 1";

/// The shape of an input of any axes.
const ANY: &str = "6, 8";

/// What the integers are that a layer is given.
const INTEGERS: &str = ": index(100)";

/// No more sizes than this are looked for.
const MOST_SIZES: usize = 3;

/// What stands before the layer in an explanation.
pub const LABEL: &str = "value: ";

/// A use of a definition.
pub struct Example {
    /// As users write it.
    pub text: String,
    /// The same behind a layer that learns, so that the gradient on the input is wanted.
    pub differentiated: TokenStream,
    /// How many of these there are: one for each input of real numbers.
    pub layers_before: usize,
}

/// Uses of a definition, of which some may not fit its requirements: with the sizes that no input says,
/// and with all.
pub fn candidates(definition: &Definition) -> impl Iterator<Item = Example> {
    let counts = [free_sizes(definition), definition.sizes.len()];
    let counts = counts.map(|count| count.min(MOST_SIZES)).into_iter();
    counts.flat_map(sizes).filter_map(|sizes| example(definition, &sizes))
}

/// Every choice of so many sizes.
fn sizes(count: usize) -> Vec<Vec<String>> {
    let mut all = vec![Vec::new()];
    for _ in 0..count {
        let with =
            |sizes: Vec<String>| SIZES.map(|size| [&sizes[..], &[size.to_string()]].concat());
        all = all.into_iter().flat_map(with).collect();
    }
    all
}

/// How many sizes are no extent of an input, and must be written.
fn free_sizes(definition: &Definition) -> usize {
    let axes = definition.inputs.iter().flat_map(|input| &input.axes);
    let ranges = definition.inputs.iter().filter_map(Declaration::below);
    let extents = axes.map(|axis| &axis.extent).chain(ranges);
    let extents: Vec<_> = extents.filter_map(Expression::as_name).collect();
    definition.sizes.iter().filter(|size| !extents.contains(&&size.name)).count()
}

fn example(definition: &Definition, sizes: &[String]) -> Option<Example> {
    let call = call(definition, sizes);
    // Those that may be left out are.
    let needed: Vec<&Declaration> =
        definition.inputs.iter().filter(|input| input.default.is_none()).collect();
    let shapes: Option<Vec<String>> = needed.iter().map(|input| shape(definition, input)).collect();
    let shapes = shapes?;
    let inputs = needed.iter().copied().zip(&shapes);
    let declared = |(input, shape): (&Declaration, &String)| {
        let axes = shape.split(", ").enumerate().map(|(at, extent)| format!("i{at}: {extent}"));
        let axes: Vec<String> = axes.collect();
        format!("input {}[{}]{};", input.name, axes.join(", "), numbers(input))
    };
    let declared: Vec<String> = inputs.map(declared).collect();
    let applied = |argument: &dyn Fn(&Declaration) -> String| {
        let arguments: Vec<String> = needed.iter().copied().map(argument).collect();
        format!(
            "Example {{ {} output value = {call}({}); }}",
            declared.join(" "),
            arguments.join(", ")
        )
    };
    let chain = |before: &str| match (needed.as_slice(), shapes.as_slice()) {
        ([input], [shape]) => {
            let before = if input.below().is_some() { "" } else { before };
            let numbers = numbers(input);
            Some(format!("Example< input({shape}){numbers}; {before}{call} >"))
        }
        _ => None,
    };
    let text = chain("").unwrap_or_else(|| applied(&|input| input.name.to_string()));
    let differentiated = chain("prelu; ").unwrap_or_else(|| applied(&|input| learned(input)));
    let layers_before = needed.iter().filter(|input| input.below().is_none()).count();
    Some(Example { text, differentiated: differentiated.parse().ok()?, layers_before })
}

/// `linear(4)`, with the sizes that are written, or those that have more numbers than one.
fn call(definition: &Definition, sizes: &[String]) -> String {
    let name = &definition.name;
    let mut sizes = sizes.to_vec();
    // What the input does not say of several axes: the group is none of the input's.
    let is_of_input = |name: &str| {
        let groups = definition.inputs.iter().flat_map(|input| &input.groups);
        groups.map(|(_, group)| group.to_string()).any(|group| group == name)
    };
    if let Some((at, group)) = &definition.sizes_of_group
        && !is_of_input(&group.to_string())
    {
        sizes.insert((*at).min(sizes.len()), SEVERAL.to_owned());
    }
    if definition.order().is_some() {
        sizes = vec![ORDER.to_owned()];
    }
    match sizes.as_slice() {
        [] => name.to_string(),
        sizes => format!("{name}({})", sizes.join(", ")),
    }
}

/// What is said of integers behind their name.
fn numbers(input: &Declaration) -> &'static str {
    if input.below().is_some() { INTEGERS } else { "" }
}

/// An argument on which a gradient is wanted, if it is one of real numbers.
fn learned(input: &Declaration) -> String {
    let name = &input.name;
    if input.below().is_some() { name.to_string() } else { format!("prelu({name})") }
}

/// `8, 8`; nothing if it has more axes than any example.
fn shape(definition: &Definition, input: &Declaration) -> Option<String> {
    if definition.kind == Kind::Activation {
        return Some("8".to_owned());
    }
    if input.axes.is_empty() {
        return Some(ANY.to_owned());
    }
    let is_open = !input.groups.is_empty();
    let rank = stated_rank(definition).filter(|_| is_open).unwrap_or(input.axes.len());
    let usual = SHAPES.get(rank)?;
    let axes = input.axes.iter().map(Some).chain(std::iter::repeat(None));
    let extents =
        usual.iter().zip(axes).map(|(usual, axis)| match axis.map(|one| &one.extent.kind) {
            Some(ExpressionKind::Integer(extent)) => extent.to_string(),
            _ => usual.to_string(),
        });
    Some(extents.collect::<Vec<_>>().join(", "))
}
