//! Exponentials that do not overflow. Σ e^u is computed as e^m·Σ e^(u − m), m = max u, where
//! everything that reads it is a logarithm or a quotient, so that e^m need never be: the sum is e^m
//! times a mantissa, and its array holds the mantissa. So is a product Π e^u, whose exponent is Σ u, and the
//! greatest or the least e^u.

use std::collections::BTreeSet;

use super::scaled::{Logarithm, Scaled, Scaling, exponent_of, is_shifted};
use crate::ir::expression::{Binary, Graph, Id, Node};
use crate::ir::function::{Function, Program, Statement, writers};
use crate::ir::index::{Access, ArrayId};
use crate::ir::reduction::Reduction;

/// Writes every sum or product of exponentials that can be as a mantissa and an exponent, and logarithms and
/// quotients so that nothing overflows on the way.
pub fn shift_exponentials(program: &mut Program, function: &mut Function) {
    let stopped = stopped(program, function);
    let arrays = scalable(&program.graph, function, &stopped);
    let exponents =
        arrays.iter().map(|&array| (array, program.array_like(array, "shift"))).collect();
    let mut body = Vec::with_capacity(function.body.len());
    for statement in std::mem::take(&mut function.body) {
        let mut scaling = Scaling::new(&mut program.graph, &exponents, &stopped);
        let value = scaling.written(statement.value);
        let statement = Statement { value, ..statement };
        let Some(&exponent) = exponents.get(&statement.target.array) else {
            body.push(statement);
            continue;
        };
        let scaled = scaling.scaled(value);
        let exponent = Access { array: exponent, at: statement.target.at.clone() };
        let is_positive = scaling.is_positive(scaled);
        match statement.reduction {
            Some((Reduction::Max | Reduction::Min, _)) if is_positive => {
                body.extend(scaled_choice(&mut program.graph, statement, scaled, exponent));
            }
            Some((Reduction::Sum | Reduction::Max | Reduction::Min, _)) => {
                let outermost = program.array_like(statement.target.array, "outermost");
                let mut scaling = Scaling::new(&mut program.graph, &exponents, &stopped);
                body.extend(scaled_sum(&mut scaling, statement, scaled, exponent, outermost));
            }
            Some((Reduction::Product, _)) | None => {
                body.extend(scaled_map(&mut program.graph, statement, scaled, exponent));
            }
        }
    }
    function.body = body;
}

/// t = e^u·v as two statements, and t = Π e^u·v as Σ u and Π v.
fn scaled_map(
    graph: &mut Graph,
    statement: Statement,
    scaled: Scaled,
    exponent: Access,
) -> [Statement; 2] {
    let zero = graph.constant(0.0);
    let value = scaled.exponent.unwrap_or(zero);
    let sum = statement.reduction.as_ref().map(|_| (Reduction::Sum, statement.bound().to_vec()));
    let exponent = Statement { target: exponent, value, reduction: sum, ..statement.clone() };
    [exponent, Statement { value: scaled.mantissa, ..statement }]
}

/// t = max e^u·v as two, for one v above 0: max u, and v.
fn scaled_choice(
    graph: &mut Graph,
    statement: Statement,
    scaled: Scaled,
    exponent: Access,
) -> [Statement; 2] {
    let zero = graph.constant(0.0);
    let value = scaled.exponent.unwrap_or(zero);
    let exponent = Statement { target: exponent, value, ..statement.clone() };
    [exponent, Statement { value: scaled.mantissa, reduction: None, ..statement }]
}

/// t = Σ e^u·v as three: the greatest u, the exponent m of the sum, and Σ e^(u − m)·v. So is max e^u·v, and min
/// e^u·v with the least u: what then overflows is not chosen.
fn scaled_sum(
    scaling: &mut Scaling,
    statement: Statement,
    scaled: Scaled,
    exponent: Access,
    outermost: ArrayId,
) -> [Statement; 3] {
    let zero = scaling.graph.constant(0.0);
    let of_each = scaled.exponent.unwrap_or(zero);
    let outermost = Access { array: outermost, at: statement.target.at.clone() };
    let read = scaling.graph.element(outermost.clone());
    let choice = match statement.reduction {
        Some((Reduction::Min, _)) => Reduction::Min,
        _ => Reduction::Max,
    };
    let reduction = Some((choice, statement.bound().to_vec()));
    let outermost = Statement { target: outermost, reduction, value: of_each, ..statement.clone() };
    let (finite, by) = (scaling.finite(read), scaling.graph.element(exponent.clone()));
    let shift = Statement { target: exponent, reduction: None, value: finite, ..statement.clone() };
    let difference = Some(scaling.graph.binary(Binary::Subtract, of_each, by));
    let value = scaling.unscaled(Scaled { exponent: difference, ..scaled });
    [outermost, shift, Statement { value, ..statement }]
}

/// The arrays whose values have no gradient.
fn stopped(program: &Program, function: &Function) -> BTreeSet<ArrayId> {
    let stops = |one: &&Statement| matches!(program.graph.node(one.value), Node::Stop(_));
    function.body.iter().filter(stops).map(|one| one.target.array).collect()
}

/// The arrays that may hold mantissas: sums and maps of exponentials that are read as logarithms and in
/// quotients alone, or by others of them.
fn scalable(graph: &Graph, function: &Function, stopped: &BTreeSet<ArrayId>) -> BTreeSet<ArrayId> {
    let writers = writers(&function.body);
    let may_be = |statement: &&Statement| {
        let array = statement.target.array;
        writers[&array] == 1 && !function.makes(array) && statement.target.as_indices().is_some()
    };
    let candidates = function.body.iter().filter(may_be);
    let mut scalable: BTreeSet<ArrayId> = candidates.map(|one| one.target.array).collect();
    loop {
        let count = scalable.len();
        let reading = Reading::new(graph, function, stopped, &mut scalable);
        // Readers come first: what one of them misreads, it may itself have been read for.
        for statement in function.body.iter().rev() {
            let is_scaled = scalable.contains(&statement.target.array);
            reading.misread(statement.value, is_scaled, &mut scalable);
        }
        if scalable.len() == count {
            return scalable;
        }
    }
}

/// How expressions read arrays that may hold mantissas.
struct Reading<'a> {
    graph: &'a Graph,
    /// The numbers e^u·v that have an exponent: a term or factor of them is e^u.
    with_exponent: BTreeSet<Id>,
}

impl<'a> Reading<'a> {
    /// Removes an array whose value has no exponent before anything reads it, so that a chain of
    /// layers takes one look, not one for each layer.
    fn new(
        graph: &'a Graph,
        function: &Function,
        stopped: &BTreeSet<ArrayId>,
        scalable: &mut BTreeSet<ArrayId>,
    ) -> Self {
        let mut reading = Self { graph, with_exponent: BTreeSet::new() };
        for statement in &function.body {
            // Children come first.
            for id in graph.reachable(statement.value) {
                if reading.has_exponent(id, stopped, scalable) {
                    reading.with_exponent.insert(id);
                }
            }
            if !reading.with_exponent.contains(&statement.value) {
                scalable.remove(&statement.target.array);
            }
        }
        reading
    }

    /// Whether a number, whose children are known, is e^u·v.
    fn has_exponent(
        &self,
        id: Id,
        stopped: &BTreeSet<ArrayId>,
        scalable: &BTreeSet<ArrayId>,
    ) -> bool {
        match (self.graph.node(id), exponent_of(self.graph, id)) {
            (Node::Element(access), _) => scalable.contains(&access.array),
            (_, Some(exponent)) => !is_shifted(self.graph, exponent, stopped),
            _ => self.terms(id).iter().any(|term| self.with_exponent.contains(term)),
        }
    }

    /// The terms and factors that a number is made of, what it is one of, or what it is a root or a power of.
    fn terms(&self, id: Id) -> Vec<Id> {
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
    fn misread(&self, root: Id, is_scaled: bool, scalable: &mut BTreeSet<ArrayId>) {
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
    fn scaled(&self, node: &Node) -> Vec<Id> {
        let has_exponent = |id: &Id| self.with_exponent.contains(id);
        let is_product =
            |id| self.graph.factors(id).is_some_and(|factors| factors.iter().all(has_exponent));
        match node {
            Node::Binary(Binary::Divide, a, b) if has_exponent(a) && has_exponent(b) => {
                vec![*a, *b]
            }
            Node::Binary(Binary::Divide, _, b) if is_product(*b) => vec![*b],
            _ => Logarithm::of(node).iter().map(Logarithm::argument).collect(),
        }
    }
}
