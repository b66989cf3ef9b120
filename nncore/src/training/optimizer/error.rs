//! Settings that are refused.

use core::ops::RangeBounds;

use thiserror::Error;

use crate::inference::NameError;

/// A setting that PyTorch refuses too, or a name that the network does not have.
///
/// ```
/// # use nncore::training::optimizer::OptimizerError;
/// let error = OptimizerError::OutOfRange { setting: "beta1", expected: "below 1", found: 1.0 };
/// assert_eq!(error.to_string(), "`beta1` must be below 1, but is 1");
/// ```
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
    /// Settings that do not go together.
    #[error("the settings must be such that `{requirement}`, but its sides are {left} and {right}")]
    Requirement {
        /// What the optimizer's text requires.
        requirement: &'static str,
        /// The value of the left side.
        left: f64,
        /// The value of the right side.
        right: f64,
    },
    /// A weight decay for a group, where the rule has none.
    #[error(
        "a group has a `weight_decay` of {found}, but the optimizer has no such setting: leave it out"
    )]
    NoWeightDecay {
        /// The group's weight decay.
        found: f64,
    },
    /// A group of parameters that are not there.
    #[error(transparent)]
    Name(#[from] NameError),
}

/// Refuses a setting outside of its range, NaN too.
///
/// # Errors
/// If the range does not hold the number.
#[doc(hidden)]
pub fn check_range(
    setting: &'static str,
    found: f64,
    range: &impl RangeBounds<f64>,
    expected: &'static str,
) -> Result<(), OptimizerError> {
    if range.contains(&found) {
        Ok(())
    } else {
        Err(OptimizerError::OutOfRange { setting, expected, found })
    }
}

/// Refuses settings that do not go together.
///
/// # Errors
/// If the requirement does not hold.
#[doc(hidden)]
pub fn check_requirement(
    requirement: &'static str,
    (left, right): (f64, f64),
    holds: bool,
) -> Result<(), OptimizerError> {
    if holds { Ok(()) } else { Err(OptimizerError::Requirement { requirement, left, right }) }
}

/// Refuses what is below 0, infinite or NaN.
pub(super) fn at_least_zero(setting: &'static str, found: f64) -> Result<(), OptimizerError> {
    check_range(setting, found, &(0.0..f64::INFINITY), "at least 0 and finite")
}
