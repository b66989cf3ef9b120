//! Numbers made by the same integer formula in generate.py, so that they need not be stored.

use nalgebra::Const;
use tapeless::network::{Network, Samples};
use tapeless::real::Real;

/// Sizes of the goldens' batches: one sample, and two that no vector width divides.
pub const BATCHES: [usize; 3] = [1, 3, 5];

// Salts: each sequence of formula numbers has its own.
pub const INPUTS: u32 = 1;
pub const TARGETS: u32 = 2;
pub const OUTPUT_GRADIENT: u32 = 3;
pub const PARAMETERS: u32 = 10;
pub const PROJECTION: u32 = 50;
pub const GRADIENT: u32 = 100;

/// Numbers in [−scale/2, scale/2), scale·2⁻¹⁶ apart: the upper half of a 32-bit hash.
///
/// With a power of two for `scale` they are exact in f32.
pub fn formula<T: Real>(salt: u32, scale: f64) -> impl Iterator<Item = T> {
    (0u32..).map(move |k| {
        let mixed = k.wrapping_mul(0x9E37_79B1).wrapping_add(salt.wrapping_mul(0x85EB_CA77));
        let mixed = (mixed ^ (mixed >> 15)).wrapping_mul(0x2C1B_3C6D);
        T::of((f64::from(mixed >> 16) / 65536.0 - 0.5) * scale)
    })
}

/// Overwrites `scalars` with formula numbers.
pub fn fill<T: Real>(scalars: &mut [T], salt: u32, scale: f64) {
    for (scalar, value) in scalars.iter_mut().zip(formula(salt, scale)) {
        *scalar = value;
    }
}

/// A batch of `size` samples of formula numbers.
pub fn batch<T: Real, const F: usize>(size: usize, salt: u32, scale: f64) -> Samples<T, Const<F>> {
    Samples::<T, Const<F>>::from_iterator(size, formula(salt, scale).take(F * size))
}

/// A network with formula numbers for every parameter and running statistic, each with the next
/// salt; variances are positive.
pub fn filled<N: Network>(scale: f64) -> Box<N> {
    let mut network = N::zeros();
    for (salt, (info, parameter)) in (PARAMETERS..).zip(network.state_dict_mut()) {
        fill(parameter, salt, scale);
        if info.name.ends_with("running_var") {
            for variance in parameter {
                *variance += N::Scalar::of(scale);
            }
        }
    }
    network
}
