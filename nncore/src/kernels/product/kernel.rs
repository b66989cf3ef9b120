//! What is compiled for each SIMD level: the inner loops of products.

#[cfg(target_arch = "x86_64")]
use crate::simd::register;
use crate::simd::register::{Array, Element, Vector};
use crate::simd::{Level, with_levels};

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

macro_rules! compiled {
    ($($level:ident $run:ident $features:literal $single:ident $double:ident;)*) => {
        $(
            /// # Safety
            ///
            /// As [`Kernel::compute`]; the processor has the instructions.
            #[target_feature(enable = $features)]
            unsafe fn $run<T, K: Kernel<T>, V: Vector<LANES, Element = T>, const LANES: usize>(
                kernel: &K,
            ) {
                // SAFETY: the caller's.
                unsafe { kernel.compute::<V, LANES>() };
            }
        )*

        compiled!(f32, Array<f32, 4>, $($level $run $single)*);
        compiled!(f64, Array<f64, 2>, $($level $run $double)*);
    };
    ($type:ident, $baseline:ty, $($level:ident $run:ident $register:ident)*) => {
        impl Registers for $type {
            #[inline(always)]
            unsafe fn run<K: Kernel<Self>>(level: Level, kernel: &K) {
                // SAFETY: `Level::current` yields a level only if the processor has its instructions; an
                // array needs no others than the compilation target's.
                unsafe {
                    match level {
                        $(Level::$level => $run::<_, _, register::$register, _>(kernel),)*
                        _ => run_baseline::<_, _, $baseline, _>(kernel),
                    }
                }
            }
        }
    };
}

with_levels!(compiled);
