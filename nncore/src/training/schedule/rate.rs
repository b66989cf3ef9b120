//! What every schedule can do.

use crate::scalar::Real;

/// A learning rate for each step.
pub trait Schedule {
    /// The rate of a step, from 0, where training begins with the rate `base`.
    fn lr(&self, base: f64, step: u64) -> f64;
}

/// From one rate to another along half a cosine: `from` at 0, `to` at 1.
pub(super) fn along_cosine(from: f64, to: f64, progress: f64) -> f64 {
    to + (from - to) * (1.0 + Real::cos(core::f64::consts::PI * progress)) / 2.0
}
