//! Several axes under one name, `x[.., l[2]: L]`: written out as an index and an extent for each of them.
//! Between brackets `stride * l + p` is then a place along each, and `2 * padding <= K` is required along each.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Ident, Span};

use crate::frontend::axis_names::{behind, names, new_axis};
use crate::frontend::diagnostics::{Diagnostics, error_at};
use crate::frontend::syntax::{
    AppliedLayers, Argument, Assignment, Axis, AxisPart, BoundIndex, Declaration, Definition,
    Expression, ExpressionKind, Number, Parameter, Repeat, Repeated, Requirement, Setting,
    TargetAxis,
};

/// A definition in which every axis has a name of its own.
pub fn written_out(definition: Definition, diagnostics: &mut Diagnostics) -> Definition {
    if !has_several(&definition) {
        return definition;
    }
    let mut several = Several::of(&definition);
    let made = several.definition(definition);
    let whole = made.whole && several.error.is_none();
    if let Some(error) = several.error {
        diagnostics.push(error);
    }
    Definition { whole, ..made }
}

fn has_several(definition: &Definition) -> bool {
    let Definition { sizes, settings, numbers, .. } = definition;
    let sizes = sizes.iter().map(|size| size.components);
    let settings = settings.iter().map(|setting| setting.components);
    let numbers = numbers.iter().map(|number| number.components);
    axes(definition).any(|axis| axis.components.is_some())
        || sizes.chain(settings).chain(numbers).any(|components| components == Some(1))
}

/// The axes that a definition declares.
fn axes(definition: &Definition) -> impl Iterator<Item = &Axis> {
    let Definition { inputs, parameters, indices, repeats, .. } = definition;
    let repeated = repeats.iter().flat_map(|repeat| parameters_of(&repeat.body));
    let parameters = parameters.iter().chain(repeated).map(|one| &one.declaration);
    inputs.iter().chain(parameters).flat_map(|one| &one.axes).chain(indices)
}

fn parameters_of(body: &Repeated) -> Vec<&Parameter> {
    let inside = body.repeats.iter().flat_map(|repeat| parameters_of(&repeat.body));
    body.parameters.iter().chain(inside).collect()
}

/// What a name stands for along each axis.
struct Parts {
    parts: Vec<Expression>,
    /// Whether it is an index or an extent, which have no meaning together.
    is_axis: bool,
}

/// The names that stand for something along each of several axes.
struct Several {
    of: BTreeMap<String, Parts>,
    taken: BTreeSet<String>,
    error: Option<syn::Error>,
}

impl Several {
    fn of(definition: &Definition) -> Self {
        let Definition { sizes, settings, numbers, inputs, .. } = definition;
        let (of, taken) = (BTreeMap::new(), names(definition));
        let mut several = Self { of, taken, error: None };
        let sizes = sizes.iter().map(|size| (&size.name, size.components));
        let settings = settings.iter().map(|setting| (&setting.name, setting.components));
        let numbers = numbers.iter().map(|number| (&number.name, number.components));
        for (name, components) in sizes.chain(settings).chain(numbers) {
            if let Some(count) = components {
                let parts = (0..count).map(|number| part_of(name, number, count)).collect();
                several.of.insert(name.to_string(), Parts { parts, is_axis: false });
            }
        }
        let is_size = |name: &Ident| definition.sizes.iter().any(|size| size.name == *name);
        for axis in inputs.iter().flat_map(|input| &input.axes) {
            several.name_axes_of_input(axis, axis.extent.as_name().filter(|name| !is_size(name)));
        }
        for axis in axes(definition) {
            several.name_indices(axis);
        }
        several
    }

    fn insert(&mut self, name: &Ident, parts: Vec<Ident>) {
        let parts = parts.into_iter().map(name_of).collect();
        self.of.insert(name.to_string(), Parts { parts, is_axis: true });
    }

    /// The indices of an input's axes, and their extents if a name stands for these that is no size.
    fn name_axes_of_input(&mut self, axis: &Axis, extent: Option<&Ident>) {
        let Axis { index, components: Some(count), .. } = axis else { return };
        if self.of.contains_key(&index.to_string()) {
            return;
        }
        let (indices, extents) = match count {
            1 => (vec![index.clone()], extent.into_iter().cloned().collect()),
            _ => self.new_axes(*count, index.span()),
        };
        self.insert(index, indices);
        if let Some(name) = extent {
            self.insert(name, extents);
        }
    }

    fn new_axes(&mut self, count: usize, span: Span) -> (Vec<Ident>, Vec<Ident>) {
        let wanted = behind(count);
        let axes = (0..count).map(|at| new_axis(wanted.get(at).copied(), &mut self.taken, span));
        axes.filter_map(|axis| Some((axis.index, axis.extent.as_name()?.clone()))).unzip()
    }

    /// The index `p` of two axes is p and q.
    fn name_indices(&mut self, axis: &Axis) {
        let Axis { index, components: Some(count), .. } = axis else { return };
        if self.of.contains_key(&index.to_string()) {
            return;
        }
        let mut all = vec![index.clone()];
        let last = index.to_string().chars().last().unwrap_or('a');
        let letters = (last..='z').map(String::from);
        let numbered = (1..).map(|number| format!("{index}{number}"));
        for name in letters.chain(numbered) {
            if all.len() >= *count {
                break;
            }
            if self.taken.insert(name.clone()) {
                all.push(Ident::new(&name, index.span()));
            }
        }
        self.insert(index, all);
    }

    fn definition(&mut self, mut definition: Definition) -> Definition {
        for size in &mut definition.sizes {
            size.components = size.components.filter(|&count| count > 1);
        }
        for Setting { default, components, .. } in &mut definition.settings {
            *default = self.expression(default, None);
            *components = components.filter(|&count| count > 1);
        }
        for number in &mut definition.numbers {
            *number = self.number(number);
        }
        for input in &mut definition.inputs {
            *input = self.declaration(input);
        }
        let indices = definition.indices.iter().flat_map(|axis| self.axes(axis));
        definition.indices = indices.collect();
        let requirements = definition.requirements.iter();
        definition.requirements = requirements.flat_map(|one| self.requirements(one)).collect();
        for parameter in &mut definition.parameters {
            *parameter = self.parameter(parameter);
        }
        for assignment in &mut definition.assignments {
            *assignment = self.assignment(assignment);
        }
        for repeat in &mut definition.repeats {
            *repeat = self.repeat(repeat);
        }
        definition
    }

    fn repeat(&mut self, repeat: &Repeat) -> Repeat {
        let Repeated { parameters, assignments, repeats, numbers, results } = &repeat.body;
        let body = Repeated {
            parameters: parameters.iter().map(|one| self.parameter(one)).collect(),
            assignments: assignments.iter().map(|one| self.assignment(one)).collect(),
            repeats: repeats.iter().map(|one| self.repeat(one)).collect(),
            numbers: numbers.iter().map(|one| self.number(one)).collect(),
            results: results.clone(),
        };
        let [from, to] = [&repeat.from, &repeat.to].map(|end| self.expression(end, None));
        Repeat { from, to, body, ..repeat.clone() }
    }

    /// What reads extents is a number along each axis by itself; sizes and settings are so already.
    fn number(&mut self, number: &Number) -> Number {
        let reads_axes = number.value.all_names().into_iter().any(|name| self.is_axis(name));
        let value = match number.components.filter(|_| reads_axes) {
            Some(count) => self.tuple(&number.value, count),
            None => self.expression(&number.value, None),
        };
        let components = number.components.filter(|&count| count > 1);
        Number { components, value, ..number.clone() }
    }

    fn tuple(&mut self, value: &Expression, count: usize) -> Expression {
        let parts = (0..count).map(|at| self.expression(value, Some(at))).collect::<Vec<_>>();
        match <[Expression; 1]>::try_from(parts) {
            Ok([one]) => one,
            Err(all) => Expression { kind: ExpressionKind::Tuple(all), ..value.clone() },
        }
    }

    fn declaration(&mut self, declaration: &Declaration) -> Declaration {
        let (mut axes, mut groups) = (Vec::new(), Vec::new());
        for part in declaration.parts() {
            match part {
                AxisPart::Axis(axis) => axes.extend(self.axes(axis)),
                AxisPart::Group(group) => groups.push((axes.len(), group.clone())),
            }
        }
        Declaration { axes, groups, ..declaration.clone() }
    }

    fn axes(&mut self, axis: &Axis) -> Vec<Axis> {
        let Some(count) = axis.components else {
            return vec![Axis { extent: self.expression(&axis.extent, None), ..axis.clone() }];
        };
        let indices = self.indices(&axis.index);
        if indices.len() != count {
            let message = format!("`{}` stands for {} axes above", axis.index, indices.len());
            self.report(&name_of(axis.index.clone()), &message);
        }
        self.count([&axis.extent, &name_of(axis.index.clone())]);
        let axes = indices.into_iter().enumerate().map(|(at, index)| Axis {
            index,
            components: None,
            extent: self.expression(&axis.extent, Some(at)),
        });
        axes.collect()
    }

    /// The indices that one stands for.
    fn indices(&self, index: &Ident) -> Vec<Ident> {
        let Some(found) = self.of.get(&index.to_string()).filter(|found| found.is_axis) else {
            return vec![index.clone()];
        };
        let names = found.parts.iter().filter_map(Expression::as_name);
        names.map(|name| renamed(name, index.span())).collect()
    }

    fn parameter(&mut self, parameter: &Parameter) -> Parameter {
        Parameter {
            declaration: self.declaration(&parameter.declaration),
            condition: parameter.condition.as_ref().map(|one| self.expression(one, None)),
            otherwise: parameter.otherwise.as_ref().map(|one| self.expression(one, None)),
            arguments: parameter.arguments.iter().map(|one| self.expression(one, None)).collect(),
            ..parameter.clone()
        }
    }

    /// What is required along each axis, or once.
    fn requirements(&mut self, requirement: &Requirement) -> Vec<Requirement> {
        let Requirement { left, relation, right, condition } = requirement;
        let all = [left, right].into_iter().chain(condition);
        let along: Vec<Option<usize>> = match self.count(all) {
            Some(count) => (0..count).map(Some).collect(),
            None => vec![None],
        };
        let requirements = along.into_iter().map(|at| Requirement {
            left: self.expression(left, at),
            relation: *relation,
            right: self.expression(right, at),
            condition: condition.as_ref().map(|one| self.expression(one, at)),
        });
        requirements.collect()
    }

    fn assignment(&mut self, assignment: &Assignment) -> Assignment {
        let at = assignment.at.iter().flat_map(|axis| self.target_axes(axis)).collect();
        let [otherwise, condition] = [&assignment.otherwise, &assignment.condition]
            .map(|one| one.as_ref().map(|one| self.expression(one, None)));
        let value = self.expression(&assignment.value, None);
        Assignment { at, value, otherwise, condition, ..assignment.clone() }
    }

    fn target_axes(&mut self, axis: &TargetAxis) -> Vec<TargetAxis> {
        let along: Vec<Option<usize>> = match self.count([&axis.at].into_iter().chain(&axis.extent))
        {
            Some(count) => (0..count).map(Some).collect(),
            None => vec![None],
        };
        let axes = along.into_iter().map(|component| TargetAxis {
            at: self.expression(&axis.at, component),
            extent: axis.extent.as_ref().map(|one| self.expression(one, component)),
        });
        axes.collect()
    }

    fn places(&mut self, places: &[Expression], component: Option<usize>) -> Vec<Expression> {
        let places = places.iter().flat_map(|place| match self.count([place]) {
            Some(count) if component.is_none() => {
                (0..count).map(|at| self.expression(place, Some(at))).collect()
            }
            _ => vec![self.expression(place, component)],
        });
        places.collect()
    }

    /// The same along one of the axes, or where a name of several can have a meaning alone.
    fn expression(&mut self, written: &Expression, component: Option<usize>) -> Expression {
        let kind = match &written.kind {
            ExpressionKind::Name(name) => return self.name(written, name, component),
            ExpressionKind::Element { array, at } => match self.element(written, array, at) {
                Some(part) => return part,
                None => {
                    let at = self.places(at, component);
                    ExpressionKind::Element { array: array.clone(), at }
                }
            },
            ExpressionKind::ElementOf { array, at } => ExpressionKind::ElementOf {
                array: Box::new(self.expression(array, component)),
                at: self.places(at, component),
            },
            ExpressionKind::Reduce { operation, indices, groups, body } => {
                let indices = indices.iter().flat_map(|bound| {
                    let all = self.indices(&bound.index).into_iter();
                    all.map(|index| BoundIndex { index, ..bound.clone() })
                });
                ExpressionKind::Reduce {
                    operation: *operation,
                    indices: indices.collect(),
                    groups: groups.clone(),
                    body: Box::new(self.expression(body, component)),
                }
            }
            ExpressionKind::Apply { layers: AppliedLayers::Layer(layer), arguments } => {
                let mut layer = layer.clone();
                for Argument { value, .. } in &mut layer.arguments {
                    *value = match self.count([&*value]).filter(|_| value.as_name().is_none()) {
                        Some(count) => self.tuple(value, count),
                        None => self.expression(value, None),
                    };
                }
                let layers = AppliedLayers::Layer(layer);
                let arguments = arguments.iter().map(|one| self.expression(one, component));
                ExpressionKind::Apply { layers, arguments: arguments.collect() }
            }
            _ => return written.map_children(&mut |child| self.expression(child, component)),
        };
        Expression { kind, location: written.location }
    }

    fn name(&mut self, written: &Expression, name: &Ident, component: Option<usize>) -> Expression {
        let Some(Parts { parts, is_axis }) = self.of.get(&name.to_string()) else {
            return written.clone();
        };
        let part = match (component, parts.as_slice()) {
            (None, [one]) => Some(one),
            (Some(at), parts) => parts.get(at),
            (None, _) => None,
        };
        if let Some(part) = part {
            return at_location(part, written);
        }
        if *is_axis {
            let count = parts.len();
            self.report_axes(written, name, count);
        }
        written.clone()
    }

    fn report_axes(&mut self, written: &Expression, name: &Ident, count: usize) {
        let message = format!("`{name}` stands for {count} axes: write `{name}[0]` for the first");
        self.report(written, &message);
    }

    /// `l[0]`
    fn element(
        &mut self,
        written: &Expression,
        array: &Ident,
        at: &[Expression],
    ) -> Option<Expression> {
        let Parts { parts, is_axis } = self.of.get(&array.to_string())?;
        let number = match at {
            [Expression { kind: ExpressionKind::Integer(number), .. }] => Some(*number),
            _ => None,
        };
        let number = number.and_then(|number| usize::try_from(number).ok());
        if let Some(part) = number.and_then(|number| parts.get(number)) {
            return Some(at_location(part, written));
        }
        if *is_axis {
            let count = parts.len();
            self.report_axes(written, array, count);
        }
        None
    }

    fn is_axis(&self, name: &Ident) -> bool {
        self.of.get(&name.to_string()).is_some_and(|parts| parts.is_axis)
    }

    /// Along how many axes names stand for something in expressions, if along several.
    fn count<'e>(&mut self, all: impl IntoIterator<Item = &'e Expression>) -> Option<usize> {
        let names = all.into_iter().flat_map(Expression::names_outside_elements);
        let counted =
            names.filter_map(|name| Some((name, self.of.get(&name.to_string())?.parts.len())));
        let counted: Vec<(&Ident, usize)> = counted.collect();
        let &(first, count) = counted.first()?;
        if let Some((other, found)) = counted.iter().find(|(_, found)| *found != count) {
            let message =
                format!("`{first}` stands for {count} numbers, and `{other}` for {found}");
            self.report(&name_of((*other).clone()), &message);
        }
        Some(count)
    }

    fn report(&mut self, written: &Expression, message: &str) {
        self.error.get_or_insert_with(|| error_at(written.location, message));
    }
}

/// `K[0]`; of one number, `K`.
fn part_of(name: &Ident, number: usize, count: usize) -> Expression {
    if count == 1 {
        return name_of(name.clone());
    }
    let location = name.span().into();
    let number = ExpressionKind::Integer(i64::try_from(number).unwrap_or(i64::MAX));
    let at = vec![Expression { kind: number, location }];
    Expression { kind: ExpressionKind::Element { array: name.clone(), at }, location }
}

fn name_of(name: Ident) -> Expression {
    let location = name.span().into();
    Expression { kind: ExpressionKind::Name(name), location }
}

/// The same where something else is written.
fn at_location(part: &Expression, written: &Expression) -> Expression {
    let span = written.location.first;
    let kind = match &part.kind {
        ExpressionKind::Name(name) => ExpressionKind::Name(renamed(name, span)),
        ExpressionKind::Element { array, at } => {
            ExpressionKind::Element { array: renamed(array, span), at: at.clone() }
        }
        other => other.clone(),
    };
    Expression { kind, location: written.location }
}

fn renamed(name: &Ident, span: Span) -> Ident {
    Ident::new(&name.to_string(), span)
}
