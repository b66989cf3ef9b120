//! What a loss is. The losses themselves are equations, compiled by `nnmacro`.

use std::fmt::Display;

use nalgebra::{Dim, IsContiguous, Matrix, Storage};
use thiserror::Error;

use crate::real::Real;

/// A loss over a batch of outputs, given targets of type `Y`.
///
/// Implemented by the equations of `nnmacro`: value and gradient come from the same line.
#[diagnostic::on_unimplemented(
    message = "`{Self}` takes no target of type `{Y}`",
    note = "class indices are slices of integers, `&[u8]` or `&[usize]`; real targets are nalgebra matrices of the network's own scalar type, a column a sample"
)]
pub trait Loss<T: Real, Y: ?Sized> {
    /// The mean over the batch; writes its gradient on the outputs.
    ///
    /// `outputs` and `gradient` hold batch × `features` scalars.
    ///
    /// # Errors
    /// If the target does not fit the outputs.
    fn evaluate(
        &self,
        outputs: &[T],
        features: usize,
        target: &Y,
        gradient: &mut [T],
    ) -> Result<T, LossError>;
}

/// That a loss makes sense on outputs of the given meaning.
#[diagnostic::on_unimplemented(
    message = "`{Self}` takes logits, but this network ends in `softmax`",
    label = "its outputs are probabilities already",
    note = "remove the `softmax;` at the end of the network: the loss applies log-softmax itself, and more accurately"
)]
pub trait Accepts<Meaning> {}

/// A target that does not fit.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum LossError {
    /// Another number of samples.
    #[error("the batch has {expected} samples, but the target has {found}")]
    Samples {
        /// The samples in the batch.
        expected: usize,
        /// The samples in the target.
        found: usize,
    },
    /// Another number of features.
    #[error("the network has {expected} outputs, but each target has {found}")]
    Features {
        /// The network's outputs.
        expected: usize,
        /// The target's rows.
        found: usize,
    },
    /// A setting of the loss out of its range.
    #[error("`{setting}` is between {least} and {greatest}, but is {found}")]
    Setting {
        /// The setting's name.
        setting: &'static str,
        /// Its least value.
        least: f64,
        /// Its greatest value.
        greatest: f64,
        /// Its value.
        found: f64,
    },
    /// A class index that names no output.
    #[error("sample {sample} has the label {label}, but there are {classes} classes: 0 to {}", .classes - 1)]
    Label {
        /// Which sample, from 0.
        sample: usize,
        /// Its label.
        label: String,
        /// The network's outputs.
        classes: usize,
    },
}

/// An integer that names a class.
pub trait Label: Copy + Display {
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

/// That a setting is a number in its range.
///
/// # Errors
/// If it is not.
#[doc(hidden)]
pub fn check_setting(
    setting: &'static str,
    found: f64,
    least: f64,
    greatest: f64,
) -> Result<(), LossError> {
    let is_in_range = found >= least && found <= greatest;
    if is_in_range { Ok(()) } else { Err(LossError::Setting { setting, least, greatest, found }) }
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
) -> Result<impl Iterator<Item = usize>, LossError> {
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
