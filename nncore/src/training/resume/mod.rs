//! What a run of training holds beside its network, such that it can be saved and gone on with.

mod error;
mod generator;
mod numbers;
mod record;

pub use error::RecordError;
pub use record::{Entry, Record, Resumable};
