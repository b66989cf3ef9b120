//! Which samples are trained on, which are validated on, and in which order.

use rand::seq::SliceRandom;

use super::error::TrainError;
use crate::training::initialise::seed;

/// The samples of training and, of a split, those of validation.
pub(super) struct Samples {
    pub training: Vec<usize>,
    pub validation: Vec<usize>,
}

/// All samples, but for a share of them that is drawn for validation.
pub(super) fn samples(len: usize, share: Option<f64>, of: u64) -> Result<Samples, TrainError> {
    let mut training: Vec<usize> = (0..len).collect();
    let Some(share) = share else {
        return Ok(Samples { training, validation: Vec::new() });
    };
    if !(share > 0.0 && share < 1.0) {
        return Err(TrainError::Split { found: share });
    }
    training.shuffle(&mut seed(of));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most `len`")]
    let count = (len as f64 * share).round() as usize;
    let mut validation = training.split_off(len - count);
    training.sort_unstable();
    validation.sort_unstable();
    Ok(Samples { training, validation })
}

/// The order of an epoch, from 1: it follows from the seed and the epoch alone.
pub(super) fn shuffled(samples: &[usize], of: u64, epoch: u64) -> Vec<usize> {
    let mut generator = seed(of);
    generator.set_stream(epoch);
    let mut order = samples.to_vec();
    order.shuffle(&mut generator);
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_split_has_every_sample_once() {
        let Samples { training, validation } = samples(10, Some(0.25), 1).unwrap();
        assert_eq!((training.len(), validation.len()), (7, 3));
        let mut all = [training, validation].concat();
        all.sort_unstable();
        assert_eq!(all, (0..10).collect::<Vec<_>>());
        for share in [0.0, 1.0, -0.5, f64::NAN] {
            assert!(samples(10, Some(share), 1).is_err(), "{share}");
        }
    }

    #[test]
    fn orders_follow_from_seed_and_epoch() {
        let samples: Vec<usize> = (0..20).collect();
        let order = shuffled(&samples, 1, 1);
        assert_eq!(order, shuffled(&samples, 1, 1));
        assert_ne!(order, shuffled(&samples, 1, 2));
        assert_ne!(order, shuffled(&samples, 2, 1));
        let mut sorted = order;
        sorted.sort_unstable();
        assert_eq!(sorted, samples);
    }
}
