//! `d(u, x)` in a body.

use std::collections::BTreeSet;

use proc_macro2::Ident;

use super::body_arrays::Operand;
use super::signature::shape;
use super::walk::Walk;
use crate::frontend::resolved::{Equations, LayerKind, Source};

/// A derivative of several numbers by several takes as much code as that of one number by one, times the
/// fewer of the two; one of a derivative takes that times as much again. More than this is an error.
const MOST_DIRECTIONS: usize = 32;

impl Walk<'_> {
    /// `d(u, x)`: the derivative of each number of u by each of x.
    pub fn derivative(&mut self, target: &Ident, of: &Operand, by: &Operand) -> Option<Operand> {
        let what = "a derivative is one by real numbers";
        if !self.are_real(by.source, by.name.span(), what) {
            return None;
        }
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

    /// How many times the code of one derivative an array has cost.
    fn directions_of(&self, of: Source) -> usize {
        let mut costs: Vec<usize> = Vec::with_capacity(self.layers.len());
        let cost = |costs: &[usize], source: &Source| match source {
            Source::Input(_) => 1,
            Source::Layer(number) | Source::Other(number, _) => costs[*number],
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
    pub fn depends(&self, of: Source, by: Source) -> bool {
        let mut pending = vec![of];
        let mut seen: BTreeSet<usize> = BTreeSet::new();
        while let Some(source) = pending.pop() {
            if source == by {
                return true;
            }
            if let Source::Layer(number) | Source::Other(number, _) = source
                && seen.insert(number)
            {
                pending.extend(&self.layers[number].inputs);
            }
        }
        false
    }
}
