//! What is wrong with which IDX file.

use std::io;
use std::path::{Path, PathBuf};

use nncore::training::data::DatasetError;
use thiserror::Error;

/// What is wrong with which file.
#[derive(Debug, Error)]
#[error("{}{problem}", .path.as_ref().map_or_else(String::new, |path| format!("{}: ", path.display())))]
pub struct IdxError {
    /// The file, or the directory in which a file is missing, if bytes were read from one.
    pub path: Option<PathBuf>,
    /// What was expected there and what was found.
    pub problem: IdxProblem,
}

impl IdxError {
    pub(super) fn of(path: &Path) -> impl FnOnce(IdxProblem) -> Self {
        move |problem| Self { path: Some(path.into()), problem }
    }
}

impl From<IdxProblem> for IdxError {
    fn from(problem: IdxProblem) -> Self {
        Self { path: None, problem }
    }
}

/// What was expected of a file and what was found.
#[derive(Debug, Error)]
pub enum IdxProblem {
    /// The directory has the file under neither of its names.
    #[error("holds neither {plain} nor {gzipped}")]
    Missing {
        /// The name of the plain file.
        plain: String,
        /// The name of the gzipped file.
        gzipped: String,
    },
    /// The operating system could not open or read the file.
    #[error("cannot be read: {0}")]
    Unreadable(io::Error),
    /// The gzip stream is cut short, fails its checksum, or is followed by something else.
    #[error("expected an intact gzip stream, found damage: {0}")]
    DamagedGzip(io::Error),
    /// The file is no IDX file.
    #[error(
        "expected a magic number of an element type and at least one dimension, found {found:#010x}"
    )]
    WrongMagic {
        /// The magic number in the file.
        found: u32,
    },
    /// A size is zero, or memory has no addresses for their product.
    #[error("expected positive sizes whose product fits into memory, found {found:?}")]
    WrongSizes {
        /// The sizes in the header.
        found: Vec<usize>,
    },
    /// The header promises more than the compressed file could possibly expand to.
    #[error(
        "expected at most {limit} bytes from a gzip file this short, found {promised} promised"
    )]
    Implausible {
        /// The most that deflate can make of the file.
        limit: u64,
        /// The data bytes promised by the header.
        promised: u64,
    },
    /// The file ends early.
    #[error("truncated: expected {expected} bytes of {part}, found {found}")]
    Truncated {
        /// Where the file ends: in its magic number, its sizes or its data.
        part: &'static str,
        /// The size of that part.
        expected: u64,
        /// The bytes of that part that are there.
        found: usize,
    },
    /// The file goes on after its data.
    #[error("expected the end of the file after {promised} bytes of data, found more bytes")]
    TrailingBytes {
        /// The data bytes promised by the header.
        promised: u64,
    },
    /// Images of another shape, or labels with a shape.
    #[error("expected {expected}, found an array of {found:?}")]
    OtherShape {
        /// What the file is to hold.
        expected: &'static str,
        /// The sizes of the array.
        found: Vec<usize>,
    },
    /// Numbers that do not fit into a dataset.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
}
