//! A loss's statements → loop nests over one sample, or over several samples side by side.

use crate::ir::cost::MOST_VECTOR_OUTPUTS;
use crate::ir::function::{Program, Role};
use crate::ir::index::ArrayId;
use crate::schedule::kernels::Mode;
use crate::schedule::loop_nest::LoopNest;
use crate::schedule::loops::{Context, Home, as_products, loop_nest};
use crate::schedule::memory::Place;

/// The loops of a loss, forward, then backward.
#[derive(Clone, Debug)]
pub struct LossLoops {
    pub program: Program,
    pub nests: Vec<LoopNest>,
}

impl LossLoops {
    /// The loops over one sample: what has one number is a variable.
    pub fn of_one_sample(mut program: Program) -> Self {
        powers_as_products(&mut program);
        let home = |array: ArrayId| match program.array(array).role {
            Role::Class | Role::OutputGradient => Home::Variable,
            Role::Setting => Home::Settings,
            Role::Input | Role::Target => in_memory(array),
            _ if is_on_input(&program, array) => in_memory(array),
            _ => Home::Variable,
        };
        let nests = nests(&program, &home, usize::MAX);
        Self { program, nests }
    }

    /// The loops over several samples: each array has their number as its last axis.
    pub fn of_several_samples(mut program: Program) -> Self {
        powers_as_products(&mut program);
        let home = |array: ArrayId| match program.array(array).role {
            Role::OutputGradient => Home::Variable,
            Role::Setting => Home::Settings,
            _ => in_memory(array),
        };
        let nests = nests(&program, &home, MOST_VECTOR_OUTPUTS);
        Self { program, nests }
    }
}

fn powers_as_products(program: &mut Program) {
    for statement in program.forward.iter_mut().chain(&mut program.backward) {
        statement.value = as_products(&mut program.graph, statement.value);
    }
}

fn nests(program: &Program, home: &dyn Fn(ArrayId) -> Home, longest_open: usize) -> Vec<LoopNest> {
    let context = Context { program, home, longest_open };
    let statements = program.forward.iter().chain(&program.backward);
    statements.map(|statement| loop_nest(&context, statement, Mode::Recognised)).collect()
}

/// Each array of a loss has memory of its own.
fn in_memory(array: ArrayId) -> Home {
    Home::Memory(Place::Buffer(array.0 as usize))
}

/// Whether it is the gradient on outputs that the loss is of.
fn is_on_input(program: &Program, array: ArrayId) -> bool {
    let of = program.array(array).gradient_of;
    of.is_some_and(|of| program.array(of).role == Role::Input)
}
