//! A choice as a list: the value of the first condition that holds.

use crate::ir::expression::{Comparison, Graph, Id, Node};

/// A comparison of two values.
pub type Condition = (Comparison, Id, Id);

/// Values, each with the conditions of which one has to hold, and the value if none does.
pub struct Branches {
    pub branches: Vec<(Vec<Condition>, Id)>,
    pub rest: Id,
}

impl Branches {
    /// The branches of a choice, and of what is written out in place of its last one.
    pub fn new(graph: &Graph, choice: Id, is_written_out: impl Fn(Id) -> bool) -> Self {
        let mut all = Self { branches: Vec::new(), rest: choice };
        while let Node::Select(condition, then, otherwise) = *graph.node(all.rest)
            && let Node::Compare(comparison, a, b) = *graph.node(condition)
            && is_written_out(all.rest)
        {
            match tie(graph, (comparison, a, b), then) {
                Some([equal, beyond]) => {
                    all.push((Comparison::Equal, a, b), equal);
                    all.push((strict(comparison), a, b), beyond);
                }
                None => all.push((comparison, a, b), then),
            }
            all.rest = otherwise;
        }
        all
    }

    fn push(&mut self, condition: Condition, value: Id) {
        match self.branches.last_mut() {
            Some((conditions, last)) if *last == value => conditions.push(condition),
            _ => self.branches.push((vec![condition], value)),
        }
    }
}

/// Of `if a ≥ b { if a = b { equal } else { beyond } }`, the two values.
fn tie(graph: &Graph, (comparison, a, b): Condition, then: Id) -> Option<[Id; 2]> {
    let Node::Select(condition, equal, beyond) = *graph.node(then) else { return None };
    let is_equal = *graph.node(condition) == Node::Compare(Comparison::Equal, a, b);
    (is_equal && strict(comparison) != comparison).then_some([equal, beyond])
}

/// The comparison without equality.
fn strict(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::GreaterOrEqual => Comparison::Greater,
        Comparison::LessOrEqual => Comparison::Less,
        other => other,
    }
}
