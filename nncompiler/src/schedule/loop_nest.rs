//! One statement as nested loops: everything about how it runs, as data.

use crate::ir::expression::Id;
use crate::ir::function::{Program, Statement};
use crate::ir::index::{Access, ArrayId, Extent, Index};

/// A statement as loops.
#[derive(Clone, Debug)]
pub struct LoopNest {
    /// What it computes.
    pub statement: Statement,
    /// Outermost first.
    pub loops: Vec<Loop>,
    pub target: Target,
    /// The elements that its value reads.
    pub reads: Vec<Read>,
    /// The random numbers that its value draws.
    pub draws: Vec<Draw>,
    /// Where the terms of its reduction are added up.
    pub accumulator: Option<Accumulator>,
    /// What threads divide of it, if they do.
    pub parallel: Option<Parallel>,
}

/// Indices that run through every array evenly, as one loop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loop {
    /// The innermost of the indices.
    pub index: Index,
    pub size: usize,
    /// Whether it runs `size` times the number of samples, or of outputs: known at run time.
    pub is_open: bool,
    /// Whether its iterations are terms of the reduction.
    pub reduces: bool,
    pub kind: Kind,
}

/// How the iterations of a loop run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One after the other; where all arrays are contiguous, the machine may take several at once.
    Serial,
    /// In the lanes of a register.
    Lanes(Rest),
    /// Written out, each with its number as a constant.
    Unrolled,
    /// In tiles of so many; the iterations of a tile are the innermost loop.
    Tiled(usize),
}

/// What becomes of the iterations that fill no register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// A register that zeros fill up.
    Padded,
    /// One after the other.
    Serial,
}

/// The element that an iteration writes.
#[derive(Clone, Debug)]
pub struct Target {
    pub offset: Offset,
    pub pattern: TargetPattern,
}

/// How the loops write the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetPattern {
    /// An element at its offset.
    Indexed,
    /// The innermost loop runs through contiguous elements.
    Contiguous,
    /// The innermost loop but those unrolled runs through contiguous groups of so many elements.
    Groups(usize),
}

/// An element that the value reads.
#[derive(Clone, Debug)]
pub struct Read {
    pub node: Id,
    pub array: ArrayId,
    pub offset: Offset,
    pub pattern: Pattern,
}

/// How the innermost loop, or the innermost one but those unrolled, reads an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// The same element in each iteration, read before.
    Invariant,
    /// An element at its offset.
    Indexed,
    /// Contiguous elements, one after the other.
    Contiguous,
    /// Contiguous groups of so many elements, one after the other.
    Groups(usize),
    /// The element that the iteration writes.
    Target,
}

/// A random number of the value.
#[derive(Clone, Debug)]
pub struct Draw {
    pub node: Id,
    /// Its place in the stream.
    pub offset: Offset,
    /// The random numbers of a sample.
    pub width: usize,
}

/// Where the terms of a reduction are added up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accumulator {
    /// In the target's elements.
    Target,
    /// In a variable, which the target gets when the reducing loops are done.
    Variable,
    /// In a variable for each lane of the innermost loop, and in one for its rest.
    Lanes,
    /// In a variable for each iteration of a tile.
    Tile,
    /// In a variable of double precision.
    DoubleVariable,
    /// The terms of so many registers in a variable for each lane; then, with those before, in one of
    /// double precision for each lane.
    DoubleLanes(usize),
    /// The terms of blocks in a variable for each iteration of a tile; then, with those before, in one
    /// of double precision for each.
    DoubleTile(Blocks),
}

/// Iterations of a loop whose terms are added up by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blocks {
    /// The loop.
    pub number: usize,
    /// Iterations of a block, at most; tiles, if the loop runs in tiles.
    pub iterations: usize,
}

/// What counts the values of an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counter {
    /// A loop.
    Loop(usize),
    /// The n-th of the scans around the loops.
    Step(usize),
}

/// A division of a nest among threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parallel {
    pub part: Part,
    /// The target's scalars for each part.
    pub width: usize,
    /// What a part costs for each sample, in floating-point operations of a product.
    pub cost: u64,
}

/// The smallest part of a nest that a thread runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// All loops for one sample.
    Sample,
    /// An iteration of the outermost loop.
    Row,
}

/// Where an element lies in memory: the sum of the loops' counters times strides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offset {
    pub constant: i64,
    /// For each loop.
    pub strides: Vec<i64>,
    /// For the step of each scan around the loops.
    pub steps: Vec<i64>,
    /// Integers that arrays hold.
    pub gathered: Vec<Gathered>,
}

/// An integer that an array holds, as a part of an offset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gathered {
    pub array: ArrayId,
    /// Where it lies in its array.
    pub offset: Offset,
    /// What it is multiplied by.
    pub stride: i64,
}

impl LoopNest {
    /// The loops as the statement states them: those of the target, then those of the reduction,
    /// each element at its offset. An index that is always 0 needs no loop, and
    /// a reduction of one term no accumulator.
    pub fn as_stated(program: &Program, statement: &Statement) -> Self {
        let one = |index: Index, reduces: bool| {
            let extent = program.extent(index);
            let is_open = !matches!(extent, Extent::Fixed(_));
            Loop { index, size: extent.per_sample(), is_open, reduces, kind: Kind::Serial }
        };
        let free = statement.free().into_iter().map(|index| one(index, false));
        let bound = statement.bound().iter().map(|&index| one(index, true));
        let runs = |one: &Loop| one.is_open || one.size != 1;
        let loops: Vec<Loop> = free.chain(bound).filter(runs).collect();
        let reduces = loops.iter().any(|one| one.reduces);
        let reduction = statement.reduction.clone().filter(|_| reduces);
        let offset = |access: &Access| Offset::new(program, access, statement, &loops);
        let reads = program.graph.elements(statement.value).into_iter().map(|(node, access)| {
            let (array, offset) = (access.array, offset(&access));
            Read { node, array, offset, pattern: Pattern::Indexed }
        });
        let draws = program.graph.draws(statement.value).into_iter();
        let draws = draws.map(|(node, access)| {
            let width = program.array(access.array).width();
            Draw { node, offset: offset(&access), width }
        });
        let target = Target { offset: offset(&statement.target), pattern: TargetPattern::Indexed };
        Self {
            statement: Statement { reduction, ..statement.clone() },
            reads: reads.collect(),
            draws: draws.collect(),
            target,
            loops,
            accumulator: reduces.then_some(Accumulator::Target),
            parallel: None,
        }
    }

    /// Whether threads divide it in such parts.
    pub fn is_divided(&self, part: Part) -> bool {
        self.parallel.is_some_and(|parallel| parallel.part == part)
    }

    /// Where the value of an index comes from; nothing where it is always 0.
    pub fn counter(&self, index: Index) -> Option<Counter> {
        let loops = self.loops.iter().position(|one| one.index == index).map(Counter::Loop);
        let mut scans = self.statement.scans.iter();
        loops.or_else(|| scans.position(|scan| scan.index == index).map(Counter::Step))
    }

    /// The number of the innermost loop: of the one that runs in tiles, if there is such a loop.
    pub fn innermost(&self) -> Option<usize> {
        let tiled = self.loops.iter().position(|one| matches!(one.kind, Kind::Tiled(_)));
        tiled.or(self.loops.len().checked_sub(1))
    }

    /// The loops outside the reduction.
    pub fn outside_reduction(&self) -> usize {
        self.loops.iter().take_while(|one| !one.reduces).count()
    }

    /// The loops that are not unrolled, which stand around those that are.
    pub fn outside_unrolled(&self) -> usize {
        self.loops.iter().take_while(|one| one.kind != Kind::Unrolled).count()
    }

    /// Whether the value reads other elements of the target: those of a step before.
    pub fn reads_target_elsewhere(&self) -> bool {
        let target = self.statement.target.array;
        self.reads.iter().any(|read| read.array == target && read.offset != self.target.offset)
    }

    /// The loops in another order.
    pub fn reorder(&mut self, order: &[usize]) {
        self.loops = order.iter().map(|&number| self.loops[number].clone()).collect();
        self.change_strides(&|strides| {
            *strides = order.iter().map(|&number| strides[number]).collect();
        });
    }

    /// A loop and the next one inside it as one, where both run evenly through every array.
    pub fn collapse(&mut self, outer: usize) {
        let Loop { size, is_open, .. } = self.loops.remove(outer);
        let inner = &mut self.loops[outer];
        inner.size *= size;
        inner.is_open |= is_open;
        self.change_strides(&|strides| {
            strides.remove(outer);
        });
    }

    fn change_strides(&mut self, change: &impl Fn(&mut Vec<i64>)) {
        let reads = self.reads.iter_mut().map(|read| &mut read.offset);
        let draws = self.draws.iter_mut().map(|draw| &mut draw.offset);
        for offset in reads.chain(draws).chain([&mut self.target.offset]) {
            offset.change_strides(change);
        }
    }

    /// Where its elements are: those that are read, the places of random numbers, the target.
    pub fn offsets(&self) -> impl Iterator<Item = &Offset> {
        let reads = self.reads.iter().map(|read| &read.offset);
        let draws = self.draws.iter().map(|draw| &draw.offset);
        reads.chain(draws).chain([&self.target.offset])
    }

    /// The arrays that it reads, those of integers that say where others are read or written too.
    pub fn arrays_read(&self) -> Vec<ArrayId> {
        let read = self.reads.iter().map(|read| read.array);
        read.chain(self.offsets().flat_map(Offset::integers)).collect()
    }

    /// Every combination of the unrolled loops' counters.
    pub fn repetitions(&self) -> Vec<Vec<usize>> {
        combinations(self.loops[self.outside_unrolled()..].iter().map(|one| one.size))
    }
}

/// Every combination of the counters of loops, the innermost one running fastest.
pub fn combinations(sizes: impl Iterator<Item = usize>) -> Vec<Vec<usize>> {
    sizes.fold(vec![Vec::new()], |all, size| {
        let with = |place: &Vec<usize>, value| [place.as_slice(), &[value]].concat();
        all.iter().flat_map(|place| (0..size).map(move |value| with(place, value))).collect()
    })
}

impl Offset {
    fn new(program: &Program, access: &Access, statement: &Statement, loops: &[Loop]) -> Self {
        let linear = program.linear(access);
        let gathered = linear.gathered.iter().map(|(access, stride)| Gathered {
            array: access.array,
            offset: Self::new(program, access, statement, loops),
            stride: *stride,
        });
        let stride = |index: Index| {
            let term = linear.terms.iter().find(|(other, _)| *other == index);
            term.map_or(0, |&(_, stride)| stride)
        };
        Self {
            constant: linear.constant,
            strides: loops.iter().map(|one| stride(one.index)).collect(),
            steps: statement.scans.iter().map(|scan| stride(scan.index)).collect(),
            gathered: gathered.collect(),
        }
    }

    fn change_strides(&mut self, change: &impl Fn(&mut Vec<i64>)) {
        change(&mut self.strides);
        self.gathered.iter_mut().for_each(|one| one.offset.change_strides(change));
    }

    /// How far an iteration of a loop moves it; nothing if that is not always as far.
    pub fn stride(&self, number: usize) -> Option<i64> {
        let stays = |one: &Gathered| one.offset.stride(number) == Some(0);
        self.gathered.iter().all(stays).then(|| self.strides[number])
    }

    /// Whether the loop with this number moves it as far as all iterations of the next one inside it, of which
    /// there are so many.
    pub fn is_even(&self, outer: usize, size: i64) -> bool {
        self.strides[outer] == self.strides[outer + 1].saturating_mul(size)
            && self.gathered.iter().all(|one| one.offset.is_even(outer, size))
    }

    /// The arrays of integers that it depends on.
    fn integers(&self) -> Vec<ArrayId> {
        let inside = self.gathered.iter();
        inside.flat_map(|one| [vec![one.array], one.offset.integers()].concat()).collect()
    }

    /// The same without a loop.
    pub fn without(&self, number: usize) -> Self {
        let mut offset = self.clone();
        offset.strides[number] = 0;
        offset
    }

    /// The offset of a group of elements, and that of an element within it: loops from `first` on
    /// that move less far than a group is long stay within it.
    pub fn split(&self, first: usize, group: usize) -> (Self, Self) {
        let is_within = |number: usize, stride: i64| {
            number >= first && usize::try_from(stride).is_ok_and(|stride| stride < group)
        };
        let part = |inside: bool| {
            let each = self.strides.iter().enumerate();
            let each = each.map(
                |(number, &stride)| {
                    if is_within(number, stride) == inside { stride } else { 0 }
                },
            );
            each.collect()
        };
        let base = Self { strides: part(false), ..self.clone() };
        let (steps, gathered) = (Vec::new(), Vec::new());
        (base, Self { constant: 0, strides: part(true), steps, gathered })
    }
}
