//! One schedule after the other.

use core::fmt;

use super::rate::Schedule;

/// `torch.optim.lr_scheduler.SequentialLR`: each schedule from its milestone on, where it begins with
/// its step 0.
///
/// ```
/// # use nncore::training::schedule::{CosineAnnealingLr, LinearLr, Schedule, SequentialLr};
/// let warm_up = LinearLr { start_factor: 0.1, ..LinearLr::default() };
/// let cosine = CosineAnnealingLr { t_max: 95, eta_min: 0.0 };
/// let schedule = SequentialLr { schedules: &[&warm_up, &cosine], milestones: &[5] };
/// assert_eq!([0, 5, 100].map(|epoch| schedule.lr(0.5, epoch)), [0.05, 0.5, 0.0]);
/// ```
#[derive(Clone, Copy)]
pub struct SequentialLr<'a> {
    /// The schedules in order; without any, the rate stays.
    pub schedules: &'a [&'a dyn Schedule],
    /// The step with which each schedule but the first begins, in ascending order. Those that there is no
    /// schedule for are passed over.
    pub milestones: &'a [u64],
}

impl Schedule for SequentialLr<'_> {
    fn lr(&self, base: f64, step: u64) -> f64 {
        let followers = self.milestones.len().min(self.schedules.len().saturating_sub(1));
        let milestones = &self.milestones[..followers];
        let number = milestones.partition_point(|&milestone| milestone <= step);
        let start = number.checked_sub(1).map_or(0, |before| milestones[before]);
        let schedule = self.schedules.get(number);
        schedule.map_or(base, |schedule| schedule.lr(base, step.saturating_sub(start)))
    }
}

impl fmt::Debug for SequentialLr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut all = f.debug_struct("SequentialLr");
        all.field("schedules", &self.schedules.len()).field("milestones", &self.milestones).finish()
    }
}
