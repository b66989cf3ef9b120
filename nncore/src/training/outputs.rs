//! The steps of a network's training.
//!
//! The order of calls is held by the types: network → forward → [`Outputs`] → loss → [`LossValue`] →
//! backward. A backward pass without its forward pass cannot be written.

use core::fmt;

use nalgebra::{DimName, Dyn};

use super::loss::{Accepts, Loss, LossError};
use super::program::{Program, Scalar};
use crate::inference::{Batch, BatchError, SamplesView, view_slice};
use crate::memory::Parameters;
use crate::scalar::Real;

/// The outputs of a forward pass over a batch, with all that its backward pass needs.
pub struct Outputs<'a, P: Program> {
    network: &'a P::Network,
    inputs: &'a [Scalar<P>],
    batch: usize,
    key: u64,
    pass: &'a mut [Scalar<P>],
}

impl<'a, P: Program> Outputs<'a, P> {
    pub(crate) fn new(
        network: &'a P::Network,
        inputs: &'a [Scalar<P>],
        batch: usize,
        key: u64,
        pass: &'a mut [Scalar<P>],
    ) -> Self {
        Self { network, inputs, batch, key, pass }
    }

    /// The outputs: a column a sample.
    #[must_use]
    pub fn values(&self) -> SamplesView<'_, Scalar<P>, P::Outputs> {
        let outputs = &self.pass[..self.batch * P::Outputs::DIM];
        SamplesView::from_slice_generic(outputs, P::Outputs::name(), Dyn(self.batch))
    }

    /// The loss's mean over the batch, and its gradient on the outputs.
    ///
    /// `target` is what the loss asks for: class indices (`&[u8]`, `&[usize]` …) or a matrix with
    /// the outputs' shape.
    ///
    /// # Errors
    /// If the target does not fit the batch: another number of samples, a label out of range; if a
    /// setting of the loss is out of its range.
    #[expect(clippy::needless_pass_by_value, reason = "a loss is a few numbers, written in place")]
    pub fn loss<L, Y, K>(self, loss: L, target: &Y) -> Result<LossValue<'a, P>, LossError>
    where
        L: Loss<Scalar<P>, Y, K> + Accepts<P::Meaning>,
        Y: ?Sized,
    {
        let size = self.batch * P::Outputs::DIM;
        let (outputs, rest) = self.pass.split_at_mut(size);
        let value = loss.evaluate(outputs, P::Outputs::DIM, target, &mut rest[..size])?;
        Ok(LossValue { outputs: self, value })
    }

    /// The parameters' gradient for a given gradient on the outputs (a vector–Jacobian product).
    ///
    /// `gradient` is overwritten with the sum over the batch.
    ///
    /// # Errors
    /// If the output gradient has other rows than there are outputs, or another number of samples.
    pub fn backward<'g>(
        self,
        output_gradient: impl Batch<'g, Scalar<P>, P::Outputs, P::Network>,
        gradient: &mut P::Network,
    ) -> Result<(), BatchError> {
        let output_gradient = output_gradient.samples("output gradient")?;
        let (expected, found) = (self.batch, output_gradient.ncols());
        if expected != found {
            return Err(BatchError::OtherCount { expected, found });
        }
        let size = self.batch * P::Outputs::DIM;
        self.pass[size..2 * size].copy_from_slice(view_slice(output_gradient));
        self.propagate(gradient);
        Ok(())
    }

    /// The backward pass, from the output gradient that lies in the pass.
    fn propagate(self, gradient: &mut P::Network) {
        if self.batch > 0 {
            P::backward(self.network, self.inputs, self.pass, self.batch, self.key, gradient);
            return;
        }
        let (gradient, states) = gradient.split_mut();
        gradient.fill(Real::ZERO);
        states.copy_from_slice(self.network.states());
    }
}

impl<P: Program> fmt::Debug for Outputs<'_, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outputs").field("values", &self.values()).finish_non_exhaustive()
    }
}

/// A loss that has been evaluated, ready for its backward pass.
pub struct LossValue<'a, P: Program> {
    outputs: Outputs<'a, P>,
    value: Scalar<P>,
}

impl<'a, P: Program> LossValue<'a, P> {
    /// The loss: its mean over the batch.
    #[must_use]
    pub fn value(&self) -> Scalar<P> {
        self.value
    }

    /// The outputs that it was computed from.
    #[must_use]
    pub fn outputs(&self) -> &Outputs<'a, P> {
        &self.outputs
    }

    /// The gradient of the loss on the outputs: a column a sample.
    #[must_use]
    pub fn output_gradient(&self) -> SamplesView<'_, Scalar<P>, P::Outputs> {
        let size = self.outputs.batch * P::Outputs::DIM;
        let gradient = &self.outputs.pass[size..2 * size];
        SamplesView::from_slice_generic(gradient, P::Outputs::name(), Dyn(self.outputs.batch))
    }

    /// Overwrites `gradient` with the loss's gradient: `zero_grad` and `backward` in one.
    pub fn backward(self, gradient: &mut P::Network) {
        self.outputs.propagate(gradient);
    }
}

impl<P: Program> fmt::Debug for LossValue<'_, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut all = f.debug_struct("LossValue");
        all.field("value", &self.value).field("outputs", &self.outputs).finish()
    }
}
