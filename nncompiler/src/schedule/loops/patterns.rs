//! How the innermost loop reads and writes arrays.

use super::context::Context;
use crate::schedule::loop_nest::{Accumulator, LoopNest, Pattern, Read, TargetPattern};

/// Chooses the patterns of a nest in which no loop is unrolled as a whole.
pub fn choose(context: &Context, nest: &mut LoopNest) {
    let target = nest.statement.target.array;
    let Some(last) = nest.innermost() else {
        nest.reads.iter_mut().for_each(|read| read.pattern = Pattern::Invariant);
        return;
    };
    let in_target = matches!(nest.accumulator, Some(Accumulator::Target) | None);
    // The other accumulators go to the target when the innermost loop is done.
    let writes = in_target || matches!(nest.accumulator, Some(Accumulator::DoubleTile(_)));
    let has_slices = if writes {
        nest.target.offset.stride(last) == Some(1) && !nest.reads_target_elsewhere()
    } else {
        nest.reads.iter().any(|read| is_contiguous(context, read, last))
    };
    if !has_slices {
        return;
    }
    for read in &mut nest.reads {
        let is_target =
            in_target && read.offset == nest.target.offset && context.share(read.array, target);
        read.pattern = match read.offset.stride(last) {
            _ if is_target => Pattern::Target,
            Some(0) => Pattern::Invariant,
            _ if is_contiguous(context, read, last) => Pattern::Contiguous,
            _ => Pattern::Indexed,
        };
    }
    if writes {
        nest.target.pattern = TargetPattern::Contiguous;
    }
}

fn is_contiguous(context: &Context, read: &Read, number: usize) -> bool {
    read.offset.stride(number) == Some(1) && context.is_in_memory(read.array)
}
