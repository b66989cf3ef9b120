//! The steps of a network's training.
//!
//! The order of calls is held by the types: network → forward → [`Outputs`] → loss → [`LossValue`] →
//! backward. A backward pass without its forward pass cannot be written.

use core::fmt;

use nalgebra::DimName;

use super::loss::{Accepts, LossError, LossOn};
use super::pass::PassScalars;
use crate::inference::{BatchError, InputGradients, Network, OutputGradients};
use crate::scalar::Real;

/// The outputs of a forward pass over a batch, with all that its backward pass needs.
pub struct Outputs<'a, N: Network> {
    network: &'a N,
    inputs: N::InputSlices<'a>,
    batch: usize,
    key: u64,
    scalars: PassScalars<'a, N::Scalar>,
}

impl<'a, N: Network> Outputs<'a, N> {
    pub(crate) fn new(
        network: &'a N,
        inputs: N::InputSlices<'a>,
        batch: usize,
        key: u64,
        scalars: PassScalars<'a, N::Scalar>,
    ) -> Self {
        Self { network, inputs, batch, key, scalars }
    }

    /// Numbers of all outputs of the batch.
    fn size(&self) -> usize {
        self.batch * N::Outputs::DIM
    }

    /// The outputs, a column a sample: one matrix, or the struct of a network with several outputs, with a
    /// matrix for each.
    #[must_use]
    pub fn values(&self) -> N::OutputViews<'_> {
        N::views(&self.scalars.pass[..self.size()], self.batch)
    }

    /// The loss's mean over the batch, and its gradient on the outputs.
    ///
    /// `target` is what the loss asks for: class indices (`&[u8]`, `&[usize]` …), a matrix with
    /// the outputs' shape, or the struct of a loss with several targets.
    ///
    /// # Errors
    /// If the target does not fit the batch: another number of samples, a label out of range; if a
    /// setting of the loss is out of its range.
    #[expect(clippy::needless_pass_by_value, reason = "a loss is a few numbers, written in place")]
    pub fn loss<L, Y, K>(self, loss: L, target: &Y) -> Result<LossValue<'a, N>, LossError>
    where
        L: LossOn<N, Y, K> + Accepts<N::Meaning>,
        Y: ?Sized,
    {
        let size = self.size();
        let (outputs, rest) = self.scalars.pass.split_at_mut(size);
        let memory = &mut self.scalars.of_losses[size..];
        let value = loss.evaluate_on(self.batch, outputs, target, &mut rest[..size], memory)?;
        Ok(LossValue { outputs: self, value })
    }

    /// The loss's mean over the batch alone, without a gradient; the outputs remain.
    ///
    /// # Errors
    /// Those of [`Outputs::loss`].
    #[expect(clippy::needless_pass_by_value, reason = "a loss is a few numbers, written in place")]
    pub fn loss_value<L, Y, K>(&mut self, loss: L, target: &Y) -> Result<N::Scalar, LossError>
    where
        L: LossOn<N, Y, K> + Accepts<N::Meaning>,
        Y: ?Sized,
    {
        let size = self.size();
        let (gradient, memory) = self.scalars.of_losses.split_at_mut(size);
        loss.evaluate_on(self.batch, &self.scalars.pass[..size], target, gradient, memory)
    }

    /// The parameters' gradient for a given gradient on the outputs (a vector–Jacobian product).
    ///
    /// `gradient` is overwritten with the sum over the batch.
    ///
    /// # Errors
    /// If the output gradient has other rows than there are outputs, or another number of samples.
    pub fn backward<'g>(
        self,
        output_gradient: impl OutputGradients<'g, N>,
        gradient: &mut N,
    ) -> Result<(), BatchError> {
        let size = self.size();
        output_gradient.write(&mut self.scalars.pass[size..2 * size], self.batch)?;
        self.propagate(gradient);
        Ok(())
    }

    /// [`backward`](Self::backward), and the gradients on the inputs: a matrix with a column a sample, or the
    /// struct of a network with several inputs, with a matrix for each.
    ///
    /// # Errors
    /// If the output gradient has other rows than there are outputs, or another number of samples.
    pub fn backward_through<'g>(
        self,
        output_gradient: impl OutputGradients<'g, N>,
        gradient: &mut N,
    ) -> Result<N::GradientViews<'a>, BatchError>
    where
        N: InputGradients,
    {
        let size = self.size();
        output_gradient.write(&mut self.scalars.pass[size..2 * size], self.batch)?;
        Ok(self.propagate_through(gradient))
    }

    fn propagate_through(self, gradient: &mut N) -> N::GradientViews<'a>
    where
        N: InputGradients,
    {
        let (size, batch) = (self.size(), self.batch);
        let pass = self.propagate(gradient);
        N::gradient_views(&pass[2 * size..], batch)
    }

    /// The backward pass, from the output gradient that lies in the pass; gives the pass.
    fn propagate(self, gradient: &mut N) -> &'a [N::Scalar] {
        let Self { network, inputs, batch, key, scalars } = self;
        if batch > 0 {
            network.backward_pass(inputs, scalars.pass, batch, key, gradient);
        } else {
            let (gradient, states) = gradient.split_mut();
            gradient.fill(Real::ZERO);
            states.copy_from_slice(network.states());
        }
        scalars.pass
    }
}

impl<N: Network> fmt::Debug for Outputs<'_, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outputs = &self.scalars.pass[..self.size()];
        let mut all = f.debug_struct("Outputs");
        all.field("batch", &self.batch).field("outputs", &outputs).finish_non_exhaustive()
    }
}

/// A loss that has been evaluated, ready for its backward pass.
pub struct LossValue<'a, N: Network> {
    outputs: Outputs<'a, N>,
    value: N::Scalar,
}

impl<'a, N: Network> LossValue<'a, N> {
    /// The loss: its mean over the batch.
    #[must_use]
    pub fn value(&self) -> N::Scalar {
        self.value
    }

    /// The outputs that it was computed from.
    #[must_use]
    pub fn outputs(&self) -> &Outputs<'a, N> {
        &self.outputs
    }

    /// This loss + `weight` · another one on the same outputs.
    ///
    /// # Errors
    /// Those of [`Outputs::loss`].
    #[expect(clippy::needless_pass_by_value, reason = "a loss is a few numbers, written in place")]
    pub fn plus<L, Y, K>(mut self, weight: f64, loss: L, target: &Y) -> Result<Self, LossError>
    where
        L: LossOn<N, Y, K> + Accepts<N::Meaning>,
        Y: ?Sized,
    {
        let Outputs { batch, ref mut scalars, .. } = self.outputs;
        let size = batch * N::Outputs::DIM;
        let (outputs, rest) = scalars.pass.split_at_mut(size);
        let (gradient, memory) = scalars.of_losses.split_at_mut(size);
        let value = loss.evaluate_on(batch, outputs, target, gradient, memory)?;
        let weight = N::Scalar::of(weight);
        for (sum, &other) in rest[..size].iter_mut().zip(&*gradient) {
            *sum += weight * other;
        }
        self.value += weight * value;
        Ok(self)
    }

    /// The gradient of the loss on the outputs: a column a sample.
    #[must_use]
    pub fn output_gradient(&self) -> N::OutputViews<'_> {
        let size = self.outputs.size();
        N::views(&self.outputs.scalars.pass[size..2 * size], self.outputs.batch)
    }

    /// Overwrites `gradient` with the loss's gradient: `zero_grad` and `backward` in one.
    pub fn backward(self, gradient: &mut N) {
        self.outputs.propagate(gradient);
    }

    /// [`backward`](Self::backward), and the gradients on the inputs of a network with `#[input_gradients]`: a
    /// matrix with a column a sample, or the struct of a network with several inputs, with a matrix for each.
    pub fn backward_through(self, gradient: &mut N) -> N::GradientViews<'a>
    where
        N: InputGradients,
    {
        self.outputs.propagate_through(gradient)
    }
}

impl<N: Network> fmt::Debug for LossValue<'_, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut all = f.debug_struct("LossValue");
        all.field("value", &self.value).field("outputs", &self.outputs).finish()
    }
}
