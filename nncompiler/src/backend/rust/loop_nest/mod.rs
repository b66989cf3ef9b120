//! A loop nest as Rust: `for` loops over slices.

mod lanes;
mod numbers;
mod printer;
mod registers;
mod serial;
mod tiles;
mod unrolled;
mod value;

use proc_macro2::TokenStream;

use crate::schedule::loop_nest::{Accumulator, Kind, LoopNest};
pub use numbers::{constant, number};
use printer::Printer;
pub use printer::{Scope, Storage, step};

/// A loop nest as code.
pub fn loop_nest(scope: &Scope, nest: &LoopNest) -> TokenStream {
    let printer = Printer { scope, nest };
    if nest.loops.last().is_some_and(|last| last.kind == Kind::Unrolled) {
        return printer.unrolled();
    }
    match nest.accumulator {
        Some(Accumulator::Lanes) => printer.reduction_in_lanes(),
        Some(Accumulator::DoubleLanes(block)) => printer.sum_in_double_lanes(block),
        Some(Accumulator::Variable) => printer.reduction_in_variable(),
        Some(Accumulator::DoubleVariable) => printer.reduction_in_double_variable(),
        Some(Accumulator::Tile) => printer.reduction_in_tile(),
        Some(Accumulator::DoubleTile(blocks)) => printer.reduction_in_double_tiles(blocks),
        Some(Accumulator::Target) | None => printer.in_target(),
    }
}
