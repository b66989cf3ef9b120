//! Function → the same with the tangent of one array along another.
//!
//! Each array a that depends on the direction gets a tangent ȧ: t[f] = Σ_r e gives
//! ṫ[f] = Σ_r Σ_a ∂e/∂a·ȧ.

use std::collections::{BTreeSet, HashMap};

use crate::autodiff::reductions;
use crate::autodiff::rules::Rules;
use crate::ir::expression::{Binary, Id, Node};
use crate::ir::function::{Function, Program, Statement, sums};
use crate::ir::index::{Access, ArrayId};
use crate::ir::reduction::Reduction;

/// Adds the tangent of `of`, and those that it needs, to the end of the function and to the tangents that are
/// there already. None if `of` does not depend on what has one.
pub fn tangents(
    program: &mut Program,
    function: &mut Function,
    of: ArrayId,
    tangents: &mut HashMap<ArrayId, ArrayId>,
    rules: &mut Rules,
) {
    let needed = function.needed_for(program, [of]);
    let known: BTreeSet<ArrayId> = tangents.keys().copied().collect();
    let sums = sums(&function.body);
    let mut walk = Walk { program, rules, tangents, added: Vec::new(), sums };
    let is_needed =
        |one: &&Statement| needed.contains(&one.target.array) && !known.contains(&one.target.array);
    let statements: Vec<&Statement> = function.body.iter().filter(is_needed).collect();
    walk.start_scans(&statements);
    for statement in statements {
        walk.statement(statement);
    }
    let mut added = walk.added;
    function.body.append(&mut added);
}

struct Walk<'a, 'r> {
    program: &'a mut Program,
    rules: &'a mut Rules<'r>,
    /// The tangent of each array that has one; without, it is 0.
    tangents: &'a mut HashMap<ArrayId, ArrayId>,
    /// The statements so far.
    added: Vec<Statement>,
    /// The arrays that statements add to.
    sums: BTreeSet<ArrayId>,
}

impl Walk<'_, '_> {
    /// The tangents of what scans make, 0 before their first step: a step may read what a statement below
    /// it has made a step before.
    fn start_scans(&mut self, statements: &[&Statement]) {
        let mut active: BTreeSet<ArrayId> = self.tangents.keys().copied().collect();
        let mut count = 0;
        while count != active.len() {
            count = active.len();
            for statement in statements {
                let elements = self.program.graph.elements(statement.value);
                if elements.iter().any(|(_, access)| active.contains(&access.array)) {
                    active.insert(statement.target.array);
                }
            }
        }
        for statement in statements {
            let target = statement.target.array;
            let is_new = active.contains(&target) && !self.tangents.contains_key(&target);
            if !statement.scans.is_empty() && is_new {
                let array = self.tangent_of(target);
                let fill = self.program.filled_with_zeros(array, statement.layer);
                self.added.push(fill);
            }
        }
    }

    fn tangent_of(&mut self, array: ArrayId) -> ArrayId {
        if let Some(&known) = self.tangents.get(&array) {
            return known;
        }
        let tangent = self.program.add_tangent(array);
        self.tangents.insert(array, tangent);
        tangent
    }

    fn statement(&mut self, statement: &Statement) {
        let Some(tangent) = self.scalar(statement.value) else { return };
        let tangent = self.through_reduction(statement, tangent);
        let (graph, sums) = (&mut self.program.graph, &self.sums);
        let [value, _] = self.rules.simplest_forms(graph, statement, sums, tangent);
        let is_new = !self.tangents.contains_key(&statement.target.array);
        let array = self.tangent_of(statement.target.array);
        let bound = statement.bound().to_vec();
        if is_new && !self.program.is_bijection(&statement.target) {
            let fill = self.program.filled_with_zeros(array, statement.layer);
            self.added.push(fill);
        }
        self.added.push(Statement {
            target: Access { array, at: statement.target.at.clone() },
            reduction: statement.reduction.as_ref().map(|_| (Reduction::Sum, bound)),
            value,
            ..statement.clone()
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
                self.added.push(others);
                self.program.graph.binary(Binary::Multiply, tangent, product)
            }
            Some((Reduction::Max | Reduction::Min, _)) => {
                let (first, term) = reductions::to_first_chosen(self.program, statement, tangent);
                self.added.push(first);
                term
            }
        }
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
