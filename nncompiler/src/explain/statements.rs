//! The statements of a function by the layers that they belong to, and by what they write.

use std::collections::{BTreeSet, HashMap};

use crate::ir::function::{Function, Statement};
use crate::ir::index::ArrayId;

pub struct Statements<'f> {
    pub function: &'f Function,
    of_layers: HashMap<usize, Vec<&'f Statement>>,
    writes: HashMap<ArrayId, Vec<&'f Statement>>,
    /// The arrays that a layer has a name for.
    named: BTreeSet<ArrayId>,
}

impl<'f> Statements<'f> {
    pub fn of(function: &'f Function) -> Self {
        let (mut of_layers, mut writes) = (HashMap::new(), HashMap::new());
        for statement in &function.body {
            let own: &mut Vec<&Statement> = of_layers.entry(statement.layer).or_default();
            own.push(statement);
            let own: &mut Vec<&Statement> = writes.entry(statement.target.array).or_default();
            own.push(statement);
        }
        let named = function.layers.iter().flatten().copied().collect();
        Self { function, of_layers, writes, named }
    }

    /// Those of a layer, in order.
    pub fn of_layer(&self, layer: usize) -> &[&'f Statement] {
        self.of_layers.get(&layer).map_or(&[], Vec::as_slice)
    }

    /// Those that write an array, in order.
    pub fn writes_of(&self, array: ArrayId) -> &[&'f Statement] {
        self.writes.get(&array).map_or(&[], Vec::as_slice)
    }

    /// Whether an array is one of a layer's own.
    pub fn is_named(&self, array: ArrayId) -> bool {
        self.named.contains(&array)
    }
}
