//! Where a run is.

use crate::training::resume::{Record, RecordError, Resumable};

/// Where a run is, and what the order of its samples follows from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Position {
    /// Whole epochs that are done.
    pub epoch: u64,
    /// The learning rate with which the run began.
    pub base_lr: f64,
    pub seed: u64,
    pub samples: u64,
    pub batch_size: u64,
    pub accumulate: u64,
}

impl Position {
    /// What has to be the same in a run that goes on.
    fn same(&self) -> [(&'static str, u64); 4] {
        let Self { seed, samples, batch_size, accumulate, .. } = *self;
        [
            ("seed", seed),
            ("samples", samples),
            ("batch_size", batch_size),
            ("accumulate", accumulate),
        ]
    }
}

impl Resumable for Position {
    fn record(&self) -> Record {
        let mut record = Record::default();
        record.put_integers("epoch", [self.epoch]);
        record.put_numbers("base_lr", &[self.base_lr]);
        for (name, value) in self.same() {
            record.put_integers(name, [value]);
        }
        record
    }

    fn resume(&mut self, record: &Record) -> Result<(), RecordError> {
        for (name, value) in self.same() {
            Record::check(name, &record.integer(name)?, &value)?;
        }
        let (epoch, base_lr) = (record.integer("epoch")?, record.number("base_lr")?);
        (self.epoch, self.base_lr) = (epoch, base_lr);
        Ok(())
    }
}
