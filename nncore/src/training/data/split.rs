//! Datasets in another order, in two parts, and in folds.

use alloc::vec::Vec;

use rand::{Rng, RngExt};

use super::dataset::Dataset;
use super::error::DatasetError;
use crate::scalar::Real;

impl<T: Real> Dataset<T> {
    /// Puts the samples into a random order, all columns alike, so that batches are slices of the data.
    pub fn shuffle<R: Rng + ?Sized>(&mut self, rng: &mut R) {
        shuffle(self.len(), rng, |first, second| self.swap(first, second));
    }

    /// The numbers of all samples in a random order: the one that [`Self::shuffle`] would put them in.
    pub fn order<R: Rng + ?Sized>(&self, rng: &mut R) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.len()).collect();
        shuffle(order.len(), rng, |first, second| order.swap(first, second));
        order
    }

    /// Two parts of the samples in a random order: a share of them, to the nearest number, and the rest.
    ///
    /// ```
    /// use nncore::training::data::Dataset;
    /// use nncore::training::initialise::seed;
    ///
    /// let data = Dataset::new().with_reals("x", 1, [1.0, 2.0, 3.0, 4.0, 5.0f32])?;
    /// let (train, validation) = data.split(0.8, &mut seed(7))?;
    /// assert_eq!((train.len(), validation.len()), (4, 1));
    /// # Ok::<(), nncore::training::data::DatasetError>(())
    /// ```
    ///
    /// # Errors
    /// If the share is not from 0 to 1.
    pub fn split<R: Rng + ?Sized>(
        mut self,
        share: f64,
        rng: &mut R,
    ) -> Result<(Self, Self), DatasetError> {
        if !(0.0..=1.0).contains(&share) {
            return Err(DatasetError::Share { found: share });
        }
        self.shuffle(rng);
        let first = libm::round(share * self.len() as f64);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "0 to the length"
        )]
        self.split_at(first as usize)
    }

    /// The first samples and the rest, in their present order, as for a series in time.
    ///
    /// # Errors
    /// If there are not as many samples.
    pub fn split_at(mut self, first: usize) -> Result<(Self, Self), DatasetError> {
        let len = self.len();
        if first > len {
            return Err(DatasetError::TooMany { len, found: first });
        }
        let rest = self.split_off(first);
        Ok((self, rest))
    }

    /// As many pairs of lists as there are folds, each of the samples to train on and of those to validate on.
    /// Every sample is in one of the lists for validation, whose lengths differ by at most one.
    ///
    /// ```
    /// use nncore::training::data::Dataset;
    /// use nncore::training::initialise::seed;
    ///
    /// let data = Dataset::new().with_reals("x", 1, [0.0f32; 10])?;
    /// for (train, validation) in data.folds(5, &mut seed(0))? {
    ///     assert_eq!((train.len(), validation.len()), (8, 2));
    ///     let train = data.select(&train)?;      // or batch by batch: `data.gather(&train[..4], …)`
    ///     assert_eq!(train.len(), 8);
    /// }
    /// # Ok::<(), nncore::training::data::DatasetError>(())
    /// ```
    ///
    /// # Errors
    /// If there are less than 2 folds, or more than samples.
    pub fn folds<R: Rng + ?Sized>(
        &self,
        folds: usize,
        rng: &mut R,
    ) -> Result<impl ExactSizeIterator<Item = (Vec<usize>, Vec<usize>)> + use<T, R>, DatasetError>
    {
        let len = self.len();
        if !(2..=len).contains(&folds) {
            return Err(DatasetError::Folds { len, found: folds });
        }
        let order = self.order(rng);
        let (least, longer) = (len / folds, len % folds);
        let begin = move |fold: usize| fold * least + fold.min(longer);
        Ok((0..folds).map(move |fold| {
            let (start, end) = (begin(fold), begin(fold + 1));
            ([&order[..start], &order[end..]].concat(), order[start..end].to_vec())
        }))
    }
}

/// Fisher's and Yates's shuffle.
fn shuffle<R: Rng + ?Sized>(len: usize, rng: &mut R, mut swap: impl FnMut(usize, usize)) {
    for last in (1..len).rev() {
        swap(last, rng.random_range(0..=last));
    }
}
