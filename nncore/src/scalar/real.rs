//! The scalar types of networks, f32 and f64.

use core::fmt::{Debug, Display};
use core::hint::select_unpredictable;
use core::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub};

use super::elementary::{self, with_elementary_functions};
use super::format::Format;

macro_rules! declared {
    ($($(#[$documentation:meta])* $name:ident $functions:ident;)*) => {
        $(
            $(#[$documentation])*
            #[must_use]
            fn $name(self) -> Self;
        )*
    };
}

macro_rules! defined {
    ($($(#[$documentation:meta])* $name:ident $functions:ident;)*) => {
        $(
            #[inline(always)]
            fn $name(self) -> Self {
                $functions::$name(self)
            }
        )*
    };
}

/// A floating-point number that networks compute with: `f32` or `f64`, and no other type.
///
/// The elementary functions are this crate's own: branch-free, so that loops over slices
/// vectorise, with the error bounds that [`elementary`] states. The trigonometric functions, the arc
/// tangent and the power are `libm`'s, one number at a time.
///
/// ```
/// use nncore::scalar::Real;
/// fn logistic<T: Real>(x: T) -> T {
///     T::ONE / (T::ONE + T::exp(-x))
/// }
/// assert!((logistic(0.0f32) - 0.5).abs() < 1e-7);
/// ```
pub trait Real:
    sealed::Sealed
    + Copy
    + Default
    + Debug
    + Display
    + PartialOrd
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + MulAssign
    + Send
    + Sync
    + 'static
{
    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;
    /// −∞, where a maximum begins.
    const NEGATIVE_INFINITY: Self;
    /// Size of one number in bytes.
    const BYTES: usize;

    /// The nearest number of this type.
    fn of(value: f64) -> Self;
    /// The same number as f64.
    fn to_f64(self) -> f64;

    /// The integer that this number is.
    #[doc(hidden)]
    fn to_index(self) -> usize;

    /// Calls a function that is compiled for this type.
    #[doc(hidden)]
    fn by_precision<F: ByPrecision>(arguments: F::Arguments<'_, Self>);

    with_elementary_functions!(declared);

    /// xʸ.
    #[must_use]
    fn power(self, exponent: Self) -> Self;

    /// The greater one; NaN if either is, as `torch.maximum`.
    #[must_use]
    #[inline(always)]
    fn maximum(self, other: Self) -> Self {
        // A NaN in `self` compares false, and stays; so far, x86 has one instruction for it.
        let greater = select_unpredictable(other > self, other, self);
        select_unpredictable(other.is_nan(), other, greater)
    }

    /// The smaller one; NaN if either is, as `torch.minimum`.
    #[must_use]
    #[inline(always)]
    fn minimum(self, other: Self) -> Self {
        let smaller = select_unpredictable(other < self, other, self);
        select_unpredictable(other.is_nan(), other, smaller)
    }

    /// −1, 0 or 1; 0 at ±0, as `torch.sign`.
    #[must_use]
    #[inline(always)]
    fn sign(self) -> Self {
        let positive = if self > Self::ZERO { Self::ONE } else { Self::ZERO };
        let negative = if self < Self::ZERO { Self::ONE } else { Self::ZERO };
        positive - negative
    }

    /// Whether the number is NaN.
    #[must_use]
    #[inline(always)]
    #[expect(clippy::eq_op, reason = "only NaN differs from itself")]
    fn is_nan(self) -> bool {
        self != self
    }
}

mod sealed {
    /// Only f32 and f64: `memory` relies on any bytes being a number, and zeros being 0.
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

macro_rules! real {
    ($type:ident, $precision:ident) => {
        impl Real for $type {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            const NEGATIVE_INFINITY: Self = $type::NEG_INFINITY;
            const BYTES: usize = size_of::<$type>();

            #[inline(always)]
            fn of(value: f64) -> Self {
                Format::of(value)
            }

            #[inline(always)]
            fn to_f64(self) -> f64 {
                f64::from(self)
            }

            #[inline(always)]
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "integers are held as numbers"
            )]
            fn to_index(self) -> usize {
                self as usize
            }

            #[inline(always)]
            fn by_precision<F: ByPrecision>(arguments: F::Arguments<'_, Self>) {
                F::$precision(arguments);
            }

            #[inline(always)]
            fn power(self, exponent: Self) -> Self {
                Format::power(self, exponent)
            }

            with_elementary_functions!(defined);
        }
    };
}

real!(f32, single);
real!(f64, double);

/// A function that is compiled for f32 and for f64, each under a name of its own.
///
/// It lets code that is generic over [`Real`] call what is not: such as kernels, which depend on
/// numbers, while numbers know nothing of kernels.
#[doc(hidden)]
pub trait ByPrecision {
    /// The function's arguments.
    type Arguments<'a, T: Real>;
    /// The function for f32.
    fn single(arguments: Self::Arguments<'_, f32>);
    /// The function for f64.
    fn double(arguments: Self::Arguments<'_, f64>);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maximum_and_minimum_let_nan_through() {
        assert!(Real::maximum(f32::NAN, 1.0).is_nan());
        assert!(Real::maximum(1.0, f32::NAN).is_nan());
        assert!(Real::minimum(f64::NAN, 1.0).is_nan());
        assert!(Real::minimum(1.0, f64::NAN).is_nan());
        assert!(Real::maximum(2.0f32, -3.0) == 2.0 && Real::minimum(2.0f32, -3.0) == -3.0);
    }

    #[test]
    fn sign_is_zero_at_both_zeros() {
        assert!(Real::sign(0.0f32) == 0.0 && Real::sign(-0.0f32) == 0.0);
        assert!(Real::sign(-2.0f64) == -1.0 && Real::sign(3.0f64) == 1.0);
    }
}
