//! Samples → tiles: where a sample takes much memory, a few samples run through all kernels before
//! the next ones do, so that what one kernel writes is still in a cache when the next one reads it.

use crate::index::Extent;
use crate::program::{Array, Program, Role, Statement};
use crate::scalar::Node;

/// Scalars that a tile's statement may touch: half a megabyte of f32, within a usual second level.
const TILE_SCALARS: usize = 1 << 17;

/// Networks of which more samples than this fit in a tile gain nothing.
const LARGEST_TILE: usize = 32;

/// How many samples make a tile, if the program can be cut and gains by it; the parameters'
/// gradients are then sums over tiles, which the statements of the backward program add to.
pub fn tile(
    program: &Program,
    forward: [&[Statement]; 2],
    backward: &mut [Statement],
) -> Option<usize> {
    let forwards = || forward.into_iter().flatten();
    let widest = forwards().chain(&*backward).map(|statement| touched(program, statement)).max()?;
    let samples = (TILE_SCALARS / widest.max(1)).max(1);
    let is_cut = samples <= LARGEST_TILE
        && program.updates.is_empty()
        && forwards().all(|statement| is_of_one_sample(program, statement))
        && backward.iter().all(|statement| {
            is_of_one_sample(program, statement) || is_sum_for_parameter(program, statement)
        });
    if !is_cut {
        return None;
    }
    for statement in backward {
        statement.accumulate |= is_parameter_gradient(program, statement);
    }
    Some(samples)
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

/// Whether no sample's target depends on other samples, on their number, or on its own.
fn is_of_one_sample(program: &Program, statement: &Statement) -> bool {
    program.array(statement.target.array).is_batched()
        && !sums_samples(program, statement)
        && is_blind(program, statement)
}

/// Whether it adds a sum over all samples to the gradient on a parameter.
fn is_sum_for_parameter(program: &Program, statement: &Statement) -> bool {
    is_parameter_gradient(program, statement)
        && sums_samples(program, statement)
        && is_blind(program, statement)
}

fn is_parameter_gradient(program: &Program, statement: &Statement) -> bool {
    let target = Some(statement.target.array);
    program.parameters.iter().any(|parameter| parameter.gradient == target)
}

fn sums_samples(program: &Program, statement: &Statement) -> bool {
    statement.bound().iter().any(|&index| program.extent(index) == Extent::Batch)
}

/// Whether a value depends on nothing but elements of samples and parameters.
fn is_blind(program: &Program, statement: &Statement) -> bool {
    let graph = &program.graph;
    graph.reachable(statement.value).into_iter().all(|id| match graph.node(id) {
        Node::Setting(_) | Node::Random(..) => false,
        Node::Position(index) => program.extent(*index) != Extent::Batch,
        Node::Element(access) => {
            let array = program.array(access.array);
            array.is_batched() || array.role == Role::Parameter
        }
        _ => true,
    })
}
