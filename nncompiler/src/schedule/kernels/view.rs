//! Copies within the same memory, which become nothing.

use std::collections::{BTreeSet, HashMap};

use crate::ir::expression::Node;
use crate::ir::function::{Function, Holder, Program, Role, Statement};
use crate::ir::index::ArrayId;

/// Which arrays are views of others: the same memory under another name.
pub struct Views<'a> {
    function: &'a Function,
    /// The array whose memory each view is.
    roots: HashMap<ArrayId, ArrayId>,
    /// Arrays that the caller tells apart: what it gives, and the results.
    apart: BTreeSet<ArrayId>,
}

impl<'a> Views<'a> {
    pub fn new(program: &Program, function: &'a Function) -> Self {
        let ids = (0u32..).zip(&program.arrays);
        let given = ids.filter(|(_, array)| array.role != Role::Computed);
        let apart = given.map(|(id, _)| ArrayId(id)).chain(function.results()).collect();
        Self { function, roots: HashMap::new(), apart }
    }

    /// Makes the target a view of the source, unless the caller would see it: a result has memory apart
    /// from other results and from what is given, a gradient apart from everything.
    pub fn share(&mut self, target: ArrayId, source: ArrayId) -> bool {
        let root = self.roots.get(&source).copied().unwrap_or(source);
        let holder = self.function.outputs.iter().find(|port| port.array == target);
        let may = match holder.map(|port| port.holder) {
            None | Some(Holder::Residual) => true,
            Some(Holder::Workspace) => self.apart.insert(root),
            Some(Holder::Slice | Holder::Gradient(_)) => false,
        };
        if may {
            self.roots.insert(target, root);
        }
        may
    }
}

/// The source of a copy whose elements lie in the same places: `flatten`.
pub fn alias(program: &Program, statement: &Statement) -> Option<ArrayId> {
    let Node::Element(source) = program.graph.node(statement.value) else {
        return None;
    };
    let (target, from) = (program.array(statement.target.array), program.array(source.array));
    let copies = statement.reduction.is_none() && !statement.accumulate;
    let same_size = target.width() == from.width() && target.is_batched() == from.is_batched();
    let mut offsets = [program.linear(&statement.target), program.linear(source)];
    for offset in &mut offsets {
        offset.terms.sort_unstable();
    }
    let in_place = offsets[0] == offsets[1] && !offsets[0].gathers();
    (copies && same_size && in_place).then_some(source.array)
}
