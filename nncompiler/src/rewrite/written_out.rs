//! What an array holds is known where it is read: `ln(p / (1 - p))` of an array p that is a sigmoid is as
//! stable as that of the sigmoid itself.

use std::collections::HashMap;

use super::simplify::Simplifier;
use crate::ir::expression::{Binary, Graph, Id, Node};
use crate::ir::function::Statement;
use crate::ir::index::{Access, Affine, ArrayId, Index};

/// The operations of the longest value that is written out.
const LONGEST: usize = 8;

/// How many arrays are written out one in another.
const DEEPEST: usize = 2;

/// What statements have made, where the rules for stable forms may find it.
#[derive(Default)]
pub struct WrittenOut {
    values: HashMap<ArrayId, (Vec<Index>, Id)>,
}

impl WrittenOut {
    /// Notes what a statement makes, the only one that fills its target.
    pub fn add(&mut self, graph: &Graph, statement: &Statement) {
        let Some(indices) = statement.target.as_indices().filter(|_| statement.is_map()) else {
            return;
        };
        let value = statement.value;
        if may_be_inside(graph, value) && graph.reachable(value).len() <= LONGEST {
            self.values.insert(statement.target.array, (indices, value));
        }
    }

    /// The value in a form that `stability` finds once the arrays that it reads are written out; arrays that
    /// are left in it are read as before. None if there is no such form.
    pub fn stable(&self, graph: &mut Graph, value: Id, stability: &mut Simplifier) -> Option<Id> {
        if !may_be_outside(graph, value) {
            return None;
        }
        let mut arrays = HashMap::new();
        let literal = self.written(graph, value, DEEPEST, &mut arrays);
        let stable = stability.simplify(graph, literal);
        if stable == literal {
            return None;
        }
        Some(graph.rebuild(stable, |graph, id, node| {
            arrays.get(&id).copied().unwrap_or_else(|| graph.add(node))
        }))
    }

    /// The value with the arrays that it reads written out; `arrays` says which element each was.
    fn written(
        &self,
        graph: &mut Graph,
        value: Id,
        depth: usize,
        arrays: &mut HashMap<Id, Id>,
    ) -> Id {
        graph.rebuild_elements(value, |graph, access| {
            let composed = self.composed(graph, access)?;
            let literal = match depth {
                0 | 1 => composed,
                _ => self.written(graph, composed, depth - 1, arrays),
            };
            let element = graph.element(access.clone());
            arrays.insert(literal, element);
            Some(literal)
        })
    }

    /// What an array holds at a place.
    fn composed(&self, graph: &mut Graph, access: &Access) -> Option<Id> {
        let (indices, value) = self.values.get(&access.array)?;
        let inner: HashMap<Index, Affine> =
            indices.iter().copied().zip(access.at.iter().cloned()).collect();
        graph.compose(*value, &inner)
    }
}

/// Whether a rule may find such a value inside of what it rewrites: a function, a power, or a sum with a number.
fn may_be_inside(graph: &Graph, value: Id) -> bool {
    match *graph.node(value) {
        Node::Apply(..) | Node::Negate(_) => true,
        Node::Binary(Binary::Add | Binary::Subtract | Binary::Power, a, b) => {
            graph.as_constant(a).or(graph.as_constant(b)).is_some()
        }
        _ => false,
    }
}

/// Whether a rule may rewrite a part of such a value: a function, a quotient, or a sum with a number.
fn may_be_outside(graph: &Graph, value: Id) -> bool {
    graph.reachable(value).into_iter().any(|id| match *graph.node(id) {
        Node::Apply(..) | Node::Binary(Binary::Divide, ..) => true,
        Node::Binary(Binary::Add | Binary::Subtract, a, b) => {
            graph.as_constant(a).or(graph.as_constant(b)).is_some()
        }
        _ => false,
    })
}
