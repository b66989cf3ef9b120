//! A loss of one sample → the same of several samples side by side: each array gets their number as a
//! last axis, along which every loop then runs, however few the outputs are.

use crate::ir::cost::VECTOR_SAMPLES;
use crate::ir::function::{Function, Holder, Program, Role};
use crate::ir::index::{Access, ArrayId, Extent, Index};

/// The function of [`VECTOR_SAMPLES`] samples, in a program of its own; none if it calls no elementary
/// functions, which are what takes as long for a few outputs as for a register of them.
pub fn over_samples(program: &Program, function: &Function) -> Option<(Program, Function)> {
    if !function.body.iter().any(|one| program.graph.calls_functions(one.value)) {
        return None;
    }
    let (mut program, mut function) = (program.clone(), function.clone());
    let sample = program.add_index(Extent::Fixed(VECTOR_SAMPLES));
    let seeds = function.inputs.iter().filter(|port| port.holder == Holder::Workspace);
    let seeds: Vec<ArrayId> = seeds.map(|port| port.array).collect();
    let of_sample: Vec<bool> = (0u32..)
        .zip(&program.arrays)
        .map(|(id, array)| array.role != Role::Setting && !seeds.contains(&ArrayId(id)))
        .collect();
    for (array, _) in program.arrays.iter_mut().zip(&of_sample).filter(|(_, each)| **each) {
        array.axes.push(Extent::Fixed(VECTOR_SAMPLES));
    }
    let with_sample = |access: &Access| with_sample(access, sample, &of_sample);
    for statement in &mut function.body {
        statement.target = with_sample(&statement.target);
        statement.value = program.graph.rebuild_elements(statement.value, |graph, access| {
            Some(graph.element(with_sample(access)))
        });
    }
    Some((program, function))
}

/// An access with the sample as its last axis, if the array has one of it; so have the integers that it depends
/// on.
fn with_sample(access: &Access, sample: Index, of_sample: &[bool]) -> Access {
    let integers = |access: &Access| with_sample(access, sample, of_sample);
    let own = of_sample[access.array.0 as usize].then(|| sample.into());
    let at = access.at.iter().map(|axis| axis.with_gathered(&integers)).chain(own).collect();
    Access { array: access.array, at }
}
