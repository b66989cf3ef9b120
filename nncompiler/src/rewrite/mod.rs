//! Scalar expressions → simpler and more stable ones.

mod scaled;
pub mod simplify;
pub mod stabilise;
