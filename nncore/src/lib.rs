//! The run time of [`tapeless`](https://docs.rs/tapeless): what generated networks call.
//!
//! Depend on `tapeless`, which re-exports everything a user needs. The layers, from the bottom, each of
//! which uses the ones above it in this table and no other:
//!
//! | layer | what it holds |
//! |---|---|
//! | [`scalar`] | f32 and f64, and exp, tanh, erf … as branch-free polynomials |
//! | [`simd`] | the SIMD levels, and loops compiled for each |
//! | [`memory`] | aligned buffers, a network's parameters as one block, the inside of a call |
//! | [`parallel`] | work cut into parts for several threads, batches cut into tiles |
//! | [`kernels`] | matrix products, convolution windows, updates and norms of parameters, random numbers |
//! | [`inference`] | the trait that every network implements, its parameters' names, samples and summary |
//! | [`training`] | passes, losses, metrics, gradients, optimizers, schedules, data, initial parameters, what a run records |
//! | [`files`] | saving and loading networks and runs as safetensors |
//! | [`trainer`] | the loop of training in one call |
//!
//! # Features
//!
//! | feature | what it adds | needs |
//! |---|---|---|
//! | `alloc` | the heap: large workspaces, training | an allocator |
//! | `std` | the choice of the SIMD level at run time | the standard library |
//! | `threads` | several threads; without it everything runs on the caller's | `std` |
//! | `files` | checkpoints, and the trainer, which writes them | `std` |
//!
//! All are on by default.
//!
//! # Layout
//!
//! Memory is row-major in the mathematical order, so that it equals PyTorch's. nalgebra is
//! column-major: a weight (out, in) is an `SMatrix<T, IN, OUT>`, whose columns are PyTorch's rows;
//! a batch of B samples of F features is a matrix of F rows and B columns, a sample a column.
//! Images are (channel, row, column) in row-major order.

#![cfg_attr(not(any(feature = "std", test)), no_std)]

#[cfg(feature = "alloc")]
extern crate alloc;

#[cfg(feature = "files")]
pub mod files;
pub mod inference;
pub mod kernels;
pub mod memory;
pub mod parallel;
pub mod scalar;
pub mod simd;
#[cfg(feature = "files")]
pub mod trainer;
pub mod training;
