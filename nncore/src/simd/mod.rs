//! Registers that hold several numbers: which of them the processor has, and loops that use them.

mod interleave;
mod lanes;
mod level;
pub(crate) mod register;
mod vectorise;

pub use interleave::{deinterleave, interleave, interleave_one};
pub use lanes::{Aligned, fold_lanes, load_partial, store_partial};
pub use level::Level;
#[cfg(feature = "std")]
pub use level::with_level;
pub(crate) use level::with_levels;
#[cfg(feature = "threads")]
pub(crate) use level::{limit, with_limit};
pub use vectorise::{Body, vectorise};

#[cfg(test)]
mod tests;
