//! How a definition is called: which sizes it has, which of them its input gives, and what a call
//! looks like.

use std::collections::BTreeMap;

use proc_macro2::Ident;

use super::constants::{Constants, LARGEST, Sizes, integer};
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::resolved::{ConstantValue, Numbers};
use crate::frontend::syntax::{
    Axis, DeclaredNumbers, Definition, Expression, ExpressionKind, Kind, LayerTree, PER_CHANNEL,
    Relation, Requirement, Size,
};
use crate::frontend::words::written;
use crate::ir::expression::Comparison;
use crate::ir::index::Extent;

/// The settings of a layer that are given: one number each, or one for each component.
pub type Given = BTreeMap<String, Vec<f64>>;

/// Constants, and sizes by their names in the definition.
pub fn bind_sizes(definition: &Definition, constants: &Constants, sizes: &[Sizes]) -> Constants {
    let mut known = constants.of_block_alone();
    for (size, values) in definition.sizes.iter().zip(sizes) {
        let values: Vec<ConstantValue> = values.0.iter().copied().map(integer).collect();
        let components = if size.is_open { Some(values.len()) } else { size.components };
        known.insert_all(&size.name, components, &values);
    }
    known
}

/// The extents of the input that are no sizes of the layer take the input's own: `h: H` of an image. So does
/// `rank(x)`, the number of its axes.
pub fn bind_input(definition: &Definition, mut known: Constants, input: &[usize]) -> Constants {
    if let Some(first) = definition.inputs.first() {
        known.insert_rank(first.name.to_string(), input.len());
    }
    for (axis, &size) in input_axes(definition).iter().zip(input) {
        let is_size = |name: &Ident| definition.sizes.iter().any(|size| size.name == *name);
        if let Some(name) = axis.extent.as_name().filter(|name| !is_size(name)) {
            known.insert(name.to_string(), integer(size));
        }
    }
    known
}

/// The same of the inputs beside the first: an extent that is not known yet takes theirs.
pub fn bind_beside(
    definition: &Definition,
    mut known: Constants,
    inputs: &[Vec<usize>],
) -> Constants {
    for (input, shape) in definition.inputs.iter().skip(1).zip(inputs) {
        for (axis, &size) in input.axes.iter().zip(shape) {
            let name = axis.extent.as_name().map(ToString::to_string);
            if let Some(name) = name.filter(|name| known.get(name).is_none()) {
                known.insert(name, integer(size));
            }
        }
    }
    known
}

/// The axes of a definition's first input.
fn input_axes(definition: &Definition) -> &[Axis] {
    definition.inputs.first().map_or(&[], |input| &input.axes)
}

/// The number of axes that a layer's input has.
pub fn rank(definition: &Definition) -> usize {
    input_axes(definition).len()
}

/// Where a size of a layer is found.
enum Found {
    /// It is the extent of an axis of an input.
    Axis(usize, usize),
    /// The integers of an input are below it.
    Integers(usize),
}

/// The input that says how large a size is.
fn found(definition: &Definition, size: &Size) -> Option<Found> {
    let is_it = |extent: &Expression| extent.as_name().is_some_and(|name| *name == size.name);
    let mut inputs = definition.inputs.iter().enumerate();
    inputs.find_map(|(input, one)| match &one.numbers {
        DeclaredNumbers::Index(below) if is_it(below) => Some(Found::Integers(input)),
        _ => {
            let axis = one.axes.iter().position(|axis| is_it(&axis.extent));
            axis.map(|axis| Found::Axis(input, axis))
        }
    })
}

/// Which size is the extent of an axis of the first input.
pub fn size_of(definition: &Definition, axis: usize) -> Option<usize> {
    let name = input_axes(definition).get(axis)?.extent.as_name()?;
    definition.sizes.iter().position(|size| size.name == *name)
}

/// How many of the first sizes are extents of inputs, and may therefore be left out.
pub fn inferable(definition: &Definition) -> usize {
    let is_found = |size: &&Size| found(definition, size).is_some();
    definition.sizes.iter().take_while(is_found).count()
}

/// How many of them are extents of the first input.
pub fn inferable_from_first(definition: &Definition) -> usize {
    let is_of_first = |size: &&Size| {
        matches!(found(definition, size), Some(Found::Axis(0, _) | Found::Integers(0)))
    };
    definition.sizes.iter().take_while(is_of_first).count()
}

/// Whether a call with `count` sizes can be this definition's.
pub fn accepts(definition: &Definition, count: usize) -> bool {
    let left_out = [0, inferable_from_first(definition), inferable(definition)];
    left_out.iter().any(|left_out| count + left_out == definition.sizes.len())
}

/// All sizes of a definition, those left out taken from the shapes of the inputs.
pub fn with_inferred(
    definition: &Definition,
    sizes: &[Sizes],
    inputs: &[(Vec<usize>, Numbers)],
) -> Vec<Sizes> {
    if sizes.len() == definition.sizes.len() {
        return sizes.to_vec();
    }
    let of_input = |size: &Size| match found(definition, size)? {
        Found::Axis(input, axis) => inputs.get(input)?.0.get(axis).copied(),
        Found::Integers(input) => match inputs.get(input)?.1 {
            Numbers::Index(below) | Numbers::Class(Some(below)) => Some(below),
            Numbers::Real | Numbers::Class(None) => None,
        },
    };
    let left_out = definition.sizes.iter().take(definition.sizes.len().saturating_sub(sizes.len()));
    let left_out = left_out.filter_map(of_input).map(|size| Sizes(vec![size]));
    left_out.chain(sizes.iter().cloned()).collect()
}

/// The input shape that a definition declares.
pub fn declared_input(definition: &Definition, known: &Constants) -> Option<Vec<usize>> {
    definition.inputs.first()?;
    let mut silent = Diagnostics::default();
    let axes = input_axes(definition).iter();
    axes.map(|axis| known.size(&axis.extent, &mut silent)).collect()
}

/// Whether a vector of any length comes out as long as it went in.
pub fn passes_vectors(definition: &Definition) -> bool {
    definition.kind == Kind::Activation
        || (rank(definition) == 1 && inferable(definition) == definition.sizes.len())
}

/// The numbers in one sample of an array, unless there are too many.
pub fn numbers(axes: &[Extent]) -> Option<i64> {
    let sizes = axes.iter().map(|extent| i64::try_from(extent.per_sample()));
    let count = sizes.into_iter().try_fold(1i64, |count, size| count.checked_mul(size.ok()?))?;
    (count <= LARGEST).then_some(count)
}

/// Whether sizes are to each other as required.
pub fn holds(relation: Relation, left: ConstantValue, right: ConstantValue) -> bool {
    match (relation, left, right) {
        (Relation::Compare(comparison), left, right) => comparison.holds(left.real(), right.real()),
        (Relation::Divides, ConstantValue::Integer(left), ConstantValue::Integer(right)) => {
            left != 0 && right % left == 0
        }
        (Relation::Divides, _, _) => false,
    }
}

/// How many axes the input must have, if `rank(x) == 3` is what is required.
pub fn required_rank(requirement: &Requirement, right: ConstantValue) -> Option<usize> {
    let ExpressionKind::Call { function, .. } = &requirement.left.kind else { return None };
    let is_exact = requirement.relation == Relation::Compare(Comparison::Equal);
    match right {
        ConstantValue::Integer(rank) if is_exact && function == "rank" => {
            usize::try_from(rank).ok()
        }
        _ => None,
    }
}

/// `groups to divide C, but groups is 2 and C is 3`
pub fn unmet(requirement: &Requirement, left: ConstantValue, right: ConstantValue) -> String {
    let value = |expression: &Expression, value: ConstantValue| match &expression.kind {
        ExpressionKind::Integer(_) | ExpressionKind::Float(_) => None,
        _ => Some(format!("{expression} is {}", value.real())),
    };
    let values = [value(&requirement.left, left), value(&requirement.right, right)];
    let values: Vec<String> = values.into_iter().flatten().collect();
    let (left, right) = (&requirement.left, &requirement.right);
    let required = match requirement.relation {
        Relation::Compare(comparison) => format!("{left} {} {right}", comparison.sign()),
        Relation::Divides => format!("{left} to divide {right}"),
    };
    format!("{required}, but {}", values.join(" and "))
}

/// How a definition is called: with all sizes, and without those that are inferred.
pub fn forms(definition: &Definition) -> Vec<String> {
    let sizes: Vec<String> = definition.sizes.iter().map(|size| size.name.to_string()).collect();
    let form = |sizes: &[String]| format!("`{}`", call(&definition.name, sizes));
    if let Some((at, group)) = &definition.sizes_of_group {
        let mut sizes = sizes;
        sizes.insert(*at, group.to_string());
        return vec![form(&sizes)];
    }
    let mut forms = vec![form(&sizes), form(&sizes[inferable(definition)..])];
    forms.dedup();
    forms
}

/// `linear(784, 128)`
pub fn call(name: &Ident, arguments: &[impl ToString]) -> String {
    let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
    if arguments.is_empty() {
        name.to_string()
    } else {
        format!("{}({})", name, arguments.join(", "))
    }
}

/// The layer with its sizes, and with the settings that are given.
pub fn title(layer: &LayerTree, definition: &Definition, given: &Given, sizes: &[Sizes]) -> String {
    // One number is for all of several axes, but not all of any number of them.
    let is_open = |at: usize| definition.sizes.get(at).is_some_and(|size| size.is_open);
    let written_size = |(at, Sizes(all)): (usize, &Sizes)| match all.as_slice() {
        [_, _, ..] if is_open(at) => {
            let all: Vec<String> = all.iter().map(ToString::to_string).collect();
            let all = all.join(", ");
            if definition.takes_numbers() { all } else { format!("({all})") }
        }
        _ => sizes[at].to_string(),
    };
    let mut arguments: Vec<String> = sizes.iter().enumerate().map(written_size).collect();
    for setting in &definition.settings {
        let name = setting.name.to_string();
        match given.get(&name).map(Vec::as_slice) {
            None => {}
            Some([value]) => arguments.push(format!("{name} = {}", written(*value))),
            Some(values) => {
                let values: Vec<String> = values.iter().copied().map(written).collect();
                arguments.push(format!("{name} = ({})", values.join(", ")));
            }
        }
    }
    if layer.per_channel().is_some() {
        arguments.push(PER_CHANNEL.to_owned());
    }
    call(&layer.name, &arguments)
}

/// 28×28
pub fn shape(sizes: &[usize]) -> String {
    let sizes: Vec<String> = sizes.iter().map(ToString::to_string).collect();
    sizes.join("×")
}

/// `784 inputs`, or `an input of 28×28`.
pub fn inputs(declared: &[usize]) -> String {
    match declared {
        [size] => format!("{size} inputs"),
        sizes => format!("an input of {}", shape(sizes)),
    }
}
