//! Optimizers with PyTorch's names, formulas and defaults. A term whose setting is 0 is left out, also
//! where 0 times an infinite parameter would be NaN.
//!
//! A rule ([`Sgd`], [`Adam`], [`AdamW`]) is plain data; [`Rule::over`] checks it and allocates its
//! state for a network, once.

use core::marker::PhantomData;
use core::ops::Deref;

use thiserror::Error;

use crate::kernels::{self, AdamStep, SMALLEST_SHARED_UPDATE, SgdStep};
use crate::memory::{AlignedBuffer, Parameters, per_line};
use crate::parallel::start_threads;
use crate::scalar::Real;

/// A setting that PyTorch refuses too.
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
}

/// How parameters follow from their gradient.
pub trait Rule: Copy {
    /// Scalars of state that the rule keeps for each parameter. With other settings of the same rule,
    /// a smaller number of them is the first ones.
    #[doc(hidden)]
    fn state_scalars(&self) -> usize;

    /// Whether every setting is in its range.
    ///
    /// # Errors
    /// The first setting that is not.
    fn check(&self) -> Result<(), OptimizerError>;

    /// The `count`-th update that keeps a state, from 1: it begins with the first. The state is one part
    /// for each scalar that the rule keeps, equal in length and at least as long as the parameters.
    #[doc(hidden)]
    fn update<T: Real>(&self, count: u64, parameters: &mut [T], gradient: &[T], state: &mut [T]);

    /// The optimizer for a network: checks the settings and allocates the state.
    ///
    /// # Errors
    /// If a setting is out of its range.
    fn over<P, M>(self, model: &M) -> Result<Optimizer<Self, P>, OptimizerError>
    where
        P: Parameters,
        M: Deref<Target = P>,
    {
        self.check()?;
        let parameters = model.as_slice().len();
        start_threads(parameters >= SMALLEST_SHARED_UPDATE);
        let state = AlignedBuffer::zeros(state_size::<P::Scalar>(&self, parameters));
        Ok(Optimizer { rule: self, steps: 0, state_steps: 0, parameters, state, of: PhantomData })
    }
}

/// A rule at work on a network's parameters.
#[derive(Clone, Debug)]
pub struct Optimizer<R, P: Parameters> {
    rule: R,
    steps: u64,
    /// Steps in which the rule kept a state: it outlasts steps without one, such as of SGD while its
    /// momentum is 0.
    state_steps: u64,
    /// How many parameters the network has.
    parameters: usize,
    state: AlignedBuffer<P::Scalar>,
    of: PhantomData<fn(&mut P)>,
}

impl<R: Rule, P: Parameters> Optimizer<R, P> {
    /// Moves the parameters by one step along their gradient; states become the gradient's.
    pub fn step(&mut self, model: &mut P, gradient: &P) {
        self.steps += 1;
        self.state_steps += u64::from(self.rule.state_scalars() > 0);
        let state = &mut self.state[..state_size::<P::Scalar>(&self.rule, self.parameters)];
        let (parameters, states) = model.split_mut();
        self.rule.update(self.state_steps, parameters, gradient.as_slice(), state);
        states.copy_from_slice(gradient.states());
    }

    /// The rule at work.
    #[must_use]
    pub fn rule(&self) -> R {
        self.rule
    }

    /// Goes on with other settings, such as a schedule's next learning rate; momenta are kept, also while
    /// they are switched off.
    ///
    /// ```
    /// # use nncore::training::optimizer::{Optimizer, OptimizerError, Sgd};
    /// # use nncore::memory::Parameters;
    /// fn halve<P: Parameters>(sgd: &mut Optimizer<Sgd, P>) -> Result<(), OptimizerError> {
    ///     sgd.set_rule(Sgd { lr: sgd.rule().lr / 2.0, ..sgd.rule() })
    /// }
    /// ```
    ///
    /// # Errors
    /// If a setting is out of its range; the rule is then as before.
    pub fn set_rule(&mut self, rule: R) -> Result<(), OptimizerError> {
        rule.check()?;
        let size = state_size::<P::Scalar>(&rule, self.parameters);
        if size > self.state.len() {
            let mut state = AlignedBuffer::zeros(size);
            state[..self.state.len()].copy_from_slice(&self.state);
            self.state = state;
        }
        self.rule = rule;
        Ok(())
    }

    /// How many steps have been taken.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps
    }
}

/// How many scalars of state a rule keeps: each of its parts begins with a cache line.
fn state_size<T: Real>(rule: &impl Rule, parameters: usize) -> usize {
    rule.state_scalars() * parameters.next_multiple_of(per_line::<T>())
}

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

    fn update<T: Real>(&self, count: u64, parameters: &mut [T], gradient: &[T], state: &mut [T]) {
        let step = SgdStep {
            lr: self.lr,
            momentum: self.momentum,
            dampening: if count == 1 { 0.0 } else { self.dampening },
            weight_decay: self.weight_decay,
            nesterov: self.nesterov,
        };
        kernels::sgd(&step, parameters, gradient, state);
    }
}

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

    fn update<T: Real>(&self, count: u64, parameters: &mut [T], gradient: &[T], state: &mut [T]) {
        kernels::adam(&self.step(count), parameters, gradient, state);
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

    fn update<T: Real>(&self, count: u64, parameters: &mut [T], gradient: &[T], state: &mut [T]) {
        let parameter_scale = 1.0 - self.lr * self.weight_decay;
        let step = AdamStep { gradient_decay: 0.0, parameter_scale, ..self.adam().step(count) };
        kernels::adam(&step, parameters, gradient, state);
    }
}

fn at_least_zero(setting: &'static str, found: f64) -> Result<(), OptimizerError> {
    in_range(setting, found, "at least 0 and finite", found >= 0.0 && found.is_finite())
}

fn decay_rate(setting: &'static str, found: f64) -> Result<(), OptimizerError> {
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
