//! Losses on the outputs of a network: one output of any network, or the named outputs of one.

use core::marker::PhantomData;

use super::definition::{Loss, LossError};
use crate::inference::{Network, SingleOutput};
use nalgebra::DimName;

/// A loss on the outputs of the network `N` for a batch, given targets of type `Y` of the kind `K`.
///
/// A [`Loss`] is one on every network with one output. A loss that names several outputs, several targets or
/// several axes is compiled for the networks of its own `network!` block that have such outputs.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no loss on the outputs of `{N}` with a target of type `{Y}`",
    note = "a loss of one row of outputs takes every network with one output; one with several outputs, targets or axes takes the networks of its own `network!` block whose outputs have its names"
)]
pub trait LossOn<N: Network, Y: ?Sized, K> {
    /// The mean over the batch; writes its gradient on the outputs.
    ///
    /// `outputs` and `gradient` hold batch × [`Network::Outputs`] scalars, each output for the whole batch
    /// after the one before; `memory` holds batch × [`Network::LOSS_SCALARS`] for what the loss keeps
    /// meanwhile.
    ///
    /// # Errors
    /// If the target does not fit the outputs, or a setting is out of its range.
    fn evaluate_on(
        &self,
        batch: usize,
        outputs: &[N::Scalar],
        target: &Y,
        gradient: &mut [N::Scalar],
        memory: &mut [N::Scalar],
    ) -> Result<N::Scalar, LossError>;
}

/// The kind of target of a loss on any network, of which `K` says whether it is [`Classes`](super::Classes) or
/// [`Reals`](super::Reals).
#[derive(Clone, Copy, Debug)]
pub struct OfAnyNetwork<K>(PhantomData<K>);

/// The kind of target of a loss that was compiled for the network.
#[derive(Clone, Copy, Debug)]
pub enum OfOneNetwork {}

impl<N, L, Y, K> LossOn<N, Y, OfAnyNetwork<K>> for L
where
    N: SingleOutput,
    L: Loss<N::Scalar, Y, K>,
    Y: ?Sized,
{
    fn evaluate_on(
        &self,
        _batch: usize,
        outputs: &[N::Scalar],
        target: &Y,
        gradient: &mut [N::Scalar],
        _memory: &mut [N::Scalar],
    ) -> Result<N::Scalar, LossError> {
        self.evaluate(outputs, N::Outputs::DIM, target, gradient)
    }
}
