//! Memory for the inside of a call.

#![allow(unsafe_code, reason = "memory that is neither cleared nor moved")]

use core::mem::MaybeUninit;

#[cfg(feature = "alloc")]
use super::aligned::AlignedBuffer;
use crate::scalar::Real;
use crate::simd::Aligned;

/// Calls `body` with so many numbers, which may hold anything: on the stack, or on the heap if they take
/// more bytes than `STACK_BYTES`. Without a heap, always on the stack.
#[doc(hidden)]
#[inline(always)]
pub fn in_memory<T: Real, R, const COUNT: usize, const STACK_BYTES: usize>(
    body: impl FnOnce(&mut [T]) -> R,
) -> R {
    #[cfg(feature = "alloc")]
    if COUNT * T::BYTES > STACK_BYTES {
        return body(&mut AlignedBuffer::zeros(COUNT));
    }
    on_stack::<T, R, COUNT>(body)
}

// Inlined, the numbers would lie on the stack of the caller for as long as that runs.
#[inline(never)]
fn on_stack<T: Real, R, const COUNT: usize>(body: impl FnOnce(&mut [T]) -> R) -> R {
    let mut memory = MaybeUninit::<Aligned<[T; COUNT]>>::uninit();
    body(&mut any_numbers(&mut memory).0)
}

/// Memory as the numbers that its bytes make: any bytes are numbers of f32 or f64.
///
/// Clearing it took 4 % of the time of LeNet's `forward`.
#[cfg(all(any(target_arch = "x86_64", target_arch = "aarch64"), not(miri)))]
#[inline(always)]
fn any_numbers<T: Real, const COUNT: usize>(
    memory: &mut MaybeUninit<Aligned<[T; COUNT]>>,
) -> &mut Aligned<[T; COUNT]> {
    let address = memory.as_mut_ptr();
    // SAFETY: for the compiler, the empty assembly may have written any bytes to the address that it is
    // given. It has written those that lie there, and nothing else writes them until `body` does.
    unsafe {
        core::arch::asm!("/* {0} */", in(reg) address, options(nostack, preserves_flags));
        memory.assume_init_mut()
    }
}

/// Memory as numbers: zeros, where the compiler's view of assembly is not known well enough.
#[cfg(not(all(any(target_arch = "x86_64", target_arch = "aarch64"), not(miri))))]
#[inline(always)]
fn any_numbers<T: Real, const COUNT: usize>(
    memory: &mut MaybeUninit<Aligned<[T; COUNT]>>,
) -> &mut Aligned<[T; COUNT]> {
    // SAFETY: `T` is f32 or f64, whose zeros are zero bytes.
    unsafe {
        memory.as_mut_ptr().write_bytes(0, 1);
        memory.assume_init_mut()
    }
}

/// Calls `body`. Where nothing is inlined, its variables are on the stack only while it runs, and not beside
/// those of all else that its caller does.
#[doc(hidden)]
#[inline]
pub fn in_own_frame(body: impl FnOnce()) {
    body();
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
    use crate::memory::CACHE_LINE_BYTES;

    #[test]
    fn memory_of_a_call_begins_with_a_line() {
        let check =
            |memory: &mut [f32]| (memory.len(), memory.as_ptr().align_offset(CACHE_LINE_BYTES));
        assert_eq!(in_memory::<_, _, 77, 308>(check), (77, 0));
        assert_eq!(in_memory::<_, _, 77, 307>(check), (77, 0));
    }

    #[test]
    fn a_workspace_is_split_in_order() {
        let mut workspace = [1, 2, 3, 4, 5, 6, 7];
        let ([first, second], rest) = split_workspace(&mut workspace, 2, [1, 2]);
        assert_eq!((&*first, &*second, &*rest), (&[1, 2][..], &[3, 4, 5, 6][..], &[7][..]));
    }
}
