//! How often the class of a sample is found.

use alloc::format;
use alloc::string::String;
use core::cmp::Ordering;

use super::definition::Metric;
use crate::inference::{Integers, SamplesView, SingleOutput, index_below};
use crate::scalar::Real;
use crate::training::loss::LossError;
use nalgebra::DimName;

/// Outputs with the class that they should have named, a row of outputs for each label: one a sample, or
/// several, as for each step of a sequence.
pub(super) fn labelled<'a, T: Real, F: DimName, Y: Integers + ?Sized>(
    outputs: &'a SamplesView<'_, T, F>,
    targets: &'a Y,
) -> Result<impl Iterator<Item = Result<(&'a [T], usize), LossError>>, LossError> {
    let (samples, labels) = (outputs.ncols(), targets.as_integers());
    let each = labels.len().checked_div(samples).unwrap_or(0).max(1);
    if labels.len() != each * samples || !F::DIM.is_multiple_of(each) {
        return Err(LossError::Samples { expected: samples, found: labels.len() });
    }
    let classes = F::DIM / each;
    let rows = outputs.as_slice().chunks_exact(classes.max(1));
    Ok(rows.zip(labels).enumerate().map(move |(at, (row, label))| {
        let wrong = |label| LossError::Label { sample: at / each, label, classes };
        Ok((row, index_below(*label, classes).map_err(wrong)?))
    }))
}

/// How many outputs are greater than that of a class, or equal and before it. NaN is greater than all, as in
/// PyTorch.
fn rank<T: Real>(row: &[T], class: usize) -> usize {
    let own = row[class];
    let is_before = |(at, other): (usize, &T)| match other.partial_cmp(&own) {
        Some(Ordering::Less) => false,
        Some(Ordering::Equal) => at < class,
        Some(Ordering::Greater) => true,
        None => other.is_nan() && (!own.is_nan() || at < class),
    };
    row.iter().enumerate().filter(|&one| is_before(one)).count()
}

/// The class with the greatest output, the first of equal ones.
pub(super) fn predicted<T: Real>(row: &[T]) -> usize {
    (0..row.len()).find(|&class| rank(row, class) == 0).unwrap_or(0)
}

/// The share of samples whose greatest output is that of their class; of equal outputs, the first counts as the
/// greatest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accuracy(Found);

/// The share of samples whose class is among those of the k greatest outputs; of equal outputs, the first counts
/// as the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TopK {
    k: usize,
    found: Found,
}

impl TopK {
    /// Among the `k` greatest.
    #[must_use]
    pub fn new(k: usize) -> Self {
        Self { k, found: Found::default() }
    }
}

/// How many classes were among the greatest outputs, and how many there were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Found {
    right: u64,
    all: u64,
}

impl Found {
    /// Those of before, and of a batch those that are among the `k` greatest outputs.
    fn with<T: Real, F: DimName, Y: Integers + ?Sized>(
        self,
        outputs: &SamplesView<'_, T, F>,
        targets: &Y,
        k: usize,
    ) -> Result<Self, LossError> {
        labelled(outputs, targets)?.try_fold(self, |Self { right, all }, one| {
            let (row, class) = one?;
            Ok(Self { right: right + u64::from(rank(row, class) < k), all: all + 1 })
        })
    }

    fn share(self) -> f64 {
        self.right as f64 / self.all as f64
    }
}

impl<N: SingleOutput, Y: Integers + ?Sized> Metric<N, Y> for Accuracy {
    fn name(&self) -> String {
        "accuracy".into()
    }

    fn start(&mut self) {
        *self = Self::default();
    }

    fn add(&mut self, outputs: &N::OutputViews<'_>, targets: &Y) -> Result<(), LossError> {
        self.0 = self.0.with(outputs, targets, 1)?;
        Ok(())
    }

    fn value(&self) -> f64 {
        self.0.share()
    }
}

impl<N: SingleOutput, Y: Integers + ?Sized> Metric<N, Y> for TopK {
    fn name(&self) -> String {
        format!("top_{}", self.k)
    }

    fn start(&mut self) {
        *self = Self::new(self.k);
    }

    fn add(&mut self, outputs: &N::OutputViews<'_>, targets: &Y) -> Result<(), LossError> {
        self.found = self.found.with(outputs, targets, self.k)?;
        Ok(())
    }

    fn value(&self) -> f64 {
        self.found.share()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_count_what_is_greater() {
        let row = [0.5, 2.0, -1.0, 2.0];
        assert_eq!([0, 1, 2, 3].map(|class| rank(&row, class)), [2, 0, 3, 1]);
        assert_eq!(predicted(&row), 1);
        assert_eq!([0, 1, 2].map(|class| rank(&[1.0, f64::NAN, f64::NAN], class)), [2, 0, 1]);
        assert_eq!(predicted::<f32>(&[f32::NEG_INFINITY; 3]), 0);
    }
}
