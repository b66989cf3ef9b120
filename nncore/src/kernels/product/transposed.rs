//! The transposed form: registers along the target's rows, for targets whose columns fill half a
//! register at most, as the gradient of a weight on few inputs.
//!
//! It is the packed form of the transposed product, some rows at a time, into room on the stack.

use core::mem::MaybeUninit;

use super::checked::{CheckedProduct, StartPointer};
use super::kernel::Registers;
use super::matrix::{Source, Starts, Target};
use super::operand::Shape;
use super::packed;
use crate::memory::CACHE_LINE_BYTES;
use crate::parallel::is_worth_two_threads;
use crate::simd::register::Element;
use crate::simd::{Aligned, Level};

/// Registers of rows at a time.
const REGISTERS: usize = 4;

/// No more columns than this.
const MOST_COLUMNS: usize = 8;

/// Size of the target of the transposed product: columns × registers of the widest kind.
const TARGET_BYTES: usize = MOST_COLUMNS * REGISTERS * CACHE_LINE_BYTES;

/// Whether the transposed form applies to the product and takes less time than the packed form.
///
/// Threads share larger products, at rows that this form would cut elsewhere.
#[inline(always)]
pub(super) fn is_faster<T: Element>(product: &CheckedProduct<'_, T>) -> bool {
    let lanes = Level::current().lanes::<T>();
    let Shape { rows, columns, depth } = product.shape;
    product.left.row_stride == 1
        && columns <= MOST_COLUMNS.min(lanes / 2)
        && rows >= lanes
        && depth >= lanes
        && !is_worth_two_threads(product.shape.flops())
}

/// Computes a product whose left operand has contiguous columns, and which has few columns itself.
pub(super) fn compute<T: Registers>(product: &CheckedProduct<'_, T>) {
    let Shape { rows, columns, depth } = product.shape;
    let size = REGISTERS * Level::current().lanes::<T>();
    let mut memory = MaybeUninit::<Aligned<[u8; TARGET_BYTES]>>::uninit();
    let first_sum = memory.as_mut_ptr().cast::<T>();
    let sums = Target { first: first_sum, rows: Starts::Every(size) };
    for first in (0..rows).step_by(size) {
        let count = (rows - first).min(size);
        let transposed = CheckedProduct {
            shape: Shape { rows: columns, columns: count, depth },
            left: product.right.transposed(),
            right: product.left.from(first, 0).transposed(),
            start: StartPointer::Zero,
            target: sums,
        };
        packed::compute(&transposed, packed::reads_in_place(&transposed));
        let part = (first..first + count, 0..columns);
        // SAFETY: the sums have been written; the part is inside the target.
        unsafe { product.start.write_transposed(product.target, part, sums) };
    }
}
