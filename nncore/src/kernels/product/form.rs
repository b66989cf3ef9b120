//! The ways to compute a product, compiled for each SIMD level.

#[cfg(target_arch = "x86_64")]
use crate::simd::Level;
use crate::simd::register::{Array, Element, Vector};
#[cfg(target_arch = "x86_64")]
use crate::simd::register::{Avx2F32, Avx2F64, Avx512F32, Avx512F64};

/// One way to compute a product.
pub(super) trait Form<T> {
    /// Computes the product.
    ///
    /// # Safety
    ///
    /// The processor has the instructions of `V`, and the product is one that the form is for.
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

/// A type of numbers that has registers at each SIMD level.
pub(super) trait Registers: Element {
    /// Computes a product with the registers of the processor at hand.
    ///
    /// # Safety
    ///
    /// The product is one that the form is for.
    unsafe fn run<F: Form<Self>>(form: &F);
}

macro_rules! registers {
    ($type:ident, $avx512:ty, $avx2:ty, $baseline:ty) => {
        impl Registers for $type {
            #[inline(always)]
            unsafe fn run<F: Form<Self>>(form: &F) {
                // SAFETY: `Level::current` yields a level only if the processor has its instructions.
                #[cfg(target_arch = "x86_64")]
                match Level::current() {
                    Level::Avx512 => return unsafe { run_avx512::<_, _, $avx512, _>(form) },
                    Level::Avx2 => return unsafe { run_avx2::<_, _, $avx2, _>(form) },
                    Level::Baseline => {}
                }
                // SAFETY: an array needs no other instructions than the compilation target's.
                unsafe { run_baseline::<_, _, $baseline, _>(form) };
            }
        }
    };
}

registers!(f32, Avx512F32, Avx2F32, Array<f32, 4>);
registers!(f64, Avx512F64, Avx2F64, Array<f64, 2>);
