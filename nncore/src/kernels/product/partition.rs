//! A product cut into parts for several threads.
//!
//! Each element of the target is computed in one part, by the same operations in the same order as
//! in the whole: columns are cut only where blocks of columns end, which decide how the depth is
//! cut, and rows anywhere.

use core::ops::Range;

use super::checked::CheckedProduct;
use super::matrix::Source;
use super::operand::Shape;
use crate::parallel::{even_range_of_steps, is_worth_two_threads, worthwhile_parts};

/// Columns are cut at multiples of this: of the widest block at any SIMD level.
const COLUMNS: usize = 64;

/// Rows are cut at multiples of this: a tile's.
const ROWS: usize = 6;

/// How much longer the last thread may take than the average, in percent, before rows are cut
/// rather than columns: parts with the same columns all pack the right operand.
const UNEVEN: usize = 115;

/// How many parts a product is cut into along its rows and along its columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Partition {
    rows: usize,
    columns: usize,
}

impl Partition {
    /// The partition of a product that is computed so many times, for the threads there are; of one part if
    /// that pays best.
    #[inline]
    pub(super) fn of(shape: Shape, times: usize) -> Self {
        let flops = shape.flops().saturating_mul(times);
        if !is_worth_two_threads(flops) {
            return Self { rows: 1, columns: 1 };
        }
        let Shape { rows, columns, .. } = shape;
        let threads = worthwhile_parts(flops);
        let blocks = columns.div_ceil(COLUMNS);
        let is_even = blocks.div_ceil(threads) * threads * 100 <= blocks * UNEVEN;
        if threads == 1 {
            Self { rows: 1, columns: 1 }
        } else if is_even {
            Self { rows: 1, columns: blocks }
        } else {
            Self { rows: threads.min(rows.div_ceil(ROWS)), columns: 1 }
        }
    }

    /// The number of parts.
    pub(super) fn parts(self) -> usize {
        self.rows * self.columns
    }

    /// A part of the product: some of its target.
    pub(super) fn part<'a, T: Copy>(
        self,
        product: &CheckedProduct<'a, T>,
        index: usize,
    ) -> CheckedProduct<'a, T> {
        let [rows, columns] = self.ranges(product.shape, index);
        CheckedProduct {
            shape: Shape { rows: rows.len(), columns: columns.len(), ..product.shape },
            left: product.left.from(rows.start, 0),
            right: product.right.from(0, columns.start),
            start: product.start.from(rows.start, columns.start),
            target: product.target.from(rows.start, columns.start),
        }
    }

    /// Rows and columns of a part.
    fn ranges(self, shape: Shape, index: usize) -> [Range<usize>; 2] {
        [
            even_range_of_steps(shape.rows, ROWS, self.rows, index / self.columns),
            even_range_of_steps(shape.columns, COLUMNS, self.columns, index % self.columns),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cover_the_target_once() {
        let shape = Shape { rows: 47, columns: 203, depth: 1 };
        for partition in [(1, 1), (1, 4), (3, 1), (8, 4)] {
            let partition = Partition { rows: partition.0, columns: partition.1 };
            let mut times = vec![0; shape.rows * shape.columns];
            for index in 0..partition.parts() {
                let [rows, columns] = partition.ranges(shape, index);
                assert!(columns.start.is_multiple_of(COLUMNS));
                for row in rows {
                    for column in columns.clone() {
                        times[row * shape.columns + column] += 1;
                    }
                }
            }
            assert!(times.iter().all(|&times| times == 1));
        }
    }

    #[test]
    fn small_products_are_not_cut() {
        let shape = Shape { rows: 64, columns: 64, depth: 64 };
        assert_eq!(Partition::of(shape, 1).parts(), 1);
    }
}
