//! One cycle: up to the greatest rate, and down to nearly none.

use super::rate::{Schedule, along_cosine};

/// How a rate gets from one to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnnealStrategy {
    /// Along half a cosine.
    Cos,
    /// Along a line.
    Linear,
}

/// `torch.optim.lr_scheduler.OneCycleLR`, whose steps are batches: from max_lr / div_factor up to
/// max_lr, and down to max_lr / (div_factor·final_div_factor). The rate that training begins with is
/// `max_lr / div_factor`, whatever the optimizer's.
///
/// ```
/// # use nncore::training::schedule::{OneCycleLr, Schedule};
/// let schedule = OneCycleLr { pct_start: 0.5, ..OneCycleLr::new(0.5, 100) };
/// for (batch, lr, momentum) in [(0, 0.02, 0.95), (49, 0.5, 0.85), (99, 2e-6, 0.95)] {
///     assert!((schedule.lr(0.1, batch) - lr).abs() < 1e-15);
///     assert!((schedule.momentum(batch) - momentum).abs() < 1e-15);
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OneCycleLr {
    /// The greatest rate.
    pub max_lr: f64,
    /// Steps in all; later ones are like the last.
    pub total_steps: u64,
    /// The part of the steps in which the rate rises, 0.3.
    pub pct_start: f64,
    /// How it rises and falls, [`AnnealStrategy::Cos`].
    pub anneal_strategy: AnnealStrategy,
    /// Where the momentum is at the greatest rate, 0.85.
    pub base_momentum: f64,
    /// Where it begins and ends, 0.95.
    pub max_momentum: f64,
    /// By what the first rate is smaller than the greatest, 25.
    pub div_factor: f64,
    /// By what the last rate is smaller than the first, 1e4.
    pub final_div_factor: f64,
    /// Whether the rate falls to the first in as many steps as it rose, and then further, false.
    pub three_phase: bool,
}

impl OneCycleLr {
    /// A cycle of so many steps, with PyTorch's defaults.
    #[must_use]
    pub fn new(max_lr: f64, total_steps: u64) -> Self {
        Self {
            max_lr,
            total_steps,
            pct_start: 0.3,
            anneal_strategy: AnnealStrategy::Cos,
            base_momentum: 0.85,
            max_momentum: 0.95,
            div_factor: 25.0,
            final_div_factor: 1e4,
            three_phase: false,
        }
    }
}

/// Where the cycle is: at the beginning, at its height, back at the height of the beginning, at its end.
#[derive(Clone, Copy)]
enum Corner {
    First,
    Height,
    Back,
    Last,
}

impl OneCycleLr {
    /// The momentum of a step (for Adam, its β₁), which moves opposite to the rate.
    #[must_use]
    pub fn momentum(&self, step: u64) -> f64 {
        self.value(step, |corner| match corner {
            Corner::Height => self.base_momentum,
            Corner::First | Corner::Back | Corner::Last => self.max_momentum,
        })
    }

    fn rate(&self, corner: Corner) -> f64 {
        let first = self.max_lr / self.div_factor;
        match corner {
            Corner::First | Corner::Back => first,
            Corner::Height => self.max_lr,
            Corner::Last => first / self.final_div_factor,
        }
    }

    /// What lies at a step between the values of two corners.
    fn value(&self, step: u64, at: impl Fn(Corner) -> f64) -> f64 {
        let last = self.total_steps.saturating_sub(1);
        let (step, last) = (step.min(last) as f64, last as f64);
        let rise = self.pct_start * self.total_steps as f64;
        let (height, back) = (rise - 1.0, 2.0 * rise - 2.0);
        let (from, to) = if step <= height {
            ((Corner::First, 0.0), (Corner::Height, height))
        } else if !self.three_phase {
            ((Corner::Height, height), (Corner::Last, last))
        } else if step <= back {
            ((Corner::Height, height), (Corner::Back, back))
        } else {
            ((Corner::Back, back), (Corner::Last, last))
        };
        // A phase without steps is at its end.
        let progress = if to.1 > from.1 { (step - from.1) / (to.1 - from.1) } else { 1.0 };
        let (from, to) = (at(from.0), at(to.0));
        match self.anneal_strategy {
            AnnealStrategy::Cos => along_cosine(from, to, progress),
            AnnealStrategy::Linear => from + (to - from) * progress,
        }
    }
}

impl Schedule for OneCycleLr {
    fn lr(&self, _: f64, step: u64) -> f64 {
        self.value(step, |corner| self.rate(corner))
    }
}
