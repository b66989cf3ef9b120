//! The order of loops, and which of them become one.

use super::context::Context;
use crate::ir::cost::SHORTEST_INNERMOST;
use crate::schedule::loop_nest::LoopNest;

/// Joins neighbouring loops that run evenly through every array.
pub fn collapse(context: &Context, nest: &mut LoopNest) {
    for inner in (1..nest.loops.len()).rev() {
        if are_one(context, nest, inner - 1) {
            nest.collapse(inner - 1);
        }
    }
}

/// Whether a loop and the next one inside it run evenly through every array, and nothing depends on
/// where one of them is.
fn are_one(context: &Context, nest: &LoopNest, outer: usize) -> bool {
    let (one, inner) = (&nest.loops[outer], &nest.loops[outer + 1]);
    let positions = context.program.graph.positions(nest.statement.value);
    let size = i64::try_from(inner.size).unwrap_or(i64::MAX);
    one.reduces == inner.reduces
        && !inner.is_open
        && nest.offsets().all(|offset| offset.is_even(outer, size))
        && !positions.contains(&one.index)
        && !positions.contains(&inner.index)
}

/// A reduction is innermost where it runs along contiguous memory, and otherwise stands outside the
/// target's last loop, which then does. Of several loops along the target's memory, which add to the same
/// elements, the longest is that last loop.
pub fn reorder(context: &Context, nest: &mut LoopNest) {
    put_longest_last(nest);
    let Some(last) = nest.outside_reduction().checked_sub(1) else { return };
    // In a scan, the loop over terms is innermost: the rest of the target is not this step's.
    let is_contiguous =
        nest.target.offset.stride(last) == Some(1) && nest.statement.scans.is_empty();
    if is_contiguous && !reduces_contiguous_terms(context, nest) {
        let mut order: Vec<usize> = (0..nest.loops.len()).filter(|&one| one != last).collect();
        order.push(last);
        nest.reorder(&order);
    }
}

fn put_longest_last(nest: &mut LoopNest) {
    let outside = nest.outside_reduction();
    let is_along = |number: &usize| nest.target.offset.stride(*number) == Some(1);
    let along: Vec<usize> = (0..outside).filter(is_along).collect();
    let is_sum = nest.statement.accumulate && nest.statement.scans.is_empty();
    if !is_sum || along.len() < 2 || along.iter().any(|&number| nest.loops[number].is_open) {
        return;
    }
    let Some(longest) = along.into_iter().max_by_key(|&number| nest.loops[number].size) else {
        return;
    };
    let order = (0..outside).filter(|&number| number != longest).chain([longest]);
    nest.reorder(&order.chain(outside..nest.loops.len()).collect::<Vec<_>>());
}

/// Whether the innermost loop adds up many terms that are contiguous.
fn reduces_contiguous_terms(context: &Context, nest: &LoopNest) -> bool {
    let Some((number, last)) = nest.loops.iter().enumerate().next_back() else { return false };
    let is_long = last.is_open || last.size >= SHORTEST_INNERMOST;
    let mut reads = nest.reads.iter();
    last.reduces
        && is_long
        && reads.clone().all(|read| matches!(read.offset.stride(number), Some(0 | 1)))
        && reads
            .any(|read| read.offset.stride(number) == Some(1) && context.is_in_memory(read.array))
}
