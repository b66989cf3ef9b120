//! Innermost loops along contiguous memory in registers: reductions with several partial results, and
//! maps whose rest fills a register.

use super::context::Context;
use super::precision;
use crate::ir::cost::{LANES, SHORTEST_INNERMOST};
use crate::ir::reduction::Reduction;
use crate::schedule::loop_nest::{Accumulator, Kind, Loop, LoopNest, Pattern, Rest, TargetPattern};

/// Lets the innermost loop run in lanes where that pays.
pub fn vectorise(context: &Context, nest: &mut LoopNest) {
    let graph = &context.program.graph;
    let Some(last) = nest.loops.last() else { return };
    let is_even = nest.statement.scans.is_empty()
        && nest.draws.is_empty()
        && nest.reads.iter().all(|read| read.pattern != Pattern::Indexed);
    if !is_even {
        return;
    }
    // Elementary functions take as long for one number as for all lanes.
    let calls = graph.calls_functions(nest.statement.value);
    let reads_counter = graph.positions(nest.statement.value).contains(&last.index);
    match nest.accumulator {
        Some(Accumulator::Variable)
            if is_long(last, calls) && !reads_counter && has_lanes(nest) =>
        {
            let (is_open, size) = (last.is_open, last.size);
            if calls || is_open {
                nest.accumulator = Some(Accumulator::Lanes);
                set_kind(nest, Kind::Lanes(if calls { Rest::Padded } else { Rest::Serial }));
            } else {
                nest.accumulator = Some(Accumulator::Tile);
                set_kind(nest, Kind::Tiled(precision::lanes(size)));
            }
        }
        Some(Accumulator::Target) | None => {
            let writes_slice = nest.target.pattern == TargetPattern::Contiguous;
            if calls && is_ragged(last) && writes_slice {
                set_kind(nest, Kind::Lanes(Rest::Padded));
            }
        }
        Some(_) => {}
    }
}

fn set_kind(nest: &mut LoopNest, kind: Kind) {
    if let Some(last) = nest.loops.last_mut() {
        last.kind = kind;
    }
}

fn is_long(last: &Loop, calls: bool) -> bool {
    last.is_open || last.size >= LANES || (calls && last.size >= SHORTEST_INNERMOST)
}

fn is_ragged(last: &Loop) -> bool {
    last.is_open || !last.size.is_multiple_of(LANES)
}

/// Whether the terms come from contiguous memory, and partial results may be put together in any
/// order.
fn has_lanes(nest: &LoopNest) -> bool {
    let is_free = match nest.statement.reduction {
        Some((Reduction::Sum | Reduction::Max | Reduction::Min, _)) => true,
        Some((Reduction::Product, _)) | None => false,
    };
    is_free && nest.reads.iter().any(|read| read.pattern == Pattern::Contiguous)
}
