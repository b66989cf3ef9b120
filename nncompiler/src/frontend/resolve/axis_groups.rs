//! The axes that `..` stands for: their names, and a definition or a statement with them in place of it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Ident, Span};

use crate::frontend::axis_names::{behind, names, names_of_statement, new_axis};
use crate::frontend::syntax::{
    Assignment, Axis, AxisGroup, AxisPart, BoundIndex, Declaration, Definition, Expression,
    ExpressionKind, Location, Number, Parameter, Repeat, Repeated, Requirement, Setting, Size,
    TargetAxis,
};
use crate::ir::expression::Binary;

/// The group without a name.
pub const OPEN: &str = "..";

/// An index and a size for each axis of each group.
struct Groups {
    axes: BTreeMap<String, Vec<Axis>>,
}

/// A statement over arrays whose ranks are known, without `..`: the axes of the first array that is read with
/// `..` are as many as it has beside those that are written.
pub fn in_statement<'s>(
    statement: &'s Assignment,
    rank: &dyn Fn(&Ident) -> Option<usize>,
) -> Cow<'s, Assignment> {
    let Some((group, count)) = first_group(&statement.value, rank) else {
        return Cow::Borrowed(statement);
    };
    let mut taken: BTreeSet<String> = names_of_statement(statement).into_iter().collect();
    let span = group.location.first;
    let axes = (0..count).map(|_| new_axis([], &mut taken, span)).collect();
    let groups = Groups { axes: BTreeMap::from([(group.to_string(), axes)]) };
    Cow::Owned(groups.assignment(statement, None))
}

/// The first `..` in a read of an array, and for how many axes it stands.
fn first_group<'e>(
    expression: &'e Expression,
    rank: &dyn Fn(&Ident) -> Option<usize>,
) -> Option<(&'e AxisGroup, usize)> {
    let own = match &expression.kind {
        ExpressionKind::Element { array, at } => {
            let group = at.iter().find_map(|place| match &place.kind {
                ExpressionKind::Axes { group, is_joined: false } if group.end.is_none() => {
                    Some(group)
                }
                _ => None,
            });
            group.and_then(|group| Some((group, (rank(array)? + 1).checked_sub(at.len())?)))
        }
        _ => None,
    };
    own.or_else(|| expression.children().into_iter().find_map(|child| first_group(child, rank)))
}

/// A layer in which each group has so many axes, and `..P` of a size P those of `..` in this order.
pub fn with_counts(
    definition: &Definition,
    counts: &BTreeMap<String, usize>,
    order: &[usize],
) -> Definition {
    let mut taken = names(definition);
    let mut axes = BTreeMap::new();
    let first = definition.inputs.first();
    for (group, &count) in counts {
        let is_in_front = first.is_some_and(|input| {
            let own = input.groups.iter().find(|(_, one)| one.to_string() == *group);
            own.is_some_and(|(before, _)| *before < input.axes.len())
        });
        let wanted: &[&str] = if is_in_front { &[] } else { behind(count) };
        let span = span_of(definition, group);
        let named = (0..count).map(|at| new_axis(wanted.get(at).copied(), &mut taken, span));
        axes.insert(group.clone(), named.collect());
    }
    let mut groups = Groups { axes };
    if let (Some(all), Some(size)) = (groups.axes.get(OPEN), definition.order()) {
        let axes = order.iter().filter_map(|number| all.get(number.checked_sub(1)?).cloned());
        groups.axes.insert(format!("..{}", size.name), axes.collect());
    }
    groups.definition(definition)
}

fn span_of(definition: &Definition, group: &str) -> Span {
    let declared = definition.inputs.iter().flat_map(|input| &input.groups);
    let mut all = declared.chain(&definition.sizes_of_group).map(|(_, group)| group);
    let found = all.find(|one| one.to_string() == group);
    found.map_or_else(Span::call_site, |group| group.location.first)
}

impl Groups {
    fn of(&self, group: &AxisGroup) -> Option<&[Axis]> {
        self.axes.get(&group.to_string()).map(Vec::as_slice)
    }

    fn definition(&self, definition: &Definition) -> Definition {
        let mut made = definition.clone();
        made.inputs = definition.inputs.iter().map(|one| self.declaration(one)).collect();
        if let Some((at, group)) = made.sizes_of_group.take() {
            let of_input = definition.inputs.iter().take(1).flat_map(|input| &input.groups);
            // Without a name they are the sizes of the input.
            let groups: Vec<&AxisGroup> = match group.end {
                None => of_input.map(|(_, group)| group).collect(),
                Some(_) => vec![&group],
            };
            let axes = groups.into_iter().flat_map(|group| self.of(group).unwrap_or_default());
            let sizes = axes.filter_map(|axis| {
                let name = axis.extent.as_name()?.clone();
                Some(Size { name, components: None, is_open: false })
            });
            made.sizes.splice(at..at, sizes.collect::<Vec<Size>>());
        }
        made.parameters = definition.parameters.iter().map(|one| self.parameter(one)).collect();
        for Setting { default, .. } in &mut made.settings {
            *default = self.expression(default, false);
        }
        for Axis { extent, .. } in &mut made.indices {
            *extent = self.expression(extent, false);
        }
        for Number { value, .. } in &mut made.numbers {
            *value = self.expression(value, false);
        }
        for Requirement { left, right, .. } in &mut made.requirements {
            (*left, *right) = (self.expression(left, false), self.expression(right, false));
        }
        let shape = definition.sizes_of_group.as_ref().map(|(_, group)| group.to_string());
        let assignments = definition.assignments.iter();
        made.assignments = assignments.map(|one| self.assignment(one, shape.as_deref())).collect();
        made.repeats = definition.repeats.iter().map(|one| self.repeat(one)).collect();
        made
    }

    fn repeat(&self, repeat: &Repeat) -> Repeat {
        let Repeated { parameters, assignments, repeats, numbers, results } = &repeat.body;
        let number =
            |one: &Number| Number { value: self.expression(&one.value, false), ..one.clone() };
        let body = Repeated {
            numbers: numbers.iter().map(number).collect(),
            results: results.clone(),
            parameters: parameters.iter().map(|one| self.parameter(one)).collect(),
            assignments: assignments.iter().map(|one| self.assignment(one, None)).collect(),
            repeats: repeats.iter().map(|one| self.repeat(one)).collect(),
        };
        let [from, to] = [&repeat.from, &repeat.to].map(|end| self.expression(end, false));
        Repeat { from, to, body, ..repeat.clone() }
    }

    fn parameter(&self, parameter: &Parameter) -> Parameter {
        Parameter {
            declaration: self.declaration(&parameter.declaration),
            arguments: parameter.arguments.iter().map(|one| self.expression(one, false)).collect(),
            ..parameter.clone()
        }
    }

    fn declaration(&self, declaration: &Declaration) -> Declaration {
        let axes = declaration.parts().into_iter().flat_map(|part| match part {
            AxisPart::Axis(axis) => {
                let extent = self.expression(&axis.extent, false);
                vec![Axis { extent, ..axis.clone() }]
            }
            AxisPart::Group(group) => self.of(group).unwrap_or_default().to_vec(),
        });
        Declaration { axes: axes.collect(), groups: Vec::new(), ..declaration.clone() }
    }

    fn assignment(&self, assignment: &Assignment, shape: Option<&str>) -> Assignment {
        let at = assignment.at.iter().flat_map(|axis| self.target_axes(axis, shape));
        let at = at.collect();
        Assignment { at, value: self.expression(&assignment.value, false), ..assignment.clone() }
    }

    /// The axes of a target: those of the group `shape` are as long as the sizes say, others as long as those
    /// of the input.
    fn target_axes(&self, axis: &TargetAxis, shape: Option<&str>) -> Vec<TargetAxis> {
        let extent = axis.extent.as_ref().map(|extent| self.expression(extent, false));
        let ExpressionKind::Axes { group, is_joined: false } = &axis.at.kind else {
            return vec![TargetAxis { at: self.expression(&axis.at, true), extent }];
        };
        let Some(axes) = self.of(group) else { return vec![axis.clone()] };
        let is_stated = group.end.is_some() && shape == Some(group.to_string().as_str());
        let axes = axes.iter().map(|one| TargetAxis {
            at: name(&one.index, group.location),
            extent: is_stated.then(|| one.extent.clone()),
        });
        axes.collect()
    }

    /// An expression without groups; between brackets, one in parentheses is a place and elsewhere a size.
    fn expression(&self, expression: &Expression, is_place: bool) -> Expression {
        let location = expression.location;
        let kind = match &expression.kind {
            ExpressionKind::Axes { group, is_joined: true } => {
                let Some(axes) = self.of(group) else { return expression.clone() };
                return if is_place { row_major(axes, location) } else { count(axes, location) };
            }
            ExpressionKind::Element { array, at } => {
                ExpressionKind::Element { array: array.clone(), at: self.places(at) }
            }
            ExpressionKind::ElementOf { array, at } => ExpressionKind::ElementOf {
                array: Box::new(self.expression(array, false)),
                at: self.places(at),
            },
            ExpressionKind::Reduce { operation, indices, groups, body } => {
                let body = self.expression(body, false);
                let of_groups = groups.iter().flat_map(|group| self.of(group).unwrap_or_default());
                let of_groups = of_groups.map(|axis| axis.index.clone().into());
                let indices: Vec<BoundIndex> = indices.iter().cloned().chain(of_groups).collect();
                let unknown = groups.iter().filter(|group| self.of(group).is_none());
                let groups: Vec<AxisGroup> = unknown.cloned().collect();
                if indices.is_empty() && groups.is_empty() {
                    return body;
                }
                let (operation, body) = (*operation, Box::new(body));
                ExpressionKind::Reduce { operation, indices, groups, body }
            }
            _ => return expression.map_children(&mut |child| self.expression(child, is_place)),
        };
        Expression { kind, location }
    }

    fn places(&self, at: &[Expression]) -> Vec<Expression> {
        let places = at.iter().flat_map(|place| match &place.kind {
            ExpressionKind::Axes { group, is_joined: false } => match self.of(group) {
                Some(axes) => axes.iter().map(|axis| name(&axis.index, group.location)).collect(),
                None => vec![place.clone()],
            },
            _ => vec![self.expression(place, true)],
        });
        places.collect()
    }
}

fn name(name: &Ident, location: Location) -> Expression {
    Expression { kind: ExpressionKind::Name(name.clone()), location }
}

/// The number of a place among all of several axes: `(c*H + h)*W + w`.
fn row_major(axes: &[Axis], location: Location) -> Expression {
    let first = Expression { kind: ExpressionKind::Integer(0), location };
    let binary = |operation, left: Expression, right: Expression| {
        let kind = ExpressionKind::Binary(operation, Box::new(left), Box::new(right));
        Expression { kind, location }
    };
    let mut axes = axes.iter();
    let Some(outermost) = axes.next() else { return first };
    axes.fold(name(&outermost.index, location), |place, axis| {
        let scaled = binary(Binary::Multiply, axis.extent.clone(), place);
        binary(Binary::Add, scaled, name(&axis.index, location))
    })
}

/// How many places several axes have together.
fn count(axes: &[Axis], location: Location) -> Expression {
    let factors = axes.iter().map(|axis| axis.extent.clone());
    factors
        .reduce(|left, right| {
            let kind = ExpressionKind::Binary(Binary::Multiply, Box::new(left), Box::new(right));
            Expression { kind, location }
        })
        .unwrap_or(Expression { kind: ExpressionKind::Integer(1), location })
}
