//! What stands for a function, and is written as one.

use std::collections::HashMap;

use super::statements::Statements;
use crate::ir::expression::{Binary, Comparison, Graph, Id, Node};
use crate::ir::function::{Program, Role};
use crate::ir::index::{Access, Affine, Index};
use crate::ir::reduction::Reduction;

/// The function that a choice stands for, and its operands.
pub fn as_call(graph: &Graph, id: Id) -> Option<(&'static str, [Id; 3])> {
    let clamp = as_clamp(graph, id).map(|operands| ("clamp", operands));
    clamp.or_else(|| Some(("lerp", as_lerp(graph, id)?)))
}

/// x, low and high of what `clamp(x, low, high)` stands for.
fn as_clamp(graph: &Graph, id: Id) -> Option<[Id; 3]> {
    let Node::Select(is_below, lowest, within) = *graph.node(id) else { return None };
    let Node::Select(is_above, high, x) = *graph.node(within) else { return None };
    let Node::Compare(_, _, low) = *graph.node(is_below) else { return None };
    let least = Node::Binary(Binary::Minimum, low, high);
    let is_it = *graph.node(is_below) == Node::Compare(Comparison::Less, x, low)
        && *graph.node(is_above) == Node::Compare(Comparison::Greater, x, high)
        && (lowest == low || *graph.node(lowest) == least);
    is_it.then_some([x, low, high])
}

/// a, b and weight of what `lerp(a, b, weight)` stands for.
fn as_lerp(graph: &Graph, id: Id) -> Option<[Id; 3]> {
    let Node::Select(is_near, from_a, from_b) = *graph.node(id) else { return None };
    let Node::Compare(Comparison::Less, weight, half) = *graph.node(is_near) else { return None };
    let Node::Binary(Binary::Add, a, forwards) = *graph.node(from_a) else { return None };
    let Node::Binary(Binary::Subtract, b, backwards) = *graph.node(from_b) else { return None };
    let [weight_of_a, way] = factors(graph, forwards)?;
    let [rest, same_way] = factors(graph, backwards)?;
    let Node::Binary(Binary::Subtract, one, weight_of_b) = *graph.node(rest) else { return None };
    let numbers = [graph.as_constant(half), graph.as_constant(one)];
    let is_it = numbers == [Some(0.5), Some(1.0)]
        && [weight_of_a, weight_of_b] == [weight; 2]
        && way == same_way
        && *graph.node(way) == Node::Binary(Binary::Subtract, b, a);
    is_it.then_some([a, b, weight])
}

fn factors(graph: &Graph, id: Id) -> Option<[Id; 2]> {
    match *graph.node(id) {
        Node::Binary(Binary::Multiply, a, b) => Some([a, b]),
        _ => None,
    }
}

/// The element of an array whose softmax a quotient is: `e^(x[c] − m) / Σ_i e^(x[i] − m)`.
pub fn as_softmax<'a>(program: &'a Program, forward: &Statements, id: Id) -> Option<&'a Access> {
    let Node::Binary(Binary::Divide, one, all) = *program.graph.node(id) else { return None };
    let Node::Element(total) = program.graph.node(all) else { return None };
    let [x, shift] = exponent(&program.graph, one)?;
    let [sum] = forward.writes_of(total.array) else { return None };
    let (Reduction::Sum, [index]) = (sum.reduction.as_ref()?.0, sum.bound()) else { return None };
    let [each, same_shift] = exponent(&program.graph, sum.value)?;
    let axis = each.at.iter().position(|axis| axis.as_index() == Some(*index))?;
    // The sum's indices as those of the quotient.
    let own = sum.target.as_indices()?.into_iter().zip(total.at.iter().cloned());
    let inner: HashMap<Index, Affine> = own.chain([(*index, x.at.get(axis)?.clone())]).collect();
    let is_shifted_alike = !same_shift.indices().any(|one| one == *index)
        && same_shift.composed(&inner).as_ref() == Some(shift);
    (is_shifted_alike && each.composed(&inner).as_ref() == Some(x)).then_some(x)
}

/// x and m of `e^(x − m)`.
fn exponent(graph: &Graph, id: Id) -> Option<[&Access; 2]> {
    let Node::Apply(function, inside) = graph.node(id) else { return None };
    let Node::Binary(Binary::Subtract, x, m) = *graph.node(*inside) else { return None };
    match (&**function, graph.node(x), graph.node(m)) {
        ("exp", Node::Element(x), Node::Element(m)) => Some([x, m]),
        _ => None,
    }
}

/// The index, the class and the value of what is 0 but at a class: `if c = label { value } else { 0 }`.
pub fn as_one_hot(program: &Program, id: Id) -> Option<(Index, &Access, Id)> {
    let graph = &program.graph;
    let Node::Select(is_it, value, rest) = *graph.node(id) else { return None };
    let Node::Compare(Comparison::Equal, position, class) = *graph.node(is_it) else { return None };
    let Node::Position(index) = *graph.node(position) else { return None };
    let Node::Element(class) = graph.node(class) else { return None };
    let is_class = matches!(program.array(class.array).role, Role::Integers(_));
    (is_class && graph.as_constant(rest) == Some(0.0)).then_some((index, class, value))
}
