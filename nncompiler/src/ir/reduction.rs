//! How values over indices become one.

use crate::ir::expression::Binary;

/// The operation of a statement over the indices that its target does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reduction {
    Sum,
    Product,
    Max,
    Min,
}

impl Reduction {
    /// What it begins with.
    pub fn start(self) -> f64 {
        match self {
            Reduction::Sum => 0.0,
            Reduction::Product => 1.0,
            Reduction::Max => f64::NEG_INFINITY,
            Reduction::Min => f64::INFINITY,
        }
    }

    /// Two results of it as one.
    pub fn operation(self) -> Binary {
        match self {
            Reduction::Sum => Binary::Add,
            Reduction::Product => Binary::Multiply,
            Reduction::Max => Binary::Maximum,
            Reduction::Min => Binary::Minimum,
        }
    }
}
