//! Sums of exponentials that do not overflow: Σ e^u is computed as e^m·Σ e^(u − m), m = max u, where
//! everything that reads it is a logarithm or divides an exponential by it, so that e^m need never
//! be: ln Σ e^u = m + ln Σ e^(u − m), and e^v/Σ e^u = e^(v − m)/Σ e^(u − m).

use crate::ir::expression::{Binary, Comparison, Graph, Id, Node};
use crate::ir::function::{Array, Function, Program, Role, Statement};
use crate::ir::index::{Access, ArrayId};
use crate::ir::reduction::Reduction;

/// Shifts every sum of exponentials that can be.
pub fn shift_exponentials(program: &mut Program, function: &mut Function) {
    let mut at = 0;
    while at < function.body.len() {
        if let Some(exponent) = shiftable(program, function, &function.body[at]) {
            shift(program, &mut function.body, at, exponent);
        }
        at += 1;
    }
}

/// The u of a statement t[f] = Σ e^u that may be shifted.
fn shiftable(program: &Program, function: &Function, statement: &Statement) -> Option<Id> {
    let Some((Reduction::Sum, _)) = statement.reduction else { return None };
    let (graph, sum) = (&program.graph, statement.target.array);
    let exponent = exponential(graph, statement.value)?;
    statement.target.as_indices()?;
    let may = !function.makes(sum)
        && !is_shifted(program, function, exponent)
        && function.body.iter().all(|reader| reads_well(graph, reader.value, sum));
    may.then_some(exponent)
}

/// The u of e^u.
fn exponential(graph: &Graph, id: Id) -> Option<Id> {
    match graph.node(id) {
        Node::Apply(function, exponent) if &**function == "exp" => Some(*exponent),
        _ => None,
    }
}

/// Whether an exponent is a difference from something without gradient: then whoever wrote it has
/// seen to its size.
fn is_shifted(program: &Program, function: &Function, exponent: Id) -> bool {
    let graph = &program.graph;
    let Node::Binary(Binary::Subtract, _, shift) = graph.node(exponent) else { return false };
    let Node::Element(shift) = graph.node(*shift) else { return false };
    let makes = |one: &&Statement| one.target.array == shift.array;
    let maker = function.body.iter().find(makes);
    maker.is_some_and(|maker| matches!(graph.node(maker.value), Node::Stop(_)))
}

/// Whether a value reads a sum only as ln(sum) and e^v/sum, or not at all.
fn reads_well(graph: &Graph, root: Id, sum: ArrayId) -> bool {
    let is_sum = |id: Id| element_of(graph, id, sum).is_some();
    let reads_well = |id: Id| match graph.node(id) {
        Node::Apply(function, _) if &**function == "ln" => true,
        Node::Binary(Binary::Divide, dividend, divisor) if is_sum(*divisor) => {
            exponential(graph, *dividend).is_some()
        }
        node => !node.children().into_iter().any(is_sum),
    };
    !is_sum(root) && graph.reachable(root).into_iter().all(reads_well)
}

fn element_of(graph: &Graph, id: Id, array: ArrayId) -> Option<&Access> {
    match graph.node(id) {
        Node::Element(access) if access.array == array => Some(access),
        _ => None,
    }
}

/// Shifts the sum that the statement `at` makes, and all that reads it.
fn shift(program: &mut Program, body: &mut Vec<Statement>, at: usize, exponent: Id) {
    let statement = body[at].clone();
    let sum = statement.target.array;
    let greatest = beside(program, &statement, "greatest");
    let shift = beside(program, &statement, "shift");
    let greatest_statement = Statement {
        target: greatest.clone(),
        reduction: Some((Reduction::Max, statement.bound().to_vec())),
        value: exponent,
        ..statement
    };
    let value = finite(&mut program.graph, greatest);
    let shift_statement = Statement { target: shift.clone(), reduction: None, value, ..statement };
    let graph = &mut program.graph;
    let by = graph.element(shift.clone());
    body[at].value = shifted_exponential(graph, exponent, by);
    for reader in body.iter_mut() {
        reader.value = with_shift(graph, reader.value, sum, shift.array);
    }
    body.splice(at..at, [greatest_statement, shift_statement]);
}

/// Another array like a statement's target, where that is written.
fn beside(program: &mut Program, statement: &Statement, name: &str) -> Access {
    let axes = program.array(statement.target.array).axes.clone();
    let array = program.add_array(Array::new(name, axes, Role::Computed));
    Access { array, at: statement.target.at.clone() }
}

/// stop(m), or 0 where m is infinite: ∞ − ∞ is no number, but e^∞ is ∞ and e^−∞ is 0.
fn finite(graph: &mut Graph, greatest: Access) -> Id {
    let (zero, infinity) = (graph.constant(0.0), graph.constant(f64::INFINITY));
    let greatest = graph.element(greatest);
    let size = graph.add(Node::Apply("abs".into(), greatest));
    let is_infinite = graph.add(Node::Compare(Comparison::Equal, size, infinity));
    let finite = graph.add(Node::Select(is_infinite, zero, greatest));
    graph.add(Node::Stop(finite))
}

fn shifted_exponential(graph: &mut Graph, exponent: Id, by: Id) -> Id {
    let difference = graph.binary(Binary::Subtract, exponent, by);
    graph.add(Node::Apply("exp".into(), difference))
}

/// ln(sum) → shift + ln(sum), and e^v/sum → e^(v − shift)/sum. What is added to or taken from a
/// logarithm meets the shift first: the two are of the same size, and cancel without loss.
fn with_shift(graph: &mut Graph, root: Id, sum: ArrayId, shift: ArrayId) -> Id {
    graph.rebuild(root, |graph, _, node| match node {
        Node::Apply(_, read) => match shift_of(graph, read, sum, shift) {
            Some(by) => {
                let logarithm = graph.add(node);
                graph.binary(Binary::Add, by, logarithm)
            }
            None => graph.add(node),
        },
        Node::Binary(Binary::Divide, dividend, divisor) => {
            let exponent = exponential(graph, dividend);
            match (exponent, shift_of(graph, divisor, sum, shift)) {
                (Some(exponent), Some(by)) => {
                    let dividend = shifted_exponential(graph, exponent, by);
                    graph.binary(Binary::Divide, dividend, divisor)
                }
                _ => graph.add(node),
            }
        }
        Node::Binary(Binary::Subtract, left, right) => {
            if let Some((by, logarithm)) = shifted_logarithm(graph, right, sum) {
                let difference = graph.binary(Binary::Subtract, left, by);
                return graph.binary(Binary::Subtract, difference, logarithm);
            }
            if let Some((by, logarithm)) = shifted_logarithm(graph, left, sum) {
                let difference = graph.binary(Binary::Subtract, by, right);
                return graph.binary(Binary::Add, difference, logarithm);
            }
            graph.add(node)
        }
        _ => graph.add(node),
    })
}

/// The shift of the sum that is read, if it is one.
fn shift_of(graph: &mut Graph, read: Id, sum: ArrayId, shift: ArrayId) -> Option<Id> {
    let at = element_of(graph, read, sum)?.at.clone();
    Some(graph.element(Access { array: shift, at }))
}

/// The parts of shift + ln(sum).
fn shifted_logarithm(graph: &Graph, id: Id, sum: ArrayId) -> Option<(Id, Id)> {
    let Node::Binary(Binary::Add, by, logarithm) = *graph.node(id) else { return None };
    let Node::Apply(_, read) = *graph.node(logarithm) else { return None };
    element_of(graph, read, sum).map(|_| (by, logarithm))
}
