//! Scalar expressions as a graph in which equal nodes are one node (hash-consing): sharing
//! between forward and backward, and common subexpressions, come for free.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use crate::ir::index::{Access, Affine, ArrayId, Index};

/// A node of a [`Graph`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id(u32);

/// A constant, equal when its bits are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Number(u64);

impl Number {
    pub fn new(value: f64) -> Self {
        Self(value.to_bits())
    }

    pub fn value(self) -> f64 {
        f64::from_bits(self.0)
    }
}

/// An operation on two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
    Maximum,
    Minimum,
}

impl Binary {
    /// As it is written; maximum and minimum are functions.
    pub fn sign(self) -> &'static str {
        match self {
            Binary::Add => "+",
            Binary::Subtract => "-",
            Binary::Multiply => "*",
            Binary::Divide => "/",
            Binary::Power => "^",
            Binary::Maximum => "max",
            Binary::Minimum => "min",
        }
    }

    pub fn commutes(self) -> bool {
        matches!(self, Binary::Add | Binary::Multiply | Binary::Maximum | Binary::Minimum)
    }
}

/// A comparison of two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
}

impl Comparison {
    /// As it is written.
    pub fn sign(self) -> &'static str {
        match self {
            Comparison::Less => "<",
            Comparison::LessOrEqual => "<=",
            Comparison::Greater => ">",
            Comparison::GreaterOrEqual => ">=",
            Comparison::Equal => "==",
            Comparison::NotEqual => "!=",
        }
    }

    pub fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Comparison::Less => left < right,
            Comparison::LessOrEqual => left <= right,
            Comparison::Greater => left > right,
            Comparison::GreaterOrEqual => left >= right,
            Comparison::Equal => left == right,
            Comparison::NotEqual => left != right,
        }
    }
}

/// What a node computes from others.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Node {
    Constant(Number),
    /// An element of an array.
    Element(Access),
    /// The value of an index, for comparing with a label.
    Position(Index),
    /// A number known at run time: a loss's setting, or a size such as the number of classes.
    Setting(Rc<str>),
    /// A number between 0 and 1 of the n-th random sequence: the one at an element's place.
    Random(u32, Access),
    Negate(Id),
    /// An elementary function.
    Apply(Rc<str>, Id),
    /// The value, with no gradient.
    Stop(Id),
    Binary(Binary, Id, Id),
    /// A condition, for `Select`.
    Compare(Comparison, Id, Id),
    /// (condition, then, otherwise)
    Select(Id, Id, Id),
}

impl Node {
    /// The nodes that this one is computed from, in order.
    pub fn children(&self) -> Vec<Id> {
        match *self {
            Node::Constant(_)
            | Node::Element(_)
            | Node::Position(_)
            | Node::Setting(_)
            | Node::Random(..) => vec![],
            Node::Negate(a) | Node::Apply(_, a) | Node::Stop(a) => vec![a],
            Node::Binary(_, a, b) | Node::Compare(_, a, b) => vec![a, b],
            Node::Select(condition, then, otherwise) => vec![condition, then, otherwise],
        }
    }

    /// The same operation on other nodes.
    pub fn with_children(&self, children: &[Id]) -> Node {
        match (self, children) {
            (Node::Negate(_), &[a]) => Node::Negate(a),
            (Node::Apply(function, _), &[a]) => Node::Apply(function.clone(), a),
            (Node::Stop(_), &[a]) => Node::Stop(a),
            (Node::Binary(operation, ..), &[a, b]) => Node::Binary(*operation, a, b),
            (Node::Compare(comparison, ..), &[a, b]) => Node::Compare(*comparison, a, b),
            (Node::Select(..), &[condition, then, otherwise]) => {
                Node::Select(condition, then, otherwise)
            }
            _ => self.clone(),
        }
    }
}

/// An index, or an integer that an array holds, as a number.
fn as_number(affine: &Affine) -> Option<Node> {
    match (affine.gathered.as_slice(), affine.as_index()) {
        (_, Some(index)) => Some(Node::Position(index)),
        ([(access, 1)], None) if affine.terms.is_empty() && affine.constant == 0 => {
            Some(Node::Element(access.clone()))
        }
        _ => None,
    }
}

/// All scalar expressions of a program.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    nodes: Vec<Node>,
    ids: HashMap<Node, Id>,
}

impl Graph {
    /// The node, made unless it is there already. Its children come before it.
    pub fn add(&mut self, node: Node) -> Id {
        if let Some(&id) = self.ids.get(&node) {
            return id;
        }
        let id = Id(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.ids.insert(node.clone(), id);
        self.nodes.push(node);
        id
    }

    pub fn constant(&mut self, value: f64) -> Id {
        self.add(Node::Constant(Number::new(value)))
    }

    pub fn element(&mut self, access: Access) -> Id {
        self.add(Node::Element(access))
    }

    pub fn binary(&mut self, operation: Binary, left: Id, right: Id) -> Id {
        self.add(Node::Binary(operation, left, right))
    }

    pub fn node(&self, id: Id) -> &Node {
        &self.nodes[id.0 as usize]
    }

    pub fn as_constant(&self, id: Id) -> Option<f64> {
        match self.node(id) {
            Node::Constant(number) => Some(number.value()),
            _ => None,
        }
    }

    /// Every node that `root` is computed from, itself included, children first.
    pub fn reachable(&self, root: Id) -> Vec<Id> {
        let mut seen = BTreeSet::new();
        let mut pending = vec![root];
        while let Some(id) = pending.pop() {
            if seen.insert(id) {
                pending.extend(self.node(id).children());
            }
        }
        // A node is made after its children.
        seen.into_iter().collect()
    }

    /// Every array element that `root` reads.
    pub fn elements(&self, root: Id) -> Vec<(Id, Access)> {
        let element = |id: Id| match self.node(id) {
            Node::Element(access) => Some((id, access.clone())),
            _ => None,
        };
        self.reachable(root).into_iter().filter_map(element).collect()
    }

    /// Every random number that `root` draws, and its place in its sequence.
    pub fn draws(&self, root: Id) -> Vec<(Id, Access)> {
        let draw = |id: Id| match self.node(id) {
            Node::Random(_, access) => Some((id, access.clone())),
            _ => None,
        };
        self.reachable(root).into_iter().filter_map(draw).collect()
    }

    /// The indices whose own values `root` depends on.
    pub fn positions(&self, root: Id) -> Vec<Index> {
        let position = |id: Id| match self.node(id) {
            Node::Position(index) => Some(*index),
            _ => None,
        };
        self.reachable(root).into_iter().filter_map(position).collect()
    }

    /// Whether `root` calls elementary functions.
    pub fn calls_functions(&self, root: Id) -> bool {
        self.reachable(root).into_iter().any(|id| matches!(self.node(id), Node::Apply(..)))
    }

    pub fn reads(&self, root: Id, array: ArrayId) -> bool {
        self.elements(root).iter().any(|(_, access)| access.array == array)
    }

    /// `root` with some nodes replaced: `replace` answers for a node, with its children already
    /// replaced, what stands in its place.
    pub fn rebuild(&mut self, root: Id, mut replace: impl FnMut(&mut Graph, Id, Node) -> Id) -> Id {
        let mut built: HashMap<Id, Id> = HashMap::new();
        for id in self.reachable(root) {
            let node = self.node(id).clone();
            let children: Vec<Id> = node.children().iter().map(|child| built[child]).collect();
            let node = node.with_children(&children);
            let replacement = replace(self, id, node);
            built.insert(id, replacement);
        }
        built[&root]
    }

    /// `root` with elements replaced for which `replace` has something else.
    pub fn rebuild_elements(
        &mut self,
        root: Id,
        mut replace: impl FnMut(&mut Graph, &Access) -> Option<Id>,
    ) -> Id {
        self.rebuild(root, |graph, _, node| {
            let replacement = match &node {
                Node::Element(access) => replace(graph, access),
                _ => None,
            };
            replacement.unwrap_or_else(|| graph.add(node))
        })
    }

    /// `root` with one node replaced by another.
    pub fn substitute(&mut self, root: Id, from: Id, to: Id) -> Id {
        self.rebuild(root, |graph, id, node| if id == from { to } else { graph.add(node) })
    }

    /// `root` with its indices replaced.
    pub fn rename(&mut self, root: Id, rename: &impl Fn(Index) -> Index) -> Id {
        self.rebuild(root, |graph, _, node| match node {
            Node::Element(access) => graph.add(Node::Element(access.renamed(rename))),
            Node::Position(index) => graph.add(Node::Position(rename(index))),
            Node::Random(stream, access) => graph.add(Node::Random(stream, access.renamed(rename))),
            other => graph.add(other),
        })
    }

    /// `root` with some indices replaced by sums of others; nothing on overflow, and where such a sum has to be
    /// a number: an index or an integer alone can.
    pub fn compose(&mut self, root: Id, inner: &HashMap<Index, Affine>) -> Option<Id> {
        let mut is_possible = true;
        let composed = self.rebuild(root, |graph, _, node| {
            let new = match &node {
                Node::Element(access) => access.composed(inner).map(Node::Element),
                Node::Random(stream, access) => {
                    access.composed(inner).map(|access| Node::Random(*stream, access))
                }
                Node::Position(index) => match inner.get(index) {
                    None => Some(Node::Position(*index)),
                    Some(affine) => as_number(affine),
                },
                _ => Some(node.clone()),
            };
            is_possible &= new.is_some();
            graph.add(new.unwrap_or(node))
        });
        is_possible.then_some(composed)
    }

    /// Whether a condition holds, if it compares constants.
    pub fn decided(&self, condition: Id) -> Option<bool> {
        match *self.node(condition) {
            Node::Compare(comparison, a, b) => {
                Some(comparison.holds(self.as_constant(a)?, self.as_constant(b)?))
            }
            _ => None,
        }
    }

    /// The value of a node whose children are constants.
    pub fn fold(&self, node: &Node) -> Option<f64> {
        let constant = |id| self.as_constant(id);
        match node {
            Node::Negate(a) => Some(-constant(*a)?),
            Node::Apply(function, a) => evaluate(function, constant(*a)?),
            Node::Binary(operation, a, b) => Some(apply(*operation, constant(*a)?, constant(*b)?)),
            _ => None,
        }
    }
}

/// The operation on two numbers.
pub fn apply(operation: Binary, a: f64, b: f64) -> f64 {
    match operation {
        Binary::Add => a + b,
        Binary::Subtract => a - b,
        Binary::Multiply => a * b,
        Binary::Divide => a / b,
        Binary::Power => a.powf(b),
        Binary::Maximum => {
            if a.is_nan() || a > b {
                a
            } else {
                b
            }
        }
        Binary::Minimum => {
            if a.is_nan() || a < b {
                a
            } else {
                b
            }
        }
    }
}

/// An elementary function of a number, by its name in `functions.eq`.
pub fn evaluate(function: &str, x: f64) -> Option<f64> {
    Some(match function {
        "exp" => libm::exp(x),
        "exp_m1" => libm::expm1(x),
        "ln" => libm::log(x),
        "ln_1p" => libm::log1p(x),
        "sqrt" => libm::sqrt(x),
        "sin" => libm::sin(x),
        "cos" => libm::cos(x),
        "tan" => libm::tan(x),
        "atan" => libm::atan(x),
        "tanh" => libm::tanh(x),
        "sigmoid" => 1.0 / (1.0 + libm::exp(-x)),
        "softplus" => x.max(0.0) + libm::log1p(libm::exp(-x.abs())),
        "erf" => libm::erf(x),
        "erfc" => libm::erfc(x),
        "abs" => x.abs(),
        "sign" if x > 0.0 => 1.0,
        "sign" if x < 0.0 => -1.0,
        "sign" => x,
        _ => return None,
    })
}
