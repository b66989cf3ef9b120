//! The settings of a loss, checked.

use super::definition::LossError;
use crate::scalar::Real;

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

/// That there are outputs for whole samples, and as many gradients; how many samples.
///
/// # Errors
/// If there are not.
#[doc(hidden)]
pub fn check_batch(outputs: usize, features: usize, gradients: usize) -> Result<usize, LossError> {
    let fit = features > 0 && outputs.is_multiple_of(features) && gradients == outputs;
    if fit {
        Ok(outputs / features)
    } else {
        Err(LossError::Lengths { features, outputs, gradients })
    }
}

/// That the outputs and their gradients are those of a batch, and that there is memory for a loss of it.
///
/// # Errors
/// If they are not, or there is not.
#[doc(hidden)]
pub fn check_lengths(
    batch: usize,
    [features, scalars]: [usize; 2],
    [outputs, gradients, memory]: [usize; 3],
) -> Result<(), LossError> {
    let samples = check_batch(outputs, features, gradients)?;
    if samples != batch {
        return Err(LossError::Samples { expected: batch, found: samples });
    }
    let expected = batch.saturating_mul(scalars);
    if memory < expected { Err(LossError::Memory { expected, found: memory }) } else { Ok(()) }
}

/// The numbers of a setting as those of the network's own type: `otherwise` for each if it has none at all.
#[doc(hidden)]
pub fn write_settings<'m, T: Real>(
    setting: &[f64],
    otherwise: f64,
    memory: &'m mut [T],
) -> &'m mut [T] {
    for (output, number) in memory.iter_mut().enumerate() {
        *number = setting_of(setting, output, otherwise);
    }
    memory
}

/// The number of a setting for one output: `otherwise` if it has none at all.
#[doc(hidden)]
#[inline(always)]
#[must_use]
pub fn setting_of<T: Real>(setting: &[f64], output: usize, otherwise: f64) -> T {
    T::of(if setting.is_empty() { otherwise } else { setting[output] })
}
