//! The run time of [`tapeless`](https://docs.rs/tapeless): what generated networks call.
//!
//! Depend on `tapeless`, which re-exports everything a user needs. The modules, from the bottom:
//!
//! | module | what it holds |
//! |---|---|
//! | [`elementary`] | exp, tanh, erf … as branch-free polynomials |
//! | [`vectorise`] | the choice of the SIMD level at run time |
//! | [`threads`] | work divided over the cores |
//! | [`tiles`] | a batch, a few samples at a time |
//! | [`product`] | matrix products on slices |
//! | [`update`] | the optimizers' flat loops |
//! | [`real`] | the scalar types, f32 and f64, and their kernels |
//! | [`scratch`] | memory for the inside of a call |
//! | [`parameters`] | a network's parameters as one block on the heap |
//! | [`initialise`] | how parameters begin |
//! | [`network`] | the trait every generated network implements, its pass and its outputs |
//! | [`loss`] | what a loss is, and the errors it reports |
//! | [`optimizer`] | SGD, Adam, AdamW |
//! | [`checkpoint`] | saving and loading as safetensors |
//! | [`summary`] | the table of a network's layers |
//! | [`data`] | samples with their labels, in batches |
//!
//! # Layout
//!
//! Memory is row-major in the mathematical order, so that it equals PyTorch's. nalgebra is
//! column-major: a weight (out, in) is an `SMatrix<T, IN, OUT>`, whose columns are PyTorch's rows;
//! a batch of B samples of F features is a matrix of F rows and B columns, a sample a column.
//! Images are (channel, row, column) in row-major order.

pub mod checkpoint;
pub mod data;
pub mod derivatives;
pub mod elementary;
pub mod initialise;
mod lines;
pub mod loss;
pub mod network;
pub mod optimizer;
pub mod parameters;
pub mod pass;
pub mod product;
pub mod random;
pub mod real;
pub mod scratch;
pub mod summary;
pub mod threads;
pub mod tiles;
pub mod update;
pub mod vectorise;
