//! Loop nests, exactly as they are scheduled: every element is read and written when, where and in
//! the order that the nest says.

use std::cell::RefCell;
use std::ops::Range;

use super::memory::Buffers;
use crate::ir::cost::LANES;
use crate::ir::expression::{Id, Node};
use crate::ir::index::ArrayId;
use crate::ir::interpret::{self, Expression, combined, constant, random, start};
use crate::ir::reduction::Reduction;
use crate::schedule::loop_nest::{
    Accumulator, Blocks, Counter, Kind, LoopNest, Offset, Part, Pattern, Read, Rest, TargetPattern,
};

/// Runs a nest, in parts where threads would divide it.
pub fn run(memory: &mut Buffers, nest: &LoopNest, steps: &[usize]) {
    let batch = memory.batch;
    let rows = nest.loops.first().map_or(1, |one| one.size);
    let parts = match nest.parallel.map(|parallel| parallel.part) {
        None => vec![(0..batch, 0..rows)],
        Some(Part::Sample) => vec![(0..batch / 2, 0..rows), (batch / 2..batch, 0..rows)],
        Some(Part::Row) => vec![(0..batch, 0..rows / 2), (0..batch, rows / 2..rows)],
    };
    for (samples, rows) in parts {
        if samples.is_empty() || rows.is_empty() {
            continue;
        }
        let expression = Expression::new(&memory.program.graph, nest.statement.value);
        let nodes = memory.program.graph.reachable(nest.statement.value);
        let read = |node: &Id| nest.reads.iter().position(|read| read.node == *node);
        let reads = nodes.iter().map(read).collect();
        let (counters, room) = (vec![None; nest.loops.len()], RefCell::default());
        Run { memory, nest, steps, samples, rows, expression, nodes, reads, counters, room }.run();
    }
}

/// What an iteration has read, for each read of the nest; NaN if nothing.
type Elements = Vec<f64>;

/// Where the elements begin that a loop runs through, for each read of the nest.
type Sources = Vec<usize>;

struct Run<'a, 'm> {
    memory: &'a mut Buffers<'m>,
    nest: &'a LoopNest,
    /// Of the scans around the nest.
    steps: &'a [usize],
    samples: Range<usize>,
    /// Iterations of the outermost loop, if threads divide these.
    rows: Range<usize>,
    expression: Expression,
    /// The node that each of the expression is.
    nodes: Vec<Id>,
    /// The read that each of them is.
    reads: Vec<Option<usize>>,
    /// The counters of the loops that are running.
    counters: Vec<Option<usize>>,
    /// Room for the values of all nodes.
    room: RefCell<Vec<f64>>,
}

impl Run<'_, '_> {
    fn run(&mut self) {
        let last = self.nest.innermost().unwrap_or(0);
        if self.nest.loops.last().is_some_and(|last| last.kind == Kind::Unrolled) {
            let long = self.nest.outside_unrolled() - 1;
            return self.around(0..long, &mut |run| run.unrolled(long));
        }
        match self.nest.accumulator {
            Some(Accumulator::DoubleTile(blocks)) if !self.nest.loops[last].reduces => {
                self.tiles_of_target(blocks);
            }
            Some(
                Accumulator::Variable
                | Accumulator::Lanes
                | Accumulator::Tile
                | Accumulator::DoubleVariable
                | Accumulator::DoubleLanes(_)
                | Accumulator::DoubleTile(_),
            ) => {
                let outside = self.nest.outside_reduction();
                self.around(0..outside, &mut |run| {
                    let total = match run.nest.accumulator {
                        Some(Accumulator::Tile) => run.tile_total(outside, None),
                        Some(Accumulator::DoubleTile(blocks)) => {
                            run.tile_total(outside, Some(blocks))
                        }
                        _ => run.total(outside),
                    };
                    run.store(total);
                });
            }
            Some(Accumulator::Target) | None => {
                if self.reduction().is_some() && !self.nest.statement.accumulate {
                    let begin = start(self.reduction());
                    self.target_of_rows().fill(begin);
                }
                self.around(0..last, &mut |run| run.innermost_in_target());
            }
        }
    }

    fn reduction(&self) -> Option<Reduction> {
        self.nest.statement.reduction.as_ref().map(|(reduction, _)| *reduction)
    }

    /// Runs a body inside loops.
    fn around(&mut self, loops: Range<usize>, body: &mut dyn FnMut(&mut Self)) {
        let Some(number) = loops.clone().next() else { return body(self) };
        let is_divided = number == 0 && self.nest.is_divided(Part::Row);
        for value in if is_divided { self.rows.clone() } else { 0..self.count(number) } {
            self.counters[number] = Some(value);
            self.around(number + 1..loops.end, body);
        }
        self.counters[number] = None;
    }

    /// The target's elements that the samples and rows at hand may write.
    fn target_of_rows(&mut self) -> &mut [f64] {
        let width = self.nest.parallel.map(|parallel| parallel.width);
        let width = width.filter(|_| self.nest.is_divided(Part::Row));
        let Range { start, end } = self.rows.clone();
        let target = self.target_slice();
        let part = width.map_or(0..target.len(), |width| start * width..end * width);
        &mut target[part]
    }

    fn count(&self, number: usize) -> usize {
        let one = &self.nest.loops[number];
        if one.is_open { one.size * self.samples.len() } else { one.size }
    }

    /// Where an element is, from the counters of the loops that are running.
    fn at(&self, offset: &Offset) -> usize {
        let integer = |value: usize| i64::try_from(value).expect("a small number");
        let steps = offset.steps.iter().zip(self.steps);
        let mut at = offset.constant + steps.map(|(by, &step)| by * integer(step)).sum::<i64>();
        for (&stride, counter) in offset.strides.iter().zip(&self.counters) {
            if stride != 0 {
                at += stride * integer(counter.expect("a loop that is running"));
            }
        }
        for one in &offset.gathered {
            let value = self.slice(one.array)[self.at(&one.offset)];
            at += one.stride * interpret::integer(value);
        }
        usize::try_from(at).expect("an offset in the array")
    }

    /// The elements of an array that belong to the samples at hand.
    fn slice(&self, array: ArrayId) -> &[f64] {
        let range = self.range(array);
        &self.memory.get(array)[range]
    }

    fn target_slice(&mut self) -> &mut [f64] {
        let array = self.nest.statement.target.array;
        let range = self.range(array);
        &mut self.memory.get_mut(array)[range]
    }

    fn range(&self, array: ArrayId) -> Range<usize> {
        let info = self.memory.program.array(array);
        if info.is_batched() {
            self.samples.start * info.width()..self.samples.end * info.width()
        } else {
            0..info.width()
        }
    }

    /// The first element that a loop runs through, of which it needs so many.
    fn first(&self, array: ArrayId, offset: &Offset, number: usize, size: usize) -> usize {
        let at = self.at(&offset.without(number));
        assert!(at + self.count(number) * size <= self.slice(array).len(), "a slice of the array");
        at
    }

    /// The elements that are read with a pattern, each at its offset.
    fn read(&self, pattern: Pattern, elements: &mut Elements) {
        for (element, read) in elements.iter_mut().zip(&self.nest.reads) {
            if read.pattern == pattern {
                *element = self.slice(read.array)[self.at(&read.offset)];
            }
        }
    }

    /// What is read before the innermost loop, and where the elements begin that it runs through.
    fn before_innermost(&self) -> (Elements, Sources) {
        let mut elements = vec![f64::NAN; self.nest.reads.len()];
        self.read(Pattern::Invariant, &mut elements);
        let source = |read: &Read| match (read.pattern, self.nest.innermost()) {
            (Pattern::Contiguous, Some(last)) => self.first(read.array, &read.offset, last, 1),
            _ => 0,
        };
        (elements, self.nest.reads.iter().map(source).collect())
    }

    /// What an iteration of the innermost loop reads.
    fn read_in_loop(&self, number: usize, sources: &Sources, elements: &mut Elements) {
        self.read(Pattern::Indexed, elements);
        for ((element, read), source) in elements.iter_mut().zip(&self.nest.reads).zip(sources) {
            if read.pattern == Pattern::Contiguous {
                *element = self.slice(read.array)[source + number];
            }
        }
    }

    fn value(&self, elements: &Elements) -> f64 {
        let room = &mut self.room.borrow_mut();
        self.expression.value(room, |number, node| match node {
            Node::Element(_) => elements[self.reads[number].expect("a read")],
            Node::Random(stream, _) => {
                let mut draws = self.nest.draws.iter();
                let draw = draws.find(|draw| draw.node == self.nodes[number]).expect("a draw");
                random(*stream, self.samples.start * draw.width + self.at(&draw.offset))
            }
            Node::Position(index) => match self.nest.counter(*index) {
                Some(Counter::Loop(number)) => {
                    self.counters[number].expect("a loop that is running") as f64
                }
                Some(Counter::Step(number)) => self.steps[number] as f64,
                None => 0.0,
            },
            node => constant(node, self.samples.len()),
        })
    }

    /// Writes a result to the target.
    fn store(&mut self, value: f64) {
        let at = self.at(&self.nest.target.offset);
        self.put(at, value);
    }

    fn put(&mut self, at: usize, value: f64) {
        let accumulates = self.nest.statement.accumulate;
        let element = &mut self.target_slice()[at];
        *element = if accumulates { *element + value } else { value };
    }

    /// The reduction over the loops from one on.
    fn total(&mut self, first: usize) -> f64 {
        let begin = start(self.reduction());
        let (mut total, mut lanes, mut has_lanes) = (begin, [begin; LANES], false);
        let last = self.nest.loops.len().saturating_sub(1).max(first);
        self.around(first..last, &mut |run| match run.nest.accumulator {
            Some(Accumulator::Lanes) => {
                has_lanes |= run.terms_in_lanes(None, &mut lanes, &mut total);
            }
            Some(Accumulator::DoubleLanes(block)) => {
                has_lanes |= run.terms_in_lanes(Some(block), &mut lanes, &mut total);
            }
            Some(_) | None => run.terms(&mut total),
        });
        if has_lanes {
            total = combined(self.reduction(), total, folded(self.reduction(), lanes.to_vec()));
        }
        total
    }

    /// The innermost loop of a reduction, one term after the other.
    fn terms(&mut self, total: &mut f64) {
        let (mut elements, sources) = self.before_innermost();
        let reduction = self.reduction();
        self.innermost(&mut |run, number| {
            run.read_in_loop(number, &sources, &mut elements);
            *total = combined(reduction, *total, run.value(&elements));
        });
    }

    /// Runs a body in each iteration of the innermost loop, with its number, if there is one.
    fn innermost(&mut self, body: &mut dyn FnMut(&mut Self, usize)) {
        match self.nest.innermost() {
            None => body(self, 0),
            Some(last) => self.around(last..last + 1, &mut |run| {
                let number = run.counters[last].expect("a loop that is running");
                body(run, number);
            }),
        }
    }

    /// The innermost loop of a reduction in lanes: whether there was a register of terms. The terms of a
    /// block of registers are put together before.
    fn terms_in_lanes(
        &mut self,
        block: Option<usize>,
        lanes: &mut [f64; LANES],
        total: &mut f64,
    ) -> bool {
        let last = self.nest.loops.len() - 1;
        let Kind::Lanes(rest) = self.nest.loops[last].kind else { panic!("a loop in lanes") };
        let count = self.count(last);
        let whole = count - count % LANES;
        let (mut elements, sources) = self.before_innermost();
        let mut value = |run: &Self, number| {
            run.read_in_loop(number, &sources, &mut elements);
            run.value(&elements)
        };
        let reduction = self.reduction();
        let put = |place: &mut f64, value| *place = combined(reduction, *place, value);
        let mut of_block = [start(reduction); LANES];
        for number in 0..whole {
            let value = value(self, number);
            let Some(block) = block else {
                put(&mut lanes[number % LANES], value);
                continue;
            };
            put(&mut of_block[number % LANES], value);
            let is_done = (number + 1).is_multiple_of(block * LANES) || number + 1 == whole;
            if is_done {
                lanes.iter_mut().zip(of_block).for_each(|(lane, value)| put(lane, value));
                of_block = [start(reduction); LANES];
            }
        }
        for number in whole..count {
            let value = value(self, number);
            put(if rest == Rest::Serial { total } else { &mut lanes[number - whole] }, value);
        }
        whole > 0 || (count > 0 && rest == Rest::Padded)
    }

    /// The reduction over the loops from one on, the innermost in tiles with a result for each of their
    /// iterations.
    fn tile_total(&mut self, first: usize, blocks: Option<Blocks>) -> f64 {
        let last = self.nest.loops.len() - 1;
        let mut tile = Tile::new(self.reduction(), self.tile_size(last));
        let size = tile.lanes.len();
        self.in_blocks(first..last, blocks, &mut tile, &mut |run, tile| {
            let count = run.count(last);
            let block = blocks.filter(|blocks| blocks.number == last);
            let block = block.map_or(usize::MAX, |blocks| blocks.iterations);
            for (number, begin) in (0..count).step_by(size).enumerate() {
                if number > 0 && number % block == 0 {
                    tile.end_block();
                }
                run.terms_of_tile(last, begin..count.min(begin + size), tile);
            }
            if block < usize::MAX {
                tile.end_block();
            }
        });
        tile.end_block();
        folded(self.reduction(), tile.sums)
    }

    /// The tiles of the target that have a sum for each element.
    fn tiles_of_target(&mut self, blocks: Blocks) {
        let tiled = self.nest.innermost().expect("a loop in tiles");
        let size = self.tile_size(tiled);
        let (array, offset) = (self.nest.statement.target.array, &self.nest.target.offset);
        let loops = tiled + 1..self.nest.loops.len();
        self.around(0..tiled, &mut |run| {
            let (first, count) = (run.first(array, offset, tiled, 1), run.count(tiled));
            for begin in (0..count).step_by(size) {
                let range = begin..count.min(begin + size);
                let mut tile = Tile::new(run.reduction(), range.len());
                run.in_blocks(loops.clone(), Some(blocks), &mut tile, &mut |run, tile| {
                    run.terms_of_tile(tiled, range.clone(), tile);
                });
                tile.end_block();
                for (number, sum) in range.zip(tile.sums) {
                    run.put(first + number, sum);
                }
            }
        });
    }

    /// Runs a body inside loops, of which one may end a block after so many iterations.
    fn in_blocks(
        &mut self,
        loops: Range<usize>,
        blocks: Option<Blocks>,
        tile: &mut Tile,
        body: &mut dyn FnMut(&mut Self, &mut Tile),
    ) {
        let Some(number) = loops.clone().next() else { return body(self, tile) };
        for value in 0..self.count(number) {
            let blocks_here = blocks.filter(|blocks| blocks.number == number);
            if blocks_here.is_some_and(|blocks| value % blocks.iterations == 0) {
                tile.end_block();
            }
            self.counters[number] = Some(value);
            self.in_blocks(number + 1..loops.end, blocks, tile, body);
        }
        self.counters[number] = None;
    }

    /// One term for each iteration of a tile.
    fn terms_of_tile(&mut self, tiled: usize, range: Range<usize>, tile: &mut Tile) {
        let (mut elements, sources) = self.before_innermost();
        for (number, lane) in range.zip(&mut tile.lanes) {
            self.counters[tiled] = Some(number);
            self.read_in_loop(number, &sources, &mut elements);
            *lane = combined(tile.reduction, *lane, self.value(&elements));
        }
        self.counters[tiled] = None;
    }

    fn tile_size(&self, number: usize) -> usize {
        match self.nest.loops[number].kind {
            Kind::Tiled(size) => size,
            other => panic!("{other:?} is no loop in tiles"),
        }
    }

    /// The innermost loop of a nest that writes the target in each iteration.
    fn innermost_in_target(&mut self) {
        let (mut elements, sources) = self.before_innermost();
        let (array, offset) = (self.nest.statement.target.array, &self.nest.target.offset);
        let first = match (self.nest.target.pattern, self.nest.innermost()) {
            (TargetPattern::Contiguous, Some(last)) => Some(self.first(array, offset, last, 1)),
            _ => None,
        };
        self.innermost(&mut |run, number| {
            run.read_in_loop(number, &sources, &mut elements);
            let at = first.map_or_else(|| run.at(offset), |first| first + number);
            run.iteration_in_target(at, &mut elements);
        });
    }

    fn iteration_in_target(&mut self, at: usize, elements: &mut Elements) {
        let before = self.slice(self.nest.statement.target.array)[at];
        for (element, read) in elements.iter_mut().zip(&self.nest.reads) {
            if read.pattern == Pattern::Target {
                *element = before;
            }
        }
        let value = self.value(elements);
        let is_term = self.reduction().is_some() || self.nest.statement.accumulate;
        let value = if is_term { combined(self.reduction(), before, value) } else { value };
        self.target_slice()[at] = value;
    }

    /// The loop around those that are unrolled, with all their repetitions in each iteration.
    fn unrolled(&mut self, long: usize) {
        let repetitions = self.nest.repetitions();
        // Read before the loop, as each repetition sees it.
        let before: Vec<(Elements, Sources)> = repetitions
            .iter()
            .map(|place| self.in_repetition(long, place, Self::sources))
            .collect();
        let first = self.first_of_target(long);
        for number in 0..self.count(long) {
            self.counters[long] = Some(number);
            let mut total = start(self.reduction());
            for (place, (elements, sources)) in repetitions.iter().zip(&before) {
                let (value, within) = self
                    .in_repetition(long, place, |run| run.unrolled_value(long, elements, sources));
                if self.reduction().is_some() {
                    total = combined(self.reduction(), total, value);
                } else {
                    self.put(first + self.group() * number + within, value);
                }
            }
            if self.reduction().is_some() {
                self.put(first + number, total);
            }
        }
        self.counters[long] = None;
    }

    /// Runs a body with the unrolled loops' counters in one place.
    fn in_repetition<R>(
        &mut self,
        long: usize,
        place: &[usize],
        body: impl FnOnce(&mut Self) -> R,
    ) -> R {
        for (number, &value) in (long + 1..).zip(place) {
            self.counters[number] = Some(value);
        }
        let result = body(self);
        self.counters[long + 1..].fill(None);
        result
    }

    /// The elements that are the same in each iteration of the long loop, and where those begin that
    /// it runs through.
    fn sources(&mut self) -> (Elements, Sources) {
        let long = self.nest.outside_unrolled() - 1;
        let source = |read: &Read| match read.pattern {
            Pattern::Invariant | Pattern::Indexed | Pattern::Target => 0,
            Pattern::Contiguous => self.first(read.array, &read.offset, long, 1),
            Pattern::Groups(group) => {
                self.first(read.array, &read.offset.split(long + 1, group).0, long, group)
            }
        };
        let mut elements = vec![f64::NAN; self.nest.reads.len()];
        self.read(Pattern::Invariant, &mut elements);
        (elements, self.nest.reads.iter().map(source).collect())
    }

    /// The first element of the target that the long loop writes; no repetition is running.
    fn first_of_target(&self, long: usize) -> usize {
        let (array, offset) = (self.nest.statement.target.array, &self.nest.target.offset);
        match self.nest.target.pattern {
            TargetPattern::Groups(group) => {
                let (base, _) = offset.split(long + 1, group);
                self.first(array, &base, long, group)
            }
            TargetPattern::Contiguous | TargetPattern::Indexed => {
                self.first(array, offset, long, 1)
            }
        }
    }

    fn group(&self) -> usize {
        match self.nest.target.pattern {
            TargetPattern::Groups(group) => group,
            TargetPattern::Contiguous | TargetPattern::Indexed => 1,
        }
    }

    /// The value of a repetition, and where in its group of the target it goes.
    fn unrolled_value(&self, long: usize, before: &Elements, sources: &Sources) -> (f64, usize) {
        let number = self.counters[long].expect("a loop that is running");
        let mut elements = before.clone();
        for ((element, read), source) in elements.iter_mut().zip(&self.nest.reads).zip(sources) {
            let at = match read.pattern {
                Pattern::Contiguous => source + number,
                Pattern::Groups(group) => {
                    source + number * group + self.within(long, group, &read.offset)
                }
                Pattern::Invariant | Pattern::Indexed | Pattern::Target => continue,
            };
            *element = self.slice(read.array)[at];
        }
        let within = self.within(long, self.group(), &self.nest.target.offset);
        (self.value(&elements), within)
    }

    /// Where an element is in its group.
    fn within(&self, long: usize, group: usize, offset: &Offset) -> usize {
        let within = self.at(&offset.split(long + 1, group).1);
        assert!(within < group.max(1), "an element of the group");
        within
    }
}

/// One result of several: halves are put together with halves.
fn folded(reduction: Option<Reduction>, mut lanes: Vec<f64>) -> f64 {
    while lanes.len() > 1 {
        let half = lanes.split_off(lanes.len() / 2);
        for (lane, other) in lanes.iter_mut().zip(half) {
            *lane = combined(reduction, *lane, other);
        }
    }
    lanes[0]
}

/// The partial results of a reduction for each iteration of a tile: of a block, and of all before.
struct Tile {
    reduction: Option<Reduction>,
    lanes: Vec<f64>,
    sums: Vec<f64>,
}

impl Tile {
    fn new(reduction: Option<Reduction>, size: usize) -> Self {
        let begin = vec![start(reduction); size];
        Self { reduction, lanes: begin.clone(), sums: begin }
    }

    fn end_block(&mut self) {
        for (sum, lane) in self.sums.iter_mut().zip(&mut self.lanes) {
            *sum = combined(self.reduction, *sum, *lane);
            *lane = start(self.reduction);
        }
    }
}
