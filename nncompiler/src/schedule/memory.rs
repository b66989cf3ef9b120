//! Lifetimes → buffers: arrays whose lives do not overlap share memory, and a map works in place
//! where its source dies with it.

use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use crate::ir::cost::{LARGEST_KEPT, LARGEST_ON_STACK};
use crate::ir::function::{Program, Role};
use crate::ir::index::ArrayId;
use crate::schedule::kernels::{Kernel, scan, sources, target};
use crate::schedule::tile::Tiles;

/// Where the elements of an array are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The network's inputs.
    Inputs,
    /// The n-th parameter.
    Parameter(usize),
    /// The gradient on the n-th parameter.
    ParameterGradient(usize),
    /// The n-th buffer.
    Buffer(usize),
}

/// Where a function of few samples has its buffers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Residence {
    /// On the stack.
    Stack,
    /// In memory that each thread keeps.
    Thread,
    /// In memory that is allocated in each call.
    Heap,
}

/// The buffer of the outputs, in every plan.
pub const OUTPUTS: usize = 0;

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

    /// Whether a buffer holds what some kernels of a list and others, or the caller, both touch:
    /// numbers that each sample has to have a place of its own for.
    pub fn is_kept(
        &self,
        program: &Program,
        buffer: usize,
        inside: &[Kernel],
        outside: &[Kernel],
    ) -> bool {
        let touched = |kernels: &[Kernel]| -> BTreeSet<ArrayId> {
            let arrays =
                kernels.iter().flat_map(|one| [sources(program, one), vec![target(one)]].concat());
            arrays.filter(|&array| self.place(array) == Place::Buffer(buffer)).collect()
        };
        buffer < self.fixed || !touched(inside).is_disjoint(&touched(outside))
    }

    /// The scalars of the buffers from the n-th on, together, where each holds so many samples.
    pub fn scalars_from(&self, first: usize, samples: usize) -> usize {
        let widths = self.widths[first..].iter();
        widths.fold(0, |sum, width| sum.saturating_add(width.saturating_mul(samples)))
    }

    /// Where a function of few samples has its buffers from the n-th on.
    pub fn residence(&self, first: usize, samples: usize) -> Residence {
        match self.scalars_from(first, samples) {
            ..=LARGEST_ON_STACK => Residence::Stack,
            ..=LARGEST_KEPT => Residence::Thread,
            _ => Residence::Heap,
        }
    }

    pub fn place(&self, array: ArrayId) -> Place {
        self.places.get(&array).copied().unwrap_or(Place::Inputs)
    }
}

/// The tiles of each list of kernels; where a list has none, all its samples run at once.
#[derive(Clone, Debug, Default)]
pub struct TilesOf {
    pub forward: Option<Tiles>,
    pub inference: Option<Tiles>,
    pub backward: Option<Tiles>,
}

/// Kernels, some of which may run in tiles.
#[derive(Clone, Copy)]
pub struct List<'a> {
    pub kernels: &'a [Kernel],
    pub tiles: Option<&'a Tiles>,
}

/// Plans forward, alone or with a backward pass, which gives the output gradient a buffer of its own.
///
/// What kernels in tiles and others both touch fills its buffer, so that a sample's part of it lies
/// in the same place for both.
pub fn plan(program: &Program, forward: List, backward: Option<List>) -> Plan {
    let [of_forward, of_backward] =
        [Some(forward), backward].map(|list| list.map(|list| list.kernels));
    let kernels = &[of_forward, of_backward].map(Option::unwrap_or_default).concat();
    let roots = roots(kernels);
    let root = |array: ArrayId| roots.get(&array).copied().unwrap_or(array);
    let last_reads = last_reads(program, kernels, root);
    let output = root(program.output);
    let after = forward.kernels.len();
    let tiles = [Some((0, forward)), backward.map(|list| (after, list))].into_iter().flatten();
    let tiles = tiles.filter_map(|(start, list)| {
        let range = &list.tiles?.range;
        Some(start + range.start..start + range.end)
    });
    let shared = shared_by_tiles(program, kernels, tiles, root);
    let mut allocation = Allocation {
        program,
        widths: Vec::new(),
        free: Vec::new(),
        fixed: 0,
        filled: BTreeSet::new(),
        shared,
    };
    let mut places = fixed_places(program);
    places.insert(output, Place::Buffer(allocation.add(program.array(output).width())));
    if let (Some(_), Some(gradient)) = (backward, program.output_gradient) {
        let buffer = allocation.add(program.array(gradient).width());
        places.insert(gradient, Place::Buffer(buffer));
    }
    if let Some(direction) = program.direction {
        let buffer = allocation.add(program.array(direction).width());
        places.insert(direction, Place::Buffer(buffer));
    }
    allocation.fixed = allocation.widths.len();
    for (now, kernel) in kernels.iter().enumerate() {
        let made = root(target(kernel));
        let mut dying: Vec<ArrayId> = sources(program, kernel).into_iter().map(root).collect();
        if scan(kernel).is_some() {
            dying.extend(last_reads.keys());
        }
        dying.retain(|array| last_reads.get(array) == Some(&now) && *array != output);
        dying.sort_unstable();
        dying.dedup();
        if !places.contains_key(&made) {
            let in_place = dying
                .iter()
                .filter(|&&source| works_in_place(program, kernel, source, root))
                .find_map(|source| match places.get(source) {
                    Some(&Place::Buffer(buffer)) if allocation.fits(buffer, made) => {
                        Some((*source, buffer))
                    }
                    _ => None,
                });
            let buffer = match in_place {
                Some((source, buffer)) => {
                    dying.retain(|&array| array != source);
                    allocation.put(buffer, made);
                    buffer
                }
                None => allocation.take(made),
            };
            places.insert(made, Place::Buffer(buffer));
        }
        for array in dying {
            if let Some(&Place::Buffer(buffer)) = places.get(&array) {
                allocation.free.push(buffer);
            }
        }
    }
    for (&alias, root) in &roots {
        if let Some(&place) = places.get(root) {
            places.insert(alias, place);
        }
    }
    Plan { widths: allocation.widths, fixed: allocation.fixed, places }
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

/// The last kernel that reads each array.
fn last_reads(
    program: &Program,
    kernels: &[Kernel],
    root: impl Fn(ArrayId) -> ArrayId,
) -> HashMap<ArrayId, usize> {
    let mut last = HashMap::new();
    for (now, kernel) in kernels.iter().enumerate() {
        // What a scan reads, its next step reads again.
        let inside = kernels[now..].iter().take_while(|other| scan(other) == scan(kernel));
        let end = if scan(kernel).is_some() { now + inside.count() - 1 } else { now };
        for source in sources(program, kernel) {
            last.insert(root(source), end);
        }
    }
    last
}

/// Inputs, parameters and their gradients are where they are.
fn fixed_places(program: &Program) -> HashMap<ArrayId, Place> {
    let mut places = HashMap::from([(program.input, Place::Inputs)]);
    for (number, parameter) in program.parameters.iter().enumerate() {
        places.insert(parameter.array, Place::Parameter(number));
        if let Some(gradient) = parameter.gradient {
            places.insert(gradient, Place::ParameterGradient(number));
        }
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

impl Allocation<'_> {
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
    tiles: impl Iterator<Item = Range<usize>>,
    root: impl Fn(ArrayId) -> ArrayId,
) -> BTreeSet<ArrayId> {
    let touched = |kernels: &[Kernel]| -> BTreeSet<ArrayId> {
        let all =
            kernels.iter().flat_map(|one| [sources(program, one), vec![target(one)]].concat());
        all.map(&root).collect()
    };
    let shared = tiles.flat_map(|range| {
        let outside = [&kernels[..range.start], &kernels[range.end..]].concat();
        let (inside, outside) = (touched(&kernels[range]), touched(&outside));
        inside.intersection(&outside).copied().collect::<Vec<_>>()
    });
    shared.collect()
}

/// The forward arrays that the backward program reads: what a training pass saves.
pub fn saved(program: &Program) -> Vec<ArrayId> {
    let mut saved: Vec<ArrayId> = program
        .backward
        .iter()
        .flat_map(|statement| program.graph.elements(statement.value))
        .map(|(_, access)| access.array)
        .filter(|&array| program.array(array).role == Role::Computed)
        .collect();
    saved.sort_unstable();
    saved.dedup();
    saved
}
