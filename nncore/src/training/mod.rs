//! Training: passes, losses, optimizers, schedules, data and initial parameters.

#[cfg(feature = "alloc")]
pub mod data;
#[cfg(feature = "alloc")]
mod gradient;
pub mod initialise;
#[cfg(feature = "alloc")]
pub mod loss;
#[cfg(feature = "alloc")]
pub mod metrics;
#[cfg(feature = "alloc")]
pub mod optimizer;
#[cfg(feature = "alloc")]
mod outputs;
#[cfg(feature = "alloc")]
mod pass;
#[cfg(feature = "alloc")]
pub mod resume;
pub mod schedule;
mod settings;
#[cfg(feature = "alloc")]
mod trainable;

#[cfg(feature = "alloc")]
pub use gradient::Gradient;
#[cfg(feature = "alloc")]
pub use outputs::{LossValue, Outputs};
#[cfg(feature = "alloc")]
pub use pass::Pass;
pub use settings::are_settings;
#[cfg(feature = "alloc")]
pub use trainable::Trainable;
