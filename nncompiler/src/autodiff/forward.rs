//! Forward program → the same with its first and second derivative along a direction of the inputs.
//!
//! Each array a that depends on the inputs gets a tangent ȧ: t[f] = Σ_r e gives
//! ṫ[f] = Σ_r Σ_a ∂e/∂a·ȧ. The same once more, on the result, gives the second derivative.

use std::collections::HashMap;

use crate::autodiff::reductions;
use crate::autodiff::rules::Rules;
use crate::ir::expression::{Binary, Id, Node};
use crate::ir::function::{Array, BATCH, Function, Holder, Port, Program, Role, Statement};
use crate::ir::index::{Access, Affine, ArrayId, Extent, Index};
use crate::ir::reduction::Reduction;

/// The function with, instead of its outputs, three times as many: values, first and second
/// derivatives along a direction of the inputs, which it is given.
pub fn along_direction(
    program: &mut Program,
    mut function: Function,
    rules: &mut Rules,
) -> Function {
    let input = function.inputs[0].array;
    let given = Array::new("v", program.array(input).axes.clone(), Role::Input);
    let direction = program.add_array(given);
    function.inputs.push(Port { array: direction, holder: Holder::Workspace });
    let output = function.outputs[0].array;
    let tangents = HashMap::from([(input, direction)]);
    let body = std::mem::take(&mut function.body);
    let mut walk = Walk { program, body, rules, tangents };
    walk.once();
    walk.once();
    let first = walk.tangents.get(&output).copied();
    let second = first.and_then(|first| walk.tangents.get(&first).copied());
    function.body = walk.body;
    function.outputs[0].array = stack(program, &mut function.body, [Some(output), first, second]);
    function.remove_dead(program);
    function
}

struct Walk<'a, 'r> {
    program: &'a mut Program,
    body: Vec<Statement>,
    rules: &'a mut Rules<'r>,
    /// The tangent of each array that has one; without, it is 0.
    tangents: HashMap<ArrayId, ArrayId>,
}

impl Walk<'_, '_> {
    /// Adds the tangent of every array that has none yet.
    fn once(&mut self) {
        let with_tangents: Vec<ArrayId> = self.tangents.keys().copied().collect();
        for statement in std::mem::take(&mut self.body) {
            let target = statement.target.array;
            // A step may read what a statement below it has made a step before.
            if statement.scan.is_some() && !self.tangents.contains_key(&target) {
                self.start(&statement);
            }
            self.body.push(statement);
        }
        for statement in std::mem::take(&mut self.body) {
            let is_fill = matches!(self.program.graph.node(statement.value), Node::Constant(_));
            let has_tangent = with_tangents.contains(&statement.target.array);
            self.body.push(statement.clone());
            if !has_tangent && !is_fill {
                self.statement(&statement);
            }
        }
    }

    /// The tangent of what a scan makes, 0 before its first step.
    fn start(&mut self, statement: &Statement) {
        let array = self.tangent_of(statement.target.array);
        let fill = self.program.filled_with_zeros(array, statement.layer);
        Program::push_before_scan(&mut self.body, statement.scan, fill);
    }

    fn tangent_of(&mut self, array: ArrayId) -> ArrayId {
        if let Some(&known) = self.tangents.get(&array) {
            return known;
        }
        let name = format!("{}′", self.program.array(array).name);
        let tangent = self.program.array_like(array, name);
        self.tangents.insert(array, tangent);
        tangent
    }

    fn statement(&mut self, statement: &Statement) {
        let Some(tangent) = self.scalar(statement.value) else { return };
        let tangent = self.through_reduction(statement, tangent);
        let value = self.simplified(statement, tangent);
        let array = self.tangent_of(statement.target.array);
        let bound = statement.bound().to_vec();
        if statement.scan.is_none() && !self.program.is_bijection(&statement.target) {
            let fill = self.program.filled_with_zeros(array, statement.layer);
            self.body.push(fill);
        }
        self.body.push(Statement {
            target: Access { array, at: statement.target.at.clone() },
            reduction: statement.reduction.as_ref().map(|_| (Reduction::Sum, bound)),
            value,
            ..*statement
        });
    }

    /// The tangent of a value as a term of its reduction's tangent.
    fn through_reduction(&mut self, statement: &Statement, tangent: Id) -> Id {
        match statement.reduction {
            None | Some((Reduction::Sum, _)) => tangent,
            Some((Reduction::Product, _)) => {
                let others = reductions::product_of_others(self.program, statement);
                let graph = &mut self.program.graph;
                let product = graph.element(others.target.clone());
                self.body.push(others);
                self.program.graph.binary(Binary::Multiply, tangent, product)
            }
            Some((Reduction::Max | Reduction::Min, _)) => {
                let (first, term) = reductions::to_first_chosen(self.program, statement, tangent);
                self.body.push(first);
                term
            }
        }
    }

    /// The simplest form, in terms of the output, which has been computed anyway.
    fn simplified(&mut self, statement: &Statement, tangent: Id) -> Id {
        let graph = &mut self.program.graph;
        let plain = self.rules.simplifier.simplify(graph, tangent);
        if statement.reduction.is_some() {
            return plain;
        }
        let output = graph.element(statement.target.clone());
        self.rules.simplifier.through_output(graph, plain, statement.value, output)
    }

    /// Σ ∂root/∂a·ȧ over the elements a that `root` reads; nothing if all the tangents are 0.
    fn scalar(&mut self, root: Id) -> Option<Id> {
        let mut tangents: HashMap<Id, Id> = HashMap::new();
        for id in self.program.graph.reachable(root) {
            let tangent = match self.program.graph.node(id).clone() {
                Node::Element(access) => self.element(&access),
                node => self.operation(id, &node, &tangents),
            };
            if let Some(tangent) = tangent {
                tangents.insert(id, tangent);
            }
        }
        tangents.get(&root).copied()
    }

    fn element(&mut self, access: &Access) -> Option<Id> {
        let array = *self.tangents.get(&access.array)?;
        Some(self.program.graph.element(Access { array, at: access.at.clone() }))
    }

    fn operation(&mut self, id: Id, node: &Node, tangents: &HashMap<Id, Id>) -> Option<Id> {
        let mut operands = node.children();
        operands.sort_unstable();
        operands.dedup();
        let graph = &mut self.program.graph;
        let mut sum: Option<Id> = None;
        for operand in operands {
            let Some(&tangent) = tangents.get(&operand) else { continue };
            let through = self.rules.through(graph, id, tangent).into_iter();
            for (_, term) in through.filter(|(to, _)| *to == operand) {
                sum = Some(sum.map_or(term, |sum| graph.binary(Binary::Add, sum, term)));
            }
        }
        sum
    }
}

/// Writes the parts, each as large as the outputs, one after the other into new outputs.
fn stack(program: &mut Program, body: &mut Vec<Statement>, parts: [Option<ArrayId>; 3]) -> ArrayId {
    let output = parts[0].unwrap_or(ArrayId(0));
    let width = program.array(output).width();
    let axes = vec![Extent::Batch, Extent::Fixed(width * parts.len())];
    let stacked = program.add_array(Array::new("y", axes, Role::Computed));
    let layer = body.last().map_or(0, |statement| statement.layer);
    let fill = program.filled_with_zeros(stacked, layer);
    body.push(fill);
    let extents = program.array(output).axes.clone();
    for (number, part) in parts.into_iter().enumerate() {
        let indices: Vec<Index> = extents.iter().map(|&extent| program.add_index(extent)).collect();
        let at: Vec<Affine> = indices.iter().copied().map(Affine::from).collect();
        let mut place = program.linear(&Access { array: output, at: at.clone() });
        place.terms.retain(|(index, _)| *index != BATCH);
        place.constant = i64::try_from(number * width).unwrap_or(i64::MAX);
        let value = match part {
            Some(array) => program.graph.element(Access { array, at }),
            None => program.graph.constant(0.0),
        };
        let target = Access { array: stacked, at: vec![BATCH.into(), place] };
        let (reduction, accumulate) = (None, true);
        let scan = None;
        body.push(Statement { target, reduction, value, accumulate, layer, scan });
    }
    stacked
}
