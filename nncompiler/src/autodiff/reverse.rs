//! Forward program → backward program: a reverse walk over the statements, and in each a reverse
//! walk over its scalar expression.
//!
//! A statement t[f] = Σ_r e gives, for each element a[g] that e reads, the statement
//! da[g] += Σ dt[f]·∂e/∂a[g] over every index that g does not hold. What no parameter depends on
//! has no gradient, and what nobody reads is never computed.

use std::collections::HashMap;

use crate::autodiff::reductions;
use crate::autodiff::residuals::{self, Choice};
use crate::frontend::library::Library;
use crate::ir::expression::{Binary, Graph, Id, Node};
use crate::ir::function::{Array, BATCH, ParameterArray, Program, Role, Scan, Statement};
use crate::ir::index::{Access, ArrayId, Extent, Index};
use crate::ir::reduction::Reduction;
use crate::rewrite::simplify::Simplifier;

/// Adds the backward program of a network: from the gradient on its outputs to that on every
/// parameter.
pub fn network(program: &mut Program, library: &Library, simplifier: &mut Simplifier) {
    let adjoints = walk(program, library, simplifier, Role::Parameter, Gradients::OneEach);
    for parameter in program.parameters.iter_mut().filter(|parameter| !parameter.is_state) {
        parameter.gradient = adjoints.get(&parameter.array).copied();
    }
    program.backward.append(&mut program.updates);
    for number in 0..program.parameters.len() {
        if program.parameters[number].gradient.is_none() {
            set_unreached(program, number);
        }
    }
}

/// A parameter that nothing depends on has the gradient 0; a state that nothing moves stays.
fn set_unreached(program: &mut Program, number: usize) {
    let ParameterArray { layer, array, is_state, .. } = program.parameters[number];
    let of = program.array(array);
    let gradient = Array::new(format!("d{}", of.name), of.axes.clone(), Role::ParameterGradient);
    let gradient = program.add_array(gradient);
    let mut statement = program.filled_with_zeros(gradient, layer);
    if is_state {
        let at = statement.target.at.clone();
        statement.value = program.graph.element(Access { array, at });
    }
    program.backward.push(statement);
    program.parameters[number].gradient = Some(gradient);
}

/// Adds the backward program of one sample to its inputs, for many gradients on its outputs at once:
/// they are the batch.
pub fn inputs(program: &mut Program, library: &Library, simplifier: &mut Simplifier) {
    let adjoints = walk(program, library, simplifier, Role::Input, Gradients::Many);
    program.input_gradient = adjoints.get(&program.input).copied();
}

/// Adds the backward program of a loss: from 1 to the gradient on the outputs.
pub fn loss(program: &mut Program, library: &Library, simplifier: &mut Simplifier) {
    walk(program, library, simplifier, Role::Input, Gradients::OneEach);
}

/// How many gradients each array has.
#[derive(Clone, Copy, PartialEq)]
enum Gradients {
    OneEach,
    /// As many as the batch has samples, of an array that has no batch itself.
    Many,
}

/// The way back from the outputs; gives the gradient of each array that has one.
fn walk(
    program: &mut Program,
    library: &Library,
    simplifier: &mut Simplifier,
    role: Role,
    gradients: Gradients,
) -> HashMap<ArrayId, ArrayId> {
    let active = depends_on(program, role);
    let (adjoints, choices) = (HashMap::new(), Vec::new());
    let mut walk = Walk { program, library, simplifier, gradients, active, adjoints, choices };
    let output = walk.program.output;
    walk.program.output_gradient = Some(walk.add_gradient(output, Role::OutputGradient));
    walk.start_scans();
    for statement in walk.program.forward.clone().iter().rev() {
        if let Some(&adjoint) = walk.adjoints.get(&statement.target.array) {
            walk.statement(statement, adjoint);
        }
    }
    residuals::choose(walk.program, &walk.choices);
    walk.adjoints
}

/// Which arrays depend on those of a role.
fn depends_on(program: &Program, role: Role) -> Vec<bool> {
    let mut active: Vec<bool> = program.arrays.iter().map(|array| array.role == role).collect();
    // In a scan, a statement may read what one below it has made a step before.
    let mut count = 0;
    while count != active.iter().filter(|active| **active).count() {
        count = active.iter().filter(|active| **active).count();
        for statement in &program.forward {
            let elements = gradient_paths(&program.graph, statement.value);
            let depends = elements.iter().any(|access| active[access.array.0 as usize]);
            active[statement.target.array.0 as usize] |= depends;
        }
    }
    active
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

struct Walk<'a> {
    program: &'a mut Program,
    library: &'a Library,
    simplifier: &'a mut Simplifier,
    gradients: Gradients,
    /// Whether each forward array depends on what is differentiated for.
    active: Vec<bool>,
    /// The gradient of each forward array that has one so far.
    adjoints: HashMap<ArrayId, ArrayId>,
    /// Statements whose value has two forms.
    choices: Vec<Choice>,
}

/// The same scan from the last step to the first.
fn reversed(scan: Option<Scan>) -> Option<Scan> {
    scan.map(|scan| Scan { is_reverse: !scan.is_reverse, ..scan })
}

impl Walk<'_> {
    /// What a scan makes has a gradient before the walk comes to it: a step may read what a
    /// statement below it has made a step before.
    fn start_scans(&mut self) {
        for statement in self.program.forward.clone() {
            let target = statement.target.array;
            let is_new = !self.adjoints.contains_key(&target);
            if statement.scan.is_some() && is_new && self.active[target.0 as usize] {
                let adjoint = self.add_gradient(target, Role::Adjoint);
                let fill = self.program.filled_with_zeros(adjoint, statement.layer);
                self.program.backward.push(fill);
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
                let scan = reversed(statement.scan);
                let needed = needed.map(|one| Statement { scan, ..one });
                self.program.backward.extend(needed);
                seed = shared;
            }
            Some((Reduction::Max | Reduction::Min, _)) => {
                let (needed, shared) = reductions::to_first_chosen(self.program, statement, seed);
                let scan = reversed(statement.scan);
                self.program.backward.push(Statement { scan, ..needed });
                seed = shared;
            }
        }
        for (element, derivative) in self.scalar(statement.value, seed) {
            let Node::Element(access) = self.program.graph.node(element).clone() else {
                continue;
            };
            if self.active[access.array.0 as usize] {
                let forms = self.simplified(statement, derivative);
                self.contribute(statement, &access, forms);
            }
        }
    }

    /// The simplest forms: in terms of the output where that tells enough, and of the inputs.
    fn simplified(&mut self, statement: &Statement, derivative: Id) -> [Id; 2] {
        let graph = &mut self.program.graph;
        let plain = self.simplifier.simplify(graph, derivative);
        if statement.reduction.is_some() {
            return [plain; 2];
        }
        let output = graph.element(statement.target.clone());
        [self.simplifier.through_output(graph, plain, statement.value, output), plain]
    }

    /// da[g] += Σ derivative, over every index of the statement that g does not hold.
    fn contribute(&mut self, statement: &Statement, access: &Access, forms: [Id; 2]) {
        let (adjoint, mut accumulate) = self.adjoint(access.array);
        let target = self.gradient_access(adjoint, access);
        let scan = reversed(statement.scan);
        if !accumulate && (scan.is_some() || !self.program.is_bijection(&target)) {
            let fill = self.program.filled_with_zeros(adjoint, statement.layer);
            let at = Program::push_before_scan(&mut self.program.backward, scan, fill);
            let moved = self.choices.iter_mut().filter(|choice| choice.statement >= at);
            moved.for_each(|choice| choice.statement += 1);
            accumulate = true;
        }
        let held: Vec<Index> = target.indices().collect();
        let mut summed = statement.indices();
        summed.retain(|index| !held.contains(index));
        let reduction = (!summed.is_empty()).then_some((Reduction::Sum, summed));
        if forms[0] != forms[1] {
            self.choices.push(Choice { statement: self.program.backward.len(), forms });
        }
        self.program.backward.push(Statement {
            target,
            reduction,
            value: forms[0],
            accumulate,
            layer: statement.layer,
            scan,
        });
    }

    /// The gradient of an array, and whether something has been added to it before.
    fn adjoint(&mut self, array: ArrayId) -> (ArrayId, bool) {
        if let Some(&adjoint) = self.adjoints.get(&array) {
            return (adjoint, true);
        }
        let role = match self.program.array(array).role {
            Role::Parameter => Role::ParameterGradient,
            _ => Role::Adjoint,
        };
        (self.add_gradient(array, role), false)
    }

    fn add_gradient(&mut self, of: ArrayId, role: Role) -> ArrayId {
        let array = self.program.array(of);
        let mut gradient = Array::new(format!("d{}", array.name), array.axes.clone(), role);
        gradient.gradient_of = Some(of);
        if self.gradients == Gradients::Many {
            gradient.axes.insert(0, Extent::Batch);
        }
        let gradient = self.program.add_array(gradient);
        self.adjoints.insert(of, gradient);
        gradient
    }

    /// The gradient on an element.
    fn gradient_access(&self, adjoint: ArrayId, of: &Access) -> Access {
        let mut at = of.at.clone();
        if self.gradients == Gradients::Many {
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
            for (child, contribution) in self.library.through(graph, id, gradient) {
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
