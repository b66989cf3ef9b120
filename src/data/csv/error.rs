//! What is wrong with a text of fields, and where.

use std::fmt;
use std::io;
use std::path::PathBuf;

use nncore::training::data::DatasetError;
use thiserror::Error;

/// What is wrong with a text of fields, and where.
#[derive(Debug)]
pub struct CsvError {
    /// The file, if it was read from one.
    pub path: Option<PathBuf>,
    /// The line, from 1, at which the sample begins.
    pub line: Option<u64>,
    /// Which field of the line, from 1, and what the header calls it.
    pub column: Option<(usize, Option<String>)>,
    /// What was expected there and what was found.
    pub problem: Box<CsvProblem>,
}

impl CsvError {
    /// In no line.
    pub(super) fn new(problem: CsvProblem) -> Self {
        Self { path: None, line: None, column: None, problem: problem.into() }
    }

    /// In a line.
    pub(super) fn at(line: u64, problem: CsvProblem) -> Self {
        Self { line: Some(line), ..Self::new(problem) }
    }
}

impl fmt::Display for CsvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = &self.path {
            write!(f, "{}: ", path.display())?;
        }
        if let Some(line) = self.line {
            write!(f, "line {line}")?;
            f.write_str(if self.column.is_some() { ", " } else { ": " })?;
        }
        match &self.column {
            Some((number, Some(name))) => write!(f, "column {number} (`{name}`): ")?,
            Some((number, None)) => write!(f, "column {number}: ")?,
            None => {}
        }
        self.problem.fmt(f)
    }
}

impl std::error::Error for CsvError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.problem.source()
    }
}

/// What was expected and what was found.
#[derive(Debug, Error)]
pub enum CsvProblem {
    /// The operating system could not open or read the file.
    #[error("cannot be read: {0}")]
    Unreadable(#[source] io::Error),
    /// No columns are asked for.
    #[error("expected columns to read, found none; name them with `reals`, `integers` or `labels`")]
    NoColumns,
    /// No header, or no sample below it.
    #[error("expected {expected}, found the end of the text")]
    Empty {
        /// A header, or a sample.
        expected: &'static str,
    },
    /// The header has no such field.
    #[error("expected a column `{expected}`, found `{}`", .found.join("`, `"))]
    NoField {
        /// The name asked for.
        expected: String,
        /// The names in the header.
        found: Vec<String>,
    },
    /// The header has a field twice.
    #[error("expected one column `{name}`, found {count}")]
    FieldTwice {
        /// The name.
        name: String,
        /// How many fields have it.
        count: usize,
    },
    /// A field by its name in a text without a header.
    #[error(
        "expected a header with `{name}`, but the text is read without one; give the column's number"
    )]
    NoHeader {
        /// The name asked for.
        name: String,
    },
    /// A field behind the last one.
    #[error("expected at least {expected} columns, found {found}")]
    TooFewFields {
        /// The number of the field that is asked for, from 1.
        expected: usize,
        /// The fields of the line.
        found: usize,
    },
    /// Labels that do not stand in one field.
    #[error("labels `{name}`: expected one column, found {found}")]
    LabelFields {
        /// The name of the labels.
        name: String,
        /// The fields that are asked for.
        found: usize,
    },
    /// A line with other fields than the first one.
    #[error("expected {expected} columns, as in the first line, found {found}")]
    Ragged {
        /// The fields of the first line.
        expected: usize,
        /// The fields of this line.
        found: usize,
    },
    /// A field that is something else than is asked for.
    #[error("expected {expected}, found `{found}`")]
    Field {
        /// What is asked for.
        expected: String,
        /// The field.
        found: String,
    },
    /// A field without anything in it.
    #[error("expected {expected}, found nothing; `missing` says what stands for it")]
    Missing {
        /// What is asked for.
        expected: String,
    },
    /// Columns that make no dataset.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
}
