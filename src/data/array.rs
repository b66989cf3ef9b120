//! An array in a file, whose first axis counts the samples.

use nncore::scalar::Real;
use nncore::training::data::{Column, DatasetError, Kind};

use super::element::{ByteOrder, Element};

/// An array of numbers that has been read from a file. Its first axis counts the samples.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileArray {
    shape: Vec<usize>,
    element: Element,
    order: ByteOrder,
    /// In row-major order.
    bytes: Vec<u8>,
}

impl FileArray {
    /// The bytes of an array of at least one axis, all of whose sizes are positive.
    pub(super) fn new(
        shape: Vec<usize>,
        element: Element,
        order: ByteOrder,
        bytes: Vec<u8>,
    ) -> Self {
        Self { shape, element, order, bytes }
    }

    /// The size of each axis.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The type of the numbers.
    #[must_use]
    pub fn element(&self) -> Element {
        self.element
    }

    /// Which byte of a number comes first.
    #[must_use]
    pub fn byte_order(&self) -> ByteOrder {
        self.order
    }

    /// A column of the array as real numbers, such as the greys of images, from 0 to 255.
    ///
    /// # Errors
    /// None but those of a column: the array has whole samples.
    pub fn reals<T: Real>(&self, name: impl Into<String>) -> Result<Column<T>, DatasetError> {
        Column::reals(name, &self.shape[1..], self.element.reals(self.order, &self.bytes))
    }

    /// A column of the array as integers from 0, such as labels.
    ///
    /// # Errors
    /// If a number is below 0, or if they are floating point numbers.
    pub fn integers<T: Real>(&self, name: impl Into<String>) -> Result<Column<T>, DatasetError> {
        let name = name.into();
        let integers = self.all_integers(&name)?;
        Column::integers(name, &self.shape[1..], integers)
    }

    /// A column of labels, which stand for these classes.
    ///
    /// # Errors
    /// As [`Self::integers`]; if a label has no class, or a sample has several.
    pub fn labels<T: Real>(
        &self,
        name: impl Into<String>,
        classes: impl IntoIterator<Item = impl Into<String>>,
    ) -> Result<Column<T>, DatasetError> {
        let name = name.into();
        let found = self.shape[1..].iter().product();
        if found != 1 {
            return Err(DatasetError::Width { column: name, expected: 1, found });
        }
        let labels = self.all_integers(&name)?;
        Column::labels(name, classes, labels)
    }

    fn all_integers(&self, column: &str) -> Result<Vec<i128>, DatasetError> {
        self.element.integers(self.order, &self.bytes).ok_or_else(|| DatasetError::Kind {
            column: column.into(),
            expected: Kind::Integers,
            found: Kind::Reals,
        })
    }
}
