//! Statements → kernels: a contraction becomes a matrix product, a copy within the same memory
//! becomes nothing, all else becomes loops.

mod kernel;
mod operand;
mod product;
mod view;
mod windows;

use std::collections::HashMap;

use crate::ir::expression::{Binary, Id, Node};
use crate::ir::function::{Function, Program, Role, Statement, writers};
use crate::ir::index::{ArrayId, Extent};
pub use kernel::{Kernel, Mode, scans, sources, target};
pub use operand::{Count, Operand, Start, single_stride};
pub use product::{Product, Repeat, product};
use view::{Views, alias};
pub use windows::{Windowed, Windows, windows};

/// A kernel for each statement; a bias that is added to a product starts it instead.
pub fn recognise(program: &mut Program, function: &Function) -> Vec<Kernel> {
    let writers = writers(&function.body);
    let is_added_to = |array: ArrayId| writers.get(&array).is_some_and(|&writers| writers > 1);
    let mut views = Views::new(program, function);
    let mut kernels = Vec::new();
    for statement in &function.body {
        kernels.push(match kernel(program, statement) {
            // What is added to one of the two later would be added to both.
            Kernel::Alias { target, source }
                if is_added_to(target) || is_added_to(source) || !views.share(target, source) =>
            {
                Kernel::Loops(statement.clone())
            }
            kernel => kernel,
        });
    }
    let mut readers: HashMap<ArrayId, Vec<usize>> = HashMap::new();
    for (position, kernel) in kernels.iter().enumerate() {
        for source in sources(program, kernel) {
            readers.entry(source).or_default().push(position);
        }
    }
    for at in 0..kernels.len() {
        if let Some([reader]) = readers.get(&target(&kernels[at])).map(Vec::as_slice) {
            start_with_bias(program, &mut kernels, &mut views, at, *reader);
        }
    }
    kernels
}

/// The same statements as loops and nothing else: what every kernel is tested against.
pub fn as_loops(function: &Function) -> Vec<Kernel> {
    function.body.iter().cloned().map(Kernel::Loops).collect()
}

fn kernel(program: &Program, statement: &Statement) -> Kernel {
    if !statement.scans.is_empty() {
        let product = product(program, statement).map(Kernel::Product);
        return product.unwrap_or_else(|| Kernel::Loops(statement.clone()));
    }
    if let Some(source) = alias(program, statement) {
        return Kernel::Alias { target: statement.target.array, source };
    }
    let product = product(program, statement).map(Kernel::Product);
    let windows = || windows(program, statement).map(Kernel::Windows);
    product.or_else(windows).unwrap_or_else(|| Kernel::Loops(statement.clone()))
}

/// Where the one map that reads a product adds a row to it, the product starts with that row.
fn start_with_bias(
    program: &mut Program,
    kernels: &mut [Kernel],
    views: &mut Views,
    at: usize,
    reader: usize,
) {
    let Kernel::Product(product) = &kernels[at] else {
        return;
    };
    if product.start != Start::Zero {
        return;
    }
    let target = product.target;
    let Kernel::Loops(statement) = &kernels[reader] else {
        return;
    };
    let Some((sum, element, row)) = added_row(program, statement, target) else {
        return;
    };
    let mut statement = statement.clone();
    statement.value = program.graph.substitute(statement.value, sum, element);
    if let Kernel::Product(product) = &mut kernels[at] {
        product.start = Start::Row(row);
    }
    kernels[reader] = match alias(program, &statement).filter(|_| statement.scans.is_empty()) {
        Some(source) if views.share(statement.target.array, source) => {
            Kernel::Alias { target: statement.target.array, source }
        }
        _ => Kernel::Loops(statement),
    };
}

/// In a statement over rows of `target`: (target + row, target, the row's array), if the target
/// stands nowhere else.
fn added_row(
    program: &Program,
    statement: &Statement,
    target: ArrayId,
) -> Option<(Id, Id, ArrayId)> {
    statement.target.as_indices()?;
    let free = statement.free();
    let graph = &program.graph;
    let elements = graph.elements(statement.value);
    let mut of_target = elements.iter().filter(|(_, access)| access.array == target);
    let ((element, access), None) = (of_target.next()?, of_target.next()) else {
        return None;
    };
    let users: Vec<Id> = graph
        .reachable(statement.value)
        .into_iter()
        .filter(|&id| graph.node(id).children().contains(element))
        .collect();
    let [sum] = users.as_slice() else { return None };
    let Node::Binary(Binary::Add, a, b) = *graph.node(*sum) else {
        return None;
    };
    let other = if a == *element { b } else { a };
    let Node::Element(row) = graph.node(other) else {
        return None;
    };
    let (batch, features) = free.split_first()?;
    let is_row = program.array(row.array).role == Role::Parameter
        && program.extent(*batch) == Extent::Batch
        && access.as_indices()? == free
        && row.as_indices()? == features;
    (statement.reduction.is_none() && is_row).then_some((*sum, *element, row.array))
}
