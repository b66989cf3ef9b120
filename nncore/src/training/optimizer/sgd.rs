//! Stochastic gradient descent.

use super::error::{OptimizerError, at_least_zero};
use super::rule::{Part, Rule};
use crate::kernels::{self, SgdStep};
use crate::scalar::Real;

/// Stochastic gradient descent: `torch.optim.SGD`.
///
/// g += λθ; b = g at first, then μb + (1 − τ)g; θ −= lr · (g + μb if nesterov, else b).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sgd {
    /// Learning rate, 1e-3.
    pub lr: f64,
    /// μ, 0.
    pub momentum: f64,
    /// τ, 0.
    pub dampening: f64,
    /// λ, 0.
    pub weight_decay: f64,
    /// Whether to look ahead along the momentum, false.
    pub nesterov: bool,
}

impl Default for Sgd {
    fn default() -> Self {
        Self { lr: 1e-3, momentum: 0.0, dampening: 0.0, weight_decay: 0.0, nesterov: false }
    }
}

impl Rule for Sgd {
    fn state_scalars(&self) -> usize {
        usize::from(self.momentum != 0.0)
    }

    fn check(&self) -> Result<(), OptimizerError> {
        at_least_zero("lr", self.lr)?;
        at_least_zero("momentum", self.momentum)?;
        at_least_zero("weight_decay", self.weight_decay)?;
        let (momentum, dampening) = (self.momentum, self.dampening);
        if self.nesterov && (momentum <= 0.0 || dampening != 0.0) {
            return Err(OptimizerError::Nesterov { momentum, dampening });
        }
        Ok(())
    }

    fn lr_mut(&mut self) -> &mut f64 {
        &mut self.lr
    }

    fn weight_decay_mut(&mut self) -> &mut f64 {
        &mut self.weight_decay
    }

    fn update<T: Real>(&self, count: u64, part: Part<'_, T>) {
        let Part { range, parameters, gradient, state } = part;
        let step = SgdStep {
            lr: self.lr,
            momentum: self.momentum,
            dampening: if count == 1 { 0.0 } else { self.dampening },
            weight_decay: self.weight_decay,
            nesterov: self.nesterov,
        };
        let momentum = state.get_mut(range.clone()).unwrap_or_default();
        kernels::sgd(&step, &mut parameters[range.clone()], &gradient[range], momentum);
    }
}
