//! What every function has to be between two stages: ranks fit, accesses stay within their arrays, every
//! index has a loop, and what is read has been given or made.

use std::collections::BTreeSet;

use crate::ir::function::{Function, Program, Role, Statement};
use crate::ir::index::{Access, ArrayId, Extent, Index};

/// What is wrong with a function.
pub fn problems(program: &Program, function: &Function) -> Vec<String> {
    let mut problems = Vec::new();
    for statement in &function.body {
        let elements = program.graph.elements(statement.value).into_iter();
        let accesses = elements.map(|(_, access)| access).chain([statement.target.clone()]);
        let accesses = accesses.flat_map(|access| {
            let integers: Vec<Access> = access.integers().into_iter().cloned().collect();
            [integers, vec![access]].concat()
        });
        problems.extend(accesses.filter_map(|access| problem(program, statement, &access)));
    }
    problems.extend(unmade(program, function));
    problems
}

fn problem(program: &Program, statement: &Statement, access: &Access) -> Option<String> {
    let array = program.array(access.array);
    if access.at.len() != array.axes.len() {
        return Some(format!("{} is accessed with another rank", array.name));
    }
    if let Some(chosen) = access.integers().into_iter().find(|one| !are_integers(program, one)) {
        let name = &program.array(chosen.array).name;
        return Some(format!("{} is accessed at {name}, which holds no integers", array.name));
    }
    for (axis, &extent) in access.at.iter().zip(&array.axes) {
        let last = |index: Index| {
            i64::try_from(program.extent(index).per_sample()).unwrap_or(i64::MAX) - 1
        };
        let reach = |is_side: fn(i64) -> bool| -> i64 {
            let terms = axis.terms.iter().map(|&(index, factor)| (factor, last(index)));
            let gathered = axis.gathered.iter();
            let gathered = gathered.map(|(access, factor)| (*factor, greatest(program, access)));
            let both = terms.chain(gathered).filter(|(factor, _)| is_side(*factor));
            axis.constant + both.map(|(factor, last)| factor * last).sum::<i64>()
        };
        let size = i64::try_from(extent.per_sample()).unwrap_or(i64::MAX);
        let is_inside = reach(|factor| factor < 0) >= 0 && reach(|factor| factor > 0) < size;
        if matches!(extent, Extent::Fixed(_)) && !is_inside {
            return Some(format!("an access leaves an axis of {}", array.name));
        }
    }
    let mut indices = statement.indices();
    indices.extend(statement.scans.iter().map(|scan| scan.index));
    let is_open = access.indices().any(|index| !indices.contains(&index));
    is_open.then(|| format!("{} has an index without a loop", array.name))
}

/// The greatest integer that an access can give, if that is known.
fn greatest(program: &Program, access: &Access) -> i64 {
    match program.array(access.array).role {
        Role::Integers(Some(below)) => i64::try_from(below).unwrap_or(i64::MAX) - 1,
        _ => 0,
    }
}

fn are_integers(program: &Program, access: &Access) -> bool {
    matches!(program.array(access.array).role, Role::Integers(_))
}

/// Arrays that are read, or got by the caller, and neither given nor made before.
fn unmade(program: &Program, function: &Function) -> Vec<String> {
    let mut there: BTreeSet<ArrayId> = function.inputs.iter().map(|port| port.array).collect();
    let mut missing = Vec::new();
    for (at, statement) in function.body.iter().enumerate() {
        // In a scan, a statement may read what one below it has made a step before.
        let outermost = statement.scans.first();
        let same_scan = |one: &&Statement| outermost.is_some() && one.scans.first() == outermost;
        there.extend(function.body[at..].iter().take_while(same_scan).map(|one| one.target.array));
        for (_, access) in program.graph.elements(statement.value) {
            let is_computed = program.array(access.array).role == Role::Computed;
            if is_computed && !there.contains(&access.array) {
                missing.push(format!(
                    "{} is read before it is made",
                    program.array(access.array).name
                ));
            }
        }
        there.insert(statement.target.array);
    }
    let results = function.outputs.iter().filter(|port| !there.contains(&port.array));
    missing.extend(results.map(|port| format!("nothing makes {}", program.array(port.array).name)));
    missing
}
