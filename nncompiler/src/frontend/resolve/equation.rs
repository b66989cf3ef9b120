//! Equations over the arrays of a body: of each number by itself, or with indices.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use proc_macro2::Ident;

use super::axis_groups::in_statement;
use super::body_arrays::{Arrays, Operand, Read};
use super::layer_equations::layer_equations;
use super::numbers::as_declared;
use super::samples::report_elements_of_settings;
use super::signature::{numbers, shape};
use super::unread::mentions;
use super::walk::Walk;
use crate::frontend::resolved::{LayerKind, Source};
use crate::frontend::syntax::{Assignment, Axis, Declaration, Definition, Kind};

impl Walk<'_> {
    /// An equation over arrays: of each number by itself, or with indices.
    pub fn equation(&mut self, assignment: &Assignment, arrays: &mut Arrays) -> Option<Operand> {
        report_elements_of_settings(&assignment.value, arrays, self.diagnostics)?;
        let rank = |name: &Ident| Some(arrays.get(name)?.shape.as_ref()?.len());
        let assignment = &*in_statement(assignment, &rank);
        let target = &assignment.target;
        let mut reads = self.reads(assignment, arrays)?;
        let is_elementwise = assignment.at.is_empty() && !assignment.value.has_indices();
        if is_elementwise {
            self.check_elementwise(target, &reads)?;
            // The first gives the equation its shape.
            reads.sort_by_key(|read| Reverse((read.count(), read.operand.shape.len())));
            for read in &mut reads {
                read.axes.clear();
            }
        }
        let kind = if is_elementwise { Kind::Activation } else { Kind::Layer };
        let uses = |axis: &&Axis| mentions(assignment, &axis.index);
        let indices = arrays.indices.iter().filter(uses).cloned().collect();
        let inputs = reads.iter().map(|Read { operand, axes }| Declaration {
            numbers: as_declared(self.numbers_of(operand.source), operand.name.span().into()),
            ..Declaration::new(operand.name.clone(), axes.clone())
        });
        let definition = Definition {
            inputs: inputs.collect(),
            indices,
            assignments: vec![assignment.clone()],
            ..Definition::new(kind, target.clone())
        };
        self.made_by(&definition, assignment, reads)
    }

    /// The arrays that an equation reads; nothing if there is something wrong with one.
    fn reads(&mut self, assignment: &Assignment, arrays: &mut Arrays) -> Option<Vec<Read>> {
        let mut seen = BTreeSet::new();
        let names = assignment.value.all_names().into_iter();
        let names = names.filter(|name| seen.insert(name.to_string()));
        let names: Vec<&Ident> = names.filter(|name| arrays.get(name).is_some()).collect();
        let mut read = |name: &Ident| {
            let axes = arrays.get(name).map(|array| array.axes.clone()).unwrap_or_default();
            Some(Read { operand: self.read(name, arrays)?, axes })
        };
        let reads: Vec<Option<Read>> = names.into_iter().map(&mut read).collect();
        reads.into_iter().collect()
    }

    /// The array that a definition of one equation makes of what it reads.
    fn made_by(
        &mut self,
        definition: &Definition,
        assignment: &Assignment,
        reads: Vec<Read>,
    ) -> Option<Operand> {
        let (sources, shapes): (Vec<Source>, Vec<Vec<usize>>) =
            reads.into_iter().map(|read| (read.operand.source, read.operand.shape)).unzip();
        let before = self.diagnostics.len();
        let constants = self.constants.clone();
        let (definitions, found) = (self.definitions, &mut *self.diagnostics);
        let equations = layer_equations(definition, constants, &shapes, false, definitions, found)?;
        if self.diagnostics.len() > before {
            return None;
        }
        self.limit_classes(&equations, &sources);
        let (target, axes) = (&assignment.target, &equations.arrays[equations.output].axes);
        if numbers(axes).is_none() {
            self.diagnostics.report(target.span(), "this array has too many numbers");
            return None;
        }
        let shape = axes.iter().map(|extent| extent.per_sample()).collect();
        let (key, title) = (target.to_string(), assignment.value.to_string());
        let kind = LayerKind::Equations;
        let source = self.push_made(target, &key, title, sources, kind, equations);
        Some(Operand { name: target.clone(), source, shape })
    }

    /// Arrays in an equation without indices have one shape, apart from single numbers.
    fn check_elementwise(&mut self, target: &Ident, reads: &[Read]) -> Option<()> {
        let several = reads.iter().filter(|read| read.count() > 1);
        let mut arrays = several.map(|read| &read.operand);
        let Some(first) = arrays.next() else {
            if reads.is_empty() {
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
}
