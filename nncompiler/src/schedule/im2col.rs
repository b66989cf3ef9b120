//! Stencils → copies and products: a sum of products over windows of an array is a product with the
//! windows laid out beside each other, and the sum of such windows back into the array is a product
//! spread out again.
//!
//! Where windows follow each other along the rows of an image without gaps, only those along the
//! rows are laid out, a shifted copy of the array for each place in a row of the window: all others
//! are runs of these copies (`kernels/windows.rs`). Elsewhere every window is copied, which makes
//! the product one of matrices.
//!
//! What is no product, as a convolution of each channel with itself, stays loops. Rows that are shorter than
//! a register are laid out in shifted copies as well: there one row follows the other without a gap, so that
//! a loop runs along all of them.

use crate::ir::cost::{LANES, LEAST_USES_OF_WINDOWS, MOST_PERMUTED};
use crate::ir::expression::{Id, Node};
use crate::ir::function::{BATCH, Function, Program, Statement};
use crate::ir::index::{Access, Affine, ArrayId, Extent, Index, distinct};
use crate::schedule::kernels::{self, Product};

/// Lays the windows of every stencil out that becomes a product by it.
pub fn lay_out_windows(program: &mut Program, function: &mut Function) {
    let mut body = Vec::new();
    for statement in &function.body {
        let factors = program.factors(statement).map(|both| both.map(|(id, _)| id));
        let is_stencil = factors.is_some()
            && statement.scans.is_empty()
            && kernels::product(program, statement).is_none_or(|product| product.is_thin());
        let parts = factors.filter(|_| is_stencil).and_then(|factors| {
            shifted(program, statement, factors)
                .or_else(|| shifted_back(program, statement))
                .or_else(|| im2col(program, statement, factors))
                .or_else(|| col2im(program, statement, factors))
                .or_else(|| permuted(program, statement))
                .or_else(|| joined(program, statement, factors))
                .or_else(|| joined_back(program, statement))
        });
        match parts {
            Some(parts) => body.extend(parts),
            None => body.push(statement.clone()),
        }
    }
    function.body = body;
}

fn access(program: &Program, id: Id) -> Option<Access> {
    match program.graph.node(id) {
        Node::Element(access) => Some(access.clone()),
        _ => None,
    }
}

/// An access in windows along its array's last axis, in terms of a copy for each place there.
struct Shifts {
    /// The copies, element by element.
    copies: Access,
    /// The element of the array that each is.
    originals: Access,
    /// The access in terms of the copies.
    access: Access,
}

/// Every way to lay out the windows of an access along the array's last axis: one of its indices
/// runs through a copy, the others tell the copies apart.
fn shifts(program: &mut Program, from: &Access) -> Vec<Shifts> {
    let Some((last, before)) = from.at.split_last() else { return Vec::new() };
    let elsewhere: Vec<Index> =
        before.iter().flat_map(|axis| &axis.terms).map(|term| term.0).collect();
    let is_free = |(index, _): &(Index, i64)| *index != BATCH && !elsewhere.contains(index);
    let is_plain = last.constant == 0 && !from.gathers();
    if last.terms.len() < 2 || !is_plain || !last.terms.iter().all(is_free) {
        return Vec::new();
    }
    let runs: Vec<Index> = last.terms.iter().map(|term| term.0).collect();
    runs.into_iter().map(|run| shifts_along(program, from, run)).collect()
}

fn shifts_along(program: &mut Program, from: &Access, run: Index) -> Shifts {
    let axes = program.array(from.array).axes.clone();
    let (batch, middle) = axes.split_at(usize::from(axes[0] == Extent::Batch));
    let middle = &middle[..middle.len() - 1];
    let last = &from.at[axes.len() - 1];
    let mut places: Vec<Index> = last.terms.iter().map(|term| term.0).collect();
    places.retain(|&index| index != run);
    let through: Vec<Index> = middle.iter().map(|&extent| program.add_index(extent)).collect();
    let samples = batch.iter().map(|_| BATCH);
    let order: Vec<Index> = samples
        .clone()
        .chain(places.iter().copied())
        .chain(through.iter().copied())
        .chain([run])
        .collect();
    let name = format!("shifted_{}", program.array(from.array).name);
    let copies = program.array_over(name, &order);
    // The run comes last, so that loops along it are innermost.
    let mut along = last.clone();
    along.terms.sort_by_key(|&(index, _)| index == run);
    let as_axes = |indices: Vec<Index>| indices.into_iter().map(Affine::from);
    let original = as_axes(samples.clone().chain(through).collect()).chain([along]);
    let first = from.at[..batch.len()].iter().cloned().chain(as_axes(places));
    let rest = from.at[batch.len()..axes.len() - 1].iter().cloned().chain([Affine::from(run)]);
    Shifts {
        originals: Access { array: from.array, at: original.collect() },
        access: Access { array: copies.array, at: first.chain(rest).collect() },
        copies,
    }
}

/// Shifted copies of one factor, if with them the sum is a product with windows.
fn shifted(
    program: &mut Program,
    statement: &Statement,
    factors: [Id; 2],
) -> Option<Vec<Statement>> {
    in_copies(program, statement, factors, |program, sum, _| {
        kernels::windows(program, sum).is_some()
    })
}

/// The target as a sum of shifted copies, if into these the sum is a product with windows.
fn shifted_back(program: &mut Program, statement: &Statement) -> Option<Vec<Statement>> {
    into_copies(program, statement, |program, parts, _| kernels::windows(program, parts).is_some())
}

/// Shifted copies of one factor, if in them short rows follow each other along every array of the sum.
fn joined(
    program: &mut Program,
    statement: &Statement,
    factors: [Id; 2],
) -> Option<Vec<Statement>> {
    in_copies(program, statement, factors, |program, sum, shifts| {
        joined_row(program, sum, shifts).is_some()
    })
}

/// The target as a sum of shifted copies, if in them short rows follow each other.
fn joined_back(program: &mut Program, statement: &Statement) -> Option<Vec<Statement>> {
    if statement.bound().iter().any(|&index| program.extent(index) != Extent::Fixed(1)) {
        return None;
    }
    into_copies(program, statement, |program, parts, shifts| {
        let Some(row) = joined_row(program, parts, shifts) else { return false };
        // The loop over rows is the last one around the run.
        for axis in &mut parts.target.at {
            axis.terms.sort_by_key(|&(index, _)| index == row);
        }
        true
    })
}

/// The first way to read a factor in shifted copies that is wanted: the copies, and the sum in terms of them.
fn in_copies(
    program: &mut Program,
    statement: &Statement,
    factors: [Id; 2],
    is_wanted: impl Fn(&Program, &Statement, &Shifts) -> bool,
) -> Option<Vec<Statement>> {
    for window in factors {
        let from = access(program, window)?;
        for shifts in shifts(program, &from) {
            let element = program.graph.element(shifts.access.clone());
            let value = program.graph.substitute(statement.value, window, element);
            let sum = Statement { value, ..statement.clone() };
            if is_wanted(program, &sum, &shifts) {
                let original = program.graph.element(shifts.originals);
                return Some(vec![statement.filling(shifts.copies, original), sum]);
            }
        }
    }
    None
}

/// The first way to add up in shifted copies that is wanted: zeros, the parts in the copies, and these in the
/// target.
fn into_copies(
    program: &mut Program,
    statement: &Statement,
    is_wanted: impl Fn(&Program, &mut Statement, &Shifts) -> bool,
) -> Option<Vec<Statement>> {
    for shifts in shifts(program, &statement.target) {
        let target = shifts.access.clone();
        let mut parts = Statement { target, accumulate: true, ..statement.clone() };
        if is_wanted(program, &mut parts, &shifts) {
            let zeros = program.filled_with_zeros(parts.target.array, statement.layer);
            let value = program.graph.element(shifts.copies);
            let target = shifts.originals;
            let sum = Statement { target, reduction: None, value, ..statement.clone() };
            return Some(vec![zeros, parts, sum]);
        }
    }
    None
}

/// The index of rows that follow each other in every array that the run goes through, if the run is shorter
/// than a register, and a longer one together with it.
fn joined_row(program: &Program, statement: &Statement, shifts: &Shifts) -> Option<Index> {
    let run = shifts.copies.indices().last()?;
    let size = program.extent(run).per_sample();
    let factors = program.factors(statement).into_iter().flatten().map(|(_, access)| access);
    let accesses: Vec<&Access> = factors.chain([&statement.target]).collect();
    let follows = |row: &Index| {
        let length = program.extent(*row).per_sample().saturating_mul(size);
        program.extent(*row) != Extent::Batch
            && *row != run
            && statement.bound().contains(row) == statement.bound().contains(&run)
            && length >= LANES
            && accesses.iter().all(|access| is_run(program, access, [*row, run]))
    };
    statement.indices().into_iter().find(follows).filter(|_| size < LANES)
}

/// Whether two indices run through contiguous memory of an array, one row behind the other, or are not there.
fn is_run(program: &Program, access: &Access, rows: [Index; 2]) -> bool {
    let offset = program.linear(access);
    let is_there = |index: &Index| access.indices().any(|other| other == *index);
    !rows.iter().any(is_there) || kernels::single_stride(program, &offset, &rows) == Some(1)
}

/// Windows of one factor as an array of their own, if that makes the sum a product.
fn im2col(
    program: &mut Program,
    statement: &Statement,
    factors: [Id; 2],
) -> Option<Vec<Statement>> {
    for window in factors {
        let from = access(program, window)?;
        if from.as_indices().is_some() {
            continue;
        }
        let is_bound = |index: &Index| statement.bound().contains(index);
        let mut order: Vec<Index> = distinct(from.indices());
        // The sample first, then what is summed over: the windows are then columns.
        order.sort_by_key(|index| (*index != BATCH, !is_bound(index)));
        let name = format!("windows_{}", program.array(from.array).name);
        let target = program.array_over(name, &order);
        let copy = statement.filling(target.clone(), window);
        let element = program.graph.element(target);
        let mut product = statement.clone();
        product.value = program.graph.substitute(statement.value, window, element);
        if kernels::product(program, &product).is_some_and(|one| uses(&one, copy.target.array)) {
            return Some(vec![copy, product]);
        }
    }
    None
}

/// Whether a product uses the elements of one of its factors often enough to lay them out for it.
fn uses(product: &Product, array: ArrayId) -> bool {
    let times = if product.right.array == array { product.rows } else { product.columns };
    !product.is_thin() && (times.batched || times.size >= LEAST_USES_OF_WINDOWS)
}

/// The sums for each window as an array of their own, which is then added up where windows overlap.
fn col2im(
    program: &mut Program,
    statement: &Statement,
    [left, right]: [Id; 2],
) -> Option<Vec<Statement>> {
    if statement.target.as_indices().is_some() {
        return None;
    }
    let free = statement.free();
    for rows_of in [left, right] {
        let rows = access(program, rows_of)?;
        let in_rows = |index: &Index| rows.indices().any(|other| other == *index);
        let mut order = free.clone();
        order.sort_by_key(|index| (*index != BATCH, !in_rows(index)));
        let parts = program.by_way_of(statement, "windows", &order);
        let product = kernels::product(program, &parts[0]).filter(|product| !product.is_thin());
        if product.is_some_and(|one| one.depth.batched || one.depth.size >= LEAST_USES_OF_WINDOWS) {
            return Some(parts.into());
        }
    }
    None
}

/// The sums in another order of the target's axes, if that makes them a product; they are then copied
/// to where they belong.
fn permuted(program: &mut Program, statement: &Statement) -> Option<Vec<Statement>> {
    let free = statement.target.as_indices()?;
    for order in orders(&free) {
        let parts = program.by_way_of(statement, "permuted", &order);
        if kernels::product(program, &parts[0]).is_some_and(|product| !product.is_thin()) {
            return Some(parts.into());
        }
    }
    None
}

/// Every other order of indices in which the sample stays first, if there is one, and the last one last.
fn orders(indices: &[Index]) -> Vec<Vec<Index>> {
    let fixed = usize::from(indices.first() == Some(&BATCH));
    let Some((&last, rest)) = indices[fixed..].split_last() else { return Vec::new() };
    if rest.len() < 2 || rest.len() > MOST_PERMUTED {
        return Vec::new();
    }
    let mut all = vec![Vec::new()];
    for _ in rest {
        let longer = |order: &Vec<Index>| {
            let free = rest.iter().filter(|index| !order.contains(index));
            free.map(|&index| [order.as_slice(), &[index]].concat()).collect::<Vec<_>>()
        };
        all = all.iter().flat_map(longer).collect();
    }
    let whole = |order: Vec<Index>| [&indices[..fixed], &order, &[last]].concat();
    all.into_iter().filter(|order| order != rest).map(whole).collect()
}
