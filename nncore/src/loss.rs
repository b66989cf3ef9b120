//! What a loss is. The losses themselves are equations, compiled by `nnmacro`.
#![allow(unsafe_code, reason = "gradients cut for several threads")]
#![allow(clippy::inline_always, reason = "what is not inlined into a loop does not vectorise")]

use std::fmt::Display;
use std::ops::Range;

use nalgebra::{Dim, IsContiguous, Matrix, Storage};
use thiserror::Error;

use crate::real::Real;
use crate::threads::{Parts, divide_if_worth, part};

/// Targets that are class indices: the kind of [`Labels`].
#[derive(Clone, Copy, Debug)]
pub enum Classes {}

/// Targets that are real numbers: the kind of [`Values`].
#[derive(Clone, Copy, Debug)]
pub enum Reals {}

/// A loss over a batch of outputs, given targets of type `Y` and kind `K`: [`Classes`] or
/// [`Reals`].
///
/// Implemented by the equations of `nnmacro`: value and gradient come from the same line. The kind
/// lets one loss take both, as cross-entropy does.
#[diagnostic::on_unimplemented(
    message = "`{Self}` takes no target of type `{Y}`",
    note = "class indices are slices of integers, `&[u8]` or `&[usize]`; real targets are nalgebra matrices of the network's own scalar type, a column a sample"
)]
pub trait Loss<T: Real, Y: ?Sized, K> {
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
    #[error("each sample has a target of {expected} numbers here, but of {found} in the given one")]
    Features {
        /// The numbers that the loss compares the outputs with.
        expected: usize,
        /// The target's rows.
        found: usize,
    },
    /// Outputs that cannot be divided into the loss's arguments.
    #[error("this loss is of {parts} equal parts of the outputs, but there are {found} outputs")]
    Parts {
        /// The arguments before the target.
        parts: usize,
        /// The network's outputs.
        found: usize,
    },
    /// A setting with another number of numbers than there are outputs.
    #[error("`{setting}` has one number for each of {expected} outputs, or none, but has {found}")]
    SettingCount {
        /// The setting's name.
        setting: &'static str,
        /// The outputs.
        expected: usize,
        /// The setting's numbers.
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

/// That a setting has no numbers or one in its range for each output.
///
/// # Errors
/// If it does not.
#[doc(hidden)]
pub fn check_settings(
    setting: &'static str,
    found: &[f64],
    outputs: usize,
    least: f64,
    greatest: f64,
) -> Result<(), LossError> {
    if !found.is_empty() && found.len() != outputs {
        return Err(LossError::SettingCount { setting, expected: outputs, found: found.len() });
    }
    found.iter().try_for_each(|&one| check_setting(setting, one, least, greatest))
}

/// That the outputs divide into parts; how many there are in each.
///
/// # Errors
/// If they do not.
#[doc(hidden)]
pub fn check_parts(outputs: usize, parts: usize) -> Result<usize, LossError> {
    let divides = outputs > 0 && outputs.is_multiple_of(parts);
    if divides { Ok(outputs / parts) } else { Err(LossError::Parts { parts, found: outputs }) }
}

/// The number of a setting for one output: `otherwise` if it has none at all.
#[doc(hidden)]
#[inline(always)]
#[must_use]
pub fn setting_of<T: Real>(setting: &[f64], output: usize, otherwise: f64) -> T {
    T::of(if setting.is_empty() { otherwise } else { setting[output] })
}

/// Lays samples of `width` numbers abreast: the first numbers of all, then the second ones.
#[doc(hidden)]
#[inline(always)]
pub fn lay_abreast<T: Real, const COUNT: usize>(samples: &[T], width: usize, abreast: &mut [T]) {
    if width == 1 {
        abreast[..samples.len()].copy_from_slice(samples);
        return;
    }
    for (lane, sample) in samples.chunks_exact(width).enumerate() {
        lay_in_lane::<T, COUNT>(sample, lane, abreast);
    }
}

/// Lays one sample into its lane.
#[doc(hidden)]
#[inline(always)]
pub fn lay_in_lane<T: Real, const COUNT: usize>(sample: &[T], lane: usize, abreast: &mut [T]) {
    for (lanes, &number) in abreast.as_chunks_mut::<COUNT>().0.iter_mut().zip(sample) {
        lanes[lane] = number;
    }
}

/// What [`lay_abreast`] has laid out, back into its place.
#[doc(hidden)]
#[inline(always)]
pub fn lay_apart<T: Real, const COUNT: usize>(abreast: &[T], width: usize, samples: &mut [T]) {
    if width == 1 {
        samples.copy_from_slice(&abreast[..samples.len()]);
        return;
    }
    for (lane, sample) in samples.chunks_exact_mut(width).enumerate() {
        for (number, lanes) in sample.iter_mut().zip(abreast.as_chunks::<COUNT>().0) {
            *number = lanes[lane];
        }
    }
}

/// The sum over runs of samples of what `body` makes of each: given the run, its outputs and its
/// gradients, `width` scalars for each sample.
///
/// The runs, and so the order of the sum, follow from the number of samples alone; large batches are
/// divided over threads.
#[doc(hidden)]
pub fn sum_of_samples<T: Real>(
    outputs: &[T],
    gradient: &mut [T],
    width: usize,
    body: impl Fn(Range<usize>, &[T], &mut [T]) -> f64 + Sync,
) -> f64 {
    /// Runs are cut at multiples of this: the samples that lie abreast.
    const STEP: usize = 16;
    /// Samples of a run, at least.
    const RUN: usize = 32;
    /// Runs, at most.
    const RUNS: usize = 64;
    /// What an output costs, in the time of operations of a product: some 10 ns for cross-entropy.
    const COST: usize = 1024;
    let batch = outputs.len() / width.max(1);
    let runs = batch.div_ceil(RUN).min(RUNS);
    let mut totals = [0.0; RUNS];
    let (gradient, all) = (Parts::new(gradient), Parts::new(&mut totals));
    let run = |index: usize, _thread: usize| {
        let steps = part(batch.div_ceil(STEP), runs, index);
        let range = steps.start * STEP..batch.min(steps.end * STEP);
        let scalars = range.start * width..range.end * width;
        // SAFETY: another run has other samples, and another total.
        let (gradient, total) =
            unsafe { (gradient.part(scalars.clone()), all.part(index..index + 1)) };
        total[0] = body(range, &outputs[scalars], gradient);
    };
    divide_if_worth(outputs.len().saturating_mul(COST), runs, runs, &run);
    totals.iter().sum()
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
