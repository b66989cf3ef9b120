//! Targets of a loss: class indices and real numbers.

use alloc::string::ToString;
use alloc::vec::Vec;
use core::fmt::Display;

use nalgebra::{Dim, IsContiguous, Matrix, Storage};

use super::definition::LossError;
use crate::scalar::Real;

/// Targets that are class indices: the kind of [`Labels`].
#[derive(Clone, Copy, Debug)]
pub enum Classes {}

/// Targets that are real numbers: the kind of [`Values`].
#[derive(Clone, Copy, Debug)]
pub enum Reals {}

/// An integer that names a class.
pub trait Label: Copy + Display + Sync {
    /// The class, if the number can be one.
    fn class(self) -> Option<usize>;
}

macro_rules! label {
    ($($type:ty)*) => {
        $(impl Label for $type {
            fn class(self) -> Option<usize> {
                usize::try_from(self).ok()
            }
        })*
    };
}

label!(u8 u16 u32 u64 usize i8 i16 i32 i64 isize);

/// Class indices, one for each sample: a slice, array or vector of integers.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of class indices",
    note = "class indices are slices of integers: `&[u8]`, `&[usize]` …"
)]
pub trait Labels {
    /// The integer type.
    type Label: Label;
    /// The indices as a slice.
    fn as_labels(&self) -> &[Self::Label];
}

impl<L: Label> Labels for [L] {
    type Label = L;
    fn as_labels(&self) -> &[L] {
        self
    }
}

impl<L: Label, const N: usize> Labels for [L; N] {
    type Label = L;
    fn as_labels(&self) -> &[L] {
        self
    }
}

impl<L: Label> Labels for Vec<L> {
    type Label = L;
    fn as_labels(&self) -> &[L] {
        self
    }
}

/// Real targets with the outputs' shape: any contiguous nalgebra matrix or vector.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a matrix of `{T}` targets",
    note = "real targets are contiguous nalgebra matrices of the network's own scalar type, a column a sample"
)]
pub trait Values<T> {
    /// Rows of the matrix.
    fn features(&self) -> usize;
    /// The scalars, a sample after the other.
    fn as_values(&self) -> &[T];
}

impl<T: Real, R: Dim, C: Dim, S: Storage<T, R, C> + IsContiguous> Values<T> for Matrix<T, R, C, S> {
    fn features(&self) -> usize {
        self.nrows()
    }

    fn as_values(&self) -> &[T] {
        self.as_slice()
    }
}

/// The labels of a batch, checked: as many as samples, each below `classes`.
///
/// # Errors
/// If one is not.
#[doc(hidden)]
pub fn check_labels<Y: Labels + ?Sized>(
    target: &Y,
    batch: usize,
    classes: usize,
) -> Result<impl Iterator<Item = usize> + Clone, LossError> {
    let labels = target.as_labels();
    if labels.len() != batch {
        return Err(LossError::Samples { expected: batch, found: labels.len() });
    }
    let in_range = |label: &Y::Label| label.class().is_some_and(|class| class < classes);
    if let Some(sample) = labels.iter().position(|label| !in_range(label)) {
        let label = labels[sample].to_string();
        return Err(LossError::Label { sample, label, classes });
    }
    Ok(labels.iter().filter_map(|label| label.class()))
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
    let (rows, values) = (target.features(), target.as_values());
    if rows != features {
        return Err(LossError::Features { expected: features, found: rows });
    }
    if values.len() != batch * features {
        return Err(LossError::Samples { expected: batch, found: values.len() / features });
    }
    Ok(values)
}
