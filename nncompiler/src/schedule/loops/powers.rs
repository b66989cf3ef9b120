//! Powers with small integer exponents → products.

use crate::ir::cost::LARGEST_POWER;
use crate::ir::expression::{Binary, Graph, Id, Node};

/// The value with every such power written out: a³ as a·a·a, a⁻² as 1 / (a·a).
pub fn as_products(graph: &mut Graph, value: Id) -> Id {
    graph.rebuild(value, |graph, _, node| product(graph, &node).unwrap_or_else(|| graph.add(node)))
}

fn product(graph: &mut Graph, node: &Node) -> Option<Id> {
    let Node::Binary(Binary::Power, base, exponent) = *node else { return None };
    let exponent = graph.as_constant(exponent)?;
    if exponent.fract() != 0.0 || exponent.abs() > f64::from(LARGEST_POWER) {
        return None;
    }
    let one = graph.constant(1.0);
    let factors = (1..=LARGEST_POWER).filter(|&count| f64::from(count) <= exponent.abs());
    let product = factors
        .map(|_| base)
        .reduce(|product, factor| graph.binary(Binary::Multiply, product, factor));
    let product = product.unwrap_or(one);
    Some(if exponent < 0.0 { graph.binary(Binary::Divide, one, product) } else { product })
}
