//! What stands in many small statements, in few of them: for people, who do not mind what is computed twice.

use std::collections::HashMap;

use crate::ir::expression::{Graph, Id, Node};
use crate::ir::function::{Function, Program, Statement, writers};
use crate::ir::index::{Access, ArrayId};

/// Operands and operations of a map that reads as well in place of its name.
const SHORTEST_MAP: usize = 4;

/// Removes every statement that gives an array one number throughout, and writes the number where it is read.
pub fn propagate_constants(program: &mut Program, function: &mut Function) {
    let writers = writers(&function.body);
    let constants = function.body.iter().filter_map(|statement| {
        let target = statement.target.array;
        let is_one = statement.is_map() && writers[&target] == 1 && !function.makes(target);
        let is_constant = program.graph.as_constant(statement.value).is_some();
        (is_one && is_constant).then_some((target, statement.value))
    });
    let constants: HashMap<ArrayId, Id> = constants.collect();
    function.body.retain(|statement| !constants.contains_key(&statement.target.array));
    for statement in &mut function.body {
        let replace = |_: &mut Graph, access: &Access| constants.get(&access.array).copied();
        statement.value = program.graph.rebuild_elements(statement.value, replace);
    }
}

/// Writes each short map into the one element that reads it.
pub fn inline_short_maps(program: &mut Program, function: &mut Function) {
    let mut at = 0;
    while at < function.body.len() {
        match reader_of_short_map(program, function, at) {
            Some((reader, value)) => {
                function.body[reader].value = value;
                function.body.remove(at);
            }
            None => at += 1,
        }
    }
}

/// The statement that reads a short map, in one element, and its value with the map in place of that.
fn reader_of_short_map(
    program: &mut Program,
    function: &Function,
    at: usize,
) -> Option<(usize, Id)> {
    let map = &function.body[at];
    let array = map.target.array;
    let is_short = program.graph.reachable(map.value).len() <= SHORTEST_MAP;
    let is_only = function.writes_of(array).count() == 1 && !function.makes(array);
    if !(map.is_map() && is_short && is_only) {
        return None;
    }
    let mut reads = Vec::new();
    for (reader, statement) in function.body.iter().enumerate() {
        let elements = program.graph.elements(statement.value).into_iter();
        let elements = elements.filter(|(_, access)| access.array == array);
        reads.extend(elements.map(|(_, access)| (reader, access)));
    }
    let [(reader, access)] = &reads[..] else { return None };
    let own = map.target.as_indices()?;
    let inner = own.into_iter().zip(access.at.iter().cloned()).collect();
    let graph = &mut program.graph;
    let produced = graph.compose(map.value, &inner)?;
    let replace = |_: &mut Graph, access: &Access| (access.array == array).then_some(produced);
    Some((*reader, graph.rebuild_elements(function.body[*reader].value, replace)))
}

/// A result that copies an array that nothing else reads is made as that is.
pub fn take_over_copies(program: &Program, function: &mut Function) {
    while let Some((copy, maker)) = copied_result(program, function) {
        function.body[copy].value = function.body[maker].value;
        function.body.remove(maker);
    }
}

/// The statement that copies into a result, and the only one that makes what it copies.
fn copied_result(program: &Program, function: &Function) -> Option<(usize, usize)> {
    let body = &function.body;
    let is_only = |array: ArrayId| {
        let reads = |one: &&Statement| program.graph.reads(one.value, array);
        function.writes_of(array).count() == 1 && body.iter().filter(reads).count() == 1
    };
    body.iter().enumerate().find_map(|(copy, statement)| {
        let Node::Element(source) = program.graph.node(statement.value) else { return None };
        let maker = body.iter().position(|one| one.target == *source)?;
        let are_maps = statement.is_map() && body[maker].is_map();
        let is_same = are_maps && statement.target.at == source.at && is_only(source.array);
        (is_same && function.makes(statement.target.array)).then_some((copy, maker))
    })
}
