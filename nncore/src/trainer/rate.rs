//! How the learning rate changes in training.

use super::measure::Measure;
use crate::memory::Parameters;
use crate::training::optimizer::{Optimizer, OptimizerError, Rule};
use crate::training::schedule::{ReduceLrOnPlateau, Schedule};

/// What says the learning rate.
pub(super) enum Rate<'a> {
    /// The optimizer's settings alone.
    Constant,
    /// A schedule whose steps are epochs.
    OfEpoch(Box<dyn Schedule + 'a>),
    /// A schedule whose steps are those of the optimizer.
    OfStep(Box<dyn Schedule + 'a>),
    /// It falls when a measure no longer gets better.
    OnPlateau(ReduceLrOnPlateau, Measure),
}

impl Rate<'_> {
    /// Sets the rate of the next step; `base` is that with which training began.
    pub fn set<R: Rule, P: Parameters>(
        &self,
        optimizer: &mut Optimizer<R, P>,
        base: f64,
        epoch: u64,
    ) -> Result<(), OptimizerError> {
        match self {
            Self::Constant | Self::OnPlateau(..) => Ok(()),
            // Epochs are counted from 1, a schedule's steps from 0.
            Self::OfEpoch(schedule) => optimizer.set_lr(schedule.lr(base, epoch - 1)),
            Self::OfStep(schedule) => optimizer.set_lr(schedule.lr(base, optimizer.steps())),
        }
    }
}
