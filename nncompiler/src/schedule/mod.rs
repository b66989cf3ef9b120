//! Statements → loop nests and kernel calls, in planned memory.

pub mod factors;
pub mod fuse;
pub mod im2col;
#[cfg(test)]
pub mod interpret;
pub mod kernels;
pub mod loop_nest;
pub mod loops;
pub mod losses;
pub mod memory;
pub mod optimizers;
pub mod pairs;
pub mod partition;
pub mod parts;
pub mod print;
pub mod samples;
pub mod scans;
pub mod separable;
pub mod steps;
pub mod tile;
pub mod vectorise;
