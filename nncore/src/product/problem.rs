//! A product as the kernels see it: pointers and strides, checked once.

use super::vector::Element;
use super::{Operand, Shape, Start};

/// A matrix that is read: where its elements are.
pub(super) trait Source<T>: Copy {
    /// The address of an element; what it would be in a column beyond the matrix.
    fn at(self, row: usize, column: usize) -> *const T;

    /// The matrix from an element on, downwards and to the right.
    fn from(self, row: usize, column: usize) -> Self;

    /// What is contiguous.
    fn contiguity(self) -> Contiguity;

    /// The distance between contiguous stretches, if they are evenly apart, else 0.
    fn between_stretches(self) -> usize;

    /// How many rows a product needs at least for it to pay to pack the matrix as its right operand.
    fn rows_worth_a_panel() -> usize;
}

/// What of a matrix is contiguous in memory.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Contiguity {
    Rows,
    Columns,
    Neither,
}

/// A matrix that is written: where its rows are.
pub(super) trait Target<T>: Copy {
    /// The address of an element.
    fn at(self, row: usize, column: usize) -> *mut T;

    /// The matrix from an element on, downwards and to the right.
    fn from(self, row: usize, column: usize) -> Self;
}

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
}

impl<T: Copy> Source<T> for Matrix<T> {
    #[inline(always)]
    fn at(self, row: usize, column: usize) -> *const T {
        let below = row.wrapping_mul(self.row_stride);
        let beside = column.wrapping_mul(self.column_stride);
        self.first.wrapping_add(below.wrapping_add(beside))
    }

    #[inline(always)]
    fn from(self, row: usize, column: usize) -> Self {
        Self { first: self.at(row, column), ..self }
    }

    #[inline(always)]
    fn contiguity(self) -> Contiguity {
        match (self.row_stride, self.column_stride) {
            (_, 1) => Contiguity::Rows,
            (1, _) => Contiguity::Columns,
            _ => Contiguity::Neither,
        }
    }

    #[inline(always)]
    fn between_stretches(self) -> usize {
        self.row_stride.max(self.column_stride)
    }

    fn rows_worth_a_panel() -> usize {
        16
    }
}

/// A matrix of contiguous rows that is written.
#[derive(Clone, Copy)]
pub(super) struct Rows<T> {
    pub(super) first: *mut T,
    pub(super) stride: usize,
}

impl<T: Copy> Rows<T> {
    /// The same rows, to be read.
    #[inline(always)]
    pub(super) fn as_read(self) -> Matrix<T> {
        Matrix { first: self.first, row_stride: self.stride, column_stride: 1 }
    }
}

impl<T: Copy> Target<T> for Rows<T> {
    #[inline(always)]
    fn at(self, row: usize, column: usize) -> *mut T {
        self.first.wrapping_add(row * self.stride + column)
    }

    #[inline(always)]
    fn from(self, row: usize, column: usize) -> Self {
        Self { first: self.at(row, column), ..self }
    }
}

/// A matrix of contiguous rows, each of which begins at an offset of its own; `P` is the type of
/// pointer.
#[derive(Clone, Copy)]
pub(super) struct Listed<'a, P> {
    first: P,
    offsets: &'a [usize],
}

impl<'a, P> Listed<'a, P> {
    pub(super) fn new(first: P, offsets: &'a [usize]) -> Self {
        Self { first, offsets }
    }
}

impl<T: Copy> Source<T> for Listed<'_, *const T> {
    #[inline(always)]
    fn at(self, row: usize, column: usize) -> *const T {
        self.first.wrapping_add(self.offsets[row]).wrapping_add(column)
    }

    #[inline(always)]
    fn from(self, row: usize, column: usize) -> Self {
        Self { first: self.first.wrapping_add(column), offsets: &self.offsets[row..] }
    }

    #[inline(always)]
    fn contiguity(self) -> Contiguity {
        Contiguity::Rows
    }

    #[inline(always)]
    fn between_stretches(self) -> usize {
        0
    }

    /// More than for a matrix without windows: these overlap, and fill less of the cache.
    fn rows_worth_a_panel() -> usize {
        48
    }
}

impl<T: Copy> Target<T> for Listed<'_, *mut T> {
    #[inline(always)]
    fn at(self, row: usize, column: usize) -> *mut T {
        self.first.wrapping_add(self.offsets[row]).wrapping_add(column)
    }

    #[inline(always)]
    fn from(self, row: usize, column: usize) -> Self {
        Self { first: self.first.wrapping_add(column), offsets: &self.offsets[row..] }
    }
}

/// A matrix with rows and columns exchanged.
#[derive(Clone, Copy)]
pub(super) struct Transposed<S>(pub(super) S);

impl<T, S: Source<T>> Source<T> for Transposed<S> {
    #[inline(always)]
    fn at(self, row: usize, column: usize) -> *const T {
        self.0.at(column, row)
    }

    #[inline(always)]
    fn from(self, row: usize, column: usize) -> Self {
        Self(self.0.from(column, row))
    }

    fn contiguity(self) -> Contiguity {
        match self.0.contiguity() {
            Contiguity::Rows => Contiguity::Columns,
            Contiguity::Columns => Contiguity::Rows,
            Contiguity::Neither => Contiguity::Neither,
        }
    }

    fn between_stretches(self) -> usize {
        self.0.between_stretches()
    }

    fn rows_worth_a_panel() -> usize {
        S::rows_worth_a_panel()
    }
}

/// What an element of the target begins with.
#[derive(Clone, Copy)]
pub(super) enum Begin<T> {
    Zero,
    /// What it holds.
    Target,
    /// The element of a row, which is the same for all rows.
    Row(*const T),
}

impl<T> Begin<T> {
    /// The same for the columns from one on.
    #[inline(always)]
    pub(super) fn from(self, column: usize) -> Self {
        match self {
            Self::Row(row) => Self::Row(row.wrapping_add(column)),
            other => other,
        }
    }
}

/// A product each of whose elements is inside a slice: `S` is where the right operand is, `W` where
/// the target is.
#[derive(Clone, Copy)]
pub(super) struct Problem<T, S = Matrix<T>, W = Rows<T>> {
    pub(super) shape: Shape,
    pub(super) left: Matrix<T>,
    pub(super) right: S,
    pub(super) begin: Begin<T>,
    pub(super) target: W,
}

// SAFETY: a problem borrows its slices for as long as it is computed, the target's mutably. Threads
// that share one compute parts of it that have no element of the target in common (`division.rs`).
unsafe impl<T: Sync + Send> Sync for Problem<T> {}

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
            begin: match start {
                Start::Zero => Begin::Zero,
                Start::Target => Begin::Target,
                Start::Row(row) => Begin::Row(row.as_ptr()),
            },
            target,
        }
    }
}

impl<T: Element, S: Source<T>, W: Target<T>> Problem<T, S, W> {
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
        let target = self.target.at(row, column).cast::<[T; COUNT]>();
        let begin = match self.begin {
            Begin::Zero => None,
            Begin::Target => Some(target.cast_const()),
            Begin::Row(row) => Some(row.wrapping_add(column).cast::<[T; COUNT]>()),
        };
        if let Some(begin) = begin {
            // SAFETY: a row to begin with has the columns that the target has.
            for (value, begin) in values.iter_mut().zip(unsafe { begin.read() }) {
                *value = begin + *value;
            }
        }
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
