//! The loss of a batch, in training and as after training.

use core::marker::PhantomData;

use nalgebra::DimName;

use crate::inference::{InputBatch, Network};
use crate::scalar::Real;
use crate::training::loss::{Accepts, LossError, LossOn};
use crate::training::metrics::Metric;
use crate::training::{Pass, Trainable};

/// Metrics of the outputs of a network.
pub(super) type Metrics<'a, N, Y> = Vec<Box<dyn Metric<N, Y> + 'a>>;

/// What is to become small, whatever loss it is.
pub(super) trait Objective<N: Network, I, Y> {
    /// The mean loss of a batch, and its gradient.
    fn learn(
        &self,
        model: &N,
        batch: &(I, Y),
        pass: &mut Pass<N>,
        metrics: &mut Metrics<'_, N, Y>,
        gradient: &mut N,
    ) -> Result<f64, LossError>;

    /// The mean loss of a batch as after training.
    fn evaluate(
        &self,
        model: &N,
        batch: &(I, Y),
        pass: &mut Pass<N>,
        metrics: &mut Metrics<'_, N, Y>,
    ) -> Result<f64, LossError>;
}

/// A loss, and the kind of its targets.
pub(super) struct OfLoss<'l, L, K>(&'l L, PhantomData<K>);

impl<'l, L, K> OfLoss<'l, L, K> {
    pub fn new(loss: &'l L) -> Self {
        Self(loss, PhantomData)
    }
}

impl<N, I, Y, L, K> Objective<N, I, Y> for OfLoss<'_, L, K>
where
    N: Network,
    for<'b> &'b I: InputBatch<'b, N>,
    L: LossOn<N, Y, K> + Accepts<N::Meaning> + Clone,
{
    fn learn(
        &self,
        model: &N,
        (inputs, targets): &(I, Y),
        pass: &mut Pass<N>,
        metrics: &mut Metrics<'_, N, Y>,
        gradient: &mut N,
    ) -> Result<f64, LossError> {
        let outputs = model.forward_batch(inputs, pass)?;
        let loss = outputs.loss(self.0.clone(), targets)?;
        for metric in metrics {
            metric.add(&loss.outputs().values(), targets)?;
        }
        let value = loss.value().to_f64();
        loss.backward(gradient);
        Ok(value)
    }

    fn evaluate(
        &self,
        model: &N,
        (inputs, targets): &(I, Y),
        pass: &mut Pass<N>,
        metrics: &mut Metrics<'_, N, Y>,
    ) -> Result<f64, LossError> {
        let begun = pass.begin(inputs)?;
        let (batch, scalars) = (begun.batch, begun.scalars);
        if batch > 0 {
            model.evaluation_pass(begun.inputs, scalars.pass, batch);
        }
        let size = batch * N::Outputs::DIM;
        let outputs = &scalars.pass[..size];
        for metric in metrics {
            metric.add(&N::views(outputs, batch), targets)?;
        }
        let (gradient, memory) = scalars.of_losses.split_at_mut(size);
        let value = self.0.evaluate_on(batch, outputs, targets, gradient, memory)?;
        Ok(value.to_f64())
    }
}
