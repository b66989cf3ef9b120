//! Long sums keep their digits: what is added to a sum of many terms loses the digits that are small
//! beside it, so that such sums are of double precision.
//!
//! A few terms are added up in their own format before, where that is faster: four equal numbers add
//! up exactly.

use super::context::Context;
use crate::ir::cost::{LANES, LARGEST_SUM_TILE, LONGEST_SUM, SUM_BLOCK};
use crate::ir::reduction::Reduction;
use crate::schedule::loop_nest::{Accumulator, Kind, Loop, LoopNest, Pattern};

/// Lets a long sum in the target's elements run in tiles of those, each with a sum of its own.
pub fn tile(context: &Context, nest: &mut LoopNest) {
    let Some(last) = nest.innermost() else { return };
    let is_long = terms(context, nest.loops.iter().filter(|one| one.reduces)) > LONGEST_SUM;
    let is_contiguous = nest.target.offset.strides[last] == 1;
    let in_target = nest.accumulator == Some(Accumulator::Target);
    if !(is_long && is_contiguous && in_target && is_sum(nest)) {
        return;
    }
    let outside = nest.outside_reduction();
    let order = (0..outside).chain([last]).chain(outside..last);
    nest.reorder(&order.collect::<Vec<_>>());
    let one = &mut nest.loops[outside];
    let most = if one.is_open { usize::MAX } else { one.size };
    one.kind = Kind::Tiled(LARGEST_SUM_TILE.min(most));
    nest.accumulator = Some(Accumulator::DoubleTile);
}

/// Lets several terms of the sums of a tile run at once, where that is cheap to write.
pub fn unroll_in_tile(context: &Context, nest: &mut LoopNest) {
    let graph = &context.program.graph;
    let is_simple = !graph.calls_functions(nest.statement.value)
        && graph.positions(nest.statement.value).is_empty()
        && nest.draws.is_empty()
        && nest.reads.iter().all(|read| read.pattern != Pattern::Indexed);
    let Some(innermost) = nest.loops.last_mut() else { return };
    let is_long = innermost.is_open || innermost.size >= SUM_BLOCK;
    if is_simple && is_long && nest.accumulator == Some(Accumulator::DoubleTile) {
        innermost.kind = Kind::UnrolledBy(SUM_BLOCK);
    }
}

/// Chooses double precision for a long sum in a variable, or in one for each lane.
pub fn widen(context: &Context, nest: &mut LoopNest) {
    let Some((last, around)) = nest.loops.split_last() else { return };
    if !is_sum(nest) {
        return;
    }
    let around = terms(context, around.iter().filter(|one| one.reduces));
    let all = |innermost: usize| around.saturating_mul(innermost);
    let innermost = terms(context, std::iter::once(last));
    let registers = innermost.div_ceil(LANES);
    nest.accumulator = nest.accumulator.map(|accumulator| match accumulator {
        Accumulator::Variable if all(innermost) > LONGEST_SUM => Accumulator::DoubleVariable,
        Accumulator::Lanes if all(registers) > LONGEST_SUM => Accumulator::DoubleLanes(SUM_BLOCK),
        other => other,
    });
}

fn is_sum(nest: &LoopNest) -> bool {
    matches!(nest.statement.reduction, Some((Reduction::Sum, _)))
}

/// How often loops run, at most.
fn terms<'a>(context: &Context, loops: impl Iterator<Item = &'a Loop>) -> usize {
    let times = |one: &Loop| {
        let open = if one.is_open { context.longest_open } else { 1 };
        one.size.saturating_mul(open)
    };
    loops.map(times).fold(1, usize::saturating_mul)
}
