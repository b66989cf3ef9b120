//! Stencils → copies and products: a sum of products over windows of an array is a matrix product
//! with the windows laid out beside each other, and the sum of such windows back into the array is
//! a matrix product spread out again.

use crate::check::Reduction;
use crate::index::{Access, Affine, ArrayId, Index};
use crate::program::{Array, BATCH, Program, Role, Statement};
use crate::recognise;
use crate::scalar::{Binary, Id, Node};

/// The statements with every stencil unfolded that becomes a product by it.
pub fn unfold(program: &mut Program, list: &[Statement]) -> Vec<Statement> {
    let mut unfolded = Vec::new();
    for statement in list {
        let factors = factors(program, statement);
        let is_stencil = factors.is_some() && recognise::product(program, statement).is_none();
        let parts = factors.filter(|_| is_stencil).and_then(|factors| {
            gathered(program, statement, factors).or_else(|| spread(program, statement, factors))
        });
        match parts {
            Some(parts) => unfolded.extend(parts),
            None => unfolded.push(statement.clone()),
        }
    }
    unfolded
}

/// The two elements that a sum of products multiplies.
fn factors(program: &Program, statement: &Statement) -> Option<[Id; 2]> {
    if statement.scan.is_some() {
        return None;
    }
    let Some((Reduction::Sum, _)) = statement.reduction else { return None };
    let Node::Binary(Binary::Multiply, left, right) = *program.graph.node(statement.value) else {
        return None;
    };
    let is_element = |id: Id| matches!(program.graph.node(id), Node::Element(_));
    (is_element(left) && is_element(right)).then_some([left, right])
}

fn access(program: &Program, id: Id) -> Option<Access> {
    match program.graph.node(id) {
        Node::Element(access) => Some(access.clone()),
        _ => None,
    }
}

/// Windows of one factor as an array of their own, if that makes the sum a product.
fn gathered(
    program: &mut Program,
    statement: &Statement,
    factors: [Id; 2],
) -> Option<[Statement; 2]> {
    for window in factors {
        let from = access(program, window)?;
        if from.as_indices().is_some() {
            continue;
        }
        let is_bound = |index: &Index| statement.bound().contains(index);
        let mut order: Vec<Index> = distinct(from.indices());
        // The sample first, then what is summed over: the windows are then columns.
        order.sort_by_key(|index| (*index != BATCH, !is_bound(index)));
        let array = laid_out(program, from.array, "windows", &order);
        let at: Vec<Affine> = order.into_iter().map(Affine::from).collect();
        let target = Access { array, at };
        let (value, reduction, accumulate) = (window, None, false);
        let copy = Statement { target: target.clone(), reduction, value, accumulate, ..*statement };
        let element = program.graph.element(target);
        let mut product = statement.clone();
        product.value = program.graph.substitute(statement.value, window, element);
        if recognise::product(program, &product).is_some() {
            return Some([copy, product]);
        }
    }
    None
}

/// The sums for each window as an array of their own, which is then added up where windows overlap.
fn spread(
    program: &mut Program,
    statement: &Statement,
    [left, right]: [Id; 2],
) -> Option<[Statement; 2]> {
    if statement.target.as_indices().is_some() {
        return None;
    }
    let free = statement.free();
    for rows_of in [left, right] {
        let rows = access(program, rows_of)?;
        let in_rows = |index: &Index| rows.indices().any(|other| other == *index);
        let mut order = free.clone();
        order.sort_by_key(|index| (*index != BATCH, !in_rows(index)));
        let array = laid_out(program, statement.target.array, "windows", &order);
        let at: Vec<Affine> = order.into_iter().map(Affine::from).collect();
        let target = Access { array, at };
        let product = Statement { target: target.clone(), accumulate: false, ..statement.clone() };
        if recognise::product(program, &product).is_some() {
            let value = program.graph.element(target);
            let sum = Statement { reduction: None, value, ..statement.clone() };
            return Some([product, sum]);
        }
    }
    None
}

fn distinct(indices: impl Iterator<Item = Index>) -> Vec<Index> {
    let mut found = Vec::new();
    for index in indices {
        if !found.contains(&index) {
            found.push(index);
        }
    }
    found
}

/// A new array with an axis for each index.
fn laid_out(program: &mut Program, of: ArrayId, name: &str, indices: &[Index]) -> ArrayId {
    let axes = indices.iter().map(|&index| program.extent(index)).collect();
    let name = format!("{name}_{}", program.array(of).name);
    program.add_array(Array::new(name, axes, Role::Adjoint))
}
