//! What every register can do.

#![allow(unsafe_code, reason = "numbers behind pointers")]

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

/// The first `count` numbers, no more than `LANES` of them, then zeros.
///
/// # Safety
///
/// The processor has the instructions of `V`, and the numbers can be read.
#[inline(always)]
pub(crate) unsafe fn load_up_to<V: Vector<LANES>, const LANES: usize>(
    count: usize,
    source: *const V::Element,
) -> V {
    // SAFETY: the caller's.
    unsafe { if count >= LANES { V::load(source) } else { V::load_first(count, source) } }
}
