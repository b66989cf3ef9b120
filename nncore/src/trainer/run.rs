//! The loop: epochs, steps, and what follows each of them.

use std::time::Instant;

use super::callback::{Epoch, Step};
use super::data::TrainingData;
use super::error::TrainError;
use super::history::{History, Row, Stop};
use super::objective::Objective;
use super::order::{Samples, shuffled};
use super::progress::Reporter;
use super::rate::Rate;
use super::settings::{Clip, Length, Plan, Validation};
use super::state::State;
use super::stopping::Best;
use super::validation::{Evaluation, evaluate};
use crate::inference::Network;
use crate::scalar::Real;
use crate::training::Gradient;
use crate::training::optimizer::Rule;

/// A network in training.
pub(super) struct Run<'r, 'a, N: Network, I, Y, R: Rule> {
    pub plan: &'r mut Plan<'a, N, I, Y>,
    pub model: &'r mut N,
    pub data: &'r dyn TrainingData<Inputs = I, Targets = Y>,
    pub objective: &'r dyn Objective<N, I, Y>,
    pub samples: Samples,
    pub state: State<N, R>,
    pub gradient: Box<N>,
    /// The gradient of one of several batches in a step.
    pub part: Option<Box<N>>,
    pub reporter: Reporter,
}

/// What the steps of an epoch have come to.
struct Learnt {
    loss: f64,
    /// Whether all samples have been seen.
    is_whole: bool,
    stop: Option<Stop>,
}

impl<N: Network, I, Y, R: Rule> Run<'_, '_, N, I, Y, R> {
    /// Epoch after epoch, to the end.
    pub fn train(mut self) -> Result<History, TrainError> {
        let mut stop = self.finished();
        while stop.is_none() {
            stop = self.epoch()?.or_else(|| self.finished());
        }
        let State { mut history, best, .. } = self.state;
        if let Some(best) = best.filter(|best| best.epoch > 0) {
            best.restore(self.model);
            history.best_epoch = Some(best.epoch);
        }
        history.stop = stop.unwrap_or_default();
        Ok(history)
    }

    /// Why there is nothing left to do.
    fn finished(&self) -> Option<Stop> {
        let State { position, optimizer, best, .. } = &self.state;
        let is_done = match self.plan.length {
            Length::Epochs(epochs) => position.epoch >= epochs,
            Length::Steps(steps) => optimizer.steps() >= steps,
        };
        let is_hopeless = best.as_ref().is_some_and(Best::is_hopeless);
        match (is_hopeless, is_done) {
            (true, _) => Some(Stop::Early),
            (false, true) => Some(Stop::Done),
            (false, false) => None,
        }
    }

    /// One epoch, and what follows it; why training ends with it, if a callback says so.
    fn epoch(&mut self) -> Result<Option<Stop>, TrainError> {
        let begin = Instant::now();
        let epoch = self.state.position.epoch + 1;
        let Learnt { loss, is_whole, stop } = self.learn(epoch)?;
        let lr = self.state.optimizer.lr();
        let (validation_loss, metrics) = self.measured()?;
        let seconds = begin.elapsed().as_secs_f64();
        let row = Row { epoch, loss, validation_loss, metrics, lr, seconds };
        self.judge(&row)?;
        self.state.history.rows.push(row);
        self.reporter.epoch(&self.state.history);
        let stop = stop.or(self.call_back());
        if is_whole {
            self.state.position.epoch = epoch;
            self.checkpoint(stop.or_else(|| self.finished()).is_some())?;
        }
        Ok(stop)
    }

    /// The steps of an epoch.
    fn learn(&mut self, epoch: u64) -> Result<Learnt, TrainError> {
        let order = self.order(epoch);
        let in_step = self.plan.batch_size.saturating_mul(self.plan.accumulate);
        let steps = order.len().div_ceil(in_step) as u64;
        self.plan.metrics.iter_mut().for_each(|metric| metric.start());
        let (mut sum, mut seen, mut done, mut stop) = (0.0, 0, 0, None);
        for samples in order.chunks(in_step) {
            if stop.is_some() || self.finished().is_some() {
                break;
            }
            let step = self.step(epoch, samples)?;
            sum += step.loss * samples.len() as f64;
            (seen, done) = (seen + samples.len(), done + 1);
            self.reporter.step(epoch, [done, steps], sum / seen as f64);
            let mut answers = self.plan.on_step.iter_mut().map(|callback| callback(&step));
            stop = answers.any(|answer| answer.is_break()).then_some(Stop::Callback);
        }
        Ok(Learnt { loss: sum / seen as f64, is_whole: done == steps, stop })
    }

    /// The samples of an epoch, one batch after the other.
    fn order(&self, epoch: u64) -> Vec<usize> {
        let Plan { shuffle, seed, drop_last, batch_size, .. } = *self.plan;
        let samples = &self.samples.training;
        let mut order = if shuffle { shuffled(samples, seed, epoch) } else { samples.clone() };
        if drop_last {
            order.truncate(order.len() / batch_size * batch_size);
        }
        order
    }

    /// A step of the optimizer, along the gradient of one batch or of several.
    fn step(&mut self, epoch: u64, samples: &[usize]) -> Result<Step, TrainError> {
        let loss = self.differentiate(samples)?;
        let gradient_norm = match self.plan.clip {
            Some(Clip::Norm(max)) => Some(self.gradient.clip_norm(max)),
            Some(Clip::Value(max)) => {
                self.gradient.clip_value(max);
                None
            }
            None => None,
        };
        let State { optimizer, position, .. } = &mut self.state;
        self.plan.rate.set(optimizer, position.base_lr, epoch)?;
        optimizer.step(self.model, &self.gradient);
        Ok(Step { step: optimizer.steps(), epoch, loss, lr: optimizer.lr(), gradient_norm })
    }

    /// The mean loss of samples, and its gradient.
    fn differentiate(&mut self, samples: &[usize]) -> Result<f64, TrainError> {
        let Self { plan, model, data, objective, state, gradient, part, .. } = self;
        let mut none = Vec::new();
        let metrics = match plan.validation {
            Validation::Nothing => &mut plan.metrics,
            Validation::Split(_) | Validation::Set(_) => &mut none,
        };
        let Some(part) = part.as_mut().filter(|_| samples.len() > plan.batch_size) else {
            let batch = data.batch(samples);
            return Ok(objective.learn(model, &batch, &mut state.pass, metrics, gradient)?);
        };
        gradient.as_mut_slice().fill(Real::ZERO);
        let mut loss = 0.0;
        for batch in samples.chunks(plan.batch_size) {
            let share = batch.len() as f64 / samples.len() as f64;
            let batch = data.batch(batch);
            loss += share * objective.learn(model, &batch, &mut state.pass, metrics, part)?;
            gradient.add(part, share);
            // Each batch moves running statistics, as in PyTorch.
            gradient.states_mut().copy_from_slice(part.states());
            model.states_mut().copy_from_slice(part.states());
        }
        Ok(loss)
    }

    /// The loss of validation, and the metrics.
    fn measured(&mut self) -> Result<(Option<f64>, Vec<f64>), TrainError> {
        let Self { plan, model, data, objective, samples, state, .. } = self;
        let data = match plan.validation {
            Validation::Nothing => {
                return Ok((None, plan.metrics.iter().map(|metric| metric.value()).collect()));
            }
            Validation::Split(_) => *data,
            Validation::Set(data) => data,
        };
        let (samples, size) = ((data, &*samples.validation), plan.batch_size);
        let (pass, metrics) = (&mut state.pass, &mut plan.metrics);
        let Evaluation { loss, metrics } =
            evaluate(&**model, samples, size, *objective, pass, metrics)?;
        Ok((Some(loss), metrics))
    }

    /// What follows from the measures of an epoch for the learning rate and the end of training.
    fn judge(&mut self, row: &Row) -> Result<(), TrainError> {
        let State { optimizer, history, plateau, best, .. } = &mut self.state;
        if let (Some(plateau), Rate::OnPlateau(_, measure)) = (plateau, &self.plan.rate) {
            let lr = plateau.step(measure.of(row, &history.metrics), optimizer.lr());
            optimizer.set_lr(lr)?;
        }
        if let Some(best) = best {
            let measure = best.settings.measure.of(row, &history.metrics);
            best.add(row.epoch, measure, self.model);
        }
        Ok(())
    }

    /// Why callbacks end training, if one does.
    fn call_back(&mut self) -> Option<Stop> {
        let epoch = Epoch { model: &*self.model, history: &self.state.history };
        let mut answers = self.plan.on_epoch.iter_mut().map(|callback| callback(&epoch));
        answers.any(|answer| answer.is_break()).then_some(Stop::Callback)
    }

    /// Writes a checkpoint, if it is time for one.
    fn checkpoint(&self, is_last: bool) -> Result<(), TrainError> {
        let Some((path, every)) = &self.plan.checkpoints else { return Ok(()) };
        if is_last || self.state.position.epoch.is_multiple_of(*every) {
            self.state.save(self.model, path)?;
        }
        Ok(())
    }
}
