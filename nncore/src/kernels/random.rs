//! Random numbers by counting: each is a function of a seed, a step, a layer and a place, so that
//! they do not depend on the order in which they are drawn.

use crate::scalar::Real;

/// The fraction of 2⁶⁴ that the golden ratio is, which spreads counters.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// The key of a step.
#[cfg(feature = "alloc")]
pub(crate) fn step_key(seed: u64, step: u64) -> u64 {
    mix(mix(seed).wrapping_add(step.wrapping_mul(GOLDEN)))
}

/// A number in [0, 1), a multiple of 2⁻²⁴: that of the n-th stream at a place.
///
/// ```
/// use nncore::kernels::random;
///
/// let mean = (0..10_000).map(|at| random::<f32>(7, 1, at)).sum::<f32>() / 10_000.0;
/// assert!((mean - 0.5).abs() < 0.01);
/// assert_eq!(random::<f64>(7, 1, 3), f64::from(random::<f32>(7, 1, 3)));
/// ```
#[inline(always)]
#[must_use]
pub fn random<T: Real>(key: u64, stream: u32, at: usize) -> T {
    let stream = mix(key ^ u64::from(stream).wrapping_mul(GOLDEN));
    let bits = mix(stream.wrapping_add((at as u64).wrapping_mul(GOLDEN))) >> 40;
    T::of(bits as f64 * (1.0 / 16_777_216.0))
}

/// The finaliser of SplitMix64 (Steele, Lea and Flood, 2014): every bit of the result depends on
/// every bit of the argument.
#[inline(always)]
fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}
