//! Samples → tiles: where a sample takes much memory, a few samples run through all kernels before
//! the next ones do, so that what one kernel writes is still in a cache when the next one reads it.

use std::ops::Range;

use crate::ir::cost::{self, LARGEST_TILE, MOST_SUMS, TILE_SCALARS};
use crate::ir::function::{Array, Function, Holder, Port, Program, Role, Statement};
use crate::ir::index::ArrayId;
use crate::schedule::samples::{is_blind, is_of_one_sample, sums_samples};

/// The neighbouring statements of a list that run in tiles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tiles {
    pub range: Range<usize>,
    /// Samples of a tile, at most.
    pub samples: usize,
    /// Floating-point operations for each sample.
    pub flops: u64,
}

/// The tiles of a list of statements, if it gains by them. Sums over the samples that would take too
/// much memory for each group of tiles go to the list's end; those in tiles add to what is there.
pub fn tiles(program: &Program, function: &mut Function) -> Option<Tiles> {
    let list = &function.body;
    let is_wide = |one: &Statement| touched(program, one) > TILE_SCALARS / LARGEST_TILE;
    let mut ordered = list.clone();
    let late: Vec<ArrayId> = list
        .iter()
        .filter(|one| is_sum_for_parameter(program, function, one))
        .filter(|one| is_too_much(program, one) || one.target.gathers())
        .map(|one| one.target.array)
        .collect();
    ordered.sort_by_key(|one| late.contains(&one.target.array));
    let early = ordered.iter().take_while(|one| !late.contains(&one.target.array)).count();
    let first = ordered[..early].iter().position(is_wide)?;
    let last = ordered[..early].iter().rposition(is_wide)?;
    let range = first..last + 1;
    let (inside, outside) =
        (&ordered[range.clone()], [&ordered[..first], &ordered[last + 1..]].concat());
    let is_alone =
        |one: &Statement| outside.iter().all(|other| other.target.array != one.target.array);
    // A scan runs for all samples at once: its products are those of few rows.
    let has_scan = inside.iter().any(|one| !one.scans.is_empty());
    let is_possible = !has_scan
        && inside.iter().all(|one| {
            (is_of_one_sample(program, one) && is_of_tile(program, one))
                || (is_sum_for_parameter(program, function, one) && is_alone(one))
        });
    if !is_possible {
        return None;
    }
    let widest = inside.iter().map(|one| touched(program, one)).max()?;
    let flops = inside.iter().map(|one| cost::flops(program, one)).sum();
    for statement in &mut ordered[range.clone()] {
        statement.accumulate |= is_parameter_gradient(function, statement);
    }
    function.body = ordered;
    Some(Tiles { range, samples: (TILE_SCALARS / widest).max(1), flops })
}

/// The scalars of one sample that a statement reads and writes.
fn touched(program: &Program, statement: &Statement) -> usize {
    let elements = program.graph.elements(statement.value).into_iter();
    let mut arrays: Vec<_> = elements.map(|(_, access)| access.array).collect();
    arrays.push(statement.target.array);
    arrays.sort_unstable();
    arrays.dedup();
    let arrays = arrays.into_iter().map(|array| program.array(array));
    arrays.filter(|array| array.is_batched()).map(Array::width).sum()
}

/// Whether it adds a sum over all samples to the gradient on a parameter.
fn is_sum_for_parameter(program: &Program, function: &Function, statement: &Statement) -> bool {
    is_parameter_gradient(function, statement)
        && sums_samples(program, statement)
        && is_blind(program, statement)
        && is_of_tile(program, statement)
}

fn is_too_much(program: &Program, statement: &Statement) -> bool {
    program.array(statement.target.array).width() > MOST_SUMS * touched(program, statement)
}

fn is_parameter_gradient(function: &Function, statement: &Statement) -> bool {
    let is_it = |port: &Port| {
        port.array == statement.target.array && matches!(port.holder, Holder::Gradient(_))
    };
    function.outputs.iter().any(is_it)
}

/// Whether it draws no random numbers, whose places count all samples, and reads nothing but elements of
/// samples and parameters: what else is in memory may be a sum over all samples, which is not there before
/// all tiles have run.
fn is_of_tile(program: &Program, statement: &Statement) -> bool {
    let elements = program.graph.elements(statement.value).into_iter();
    let mut arrays = elements.map(|(_, access)| program.array(access.array));
    program.graph.draws(statement.value).is_empty()
        && arrays.all(|array| array.is_batched() || array.role == Role::Parameter)
}
