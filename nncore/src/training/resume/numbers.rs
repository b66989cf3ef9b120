//! Single numbers: counters and measures of the program's own.

use super::error::RecordError;
use super::record::{Record, Resumable};

impl Resumable for u64 {
    fn record(&self) -> Record {
        let mut record = Record::default();
        record.put_integers("value", [*self]);
        record
    }

    fn resume(&mut self, record: &Record) -> Result<(), RecordError> {
        *self = record.integer("value")?;
        Ok(())
    }
}

impl Resumable for f64 {
    fn record(&self) -> Record {
        let mut record = Record::default();
        record.put_numbers("value", &[*self]);
        record
    }

    fn resume(&mut self, record: &Record) -> Result<(), RecordError> {
        *self = record.number("value")?;
        Ok(())
    }
}
