//! A product as its caller states it: slices, strides and sizes.

/// One operand: a strided matrix over a slice.
///
/// Element (row, column) is `data[row · row_stride + column · column_stride]`.
#[derive(Clone, Copy, Debug)]
pub struct Operand<'a, T> {
    /// The slice that holds every element.
    pub data: &'a [T],
    /// From an element to the one below it.
    pub row_stride: usize,
    /// From an element to the one on its right.
    pub column_stride: usize,
}

/// What the target holds before the sum is added.
#[derive(Clone, Copy, Debug)]
pub enum Start<'a, T> {
    /// Zeros.
    Zero,
    /// What it holds already: the product accumulates.
    Target,
    /// The same row, a bias, in each row of the target.
    Row(&'a [T]),
    /// The same column, a bias, in each column of the target.
    Column(&'a [T]),
}

impl<T> Start<'_, T> {
    /// Checks that a row or a column has as many elements as one of the target.
    pub(super) fn check(&self, Shape { rows, columns, .. }: Shape) {
        let (what, len, expected) = match self {
            Self::Zero | Self::Target => return,
            Self::Row(row) => ("row", row.len(), columns),
            Self::Column(column) => ("column", column.len(), rows),
        };
        assert!(len == expected, "the {what} to start from holds {len} elements, not {expected}");
    }
}

/// The extent of a product: rows × depth times depth × columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Rows of the target and of the left operand.
    pub rows: usize,
    /// Columns of the target and of the right operand.
    pub columns: usize,
    /// Columns of the left operand, rows of the right one: the length of each sum.
    pub depth: usize,
}

/// How often a product is computed, and how far each slice is further on each time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeat {
    /// How often.
    pub count: usize,
    /// The left operand's way.
    pub left_stride: usize,
    /// The right operand's way.
    pub right_stride: usize,
    /// The target's way: 0 for a sum over all repetitions.
    pub target_stride: usize,
}

impl Shape {
    /// Floating-point operations of the product.
    pub(super) fn flops(self) -> usize {
        let Self { rows, columns, depth } = self;
        rows.saturating_mul(columns).saturating_mul(depth).saturating_mul(2)
    }
}
