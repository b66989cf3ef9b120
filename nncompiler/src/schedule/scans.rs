//! Scans → as little as possible inside them. What does not wait for the step before runs before or after
//! the scan, over all steps at once; what remains may keep its arrays from one step to the next only
//! where somebody reads them later.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use crate::ir::cost::LEAST_PRODUCT_IN_SCAN;
use crate::ir::expression::Node;
use crate::ir::function::{Array, Function, Program, Role, Scan, Statement, writers};
use crate::ir::index::{Access, Affine, ArrayId, Index};
use crate::ir::reduction::Reduction;

/// Makes every scan of a function as short as it can be.
pub fn shorten(program: &mut Program, function: &mut Function) {
    assign_once(program, function);
    forward_copies(program, function);
    hoist(program, function);
    assign_sums(program, function);
    drop_time_axes(program, function);
    split_products(program, function);
}

/// Where neighbouring statements of the same scan stand.
fn scans(body: &[Statement]) -> Vec<(Scan, Range<usize>)> {
    let mut scans = Vec::new();
    let mut start = 0;
    for group in body.chunk_by(|one, next| one.scan == next.scan) {
        let range = start..start + group.len();
        start = range.end;
        scans.extend(group[0].scan.map(|scan| (scan, range)));
    }
    scans
}

/// The axis of an access that is the scan's index plus a number: which one, and the number.
fn time_axis(access: &Access, time: Index) -> Option<(usize, i64)> {
    let is_time = |axis: &Affine| axis.terms == [(time, 1)];
    let at = access.at.iter().position(is_time)?;
    let elsewhere = access
        .at
        .iter()
        .enumerate()
        .any(|(other, axis)| other != at && axis.indices().any(|index| index == time));
    (!elsewhere).then(|| (at, access.at[at].constant))
}

fn reads(program: &Program, statement: &Statement) -> Vec<Access> {
    program.graph.elements(statement.value).into_iter().map(|(_, access)| access).collect()
}

/// da = 0 before the scan and da[t] += u in it becomes da[t] = u, where nothing reads an element before
/// it is written.
fn assign_once(program: &Program, function: &mut Function) {
    for (scan, range) in scans(&function.body) {
        for at in range.clone() {
            if is_only_contribution(program, function, scan, &range, at) {
                let target = function.body[at].target.array;
                function.body[at].accumulate = false;
                let fill = function.body.iter().position(|one| one.target.array == target);
                // A statement without scan, so that the ranges behind it move by one.
                function.body.remove(fill.unwrap_or(at));
                return assign_once(program, function);
            }
        }
    }
}

fn is_only_contribution(
    program: &Program,
    function: &Function,
    scan: Scan,
    range: &Range<usize>,
    at: usize,
) -> bool {
    let statement = &function.body[at];
    let target = statement.target.array;
    let writers: Vec<usize> = (0..function.body.len())
        .filter(|&other| function.body[other].target.array == target)
        .collect();
    let [fill, writer] = writers[..] else { return false };
    let is_zero = program.graph.as_constant(function.body[fill].value) == Some(0.0);
    let Some((axis, shift)) = time_axis(&statement.target, scan.index) else { return false };
    let size = program.array(target).axes[axis].per_sample();
    let is_whole = statement.target.as_indices().is_some()
        && shift == 0
        && size == program.extent(scan.index).per_sample();
    let is_written_first = |other: usize| {
        let here = reads(program, &function.body[other]);
        here.iter().filter(|access| access.array == target).all(|access| {
            let same_step = time_axis(access, scan.index) == Some((axis, 0));
            other >= range.end || (range.contains(&other) && other > at && same_step)
        })
    };
    writer == at
        && statement.accumulate
        && is_zero
        && function.body[fill].scan.is_none()
        && is_whole
        && (0..function.body.len()).all(is_written_first)
}

/// Reads the original where a step reads a copy.
fn forward_copies(program: &mut Program, function: &mut Function) {
    for (scan, range) in scans(&function.body) {
        for at in range.clone() {
            let Some((copy, original)) = copied(program, function, scan, &range, at) else {
                continue;
            };
            let Some(own) = copy.as_indices() else { continue };
            for statement in &mut function.body[at + 1..] {
                statement.value =
                    program.graph.rebuild_elements(statement.value, |graph, access| {
                        let theirs = access.at.iter().cloned();
                        let inner: HashMap<Index, Affine> =
                            own.iter().copied().zip(theirs).collect();
                        let access =
                            original.composed(&inner).filter(|_| access.array == copy.array)?;
                        Some(graph.element(access))
                    });
            }
        }
    }
    function.remove_dead(program);
}

/// A copy of elements that have their last value by then, which only later statements read: the copy
/// and the original.
fn copied(
    program: &Program,
    function: &Function,
    scan: Scan,
    range: &Range<usize>,
    at: usize,
) -> Option<(Access, Access)> {
    let statement = &function.body[at];
    let Node::Element(original) = program.graph.node(statement.value) else { return None };
    let copy = &statement.target;
    let is_plain = statement.reduction.is_none() && !statement.accumulate;
    let is_final = function.body[range.start..].iter().enumerate().all(|(other, one)| {
        one.target.array != original.array
            || (range.start + other < range.end
                && writes_before(scan, &one.target, original, range.start + other < at))
    });
    let is_late = function.body.iter().enumerate().all(|(other, one)| {
        let is_other = other == at || one.target.array != copy.array;
        is_other && (other > at || !program.graph.reads(one.value, copy.array))
    });
    (is_plain && is_final && is_late && !function.makes(copy.array))
        .then(|| (copy.clone(), original.clone()))
}

/// Moves out of each scan what no step waits for.
fn hoist(program: &Program, function: &mut Function) {
    let mut body = Vec::new();
    for group in function.body.chunk_by(|one, next| one.scan == next.scan) {
        match group[0].scan {
            None => body.extend(group.iter().cloned()),
            Some(scan) => body.extend(hoisted(program, scan, group.to_vec())),
        }
    }
    function.body = body;
}

/// da = 0, and da += Σ… outside of scans, becomes da = Σ….
fn assign_sums(program: &Program, function: &mut Function) {
    let writers = writers(&function.body);
    let is_fill = |one: &Statement, target: ArrayId| {
        one.target.array == target && program.graph.as_constant(one.value) == Some(0.0)
    };
    let mut filled = BTreeSet::new();
    for at in 0..function.body.len() {
        let target = function.body[at].target.array;
        let before = &function.body[..at];
        let is_read = before.iter().any(|one| program.graph.reads(one.value, target));
        let is_sum = function.body[at].accumulate && function.body[at].scan.is_none();
        let is_filled = before.iter().any(|one| is_fill(one, target));
        let is_whole = program.is_bijection(&function.body[at].target);
        if is_sum && is_filled && is_whole && !is_read && writers[&target] == 2 {
            function.body[at].accumulate = false;
            filled.insert(target);
        }
    }
    function
        .body
        .retain(|one| !filled.contains(&one.target.array) || !is_fill(one, one.target.array));
}

/// The statements of a scan: before it, in it, after it.
fn hoisted(program: &Program, scan: Scan, group: Vec<Statement>) -> Vec<Statement> {
    let mut inside = group;
    let mut before = Vec::new();
    let mut at = 0;
    while at < inside.len() {
        if runs_before(program, &inside, at) {
            before.push(outside(inside.remove(at), scan));
        } else {
            at += 1;
        }
    }
    let mut after = Vec::new();
    for at in (0..inside.len()).rev() {
        if runs_after(program, scan, &inside, at) {
            after.insert(0, outside(inside.remove(at), scan));
        }
    }
    [before, inside, after].concat()
}

/// Whether a statement of a scan reads nothing that the scan makes, and is its target's only writer.
fn runs_before(program: &Program, inside: &[Statement], at: usize) -> bool {
    let is_made = |array: ArrayId| inside.iter().any(|one| one.target.array == array);
    let target = inside[at].target.array;
    let writers = inside.iter().filter(|one| one.target.array == target).count();
    let is_complete = inside[at].target.indices().any(|index| Some(index) == time(&inside[at]));
    writers == 1
        && is_complete
        && !inside[at].accumulate
        && reads(program, &inside[at]).iter().all(|access| !is_made(access.array))
}

fn time(statement: &Statement) -> Option<Index> {
    statement.scan.map(|scan| scan.index)
}

/// Whether no step reads what a statement makes, and every element that it reads has its last value by
/// then.
fn runs_after(program: &Program, scan: Scan, inside: &[Statement], at: usize) -> bool {
    let statement = &inside[at];
    let target = statement.target.array;
    let is_read = inside.iter().any(|one| program.graph.reads(one.value, target));
    let is_over_time = statement.target.indices().any(|index| index == scan.index);
    // Maps stay: they are short, and what they read is still in a cache.
    let is_sum = match statement.reduction {
        Some((Reduction::Sum, _)) => true,
        Some((Reduction::Product | Reduction::Max | Reduction::Min, _)) => false,
        None => !is_over_time,
    };
    let is_final = |access: &Access| {
        inside
            .iter()
            .enumerate()
            .filter(|(_, one)| one.target.array == access.array)
            .all(|(writer, one)| writes_before(scan, &one.target, access, writer < at))
    };
    let is_complete = is_over_time || statement.accumulate;
    !is_read && is_sum && is_complete && reads(program, statement).iter().all(is_final)
}

/// Whether a scan writes an element no later than it reads it.
fn writes_before(scan: Scan, written: &Access, read: &Access, stands_first: bool) -> bool {
    let (Some((axis, write)), Some((other, read))) =
        (time_axis(written, scan.index), time_axis(read, scan.index))
    else {
        return false;
    };
    let steps_ahead = if scan.is_reverse { read - write } else { write - read };
    axis == other && (steps_ahead > 0 || (steps_ahead == 0 && stands_first))
}

/// A statement of a scan over all of its steps at once.
fn outside(mut statement: Statement, scan: Scan) -> Statement {
    statement.scan = None;
    if !statement.target.indices().any(|index| index == scan.index) {
        let bound = statement.reduction.map_or(Vec::new(), |(_, bound)| bound);
        statement.reduction = Some((Reduction::Sum, [bound, vec![scan.index]].concat()));
    }
    statement
}

/// A sum of products in a scan goes to an array of its own without the time axis, in which it is a
/// matrix product, and from there to its target.
fn split_products(program: &mut Program, function: &mut Function) {
    let mut body = Vec::new();
    for statement in std::mem::take(&mut function.body) {
        if !is_product(program, &statement) || statement.free().len() == statement.target.at.len() {
            body.push(statement);
            continue;
        }
        let free = statement.free();
        let axes = free.iter().map(|&index| program.extent(index)).collect();
        let name = format!("step_of_{}", program.array(statement.target.array).name);
        let array = program.add_array(Array::new(name, axes, Role::Computed));
        let at = free.into_iter().map(Affine::from).collect();
        let step = Access { array, at };
        let value = program.graph.element(step.clone());
        let product = Statement { target: step, accumulate: false, ..statement.clone() };
        body.extend([product, Statement { reduction: None, value, ..statement }]);
    }
    function.body = body;
}

/// Whether a statement of a scan is a sum of products that is worth a matrix product.
fn is_product(program: &Program, statement: &Statement) -> bool {
    let size = |indices: &[Index]| -> usize {
        indices.iter().map(|&index| program.extent(index).per_sample()).product()
    };
    statement.scan.is_some()
        && statement.target.at.iter().all(|axis| axis.terms.len() == 1)
        && program.factors(statement).is_some()
        && size(&statement.free()) * size(statement.bound()) >= LEAST_PRODUCT_IN_SCAN
}

/// Arrays that each step makes and reads by itself lose their time axis: the next step writes where the
/// one before has written.
fn drop_time_axes(program: &mut Program, function: &mut Function) {
    for (scan, range) in scans(&function.body) {
        let targets: BTreeSet<ArrayId> =
            function.body[range.clone()].iter().map(|one| one.target.array).collect();
        for array in targets {
            let Some(axis) = axis_of_one_step(program, function, scan, &range, array) else {
                continue;
            };
            let mut local = program.array(array).clone();
            local.axes.remove(axis);
            let local = program.add_array(local);
            for statement in &mut function.body[range.clone()] {
                drop_axis(program, statement, array, axis, local);
            }
        }
    }
}

/// The time axis of an array that no step reads but the one that has made it before.
fn axis_of_one_step(
    program: &Program,
    function: &Function,
    scan: Scan,
    range: &Range<usize>,
    array: ArrayId,
) -> Option<usize> {
    if function.makes(array) || function.inputs.iter().any(|port| port.array == array) {
        return None;
    }
    let mut axis = None;
    let mut is_made = false;
    for (at, statement) in function.body.iter().enumerate() {
        let writes = statement.target.array == array;
        let read = reads(program, statement).into_iter().filter(|access| access.array == array);
        let read: Vec<Access> = read.collect();
        if !writes && read.is_empty() {
            continue;
        }
        let is_early = !read.is_empty() && !is_made;
        if !range.contains(&at) || is_early || (writes && (is_made || statement.accumulate)) {
            return None;
        }
        for access in read.iter().chain(writes.then_some(&statement.target)) {
            let (found, shift) = time_axis(access, scan.index)?;
            if shift != 0 || axis.is_some_and(|known| known != found) {
                return None;
            }
            axis = Some(found);
        }
        is_made |= writes;
    }
    axis
}

/// Puts an array that lacks an axis in the place of one that has it.
fn drop_axis(
    program: &mut Program,
    statement: &mut Statement,
    array: ArrayId,
    axis: usize,
    local: ArrayId,
) {
    let without = |access: &Access| {
        let mut at = access.at.clone();
        at.remove(axis);
        Access { array: local, at }
    };
    if statement.target.array == array {
        statement.target = without(&statement.target);
    }
    statement.value = program.graph.rebuild_elements(statement.value, |graph, access| {
        (access.array == array).then(|| graph.element(without(access)))
    });
}
