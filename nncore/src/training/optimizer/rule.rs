//! Rules, and rules at work.

use core::marker::PhantomData;
use core::ops::{Deref, Range};

use super::error::{OptimizerError, at_least_zero};
use super::group::{Group, Parts};
use crate::inference::{Network, parameter_ranges};
use crate::kernels::SMALLEST_SHARED_UPDATE;
use crate::memory::{AlignedBuffer, Parameters, per_line};
use crate::parallel::start_threads;
use crate::scalar::Real;

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

    /// The learning rate.
    #[doc(hidden)]
    fn lr_mut(&mut self) -> &mut f64;

    /// The weight decay.
    #[doc(hidden)]
    fn weight_decay_mut(&mut self) -> &mut f64;

    /// The `count`-th update of a part that keeps a state, from 1: it begins with the first.
    #[doc(hidden)]
    fn update<T: Real>(&self, count: u64, part: Part<'_, T>);

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
        let parts = Parts::whole(parameters);
        Ok(Optimizer { rule: self, steps: 0, parts, parameters, state, of: PhantomData })
    }
}

/// A part of a network's parameters.
#[doc(hidden)]
#[derive(Debug)]
pub struct Part<'a, T> {
    /// Which of them it is.
    pub range: Range<usize>,
    /// All parameters.
    pub parameters: &'a mut [T],
    /// Their gradient.
    pub gradient: &'a [T],
    /// What the rule keeps: one run for each of its scalars, equal in length and at least as long as
    /// the parameters.
    pub state: &'a mut [T],
}

/// The rule for the parameters of a group.
fn of_group<R: Rule>(mut rule: R, group: &Group) -> R {
    let lr = rule.lr_mut();
    *lr = group.lr.unwrap_or(*lr) * group.lr_factor;
    let decay = rule.weight_decay_mut();
    *decay = group.weight_decay.unwrap_or(*decay);
    rule
}

/// A rule at work on a network's parameters.
#[derive(Clone, Debug)]
pub struct Optimizer<R, P: Parameters> {
    rule: R,
    steps: u64,
    /// Which parameters have settings of their own.
    parts: Parts,
    /// How many parameters the network has.
    parameters: usize,
    state: AlignedBuffer<P::Scalar>,
    of: PhantomData<fn(&mut P)>,
}

impl<R: Rule, P: Parameters> Optimizer<R, P> {
    /// Moves the parameters by one step along their gradient; states become the gradient's, also those
    /// of frozen layers.
    pub fn step(&mut self, model: &mut P, gradient: &P) {
        self.steps += 1;
        let keeps_state = self.rule.state_scalars() > 0;
        let state = &mut self.state[..state_size::<P::Scalar>(&self.rule, self.parameters)];
        let (parameters, states) = model.split_mut();
        let gradient_states = gradient.states();
        let gradient = gradient.as_slice();
        for (range, group, state_steps) in self.parts.moved() {
            *state_steps += u64::from(keeps_state);
            let part = Part { range, parameters, gradient, state };
            of_group(self.rule, group).update(*state_steps, part);
        }
        states.copy_from_slice(gradient_states);
    }

    /// Gives settings of their own to a parameter, or to all below a prefix that ends with a dot; the
    /// empty prefix is that of all. They replace what an earlier group has said of these parameters.
    ///
    /// ```
    /// # use nncore::inference::Network;
    /// # use nncore::training::optimizer::{Adam, Group, Optimizer, OptimizerError};
    /// fn fine_tune<N: Network>(adam: &mut Optimizer<Adam, N>) -> Result<(), OptimizerError> {
    ///     adam.set_group("", Group { lr_factor: 0.1, ..Group::default() })?;
    ///     adam.set_group("body.0.", Group { frozen: true, ..Group::default() })?;
    ///     adam.set_group("head.", Group::default())
    /// }
    /// ```
    ///
    /// # Errors
    /// If no parameter has this name, or if a setting is out of its range; all is then as before.
    pub fn set_group(&mut self, name: &str, group: Group) -> Result<(), OptimizerError>
    where
        P: Network,
    {
        at_least_zero("lr_factor", group.lr_factor)?;
        of_group(self.rule, &group).check()?;
        let meant = P::range(name)?;
        for (info, range) in parameter_ranges(P::PARAMETERS) {
            if meant.start <= range.start && range.end <= meant.end {
                self.parts.set(&range, group.of_parameter(info.shape.len()));
            }
        }
        Ok(())
    }

    /// The rule at work.
    #[must_use]
    pub fn rule(&self) -> R {
        self.rule
    }

    /// Goes on with other settings, such as a schedule's next learning rate; momenta are kept, also while
    /// they are switched off. Groups keep what they have of their own, and take the rest from the rule.
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
        for group in self.parts.groups() {
            of_group(rule, group).check()?;
        }
        let size = state_size::<P::Scalar>(&rule, self.parameters);
        if size > self.state.len() {
            let mut state = AlignedBuffer::zeros(size);
            state[..self.state.len()].copy_from_slice(&self.state);
            self.state = state;
        }
        self.rule = rule;
        Ok(())
    }

    /// Goes on with another learning rate, such as a [schedule](super::super::schedule)'s next one. Groups
    /// with a rate of their own keep it, those with a factor follow.
    ///
    /// ```
    /// # use nncore::memory::Parameters;
    /// # use nncore::training::optimizer::{Optimizer, OptimizerError, Rule};
    /// # use nncore::training::schedule::{ExponentialLr, Schedule};
    /// fn fall<R: Rule, P: Parameters>(
    ///     optimizer: &mut Optimizer<R, P>,
    ///     epoch: u64,
    /// ) -> Result<(), OptimizerError> {
    ///     optimizer.set_lr(ExponentialLr { gamma: 0.9 }.lr(0.1, epoch))
    /// }
    /// ```
    ///
    /// # Errors
    /// If it is below 0 or not finite; the rate is then as before.
    pub fn set_lr(&mut self, lr: f64) -> Result<(), OptimizerError> {
        let mut rule = self.rule;
        *rule.lr_mut() = lr;
        self.set_rule(rule)
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
