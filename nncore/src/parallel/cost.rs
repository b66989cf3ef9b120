//! What work costs, in floating-point operations of a product, and when a thread more is worth it.
//!
//! Which form a product takes is the kernels' own matter: it follows from how many registers each form
//! fills (`kernels/product`).

use super::pool::threads;

/// What one part costs at least: some 5 µs, five times what it takes to hand it to a thread.
const SMALLEST_PART: usize = 1 << 19;

/// How many parameters one thread updates at a time: some 5 µs of a step.
#[cfg(feature = "alloc")]
pub(crate) const CHUNK: usize = 1 << 13;

/// Networks with fewer parameters update them on one thread.
#[cfg(feature = "alloc")]
pub(crate) const SMALLEST_SHARED_UPDATE: usize = 2 * CHUNK;

/// A training pass of fewer numbers holds no work that is worth dividing.
#[cfg(feature = "alloc")]
pub(crate) const SMALLEST_SHARED_PASS: usize = 1 << 13;

/// What one output costs a loss: some 10 ns for cross-entropy.
#[cfg(feature = "alloc")]
pub(crate) const COST_OF_OUTPUT: usize = 1024;

/// Whether work of so many operations is worth a second thread.
#[inline]
pub(crate) fn is_worth_two_threads(flops: usize) -> bool {
    flops >= 2 * SMALLEST_PART
}

/// Into how many parts work of so many operations is cut, at least one: no more than there are threads, so that
/// what a core has written, it reads again.
#[inline]
pub(crate) fn worthwhile_parts(flops: usize) -> usize {
    (flops / SMALLEST_PART).min(threads()).max(1)
}
