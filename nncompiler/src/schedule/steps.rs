//! Kernels in planned memory → what runs, step by step: calls and loop nests, in scans and in tiles of
//! samples.

use crate::ir::cost::{self, COST_OF_LOOP, LEAST_PARALLEL};
use crate::ir::function::{Program, Scan, Statement};
use crate::ir::index::ArrayId;
use crate::schedule::kernels::{self, Kernel, Mode, Product, Windows};
use crate::schedule::loop_nest::{LoopNest, Parallel};
use crate::schedule::loops::{Context, Home, loop_nest};
use crate::schedule::memory::Plan;
use crate::schedule::tile::{Tiles, is_of_one_sample};

/// A program as kernels in planned memory, and the steps in which they run.
pub struct Scheduled {
    pub program: Program,
    pub forward: Vec<Kernel>,
    pub backward: Vec<Kernel>,
    /// Memory of forward and backward together.
    pub training_plan: Plan,
    /// Forward alone, which keeps nothing but the outputs.
    pub inference: Vec<Kernel>,
    pub inference_plan: Plan,
    pub forward_steps: Vec<Step>,
    pub backward_steps: Vec<Step>,
    /// Forward alone, for a batch.
    pub inference_steps: Vec<Step>,
    /// Forward alone, for one sample.
    pub sample_steps: Vec<Step>,
}

/// A part of a schedule.
#[derive(Clone, Debug)]
pub enum Step {
    Product(Product),
    Windows(Windows),
    Loops(LoopNest),
    /// Steps that run once for each value of an index, in order.
    Scan(Scan, Vec<Step>),
    Tiled(Tiled),
}

/// Steps that run for some samples, then for the next ones.
#[derive(Clone, Debug)]
pub struct Tiled {
    /// Samples of a tile, at most.
    pub samples: usize,
    /// Floating-point operations for each sample.
    pub flops: u64,
    /// For each buffer, whether each sample has a place of its own; otherwise each tile writes where
    /// the one before has written.
    pub is_kept: Vec<bool>,
    /// The gradients on parameters to which tiles add.
    pub sums: Vec<ArrayId>,
    pub steps: Vec<Step>,
}

/// The samples that steps run for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Samples {
    /// Few: one, or as many as there are outputs.
    Few,
    /// A batch, which threads may divide.
    Batch,
}

/// What turns kernels into steps.
pub struct Scheduler<'a> {
    pub program: &'a Program,
    pub plan: &'a Plan,
    pub mode: Mode,
    pub samples: Samples,
}

impl Scheduler<'_> {
    /// Kernels, some of which may run in tiles of a batch; `others` run before or after them on the same buffers.
    pub fn in_tiles(
        &self,
        kernels: &[Kernel],
        tiles: Option<&Tiles>,
        others: &[Kernel],
    ) -> Vec<Step> {
        let Some(tiles) = tiles.filter(|_| self.samples == Samples::Batch) else {
            return self.steps(kernels);
        };
        let (before, rest) = kernels.split_at(tiles.range.start);
        let (inside, after) = rest.split_at(tiles.range.len());
        let outside = [before, after, others].concat();
        let is_kept = |buffer| self.plan.is_kept(self.program, buffer, inside, &outside);
        // Threads divide the tiles, not the samples inside one.
        let steps = Self { samples: Samples::Few, ..*self }.steps(inside);
        let tiled = Tiled {
            samples: tiles.samples,
            flops: tiles.flops,
            is_kept: (0..self.plan.widths.len()).map(is_kept).collect(),
            sums: sums(self.program, inside),
            steps,
        };
        let mut steps = self.steps(before);
        steps.push(Step::Tiled(tiled));
        steps.extend(self.steps(after));
        steps
    }

    /// Kernels one after the other.
    pub fn steps(&self, kernels: &[Kernel]) -> Vec<Step> {
        let groups = kernels.chunk_by(|one, next| kernels::scan(one) == kernels::scan(next));
        let groups = groups.flat_map(|group| {
            let steps = group.iter().filter_map(|kernel| self.step(kernel)).collect();
            match kernels::scan(&group[0]) {
                None => steps,
                Some(scan) => vec![Step::Scan(scan, steps)],
            }
        });
        groups.collect()
    }

    fn step(&self, kernel: &Kernel) -> Option<Step> {
        match kernel {
            Kernel::Alias { .. } => None,
            Kernel::Product(product) => Some(Step::Product(product.clone())),
            Kernel::Windows(windows) => Some(Step::Windows(windows.clone())),
            Kernel::Loops(statement) => Some(Step::Loops(self.loops(statement))),
        }
    }

    fn loops(&self, statement: &Statement) -> LoopNest {
        let home = |array| Home::Memory(self.plan.place(array));
        let context = Context { program: self.program, home: &home };
        let mut nest = loop_nest(&context, statement, self.mode);
        nest.parallel = self.parallel(statement);
        nest
    }

    /// Whether threads divide the samples of a statement.
    fn parallel(&self, statement: &Statement) -> Option<Parallel> {
        let cost = cost::flops(self.program, statement).saturating_mul(COST_OF_LOOP);
        let is_divided = self.samples == Samples::Batch
            && self.mode == Mode::Recognised
            && statement.scan.is_none()
            && is_of_one_sample(self.program, statement)
            && cost >= LEAST_PARALLEL;
        let width = self.program.array(statement.target.array).width();
        let cost = usize::try_from(cost).unwrap_or(usize::MAX);
        is_divided.then_some(Parallel { width, cost })
    }
}

/// The gradients on parameters that kernels write.
fn sums(program: &Program, kernels: &[Kernel]) -> Vec<ArrayId> {
    let targets: Vec<ArrayId> = kernels.iter().map(kernels::target).collect();
    let gradients = program.parameters.iter().filter_map(|parameter| parameter.gradient);
    gradients.filter(|gradient| targets.contains(gradient)).collect()
}

/// The scalars of the sums that tiles add to, all together.
pub fn sum_scalars(program: &Program, steps: &[Step]) -> usize {
    let tiled = steps.iter().filter_map(|step| match step {
        Step::Tiled(tiled) => Some(tiled),
        Step::Product(_) | Step::Windows(_) | Step::Loops(_) | Step::Scan(..) => None,
    });
    tiled.flat_map(|tiled| &tiled.sums).map(|&array| program.array(array).width()).sum()
}
