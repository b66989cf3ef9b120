//! The choice of the SIMD level at run time.
//!
//! A crate is compiled for the oldest processor that it may meet. [`vectorise`] compiles one more
//! copy of a loop for each newer SIMD level and runs the copy for the processor at hand, so plain
//! loops over slices use the whole width of its registers under a plain `cargo build --release`.
//!
//! ```
//! use nncore::vectorise::{Body, vectorise};
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
#![allow(
    clippy::inline_always,
    reason = "only what is inlined is compiled for the caller's SIMD level"
)]

use std::cell::Cell;
use std::sync::atomic::{AtomicU8, Ordering};

use crate::real::Real;

/// Size of a cache line, where memory that kernels read begins: registers that lie across two lines
/// take twice the time to load.
pub const LINE_BYTES: usize = 64;

/// A SIMD level, from the narrowest to the widest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// What the compilation target guarantees: SSE2 on x86-64, NEON on ARM64.
    Baseline,
    /// AVX2 and FMA.
    Avx2,
    /// AVX-512 F, BW, DQ and VL.
    Avx512,
}

impl Level {
    /// All levels, in their order.
    pub const ALL: [Self; 3] = [Self::Baseline, Self::Avx2, Self::Avx512];

    /// The level in use: the widest that this processor has, unless [`with_level`] lowers it.
    #[must_use]
    #[inline]
    pub fn current() -> Self {
        LIMIT.get().map_or_else(Self::available, |limit| limit.min(Self::available()))
    }

    /// The size of a register.
    #[must_use]
    #[inline]
    pub fn register_bytes(self) -> usize {
        match self {
            Self::Baseline => 16,
            Self::Avx2 => 32,
            Self::Avx512 => 64,
        }
    }

    /// The widest level of this processor, detected once.
    #[inline]
    fn available() -> Self {
        match DETECTED.load(Ordering::Relaxed) {
            0 => Self::detect_and_store(),
            stored => Self::ALL[usize::from(stored - 1)],
        }
    }

    #[cold]
    fn detect_and_store() -> Self {
        let level = detect();
        DETECTED.store(level as u8 + 1, Ordering::Relaxed);
        level
    }
}

/// The detected level plus one; 0 before the detection.
static DETECTED: AtomicU8 = AtomicU8::new(0);

thread_local! {
    static LIMIT: Cell<Option<Level>> = const { Cell::new(None) };
}

/// Runs `body` with no wider a level than `level` on this thread, for tests of every level.
///
/// A level that the processor lacks is lowered to the widest that it has.
pub fn with_level<R>(level: Level, body: impl FnOnce() -> R) -> R {
    with_limit(Some(level), body)
}

/// The level that [`with_level`] has lowered this thread to.
pub(crate) fn limit() -> Option<Level> {
    LIMIT.get()
}

/// [`with_level`], if there is a level.
pub(crate) fn with_limit<R>(limit: Option<Level>, body: impl FnOnce() -> R) -> R {
    /// Puts the limit back, also when `body` panics.
    struct Restore(Option<Level>);
    impl Drop for Restore {
        fn drop(&mut self) {
            LIMIT.set(self.0);
        }
    }

    let _restore = Restore(LIMIT.replace(limit));
    body()
}

/// How many numbers loops compute side by side: the lanes of the widest register of f32.
const LANES: usize = 16;

/// One result of those that loops keep for each lane: halves are combined with halves.
#[doc(hidden)]
#[inline(always)]
#[must_use]
pub fn fold_lanes<T: Real>(mut lanes: [T; LANES], combine: impl Fn(T, T) -> T) -> T {
    for width in [8, 4, 2, 1] {
        for lane in 0..width {
            lanes[lane] = combine(lanes[lane], lanes[lane + width]);
        }
    }
    lanes[0]
}

/// Fewer numbers than lanes, and zeros after them.
///
/// In runs of fixed sizes: a copy of a size known at run time alone is a call.
#[doc(hidden)]
#[inline(always)]
#[must_use]
pub fn padded<T: Real>(rest: &[T]) -> [T; LANES] {
    let mut lanes = [T::ZERO; LANES];
    let mut at = 0;
    for size in [8, 4, 2, 1] {
        if rest.len() & size != 0 {
            lanes[at..at + size].copy_from_slice(&rest[at..at + size]);
            at += size;
        }
    }
    lanes
}

/// What [`padded`] has laid out, back into its place.
#[doc(hidden)]
#[inline(always)]
pub fn unpad<T: Real>(lanes: &[T; LANES], rest: &mut [T]) {
    let mut at = 0;
    for size in [8, 4, 2, 1] {
        if rest.len() & size != 0 {
            rest[at..at + size].copy_from_slice(&lanes[at..at + size]);
            at += size;
        }
    }
}

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

/// Runs the loops of `B` compiled for the widest SIMD level of this processor.
#[inline(always)]
pub fn vectorise<B: Body<W, A>, W, A>(written: W, arguments: A) -> B::Output {
    #[cfg(target_arch = "x86_64")]
    #[expect(unsafe_code, reason = "calls of code for instructions found at run time")]
    match Level::current() {
        // SAFETY: `Level::current` yields a level only if the processor has its features.
        Level::Avx512 => return unsafe { run_avx512::<B, W, A>(written, arguments) },
        // SAFETY: as above.
        Level::Avx2 => return unsafe { run_avx2::<B, W, A>(written, arguments) },
        Level::Baseline => {}
    }
    B::run(written, arguments)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")]
fn run_avx512<B: Body<W, A>, W, A>(written: W, arguments: A) -> B::Output {
    B::run(written, arguments)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn run_avx2<B: Body<W, A>, W, A>(written: W, arguments: A) -> B::Output {
    B::run(written, arguments)
}

#[cfg(target_arch = "x86_64")]
fn detect() -> Level {
    let avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
    let avx512 = is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl");
    match (avx2, avx512) {
        (true, true) => Level::Avx512,
        (true, false) => Level::Avx2,
        (false, _) => Level::Baseline,
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn detect() -> Level {
    Level::Baseline
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn what_is_padded_comes_back() {
        for count in 0..LANES {
            let rest: Vec<f32> = (1..=count).map(|k| k as f32).collect();
            let lanes = padded(&rest);
            assert!(lanes[..count] == rest[..] && lanes[count..].iter().all(|&one| one == 0.0));
            let mut back = vec![0.0; count];
            unpad(&lanes, &mut back);
            assert_eq!(back, rest);
        }
    }

    #[test]
    fn a_level_is_lowered_only_inside() {
        let outside = Level::current();
        with_level(Level::Avx2, || {
            assert!(Level::current() <= Level::Avx2);
            with_level(Level::Baseline, || {
                assert_eq!(Level::current(), Level::Baseline);
            });
            assert!(Level::current() <= Level::Avx2);
        });
        assert_eq!(Level::current(), outside);
    }

    #[test]
    fn a_level_comes_back_after_a_panic() {
        let outside = Level::current();
        let outcome = std::panic::catch_unwind(|| with_level(Level::Baseline, || panic!("inside")));
        assert!(outcome.is_err());
        assert_eq!(Level::current(), outside);
    }
}
