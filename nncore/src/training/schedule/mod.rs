//! Learning rates that change from step to step, with PyTorch's formulas and defaults.
//!
//! A [`Schedule`] is plain data: the rate of any step follows from the rate that training begins with
//! and the step's number, from 0. A step is what its user counts: an epoch mostly, a batch for
//! [`OneCycleLr`]. [`Optimizer::set_lr`](super::optimizer::Optimizer::set_lr) takes what it says:
//!
//! ```
//! # use nncore::memory::Parameters;
//! # use nncore::training::optimizer::{Adam, Optimizer, OptimizerError};
//! # use nncore::training::schedule::{CosineAnnealingLr, Schedule};
//! fn train<P: Parameters>(adam: &mut Optimizer<Adam, P>) -> Result<(), OptimizerError> {
//!     let schedule = CosineAnnealingLr { t_max: 10, eta_min: 0.0 };
//!     let base = adam.rule().lr;
//!     for epoch in 0..10 {
//!         adam.set_lr(schedule.lr(base, epoch))?;
//!         // An epoch's batches.
//!     }
//!     Ok(())
//! }
//! ```
//!
//! Settings that PyTorch refuses give rates that `set_lr` refuses, or what is said at the setting; none
//! panics.

mod annealing;
mod decay;
mod one_cycle;
mod plateau;
mod rate;
mod sequential;

pub use annealing::{CosineAnnealingLr, CosineAnnealingWarmRestarts};
pub use decay::{ExponentialLr, LinearLr, MultiStepLr, StepLr};
pub use one_cycle::{AnnealStrategy, OneCycleLr};
pub use plateau::{Mode, Plateau, ReduceLrOnPlateau, ThresholdMode};
pub use rate::Schedule;
pub use sequential::SequentialLr;
