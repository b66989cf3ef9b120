//! The beginning of a run: what is asked for, checked.

use super::data::TrainingData;
use super::error::TrainError;
use super::history::History;
use super::objective::Objective;
use super::order::{Samples, samples};
use super::position::Position;
use super::progress::Reporter;
use super::rate::Rate;
use super::run::Run;
use super::settings::{Length, Plan, Validation};
use super::state::State;
use super::stopping::Best;
use crate::inference::Network;
use crate::training::Pass;
use crate::training::optimizer::{Optimizer, Rule};

/// A run before its first step, or where a checkpoint has been written.
pub(super) fn start<'r, 'a, N: Network, I, Y, R: Rule>(
    plan: &'r mut Plan<'a, N, I, Y>,
    model: &'r mut N,
    rule: R,
    data: &'r dyn TrainingData<Inputs = I, Targets = Y>,
    objective: &'r dyn Objective<N, I, Y>,
) -> Result<Run<'r, 'a, N, I, Y, R>, TrainError> {
    check_counts(plan)?;
    let samples = chosen(plan, data)?;
    let mut state = state(plan, model, rule, &samples)?;
    check_measures(plan, &state.history.metrics)?;
    if let Some(path) = &plan.resume {
        state.load(model, path)?;
    }
    let epochs = match plan.length {
        Length::Epochs(epochs) => Some(epochs),
        Length::Steps(_) => None,
    };
    let reporter = Reporter::new(plan.progress, epochs);
    let (gradient, part) = (N::zeros(), (plan.accumulate > 1).then(N::zeros));
    Ok(Run { plan, model, data, objective, samples, state, gradient, part, reporter })
}

/// That nothing is 0 which has to be counted.
pub(super) fn check_counts<N: Network, I, Y>(plan: &Plan<'_, N, I, Y>) -> Result<(), TrainError> {
    let every = plan.checkpoints.as_ref().map_or(1, |(_, every)| *every);
    let counts = [
        ("batch_size", plan.batch_size == 0),
        ("accumulate", plan.accumulate == 0),
        ("checkpoints", every == 0),
    ];
    match counts.into_iter().find(|(_, is_zero)| *is_zero) {
        Some((setting, _)) => Err(TrainError::Zero { setting }),
        None => Ok(()),
    }
}

/// The samples of training and of validation.
fn chosen<N: Network, I, Y>(
    plan: &Plan<'_, N, I, Y>,
    data: &dyn TrainingData<Inputs = I, Targets = Y>,
) -> Result<Samples, TrainError> {
    let (len, seed) = (data.len(), plan.seed);
    let nothing = |purpose, found| Err(TrainError::NoSamples { purpose, found });
    let samples = match plan.validation {
        Validation::Nothing => samples(len, None, seed)?,
        Validation::Split(share) => samples(len, Some(share), seed)?,
        Validation::Set(other) => {
            Samples { validation: (0..other.len()).collect(), ..samples(len, None, seed)? }
        }
    };
    let least = if plan.drop_last { plan.batch_size } else { 1 };
    match &plan.validation {
        _ if samples.training.len() < least => nothing("to train on", len),
        Validation::Split(_) if samples.validation.is_empty() => nothing("to validate on", len),
        Validation::Set(_) if samples.validation.is_empty() => nothing("to validate on", 0),
        _ => Ok(samples),
    }
}

fn state<N: Network, I, Y, R: Rule>(
    plan: &Plan<'_, N, I, Y>,
    model: &mut N,
    rule: R,
    samples: &Samples,
) -> Result<State<N, R>, TrainError> {
    let mut optimizer: Optimizer<R, N> = rule.over(&model)?;
    for (name, group) in &plan.groups {
        optimizer.set_group(name, *group)?;
    }
    let mut pass = Pass::new(plan.batch_size);
    pass.set_seed(plan.seed);
    let position = Position {
        epoch: 0,
        base_lr: optimizer.lr(),
        seed: plan.seed,
        samples: samples.training.len() as u64,
        batch_size: plan.batch_size as u64,
        accumulate: plan.accumulate as u64,
    };
    let metrics = plan.metrics.iter().map(|metric| metric.name()).collect();
    let plateau = match plan.rate {
        Rate::OnPlateau(settings, _) => Some(settings.start()),
        Rate::Constant | Rate::OfEpoch(_) | Rate::OfStep(_) => None,
    };
    Ok(State {
        position,
        optimizer,
        pass,
        history: History { metrics, ..History::default() },
        plateau,
        best: plan.early_stopping.map(Best::new),
    })
}

/// That every measure that is looked at is there.
fn check_measures<N: Network, I, Y>(
    plan: &Plan<'_, N, I, Y>,
    metrics: &[String],
) -> Result<(), TrainError> {
    let plateau = match plan.rate {
        Rate::OnPlateau(_, measure) => Some(measure),
        Rate::Constant | Rate::OfEpoch(_) | Rate::OfStep(_) => None,
    };
    let stopping = plan.early_stopping.map(|settings| settings.measure);
    plateau.into_iter().chain(stopping).try_for_each(|measure| measure.check(metrics))
}
