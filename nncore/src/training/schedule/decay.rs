//! Rates that fall step by step, or rise to warm up.

use super::rate::Schedule;
use crate::scalar::Real;

/// `torch.optim.lr_scheduler.StepLR`: lr·γ^⌊t / step_size⌋.
///
/// ```
/// # use nncore::training::schedule::{Schedule, StepLr};
/// let schedule = StepLr { step_size: 30, gamma: 0.5 };
/// assert_eq!([0, 29, 30, 60].map(|epoch| schedule.lr(0.4, epoch)), [0.4, 0.4, 0.2, 0.1]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepLr {
    /// Steps of the same rate; 0 counts as 1.
    pub step_size: u64,
    /// γ; PyTorch's default is 0.1.
    pub gamma: f64,
}

impl Schedule for StepLr {
    fn lr(&self, base: f64, step: u64) -> f64 {
        base * Real::power(self.gamma, (step / self.step_size.max(1)) as f64)
    }
}

/// `torch.optim.lr_scheduler.MultiStepLR`: lr·γ to the number of milestones up to t.
///
/// ```
/// # use nncore::training::schedule::{MultiStepLr, Schedule};
/// let schedule = MultiStepLr { milestones: &[30, 80], gamma: 0.5 };
/// assert_eq!([29, 30, 80].map(|epoch| schedule.lr(0.4, epoch)), [0.4, 0.2, 0.1]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MultiStepLr<'a> {
    /// The steps at which the rate falls; twice at one that stands twice.
    pub milestones: &'a [u64],
    /// γ; PyTorch's default is 0.1.
    pub gamma: f64,
}

impl Schedule for MultiStepLr<'_> {
    fn lr(&self, base: f64, step: u64) -> f64 {
        let passed = self.milestones.iter().filter(|&&milestone| milestone <= step).count();
        base * Real::power(self.gamma, passed as f64)
    }
}

/// `torch.optim.lr_scheduler.ExponentialLR`: lr·γᵗ.
///
/// ```
/// # use nncore::training::schedule::{ExponentialLr, Schedule};
/// assert_eq!(ExponentialLr { gamma: 0.5 }.lr(0.4, 2), 0.1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExponentialLr {
    /// γ.
    pub gamma: f64,
}

impl Schedule for ExponentialLr {
    fn lr(&self, base: f64, step: u64) -> f64 {
        base * Real::power(self.gamma, step as f64)
    }
}

/// `torch.optim.lr_scheduler.LinearLR`, a warm-up: lr·(s + (e − s)·min(t, T)/T).
///
/// ```
/// # use nncore::training::schedule::{LinearLr, Schedule};
/// let warm_up = LinearLr { start_factor: 0.25, total_iters: 3, ..LinearLr::default() };
/// assert_eq!([0, 1, 3, 9].map(|step| warm_up.lr(0.4, step)), [0.1, 0.2, 0.4, 0.4]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinearLr {
    /// s, 1/3.
    pub start_factor: f64,
    /// e, 1.
    pub end_factor: f64,
    /// T, 5; at 0, all is over at once.
    pub total_iters: u64,
}

impl Default for LinearLr {
    fn default() -> Self {
        Self { start_factor: 1.0 / 3.0, end_factor: 1.0, total_iters: 5 }
    }
}

impl Schedule for LinearLr {
    fn lr(&self, base: f64, step: u64) -> f64 {
        if step >= self.total_iters {
            return base * self.end_factor;
        }
        let progress = step as f64 / self.total_iters as f64;
        base * (self.start_factor + (self.end_factor - self.start_factor) * progress)
    }
}
