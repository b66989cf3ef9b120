//! What work costs, in floating-point operations of a product, and when a thread more is worth it.

/// What one part costs at least: some 5 µs, five times what it takes to hand it to a thread.
const SMALLEST_PART: usize = 1 << 19;

/// Whether work of so many operations is worth a second thread.
#[inline]
pub(crate) fn is_worth_two_threads(flops: usize) -> bool {
    flops >= 2 * SMALLEST_PART
}

/// Into how many parts work of so many operations may be cut, at least one.
#[inline]
pub(crate) fn worthwhile_parts(flops: usize) -> usize {
    (flops / SMALLEST_PART).max(1)
}
