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
//! All are one product of strided matrices, computed in one of two forms: the outer form keeps SIMD
//! registers along the target's columns, the dot form keeps them along the depth. The choice and
//! the order of every sum follow from the shape, the strides and the SIMD level alone, so equal
//! inputs give equal bits. Nothing is allocated.
//!
//! ```
//! use nncore::product::{Operand, Shape, Start, product_f32};
//!
//! // Y = X · Wᵀ + bias: two samples, three inputs, two outputs.
//! let x = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
//! let w = [1.0, 0.0, 0.0, 0.0, 1.0, 1.0];
//! let mut y = [0.0; 4];
//! product_f32(
//!     Shape { rows: 2, columns: 2, depth: 3 },
//!     Operand { data: &x, row_stride: 3, column_stride: 1 },
//!     Operand { data: &w, row_stride: 1, column_stride: 3 },
//!     Start::Row(&[0.5, -0.5]),
//!     &mut y,
//! );
//! assert_eq!(y, [1.5, 4.5, 4.5, 10.5]);
//! ```
#![allow(unsafe_code, reason = "SIMD kernels, reached through the checks of this module only")]
#![allow(clippy::large_stack_arrays, reason = "panels, where nothing may be allocated")]
#![allow(clippy::inline_always, reason = "a kernel is compiled for the SIMD level it runs at")]

mod dot;
mod outer;
mod problem;
mod vector;

#[cfg(target_arch = "x86_64")]
use crate::vectorise::Level;
use dot::Dot;
use outer::Outer;
use problem::Problem;
use vector::{Array, Vector};
#[cfg(target_arch = "x86_64")]
use vector::{Avx2F32, Avx2F64, Avx512F32, Avx512F64};

/// Computes the product in the form that takes less time, each form with a frame of its own on the
/// stack: a small product does not pay for the room that a large one needs.
macro_rules! compute {
    ($problem:expr, $run:ident, $vector:ty) => {
        // SAFETY: `Level::current` yields a level only if the processor has its instructions, and
        // an array needs no others than the compilation target's.
        unsafe {
            if dot::is_faster::<$vector, _>($problem) {
                $run::<Dot, $vector, _>($problem)
            } else if outer::needs_copies($problem) {
                $run::<Outer<true>, $vector, _>($problem)
            } else {
                $run::<Outer<false>, $vector, _>($problem)
            }
        }
    };
}

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
    if shape.rows == 0 || shape.columns == 0 {
        return;
    }
    #[cfg(target_arch = "x86_64")]
    match Level::current() {
        Level::Avx512 => return compute!(&problem, run_avx512, Avx512F32),
        Level::Avx2 => return compute!(&problem, run_avx2, Avx2F32),
        Level::Baseline => {}
    }
    compute!(&problem, run_baseline, Array<f32, 4>);
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
    if shape.rows == 0 || shape.columns == 0 {
        return;
    }
    #[cfg(target_arch = "x86_64")]
    match Level::current() {
        Level::Avx512 => return compute!(&problem, run_avx512, Avx512F64),
        Level::Avx2 => return compute!(&problem, run_avx2, Avx2F64),
        Level::Baseline => {}
    }
    compute!(&problem, run_baseline, Array<f64, 2>);
}

/// One way to compute a product.
trait Form {
    /// Computes the product.
    ///
    /// # Safety
    ///
    /// The processor has the instructions of `V`, and the problem is one that the form is for.
    unsafe fn compute<V: Vector<LANES>, const LANES: usize>(problem: &Problem<V::Element>);
}

/// # Safety
///
/// As [`Form::compute`]; the processor has AVX-512 F.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
unsafe fn run_avx512<F: Form, V: Vector<LANES>, const LANES: usize>(problem: &Problem<V::Element>) {
    // SAFETY: the caller's.
    unsafe { F::compute::<V, LANES>(problem) };
}

/// # Safety
///
/// As [`Form::compute`]; the processor has AVX2 and FMA.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn run_avx2<F: Form, V: Vector<LANES>, const LANES: usize>(problem: &Problem<V::Element>) {
    // SAFETY: the caller's.
    unsafe { F::compute::<V, LANES>(problem) };
}

/// # Safety
///
/// As [`Form::compute`].
unsafe fn run_baseline<F: Form, V: Vector<LANES>, const LANES: usize>(
    problem: &Problem<V::Element>,
) {
    // SAFETY: the caller's.
    unsafe { F::compute::<V, LANES>(problem) };
}

#[cfg(test)]
mod tests;
