//! Elementary functions of f64.

use super::{polynomial, select};

/// log₂ e.
const LOG2_E: f64 = std::f64::consts::LOG2_E;
/// The first 32 bits of ln 2: a product with an integer below 2²¹ is exact.
const LN_2_HIGH: f64 = 0.693_147_180_369_123_8;
/// ln 2 − [`LN_2_HIGH`].
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
/// 1.5 · 2⁵²: a number of magnitude below 2⁵¹ added to it is rounded to an integer, which the sum's
/// low bits hold.
const ROUNDER: f64 = 6_755_399_441_055_744.0;
/// The bits of 1/√2.
const SQRT_HALF_BITS: u64 = std::f64::consts::FRAC_1_SQRT_2.to_bits();
/// The bits of 1.
const ONE_BITS: u64 = 1f64.to_bits();

/// x between two bounds; NaN stays NaN.
#[inline(always)]
fn clamp(x: f64, low: f64, high: f64) -> f64 {
    let x = select(x < low, low, x);
    select(x > high, high, x)
}

/// The integer that a sum with [`ROUNDER`] was rounded to, as both types.
#[inline(always)]
fn split_rounded(shifted: f64) -> (f64, i64) {
    let integer = shifted.to_bits().wrapping_sub(ROUNDER.to_bits()).cast_signed();
    (shifted - ROUNDER, integer)
}

/// The integer n nearest to x / ln 2, and the rest x − n ln 2.
#[inline(always)]
fn reduce(x: f64) -> (i64, f64) {
    let (n, exponent) = split_rounded(x * LOG2_E + ROUNDER);
    (exponent, x - n * LN_2_HIGH - n * LN_2_LOW)
}

/// 2ⁿ for −1023 < n < 1024.
#[inline(always)]
fn power_of_two(n: i64) -> f64 {
    f64::from_bits(((n + 1023) << 52).cast_unsigned())
}

/// x · 2ⁿ for −2044 < n < 2046, rounded once.
#[inline(always)]
fn scale(x: f64, n: i64) -> f64 {
    let half = n >> 1;
    x * power_of_two(half) * power_of_two(n - half)
}

/// eˣ − 1 − x for |x| ≤ ½ ln 2.
#[inline(always)]
fn exp_remainder(x: f64) -> f64 {
    // Own minimax fit of eˣ − 1, relative error 2.1e-17.
    let quotient = polynomial!(
        x,
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
    );
    quotient * (x * x)
}

/// e^(x + correction) for a correction small against x, which lets x be more precise than one f64.
#[inline(always)]
fn exp_corrected(x: f64, correction: f64) -> f64 {
    let x = clamp(x, -746.0, 710.0);
    let (n, rest) = reduce(x);
    let rest = rest + correction;
    scale(exp_remainder(rest) + rest + 1.0, n)
}

/// eˣ = 2ⁿ · eʳ with n the integer nearest to x / ln 2.
///
/// At most 0.92 ULP off.
#[must_use]
#[inline(always)]
pub fn exp(x: f64) -> f64 {
    exp_corrected(x, 0.0)
}

/// eˣ − 1 = 2ⁿ (eʳ − 1) + (2ⁿ − 1) with n the integer nearest to x / ln 2.
///
/// At most 1.84 ULP off.
#[must_use]
#[inline(always)]
pub fn exp_m1(x: f64) -> f64 {
    let clamped = clamp(x, -50.0, 710.0);
    let (n, rest) = reduce(clamped);
    // 2ⁿ⁻¹ rather than 2ⁿ, which overflows for n = 1024.
    let half_scale = power_of_two(n - 1);
    let half = (exp_remainder(rest) + rest) * half_scale + (half_scale - 0.5);
    let tiny = x.abs() < 1e-17;
    select(tiny, x, half + half)
}

/// A positive normal x as m · 2ⁿ with 1/√2 ≤ m < √2: m and n + 1023.
#[inline(always)]
fn split(x: f64) -> (f64, u64) {
    let shifted = x.to_bits().wrapping_add(ONE_BITS - SQRT_HALF_BITS);
    let mantissa = f64::from_bits((shifted & 0x000f_ffff_ffff_ffff) + SQRT_HALF_BITS);
    (mantissa, shifted >> 52)
}

/// An integer below 2⁵¹ as f64; written so that it vectorises without AVX-512.
#[inline(always)]
fn to_float(integer: u64) -> f64 {
    f64::from_bits(integer.wrapping_add(ROUNDER.to_bits())) - ROUNDER
}

/// ln(1 + f) for 1/√2 ≤ 1 + f < √2, plus n ln 2.
#[inline(always)]
fn ln_scaled(f: f64, n: f64) -> f64 {
    let half_square = 0.5 * f * f;
    let s = f / (2.0 + f);
    let square = s * s;
    // fdlibm, e_log.c: ln(1 + f) = f − f²/2 + s (f²/2 + R(s²)).
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
    n * LN_2_HIGH - ((half_square - (s * (half_square + rest) + n * LN_2_LOW)) - f)
}

/// The logarithm of `argument`: `value` if it is positive and finite, `infinite` if it is +∞.
#[inline(always)]
fn ln_at_the_ends(value: f64, argument: f64, infinite: f64) -> f64 {
    let value = select(argument < f64::INFINITY, value, infinite);
    let value = select(argument == 0.0, f64::NEG_INFINITY, value);
    select(argument < 0.0, f64::NAN, value)
}

/// ln x = ln m + n ln 2 with 1/√2 ≤ m < √2.
///
/// At most 0.75 ULP off.
#[must_use]
#[inline(always)]
pub fn ln(x: f64) -> f64 {
    let subnormal = x < f64::MIN_POSITIVE;
    let normal = select(subnormal, x * 18_014_398_509_481_984.0, x);
    let (mantissa, biased) = split(normal);
    let bias = select(subnormal, 1023.0 + 54.0, 1023.0);
    let value = ln_scaled(mantissa - 1.0, to_float(biased) - bias);
    ln_at_the_ends(value, x, x)
}

/// ln(1 + x): the logarithm of 1 + x with what the rounding of the sum lost put back.
///
/// At most 0.78 ULP off.
#[must_use]
#[inline(always)]
pub fn ln_1p(x: f64) -> f64 {
    let sum = 1.0 + x;
    let rounded = sum - 1.0;
    let lost = (1.0 - (sum - rounded)) + (x - rounded);
    let (mantissa, biased) = split(sum);
    // From 2¹⁰²² on nothing is lost that would count.
    let inverse_scale = f64::from_bits((2046 - biased.min(2045)) << 52);
    let f = (mantissa - 1.0) + lost * inverse_scale;
    let value = ln_at_the_ends(ln_scaled(f, to_float(biased) - 1023.0), sum, x);
    let tiny = x.abs() < 1e-17;
    select(tiny, x, value)
}

/// tanh x, by the addition theorem, from the tangent t of the rest r of x by a multiple of ½ ln 2:
/// with s = 2ⁿ, tanh(½ n ln 2 + r) = 1 + 2 (t − 1) / ((s + 1) + (s − 1) t). For |x| < 0.625 it is t.
///
/// At most 1.45 ULP off.
#[must_use]
#[inline(always)]
pub fn tanh(x: f64) -> f64 {
    let magnitude = x.abs();
    let small = magnitude < 0.625;
    // From 19.07 on it is 1.
    let bounded = select(magnitude > 19.1, 19.1, magnitude);
    let shifted = select(small, ROUNDER, bounded * (2.0 * LOG2_E) + ROUNDER);
    let (n, exponent) = split_rounded(shifted);
    let rest = bounded - n * (0.5 * LN_2_HIGH) - n * (0.5 * LN_2_LOW);
    let square = rest * rest;
    // Cephes, tanh.c.
    let numerator = polynomial!(
        square,
        [-0.964_399_179_425_052_3, -99.287_723_100_191_85, -1_614.687_684_417_084_5]
    );
    let denominator = polynomial!(
        square,
        [1.0, 112.811_678_491_632_93, 2_235.488_390_601_004_5, 4_844.063_053_251_255]
    );
    let tangent = numerator / denominator * square * rest + rest;
    let scale = power_of_two(exponent);
    // A small x has s = 1, and no 1 that would swallow its digits.
    let limit = select(small, 0.0, 1.0);
    let missing = tangent - limit;
    let quotient = (missing + missing) / ((scale + 1.0) + (scale - 1.0) * tangent);
    (limit + quotient).copysign(x)
}

/// 1 / (1 + e⁻ˣ), from e^(−|x|), which neither overflows nor loses the tail.
///
/// At most 2.30 ULP off.
#[must_use]
#[inline(always)]
pub fn sigmoid(x: f64) -> f64 {
    let tail = exp(-x.abs());
    let value = 1.0 / (1.0 + tail);
    select(x < 0.0, tail * value, value)
}

/// ln(1 + eˣ) = max(x, 0) + ln(1 + e^(−|x|)).
///
/// At most 1.38 ULP off.
#[must_use]
#[inline(always)]
pub fn softplus(x: f64) -> f64 {
    let positive = select(x > 0.0, x, 0.0);
    positive + ln_1p(exp(-x.abs()))
}

/// Below this magnitude erf and erfc come from [`erf_quotient`], above from [`erfc_tail`].
const ERF_SMALL: f64 = 0.875;

/// erf(x) / x − 1 as a polynomial of x², for |x| ≤ [`ERF_SMALL`].
#[inline(always)]
fn erf_quotient(square: f64) -> f64 {
    // Own minimax fit, relative error of erf 3.2e-19.
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

/// 1 − erf x = e^(−x²) · t · p(t) for x ≥ [`ERF_SMALL`], with t = 1 / (2 + x) and a polynomial p.
#[inline(always)]
fn erfc_tail(x: f64) -> f64 {
    // From 27.3 on the result is below the least subnormal number.
    let bounded = select(x > 27.3, 27.3, x);
    let sum = bounded + 2.0;
    let t = 1.0 / sum;
    // The square in two parts: that of the upper 26 bits is exact.
    let high = f64::from_bits(bounded.to_bits() & 0xffff_ffff_f800_0000);
    let low = (bounded - high) * (bounded + high);
    // What the rounding of the sum lost is a factor of 1 − lost · t, well within the exponent.
    let lost = bounded - (sum - 2.0);
    let bell = exp_corrected(-high * high, -low - lost * t);
    // Own minimax fit, relative error 1.7e-17.
    let quotient = polynomial!(
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
    );
    bell * quotient / sum
}

/// erf x: an odd polynomial for |x| < 0.875, 1 − erfc |x| above.
///
/// At most 0.99 ULP off.
#[must_use]
#[inline(always)]
pub fn erf(x: f64) -> f64 {
    let magnitude = x.abs();
    let small = erf_quotient(x * x) * x + x;
    let large = 1.0 - erfc_tail(magnitude);
    select(magnitude < ERF_SMALL, small, large.copysign(x))
}

/// 1 − erf x: for |x| < 0.875 by the odd polynomial of erf, above from e^(−x²), taken from 2 if x
/// is negative.
///
/// At most 3.14 ULP off.
#[must_use]
#[inline(always)]
pub fn erfc(x: f64) -> f64 {
    let magnitude = x.abs();
    let small = (1.0 - x) - erf_quotient(x * x) * x;
    let tail = erfc_tail(magnitude);
    let large = select(x < 0.0, 2.0 - tail, tail);
    select(magnitude < ERF_SMALL, small, large)
}

/// sin x, of `libm`.
#[must_use]
#[inline(always)]
pub fn sin(x: f64) -> f64 {
    libm::sin(x)
}

/// cos x, of `libm`.
#[must_use]
#[inline(always)]
pub fn cos(x: f64) -> f64 {
    libm::cos(x)
}

/// tan x, of `libm`.
#[must_use]
#[inline(always)]
pub fn tan(x: f64) -> f64 {
    libm::tan(x)
}

/// arctan x, of `libm`.
#[must_use]
#[inline(always)]
pub fn atan(x: f64) -> f64 {
    libm::atan(x)
}

/// xʸ, of `libm`.
#[must_use]
#[inline(always)]
pub fn power(x: f64, y: f64) -> f64 {
    libm::pow(x, y)
}
