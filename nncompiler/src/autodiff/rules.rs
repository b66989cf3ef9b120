//! The rules of differentiation: one for each kind of scalar operation, for gradients (backwards)
//! and tangents (forwards) alike.

use std::collections::BTreeSet;

use crate::ir::expression::{Binary, Comparison, Graph, Id, Node};
use crate::ir::function::Statement;
use crate::ir::index::ArrayId;
use crate::ir::pattern::{Bindings, Derivative, Tables};
use crate::rewrite::simplify::Simplifier;

/// The rules of differentiation, and those that simplify what comes out.
pub struct Rules<'a> {
    derivatives: &'a [Derivative],
    simplifier: Simplifier<'a>,
}

impl<'a> Rules<'a> {
    pub fn new(tables: &'a Tables) -> Self {
        let Tables { derivatives, algebra, collection, stability, outputs, .. } = tables;
        let rewrites = algebra.iter().chain(collection).chain(stability);
        Self { derivatives, simplifier: Simplifier::new(rewrites, outputs) }
    }

    /// (operand, g·∂y/∂operand) for each operand of a node `y`.
    pub fn through(&self, graph: &mut Graph, y: Id, g: Id) -> Vec<(Id, Id)> {
        match graph.node(y).clone() {
            Node::Constant(_)
            | Node::Element(_)
            | Node::Position(_)
            | Node::Setting(_)
            | Node::Random(..)
            | Node::Stop(_)
            | Node::Compare(..) => vec![],
            Node::Negate(a) => vec![(a, graph.add(Node::Negate(g)))],
            Node::Apply(function, x) => {
                let slope = self.of_function(graph, &function, x, y);
                vec![(x, times(graph, g, slope))]
            }
            Node::Binary(operation, a, b) => binary(graph, operation, a, b, y, g),
            Node::Select(condition, then, otherwise) => {
                let zero = graph.constant(0.0);
                let to_then = graph.add(Node::Select(condition, g, zero));
                let to_otherwise = graph.add(Node::Select(condition, zero, g));
                vec![(then, to_then), (otherwise, to_otherwise)]
            }
        }
    }

    /// The simplest forms of a derivative of a statement's value: in terms of its target where that tells
    /// enough, as it has been computed anyway, and of what it reads. `sums` are the arrays that statements
    /// add to.
    pub fn simplest_forms(
        &mut self,
        graph: &mut Graph,
        statement: &Statement,
        sums: &BTreeSet<ArrayId>,
        derivative: Id,
    ) -> [Id; 2] {
        let plain = self.simplifier.simplify(graph, derivative);
        // What several statements add up is the output of none of them.
        if statement.reduction.is_some() || sums.contains(&statement.target.array) {
            return [plain; 2];
        }
        let output = graph.element(statement.target.clone());
        [self.simplifier.through_output(graph, plain, statement.value, output), plain]
    }

    /// The row of `functions.eq`, at x with the value y.
    fn of_function(&self, graph: &mut Graph, function: &str, x: Id, y: Id) -> Id {
        let row = self.derivatives.iter().find(|row| *row.function == *function);
        row.map_or(y, |row| {
            let mut bindings = Bindings::default();
            bindings.insert("x", x);
            bindings.insert("y", y);
            row.derivative.build(graph, &bindings, &Graph::add)
        })
    }
}

/// g·slope, in which the slope meets the last factor of g first: in dy·x·sigmoid′(z) the product dy·x may
/// overflow where the slope is 0.
fn times(graph: &mut Graph, g: Id, slope: Id) -> Id {
    let zero = graph.constant(0.0);
    match *graph.node(g) {
        Node::Binary(Binary::Multiply, seed, factor) => {
            let factor = graph.binary(Binary::Multiply, factor, slope);
            graph.binary(Binary::Multiply, seed, factor)
        }
        Node::Negate(g) => {
            let product = times(graph, g, slope);
            graph.add(Node::Negate(product))
        }
        Node::Select(condition, then, otherwise) if otherwise == zero => {
            let then = times(graph, then, slope);
            graph.add(Node::Select(condition, then, zero))
        }
        Node::Select(condition, then, otherwise) if then == zero => {
            let otherwise = times(graph, otherwise, slope);
            graph.add(Node::Select(condition, zero, otherwise))
        }
        _ => graph.binary(Binary::Multiply, g, slope),
    }
}

/// The rules for two operands: (operand, g·∂y/∂operand), y = operation(a, b).
fn binary(graph: &mut Graph, operation: Binary, a: Id, b: Id, y: Id, g: Id) -> Vec<(Id, Id)> {
    use Binary::{Add, Divide, Maximum, Minimum, Multiply, Power, Subtract};
    match operation {
        Add => vec![(a, g), (b, g)],
        Subtract => vec![(a, g), (b, graph.add(Node::Negate(g)))],
        Multiply => vec![(a, graph.binary(Multiply, g, b)), (b, graph.binary(Multiply, g, a))],
        // ∂(a/b)/∂b = −y/b
        Divide => {
            let to_a = graph.binary(Divide, g, b);
            let product = graph.binary(Multiply, g, y);
            let quotient = graph.binary(Divide, product, b);
            vec![(a, to_a), (b, graph.add(Node::Negate(quotient)))]
        }
        Power => power(graph, a, b, y, g),
        Maximum => vec![
            (a, unless(graph, Comparison::LessOrEqual, a, b, g)),
            (b, unless(graph, Comparison::LessOrEqual, b, a, g)),
        ],
        Minimum => vec![
            (a, unless(graph, Comparison::GreaterOrEqual, a, b, g)),
            (b, unless(graph, Comparison::GreaterOrEqual, b, a, g)),
        ],
    }
}

/// ∂(aᵇ)/∂a = b·aᵇ⁻¹, which is 0 where b is 0, even for a = 0, and ∂(aᵇ)/∂b = y·ln a, which is 0
/// where a is 0 and b is not negative: PyTorch's.
fn power(graph: &mut Graph, a: Id, b: Id, y: Id, g: Id) -> Vec<(Id, Id)> {
    use Binary::{Maximum, Multiply, Power, Subtract};
    let (zero, one) = (graph.constant(0.0), graph.constant(1.0));
    let below = match graph.as_constant(b) {
        Some(exponent) => graph.constant(exponent - 1.0),
        None => graph.binary(Subtract, b, one),
    };
    let lowered = graph.binary(Power, a, below);
    let slope = graph.binary(Multiply, b, lowered);
    let to_a = graph.binary(Multiply, g, slope);
    if graph.as_constant(b).is_some() {
        return vec![(a, to_a)];
    }
    let is_zero = graph.add(Node::Compare(Comparison::Equal, b, zero));
    let to_a = graph.add(Node::Select(is_zero, zero, to_a));
    let logarithm = graph.add(Node::Apply("ln".into(), a));
    let slope = graph.binary(Multiply, y, logarithm);
    let to_b = graph.binary(Multiply, g, slope);
    // One condition for a = 0 and b >= 0: neither |a| nor −b is above 0.
    let (size, opposite) = (graph.add(Node::Apply("abs".into(), a)), graph.add(Node::Negate(b)));
    let greater = graph.binary(Maximum, size, opposite);
    let is_flat = graph.add(Node::Compare(Comparison::LessOrEqual, greater, zero));
    vec![(a, to_a), (b, graph.add(Node::Select(is_flat, zero, to_b)))]
}

/// The gradient of max(a, b) or min(a, b) on a: none where the comparison says that b is chosen, else
/// all of it, and so for NaN. A tie goes half to each, but with a constant all to the constant:
/// relu′(0) = 0.
fn unless(graph: &mut Graph, loses: Comparison, a: Id, b: Id, g: Id) -> Id {
    let zero = graph.constant(0.0);
    // A zero stays outermost, so that what it is multiplied by cannot make it NaN.
    match *graph.node(g) {
        Node::Select(condition, then, otherwise) if otherwise == zero => {
            let then = unless(graph, loses, a, b, then);
            return graph.add(Node::Select(condition, then, zero));
        }
        Node::Select(condition, then, otherwise) if then == zero => {
            let otherwise = unless(graph, loses, a, b, otherwise);
            return graph.add(Node::Select(condition, zero, otherwise));
        }
        _ => {}
    }
    let at_tie = if graph.as_constant(a).or(graph.as_constant(b)).is_some() {
        zero
    } else {
        let half = graph.constant(0.5);
        let shared = graph.binary(Binary::Multiply, half, g);
        let tie = graph.add(Node::Compare(Comparison::Equal, a, b));
        graph.add(Node::Select(tie, shared, zero))
    };
    let loses = graph.add(Node::Compare(loses, a, b));
    graph.add(Node::Select(loses, at_tie, g))
}
