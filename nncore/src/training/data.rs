//! Samples with their labels, in batches.

use alloc::vec::Vec;

use nalgebra::{Const, Dyn};
use rand::{Rng, RngExt};
use thiserror::Error;

use crate::inference::SamplesView;
use crate::scalar::Real;

/// Samples of `F` features, each with a label (or a target) of type `L`.
///
/// ```
/// use nncore::training::data::Dataset;
/// let xor = vec![0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0f32];
/// let mut train = Dataset::<f32, 2, u8>::new(xor, vec![0, 1, 1, 0])?;
/// train.shuffle(&mut nncore::training::initialise::seed(0));
/// let sizes: Vec<usize> = train.batches(3).map(|(x, labels)| x.ncols().min(labels.len())).collect();
/// assert_eq!(sizes, [3, 1]);
/// # Ok::<(), nncore::training::data::DatasetError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Dataset<T, const F: usize, L> {
    features: Vec<T>,
    labels: Vec<L>,
}

/// Features and labels that do not match.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("{labels} labels need {expected} features ({width} each), but there are {found}")]
pub struct DatasetError {
    /// Number of labels.
    pub labels: usize,
    /// Features of one sample.
    pub width: usize,
    /// Scalars that the labels call for.
    pub expected: usize,
    /// Scalars given.
    pub found: usize,
}

impl<T: Real, const F: usize, L> Dataset<T, F, L> {
    /// From the features of all samples, one after the other, and their labels.
    ///
    /// # Errors
    /// If there are not `F` features for each label.
    pub fn new(features: Vec<T>, labels: Vec<L>) -> Result<Self, DatasetError> {
        let (expected, found) = (labels.len().saturating_mul(F), features.len());
        if expected != found {
            return Err(DatasetError { labels: labels.len(), width: F, expected, found });
        }
        Ok(Self { features, labels })
    }

    /// Number of samples.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Puts the samples into a random order, so that batches are slices of the data, never copies.
    pub fn shuffle<R: Rng + ?Sized>(&mut self, rng: &mut R) {
        for last in (1..self.len()).rev() {
            let other = rng.random_range(0..=last);
            self.labels.swap(last, other);
            if other < last {
                let (left, right) = self.features.split_at_mut(last * F);
                left[other * F..][..F].swap_with_slice(&mut right[..F]);
            }
        }
    }

    /// The samples in their present order, `size` at a time; the last batch holds the rest.
    ///
    /// A `size` of 0 counts as 1.
    #[must_use]
    pub fn batches(
        &self,
        size: usize,
    ) -> impl ExactSizeIterator<Item = (SamplesView<'_, T, Const<F>>, &[L])> {
        let size = size.max(1);
        self.labels.chunks(size).enumerate().map(move |(k, labels)| {
            let features = &self.features[k * size * F..][..labels.len() * F];
            (SamplesView::from_slice_generic(features, Const, Dyn(labels.len())), labels)
        })
    }
}
