//! Registers of any target: arrays.

#![allow(unsafe_code, reason = "numbers behind pointers")]

use super::vector::{Element, Vector};

/// A register as an array, for any target: loops over its lanes become the target's own
/// instructions.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(crate) struct Array<T, const LANES: usize>([T; LANES]);

impl<T: Element, const LANES: usize> Vector<LANES> for Array<T, LANES> {
    type Element = T;

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
