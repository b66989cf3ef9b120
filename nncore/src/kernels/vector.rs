//! Sums, multiples, bounds and the norm of flat slices: what is done to a gradient before a step.

use core::marker::PhantomData;

use super::update::chunk;
use crate::parallel::{CHUNK, even_range, for_each_chunk};
use crate::scalar::{ByPrecision, Real};
use crate::simd::{Body, fold_lanes, vectorise};

/// x += weight·y.
pub(crate) fn add<T: Real>(x: &mut [T], y: &[T], weight: f64) {
    T::by_precision::<Add>((x, y, weight));
}

/// x *= factor.
pub(crate) fn scale<T: Real>(x: &mut [T], factor: f64) {
    T::by_precision::<InChunks<Scale>>((x, factor));
}

/// x = min(max(x, −max), max); NaN stays.
pub(crate) fn clamp<T: Real>(x: &mut [T], max: f64) {
    T::by_precision::<InChunks<Clamp>>((x, max));
}

/// √Σx², without overflow or underflow of a square.
pub(crate) fn norm<T: Real>(x: &[T]) -> f64 {
    let plain = sum_of_squares(x, 1.0);
    let factor = if plain > f64::MAX {
        SMALL
    } else if plain < SMALLEST_SUM {
        LARGE
    } else {
        return Real::sqrt(plain);
    };
    Real::sqrt(sum_of_squares(x, factor)) / factor
}

/// 2⁶⁰⁰ and 2⁻⁶⁰⁰, by which numbers are multiplied exactly, and their squares neither overflow nor vanish.
const LARGE: f64 = f64::from_bits((1023 + 600) << 52);
const SMALL: f64 = f64::from_bits((1023 - 600) << 52);

/// Below this sum, squares that have lost digits may count.
const SMALLEST_SUM: f64 = f64::MIN_POSITIVE / f64::EPSILON;

enum Add {}

impl ByPrecision for Add {
    type Arguments<'a, T: Real> = (&'a mut [T], &'a [T], f64);

    fn single((x, y, weight): Self::Arguments<'_, f32>) {
        add_in_chunks(x, y, weight);
    }

    fn double((x, y, weight): Self::Arguments<'_, f64>) {
        add_in_chunks(x, y, weight);
    }
}

fn add_in_chunks<T: Real>(x: &mut [T], y: &[T], weight: f64) {
    for_each_chunk(x, CHUNK, &|index, x| {
        vectorise::<Add, _, _>(x, (chunk(y, index), T::of(weight)));
    });
}

impl<T: Real> Body<&mut [T], (&[T], T)> for Add {
    type Output = ();

    #[inline(always)]
    fn run(x: &mut [T], (y, weight): (&[T], T)) {
        for (x, &y) in x.iter_mut().zip(y) {
            *x += weight * y;
        }
    }
}

enum Scale {}

impl<T: Real> Body<&mut [T], T> for Scale {
    type Output = ();

    #[inline(always)]
    fn run(x: &mut [T], factor: T) {
        for x in x {
            *x *= factor;
        }
    }
}

enum Clamp {}

impl<T: Real> Body<&mut [T], T> for Clamp {
    type Output = ();

    #[inline(always)]
    fn run(x: &mut [T], max: T) {
        for x in x {
            *x = x.maximum(-max).minimum(max);
        }
    }
}

/// The loops of `B` over each chunk, with one number.
struct InChunks<B>(PhantomData<B>);

impl<B> ByPrecision for InChunks<B>
where
    B: for<'a> Body<&'a mut [f32], f32, Output = ()>,
    B: for<'a> Body<&'a mut [f64], f64, Output = ()>,
{
    type Arguments<'a, T: Real> = (&'a mut [T], f64);

    fn single((x, number): Self::Arguments<'_, f32>) {
        in_chunks::<B, _>(x, number);
    }

    fn double((x, number): Self::Arguments<'_, f64>) {
        in_chunks::<B, _>(x, number);
    }
}

fn in_chunks<B, T: Real>(x: &mut [T], number: f64)
where
    B: for<'a> Body<&'a mut [T], T, Output = ()>,
{
    for_each_chunk(x, CHUNK, &|_, x| vectorise::<B, _, _>(x, T::of(number)));
}

/// Σ(factor·x)².
fn sum_of_squares<T: Real>(x: &[T], factor: f64) -> f64 {
    let mut sum = 0.0;
    T::by_precision::<SumOfSquares>((x, factor, &mut sum));
    sum
}

enum SumOfSquares {}

impl ByPrecision for SumOfSquares {
    type Arguments<'a, T: Real> = (&'a [T], f64, &'a mut f64);

    fn single((x, factor, sum): Self::Arguments<'_, f32>) {
        *sum = sum_of_parts(x, factor);
    }

    fn double((x, factor, sum): Self::Arguments<'_, f64>) {
        *sum = sum_of_parts(x, factor);
    }
}

/// Into no more parts a sum is cut, so that their sums lie on the stack.
const MOST_PARTS: usize = 64;

fn sum_of_parts<T: Real>(x: &[T], factor: f64) -> f64 {
    let parts = x.len().div_ceil(CHUNK).min(MOST_PARTS);
    let mut sums = [0.0; MOST_PARTS];
    for_each_chunk(&mut sums[..parts], 1, &|index, sum| {
        let part = &x[even_range(x.len(), parts, index)];
        sum.fill(vectorise::<SumOfSquares, _, _>((), (part, factor)));
    });
    sums.iter().sum()
}

/// Sums that the processor's registers hold side by side: the same at every SIMD level.
const LANES: usize = 16;

/// How many numbers are added up before their sum is added to others, so that long sums keep their digits.
const BLOCK: usize = 64 * LANES;

impl<T: Real> Body<(), (&[T], f64)> for SumOfSquares {
    type Output = f64;

    #[inline(always)]
    fn run((): (), (x, factor): (&[T], f64)) -> f64 {
        let mut sum = 0.0;
        for block in x.chunks(BLOCK) {
            let (rows, rest) = block.as_chunks::<LANES>();
            let mut sums = [0.0; LANES];
            for row in rows {
                add_squares(&mut sums, row, factor);
            }
            add_squares(&mut sums, rest, factor);
            sum += fold_lanes(sums, |a, b| a + b);
        }
        sum
    }
}

#[inline(always)]
fn add_squares<T: Real>(sums: &mut [f64; LANES], x: &[T], factor: f64) {
    for (sum, x) in sums.iter_mut().zip(x) {
        let scaled = factor * x.to_f64();
        *sum += scaled * scaled;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::{Level, with_level};

    fn ramp<T: Real>(count: usize) -> Vec<T> {
        (0..count).map(|k| T::of(((k * 7919 + 13) % 2003) as f64 / 1001.0 - 1.0)).collect()
    }

    #[test]
    fn slices_of_any_length_are_added_scaled_and_bounded() {
        for count in [0, 1, 15, 17, CHUNK - 1, CHUNK, 3 * CHUNK + 5] {
            let (mut x, y) = (ramp::<f32>(count), ramp::<f32>(count));
            add(&mut x, &y, 0.5);
            assert!(x.iter().zip(&y).all(|(x, y)| *x == y + 0.5 * y));
            scale(&mut x, 2.0);
            assert!(x.iter().zip(&y).all(|(x, y)| *x == 2.0 * (y + 0.5 * y)));
            clamp(&mut x, 0.75);
            assert!(x.iter().zip(&y).all(|(x, y)| *x == (3.0 * y).clamp(-0.75, 0.75)));
        }
        let mut extremes = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0];
        clamp(&mut extremes, 1.0);
        assert!(extremes[0].is_nan() && extremes[1..] == [1.0, -1.0, 0.0]);
    }

    #[test]
    fn a_norm_neither_overflows_nor_vanishes() {
        for factor in [1.0f32, 1e-30, 1e30, 5e37] {
            let expected = 5.0 * f64::from(factor);
            assert!((norm(&[3.0 * factor, 4.0 * factor]) / expected - 1.0).abs() < 1e-6);
        }
        for factor in [1.0, 1e-320, 1e-300, 1e-150, 1e150, 1e300] {
            let found = norm(&[3.0 * factor, 4.0 * factor, factor * 1e-3]);
            let expected = Real::sqrt(25.000_001) * factor;
            assert!(
                (found - expected).abs() <= 1e-15 * expected + 5e-324,
                "{found:e} {expected:e}"
            );
        }
        assert_eq!(norm(&[f64::MIN_POSITIVE; 4]), 2.0 * f64::MIN_POSITIVE);
        assert_eq!(norm(&[f64::MAX; 2]), f64::INFINITY);
        assert_eq!(norm::<f32>(&[]), 0.0);
        assert_eq!(norm(&[f32::NEG_INFINITY, 1.0]), f64::INFINITY);
        assert!(norm(&[f64::INFINITY, f64::NAN]).is_nan());
    }

    #[test]
    fn a_long_norm_keeps_its_digits_at_every_level() {
        let (count, tenth) = (3_000_017, 0.1f32);
        let exact = f64::from(tenth) * (count as f64).sqrt();
        let long = vec![tenth; count];
        let norms = Level::ALL.map(|level| with_level(level, || norm(&long)));
        assert!((norms[0] / exact - 1.0).abs() < 1e-15, "{norms:?} {exact}");
        assert!(norms.iter().all(|norm| norm.to_bits() == norms[0].to_bits()), "{norms:?}");
    }
}
