//! Scalar expressions → simpler and more stable ones.

pub mod simplify;
pub mod stabilise;
