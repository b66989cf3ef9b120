//! Samples in named columns, and the files that they come from.
//!
//! A [`Dataset`] has any number of columns: features, labels, weights, sequences. It is shuffled, split, cut
//! into folds and batches, and its features are standardised:
//!
//! ```
//! use tapeless::data::Standardisation;
//! use tapeless::prelude::*;
//!
//! network! { Net< linear(2, 8); tanh; linear(3) > }
//!
//! let mut rng = seed(0);
//! let points: Vec<f32> = (0..60).map(|k| (k * k % 17) as f32).collect();
//! let kinds: Vec<u8> = (0..30).map(|k| k % 3).collect();
//! let data = Dataset::new()
//!     .with_reals("point", 2, points)?
//!     .with_labels("kind", ["red", "green", "blue"], kinds)?;
//!
//! let (mut train, mut test) = data.split(0.8, &mut rng)?;
//! let scale = Standardisation::of(&train, "point")?;
//! scale.apply(&mut train, "point")?;
//! scale.apply(&mut test, "point")?;
//!
//! let mut model = Net::new(&mut rng);
//! let (mut gradient, mut pass) = (Net::zeros(), Net::pass(8));
//! let mut adam = Adam::default().over(&model)?;
//! for _epoch in 0..3 {
//!     train.shuffle(&mut rng);
//!     for batch in train.batches(8) {
//!         let logits = model.forward_batch(batch.matrix("point")?, &mut pass)?;
//!         let loss = logits.loss(CrossEntropy::default(), batch.integers("kind")?)?;
//!         loss.backward(&mut gradient);
//!         adam.step(&mut model, &gradient);
//!     }
//! }
//!
//! let mut new = SVector::from([3.0, 4.0]);
//! scale.standardise(new.as_mut_slice())?;
//! let kind = &train.column("kind")?.classes()[model.forward(&new).imax()];
//! assert!(["red", "green", "blue"].contains(&kind.as_str()));
//!
//! let error = test.all().reals("kind").unwrap_err();
//! assert_eq!(error.to_string(), "column `kind`: expected real numbers, found integers");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Several inputs, targets and weights are as many columns: `AgentInputs { image: batch.matrix("image")?, body:
//! batch.matrix("body")? }`, or for a network with `index` its `batch.integers("word")?`. [`pad`] brings
//! sequences to one length, and [`mask`] says where they end.
//!
//! An epoch's order may also be a list of samples, so that it follows from a seed alone; [`Dataset::gather`]
//! makes a batch of a part of it, and copies only what does not lie in one piece:
//!
//! ```
//! # use tapeless::prelude::*;
//! # let data = Dataset::new().with_reals("x", 2, [0.0f32; 20])?;
//! let mut memory = Dataset::new();
//! for samples in data.order(&mut seed(1)).chunks(4) {
//!     let batch = data.gather(samples, &mut memory)?;
//!     assert_eq!(batch.len(), samples.len());
//! }
//! # Ok::<(), tapeless::data::DatasetError>(())
//! ```
//!
//! # Files
//!
//! Each format is a feature, off by default:
//!
//! | feature | module | what it reads |
//! |---|---|---|
//! | `csv` | `csv` | text with a line a sample |
//! | `idx` | `idx` | MNIST and its relatives, plain or gzipped |
//! | `npy` | `npy` | NumPy's arrays, `.npy` and `.npz` |
//! | `images` | `images` | PNG images in a folder for each class |
//!
//! Every error names the file, the place in it, what was expected and what was found.

#[cfg(any(feature = "idx", feature = "npy"))]
mod array;
#[cfg(any(feature = "idx", feature = "npy"))]
mod bounded;
#[cfg(feature = "csv")]
pub mod csv;
#[cfg(any(feature = "idx", feature = "npy"))]
mod element;
#[cfg(feature = "idx")]
pub mod idx;
#[cfg(feature = "images")]
pub mod images;
#[cfg(feature = "npy")]
pub mod npy;

#[cfg(any(feature = "idx", feature = "npy"))]
pub use array::FileArray;
#[cfg(any(feature = "idx", feature = "npy"))]
pub use element::{ByteOrder, Element};
pub use nncore::training::data::{
    Column, Dataset, DatasetError, Kind, MiniBatch, Numbers, Shape, Standardisation,
    StandardisationError, mask, pad,
};
