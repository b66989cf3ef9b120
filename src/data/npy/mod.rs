//! NumPy's arrays: `.npy` holds one, `.npz` several with names, compressed or not.
//!
//! The first axis counts the samples. Every number type is read, in either byte order, and arrays in Fortran's
//! order are brought into C's.
//!
//! ```no_run
//! use tapeless::data::npy::{self, Npz};
//! use tapeless::prelude::*;
//!
//! // np.savez_compressed("train.npz", image=…, label=…)
//! let file = Npz::open("train.npz")?;
//! let data = Dataset::<f32>::new()
//!     .with(file.read("image")?.reals("image")?)?
//!     .with(file.read("label")?.integers("label")?)?;
//!
//! // np.save("weight.npy", …)
//! let data = data.with(npy::read("weight.npy")?.reals("weight")?)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod archive;
mod error;
mod header;
mod literal;
mod read;
mod zip;

pub use archive::Npz;
pub use error::{NpyError, NpyProblem};
pub use read::{from_bytes, read};
