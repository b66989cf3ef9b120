//! What training adds to a network.

use nalgebra::DimName;

use super::loss::{Accepts, LossError, LossOn};
use super::outputs::Outputs;
use super::pass::{Begun, Pass, PassScalars};
use crate::inference::{BatchError, InputBatch, Network};

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
    /// (batch, features) in the same memory); a vector is a batch of one. Integers are a slice, one sample
    /// after the other. A network with several inputs takes the struct of its inputs, with one of these for each.
    ///
    /// # Errors
    /// If the inputs have other rows, or more samples than `pass` was made for; if an integer is out of range.
    fn forward_batch<'a>(
        &'a self,
        inputs: impl InputBatch<'a, Self>,
        pass: &'a mut Pass<Self>,
    ) -> Result<Outputs<'a, Self>, BatchError> {
        let Begun { inputs, batch, scalars, next } = pass.begin(inputs)?;
        let key = next.take();
        if batch > 0 {
            self.forward_pass(inputs, scalars.pass, batch, key);
        }
        Ok(Outputs::new(self, inputs, batch, key, scalars))
    }

    /// The outputs for a batch as after training: without dropout, with running statistics.
    ///
    /// # Errors
    /// If the inputs have other rows, or more samples than `pass` was made for.
    fn evaluate<'a, 'x>(
        &self,
        inputs: impl InputBatch<'x, Self>,
        pass: &'a mut Pass<Self>,
    ) -> Result<Self::OutputViews<'a>, BatchError> {
        let Begun { inputs, batch, scalars: PassScalars { pass, .. }, .. } = pass.begin(inputs)?;
        if batch > 0 {
            self.evaluation_pass(inputs, pass, batch);
        }
        Ok(Self::views(&pass[..batch * Self::Outputs::DIM], batch))
    }

    /// The loss of a batch as after training: its mean, without a gradient.
    ///
    /// ```
    /// # use nncore::training::{Pass, Trainable};
    /// # use nncore::inference::{Chain, SamplesView};
    /// # use nncore::training::loss::{Accepts, LossError, LossOn};
    /// /// The loss on a validation set.
    /// fn validate<N: Chain, L: LossOn<N, [u8], K> + Accepts<N::Meaning>, K>(
    ///     model: &N,
    ///     inputs: SamplesView<'_, N::Scalar, N::Inputs>,
    ///     labels: &[u8],
    ///     loss: L,
    ///     pass: &mut Pass<N>,
    /// ) -> Result<N::Scalar, LossError> {
    ///     model.evaluate_loss(inputs, loss, labels, pass)
    /// }
    /// ```
    ///
    /// # Errors
    /// If the inputs have other rows, or more samples than `pass` was made for; if the target does not fit
    /// the batch, or a setting of the loss is out of its range.
    fn evaluate_loss<'x, L, Y, K>(
        &self,
        inputs: impl InputBatch<'x, Self>,
        loss: L,
        target: &Y,
        pass: &mut Pass<Self>,
    ) -> Result<Self::Scalar, LossError>
    where
        L: LossOn<Self, Y, K> + Accepts<Self::Meaning>,
        Y: ?Sized,
    {
        let Begun { inputs, batch, scalars, .. } = pass.begin(inputs)?;
        let PassScalars { pass, of_losses } = scalars;
        if batch > 0 {
            self.evaluation_pass(inputs, pass, batch);
        }
        let size = batch * Self::Outputs::DIM;
        let (gradient, memory) = of_losses.split_at_mut(size);
        loss.evaluate_on(batch, &pass[..size], target, gradient, memory)
    }
}

impl<N: Network> Trainable for N {}
