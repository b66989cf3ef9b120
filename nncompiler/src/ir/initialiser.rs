//! How a parameter begins.

/// The distribution of a parameter's first values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Initialiser {
    /// Uniform in [−bound, bound).
    Uniform(f64),
    /// Normal with mean 0 and this standard deviation.
    Normal(f64),
    Constant(f64),
}
