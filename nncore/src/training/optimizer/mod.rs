//! Optimizers with PyTorch's names, formulas and defaults. A term whose setting is 0 is left out, also
//! where 0 times an infinite parameter would be NaN.
//!
//! A rule ([`Sgd`], [`Adam`], [`AdamW`]) is plain data; [`Rule::over`] checks it and allocates its
//! state for a network, once. [`Optimizer::set_group`] gives settings of their own to parameters by
//! their names.

mod adam;
mod error;
mod group;
mod rule;
mod sgd;

pub use adam::{Adam, AdamW};
pub use error::OptimizerError;
pub use group::Group;
pub use rule::{Optimizer, Rule};
pub use sgd::Sgd;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_pytorch_refuses_are_refused() {
        assert!(Sgd { lr: -1.0, ..Sgd::default() }.check().is_err());
        assert!(Sgd { lr: f64::NAN, ..Sgd::default() }.check().is_err());
        assert!(Sgd { nesterov: true, ..Sgd::default() }.check().is_err());
        let dampened = Sgd { momentum: 0.9, dampening: 0.1, nesterov: true, ..Sgd::default() };
        assert!(dampened.check().is_err());
        assert!(Adam { betas: (1.0, 0.999), ..Adam::default() }.check().is_err());
        assert!(AdamW { eps: -1e-8, ..AdamW::default() }.check().is_err());
        assert!(Adam::default().check().is_ok() && AdamW::default().check().is_ok());
    }
}
