//! Which class is taken for which.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::classes::{labelled, predicted};
use super::definition::Metric;
use crate::inference::{Integers, SingleOutput};
use crate::training::loss::LossError;

/// How many samples of each class are taken for each: a row for each true class, a column for each predicted
/// one, as scikit-learn's.
///
/// As a [`Metric`] it is the accuracy; lent to a trainer, it holds the last evaluation afterwards.
///
/// ```
/// use nncore::training::metrics::ConfusionMatrix;
///
/// let mut matrix = ConfusionMatrix::new(3);
/// for (class, prediction) in [(0, 0), (0, 1), (1, 1), (1, 1), (2, 1)] {
///     matrix.count(class, prediction);
/// }
/// assert_eq!(matrix.row(0), [1, 1, 0]);
/// assert_eq!((matrix.precision(1), matrix.recall(0), matrix.accuracy()), (0.5, 0.5, 0.6));
/// // Nothing is taken for class 2: 0 in place of 0/0.
/// assert_eq!((matrix.precision(2), matrix.f1(2)), (0.0, 0.0));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConfusionMatrix {
    classes: usize,
    counts: Vec<u64>,
}

impl ConfusionMatrix {
    /// Of so many classes, before the first sample. One by `default()` has as many as the first batch.
    #[must_use]
    pub fn new(classes: usize) -> Self {
        Self { classes, counts: vec![0; classes * classes] }
    }

    /// How many classes there are.
    #[must_use]
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// Takes a sample of a class, and the class that it is taken for.
    ///
    /// # Panics
    /// If there is no such class.
    pub fn count(&mut self, class: usize, prediction: usize) {
        assert!(class < self.classes && prediction < self.classes, "no class of this matrix");
        self.counts[class * self.classes + prediction] += 1;
    }

    /// How many samples of a class are taken for each class.
    ///
    /// # Panics
    /// If there is no such class.
    #[must_use]
    pub fn row(&self, class: usize) -> &[u64] {
        &self.counts[class * self.classes..][..self.classes]
    }

    /// How many samples there have been.
    #[must_use]
    pub fn samples(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The share of samples that are taken for what they are.
    #[must_use]
    pub fn accuracy(&self) -> f64 {
        let right: u64 = (0..self.classes).map(|class| self.right(class)).sum();
        right as f64 / self.samples() as f64
    }

    /// The share of the samples taken for a class that are of it; 0 if none is.
    #[must_use]
    pub fn precision(&self, class: usize) -> f64 {
        ratio(self.right(class), self.predicted(class))
    }

    /// The share of the samples of a class that are taken for it; 0 if there are none.
    #[must_use]
    pub fn recall(&self, class: usize) -> f64 {
        ratio(self.right(class), self.of_class(class))
    }

    /// The harmonic mean of precision and recall; 0 if one of them is.
    #[must_use]
    pub fn f1(&self, class: usize) -> f64 {
        ratio(2 * self.right(class), self.predicted(class) + self.of_class(class))
    }

    /// The mean of a measure over the classes that samples are of, or are taken for.
    pub(super) fn mean(&self, measure: impl Fn(&Self, usize) -> f64) -> f64 {
        let seen = |&class: &usize| self.predicted(class) + self.of_class(class) > 0;
        let values: Vec<f64> =
            (0..self.classes).filter(seen).map(|class| measure(self, class)).collect();
        values.iter().sum::<f64>() / values.len() as f64
    }

    fn right(&self, class: usize) -> u64 {
        self.row(class)[class]
    }

    fn of_class(&self, class: usize) -> u64 {
        self.row(class).iter().sum()
    }

    fn predicted(&self, class: usize) -> u64 {
        (0..self.classes).map(|other| self.row(other)[class]).sum()
    }
}

fn ratio(part: u64, of: u64) -> f64 {
    if of == 0 { 0.0 } else { part as f64 / of as f64 }
}

impl<N: SingleOutput, Y: Integers + ?Sized> Metric<N, Y> for ConfusionMatrix {
    fn name(&self) -> String {
        "accuracy".into()
    }

    fn start(&mut self) {
        self.counts.fill(0);
    }

    fn add(&mut self, outputs: &N::OutputViews<'_>, targets: &Y) -> Result<(), LossError> {
        for one in labelled(outputs, targets)? {
            let (row, class) = one?;
            if self.classes != row.len() {
                *self = Self::new(row.len());
            }
            self.count(class, predicted(row));
        }
        Ok(())
    }

    fn value(&self) -> f64 {
        self.accuracy()
    }
}
