//! Statements → loop nests: the choice of the loops' order, of what is unrolled and of what runs in
//! the lanes of registers.

mod context;
mod divide;
mod lanes;
mod order;
mod patterns;
mod powers;
mod precision;
mod unroll;

use crate::ir::function::Statement;
use crate::schedule::kernels::Mode;
use crate::schedule::loop_nest::{Accumulator, LoopNest};
pub use context::{Context, Home};
pub use divide::divide;
pub use powers::as_products;

/// The loops of a statement.
pub fn loop_nest(context: &Context, statement: &Statement, mode: Mode) -> LoopNest {
    let mut nest = LoopNest::as_stated(context.program, statement);
    order::collapse(context, &mut nest);
    order::reorder(context, &mut nest);
    if mode == Mode::Recognised
        && let Some(unrolled) = unroll::unrolled(context, &nest)
    {
        return unrolled;
    }
    let reduces_innermost = nest.loops.last().is_none_or(|last| last.reduces);
    if nest.accumulator.is_some() && reduces_innermost {
        nest.accumulator = Some(Accumulator::Variable);
    }
    match mode {
        Mode::Loops => patterns::choose(context, &mut nest),
        Mode::Recognised => {
            precision::tile(context, &mut nest);
            patterns::choose(context, &mut nest);
            lanes::vectorise(context, &mut nest);
            precision::widen(context, &mut nest);
        }
    }
    nest
}
