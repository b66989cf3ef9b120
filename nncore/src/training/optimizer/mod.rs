//! What an optimizer is: a rule by which parameters follow from their gradient, and the rule at work. The
//! rules themselves are equations, compiled by `nncompiler`.
//!
//! A [`Rule`] is plain data; [`Rule::over`] checks it and allocates its state for a network, once.
//! [`Optimizer::set_group`] gives settings of their own to parameters by their names.

mod error;
mod group;
mod part;
mod rule;

pub use error::{OptimizerError, check_range, check_requirement};
pub use group::Group;
pub use part::Part;
pub use rule::{Optimizer, Rule};
