//! Statements run as they are written, number by number: what they mean, apart from how they are
//! scheduled.

use crate::ir::expression::{Binary, Graph, Id, Node, apply, evaluate};
use crate::ir::function::{Program, Statement};
use crate::ir::index::{Access, Affine, ArrayId, BATCH_SIZE, Extent, Index};
use crate::ir::reduction::Reduction;

/// The arrays of a program for one batch.
pub struct Memory<'a> {
    program: &'a Program,
    batch: usize,
    /// By their numbers; those without values are empty.
    arrays: Vec<Vec<f64>>,
}

impl<'a> Memory<'a> {
    pub fn new(program: &'a Program, batch: usize) -> Self {
        Self { program, batch, arrays: vec![Vec::new(); program.arrays.len()] }
    }

    pub fn set(&mut self, array: ArrayId, values: Vec<f64>) {
        assert_eq!(values.len(), self.size(array), "{}", self.program.array(array).name);
        self.arrays[array.0 as usize] = values;
    }

    pub fn get(&self, array: ArrayId) -> &[f64] {
        &self.arrays[array.0 as usize]
    }

    pub fn size(&self, array: ArrayId) -> usize {
        self.program.array(array).axes.iter().map(|&extent| self.extent(extent)).product()
    }

    fn extent(&self, extent: Extent) -> usize {
        match extent {
            Extent::Fixed(size) => size,
            Extent::Batch | Extent::Outputs => self.batch,
        }
    }

    /// Where an element lies: rows one after the other, of as many samples as there are.
    fn linear(&self, access: &Access) -> Affine {
        let mut offset = Affine::constant(0);
        let axes = self.program.array(access.array).axes.iter();
        for (axis, &extent) in access.at.iter().zip(axes) {
            let size = i64::try_from(self.extent(extent)).expect("a small axis");
            let before = Affine::constant(0).plus(&offset, size).expect("a small offset");
            offset = before.plus(axis, 1).expect("a small offset");
        }
        offset
    }

    /// Statements in order, those of a scan step by step.
    pub fn run(&mut self, statements: &[Statement]) {
        let mut values = vec![0; self.program.indices.len()];
        self.run_in_scans(statements, 0, &mut values);
    }

    /// Statements in a step of so many scans, whose values are given.
    fn run_in_scans(&mut self, statements: &[Statement], depth: usize, values: &mut [i64]) {
        for group in statements.chunk_by(|one, next| one.scans.get(depth) == next.scans.get(depth))
        {
            let Some(&scan) = group[0].scans.get(depth) else {
                for statement in group {
                    self.statement(statement, values);
                }
                continue;
            };
            let count = self.count(scan.index);
            for step in 0..count {
                let step = if scan.is_reverse { count - 1 - step } else { step };
                values[number(scan.index)] = step;
                self.run_in_scans(group, depth + 1, values);
            }
        }
    }

    /// A statement, index by index; given are the values of indices around it.
    fn statement(&mut self, statement: &Statement, values: &mut [i64]) {
        let target = statement.target.array;
        let offset = self.linear(&statement.target);
        let reduction = statement.reduction.as_ref().map(|(reduction, _)| *reduction);
        // A scan reads what it has made a step before.
        let size = self.size(target);
        self.arrays[target.0 as usize].resize(size, f64::NAN);
        let expression = Expression::new(&self.program.graph, statement.value);
        let offsets = expression.offsets(self);
        let (mut results, mut starts, mut room) = (Vec::new(), Vec::new(), Vec::new());
        if !statement.accumulate {
            self.each(&statement.free(), values, &mut |values| {
                starts.push(self.at(&offset, values));
            });
        }
        self.each(&statement.indices(), values, &mut |values| {
            let value = expression
                .value(&mut room, |number, node| self.leaf(node, &offsets[number], values));
            results.push((self.at(&offset, values), value));
        });
        let elements = &mut self.arrays[target.0 as usize];
        for at in starts {
            elements[at] = start(reduction);
        }
        for (at, value) in results {
            elements[at] = combined(reduction, elements[at], value);
        }
    }

    /// The value of a node without children.
    fn leaf(&self, node: &Node, offset: &Affine, values: &[i64]) -> f64 {
        match node {
            Node::Element(access) => self.get(access.array)[self.at(offset, values)],
            Node::Random(stream, _) => random(*stream, self.at(offset, values)),
            Node::Position(index) => values[number(*index)] as f64,
            node => constant(node, self.batch),
        }
    }

    /// Where an element is.
    fn at(&self, offset: &Affine, values: &[i64]) -> usize {
        let mut at = offset.constant;
        for &(index, factor) in &offset.terms {
            at += factor * values[number(index)];
        }
        for (access, factor) in &offset.gathered {
            let place = self.at(&self.linear(access), values);
            at += factor * integer(self.get(access.array)[place]);
        }
        usize::try_from(at).expect("an offset in the array")
    }

    /// Calls `body` with every combination of the values of indices.
    fn each(&self, indices: &[Index], values: &mut [i64], body: &mut dyn FnMut(&[i64])) {
        let Some((&first, rest)) = indices.split_first() else { return body(values) };
        for value in 0..self.count(first) {
            values[number(first)] = value;
            self.each(rest, values, body);
        }
    }

    /// How many values an index has.
    fn count(&self, index: Index) -> i64 {
        i64::try_from(self.extent(self.program.extent(index))).expect("a small extent")
    }
}

fn number(index: Index) -> usize {
    index.0 as usize
}

/// The integer that a number of an array of integers is.
#[expect(clippy::cast_possible_truncation, reason = "a small integer")]
pub fn integer(value: f64) -> i64 {
    assert!(value.fract() == 0.0, "{value} is no integer");
    value as i64
}

/// What a reduction begins with.
pub fn start(reduction: Option<Reduction>) -> f64 {
    reduction.map_or(0.0, Reduction::start)
}

/// Two results of a reduction as one.
pub fn combined(reduction: Option<Reduction>, a: f64, b: f64) -> f64 {
    apply(reduction.map_or(Binary::Add, Reduction::operation), a, b)
}

/// A number between 0 and 1 that looks random.
pub fn random(stream: u32, place: usize) -> f64 {
    ((place + 31 * stream as usize) * 7919 % 1009) as f64 / 1009.0
}

/// The value of a node that depends on no index.
pub fn constant(node: &Node, batch: usize) -> f64 {
    match node {
        Node::Constant(number) => number.value(),
        Node::Setting(name) if &**name == BATCH_SIZE => batch as f64,
        other => panic!("{other:?} has no value here"),
    }
}

/// A scalar expression: each node with the numbers of those that it is computed from, which stand
/// before it.
pub struct Expression {
    pub nodes: Vec<(Node, Vec<usize>)>,
}

impl Expression {
    pub fn new(graph: &Graph, root: Id) -> Self {
        let order = graph.reachable(root);
        let number = |id: &Id| order.binary_search(id).expect("a node that is reached");
        let node = |id: &Id| {
            let node = graph.node(*id).clone();
            let children = node.children().iter().map(number).collect();
            (node, children)
        };
        Self { nodes: order.iter().map(node).collect() }
    }

    /// Where the element is that each node reads.
    fn offsets(&self, memory: &Memory) -> Vec<Affine> {
        let offset = |(node, _): &(Node, Vec<usize>)| match node {
            Node::Element(access) | Node::Random(_, access) => memory.linear(access),
            _ => Affine::constant(0),
        };
        self.nodes.iter().map(offset).collect()
    }

    /// The value, given that of each node without children, by its number. `values` is room for those
    /// of all nodes.
    pub fn value(&self, values: &mut Vec<f64>, leaf: impl Fn(usize, &Node) -> f64) -> f64 {
        values.clear();
        for (number, (node, children)) in self.nodes.iter().enumerate() {
            let child = |n: usize| values[children[n]];
            let value = match node {
                Node::Negate(_) => -child(0),
                Node::Apply(function, _) => evaluate(function, child(0)).expect("a function"),
                Node::Stop(_) => child(0),
                Node::Binary(operation, ..) => apply(*operation, child(0), child(1)),
                Node::Compare(comparison, ..) => {
                    f64::from(u8::from(comparison.holds(child(0), child(1))))
                }
                Node::Select(..) => {
                    if child(0) == 1.0 {
                        child(1)
                    } else {
                        child(2)
                    }
                }
                leaf_node => leaf(number, leaf_node),
            };
            values.push(value);
        }
        values[values.len() - 1]
    }
}
