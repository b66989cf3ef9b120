//! Statements → loop nests and kernel calls, in planned memory.

pub mod fuse;
pub mod im2col;
pub mod kernels;
pub mod memory;
pub mod partition;
pub mod separable;
pub mod tile;
pub mod vectorise;
