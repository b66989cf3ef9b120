//! Simplification: the rules of the library, applied to the graph until none applies.

use std::collections::HashMap;

use crate::ir::expression::{Binary, Graph, Id, Node};
use crate::ir::pattern::{Bindings, OutputRewrite, Pattern, Rewrite};

/// No chain of rewrites at one node is longer; the rules shrink expressions, so none comes near.
const LONGEST_CHAIN: usize = 100;

/// The rewrites, and what they have made of each node so far.
pub struct Simplifier<'a> {
    /// Tried in this order.
    rewrites: Vec<&'a Rewrite>,
    outputs: &'a [OutputRewrite],
    simplified: HashMap<Id, Id>,
}

impl<'a> Simplifier<'a> {
    pub fn new(
        rewrites: impl IntoIterator<Item = &'a Rewrite>,
        outputs: &'a [OutputRewrite],
    ) -> Self {
        let rewrites = rewrites.into_iter().collect();
        Self { rewrites, outputs, simplified: HashMap::new() }
    }

    /// The simplest form of `root` that the rules reach.
    pub fn simplify(&mut self, graph: &mut Graph, root: Id) -> Id {
        for id in graph.reachable(root) {
            if self.simplified.contains_key(&id) {
                continue;
            }
            let node = graph.node(id).clone();
            let children: Vec<Id> =
                node.children().iter().map(|child| self.simplified[child]).collect();
            let rebuilt = graph.add(node.with_children(&children));
            let result = self.rewritten(graph, rebuilt, LONGEST_CHAIN);
            self.simplified.insert(id, result);
        }
        self.simplified[&root]
    }

    /// A node whose children are simplified. A constant factor stands in front.
    fn rewritten(&self, graph: &mut Graph, id: Id, fuel: usize) -> Id {
        let node = graph.node(id).clone();
        if let Some(value) = graph.fold(&node) {
            return graph.constant(value);
        }
        if fuel == 0 {
            return id;
        }
        if let Node::Binary(Binary::Multiply, a, b) = node
            && graph.as_constant(b).is_some()
        {
            let swapped = graph.binary(Binary::Multiply, b, a);
            return self.rewritten(graph, swapped, fuel - 1);
        }
        for rewrite in &self.rewrites {
            let mut bindings = Bindings::default();
            if rewrite.left.matches(graph, id, &mut bindings) {
                return self.built(graph, &rewrite.right, &bindings, fuel - 1);
            }
        }
        id
    }

    /// The right side of a rule, simplified as it is built.
    fn built(&self, graph: &mut Graph, pattern: &Pattern, bindings: &Bindings, fuel: usize) -> Id {
        pattern.build(graph, bindings, &|graph, node| {
            let id = graph.add(node);
            self.rewritten(graph, id, fuel)
        })
    }

    /// `derivative` with `y` in place of the expression `root` that it equals, and of conditions
    /// that `y` decides as well.
    pub fn through_output(&self, graph: &mut Graph, derivative: Id, root: Id, y: Id) -> Id {
        let mut derivative = derivative;
        for rewrite in self.outputs {
            let mut bindings = Bindings::default();
            if !rewrite.root.matches(graph, root, &mut bindings) {
                continue;
            }
            bindings.insert("y", y);
            let from = self.built(graph, &rewrite.left, &bindings, 0);
            let to = self.built(graph, &rewrite.right, &bindings, 0);
            derivative = graph.substitute(derivative, from, to);
        }
        graph.substitute(derivative, root, y)
    }
}
