//! Products with windows: rows that lie in one array at offsets of their own, and may overlap.
//!
//! The rows of a convolution's windows are runs of one array. With W the weight, X the inputs of a
//! sample and o(c, p, q) where the window's element (c, p, q) begins,
//!
//! | product | sum | [`Windowed`] |
//! |---|---|---|
//! | forward | `Y[k, n] = Σ_cpq W[k, cpq] · X[o(cpq) + n]` | `RightRows` |
//! | gradient of the input | `dX[o(cpq) + n] += Σ_k W[k, cpq] · dY[k, n]` | `TargetRows` |
//! | gradient of the weight | `dW[k, cpq] = Σ_samples Σ_n dY[k, n] · X[o(cpq) + n]` | `RightColumns` |
//!
//! The last is computed transposed (`summed.rs`), or, with few channels, as inner products.

use core::ops::{Deref, Range};

use super::checked::{CheckedProduct, StartPointer};
use super::inner::{InnerProducts, Repeats};
use super::matrix::{Columns, Indexed, Matrix, Starts, Target};
use super::operand::{Operand, Repeat, Shape, Start};
use crate::parallel::{even_range, worthwhile_parts};

/// What lies in windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Windowed {
    /// The rows of the right operand.
    RightRows,
    /// The rows of the target, which is added to.
    TargetRows,
    /// The columns of the right operand, in a sum over all repetitions.
    RightColumns,
}

/// Where windows begin, and how far the last of them does: found once, where a network is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offsets<'a> {
    each: &'a [usize],
    greatest: usize,
}

impl<'a> Offsets<'a> {
    /// The offset of each window.
    #[must_use]
    pub const fn new(each: &'a [usize]) -> Self {
        let (mut greatest, mut number) = (0, 0);
        while number < each.len() {
            if each[number] > greatest {
                greatest = each[number];
            }
            number += 1;
        }
        Self { each, greatest }
    }

    /// What is one past the last element of all windows, rows of a length: none beyond the address
    /// space.
    fn end(self, row: usize) -> Option<usize> {
        self.greatest.checked_add(row)
    }
}

impl Deref for Offsets<'_> {
    type Target = [usize];

    fn deref(&self) -> &[usize] {
        self.each
    }
}

/// A product with windows, of one sample after the other.
///
/// ```
/// use nncore::kernels::{
///     Offsets, Operand, Repeat, Shape, Start, Windowed, WindowedProduct, windowed_product,
/// };
///
/// // y[n] = Σ_k w[k] · x[n + k]: one kernel of two weights on five inputs.
/// let (w, x) = ([1.0, -1.0], [1.0, 4.0, 9.0, 16.0, 25.0]);
/// let mut y = [0.0; 4];
/// let convolution = WindowedProduct {
///     windowed: Windowed::RightRows,
///     shape: Shape { rows: 1, columns: 4, depth: 2 },
///     offsets: Offsets::new(&[0, 1]),
///     repeat: Repeat { count: 1, left_stride: 0, right_stride: 0, target_stride: 0 },
///     left: Operand { data: &w, row_stride: 2, column_stride: 1 },
///     right: &x,
///     right_stride: 0,
///     start: Start::Zero,
/// };
/// windowed_product(&convolution, &mut y);
/// assert_eq!(y, [-3.0, -5.0, -7.0, -9.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct WindowedProduct<'a, T> {
    /// What lies in windows.
    pub windowed: Windowed,
    /// The extent of each product.
    pub shape: Shape,
    /// Where each window begins.
    pub offsets: Offsets<'a>,
    /// How often.
    pub repeat: Repeat,
    /// The left operand; its columns are contiguous where the right operand's columns are windows.
    pub left: Operand<'a, T>,
    /// The right operand.
    pub right: &'a [T],
    /// From a row of the right operand to the next, where it does not lie in windows.
    pub right_stride: usize,
    /// What the target holds before the sum is added; a target in windows is added to.
    pub start: Start<'a, T>,
}

impl<T: Copy> WindowedProduct<'_, T> {
    /// Checks every bound that the kernels rely on.
    pub(super) fn check(&self, target: &[T]) {
        let Shape { rows, columns, depth } = self.shape;
        let Repeat { count, left_stride, right_stride, target_stride } = self.repeat;
        let (windows, row, right_rows) = match self.windowed {
            Windowed::RightRows => (depth, columns, None),
            Windowed::TargetRows => (rows, columns, Some(depth)),
            Windowed::RightColumns => (columns, depth, None),
        };
        assert!(rows.min(columns).min(depth) > 0, "a product with windows has no elements");
        assert!(
            self.offsets.len() == windows,
            "there are {} offsets for {windows} windows",
            self.offsets.len()
        );
        self.start.check(self.shape);
        let is_run = self.windowed != Windowed::RightColumns || self.left.column_stride == 1;
        assert!(is_run, "the columns of the left operand are not contiguous");
        let in_windows = self.offsets.end(row);
        let in_rows = |rows: usize, stride: usize| end(&[(rows, stride), (row, 1)]);
        let left = end(&[(rows, self.left.row_stride), (depth, self.left.column_stride)]);
        let right = right_rows.map_or(in_windows, |rows| in_rows(rows, self.right_stride));
        let times = if self.windowed == Windowed::RightColumns { 1 } else { count };
        check_end("left operand", self.left.data.len(), left, (count, left_stride));
        check_end("right operand", self.right.len(), right, (count, right_stride));
        check_end("target", target.len(), self.written(), (times, target_stride));
    }

    /// Where a product's target ends.
    fn written(&self) -> Option<usize> {
        let Shape { rows, columns, .. } = self.shape;
        match self.windowed {
            Windowed::RightRows | Windowed::RightColumns => end(&[(rows, columns), (columns, 1)]),
            Windowed::TargetRows => self.offsets.end(columns),
        }
    }

    /// How many parts threads may divide the product into: samples, or rows of a sum.
    pub(super) fn parts(&self) -> usize {
        let Repeat { count, target_stride, .. } = self.repeat;
        let size = self.shape.flops().saturating_mul(count);
        let most = match self.windowed {
            Windowed::RightColumns => self.shape.rows,
            // Samples that share elements of the target follow each other.
            _ if self.written().is_none_or(|written| written > target_stride) => 1,
            _ => count,
        };
        worthwhile_parts(size).min(most).max(1)
    }

    /// A part of the product, and its range of the target.
    pub(super) fn part(&self, parts: usize, index: usize) -> (Self, Range<usize>) {
        let Shape { rows, columns, .. } = self.shape;
        let Repeat { count, left_stride, right_stride, target_stride } = self.repeat;
        if self.windowed == Windowed::RightColumns {
            let rows = even_range(rows, parts, index);
            let left =
                Operand { data: &self.left.data[rows.start * self.left.row_stride..], ..self.left };
            let shape = Shape { rows: rows.len(), ..self.shape };
            let start = match self.start {
                Start::Column(column) => Start::Column(&column[rows.clone()]),
                other => other,
            };
            let part = Self { shape, left, start, ..*self };
            return (part, rows.start * columns..rows.end * columns);
        }
        let samples = even_range(count, parts, index);
        let left = Operand { data: &self.left.data[samples.start * left_stride..], ..self.left };
        let right = &self.right[samples.start * right_stride..];
        let repeat = Repeat { count: samples.len(), ..self.repeat };
        let start = samples.start * target_stride;
        let last = samples.len().saturating_sub(1) * target_stride;
        let range = start..start + last + self.written().unwrap_or(0);
        (Self { repeat, left, right, ..*self }, range)
    }

    /// One product that reads windows.
    pub(super) fn reading(
        &self,
        repeat: usize,
        target: &mut [T],
    ) -> CheckedProduct<'_, T, Indexed<'_, T>> {
        let rows = Starts::Every(self.shape.columns);
        CheckedProduct {
            shape: self.shape,
            left: self.left_at(repeat),
            right: Indexed { first: self.right_at(repeat), offsets: self.offsets.each },
            start: StartPointer::new(&self.start),
            target: Target { first: self.target_at(repeat, target), rows },
        }
    }

    /// One product that adds to windows.
    pub(super) fn spreading(&self, repeat: usize, target: &mut [T]) -> CheckedProduct<'_, T> {
        let rows = Starts::At(self.offsets.each);
        CheckedProduct {
            shape: self.shape,
            left: self.left_at(repeat),
            right: Matrix::new(self.right_at(repeat), self.right_stride, 1),
            start: StartPointer::Target,
            target: Target { first: self.target_at(repeat, target), rows },
        }
    }

    /// The sum of all products with windows as columns.
    pub(super) fn summing(&self, target: &mut [T]) -> InnerProducts<'_, T> {
        let Repeat { count, left_stride, right_stride, .. } = self.repeat;
        let columns = Starts::At(self.offsets.each);
        let rows = Starts::Every(self.shape.columns);
        InnerProducts {
            shape: self.shape,
            left: self.left_at(0),
            right: Columns { first: self.right_at(0), columns },
            start: StartPointer::new(&self.start),
            target: Target { first: target.as_mut_ptr(), rows },
            repeats: Repeats::new::<T>(count, (left_stride, right_stride), self.shape.depth),
        }
    }

    pub(super) fn left_at(&self, repeat: usize) -> Matrix<T> {
        let first = self.left.data.as_ptr().wrapping_add(repeat * self.repeat.left_stride);
        Matrix::new(first, self.left.row_stride, self.left.column_stride)
    }

    pub(super) fn right_at(&self, repeat: usize) -> *const T {
        self.right.as_ptr().wrapping_add(repeat * self.repeat.right_stride)
    }

    fn target_at(&self, repeat: usize, target: &mut [T]) -> *mut T {
        target.as_mut_ptr().wrapping_add(repeat * self.repeat.target_stride)
    }
}

/// Where windows begin: the sums of nested steps, each given as how many there are and how long they
/// are, the last one running fastest.
#[doc(hidden)]
#[must_use]
pub const fn offsets<const COUNT: usize>(nested: &[(usize, usize)]) -> [usize; COUNT] {
    let mut offsets = [0; COUNT];
    let mut number = 0;
    while number < COUNT {
        let (mut rest, mut axis) = (number, nested.len());
        while axis > 0 {
            axis -= 1;
            let (count, step) = nested[axis];
            offsets[number] += rest % count * step;
            rest /= count;
        }
        number += 1;
    }
    offsets
}

/// What is one past the last element of nested strides: none beyond the address space.
fn end(axes: &[(usize, usize)]) -> Option<usize> {
    axes.iter().try_fold(1usize, |end, &(count, stride)| {
        end.checked_add(count.saturating_sub(1).checked_mul(stride)?)
    })
}

/// That a slice reaches to its last element, the last of `count` times `stride` further on each.
fn check_end(side: &str, len: usize, once: Option<usize>, (count, stride): (usize, usize)) {
    let last = count.saturating_sub(1).checked_mul(stride);
    let needed = once.zip(last).and_then(|(once, last)| once.checked_add(last));
    let is_enough = count == 0 || needed.is_some_and(|needed| needed <= len);
    assert!(is_enough, "the {side} of a product holds {len} elements: too few");
}
