//! Statements → loop nests: the choice of the loops' order, of what is unrolled and of what runs in
//! the lanes of registers.

mod lanes;
mod order;
mod patterns;
mod unroll;

use crate::ir::function::{Program, Statement};
use crate::ir::index::ArrayId;
use crate::schedule::kernels::Mode;
use crate::schedule::loop_nest::{Accumulator, LoopNest};
use crate::schedule::memory::Place;

/// Where an array is, as far as loops depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home {
    /// In memory, as a slice.
    Memory(Place),
    /// In a variable: one number.
    Variable,
    /// In a list of settings that may be empty, where each element is asked for.
    Settings,
}

/// A program, and where its arrays are.
pub struct Context<'a> {
    pub program: &'a Program,
    pub home: &'a dyn Fn(ArrayId) -> Home,
}

impl Context<'_> {
    fn is_in_memory(&self, array: ArrayId) -> bool {
        matches!((self.home)(array), Home::Memory(_))
    }

    /// Whether two arrays are in the same memory.
    fn share(&self, one: ArrayId, other: ArrayId) -> bool {
        self.is_in_memory(one) && (self.home)(one) == (self.home)(other)
    }
}

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
    patterns::choose(context, &mut nest);
    if mode == Mode::Recognised {
        lanes::vectorise(context, &mut nest);
    }
    nest
}
