//! Training in one call: the loop over epochs and batches, with validation, metrics, early stopping and
//! checkpoints.

mod callback;
mod data;
mod error;
mod fit;
mod history;
mod measure;
mod objective;
mod order;
mod position;
mod progress;
mod rate;
mod run;
mod settings;
mod start;
mod state;
mod stopping;
mod validation;

pub use callback::{Epoch, Step};
pub use data::{FromFn, TrainingData, from_fn};
pub use error::TrainError;
pub use history::{History, Row, Stop};
pub use measure::Measure;
pub use progress::Progress;
pub use settings::Trainer;
pub use stopping::EarlyStopping;
pub use validation::Evaluation;
