//! Functions → their derivatives, backwards (reverse mode) and forwards (forward mode).

pub mod derivative;
mod forward;
pub mod reductions;
pub mod residuals;
pub mod reverse;
pub mod rules;
