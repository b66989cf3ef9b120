//! A trainer, and what can be set of it.

use std::fmt;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::callback::{Epoch, Step};
use super::data::TrainingData;
use super::measure::Measure;
use super::objective::Metrics;
use super::progress::Progress;
use super::rate::Rate;
use super::stopping::EarlyStopping;
use crate::inference::Network;
use crate::training::metrics::Metric;
use crate::training::optimizer::{Group, Rule};
use crate::training::schedule::{ReduceLrOnPlateau, Schedule};

/// Trains networks `N` on inputs `I` and targets `Y`, by a loss and an optimizer's rule. None of these types has
/// to be written: they follow from what [`fit`](Self::fit) is given.
///
/// The example of `tapeless::trainer` shows it at work, and the loop that it is, written out by hand.
pub struct Trainer<'a, N: Network, I, Y, L, R> {
    pub(super) loss: L,
    pub(super) rule: R,
    pub(super) plan: Plan<'a, N, I, Y>,
}

/// All that is set of a trainer but the loss and the rule.
pub(super) struct Plan<'a, N: Network, I, Y> {
    pub length: Length,
    pub batch_size: usize,
    pub accumulate: usize,
    pub drop_last: bool,
    pub shuffle: bool,
    pub seed: u64,
    pub clip: Option<Clip>,
    pub groups: Vec<(String, Group)>,
    pub rate: Rate<'a>,
    pub validation: Validation<'a, I, Y>,
    pub metrics: Metrics<'a, N, Y>,
    pub early_stopping: Option<EarlyStopping>,
    /// The file, and after how many epochs it is written.
    pub checkpoints: Option<(PathBuf, u64)>,
    pub resume: Option<PathBuf>,
    pub on_step: Vec<StepCallback<'a>>,
    pub on_epoch: Vec<EpochCallback<'a, N>>,
    pub progress: Progress,
}

pub(super) type StepCallback<'a> = Box<dyn FnMut(&Step) -> ControlFlow<()> + 'a>;
pub(super) type EpochCallback<'a, N> = Box<dyn FnMut(&Epoch<'_, N>) -> ControlFlow<()> + 'a>;

/// How long training goes on.
#[derive(Clone, Copy, Debug)]
pub(super) enum Length {
    Epochs(u64),
    Steps(u64),
}

/// What a gradient is bounded by.
#[derive(Clone, Copy, Debug)]
pub(super) enum Clip {
    Norm(f64),
    Value(f64),
}

/// What a network is validated on.
pub(super) enum Validation<'a, I, Y> {
    Nothing,
    Split(f64),
    Set(&'a dyn TrainingData<Inputs = I, Targets = Y>),
}

impl<'a, N: Network, I, Y, L, R: Rule> Trainer<'a, N, I, Y, L, R> {
    /// One epoch in batches of 32, in an order that follows from the seed 0, unless it is told otherwise.
    pub fn new(loss: L, rule: R) -> Self {
        let plan = Plan {
            length: Length::Epochs(1),
            batch_size: 32,
            accumulate: 1,
            drop_last: false,
            shuffle: true,
            seed: 0,
            clip: None,
            groups: Vec::new(),
            rate: Rate::Constant,
            validation: Validation::Nothing,
            metrics: Vec::new(),
            early_stopping: None,
            checkpoints: None,
            resume: None,
            on_step: Vec::new(),
            on_epoch: Vec::new(),
            progress: Progress::default(),
        };
        Self { loss, rule, plan }
    }

    /// So many passes over the samples.
    #[must_use]
    pub fn epochs(mut self, epochs: u64) -> Self {
        self.plan.length = Length::Epochs(epochs);
        self
    }

    /// So many steps of the optimizer, in place of a number of epochs.
    #[must_use]
    pub fn steps(mut self, steps: u64) -> Self {
        self.plan.length = Length::Steps(steps);
        self
    }

    /// Samples in a batch; the last one of an epoch holds the rest.
    #[must_use]
    pub fn batch_size(mut self, samples: usize) -> Self {
        self.plan.batch_size = samples;
        self
    }

    /// The gradients of so many batches in a step, as if they were one large batch. Layers that reduce over the
    /// batch see each by itself, and their running statistics move with each, as in PyTorch.
    #[must_use]
    pub fn accumulate(mut self, batches: usize) -> Self {
        self.plan.accumulate = batches;
        self
    }

    /// Leaves out the last batch of an epoch if it is smaller than the others.
    #[must_use]
    pub fn drop_last(mut self) -> Self {
        self.plan.drop_last = true;
        self
    }

    /// Takes the samples in their own order in every epoch.
    #[must_use]
    pub fn in_order(mut self) -> Self {
        self.plan.shuffle = false;
        self
    }

    /// The seed of the order of samples, of a validation split and of dropout.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.plan.seed = seed;
        self
    }

    /// Shortens each gradient to a norm of `max`: see [`clip_norm`](crate::training::Gradient::clip_norm).
    #[must_use]
    pub fn clip_norm(mut self, max: f64) -> Self {
        self.plan.clip = Some(Clip::Norm(max));
        self
    }

    /// Moves each number of a gradient into −max … max, in place of [`clip_norm`](Self::clip_norm).
    #[must_use]
    pub fn clip_value(mut self, max: f64) -> Self {
        self.plan.clip = Some(Clip::Value(max));
        self
    }

    /// Settings of their own for the parameters of a name, or below a prefix: see
    /// [`set_group`](crate::training::optimizer::Optimizer::set_group).
    #[must_use]
    pub fn group(mut self, name: &str, group: Group) -> Self {
        self.plan.groups.push((name.into(), group));
        self
    }

    /// A learning rate for each epoch, beginning with that of the rule.
    #[must_use]
    pub fn schedule(mut self, schedule: impl Schedule + 'a) -> Self {
        self.plan.rate = Rate::OfEpoch(Box::new(schedule));
        self
    }

    /// A learning rate for each step, such as those of [`OneCycleLr`](crate::training::schedule::OneCycleLr), in
    /// place of one for each epoch. Of one cycle, the rates alone are taken, and not the momenta.
    #[must_use]
    pub fn schedule_by_step(mut self, schedule: impl Schedule + 'a) -> Self {
        self.plan.rate = Rate::OfStep(Box::new(schedule));
        self
    }

    /// A learning rate that falls when a measure no longer gets better.
    #[must_use]
    pub fn reduce_on_plateau(mut self, settings: ReduceLrOnPlateau, measure: Measure) -> Self {
        self.plan.rate = Rate::OnPlateau(settings, measure);
        self
    }

    /// Evaluates these samples after each epoch.
    #[must_use]
    pub fn validation(mut self, data: &'a impl TrainingData<Inputs = I, Targets = Y>) -> Self {
        self.plan.validation = Validation::Set(data);
        self
    }

    /// Evaluates a share of the samples, such as 0.2, after each epoch, and trains on the others. They are drawn by
    /// the seed.
    #[must_use]
    pub fn validation_split(mut self, share: f64) -> Self {
        self.plan.validation = Validation::Split(share);
        self
    }

    /// One more number for each epoch: of the validation, or, without one, of the samples as the network learns
    /// from them.
    #[must_use]
    pub fn metric(mut self, metric: impl Metric<N, Y> + 'a) -> Self {
        self.plan.metrics.push(Box::new(metric));
        self
    }

    /// Ends training when a measure no longer gets better. At the end, be it early or not, the network has the
    /// parameters of the best epoch.
    #[must_use]
    pub fn early_stopping(mut self, settings: EarlyStopping) -> Self {
        self.plan.early_stopping = Some(settings);
        self
    }

    /// Writes all that the run needs to go on after every so many epochs, and after the last: a file for
    /// [`resume`](Self::resume), [`load_run`](crate::files::load_run) and [`load`](crate::files::load).
    #[must_use]
    pub fn checkpoints(mut self, path: impl AsRef<Path>, epochs: u64) -> Self {
        self.plan.checkpoints = Some((path.as_ref().into(), epochs));
        self
    }

    /// Goes on from a checkpoint of the same run, which may now be longer: the bits of the network are those of a
    /// run that was never interrupted.
    #[must_use]
    pub fn resume(mut self, path: impl AsRef<Path>) -> Self {
        self.plan.resume = Some(path.as_ref().into());
        self
    }

    /// Calls a function after each step, which may end training by `ControlFlow::Break(())`.
    #[must_use]
    pub fn on_step(mut self, callback: impl FnMut(&Step) -> ControlFlow<()> + 'a) -> Self {
        self.plan.on_step.push(Box::new(callback));
        self
    }

    /// Calls a function after each epoch, which may end training by `ControlFlow::Break(())`.
    #[must_use]
    pub fn on_epoch(mut self, callback: impl FnMut(&Epoch<'_, N>) -> ControlFlow<()> + 'a) -> Self {
        self.plan.on_epoch.push(Box::new(callback));
        self
    }

    /// What is printed.
    #[must_use]
    pub fn progress(mut self, progress: Progress) -> Self {
        self.plan.progress = progress;
        self
    }
}

impl<N: Network, I, Y, L: fmt::Debug, R: fmt::Debug> fmt::Debug for Trainer<'_, N, I, Y, L, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut all = f.debug_struct("Trainer");
        all.field("loss", &self.loss).field("rule", &self.rule);
        all.field("length", &self.plan.length).field("batch_size", &self.plan.batch_size);
        all.finish_non_exhaustive()
    }
}
