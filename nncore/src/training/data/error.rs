//! What does not fit into a dataset, or is not in it.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use thiserror::Error;

/// What the numbers of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Real numbers, of the type that networks compute with.
    Reals,
    /// Integers from 0, such as labels.
    Integers,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Reals => "real numbers",
            Self::Integers => "integers",
        })
    }
}

/// A column that does not fit the others, or what is asked of it.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum DatasetError {
    /// No column of this name.
    #[error("there is no column `{column}`; {}", known_columns(.known))]
    Missing {
        /// The name asked for.
        column: String,
        /// The names that there are.
        known: Vec<String>,
    },
    /// A second column of the same name.
    #[error("there is a column `{column}` already")]
    Twice {
        /// The name.
        column: String,
    },
    /// Real numbers where integers are expected, or the other way round.
    #[error("column `{column}`: expected {expected}, found {found}")]
    Kind {
        /// The column.
        column: String,
        /// What is asked for.
        expected: Kind,
        /// What the column holds.
        found: Kind,
    },
    /// A shape without numbers, or with more than memory has addresses.
    #[error("column `{column}`: expected a shape of at least one number, found {found:?}")]
    Shape {
        /// The column.
        column: String,
        /// The shape.
        found: Vec<usize>,
    },
    /// Another count of numbers in each sample.
    #[error("column `{column}`: expected {expected} numbers in each sample, found {found}")]
    Width {
        /// The column.
        column: String,
        /// The numbers that a sample is asked to have.
        expected: usize,
        /// The numbers that it has.
        found: usize,
    },
    /// Numbers that are not those of whole samples.
    #[error("column `{column}`: expected {width} numbers for each sample, found {found} in all")]
    Length {
        /// The column.
        column: String,
        /// The numbers of a sample.
        width: usize,
        /// All that are given.
        found: usize,
    },
    /// Another number of samples than in the columns before.
    #[error("column `{column}`: expected {expected} samples, as in `{before}`, found {found}")]
    Samples {
        /// The column.
        column: String,
        /// The first column.
        before: String,
        /// The samples in the columns before.
        expected: usize,
        /// The samples in this one.
        found: usize,
    },
    /// An integer that is out of range.
    #[error(
        "column `{column}`, sample {sample}: expected integers from 0 to {greatest}, found {found}"
    )]
    Integer {
        /// The column.
        column: String,
        /// Which sample, from 0.
        sample: usize,
        /// The greatest integer that there may be.
        greatest: u32,
        /// The integer.
        found: i128,
    },
    /// A number that is infinite, or none.
    #[error("column `{column}`, sample {sample}: expected finite numbers, found {found}")]
    NotFinite {
        /// The column.
        column: String,
        /// Which sample, from 0.
        sample: usize,
        /// The number.
        found: f64,
    },
    /// A sample that there is not.
    #[error("expected samples below {len}, found {found}")]
    Sample {
        /// How many samples there are.
        len: usize,
        /// The sample asked for.
        found: usize,
    },
    /// A share that is none.
    #[error("expected a share from 0 to 1, found {found}")]
    Share {
        /// The share.
        found: f64,
    },
    /// Another number of folds than the samples can be cut into.
    #[error("expected 2 to {len} folds of {len} samples, found {found}")]
    Folds {
        /// How many samples there are.
        len: usize,
        /// The folds asked for.
        found: usize,
    },
    /// A sequence that is longer than its place.
    #[error("sequence {sample}: expected at most {expected} numbers, found {found}")]
    Sequence {
        /// Which sequence, from 0.
        sample: usize,
        /// The room for each.
        expected: usize,
        /// The numbers of this one.
        found: usize,
    },
    /// Labels, of which no class has a name.
    #[error("column `{column}`: expected classes for its labels, found none")]
    NoClasses {
        /// The column.
        column: String,
    },
    /// Parts that do not divide a sample.
    #[error("column `{column}`: expected parts that divide its {width} numbers, found {found}")]
    Parts {
        /// The column.
        column: String,
        /// The numbers of a sample.
        width: usize,
        /// The number of parts.
        found: usize,
    },
    /// More samples in a part than there are.
    #[error("expected at most {len} samples in the first part, found {found}")]
    TooMany {
        /// How many samples there are.
        len: usize,
        /// The samples asked for.
        found: usize,
    },
    /// No sample to learn means from.
    #[error("column `{column}`: expected at least one sample, found none")]
    Empty {
        /// The column.
        column: String,
    },
}

fn known_columns(known: &[String]) -> String {
    if known.is_empty() {
        return "there are no columns".into();
    }
    alloc::format!("there are `{}`", known.join("`, `"))
}
