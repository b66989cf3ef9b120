//! Lines of fields, read into columns.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use nncore::scalar::Real;
use nncore::training::data::Dataset;

use super::error::{CsvError, CsvProblem};
use super::fields::{Fields, Header};
use super::lines::Lines;
use super::values::{Content, Values};

/// Which columns are read from a text of fields, and how the text is written.
///
/// ```
/// use tapeless::data::csv::CsvReader;
///
/// let reader = CsvReader::new().without_header().delimiter(b';').reals("x", 0..2).integers("y", 2);
/// let data = reader.read_from::<f64>("1.5;2;0\r\n-3;\"4\";1\r\n".as_bytes())?;
/// assert_eq!(data.all().reals("x")?, [1.5, 2.0, -3.0, 4.0]);
/// assert_eq!(data.all().integers("y")?, [0, 1]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct CsvReader {
    delimiter: u8,
    has_header: bool,
    missing: Option<f64>,
    columns: Vec<Wanted>,
}

/// A column of the dataset to come.
#[derive(Clone, Debug)]
struct Wanted {
    name: String,
    fields: Fields,
    content: Content,
}

impl Default for CsvReader {
    fn default() -> Self {
        Self { delimiter: b',', has_header: true, missing: None, columns: Vec::new() }
    }
}

impl CsvReader {
    /// Fields between commas, below a header, and no columns yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Another character between fields: `b';'`, `b'\t'`.
    #[must_use]
    pub fn delimiter(self, delimiter: u8) -> Self {
        Self { delimiter, ..self }
    }

    /// The first line is a sample already.
    #[must_use]
    pub fn without_header(self) -> Self {
        Self { has_header: false, ..self }
    }

    /// What stands for a real number that is missing: for an empty field, `NA`, `N/A`, `NaN`, `nan`, `null` and
    /// `?`. Without it they are errors.
    #[must_use]
    pub fn missing(self, value: f64) -> Self {
        Self { missing: Some(value), ..self }
    }

    /// A column of real numbers.
    #[must_use]
    pub fn reals(self, name: impl Into<String>, fields: impl Into<Fields>) -> Self {
        self.with(name, fields, Content::Reals)
    }

    /// A column of integers from 0.
    #[must_use]
    pub fn integers(self, name: impl Into<String>, fields: impl Into<Fields>) -> Self {
        self.with(name, fields, Content::Integers)
    }

    /// A column of labels: the field holds the names of classes, which are numbered in the order of their names.
    #[must_use]
    pub fn labels(self, name: impl Into<String>, field: impl Into<Fields>) -> Self {
        self.with(name, field, Content::Labels)
    }

    /// A column of labels, whose classes are these, in their order: those of the samples that were trained on,
    /// [`Column::classes`](crate::data::Column::classes), when others are read.
    #[must_use]
    pub fn labels_of(
        self,
        name: impl Into<String>,
        field: impl Into<Fields>,
        classes: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        let classes = classes.into_iter().map(Into::into).collect();
        self.with(name, field, Content::LabelsOf(classes))
    }

    fn with(
        mut self,
        name: impl Into<String>,
        fields: impl Into<Fields>,
        content: Content,
    ) -> Self {
        self.columns.push(Wanted { name: name.into(), fields: fields.into(), content });
        self
    }

    /// Reads a file.
    ///
    /// # Errors
    /// If it cannot be read, a column is not in it, a line has other fields than the first, or a field is
    /// something else than is asked for.
    pub fn read<T: Real>(&self, path: impl AsRef<Path>) -> Result<Dataset<T>, CsvError> {
        let path = path.as_ref();
        let file = File::open(path).map_err(|error| CsvError::new(CsvProblem::Unreadable(error)));
        file.and_then(|file| self.read_from(file))
            .map_err(|error| CsvError { path: Some(path.into()), ..error })
    }

    /// Reads from any reader, which is buffered.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn read_from<T: Real>(&self, reader: impl Read) -> Result<Dataset<T>, CsvError> {
        if self.columns.is_empty() {
            return Err(CsvError::new(CsvProblem::NoColumns));
        }
        let mut lines = Lines::new(reader, self.delimiter);
        let first = if self.has_header { "a header" } else { "a sample" };
        if !lines.next()? {
            return Err(CsvError::new(CsvProblem::Empty { expected: first }));
        }
        let first_line = lines.number();
        let header = Header::new(lines.fields(), self.has_header);
        if self.has_header && !lines.next()? {
            return Err(CsvError::new(CsvProblem::Empty { expected: "a sample below the header" }));
        }
        let mut columns =
            self.numbered(&header).map_err(|problem| CsvError::at(first_line, problem))?;
        loop {
            let (expected, found) = (header.count, lines.fields().len());
            if expected != found {
                return Err(CsvError::at(lines.number(), CsvProblem::Ragged { expected, found }));
            }
            for column in &mut columns {
                column.push(&lines, &header, self.missing)?;
            }
            if !lines.next()? {
                return self.dataset(columns);
            }
        }
    }

    /// The fields that make each column.
    fn numbered<T: Real>(&self, header: &Header) -> Result<Vec<Filled<T>>, CsvProblem> {
        let named = self.columns.iter().filter(|column| column.fields != Fields::Others);
        let taken: Result<Vec<_>, _> =
            named.map(|column| header.numbers(&column.fields, &[])).collect();
        let taken = taken?.concat();
        let fill = |column: &Wanted| {
            let fields = header.numbers(&column.fields, &taken)?;
            if column.content.is_of_labels() && fields.len() != 1 {
                let (name, found) = (column.name.clone(), fields.len());
                return Err(CsvProblem::LabelFields { name, found });
            }
            Ok(Filled { fields, values: Values::new(&column.content) })
        };
        self.columns.iter().map(fill).collect()
    }

    fn dataset<T: Real>(&self, columns: Vec<Filled<T>>) -> Result<Dataset<T>, CsvError> {
        let add = |data: Dataset<T>, (wanted, filled): (&Wanted, Filled<T>)| {
            data.with(filled.values.column(&wanted.name, filled.fields.len())?)
        };
        let data = self.columns.iter().zip(columns).try_fold(Dataset::new(), add);
        data.map_err(|error| CsvError::new(error.into()))
    }
}

/// A column with what has been read of it.
#[derive(Debug)]
struct Filled<T> {
    fields: Vec<usize>,
    values: Values<T>,
}

impl<T: Real> Filled<T> {
    /// Adds the fields of the line at hand.
    fn push(
        &mut self,
        lines: &Lines<impl Read>,
        header: &Header,
        missing: Option<f64>,
    ) -> Result<(), CsvError> {
        for &number in &self.fields {
            self.values.push(&lines.fields()[number], missing).map_err(|problem| {
                let column = Some((number + 1, header.names.get(number).cloned()));
                CsvError { column, ..CsvError::at(lines.number(), problem) }
            })?;
        }
        Ok(())
    }
}
