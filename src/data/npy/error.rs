//! What is wrong with which file of NumPy.

use std::fmt;
use std::io;
use std::path::PathBuf;

use nncore::training::data::DatasetError;
use thiserror::Error;

/// What is wrong with which file.
#[derive(Debug)]
pub struct NpyError {
    /// The file, if bytes were read from one.
    pub path: Option<PathBuf>,
    /// The array's name, of a file with several.
    pub array: Option<String>,
    /// What was expected there and what was found.
    pub problem: Box<NpyProblem>,
}

impl From<NpyProblem> for NpyError {
    fn from(problem: NpyProblem) -> Self {
        Self { path: None, array: None, problem: problem.into() }
    }
}

impl fmt::Display for NpyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = &self.path {
            write!(f, "{}: ", path.display())?;
        }
        if let Some(array) = &self.array {
            write!(f, "array `{array}`: ")?;
        }
        self.problem.fmt(f)
    }
}

impl std::error::Error for NpyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.problem.source()
    }
}

/// What was expected of a file and what was found.
#[derive(Debug, Error)]
pub enum NpyProblem {
    /// The operating system could not open or read the file, or its compressed data are damaged.
    #[error("cannot be read: {0}")]
    Unreadable(#[source] io::Error),
    /// The file is no zip archive, or a damaged one.
    #[error("expected an intact zip archive of arrays, but {0}")]
    Archive(&'static str),
    /// The archive has no such array.
    #[error("expected an array of this name, found `{}`", .found.join("`, `"))]
    NoArray {
        /// The names of the arrays that there are.
        found: Vec<String>,
    },
    /// The file is no array of NumPy.
    #[error("expected a file that begins with \\x93NUMPY, found {found:x?}")]
    WrongMagic {
        /// The first bytes.
        found: Vec<u8>,
    },
    /// A version of the format that came later.
    #[error("expected version 1, 2 or 3 of the format, found {found}")]
    WrongVersion {
        /// The version.
        found: u8,
    },
    /// The header is something else than a description of an array.
    #[error("header: expected {expected}, found `{found}`")]
    WrongHeader {
        /// What is expected at a place.
        expected: &'static str,
        /// The text at that place.
        found: String,
    },
    /// What is no number: text, dates, objects, structures, complex numbers.
    #[error("expected an array of real numbers, integers or booleans, found the type `{found}`")]
    WrongType {
        /// NumPy's name of the type.
        found: String,
    },
    /// No axis, a size of zero, or more numbers than memory has addresses for.
    #[error("expected a shape of at least one axis and one number, found {found:?}")]
    WrongShape {
        /// The shape.
        found: Vec<usize>,
    },
    /// The file ends early.
    #[error("truncated: expected {expected} bytes of {part}, found {found}")]
    Truncated {
        /// Where the file ends: in its beginning, its header or its data.
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
    /// Numbers that do not fit into a dataset.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
}
