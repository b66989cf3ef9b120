//! Why a network could not be trained.

use thiserror::Error;

use crate::files::CheckpointError;
use crate::training::loss::LossError;
use crate::training::optimizer::OptimizerError;

/// Why a network could not be trained. What has been learnt before remains in it.
#[derive(Debug, Error)]
pub enum TrainError {
    /// No samples to train on, or to validate on.
    #[error("there are no samples {purpose}: {found} in all")]
    NoSamples {
        /// What they are for.
        purpose: &'static str,
        /// How many there are in all.
        found: usize,
    },
    /// A count that is 0.
    #[error("`{setting}` must be at least 1, but is 0")]
    Zero {
        /// The setting.
        setting: &'static str,
    },
    /// A share of the samples that leaves none on one side.
    #[error("`validation_split` must be above 0 and below 1, but is {found}")]
    Split {
        /// The share.
        found: f64,
    },
    /// A measure that is not in the history.
    #[error("no metric is called `{name}`; there are {known}")]
    Measure {
        /// The name that is asked for.
        name: &'static str,
        /// The names that there are.
        known: String,
    },
    /// Inputs or targets that do not fit the network and the loss.
    #[error(transparent)]
    Loss(#[from] LossError),
    /// A setting of the optimizer, a group, or a learning rate that is refused.
    #[error(transparent)]
    Optimizer(#[from] OptimizerError),
    /// A checkpoint that cannot be written or read, or is of another run.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}
