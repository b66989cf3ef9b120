//! Patterns of scalar expressions, and the tables that are made of them: rewrites and derivatives.

use std::rc::Rc;

use crate::ir::expression::{Graph, Id, Node, Number};

/// `left => right`: an expression like the left one is written as the right one.
#[derive(Clone, Debug)]
pub struct Rewrite {
    pub left: Pattern,
    pub right: Pattern,
}

/// `y = root: left => right`: where a statement makes `root`, its output y decides a condition as
/// well as what it is made of.
#[derive(Clone, Debug)]
pub struct OutputRewrite {
    pub root: Pattern,
    pub left: Pattern,
    pub right: Pattern,
}

/// The derivative of an elementary function, in terms of its argument x and its value y.
#[derive(Clone, Debug)]
pub struct Derivative {
    pub function: Rc<str>,
    pub derivative: Pattern,
}

/// What the compiler knows of scalar mathematics.
#[derive(Clone, Debug, Default)]
pub struct Tables {
    pub derivatives: Vec<Derivative>,
    /// Simplifications, which are exact.
    pub algebra: Vec<Rewrite>,
    /// Constants and like terms collected, for derivatives.
    pub collection: Vec<Rewrite>,
    /// Forms that overflow, cancel or divide infinities, and others that do not.
    pub stability: Vec<Rewrite>,
    /// Forms that people rather read, for explanations.
    pub reading: Vec<Rewrite>,
    pub outputs: Vec<OutputRewrite>,
}

/// An expression in which letters stand for others.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// A letter: any expression.
    Any(Rc<str>),
    /// `a` or `b`: any constant.
    Constant(Rc<str>),
    /// `c`: any constant above 0.
    Positive(Rc<str>),
    Number(Number),
    /// An operation (its own children do not count) on patterns.
    Node(Node, Vec<Pattern>),
}

/// What the letters of a pattern stand for.
#[derive(Clone, Debug, Default)]
pub struct Bindings(Vec<(Rc<str>, Id)>);

impl Bindings {
    /// Every letter on a rewrite's right side stands on its left side too; a test holds them to it.
    pub fn get(&self, name: &str) -> Id {
        self.find(name).unwrap_or(self.0[0].1)
    }

    pub fn insert(&mut self, name: &str, id: Id) {
        self.0.push((name.into(), id));
    }

    fn find(&self, name: &str) -> Option<Id> {
        self.0.iter().find(|(bound, _)| &**bound == name).map(|&(_, id)| id)
    }

    fn bind(&mut self, name: &Rc<str>, id: Id) -> bool {
        match self.find(name) {
            Some(bound) => bound == id,
            None => {
                self.0.push((name.clone(), id));
                true
            }
        }
    }
}

impl Pattern {
    /// Whether an expression is like the pattern, and what the letters then stand for.
    pub fn matches(&self, graph: &Graph, id: Id, bindings: &mut Bindings) -> bool {
        match self {
            Pattern::Any(name) => bindings.bind(name, id),
            Pattern::Constant(name) => graph.as_constant(id).is_some() && bindings.bind(name, id),
            Pattern::Positive(name) => {
                graph.as_constant(id).is_some_and(|value| value > 0.0) && bindings.bind(name, id)
            }
            Pattern::Number(number) => {
                graph.as_constant(id).is_some_and(|value| value == number.value())
            }
            Pattern::Node(operation, patterns) => {
                let node = graph.node(id);
                let children = node.children();
                if node.with_children(&children) != operation.with_children(&children)
                    || children.len() != patterns.len()
                {
                    return false;
                }
                if all_match(patterns, graph, &children, bindings) {
                    return true;
                }
                let commutes = matches!(node, Node::Binary(operation, ..) if operation.commutes());
                let swapped: Vec<Id> = children.into_iter().rev().collect();
                commutes && all_match(patterns, graph, &swapped, bindings)
            }
        }
    }

    /// The expression with its letters filled in; `add` makes each node.
    pub fn build(
        &self,
        graph: &mut Graph,
        bindings: &Bindings,
        add: &impl Fn(&mut Graph, Node) -> Id,
    ) -> Id {
        match self {
            Pattern::Any(name) | Pattern::Constant(name) | Pattern::Positive(name) => {
                bindings.get(name)
            }
            Pattern::Number(number) => graph.constant(number.value()),
            Pattern::Node(node, children) => {
                let children: Vec<Id> =
                    children.iter().map(|child| child.build(graph, bindings, add)).collect();
                add(graph, node.with_children(&children))
            }
        }
    }
}

/// Matches children in order; leaves the bindings alone if one does not match.
fn all_match(patterns: &[Pattern], graph: &Graph, ids: &[Id], bindings: &mut Bindings) -> bool {
    let mut attempt = bindings.clone();
    let whole =
        patterns.iter().zip(ids).all(|(pattern, &id)| pattern.matches(graph, id, &mut attempt));
    if whole {
        *bindings = attempt;
    }
    whole
}
