//! Matrices as the kernels see them: where in memory each element is.

/// A matrix that is read: where its elements are.
pub(super) trait Source<T>: Copy {
    /// The address of an element; what it would be in a column beyond the matrix.
    fn at(self, row: usize, column: usize) -> *const T;

    /// The matrix from an element on, downwards and to the right.
    fn from(self, row: usize, column: usize) -> Self;

    /// What is contiguous.
    fn contiguity(self) -> Contiguity;

    /// The distance from one contiguous run to the next, if it is always the same, else 0.
    fn distance_of_runs(self) -> usize;

    /// How many rows a product needs at least for it to pay to pack the matrix, its right operand.
    fn rows_worth_packing() -> usize;
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
    pub(super) first: *const T,
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
    fn distance_of_runs(self) -> usize {
        self.row_stride.max(self.column_stride)
    }

    fn rows_worth_packing() -> usize {
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
pub(super) struct Indexed<'a, P> {
    first: P,
    offsets: &'a [usize],
}

impl<'a, P> Indexed<'a, P> {
    pub(super) fn new(first: P, offsets: &'a [usize]) -> Self {
        Self { first, offsets }
    }
}

impl<T: Copy> Source<T> for Indexed<'_, *const T> {
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
    fn distance_of_runs(self) -> usize {
        0
    }

    /// More than for a matrix without windows: these overlap, and fill less of the cache.
    fn rows_worth_packing() -> usize {
        48
    }
}

impl<T: Copy> Target<T> for Indexed<'_, *mut T> {
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

    fn distance_of_runs(self) -> usize {
        self.0.distance_of_runs()
    }

    fn rows_worth_packing() -> usize {
        S::rows_worth_packing()
    }
}
