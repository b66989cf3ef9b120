//! Precision, recall and their mean, of one class or of all.

use alloc::format;
use alloc::string::String;

use super::confusion::ConfusionMatrix;
use super::definition::Metric;
use crate::inference::{Integers, SingleOutput};
use crate::training::loss::LossError;

/// What is measured of a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Score {
    /// The share of the samples taken for the class that are of it.
    Precision,
    /// The share of the samples of the class that are taken for it.
    Recall,
    /// Their harmonic mean.
    F1,
}

/// Of which classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Average {
    /// The mean over all classes that samples are of, or are taken for, each class counting the same.
    Macro,
    /// Of one class alone.
    OfClass(usize),
}

/// Precision, recall or F1.
///
/// ```
/// use nncore::training::metrics::{Average, ClassScore};
/// assert_eq!(ClassScore::f1().average, Average::Macro);
/// assert_eq!(ClassScore::recall().of_class(1).average, Average::OfClass(1));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassScore {
    /// What is measured.
    pub score: Score,
    /// Of which classes.
    pub average: Average,
    matrix: ConfusionMatrix,
}

impl ClassScore {
    /// The precision, as the mean of all classes.
    #[must_use]
    pub fn precision() -> Self {
        Self::new(Score::Precision)
    }

    /// The recall, as the mean of all classes.
    #[must_use]
    pub fn recall() -> Self {
        Self::new(Score::Recall)
    }

    /// F1, as the mean of all classes.
    #[must_use]
    pub fn f1() -> Self {
        Self::new(Score::F1)
    }

    /// The same of one class alone.
    #[must_use]
    pub fn of_class(self, class: usize) -> Self {
        Self { average: Average::OfClass(class), ..self }
    }

    fn new(score: Score) -> Self {
        Self { score, average: Average::Macro, matrix: ConfusionMatrix::default() }
    }

    fn of(&self, class: usize) -> f64 {
        match self.score {
            _ if class >= self.matrix.classes() => 0.0,
            Score::Precision => self.matrix.precision(class),
            Score::Recall => self.matrix.recall(class),
            Score::F1 => self.matrix.f1(class),
        }
    }
}

impl<N: SingleOutput, Y: Integers + ?Sized> Metric<N, Y> for ClassScore {
    fn name(&self) -> String {
        let name = match self.score {
            Score::Precision => "precision",
            Score::Recall => "recall",
            Score::F1 => "f1",
        };
        match self.average {
            Average::Macro => name.into(),
            Average::OfClass(class) => format!("{name}_{class}"),
        }
    }

    fn start(&mut self) {
        Metric::<N, Y>::start(&mut self.matrix);
    }

    fn add(&mut self, outputs: &N::OutputViews<'_>, targets: &Y) -> Result<(), LossError> {
        Metric::<N, Y>::add(&mut self.matrix, outputs, targets)
    }

    fn value(&self) -> f64 {
        match self.average {
            Average::Macro => self.matrix.mean(|_, class| self.of(class)),
            Average::OfClass(class) => self.of(class),
        }
    }
}
