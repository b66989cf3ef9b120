//! The settings of losses and optimizers, compared.

/// Whether settings have these values.
#[doc(hidden)]
#[must_use]
pub fn are_settings(found: &[f64], values: &[f64]) -> bool {
    found == values
}
