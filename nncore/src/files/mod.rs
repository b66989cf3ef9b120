//! Parameters in files.

mod checkpoint;

pub use checkpoint::{CheckpointError, load, save};
