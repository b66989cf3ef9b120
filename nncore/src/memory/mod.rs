//! Memory of numbers: aligned buffers, a network's parameters, and the inside of a call.

#[cfg(feature = "alloc")]
mod aligned;
mod cache_line;
mod parameters;
mod workspace;

#[cfg(feature = "alloc")]
pub use aligned::AlignedBuffer;
pub(crate) use cache_line::per_line;
pub use cache_line::{CACHE_LINE_BYTES, padding};
pub use parameters::{Example, ParameterFields, Parameters, zero_matrix};
pub use workspace::{in_memory, in_own_frame, split_workspace};
