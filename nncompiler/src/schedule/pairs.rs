//! Pairs of samples → scans. An array with a number for each pair of samples would be as large as the square
//! of the batch. What reads one runs in a scan over the second sample, in which the array is made anew and has
//! a number for each first sample alone.

use std::collections::{BTreeMap, BTreeSet};

use crate::ir::expression::Node;
use crate::ir::function::{Function, Program, Scan, Statement};
use crate::ir::index::{Access, ArrayId, Extent, Index};
use crate::ir::reduction::Reduction;

/// The function without arrays of pairs.
pub fn in_scans(program: &mut Program, function: &mut Function) {
    let arrays = (0u32..).map(ArrayId).zip(&program.arrays);
    let pairs: BTreeMap<ArrayId, usize> =
        arrays.filter_map(|(id, array)| Some((id, second_axis(&array.axes)?))).collect();
    if pairs.is_empty() {
        return;
    }
    let body = std::mem::take(&mut function.body);
    let mut scans =
        Scans { program, pairs, made: Vec::new(), body: Vec::new(), open: Open::default() };
    for statement in body {
        scans.statement(statement);
    }
    scans.close();
    function.body = scans.body;
}

/// The axis of the second sample, if there is one.
fn second_axis(axes: &[Extent]) -> Option<usize> {
    let batches = axes.iter().enumerate().filter(|(_, extent)| **extent == Extent::Batch);
    batches.map(|(axis, _)| axis).nth(1)
}

struct Scans<'a> {
    program: &'a mut Program,
    /// The arrays of pairs, and the axis of the second sample in each.
    pairs: BTreeMap<ArrayId, usize>,
    /// The statements so far that make them.
    made: Vec<Statement>,
    /// All others so far.
    body: Vec<Statement>,
    open: Open,
}

/// The scan that the next statements may join.
#[derive(Default)]
struct Open {
    index: Option<Index>,
    statements: Vec<Statement>,
    /// Which statements that make arrays of pairs stand in it.
    made: BTreeSet<usize>,
    /// What stands for each array of pairs.
    local: BTreeMap<ArrayId, ArrayId>,
    /// The arrays of single samples that it makes, and those that it reads.
    written: BTreeSet<ArrayId>,
    read: BTreeSet<ArrayId>,
}

impl Scans<'_> {
    fn statement(&mut self, statement: Statement) {
        if self.pairs.contains_key(&statement.target.array) {
            self.made.push(statement);
            return;
        }
        let reads = self.reads(&statement);
        let target = statement.target.array;
        let Some(second) = self.second(&statement) else {
            // It runs before the scan, unless one of them waits for the other.
            let waits = reads.iter().any(|array| self.open.written.contains(array));
            if waits || self.open.written.contains(&target) || self.open.read.contains(&target) {
                self.close();
            }
            self.body.push(statement);
            return;
        };
        let needed = self.needed(&reads);
        let of_needed = needed.iter().flat_map(|&one| self.reads(&self.made[one]));
        let all: BTreeSet<ArrayId> = reads.iter().copied().chain(of_needed).collect();
        let has_earlier_form = |one: &usize| {
            let array = self.made[*one].target.array;
            !self.open.made.contains(one) && self.open.local.contains_key(&array)
        };
        if all.intersection(&self.open.written).next().is_some()
            || needed.iter().any(has_earlier_form)
        {
            self.close();
        }
        let index = self.open.index.unwrap_or_else(|| self.program.copy_index(second));
        self.open.index = Some(index);
        for one in needed {
            if self.open.made.insert(one) {
                let local = self.local(&self.made[one].clone(), index);
                self.open.statements.push(local);
            }
        }
        self.open.written.insert(target);
        self.open.read.extend(all);
        self.reader(&statement, second, index);
    }

    /// Ends the scan.
    fn close(&mut self) {
        let open = std::mem::take(&mut self.open);
        self.body.extend(open.statements);
    }

    fn reads(&self, statement: &Statement) -> BTreeSet<ArrayId> {
        let elements = self.program.graph.elements(statement.value);
        elements.into_iter().map(|(_, access)| access.array).collect()
    }

    /// The index of the second sample in a statement that reads pairs.
    fn second(&self, statement: &Statement) -> Option<Index> {
        let elements = self.program.graph.elements(statement.value);
        elements.iter().find_map(|(_, access)| self.second_of(access))
    }

    fn second_of(&self, access: &Access) -> Option<Index> {
        let axis = self.pairs.get(&access.array)?;
        access.at[*axis].as_index()
    }

    /// The statements that make arrays of pairs, as far as some arrays are computed from them.
    fn needed(&self, arrays: &BTreeSet<ArrayId>) -> Vec<usize> {
        let mut arrays = arrays.clone();
        let mut needed = Vec::new();
        for (at, statement) in self.made.iter().enumerate().rev() {
            if arrays.contains(&statement.target.array) {
                arrays.extend(self.reads(statement));
                needed.insert(0, at);
            }
        }
        needed
    }

    /// A statement that makes pairs, for one second sample.
    fn local(&mut self, statement: &Statement, index: Index) -> Statement {
        let second = self.second_of(&statement.target);
        self.in_scan(statement, second.unwrap_or(index), index)
    }

    /// A statement with the scan's index for the second sample, and without its axis in arrays of pairs.
    fn in_scan(&mut self, statement: &Statement, second: Index, index: Index) -> Statement {
        let rename = |one: Index| if one == second { index } else { one };
        let value = self.program.graph.rename(statement.value, &rename);
        let elements = self.program.graph.elements(value).into_iter();
        let mut arrays: Vec<ArrayId> = elements.map(|(_, access)| access.array).collect();
        arrays.push(statement.target.array);
        arrays.retain(|array| self.pairs.contains_key(array));
        let locals = arrays.into_iter().map(|array| (array, self.local_array(array)));
        let locals: BTreeMap<ArrayId, ArrayId> = locals.collect();
        let pairs = &self.pairs;
        let without = |access: &Access| {
            let array = *locals.get(&access.array)?;
            let mut at = access.at.clone();
            at.remove(pairs[&access.array]);
            Some(Access { array, at })
        };
        let value = self.program.graph.rebuild_elements(value, |graph, access| {
            without(access).map(|access| graph.element(access))
        });
        let target = statement.target.renamed(&rename);
        let target = without(&target).unwrap_or(target);
        let scans = vec![Scan { index, is_reverse: false }];
        Statement { target, value, scans, ..statement.clone() }
    }

    /// What stands for an array of pairs in the scan.
    fn local_array(&mut self, array: ArrayId) -> ArrayId {
        if let Some(&local) = self.open.local.get(&array) {
            return local;
        }
        let mut local = self.program.array(array).clone();
        local.axes.remove(self.pairs[&array]);
        let local = self.program.add_array(local);
        self.open.local.insert(array, local);
        local
    }

    /// A statement that reads pairs and makes none: what it reduces over second samples grows from step to
    /// step.
    fn reader(&mut self, statement: &Statement, second: Index, index: Index) {
        let mut inside = self.in_scan(statement, second, index);
        let reduction = inside.reduction.take();
        let Some((reduction, bound)) = reduction else {
            self.open.statements.push(inside);
            return;
        };
        let (over_samples, others): (Vec<Index>, Vec<Index>) =
            bound.into_iter().partition(|&one| one == second);
        let others = (!others.is_empty()).then_some((reduction, others));
        if over_samples.is_empty() {
            inside.reduction = others;
            let free = inside.free();
            let parts = self.program.by_way_of(&inside, "of_sample", &free);
            self.open.statements.extend(parts);
            return;
        }
        if !statement.accumulate {
            let target = statement.target.array;
            let start = self.program.filled(target, reduction.start(), statement.layer);
            self.body.push(start);
        }
        if reduction == Reduction::Sum {
            inside.reduction = others;
            inside.accumulate = true;
            self.open.statements.push(inside);
            return;
        }
        if others.is_some() {
            inside.reduction = others;
            let free = inside.free();
            let [first, rest] = self.program.by_way_of(&inside, "of_sample", &free);
            self.open.statements.push(first);
            inside = rest;
        }
        let graph = &mut self.program.graph;
        let before = graph.add(Node::Element(inside.target.clone()));
        inside.value = graph.binary(reduction.operation(), before, inside.value);
        self.open.statements.push(inside);
    }
}
