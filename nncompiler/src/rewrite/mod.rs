//! Scalar expressions → simpler and more stable ones.

mod scaled;
pub mod settings;
pub mod simplify;
pub mod stabilise;
