//! Long sums and products keep their digits: what is added to a sum of many terms loses the digits that
//! are small beside it, and each factor of a product rounds it, so that such results are of double
//! precision.
//!
//! Some terms of a sum are added up in their own format before, so that most of the work is done in
//! registers of that format. Factors are not: a few of them may overflow where all together do not.

use super::context::Context;
use crate::ir::cost::{
    LARGEST_REDUCTION_TILE, LARGEST_SUM_TILE, LONGEST_SUM, LONGEST_SUM_IN_LANES, SMALLEST_SUM_TILE,
    SUM_BLOCK, SUM_BLOCK_APART,
};
use crate::ir::reduction::Reduction;
use crate::schedule::loop_nest::{Accumulator, Blocks, Kind, Loop, LoopNest};

/// Lets a long sum or product in the target's elements run in tiles of those, each with a result of its
/// own.
pub fn tile(context: &Context, nest: &mut LoopNest) {
    let Some(last) = nest.innermost() else { return };
    let is_long = terms(context, nest.loops.iter().filter(|one| one.reduces)) > LONGEST_SUM;
    let is_contiguous = nest.target.offset.stride(last) == Some(1);
    let in_target = nest.accumulator == Some(Accumulator::Target);
    let Some(iterations) = block_apart(nest) else { return };
    if !(is_long && is_contiguous && in_target) {
        return;
    }
    let outside = nest.outside_reduction();
    let order = (0..outside).chain([last]).chain(outside..last);
    nest.reorder(&order.collect::<Vec<_>>());
    nest.loops[outside].kind = Kind::Tiled(tile_size(&nest.loops[outside]));
    nest.accumulator = Some(Accumulator::DoubleTile(Blocks { number: last, iterations }));
}

/// How many terms that lie apart are put together in their own format; nothing if no digits are lost.
fn block_apart(nest: &LoopNest) -> Option<usize> {
    match nest.statement.reduction {
        Some((Reduction::Sum, _)) => Some(SUM_BLOCK_APART),
        Some((Reduction::Product, _)) => Some(1),
        Some((Reduction::Max | Reduction::Min, _)) | None => None,
    }
}

/// The elements of a tile: as many as there are, or else a part of them that leaves no rest.
fn tile_size(one: &Loop) -> usize {
    if one.is_open {
        return SMALLEST_SUM_TILE;
    }
    let mut parts = (SMALLEST_SUM_TILE..=LARGEST_SUM_TILE).rev();
    let even = parts.find(|&part| one.size.is_multiple_of(part));
    if one.size <= LARGEST_SUM_TILE { one.size } else { even.unwrap_or(LARGEST_SUM_TILE) }
}

/// Chooses double precision for a long sum in one variable, or in several, and for a long product.
pub fn widen(context: &Context, nest: &mut LoopNest) {
    let Some((last, around)) = nest.loops.split_last() else { return };
    if block_apart(nest).is_none() {
        return;
    }
    let innermost = terms(context, std::iter::once(last));
    let around = terms(context, around.iter().filter(|one| one.reduces));
    let all = around.saturating_mul(innermost);
    match nest.accumulator {
        Some(Accumulator::Variable) if all > LONGEST_SUM => {
            nest.accumulator = Some(Accumulator::DoubleVariable);
        }
        Some(Accumulator::Lanes) if last.is_open && all > LONGEST_SUM_IN_LANES => {
            nest.accumulator = Some(Accumulator::DoubleLanes(SUM_BLOCK));
        }
        Some(Accumulator::Lanes | Accumulator::Tile) if all > LONGEST_SUM_IN_LANES => {
            let blocks = blocks(nest, innermost);
            let innermost_loop = nest.loops.len() - 1;
            nest.loops[innermost_loop].kind = Kind::Tiled(lanes(innermost));
            nest.accumulator = Some(Accumulator::DoubleTile(blocks));
        }
        Some(_) | None => {}
    }
}

/// The variables of a sum over so many contiguous terms.
pub fn lanes(terms: usize) -> usize {
    terms.next_power_of_two().min(LARGEST_REDUCTION_TILE)
}

/// The blocks of terms that are added up in their own format: tiles of the innermost loop, or
/// iterations of the loop around it.
fn blocks(nest: &LoopNest, innermost: usize) -> Blocks {
    let number = nest.loops.len() - 1;
    let tiles = innermost.div_ceil(lanes(innermost));
    if tiles >= SUM_BLOCK || nest.outside_reduction() == number {
        Blocks { number, iterations: SUM_BLOCK }
    } else {
        Blocks { number: number - 1, iterations: (SUM_BLOCK / tiles).max(1) }
    }
}

/// How often loops run, at most.
fn terms<'a>(context: &Context, loops: impl Iterator<Item = &'a Loop>) -> usize {
    let times = |one: &Loop| {
        let open = if one.is_open { context.longest_open } else { 1 };
        one.size.saturating_mul(open)
    };
    loops.map(times).fold(1, usize::saturating_mul)
}
