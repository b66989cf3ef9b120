//! Layers that a layer applies, on the way into its own equations.

use proc_macro2::Ident;

use crate::frontend::resolved::Source;
use crate::ir::index::ArrayId;

/// What layers that are applied have made so far.
pub struct Merged<'a> {
    pub given: &'a [ArrayId],
    /// The results that have names.
    pub named: &'a [(&'a Ident, Source)],
    /// The output of each layer, and all of its arrays.
    pub outputs: Vec<ArrayId>,
    pub arrays: Vec<Vec<ArrayId>>,
}

impl<'a> Merged<'a> {
    pub fn array(&self, source: Source) -> ArrayId {
        match source {
            Source::Input(number) => self.given[number],
            Source::Layer(number) => self.outputs[number],
            Source::Other(number, array) => self.arrays[number][array],
        }
    }

    /// What an array of the next layer is called, which has this output.
    pub fn target(&self, array: usize, output: usize) -> Option<&'a Ident> {
        let number = self.outputs.len();
        let is_it = |source: Source| match source {
            Source::Layer(layer) => layer == number && array == output,
            Source::Other(layer, other) => (layer, other) == (number, array),
            Source::Input(_) => false,
        };
        self.named.iter().find(|(_, source)| is_it(*source)).map(|(target, _)| *target)
    }
}
