//! A product as the kernels see it: pointers and strides, checked once.

use super::vector::Element;
use super::{Operand, Shape, Start};

/// A strided matrix.
#[derive(Clone, Copy)]
pub(super) struct Matrix<T> {
    first: *const T,
    pub(super) row_stride: usize,
    pub(super) column_stride: usize,
}

impl<T: Copy> Matrix<T> {
    /// A matrix from its first element on.
    #[inline(always)]
    pub(super) fn new(first: *const T, row_stride: usize, column_stride: usize) -> Self {
        Self { first, row_stride, column_stride }
    }

    /// The same elements with rows and columns exchanged.
    #[inline(always)]
    pub(super) fn transposed(self) -> Self {
        let Self { first, row_stride, column_stride } = self;
        Self { first, row_stride: column_stride, column_stride: row_stride }
    }

    /// The address of an element, or what it would be outside of the matrix.
    #[inline(always)]
    pub(super) fn at(self, row: usize, column: usize) -> *const T {
        let below = row.wrapping_mul(self.row_stride);
        let beside = column.wrapping_mul(self.column_stride);
        self.first.wrapping_add(below.wrapping_add(beside))
    }

    /// The matrix from an element on, downwards and to the right.
    #[inline(always)]
    pub(super) fn from(self, row: usize, column: usize) -> Self {
        Self { first: self.at(row, column), ..self }
    }
}

/// A matrix of contiguous rows; `P` is the type of pointer.
#[derive(Clone, Copy)]
pub(super) struct Rows<P> {
    pub(super) first: P,
    pub(super) stride: usize,
}

macro_rules! rows {
    ($pointer:ty) => {
        impl<T> Rows<$pointer> {
            /// The address of an element.
            #[inline(always)]
            pub(super) fn at(&self, row: usize, column: usize) -> $pointer {
                self.first.wrapping_add(row * self.stride + column)
            }

            /// The matrix from an element on, downwards and to the right.
            #[inline(always)]
            pub(super) fn from(&self, row: usize, column: usize) -> Self {
                Self { first: self.at(row, column), stride: self.stride }
            }
        }
    };
}

rows!(*const T);
rows!(*mut T);

impl<T> Rows<*mut T> {
    /// The same rows, to be read only.
    #[inline(always)]
    pub(super) fn as_read(&self) -> Rows<*const T> {
        Rows { first: self.first.cast_const(), stride: self.stride }
    }
}

/// A product each of whose elements is inside a slice.
#[derive(Clone, Copy)]
pub(super) struct Problem<T> {
    pub(super) shape: Shape,
    pub(super) left: Matrix<T>,
    pub(super) right: Matrix<T>,
    /// What the target starts from; zeros if none.
    pub(super) start: Option<Rows<*const T>>,
    pub(super) target: Rows<*mut T>,
}

impl<T: Element> Problem<T> {
    /// Checks every bound that the kernels rely on.
    pub(super) fn new(
        shape: Shape,
        left: Operand<'_, T>,
        right: Operand<'_, T>,
        start: Start<'_, T>,
        target: &mut [T],
    ) -> Self {
        let Shape { rows, columns, depth } = shape;
        assert!(
            rows.checked_mul(columns) == Some(target.len()),
            "the target of a product holds {} elements, not {rows} × {columns}",
            target.len(),
        );
        if let Start::Row(row) = start {
            assert!(
                row.len() == columns,
                "the row to start from holds {} elements, not {columns}",
                row.len(),
            );
        }
        let target = Rows { first: target.as_mut_ptr(), stride: columns };
        Self {
            shape,
            left: left.checked("left", rows, depth),
            right: right.checked("right", depth, columns),
            start: match start {
                Start::Zero => None,
                Start::Target => Some(target.as_read()),
                Start::Row(row) => Some(Rows { first: row.as_ptr(), stride: 0 }),
            },
            target,
        }
    }

    /// Writes `COUNT` elements of a row of the target, given the sums that its start lacks.
    ///
    /// # Safety
    ///
    /// The elements are inside the target.
    #[inline(always)]
    pub(super) unsafe fn write<const COUNT: usize>(
        &self,
        row: usize,
        column: usize,
        sums: [T; COUNT],
    ) {
        let mut values = sums;
        if let Some(start) = self.start {
            // SAFETY: the start has the elements that the target has.
            let start: [T; COUNT] = unsafe { start.at(row, column).cast::<[T; COUNT]>().read() };
            for (value, start) in values.iter_mut().zip(start) {
                *value = start + *value;
            }
        }
        let target = self.target.at(row, column).cast::<[T; COUNT]>();
        // SAFETY: the caller's.
        unsafe { target.write(values) };
    }
}

impl<T> Operand<'_, T> {
    /// The operand as a matrix of rows × columns elements, all of them inside its slice.
    fn checked(&self, side: &str, rows: usize, columns: usize) -> Matrix<T> {
        assert!(
            self.holds(rows, columns),
            "the {side} operand of a product holds {} elements: too few for {rows} × {columns} \
             with the strides {} and {}",
            self.data.len(),
            self.row_stride,
            self.column_stride,
        );
        Matrix {
            first: self.data.as_ptr(),
            row_stride: self.row_stride,
            column_stride: self.column_stride,
        }
    }

    /// Whether the last of rows × columns elements is inside the slice.
    fn holds(&self, rows: usize, columns: usize) -> bool {
        let (Some(last_row), Some(last_column)) = (rows.checked_sub(1), columns.checked_sub(1))
        else {
            return true;
        };
        let last = || {
            let below = last_row.checked_mul(self.row_stride)?;
            below.checked_add(last_column.checked_mul(self.column_stride)?)
        };
        last().is_some_and(|last| last < self.data.len())
    }
}
