//! Whether what a statement makes of a sample depends on other samples.

use crate::ir::expression::Node;
use crate::ir::function::{Program, Statement};
use crate::ir::index::Extent;

/// Whether no sample's target depends on other samples, on their number, or, but for random numbers, on its
/// own.
pub fn is_of_one_sample(program: &Program, statement: &Statement) -> bool {
    program.array(statement.target.array).is_batched()
        && !sums_samples(program, statement)
        && is_blind(program, statement)
}

/// Whether it adds up what samples make: over their index, or where integers of theirs say.
pub fn sums_samples(program: &Program, statement: &Statement) -> bool {
    let is_scattered =
        statement.target.gathers() && !program.array(statement.target.array).is_batched();
    is_scattered || statement.bound().iter().any(|&index| program.extent(index) == Extent::Batch)
}

/// Whether a value depends neither on the number of samples nor, but for random numbers, on that of its own.
pub fn is_blind(program: &Program, statement: &Statement) -> bool {
    let graph = &program.graph;
    graph.reachable(statement.value).into_iter().all(|id| match graph.node(id) {
        Node::Setting(_) => false,
        Node::Position(index) => program.extent(*index) != Extent::Batch,
        _ => true,
    })
}
