//! Networks at work: what every network can do, its samples, and its summary.

mod info;
mod integers;
#[cfg(feature = "alloc")]
mod names;
mod network;
#[cfg(feature = "alloc")]
mod part;
mod ports;
mod samples;
mod summary;
#[cfg(feature = "alloc")]
mod transfer;

pub use info::{ArrayInfo, ParameterInfo};
pub use integers::{Integer, IntegerInput, IntegerMemory, Integers};
#[cfg(feature = "alloc")]
pub(crate) use integers::{OutOfRange, index_below, write_integers};
#[cfg(feature = "alloc")]
pub use names::NameError;
#[cfg(feature = "alloc")]
pub(crate) use names::parameter_ranges;
pub use network::{Logits, NamedOutputs, Network, Probabilities};
#[cfg(feature = "alloc")]
pub use part::{PartError, Parts};
pub use ports::{
    Chain, InputBatch, InputGradients, OutputGradients, SingleInput, SingleOutput, input_slice,
    output_view, write_gradient,
};
#[cfg(feature = "alloc")]
pub use samples::Samples;
pub use samples::{Batch, BatchError, SamplesView};
pub use summary::{LayerSummary, Summary};
#[cfg(feature = "alloc")]
pub use transfer::{OtherShape, Transfer, transfer, transfer_with};
