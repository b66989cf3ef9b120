//! An optimizer's statements → what is computed once a step, and loops over parameters.

use std::collections::{BTreeSet, HashMap};

use crate::ir::expression::{Comparison, Graph, Id, Node};
use crate::ir::function::{Array, Function, Program, Role, Statement};
use crate::ir::index::{Access, ArrayId};
use crate::lower::optimizer::{Functions, Requirement, StateSettings};
use crate::schedule::kernels::Mode;
use crate::schedule::loop_nest::LoopNest;
use crate::schedule::loops::{Context, Home, as_products, loop_nest};

/// An optimizer as loops.
pub struct OptimizerLoops {
    pub program: Program,
    /// What settings say of states and requirements.
    pub settings: Vec<LoopNest>,
    pub requirements: Vec<Requirement>,
    pub states: Vec<ScheduledState>,
    /// What is computed once a step, in double precision.
    pub once: Vec<LoopNest>,
    /// What loops read of that: the n-th of these is their n-th number.
    pub numbers: Vec<ArrayId>,
    /// The parameter and its gradient.
    pub arguments: [ArrayId; 2],
    /// The conditions on which states are kept, each once.
    pub conditions: Vec<ArrayId>,
    /// A loop for each combination of these conditions: the first one is that none holds, and the first
    /// condition changes fastest.
    pub variants: Vec<Variant>,
}

/// What an optimizer keeps from step to step.
pub struct ScheduledState {
    /// Before a step, and after it.
    pub before: ArrayId,
    pub after: ArrayId,
    /// What settings say of it.
    pub settings: StateSettings,
    /// Whether it is one number, and not one for each parameter.
    pub is_single: bool,
}

/// The loop over parameters for some settings.
pub struct Variant {
    /// The states that have a number for each parameter and are kept, by their places.
    pub kept: Vec<usize>,
    /// What becomes of one parameter, first of all of it itself.
    pub function: Function,
    pub loop_nests: Vec<LoopNest>,
}

impl OptimizerLoops {
    pub fn new(mut program: Program, functions: Functions) -> Self {
        let Functions { mut step, mut settings, states: by_settings, requirements } = functions;
        for statement in step.body.iter_mut().chain(&mut settings.body) {
            statement.value = as_products(&mut program.graph, statement.value);
        }
        let input = |at: usize| step.inputs[at].array;
        let arguments = [input(0), input(1)];
        let varying = varying(&program, &step);
        let states = by_settings.iter().enumerate().map(|(number, &settings)| {
            let before = input(2 + number);
            let after = step.outputs[1 + number].array;
            ScheduledState { before, after, settings, is_single: !varying.contains(&before) }
        });
        let states: Vec<ScheduledState> = states.collect();
        let conditions = conditions(&program, &settings, &states);
        let (body, once) = step
            .body
            .iter()
            .cloned()
            .partition(|one: &Statement| varying.contains(&one.target.array));
        let whole = Function { body, ..step.clone() };
        let mut hoisting =
            Hoisting { program, varying, once, numbers: Vec::new(), known: HashMap::new() };
        let variants = (0..1usize << conditions.len()).map(|variant| {
            let holds = |at: usize| variant >> at & 1 == 1;
            hoisting.variant(&whole, &states, &conditions, &holds)
        });
        let variants: Vec<(Vec<usize>, Function)> = variants.collect();
        let Hoisting { program, once, numbers, .. } = hoisting;
        let loop_nests = |body: &[Statement]| loop_nests(&program, body);
        let variants = variants.into_iter().map(|(kept, function)| {
            let loop_nests = loop_nests(&function.body);
            Variant { kept, function, loop_nests }
        });
        Self {
            variants: variants.collect(),
            settings: loop_nests(&settings.body),
            once: loop_nests(&once),
            conditions: conditions.into_iter().map(|condition| condition.array).collect(),
            requirements,
            states,
            numbers,
            arguments,
            program,
        }
    }
}

/// The arrays that have a number for each parameter: the arguments, and what depends on them.
fn varying(program: &Program, step: &Function) -> BTreeSet<ArrayId> {
    let arguments = step.inputs[..2].iter().map(|port| port.array);
    let mut varying: BTreeSet<ArrayId> = arguments.collect();
    let mut before = 0;
    while before != varying.len() {
        before = varying.len();
        for statement in &step.body {
            let elements = program.graph.elements(statement.value);
            if elements.iter().any(|(_, access)| varying.contains(&access.array)) {
                varying.insert(statement.target.array);
            }
        }
        // A state is what it was updated to.
        for (state, next) in step.inputs[2..].iter().zip(&step.outputs[1..]) {
            if varying.contains(&next.array) {
                varying.insert(state.array);
            }
        }
    }
    varying
}

/// A condition on which states are kept.
struct Condition {
    /// The setting's array that says whether it holds.
    array: ArrayId,
    /// The comparison.
    node: Id,
    states: Vec<usize>,
}

/// Each condition of a state with a number for each parameter, once.
fn conditions(program: &Program, settings: &Function, states: &[ScheduledState]) -> Vec<Condition> {
    let mut all: Vec<Condition> = Vec::new();
    for (number, state) in states.iter().enumerate().filter(|(_, state)| !state.is_single) {
        let Some(array) = state.settings.is_kept else { continue };
        let statement = settings.body.iter().find(|one| one.target.array == array);
        let Some(Node::Select(node, ..)) = statement.map(|one| program.graph.node(one.value))
        else {
            continue;
        };
        match all.iter_mut().find(|condition| condition.node == *node) {
            Some(condition) => condition.states.push(number),
            None => all.push(Condition { array, node: *node, states: vec![number] }),
        }
    }
    all
}

/// Takes what is the same for all parameters out of the loops over them.
struct Hoisting {
    program: Program,
    varying: BTreeSet<ArrayId>,
    /// What is computed once a step.
    once: Vec<Statement>,
    /// What loops read of that.
    numbers: Vec<ArrayId>,
    /// What stands in loops for an expression that is computed once.
    known: HashMap<Id, Id>,
}

impl Hoisting {
    /// The states that are kept where some conditions hold and the others do not, and the step.
    fn variant(
        &mut self,
        whole: &Function,
        states: &[ScheduledState],
        conditions: &[Condition],
        holds: &impl Fn(usize) -> bool,
    ) -> (Vec<usize>, Function) {
        let mut function = whole.clone();
        let absent = conditions.iter().enumerate().filter(|(at, _)| !holds(*at));
        let absent: BTreeSet<usize> =
            absent.flat_map(|(_, condition)| condition.states.iter().copied()).collect();
        let decided: HashMap<Id, bool> =
            conditions.iter().enumerate().map(|(at, one)| (one.node, holds(at))).collect();
        let is_absent =
            |access: &Access| absent.iter().any(|&at| states[at].before == access.array);
        for statement in &mut function.body {
            let graph = &mut self.program.graph;
            let value = decide(graph, statement.value, &decided);
            statement.value = graph.rebuild_elements(value, |graph, access| {
                is_absent(access).then(|| graph.constant(0.0))
            });
        }
        let next: Vec<ArrayId> = absent.iter().map(|&at| states[at].after).collect();
        function.outputs.retain(|port| !next.contains(&port.array));
        function.outputs.retain(|port| self.varying.contains(&port.array));
        function.remove_dead(&self.program);
        for statement in &mut function.body {
            statement.value = self.hoisted(statement.value);
        }
        let is_kept = |at: &usize| !states[*at].is_single && !absent.contains(at);
        ((0..states.len()).filter(is_kept).collect(), function)
    }

    /// A value of one parameter, in which what is the same for all is read.
    fn hoisted(&mut self, root: Id) -> Id {
        // What differs between parameters: nodes that read them, or others of the kind.
        let mut built: HashMap<Id, Id> = HashMap::new();
        for id in self.program.graph.reachable(root) {
            let node = self.program.graph.node(id).clone();
            let children = node.children();
            let reads =
                matches!(&node, Node::Element(access) if self.varying.contains(&access.array));
            if !reads && !children.iter().any(|child| built.contains_key(child)) {
                continue;
            }
            let children: Vec<Id> = children
                .into_iter()
                .map(|child| built.get(&child).copied().unwrap_or_else(|| self.number(child)))
                .collect();
            let new = self.program.graph.add(node.with_children(&children));
            built.insert(id, new);
        }
        built.get(&root).copied().unwrap_or_else(|| self.number(root))
    }

    /// What a loop reads for an expression that is the same for all parameters.
    fn number(&mut self, id: Id) -> Id {
        if let Some(&known) = self.known.get(&id) {
            return known;
        }
        let graph = &mut self.program.graph;
        let number = match graph.node(id).clone() {
            Node::Constant(_) => id,
            Node::Compare(..) => {
                // Decided in double precision, and once: a loop reads 0 or 1.
                let (one, zero) = (graph.constant(1.0), graph.constant(0.0));
                let truth = graph.add(Node::Select(id, one, zero));
                let truth = self.computed_once(truth);
                self.program.graph.add(Node::Compare(Comparison::NotEqual, truth, zero))
            }
            _ => self.computed_once(id),
        };
        self.known.insert(id, number);
        number
    }

    /// A number that is computed once a step.
    fn computed_once(&mut self, value: Id) -> Id {
        let array = self.program.add_array(Array::new("once", Vec::new(), Role::Computed));
        let target = Access { array, at: Vec::new() };
        self.once.push(Statement::new(target, value, 0));
        let name = number_name(self.numbers.len());
        self.numbers.push(array);
        self.program.graph.add(Node::Setting(name.into()))
    }
}

/// What loops call the n-th number.
pub fn number_name(number: usize) -> String {
    format!("number{number}")
}

/// An expression in which some conditions are known to hold or not to hold.
fn decide(graph: &mut Graph, root: Id, decided: &HashMap<Id, bool>) -> Id {
    graph.rebuild(root, |graph, _, node| match node {
        Node::Select(condition, then, otherwise) => match decided.get(&condition) {
            Some(true) => then,
            Some(false) => otherwise,
            None => graph.add(node),
        },
        node => graph.add(node),
    })
}

fn loop_nests(program: &Program, body: &[Statement]) -> Vec<LoopNest> {
    let home = |_: ArrayId| Home::Variable;
    let context = Context { program, home: &home, longest_open: 1 };
    body.iter().map(|statement| loop_nest(&context, statement, Mode::Recognised)).collect()
}
