//! A bias that a map adds to a product starts the product instead.

use std::collections::HashMap;

use super::kernel::{Kernel, sources, target};
use super::operand::{Bias, Count, Start, count, single_stride};
use super::view::{Views, alias};
use super::windows::Windowed;
use crate::ir::expression::{Binary, Id, Node};
use crate::ir::function::{Program, Role, Statement};
use crate::ir::index::{Access, Extent, Index};

/// Starts products with what the one map that reads them adds to them.
pub fn start_with_biases(program: &mut Program, kernels: &mut [Kernel], views: &mut Views) {
    let mut readers: HashMap<_, Vec<usize>> = HashMap::new();
    for (position, kernel) in kernels.iter().enumerate() {
        for source in sources(program, kernel) {
            readers.entry(source).or_default().push(position);
        }
    }
    for at in 0..kernels.len() {
        if let Some([reader]) = readers.get(&target(&kernels[at])).map(Vec::as_slice) {
            start_with_bias(program, kernels, views, at, *reader);
        }
    }
}

fn start_with_bias(
    program: &mut Program,
    kernels: &mut [Kernel],
    views: &mut Views,
    at: usize,
    reader: usize,
) {
    let Kernel::Loops(statement) = &kernels[reader] else { return };
    let Some(added) = Added::to(program, statement, &kernels[at]) else { return };
    let mut statement = statement.clone();
    statement.value = program.graph.substitute(statement.value, added.sum, added.product);
    match &mut kernels[at] {
        Kernel::Product(product) => product.start = added.start,
        Kernel::Windows(windows) => windows.start = added.start,
        Kernel::Alias { .. } | Kernel::Loops(_) => return,
    }
    kernels[reader] = match alias(program, &statement).filter(|_| statement.scans.is_empty()) {
        Some(source) if views.share(statement.target.array, source) => {
            Kernel::Alias { target: statement.target.array, source }
        }
        _ => Kernel::Loops(statement),
    };
}

/// The rows and columns of a product that starts with nothing and fills its target row by row.
fn matrix(kernel: &Kernel) -> Option<[Count; 2]> {
    match kernel {
        Kernel::Product(product) if product.start == Start::Zero && product.part.is_none() => {
            Some([product.rows, product.columns])
        }
        Kernel::Windows(windows)
            if windows.start == Start::Zero && windows.windowed == Windowed::RightRows =>
        {
            let of = |size| Count { size, batched: false };
            Some([of(windows.rows), of(windows.columns)])
        }
        Kernel::Product(_) | Kernel::Windows(_) | Kernel::Alias { .. } | Kernel::Loops(_) => None,
    }
}

/// `product + bias` in a map.
struct Added {
    sum: Id,
    product: Id,
    start: Start,
}

impl Added {
    /// What a map adds to a product that stands nowhere else in it.
    fn to(program: &Program, statement: &Statement, kernel: &Kernel) -> Option<Self> {
        let matrix = matrix(kernel)?;
        statement.target.as_indices()?;
        let graph = &program.graph;
        let elements = graph.elements(statement.value);
        let mut of_product = elements.iter().filter(|(_, access)| access.array == target(kernel));
        let (&(product, ref access), None) = (of_product.next()?, of_product.next()) else {
            return None;
        };
        let users = graph.reachable(statement.value).into_iter();
        let users: Vec<Id> =
            users.filter(|&id| graph.node(id).children().contains(&product)).collect();
        let [sum] = users.as_slice() else { return None };
        let Node::Binary(Binary::Add, a, b) = *graph.node(*sum) else { return None };
        let Node::Element(bias) = graph.node(if a == product { b } else { a }) else {
            return None;
        };
        let free = statement.free();
        let is_map = statement.reduction.is_none() && access.as_indices()? == free;
        let start = is_map.then(|| start(program, &free, matrix, bias))??;
        Some(Self { sum: *sum, product, start })
    }
}

/// The row or the column of a matrix that a parameter is, the last of the target's indices being those
/// of rows and columns.
fn start(
    program: &Program,
    free: &[Index],
    [rows, columns]: [Count; 2],
    bias: &Access,
) -> Option<Start> {
    // An index of one value moves nothing.
    let moves = |index: &Index| program.extent(*index) != Extent::Fixed(1);
    let free: Vec<Index> = free.iter().copied().filter(moves).collect();
    let (rest, of_columns) = split(program, &free, columns)?;
    let (rest, of_rows) = split(program, rest, rows)?;
    let offset = program.linear(bias);
    if program.array(bias.array).role != Role::Parameter || bias.gathers() {
        return None;
    }
    let stride = |group: &[Index]| single_stride(program, &offset, group);
    let is_same = |group: &[Index]| group.iter().all(|&index| stride(&[index]) == Some(0));
    let from = usize::try_from(offset.constant).ok()?;
    let vector = Bias { array: bias.array, from };
    if is_same(rest) && is_same(of_rows) && stride(of_columns) == Some(1) {
        Some(Start::Row(vector))
    } else if is_same(rest) && is_same(of_columns) && !rows.batched && stride(of_rows) == Some(1) {
        Some(Start::Column(vector))
    } else {
        None
    }
}

/// The last indices that together run so often, and those before them.
fn split<'a>(
    program: &Program,
    indices: &'a [Index],
    times: Count,
) -> Option<(&'a [Index], &'a [Index])> {
    let mut splits = (0..=indices.len()).rev().map(|at| indices.split_at(at));
    splits.find(|(_, last)| count(program, last) == times)
}
