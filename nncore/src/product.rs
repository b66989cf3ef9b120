//! Matrix products on slices, the three of a linear layer above all.
//!
//! With a batch of B samples, an input of I features and an output of O, all arrays row-major:
//!
//! | product | sum | shape of the target |
//! |---|---|---|
//! | forward | `Y[b, o] = bias[o] + Σ_i X[b, i] · W[o, i]` | B × O |
//! | gradient of the input | `dX[b, i] = Σ_o dY[b, o] · W[o, i]` | B × I |
//! | gradient of the weight | `dW[o, i] = Σ_b dY[b, o] · X[b, i]` | O × I |
//!
//! All are one product of strided matrices. A product takes one of two forms: [`outer`] keeps
//! registers along the target's columns, [`dot`] keeps them along the depth. The choice and the
//! order of every sum follow from the shape, the strides and the SIMD level alone, so equal inputs
//! give equal bits. Nothing is allocated.
#![allow(
    unsafe_code,
    reason = "SIMD kernels, reached through the checks of this module only"
)]
#![allow(
    clippy::inline_always,
    reason = "a kernel is compiled for the SIMD level it runs at"
)]

mod dot;
mod outer;
mod vector;

use std::ops::Range;

#[cfg(target_arch = "x86_64")]
use crate::vectorise::Level;
use vector::{Array, Element, Vector};
#[cfg(target_arch = "x86_64")]
use vector::{Avx2F32, Avx2F64, Avx512F32, Avx512F64};

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

/// target = start + left · right in f32.
///
/// `target[m, n] = start[m, n] + Σ_k left[m, k] · right[k, n]`, the target row-major.
///
/// # Panics
///
/// Panics if an operand's slice ends before the operand's last element, if the target is not
/// rows × columns long, or if the row to start from is not `columns` long.
pub fn product_f32(
    shape: Shape,
    left: Operand<'_, f32>,
    right: Operand<'_, f32>,
    start: Start<'_, f32>,
    target: &mut [f32],
) {
    let problem = Problem::new(shape, left, right, start, target);
    if target.is_empty() {
        return;
    }
    #[cfg(target_arch = "x86_64")]
    match Level::current() {
        // SAFETY: `Level::current` yields a level only if the processor has its instructions.
        Level::Avx512 => return unsafe { compute_avx512::<Avx512F32, _>(&problem) },
        // SAFETY: as above.
        Level::Avx2 => return unsafe { compute_avx2::<Avx2F32, _>(&problem) },
        Level::Baseline => {}
    }
    // SAFETY: an array needs no other instructions than the compilation target's.
    unsafe { compute::<Array<f32, 4>, _>(&problem) };
}

/// target = start + left · right in f64: see [`product_f32`].
///
/// # Panics
///
/// As [`product_f32`].
pub fn product_f64(
    shape: Shape,
    left: Operand<'_, f64>,
    right: Operand<'_, f64>,
    start: Start<'_, f64>,
    target: &mut [f64],
) {
    let problem = Problem::new(shape, left, right, start, target);
    if target.is_empty() {
        return;
    }
    #[cfg(target_arch = "x86_64")]
    match Level::current() {
        // SAFETY: `Level::current` yields a level only if the processor has its instructions.
        Level::Avx512 => return unsafe { compute_avx512::<Avx512F64, _>(&problem) },
        // SAFETY: as above.
        Level::Avx2 => return unsafe { compute_avx2::<Avx2F64, _>(&problem) },
        Level::Baseline => {}
    }
    // SAFETY: an array needs no other instructions than the compilation target's.
    unsafe { compute::<Array<f64, 2>, _>(&problem) };
}

/// # Safety
///
/// The processor has AVX-512 F.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
unsafe fn compute_avx512<V: Vector<LANES>, const LANES: usize>(problem: &Problem<V::Element>) {
    // SAFETY: the caller's.
    unsafe { compute::<V, LANES>(problem) };
}

/// # Safety
///
/// The processor has AVX2 and FMA.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn compute_avx2<V: Vector<LANES>, const LANES: usize>(problem: &Problem<V::Element>) {
    // SAFETY: the caller's.
    unsafe { compute::<V, LANES>(problem) };
}

/// Computes the product in the form that takes less time.
///
/// # Safety
///
/// The processor has the instructions of `V`.
#[inline(always)]
unsafe fn compute<V: Vector<LANES>, const LANES: usize>(problem: &Problem<V::Element>) {
    if dot::is_faster::<_, LANES>(problem) {
        // SAFETY: the caller's; the operands are contiguous along the depth.
        unsafe { dot::compute::<V, LANES>(problem) };
    } else {
        // SAFETY: the caller's.
        unsafe { outer::compute::<V, LANES>(problem) };
    }
}

/// A matrix whose elements, as far as a [`Problem`]'s shape goes, can be read.
#[derive(Clone, Copy)]
struct Matrix<T> {
    first: *const T,
    row_stride: usize,
    column_stride: usize,
}

impl<T: Copy> Matrix<T> {
    /// The address of an element.
    ///
    /// # Safety
    ///
    /// The element is inside the matrix.
    #[inline(always)]
    unsafe fn at(self, row: usize, column: usize) -> *const T {
        // SAFETY: the offset of an element inside the matrix is inside its slice.
        unsafe {
            self.first
                .add(row * self.row_stride + column * self.column_stride)
        }
    }

    /// The part of the matrix from an element on, downwards and to the right.
    ///
    /// # Safety
    ///
    /// The element is inside the matrix.
    #[inline(always)]
    unsafe fn offset(self, row: usize, column: usize) -> Self {
        // SAFETY: the caller's.
        Self {
            first: unsafe { self.at(row, column) },
            ..self
        }
    }
}

/// A product as the kernels see it: every element that its shape reaches is inside a slice.
struct Problem<T> {
    shape: Shape,
    left: Matrix<T>,
    right: Matrix<T>,
    /// What the target starts from; zeros if none.
    start: Option<Matrix<T>>,
    /// Row-major, rows × columns.
    target: *mut T,
}

impl<T: Copy> Problem<T> {
    /// Checks every bound that the kernels rely on.
    fn new(
        shape: Shape,
        left: Operand<'_, T>,
        right: Operand<'_, T>,
        start: Start<'_, T>,
        target: &mut [T],
    ) -> Self {
        let Shape {
            rows,
            columns,
            depth,
        } = shape;
        assert!(
            rows.checked_mul(columns) == Some(target.len()),
            "the target of a product holds {} elements, not {rows} × {columns}",
            target.len(),
        );
        let start = match start {
            Start::Zero => None,
            Start::Target => Some(Matrix {
                first: target.as_ptr(),
                row_stride: columns,
                column_stride: 1,
            }),
            Start::Row(row) => {
                assert!(
                    row.len() == columns,
                    "the row to start from holds {} elements, not {columns}",
                    row.len(),
                );
                Some(Matrix {
                    first: row.as_ptr(),
                    row_stride: 0,
                    column_stride: 1,
                })
            }
        };
        Self {
            shape,
            left: left.checked("left", rows, depth),
            right: right.checked("right", depth, columns),
            start,
            target: target.as_mut_ptr(),
        }
    }
}

impl<T: Element> Problem<T> {
    /// Writes `COUNT` elements of a row of the target, given the sums that its start lacks.
    ///
    /// # Safety
    ///
    /// The elements are inside the target.
    #[inline(always)]
    unsafe fn write<const COUNT: usize>(&self, row: usize, column: usize, sums: [T; COUNT]) {
        // SAFETY: the start and the target have the same elements.
        unsafe {
            let start = self.start.map_or([T::default(); COUNT], |start| {
                start.row(row).add(column).cast::<[T; COUNT]>().read()
            });
            let values = std::array::from_fn(|index| start[index] + sums[index]);
            self.target.row(row).add(column).cast_mut().cast::<[T; COUNT]>().write(values);
        }
    }
}

impl<T: Copy> Operand<'_, T> {
    /// The operand as a matrix of rows × columns elements, all of them inside its slice.
    fn checked(self, side: &str, rows: usize, columns: usize) -> Matrix<T> {
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
    fn holds(self, rows: usize, columns: usize) -> bool {
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

/// Part `index` of `count` things in `parts` parts whose sizes differ by one at most.
fn part(count: usize, parts: usize, index: usize) -> Range<usize> {
    let (size, larger) = (count / parts, count % parts);
    let start = index * size + index.min(larger);
    start..start + size + usize::from(index < larger)
}

#[cfg(test)]
mod tests;
