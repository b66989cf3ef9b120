//! Samples in named columns: split, put into another order, cut into batches, standardised.
//!
//! A [`Dataset`] has a number of columns, each with as many numbers for every sample: real ones, or integers
//! such as labels and words. A [`MiniBatch`] shows some of its samples, as what a network and a loss take:
//!
//! ```
//! use nncore::inference::{Chain, Logits};
//! use nncore::training::data::Dataset;
//! use nncore::training::loss::{Classes, Loss};
//! use nncore::training::{Pass, Trainable};
//!
//! /// The mean loss over all samples.
//! fn validate<N, L>(model: &N, data: &Dataset<f32>, loss: &L, pass: &mut Pass<N>) -> Result<f32, Box<dyn std::error::Error>>
//! where
//!     N: Chain<Scalar = f32, Meaning = Logits>,
//!     L: Loss<f32, [u32], Classes> + nncore::training::loss::Accepts<Logits> + Clone,
//! {
//!     let mut total = 0.0;
//!     for batch in data.batches(64) {
//!         let value = model.evaluate_loss(batch.matrix("image")?, loss.clone(), batch.integers("digit")?, pass)?;
//!         total += value * batch.len() as f32;
//!     }
//!     Ok(total / data.len() as f32)
//! }
//! ```
//!
//! # Batches without copies, and in any order
//!
//! [`Dataset::batches`] borrows: a batch is a range of samples, which lie one after the other. For another
//! order in each epoch, either the samples themselves change places ([`Dataset::shuffle`]), or a list says
//! which samples a batch has, and [`Dataset::gather`] copies them into memory that is used again, unless they
//! follow each other. With lists, an epoch's order follows from a seed alone, whatever went before:
//!
//! ```
//! use nncore::training::data::Dataset;
//! use nncore::training::initialise::seed;
//!
//! let data = Dataset::new().with_reals("x", 2, [0.0f32; 20])?.with_integers("y", 1, [1u8; 10])?;
//! let mut memory = Dataset::new();
//! for epoch in 0..3 {
//!     let order = data.order(&mut seed(epoch));
//!     for samples in order.chunks(4) {
//!         let batch = data.gather(samples, &mut memory)?;
//!         assert_eq!(batch.reals("x")?.len(), 2 * samples.len());
//!     }
//! }
//! # Ok::<(), nncore::training::data::DatasetError>(())
//! ```

mod column;
mod dataset;
mod error;
mod mini_batch;
mod sequences;
mod split;
mod standardisation;

pub use column::{Column, Numbers, Shape};
pub use dataset::Dataset;
pub use error::{DatasetError, Kind};
pub use mini_batch::MiniBatch;
pub use sequences::{mask, pad};
pub use standardisation::{Standardisation, StandardisationError};
