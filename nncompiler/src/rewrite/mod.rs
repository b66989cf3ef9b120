//! Scalar expressions → simpler and more stable ones.

mod copies;
mod reading;
mod scaled;
pub mod settings;
pub mod simplify;
pub mod stabilise;
pub mod written_out;
