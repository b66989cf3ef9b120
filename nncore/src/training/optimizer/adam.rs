//! Adam and AdamW.

use super::error::{OptimizerError, at_least_zero, decay_rate};
use super::rule::{Part, Rule};
use crate::kernels::{self, AdamStep};
use crate::scalar::Real;

/// Adam: `torch.optim.Adam`.
///
/// g += λθ; m = β₁m + (1 − β₁)g; v = β₂v + (1 − β₂)g²;
/// θ −= lr/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adam {
    /// Learning rate, 1e-3.
    pub lr: f64,
    /// β₁ and β₂, (0.9, 0.999).
    pub betas: (f64, f64),
    /// ε, 1e-8, outside the root.
    pub eps: f64,
    /// λ, 0, added to the gradient as λθ.
    pub weight_decay: f64,
}

impl Default for Adam {
    fn default() -> Self {
        Self { lr: 1e-3, betas: (0.9, 0.999), eps: 1e-8, weight_decay: 0.0 }
    }
}

impl Adam {
    /// The step's numbers, with the decay on the gradient.
    fn step(&self, count: u64) -> AdamStep {
        let rest = |beta: f64| 1.0 - Real::power(beta, count as f64);
        AdamStep {
            step_size: self.lr / rest(self.betas.0),
            betas: self.betas,
            second_moment_scale: 1.0 / Real::sqrt(rest(self.betas.1)),
            eps: self.eps,
            gradient_decay: self.weight_decay,
            parameter_scale: 1.0,
        }
    }
}

impl Rule for Adam {
    fn state_scalars(&self) -> usize {
        2
    }

    fn check(&self) -> Result<(), OptimizerError> {
        at_least_zero("lr", self.lr)?;
        at_least_zero("eps", self.eps)?;
        at_least_zero("weight_decay", self.weight_decay)?;
        decay_rate("betas.0", self.betas.0)?;
        decay_rate("betas.1", self.betas.1)
    }

    fn lr_mut(&mut self) -> &mut f64 {
        &mut self.lr
    }

    fn weight_decay_mut(&mut self) -> &mut f64 {
        &mut self.weight_decay
    }

    fn update<T: Real>(&self, count: u64, part: Part<'_, T>) {
        update(&self.step(count), part);
    }
}

/// Adam with decoupled weight decay: `torch.optim.AdamW`.
///
/// θ *= 1 − lr·λ, then Adam without decay on the gradient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdamW {
    /// Learning rate, 1e-3.
    pub lr: f64,
    /// β₁ and β₂, (0.9, 0.999).
    pub betas: (f64, f64),
    /// ε, 1e-8, outside the root.
    pub eps: f64,
    /// λ, 1e-2.
    pub weight_decay: f64,
}

impl Default for AdamW {
    fn default() -> Self {
        let Adam { lr, betas, eps, .. } = Adam::default();
        Self { lr, betas, eps, weight_decay: 1e-2 }
    }
}

impl AdamW {
    fn adam(&self) -> Adam {
        let Self { lr, betas, eps, weight_decay } = *self;
        Adam { lr, betas, eps, weight_decay }
    }
}

impl Rule for AdamW {
    fn state_scalars(&self) -> usize {
        self.adam().state_scalars()
    }

    fn check(&self) -> Result<(), OptimizerError> {
        self.adam().check()
    }

    fn lr_mut(&mut self) -> &mut f64 {
        &mut self.lr
    }

    fn weight_decay_mut(&mut self) -> &mut f64 {
        &mut self.weight_decay
    }

    fn update<T: Real>(&self, count: u64, part: Part<'_, T>) {
        let parameter_scale = 1.0 - self.lr * self.weight_decay;
        let step = AdamStep { gradient_decay: 0.0, parameter_scale, ..self.adam().step(count) };
        update(&step, part);
    }
}

/// The first half of the state holds every m, the second one every v.
fn update<T: Real>(step: &AdamStep, part: Part<'_, T>) {
    let Part { range, parameters, gradient, state } = part;
    let (first, second) = state.split_at_mut(state.len() / 2);
    let moments = (&mut first[range.clone()], &mut second[range.clone()]);
    kernels::adam(step, &mut parameters[range.clone()], &gradient[range], moments);
}
