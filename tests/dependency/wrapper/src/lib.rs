//! A crate that re-exports tapeless.

pub use tapeless::*;
