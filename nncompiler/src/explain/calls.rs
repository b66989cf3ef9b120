//! Choices that the front end writes for a function of the language.

use crate::ir::expression::{Binary, Comparison, Graph, Id, Node};

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
