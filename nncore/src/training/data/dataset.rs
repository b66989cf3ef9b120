//! Samples in named columns.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use super::column::{Column, Shape};
use super::error::{DatasetError, Kind};
use super::mini_batch::MiniBatch;
use crate::inference::Integers;
use crate::scalar::Real;

/// Samples in named columns: features, labels, weights, sequences, whatever the network and its loss take.
///
/// ```
/// use nncore::training::data::Dataset;
/// use nncore::training::initialise::seed;
///
/// let mut xor = Dataset::new()
///     .with_reals("bits", 2, [0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0f32])?
///     .with_labels("parity", ["even", "odd"], [0u8, 1, 1, 0])?;
/// xor.shuffle(&mut seed(0));
/// for batch in xor.batches(3) {
///     for (bits, &parity) in batch.reals("bits")?.chunks(2).zip(batch.integers("parity")?) {
///         assert_eq!(parity == 1, bits[0] != bits[1]);
///     }
/// }
/// let error = xor.all().reals("bit").unwrap_err();
/// assert_eq!(error.to_string(), "there is no column `bit`; there are `bits`, `parity`");
/// # Ok::<(), nncore::training::data::DatasetError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset<T = f32> {
    columns: Vec<Column<T>>,
}

impl<T> Default for Dataset<T> {
    fn default() -> Self {
        Self { columns: Vec::new() }
    }
}

impl<T: Real> Dataset<T> {
    /// Without columns.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With one more column.
    ///
    /// # Errors
    /// If there is a column of its name, or it has another number of samples than the others.
    pub fn with(mut self, column: Column<T>) -> Result<Self, DatasetError> {
        let name = column.name();
        if self.columns.iter().any(|other| other.name() == name) {
            return Err(DatasetError::Twice { column: name.into() });
        }
        if let Some(before) = self.columns.first().filter(|before| before.len() != column.len()) {
            let (expected, found) = (before.len(), column.len());
            let (column, before) = (name.into(), before.name().into());
            return Err(DatasetError::Samples { column, before, expected, found });
        }
        self.columns.push(column);
        Ok(self)
    }

    /// With one more column, of real numbers: those of the first sample, in row-major order, then those of the
    /// second, and so on.
    ///
    /// # Errors
    /// If the numbers are not those of as many samples as there are, or there is a column of this name.
    pub fn with_reals(
        self,
        name: impl Into<String>,
        shape: impl Into<Shape>,
        reals: impl Into<Vec<T>>,
    ) -> Result<Self, DatasetError> {
        self.with(Column::reals(name, shape, reals)?)
    }

    /// With one more column, of integers of any type.
    ///
    /// # Errors
    /// As [`Self::with_reals`]; if an integer is below 0, or above `u32::MAX`.
    pub fn with_integers(
        self,
        name: impl Into<String>,
        shape: impl Into<Shape>,
        integers: impl Integers,
    ) -> Result<Self, DatasetError> {
        self.with(Column::integers(name, shape, integers)?)
    }

    /// With one more column, of labels that stand for classes: 0 for the first name.
    ///
    /// # Errors
    /// As [`Self::with_reals`]; if a label has no name.
    pub fn with_labels(
        self,
        name: impl Into<String>,
        classes: impl IntoIterator<Item = impl Into<String>>,
        labels: impl Integers,
    ) -> Result<Self, DatasetError> {
        self.with(Column::labels(name, classes, labels)?)
    }

    /// Without the column of this name.
    ///
    /// # Errors
    /// If there is none.
    pub fn without(mut self, name: &str) -> Result<Self, DatasetError> {
        let place = self.position(name)?;
        self.columns.remove(place);
        Ok(self)
    }

    /// Number of samples.
    #[must_use]
    pub fn len(&self) -> usize {
        self.columns.first().map_or(0, Column::len)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The columns, in their order.
    #[must_use]
    pub fn columns(&self) -> &[Column<T>] {
        &self.columns
    }

    /// The column of a name.
    ///
    /// # Errors
    /// If there is none.
    pub fn column(&self, name: &str) -> Result<&Column<T>, DatasetError> {
        self.all().column(name)
    }

    /// The real numbers of a column, to be changed.
    ///
    /// # Errors
    /// If there is no such column, or it holds integers.
    pub fn reals_mut(&mut self, name: &str) -> Result<&mut [T], DatasetError> {
        let place = self.position(name)?;
        self.columns[place].as_reals_mut()
    }

    /// All samples as one batch.
    #[must_use]
    pub fn all(&self) -> MiniBatch<'_, T> {
        MiniBatch::new(&self.columns, 0..self.len())
    }

    /// The samples of a range, which are borrowed.
    ///
    /// # Errors
    /// If it ends behind the last sample.
    pub fn range(&self, samples: Range<usize>) -> Result<MiniBatch<'_, T>, DatasetError> {
        let (len, found) = (self.len(), samples.end);
        if found > len {
            return Err(DatasetError::Sample { len, found: found - 1 });
        }
        Ok(MiniBatch::new(&self.columns, samples.start.min(found)..found))
    }

    /// The samples in their present order, `size` at a time, which are borrowed; the last batch holds the rest.
    ///
    /// A `size` of 0 counts as 1.
    #[must_use]
    pub fn batches(&self, size: usize) -> impl ExactSizeIterator<Item = MiniBatch<'_, T>> {
        let (len, size) = (self.len(), size.max(1));
        (0..len.div_ceil(size)).map(move |k| {
            MiniBatch::new(&self.columns, k * size..len.min((k + 1).saturating_mul(size)))
        })
    }

    /// The samples of a list, in its order: borrowed, if they follow each other, or else copied into `memory`,
    /// whose own samples are overwritten, and which needs no more room for further lists of this length.
    ///
    /// # Errors
    /// If there is no sample of a number in the list.
    pub fn gather<'a>(
        &'a self,
        samples: &[usize],
        memory: &'a mut Self,
    ) -> Result<MiniBatch<'a, T>, DatasetError> {
        if let Some(range) = consecutive(samples) {
            return self.range(range);
        }
        self.copy(samples, memory)?;
        Ok(memory.all())
    }

    /// A copy of the samples of a list, in its order.
    ///
    /// # Errors
    /// If there is no sample of a number in the list.
    pub fn select(&self, samples: &[usize]) -> Result<Self, DatasetError> {
        let mut selected = Self::new();
        self.copy(samples, &mut selected)?;
        Ok(selected)
    }

    /// Overwrites another dataset by some samples of this one.
    fn copy(&self, samples: &[usize], other: &mut Self) -> Result<(), DatasetError> {
        let len = self.len();
        if let Some(&found) = samples.iter().find(|&&sample| sample >= len) {
            return Err(DatasetError::Sample { len, found });
        }
        let is_like = self.columns.len() == other.columns.len()
            && self.columns.iter().zip(&other.columns).all(|(own, other)| own.is_like(other));
        if !is_like {
            other.columns = self.columns.iter().map(Column::emptied).collect();
        }
        for (own, other) in self.columns.iter().zip(&mut other.columns) {
            other.take(own, samples);
        }
        Ok(())
    }

    /// Lets two samples change places.
    pub(super) fn swap(&mut self, first: usize, second: usize) {
        for column in &mut self.columns {
            column.swap(first, second);
        }
    }

    /// Keeps the samples below one, and gives the others.
    pub(super) fn split_off(&mut self, at: usize) -> Self {
        Self { columns: self.columns.iter_mut().map(|column| column.split_off(at)).collect() }
    }

    fn position(&self, name: &str) -> Result<usize, DatasetError> {
        let place = self.columns.iter().position(|column| column.name() == name);
        place.ok_or_else(|| self.all().missing(name))
    }
}

/// The range that a list counts through, if it does.
fn consecutive(samples: &[usize]) -> Option<Range<usize>> {
    let (&first, &last) = (samples.first()?, samples.last()?);
    let follow = |pair: &[usize; 2]| pair[0].checked_add(1) == Some(pair[1]);
    let end = last.checked_add(1)?;
    samples.array_windows().all(follow).then_some(first..end)
}

/// How many samples there are, and each column with its shape.
impl<T: Real> fmt::Display for Dataset<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} samples", self.len())?;
        for column in &self.columns {
            let sizes: Vec<String> = column.shape().iter().map(ToString::to_string).collect();
            let shape = if sizes.is_empty() { "1".into() } else { sizes.join("×") };
            write!(f, "\n  {}: ", column.name())?;
            match (column.kind(), column.classes()) {
                (Kind::Integers, [_, ..]) => write!(f, "one of {}", column.classes().join(", "))?,
                (kind, _) => write!(f, "{shape} {kind}")?,
            }
        }
        Ok(())
    }
}
