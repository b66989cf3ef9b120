//! Memory for the inside of a call.

#![allow(unsafe_code, reason = "zeros that are never moved")]

use core::mem::MaybeUninit;

#[cfg(feature = "alloc")]
use super::aligned::AlignedBuffer;
use super::cache_line::CACHE_LINE_BYTES;
use crate::scalar::Real;
use crate::simd::Aligned;

const _: () = assert!(align_of::<Aligned<[f32; 0]>>() == CACHE_LINE_BYTES);

/// Calls `body` with so many zeros on the stack.
// Inlined, they would lie on the stack of the caller for as long as that runs.
#[doc(hidden)]
#[inline(never)]
pub fn on_stack<T: Real, R, const COUNT: usize>(body: impl FnOnce(&mut [T]) -> R) -> R {
    // Zeros as a value would lie on the stack twice in a build without optimisation.
    let mut memory = MaybeUninit::<Aligned<[T; COUNT]>>::uninit();
    // SAFETY: `T` is f32 or f64, whose zeros are zero bytes.
    let zeros = unsafe {
        memory.as_mut_ptr().write_bytes(0, 1);
        memory.assume_init_mut()
    };
    body(&mut zeros.0)
}

/// Calls `body` with so many zeros on the heap: for more than a small stack holds.
#[cfg(feature = "alloc")]
#[doc(hidden)]
pub fn on_heap<T: Real, R, const COUNT: usize>(body: impl FnOnce(&mut [T]) -> R) -> R {
    body(&mut AlignedBuffer::zeros(COUNT))
}

/// Where there is no heap, [`on_stack`].
#[cfg(not(feature = "alloc"))]
#[doc(hidden)]
pub fn on_heap<T: Real, R, const COUNT: usize>(body: impl FnOnce(&mut [T]) -> R) -> R {
    on_stack::<T, R, COUNT>(body)
}

/// Splits a workspace into buffers of `widths[k] · batch` numbers each, and what is left.
#[doc(hidden)]
#[must_use]
pub fn split_workspace<T, const K: usize>(
    mut workspace: &mut [T],
    batch: usize,
    widths: [usize; K],
) -> ([&mut [T]; K], &mut [T]) {
    let buffers = widths.map(|width| {
        let here = core::mem::take(&mut workspace);
        let (buffer, rest) = here.split_at_mut(width * batch);
        workspace = rest;
        buffer
    });
    (buffers, workspace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_of_a_call_begins_with_a_line() {
        let check = |memory: &mut [f32]| {
            let is_zero = memory.iter().all(|&one| one == 0.0);
            (memory.len(), memory.as_ptr().align_offset(CACHE_LINE_BYTES), is_zero)
        };
        assert_eq!(on_stack::<_, _, 77>(check), (77, 0, true));
        assert_eq!(on_heap::<_, _, 77>(check), (77, 0, true));
    }

    #[test]
    fn a_workspace_is_split_in_order() {
        let mut workspace = [1, 2, 3, 4, 5, 6, 7];
        let ([first, second], rest) = split_workspace(&mut workspace, 2, [1, 2]);
        assert_eq!((&*first, &*second, &*rest), (&[1, 2][..], &[3, 4, 5, 6][..], &[7][..]));
    }
}
