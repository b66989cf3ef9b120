//! How values over indices become one.

/// The operation of a statement over the indices that its target does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reduction {
    Sum,
    Product,
    Max,
    Min,
}
