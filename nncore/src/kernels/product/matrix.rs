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

    /// The distance from an element to the one on its right.
    fn distance_of_columns(self) -> usize;

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

    #[inline(always)]
    fn distance_of_columns(self) -> usize {
        self.column_stride
    }

    fn rows_worth_packing() -> usize {
        16
    }
}

/// Where runs of memory begin.
#[derive(Clone, Copy)]
pub(super) enum Starts<'a> {
    /// At equal distances.
    Every(usize),
    /// At offsets of their own.
    At(&'a [usize]),
}

impl Starts<'_> {
    #[inline(always)]
    fn of(self, run: usize) -> usize {
        match self {
            Self::Every(distance) => run * distance,
            Self::At(offsets) => offsets[run],
        }
    }

    /// How much later the runs from one on begin, and where these do.
    #[inline(always)]
    fn from(self, run: usize) -> (usize, Self) {
        match self {
            Self::Every(distance) => (run * distance, self),
            Self::At(offsets) => (0, Self::At(&offsets[run..])),
        }
    }
}

/// A matrix of contiguous rows that is written.
#[derive(Clone, Copy)]
pub(super) struct Target<'a, T> {
    pub(super) first: *mut T,
    pub(super) rows: Starts<'a>,
}

impl<T: Copy> Target<'_, T> {
    /// The address of an element.
    #[inline(always)]
    pub(super) fn at(self, row: usize, column: usize) -> *mut T {
        self.first.wrapping_add(self.rows.of(row) + column)
    }

    /// The matrix from an element on, downwards and to the right.
    #[inline(always)]
    pub(super) fn from(self, row: usize, column: usize) -> Self {
        let (later, rows) = self.rows.from(row);
        Self { first: self.first.wrapping_add(later + column), rows }
    }
}

/// A matrix of contiguous columns that is read.
#[derive(Clone, Copy)]
pub(super) struct Columns<'a, T> {
    pub(super) first: *const T,
    pub(super) columns: Starts<'a>,
}

impl<T: Copy> Columns<'_, T> {
    /// The distance from a column to the next, if it is always the same.
    #[inline(always)]
    pub(super) fn distance(self) -> Option<usize> {
        match self.columns {
            Starts::Every(distance) => Some(distance),
            Starts::At(_) => None,
        }
    }

    /// The address of a column.
    #[inline(always)]
    pub(super) fn at(self, column: usize) -> *const T {
        self.first.wrapping_add(self.columns.of(column))
    }
}

/// A matrix of contiguous rows, each of which begins at an offset of its own.
#[derive(Clone, Copy)]
pub(super) struct Indexed<'a, T> {
    pub(super) first: *const T,
    pub(super) offsets: &'a [usize],
}

impl<T: Copy> Source<T> for Indexed<'_, T> {
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

    #[inline(always)]
    fn distance_of_columns(self) -> usize {
        1
    }

    /// More than for a matrix without windows: these overlap, and fill less of the cache.
    fn rows_worth_packing() -> usize {
        48
    }
}
