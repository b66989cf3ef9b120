//! Settings that are refused.

use thiserror::Error;

use crate::inference::NameError;

/// A setting that PyTorch refuses too, or a name that the network does not have.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum OptimizerError {
    /// A setting out of its range.
    #[error("`{setting}` must be {expected}, but is {found}")]
    OutOfRange {
        /// The setting's name.
        setting: &'static str,
        /// Its range.
        expected: &'static str,
        /// Its value.
        found: f64,
    },
    /// Nesterov momentum without momentum, or with dampening.
    #[error(
        "`nesterov` needs a `momentum` above 0 (found {momentum}) and a `dampening` of 0 (found {dampening})"
    )]
    Nesterov {
        /// The momentum given.
        momentum: f64,
        /// The dampening given.
        dampening: f64,
    },
    /// A group of parameters that are not there.
    #[error(transparent)]
    Name(#[from] NameError),
}

/// Refuses what is below 0, infinite or NaN.
pub(super) fn at_least_zero(setting: &'static str, found: f64) -> Result<(), OptimizerError> {
    in_range(setting, found, "at least 0 and finite", found >= 0.0 && found.is_finite())
}

/// Refuses what is no factor of a moving average.
pub(super) fn decay_rate(setting: &'static str, found: f64) -> Result<(), OptimizerError> {
    in_range(setting, found, "at least 0 and below 1", (0.0..1.0).contains(&found))
}

fn in_range(
    setting: &'static str,
    found: f64,
    expected: &'static str,
    holds: bool,
) -> Result<(), OptimizerError> {
    if holds { Ok(()) } else { Err(OptimizerError::OutOfRange { setting, expected, found }) }
}
