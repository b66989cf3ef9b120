//! Packing: a part of the right operand, copied or transposed into a small panel.

use super::kernel::Kernel;
use super::matrix::{Contiguity, Matrix, Source};
use crate::simd::register::{Element, Vector, load_up_to, transpose};

/// Depth × width numbers, row-major, the width a multiple of the lanes.
#[derive(Clone, Copy)]
pub(super) struct Panel<T> {
    pub(super) first: *mut T,
    pub(super) width: usize,
}

impl<T: Copy> Panel<T> {
    /// The address of a number.
    #[inline(always)]
    fn at(self, row: usize, column: usize) -> *mut T {
        self.first.wrapping_add(row * self.width + column)
    }

    /// The panel, to be read.
    pub(super) fn as_matrix(self) -> Matrix<T> {
        Matrix { first: self.first, row_stride: self.width, column_stride: 1 }
    }
}

/// Packs depth × columns of the right operand into a panel.
///
/// What fills a row of the panel up to whole registers may be any number.
pub(super) struct Pack<T, S> {
    pub(super) right: S,
    pub(super) depth: usize,
    pub(super) columns: usize,
    /// Has room for depth, filled up to whole registers, times its width.
    pub(super) panel: Panel<T>,
}

impl<T: Element, S: Source<T>> Kernel<T> for Pack<T, S> {
    #[inline(always)]
    unsafe fn compute<V: Vector<LANES, Element = T>, const LANES: usize>(&self) {
        let Self { right, depth, columns, panel } = *self;
        // SAFETY: the caller's.
        unsafe {
            match right.contiguity() {
                Contiguity::Rows => pack_rows::<V, _, LANES>(right, depth, columns, panel),
                Contiguity::Columns => pack_columns::<V, _, LANES>(right, depth, columns, panel),
                Contiguity::Neither => pack_elements(right, depth, columns, panel),
            }
        }
    }
}

/// Packs a matrix whose rows are contiguous.
///
/// # Safety
///
/// As [`Kernel::compute`], the column stride being 1.
#[inline(always)]
unsafe fn pack_rows<V: Vector<LANES>, S: Source<V::Element>, const LANES: usize>(
    right: S,
    depth: usize,
    columns: usize,
    panel: Panel<V::Element>,
) {
    for row in 0..depth {
        for column in (0..columns).step_by(LANES) {
            // SAFETY: the numbers are inside the matrix, their places inside the panel.
            unsafe {
                let register = load_up_to::<V, LANES>(columns - column, right.at(row, column));
                register.store(panel.at(row, column));
            }
        }
    }
}

/// Packs a matrix whose columns are contiguous: transposes it, a square of registers at a time.
///
/// # Safety
///
/// As [`Kernel::compute`], the row stride being 1.
#[inline(always)]
unsafe fn pack_columns<V: Vector<LANES>, S: Source<V::Element>, const LANES: usize>(
    right: S,
    depth: usize,
    columns: usize,
    panel: Panel<V::Element>,
) {
    for first_column in (0..columns).step_by(LANES) {
        for first_row in (0..depth).step_by(LANES) {
            // SAFETY: the numbers are inside the matrix, their places inside the panel.
            unsafe {
                let mut square = [V::splat(V::Element::default()); LANES];
                for (index, register) in square.iter_mut().enumerate() {
                    // The last column fills the square up.
                    let column = (first_column + index).min(columns - 1);
                    let source = right.at(first_row, column);
                    *register = load_up_to::<V, LANES>(depth - first_row, source);
                }
                for (index, register) in transpose(square).into_iter().enumerate() {
                    register.store(panel.at(first_row + index, first_column));
                }
            }
        }
    }
}

/// Packs a matrix of any strides.
///
/// # Safety
///
/// As [`Kernel::compute`].
unsafe fn pack_elements<T: Element>(
    right: impl Source<T>,
    depth: usize,
    columns: usize,
    panel: Panel<T>,
) {
    for row in 0..depth {
        for column in 0..panel.width {
            // SAFETY: the number is inside the matrix, its place inside the panel. The last column
            // fills the row up.
            unsafe {
                let value = right.at(row, column.min(columns - 1)).read();
                panel.at(row, column).write(value);
            }
        }
    }
}
