//! What a loss is. The losses themselves are equations, compiled by `nncompiler`.

use alloc::string::String;

use thiserror::Error;

use crate::inference::{BatchError, NamedOutputs};
use crate::scalar::Real;

/// A loss over a batch of outputs, given targets of type `Y` and kind `K`: [`Classes`](super::Classes) or
/// [`Reals`](super::Reals).
///
/// Implemented by the equations of `nncompiler`: value and gradient come from the same line. The kind
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

/// Outputs that are called by their names are taken by their names.
impl<L> Accepts<NamedOutputs> for L {}

/// A target that does not fit.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum LossError {
    /// Inputs that do not fit the network.
    #[error(transparent)]
    Batch(#[from] BatchError),
    /// Another number of samples.
    #[error("the batch has {expected} samples, but the target has {found}")]
    Samples {
        /// The samples in the batch.
        expected: usize,
        /// The samples in the target.
        found: usize,
    },
    /// Numbers that are not those of whole samples.
    #[error("each sample has {width} numbers in this target, but {found} are given in all")]
    Length {
        /// The numbers of a sample.
        width: usize,
        /// All that are given.
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
    /// Outputs that are not those of whole samples, or a gradient of another length.
    #[error(
        "outputs of {features} numbers a sample need a gradient of the same length, but there are {outputs} outputs and {gradients} gradients"
    )]
    Lengths {
        /// Outputs of a sample.
        features: usize,
        /// Outputs of the batch.
        outputs: usize,
        /// Room for gradients.
        gradients: usize,
    },
    /// Less memory than the loss needs.
    #[error("this loss needs memory for {expected} numbers, but has {found}")]
    Memory {
        /// The least numbers.
        expected: usize,
        /// The numbers given.
        found: usize,
    },
    /// An output that the network does not have.
    #[error("the network has no output `{output}`; there are {known}")]
    Output {
        /// The name that is asked for.
        output: String,
        /// The names that there are.
        known: String,
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
        label: i128,
        /// The network's outputs.
        classes: usize,
    },
}
