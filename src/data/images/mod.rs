//! PNG images in a folder for each class.
//!
//! ```no_run
//! use tapeless::data::images::{Channels, read_folders};
//! use tapeless::prelude::*;
//!
//! // pets/cat/*.png, pets/dog/*.png
//! let data: Dataset = read_folders("pets", Channels::Rgb)?;
//! assert_eq!(data.column("label")?.classes(), ["cat", "dog"]);
//! let (train, validation) = data.split(0.8, &mut seed(0))?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
mod folders;
mod png_file;

pub use error::{ImageError, ImageProblem};
pub use folders::read_folders;
pub use png_file::Channels;
