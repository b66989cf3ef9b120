//! Losses that are applied to arrays in another one: `cross_entropy(logits, label)`.

use proc_macro2::Ident;

use super::body_arrays::{ArrayKind, Arrays, Operand};
use super::constants::{Constants, integer};
use super::layer_equations::layer_equations;
use super::network_loss::applies;
use super::signature::shape;
use super::walk::Walk;
use crate::frontend::resolved::{LayerKind, Source};
use crate::frontend::syntax::{
    Argument, Assignment, Axis, Declaration, Definition, Expression, ExpressionKind, Item, Kind,
    LayerTree, Location,
};

impl Walk<'_> {
    /// The loss that a step applies, if it is one.
    pub fn called_loss<'i>(&self, item: &'i Item) -> Option<&'i LayerTree> {
        let Item::Layer(layer) = item else { return None };
        let is_loss = !self.definitions.losses(&layer.name.to_string()).is_empty();
        (is_loss && !self.is_block(&layer.name)).then_some(layer)
    }

    /// A loss of arrays, outputs before targets.
    pub fn loss_call(
        &mut self,
        target: &Ident,
        layer: &LayerTree,
        operands: Vec<Operand>,
        arrays: &Arrays,
        location: Location,
    ) -> Option<Operand> {
        let called = self.loss_of(layer, &operands, arrays, location)?;
        let arguments: Vec<&Argument> = layer.arguments.iter().collect();
        let given = self.settings(called, &arguments)?;
        let known = self.bind_settings(layer, called, self.constants.clone(), &given)?;
        let known = self.bind_axes(layer, called, &operands, known)?;
        let definition = as_layer(called, target);
        let (sources, shapes): (Vec<Source>, Vec<Vec<usize>>) =
            operands.into_iter().map(|operand| (operand.source, operand.shape)).unzip();
        let before = self.diagnostics.len();
        let (definitions, found) = (self.definitions, &mut *self.diagnostics);
        let equations = layer_equations(&definition, known, &shapes, false, definitions, found)?;
        if self.diagnostics.len() > before {
            return None;
        }
        self.limit_classes(&equations, &sources);
        let axes = &equations.arrays[equations.output].axes;
        let shape = axes.iter().map(|extent| extent.per_sample()).collect();
        let (key, title) = (target.to_string(), layer.name.to_string());
        let source = self.push_made(target, &key, title, sources, LayerKind::Equations, equations);
        Some(Operand { name: target.clone(), source, shape })
    }
}

impl<'a> Walk<'a> {
    /// The loss of this name that takes such arrays: as many, and classes where it takes them.
    fn loss_of(
        &mut self,
        layer: &LayerTree,
        operands: &[Operand],
        arrays: &Arrays,
        location: Location,
    ) -> Option<&'a Definition> {
        let all = self.definitions.losses(&layer.name.to_string());
        let is_class = |operand: &Operand| {
            arrays.get(&operand.name).is_some_and(|array| array.kind == ArrayKind::Class)
        };
        let fits = |loss: &&&Definition| {
            let inputs = inputs(loss);
            let mut pairs = inputs.iter().zip(operands);
            inputs.len() == operands.len()
                && pairs.all(|(input, operand)| input.is_class() == is_class(operand))
        };
        let found = all.iter().find(fits).copied();
        let calls = |loss: &&Definition| {
            loss.assignments.iter().any(|one| applies(&one.value, self.definitions))
        };
        if let Some(loss) = found.filter(calls) {
            let message = format!(
                "`{}` applies layers or losses to arrays, so that no other loss can call it",
                loss.name
            );
            self.diagnostics.report(location, message);
            return None;
        }
        if found.is_none() {
            let described = all.iter().map(|loss| {
                let names = inputs(loss).into_iter().map(|input| {
                    if input.is_class() {
                        format!("{} (a class)", input.name)
                    } else {
                        input.name.to_string()
                    }
                });
                names.collect::<Vec<_>>().join(", ")
            });
            let message = format!(
                "`{}` takes the arrays {}",
                layer.name,
                described.collect::<Vec<_>>().join("; or ")
            );
            self.diagnostics.report(location, message);
        }
        found
    }

    /// `C` of `logits[c: C]` is as long as the array that is given.
    fn bind_axes(
        &mut self,
        layer: &LayerTree,
        called: &Definition,
        operands: &[Operand],
        mut known: Constants,
    ) -> Option<Constants> {
        for (input, operand) in inputs(called).iter().zip(operands) {
            let rank = input.axes.len();
            let fits = rank == operand.shape.len() || (rank == 0 && operand.shape == [1]);
            let mut sizes = input.axes.iter().zip(&operand.shape);
            let mut binds = |(axis, &size): (&Axis, &usize)| {
                let Some(name) = axis.extent.as_name() else { return true };
                let name = name.to_string();
                match known.get(&name) {
                    Some(other) => other == integer(size),
                    None => {
                        known.insert(name, integer(size));
                        true
                    }
                }
            };
            if !fits || !sizes.all(&mut binds) {
                let axes: Vec<String> =
                    input.axes.iter().map(|axis| axis.extent.to_string()).collect();
                let expected = described(&axes.join("×"));
                let message = format!(
                    "`{}` of `{}` is {expected}, but `{}` is {}",
                    input.name,
                    layer.name,
                    operand.name,
                    described(&shape(&operand.shape))
                );
                self.diagnostics.report(layer.name.span(), message);
                return None;
            }
        }
        Some(known)
    }
}

/// `an array of 4×3`
fn described(sizes: &str) -> String {
    if sizes.is_empty() { "one number".to_owned() } else { format!("an array of {sizes}") }
}

/// The outputs and targets of a loss.
fn inputs(loss: &Definition) -> Vec<Declaration> {
    loss.inputs.iter().chain(&loss.targets).cloned().collect()
}

/// The loss as a layer. A setting with a number for each output has one for all of them.
fn as_layer(loss: &Definition, target: &Ident) -> Definition {
    let assignments = loss
        .assignments
        .iter()
        .map(|one| Assignment { value: with_single_settings(loss, &one.value), ..one.clone() });
    Definition {
        inputs: inputs(loss),
        indices: loss.indices.clone(),
        assignments: assignments.collect(),
        ..Definition::new(Kind::Layer, target.clone())
    }
}

fn with_single_settings(loss: &Definition, value: &Expression) -> Expression {
    let is_setting = |name: &Ident| loss.settings.iter().any(|setting| setting.name == *name);
    match &value.kind {
        ExpressionKind::Element { array, .. } if is_setting(array) => {
            Expression { kind: ExpressionKind::Name(array.clone()), location: value.location }
        }
        _ => value.map_children(&mut |child| with_single_settings(loss, child)),
    }
}
