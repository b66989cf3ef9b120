//! The best epoch, and whether there is hope for a better one.

use super::measure::{Measure, is_better};
use crate::memory::Parameters;
use crate::training::resume::{Record, RecordError, Resumable};
use crate::training::schedule::Mode;

/// Ends training when a measure no longer gets better, and gives the network the parameters of the best epoch.
///
/// ```
/// use nncore::trainer::{EarlyStopping, Measure};
/// use nncore::training::schedule::Mode;
///
/// let by_accuracy = EarlyStopping {
///     measure: Measure::Metric("accuracy"),
///     mode: Mode::Max,
///     patience: 3,
///     ..EarlyStopping::default()
/// };
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EarlyStopping {
    /// What is to get better, the loss.
    pub measure: Measure,
    /// What is good, [`Mode::Min`].
    pub mode: Mode,
    /// How many epochs in a row may be no better, 10.
    pub patience: u64,
    /// What an epoch has to be better by, 0.
    pub min_delta: f64,
}

impl Default for EarlyStopping {
    fn default() -> Self {
        Self { measure: Measure::Loss, mode: Mode::Min, patience: 10, min_delta: 0.0 }
    }
}

/// The best epoch so far, with its parameters.
pub(super) struct Best<N> {
    pub settings: EarlyStopping,
    /// The epoch, from 1; 0 before the first.
    pub epoch: u64,
    measure: f64,
    /// Epochs in a row that were no better.
    bad_epochs: u64,
    /// What the network was then.
    network: Box<N>,
}

impl<N: Parameters> Best<N> {
    pub fn new(settings: EarlyStopping) -> Self {
        Self { settings, epoch: 0, measure: f64::NAN, bad_epochs: 0, network: N::zeros() }
    }

    /// Takes an epoch.
    pub fn add(&mut self, epoch: u64, measure: f64, network: &N) {
        let EarlyStopping { mode, min_delta, .. } = self.settings;
        if self.epoch > 0 && !is_better(mode, measure, self.measure, min_delta) {
            self.bad_epochs += 1;
            return;
        }
        (self.epoch, self.measure, self.bad_epochs) = (epoch, measure, 0);
        copy(network, &mut self.network);
    }

    pub fn is_hopeless(&self) -> bool {
        self.epoch > 0 && self.bad_epochs >= self.settings.patience.max(1)
    }

    /// Gives a network the best parameters, if there are some.
    pub fn restore(&self, network: &mut N) {
        if self.epoch > 0 {
            copy(&*self.network, network);
        }
    }
}

fn copy<N: Parameters>(from: &N, to: &mut N) {
    let (parameters, states) = to.split_mut();
    parameters.copy_from_slice(from.as_slice());
    states.copy_from_slice(from.states());
}

impl<N: Parameters> Resumable for Best<N> {
    fn record(&self) -> Record {
        let mut record = Record::default();
        record.put_integers("epoch", [self.epoch]);
        record.put_integers("bad_epochs", [self.bad_epochs]);
        record.put_numbers("measure", &[self.measure]);
        record.put_numbers("parameters", self.network.as_slice());
        record.put_numbers("states", self.network.states());
        record
    }

    fn resume(&mut self, record: &Record) -> Result<(), RecordError> {
        let (epoch, bad_epochs) = (record.integer("epoch")?, record.integer("bad_epochs")?);
        let measure = record.number("measure")?;
        let (own_parameters, own_states) = self.network.split_mut();
        let parameters = record.numbers_of("parameters", own_parameters.len())?;
        let states = record.numbers_of("states", own_states.len())?;
        own_parameters.copy_from_slice(&parameters);
        own_states.copy_from_slice(&states);
        (self.epoch, self.bad_epochs, self.measure) = (epoch, bad_epochs, measure);
        Ok(())
    }
}
