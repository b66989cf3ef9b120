//! What is looked at, to see whether a network gets better.

use super::error::TrainError;
use super::history::Row;
use crate::training::schedule::Mode;

/// A number of each epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Measure {
    /// The loss of the validation set, or, without one, that of training.
    #[default]
    Loss,
    /// A metric, by its name.
    Metric(&'static str),
}

impl Measure {
    /// That there is such a number.
    pub(super) fn check(self, metrics: &[String]) -> Result<(), TrainError> {
        match self {
            Self::Metric(name) if !metrics.iter().any(|metric| metric == name) => {
                let known = if metrics.is_empty() { "none".into() } else { metrics.join(", ") };
                Err(TrainError::Measure { name, known })
            }
            _ => Ok(()),
        }
    }

    /// The number of an epoch.
    pub(super) fn of(self, row: &Row, metrics: &[String]) -> f64 {
        match self {
            Self::Loss => row.validation_loss.unwrap_or(row.loss),
            Self::Metric(name) => {
                let at = metrics.iter().position(|metric| metric == name);
                at.and_then(|at| row.metrics.get(at).copied()).unwrap_or(f64::NAN)
            }
        }
    }
}

/// Whether a measure is better than another by more than a number; NaN never is, and everything else is better
/// than NaN.
pub(super) fn is_better(mode: Mode, measure: f64, best: f64, by: f64) -> bool {
    match mode {
        _ if best.is_nan() => !measure.is_nan(),
        Mode::Min => measure < best - by,
        Mode::Max => measure > best + by,
    }
}
