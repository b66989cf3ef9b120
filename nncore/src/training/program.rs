//! What a network computes for a batch, with its gradient.

use nalgebra::DimName;

use crate::inference::Network;
use crate::memory::Parameters;

/// The scalar type of a program.
pub type Scalar<P> = <<P as Program>::Network as Parameters>::Scalar;

/// What a network computes for a batch, and can be differentiated: its outputs alone (the program
/// is the [`Network`] itself), or with derivatives of their own
/// ([`DirectionalDerivatives`](super::derivatives::DirectionalDerivatives)).
pub trait Program: 'static {
    /// The network whose parameters it reads.
    type Network: Parameters;
    /// Number of input features, as a type.
    type Inputs: DimName;
    /// Number of outputs, as a type.
    type Outputs: DimName;
    /// What the outputs mean: [`Logits`](crate::inference::Logits) or
    /// [`Probabilities`](crate::inference::Probabilities).
    type Meaning;

    /// Scalars a pass keeps for each sample: the outputs, their gradient, and what else it needs.
    const SCALARS: usize;

    /// Scalars a pass keeps besides, whatever the batch.
    const SHARED_SCALARS: usize;

    /// Fills the outputs and all that the backward pass reads, for a batch of at least 1.
    #[doc(hidden)]
    fn forward(
        network: &Self::Network,
        inputs: &[Scalar<Self>],
        pass: &mut [Scalar<Self>],
        batch: usize,
        key: u64,
    );

    /// Overwrites `gradient` with the sum over a batch of at least 1, from the output gradient in
    /// `pass`.
    #[doc(hidden)]
    fn backward(
        network: &Self::Network,
        inputs: &[Scalar<Self>],
        pass: &mut [Scalar<Self>],
        batch: usize,
        key: u64,
        gradient: &mut Self::Network,
    );
}

impl<N: Network> Program for N {
    type Network = N;
    type Inputs = N::Inputs;
    type Outputs = N::Outputs;
    type Meaning = N::Meaning;
    const SCALARS: usize = N::PASS_SCALARS;
    const SHARED_SCALARS: usize = N::SHARED_SCALARS;

    fn forward(network: &N, inputs: &[N::Scalar], pass: &mut [N::Scalar], batch: usize, key: u64) {
        network.forward_pass(inputs, pass, batch, key);
    }

    fn backward(
        network: &N,
        inputs: &[N::Scalar],
        pass: &mut [N::Scalar],
        batch: usize,
        key: u64,
        gradient: &mut N,
    ) {
        network.backward_pass(inputs, pass, batch, key, gradient);
    }
}
