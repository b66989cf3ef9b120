//! The two floating-point formats as the elementary functions see them: their bits, and the
//! coefficients of their polynomials.
//!
//! The module is private, so that no other crate can implement [`Format`].

use core::fmt::{Debug, Display};
use core::hint::select_unpredictable;
use core::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Shr, Sub};

/// A binary floating-point format of IEEE 754.
pub trait Format:
    Copy
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
    /// An integer as wide as the number.
    type Integer: Copy
        + Add<Output = Self::Integer>
        + Sub<Output = Self::Integer>
        + Shr<u32, Output = Self::Integer>;

    /// 0.
    const ZERO: Self;
    /// ½.
    const HALF: Self;
    /// 1.
    const ONE: Self;
    /// 2.
    const TWO: Self;
    /// +∞.
    const INFINITY: Self;
    /// −∞.
    const NEGATIVE_INFINITY: Self;
    /// Not a number.
    const NAN: Self;
    /// The least positive normal number.
    const LEAST_NORMAL: Self;
    /// Size of one number in bytes.
    const BYTES: usize;
    /// The integer 1.
    const INTEGER_ONE: Self::Integer;
    /// The bias of the exponent: 2⁰ has this one.
    const BIAS: Self;
    /// 2 to as many as the fraction has bits, and two more: it makes a subnormal number normal.
    const TO_NORMAL: Self;
    /// By how much that raises the exponent.
    const TO_NORMAL_EXPONENT: Self;
    /// 1.5 · 2ᵏ with k fraction bits: a number of magnitude below 2ᵏ⁻¹ added to it is rounded to an
    /// integer, which the sum's low bits hold.
    const ROUNDER: Self;

    /// log₂ e.
    const LOG2_E: Self;
    /// The upper bits of ln 2: a product with the exponent of any number is exact.
    const LN_2_HIGH: Self;
    /// ln 2 − [`Self::LN_2_HIGH`].
    const LN_2_LOW: Self;
    /// Below it eˣ is 0, above the second one infinite.
    const EXP_RANGE: (Self, Self);
    /// Below it eˣ − 1 is −1 to the last bit.
    const EXP_M1_LEAST: Self;
    /// Below this magnitude eˣ − 1, ln(1 + x) and x are the same number.
    const TINY: Self;
    /// From here on tanh is 1 to the last bit.
    const TANH_GREATEST: Self;
    /// Below this magnitude erf and erfc come from [`Self::erf_quotient`].
    const ERF_SMALL: Self;
    /// From here on erfc is below the least subnormal number.
    const ERFC_GREATEST: Self;
    /// c in t = 1 / (c + x), the variable of [`Self::erfc_quotient`].
    const ERFC_SHIFT: Self;

    /// The nearest number of this format.
    fn of(value: f64) -> Self;
    /// The same number as f64.
    fn to_f64(self) -> f64;
    /// Square root.
    #[must_use]
    fn sqrt(self) -> Self;
    /// |x|.
    #[must_use]
    fn abs(self) -> Self;
    /// The magnitude of this number, the sign of the other.
    #[must_use]
    fn copysign(self, sign: Self) -> Self;
    /// sin x, of `libm`.
    #[must_use]
    fn sin(self) -> Self;
    /// cos x, of `libm`.
    #[must_use]
    fn cos(self) -> Self;
    /// tan x, of `libm`.
    #[must_use]
    fn tan(self) -> Self;
    /// arctan x, of `libm`.
    #[must_use]
    fn atan(self) -> Self;
    /// xʸ, of `libm`.
    #[must_use]
    fn power(self, exponent: Self) -> Self;

    /// The integer that a sum with [`Self::ROUNDER`] was rounded to, as both types.
    fn split_rounded(shifted: Self) -> (Self, Self::Integer);
    /// 2ⁿ, for n between the exponents of the least and the greatest normal number.
    fn power_of_two(exponent: Self::Integer) -> Self;
    /// A positive normal x as m · 2ⁿ with 1/√2 ≤ m < √2: m and n plus the bias.
    fn split(self) -> (Self, Self::Integer);
    /// An integer of magnitude below 2ᵏ⁻¹, k the fraction bits, as a number; vectorises at every level.
    fn of_integer(integer: Self::Integer) -> Self;
    /// 2⁻ⁿ for a biased n; for the greatest ones, the least normal number.
    fn inverse_power_of_two(biased: Self::Integer) -> Self;
    /// The number with the lower half of its fraction bits 0: its square is exact.
    #[must_use]
    fn upper_half(self) -> Self;

    /// (eˣ − 1 − x) / x² for |x| ≤ ½ ln 2.
    #[must_use]
    fn exp_quotient(self) -> Self;
    /// ln(1 + f) + n ln 2 for 1/√2 ≤ 1 + f < √2.
    fn ln_scaled(f: Self, n: Self) -> Self;
    /// (tanh x − x) / x³ as a function of x², for |x| < 0.625.
    fn tanh_quotient(square: Self) -> Self;
    /// erf(x) / x − 1 as a function of x², for |x| ≤ [`Self::ERF_SMALL`].
    fn erf_quotient(square: Self) -> Self;
    /// p(x) with erf x = 1 − eᵖ for x ≥ [`Self::ERF_SMALL`], in a format for which that is exact
    /// enough and takes less time than erfc.
    fn erf_exponent(x: Self) -> Option<Self>;
    /// p(t) with erfc x = e^(−x²) · t · p(t), t = 1 / ([`Self::ERFC_SHIFT`] + x).
    fn erfc_quotient(t: Self) -> Self;
}

/// A polynomial by Horner's rule, from the highest coefficient to the constant one.
macro_rules! polynomial {
    ($x:expr, [$highest:expr $(, $coefficient:expr)* $(,)?]) => {{
        let x = $x;
        let sum = $highest;
        $(let sum = sum * x + $coefficient;)*
        sum
    }};
}

/// What follows from a format's name, its integers and the size of its fields.
macro_rules! bits {
    (
        $float:ident, $integer:ident, $unsigned:ident;
        fraction: $fraction:literal, bias: $bias:literal;
        $($function:ident: $libm:ident;)*
    ) => {
        type Integer = $integer;

        const ZERO: Self = 0.0;
        const HALF: Self = 0.5;
        const ONE: Self = 1.0;
        const TWO: Self = 2.0;
        const INFINITY: Self = $float::INFINITY;
        const NEGATIVE_INFINITY: Self = $float::NEG_INFINITY;
        const NAN: Self = $float::NAN;
        const LEAST_NORMAL: Self = $float::MIN_POSITIVE;
        const BYTES: usize = size_of::<$float>();
        const INTEGER_ONE: $integer = 1;
        const BIAS: Self = $bias as $float;
        const TO_NORMAL: Self = ((1 as $unsigned) << ($fraction + 2)) as $float;
        const TO_NORMAL_EXPONENT: Self = ($fraction + 2) as $float;
        const ROUNDER: Self = ((3 as $unsigned) << ($fraction - 1)) as $float;
        const LOG2_E: Self = core::$float::consts::LOG2_E;

        #[inline(always)]
        #[allow(clippy::cast_possible_truncation, reason = "rounding is what it is for")]
        fn of(value: f64) -> Self {
            value as Self
        }

        #[inline(always)]
        fn to_f64(self) -> f64 {
            f64::from(self)
        }

        #[inline(always)]
        fn abs(self) -> Self {
            $float::abs(self)
        }

        #[inline(always)]
        fn copysign(self, sign: Self) -> Self {
            $float::copysign(self, sign)
        }

        $(
            #[inline(always)]
            fn $function(self) -> Self {
                libm::$libm(self)
            }
        )*

        #[inline(always)]
        fn split_rounded(shifted: Self) -> (Self, $integer) {
            let integer = shifted.to_bits().wrapping_sub(Self::ROUNDER.to_bits()).cast_signed();
            (shifted - Self::ROUNDER, integer)
        }

        #[inline(always)]
        fn power_of_two(exponent: $integer) -> Self {
            Self::from_bits(((exponent + $bias) << $fraction).cast_unsigned())
        }

        #[inline(always)]
        fn split(self) -> (Self, $integer) {
            const SQRT_HALF: $unsigned = core::$float::consts::FRAC_1_SQRT_2.to_bits();
            const FROM_SQRT_HALF: $unsigned = (1.0 as $float).to_bits() - SQRT_HALF;
            const FRACTION: $unsigned = (1 << $fraction) - 1;
            let shifted = self.to_bits().wrapping_add(FROM_SQRT_HALF);
            let mantissa = Self::from_bits((shifted & FRACTION) + SQRT_HALF);
            (mantissa, (shifted >> $fraction).cast_signed())
        }

        #[inline(always)]
        fn inverse_power_of_two(biased: $integer) -> Self {
            let greatest = 2 * $bias - 1;
            let bits = (2 * $bias - biased.min(greatest)) << $fraction;
            Self::from_bits(bits.cast_unsigned())
        }

        #[inline(always)]
        fn upper_half(self) -> Self {
            Self::from_bits(self.to_bits() >> ($fraction / 2 + 1) << ($fraction / 2 + 1))
        }
    };
}

impl Format for f32 {
    bits! {
        f32, i32, u32;
        fraction: 23, bias: 127;
        sin: sinf; cos: cosf; tan: tanf; atan: atanf;
    }

    const LN_2_HIGH: Self = 0.693_359_4;
    const LN_2_LOW: Self = -2.121_944_4e-4;
    const EXP_RANGE: (Self, Self) = (-104.0, 89.0);
    const EXP_M1_LEAST: Self = -30.0;
    const TINY: Self = 1e-8;
    const TANH_GREATEST: Self = 9.1;
    const ERF_SMALL: Self = 0.927_734_4;
    const ERFC_GREATEST: Self = 10.1;
    const ERFC_SHIFT: Self = 0.5;

    #[inline(always)]
    fn sqrt(self) -> Self {
        #[cfg(feature = "std")]
        return f32::sqrt(self);
        #[cfg(not(feature = "std"))]
        libm::sqrtf(self)
    }

    #[inline(always)]
    fn power(self, exponent: Self) -> Self {
        libm::powf(self, exponent)
    }

    #[inline(always)]
    fn of_integer(integer: i32) -> Self {
        integer as f32
    }

    // Cephes, expf.
    #[inline(always)]
    fn exp_quotient(self) -> Self {
        polynomial!(
            self,
            [1.987_569_1e-4, 1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 0.166_666_65, 0.5]
        )
    }

    // Cephes, logf.
    #[inline(always)]
    fn ln_scaled(f: Self, n: Self) -> Self {
        let square = f * f;
        let quotient = polynomial!(
            f,
            [
                7.037_683_6e-2,
                -0.115_146_1,
                0.116_769_984,
                -0.124_201_41,
                0.142_493_23,
                -0.166_680_57,
                0.200_007_14,
                -0.249_999_94,
                0.333_333_3,
            ]
        );
        let rest = quotient * f * square + n * Self::LN_2_LOW - 0.5 * square;
        f + rest + n * Self::LN_2_HIGH
    }

    // Cephes, tanhf.
    #[inline(always)]
    fn tanh_quotient(square: Self) -> Self {
        polynomial!(
            square,
            [-5.704_988_7e-3, 2.063_908_8e-2, -5.373_971_6e-2, 0.133_314_42, -0.333_332_8]
        )
    }

    // N. Juffa, a faithfully rounded erff (2018).
    #[inline(always)]
    fn erf_quotient(square: Self) -> Self {
        polynomial!(
            square,
            [
                -5.967_617e-4,
                4.991_194_2e-3,
                -2.676_813_5e-2,
                0.112_819_925,
                -0.376_125_34,
                0.128_379_17
            ]
        )
    }

    // N. Juffa, as above. From 4 on erf is 1 to the last bit.
    #[inline(always)]
    fn erf_exponent(x: Self) -> Option<Self> {
        let x = select_unpredictable(x > 4.0, 4.0, x);
        let quotient = polynomial!(
            x,
            [
                -1.728_534_7e-5,
                3.831_971_3e-4,
                -3.883_964_4e-3,
                2.425_462_2e-2,
                -0.106_777_88,
                -0.634_846_7,
                -0.128_717_51,
            ]
        );
        Some(quotient * x - x)
    }

    // Own minimax fit, relative error 5.9e-9.
    #[inline(always)]
    fn erfc_quotient(t: Self) -> Self {
        polynomial!(
            t - 0.375,
            [
                0.391_612_4,
                -0.563_135_8,
                0.219_076_6,
                0.181_740_79,
                -0.313_631_53,
                0.161_762_07,
                0.116_554_216,
                -0.279_916_73,
                0.086_239_405,
                0.636_506_26,
            ]
        )
    }
}

impl Format for f64 {
    bits! {
        f64, i64, u64;
        fraction: 52, bias: 1023;
        sin: sin; cos: cos; tan: tan; atan: atan;
    }

    const LN_2_HIGH: Self = 0.693_147_180_369_123_8;
    const LN_2_LOW: Self = 1.908_214_929_270_587_7e-10;
    const EXP_RANGE: (Self, Self) = (-746.0, 710.0);
    const EXP_M1_LEAST: Self = -50.0;
    const TINY: Self = 1e-17;
    const TANH_GREATEST: Self = 19.1;
    const ERF_SMALL: Self = 0.875;
    const ERFC_GREATEST: Self = 27.3;
    const ERFC_SHIFT: Self = 2.0;

    #[inline(always)]
    fn sqrt(self) -> Self {
        #[cfg(feature = "std")]
        return f64::sqrt(self);
        #[cfg(not(feature = "std"))]
        libm::sqrt(self)
    }

    #[inline(always)]
    fn power(self, exponent: Self) -> Self {
        libm::pow(self, exponent)
    }

    // Registers below AVX-512 cannot convert integers of 64 bits.
    #[inline(always)]
    fn of_integer(integer: i64) -> Self {
        let bits = integer.cast_unsigned().wrapping_add(Self::ROUNDER.to_bits());
        Self::from_bits(bits) - Self::ROUNDER
    }

    // Own minimax fit of eˣ − 1, relative error 2.1e-17.
    #[inline(always)]
    fn exp_quotient(self) -> Self {
        polynomial!(
            self,
            [
                2.516_136_635_928_933_7e-8,
                2.762_823_081_386_56e-7,
                2.755_711_689_025_831_6e-6,
                2.480_149_975_201_192_7e-5,
                0.000_198_412_699_869_317_96,
                0.001_388_888_893_617_992,
                0.008_333_333_333_293_218,
                0.041_666_666_666_562_414,
                0.166_666_666_666_666_96,
                0.500_000_000_000_000_7,
            ]
        )
    }

    // fdlibm, e_log.c: ln(1 + f) = f − f²/2 + s (f²/2 + R(s²)) with s = f / (2 + f).
    #[inline(always)]
    fn ln_scaled(f: Self, n: Self) -> Self {
        let half_square = 0.5 * f * f;
        let s = f / (2.0 + f);
        let square = s * s;
        let rest = square
            * polynomial!(
                square,
                [
                    0.147_981_986_051_165_86,
                    0.153_138_376_992_093_73,
                    0.181_835_721_616_180_5,
                    0.222_221_984_321_497_84,
                    0.285_714_287_436_623_9,
                    0.399_999_999_994_094_2,
                    0.666_666_666_666_673_5,
                ]
            );
        let log_and_low_bits = s * (half_square + rest) + n * Self::LN_2_LOW;
        n * Self::LN_2_HIGH - ((half_square - log_and_low_bits) - f)
    }

    // Cephes, tanh.c.
    #[inline(always)]
    fn tanh_quotient(square: Self) -> Self {
        let numerator = polynomial!(
            square,
            [-0.964_399_179_425_052_3, -99.287_723_100_191_85, -1_614.687_684_417_084_5]
        );
        let denominator = polynomial!(
            square,
            [1.0, 112.811_678_491_632_93, 2_235.488_390_601_004_5, 4_844.063_053_251_255]
        );
        numerator / denominator
    }

    // Own minimax fit, relative error of erf 3.2e-19.
    #[inline(always)]
    fn erf_quotient(square: Self) -> Self {
        polynomial!(
            square,
            [
                -8.655_115_140_119_248e-10,
                1.411_805_842_586_409_3e-8,
                -1.628_838_059_902_820_7e-7,
                1.645_651_857_530_664_8e-6,
                -1.492_538_148_982_510_2e-5,
                0.000_120_553_243_261_209_51,
                -0.000_854_832_683_944_515,
                0.005_223_977_622_956_130_6,
                -0.026_866_170_644_932_613,
                0.112_837_916_709_543_03,
                -0.376_126_389_031_837_37,
                0.128_379_167_095_512_6,
            ]
        )
    }

    #[inline(always)]
    fn erf_exponent(_: Self) -> Option<Self> {
        None
    }

    // Own minimax fit, relative error 1.7e-17.
    #[inline(always)]
    fn erfc_quotient(t: Self) -> Self {
        polynomial!(
            t - 0.1875,
            [
                -42_774.958_382_237_295,
                -192_236.515_580_953_7,
                74_729.864_195_686_55,
                36_876.283_291_527_77,
                -24_403.519_748_851_74,
                -1_120.572_275_496_397_9,
                4_849.802_710_796_451,
                -1_003.552_831_591_476_9,
                -734.665_086_152_388,
                375.023_786_906_974_64,
                90.764_847_183_719_33,
                -104.031_641_678_569_02,
                -10.001_897_357_259_633,
                29.401_662_509_532_933,
                2.610_977_732_086_141,
                -9.718_705_685_543_153,
                -2.852_178_088_723_207_8,
                3.397_535_741_236_384_7,
                3.923_933_765_087_479_5,
                2.221_836_245_801_142,
                0.866_613_124_959_458_3,
            ]
        )
    }
}
