//! Sequences of different lengths as a column, whose samples are of one length.

use alloc::vec::Vec;

use super::error::DatasetError;
use crate::scalar::Real;

/// Sequences, each followed by `padding` up to the same length.
///
/// ```
/// use nncore::training::data::{Dataset, mask, pad};
///
/// let words = [vec![3u32, 1, 4], vec![1], vec![5, 9]];
/// let data = Dataset::new()
///     .with_integers("word", 4, pad(&words, 4, 0)?)?
///     .with_reals("given", 4, mask::<f32, _>(&words, 4)?)?;
/// assert_eq!(data.range(0..1)?.integers("word")?, [3, 1, 4, 0]);
/// assert_eq!(data.range(0..1)?.reals("given")?, [1.0, 1.0, 1.0, 0.0]);
/// # Ok::<(), nncore::training::data::DatasetError>(())
/// ```
///
/// # Errors
/// If a sequence is longer.
pub fn pad<X: Copy, S: AsRef<[X]>>(
    sequences: &[S],
    length: usize,
    padding: X,
) -> Result<Vec<X>, DatasetError> {
    let mut padded = Vec::new();
    for (sample, sequence) in sequences.iter().enumerate() {
        let sequence = sequence.as_ref();
        let rest = room(sample, sequence.len(), length)?;
        padded.extend_from_slice(sequence);
        padded.extend(core::iter::repeat_n(padding, rest));
    }
    Ok(padded)
}

/// 1 where a sequence has a number, and 0 where [`pad`] puts the padding: which steps a loss counts.
///
/// # Errors
/// If a sequence is longer.
pub fn mask<T: Real, X>(
    sequences: &[impl AsRef<[X]>],
    length: usize,
) -> Result<Vec<T>, DatasetError> {
    let mut mask = Vec::new();
    for (sample, sequence) in sequences.iter().enumerate() {
        let given = sequence.as_ref().len();
        let rest = room(sample, given, length)?;
        mask.extend(core::iter::repeat_n(T::ONE, given));
        mask.extend(core::iter::repeat_n(T::ZERO, rest));
    }
    Ok(mask)
}

/// The numbers that a sequence leaves free.
fn room(sample: usize, found: usize, expected: usize) -> Result<usize, DatasetError> {
    expected.checked_sub(found).ok_or(DatasetError::Sequence { sample, expected, found })
}
