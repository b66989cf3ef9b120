//! Short loops written out inside a longer one along memory: the windows of a pool, and what they
//! give back. Each place in a window is then a constant, and the long loop becomes vectors.

use super::context::Context;
use crate::ir::cost::{LANES, MOST_UNROLLED};
use crate::ir::index::ArrayId;
use crate::schedule::loop_nest::{Accumulator, Kind, LoopNest, Offset, Pattern, TargetPattern};

/// The nest with its short loops innermost and unrolled, if it has such loops and gains by it.
pub fn unrolled(context: &Context, nest: &LoopNest) -> Option<LoopNest> {
    let mut nest = nest.clone();
    let outside = nest.outside_reduction();
    let last = nest.innermost()?;
    let long = if nest.loops[last].reduces || last == 0 {
        return None;
    } else if outside < last {
        // The long loop goes around those of the reduction.
        let order = (0..outside).chain([last]).chain(outside..last);
        nest.reorder(&order.collect::<Vec<_>>());
        outside
    } else if nest.loops[last].size < LANES {
        last - 1
    } else {
        return None;
    };
    if !is_short(&nest, long + 1) || !is_simple(context, &nest) {
        return None;
    }
    for number in 0..nest.reads.len() {
        nest.reads[number].pattern = read_pattern(context, &nest, number, long)?;
    }
    nest.target.pattern = target_pattern(context, &nest, long)?;
    nest.accumulator = nest.accumulator.map(|_| Accumulator::Variable);
    nest.loops[long + 1..].iter_mut().for_each(|one| one.kind = Kind::Unrolled);
    Some(nest)
}

/// Whether the loops from one on are known and have few iterations, together.
fn is_short(nest: &LoopNest, first: usize) -> bool {
    let short = &nest.loops[first..];
    let size: usize = short.iter().map(|one| one.size).product();
    short.iter().all(|one| !one.is_open) && (2..=MOST_UNROLLED).contains(&size)
}

/// Whether nothing but places in memory depends on the loops, and none is both read and written.
fn is_simple(context: &Context, nest: &LoopNest) -> bool {
    let target = nest.statement.target.array;
    nest.statement.scans.is_empty()
        && nest.draws.is_empty()
        && nest.offsets().all(|offset| offset.gathered.is_empty())
        && !nest.reads.is_empty()
        && context.is_in_memory(target)
        && !nest.reads.iter().any(|read| context.share(read.array, target))
}

fn read_pattern(context: &Context, nest: &LoopNest, number: usize, long: usize) -> Option<Pattern> {
    let read = &nest.reads[number];
    match usize::try_from(read.offset.strides[long]).ok()? {
        0 => Some(Pattern::Invariant),
        _ if !context.is_in_memory(read.array) => None,
        1 => Some(Pattern::Contiguous),
        group => {
            let is_it = is_in_groups(context, nest, read.array, &read.offset, long);
            is_it.then_some(Pattern::Groups(group))
        }
    }
}

/// A reduction fills contiguous elements, a map groups of them.
fn target_pattern(context: &Context, nest: &LoopNest, long: usize) -> Option<TargetPattern> {
    let (array, offset) = (nest.statement.target.array, &nest.target.offset);
    match (usize::try_from(offset.strides[long]).ok()?, nest.statement.reduction.is_some()) {
        (1, true) => Some(TargetPattern::Contiguous),
        (group @ 2.., false) => {
            // All repetitions write into the same groups.
            let (base, _) = offset.split(long + 1, group);
            let is_it = is_in_groups(context, nest, array, offset, long)
                && base.strides[long + 1..].iter().all(|&stride| stride == 0);
            is_it.then_some(TargetPattern::Groups(group))
        }
        _ => None,
    }
}

/// Whether the groups that a loop runs through lie in the array as a whole, and each repetition of
/// the loops inside it in one of them.
fn is_in_groups(
    context: &Context,
    nest: &LoopNest,
    array: ArrayId,
    offset: &Offset,
    long: usize,
) -> bool {
    let Ok(group) = usize::try_from(offset.strides[long]) else { return false };
    // How far the loops inside lead within a group, and all loops between groups.
    let mut within = 0;
    let Ok(mut between) = usize::try_from(offset.constant) else { return false };
    for (number, one) in nest.loops.iter().enumerate() {
        let Ok(stride) = usize::try_from(offset.strides[number]) else { return false };
        let reach = stride * (one.size - 1);
        match number {
            _ if number == long => {}
            _ if number > long && stride < group => within += reach,
            _ => between += reach,
        }
    }
    within < group
        && between + group * nest.loops[long].size <= context.program.array(array).width()
}
