//! The sum of a loss over its samples.

#![allow(unsafe_code, reason = "gradients cut for several threads")]

use core::ops::Range;

use crate::parallel::{COST_OF_OUTPUT, DisjointMut, even_range, parallel_for_if_worth};
use crate::scalar::Real;

/// The sum over runs of samples of what `body` makes of each: given the run, its outputs and its
/// gradients, `width` scalars for each sample.
///
/// The runs, and so the order of the sum, follow from the number of samples alone; several threads
/// share large batches. Runs are cut at multiples of `BLOCK`, the samples that are computed side by
/// side.
#[doc(hidden)]
pub fn sum_of_samples<T: Real, const BLOCK: usize>(
    outputs: &[T],
    gradient: &mut [T],
    width: usize,
    body: impl Fn(Range<usize>, &[T], &mut [T]) -> f64 + Sync,
) -> f64 {
    /// Blocks of a run, at least.
    const LEAST_BLOCKS: usize = 2;
    /// Runs, at most.
    const RUNS: usize = 64;
    let batch = outputs.len() / width.max(1);
    let runs = batch.div_ceil(LEAST_BLOCKS * BLOCK).min(RUNS);
    let mut totals = [0.0; RUNS];
    let (gradient, all) = (DisjointMut::new(gradient), DisjointMut::new(&mut totals));
    let run = |index: usize, _thread: usize| {
        let blocks = even_range(batch.div_ceil(BLOCK), runs, index);
        let range = blocks.start * BLOCK..batch.min(blocks.end * BLOCK);
        let scalars = range.start * width..range.end * width;
        // SAFETY: another run has other samples, and another total.
        let (gradient, total) =
            unsafe { (gradient.part(scalars.clone()), all.part(index..index + 1)) };
        total[0] = body(range, &outputs[scalars], gradient);
    };
    parallel_for_if_worth(outputs.len().saturating_mul(COST_OF_OUTPUT), runs, runs, &run);
    totals.iter().sum()
}
