//! The floating-point numbers that networks compute with, and their elementary functions.
//!
//! [`Real`] is `f32` and `f64`. The functions stand once, in [`elementary`], for both formats; what
//! differs is bits and coefficients, in `format`.

pub mod elementary;
mod format;
mod half;
mod real;

pub use half::from_half;
pub use real::{ByPrecision, Real};

#[cfg(test)]
mod tests;
