//! The body of a network: its inputs, parameters and statements, from top to bottom.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::Ident;
use syn::Visibility;

use super::flatten::{Flattening, Step, StepKind};
use super::gather::Gathers;
use super::layer_equations::{layer_equations, parameter_equations};
use super::names;
use super::signature::{numbers, shape};
use super::spelling::suggestion;
use super::walk::{Above, Walk};
use crate::frontend::definitions::Definitions;
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::resolved::{Equations, Layer, LayerKind, NetworkInput, NetworkOutput, Source};
use crate::frontend::syntax::{
    Assignment, Axis, BlockTree, BodyStatement, Declaration, Definition, Expression,
    ExpressionKind, Item, Kind, LayerTree, Location, Parameter,
};
use crate::ir::meaning::Meaning;

/// A derivative of several numbers by several takes as much code as that of one number by one, times the
/// fewer of the two; one of a derivative takes that times as much again. More than this is an error.
const MOST_DIRECTIONS: usize = 32;

/// What a body is made of, with its statements in steps.
pub struct Body<'a> {
    statements: &'a [BodyStatement],
    steps: Vec<Step>,
}

impl<'a> Body<'a> {
    /// Statements that may read arrays which are given beside.
    pub fn new(
        statements: &'a [BodyStatement],
        given: Vec<String>,
        blocks: &[BlockTree],
        definitions: &Definitions,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let taken = statements.iter().filter_map(declared).map(ToString::to_string);
        let taken = taken.chain(given).collect();
        let mut flattening = Flattening::new(definitions, blocks, taken, diagnostics);
        for statement in statements {
            if let BodyStatement::Assignment { assignment, .. } = statement {
                flattening.assignment(assignment);
            }
        }
        Self { statements, steps: flattening.steps }
    }
}

/// The array that a statement declares.
fn declared(statement: &BodyStatement) -> Option<&Ident> {
    match statement {
        BodyStatement::Input(input) => Some(&input.name),
        BodyStatement::Parameter(parameter) => Some(&parameter.declaration.name),
        BodyStatement::Assignment { assignment, .. } => Some(&assignment.target),
        BodyStatement::Index(_) | BodyStatement::Output(_) => None,
    }
}

/// What an input is called that chooses elements of other arrays.
pub const CLASS: &str = "a class";

/// What a body is given by whoever calls it.
pub struct GivenInput {
    pub name: Ident,
    pub what: &'static str,
    pub shape: Vec<usize>,
    pub axes: Vec<Axis>,
    pub is_of_samples: bool,
}

/// An array of the body.
struct NamedArray {
    name: Ident,
    what: &'static str,
    source: Source,
    /// Unless something is wrong with it.
    shape: Option<Vec<usize>>,
    /// What its declaration calls the indices of its axes.
    axes: Vec<Axis>,
    is_read: bool,
}

/// The arrays of a body so far.
#[derive(Default)]
pub struct Arrays {
    all: Vec<NamedArray>,
    by_name: BTreeMap<String, usize>,
    indices: Vec<Axis>,
    /// For each array that chooses elements of others: how many there are to choose from.
    pub choices: BTreeMap<String, usize>,
}

impl Arrays {
    fn get(&self, name: &Ident) -> Option<&NamedArray> {
        self.by_name.get(&name.to_string()).map(|&at| &self.all[at])
    }

    fn get_mut(&mut self, name: &Ident) -> Option<&mut NamedArray> {
        self.by_name.get(&name.to_string()).map(|&at| &mut self.all[at])
    }
}

impl<'a> Walk<'a> {
    /// Everything in a body; its inputs and outputs.
    pub fn body(&mut self, body: &'a Body<'a>) -> (Vec<NetworkInput>, Vec<NetworkOutput>) {
        let mut arrays = Arrays::default();
        let inputs = self.statements(body, &mut arrays, Vec::new());
        let outputs = self.outputs(body.statements, &mut arrays);
        self.report_unread(&arrays);
        (inputs, outputs)
    }

    /// The statements of a body, which may be given inputs beside those that it declares; all of them.
    pub fn statements(
        &mut self,
        body: &'a Body<'a>,
        arrays: &mut Arrays,
        given: Vec<GivenInput>,
    ) -> Vec<NetworkInput> {
        let mut inputs = Vec::new();
        for one in given {
            self.given(one, arrays, &mut inputs);
        }
        for statement in body.statements {
            match statement {
                BodyStatement::Input(input) => self.input(input, arrays, &mut inputs),
                BodyStatement::Parameter(parameter) => self.parameter(parameter, arrays),
                BodyStatement::Index(axis) => self.index_of_body(axis, arrays),
                BodyStatement::Assignment { .. } | BodyStatement::Output(_) => {}
            }
        }
        self.report_assigned_twice(body.statements, arrays);
        for step in &body.steps {
            if self.is_full {
                break;
            }
            self.step(step, arrays);
        }
        inputs
    }

    /// An input whose shape is known.
    fn given(&mut self, given: GivenInput, arrays: &mut Arrays, inputs: &mut Vec<NetworkInput>) {
        let GivenInput { name, what, shape, axes, is_of_samples } = given;
        let source = Source::Input(inputs.len());
        inputs.push(NetworkInput { name: name.clone(), shape: shape.clone(), is_of_samples });
        let shape = Some(shape);
        self.declare(arrays, NamedArray { name, what, source, shape, axes, is_read: false });
    }

    /// Adds an array, unless another one has its name.
    fn declare(&mut self, arrays: &mut Arrays, array: NamedArray) {
        if let Some(other) = arrays.get(&array.name) {
            let message = format!("`{}` is {} already: write another name", array.name, other.what);
            self.diagnostics.report(array.name.span(), message);
            return;
        }
        arrays.by_name.insert(array.name.to_string(), arrays.all.len());
        arrays.all.push(array);
    }

    fn input(&mut self, input: &Declaration, arrays: &mut Arrays, inputs: &mut Vec<NetworkInput>) {
        if input.is_class {
            let message = "an input is an array of real numbers: a class is the target of a loss";
            self.diagnostics.report(input.name.span(), message);
        }
        let sizes =
            input.axes.iter().map(|axis| self.constants.size(&axis.extent, self.diagnostics));
        let sizes: Vec<Option<usize>> = sizes.collect();
        let shape: Option<Vec<usize>> = sizes.into_iter().collect();
        let (name, what) = (input.name.clone(), "an input");
        let source = Source::Input(inputs.len());
        let is_of_samples = true;
        let shape_of_input = shape.clone().unwrap_or_default();
        inputs.push(NetworkInput { name: name.clone(), shape: shape_of_input, is_of_samples });
        let axes = input.axes.clone();
        self.declare(arrays, NamedArray { name, what, source, shape, axes, is_read: false });
    }

    /// A parameter that the network itself has: a layer without equations.
    fn parameter(&mut self, parameter: &Parameter, arrays: &mut Arrays) {
        let name = &parameter.declaration.name;
        if let Some(condition) = &parameter.condition {
            let message = "`when` says of a layer's setting whether there is a parameter: a network \
                           has no settings";
            self.diagnostics.report(condition.location, message);
        }
        let before = self.diagnostics.len();
        let mut definition = definition(name, Kind::Layer);
        definition.parameters.push(parameter.clone());
        let constants = self.constants.clone();
        let equations =
            parameter_equations(&definition, constants, self.definitions, self.diagnostics);
        let is_right = self.diagnostics.len() == before;
        let shape = is_right.then(|| {
            let axes = equations.arrays.first().map_or(&[][..], |array| &array.axes);
            axes.iter().map(|extent| extent.per_sample()).collect()
        });
        let key = parameter.key.as_ref().map_or_else(|| name.to_string(), |key| key.text.clone());
        let title = "param".to_owned();
        let source = self.push_made(name, &key, title, Vec::new(), LayerKind::Parameter, equations);
        let axes = parameter.declaration.axes.clone();
        let (name, what) = (name.clone(), "a parameter");
        self.declare(arrays, NamedArray { name, what, source, shape, axes, is_read: false });
    }

    fn index_of_body(&mut self, axis: &Axis, arrays: &mut Arrays) {
        if arrays.indices.iter().any(|other| other.index == axis.index) {
            let message = format!("the index `{}` is declared already", axis.index);
            self.diagnostics.report(axis.index.span(), message);
        }
        arrays.indices.push(axis.clone());
    }

    fn report_assigned_twice(&mut self, statements: &[BodyStatement], arrays: &Arrays) {
        let mut assigned: BTreeSet<String> = BTreeSet::new();
        for statement in statements {
            let BodyStatement::Assignment { assignment: Assignment { target, .. }, .. } = statement
            else {
                continue;
            };
            let message = match arrays.get(target) {
                Some(other) => format!("`{target}` is {} and cannot be assigned", other.what),
                None if assigned.insert(target.to_string()) => continue,
                None => format!("`{target}` is assigned twice: give this array another name"),
            };
            self.diagnostics.report(target.span(), message);
        }
    }

    fn step(&mut self, step: &'a Step, arrays: &mut Arrays) {
        let Step { target, kind } = step;
        if arrays.get(target).is_some() {
            return;
        }
        let made = match kind {
            StepKind::Alias(name) => self.read(name, arrays),
            StepKind::Apply { item, arguments, location } => {
                let arguments: Option<Vec<Operand>> =
                    arguments.iter().map(|name| self.read(name, arrays)).collect();
                arguments.and_then(|operands| self.apply(target, item, operands, *location))
            }
            StepKind::Derivative { of, by } => {
                let operands = [of, by].map(|name| self.read(name, arrays));
                match operands {
                    [Some(of), Some(by)] => self.derivative(target, &of, &by),
                    _ => None,
                }
            }
            StepKind::Equation(assignment) => self.equation(assignment, arrays),
        };
        self.complete &= made.is_some();
        let (source, shape) = match made {
            Some(Operand { source, shape, .. }) => (source, Some(shape)),
            None => (Source::Input(0), None),
        };
        let (name, what) = (target.clone(), "an array");
        let axes = Vec::new();
        self.declare(arrays, NamedArray { name, what, source, shape, axes, is_read: false });
    }

    /// An array that is read; nothing if there is something wrong with it.
    pub fn read(&mut self, name: &Ident, arrays: &mut Arrays) -> Option<Operand> {
        let Some(array) = arrays.get_mut(name) else {
            let known: Vec<String> = arrays.by_name.keys().cloned().collect();
            let hint = suggestion(&name.to_string(), &known);
            let message = format!("no array above is called `{name}`{hint}");
            self.diagnostics.report(name.span(), message);
            return None;
        };
        array.is_read = true;
        let (name, source) = (name.clone(), array.source);
        array.shape.clone().map(|shape| Operand { name, source, shape })
    }

    /// Layers on arrays.
    fn apply(
        &mut self,
        target: &Ident,
        item: &'a Item,
        operands: Vec<Operand>,
        location: Location,
    ) -> Option<Operand> {
        let mut others: Vec<Operand> =
            operands.into_iter().map(|operand| self.with_axis(operand)).collect();
        if others.is_empty() {
            self.diagnostics.report(location, "a layer is applied to an array: `relu(x)`");
            return None;
        }
        let first = others.remove(0);
        self.above = Above {
            source: first.source,
            shape: Some(first.shape),
            producer: Some(first.name.to_string()),
        };
        match item {
            Item::Layer(layer) if !others.is_empty() && self.is_layer(layer) => {
                self.joined(layer, others);
            }
            _ if !others.is_empty() => {
                let message = "several layers one after the other take one array: `concat` joins \
                               two, `concat(a, b)`";
                self.diagnostics.report(location, message);
                return None;
            }
            item => self.item(0, item),
        }
        let (source, shape) = (self.above.source, self.above.shape.clone()?);
        Some(Operand { name: target.clone(), source, shape })
    }

    /// A single number as an array of one, which layers take.
    fn with_axis(&mut self, operand: Operand) -> Operand {
        if !operand.shape.is_empty() {
            return operand;
        }
        let equations = Equations::single_number(&operand.name);
        let (title, sources) = (operand.name.to_string(), vec![operand.source]);
        let kind = LayerKind::Equations;
        let source = self.push_made(&operand.name, &title, title.clone(), sources, kind, equations);
        Operand { source, shape: vec![1], ..operand }
    }

    /// How many times the code of one derivative an array has cost.
    fn directions_of(&self, of: Source) -> usize {
        let mut costs: Vec<usize> = Vec::with_capacity(self.layers.len());
        let cost = |costs: &[usize], source: &Source| match source {
            Source::Input(_) => 1,
            Source::Layer(number) => costs[*number],
        };
        for layer in &self.layers {
            let inputs = layer.inputs.iter().map(|source| cost(&costs, source)).max();
            let own = if layer.kind == LayerKind::Derivative {
                let sizes = layer.equations.arrays[..2].iter();
                let counts = sizes.map(|array| array.axes.iter().map(|one| one.per_sample()));
                counts.map(Iterator::product::<usize>).min().unwrap_or(1)
            } else {
                1
            };
            costs.push(own.saturating_mul(inputs.unwrap_or(1)));
        }
        cost(&costs, &of)
    }

    /// Whether an array is computed from another.
    fn depends(&self, of: Source, by: Source) -> bool {
        let mut pending = vec![of];
        let mut seen: BTreeSet<usize> = BTreeSet::new();
        while let Some(source) = pending.pop() {
            if source == by {
                return true;
            }
            if let Source::Layer(number) = source
                && seen.insert(number)
            {
                pending.extend(&self.layers[number].inputs);
            }
        }
        false
    }

    /// Whether it is one layer, and not a block of them.
    fn is_layer(&self, layer: &LayerTree) -> bool {
        self.blocks.iter().all(|block| block.name != layer.name)
    }

    /// One layer on several arrays: all of them at once, or two by two, as `concat` takes them.
    fn joined(&mut self, layer: &LayerTree, others: Vec<Operand>) {
        let overloads = self.definitions.overloads(&layer.name.to_string());
        let joins_two =
            |definition: &&Definition| definition.is_built_in && definition.inputs.len() == 2;
        let groups: Vec<Vec<Operand>> = if overloads.first().is_some_and(joins_two) {
            others.into_iter().map(|one| vec![one]).collect()
        } else {
            vec![others]
        };
        let last = groups.len() - 1;
        for (number, group) in groups.into_iter().enumerate() {
            // The last of several has the label.
            let label = layer.label.as_ref().map(|label| {
                let own = format!("{label}_{number}");
                if number == last { label.clone() } else { Ident::new(&own, label.span()) }
            });
            self.beside = group.into_iter().map(|one| (one.source, one.shape)).collect();
            self.layer(0, &LayerTree { label, ..layer.clone() });
            self.beside.clear();
        }
    }

    /// `d(u, x)`: the derivative of each number of u by each of x.
    fn derivative(&mut self, target: &Ident, of: &Operand, by: &Operand) -> Option<Operand> {
        if !self.depends(of.source, by.source) || of.source == by.source {
            let message = format!("`{}` is not computed from `{}`", of.name, by.name);
            self.diagnostics.report(of.name.span(), message);
            return None;
        }
        let counts = [&of, &by].map(|one| one.shape.iter().product::<usize>());
        let directions = counts[0].min(counts[1]).saturating_mul(self.directions_of(of.source));
        if directions > MOST_DIRECTIONS {
            let message = format!(
                "this derivative takes {directions} times the code of one of a single number (`{}` is \
                 {}, `{}` is {}), and the most is {MOST_DIRECTIONS}: differentiate a sum, or by fewer \
                 numbers",
                of.name,
                shape(&of.shape),
                by.name,
                shape(&by.shape)
            );
            self.diagnostics.report(of.name.span(), message);
            return None;
        }
        let made = match counts {
            [_, 1] => of.shape.clone(),
            [1, _] => by.shape.clone(),
            _ => [of.shape.as_slice(), &by.shape].concat(),
        };
        let title = format!("d({}, {})", of.name, by.name);
        let equations = Equations::derivative([&of.shape, &by.shape, &made]);
        let sources = vec![of.source, by.source];
        let key = target.to_string();
        let source = self.push_made(target, &key, title, sources, LayerKind::Derivative, equations);
        Some(Operand { name: target.clone(), source, shape: made })
    }

    /// An equation over arrays: of each number by itself, or with indices.
    pub fn equation(&mut self, assignment: &Assignment, arrays: &mut Arrays) -> Option<Operand> {
        let assignment = &without_gathers(assignment, arrays);
        let target = &assignment.target;
        let mut names: Vec<&Ident> = assignment.value.all_names();
        names.retain(|name| arrays.by_name.contains_key(&name.to_string()));
        let mut seen = BTreeSet::new();
        names.retain(|name| seen.insert(name.to_string()));
        let is_elementwise = assignment.at.is_empty() && !has_indices(&assignment.value);
        let declared: Vec<Vec<Axis>> =
            names.iter().filter_map(|name| arrays.get(name)).map(|one| one.axes.clone()).collect();
        let operands: Vec<Option<Operand>> =
            names.iter().map(|name| self.read(name, arrays)).collect();
        let operands: Vec<Operand> = operands.into_iter().collect::<Option<_>>()?;
        let mut inputs: Vec<(Operand, Vec<Axis>)> = operands.into_iter().zip(declared).collect();
        if is_elementwise {
            self.check_elementwise(target, &inputs)?;
            // The first gives the equation its shape.
            inputs.sort_by_key(|(one, _)| {
                std::cmp::Reverse((one.shape.iter().product::<usize>(), one.shape.len()))
            });
        }
        let kind = if is_elementwise { Kind::Activation } else { Kind::Layer };
        let mut definition = definition(target, kind);
        definition.inputs = inputs
            .iter()
            .map(|(one, axes)| Declaration {
                name: one.name.clone(),
                axes: if is_elementwise { Vec::new() } else { axes.clone() },
                is_class: false,
            })
            .collect();
        let uses = |axis: &&Axis| uses_index(assignment, &axis.index);
        definition.indices = arrays.indices.iter().filter(uses).cloned().collect();
        definition.assignments.push(assignment.clone());
        let (sources, shapes): (Vec<Source>, Vec<Vec<usize>>) =
            inputs.into_iter().map(|(one, _)| (one.source, one.shape)).unzip();
        let before = self.diagnostics.len();
        let constants = self.constants.clone();
        let (definitions, found) = (self.definitions, &mut *self.diagnostics);
        let equations =
            layer_equations(&definition, constants, &shapes, false, definitions, found)?;
        if self.diagnostics.len() > before {
            return None;
        }
        let made = &equations.arrays[equations.output].axes;
        if numbers(made).is_none() {
            self.diagnostics.report(target.span(), "this array has too many numbers");
            return None;
        }
        let made: Vec<usize> = made.iter().map(|extent| extent.per_sample()).collect();
        let title = assignment.value.to_string();
        let kind = LayerKind::Equations;
        let source = self.push_made(target, &target.to_string(), title, sources, kind, equations);
        Some(Operand { name: target.clone(), source, shape: made })
    }

    /// Arrays in an equation without indices have one shape, apart from single numbers.
    fn check_elementwise(&mut self, target: &Ident, inputs: &[(Operand, Vec<Axis>)]) -> Option<()> {
        let count = |one: &Operand| one.shape.iter().product::<usize>();
        let mut arrays = inputs.iter().map(|(one, _)| one).filter(|one| count(one) > 1);
        let Some(first) = arrays.next() else {
            if inputs.is_empty() {
                self.diagnostics.report(target.span(), "this equation reads no array");
                return None;
            }
            return Some(());
        };
        let Some(other) = arrays.find(|other| other.shape != first.shape) else { return Some(()) };
        let message = format!(
            "`{}` is {} and `{}` is {}: arrays in an equation without indices have one shape",
            first.name,
            shape(&first.shape),
            other.name,
            shape(&other.shape)
        );
        self.diagnostics.report(target.span(), message);
        None
    }

    /// A layer that nobody has written as one; where it comes from.
    fn push_made(
        &mut self,
        name: &Ident,
        key: &str,
        title: String,
        inputs: Vec<Source>,
        kind: LayerKind,
        equations: Equations,
    ) -> Source {
        let elementwise = false;
        let (field, key) = (name.clone(), key.to_owned());
        self.push(Layer {
            structure: names::structure(&self.network.name, &field),
            field,
            key,
            inputs,
            shares: None,
            title,
            elementwise,
            outputs: Meaning::Logits,
            ignored: Vec::new(),
            kind,
            equations,
        });
        self.above.source
    }

    pub fn outputs(
        &mut self,
        statements: &[BodyStatement],
        arrays: &mut Arrays,
    ) -> Vec<NetworkOutput> {
        let named = statements.iter().filter_map(|statement| match statement {
            BodyStatement::Output(name) => Some(name),
            BodyStatement::Assignment { is_output: true, assignment } => Some(&assignment.target),
            _ => None,
        });
        let mut outputs: Vec<NetworkOutput> = Vec::new();
        for name in named {
            if outputs.iter().any(|other| other.name == *name) {
                let message = format!("`{name}` is an output already");
                self.diagnostics.report(name.span(), message);
                continue;
            }
            let Some(Operand { source, shape, .. }) = self.read(name, arrays) else {
                self.complete = false;
                continue;
            };
            outputs.push(NetworkOutput { name: name.clone(), source, shape });
        }
        if outputs.is_empty() && self.complete {
            let message = format!("`{}` has no output: write `output y = …;`", self.network.name);
            self.diagnostics.report(self.network.name.span(), message);
            self.complete = false;
        }
        outputs
    }

    /// A loss holds no numbers of its own.
    pub fn report_parameters_of_loss(&mut self) {
        let holds = |layer: &Layer| layer.equations.arrays.iter().any(|one| one.role.is_kept());
        if let Some(layer) = self.layers.iter().find(|layer| holds(layer)) {
            let message = format!("`{}` has parameters: a loss holds no numbers", layer.title);
            self.diagnostics.report(layer.field.span(), message);
        }
    }

    /// What nothing reads says nothing.
    pub fn report_unread(&mut self, arrays: &Arrays) {
        if !self.complete {
            return;
        }
        for array in arrays.all.iter().filter(|array| !array.is_read) {
            let (name, what) =
                (&array.name, array.what.trim_start_matches("an ").trim_start_matches("a "));
            let message = format!("nothing reads the {what} `{name}`: leave it out");
            self.diagnostics.report(name.span(), message);
        }
    }
}

/// An array that a step reads.
pub struct Operand {
    name: Ident,
    pub source: Source,
    pub shape: Vec<usize>,
}

/// The same equation without chosen elements.
fn without_gathers(assignment: &Assignment, arrays: &mut Arrays) -> Assignment {
    let is_class = |name: &Ident| arrays.get(name).is_some_and(|array| array.what == CLASS);
    let mut gathers = Gathers { is_class: &is_class, chosen: BTreeMap::new(), count: 0 };
    let value = gathers.written_out(&assignment.value);
    for (chooser, all) in gathers.chosen {
        for (array, axis) in all {
            let shape = arrays.get(&array).and_then(|array| array.shape.as_ref());
            let Some(&extent) = shape.and_then(|shape| shape.get(axis)) else { continue };
            let known = arrays.choices.entry(chooser.clone()).or_insert(extent);
            *known = extent.min(*known);
        }
    }
    Assignment { value, ..assignment.clone() }
}

/// A definition without anything in it.
fn definition(name: &Ident, kind: Kind) -> Definition {
    Definition {
        kind,
        whole: true,
        is_built_in: false,
        visibility: Visibility::Inherited,
        documentation: String::new(),
        outputs: Meaning::Logits,
        ignored: Vec::new(),
        name: name.clone(),
        sizes: Vec::new(),
        settings: Vec::new(),
        inputs: Vec::new(),
        targets: Vec::new(),
        parameters: Vec::new(),
        indices: Vec::new(),
        requirements: Vec::new(),
        assignments: Vec::new(),
    }
}

/// Whether an equation is written with indices.
fn has_indices(value: &Expression) -> bool {
    matches!(value.kind, ExpressionKind::Element { .. } | ExpressionKind::Reduce { .. })
        || value.children().into_iter().any(has_indices)
}

/// Whether an index stands in an equation.
fn uses_index(assignment: &Assignment, index: &Ident) -> bool {
    let in_target = assignment.at.iter().flat_map(|axis| axis.at.all_names());
    let is_bound = |value: &Expression| reduces_over(value, index);
    in_target.chain(assignment.value.all_names()).any(|name| name == index)
        || is_bound(&assignment.value)
}

fn reduces_over(value: &Expression, index: &Ident) -> bool {
    let is_it =
        matches!(&value.kind, ExpressionKind::Reduce { indices, .. } if indices.contains(index));
    is_it || value.children().into_iter().any(|child| reduces_over(child, index))
}
