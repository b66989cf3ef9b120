//! What became of a network, epoch by epoch.

use crate::training::resume::{Record, RecordError, Resumable};

/// A row for each epoch: plain data.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// The names of the metrics, in the order of those of a row.
    pub metrics: Vec<String>,
    /// The epochs, from the first.
    pub rows: Vec<Row>,
    /// The epoch, from 1, whose parameters the network has, if early stopping has chosen one.
    pub best_epoch: Option<u64>,
    /// Why training ended.
    pub stop: Stop,
}

/// One epoch.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its number, from 1.
    pub epoch: u64,
    /// The mean loss of its samples, each as it was when the network learnt from it.
    pub loss: f64,
    /// The mean loss of the validation set, if there is one, after the epoch.
    pub validation_loss: Option<f64>,
    /// The metrics: of the validation set, or, without one, of the samples as the network learnt from them.
    pub metrics: Vec<f64>,
    /// The learning rate of its last step.
    pub lr: f64,
    /// How long it took, with its validation.
    pub seconds: f64,
}

/// Why training ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stop {
    /// All epochs or steps are done.
    #[default]
    Done,
    /// The measure of early stopping no longer got better.
    Early,
    /// A callback has said so.
    Callback,
}

impl History {
    /// The numbers of a metric, epoch by epoch, if there is one of this name.
    ///
    /// ```
    /// # use nncore::trainer::{History, Row};
    /// let row = |epoch, accuracy| Row {
    ///     epoch, loss: 1.0, validation_loss: None, metrics: vec![accuracy], lr: 0.1, seconds: 1.0,
    /// };
    /// let rows = vec![row(1, 0.5), row(2, 0.75)];
    /// let history = History { metrics: vec!["accuracy".into()], rows, ..History::default() };
    /// assert_eq!(history.metric("accuracy"), Some(vec![0.5, 0.75]));
    /// assert_eq!(history.metric("recall"), None);
    /// ```
    #[must_use]
    pub fn metric(&self, name: &str) -> Option<Vec<f64>> {
        let at = self.metrics.iter().position(|metric| metric == name)?;
        Some(self.rows.iter().filter_map(|row| row.metrics.get(at).copied()).collect())
    }

    /// The row of the last epoch, if there has been one.
    #[must_use]
    pub fn last(&self) -> Option<&Row> {
        self.rows.last()
    }
}

/// The rows; best epoch and end are those of the run that goes on.
impl Resumable for History {
    fn record(&self) -> Record {
        let column = |of: fn(&Row) -> f64| self.rows.iter().map(of).collect::<Vec<_>>();
        let mut record = Record::default();
        record.put_text("metrics", self.metrics.join(", "));
        record.put_numbers("loss", &column(|row| row.loss));
        record
            .put_numbers("validation_loss", &column(|row| row.validation_loss.unwrap_or(f64::NAN)));
        let has_validation = self.rows.iter().map(|row| row.validation_loss.is_some().into());
        record.put_integers("has_validation", has_validation.collect::<Vec<u64>>());
        record.put_numbers("lr", &column(|row| row.lr));
        record.put_numbers("seconds", &column(|row| row.seconds));
        for (at, name) in self.metrics.iter().enumerate() {
            let values: Vec<f64> = self.rows.iter().map(|row| row.metrics[at]).collect();
            record.put_numbers(&format!("metric.{name}"), &values);
        }
        record
    }

    fn resume(&mut self, record: &Record) -> Result<(), RecordError> {
        Record::check("metrics", &record.text("metrics")?, &&*self.metrics.join(", "))?;
        let losses: Vec<f64> = record.numbers("loss")?;
        let count = losses.len();
        let column = |name: &str| record.numbers_of::<f64>(name, count);
        let (validation, lr, seconds) =
            (column("validation_loss")?, column("lr")?, column("seconds")?);
        let has_validation = record.integers("has_validation")?;
        let metrics: Result<Vec<Vec<f64>>, _> =
            self.metrics.iter().map(|name| column(&format!("metric.{name}"))).collect();
        let metrics = metrics?;
        let row = |at: usize| Row {
            epoch: at as u64 + 1,
            loss: losses[at],
            validation_loss: (has_validation.get(at) == Some(&1)).then_some(validation[at]),
            metrics: metrics.iter().map(|values| values[at]).collect(),
            lr: lr[at],
            seconds: seconds[at],
        };
        self.rows = (0..count).map(row).collect();
        Ok(())
    }
}
