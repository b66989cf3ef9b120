//! Some samples of a dataset, as networks and losses take them.

use core::ops::Range;

use nalgebra::{DimName, Dyn};

use super::column::Column;
use super::error::DatasetError;
use crate::inference::SamplesView;
use crate::scalar::Real;

/// Samples of a [`Dataset`](super::Dataset) that follow each other; nothing is copied.
///
/// ```
/// use nalgebra::Const;
/// use nncore::inference::SamplesView;
/// use nncore::training::data::Dataset;
///
/// let data = Dataset::new().with_reals("x", 2, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0f32])?;
/// let batch = data.range(1..3)?;
/// let x: SamplesView<'_, f32, Const<2>> = batch.matrix("x")?;
/// assert_eq!((x.ncols(), x[(1, 0)]), (2, 4.0));
/// # Ok::<(), nncore::training::data::DatasetError>(())
/// ```
#[derive(Clone, Debug)]
pub struct MiniBatch<'a, T> {
    columns: &'a [Column<T>],
    samples: Range<usize>,
}

impl<'a, T: Real> MiniBatch<'a, T> {
    /// Of samples that all columns have.
    pub(super) fn new(columns: &'a [Column<T>], samples: Range<usize>) -> Self {
        Self { columns, samples }
    }

    /// Number of samples.
    #[must_use]
    pub fn len(&self) -> usize {
        self.samples.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.samples.is_empty()
    }

    /// The real numbers of a column as a matrix, a column a sample: what a network takes, whose input says how
    /// many rows there are.
    ///
    /// # Errors
    /// If there is no such column, it holds integers, or its samples have another number of numbers.
    pub fn matrix<F: DimName>(&self, column: &str) -> Result<SamplesView<'a, T, F>, DatasetError> {
        let (found, expected) = (self.column(column)?, F::DIM);
        let reals = self.part(found, found.as_reals()?);
        if found.width() != expected {
            let (column, found) = (column.into(), found.width());
            return Err(DatasetError::Width { column, expected, found });
        }
        Ok(SamplesView::from_slice_generic(reals, F::name(), Dyn(self.len())))
    }

    /// The real numbers of a column, one sample after the other: targets, and weights of samples.
    ///
    /// # Errors
    /// If there is no such column, or it holds integers.
    pub fn reals(&self, column: &str) -> Result<&'a [T], DatasetError> {
        let column = self.column(column)?;
        Ok(self.part(column, column.as_reals()?))
    }

    /// The integers of a column, one sample after the other: labels, and what a network with `index` looks up.
    ///
    /// # Errors
    /// If there is no such column, or it holds real numbers.
    pub fn integers(&self, column: &str) -> Result<&'a [u32], DatasetError> {
        let column = self.column(column)?;
        Ok(self.part(column, column.as_integers()?))
    }

    /// The column of a name, with the numbers of all samples.
    ///
    /// # Errors
    /// If there is none.
    pub fn column(&self, name: &str) -> Result<&'a Column<T>, DatasetError> {
        let found = self.columns.iter().find(|column| column.name() == name);
        found.ok_or_else(|| self.missing(name))
    }

    /// That there is no column of a name.
    pub(super) fn missing(&self, name: &str) -> DatasetError {
        let known = self.columns.iter().map(|column| column.name().into()).collect();
        DatasetError::Missing { column: name.into(), known }
    }

    /// Those of a column's numbers that are the batch's.
    fn part<X>(&self, column: &Column<T>, numbers: &'a [X]) -> &'a [X] {
        let Range { start, end } = self.samples;
        &numbers[start * column.width()..end * column.width()]
    }
}
