//! Networks at work: what every network can do, its samples, and its summary.

mod network;
mod samples;
mod summary;

pub use network::{Logits, Network, ParameterInfo, Probabilities};
#[cfg(feature = "alloc")]
pub use samples::Samples;
#[cfg(feature = "alloc")]
pub(crate) use samples::view_slice;
pub use samples::{Batch, BatchError, SamplesView};
pub use summary::{LayerSummary, Summary};
