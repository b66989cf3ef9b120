//! Lifetimes → buffers: arrays whose lives do not overlap share memory, and a map works in place
//! where its source dies with it.

use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use crate::ir::function::{Function, Holder, Program};
use crate::ir::index::ArrayId;
use crate::schedule::kernels::{Kernel, scans, sources, target};
use crate::schedule::tile::Tiles;

/// Where the elements of an array are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The n-th slice that the caller gives.
    Input(usize),
    /// The n-th parameter.
    Parameter(usize),
    /// The gradient on the n-th parameter.
    ParameterGradient(usize),
    /// The n-th buffer.
    Buffer(usize),
}

/// Buffers, and where each array is.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Scalars a sample of each buffer.
    pub widths: Vec<usize>,
    /// How many of the first buffers are filled or read from outside.
    fixed: usize,
    places: HashMap<ArrayId, Place>,
}

impl Plan {
    /// Scalars a sample of all buffers together.
    pub fn scalars(&self) -> usize {
        self.widths.iter().sum()
    }

    /// Whether each buffer holds what some kernels of a list and others, or the caller, both touch:
    /// numbers that each sample has to have a place of its own for.
    pub fn kept(&self, program: &Program, inside: &[Kernel], outside: &[Kernel]) -> Vec<bool> {
        let touched = |kernels: &[Kernel]| -> BTreeSet<ArrayId> {
            let each = kernels.iter();
            each.flat_map(|one| [sources(program, one), vec![target(one)]].concat()).collect()
        };
        let mut kept: Vec<bool> = (0..self.widths.len()).map(|at| at < self.fixed).collect();
        for &array in touched(inside).intersection(&touched(outside)) {
            if let Place::Buffer(buffer) = self.place(array) {
                kept[buffer] = true;
            }
        }
        kept
    }

    /// The scalars of the buffers from the n-th on, together, where each holds so many samples.
    pub fn scalars_from(&self, first: usize, samples: usize) -> usize {
        let widths = self.widths[first..].iter();
        widths.fold(0, |sum, width| sum.saturating_add(width.saturating_mul(samples)))
    }

    pub fn place(&self, array: ArrayId) -> Place {
        self.places.get(&array).copied().unwrap_or(Place::Input(0))
    }
}

/// A function as kernels, some of which may run in tiles.
#[derive(Clone, Debug)]
pub struct KernelList {
    pub function: Function,
    pub kernels: Vec<Kernel>,
    /// Where there are none, all samples run at once.
    pub tiles: Option<Tiles>,
}

/// Plans the workspace in which functions run one after the other. Its first buffers are the results
/// of the first function, then the inputs that its caller puts there, then the gradients on inputs.
///
/// What kernels in tiles and others both touch fills its buffer, so that a sample's part of it lies
/// in the same place for both.
pub fn plan(program: &Program, functions: &[KernelList]) -> Plan {
    let kernels: Vec<Kernel> = functions.iter().flat_map(|one| one.kernels.clone()).collect();
    let roots = roots(&kernels);
    let root = |array: ArrayId| roots.get(&array).copied().unwrap_or(array);
    let shared = shared_by_tiles(program, &kernels, &tiled(functions), root);
    let mut planner = Planner {
        program,
        kernels: &kernels,
        root: &root,
        last_read: last_read(program, &kernels, root),
        allocation: Allocation::new(program, shared),
        places: fixed_places(program, functions),
        results: functions[0].function.results().chain(on_inputs(functions)).map(root).collect(),
    };
    planner.place_ports(functions);
    for now in 0..kernels.len() {
        planner.kernel(now);
    }
    let Planner { allocation, mut places, .. } = planner;
    for (&alias, root) in &roots {
        if let Some(&place) = places.get(root) {
            places.insert(alias, place);
        }
    }
    Plan { widths: allocation.widths, fixed: allocation.fixed, places }
}

/// The gradients on inputs, which the caller gets from some of the functions.
fn on_inputs(functions: &[KernelList]) -> impl Iterator<Item = ArrayId> {
    let outputs = functions.iter().flat_map(|one| &one.function.outputs);
    outputs.filter(|port| port.holder == Holder::Slice).map(|port| port.array)
}

/// The ranges of kernels that run in tiles, among those of all functions.
fn tiled(functions: &[KernelList]) -> Vec<Range<usize>> {
    let mut start = 0;
    let ranges = functions.iter().map(|one| {
        let first = start;
        start += one.kernels.len();
        one.tiles.as_ref().map(|tiles| first + tiles.range.start..first + tiles.range.end)
    });
    ranges.flatten().collect()
}

/// The walk over the kernels, in which arrays are born and die.
struct Planner<'a, R: Fn(ArrayId) -> ArrayId> {
    program: &'a Program,
    kernels: &'a [Kernel],
    /// The array whose memory an array is.
    root: &'a R,
    /// The arrays that each kernel is the last to read, in order.
    last_read: HashMap<usize, BTreeSet<ArrayId>>,
    allocation: Allocation<'a>,
    places: HashMap<ArrayId, Place>,
    /// What never dies.
    results: BTreeSet<ArrayId>,
}

impl<R: Fn(ArrayId) -> ArrayId> Planner<'_, R> {
    /// The caller's buffers stay where and as wide as they are.
    fn place_ports(&mut self, functions: &[KernelList]) {
        let Function { inputs, outputs, .. } = &functions[0].function;
        let of_first = outputs.iter().chain(inputs);
        let of_first = of_first.filter(|port| port.holder == Holder::Workspace);
        for array in of_first.map(|port| port.array).chain(on_inputs(functions)) {
            let buffer = self.allocation.add(self.program.array(array).width());
            self.places.insert((self.root)(array), Place::Buffer(buffer));
        }
        self.allocation.fixed = self.allocation.widths.len();
    }

    fn kernel(&mut self, now: usize) {
        let made = (self.root)(target(&self.kernels[now]));
        let mut dying = self.dying(now);
        if !self.places.contains_key(&made) {
            let buffer = match self.in_place(now, made, &dying) {
                Some((source, buffer)) => {
                    dying.retain(|&array| array != source);
                    self.allocation.put(buffer, made);
                    buffer
                }
                None => self.allocation.take(made),
            };
            self.places.insert(made, Place::Buffer(buffer));
        }
        for array in dying {
            if let Some(&Place::Buffer(buffer)) = self.places.get(&array) {
                self.allocation.free.push(buffer);
            }
        }
    }

    /// The arrays that nothing after this kernel reads.
    fn dying(&self, now: usize) -> Vec<ArrayId> {
        let dying = self.last_read.get(&now).into_iter().flatten().copied();
        dying.filter(|array| !self.results.contains(array)).collect()
    }

    /// A dying source over which a kernel may write its target, and its buffer.
    fn in_place(&self, now: usize, made: ArrayId, dying: &[ArrayId]) -> Option<(ArrayId, usize)> {
        let kernel = &self.kernels[now];
        let mut fitting =
            dying.iter().filter(|&&one| works_in_place(self.program, kernel, one, self.root));
        fitting.find_map(|source| match self.places.get(source) {
            Some(&Place::Buffer(buffer)) if self.allocation.fits(buffer, made) => {
                Some((*source, buffer))
            }
            _ => None,
        })
    }
}

/// For each alias, the array whose memory it is.
fn roots(kernels: &[Kernel]) -> HashMap<ArrayId, ArrayId> {
    let mut roots: HashMap<ArrayId, ArrayId> = HashMap::new();
    for kernel in kernels {
        if let Kernel::Alias { target, source } = kernel {
            let root = roots.get(source).copied().unwrap_or(*source);
            roots.insert(*target, root);
        }
    }
    roots
}

/// The arrays that each kernel is the last to read.
fn last_read(
    program: &Program,
    kernels: &[Kernel],
    root: impl Fn(ArrayId) -> ArrayId,
) -> HashMap<usize, BTreeSet<ArrayId>> {
    let mut last = HashMap::new();
    for (now, kernel) in kernels.iter().enumerate() {
        // What a scan reads, its next step reads again.
        let outermost = scans(kernel).first();
        let inside = kernels[now..].iter().take_while(|other| scans(other).first() == outermost);
        let end = if outermost.is_some() { now + inside.count() - 1 } else { now };
        for source in sources(program, kernel) {
            last.insert(root(source), end);
        }
    }
    let mut arrays: HashMap<usize, BTreeSet<ArrayId>> = HashMap::new();
    for (array, kernel) in last {
        arrays.entry(kernel).or_default().insert(array);
    }
    arrays
}

/// What the caller holds in slices, parameters and their gradients are where they are.
fn fixed_places(program: &Program, functions: &[KernelList]) -> HashMap<ArrayId, Place> {
    let mut places = HashMap::new();
    for (number, parameter) in program.parameters.iter().enumerate() {
        places.insert(parameter.array, Place::Parameter(number));
    }
    for KernelList { function, .. } in functions {
        let slices = function.inputs.iter().filter(|port| port.holder == Holder::Slice);
        let slices = slices.enumerate().map(|(number, port)| (port.array, Place::Input(number)));
        let gradients = function.outputs.iter().filter_map(|port| match port.holder {
            Holder::Gradient(number) => Some((port.array, Place::ParameterGradient(number))),
            Holder::Slice | Holder::Workspace | Holder::Residual => None,
        });
        places.extend(slices.chain(gradients));
    }
    places
}

/// Whether a kernel may write its target over a source: a map that reads the source only where it
/// writes.
fn works_in_place(
    program: &Program,
    kernel: &Kernel,
    source: ArrayId,
    root: impl Fn(ArrayId) -> ArrayId,
) -> bool {
    let Kernel::Loops(statement) = kernel else {
        return false;
    };
    let written = program.linear(&statement.target);
    let elements = program.graph.elements(statement.value);
    let mut reads = elements.iter().filter(|(_, access)| root(access.array) == source);
    statement.is_map() && reads.all(|(_, access)| program.linear(access) == written)
}

struct Allocation<'a> {
    program: &'a Program,
    widths: Vec<usize>,
    free: Vec<usize>,
    /// The first buffers, which are filled or read from outside, stay where and as wide as they are.
    fixed: usize,
    /// The buffers that an array in `shared` fills, which stay as wide as they are.
    filled: BTreeSet<usize>,
    /// The arrays that fill their buffers.
    shared: BTreeSet<ArrayId>,
}

impl<'a> Allocation<'a> {
    fn new(program: &'a Program, shared: BTreeSet<ArrayId>) -> Self {
        Self {
            program,
            widths: Vec::new(),
            free: Vec::new(),
            fixed: 0,
            filled: BTreeSet::new(),
            shared,
        }
    }

    fn add(&mut self, width: usize) -> usize {
        self.widths.push(width);
        self.widths.len() - 1
    }

    /// Whether an array may lie in a buffer, which it may widen.
    fn fits(&self, buffer: usize, array: ArrayId) -> bool {
        let width = self.program.array(array).width();
        let is_rigid = buffer < self.fixed || self.filled.contains(&buffer);
        match width.cmp(&self.widths[buffer]) {
            Ordering::Equal => true,
            Ordering::Less => !self.shared.contains(&array),
            Ordering::Greater => !is_rigid,
        }
    }

    /// Lays an array into a buffer that it fits.
    fn put(&mut self, buffer: usize, array: ArrayId) {
        let width = self.program.array(array).width();
        self.widths[buffer] = self.widths[buffer].max(width);
        if self.shared.contains(&array) {
            self.filled.insert(buffer);
        }
    }

    /// The smallest free buffer that is large enough, else the largest one, made larger.
    fn take(&mut self, array: ArrayId) -> usize {
        let width = self.program.array(array).width();
        let free = self.free.iter().copied().filter(|&buffer| self.fits(buffer, array));
        let is_enough = |&buffer: &usize| self.widths[buffer] >= width;
        let best = free.clone().filter(is_enough).min_by_key(|&buffer| self.widths[buffer]);
        let best = best.or_else(|| free.max_by_key(|&buffer| self.widths[buffer]));
        let buffer = match best {
            Some(buffer) => {
                self.free.retain(|&other| other != buffer);
                buffer
            }
            None => self.add(width),
        };
        self.put(buffer, array);
        buffer
    }
}

/// The arrays that kernels in tiles and other kernels touch.
fn shared_by_tiles(
    program: &Program,
    kernels: &[Kernel],
    tiles: &[Range<usize>],
    root: impl Fn(ArrayId) -> ArrayId,
) -> BTreeSet<ArrayId> {
    let touched = |kernels: &[Kernel]| -> BTreeSet<ArrayId> {
        let all =
            kernels.iter().flat_map(|one| [sources(program, one), vec![target(one)]].concat());
        all.map(&root).collect()
    };
    let shared = tiles.iter().flat_map(|range| {
        let outside = [&kernels[..range.start], &kernels[range.end..]].concat();
        let (inside, outside) = (touched(&kernels[range.clone()]), touched(&outside));
        inside.intersection(&outside).copied().collect::<Vec<_>>()
    });
    shared.collect()
}
