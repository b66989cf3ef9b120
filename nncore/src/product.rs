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
//! All are one product of strided matrices, computed in one of three forms: the outer form keeps SIMD
//! registers along the target's columns, the narrow form along its rows, the dot form along the
//! depth. The choice and the order of every sum follow from the shape, the strides and the SIMD level
//! alone, so equal inputs give equal bits. Nothing is allocated.
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

mod division;
mod dot;
mod narrow;
mod outer;
mod problem;
mod vector;
mod windows;

use crate::threads::{Parts, divide};
use crate::vectorise::Level;
use division::Division;
use dot::{Dot, Runs};
use narrow::Narrow;
use outer::Outer;
use problem::Problem;
use vector::{Array, Element, Vector};
#[cfg(target_arch = "x86_64")]
use vector::{Avx2F32, Avx2F64, Avx512F32, Avx512F64};
pub use windows::{Offsets, Place, Repeat, Windows, offsets};

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

/// How many numbers a register of the processor at hand holds.
#[inline(always)]
fn lanes<T>() -> usize {
    Level::current().register_bytes() / size_of::<T>()
}

/// How a product of strided matrices is computed.
#[derive(Clone, Copy)]
enum Way {
    /// In the dot form.
    Dot,
    /// In the narrow form.
    Narrow,
    /// In the outer form, the right operand read in place or packed.
    Outer { in_place: bool },
}

impl Way {
    #[inline(always)]
    fn of<T: Element>(problem: &Problem<T>) -> Self {
        if dot::is_faster(problem) {
            return Self::Dot;
        }
        if narrow::is_faster(problem) {
            return Self::Narrow;
        }
        Self::Outer { in_place: outer::reads_in_place(problem) }
    }
}

/// Runs a form with the registers of the processor at hand.
macro_rules! run {
    ($form:expr, $avx512:ty, $avx2:ty, $baseline:ty) => {{
        let form = $form;
        // SAFETY: `Level::current` yields a level only if the processor has its instructions, and
        // an array needs no others than the compilation target's.
        #[cfg(target_arch = "x86_64")]
        match Level::current() {
            Level::Avx512 => unsafe { run_avx512::<_, _, $avx512, _>(&form) },
            Level::Avx2 => unsafe { run_avx2::<_, _, $avx2, _>(&form) },
            Level::Baseline => unsafe { run_baseline::<_, _, $baseline, _>(&form) },
        }
        // SAFETY: as above.
        #[cfg(not(target_arch = "x86_64"))]
        unsafe {
            run_baseline::<_, _, $baseline, _>(&form)
        };
    }};
}

/// The products of a type of numbers, given the registers that hold it at each SIMD level.
macro_rules! products {
    ($type:ident: $product:ident, $windows:ident, $avx512:ty, $avx2:ty, $baseline:ty) => {
        #[doc = concat!("target = start + left · right in ", stringify!($type), ".")]
        ///
        /// `target[m, n] = start[m, n] + Σ_k left[m, k] · right[k, n]`, the target row-major.
        ///
        /// # Panics
        ///
        /// Panics if an operand's slice ends before the operand's last element, if the target is
        /// not rows × columns long, or if the row to start from is not `columns` long.
        pub fn $product(
            shape: Shape,
            left: Operand<'_, $type>,
            right: Operand<'_, $type>,
            start: Start<'_, $type>,
            target: &mut [$type],
        ) {
            let problem = Problem::new(shape, left, right, start, target);
            if shape.rows == 0 || shape.columns == 0 {
                return;
            }
            // The way is chosen for the whole, so that the parts compute what the whole would. Each has
            // a frame of its own on the stack: a small product does not pay for the room that a
            // large one needs.
            let way = Way::of(&problem);
            let compute = |problem: &Problem<$type>| match way {
                Way::Dot => run!(Dot { problem, runs: Runs::ONE }, $avx512, $avx2, $baseline),
                Way::Narrow => run!(Narrow { problem }, $avx512, $avx2, $baseline),
                Way::Outer { in_place } => {
                    run!(Outer { problem, in_place }, $avx512, $avx2, $baseline)
                }
            };
            let division = Division::of(shape);
            match division.parts() {
                1 => compute(&problem),
                parts => divide(parts, &|index, _| compute(&problem.part(division, index))),
            }
        }

        #[doc = concat!("A product with windows in ", stringify!($type), ": see [`Windows`].")]
        ///
        /// # Panics
        ///
        /// Panics if a slice ends before the last element that is read or written, or if there is
        /// not one offset for each window.
        pub fn $windows(windows: &Windows<'_, $type>, target: &mut [$type]) {
            windows.check(target);
            let compute = |windows: &Windows<'_, $type>, target: &mut [$type]| {
                let repeats = match windows.place {
                    Place::Right | Place::Target => windows.repeat.count,
                    Place::Sums => 1,
                };
                for repeat in 0..repeats {
                    match windows.place {
                        Place::Right => {
                            let problem = windows.reading(repeat, target);
                            run!(Outer::of(&problem), $avx512, $avx2, $baseline);
                        }
                        Place::Target => {
                            let problem = windows.spreading(repeat, target);
                            run!(Outer::of(&problem), $avx512, $avx2, $baseline);
                        }
                        Place::Sums => {
                            let (problem, runs) = windows.summing(target);
                            run!(Dot { problem: &problem, runs }, $avx512, $avx2, $baseline);
                        }
                    }
                }
            };
            match windows.parts() {
                1 => compute(windows, target),
                parts => {
                    let target = Parts::new(target);
                    divide(parts, &|index, _| {
                        let (windows, range) = windows.part(parts, index);
                        // SAFETY: the parts' ranges of the target have no element in common.
                        compute(&windows, unsafe { target.part(range) });
                    });
                }
            }
        }
    };
}

products!(f32: product_f32, windows_f32, Avx512F32, Avx2F32, Array<f32, 4>);
products!(f64: product_f64, windows_f64, Avx512F64, Avx2F64, Array<f64, 2>);

/// One way to compute a product.
trait Form<T> {
    /// Computes the product.
    ///
    /// # Safety
    ///
    /// The processor has the instructions of `V`, and the problem is one that the form is for.
    unsafe fn compute<V: Vector<LANES, Element = T>, const LANES: usize>(&self);
}

/// # Safety
///
/// As [`Form::compute`]; the processor has AVX-512 F.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
unsafe fn run_avx512<T, F: Form<T>, V: Vector<LANES, Element = T>, const LANES: usize>(form: &F) {
    // SAFETY: the caller's.
    unsafe { form.compute::<V, LANES>() };
}

/// # Safety
///
/// As [`Form::compute`]; the processor has AVX2 and FMA.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn run_avx2<T, F: Form<T>, V: Vector<LANES, Element = T>, const LANES: usize>(form: &F) {
    // SAFETY: the caller's.
    unsafe { form.compute::<V, LANES>() };
}

/// # Safety
///
/// As [`Form::compute`].
// Inlined, its panels would lie on the stack of the other levels too.
#[inline(never)]
unsafe fn run_baseline<T, F: Form<T>, V: Vector<LANES, Element = T>, const LANES: usize>(form: &F) {
    // SAFETY: the caller's.
    unsafe { form.compute::<V, LANES>() };
}

#[cfg(test)]
mod tests;
