//! SIMD registers: one interface, one implementation for each SIMD level.

#![allow(unsafe_code, reason = "instructions that a processor may lack")]

use core::ops::{Add, Mul};

/// A floating-point number that registers hold.
pub(crate) trait Element: Copy + Default + Add<Output = Self> + Mul<Output = Self> {
    /// `self · factor + addend`, rounded once where the compilation target has an instruction
    /// for it and the standard library a name.
    fn mul_add(self, factor: Self, addend: Self) -> Self;
}

macro_rules! element {
    ($type:ident) => {
        impl Element for $type {
            #[inline(always)]
            fn mul_add(self, factor: Self, addend: Self) -> Self {
                #[cfg(all(
                    feature = "std",
                    any(target_feature = "fma", target_arch = "aarch64")
                ))]
                return $type::mul_add(self, factor, addend);
                #[cfg(not(all(
                    feature = "std",
                    any(target_feature = "fma", target_arch = "aarch64")
                )))]
                return self * factor + addend;
            }
        }
    };
}

element!(f32);
element!(f64);

/// A register of `LANES` numbers.
///
/// A value is the proof that the processor has the instructions of its type: only the unsafe
/// constructors make one, so the methods on values are safe.
pub(crate) trait Vector<const LANES: usize>: Copy {
    /// What a lane holds.
    type Element: Element;

    /// How many registers a kernel may count on.
    const REGISTERS: usize;

    /// `value` in every lane.
    ///
    /// # Safety
    ///
    /// The processor has the instructions of this type.
    unsafe fn splat(value: Self::Element) -> Self;

    /// The `LANES` numbers from `source` on.
    ///
    /// # Safety
    ///
    /// The processor has the instructions of this type, and the numbers can be read.
    unsafe fn load(source: *const Self::Element) -> Self;

    /// The first `count` < `LANES` numbers from `source` on, then zeros.
    ///
    /// # Safety
    ///
    /// The processor has the instructions of this type, and the `count` numbers can be read.
    unsafe fn load_first(count: usize, source: *const Self::Element) -> Self;

    /// Writes the `LANES` numbers from `target` on.
    ///
    /// # Safety
    ///
    /// The numbers can be written.
    unsafe fn store(self, target: *mut Self::Element);

    /// Writes the first `count` < `LANES` numbers only.
    ///
    /// # Safety
    ///
    /// The `count` numbers can be written.
    unsafe fn store_first(self, count: usize, target: *mut Self::Element);

    /// `self · factor + addend` lane by lane.
    fn mul_add(self, factor: Self, addend: Self) -> Self;

    /// `self + other` lane by lane.
    fn add(self, other: Self) -> Self;

    /// The lanes of both in turn, self₀ other₀ self₁ other₁ …: the first half and the second.
    fn interleave(self, other: Self) -> (Self, Self);
}

/// The transpose of a square of `LANES` registers.
///
/// A round interleaves the upper half of the registers with the lower half, which rotates the
/// bits of (row, lane) by one place; log₂ `LANES` rounds exchange row and lane.
#[inline(always)]
pub(crate) fn transpose<V: Vector<LANES>, const LANES: usize>(rows: [V; LANES]) -> [V; LANES] {
    let mut square = rows;
    for _ in 0..LANES.ilog2() {
        let before = square;
        for pair in 0..LANES / 2 {
            (square[2 * pair], square[2 * pair + 1]) =
                before[pair].interleave(before[pair + LANES / 2]);
        }
    }
    square
}

/// The sum of each register, the sum of register i in lane i.
///
/// The rounds of [`transpose`], with the two halves of a pair added at once.
#[inline(always)]
pub(crate) fn sums<V: Vector<LANES>, const LANES: usize>(registers: [V; LANES]) -> V {
    let mut partial = registers;
    for round in 0..LANES.ilog2() {
        let half = LANES >> (round + 1);
        for pair in 0..half {
            let (first, second) = partial[pair].interleave(partial[pair + half]);
            partial[pair] = first.add(second);
        }
    }
    partial[0]
}

/// A register as an array, for any target: loops over its lanes become the target's own
/// instructions.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(crate) struct Array<T, const LANES: usize>([T; LANES]);

impl<T: Element, const LANES: usize> Vector<LANES> for Array<T, LANES> {
    type Element = T;

    const REGISTERS: usize = if cfg!(target_arch = "aarch64") { 32 } else { 16 };

    #[inline(always)]
    unsafe fn splat(value: T) -> Self {
        Self([value; LANES])
    }

    #[inline(always)]
    unsafe fn load(source: *const T) -> Self {
        // SAFETY: the caller says that `LANES` numbers can be read; an array needs no alignment
        // other than theirs.
        Self(unsafe { source.cast::<[T; LANES]>().read() })
    }

    #[inline(always)]
    unsafe fn load_first(count: usize, source: *const T) -> Self {
        let mut lanes = [T::default(); LANES];
        // SAFETY: the caller says that `count` numbers can be read.
        lanes[..count].copy_from_slice(unsafe { core::slice::from_raw_parts(source, count) });
        Self(lanes)
    }

    #[inline(always)]
    unsafe fn store(self, target: *mut T) {
        // SAFETY: the caller says that `LANES` numbers can be written.
        unsafe { target.cast::<[T; LANES]>().write(self.0) };
    }

    #[inline(always)]
    unsafe fn store_first(self, count: usize, target: *mut T) {
        for (lane, value) in self.0[..count].iter().enumerate() {
            // SAFETY: `lane` < `count`, and the caller says that `count` numbers can be written.
            unsafe { target.add(lane).write(*value) };
        }
    }

    #[inline(always)]
    fn mul_add(self, factor: Self, addend: Self) -> Self {
        Self(core::array::from_fn(|lane| {
            Element::mul_add(self.0[lane], factor.0[lane], addend.0[lane])
        }))
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(core::array::from_fn(|lane| self.0[lane] + other.0[lane]))
    }

    #[inline(always)]
    fn interleave(self, other: Self) -> (Self, Self) {
        let lane_of_both = |index: usize| {
            let source = if index.is_multiple_of(2) { self.0 } else { other.0 };
            source[index / 2]
        };
        (
            Self(core::array::from_fn(lane_of_both)),
            Self(core::array::from_fn(|lane| lane_of_both(lane + LANES))),
        )
    }
}

#[cfg(target_arch = "x86_64")]
pub(crate) use x86::{Avx2F32, Avx2F64, Avx512F32, Avx512F64};

#[cfg(target_arch = "x86_64")]
mod x86 {
    #[allow(clippy::wildcard_imports, reason = "some forty intrinsics")]
    use core::arch::x86_64::*;

    use super::Vector;

    /// A [`Vector`] over an x86-64 register, given its instructions.
    macro_rules! register {
        (
            $(#[$documentation:meta])*
            $name:ident($register:ty): $element:ty, $lanes:literal lanes of $registers:literal;
            splat: $splat:ident; load: $load:ident; store: $store:ident;
            mul_add: $mul_add:ident; add: $add:ident;
            load_first: |$load_count:ident, $source:ident| $load_first:expr;
            store_first: |$value:ident, $store_count:ident, $target:ident| $store_first:expr;
            interleave: |$first:ident, $second:ident| $interleave:expr;
        ) => {
            $(#[$documentation])*
            #[derive(Clone, Copy)]
            #[repr(transparent)]
            pub(crate) struct $name($register);

            impl Vector<$lanes> for $name {
                type Element = $element;

                const REGISTERS: usize = $registers;

                #[inline(always)]
                unsafe fn splat(value: $element) -> Self {
                    // SAFETY: the caller says that the processor has the instruction.
                    Self(unsafe { $splat(value) })
                }

                #[inline(always)]
                unsafe fn load(source: *const $element) -> Self {
                    // SAFETY: as the caller says; the instruction needs no alignment.
                    Self(unsafe { $load(source) })
                }

                #[inline(always)]
                unsafe fn load_first($load_count: usize, $source: *const $element) -> Self {
                    // SAFETY: as the caller says; the mask keeps the other numbers unread.
                    Self(unsafe { $load_first })
                }

                #[inline(always)]
                unsafe fn store(self, target: *mut $element) {
                    // SAFETY: as the caller says; the instruction needs no alignment.
                    unsafe { $store(target, self.0) };
                }

                #[inline(always)]
                unsafe fn store_first(self, $store_count: usize, $target: *mut $element) {
                    let $value = self.0;
                    // SAFETY: as the caller says; the mask keeps the other numbers unwritten.
                    unsafe { $store_first };
                }

                #[inline(always)]
                fn mul_add(self, factor: Self, addend: Self) -> Self {
                    // SAFETY: a value proves that the processor has the instruction.
                    Self(unsafe { $mul_add(self.0, factor.0, addend.0) })
                }

                #[inline(always)]
                fn add(self, other: Self) -> Self {
                    // SAFETY: a value proves that the processor has the instruction.
                    Self(unsafe { $add(self.0, other.0) })
                }

                #[inline(always)]
                fn interleave(self, other: Self) -> (Self, Self) {
                    let ($first, $second) = (self.0, other.0);
                    // SAFETY: a value proves that the processor has the instructions.
                    let (low, high) = unsafe { $interleave };
                    (Self(low), Self(high))
                }
            }
        };
    }

    register! {
        /// 16 numbers of f32 in an AVX-512 register.
        Avx512F32(__m512): f32, 16 lanes of 32;
        splat: _mm512_set1_ps; load: _mm512_loadu_ps; store: _mm512_storeu_ps;
        mul_add: _mm512_fmadd_ps; add: _mm512_add_ps;
        load_first: |count, source| _mm512_maskz_loadu_ps((1 << count) - 1, source);
        store_first: |value, count, target| _mm512_mask_storeu_ps(target, (1 << count) - 1, value);
        interleave: |first, second| {
            let low = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
            let high = _mm512_add_epi32(low, _mm512_set1_epi32(8));
            (
                _mm512_permutex2var_ps(first, low, second),
                _mm512_permutex2var_ps(first, high, second),
            )
        };
    }

    register! {
        /// 8 numbers of f64 in an AVX-512 register.
        Avx512F64(__m512d): f64, 8 lanes of 32;
        splat: _mm512_set1_pd; load: _mm512_loadu_pd; store: _mm512_storeu_pd;
        mul_add: _mm512_fmadd_pd; add: _mm512_add_pd;
        load_first: |count, source| _mm512_maskz_loadu_pd((1 << count) - 1, source);
        store_first: |value, count, target| _mm512_mask_storeu_pd(target, (1 << count) - 1, value);
        interleave: |first, second| {
            let low = _mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11);
            let high = _mm512_add_epi64(low, _mm512_set1_epi64(4));
            (
                _mm512_permutex2var_pd(first, low, second),
                _mm512_permutex2var_pd(first, high, second),
            )
        };
    }

    register! {
        /// 8 numbers of f32 in an AVX register.
        Avx2F32(__m256): f32, 8 lanes of 16;
        splat: _mm256_set1_ps; load: _mm256_loadu_ps; store: _mm256_storeu_ps;
        mul_add: _mm256_fmadd_ps; add: _mm256_add_ps;
        load_first: |count, source| _mm256_maskload_ps(source, first_of_8(count));
        store_first: |value, count, target| _mm256_maskstore_ps(target, first_of_8(count), value);
        interleave: |first, second| {
            let low = _mm256_unpacklo_ps(first, second);
            let high = _mm256_unpackhi_ps(first, second);
            (
                _mm256_permute2f128_ps::<0x20>(low, high),
                _mm256_permute2f128_ps::<0x31>(low, high),
            )
        };
    }

    register! {
        /// 4 numbers of f64 in an AVX register.
        Avx2F64(__m256d): f64, 4 lanes of 16;
        splat: _mm256_set1_pd; load: _mm256_loadu_pd; store: _mm256_storeu_pd;
        mul_add: _mm256_fmadd_pd; add: _mm256_add_pd;
        load_first: |count, source| _mm256_maskload_pd(source, first_of_4(count));
        store_first: |value, count, target| _mm256_maskstore_pd(target, first_of_4(count), value);
        interleave: |first, second| {
            let low = _mm256_unpacklo_pd(first, second);
            let high = _mm256_unpackhi_pd(first, second);
            (
                _mm256_permute2f128_pd::<0x20>(low, high),
                _mm256_permute2f128_pd::<0x31>(low, high),
            )
        };
    }

    /// The mask of the first `count` of 8 lanes.
    #[inline]
    #[target_feature(enable = "avx2")]
    #[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "below 8")]
    fn first_of_8(count: usize) -> __m256i {
        let lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
        _mm256_cmpgt_epi32(_mm256_set1_epi32(count as i32), lanes)
    }

    /// The mask of the first `count` of 4 lanes.
    #[inline]
    #[target_feature(enable = "avx2")]
    #[expect(clippy::cast_possible_wrap, reason = "below 4")]
    fn first_of_4(count: usize) -> __m256i {
        let lanes = _mm256_setr_epi64x(0, 1, 2, 3);
        _mm256_cmpgt_epi64(_mm256_set1_epi64x(count as i64), lanes)
    }
}
