//! Slices and batches cut into parts.

#![allow(unsafe_code, reason = "slices cut for several threads")]

use core::ops::Range;

use super::cost::{is_worth_two_threads, worthwhile_parts};
use super::disjoint::DisjointMut;
use super::pool::parallel_for;
use super::range::even_range;
use crate::scalar::Real;

/// [`parallel_for`], if work of so many floating-point operations is worth it; else on this thread,
/// as number 0.
pub(crate) fn parallel_for_if_worth(
    flops: usize,
    parts: usize,
    most_threads: usize,
    work: &(dyn Fn(usize, usize) + Sync),
) {
    let threads = if is_worth_two_threads(flops) { most_threads } else { 1 };
    parallel_for(parts, threads, work);
}

/// Cuts a slice into chunks of `size`, and calls `work` once with the number and the elements of each,
/// on several threads.
#[cfg(feature = "alloc")]
pub(crate) fn for_each_chunk<T: Send>(
    slice: &mut [T],
    size: usize,
    work: &(dyn Fn(usize, &mut [T]) + Sync),
) {
    let (len, slice) = (slice.len(), DisjointMut::new(slice));
    let chunks = len.div_ceil(size);
    parallel_for(chunks, chunks, &|index, _| {
        let start = index * size;
        // SAFETY: the chunk of another number has no element in common.
        work(index, unsafe { slice.part(start..len.min(start + size)) });
    });
}

/// Calls `body` with ranges of `0..count` and their parts of a target with `width` numbers for each, on
/// several threads if `flops` for each are worth them.
///
/// # Panics
///
/// Panics if the target holds less.
#[doc(hidden)]
pub fn for_each_range<T: Real>(
    count: usize,
    flops: usize,
    target: &mut [T],
    width: usize,
    body: impl Fn(Range<usize>, &mut [T]) + Sync,
) {
    let needed = count.checked_mul(width);
    assert!(needed.is_some_and(|needed| needed <= target.len()), "the target is too small");
    let parts = worthwhile_parts(count.saturating_mul(flops)).min(count);
    if parts < 2 {
        return body(0..count, target);
    }
    let target = DisjointMut::new(target);
    parallel_for(parts, parts, &|index, _| {
        let range = even_range(count, parts, index);
        // SAFETY: another part has other numbers.
        let target = unsafe { target.part(range.start * width..range.end * width) };
        body(range, target);
    });
}
