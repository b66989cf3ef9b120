//! Kernels in planned memory → what runs, step by step: calls and loop nests, in scans and in tiles of
//! samples.

use crate::ir::cost::{self, COST_OF_LOOP, LEAST_PARALLEL};
use crate::ir::function::{Program, Scan, Statement};
use crate::ir::index::ArrayId;
use crate::schedule::kernels::{self, Kernel, Mode, Product, Windows};
use crate::schedule::loop_nest::{LoopNest, Parallel};
use crate::schedule::loops::{Context, Home, as_products, loop_nest};
use crate::schedule::memory::Plan;
use crate::schedule::tile::{Tiles, is_of_one_sample};

/// A program as kernels in planned memory, and the steps in which they run.
pub struct Scheduled {
    pub program: Program,
    pub forward: Vec<Kernel>,
    pub backward: Vec<Kernel>,
    /// Memory of forward and backward together.
    pub training_plan: Plan,
    /// Memory of forward alone, which keeps nothing but the outputs.
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
    pub program: &'a mut Program,
    pub plan: &'a Plan,
    pub mode: Mode,
}

impl Scheduler<'_> {
    /// Kernels, some of which run in tiles of a batch; `others` run before or after them on the same
    /// buffers.
    pub fn steps(
        &mut self,
        kernels: &[Kernel],
        tiles: Option<&Tiles>,
        samples: Samples,
        others: &[Kernel],
    ) -> Vec<Step> {
        let Some(tiles) = tiles.filter(|_| samples == Samples::Batch) else {
            return self.untiled(kernels, samples);
        };
        let (before, rest) = kernels.split_at(tiles.range.start);
        let (inside, after) = rest.split_at(tiles.range.len());
        let outside = [before, after, others].concat();
        // Threads divide the tiles, not the samples inside one.
        let inner = self.untiled(inside, Samples::Few);
        let is_kept = |buffer| self.plan.is_kept(self.program, buffer, inside, &outside);
        let tiled = Tiled {
            samples: tiles.samples,
            flops: tiles.flops,
            is_kept: (0..self.plan.widths.len()).map(is_kept).collect(),
            sums: sums(self.program, inside),
            steps: inner,
        };
        let mut steps = self.untiled(before, samples);
        steps.push(Step::Tiled(tiled));
        steps.extend(self.untiled(after, samples));
        steps
    }

    /// Kernels one after the other.
    fn untiled(&mut self, kernels: &[Kernel], samples: Samples) -> Vec<Step> {
        let mut all = Vec::new();
        for group in kernels.chunk_by(|one, next| kernels::scan(one) == kernels::scan(next)) {
            let steps = group.iter().filter_map(|kernel| self.step(kernel, samples));
            match kernels::scan(&group[0]) {
                None => all.extend(steps),
                Some(scan) => all.push(Step::Scan(scan, steps.collect())),
            }
        }
        all
    }

    fn step(&mut self, kernel: &Kernel, samples: Samples) -> Option<Step> {
        match kernel {
            Kernel::Alias { .. } => None,
            Kernel::Product(product) => Some(Step::Product(product.clone())),
            Kernel::Windows(windows) => Some(Step::Windows(windows.clone())),
            Kernel::Loops(statement) => Some(Step::Loops(self.loops(statement, samples))),
        }
    }

    fn loops(&mut self, statement: &Statement, samples: Samples) -> LoopNest {
        let parallel = self.parallel(statement, samples);
        let value = as_products(&mut self.program.graph, statement.value);
        let home = |array| Home::Memory(self.plan.place(array));
        let longest_open = usize::MAX;
        let context = Context { program: self.program, home: &home, longest_open };
        let nest = loop_nest(&context, &Statement { value, ..statement.clone() }, self.mode);
        LoopNest { parallel, ..nest }
    }

    /// Whether threads divide the samples of a statement.
    fn parallel(&self, statement: &Statement, samples: Samples) -> Option<Parallel> {
        let cost = cost::flops(self.program, statement).saturating_mul(COST_OF_LOOP);
        let is_divided = samples == Samples::Batch
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
