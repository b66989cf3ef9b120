//! Memory for the inside of a call: a block of each thread's own, neither cleared nor allocated anew.

#![allow(unsafe_code, reason = "one block for both types of numbers")]

use std::cell::RefCell;

use crate::lines::Lines;
use crate::real::Real;

/// Scalars that a thread's block holds.
const SCALARS: usize = 1 << 14;

/// Room for that many of the wider type. It begins with a cache line.
#[repr(align(64))]
struct Block([f64; SCALARS]);

thread_local! {
    static BLOCK: RefCell<Block> = const { RefCell::new(Block([0.0; SCALARS])) };
}

/// Calls `body` with `count` scalars that may hold anything; where the thread's block is too small, or
/// in use, they come from the heap.
#[doc(hidden)]
pub fn scratch<T: Real, R>(count: usize, body: impl FnOnce(&mut [T]) -> R) -> R {
    BLOCK.with(|block| match block.try_borrow_mut() {
        Ok(mut block) if count <= SCALARS => body(&mut scalars_of(&mut block)[..count]),
        _ => body(&mut Lines::new(count)),
    })
}

fn scalars_of<T: Real>(block: &mut Block) -> &mut [T] {
    // SAFETY: f32 and f64, the only types that are `Real`, hold any bits; an f64 is aligned for both.
    let (before, scalars, _) = unsafe { block.0.align_to_mut() };
    debug_assert!(before.is_empty(), "the block is aligned for every scalar");
    scalars
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_within_a_call_has_memory_of_its_own() {
        scratch(SCALARS, |outer: &mut [f64]| {
            outer.fill(1.0);
            scratch(7, |inner: &mut [f32]| inner.fill(2.0));
            assert!(outer.len() == SCALARS && outer.iter().all(|&one| one == 1.0));
        });
    }

    #[test]
    fn more_than_a_block_comes_from_the_heap() {
        for count in [0, 1, SCALARS, SCALARS + 1] {
            let (len, address) =
                scratch(count, |scalars: &mut [f32]| (scalars.len(), scalars.as_ptr()));
            assert_eq!((len, address.align_offset(crate::vectorise::LINE_BYTES)), (count, 0));
        }
    }
}
