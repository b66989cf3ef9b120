//! The built-in optimizers. They are compiled in this crate, and not where losses are, so that they run
//! optimised where its kernels do.

nnmacro::optimizers!(crate::training::optimizer::built_in);

/// What their code calls.
mod __private {
    pub use crate::scalar::{ByPrecision, Real};
    pub use crate::simd::Body;
    pub use crate::training::are_settings;
    pub use crate::training::optimizer::error::{OptimizerError, check_range, check_requirement};
    pub use crate::training::optimizer::part::Part;
    pub use crate::training::optimizer::rule::Rule;
}
