//! Samples side by side in the lanes of registers: from an array of samples to an array for each
//! number of a sample, and back (array of structures to structure of arrays).

use crate::scalar::Real;

/// Interleaves samples of `width` numbers: the first numbers of all samples come first, then the
/// second ones.
#[doc(hidden)]
#[inline(always)]
pub fn interleave<T: Real, const LANES: usize>(samples: &[T], width: usize, lanes: &mut [T]) {
    if width == 1 {
        lanes[..samples.len()].copy_from_slice(samples);
        return;
    }
    for (lane, sample) in samples.chunks_exact(width).enumerate() {
        interleave_one::<T, LANES>(sample, lane, lanes);
    }
}

/// Puts one sample into its lane.
#[doc(hidden)]
#[inline(always)]
pub fn interleave_one<T: Real, const LANES: usize>(sample: &[T], lane: usize, lanes: &mut [T]) {
    for (lanes, &number) in lanes.as_chunks_mut::<LANES>().0.iter_mut().zip(sample) {
        lanes[lane] = number;
    }
}

/// What [`interleave`] has interleaved, back into its place.
#[doc(hidden)]
#[inline(always)]
pub fn deinterleave<T: Real, const LANES: usize>(lanes: &[T], width: usize, samples: &mut [T]) {
    if width == 1 {
        samples.copy_from_slice(&lanes[..samples.len()]);
        return;
    }
    for (lane, sample) in samples.chunks_exact_mut(width).enumerate() {
        for (number, lanes) in sample.iter_mut().zip(lanes.as_chunks::<LANES>().0) {
            *number = lanes[lane];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_come_back() {
        let samples: [f32; 6] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        for (width, expected) in [
            (2, [1.0, 3.0, 5.0, 0.0, 2.0, 4.0, 6.0, 0.0]),
            (3, [1.0, 4.0, 0.0, 0.0, 2.0, 5.0, 0.0, 0.0]),
        ] {
            let mut lanes = [0.0; 12];
            interleave::<_, 4>(&samples, width, &mut lanes);
            assert_eq!(lanes[..8], expected);
            let mut back = [0.0; 6];
            deinterleave::<_, 4>(&lanes, width, &mut back);
            assert_eq!(back, samples);
        }
    }
}
