//! Elementary functions of f32.

use super::{polynomial, select};

/// log₂ e.
const LOG2_E: f32 = std::f32::consts::LOG2_E;
/// The first bits of ln 2: a product with an integer below 2¹¹ is exact.
const LN_2_HIGH: f32 = 0.693_359_4;
/// ln 2 − [`LN_2_HIGH`].
const LN_2_LOW: f32 = -2.121_944_4e-4;
/// 1.5 · 2²³: a number of magnitude below 2²² added to it is rounded to an integer, which the sum's
/// low bits hold.
const ROUNDER: f32 = 12_582_912.0;
/// The bits of 1/√2.
const SQRT_HALF_BITS: u32 = std::f32::consts::FRAC_1_SQRT_2.to_bits();

/// x between two bounds; NaN stays NaN.
#[inline(always)]
fn clamp(x: f32, low: f32, high: f32) -> f32 {
    let x = select(x < low, low, x);
    select(x > high, high, x)
}

/// The integer that a sum with [`ROUNDER`] was rounded to, as both types.
#[inline(always)]
fn split_rounded(shifted: f32) -> (f32, i32) {
    let integer = shifted.to_bits().wrapping_sub(ROUNDER.to_bits()).cast_signed();
    (shifted - ROUNDER, integer)
}

/// The integer n nearest to x / ln 2, and the rest x − n ln 2.
#[inline(always)]
fn reduce(x: f32) -> (i32, f32) {
    let (n, exponent) = split_rounded(x * LOG2_E + ROUNDER);
    (exponent, x - n * LN_2_HIGH - n * LN_2_LOW)
}

/// 2ⁿ for −127 < n < 128.
#[inline(always)]
fn power_of_two(n: i32) -> f32 {
    f32::from_bits(((n + 127) << 23).cast_unsigned())
}

/// x · 2ⁿ for −252 < n < 254, rounded once.
#[inline(always)]
fn scale(x: f32, n: i32) -> f32 {
    let half = n >> 1;
    x * power_of_two(half) * power_of_two(n - half)
}

/// eˣ − 1 − x for |x| ≤ ½ ln 2.
#[inline(always)]
fn exp_remainder(x: f32) -> f32 {
    // Cephes, expf.
    let quotient = polynomial!(
        x,
        [1.987_569_1e-4, 1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 0.166_666_65, 0.5]
    );
    quotient * (x * x)
}

/// e^(x + correction) for a correction small against x, which lets x be more precise than one f32.
#[inline(always)]
fn exp_corrected(x: f32, correction: f32) -> f32 {
    let x = clamp(x, -104.0, 89.0);
    let (n, rest) = reduce(x);
    let rest = rest + correction;
    scale(exp_remainder(rest) + rest + 1.0, n)
}

/// eˣ = 2ⁿ · eʳ with n the integer nearest to x / ln 2.
///
/// At most 0.99 ULP off.
#[must_use]
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    exp_corrected(x, 0.0)
}

/// eˣ − 1 = 2ⁿ (eʳ − 1) + (2ⁿ − 1) with n the integer nearest to x / ln 2.
///
/// At most 1.57 ULP off.
#[must_use]
#[inline(always)]
pub fn exp_m1(x: f32) -> f32 {
    let clamped = clamp(x, -30.0, 89.0);
    let (n, rest) = reduce(clamped);
    // 2ⁿ⁻¹ rather than 2ⁿ, which overflows for n = 128.
    let half_scale = power_of_two(n - 1);
    let half = (exp_remainder(rest) + rest) * half_scale + (half_scale - 0.5);
    let tiny = x.abs() < 1e-8;
    select(tiny, x, half + half)
}

/// ln(1 + f) for 1/√2 ≤ 1 + f < √2, plus n ln 2.
#[inline(always)]
fn ln_scaled(f: f32, n: f32) -> f32 {
    let square = f * f;
    // Cephes, logf.
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
    let rest = quotient * f * square + n * LN_2_LOW - 0.5 * square;
    f + rest + n * LN_2_HIGH
}

/// A positive normal x as m · 2ⁿ with 1/√2 ≤ m < √2: m and n.
#[inline(always)]
fn split(x: f32) -> (f32, i32) {
    let from_sqrt_half = x.to_bits().wrapping_sub(SQRT_HALF_BITS);
    let mantissa = f32::from_bits((from_sqrt_half & 0x007f_ffff) + SQRT_HALF_BITS);
    (mantissa, from_sqrt_half.cast_signed() >> 23)
}

/// ln x = ln m + n ln 2 with 1/√2 ≤ m < √2.
///
/// At most 0.83 ULP off.
#[must_use]
#[inline(always)]
pub fn ln(x: f32) -> f32 {
    let subnormal = x < f32::MIN_POSITIVE;
    let normal = select(subnormal, x * 8_388_608.0, x);
    let (mantissa, n) = split(normal);
    let n = select(subnormal, n - 23, n);
    let value = ln_scaled(mantissa - 1.0, n as f32);
    ln_at_the_ends(value, x, x)
}

/// The logarithm of `argument`: `value` if it is positive and finite, `infinite` if it is +∞.
#[inline(always)]
fn ln_at_the_ends(value: f32, argument: f32, infinite: f32) -> f32 {
    let value = select(argument < f32::INFINITY, value, infinite);
    let value = select(argument == 0.0, f32::NEG_INFINITY, value);
    select(argument < 0.0, f32::NAN, value)
}

/// ln(1 + x): the logarithm of u = 1 + x with what the rounding of u lost put back.
///
/// At most 1.40 ULP off.
#[must_use]
#[inline(always)]
pub fn ln_1p(x: f32) -> f32 {
    let sum = 1.0 + x;
    let rounded = sum - 1.0;
    let lost = (1.0 - (sum - rounded)) + (x - rounded);
    let (mantissa, n) = split(sum);
    // From 2¹²⁶ on nothing is lost that would count.
    let f = (mantissa - 1.0) + lost * power_of_two(-n.min(126));
    let value = ln_at_the_ends(ln_scaled(f, n as f32), sum, x);
    let tiny = x.abs() < 1e-8;
    select(tiny, x, value)
}

/// tanh x, by the addition theorem, from the tangent t of the rest r of x by a multiple of ½ ln 2:
/// with s = 2ⁿ, tanh(½ n ln 2 + r) = 1 + 2 (t − 1) / ((s + 1) + (s − 1) t). For |x| < 0.625 it is t.
///
/// At most 1.51 ULP off.
#[must_use]
#[inline(always)]
pub fn tanh(x: f32) -> f32 {
    let magnitude = x.abs();
    let small = magnitude < 0.625;
    // From 9.02 on it is 1.
    let bounded = select(magnitude > 9.1, 9.1, magnitude);
    let shifted = select(small, ROUNDER, bounded * (2.0 * LOG2_E) + ROUNDER);
    let (n, exponent) = split_rounded(shifted);
    let rest = bounded - n * (0.5 * LN_2_HIGH) - n * (0.5 * LN_2_LOW);
    let square = rest * rest;
    // Cephes, tanhf.
    let quotient = polynomial!(
        square,
        [-5.704_988_7e-3, 2.063_908_8e-2, -5.373_971_6e-2, 0.133_314_42, -0.333_332_8]
    );
    let tangent = quotient * square * rest + rest;
    let scale = power_of_two(exponent);
    // A small x has s = 1, and no 1 that would swallow its digits.
    let limit = select(small, 0.0, 1.0);
    let missing = tangent - limit;
    let quotient = (missing + missing) / ((scale + 1.0) + (scale - 1.0) * tangent);
    (limit + quotient).copysign(x)
}

/// 1 / (1 + e⁻ˣ), from e^(−|x|), which neither overflows nor loses the tail.
///
/// At most 2.83 ULP off.
#[must_use]
#[inline(always)]
pub fn sigmoid(x: f32) -> f32 {
    let tail = exp(-x.abs());
    let value = 1.0 / (1.0 + tail);
    select(x < 0.0, tail * value, value)
}

/// ln(1 + eˣ) = max(x, 0) + ln(1 + e^(−|x|)).
///
/// At most 1.67 ULP off.
#[must_use]
#[inline(always)]
pub fn softplus(x: f32) -> f32 {
    let positive = select(x > 0.0, x, 0.0);
    positive + ln_1p(exp(-x.abs()))
}

/// Below this magnitude erf and erfc come from [`erf_quotient`].
const ERF_SMALL: f32 = 0.927_734_4;

/// erf(x) / x − 1 as a polynomial of x², for |x| < [`ERF_SMALL`].
#[inline(always)]
fn erf_quotient(square: f32) -> f32 {
    // N. Juffa, a faithfully rounded erff (2018).
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

/// erf x: an odd polynomial for |x| < 0.93, 1 − e^p(|x|) above with a polynomial p.
///
/// At most 1.19 ULP off.
#[must_use]
#[inline(always)]
pub fn erf(x: f32) -> f32 {
    let magnitude = x.abs();
    let small = erf_quotient(x * x) * x + x;
    // erf is 1 to the last bit from 4 on.
    let bounded = select(magnitude > 4.0, 4.0, magnitude);
    // N. Juffa, as above.
    let exponent = polynomial!(
        bounded,
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
    let large = 1.0 - exp(exponent * bounded - bounded);
    select(magnitude < ERF_SMALL, small, large.copysign(x))
}

/// 1 − erf x: for |x| < 0.93 by the odd polynomial of erf; above as e^(−x²) · t · p(t), with
/// t = 1 / (½ + |x|) and a polynomial p, taken from 2 if x is negative.
///
/// At most 3.50 ULP off.
#[must_use]
#[inline(always)]
pub fn erfc(x: f32) -> f32 {
    let magnitude = x.abs();
    let small = (1.0 - x) - erf_quotient(x * x) * x;
    // From 10.1 on the result is below the least subnormal number.
    let bounded = select(magnitude > 10.1, 10.1, magnitude);
    let sum = bounded + 0.5;
    let t = 1.0 / sum;
    // The square in two parts: that of the upper 12 bits is exact.
    let high = f32::from_bits(bounded.to_bits() & 0xffff_f000);
    let low = (bounded - high) * (bounded + high);
    // What the rounding of the sum lost is a factor of 1 − lost · t, well within the exponent.
    let lost = 0.5 - (sum - bounded);
    let bell = exp_corrected(-high * high, -low - lost * t);
    // Own minimax fit, relative error 5.9e-9.
    let quotient = polynomial!(
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
    );
    let tail = bell * quotient / sum;
    let large = select(x < 0.0, 2.0 - tail, tail);
    select(magnitude < ERF_SMALL, small, large)
}

/// sin x, of `libm`.
#[must_use]
#[inline(always)]
pub fn sin(x: f32) -> f32 {
    libm::sinf(x)
}

/// cos x, of `libm`.
#[must_use]
#[inline(always)]
pub fn cos(x: f32) -> f32 {
    libm::cosf(x)
}

/// tan x, of `libm`.
#[must_use]
#[inline(always)]
pub fn tan(x: f32) -> f32 {
    libm::tanf(x)
}

/// arctan x, of `libm`.
#[must_use]
#[inline(always)]
pub fn atan(x: f32) -> f32 {
    libm::atanf(x)
}

/// xʸ, of `libm`.
#[must_use]
#[inline(always)]
pub fn power(x: f32, y: f32) -> f32 {
    libm::powf(x, y)
}
