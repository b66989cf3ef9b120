//! The body of a network: its inputs, parameters and statements, from top to bottom.

use std::collections::BTreeSet;

use proc_macro2::Ident;

use super::body_arrays::{ArrayKind, Arrays, GivenInput, Made, NamedArray, Operand};
use super::flatten::{Body, Step, StepKind};
use super::layer_equations::parameter_equations;
use super::names;
use super::samples::report_in_body;
use super::spelling::suggestion;
use super::unread::mentions;
use super::walk::Walk;
use crate::frontend::resolved::{
    Equations, Layer, LayerKind, NetworkInput, NetworkOutput, Numbers, Source,
};
use crate::frontend::syntax::{
    Axis, BLANK, BodyStatement, Declaration, Definition, Kind, Parameter,
};
use crate::ir::meaning::Meaning;

/// What an output is.
const OUTPUT: &str = "a network puts out real numbers";

impl<'a> Walk<'a> {
    /// Everything in a body; its inputs and outputs.
    pub fn body(&mut self, body: &'a Body<'a>) -> (Vec<NetworkInput>, Vec<NetworkOutput>) {
        report_in_body(body.statements, self.diagnostics);
        let mut arrays = Arrays::default();
        let inputs = self.statements(body, &mut arrays, Vec::new());
        let outputs = self.outputs(body.statements, &mut arrays);
        self.report_unread(&arrays);
        self.report_unused_indices(body.statements);
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
                BodyStatement::Assignment { .. }
                | BodyStatement::Output(_)
                | BodyStatement::Broken(_) => {}
            }
        }
        self.report_assigned_twice(body.statements, arrays);
        self.declare_broken(body.statements, arrays);
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
        let GivenInput { name, kind, shape, axes, is_of_samples } = given;
        let (source, shape) = (Source::Input(inputs.len()), Some(shape));
        let array = NamedArray { name, kind, source, shape, axes, is_read: false };
        let is_class = kind == ArrayKind::Class;
        let numbers = if is_class { Numbers::Class(None) } else { Numbers::Real };
        self.add_input(array, (numbers, is_of_samples), arrays, inputs);
    }

    fn add_input(
        &mut self,
        array: NamedArray,
        (numbers, is_of_samples): (Numbers, bool),
        arrays: &mut Arrays,
        inputs: &mut Vec<NetworkInput>,
    ) {
        let shape = array.shape.clone().unwrap_or_default();
        self.numbers.push(numbers);
        inputs.push(NetworkInput { name: array.name.clone(), shape, numbers, is_of_samples });
        self.declare(arrays, array);
    }

    /// Adds an array, unless another one has its name.
    fn declare(&mut self, arrays: &mut Arrays, array: NamedArray) {
        if let Some(other) = arrays.get(&array.name) {
            let message = format!("`{}` is {} already: write another name", array.name, other.kind);
            self.diagnostics.report(array.name.span(), message);
            return;
        }
        arrays.add(array);
    }

    fn input(&mut self, input: &Declaration, arrays: &mut Arrays, inputs: &mut Vec<NetworkInput>) {
        let numbers = self.declared_numbers(&input.numbers, &input.name);
        let sizes =
            input.axes.iter().map(|axis| self.constants.size(&axis.extent, self.diagnostics));
        let sizes: Vec<Option<usize>> = sizes.collect();
        let shape: Option<Vec<usize>> = sizes.into_iter().collect();
        let shape = shape.filter(|_| numbers.is_some());
        let (name, kind, axes) = (input.name.clone(), ArrayKind::Input, input.axes.clone());
        let source = Source::Input(inputs.len());
        let array = NamedArray { name, kind, source, shape, axes, is_read: false };
        let numbers = numbers.unwrap_or(Numbers::Real);
        self.add_input(array, (numbers, true), arrays, inputs);
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
        let mut definition = Definition::new(Kind::Layer, name.clone());
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
        let (name, kind) = (name.clone(), ArrayKind::Parameter);
        self.declare(arrays, NamedArray { name, kind, source, shape, axes, is_read: false });
    }

    fn index_of_body(&mut self, axis: &Axis, arrays: &mut Arrays) {
        if arrays.indices.iter().any(|other| other.index == axis.index) {
            let message = format!("the index `{}` is declared already", axis.index);
            self.diagnostics.report(axis.index.span(), message);
        }
        arrays.indices.push(axis.clone());
    }

    /// What reads an array whose statement could not be parsed is no second mistake.
    fn declare_broken(&mut self, statements: &[BodyStatement], arrays: &mut Arrays) {
        let assigned: Vec<&Ident> = statements.iter().flat_map(BodyStatement::targets).collect();
        for statement in statements {
            let BodyStatement::Broken(names) = statement else { continue };
            for name in names {
                if arrays.get(name).is_none() && !assigned.contains(&name) {
                    self.declare_made(&[name], None, arrays);
                }
            }
        }
    }

    fn report_assigned_twice(&mut self, statements: &[BodyStatement], arrays: &Arrays) {
        let mut assigned: BTreeSet<String> = BTreeSet::new();
        for statement in statements {
            for target in statement.targets() {
                let message = match arrays.get(target) {
                    Some(other) => format!("`{target}` is {} and cannot be assigned", other.kind),
                    None if target == BLANK || assigned.insert(target.to_string()) => continue,
                    None => format!("`{target}` is assigned twice: give this array another name"),
                };
                self.diagnostics.report(target.span(), message);
            }
        }
    }

    fn step(&mut self, step: &'a Step, arrays: &mut Arrays) {
        let Step { target, kind } = step;
        let targets = step.targets();
        if targets.iter().any(|target| arrays.get(target).is_some()) {
            return;
        }
        let made = match kind {
            StepKind::Alias(name) => self.read(name, arrays),
            StepKind::Unknown => None,
            StepKind::Apply { item, arguments, location, .. } => {
                let arguments: Option<Vec<Operand>> =
                    arguments.iter().map(|name| self.read(name, arrays)).collect();
                let count = targets.len();
                let made = arguments.and_then(|operands| match self.called_loss(item) {
                    Some(layer) => {
                        let Operand { source, shape, .. } =
                            self.loss_call(target, layer, operands, arrays, *location)?;
                        self.one_array(Made { source, shape }, count, *location)
                    }
                    None => self.apply(item, operands, count, *location),
                });
                return self.declare_made(&targets, made, arrays);
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
        let made = made.map(|Operand { source, shape, .. }| vec![Made { source, shape }]);
        self.declare_made(&targets, made, arrays);
    }

    /// The arrays that a step has made, or, if there is something wrong with it, should have made.
    fn declare_made(&mut self, targets: &[&Ident], made: Option<Vec<Made>>, arrays: &mut Arrays) {
        self.complete &= made.is_some();
        let mut made = made.into_iter().flatten();
        for target in targets {
            let (source, shape) = match made.next() {
                Some(Made { source, shape }) => (source, Some(shape)),
                None => (Source::Input(0), None),
            };
            if **target == BLANK {
                continue;
            }
            let (name, kind, axes) = ((*target).clone(), ArrayKind::Made, Vec::new());
            self.declare(arrays, NamedArray { name, kind, source, shape, axes, is_read: false });
        }
    }

    /// An array that is read; nothing if there is something wrong with it.
    pub fn read(&mut self, name: &Ident, arrays: &mut Arrays) -> Option<Operand> {
        let Some(array) = arrays.get_mut(name) else {
            let known = arrays.names();
            let hint = suggestion(&name.to_string(), &known);
            let message = format!("no array above is called `{name}`{hint}");
            self.diagnostics.report(name.span(), message);
            return None;
        };
        array.is_read = true;
        let (name, source) = (name.clone(), array.source);
        array.shape.clone().map(|shape| Operand { name, source, shape })
    }

    /// A layer that nobody has written as one; where it comes from.
    pub fn push_made(
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
            within: Vec::new(),
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
        let named = statements.iter().flat_map(|statement| match statement {
            BodyStatement::Output(name) => vec![name],
            BodyStatement::Assignment { is_output: true, .. } => statement.targets(),
            _ => Vec::new(),
        });
        let mut outputs: Vec<NetworkOutput> = Vec::new();
        for name in named {
            if outputs.iter().any(|other| other.name == *name) {
                let message = format!("`{name}` is an output already");
                self.diagnostics.report(name.span(), message);
                continue;
            }
            let read = self.read(name, arrays);
            let real = |one: &Operand| self.are_real(one.source, name.span(), OUTPUT);
            let Some(Operand { source, shape, .. }) = read.filter(real) else {
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

    /// An index is declared for a statement.
    pub fn report_unused_indices(&mut self, statements: &[BodyStatement]) {
        let indices = statements.iter().filter_map(|statement| match statement {
            BodyStatement::Index(axis) => Some(&axis.index),
            _ => None,
        });
        let is_used = |index: &Ident| {
            statements.iter().any(|statement| match statement {
                BodyStatement::Assignment { assignment, .. } => mentions(assignment, index),
                _ => false,
            })
        };
        for index in indices.filter(|index| !is_used(index)) {
            let message = format!("no equation has the index `{index}`: leave it out");
            self.diagnostics.report(index.span(), message);
        }
    }

    /// What nothing reads says nothing.
    pub fn report_unread(&mut self, arrays: &Arrays) {
        if !self.complete {
            return;
        }
        for array in arrays.unread() {
            let (name, what) = (&array.name, array.kind.noun());
            let message = format!("nothing reads the {what} `{name}`: leave it out");
            self.diagnostics.report(name.span(), message);
        }
    }
}
