//! A batch in tiles: a few samples run through all kernels before the next ones do, so that what one
//! kernel writes is still in a cache when the next one reads it, and several threads each have tiles
//! of their own.
#![allow(unsafe_code, reason = "buffers cut for several threads")]

use core::ops::Range;

use super::disjoint::DisjointMut;
use super::range::even_range;
use super::split::parallel_for_if_worth;
use crate::scalar::Real;

/// Tiles are joined to no more groups than this, each of which adds up sums of its own: as many
/// threads can work on a batch, and so often are its sums added to each other.
const GROUPS: usize = 16;

/// For each number that is summed over a batch, a group has a sum, a total to which that is added from time
/// to time, and what the total has lost by rounding.
const SUMS_OF_GROUP: usize = 3;

/// As many sums as this are kept of each number that is summed over a batch.
pub const SUM_BUFFERS: usize = SUMS_OF_GROUP * GROUPS;

/// So many tiles are summed one by one: then their sum is added to the group's total, so that long sums
/// keep their digits.
const LONGEST_SUM: usize = 64;

/// How many samples make a tile, and what they cost.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Tiling {
    /// Samples of the batch.
    pub batch: usize,
    /// Samples of a tile, at most.
    pub samples: usize,
    /// Floating-point operations for each sample.
    pub flops: usize,
}

/// A buffer of all samples.
#[doc(hidden)]
#[derive(Debug)]
pub struct TileBuffer<'a, T> {
    /// Its scalars.
    pub scalars: &'a mut [T],
    /// Scalars for each sample.
    pub width: usize,
    /// Whether each sample has its own part of it; otherwise a tile may write where another tile
    /// has written before.
    pub is_kept: bool,
}

impl Tiling {
    /// The number of tiles: an even one, which two or four threads share better.
    fn tiles(self) -> usize {
        match self.batch.div_ceil(self.samples) {
            1 => 1,
            tiles => tiles.next_multiple_of(2).min(self.batch),
        }
    }

    /// The number of groups of tiles.
    fn groups(self) -> usize {
        self.tiles().min(GROUPS)
    }

    /// Calls `body` with the samples of each tile, their parts of the buffers, and `width` sums, to which
    /// it adds the tile's.
    ///
    /// # Panics
    ///
    /// Panics if a buffer does not hold the batch, or `sums` not [`SUM_BUFFERS`] of each sum.
    pub fn run<T: Real, const K: usize>(
        self,
        buffers: [TileBuffer<'_, T>; K],
        sums: &mut [T],
        width: usize,
        body: impl Fn(Range<usize>, [&mut [T]; K], &mut [T]) + Sync,
    ) {
        let Self { batch, samples, flops } = self;
        let (tiles, groups) = (self.tiles(), self.groups());
        let holds = |len: usize, width: usize, count: usize| {
            width.checked_mul(count).is_some_and(|needed| needed <= len)
        };
        let all_hold = buffers.iter().all(|one| holds(one.scalars.len(), one.width, batch));
        assert!(all_hold && holds(sums.len(), width, SUM_BUFFERS), "a buffer is too small");
        let sums = DisjointMut::new(sums);
        let buffers = buffers.map(|one| (one.width, one.is_kept, DisjointMut::new(one.scalars)));
        let group = |index: usize, thread: usize| {
            // SAFETY: another group has other sums.
            let sums = unsafe {
                sums.part(SUMS_OF_GROUP * index * width..SUMS_OF_GROUP * (index + 1) * width)
            };
            sums.fill(T::ZERO);
            let (sums, totals) = sums.split_at_mut(width);
            let (totals, errors) = totals.split_at_mut(width);
            let group = even_range(tiles, groups, index);
            for tile in group.clone() {
                let range = even_range(batch, tiles, tile);
                let parts = buffers.each_ref().map(|(width, is_kept, buffer)| {
                    let first = if *is_kept { range.start } else { thread * samples };
                    // SAFETY: another tile has other samples, another thread another place.
                    unsafe { buffer.part(first * width..(first + range.len()) * width) }
                });
                body(range, parts, sums);
                if (tile + 1 - group.start).is_multiple_of(LONGEST_SUM) || tile + 1 == group.end {
                    add_exactly(totals, errors, sums);
                    sums.fill(T::ZERO);
                }
            }
        };
        // As many threads as the buffers have places for tiles.
        parallel_for_if_worth(batch.saturating_mul(flops), groups, batch / samples, &group);
    }

    /// Adds up the totals of all groups, from the n-th of `width` sums on.
    pub fn add_up<T: Real>(self, sums: &[T], width: usize, first: usize, target: &mut [T]) {
        target.fill(T::ZERO);
        for group in sums.chunks_exact(SUMS_OF_GROUP * width.max(1)).take(self.groups()) {
            for (target, &total) in target.iter_mut().zip(&group[width + first..]) {
                *target += total;
            }
        }
    }
}

/// Adds numbers to totals, and corrects these by what they lost before: Kahan's sum, Communications of
/// the ACM 8 (1965), page 40.
fn add_exactly<T: Real>(totals: &mut [T], errors: &mut [T], numbers: &[T]) {
    for ((total, error), &number) in totals.iter_mut().zip(errors).zip(numbers) {
        let corrected = number - *error;
        let sum = *total + corrected;
        // Where a sum is infinite or NaN, the loss has no value.
        *error = if sum.to_f64().is_finite() { (sum - *total) - corrected } else { T::ZERO };
        *total = sum;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_sums_keep_their_digits() {
        const BATCH: usize = 1 << 20;
        let tiling = Tiling { batch: BATCH, samples: 1, flops: 1 };
        let mut sums = vec![0.0f32; 2 * SUM_BUFFERS];
        tiling.run([], &mut sums, 2, |range, [], sums| {
            sums[0] += 0.1 * range.len() as f32;
            sums[1] += 0.3 * range.len() as f32;
        });
        let mut target = [0.0];
        for (first, one) in [(0, 0.1f32), (1, 0.3)] {
            tiling.add_up(&sums, 2, first, &mut target);
            let truth = f64::from(one) * BATCH as f64;
            let error = (f64::from(target[0]) - truth).abs() / (truth * f64::from(f32::EPSILON));
            assert!(error < 16.0, "{error:.1} ULP");
        }
    }
}
