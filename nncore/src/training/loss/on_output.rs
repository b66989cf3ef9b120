//! A loss on one output of several.

use alloc::string::ToString;
use alloc::vec::Vec;
use core::marker::PhantomData;

use super::definition::{Loss, LossError};
use super::on_network::LossOn;
use crate::inference::{ArrayInfo, Network};
use crate::scalar::Real;

/// A loss of any network, such as a built-in one, on the output of this name of a network with several
/// outputs; those that it is not of have the gradient 0.
///
/// It is added to others with [`LossValue::plus`](crate::training::LossValue::plus). `target` is what the loss
/// itself takes: classes, or a matrix with the shape of the output.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OnOutput<L>(
    /// The name of the output.
    pub &'static str,
    /// The loss.
    pub L,
);

/// The kind of target of a loss on one output of several, of which `K` says whether it is
/// [`Classes`](super::Classes) or [`Reals`](super::Reals).
#[derive(Clone, Copy, Debug)]
pub struct OfOneOutput<K>(PhantomData<K>);

impl<N, L, Y, K> LossOn<N, Y, OfOneOutput<K>> for OnOutput<L>
where
    N: Network,
    L: Loss<N::Scalar, Y, K>,
    Y: ?Sized,
{
    fn evaluate_on(
        &self,
        batch: usize,
        outputs: &[N::Scalar],
        target: &Y,
        gradient: &mut [N::Scalar],
        _memory: &mut [N::Scalar],
    ) -> Result<N::Scalar, LossError> {
        let Self(name, loss) = self;
        let at = N::OUTPUTS.iter().position(|output| output.name == *name);
        let Some(at) = at else {
            let names = N::OUTPUTS.iter().map(|output| output.name);
            let known = names.collect::<Vec<_>>().join(", ");
            return Err(LossError::Output { output: (*name).to_string(), known });
        };
        let before: usize = N::OUTPUTS[..at].iter().map(ArrayInfo::len).sum();
        let width = N::OUTPUTS[at].len();
        let part = batch * before..batch * (before + width);
        gradient.fill(Real::ZERO);
        loss.evaluate(&outputs[part.clone()], width, target, &mut gradient[part])
    }
}
