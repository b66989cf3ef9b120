//! What the choice of loops depends on.

use crate::ir::function::Program;
use crate::ir::index::ArrayId;
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
    /// How many samples or outputs there are at most.
    pub longest_open: usize,
}

impl Context<'_> {
    pub fn is_in_memory(&self, array: ArrayId) -> bool {
        matches!((self.home)(array), Home::Memory(_))
    }

    /// Whether two arrays are in the same memory.
    pub fn share(&self, one: ArrayId, other: ArrayId) -> bool {
        self.is_in_memory(one) && (self.home)(one) == (self.home)(other)
    }
}
