//! The SIMD levels, and which of them is in use.

#[cfg(feature = "std")]
use core::cell::Cell;
#[cfg(feature = "std")]
use core::sync::atomic::{AtomicU8, Ordering};

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

/// Calls a macro with the levels of x86-64 above the baseline, the widest first: for each the name of a
/// function that is compiled for it, the instructions, and the registers of f32 and f64.
#[cfg(target_arch = "x86_64")]
macro_rules! with_levels {
    ($macro:ident) => {
        $macro! {
            Avx512 run_avx512 "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma" Avx512F32 Avx512F64;
            Avx2 run_avx2 "avx2,fma" Avx2F32 Avx2F64;
        }
    };
}

/// Elsewhere there are none.
#[cfg(not(target_arch = "x86_64"))]
macro_rules! with_levels {
    ($macro:ident) => {
        $macro! {}
    };
}

pub(crate) use with_levels;

impl Level {
    /// All levels, in their order.
    pub const ALL: [Self; 3] = [Self::Baseline, Self::Avx2, Self::Avx512];

    /// The level in use: the widest that this processor has, unless [`with_level`] lowers it.
    #[cfg(feature = "std")]
    #[must_use]
    #[inline]
    pub fn current() -> Self {
        LIMIT.get().map_or_else(Self::available, |limit| limit.min(Self::available()))
    }

    /// The level in use: what the compilation target has, since only the standard library can ask the
    /// processor.
    #[cfg(not(feature = "std"))]
    #[must_use]
    #[inline]
    pub fn current() -> Self {
        const AVX2: bool = cfg!(all(target_feature = "avx2", target_feature = "fma"));
        const AVX512: bool = cfg!(all(
            target_feature = "avx512f",
            target_feature = "avx512bw",
            target_feature = "avx512dq",
            target_feature = "avx512vl"
        ));
        Self::of(AVX2, AVX512)
    }

    /// The level of a processor with these instructions.
    #[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "levels of x86-64"))]
    const fn of(avx2: bool, avx512: bool) -> Self {
        match (avx2, avx512) {
            (true, true) => Self::Avx512,
            (true, false) => Self::Avx2,
            (false, _) => Self::Baseline,
        }
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

    /// How many registers a kernel may count on.
    #[inline(always)]
    pub(crate) fn registers(self) -> usize {
        let has_32 = matches!(self, Self::Avx512) || cfg!(target_arch = "aarch64");
        if has_32 { 32 } else { 16 }
    }

    /// How many numbers a register holds.
    #[inline(always)]
    pub(crate) fn lanes<T>(self) -> usize {
        self.register_bytes() / size_of::<T>()
    }

    /// How many registers hold so many numbers.
    #[inline(always)]
    pub(crate) fn registers_for<T>(self, numbers: usize) -> usize {
        // A shift: the division would take as long as a small product.
        let lanes = self.lanes::<T>();
        (numbers + lanes - 1) >> lanes.trailing_zeros()
    }

    /// The widest level of this processor, detected once.
    #[cfg(feature = "std")]
    #[inline]
    fn available() -> Self {
        match DETECTED.load(Ordering::Relaxed) {
            0 => Self::detect_and_store(),
            stored => Self::ALL[usize::from(stored - 1)],
        }
    }

    #[cfg(feature = "std")]
    #[cold]
    fn detect_and_store() -> Self {
        let level = detect();
        DETECTED.store(level as u8 + 1, Ordering::Relaxed);
        level
    }
}

/// The detected level plus one; 0 before the detection.
#[cfg(feature = "std")]
static DETECTED: AtomicU8 = AtomicU8::new(0);

#[cfg(feature = "std")]
thread_local! {
    static LIMIT: Cell<Option<Level>> = const { Cell::new(None) };
}

/// Runs `body` with no wider a level than `level` on this thread, for tests of every level.
///
/// A level that the processor lacks is lowered to the widest that it has.
#[cfg(feature = "std")]
pub fn with_level<R>(level: Level, body: impl FnOnce() -> R) -> R {
    with_limit(Some(level), body)
}

/// The level that [`with_level`] has lowered this thread to.
#[cfg(feature = "threads")]
pub(crate) fn limit() -> Option<Level> {
    LIMIT.get()
}

/// [`with_level`], if there is a level.
#[cfg(feature = "std")]
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

#[cfg(all(feature = "std", target_arch = "x86_64"))]
fn detect() -> Level {
    let avx2 = std::is_x86_feature_detected!("avx2") && std::is_x86_feature_detected!("fma");
    let avx512 = std::is_x86_feature_detected!("avx512f")
        && std::is_x86_feature_detected!("avx512bw")
        && std::is_x86_feature_detected!("avx512dq")
        && std::is_x86_feature_detected!("avx512vl");
    Level::of(avx2, avx512)
}

#[cfg(all(feature = "std", not(target_arch = "x86_64")))]
fn detect() -> Level {
    Level::Baseline
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::*;

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
