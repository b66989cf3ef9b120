//! The transposed form: registers along the target's rows, for targets whose columns fill half a
//! register at most, as the gradient of a weight on few inputs.
//!
//! It is the packed form of the transposed product, some rows at a time, into room on the stack.

use core::mem::MaybeUninit;

use super::checked::{CheckedProduct, StartPointer};
use super::form::Form;
use super::matrix::{Matrix, Rows, Source, Target};
use super::operand::Shape;
use super::packed::Packed;
use crate::memory::CACHE_LINE_BYTES;
use crate::parallel::is_worth_two_threads;
use crate::simd::Level;
use crate::simd::register::{Element, Vector};

/// Registers of rows at a time.
const REGISTERS: usize = 4;

/// No more columns than this.
const MOST_COLUMNS: usize = 8;

/// The target of the transposed product: columns × registers of the widest kind.
#[repr(align(64))]
struct TransposedTarget([MaybeUninit<u8>; MOST_COLUMNS * REGISTERS * CACHE_LINE_BYTES]);

/// For a left operand whose columns are contiguous.
pub(super) struct Transposed<'a, T> {
    pub(super) product: &'a CheckedProduct<T>,
}

/// Whether the transposed form applies to the product and takes less time than the packed form.
///
/// Larger products are divided over threads, at rows that this form would cut elsewhere.
#[inline(always)]
pub(super) fn is_faster<T: Element>(product: &CheckedProduct<T>) -> bool {
    let lanes = Level::current().lanes::<T>();
    let Shape { rows, columns, depth } = product.shape;
    product.left.row_stride == 1
        && columns <= MOST_COLUMNS.min(lanes / 2)
        && rows >= lanes
        && depth >= lanes
        && !is_worth_two_threads(product.shape.flops())
}

impl<T: Element> Form<T> for Transposed<'_, T> {
    #[inline(always)]
    unsafe fn compute<V: Vector<LANES, Element = T>, const LANES: usize>(&self) {
        let product = self.product;
        let Shape { rows, columns, depth } = product.shape;
        let mut memory = TransposedTarget([MaybeUninit::uninit(); _]);
        let columns_as_rows =
            Rows { first: memory.0.as_mut_ptr().cast::<T>(), stride: REGISTERS * LANES };
        for first in (0..rows).step_by(REGISTERS * LANES) {
            let count = (rows - first).min(REGISTERS * LANES);
            let transposed: CheckedProduct<T, Matrix<T>, Rows<T>> = CheckedProduct {
                shape: Shape { rows: columns, columns: count, depth },
                left: product.right.transposed(),
                right: product.left.from(first, 0).transposed(),
                start: StartPointer::Zero,
                target: columns_as_rows,
            };
            // SAFETY: the rows are inside the left operand; the memory has a place for each element, and
            // what is read of it has been written.
            unsafe {
                Packed::of(&transposed).compute::<V, LANES>();
                for row in 0..count {
                    for column in 0..columns {
                        product.write(
                            first + row,
                            column,
                            [columns_as_rows.at(column, row).read()],
                        );
                    }
                }
            }
        }
    }
}
