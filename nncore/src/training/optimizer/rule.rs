//! Rules, and rules at work.

use alloc::vec::Vec;
use core::marker::PhantomData;
use core::ops::Deref;

use super::error::{OptimizerError, at_least_zero};
use super::group::{Group, Parts};
use super::part::Part;
use crate::inference::{Network, parameter_ranges};
use crate::memory::{AlignedBuffer, Parameters};
use crate::parallel::{SMALLEST_SHARED_UPDATE, start_threads};
use crate::scalar::Real;

/// How parameters follow from their gradient: an `optimizer` of `network!`, with its settings as fields.
pub trait Rule: Copy {
    /// What it is called in a saved run.
    #[doc(hidden)]
    const NAME: &'static str;

    /// The states that hold a number for each parameter.
    #[doc(hidden)]
    const STATES: &'static [&'static str];

    /// The states that are one number for each group of parameters.
    #[doc(hidden)]
    const NUMBERS: &'static [&'static str];

    /// Whether every setting is in its range, and all go together.
    ///
    /// # Errors
    /// The first setting that is not.
    fn check(&self) -> Result<(), OptimizerError>;

    /// Whether it needs the n-th state with these settings. A state that it does not need rests.
    #[doc(hidden)]
    fn keeps(&self, state: usize) -> bool;

    /// The n-th state before the first step.
    #[doc(hidden)]
    fn start(&self, state: usize) -> f64;

    /// The same of the n-th number.
    #[doc(hidden)]
    fn start_of_number(&self, number: usize) -> f64;

    /// The learning rate.
    #[doc(hidden)]
    fn lr_mut(&mut self) -> &mut f64;

    /// The weight decay, if it has that setting.
    #[doc(hidden)]
    fn weight_decay_mut(&mut self) -> Option<&mut f64>;

    /// The n-th update of a part, from 1.
    #[doc(hidden)]
    fn update<T: Real>(&self, step: u64, numbers: &mut [f64], part: Part<'_, T>);

    /// The optimizer for a network: checks the settings and allocates the state.
    ///
    /// # Errors
    /// If a setting is out of its range.
    fn over<P, M>(self, model: &M) -> Result<Optimizer<Self, P>, OptimizerError>
    where
        P: Parameters,
        M: Deref<Target = P>,
    {
        Optimizer::new(self, model)
    }
}

/// The rule for the parameters of a group.
pub(super) fn of_group<R: Rule>(mut rule: R, group: &Group) -> R {
    let lr = rule.lr_mut();
    *lr = group.lr.unwrap_or(*lr) * group.lr_factor;
    if let Some(decay) = rule.weight_decay_mut() {
        *decay = group.weight_decay.unwrap_or(*decay);
    }
    rule
}

/// A rule at work on a network's parameters.
#[derive(Clone, Debug)]
pub struct Optimizer<R, P: Parameters> {
    pub(super) rule: R,
    pub(super) steps: u64,
    /// Which parameters have settings of their own.
    pub(super) parts: Parts,
    /// How many parameters the network has.
    pub(super) parameters: usize,
    /// For each state of the rule, a number for each parameter, or nothing as long as no step needs it.
    pub(super) states: Vec<AlignedBuffer<P::Scalar>>,
    of: PhantomData<fn(&mut P)>,
}

impl<R: Rule, P: Parameters> Optimizer<R, P> {
    pub(super) fn new(rule: R, model: &impl Deref<Target = P>) -> Result<Self, OptimizerError> {
        rule.check()?;
        let parameters = model.as_slice().len();
        start_threads(parameters >= SMALLEST_SHARED_UPDATE);
        let numbers = (0..R::NUMBERS.len()).map(|number| rule.start_of_number(number)).collect();
        let parts = Parts::whole(parameters, numbers);
        let states = (0..R::STATES.len()).map(|_| AlignedBuffer::zeros(0)).collect();
        let mut optimizer = Self { rule, steps: 0, parts, parameters, states, of: PhantomData };
        optimizer.allocate_states();
        Ok(optimizer)
    }

    /// Begins the states that the settings need from now on.
    pub(super) fn allocate_states(&mut self) {
        let Self { rule, parts, parameters, states, .. } = self;
        for (number, state) in states.iter_mut().enumerate() {
            let is_kept = parts.groups().any(|group| of_group(*rule, group).keeps(number));
            if is_kept && state.is_empty() {
                let start = Real::of(rule.start(number));
                *state = AlignedBuffer::filled(*parameters, start);
            }
        }
    }

    /// Moves the parameters by one step along their gradient; states become the gradient's, also those
    /// of frozen layers.
    pub fn step(&mut self, model: &mut P, gradient: &P) {
        self.steps += 1;
        let (parameters, running) = model.split_mut();
        let gradient_states = gradient.states();
        let gradient = gradient.as_slice();
        let states = &mut self.states;
        for moved in self.parts.moved() {
            moved.steps += 1;
            let part = Part { range: moved.range.clone(), parameters, gradient, states };
            of_group(self.rule, &moved.group).update(moved.steps, &mut moved.numbers, part);
        }
        running.copy_from_slice(gradient_states);
    }

    /// Gives settings of their own to a parameter, or to all below a prefix that ends with a dot; the
    /// empty prefix is that of all. They replace what an earlier group has said of these parameters.
    ///
    /// ```
    /// # use nncore::inference::Network;
    /// # use nncore::training::optimizer::{Group, Optimizer, OptimizerError, Rule};
    /// fn fine_tune<R: Rule, N: Network>(
    ///     optimizer: &mut Optimizer<R, N>,
    /// ) -> Result<(), OptimizerError> {
    ///     optimizer.set_group("", Group { lr_factor: 0.1, ..Group::default() })?;
    ///     optimizer.set_group("body.0.", Group { frozen: true, ..Group::default() })?;
    ///     optimizer.set_group("head.", Group::default())
    /// }
    /// ```
    ///
    /// # Errors
    /// If no parameter has this name, if a setting is out of its range, or if the group has a weight decay
    /// and the rule none; all is then as before.
    pub fn set_group(&mut self, name: &str, group: Group) -> Result<(), OptimizerError>
    where
        P: Network,
    {
        at_least_zero("lr_factor", group.lr_factor)?;
        if let Some(found) = group.weight_decay
            && self.rule.weight_decay_mut().is_none()
        {
            return Err(OptimizerError::NoWeightDecay { found });
        }
        of_group(self.rule, &group).check()?;
        let meant = P::range(name)?;
        for (info, range) in parameter_ranges(P::PARAMETERS) {
            if meant.start <= range.start && range.end <= meant.end {
                self.parts.set(&range, group.of_parameter(info.shape.len()));
            }
        }
        self.allocate_states();
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
    /// # use nncore::training::optimizer::{Optimizer, OptimizerError, Rule};
    /// # use nncore::memory::Parameters;
    /// fn take_turns<R: Rule, P: Parameters>(
    ///     optimizer: &mut Optimizer<R, P>,
    ///     [even, odd]: [R; 2],
    /// ) -> Result<(), OptimizerError> {
    ///     optimizer.set_rule(if optimizer.steps() % 2 == 0 { even } else { odd })
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
        self.rule = rule;
        self.allocate_states();
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

    /// The learning rate of the rule at work.
    #[must_use]
    pub fn lr(&self) -> f64 {
        *self.rule().lr_mut()
    }

    /// How many steps have been taken.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps
    }
}
