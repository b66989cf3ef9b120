//! Samples that a network does not learn from.

use super::data::TrainingData;
use super::error::TrainError;
use super::objective::{Metrics, Objective};
use crate::inference::Network;
use crate::training::Pass;

/// The loss and the metrics of samples.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// The mean loss.
    pub loss: f64,
    /// The metrics, in the order in which the trainer was given them.
    pub metrics: Vec<f64>,
}

/// Evaluates some of the samples, so many at a time.
pub(super) fn evaluate<N: Network, I, Y>(
    model: &N,
    (data, samples): (&dyn TrainingData<Inputs = I, Targets = Y>, &[usize]),
    batch_size: usize,
    objective: &dyn Objective<N, I, Y>,
    pass: &mut Pass<N>,
    metrics: &mut Metrics<'_, N, Y>,
) -> Result<Evaluation, TrainError> {
    if samples.is_empty() {
        return Err(TrainError::NoSamples { purpose: "to evaluate", found: data.len() });
    }
    for metric in metrics.iter_mut() {
        metric.start();
    }
    let mut sum = 0.0;
    for part in samples.chunks(batch_size) {
        let batch = data.batch(part);
        sum += objective.evaluate(model, &batch, pass, metrics)? * part.len() as f64;
    }
    let metrics = metrics.iter().map(|metric| metric.value()).collect();
    Ok(Evaluation { loss: sum / samples.len() as f64, metrics })
}
