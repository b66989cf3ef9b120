//! An optimizer → one step of one parameter, and what its settings say.

use super::{Lowering, Phase};
use crate::frontend::resolved::{LocalRole, LocalStatement, Optimizer, Value};
use crate::ir::expression::{Comparison, Id, Node};
use crate::ir::function::{Function, Holder, Port, Program, Role, Statement};
use crate::ir::index::{Access, ArrayId};

/// The functions of an optimizer. Their arrays are numbers: those of one parameter.
pub struct Functions {
    /// From the parameter, its gradient and the states, what the parameter and the states become.
    pub step: Function,
    /// From the settings, what is said of states and requirements.
    pub settings: Function,
    pub states: Vec<StateSettings>,
    pub requirements: Vec<Requirement>,
}

/// What settings say of a state.
#[derive(Clone, Copy, Debug)]
pub struct StateSettings {
    /// The number that it begins with.
    pub start: ArrayId,
    /// Whether it is kept, as 0 or 1, where that is a question.
    pub is_kept: Option<ArrayId>,
}

/// What settings say of a requirement.
#[derive(Clone, Copy, Debug)]
pub struct Requirement {
    pub left: ArrayId,
    pub comparison: Comparison,
    pub right: ArrayId,
    /// Whether it applies, as 0 or 1, where that is a question.
    pub applies: Option<ArrayId>,
}

/// The functions of an optimizer. Behind its update, the name of a state means the new value.
pub fn optimizer(program: &mut Program, optimizer: &Optimizer) -> Functions {
    let mut lowering = Lowering::new(program, Phase::Training, false);
    let states = optimizer.states.iter().map(|state| StateSettings {
        start: lowering.setting("start", &state.start),
        is_kept: lowering.condition("is_kept", state.condition.as_ref()),
    });
    let states = states.collect();
    let requirements = optimizer.requirements.iter().map(|one| Requirement {
        left: lowering.setting("left", &one.left),
        comparison: one.comparison,
        right: lowering.setting("right", &one.right),
        applies: lowering.condition("applies", one.condition.as_ref()),
    });
    let requirements = requirements.collect();
    let settings = std::mem::take(&mut lowering.function);
    for local in &optimizer.equations.arrays {
        let role = match local.role {
            LocalRole::State(_) => Role::State,
            LocalRole::Computed => Role::Computed,
            _ => Role::Input,
        };
        let array = lowering.number(&local.name, role);
        lowering.arrays.push(array);
        if role != Role::Computed {
            lowering.function.inputs.push(Port { array, holder: Holder::Slice });
        }
    }
    for statement in &optimizer.equations.statements {
        lowering.statement_of_step(statement);
    }
    // In the order of the inputs, but for the gradient.
    let kept = optimizer.equations.arrays.iter().zip(&lowering.arrays);
    let kept = kept.filter(|(local, _)| local.role.is_kept());
    let port = |(_, &array)| Port { array, holder: Holder::Slice };
    lowering.function.outputs = kept.map(port).collect();
    lowering.function.layers = vec![lowering.arrays];
    Functions { step: lowering.function, settings, states, requirements }
}

impl Lowering<'_> {
    fn number(&mut self, name: &str, role: Role) -> ArrayId {
        self.array(name, Vec::new(), role)
    }

    /// A statement, or what a state becomes.
    fn statement_of_step(&mut self, statement: &LocalStatement) {
        let value = self.value(&statement.value);
        let local = statement.target.array.0 as usize;
        if statement.is_update {
            let name = self.program.array(self.arrays[local]).name.clone();
            self.arrays[local] = self.number(&name, Role::Computed);
        }
        self.push_number(self.arrays[local], value);
    }

    fn push_number(&mut self, array: ArrayId, value: Id) {
        let target = Access { array, at: Vec::new() };
        self.function.body.push(Statement::new(target, value, 0));
    }

    fn setting(&mut self, name: &str, value: &Value) -> ArrayId {
        let value = self.value(value);
        self.push_output(name, value)
    }

    fn condition(&mut self, name: &str, condition: Option<&Value>) -> Option<ArrayId> {
        let condition = self.value(condition?);
        let graph = &mut self.program.graph;
        let (one, zero) = (graph.constant(1.0), graph.constant(0.0));
        let value = graph.add(Node::Select(condition, one, zero));
        Some(self.push_output(name, value))
    }

    fn push_output(&mut self, name: &str, value: Id) -> ArrayId {
        let array = self.number(name, Role::Computed);
        self.function.outputs.push(Port { array, holder: Holder::Slice });
        self.push_number(array, value);
        array
    }
}
