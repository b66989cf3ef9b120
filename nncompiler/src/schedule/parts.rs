//! Arrays that are laid into zeros, each at places of its own, to be added up: they are written where they belong,
//! in one pass and without zeros.

use std::collections::HashMap;

use crate::ir::expression::{Binary, Graph, Id, Node};
use crate::ir::function::{BATCH, Function, Program, Statement};
use crate::ir::index::{Access, Affine, ArrayId, Index, distinct};

/// Writes the parts of each sum that is made of such arrays alone.
pub fn write_in_place(program: &mut Program, function: &mut Function) {
    let list = function.body.iter().enumerate();
    let sums: Vec<(usize, Vec<ArrayId>)> =
        list.filter_map(|(at, one)| Some((at, terms(&program.graph, one)?))).collect();
    if sums.is_empty() {
        return;
    }
    let mut joining = Joining::new(program, function);
    for (at, terms) in sums {
        joining.join(at, &terms);
    }
    let Joining { joined, left_out, .. } = joining;
    let list = std::mem::take(&mut function.body).into_iter().enumerate();
    let list = list.flat_map(|(at, statement)| match joined.get(&at) {
        Some(parts) if !left_out[at] => parts.clone(),
        None if !left_out[at] => vec![statement],
        _ => Vec::new(),
    });
    function.body = list.collect();
}

/// The arrays that a statement adds up, several ones, each of which it reads at its own places.
fn terms(graph: &Graph, statement: &Statement) -> Option<Vec<ArrayId>> {
    let is_sum = matches!(graph.node(statement.value), Node::Binary(Binary::Add, ..));
    let own = statement.target.as_indices().filter(|_| is_sum && statement.is_map())?;
    let (mut terms, mut pending) = (Vec::new(), vec![statement.value]);
    while let Some(id) = pending.pop() {
        match graph.node(id) {
            Node::Binary(Binary::Add, left, right) => pending.extend([*right, *left]),
            Node::Element(access) if access.as_indices().as_ref() == Some(&own) => {
                terms.push(access.array);
            }
            _ => return None,
        }
    }
    Some(terms)
}

struct Joining<'a> {
    program: &'a Program,
    function: &'a Function,
    /// The statements that write each array, and how many read it.
    writes: HashMap<ArrayId, Vec<usize>>,
    readers: HashMap<ArrayId, usize>,
    /// What stands in place of a sum.
    joined: HashMap<usize, Vec<Statement>>,
    left_out: Vec<bool>,
}

impl<'a> Joining<'a> {
    fn new(program: &'a Program, function: &'a Function) -> Self {
        let (mut writes, mut readers) = (HashMap::<_, Vec<usize>>::new(), HashMap::new());
        for (at, statement) in function.body.iter().enumerate() {
            writes.entry(statement.target.array).or_default().push(at);
            for (_, access) in program.graph.elements(statement.value) {
                *readers.entry(access.array).or_insert(0) += 1;
            }
        }
        let left_out = vec![false; function.body.len()];
        Self { program, function, writes, readers, joined: HashMap::new(), left_out }
    }

    /// Writes the terms of a sum in its place, if it can be.
    fn join(&mut self, at: usize, terms: &[ArrayId]) {
        let target = self.function.body[at].target.array;
        let parts: Option<Vec<[usize; 2]>> =
            terms.iter().map(|&term| self.part(term, target)).collect();
        let Some(parts) = parts.filter(|_| self.writes[&target].len() == 1) else { return };
        let writes: Vec<&Statement> =
            parts.iter().map(|[_, write]| &self.function.body[*write]).collect();
        let reached: usize = writes.iter().map(|one| self.reached(&one.target)).sum();
        let are_apart = writes.iter().enumerate().all(|(at, one)| {
            writes[..at].iter().all(|other| self.are_apart(&one.target, &other.target))
        });
        if !are_apart || reached != self.program.array(target).width() {
            return;
        }
        let statements = parts.iter().flat_map(|[_, write]| self.placed(*write, target));
        let statements = statements.collect();
        self.joined.insert(at, statements);
        for part in parts.into_iter().flatten() {
            self.left_out[part] = true;
        }
    }

    /// Where an array is filled with zeros, and where a part of it is written, if the sum alone reads it.
    fn part(&self, array: ArrayId, target: ArrayId) -> Option<[usize; 2]> {
        let [fill, write] = *self.writes.get(&array)?.as_slice() else { return None };
        let is_plain =
            |one: &Statement| !one.accumulate && one.scans.is_empty() && !one.target.gathers();
        let [first, second] = [fill, write].map(|at| &self.function.body[at]);
        let is_fill = self.program.graph.as_constant(first.value) == Some(0.0);
        let axes = |array| &self.program.array(array).axes;
        let fits = is_plain(first)
            && is_plain(second)
            && is_fill
            && first.target.as_indices().is_some()
            && second.target.is_injective()
            && axes(array) == axes(target)
            && self.readers.get(&array) == Some(&1)
            && !self.function.makes(array);
        fits.then_some([fill, write])
    }

    /// How many elements of a sample an injective target reaches.
    fn reached(&self, target: &Access) -> usize {
        let indices = distinct(target.indices());
        indices.into_iter().map(|index| self.program.extent(index).per_sample()).product()
    }

    /// Whether two targets reach no element both, as one of their axes shows.
    fn are_apart(&self, one: &Access, other: &Access) -> bool {
        let ranges = |target: &Access| -> Vec<[i64; 2]> {
            target.at.iter().map(|place| self.range(place)).collect()
        };
        let pairs = ranges(one).into_iter().zip(ranges(other));
        pairs.into_iter().any(|([low, high], [least, most])| high < least || most < low)
    }

    /// The least and the greatest place; of samples all are one.
    fn range(&self, place: &Affine) -> [i64; 2] {
        let start = [place.constant; 2];
        place.terms.iter().filter(|(index, _)| *index != BATCH).fold(start, |range, term| {
            let (index, factor) = *term;
            let last =
                i64::try_from(self.program.extent(index).per_sample()).unwrap_or(i64::MAX) - 1;
            let [low, high] = range;
            [low + (factor * last).min(0), high + (factor * last).max(0)]
        })
    }

    /// A statement that writes a part, as one of the whole: where it copies what has been joined, its parts.
    fn placed(&mut self, write: usize, target: ArrayId) -> Vec<Statement> {
        let statement = &self.function.body[write];
        let into = |at: Access| Access { array: target, ..at };
        if let Some((sum, inner)) = self.copies_joined(statement) {
            let parts = self.joined[&sum].iter().map(|part| {
                let places: HashMap<Index, Affine> =
                    inner.iter().copied().zip(part.target.at.iter().cloned()).collect();
                let composed = statement.target.composed(&places)?;
                Some(Statement { target: into(composed), ..part.clone() })
            });
            if let Some(parts) = parts.collect::<Option<Vec<Statement>>>() {
                self.left_out[sum] = true;
                return parts;
            }
        }
        vec![Statement { target: into(statement.target.clone()), ..statement.clone() }]
    }

    /// The sum that a statement copies as a whole and alone reads, and the indices of what it copies.
    fn copies_joined(&self, statement: &Statement) -> Option<(usize, Vec<Index>)> {
        let id: Id = statement.value;
        let Node::Element(access) = self.program.graph.node(id) else { return None };
        let [sum] = *self.writes.get(&access.array)?.as_slice() else { return None };
        let is_alone = self.readers.get(&access.array) == Some(&1);
        let is_joined = self.joined.contains_key(&sum) && statement.reduction.is_none();
        let indices = access.as_indices()?;
        (is_alone && is_joined && !self.function.makes(access.array)).then_some((sum, indices))
    }
}
