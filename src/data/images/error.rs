//! What is wrong with which image.

use std::io;
use std::path::{Path, PathBuf};

use nncore::training::data::DatasetError;
use png::DecodingError;
use thiserror::Error;

/// What is wrong with which file or folder.
#[derive(Debug, Error)]
#[error("{}: {problem}", .path.display())]
pub struct ImageError {
    /// The file or the folder.
    pub path: PathBuf,
    /// What was expected there and what was found.
    pub problem: ImageProblem,
}

impl ImageError {
    pub(super) fn of<P: Into<ImageProblem>>(path: &Path) -> impl FnOnce(P) -> Self {
        move |problem| Self { path: path.into(), problem: problem.into() }
    }
}

/// What was expected and what was found.
#[derive(Debug, Error)]
pub enum ImageProblem {
    /// The operating system could not open or read the file or the folder.
    #[error("cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// A file that is no PNG image, or a damaged one.
    #[error("expected an intact PNG image, found: {0}")]
    Damaged(#[from] DecodingError),
    /// An image in another format.
    #[error("expected PNG images alone, found a file `.{extension}`; convert it")]
    OtherFormat {
        /// What the file's name ends in.
        extension: String,
    },
    /// A folder without classes.
    #[error("expected a folder with PNG images for each class, found none")]
    NoClasses,
    /// A class without images.
    #[error("expected PNG images of this class, found none")]
    NoImages,
    /// An image of another size than the first.
    #[error(
        "expected {} rows of {} pixels, as in {}, found {} rows of {}",
        .expected.0, .expected.1, .first.display(), .found.0, .found.1
    )]
    OtherSize {
        /// The first image.
        first: PathBuf,
        /// Its height and width.
        expected: (usize, usize),
        /// The height and width of this one.
        found: (usize, usize),
    },
    /// Images that make no dataset.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
}
