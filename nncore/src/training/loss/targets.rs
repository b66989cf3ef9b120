//! Targets of a loss: class indices and real numbers.

use alloc::vec::Vec;

use nalgebra::{Dim, IsContiguous, Matrix, Storage};

use super::definition::LossError;
use crate::inference::{Integers, OutOfRange, index_below, write_integers};
use crate::scalar::Real;

/// Targets that are class indices: the kind of [`Integers`].
#[derive(Clone, Copy, Debug)]
pub enum Classes {}

/// Targets that are real numbers: the kind of [`Values`].
#[derive(Clone, Copy, Debug)]
pub enum Reals {}

/// Real targets with the outputs' shape: any contiguous nalgebra matrix or vector.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a matrix of `{T}` targets",
    note = "real targets are contiguous nalgebra matrices of the network's own scalar type, a column a sample"
)]
pub trait Values<T> {
    /// Rows of the matrix; a slice of numbers has none.
    fn rows(&self) -> Option<usize>;
    /// The scalars, a sample after the other.
    fn as_values(&self) -> &[T];
}

// Of what is no target, the compiler says so, and not what nalgebra asks of a contiguous matrix.
#[diagnostic::do_not_recommend]
impl<T: Real, R: Dim, C: Dim, S: Storage<T, R, C> + IsContiguous> Values<T> for Matrix<T, R, C, S> {
    fn rows(&self) -> Option<usize> {
        Some(self.nrows())
    }

    fn as_values(&self) -> &[T] {
        self.as_slice()
    }
}

impl<T> Values<T> for [T] {
    fn rows(&self) -> Option<usize> {
        None
    }

    fn as_values(&self) -> &[T] {
        self
    }
}

impl<T, const N: usize> Values<T> for [T; N] {
    fn rows(&self) -> Option<usize> {
        None
    }

    fn as_values(&self) -> &[T] {
        self
    }
}

impl<T> Values<T> for Vec<T> {
    fn rows(&self) -> Option<usize> {
        None
    }

    fn as_values(&self) -> &[T] {
        self
    }
}

impl<T, V: Values<T> + ?Sized> Values<T> for &V {
    fn rows(&self) -> Option<usize> {
        V::rows(self)
    }

    fn as_values(&self) -> &[T] {
        V::as_values(self)
    }
}

/// Integers below this are exact in every scalar type.
const EXACT: usize = 1 << 24;

/// Writes the class of each sample, checked to be below `classes`, to where its gradient is going to be:
/// `width` numbers, as many as classes or more. [`class_at`] reads it there.
///
/// So each label is asked once, and what it says another time, or on another thread, is never needed.
///
/// # Errors
/// If there are not as many labels as samples, or one names no class.
#[doc(hidden)]
pub fn write_classes<T: Real, Y: Integers + ?Sized>(
    target: &Y,
    classes: usize,
    width: usize,
    gradient: &mut [T],
) -> Result<(), LossError> {
    let (labels, rows) = (target.as_integers(), gradient.chunks_exact_mut(width));
    if labels.len() != rows.len() {
        return Err(LossError::Samples { expected: rows.len(), found: labels.len() });
    }
    for (sample, (label, row)) in labels.iter().zip(rows).enumerate() {
        let class = index_below(*label, classes).map_err(|label| LossError::Label {
            sample,
            label,
            classes,
        })?;
        row[0] = T::of((class % EXACT) as f64);
        if width > EXACT {
            row[1] = T::of((class / EXACT) as f64);
        }
    }
    Ok(())
}

/// Writes class numbers as numbers of the network's own type, `width` for each sample, each checked to be
/// below `classes`, if there are so many.
///
/// # Errors
/// If there is another count of them, or one names no class.
#[doc(hidden)]
pub fn write_class_numbers<T: Real, Y: Integers + ?Sized>(
    target: &Y,
    width: usize,
    classes: Option<usize>,
    numbers: &mut [T],
) -> Result<(), LossError> {
    let labels = target.as_integers();
    if labels.len() != numbers.len() {
        return Err(wrong_length(numbers.len(), labels.len(), width));
    }
    let classes = classes.unwrap_or(EXACT);
    write_integers(labels, classes, numbers).map_err(|OutOfRange { at, found }| LossError::Label {
        sample: at / width.max(1),
        label: found,
        classes,
    })
}

/// The class that stands where a sample's gradient is going to be.
#[doc(hidden)]
#[inline(always)]
#[must_use]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "these were integers")]
pub fn class_at<T: Real>(row: &[T]) -> usize {
    let upper = if row.len() > EXACT { row[1].to_f64() as usize } else { 0 };
    row[0].to_f64() as usize + EXACT * upper
}

/// The real targets of a batch, checked to have the outputs' shape.
///
/// # Errors
/// If they have another.
#[doc(hidden)]
pub fn check_values<'a, T, Y: Values<T> + ?Sized>(
    target: &'a Y,
    batch: usize,
    features: usize,
) -> Result<&'a [T], LossError>
where
    T: 'a,
{
    let values = target.as_values();
    if let Some(found) = target.rows().filter(|&rows| rows != features) {
        return Err(LossError::Features { expected: features, found });
    }
    if values.len() != batch * features {
        return Err(wrong_length(batch * features, values.len(), features));
    }
    Ok(values)
}

/// What is wrong with a target of another length than the batch asks for.
fn wrong_length(expected: usize, found: usize, width: usize) -> LossError {
    let width = width.max(1);
    if found.is_multiple_of(width) {
        LossError::Samples { expected: expected / width, found: found / width }
    } else {
        LossError::Length { width, found }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_read_as_they_were_written() {
        for (labels, classes) in [(&[0, 3, 1][..], 4), (&[EXACT + 3, 0, EXACT - 1], EXACT + 4)] {
            let mut gradient = alloc::vec![f32::NAN; 3 * classes];
            write_classes(labels, classes, classes, &mut gradient).unwrap();
            let found: Vec<usize> = gradient.chunks_exact(classes).map(class_at).collect();
            assert_eq!(found, labels);
        }
    }

    #[test]
    fn a_target_that_ends_in_a_sample_has_no_number_of_samples() {
        let mut numbers = [0.0f32; 4];
        let mut found = |labels: &[u8]| write_class_numbers(labels, 2, Some(3), &mut numbers);
        assert_eq!(found(&[1]), Err(LossError::Length { width: 2, found: 1 }));
        assert_eq!(found(&[1, 1]), Err(LossError::Samples { expected: 2, found: 1 }));
        assert_eq!(found(&[1, 1, 2, 0]), Ok(()));
        let values = |values: &[f32]| check_values(values, 2, 3).map(<[f32]>::len);
        assert_eq!(values(&[0.0; 5]), Err(LossError::Length { width: 3, found: 5 }));
        assert_eq!(values(&[0.0; 3]), Err(LossError::Samples { expected: 2, found: 1 }));
        assert_eq!(values(&[0.0; 6]), Ok(6));
    }
}
