//! Cache lines: memory which kernels read begins with one, and a network's parameters end with one.

use crate::simd::Aligned;

/// Size of a cache line.
pub const CACHE_LINE_BYTES: usize = align_of::<Aligned<()>>();

/// How many numbers fill up the last line of so many, be they of f32 or of f64.
#[doc(hidden)]
#[must_use]
pub const fn padding(count: usize) -> usize {
    count.next_multiple_of(CACHE_LINE_BYTES / size_of::<f32>()) - count
}

/// How many numbers fill a line.
pub(crate) const fn per_line<T>() -> usize {
    CACHE_LINE_BYTES / size_of::<T>()
}
