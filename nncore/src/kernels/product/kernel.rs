//! What is compiled for each SIMD level: the inner loops of products.

use crate::simd::Level;
use crate::simd::register::{Array, Element, Vector};
#[cfg(target_arch = "x86_64")]
use crate::simd::register::{Avx2F32, Avx2F64, Avx512F32, Avx512F64};

/// Inner loops of a product.
pub(super) trait Kernel<T> {
    /// Runs them.
    ///
    /// # Safety
    ///
    /// The processor has the instructions of `V`, and all that the loops address can be read or written.
    unsafe fn compute<V: Vector<LANES, Element = T>, const LANES: usize>(&self);
}

/// # Safety
///
/// As [`Kernel::compute`]; the processor has AVX-512 F.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
unsafe fn run_avx512<T, K: Kernel<T>, V: Vector<LANES, Element = T>, const LANES: usize>(
    kernel: &K,
) {
    // SAFETY: the caller's.
    unsafe { kernel.compute::<V, LANES>() };
}

/// # Safety
///
/// As [`Kernel::compute`]; the processor has AVX2 and FMA.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn run_avx2<T, K: Kernel<T>, V: Vector<LANES, Element = T>, const LANES: usize>(kernel: &K) {
    // SAFETY: the caller's.
    unsafe { kernel.compute::<V, LANES>() };
}

/// # Safety
///
/// As [`Kernel::compute`].
#[inline(never)]
unsafe fn run_baseline<T, K: Kernel<T>, V: Vector<LANES, Element = T>, const LANES: usize>(
    kernel: &K,
) {
    // SAFETY: the caller's.
    unsafe { kernel.compute::<V, LANES>() };
}

/// A type of numbers that has registers at each SIMD level.
pub(super) trait Registers: Element {
    /// Computes with the registers of a level.
    ///
    /// # Safety
    ///
    /// As [`Kernel::compute`]; the level is no higher than [`Level::current`].
    unsafe fn run<K: Kernel<Self>>(level: Level, kernel: &K);
}

macro_rules! registers {
    ($type:ident, $avx512:ty, $avx2:ty, $baseline:ty) => {
        impl Registers for $type {
            #[inline(always)]
            unsafe fn run<K: Kernel<Self>>(level: Level, kernel: &K) {
                // SAFETY: `Level::current` yields a level only if the processor has its instructions.
                #[cfg(target_arch = "x86_64")]
                match level {
                    Level::Avx512 => return unsafe { run_avx512::<_, _, $avx512, _>(kernel) },
                    Level::Avx2 => return unsafe { run_avx2::<_, _, $avx2, _>(kernel) },
                    Level::Baseline => {}
                }
                #[cfg(not(target_arch = "x86_64"))]
                let _ = level;
                // SAFETY: an array needs no other instructions than the compilation target's.
                unsafe { run_baseline::<_, _, $baseline, _>(kernel) };
            }
        }
    };
}

registers!(f32, Avx512F32, Avx2F32, Array<f32, 4>);
registers!(f64, Avx512F64, Avx2F64, Array<f64, 2>);
