//! The IDX files in which MNIST and its relatives are published, plain or gzipped.
//!
//! A file is a magic number (two zero bytes, the element type, the number of dimensions), one big-endian
//! 32-bit size for each dimension, and the elements in row-major order. The first dimension counts the samples.
//!
//! ```
//! use tapeless::data::idx;
//! use tapeless::prelude::*;
//!
//! // Two images of one row and three columns.
//! let bytes = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 0, 10, 20, 30, 40, 255];
//! let images = idx::from_bytes(&bytes)?;
//! assert_eq!(images.shape(), [2, 1, 3]);
//! let data = Dataset::new().with(images.reals::<f32>("image")?)?;
//! assert_eq!(data.range(1..2)?.reals("image")?, [30.0, 40.0, 255.0]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`read_mnist`] takes the four files of MNIST, Fashion-MNIST, KMNIST or any other set of this kind:
//!
//! ```no_run
//! use tapeless::data::Standardisation;
//! use tapeless::data::idx::{DIGITS, read_mnist};
//!
//! let (mut train, mut test) = read_mnist("data/mnist", DIGITS)?;
//! let scale = Standardisation::new([0.1307], [0.3081])?;      // what PyTorch's example normalises by
//! scale.apply(&mut train, "image")?;
//! scale.apply(&mut test, "image")?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
mod mnist;
mod read;

pub use error::{IdxError, IdxProblem};
pub use mnist::{DIGITS, FASHION, read_mnist};
pub use read::{from_bytes, read};
