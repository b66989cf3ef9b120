//! SIMD registers: one interface, one implementation for each SIMD level.

mod array;
mod vector;
#[cfg(target_arch = "x86_64")]
mod x86;

pub(crate) use array::Array;
pub(crate) use vector::{Element, Vector, load_up_to, sums, transpose};
#[cfg(target_arch = "x86_64")]
pub(crate) use x86::*;
