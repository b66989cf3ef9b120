//! A product whose every element is inside a slice: pointers and strides, checked once.

use core::ops::Range;

use super::matrix::{Matrix, Starts, Target};
use super::operand::{Operand, Shape, Start};
use crate::simd::register::Element;

/// What an element of the target begins with.
#[derive(Clone, Copy)]
pub(super) enum StartPointer<T> {
    Zero,
    /// What it holds.
    Target,
    /// The element of a row, which is the same for all rows.
    Row(*const T),
    /// The element of a column, which is the same for all columns.
    Column(*const T),
}

impl<T> StartPointer<T> {
    #[inline(always)]
    pub(super) fn new(start: &Start<'_, T>) -> Self {
        match start {
            Start::Zero => Self::Zero,
            Start::Target => Self::Target,
            Start::Row(row) => Self::Row(row.as_ptr()),
            Start::Column(column) => Self::Column(column.as_ptr()),
        }
    }

    /// The same from an element on, downwards and to the right.
    #[inline(always)]
    pub(super) fn from(self, row: usize, column: usize) -> Self {
        match self {
            Self::Zero | Self::Target => self,
            Self::Row(first) => Self::Row(first.wrapping_add(column)),
            Self::Column(first) => Self::Column(first.wrapping_add(row)),
        }
    }
}

impl<T: Element> StartPointer<T> {
    /// Writes `COUNT` elements of a row of a target, given the sums to be added to what they start from:
    /// the elements from that of a row and a column on.
    ///
    /// # Safety
    ///
    /// The elements can be written, and the start is that of their product.
    #[inline(always)]
    pub(super) unsafe fn write<const COUNT: usize>(
        self,
        target: *mut T,
        (row, column): (usize, usize),
        sums: [T; COUNT],
    ) {
        let mut values = sums;
        let target = target.cast::<[T; COUNT]>();
        // SAFETY: a row to begin with has the columns that the target has, a column its rows.
        let begin = unsafe {
            match self {
                Self::Zero => None,
                Self::Target => Some(target.read()),
                Self::Row(first) => Some(first.wrapping_add(column).cast::<[T; COUNT]>().read()),
                Self::Column(first) => Some([first.wrapping_add(row).read(); COUNT]),
            }
        };
        if let Some(begin) = begin {
            for (value, begin) in values.iter_mut().zip(begin) {
                *value = begin + *value;
            }
        }
        // SAFETY: the caller's.
        unsafe { target.write(values) };
    }
}

impl<T: Element> StartPointer<T> {
    /// Writes a part of a target, given the transposed sums to be added to what it starts from: rows ×
    /// columns of it.
    ///
    /// # Safety
    ///
    /// As [`Self::write`]; the sums have been written.
    pub(super) unsafe fn write_transposed(
        self,
        target: Target<'_, T>,
        (rows, columns): (Range<usize>, Range<usize>),
        sums: Target<'_, T>,
    ) {
        for (across, row) in rows.enumerate() {
            for (down, column) in columns.clone().enumerate() {
                // SAFETY: the caller's.
                unsafe {
                    let sum = sums.at(down, across).read();
                    self.write(target.at(row, column), (row, column), [sum]);
                }
            }
        }
    }
}

/// A product each of whose elements is inside a slice: `R` is where the right operand is, `L` where the
/// left one is.
#[derive(Clone, Copy)]
pub(super) struct CheckedProduct<'a, T, R = Matrix<T>, L = Matrix<T>> {
    pub(super) shape: Shape,
    pub(super) left: L,
    pub(super) right: R,
    pub(super) start: StartPointer<T>,
    pub(super) target: Target<'a, T>,
}

// SAFETY: a product borrows its slices for as long as it is computed, the target's mutably. Threads
// that share one compute parts of it that have no element of the target in common (`partition.rs`).
unsafe impl<T: Sync + Send> Sync for CheckedProduct<'_, T> {}

impl<T: Element> CheckedProduct<'_, T> {
    /// Checks every bound that the kernels rely on.
    #[inline(always)]
    pub(super) fn new(
        shape: Shape,
        left: &Operand<'_, T>,
        right: &Operand<'_, T>,
        start: &Start<'_, T>,
        target: &mut [T],
    ) -> Self {
        let Shape { rows, columns, depth } = shape;
        assert!(
            rows.checked_mul(columns) == Some(target.len()),
            "the target of a product holds {} elements, not {rows} × {columns}",
            target.len(),
        );
        start.check(shape);
        let target = Target { first: target.as_mut_ptr(), rows: Starts::Every(columns) };
        Self {
            shape,
            left: matrix(left, "left", rows, depth),
            right: matrix(right, "right", depth, columns),
            start: StartPointer::new(start),
            target,
        }
    }
}

impl<T: Element> CheckedProduct<'_, T> {
    /// The same product with its operands further on, added to the target. The caller has checked that those
    /// operands are inside their slices too.
    pub(super) fn next_term(self, left: usize, right: usize) -> Self {
        let further =
            |matrix: Matrix<T>, by| Matrix { first: matrix.first.wrapping_add(by), ..matrix };
        Self {
            left: further(self.left, left),
            right: further(self.right, right),
            start: StartPointer::Target,
            ..self
        }
    }
}

/// The operand as a matrix of rows × columns elements, all of them inside its slice.
fn matrix<T>(operand: &Operand<'_, T>, side: &str, rows: usize, columns: usize) -> Matrix<T> {
    let Operand { data, row_stride, column_stride } = *operand;
    assert!(
        holds(operand, rows, columns),
        "the {side} operand of a product holds {} elements: too few for {rows} × {columns} with the \
         strides {row_stride} and {column_stride}",
        data.len(),
    );
    Matrix { first: data.as_ptr(), row_stride, column_stride }
}

/// Whether the last of rows × columns elements is inside the slice.
fn holds<T>(operand: &Operand<'_, T>, rows: usize, columns: usize) -> bool {
    let (Some(last_row), Some(last_column)) = (rows.checked_sub(1), columns.checked_sub(1)) else {
        return true;
    };
    let last = || {
        let below = last_row.checked_mul(operand.row_stride)?;
        below.checked_add(last_column.checked_mul(operand.column_stride)?)
    };
    last().is_some_and(|last| last < operand.data.len())
}
