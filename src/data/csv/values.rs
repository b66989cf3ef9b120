//! What the fields of a column become: numbers, or classes.

use nncore::scalar::Real;
use nncore::training::data::{Column, DatasetError};

use super::error::CsvProblem;

/// What the fields of a column are.
#[derive(Clone, Debug)]
pub(super) enum Content {
    /// Real numbers.
    Reals,
    /// Integers from 0.
    Integers,
    /// Names of classes, in the order of their names.
    Labels,
    /// Names of classes, of which these are all, in their order.
    LabelsOf(Vec<String>),
}

impl Content {
    /// Whether each sample has one field, which names a class.
    pub fn is_of_labels(&self) -> bool {
        match self {
            Self::Reals | Self::Integers => false,
            Self::Labels | Self::LabelsOf(_) => true,
        }
    }
}

/// What is written where a number is missing.
const MISSING: [&str; 7] = ["", "NA", "N/A", "NaN", "nan", "null", "?"];

/// How much of a field an error shows.
const SHOWN: usize = 40;

/// What a column's fields have become so far.
#[derive(Debug)]
pub(super) enum Values<T> {
    Reals(Vec<T>),
    Integers(Vec<u32>),
    Labels(Vec<String>),
    LabelsOf(Vec<String>, Vec<u32>),
}

impl<T: Real> Values<T> {
    pub fn new(content: &Content) -> Self {
        match content {
            Content::Reals => Self::Reals(Vec::new()),
            Content::Integers => Self::Integers(Vec::new()),
            Content::Labels => Self::Labels(Vec::new()),
            Content::LabelsOf(classes) => Self::LabelsOf(classes.clone(), Vec::new()),
        }
    }

    /// Reads one field; `missing` stands for a real number that is not there.
    pub fn push(&mut self, field: &[u8], missing: Option<f64>) -> Result<(), CsvProblem> {
        let text = String::from_utf8_lossy(field);
        let text = text.trim();
        match self {
            Self::Reals(reals) => reals.push(real(text, missing)?),
            Self::Integers(integers) => integers.push(integer(text)?),
            Self::Labels(labels) => labels.push(label(text)?),
            Self::LabelsOf(classes, labels) => labels.push(class(text, classes)?),
        }
        Ok(())
    }

    /// The column of as many fields for each sample.
    pub fn column(self, name: &str, width: usize) -> Result<Column<T>, DatasetError> {
        match self {
            Self::Reals(reals) => Column::reals(name, width, reals),
            Self::Integers(integers) => Column::integers(name, width, integers),
            Self::Labels(labels) => Ok(Column::of_names(name, labels)),
            Self::LabelsOf(classes, labels) => Column::labels(name, classes, labels),
        }
    }
}

fn real<T: Real>(text: &str, missing: Option<f64>) -> Result<T, CsvProblem> {
    let expected = "a finite number";
    match missing {
        Some(value) if MISSING.contains(&text) => return Ok(T::of(value)),
        None if text.is_empty() => return Err(CsvProblem::Missing { expected: expected.into() }),
        _ => {}
    }
    let number = text.parse().ok().map(T::of).filter(|number| number.to_f64().is_finite());
    number.ok_or_else(|| other(expected, text))
}

fn integer(text: &str) -> Result<u32, CsvProblem> {
    text.parse().map_err(|_| other("an integer from 0 to 4294967295", text))
}

fn label(text: &str) -> Result<String, CsvProblem> {
    if text.is_empty() { Err(other("the name of a class", text)) } else { Ok(text.into()) }
}

fn class(text: &str, classes: &[String]) -> Result<u32, CsvProblem> {
    let place = classes.iter().position(|class| class == text);
    let number = place.and_then(|place| u32::try_from(place).ok());
    number.ok_or_else(|| other(&format!("one of `{}`", classes.join("`, `")), text))
}

fn other(expected: &str, found: &str) -> CsvProblem {
    let mut shown: String = found.chars().take(SHOWN).collect();
    if shown.len() < found.len() {
        shown.push('…');
    }
    CsvProblem::Field { expected: expected.into(), found: shown }
}
