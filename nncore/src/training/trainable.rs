//! What training adds to a network.

use nalgebra::{DimName, Dyn};

use super::outputs::Outputs;
use super::pass::Pass;
use crate::inference::{Batch, BatchError, Network, SamplesView, view_slice};

/// A network with its training: every network has it.
pub trait Trainable: Network {
    /// Every buffer that a training step needs, for batches of up to `capacity` samples.
    #[must_use]
    fn pass(capacity: usize) -> Pass<Self> {
        Pass::new(capacity)
    }

    /// The outputs for a batch, a column a sample, with all that their backward pass needs.
    ///
    /// `inputs` is a matrix of [`Network::Inputs`] rows, a column a sample (PyTorch's
    /// (batch, features) in the same memory); a vector is a batch of one.
    ///
    /// # Errors
    /// If the inputs have other rows, or more samples than `pass` was made for.
    fn forward_batch<'a>(
        &'a self,
        inputs: impl Batch<'a, Self::Scalar, Self::Inputs, Self>,
        pass: &'a mut Pass<Self>,
    ) -> Result<Outputs<'a, Self>, BatchError> {
        pass.forward(self, inputs.samples("inputs")?)
    }

    /// The outputs for a batch as after training: without dropout, with running statistics.
    ///
    /// # Errors
    /// If the inputs have other rows, or more samples than `pass` was made for.
    fn evaluate<'a, 'x>(
        &self,
        inputs: impl Batch<'x, Self::Scalar, Self::Inputs, Self>,
        pass: &'a mut Pass<Self>,
    ) -> Result<SamplesView<'a, Self::Scalar, Self::Outputs>, BatchError> {
        let inputs = inputs.samples("inputs")?;
        let batch = inputs.ncols();
        let scalars = pass.scalars_from(0, batch)?;
        if batch > 0 {
            self.evaluation_pass(view_slice(inputs), scalars, batch);
        }
        let outputs = &scalars[..batch * Self::Outputs::DIM];
        Ok(SamplesView::from_slice_generic(outputs, Self::Outputs::name(), Dyn(batch)))
    }
}

impl<N: Network> Trainable for N {}
