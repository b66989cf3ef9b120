//! A rate that falls when a measure no longer gets better.

#[cfg(feature = "alloc")]
use crate::training::resume::{Record, RecordError, Resumable};

/// Whether a measure is good when it is small or when it is great.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Small, as a loss.
    Min,
    /// Great, as an accuracy.
    Max,
}

/// What a measure has to be better by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThresholdMode {
    /// By a part of the best.
    Rel,
    /// By a number.
    Abs,
}

/// `torch.optim.lr_scheduler.ReduceLROnPlateau`: the settings.
///
/// ```
/// # use nncore::training::schedule::ReduceLrOnPlateau;
/// let mut plateau = ReduceLrOnPlateau { patience: 1, ..ReduceLrOnPlateau::default() }.start();
/// let mut lr = 0.1;
/// for loss in [1.0, 0.5, 0.5, 0.6] {
///     lr = plateau.step(loss, lr);
/// }
/// assert!((lr - 0.01).abs() < 1e-15);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReduceLrOnPlateau {
    /// What is good, [`Mode::Min`].
    pub mode: Mode,
    /// By what the rate is multiplied, 0.1.
    pub factor: f64,
    /// How many steps in a row may be no better, 10.
    pub patience: u64,
    /// What a measure has to be better by, 1e-4.
    pub threshold: f64,
    /// How that is meant, [`ThresholdMode::Rel`].
    pub threshold_mode: ThresholdMode,
    /// Steps after a fall that are not counted, 0.
    pub cooldown: u64,
    /// The least rate, 0.
    pub min_lr: f64,
    /// A fall by no more than this is left out, 1e-8.
    pub eps: f64,
}

impl Default for ReduceLrOnPlateau {
    fn default() -> Self {
        Self {
            mode: Mode::Min,
            factor: 0.1,
            patience: 10,
            threshold: 1e-4,
            threshold_mode: ThresholdMode::Rel,
            cooldown: 0,
            min_lr: 0.0,
            eps: 1e-8,
        }
    }
}

impl ReduceLrOnPlateau {
    /// Before the first measure.
    #[must_use]
    pub fn start(self) -> Plateau {
        let best = match self.mode {
            Mode::Min => f64::INFINITY,
            Mode::Max => f64::NEG_INFINITY,
        };
        Plateau { settings: self, best, bad_steps: 0, cooldown_left: 0 }
    }

    /// Whether a measure is better than the best so far; NaN never is.
    fn is_better(&self, measure: f64, best: f64) -> bool {
        match (self.mode, self.threshold_mode) {
            (Mode::Min, ThresholdMode::Rel) => measure < best * (1.0 - self.threshold),
            (Mode::Min, ThresholdMode::Abs) => measure < best - self.threshold,
            (Mode::Max, ThresholdMode::Rel) => measure > best * (1.0 + self.threshold),
            (Mode::Max, ThresholdMode::Abs) => measure > best + self.threshold,
        }
    }
}

/// [`ReduceLrOnPlateau`] at work: plain data, which can be kept and gone on with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plateau {
    /// The settings.
    pub settings: ReduceLrOnPlateau,
    /// The best measure so far.
    pub best: f64,
    /// Steps since then, or since the last fall or its cooldown.
    pub bad_steps: u64,
    /// Steps of the cooldown that are left.
    pub cooldown_left: u64,
}

impl Plateau {
    /// The next rate, from a step's measure and its rate.
    #[must_use = "it is the rate to go on with"]
    pub fn step(&mut self, measure: f64, lr: f64) -> f64 {
        let settings = self.settings;
        if settings.is_better(measure, self.best) {
            (self.best, self.bad_steps) = (measure, 0);
        } else {
            self.bad_steps = self.bad_steps.saturating_add(1);
        }
        if self.cooldown_left > 0 {
            self.cooldown_left -= 1;
            self.bad_steps = 0;
        }
        if self.bad_steps <= settings.patience {
            return lr;
        }
        (self.cooldown_left, self.bad_steps) = (settings.cooldown, 0);
        let next = (lr * settings.factor).max(settings.min_lr);
        if lr - next > settings.eps { next } else { lr }
    }
}

/// What it has seen; the settings are the program's.
#[cfg(feature = "alloc")]
impl Resumable for Plateau {
    fn record(&self) -> Record {
        let mut record = Record::default();
        record.put_numbers("best", &[self.best]);
        record.put_integers("bad_steps", [self.bad_steps]);
        record.put_integers("cooldown_left", [self.cooldown_left]);
        record
    }

    fn resume(&mut self, record: &Record) -> Result<(), RecordError> {
        *self = Self {
            settings: self.settings,
            best: record.number("best")?,
            bad_steps: record.integer("bad_steps")?,
            cooldown_left: record.integer("cooldown_left")?,
        };
        Ok(())
    }
}
