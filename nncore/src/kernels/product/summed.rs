//! Sums over all samples of products with windows, as the gradient of a convolution's weight: for each
//! window and each channel over all positions of all samples.
//!
//! It is the packed form of the transposed product, registers along the channels: the windows are read in
//! place, number by number, and what has no windows is packed. The sums of some windows and channels are
//! collected on the stack.

use core::mem::MaybeUninit;
use core::ops::Range;

use super::checked::{CheckedProduct, StartPointer};
use super::kernel::Registers;
use super::matrix::{Indexed, Matrix, Source, Starts, Target};
use super::operand::{Repeat, Shape};
use super::pack::Panel;
use super::packed::{
    ColumnBlock, MOST_PARTS, PANEL_BYTES, SUMS_BYTES, TILE_ROWS, block_width, rows_of_sums,
};
use super::windows::WindowedProduct;
use crate::parallel::{even_range_of_steps, parallel_for, worthwhile_parts};
use crate::scalar::Real;
use crate::simd::{Aligned, Level};

/// What is multiplied with windows, and the sums: each element is inside a slice.
#[derive(Clone, Copy)]
pub(super) struct SummedWindows<'a, T> {
    /// Windows × channels; the depth is the positions of a sample.
    shape: Shape,
    /// Windows × positions.
    windows: Indexed<'a, T>,
    /// Positions × channels.
    others: Matrix<T>,
    /// The left operand's way is that of the windows.
    repeat: Repeat,
    /// Of the target: a row has an element for each window, a column one for each channel.
    start: StartPointer<T>,
    /// Channels × windows.
    target: Target<'a, T>,
}

// SAFETY: it borrows its slices for as long as it is computed, the target's mutably. Threads that share it
// have windows of their own, and with them elements of the target.
unsafe impl<T: Sync + Send> Sync for SummedWindows<'_, T> {}

/// Where sums and packed numbers go.
struct Room<'a, T> {
    sums: Target<'a, T>,
    panel: Panel<T>,
}

impl<'a, T: Registers + Real> SummedWindows<'a, T> {
    /// The transposed sum of a product whose windows are columns.
    pub(super) fn of(product: &'a WindowedProduct<'_, T>, target: &'a mut [T]) -> Self {
        let Shape { rows, columns, depth } = product.shape;
        let Repeat { left_stride, right_stride, .. } = product.repeat;
        Self {
            shape: Shape { rows: columns, columns: rows, depth },
            windows: Indexed { first: product.right_at(0), offsets: &product.offsets },
            others: product.left_at(0).transposed(),
            repeat: Repeat {
                left_stride: right_stride,
                right_stride: left_stride,
                ..product.repeat
            },
            start: StartPointer::new(&product.start),
            target: Target { first: target.as_mut_ptr(), rows: Starts::Every(columns) },
        }
    }

    /// Computes the sums; threads divide the windows, in whole tiles.
    pub(super) fn compute(&self) {
        let flops = self.shape.flops().saturating_mul(self.repeat.count);
        let (windows, tiles) = (self.shape.rows, self.shape.rows.div_ceil(TILE_ROWS));
        let parts = worthwhile_parts(flops).min(tiles).max(1);
        parallel_for(parts, parts, &|index, _| {
            self.compute_windows(even_range_of_steps(windows, TILE_ROWS, parts, index));
        });
    }

    /// The sums of some windows, for all channels.
    fn compute_windows(&self, windows: Range<usize>) {
        let (level, channels) = (Level::current(), self.shape.columns);
        let mut start = 0;
        while start < channels {
            let width = block_width::<T>(level, channels - start);
            let end = channels.min(start + width);
            self.compute_channels(level, &windows, start..end, width);
            start = end;
        }
    }

    /// The sums of some windows and channels, which take registers of so many numbers.
    // A frame of its own, with room for a panel and for the sums.
    #[inline(never)]
    fn compute_channels(
        &self,
        level: Level,
        windows: &Range<usize>,
        channels: Range<usize>,
        width: usize,
    ) {
        let mut sums = MaybeUninit::<Aligned<[u8; SUMS_BYTES]>>::uninit();
        let mut panel = MaybeUninit::<Aligned<[u8; PANEL_BYTES]>>::uninit();
        let room = Room {
            sums: Target { first: sums.as_mut_ptr().cast(), rows: Starts::Every(width) },
            panel: Panel { first: panel.as_mut_ptr().cast(), width },
        };
        let most = rows_of_sums::<T>(width);
        for first in windows.clone().step_by(most) {
            let some = first..windows.end.min(first + most);
            self.compute_sums(level, some, channels.clone(), &room);
        }
    }

    /// As many sums as there is room for: no more than [`MOST_PARTS`] parts of the positions are added to
    /// each other one by one, and the sums of these to the target.
    fn compute_sums(
        &self,
        level: Level,
        windows: Range<usize>,
        channels: Range<usize>,
        room: &Room<'_, T>,
    ) {
        let product = self.of_sample(0, &windows, room.sums);
        let block = ColumnBlock {
            product: &product,
            level,
            columns: channels.clone(),
            panel: Some(room.panel),
        };
        let parts_of_sample = self.shape.depth.div_ceil(block.steps());
        let parts = parts_of_sample * self.repeat.count;
        let mut start = self.start;
        for first in (0..parts).step_by(MOST_PARTS) {
            for part in first..parts.min(first + MOST_PARTS) {
                let sample = self.of_sample(part / parts_of_sample, &windows, room.sums);
                let depths = block.depths(parts_of_sample, part % parts_of_sample);
                let before = if part == first { StartPointer::Zero } else { StartPointer::Target };
                block.add_part(&sample, depths, (before, room.sums));
            }
            let part = (channels.clone(), windows.clone());
            // SAFETY: the sums have been written; the part is inside the target.
            unsafe { start.write_transposed(self.target, part, room.sums) };
            start = StartPointer::Target;
        }
    }

    /// The product of a sample with some of the windows.
    fn of_sample<'s>(
        &'s self,
        sample: usize,
        windows: &Range<usize>,
        target: Target<'s, T>,
    ) -> CheckedProduct<'s, T, Matrix<T>, Indexed<'s, T>> {
        let Repeat { left_stride, right_stride, .. } = self.repeat;
        let windows_of_sample = self.windows.from(windows.start, sample * left_stride);
        let first = self.others.first.wrapping_add(sample * right_stride);
        CheckedProduct {
            shape: Shape { rows: windows.len(), ..self.shape },
            left: windows_of_sample,
            right: Matrix { first, ..self.others },
            start: StartPointer::Zero,
            target,
        }
    }
}
