//! Forward program → backward program: a reverse walk over the statements, and in each a reverse
//! walk over its scalar expression.
//!
//! A statement t[f] = Σ_r e gives, for each element a[g] that e reads, the statement
//! da[g] += Σ dt[f]·∂e/∂a[g] over every index that g does not hold. What no parameter depends on
//! has no gradient, and what nobody reads is never computed.

use std::collections::HashMap;

use crate::check::Reduction;
use crate::index::{Access, Affine, ArrayId, Extent, Index};
use crate::library::Library;
use crate::program::{Array, Program, Role, Statement};
use crate::scalar::{Binary, Comparison, Graph, Id, Node};
use crate::simplify::Simplifier;
use crate::syntax::{Expression, ExpressionKind};

/// Adds the backward program of a network: from the gradient on its outputs to that on every
/// parameter.
pub fn network(program: &mut Program, library: &Library, simplifier: &mut Simplifier) {
    let active = depends_on(program, Role::Parameter);
    let given = program.array(program.output).gradient_on(program.output, Role::OutputGradient);
    let given = program.add_array(given);
    program.output_gradient = Some(given);
    let adjoints = HashMap::from([(program.output, given)]);
    let mut walk = Walk { program, library, simplifier, active, adjoints };
    walk.all();
    let adjoints = walk.adjoints;
    for parameter in &mut program.parameters {
        parameter.gradient = adjoints.get(&parameter.array).copied();
    }
}

/// Adds the backward program of a loss: from 1 to the gradient on the outputs, its first input.
pub fn loss(program: &mut Program, library: &Library, simplifier: &mut Simplifier) {
    let mut active = vec![false; program.arrays.len()];
    active[program.input.0 as usize] = true;
    propagate(program, &mut active);
    let seed = program.array(program.output).gradient_on(program.output, Role::OutputGradient);
    let seed = program.add_array(seed);
    program.output_gradient = Some(seed);
    let adjoints = HashMap::from([(program.output, seed)]);
    Walk { program, library, simplifier, active, adjoints }.all();
}

/// Which arrays depend on those of a role.
fn depends_on(program: &Program, role: Role) -> Vec<bool> {
    let mut active: Vec<bool> = program.arrays.iter().map(|array| array.role == role).collect();
    propagate(program, &mut active);
    active
}

fn propagate(program: &Program, active: &mut [bool]) {
    for statement in &program.forward {
        let elements = gradient_paths(&program.graph, statement.value);
        let depends = elements.iter().any(|access| active[access.array.0 as usize]);
        active[statement.target.array.0 as usize] |= depends;
    }
}

/// The elements that a value reads other than through `stop` or a condition.
fn gradient_paths(graph: &Graph, root: Id) -> Vec<Access> {
    let mut found = Vec::new();
    let mut pending = vec![root];
    while let Some(id) = pending.pop() {
        match graph.node(id) {
            Node::Element(access) => found.push(access.clone()),
            Node::Stop(_) => {}
            Node::Select(_, then, otherwise) => pending.extend([*then, *otherwise]),
            node => pending.extend(node.children()),
        }
    }
    found
}

struct Walk<'a> {
    program: &'a mut Program,
    library: &'a Library,
    simplifier: &'a mut Simplifier,
    /// Whether each forward array depends on what is differentiated for.
    active: Vec<bool>,
    /// The gradient of each forward array that has one so far.
    adjoints: HashMap<ArrayId, ArrayId>,
}

impl Walk<'_> {
    fn all(&mut self) {
        for statement in self.program.forward.clone().iter().rev() {
            if let Some(&adjoint) = self.adjoints.get(&statement.target.array) {
                self.statement(statement, adjoint);
            }
        }
    }

    fn statement(&mut self, statement: &Statement, adjoint: ArrayId) {
        let seed = Access { array: adjoint, at: statement.target.at.clone() };
        let mut seed = self.program.graph.element(seed);
        if let Some((Reduction::Max | Reduction::Min, _)) = statement.reduction {
            seed = self.share_among_chosen(statement, seed);
        }
        for (element, derivative) in self.scalar(statement.value, seed) {
            let Node::Element(access) = self.program.graph.node(element).clone() else {
                continue;
            };
            if self.active[access.array.0 as usize] {
                let derivative = self.simplified(statement, derivative);
                self.contribute(statement, &access, derivative);
            }
        }
    }

    /// The gradient of a maximum or minimum: split evenly among the elements that are it.
    fn share_among_chosen(&mut self, statement: &Statement, seed: Id) -> Id {
        let target = self.program.array(statement.target.array);
        let count = Array::new(format!("n{}", target.name), target.axes.clone(), Role::Adjoint);
        let count =
            Access { array: self.program.add_array(count), at: statement.target.at.clone() };
        let graph = &mut self.program.graph;
        let greatest = graph.element(statement.target.clone());
        let is_greatest = graph.add(Node::Compare(Comparison::Equal, statement.value, greatest));
        let (zero, one) = (graph.constant(0.0), graph.constant(1.0));
        let counted = graph.add(Node::Select(is_greatest, one, zero));
        let number = graph.element(count.clone());
        let share = graph.binary(Binary::Divide, seed, number);
        let shared = graph.add(Node::Select(is_greatest, share, zero));
        let reduction = Some((Reduction::Sum, statement.bound().to_vec()));
        self.program.backward.push(Statement {
            target: count,
            reduction,
            value: counted,
            accumulate: false,
            layer: statement.layer,
        });
        shared
    }

    /// The simplest form, written in terms of the output where that spares keeping the input.
    fn simplified(&mut self, statement: &Statement, derivative: Id) -> Id {
        let graph = &mut self.program.graph;
        let plain = self.simplifier.simplify(graph, derivative);
        if statement.reduction.is_some() {
            return plain;
        }
        let output = graph.element(statement.target.clone());
        let through = self.simplifier.through_output(graph, plain, statement.value, output);
        let kept = self.inputs_read(through, statement.target.array);
        let kept_before = self.inputs_read(plain, statement.target.array);
        if kept < kept_before { through } else { plain }
    }

    /// How many forward arrays other than the output a derivative reads.
    fn inputs_read(&self, derivative: Id, output: ArrayId) -> usize {
        let mut arrays: Vec<ArrayId> = self
            .program
            .graph
            .elements(derivative)
            .into_iter()
            .map(|(_, access)| access.array)
            .filter(|&array| array != output)
            .filter(|&array| matches!(self.program.array(array).role, Role::Input | Role::Computed))
            .collect();
        arrays.sort_unstable();
        arrays.dedup();
        arrays.len()
    }

    /// da[g] += Σ derivative, over every index of the statement that g does not hold.
    fn contribute(&mut self, statement: &Statement, access: &Access, derivative: Id) {
        let (adjoint, mut accumulate) = self.adjoint(access.array);
        let target = Access { array: adjoint, at: access.at.clone() };
        if !accumulate && !self.covers(&target) {
            self.fill_with_zeros(adjoint, statement.layer);
            accumulate = true;
        }
        let held: Vec<Index> = target.indices().collect();
        let mut summed = statement.indices();
        summed.retain(|index| !held.contains(index));
        let reduction = (!summed.is_empty()).then_some((Reduction::Sum, summed));
        self.program.backward.push(Statement {
            target,
            reduction,
            value: derivative,
            accumulate,
            layer: statement.layer,
        });
    }

    /// Whether a statement with this target writes every element of it.
    fn covers(&self, target: &Access) -> bool {
        let axes = &self.program.array(target.array).axes;
        let whole = |(index, extent): (&Index, &Extent)| self.program.extent(*index) == *extent;
        target.as_indices().is_some_and(|indices| indices.iter().zip(axes).all(whole))
    }

    fn fill_with_zeros(&mut self, array: ArrayId, layer: usize) {
        let axes = self.program.array(array).axes.clone();
        let indices: Vec<Index> =
            axes.iter().map(|&extent| self.program.add_index(extent)).collect();
        let target = Access { array, at: indices.into_iter().map(Affine::from).collect() };
        let value = self.program.graph.constant(0.0);
        let fill = Statement { target, reduction: None, value, accumulate: false, layer };
        self.program.backward.push(fill);
    }

    /// The gradient of an array, and whether something has been added to it before.
    fn adjoint(&mut self, array: ArrayId) -> (ArrayId, bool) {
        if let Some(&adjoint) = self.adjoints.get(&array) {
            return (adjoint, true);
        }
        let of = self.program.array(array);
        let role = match of.role {
            Role::Parameter => Role::ParameterGradient,
            _ => Role::Adjoint,
        };
        let adjoint = of.gradient_on(array, role);
        let adjoint = self.program.add_array(adjoint);
        self.adjoints.insert(array, adjoint);
        (adjoint, false)
    }

    /// seed·∂root/∂e for each element e that `root` reads.
    fn scalar(&mut self, root: Id, seed: Id) -> Vec<(Id, Id)> {
        let mut gradients: HashMap<Id, Id> = HashMap::from([(root, seed)]);
        let mut order = self.program.graph.reachable(root);
        order.reverse();
        let mut elements = Vec::new();
        for id in order {
            let Some(&gradient) = gradients.get(&id) else {
                continue;
            };
            for (child, contribution) in self.local(id, gradient) {
                let graph = &mut self.program.graph;
                let sum = match gradients.get(&child) {
                    Some(&before) => graph.binary(Binary::Add, before, contribution),
                    None => contribution,
                };
                gradients.insert(child, sum);
            }
            if matches!(self.program.graph.node(id), Node::Element(_)) {
                elements.push((id, gradient));
            }
        }
        elements
    }

    /// The rules of differentiation: gradient·∂node/∂child for each child of a node `y`.
    fn local(&mut self, y: Id, gradient: Id) -> Vec<(Id, Id)> {
        let node = self.program.graph.node(y).clone();
        let g = gradient;
        match node {
            Node::Constant(_)
            | Node::Element(_)
            | Node::Position(_)
            | Node::Setting(_)
            | Node::Stop(_)
            | Node::Compare(..) => vec![],
            Node::Negate(a) => vec![(a, self.program.graph.add(Node::Negate(g)))],
            Node::Apply(function, x) => {
                let derivative = self.function_derivative(&function, x, y);
                vec![(x, self.program.graph.binary(Binary::Multiply, g, derivative))]
            }
            Node::Binary(operation, a, b) => binary(&mut self.program.graph, operation, a, b, y, g),
            Node::Select(condition, then, otherwise) => {
                let graph = &mut self.program.graph;
                let zero = graph.constant(0.0);
                let to_then = graph.add(Node::Select(condition, g, zero));
                let to_otherwise = graph.add(Node::Select(condition, zero, g));
                vec![(then, to_then), (otherwise, to_otherwise)]
            }
        }
    }

    /// The row of `functions.eq`, at x with the value y.
    fn function_derivative(&mut self, function: &str, x: Id, y: Id) -> Id {
        let row = self.library.functions.iter().find(|row| row.name == function);
        let graph = &mut self.program.graph;
        row.map_or(y, |row| instantiate(graph, &row.derivative, x, y))
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
            (a, chosen(graph, Comparison::Greater, a, b, g)),
            (b, chosen(graph, Comparison::Greater, b, a, g)),
        ],
        Minimum => vec![
            (a, chosen(graph, Comparison::Less, a, b, g)),
            (b, chosen(graph, Comparison::Less, b, a, g)),
        ],
    }
}

/// ∂(aᵇ)/∂a = b·aᵇ⁻¹ and ∂(aᵇ)/∂b = y·ln a, the latter 0 where a is 0.
fn power(graph: &mut Graph, a: Id, b: Id, y: Id, g: Id) -> Vec<(Id, Id)> {
    use Binary::{Multiply, Power, Subtract};
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
    let logarithm = graph.add(Node::Apply("ln".into(), a));
    let slope = graph.binary(Multiply, y, logarithm);
    let to_b = graph.binary(Multiply, g, slope);
    let positive = graph.add(Node::Compare(Comparison::Greater, a, zero));
    vec![(a, to_a), (b, graph.add(Node::Select(positive, to_b, zero)))]
}

/// The gradient of max(a, b) or min(a, b) on a: all of it where a is chosen, none where b is.
/// A tie goes half to each, but with a constant all to the constant: relu′(0) = 0.
fn chosen(graph: &mut Graph, comparison: Comparison, a: Id, b: Id, g: Id) -> Id {
    let zero = graph.constant(0.0);
    let at_tie = if graph.as_constant(a).or(graph.as_constant(b)).is_some() {
        zero
    } else {
        let half = graph.constant(0.5);
        let shared = graph.binary(Binary::Multiply, half, g);
        let tie = graph.add(Node::Compare(Comparison::Equal, a, b));
        graph.add(Node::Select(tie, shared, zero))
    };
    let wins = graph.add(Node::Compare(comparison, a, b));
    graph.add(Node::Select(wins, g, at_tie))
}

/// A row's derivative as nodes. The tables hold nothing but arithmetic on x and y, `pi` and
/// functions; a test holds them to it.
fn instantiate(graph: &mut Graph, expression: &Expression, x: Id, y: Id) -> Id {
    match &expression.kind {
        ExpressionKind::Integer(value) => graph.constant(*value as f64),
        ExpressionKind::Float(value) => graph.constant(*value),
        ExpressionKind::Name(name) if name == "x" => x,
        ExpressionKind::Name(name) if name == "pi" => graph.constant(std::f64::consts::PI),
        ExpressionKind::Negate(operand) => {
            let operand = instantiate(graph, operand, x, y);
            graph.add(Node::Negate(operand))
        }
        ExpressionKind::Binary(operation, left, right) => {
            let left = instantiate(graph, left, x, y);
            let right = instantiate(graph, right, x, y);
            graph.binary(*operation, left, right)
        }
        ExpressionKind::Call { function, arguments } => {
            let argument = arguments.first().map_or(x, |one| instantiate(graph, one, x, y));
            graph.add(Node::Apply(function.to_string().into(), argument))
        }
        _ => y,
    }
}
