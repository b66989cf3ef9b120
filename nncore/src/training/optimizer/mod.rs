//! Optimizers with PyTorch's names, formulas and defaults, compiled from their equations.
//!
//! A [`Rule`] is plain data; [`Rule::over`] checks it and allocates its state for a network, once.
//! [`Optimizer::set_group`] gives settings of their own to parameters by their names.
//!
//! | rule | of PyTorch |
//! |---|---|
//! | [`Sgd`] | `SGD` |
//! | [`Adam`], [`AdamW`] | `Adam`, `AdamW` |
//! | [`RmsProp`] | `RMSprop` |
//! | [`Adagrad`], [`Adadelta`] | `Adagrad`, `Adadelta` |
//! | [`NAdam`], [`RAdam`] | `NAdam`, `RAdam` |
//! | [`Lion`] | none |
//!
//! ```
//! use nncore::training::optimizer::{RmsProp, Rule};
//!
//! let rule = RmsProp { momentum: 0.9, centered: true, ..RmsProp::default() };
//! assert!(rule.check().is_ok());
//! let error = RmsProp { eps: -1.0, ..rule }.check().unwrap_err();
//! assert_eq!(error.to_string(), "`eps` must be at least 0 and finite, but is -1");
//! ```

mod built_in;
mod error;
mod group;
mod part;
mod resume;
mod rule;

pub use built_in::{Adadelta, Adagrad, Adam, AdamW, Lion, NAdam, RAdam, RmsProp, Sgd};
pub use error::{OptimizerError, check_range, check_requirement};
pub use group::Group;
pub use part::Part;
pub use rule::{Optimizer, Rule};
