//! What networks compute for given numbers: by their statements, and by their schedules.

use crate::ir::function::{Holder, Program, Role};
use crate::ir::index::ArrayId;
use crate::ir::interpret::Memory;
use crate::schedule::interpret::{self, Buffers};
use crate::schedule::steps::Workspace;

/// Numbers between −1 and 1 that look random.
pub fn numbers(count: usize, salt: usize) -> Vec<f64> {
    (0..count).map(|k| ((k * 7919 + salt * 104_729 + 13) % 2003) as f64 / 1001.0 - 1.0).collect()
}

/// The numbers of an array that functions are given: those of one name hold the same, and states are
/// positive, as a variance is.
fn values(program: &Program, array: ArrayId, size: usize) -> Vec<f64> {
    let info = program.array(array);
    let values = numbers(size, info.name.bytes().map(usize::from).sum());
    match info.role {
        Role::State => values.into_iter().map(f64::abs).collect(),
        Role::Integers(below) => {
            let below = below.unwrap_or(1) as f64;
            values.into_iter().map(|value| ((value + 1.0) * 997.0).floor() % below).collect()
        }
        _ => values,
    }
}

/// Memory with parameters, states and all inputs in it.
pub fn with_parameters(program: &Program, batch: usize) -> Memory<'_> {
    let mut memory = Memory::new(program, batch);
    let is_given =
        |role| matches!(role, Role::Input | Role::Integers(_) | Role::Parameter | Role::State);
    let given = (0u32..).map(ArrayId).zip(&program.arrays);
    for (array, _) in given.filter(|(_, array)| is_given(array.role)) {
        memory.set(array, values(program, array, memory.size(array)));
    }
    memory
}

/// The same for a workspace.
fn buffers<'a>(program: &'a Program, workspace: &'a Workspace, batch: usize) -> Buffers<'a> {
    let mut buffers = Buffers::new(program, workspace, batch);
    let inputs = workspace.functions[0].function.inputs.iter();
    let inputs = inputs.filter(|port| port.holder != Holder::Residual).map(|port| port.array);
    let parameters = program.parameters.iter().map(|parameter| parameter.array);
    for array in inputs.chain(parameters) {
        let values = values(program, array, buffers.size(array));
        buffers.set(array, &values);
    }
    buffers
}

/// What the functions of a workspace compute: the results of the first one, then what the last one
/// makes.
pub type Results = (Vec<f64>, Vec<Vec<f64>>);

/// What functions compute by their statements.
pub fn by_statements(program: &Program, workspace: &Workspace, batch: usize) -> Results {
    let mut memory = with_parameters(program, batch);
    let [first, rest @ ..] = &workspace.functions[..] else { panic!("a function") };
    memory.run(&first.function.body);
    let results = first.function.results().flat_map(|one| memory.get(one).to_vec()).collect();
    for one in rest {
        memory.run(&one.function.body);
    }
    let outputs = &rest.last().unwrap_or(first).function.outputs;
    (results, outputs.iter().map(|port| memory.get(port.array).to_vec()).collect())
}

/// What they compute by their schedules.
pub fn by_steps(program: &Program, workspace: &Workspace, batch: usize) -> Results {
    let mut buffers = buffers(program, workspace, batch);
    let [first, rest @ ..] = &workspace.functions[..] else { panic!("a function") };
    interpret::run(&mut buffers, &first.steps);
    let results = first.function.results().flat_map(|one| buffers.get(one).to_vec()).collect();
    for one in rest {
        interpret::run(&mut buffers, &one.steps);
    }
    let outputs = &rest.last().unwrap_or(first).function.outputs;
    let outputs = outputs.iter().filter(|port| port.holder != Holder::Residual);
    (results, outputs.map(|port| buffers.get(port.array).to_vec()).collect())
}
