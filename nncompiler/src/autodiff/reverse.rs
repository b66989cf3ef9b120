//! Function → the function with its gradients: a reverse walk over the statements, and in each a reverse
//! walk over its scalar expression.
//!
//! A statement t[f] = Σ_r e gives, for each element a[g] that e reads, the statement
//! da[g] += Σ dt[f]·∂e/∂a[g] over every index that g does not hold. What no parameter depends on
//! has no gradient, and what nobody reads is never computed.

use std::collections::{BTreeSet, HashMap};

use crate::autodiff::reductions;
use crate::autodiff::residuals::{self, Choice};
use crate::autodiff::rules::Rules;
use crate::ir::expression::{Binary, Graph, Id, Node};
use crate::ir::function::{
    Array, BATCH, Derived, Function, Holder, ParameterArray, Port, Program, Role, Scan, Statement,
    outermost, sums,
};
use crate::ir::index::{Access, ArrayId, Extent, Index};
use crate::ir::reduction::Reduction;

/// The function with the gradient of its results on every parameter, and on some inputs, given the gradients
/// on the results; states that it does not move stay as they are.
pub fn by_parameters(
    program: &mut Program,
    mut function: Function,
    inputs: &[ArrayId],
    rules: &mut Rules,
) -> Function {
    let parameters: Vec<ArrayId> = program.parameters.iter().map(|one| one.array).collect();
    let learned = program.parameters.iter().filter(|one| !one.is_state);
    let by: Vec<ArrayId> = learned.map(|one| one.array).chain(inputs.iter().copied()).collect();
    let of: Vec<ArrayId> = function.results().collect();
    // What states become is computed last: it may need the whole batch, which gradients do not wait for.
    let body = std::mem::take(&mut function.body).into_iter();
    let is_update =
        |one: &Statement| function.makes(one.target.array) && !of.contains(&one.target.array);
    let (updates, body): (Vec<Statement>, Vec<Statement>) = body.partition(is_update);
    function.body = body;
    let (mut function, gradients) = walk(program, function, [&of, &by], Seeds::OneEach, rules);
    function.body.extend(updates);
    for (number, &parameter) in parameters.iter().enumerate() {
        let holder = Holder::Gradient(number);
        if let Some(&array) = gradients.get(&parameter) {
            function.outputs.push(Port { array, holder });
        } else if function.gradient(number).is_none() {
            let array = unreached(program, &mut function, parameter, number);
            function.outputs.push(Port { array, holder });
        }
    }
    push_gradients(program, &mut function, &gradients, (inputs, Holder::Slice), Seeds::OneEach);
    function
}

/// A parameter that nothing depends on has the gradient 0; a state that nothing moves stays.
fn unreached(
    program: &mut Program,
    function: &mut Function,
    parameter: ArrayId,
    number: usize,
) -> ArrayId {
    let ParameterArray { layer, is_state, .. } = program.parameters[number];
    let of = &program.array(parameter).name;
    let name = if is_state { of.clone() } else { format!("d{of}") };
    let gradient = program.array_like(parameter, name);
    let mut statement = program.filled_with_zeros(gradient, layer);
    if is_state {
        let at = statement.target.at.clone();
        statement.value = program.graph.element(Access { array: parameter, at });
    }
    function.body.push(statement);
    gradient
}

/// The function with the gradients of one of its results on some inputs as further outputs, given the
/// gradient on that result.
pub fn by_inputs(
    program: &mut Program,
    function: Function,
    of: ArrayId,
    (inputs, holder): (&[ArrayId], Holder),
    seeds: Seeds,
    rules: &mut Rules,
) -> Function {
    let (mut function, gradients) = walk(program, function, [&[of], inputs], seeds, rules);
    push_gradients(program, &mut function, &gradients, (inputs, holder), seeds);
    function
}

/// The gradients on inputs as further outputs; what nothing depends on has the gradient 0.
fn push_gradients(
    program: &mut Program,
    function: &mut Function,
    gradients: &HashMap<ArrayId, ArrayId>,
    (inputs, holder): (&[ArrayId], Holder),
    seeds: Seeds,
) {
    for input in inputs {
        let array = match gradients.get(input) {
            Some(&gradient) => gradient,
            None => {
                let gradient = add_gradient(program, *input, seeds);
                function.body.push(program.filled_with_zeros(gradient, 0));
                gradient
            }
        };
        function.outputs.push(Port { array, holder });
    }
}

/// Adds the gradient of a single number on an array to the function, which goes on from there.
pub fn gradient(
    program: &mut Program,
    function: &mut Function,
    [of, by]: [ArrayId; 2],
    rules: &mut Rules,
) -> ArrayId {
    let (forward, inputs) = (function.body.len(), function.inputs.clone());
    let before = std::mem::take(function);
    let (after, gradients) = walk(program, before, [&[of], &[by]], Seeds::OneEach, rules);
    *function = after;
    // The gradient of the number on itself is 1, and given by nobody.
    function.inputs = inputs;
    if let Some(&seed) = gradients.get(&of) {
        program.arrays[seed.0 as usize].role = Role::Computed;
        let ones = program.filled(seed, 1.0, 0);
        function.body.insert(forward, ones);
    }
    gradients.get(&by).copied().unwrap_or_else(|| {
        let gradient = add_gradient(program, by, Seeds::OneEach);
        let zeros = program.filled_with_zeros(gradient, 0);
        function.body.push(zeros);
        gradient
    })
}

/// How many gradients each array has.
#[derive(Clone, Copy, PartialEq)]
pub enum Seeds {
    OneEach,
    /// As many as the batch has samples, of an array that has no batch itself.
    Many,
}

/// The way back from some results to other arrays; gives the gradient of each array that has one.
fn walk(
    program: &mut Program,
    mut function: Function,
    [of, by]: [&[ArrayId]; 2],
    seeds: Seeds,
    rules: &mut Rules,
) -> (Function, HashMap<ArrayId, ArrayId>) {
    let active = depends_on(program, &function, by);
    let forward = &function.body;
    let results: Vec<ArrayId> = function.results().collect();
    let mut walk = Walk {
        program,
        rules,
        seeds,
        active,
        adjoints: HashMap::new(),
        backward: Vec::new(),
        choices: Vec::new(),
        sums: sums(forward),
    };
    // In the workspace, the gradients on results come before other inputs.
    let at = function.inputs.iter().take_while(|port| port.holder == Holder::Slice).count();
    let seeds = of.iter().map(|&result| {
        let array = walk.add_gradient(result);
        walk.program.arrays[array.0 as usize].role = Role::Input;
        Port { array, holder: Holder::Workspace }
    });
    function.inputs.splice(at..at, seeds);
    walk.start_scans(forward);
    for statement in forward.iter().rev() {
        if let Some(&adjoint) = walk.adjoints.get(&statement.target.array) {
            walk.statement(statement, adjoint);
        }
    }
    let Walk { adjoints, mut backward, choices, .. } = walk;
    let kept: BTreeSet<ArrayId> = forward.iter().map(|one| one.target.array).collect();
    let kept = kept.into_iter().filter(|array| !results.contains(array)).collect();
    residuals::choose(program, &kept, &mut backward, &choices);
    function.body.append(&mut backward);
    (function, adjoints)
}

/// Which arrays depend on some others.
fn depends_on(program: &Program, function: &Function, by: &[ArrayId]) -> Vec<bool> {
    let mut active = vec![false; program.arrays.len()];
    for array in by {
        active[array.0 as usize] = true;
    }
    // In a scan, a statement may read what one below it has made a step before.
    let mut count = 0;
    while count != active.iter().filter(|active| **active).count() {
        count = active.iter().filter(|active| **active).count();
        for statement in &function.body {
            let elements = gradient_paths(&program.graph, statement.value);
            let depends = elements.iter().any(|access| active[access.array.0 as usize]);
            active[statement.target.array.0 as usize] |= depends;
        }
    }
    active
}

fn add_gradient(program: &mut Program, of: ArrayId, seeds: Seeds) -> ArrayId {
    let array = program.array(of);
    let name = format!("d{}", array.name);
    let mut gradient = Array::new(name, array.axes.clone(), Role::Computed);
    gradient.derived = Some(Derived::GradientOn(of));
    if seeds == Seeds::Many {
        gradient.axes.insert(0, Extent::Batch);
    }
    program.add_array(gradient)
}

/// The elements that a value reads other than through `stop` or a condition.
fn gradient_paths(graph: &Graph, root: Id) -> Vec<Access> {
    let mut found = Vec::new();
    let mut pending = vec![root];
    while let Some(id) = pending.pop() {
        match graph.node(id) {
            Node::Element(access) => found.push(access.clone()),
            Node::Stop(_) => {}
            Node::Select(_, then, otherwise) => pending.extend([*then, *otherwise]),
            node => pending.extend(node.children()),
        }
    }
    found
}

struct Walk<'a, 'r> {
    program: &'a mut Program,
    rules: &'a mut Rules<'r>,
    seeds: Seeds,
    /// Whether each forward array depends on what is differentiated for.
    active: Vec<bool>,
    /// The gradient of each forward array that has one so far.
    adjoints: HashMap<ArrayId, ArrayId>,
    /// The statements so far.
    backward: Vec<Statement>,
    /// Those of them whose value has two forms.
    choices: Vec<Choice>,
    /// The arrays that forward statements add to.
    sums: BTreeSet<ArrayId>,
}

/// The same scans from the last step to the first.
fn reversed(scans: &[Scan]) -> Vec<Scan> {
    scans.iter().map(|scan| Scan { is_reverse: !scan.is_reverse, ..*scan }).collect()
}

impl Walk<'_, '_> {
    /// What a scan makes has a gradient before the walk comes to it: a step may read what a
    /// statement below it has made a step before.
    fn start_scans(&mut self, forward: &[Statement]) {
        for statement in forward {
            let target = statement.target.array;
            let is_new = !self.adjoints.contains_key(&target);
            if !statement.scans.is_empty() && is_new && self.active[target.0 as usize] {
                let adjoint = self.add_gradient(target);
                let fill = self.program.filled_with_zeros(adjoint, statement.layer);
                self.backward.push(fill);
            }
        }
    }

    fn statement(&mut self, statement: &Statement, adjoint: ArrayId) {
        let seed = self.gradient_access(adjoint, &statement.target);
        let mut seed = self.program.graph.element(seed);
        match statement.reduction {
            None | Some((Reduction::Sum, _)) => {}
            Some((Reduction::Product, _)) => {
                let (needed, shared) = reductions::to_factor(self.program, statement, seed);
                let scans = reversed(&statement.scans);
                let needed = needed.map(|one| Statement { scans: scans.clone(), ..one });
                self.backward.extend(needed);
                seed = shared;
            }
            Some((Reduction::Max | Reduction::Min, _)) => {
                let (needed, shared) = reductions::to_first_chosen(self.program, statement, seed);
                let scans = reversed(&statement.scans);
                self.backward.push(Statement { scans, ..needed });
                seed = shared;
            }
        }
        for (element, derivative) in self.scalar(statement.value, seed) {
            let Node::Element(access) = self.program.graph.node(element).clone() else {
                continue;
            };
            if self.active[access.array.0 as usize] {
                let (graph, sums) = (&mut self.program.graph, &self.sums);
                let forms = self.rules.simplest_forms(graph, statement, sums, derivative);
                self.contribute(statement, &access, forms);
            }
        }
    }

    /// da[g] += Σ derivative, over every index of the statement that g does not hold.
    fn contribute(&mut self, statement: &Statement, access: &Access, forms: [Id; 2]) {
        let (adjoint, mut accumulate) = self.adjoint(access.array);
        let target = self.gradient_access(adjoint, access);
        let scans = reversed(&statement.scans);
        if !accumulate && (!scans.is_empty() || !self.program.is_bijection(&target)) {
            let fill = self.program.filled_with_zeros(adjoint, statement.layer);
            let at = Program::push_before_scan(&mut self.backward, outermost(&scans), fill);
            let moved = self.choices.iter_mut().filter(|choice| choice.statement >= at);
            moved.for_each(|choice| choice.statement += 1);
            accumulate = true;
        }
        let held: Vec<Index> = target.indices().collect();
        let mut summed = statement.indices();
        summed.retain(|index| !held.contains(index));
        let reduction = (!summed.is_empty()).then_some((Reduction::Sum, summed));
        if forms[0] != forms[1] {
            self.choices.push(Choice { statement: self.backward.len(), forms });
        }
        self.backward.push(Statement {
            target,
            reduction,
            value: forms[0],
            accumulate,
            layer: statement.layer,
            scans,
        });
    }

    /// The gradient of an array, and whether something has been added to it before.
    fn adjoint(&mut self, array: ArrayId) -> (ArrayId, bool) {
        if let Some(&adjoint) = self.adjoints.get(&array) {
            return (adjoint, true);
        }
        (self.add_gradient(array), false)
    }

    fn add_gradient(&mut self, of: ArrayId) -> ArrayId {
        let gradient = add_gradient(self.program, of, self.seeds);
        self.adjoints.insert(of, gradient);
        gradient
    }

    /// The gradient on an element.
    fn gradient_access(&self, adjoint: ArrayId, of: &Access) -> Access {
        let mut at = of.at.clone();
        if self.seeds == Seeds::Many {
            at.insert(0, BATCH.into());
        }
        Access { array: adjoint, at }
    }

    /// seed·∂root/∂e for each element e that `root` reads.
    fn scalar(&mut self, root: Id, seed: Id) -> Vec<(Id, Id)> {
        let mut gradients: HashMap<Id, Id> = HashMap::from([(root, seed)]);
        let mut order = self.program.graph.reachable(root);
        order.reverse();
        let mut elements = Vec::new();
        for id in order {
            let Some(&gradient) = gradients.get(&id) else {
                continue;
            };
            let graph = &mut self.program.graph;
            for (child, contribution) in self.rules.through(graph, id, gradient) {
                let sum = match gradients.get(&child) {
                    Some(&before) => graph.binary(Binary::Add, before, contribution),
                    None => contribution,
                };
                gradients.insert(child, sum);
            }
            if matches!(self.program.graph.node(id), Node::Element(_)) {
                elements.push((id, gradient));
            }
        }
        elements
    }
}
