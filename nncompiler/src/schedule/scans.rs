//! Scans → as little as possible inside them. What does not wait for the step before runs before or after
//! the scan, over all steps at once; what remains may keep its arrays from one step to the next only
//! where somebody reads them later.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use crate::ir::cost::LEAST_PRODUCT_IN_SCAN;
use crate::ir::expression::Node;
use crate::ir::function::{Function, Program, Scan, Statement, writers};
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

/// Where neighbouring statements of the same scans stand, up to a depth: those of scans inside are among
/// them.
fn groups(body: &[Statement], depth: usize) -> Vec<Range<usize>> {
    let mut groups = Vec::new();
    let mut start = 0;
    for group in body.chunk_by(|one, next| around(one, depth) == around(next, depth)) {
        let range = start..start + group.len();
        start = range.end;
        groups.extend(around(&group[0], depth).map(|_| range));
    }
    groups
}

/// The outermost scans around a statement, so many of them; nothing if there are fewer.
fn around(statement: &Statement, depth: usize) -> Option<&[Scan]> {
    statement.scans.get(..depth)
}

/// How many scans stand in each other at most.
fn greatest_depth(body: &[Statement]) -> usize {
    body.iter().map(|one| one.scans.len()).max().unwrap_or(0)
}

/// The axis of an access that is the scan's index plus a number: which one, and the number.
fn time_axis(access: &Access, time: Index) -> Option<(usize, i64)> {
    let is_time = |axis: &Affine| axis.terms == [(time, 1)] && !axis.gathers();
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
    let uses = Uses::new(program, &function.body);
    let mut fills = BTreeSet::new();
    for range in groups(&function.body, 1) {
        for at in range.clone() {
            if let Some(fill) = uses.fill_before(program, &function.body, &range, at) {
                function.body[at].accumulate = false;
                fills.insert(fill);
            }
        }
    }
    let mut at = 0..function.body.len();
    function.body.retain(|_| at.next().is_some_and(|at| !fills.contains(&at)));
}

/// Where each array is written, and where it is read.
struct Uses {
    writers: HashMap<ArrayId, Vec<usize>>,
    readers: HashMap<ArrayId, Vec<(usize, Access)>>,
}

impl Uses {
    fn new(program: &Program, body: &[Statement]) -> Self {
        let (mut writers, mut readers) = (HashMap::new(), HashMap::new());
        for (at, statement) in body.iter().enumerate() {
            let own: &mut Vec<usize> = writers.entry(statement.target.array).or_default();
            own.push(at);
            for access in reads(program, statement) {
                let own: &mut Vec<(usize, Access)> = readers.entry(access.array).or_default();
                own.push((at, access));
            }
        }
        Self { writers, readers }
    }

    fn writers(&self, array: ArrayId) -> impl Iterator<Item = usize> {
        self.writers.get(&array).into_iter().flatten().copied()
    }

    fn readers(&self, array: ArrayId) -> impl Iterator<Item = (usize, &Access)> {
        self.readers.get(&array).into_iter().flatten().map(|(at, access)| (*at, access))
    }

    /// The statements that read an array, each once, which are forgotten.
    fn take_readers(&mut self, array: ArrayId) -> BTreeSet<usize> {
        let readers = self.readers.remove(&array).unwrap_or_default();
        readers.into_iter().map(|(at, _)| at).collect()
    }

    /// What a statement that has changed reads of an array.
    fn add_reads(&mut self, program: &Program, at: usize, statement: &Statement, array: ArrayId) {
        let own = self.readers.entry(array).or_default();
        own.retain(|(other, _)| *other != at);
        let read = reads(program, statement).into_iter().filter(|access| access.array == array);
        own.extend(read.map(|access| (at, access)));
    }

    /// The statement that fills an array with zeros, if this one in a scan makes all else of it.
    fn fill_before(
        &self,
        program: &Program,
        body: &[Statement],
        range: &Range<usize>,
        at: usize,
    ) -> Option<usize> {
        let statement = &body[at];
        let target = statement.target.array;
        let [fill, writer] = self.writers[&target][..] else { return None };
        let is_zero = program.graph.as_constant(body[fill].value) == Some(0.0);
        let is_over_all_steps = statement.scans.iter().all(|scan| {
            let extent = program.extent(scan.index);
            time_axis(&statement.target, scan.index).is_some_and(|(axis, shift)| {
                shift == 0 && program.array(target).axes[axis] == extent
            })
        });
        let is_whole = statement.target.as_indices().is_some() && is_over_all_steps;
        let is_same_step = |access: &Access| {
            let mut scans = statement.scans.iter().map(|scan| scan.index);
            scans.all(|time| time_axis(access, time) == time_axis(&statement.target, time))
        };
        let is_written_first = |(other, access): &(usize, Access)| {
            let is_later = range.contains(other) && *other > at;
            let scans = around(&body[*other], statement.scans.len());
            let is_here = scans == Some(&statement.scans[..]);
            *other >= range.end || (is_later && is_here && is_same_step(access))
        };
        let is_only_contribution = writer == at
            && statement.accumulate
            && is_zero
            && body[fill].scans.is_empty()
            && is_whole
            && self.readers.get(&target).into_iter().flatten().all(is_written_first);
        is_only_contribution.then_some(fill)
    }
}

/// Reads the original where a step reads a copy.
fn forward_copies(program: &mut Program, function: &mut Function) {
    let mut uses = Uses::new(program, &function.body);
    for range in groups(&function.body, 1) {
        for at in range.clone() {
            let Some((copy, original)) = copied(program, function, &uses, &range, at) else {
                continue;
            };
            let Some(own) = copy.as_indices() else { continue };
            for reader in uses.take_readers(copy.array) {
                let statement = &mut function.body[reader];
                statement.value =
                    program.graph.rebuild_elements(statement.value, |graph, access| {
                        let theirs = access.at.iter().cloned();
                        let inner: HashMap<Index, Affine> =
                            own.iter().copied().zip(theirs).collect();
                        let access =
                            original.composed(&inner).filter(|_| access.array == copy.array)?;
                        Some(graph.element(access))
                    });
                uses.add_reads(program, reader, &function.body[reader], original.array);
                uses.add_reads(program, reader, &function.body[reader], copy.array);
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
    uses: &Uses,
    range: &Range<usize>,
    at: usize,
) -> Option<(Access, Access)> {
    let statement = &function.body[at];
    let Node::Element(original) = program.graph.node(statement.value) else { return None };
    let copy = &statement.target;
    let is_plain = statement.reduction.is_none() && !statement.accumulate;
    let mut writers = uses.writers(original.array).filter(|other| *other >= range.start);
    let is_final = writers.all(|other| {
        let one = &function.body[other];
        other < range.end && writes_before(one, statement, original, other < at)
    });
    let is_late = uses.writers(copy.array).all(|other| other == at)
        && uses.readers(copy.array).all(|(other, _)| other > at);
    (is_plain && is_final && is_late && !function.makes(copy.array))
        .then(|| (copy.clone(), original.clone()))
}

/// Moves out of each scan what no step waits for.
fn hoist(program: &Program, function: &mut Function) {
    for depth in (1..=greatest_depth(&function.body)).rev() {
        let mut body = Vec::new();
        for group in function.body.chunk_by(|one, next| around(one, depth) == around(next, depth)) {
            match around(&group[0], depth) {
                None => body.extend(group.iter().cloned()),
                Some(_) => body.extend(hoisted(program, &function.body, depth, group.to_vec())),
            }
        }
        function.body = body;
    }
}

/// da = 0, and da += Σ… outside of scans, becomes da = Σ….
fn assign_sums(program: &Program, function: &mut Function) {
    let writers = writers(&function.body);
    let is_fill = |one: &Statement, target: ArrayId| {
        one.target.array == target && program.graph.as_constant(one.value) == Some(0.0)
    };
    let (mut read, mut zeros, mut filled) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for statement in &mut function.body {
        let target = statement.target.array;
        let is_sum = statement.accumulate && statement.scans.is_empty();
        if is_sum
            && zeros.contains(&target)
            && !read.contains(&target)
            && writers[&target] == 2
            && program.is_bijection(&statement.target)
        {
            statement.accumulate = false;
            filled.insert(target);
        }
        if is_fill(statement, target) {
            zeros.insert(target);
        }
        read.extend(reads(program, statement).into_iter().map(|access| access.array));
    }
    function
        .body
        .retain(|one| !filled.contains(&one.target.array) || !is_fill(one, one.target.array));
}

/// The statements of the innermost of so many scans: before it, in it, after it.
fn hoisted(
    program: &Program,
    body: &[Statement],
    depth: usize,
    group: Vec<Statement>,
) -> Vec<Statement> {
    let mut inside = group;
    let mut before = Vec::new();
    let mut at = 0;
    while at < inside.len() {
        let is_free = !waits_as_product(program, body, &inside[at]);
        if inside[at].scans.len() == depth && is_free && runs_before(program, &inside, at) {
            before.push(outside(inside.remove(at)));
        } else {
            at += 1;
        }
    }
    let mut after = Vec::new();
    for at in (0..inside.len()).rev() {
        if inside[at].scans.len() == depth && runs_after(program, &inside, at) {
            after.insert(0, outside(inside.remove(at)));
        }
    }
    [before, inside, after].concat()
}

/// Whether a statement of a scan in a scan is a product that waits for what the outermost one makes: over all
/// steps of the inner one its rows would not lie evenly in memory.
fn waits_as_product(program: &Program, body: &[Statement], statement: &Statement) -> bool {
    let outermost = statement.scans.first();
    let is_made = |access: &Access| {
        let mut inside = body.iter().filter(|one| one.scans.first() == outermost);
        inside.any(|one| one.target.array == access.array)
    };
    statement.scans.len() > 1
        && is_product(program, statement)
        && reads(program, statement).iter().any(is_made)
}

/// Whether a statement of a scan reads nothing that the scan makes while the scans around it stand
/// still, and is its target's only writer.
fn runs_before(program: &Program, inside: &[Statement], at: usize) -> bool {
    let statement = &inside[at];
    let Some((scan, outer)) = statement.scans.split_last() else { return false };
    let is_made = |access: &Access| {
        let mut writers = inside.iter().filter(|one| one.target.array == access.array);
        writers.any(|one| {
            outer.iter().all(|&scan| ahead(scan, &one.target, access).is_none_or(|by| by == 0))
        })
    };
    let target = statement.target.array;
    let writers = inside.iter().filter(|one| one.target.array == target).count();
    let is_complete = statement.target.indices().any(|index| index == scan.index);
    writers == 1
        && is_complete
        && !statement.accumulate
        && !reads(program, statement).iter().any(is_made)
}

/// Whether no step reads what a statement makes, and every element that it reads has its last value by
/// then.
fn runs_after(program: &Program, inside: &[Statement], at: usize) -> bool {
    let statement = &inside[at];
    let Some(scan) = statement.scans.last() else { return false };
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
            .all(|(writer, one)| writes_before(one, statement, access, writer < at))
    };
    let is_complete = is_over_time || statement.accumulate;
    !is_read && is_sum && is_complete && reads(program, statement).iter().all(is_final)
}

/// Whether a statement writes an element no later than another one reads it.
fn writes_before(
    writer: &Statement,
    reader: &Statement,
    read: &Access,
    stands_first: bool,
) -> bool {
    let both = writer.scans.iter().zip(&reader.scans);
    for (&scan, _) in both.take_while(|(one, other)| one == other) {
        match ahead(scan, &writer.target, read) {
            None => return false,
            Some(0) => {}
            Some(steps) => return steps > 0,
        }
    }
    stands_first
}

/// How many steps of a scan lie between writing an element and reading it; nothing if that differs.
fn ahead(scan: Scan, written: &Access, read: &Access) -> Option<i64> {
    let (axis, write) = time_axis(written, scan.index)?;
    let (other, read) = time_axis(read, scan.index)?;
    let steps = if scan.is_reverse { read - write } else { write - read };
    (axis == other).then_some(steps)
}

/// A statement of a scan over all of its steps at once.
fn outside(mut statement: Statement) -> Statement {
    let Some(scan) = statement.scans.pop() else { return statement };
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
        body.extend(program.by_way_of(&statement, "step_of", &statement.free()));
    }
    function.body = body;
}

/// Whether a statement of a scan is a sum of products that is worth a matrix product.
fn is_product(program: &Program, statement: &Statement) -> bool {
    let size = |indices: &[Index]| -> usize {
        indices.iter().map(|&index| program.extent(index).per_sample()).product()
    };
    !statement.scans.is_empty()
        && statement.target.at.iter().all(|axis| axis.terms.len() == 1)
        && program.factors(statement).is_some()
        && size(&statement.free()) * size(statement.bound()) >= LEAST_PRODUCT_IN_SCAN
}

/// Arrays that each step makes and reads by itself lose their time axis: the next step writes where the
/// one before has written.
fn drop_time_axes(program: &mut Program, function: &mut Function) {
    for depth in 1..=greatest_depth(&function.body) {
        let uses = Uses::new(program, &function.body);
        for range in groups(&function.body, depth) {
            drop_time_axes_of(program, function, &uses, depth, &range);
        }
    }
}

/// The same for the innermost of so many scans.
fn drop_time_axes_of(
    program: &mut Program,
    function: &mut Function,
    uses: &Uses,
    depth: usize,
    range: &Range<usize>,
) {
    let scan = function.body[range.start].scans[depth - 1];
    let targets: BTreeSet<ArrayId> =
        function.body[range.clone()].iter().map(|one| one.target.array).collect();
    for array in targets {
        let Some(axis) = axis_of_one_step(function, uses, scan, range, array) else {
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

/// The time axis of an array that no step reads but the one that has made it before.
fn axis_of_one_step(
    function: &Function,
    uses: &Uses,
    scan: Scan,
    range: &Range<usize>,
    array: ArrayId,
) -> Option<usize> {
    if function.makes(array) || function.inputs.iter().any(|port| port.array == array) {
        return None;
    }
    // One step has made it before any reads it, and none adds to it.
    let writers: Vec<usize> = uses.writers(array).collect();
    let [writer] = writers[..] else { return None };
    let target = &function.body[writer].target;
    let are_inside = range.contains(&writer)
        && uses.readers(array).all(|(at, _)| range.contains(&at) && at > writer);
    if !are_inside || function.body[writer].accumulate {
        return None;
    }
    let mut axis = None;
    for access in uses.readers(array).map(|(_, access)| access).chain([target]) {
        let (found, shift) = time_axis(access, scan.index)?;
        if shift != 0 || axis.is_some_and(|known| known != found) {
            return None;
        }
        axis = Some(found);
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
