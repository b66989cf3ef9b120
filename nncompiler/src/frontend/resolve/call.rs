//! How a layer is called: its sizes, its settings, and what is written where.

use std::collections::BTreeMap;

use proc_macro2::{Ident, Span};

use super::size::{Constants, Extents, Known, LARGEST};
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::syntax::{
    self, Argument, Definition, Expression, ExpressionKind, Kind, LayerTree, Relation, Requirement,
    Size,
};
use crate::ir::index::Extent;

/// The argument of an activation whose learned numbers are one for each channel.
pub const PER_CHANNEL: &str = "per_channel";

/// The settings of a layer that are given: one number each, or one for each component.
pub type Given = BTreeMap<String, Vec<f64>>;

/// A size as it is given: one number, or a tuple.
pub fn extents(
    constants: &Constants,
    value: &Expression,
    diagnostics: &mut Diagnostics,
) -> Option<Extents> {
    let parts = match &value.kind {
        ExpressionKind::Tuple(parts) => parts.as_slice(),
        _ => std::slice::from_ref(value),
    };
    let sizes: Vec<Option<usize>> =
        parts.iter().map(|part| constants.size(part, diagnostics)).collect();
    sizes.into_iter().collect::<Option<Vec<usize>>>().map(Extents)
}

pub fn integer(size: usize) -> Known {
    Known::Integer(i64::try_from(size).unwrap_or(LARGEST))
}

/// Constants, and sizes by their names in the definition.
pub fn bind_sizes(definition: &Definition, constants: &Constants, sizes: &[Extents]) -> Constants {
    let mut known = constants.clone();
    for (size, extents) in definition.sizes.iter().zip(sizes) {
        let values: Vec<Known> = extents.0.iter().copied().map(integer).collect();
        known.insert_all(&size.name, size.components, &values);
    }
    known
}

/// The extents of the input that are no sizes of the layer take the input's own: `h: H` of an image.
pub fn bind_input(definition: &Definition, known: &Constants, input: &[usize]) -> Constants {
    let mut known = known.clone();
    let axes = definition.inputs.first().map_or(&[][..], |input| &input.axes);
    for (axis, &size) in axes.iter().zip(input) {
        match &axis.extent.kind {
            ExpressionKind::Name(name)
                if definition.sizes.iter().all(|size| size.name != *name) =>
            {
                known.insert(name.to_string(), integer(size));
            }
            _ => {}
        }
    }
    known
}

pub fn holds(relation: Relation, left: Known, right: Known) -> bool {
    match (relation, left, right) {
        (Relation::Compare(comparison), left, right) => comparison.holds(left.real(), right.real()),
        (Relation::Divides, Known::Integer(left), Known::Integer(right)) => {
            left != 0 && right % left == 0
        }
        (Relation::Divides, _, _) => false,
    }
}

/// `groups to divide C, but groups is 2 and C is 3`
pub fn stated(requirement: &Requirement, left: Known, right: Known) -> String {
    let value = |expression: &Expression, value: Known| match &expression.kind {
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

impl LayerTree {
    /// The arguments that give something a value.
    pub fn valued_arguments(&self) -> Vec<&Argument> {
        self.arguments.iter().filter(|argument| !is_per_channel(argument)).collect()
    }

    /// The name with its arguments, without the label.
    pub fn place_of_call(&self) -> syntax::Place {
        syntax::Place { first: self.name.span(), last: self.place.last }
    }
}

/// Whether an argument says that each channel has learned numbers of its own.
pub fn is_per_channel(argument: &Argument) -> bool {
    let is_it = matches!(&argument.value.kind, ExpressionKind::Name(name) if name == PER_CHANNEL);
    is_it && argument.name.is_none()
}

/// The number of axes that a layer's input has.
pub fn rank(definition: &Definition) -> usize {
    definition.inputs.first().map_or(0, |input| input.axes.len())
}

/// How many of the first sizes are extents of the input, and may therefore be left out.
pub fn inferable(definition: &Definition) -> usize {
    let axes = definition.inputs.first().map_or(&[][..], |input| &input.axes);
    let is_axis = |size: &&Size| {
        axes.iter().any(
            |axis| matches!(&axis.extent.kind, ExpressionKind::Name(name) if *name == size.name),
        )
    };
    definition.sizes.iter().take_while(is_axis).count()
}

/// Whether a call with `count` sizes can be this definition's.
pub fn accepts(definition: &Definition, count: usize) -> bool {
    let all = definition.sizes.len();
    count == all || count + inferable(definition) == all
}

/// How a definition is called: with all sizes, and without those that are inferred.
pub fn forms(definition: &Definition) -> Vec<String> {
    let sizes = &definition.sizes;
    let form = |sizes: &[Size]| {
        let sizes: Vec<String> = sizes.iter().map(|size| size.name.to_string()).collect();
        format!("`{}`", call(&definition.name, &sizes))
    };
    let mut forms = vec![form(sizes), form(&sizes[inferable(definition)..])];
    forms.dedup();
    forms
}

pub fn call(name: &Ident, arguments: &[impl ToString]) -> String {
    let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
    if arguments.is_empty() {
        name.to_string()
    } else {
        format!("{name}({})", arguments.join(", "))
    }
}

/// All sizes of a definition, those left out taken from the input's shape.
pub fn with_inferred(definition: &Definition, sizes: &[Extents], input: &[usize]) -> Vec<Extents> {
    if sizes.len() == definition.sizes.len() {
        return sizes.to_vec();
    }
    let axes = definition.inputs.first().map_or(&[][..], |input| &input.axes);
    let of_axis = |size: &Size| {
        let axis = axes.iter().position(
            |axis| matches!(&axis.extent.kind, ExpressionKind::Name(name) if *name == size.name),
        );
        axis.and_then(|axis| input.get(axis)).map(|&size| Extents(vec![size]))
    };
    let left_out = definition.sizes.iter().take(inferable(definition));
    left_out.filter_map(of_axis).chain(sizes.iter().cloned()).collect()
}

/// The input shape that a definition declares.
pub fn declared_input(definition: &Definition, known: &Constants) -> Option<Vec<usize>> {
    let axes = &definition.inputs.first()?.axes;
    axes.iter().map(|axis| known.size(&axis.extent, &mut Diagnostics::default())).collect()
}

/// Whether a vector of any length comes out as long as it went in.
pub fn passes_vectors(definition: &Definition) -> bool {
    definition.kind == Kind::Activation
        || (rank(definition) == 1 && inferable(definition) == definition.sizes.len())
}

/// The number of scalars in one sample of an array, unless it is too large.
pub fn scalars(axes: &[Extent]) -> Option<i64> {
    let sizes = axes.iter().map(|extent| i64::try_from(extent.per_sample()));
    let count = sizes.into_iter().try_fold(1i64, |count, size| count.checked_mul(size.ok()?))?;
    (count <= LARGEST).then_some(count)
}

/// The layer with its sizes, and with the settings that are given.
pub fn title(
    layer: &LayerTree,
    definition: &Definition,
    given: &Given,
    sizes: &[Extents],
) -> String {
    let mut arguments: Vec<String> = sizes.iter().map(ToString::to_string).collect();
    for setting in &definition.settings {
        let name = setting.name.to_string();
        match given.get(&name).map(Vec::as_slice) {
            None => {}
            Some([value]) => arguments.push(format!("{name} = {value}")),
            Some(values) => {
                let values: Vec<String> = values.iter().map(ToString::to_string).collect();
                arguments.push(format!("{name} = ({})", values.join(", ")));
            }
        }
    }
    if layer.arguments.iter().any(is_per_channel) {
        arguments.push(PER_CHANNEL.to_owned());
    }
    call(&Ident::new(&layer.name.to_string(), Span::call_site()), &arguments)
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
