//! What callbacks see.

use super::history::History;

/// An epoch that has ended. Its row is the last of the history.
#[derive(Debug)]
pub struct Epoch<'a, N> {
    /// The network as it is now.
    pub model: &'a N,
    /// All epochs so far.
    pub history: &'a History,
}

/// A step that has been taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Its number, from 1, counted through all epochs.
    pub step: u64,
    /// The epoch that it is in, from 1.
    pub epoch: u64,
    /// The mean loss of its samples.
    pub loss: f64,
    /// Its learning rate.
    pub lr: f64,
    /// The norm of the gradient before it was clipped, if it is clipped by its norm.
    pub gradient_norm: Option<f64>,
}
