//! Exponentials that do not overflow. Σ e^u is computed as e^m·Σ e^(u − m), m = max u, where
//! everything that reads it is a logarithm or a quotient, so that e^m need never be: the sum is e^m
//! times a mantissa, and its array holds the mantissa. So is a product Π e^u, whose exponent is Σ u, and the
//! greatest or the least e^u.

use std::collections::BTreeSet;

use super::copies::read_apart;
use super::reading::{Reading, filled};
use super::scaled::{Scaled, Scaling};
use crate::ir::expression::{Binary, Graph, Id, Node};
use crate::ir::function::{Function, Program, Statement};
use crate::ir::index::{Access, ArrayId, Index};
use crate::ir::reduction::Reduction;

/// Writes every sum or product of exponentials that can be as a mantissa and an exponent, and logarithms and
/// quotients so that nothing overflows on the way.
pub fn shift_exponentials(program: &mut Program, function: &mut Function) {
    let stopped = stopped(program, function);
    read_apart(program, function, &stopped);
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
        let is_positive = scaling.is_positive(scaled);
        let parts = [scaling.exponent(scaled), scaled.mantissa];
        let exponent = Access { array: exponent, at: statement.target.at.clone() };
        match statement.reduction {
            Some((Reduction::Max | Reduction::Min, _)) if is_positive => {
                body.extend(scaled_choice(statement, parts, exponent));
            }
            Some((Reduction::Sum | Reduction::Max | Reduction::Min, _)) => {
                let outermost = program.array_like(statement.target.array, "outermost");
                let mut scaling = Scaling::new(&mut program.graph, &exponents, &stopped);
                body.extend(scaled_sum(&mut scaling, statement, parts, exponent, outermost));
            }
            Some((Reduction::Product, _)) | None => {
                body.extend(scaled_map(statement, parts, exponent));
            }
        }
    }
    function.body = body;
}

/// t = e^u·v as two statements, and t = Π e^u·v as Σ u and Π v.
fn scaled_map(statement: Statement, parts: [Id; 2], exponent: Access) -> [Statement; 2] {
    let sum = statement.reduction.as_ref().map(|_| (Reduction::Sum, statement.bound().to_vec()));
    let reductions = [sum, statement.reduction.clone()];
    scaled_apart(statement, parts, exponent, reductions)
}

/// t = max e^u·v as two, for one v above 0: max u, and v.
fn scaled_choice(statement: Statement, parts: [Id; 2], exponent: Access) -> [Statement; 2] {
    let reductions = [statement.reduction.clone(), None];
    scaled_apart(statement, parts, exponent, reductions)
}

/// u and v as two statements, each with its reduction.
fn scaled_apart(
    statement: Statement,
    [of_each, mantissa]: [Id; 2],
    exponent: Access,
    [of_exponent, of_mantissa]: [Option<(Reduction, Vec<Index>)>; 2],
) -> [Statement; 2] {
    let exponent =
        Statement { target: exponent, value: of_each, reduction: of_exponent, ..statement.clone() };
    [exponent, Statement { value: mantissa, reduction: of_mantissa, ..statement }]
}

/// t = Σ e^u·v as three: the greatest u, the exponent m of the sum, and Σ e^(u − m)·v. So is max e^u·v, and min
/// e^u·v with the least u: what then overflows is not chosen.
fn scaled_sum(
    scaling: &mut Scaling,
    statement: Statement,
    [of_each, mantissa]: [Id; 2],
    exponent: Access,
    outermost: ArrayId,
) -> [Statement; 3] {
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
    let value = scaling.unscaled(Scaled { exponent: difference, mantissa });
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
    let mut scalable = filled(function);
    scalable.retain(|array| !function.makes(*array));
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
