//! Rates along cosines.

use super::rate::{Schedule, along_cosine};

/// `torch.optim.lr_scheduler.CosineAnnealingLR`: η + (lr − η)·(1 + cos(πt / T))/2. Behind T it rises
/// again, as PyTorch's.
///
/// ```
/// # use nncore::training::schedule::{CosineAnnealingLr, Schedule};
/// let schedule = CosineAnnealingLr { t_max: 10, eta_min: 0.1 };
/// assert_eq!([0, 10].map(|epoch| schedule.lr(0.5, epoch)), [0.5, 0.1]);
/// assert!((schedule.lr(0.5, 5) - 0.3).abs() < 1e-15);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CosineAnnealingLr {
    /// T, the step of the least rate; 0 counts as 1.
    pub t_max: u64,
    /// η, the least rate; PyTorch's default is 0.
    pub eta_min: f64,
}

impl Schedule for CosineAnnealingLr {
    fn lr(&self, base: f64, step: u64) -> f64 {
        along_cosine(base, self.eta_min, step as f64 / self.t_max.max(1) as f64)
    }
}

/// `torch.optim.lr_scheduler.CosineAnnealingWarmRestarts`: half a cosine of `t_0` steps, then others,
/// each `t_mult` times as long as the one before.
///
/// ```
/// # use nncore::training::schedule::{CosineAnnealingWarmRestarts, Schedule};
/// let schedule = CosineAnnealingWarmRestarts { t_0: 2, t_mult: 2, eta_min: 0.0 };
/// // Two steps, then four, then eight.
/// assert_eq!([0, 2, 6].map(|epoch| schedule.lr(0.5, epoch)), [0.5; 3]);
/// assert!((schedule.lr(0.5, 4) - 0.25).abs() < 1e-15);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CosineAnnealingWarmRestarts {
    /// Steps until the first restart; 0 counts as 1.
    pub t_0: u64,
    /// By what each period is longer than the one before; 0 counts as 1, PyTorch's default.
    pub t_mult: u64,
    /// η, the least rate; PyTorch's default is 0.
    pub eta_min: f64,
}

impl Schedule for CosineAnnealingWarmRestarts {
    fn lr(&self, base: f64, step: u64) -> f64 {
        let (mut since, mut period) = (step, self.t_0.max(1));
        if self.t_mult <= 1 {
            since %= period;
        }
        while since >= period {
            since -= period;
            period = period.saturating_mul(self.t_mult);
        }
        along_cosine(base, self.eta_min, since as f64 / period as f64)
    }
}
