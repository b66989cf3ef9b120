//! Schedules run step by step, on the buffers of their plan: what generated code does, without
//! generating it.

mod kernels;
mod loops;
mod memory;

use std::ops::Range;

use crate::ir::index::Extent;
use crate::schedule::steps::{Step, Tiled};
pub use memory::Buffers;

/// Runs steps for all samples.
pub fn run(memory: &mut Buffers, steps: &[Step]) {
    run_in_scans(memory, steps, &[]);
}

/// Runs steps in these steps of the scans around them.
fn run_in_scans(memory: &mut Buffers, steps: &[Step], around: &[usize]) {
    for one in steps {
        match one {
            Step::Product(product) => kernels::product(memory, product, around),
            Step::Windows(windows) => kernels::windows(memory, windows),
            Step::Loops(nest) => loops::run(memory, nest, around),
            Step::Scan(scan, steps) => {
                let extent = memory.program.extent(scan.index);
                let samples = if extent == Extent::Batch { memory.batch } else { 1 };
                let mut order: Vec<usize> = (0..extent.per_sample() * samples).collect();
                if scan.is_reverse {
                    order.reverse();
                }
                for step in order {
                    run_in_scans(memory, steps, &[around, &[step]].concat());
                }
            }
            Step::Tiled(tiled) => run_tiled(memory, tiled),
        }
    }
}

/// Tiles are joined to no more groups than this, each of which has sums of its own.
const GROUPS: usize = 3;

/// Runs steps tile by tile, then adds up the sums of all groups of tiles.
fn run_tiled(memory: &mut Buffers, tiled: &Tiled) {
    let count = memory.batch.div_ceil(tiled.samples);
    let mut totals: Vec<Vec<f64>> =
        tiled.sums.iter().map(|&array| vec![0.0; memory.size(array)]).collect();
    let tiles: Vec<Range<usize>> = parts(memory.batch, count).collect();
    for group in parts(count, GROUPS) {
        let mut sums: Vec<Vec<f64>> = totals.iter().map(|total| vec![0.0; total.len()]).collect();
        for samples in &tiles[group] {
            run_tile(memory, tiled, samples, &mut sums);
        }
        for (total, sum) in totals.iter_mut().flatten().zip(sums.iter().flatten()) {
            *total += sum;
        }
    }
    for (&array, total) in tiled.sums.iter().zip(totals) {
        memory.set(array, &total);
    }
}

/// Runs the steps of one tile on its parts of the buffers.
fn run_tile(memory: &mut Buffers, tiled: &Tiled, samples: &Range<usize>, sums: &mut [Vec<f64>]) {
    let mut tile = memory.of_samples(samples, &tiled.inputs, &tiled.is_kept);
    for (&array, sum) in tiled.sums.iter().zip(&*sums) {
        tile.set(array, sum);
    }
    run(&mut tile, &tiled.steps);
    for (&array, sum) in tiled.sums.iter().zip(sums) {
        sum.copy_from_slice(tile.get(array));
    }
    memory.take_samples(&tile, samples, &tiled.is_kept);
}

/// So many things in parts, of which some may be empty.
fn parts(length: usize, count: usize) -> impl Iterator<Item = Range<usize>> {
    (0..count).map(move |part| length * part / count..length * (part + 1) / count)
}
