//! Parameters in files.

mod checkpoint;
mod replace;

pub use checkpoint::{CheckpointError, load, save};
