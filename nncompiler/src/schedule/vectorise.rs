//! A loss's program of one sample → the same of several samples side by side: each array gets their
//! number as a last axis, along which every loop then runs, however few the outputs are.

use crate::ir::cost::VECTOR_SAMPLES;
use crate::ir::function::{Program, Role};
use crate::ir::index::{Access, Extent};

/// The program of [`VECTOR_SAMPLES`] samples; none if it calls no elementary functions, which are what
/// takes as long for a few outputs as for a register of them.
pub fn over_samples(program: &Program) -> Option<Program> {
    let mut statements = program.forward.iter().chain(&program.backward);
    if !statements.any(|one| program.graph.calls_functions(one.value)) {
        return None;
    }
    let mut program = program.clone();
    let sample = program.add_index(Extent::Fixed(VECTOR_SAMPLES));
    for array in &mut program.arrays {
        if is_of_sample(array.role) {
            array.axes.push(Extent::Fixed(VECTOR_SAMPLES));
        }
    }
    let roles: Vec<Role> = program.arrays.iter().map(|array| array.role).collect();
    let of_sample = |access: &Access| {
        let at = access.at.iter().cloned().chain([sample.into()]).collect();
        is_of_sample(roles[access.array.0 as usize]).then_some(Access { array: access.array, at })
    };
    for statement in program.forward.iter_mut().chain(&mut program.backward) {
        if let Some(target) = of_sample(&statement.target) {
            statement.target = target;
        }
        statement.value = program.graph.rebuild_elements(statement.value, |graph, access| {
            of_sample(access).map(|access| graph.element(access))
        });
    }
    Some(program)
}

/// Whether each sample has numbers of its own in an array: a setting is the same for all, and so is the
/// share that each has in the mean.
fn is_of_sample(role: Role) -> bool {
    !matches!(role, Role::Setting | Role::OutputGradient)
}
