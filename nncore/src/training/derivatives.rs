//! Derivatives of a network's outputs on its inputs, in training: for equations that hold them.

use core::marker::PhantomData;

use nalgebra::DimName;

use super::outputs::Outputs;
use super::pass::Pass;
use super::program::Program;
use crate::inference::{Batch, BatchError, Network, view_slice};

/// A network declared with `#[derivatives]`: its outputs come with their first and second
/// derivative along a direction of the inputs, and a loss on them has its gradient on the
/// parameters. All three follow from the layers' equations; nothing is recorded.
///
/// A `[u, u′, u″]` for one sample is what the generated `along` gives; the front page of `tapeless`
/// shows both.
pub trait Derivatives: Network {
    /// Three times the number of outputs, as a type.
    type Stacked: DimName;

    /// Scalars that a pass with derivatives keeps for each sample. The first are the outputs with
    /// their derivatives, then their gradient, then the direction.
    const STACKED_SCALARS: usize;
    /// Scalars a pass keeps besides.
    const STACKED_SHARED_SCALARS: usize;

    /// Every buffer that a training step with derivatives needs, for batches of up to `capacity`.
    #[must_use]
    fn derivatives_pass(capacity: usize) -> Pass<DirectionalDerivatives<Self>> {
        Pass::new(capacity)
    }

    /// For a batch, a column a sample: the outputs f(x), then all d/ds f(x + s·v), then all
    /// d²/ds² f(x + s·v), at s = 0.
    ///
    /// The direction v is one column for all samples, or one for each.
    ///
    /// # Errors
    /// If inputs or directions have other rows, there are more samples than `pass` was made for, or
    /// another number of them than of directions.
    fn forward_along<'a, 'v>(
        &'a self,
        inputs: impl Batch<'a, Self::Scalar, Self::Inputs, Self>,
        direction: impl Batch<'v, Self::Scalar, Self::Inputs, Self>,
        pass: &'a mut Pass<DirectionalDerivatives<Self>>,
    ) -> Result<Outputs<'a, DirectionalDerivatives<Self>>, BatchError> {
        let (inputs, direction) = (inputs.samples("inputs")?, direction.samples("direction")?);
        let (batch, found) = (inputs.ncols(), direction.ncols());
        if found != 1 && found != batch {
            return Err(BatchError::Directions { expected: batch, found });
        }
        let features = Self::Inputs::DIM;
        let place = pass.scalars_from(2 * Self::Stacked::DIM, batch)?;
        let place = place[..batch * features].chunks_exact_mut(features);
        for (to, from) in place.zip(view_slice(direction).chunks_exact(features).cycle()) {
            to.copy_from_slice(from);
        }
        pass.forward(self, inputs)
    }

    /// Fills the outputs with their derivatives, and all that the backward pass reads.
    #[doc(hidden)]
    fn forward_derivatives_pass(
        &self,
        inputs: &[Self::Scalar],
        pass: &mut [Self::Scalar],
        batch: usize,
        key: u64,
    );

    /// Overwrites `gradient` with the sum over the batch, from the output gradient in `pass`.
    #[doc(hidden)]
    fn backward_derivatives_pass(
        &self,
        inputs: &[Self::Scalar],
        pass: &mut [Self::Scalar],
        batch: usize,
        key: u64,
        gradient: &mut Self,
    );
}

/// The program of a network's outputs with their derivatives along a direction.
#[derive(Debug)]
pub struct DirectionalDerivatives<N>(PhantomData<fn() -> N>);

impl<N: Derivatives> Program for DirectionalDerivatives<N> {
    type Network = N;
    type Inputs = N::Inputs;
    type Outputs = N::Stacked;
    type Meaning = N::Meaning;
    const SCALARS: usize = N::STACKED_SCALARS;
    const SHARED_SCALARS: usize = N::STACKED_SHARED_SCALARS;

    fn forward(network: &N, inputs: &[N::Scalar], pass: &mut [N::Scalar], batch: usize, key: u64) {
        network.forward_derivatives_pass(inputs, pass, batch, key);
    }

    fn backward(
        network: &N,
        inputs: &[N::Scalar],
        pass: &mut [N::Scalar],
        batch: usize,
        key: u64,
        gradient: &mut N,
    ) {
        network.backward_derivatives_pass(inputs, pass, batch, key, gradient);
    }
}
