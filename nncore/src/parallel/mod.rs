//! Work cut into parts for several threads: which parts, and the threads that do them.
//!
//! What is cut, and in which order numbers are added, follows from the shapes alone: the same bits
//! come out with any number of threads. Without the feature `threads`, everything runs on the
//! caller's thread.

mod cost;
mod disjoint;
#[cfg(feature = "threads")]
mod pool;
#[cfg(not(feature = "threads"))]
#[path = "serial.rs"]
mod pool;
mod range;
mod split;
mod tiles;

#[cfg(feature = "alloc")]
pub(crate) use cost::{CHUNK, COST_OF_OUTPUT, SMALLEST_SHARED_PASS, SMALLEST_SHARED_UPDATE};
pub(crate) use cost::{is_worth_two_threads, worthwhile_parts};
pub(crate) use disjoint::DisjointMut;
pub(crate) use pool::parallel_for;
#[cfg(feature = "threads")]
pub use pool::set_threads;
#[cfg(feature = "alloc")]
pub(crate) use pool::start_threads;
pub use pool::threads;
pub(crate) use range::{even_range, even_range_of_steps};
pub use split::for_each_range;
#[cfg(feature = "alloc")]
pub(crate) use split::{for_each_chunk, parallel_for_if_worth};
pub use tiles::{SUM_BUFFERS, TileBuffer, Tiling};
