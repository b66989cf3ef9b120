//! Registers of x86-64.

#![allow(unsafe_code, reason = "instructions that a processor may lack")]

#[allow(clippy::wildcard_imports, reason = "some forty intrinsics")]
use core::arch::x86_64::*;

use super::vector::Vector;

/// A [`Vector`] over an x86-64 register, given its instructions.
macro_rules! register {
    (
        $(#[$documentation:meta])*
        $name:ident($register:ty): $element:ty, $lanes:literal lanes;
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
    Avx512F32(__m512): f32, 16 lanes;
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
    Avx512F64(__m512d): f64, 8 lanes;
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
    Avx2F32(__m256): f32, 8 lanes;
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
    Avx2F64(__m256d): f64, 4 lanes;
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
