//! Loops compiled once for each SIMD level.
//!
//! A crate is compiled for the oldest processor that it may meet. [`vectorise`] compiles one more
//! copy of a loop for each newer SIMD level and runs the copy for the processor at hand, so plain
//! loops over slices use the whole width of its registers under a plain `cargo build --release`.
//!
//! ```
//! use nncore::simd::{Body, vectorise};
//!
//! struct Scale;
//! impl Body<&mut [f32], f32> for Scale {
//!     type Output = ();
//!
//!     #[inline(always)]
//!     fn run(values: &mut [f32], factor: f32) {
//!         for value in values {
//!             *value *= factor;
//!         }
//!     }
//! }
//!
//! let mut values = [1.0, 2.0, 3.0];
//! vectorise::<Scale, _, _>(&mut values[..], 2.0);
//! assert_eq!(values, [2.0, 4.0, 6.0]);
//! ```

use super::level::{Level, with_levels};

/// Loops that [`vectorise`] compiles for each SIMD level.
///
/// A trait of its own, since nothing makes the compiler inline a function that it is passed: the
/// call of a function through `Fn` is a function itself, and that one is compiled for the baseline.
///
/// What the loops write is an argument of its own: only so the compiler knows that nothing else
/// lies in the same memory, and need not load anew after each store.
pub trait Body<W, A> {
    /// What the loops result in.
    type Output;

    /// Runs the loops. The implementation has to be `#[inline(always)]`, and so has every function
    /// that it calls: what is not inlined stays compiled for the baseline.
    fn run(written: W, arguments: A) -> Self::Output;
}

macro_rules! compiled {
    ($($level:ident $run:ident $features:literal $single:ident $double:ident;)*) => {
        /// Runs the loops of `B` compiled for the widest SIMD level of this processor.
        #[inline(always)]
        pub fn vectorise<B: Body<W, A>, W, A>(written: W, arguments: A) -> B::Output {
            #[cfg_attr(
                target_arch = "x86_64",
                expect(unsafe_code, reason = "calls of code for instructions found at run time")
            )]
            match Level::current() {
                // SAFETY: `Level::current` yields a level only if the processor has its instructions.
                $(Level::$level => unsafe { $run::<B, W, A>(written, arguments) },)*
                _ => B::run(written, arguments),
            }
        }

        $(
            #[target_feature(enable = $features)]
            fn $run<B: Body<W, A>, W, A>(written: W, arguments: A) -> B::Output {
                B::run(written, arguments)
            }
        )*
    };
}

with_levels!(compiled);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::with_level;

    struct Sum;

    impl Body<(), &[f32]> for Sum {
        type Output = f32;

        #[inline(always)]
        fn run((): (), values: &[f32]) -> f32 {
            values.iter().sum()
        }
    }

    #[test]
    fn the_body_runs_at_every_level() {
        for level in Level::ALL {
            let sum = with_level(level, || vectorise::<Sum, _, _>((), &[1.0, 2.0, 3.5][..]));
            assert_eq!(sum.to_bits(), 6.5f32.to_bits());
        }
    }
}
