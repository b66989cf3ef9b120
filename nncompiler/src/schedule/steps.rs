//! Kernels in planned memory → what runs, step by step: calls and loop nests, in scans and in tiles of
//! samples.

use crate::ir::function::{Function, Holder, Program, Scan, Statement};
use crate::ir::index::ArrayId;
use crate::schedule::kernels::{self, Kernel, Mode, Product, Windows, target};
use crate::schedule::loop_nest::LoopNest;
use crate::schedule::loops::{Context, Home, as_products, divide, loop_nest};
use crate::schedule::memory::{self, KernelList, Plan};

/// A function, its kernels, and the steps in which they run.
#[derive(Clone, Debug)]
pub struct Scheduled {
    pub function: Function,
    pub kernels: Vec<Kernel>,
    pub steps: Vec<Step>,
}

/// Functions that run one after the other in the same memory.
#[derive(Clone, Debug)]
pub struct Workspace {
    pub functions: Vec<Scheduled>,
    pub plan: Plan,
}

impl Workspace {
    pub fn new(
        program: &mut Program,
        mut lists: Vec<KernelList>,
        mode: Mode,
        samples: Samples,
    ) -> Self {
        for kernel in lists.iter_mut().flat_map(|list| &mut list.kernels) {
            if let Kernel::Loops(statement) = kernel {
                statement.value = as_products(&mut program.graph, statement.value);
            }
        }
        let plan = memory::plan(program, &lists);
        let scheduler = Scheduler { program, plan: &plan, mode, samples };
        let steps = (0..lists.len()).map(|at| scheduler.function(&lists, at));
        let steps: Vec<Vec<Step>> = steps.collect();
        let scheduled = |(list, steps): (KernelList, Vec<Step>)| {
            let KernelList { function, kernels, .. } = list;
            Scheduled { function, kernels, steps }
        };
        let functions = lists.into_iter().zip(steps).map(scheduled).collect();
        Self { functions, plan }
    }
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
    /// The arrays in slices of the caller's of which each tile is given its samples.
    pub inputs: Vec<ArrayId>,
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
struct Scheduler<'a> {
    program: &'a Program,
    plan: &'a Plan,
    mode: Mode,
    samples: Samples,
}

impl Scheduler<'_> {
    /// One of several functions that share the plan.
    fn function(&self, lists: &[KernelList], at: usize) -> Vec<Step> {
        let KernelList { function, kernels, tiles } = &lists[at];
        let Some(tiles) = tiles.as_ref().filter(|_| self.samples == Samples::Batch) else {
            return self.steps(kernels);
        };
        let (before, rest) = kernels.split_at(tiles.range.start);
        let (inside, after) = rest.split_at(tiles.range.len());
        let others = lists.iter().enumerate().filter(|(other, _)| *other != at);
        let others = others.flat_map(|(_, list)| list.kernels.clone());
        let outside: Vec<Kernel> = before.iter().chain(after).cloned().chain(others).collect();
        let is_kept = self.plan.kept(self.program, inside, &outside);
        // Threads divide the tiles, not the samples inside one.
        let steps = Self { samples: Samples::Few, ..*self }.steps(inside);
        let tiled = Tiled {
            inputs: self.samples_of_caller(function),
            samples: tiles.samples,
            flops: tiles.flops,
            is_kept,
            sums: sums(function, inside),
            steps,
        };
        let mut steps = self.steps(before);
        steps.push(Step::Tiled(tiled));
        steps.extend(self.steps(after));
        steps
    }

    /// The arrays in slices of the caller's that have a part for each sample.
    fn samples_of_caller(&self, function: &Function) -> Vec<ArrayId> {
        let slices = function.inputs.iter().filter(|port| port.holder == Holder::Slice);
        let arrays = slices.map(|port| port.array);
        arrays.filter(|&array| self.program.array(array).is_batched()).collect()
    }

    /// Kernels one after the other.
    fn steps(&self, kernels: &[Kernel]) -> Vec<Step> {
        self.steps_in_scans(kernels, 0)
    }

    /// Kernels in a step of so many scans.
    fn steps_in_scans(&self, kernels: &[Kernel], depth: usize) -> Vec<Step> {
        let scan = |kernel: &Kernel| kernels::scans(kernel).get(depth).copied();
        let groups = kernels.chunk_by(|one, next| scan(one) == scan(next));
        let groups = groups.flat_map(|group| match scan(&group[0]) {
            None => group.iter().filter_map(|kernel| self.step(kernel)).collect(),
            Some(scan) => vec![Step::Scan(scan, self.steps_in_scans(group, depth + 1))],
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
        let longest_open = usize::MAX;
        let context = Context { program: self.program, home: &home, longest_open };
        let mut nest = loop_nest(&context, statement, self.mode);
        if self.samples == Samples::Batch && self.mode == Mode::Recognised {
            nest.parallel = divide(&context, &nest);
        }
        nest
    }
}

/// The gradients on parameters that kernels write, in the parameters' order.
fn sums(function: &Function, kernels: &[Kernel]) -> Vec<ArrayId> {
    let targets: Vec<ArrayId> = kernels.iter().map(target).collect();
    let gradients = function.outputs.iter().filter_map(|port| match port.holder {
        Holder::Gradient(number) => Some((number, port.array)),
        Holder::Slice | Holder::Workspace | Holder::Residual => None,
    });
    let mut sums: Vec<(usize, ArrayId)> =
        gradients.filter(|(_, gradient)| targets.contains(gradient)).collect();
    sums.sort_unstable();
    sums.into_iter().map(|(_, gradient)| gradient).collect()
}

/// The scalars of the sums that tiles add to, all together.
pub fn sum_scalars(program: &Program, steps: &[Step]) -> usize {
    let tiled = steps.iter().filter_map(|step| match step {
        Step::Tiled(tiled) => Some(tiled),
        Step::Product(_) | Step::Windows(_) | Step::Loops(_) | Step::Scan(..) => None,
    });
    tiled.flat_map(|tiled| &tiled.sums).map(|&array| program.array(array).width()).sum()
}
