//! What the numbers are that a layer puts out.

/// A loss may take one kind of outputs and refuse another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Any real numbers.
    Logits,
    /// Numbers from 0 to 1 that add up to 1.
    Probabilities,
    /// The numbers that the layer took in, in another shape or order.
    Unchanged,
}
