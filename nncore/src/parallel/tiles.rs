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
pub const GROUPS: usize = 16;

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

    /// Calls `body` with the samples of each tile, their parts of the buffers, and the sums of the
    /// tile's group, which begin at 0 and of which there are `width` for each group.
    ///
    /// # Panics
    ///
    /// Panics if a buffer does not hold the batch, or `sums` not those of [`GROUPS`] groups.
    pub fn run<T: Real, const K: usize>(
        self,
        buffers: [TileBuffer<'_, T>; K],
        sums: &mut [T],
        width: usize,
        body: impl Fn(Range<usize>, [&mut [T]; K], &mut [T]) + Sync,
    ) {
        let Self { batch, samples, flops } = self;
        let (tiles, groups) = (self.tiles(), self.groups());
        let sums = DisjointMut::new(sums);
        let buffers = buffers.map(|one| (one.width, one.is_kept, DisjointMut::new(one.scalars)));
        let group = |index: usize, thread: usize| {
            // SAFETY: another group has other sums.
            let sums = unsafe { sums.part(index * width..(index + 1) * width) };
            sums.fill(T::ZERO);
            for tile in even_range(tiles, groups, index) {
                let range = even_range(batch, tiles, tile);
                let parts = buffers.each_ref().map(|(width, is_kept, buffer)| {
                    let first = if *is_kept { range.start } else { thread * samples };
                    // SAFETY: another tile has other samples, another thread another place.
                    unsafe { buffer.part(first * width..(first + range.len()) * width) }
                });
                body(range, parts, sums);
            }
        };
        // As many threads as the buffers have places for tiles.
        parallel_for_if_worth(batch.saturating_mul(flops), groups, batch / samples, &group);
    }

    /// Adds the sums of all groups from the n-th on, `width` for each group.
    pub fn add_up<T: Real>(self, sums: &[T], width: usize, first: usize, target: &mut [T]) {
        target.fill(T::ZERO);
        for group in sums.chunks_exact(width.max(1)).take(self.groups()) {
            for (target, &sum) in target.iter_mut().zip(&group[first..]) {
                *target += sum;
            }
        }
    }
}
