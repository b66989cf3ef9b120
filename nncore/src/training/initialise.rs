//! How parameters begin. The formulas of the bounds are in the layers' equations.

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

use crate::scalar::Real;

/// A generator of random numbers whose sequence is the same on every platform and version.
///
/// ```
/// use rand::Rng;
/// assert_eq!(nncore::training::initialise::seed(7).next_u64(), nncore::training::initialise::seed(7).next_u64());
/// ```
#[must_use]
pub fn seed(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// Fills with numbers drawn uniformly from [−bound, bound).
///
/// ```
/// let mut weight = [0.0f32; 100];
/// nncore::training::initialise::uniform(&mut weight, 0.5f32, &mut nncore::training::initialise::seed(0));
/// assert!(weight.iter().all(|w| w.abs() <= 0.5));
/// ```
pub fn uniform<T: Real, R: Rng + ?Sized>(values: &mut [T], bound: T, rng: &mut R) {
    for value in values {
        let unit: f64 = rng.random();
        *value = T::of(2.0 * unit - 1.0) * bound;
    }
}

/// Fills with numbers drawn from the normal distribution with mean 0.
///
/// ```
/// let mut weight = [0.0f64; 1000];
/// nncore::training::initialise::normal(&mut weight, 2.0, &mut nncore::training::initialise::seed(0));
/// let variance = weight.iter().map(|w| w * w).sum::<f64>() / 1000.0;
/// assert!((variance - 4.0).abs() < 1.0);
/// ```
pub fn normal<T: Real, R: Rng + ?Sized>(values: &mut [T], deviation: T, rng: &mut R) {
    for value in values {
        let standard: f64 = rng.sample(StandardNormal);
        *value = T::of(standard) * deviation;
    }
}
