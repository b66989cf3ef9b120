//! Fewer passes over memory: copies vanish, and a map that one statement reads becomes part of it.

use std::collections::HashMap;

use crate::index::{Access, ArrayId, Index};
use crate::program::{Program, Role, Statement};
use crate::scalar::{Binary, Graph, Id, Node};

/// Removes every statement that copies an array as it is, and reads the original instead.
pub fn propagate_copies(program: &mut Program) {
    loop {
        let mut lists = program.forward.iter().chain(&program.backward);
        let Some((copy, original)) = lists.find_map(|statement| copy(program, statement)) else {
            return;
        };
        for list in [&mut program.forward, &mut program.backward] {
            list.retain(|statement| statement.target.array != copy);
            for statement in list {
                statement.value = redirect(&mut program.graph, statement.value, copy, original);
            }
        }
    }
}

/// The target and the source of a copy that may vanish.
fn copy(program: &Program, statement: &Statement) -> Option<(ArrayId, ArrayId)> {
    let target = statement.target.array;
    let Node::Element(source) = program.graph.node(statement.value) else {
        return None;
    };
    let all = program.forward.iter().chain(&program.backward);
    let writers = all.filter(|other| other.target.array == target).count();
    let may_vanish = matches!(program.array(target).role, Role::Computed | Role::Adjoint);
    let vanishes = statement.is_map()
        && writers == 1
        && may_vanish
        && target != program.output
        && statement.target.as_indices() == source.as_indices();
    vanishes.then_some((target, source.array))
}

/// `value` reading `to` wherever it read `from`.
fn redirect(graph: &mut Graph, value: Id, from: ArrayId, to: ArrayId) -> Id {
    graph.rebuild_elements(value, |graph, access| {
        let redirected = Access { array: to, at: access.at.clone() };
        (access.array == from).then(|| graph.element(redirected))
    })
}

/// The statements with each map that only one of them reads, element by element, written into it.
/// Arrays in `keep` stay.
pub fn inline_maps(program: &mut Program, list: &[Statement], keep: &[ArrayId]) -> Vec<Statement> {
    let mut list = list.to_vec();
    let mut position = 0;
    while position < list.len() {
        let producer = list[position].clone();
        match consumer(program, &list, &producer, keep) {
            Some((reader, rename)) => {
                let target = producer.target.array;
                let value = list[reader].value;
                list[reader].value =
                    inline(&mut program.graph, value, target, producer.value, &rename);
                list.remove(position);
            }
            None => position += 1,
        }
    }
    list
}

/// The one statement that a map may be written into, with its index for each of the map's.
fn consumer(
    program: &Program,
    list: &[Statement],
    producer: &Statement,
    keep: &[ArrayId],
) -> Option<(usize, HashMap<Index, Index>)> {
    let target = producer.target.array;
    let role = program.array(target).role;
    let is_kept = keep.contains(&target) || !matches!(role, Role::Computed | Role::Adjoint);
    if is_kept || !producer.is_map() {
        return None;
    }
    let reads = |statement: &Statement| program.graph.reads(statement.value, target);
    let mut readers = (0..list.len()).filter(|&at| reads(&list[at]));
    let (reader, None) = (readers.next()?, readers.next()) else {
        return None;
    };
    let elements = program.graph.elements(list[reader].value);
    let mut accesses = elements.iter().filter(|(_, access)| access.array == target);
    let (access, None) = (&accesses.next()?.1, accesses.next()) else {
        return None;
    };
    let (theirs, own) = (access.as_indices()?, producer.target.as_indices()?);
    let same_space = list[reader].indices().len() == own.len();
    same_space.then(|| (reader, own.into_iter().zip(theirs).collect()))
}

fn inline(
    graph: &mut Graph,
    value: Id,
    target: ArrayId,
    produced: Id,
    rename: &HashMap<Index, Index>,
) -> Id {
    let renamed = graph.rename(produced, &|index| rename.get(&index).copied().unwrap_or(index));
    graph.rebuild_elements(value, |_, access| (access.array == target).then_some(renamed))
}

/// Contributions to the same elements as one statement: da = u, then da += v, becomes da = u + v.
pub fn merge_contributions(program: &mut Program, list: &[Statement]) -> Vec<Statement> {
    let mut list = list.to_vec();
    let mut first = 0;
    while first < list.len() {
        match later_contribution(program, &list, first) {
            Some((later, rename)) => {
                let rename = |index| rename.get(&index).copied().unwrap_or(index);
                let value = program.graph.rename(list[first].value, &rename);
                let sum = Node::Binary(Binary::Add, value, list[later].value);
                list[later].value = program.graph.add(sum);
                list[later].accumulate = list[first].accumulate;
                list.remove(first);
            }
            None => first += 1,
        }
    }
    list
}

/// The next statement that adds to what `first` makes, unless something reads it before.
fn later_contribution(
    program: &Program,
    list: &[Statement],
    first: usize,
) -> Option<(usize, HashMap<Index, Index>)> {
    let target = list[first].target.array;
    let own = list[first].target.as_indices()?;
    let later = (first + 1..list.len()).find(|&at| {
        list[at].target.array == target || program.graph.reads(list[at].value, target)
    })?;
    let other = &list[later];
    let both_maps = list[first].reduction.is_none() && other.reduction.is_none();
    let adds = other.target.array == target && other.accumulate;
    let theirs = other.target.as_indices()?;
    (both_maps && adds).then(|| (later, own.into_iter().zip(theirs).collect()))
}

/// The forward program of a loss without arrays between its statements: each map over the outputs
/// is written into every statement that reads it, so that a sample needs no memory.
pub fn write_out_maps(program: &mut Program) -> Vec<Statement> {
    let mut list = program.forward.clone();
    let is_array = |statement: &Statement| !statement.target.at.is_empty();
    while let Some(position) = list.iter().position(is_array) {
        let map = list.remove(position);
        let own = map.target.as_indices().unwrap_or_default();
        for statement in &mut list {
            let graph = &mut program.graph;
            statement.value = graph.rebuild_elements(statement.value, |graph, access| {
                let theirs = access.as_indices().filter(|_| access.array == map.target.array)?;
                let renamed: HashMap<Index, Index> = own.iter().copied().zip(theirs).collect();
                let rename = |index| renamed.get(&index).copied().unwrap_or(index);
                Some(graph.rename(map.value, &rename))
            });
        }
    }
    list
}
