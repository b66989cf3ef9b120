//! One column of a dataset: its name, the shape of a sample, and the numbers.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use super::error::{DatasetError, Kind};
use crate::inference::{Integer, Integers};
use crate::scalar::Real;

/// The shape of what a sample has in a column: `784`, `[28, 28]`, or `[]` for a single number.
///
/// ```
/// use nncore::training::data::Shape;
/// assert_eq!(Shape::from(3), Shape::from([3]));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape(Vec<usize>);

impl From<usize> for Shape {
    fn from(size: usize) -> Self {
        Self([size].into())
    }
}

impl<const N: usize> From<[usize; N]> for Shape {
    fn from(sizes: [usize; N]) -> Self {
        Self(sizes.into())
    }
}

impl From<&[usize]> for Shape {
    fn from(sizes: &[usize]) -> Self {
        Self(sizes.into())
    }
}

impl From<Vec<usize>> for Shape {
    fn from(sizes: Vec<usize>) -> Self {
        Self(sizes)
    }
}

/// The numbers of a column, one sample after the other.
#[derive(Clone, Debug, PartialEq)]
pub enum Numbers<T> {
    /// Real numbers.
    Reals(Vec<T>),
    /// Integers from 0.
    Integers(Vec<u32>),
}

impl<T> Numbers<T> {
    fn len(&self) -> usize {
        match self {
            Self::Reals(reals) => reals.len(),
            Self::Integers(integers) => integers.len(),
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Reals(_) => Kind::Reals,
            Self::Integers(_) => Kind::Integers,
        }
    }
}

/// A name, and as many numbers for every sample.
///
/// ```
/// use nncore::training::data::{Column, Numbers};
///
/// let species = Column::<f32>::of_names("species", ["wren", "tit", "wren"]);
/// assert_eq!(species.classes(), ["tit", "wren"]);
/// assert_eq!(*species.numbers(), Numbers::Integers(vec![1, 0, 1]));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Column<T> {
    name: String,
    shape: Vec<usize>,
    /// The numbers of a sample, at least 1.
    width: usize,
    classes: Vec<String>,
    numbers: Numbers<T>,
}

impl<T: Real> Column<T> {
    /// Real numbers: those of the first sample, in row-major order, then those of the second, and so on.
    ///
    /// # Errors
    /// If the shape has no numbers, or the numbers are not those of whole samples.
    pub fn reals(
        name: impl Into<String>,
        shape: impl Into<Shape>,
        reals: impl Into<Vec<T>>,
    ) -> Result<Self, DatasetError> {
        Self::new(name.into(), shape.into(), Numbers::Reals(reals.into()))
    }

    /// Integers of any type, in the same order.
    ///
    /// # Errors
    /// As for real numbers; if an integer is below 0, or above `u32::MAX`.
    pub fn integers(
        name: impl Into<String>,
        shape: impl Into<Shape>,
        integers: impl Integers,
    ) -> Result<Self, DatasetError> {
        let (name, shape) = (name.into(), shape.into());
        let width = width(&name, &shape.0)?;
        let integers = checked(&name, width, u32::MAX, integers.as_integers())?;
        Self::new(name, shape, Numbers::Integers(integers))
    }

    /// Labels that stand for classes: 0 for the first name.
    ///
    /// # Errors
    /// If there are no classes, or a label has none.
    pub fn labels(
        name: impl Into<String>,
        classes: impl IntoIterator<Item = impl Into<String>>,
        labels: impl Integers,
    ) -> Result<Self, DatasetError> {
        let name = name.into();
        let classes: Vec<String> = classes.into_iter().map(Into::into).collect();
        let Some(last) = classes.len().checked_sub(1) else {
            return Err(DatasetError::NoClasses { column: name });
        };
        let greatest = u32::try_from(last).unwrap_or(u32::MAX);
        let integers = checked(&name, 1, greatest, labels.as_integers())?;
        Ok(Self { classes, ..Self::new(name, Shape(Vec::new()), Numbers::Integers(integers))? })
    }

    /// The name of each sample's class; the classes are numbered in the order of their names.
    pub fn of_names(
        name: impl Into<String>,
        names: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        let classes: Vec<String> =
            names.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect();
        let place = |name: &String| classes.partition_point(|class| class < name);
        let labels = names.iter().map(|name| u32::try_from(place(name)).unwrap_or(u32::MAX));
        let numbers = Numbers::Integers(labels.collect());
        Self { name: name.into(), shape: Vec::new(), width: 1, classes, numbers }
    }

    fn new(name: String, Shape(shape): Shape, numbers: Numbers<T>) -> Result<Self, DatasetError> {
        let width = width(&name, &shape)?;
        let found = numbers.len();
        if !found.is_multiple_of(width) {
            return Err(DatasetError::Length { column: name, width, found });
        }
        Ok(Self { name, shape, width, classes: Vec::new(), numbers })
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The shape of a sample, empty for a single number.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The numbers of a sample.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// How many samples there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.numbers.len() / self.width
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The names of the classes, if the numbers are labels with names.
    #[must_use]
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// All numbers.
    #[must_use]
    pub fn numbers(&self) -> &Numbers<T> {
        &self.numbers
    }

    /// What the numbers are.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.numbers.kind()
    }

    /// The real numbers of all samples.
    ///
    /// # Errors
    /// If the numbers are integers.
    pub(super) fn as_reals(&self) -> Result<&[T], DatasetError> {
        match &self.numbers {
            Numbers::Reals(reals) => Ok(reals),
            Numbers::Integers(_) => Err(self.other_kind(Kind::Reals)),
        }
    }

    /// The real numbers of all samples, to be written.
    ///
    /// # Errors
    /// If the numbers are integers.
    pub(super) fn as_reals_mut(&mut self) -> Result<&mut [T], DatasetError> {
        match &mut self.numbers {
            Numbers::Reals(reals) => Ok(reals),
            Numbers::Integers(_) => Err(DatasetError::Kind {
                column: self.name.clone(),
                expected: Kind::Reals,
                found: Kind::Integers,
            }),
        }
    }

    /// The integers of all samples.
    ///
    /// # Errors
    /// If the numbers are real.
    pub(super) fn as_integers(&self) -> Result<&[u32], DatasetError> {
        match &self.numbers {
            Numbers::Reals(_) => Err(self.other_kind(Kind::Integers)),
            Numbers::Integers(integers) => Ok(integers),
        }
    }

    fn other_kind(&self, expected: Kind) -> DatasetError {
        DatasetError::Kind { column: self.name.clone(), expected, found: self.kind() }
    }

    /// The same column without samples.
    pub(super) fn emptied(&self) -> Self {
        let numbers = match self.kind() {
            Kind::Reals => Numbers::Reals(Vec::new()),
            Kind::Integers => Numbers::Integers(Vec::new()),
        };
        let (name, shape, classes) = (self.name.clone(), self.shape.clone(), self.classes.clone());
        Self { name, shape, width: self.width, classes, numbers }
    }

    /// Whether both are the same column, of whichever samples.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let of = |column: &'_ Self| (column.kind(), column.width);
        of(self) == of(other)
            && self.name == other.name
            && self.shape == other.shape
            && self.classes == other.classes
    }

    /// Takes some samples of a column that is like this one, instead of its own.
    pub(super) fn take(&mut self, source: &Self, samples: &[usize]) {
        let width = self.width;
        match (&mut self.numbers, &source.numbers) {
            (Numbers::Reals(place), Numbers::Reals(source)) => take(place, source, width, samples),
            (Numbers::Integers(place), Numbers::Integers(source)) => {
                take(place, source, width, samples);
            }
            _ => {}
        }
    }

    /// Lets two samples change places.
    pub(super) fn swap(&mut self, first: usize, second: usize) {
        match &mut self.numbers {
            Numbers::Reals(reals) => swap(reals, self.width, first, second),
            Numbers::Integers(integers) => swap(integers, self.width, first, second),
        }
    }

    /// Keeps the samples below one, and gives the others.
    pub(super) fn split_off(&mut self, at: usize) -> Self {
        let at = at * self.width;
        let numbers = match &mut self.numbers {
            Numbers::Reals(reals) => Numbers::Reals(reals.split_off(at)),
            Numbers::Integers(integers) => Numbers::Integers(integers.split_off(at)),
        };
        Self { numbers, ..self.emptied() }
    }
}

/// The numbers of a shape, at least one.
fn width(column: &str, shape: &[usize]) -> Result<usize, DatasetError> {
    let width = shape.iter().try_fold(1usize, |width, &size| width.checked_mul(size));
    let is_right = |&width: &usize| width > 0;
    width
        .filter(is_right)
        .ok_or_else(|| DatasetError::Shape { column: column.into(), found: shape.into() })
}

/// Integers, each checked to be one of 0 to the greatest.
fn checked<I: Integer>(
    column: &str,
    width: usize,
    greatest: u32,
    integers: &[I],
) -> Result<Vec<u32>, DatasetError> {
    let check = |(at, integer): (usize, &I)| {
        let found = integer.number();
        let sample = at / width;
        u32::try_from(found)
            .ok()
            .filter(|&integer| integer <= greatest)
            .ok_or_else(|| DatasetError::Integer { column: column.into(), sample, greatest, found })
    };
    integers.iter().enumerate().map(check).collect()
}

fn take<X: Copy>(place: &mut Vec<X>, source: &[X], width: usize, samples: &[usize]) {
    place.clear();
    for sample in samples {
        place.extend_from_slice(&source[sample * width..][..width]);
    }
}

fn swap<X>(numbers: &mut [X], width: usize, first: usize, second: usize) {
    let (low, high) = (first.min(second), first.max(second));
    if low < high {
        let (left, right) = numbers.split_at_mut(high * width);
        left[low * width..][..width].swap_with_slice(&mut right[..width]);
    }
}
