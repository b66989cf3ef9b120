//! What networks compute for given numbers: by their statements, and by their schedules.

use crate::ir::function::{Program, Role};
use crate::ir::index::ArrayId;
use crate::ir::interpret::Memory;
use crate::schedule::interpret::{self, Buffers};
use crate::schedule::memory::Plan;
use crate::schedule::steps::{Scheduled, Step};

/// Numbers between −1 and 1 that look random.
pub fn numbers(count: usize, salt: usize) -> Vec<f64> {
    (0..count).map(|k| ((k * 7919 + salt * 104_729 + 13) % 2003) as f64 / 1001.0 - 1.0).collect()
}

/// The arrays that a program is given.
fn given(program: &Program) -> impl Iterator<Item = ArrayId> {
    let ids = (0u32..).zip(&program.arrays);
    let is_given = |role| matches!(role, Role::Input | Role::Parameter | Role::State);
    ids.filter(move |(_, array)| is_given(array.role)).map(|(id, _)| ArrayId(id))
}

/// The numbers of an array that a program is given. States are positive, as a variance is.
fn values(program: &Program, array: ArrayId, size: usize) -> Vec<f64> {
    let values = numbers(size, array.0 as usize);
    match program.array(array).role {
        Role::State => values.into_iter().map(f64::abs).collect(),
        _ => values,
    }
}

/// The gradients that a program makes: on every parameter, and on the inputs.
fn gradients(program: &Program) -> impl Iterator<Item = ArrayId> {
    let parameters = program.parameters.iter().filter_map(|parameter| parameter.gradient);
    parameters.chain(program.input_gradient)
}

/// Memory with inputs and parameters in it.
pub fn with_parameters(program: &Program, batch: usize) -> Memory<'_> {
    let mut memory = Memory::new(program, batch);
    for array in given(program) {
        memory.set(array, values(program, array, memory.size(array)));
    }
    memory
}

/// The same for a schedule.
fn buffers<'a>(program: &'a Program, plan: &'a Plan, batch: usize) -> Buffers<'a> {
    let mut buffers = Buffers::new(program, plan, batch);
    for array in given(program) {
        let values = values(program, array, buffers.size(array));
        buffers.set(array, &values);
    }
    buffers
}

/// The outputs, and the gradient on every parameter or on the inputs, by the statements.
pub fn by_statements(program: &Program, batch: usize) -> (Vec<f64>, Vec<Vec<f64>>) {
    let mut memory = with_parameters(program, batch);
    memory.run(&program.forward);
    let outputs = memory.get(program.output).to_vec();
    let seed = program.output_gradient.expect("a backward program");
    memory.set(seed, numbers(memory.size(seed), 99));
    memory.run(&program.backward);
    (outputs, gradients(program).map(|array| memory.get(array).to_vec()).collect())
}

/// The same by the schedule.
pub fn by_steps(scheduled: &Scheduled, batch: usize) -> (Vec<f64>, Vec<Vec<f64>>) {
    let program = &scheduled.program;
    let mut buffers = buffers(program, &scheduled.training_plan, batch);
    interpret::run(&mut buffers, &scheduled.forward_steps);
    let outputs = buffers.get(program.output).to_vec();
    let seed = program.output_gradient.expect("a backward program");
    let seeds = numbers(buffers.size(seed), 99);
    buffers.set(seed, &seeds);
    interpret::run(&mut buffers, &scheduled.backward_steps);
    (outputs, gradients(program).map(|array| buffers.get(array).to_vec()).collect())
}

/// The outputs by steps that make nothing else.
pub fn inferred(scheduled: &Scheduled, steps: &[Step], batch: usize) -> Vec<f64> {
    let mut buffers = buffers(&scheduled.program, &scheduled.inference_plan, batch);
    interpret::run(&mut buffers, steps);
    buffers.get(scheduled.program.output).to_vec()
}
