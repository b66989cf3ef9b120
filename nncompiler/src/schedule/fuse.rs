//! Fewer passes over memory: copies vanish, and a map that one statement reads becomes part of it.

use std::collections::{BTreeSet, HashMap};

use crate::ir::cost::LARGEST_MAP;
use crate::ir::expression::{Binary, Graph, Id, Node};
use crate::ir::function::{Function, Program, Statement, writers};
use crate::ir::index::{Access, Affine, ArrayId, Index};

/// Removes every statement that copies an array as it is, and reads the original instead.
pub fn propagate_copies(program: &mut Program, function: &mut Function) {
    let writers = writers(&function.body);
    let mut originals: HashMap<ArrayId, ArrayId> = HashMap::new();
    for statement in &function.body {
        if let Some((copy, source)) = copy(program, function, statement)
            && writers[&copy] == 1
        {
            // A source stands before its copies, so its own original is known.
            let original = originals.get(&source).copied().unwrap_or(source);
            originals.insert(copy, original);
        }
    }
    function.body.retain(|statement| !originals.contains_key(&statement.target.array));
    function.read_instead(program, &originals);
}

/// The target and the source of a copy that may vanish.
fn copy(
    program: &Program,
    function: &Function,
    statement: &Statement,
) -> Option<(ArrayId, ArrayId)> {
    let target = statement.target.array;
    let Node::Element(source) = program.graph.node(statement.value) else { return None };
    let vanishes = statement.is_map()
        && !function.makes(target)
        && statement.target.as_indices() == source.as_indices();
    vanishes.then_some((target, source.array))
}

/// The statements with each map that only one of them reads, no element twice, written into it: one
/// element by one, or windows that do not overlap, as those of a pool.
/// The function's outputs stay, and arrays that several statements fill.
pub fn inline_maps(program: &mut Program, function: &mut Function) {
    let writers = writers(&function.body);
    let mut list: Vec<Option<Statement>> = function.body.iter().cloned().map(Some).collect();
    let mut readers = Readers::new(program, &list);
    for position in 0..list.len() {
        let Some(producer) = list[position].clone() else { continue };
        let target = producer.target.array;
        let is_large = program.graph.reachable(producer.value).len() > LARGEST_MAP;
        if function.makes(target) || writers[&target] > 1 || is_large {
            continue;
        }
        let Some(reader) = readers.only(target) else { continue };
        let Some(statement) = &mut list[reader] else { continue };
        let Some(inner) = joins(program, &producer, statement) else { continue };
        let graph = &mut program.graph;
        let joined = inline(graph, statement.value, target, producer.value, &inner);
        let Some(value) = joined else { continue };
        statement.value = value;
        list[position] = None;
        readers.replace(program, &producer, position, reader);
    }
    function.body = list.into_iter().flatten().collect();
}

/// Which statements of a list read each array.
struct Readers(HashMap<ArrayId, BTreeSet<usize>>);

impl Readers {
    fn new(program: &Program, list: &[Option<Statement>]) -> Self {
        let mut readers = Self(HashMap::new());
        for (position, statement) in list.iter().enumerate() {
            for (_, access) in statement.iter().flat_map(|one| program.graph.elements(one.value)) {
                readers.0.entry(access.array).or_default().insert(position);
            }
        }
        readers
    }

    /// The one statement that reads an array.
    fn only(&self, array: ArrayId) -> Option<usize> {
        let mut readers = self.0.get(&array)?.iter();
        readers.next().copied().filter(|_| readers.next().is_none())
    }

    /// `to` now reads what the statement at `from` read.
    fn replace(&mut self, program: &Program, statement: &Statement, from: usize, to: usize) {
        for (_, access) in program.graph.elements(statement.value) {
            let readers = self.0.entry(access.array).or_default();
            readers.remove(&from);
            readers.insert(to);
        }
    }
}

/// If a map may be written into its reader: its own indices as sums of the reader's.
fn joins(
    program: &Program,
    producer: &Statement,
    reader: &Statement,
) -> Option<HashMap<Index, Affine>> {
    let target = producer.target.array;
    if !producer.is_map() {
        return None;
    }
    let elements = program.graph.elements(reader.value);
    let mut accesses = elements.into_iter().filter(|(_, access)| access.array == target);
    let ((_, access), None) = (accesses.next()?, accesses.next()) else { return None };
    let own = producer.target.as_indices()?;
    // Elementary functions take as long for a few numbers, as the rows of windows are, as for a
    // register of them; and a sum of products of elements becomes a product, or one with windows.
    let joins_windows =
        || !program.graph.calls_functions(producer.value) && program.factors(reader).is_none();
    let is_possible =
        program.reads_once(reader, &access) && (access.as_indices().is_some() || joins_windows());
    is_possible.then(|| own.into_iter().zip(access.at).collect())
}

/// A value with the elements of an array replaced by what a map makes them, its indices given.
fn inline(
    graph: &mut Graph,
    value: Id,
    target: ArrayId,
    produced: Id,
    inner: &HashMap<Index, Affine>,
) -> Option<Id> {
    let produced = graph.compose(produced, inner)?;
    let replace = |_: &mut Graph, access: &Access| (access.array == target).then_some(produced);
    Some(graph.rebuild_elements(value, replace))
}

/// Contributions to the same elements as one statement: da = u, then da += v, becomes da = u + v.
pub fn merge_contributions(program: &mut Program, function: &mut Function) {
    let writers = writers(&function.body);
    let mut list: Vec<Option<Statement>> = function.body.drain(..).map(Some).collect();
    let mut readers = Readers::new(program, &list);
    let places = places(&list);
    for first in 0..list.len() {
        let Some(statement) = list[first].clone() else { continue };
        let target = statement.target.array;
        if writers[&target] == 1 {
            continue;
        }
        let later = |places: Option<&BTreeSet<usize>>| {
            places.and_then(|places| places.range(first + 1..).next().copied())
        };
        let next = [later(places.get(&target)), later(readers.0.get(&target))];
        let Some(next) = next.into_iter().flatten().min() else { continue };
        let Some(other) = &mut list[next] else { continue };
        let Some(rename) = contribution(program, &statement, other) else { continue };
        let rename = |index| rename.get(&index).copied().unwrap_or(index);
        let value = program.graph.rename(statement.value, &rename);
        other.value = program.graph.add(Node::Binary(Binary::Add, value, other.value));
        other.accumulate = statement.accumulate;
        list[first] = None;
        readers.replace(program, &statement, first, next);
    }
    function.body = list.into_iter().flatten().collect();
}

/// Where each array is written.
fn places(list: &[Option<Statement>]) -> HashMap<ArrayId, BTreeSet<usize>> {
    let mut places: HashMap<ArrayId, BTreeSet<usize>> = HashMap::new();
    for (position, statement) in list.iter().enumerate() {
        if let Some(statement) = statement {
            places.entry(statement.target.array).or_default().insert(position);
        }
    }
    places
}

/// Whether a statement, the next one that writes or reads what `first` makes, adds to it: the indices of
/// `first` as those of the other.
fn contribution(
    program: &Program,
    first: &Statement,
    other: &Statement,
) -> Option<HashMap<Index, Index>> {
    let own = first.target.as_indices()?;
    let both_maps = first.reduction.is_none() && other.reduction.is_none();
    let is_same = other.target.array == first.target.array && other.scans == first.scans;
    let theirs = other.target.as_indices()?;
    // The step of a scan is one place in each of its statements, and not all of an axis.
    let is_step = |index: &Index| other.scans.iter().any(|scan| scan.index == *index);
    let as_far = |(own, theirs): (&Index, &Index)| {
        let runs = !is_step(own) && !is_step(theirs);
        own == theirs || (runs && program.extent(*own) == program.extent(*theirs))
    };
    let same_space = own.iter().zip(&theirs).all(as_far);
    (both_maps && is_same && other.accumulate && same_space)
        .then(|| own.into_iter().zip(theirs).collect())
}

/// A loss without arrays between its statements: each map over the outputs is written into every
/// statement that reads it, so that a sample needs no memory.
pub fn write_out_maps(program: &mut Program, function: &mut Function) {
    let list = &mut function.body;
    let is_array = |statement: &Statement| !statement.target.at.is_empty();
    while let Some(position) = list.iter().position(is_array) {
        let map = list.remove(position);
        let own = map.target.as_indices().unwrap_or_default();
        for statement in list.iter_mut() {
            let graph = &mut program.graph;
            statement.value = graph.rebuild_elements(statement.value, |graph, access| {
                let theirs = Some(&access.at).filter(|_| access.array == map.target.array)?;
                let inner = own.iter().copied().zip(theirs.iter().cloned()).collect();
                graph.compose(map.value, &inner)
            });
        }
    }
}
