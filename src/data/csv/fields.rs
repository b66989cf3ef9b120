//! Which fields of a line make a column.

use std::ops::Range;

use csv::ByteRecord;

use super::error::CsvProblem;

/// Which fields of a line make a column: by their names in the header, by their numbers, from 0, or all that no
/// other column takes.
///
/// ```
/// use tapeless::data::csv::Fields;
///
/// let of_header = Fields::from(["length", "width"]);
/// let by_number = Fields::from(0..4);
/// let the_rest = Fields::Others;
/// # assert_ne!(of_header, by_number);
/// # assert_ne!(the_rest, by_number);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fields {
    /// By their names.
    Names(Vec<String>),
    /// By their numbers, from 0.
    Numbers(Vec<usize>),
    /// All that no other column takes.
    Others,
}

impl From<&str> for Fields {
    fn from(name: &str) -> Self {
        Self::Names(vec![name.into()])
    }
}

impl<const N: usize> From<[&str; N]> for Fields {
    fn from(names: [&str; N]) -> Self {
        Self::Names(names.map(Into::into).into())
    }
}

impl From<Vec<String>> for Fields {
    fn from(names: Vec<String>) -> Self {
        Self::Names(names)
    }
}

impl From<usize> for Fields {
    fn from(number: usize) -> Self {
        Self::Numbers(vec![number])
    }
}

impl<const N: usize> From<[usize; N]> for Fields {
    fn from(numbers: [usize; N]) -> Self {
        Self::Numbers(numbers.into())
    }
}

impl From<Range<usize>> for Fields {
    fn from(numbers: Range<usize>) -> Self {
        Self::Numbers(numbers.collect())
    }
}

/// The fields of each line, and their names.
#[derive(Clone, Debug)]
pub(super) struct Header {
    /// The fields of the first line.
    pub count: usize,
    /// Empty without a header.
    pub names: Vec<String>,
}

impl Header {
    /// Of the first line, which has names or a sample already.
    pub fn new(line: &ByteRecord, has_names: bool) -> Self {
        let name = |field: &[u8]| String::from_utf8_lossy(field).trim().to_owned();
        let names = if has_names { line.iter().map(name).collect() } else { Vec::new() };
        Self { count: line.len(), names }
    }

    /// The number of each field that makes a column, `taken` being those of the other columns.
    pub fn numbers(&self, fields: &Fields, taken: &[usize]) -> Result<Vec<usize>, CsvProblem> {
        match fields {
            Fields::Names(names) => names.iter().map(|name| self.number(name)).collect(),
            Fields::Numbers(numbers) => match numbers.iter().max() {
                Some(&last) if last >= self.count => Err(CsvProblem::TooFewFields {
                    expected: last.saturating_add(1),
                    found: self.count,
                }),
                _ => Ok(numbers.clone()),
            },
            Fields::Others => {
                Ok((0..self.count).filter(|number| !taken.contains(number)).collect())
            }
        }
    }

    fn number(&self, name: &str) -> Result<usize, CsvProblem> {
        if self.names.is_empty() {
            return Err(CsvProblem::NoHeader { name: name.into() });
        }
        let is_meant = |number: &usize| self.names[*number] == name;
        let found: Vec<usize> = (0..self.names.len()).filter(is_meant).collect();
        match found[..] {
            [number] => Ok(number),
            [] => {
                let (expected, found) = (name.into(), self.names.clone());
                Err(CsvProblem::NoField { expected, found })
            }
            _ => Err(CsvProblem::FieldTwice { name: name.into(), count: found.len() }),
        }
    }
}
