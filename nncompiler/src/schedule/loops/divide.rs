//! What threads divide of a loop nest.

use super::context::Context;
use crate::ir::cost::{self, LEAST_PARALLEL};
use crate::ir::index::ArrayId;
use crate::schedule::loop_nest::{Kind, LoopNest, Offset, Parallel, Part};
use crate::schedule::samples::is_of_one_sample;

/// The division of a nest's work among threads, if it is worth one: by samples, or by the iterations of the
/// outermost loop, as for a sum over all samples for each channel.
pub fn divide(context: &Context, nest: &LoopNest) -> Option<Parallel> {
    let statement = &nest.statement;
    let cost = cost::of_loops(context.program, statement);
    if !statement.scans.is_empty() || cost < LEAST_PARALLEL {
        return None;
    }
    if is_of_one_sample(context.program, statement) {
        let width = context.program.array(statement.target.array).width();
        return Some(Parallel { part: Part::Sample, width, cost });
    }
    let width = row(context, nest)?;
    let rows = nest.loops[0].size as u64;
    Some(Parallel { part: Part::Row, width, cost: cost / rows })
}

/// How many of the target's scalars an iteration of the outermost loop writes, where these are
/// contiguous and follow those of the iteration before, and nothing else depends on where the loop is.
fn row(context: &Context, nest: &LoopNest) -> Option<usize> {
    let [outer, next, ..] = &nest.loops[..] else { return None };
    // Where all loops inside are unrolled, or the next one runs in tiles of the target, the outermost one does
    // not stand around complete iterations.
    let is_inside = match next.kind {
        Kind::Unrolled => false,
        Kind::Tiled(_) => next.reduces,
        Kind::Serial | Kind::Lanes(_) => true,
    };
    let positions = context.program.graph.positions(nest.statement.value);
    let is_counter = !outer.is_open
        && !outer.reduces
        && outer.kind == Kind::Serial
        && is_inside
        && nest.draws.is_empty()
        && !positions.contains(&outer.index);
    let width = usize::try_from(nest.target.offset.stride(0)?).ok()?;
    let target = nest.statement.target.array;
    let holds_rows = width.checked_mul(outer.size)? <= context.program.array(target).width();
    let is_row =
        is_counter && holds_rows && stays_within(nest, width) && moves_evenly(context, nest);
    is_row.then_some(width)
}

/// Whether an iteration of the outermost loop writes no further than a row.
fn stays_within(nest: &LoopNest, width: usize) -> bool {
    let offset = &nest.target.offset;
    let mut last = offset.constant;
    for (one, &stride) in nest.loops.iter().zip(&offset.strides).skip(1) {
        let is_told = stride == 0 || (stride > 0 && !one.is_open);
        let iterations = i64::try_from(one.size).unwrap_or(i64::MAX);
        let Some(further) = stride.checked_mul(iterations - 1).filter(|_| is_told) else {
            return false;
        };
        last = last.saturating_add(further);
    }
    offset.gathered.is_empty()
        && offset.constant >= 0
        && usize::try_from(last).is_ok_and(|last| last < width)
}

/// Whether each iteration of the outermost loop moves all that is read in the same memory equally far, and
/// what is read in the target's as far as the target.
fn moves_evenly(context: &Context, nest: &LoopNest) -> bool {
    let target = (nest.statement.target.array, &nest.target.offset);
    let moves = |offset: &Offset| offset.stride(0).filter(|_| offset.gathered.is_empty());
    let accesses = nest.reads.iter().map(|read| (read.array, &read.offset)).chain([target]);
    accesses.clone().all(|(array, offset)| {
        let is_there = |other: ArrayId| other == array || context.share(other, array);
        let mut neighbours = accesses.clone().filter(|&(other, _)| is_there(other));
        moves(offset).is_some_and(|stride| stride >= 0)
            && neighbours.all(|(_, other)| moves(other) == moves(offset))
    })
}
