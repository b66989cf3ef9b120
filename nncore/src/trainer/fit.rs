//! A trainer at work.

use std::ops::DerefMut;

use super::data::TrainingData;
use super::error::TrainError;
use super::history::History;
use super::objective::OfLoss;
use super::settings::Trainer;
use super::start::{check_counts, start};
use super::validation::{Evaluation, evaluate};
use crate::inference::{InputBatch, Network};
use crate::training::Pass;
use crate::training::loss::{Accepts, LossOn};
use crate::training::optimizer::Rule;

impl<N: Network, I, Y, L, R: Rule> Trainer<'_, N, I, Y, L, R> {
    /// Trains a network, with an optimizer that begins now, and returns what became of it.
    ///
    /// # Errors
    /// If there are no samples, or they do not fit the network or the loss; if a setting is out of its range; if
    /// a checkpoint cannot be written or read. The network is then as the last step has left it.
    pub fn fit<D, K>(
        &mut self,
        model: &mut impl DerefMut<Target = N>,
        data: &D,
    ) -> Result<History, TrainError>
    where
        D: TrainingData<Inputs = I, Targets = Y>,
        for<'b> &'b I: InputBatch<'b, N>,
        L: LossOn<N, Y, K> + Accepts<N::Meaning> + Clone,
    {
        let objective = OfLoss::<L, K>::new(&self.loss);
        start(&mut self.plan, &mut **model, self.rule, data, &objective)?.train()
    }

    /// The loss and the metrics of samples, as after training.
    ///
    /// # Errors
    /// If there are no samples, or they do not fit the network or the loss.
    pub fn evaluate<D, K>(&mut self, model: &N, data: &D) -> Result<Evaluation, TrainError>
    where
        D: TrainingData<Inputs = I, Targets = Y>,
        for<'b> &'b I: InputBatch<'b, N>,
        L: LossOn<N, Y, K> + Accepts<N::Meaning> + Clone,
    {
        check_counts(&self.plan)?;
        let objective = OfLoss::<L, K>::new(&self.loss);
        let samples: Vec<usize> = (0..data.len()).collect();
        let (size, metrics) = (self.plan.batch_size, &mut self.plan.metrics);
        evaluate(model, (data, &samples), size, &objective, &mut Pass::new(size), metrics)
    }
}
