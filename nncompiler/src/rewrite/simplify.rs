//! Simplification: the rules of the library, applied to the graph until none applies.

use std::collections::HashMap;
use std::rc::Rc;

use crate::frontend::syntax::{Expression, ExpressionKind, Rewrite};
use crate::ir::expression::{Binary, Graph, Id, Node, Number};

/// No chain of rewrites at one node is longer; the rules shrink expressions, so none comes near.
const LONGEST_CHAIN: usize = 100;

/// The rewrites, and what they have made of each node so far.
pub struct Simplifier {
    rules: Vec<(Pattern, Pattern)>,
    /// (root, left, right): what an output tells of its input.
    output_rules: Vec<(Pattern, Pattern, Pattern)>,
    simplified: HashMap<Id, Id>,
}

impl Simplifier {
    pub fn new<'a>(rewrites: impl IntoIterator<Item = &'a Rewrite>) -> Self {
        let mut simplifier =
            Self { rules: Vec::new(), output_rules: Vec::new(), simplified: HashMap::new() };
        for rewrite in rewrites {
            let (left, right) = (Pattern::new(&rewrite.left), Pattern::new(&rewrite.right));
            match &rewrite.root {
                Some(root) => simplifier.output_rules.push((Pattern::new(root), left, right)),
                None => simplifier.rules.push((left, right)),
            }
        }
        simplifier
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
        for (left, right) in &self.rules {
            let mut bindings = Bindings::default();
            if left.matches(graph, id, &mut bindings) {
                return self.built(graph, right, &bindings, fuel - 1);
            }
        }
        id
    }

    /// The right side of a rule, simplified as it is built.
    fn built(&self, graph: &mut Graph, pattern: &Pattern, bindings: &Bindings, fuel: usize) -> Id {
        let node = match pattern {
            Pattern::Any(name) | Pattern::Constant(name) | Pattern::Positive(name) => {
                return bindings.get(name);
            }
            Pattern::Number(number) => return graph.constant(number.value()),
            Pattern::Node(node, children) => {
                let children: Vec<Id> =
                    children.iter().map(|child| self.built(graph, child, bindings, fuel)).collect();
                node.with_children(&children)
            }
        };
        let id = graph.add(node);
        self.rewritten(graph, id, fuel)
    }

    /// `derivative` with `y` in place of the expression `root` that it equals, and of conditions
    /// that `y` decides as well.
    pub fn through_output(&self, graph: &mut Graph, derivative: Id, root: Id, y: Id) -> Id {
        let mut derivative = derivative;
        for (root_pattern, left, right) in &self.output_rules {
            let mut bindings = Bindings::default();
            if !root_pattern.matches(graph, root, &mut bindings) {
                continue;
            }
            bindings.0.push(("y".into(), y));
            let from = self.built(graph, left, &bindings, 0);
            let to = self.built(graph, right, &bindings, 0);
            derivative = graph.substitute(derivative, from, to);
        }
        graph.substitute(derivative, root, y)
    }
}

/// One side of a rule.
#[derive(Clone, Debug)]
enum Pattern {
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

/// What the letters of a rule stand for.
#[derive(Clone, Debug, Default)]
struct Bindings(Vec<(Rc<str>, Id)>);

impl Bindings {
    fn find(&self, name: &str) -> Option<Id> {
        self.0.iter().find(|(bound, _)| &**bound == name).map(|&(_, id)| id)
    }

    /// Every letter on a rule's right side stands on its left side too; a test holds them to it.
    fn get(&self, name: &str) -> Id {
        self.find(name).unwrap_or(self.0[0].1)
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
    fn new(expression: &Expression) -> Self {
        // The children of a pattern's node are patterns, so those of the node itself are nothing.
        let nothing = Graph::default().constant(0.0);
        let all = |list: &[&Expression]| list.iter().map(|one| Pattern::new(one)).collect();
        match &expression.kind {
            ExpressionKind::Integer(value) => Pattern::Number(Number::new(*value as f64)),
            ExpressionKind::Float(value) => Pattern::Number(Number::new(*value)),
            ExpressionKind::Name(name) => {
                let name = name.to_string();
                match name.as_str() {
                    "a" | "b" => Pattern::Constant(name.into()),
                    "c" => Pattern::Positive(name.into()),
                    _ => Pattern::Any(name.into()),
                }
            }
            ExpressionKind::Negate(operand) => match Pattern::new(operand) {
                Pattern::Number(number) => Pattern::Number(Number::new(-number.value())),
                operand => Pattern::Node(Node::Negate(nothing), vec![operand]),
            },
            ExpressionKind::Binary(operation, left, right) => {
                Pattern::Node(Node::Binary(*operation, nothing, nothing), all(&[left, right]))
            }
            ExpressionKind::Compare(comparison, left, right) => {
                Pattern::Node(Node::Compare(*comparison, nothing, nothing), all(&[left, right]))
            }
            ExpressionKind::If { condition, then, otherwise } => {
                let children = all(&[condition, then, otherwise]);
                Pattern::Node(Node::Select(nothing, nothing, nothing), children)
            }
            ExpressionKind::Call { function, arguments } => {
                let arguments: Vec<&Expression> = arguments.iter().collect();
                let node = match function.to_string().as_str() {
                    "max" => Node::Binary(Binary::Maximum, nothing, nothing),
                    "min" => Node::Binary(Binary::Minimum, nothing, nothing),
                    function => Node::Apply(function.into(), nothing),
                };
                Pattern::Node(node, all(&arguments))
            }
            // Rules hold nothing of the kind.
            ExpressionKind::Tuple(_) => Pattern::Any("".into()),
            ExpressionKind::Element { array, .. } => Pattern::Any(array.to_string().into()),
            ExpressionKind::Reduce { body, .. } => Pattern::new(body),
        }
    }

    fn matches(&self, graph: &Graph, id: Id, bindings: &mut Bindings) -> bool {
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
