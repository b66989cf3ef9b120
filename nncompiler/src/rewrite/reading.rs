//! Which numbers have an exponent, e^u·v, and what reads them so.

use std::collections::BTreeSet;

use super::scaled::{Logarithm, exponent_of, is_shifted};
use crate::ir::expression::{Binary, Graph, Id, Node};
use crate::ir::function::{Function, sums};
use crate::ir::index::ArrayId;

/// The arrays that statements fill, and none adds to.
pub fn filled(function: &Function) -> BTreeSet<ArrayId> {
    let sums = sums(&function.body);
    let targets = function.body.iter().map(|one| one.target.array);
    targets.filter(|array| !sums.contains(array)).collect()
}

/// How expressions read arrays that may hold mantissas.
pub struct Reading<'a> {
    pub graph: &'a Graph,
    /// The numbers e^u·v that have an exponent: a term or factor of them is e^u.
    with_exponent: BTreeSet<Id>,
}

impl<'a> Reading<'a> {
    /// Keeps the arrays that have an exponent where anything fills them.
    pub fn new(
        graph: &'a Graph,
        function: &Function,
        stopped: &BTreeSet<ArrayId>,
        scalable: &mut BTreeSet<ArrayId>,
    ) -> Self {
        let mut reading = Self { graph, with_exponent: BTreeSet::new() };
        let mut arrays = BTreeSet::new();
        // In a scan, a statement may read what one below it has made a step before.
        loop {
            let count = arrays.len();
            for statement in &function.body {
                reading.read(statement.value, stopped, &arrays);
                let target = statement.target.array;
                if reading.with_exponent.contains(&statement.value) && scalable.contains(&target) {
                    arrays.insert(target);
                }
            }
            if arrays.len() == count {
                *scalable = arrays;
                return reading;
            }
        }
    }

    /// Notes which parts of a value are e^u·v.
    fn read(&mut self, root: Id, stopped: &BTreeSet<ArrayId>, arrays: &BTreeSet<ArrayId>) {
        // Children come first.
        for id in self.graph.reachable(root) {
            if self.has_exponent(id, stopped, arrays) {
                self.with_exponent.insert(id);
            }
        }
    }

    /// Whether a number, whose children are known, is e^u·v.
    fn has_exponent(
        &self,
        id: Id,
        stopped: &BTreeSet<ArrayId>,
        arrays: &BTreeSet<ArrayId>,
    ) -> bool {
        match (self.graph.node(id), exponent_of(self.graph, id)) {
            (Node::Element(access), _) => arrays.contains(&access.array),
            (_, Some(exponent)) => !is_shifted(self.graph, exponent, stopped),
            _ => self.terms(id).iter().any(|term| self.with_exponent.contains(term)),
        }
    }

    /// The terms and factors that a number is made of, what it is one of, or what it is a root or a power of.
    pub fn terms(&self, id: Id) -> Vec<Id> {
        use Binary::{Add, Divide, Maximum, Minimum, Multiply, Power, Subtract};
        match *self.graph.node(id) {
            Node::Apply(ref function, a) if matches!(&**function, "sqrt" | "abs") => vec![a],
            Node::Negate(a) | Node::Binary(Power, a, _) => vec![a],
            Node::Binary(Add | Subtract | Multiply | Divide | Maximum | Minimum, a, b)
            | Node::Select(_, a, b) => vec![a, b],
            _ => vec![],
        }
    }

    /// Removes the arrays that are read other than as e^u·v; `is_scaled` says whether the value itself
    /// is read so.
    pub fn misread(&self, root: Id, is_scaled: bool, scalable: &mut BTreeSet<ArrayId>) {
        let mut seen = BTreeSet::new();
        let mut pending = vec![(root, is_scaled)];
        while let Some((id, is_scaled)) = pending.pop() {
            if !seen.insert((id, is_scaled)) {
                continue;
            }
            match self.graph.node(id) {
                Node::Element(access) if !is_scaled => {
                    scalable.remove(&access.array);
                }
                node => {
                    let scaled = if is_scaled { self.terms(id) } else { self.scaled(node) };
                    let children = node.children().into_iter();
                    pending.extend(children.map(|child| (child, scaled.contains(&child))));
                }
            }
        }
    }

    /// The children that a node reads as e^u·v.
    pub fn scaled(&self, node: &Node) -> Vec<Id> {
        let has_exponent = |id: &Id| self.with_exponent.contains(id);
        match node {
            Node::Binary(Binary::Divide, a, b) if has_exponent(b) => vec![*a, *b],
            _ => Logarithm::of(node).iter().map(Logarithm::argument).collect(),
        }
    }
}
