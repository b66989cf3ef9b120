//! A loss's statements → loop nests over one sample, or over several samples side by side.

use crate::ir::cost::MOST_VECTOR_OUTPUTS;
use crate::ir::function::{Function, Holder, Port, Program, Role};
use crate::ir::index::ArrayId;
use crate::schedule::kernels::Mode;
use crate::schedule::loop_nest::LoopNest;
use crate::schedule::loops::{Context, Home, as_products, loop_nest};
use crate::schedule::memory::Place;

/// A loss for one sample, or for several at once, as loops.
#[derive(Clone, Debug)]
pub struct LossLoops {
    pub program: Program,
    pub function: Function,
    pub loop_nests: Vec<LoopNest>,
}

impl LossLoops {
    /// The loops over one sample: what has one number is a variable.
    pub fn of_one_sample(mut program: Program, mut function: Function) -> Self {
        powers_as_products(&mut program, &mut function);
        let ports = || function.inputs.iter().chain(&function.outputs);
        let is_slice =
            |array: ArrayId| ports().any(|port| *port == Port { array, holder: Holder::Slice });
        let home = |array: ArrayId| match program.array(array).role {
            Role::Setting => Home::Settings,
            Role::Integers(_) => Home::Variable,
            _ if is_slice(array) => in_memory(array),
            _ => Home::Variable,
        };
        let loop_nests = loop_nests(&program, &function, &home, usize::MAX);
        Self { program, function, loop_nests }
    }

    /// The loops over several samples: each array has their number as its last axis, other than
    /// settings and the seed, which are the same for all.
    pub fn of_several_samples((mut program, mut function): (Program, Function)) -> Self {
        powers_as_products(&mut program, &mut function);
        let is_seed =
            |array: ArrayId| function.inputs.contains(&Port { array, holder: Holder::Workspace });
        let home = |array: ArrayId| match program.array(array).role {
            Role::Setting => Home::Settings,
            _ if is_seed(array) => Home::Variable,
            _ => in_memory(array),
        };
        let loop_nests = loop_nests(&program, &function, &home, MOST_VECTOR_OUTPUTS);
        Self { program, function, loop_nests }
    }
}

fn powers_as_products(program: &mut Program, function: &mut Function) {
    for statement in &mut function.body {
        statement.value = as_products(&mut program.graph, statement.value);
    }
}

fn loop_nests(
    program: &Program,
    function: &Function,
    home: &dyn Fn(ArrayId) -> Home,
    longest_open: usize,
) -> Vec<LoopNest> {
    let context = Context { program, home, longest_open };
    let nest = |statement| loop_nest(&context, statement, Mode::Recognised);
    function.body.iter().map(nest).collect()
}

/// Each array of a loss has memory of its own.
fn in_memory(array: ArrayId) -> Home {
    Home::Memory(Place::Buffer(array.0 as usize))
}
