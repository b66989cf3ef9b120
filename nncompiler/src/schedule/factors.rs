//! Sums of products → contractions of two arrays: what does not depend on the indices that are summed over
//! stands outside the sum, a factor that is computed becomes an array of its own, and equal sums are
//! computed once.

use std::collections::HashMap;

use super::kernels::{self, Product};
use crate::ir::cost::LEAST_REPEATED;
use crate::ir::expression::{Binary, Id, Node};
use crate::ir::function::{BATCH, Function, Program, Statement, writers};
use crate::ir::index::{Access, Affine, ArrayId, Extent, Index, distinct};
use crate::ir::reduction::Reduction;

/// Takes the sums of a function apart where that makes them products, or equal to others.
pub fn take_apart(program: &mut Program, function: &mut Function) {
    let mut body = Vec::new();
    for statement in std::mem::take(&mut function.body) {
        match contraction(program, &statement) {
            Some(parts) => body.extend(parts),
            None => body.push(statement),
        }
    }
    function.body = body;
    share_equal_sums(program, function);
}

/// The factors of a sum: those inside, which depend on what is summed over, and the others.
#[derive(Default)]
struct Factors {
    inside: Vec<Id>,
    outside: Vec<Id>,
    is_negative: bool,
}

impl Factors {
    fn of(program: &Program, statement: &Statement) -> Option<Self> {
        let is_sum = matches!(statement.reduction, Some((Reduction::Sum, _)));
        let mut factors = Self::default();
        factors.collect(program, statement, statement.value);
        (is_sum && !factors.inside.is_empty()).then_some(factors)
    }

    fn collect(&mut self, program: &Program, statement: &Statement, id: Id) {
        match *program.graph.node(id) {
            Node::Binary(Binary::Multiply, a, b) => {
                self.collect(program, statement, a);
                self.collect(program, statement, b);
            }
            Node::Negate(a) => {
                self.is_negative = !self.is_negative;
                self.collect(program, statement, a);
            }
            _ => {
                let support = support(program, id);
                let is_inside = statement.bound().iter().any(|index| support.contains(index));
                if is_inside { &mut self.inside } else { &mut self.outside }.push(id);
            }
        }
    }

    fn has_outside(&self) -> bool {
        self.is_negative || !self.outside.is_empty()
    }

    /// A sum's value with what stands outside of it.
    fn around(&self, program: &mut Program, sum: Id) -> Id {
        let value = self
            .outside
            .iter()
            .fold(sum, |value, &factor| program.graph.binary(Binary::Multiply, factor, value));
        if self.is_negative { program.graph.add(Node::Negate(value)) } else { value }
    }
}

/// The indices that a value depends on, in the order in which they occur.
fn support(program: &Program, id: Id) -> Vec<Index> {
    let graph = &program.graph;
    let accesses = graph.elements(id).into_iter().chain(graph.draws(id));
    let indices = accesses.flat_map(|(_, access)| access.indices().collect::<Vec<_>>());
    distinct(indices.chain(graph.positions(id)))
}

fn product(program: &mut Program, values: &[Id]) -> Option<Id> {
    let multiply = |left, &right| program.graph.binary(Binary::Multiply, left, right);
    let (&first, rest) = values.split_first()?;
    Some(rest.iter().fold(first, multiply))
}

/// A sum that is no product of two arrays, as one of arrays made for it.
fn contraction(program: &mut Program, statement: &Statement) -> Option<Vec<Statement>> {
    let factors = Factors::of(program, statement)?;
    let is_plain = !factors.has_outside() && program.factors(statement).is_some();
    if is_plain || !is_long(program, statement) || gathers(program, statement) {
        return None;
    }
    let groups = groups(program, statement, &factors.inside)?;
    let mut parts = Vec::new();
    let mut elements = Vec::new();
    for group in groups {
        let value = product(program, &group)?;
        elements.push(as_element(program, statement, value, &mut parts)?);
    }
    let value = product(program, &elements)?;
    let mut sum = Statement { value, ..statement.clone() };
    if factors.has_outside() {
        // In a scan, the sum is of this step alone.
        let free = statement.free();
        sum.target = program.array_over(name_of(program, statement, "sum"), &free);
        sum.accumulate = false;
    }
    kernels::product(program, &sum).filter(is_worth_it)?;
    let target = sum.target.clone();
    parts.push(sum);
    if factors.has_outside() {
        let element = program.graph.element(target);
        let value = factors.around(program, element);
        parts.push(Statement { reduction: None, value, ..statement.clone() });
    }
    Some(parts)
}

fn name_of(program: &Program, statement: &Statement, what: &str) -> String {
    format!("{what}_{}", program.array(statement.target.array).name)
}

/// A product pays if it is none of vectors.
fn is_worth_it(product: &Product) -> bool {
    !product.is_thin() && product.work() >= LEAST_REPEATED
}

fn is_long(program: &Program, statement: &Statement) -> bool {
    let sizes = statement.indices().into_iter().map(|index| program.extent(index).per_sample());
    sizes.product::<usize>() >= LEAST_REPEATED
}

fn gathers(program: &Program, statement: &Statement) -> bool {
    let elements = program.graph.elements(statement.value);
    statement.target.gathers() || elements.iter().any(|(_, access)| access.gathers())
}

/// Factors in two groups, each of which depends on indices that the other does not depend on.
fn groups(program: &Program, statement: &Statement, factors: &[Id]) -> Option<[Vec<Id>; 2]> {
    let free = statement.free();
    let own = |id: Id| -> Vec<Index> {
        let mut indices = support(program, id);
        indices.retain(|index| free.contains(index) && program.extent(*index) != Extent::Fixed(1));
        indices
    };
    let mut groups: Vec<(Vec<Index>, Vec<Id>)> = Vec::new();
    let mut factors: Vec<(Vec<Index>, Id)> = factors.iter().map(|&id| (own(id), id)).collect();
    factors.sort_by_key(|(indices, _)| std::cmp::Reverse(indices.len()));
    for (indices, id) in factors {
        let holds = |group: &&mut (Vec<Index>, Vec<Id>)| {
            indices.iter().all(|index| group.0.contains(index))
        };
        match groups.iter_mut().find(holds) {
            Some(group) => group.1.push(id),
            None => groups.push((indices, vec![id])),
        }
    }
    let groups: Vec<Vec<Id>> = groups.into_iter().map(|(_, ids)| ids).collect();
    groups.try_into().ok()
}

/// A value as an element: of an array that is made for it, if it is none.
fn as_element(
    program: &mut Program,
    statement: &Statement,
    value: Id,
    parts: &mut Vec<Statement>,
) -> Option<Id> {
    if matches!(program.graph.node(value), Node::Element(_)) {
        return Some(value);
    }
    let elements = program.graph.elements(value);
    let is_plain =
        |axis: &Affine| matches!(axis.terms.as_slice(), [] | [(_, 1)]) && !axis.gathers();
    let reads_windows = elements.iter().any(|(_, access)| !access.at.iter().all(is_plain));
    if reads_windows || !program.graph.draws(value).is_empty() {
        return None;
    }
    let is_step = |index: &Index| statement.scans.iter().any(|scan| scan.index == *index);
    let mut indices = support(program, value);
    indices.retain(|index| !is_step(index));
    indices.sort_by_key(|index| *index != BATCH);
    let target = program.array_over(name_of(program, statement, "factor"), &indices);
    let element = program.graph.element(target.clone());
    parts.push(statement.filling(target, value));
    Some(element)
}

/// What makes two sums the same: their terms with indices of the pass in place of their own, how far the free
/// ones run and how far the others, and of sums in a scan where that begins.
type Key = (Id, [Vec<Extent>; 2], Option<usize>);

/// A sum, taken apart.
struct Sum {
    key: Key,
    /// The target's indices on which the terms depend.
    free: Vec<Index>,
    factors: Factors,
}

/// A sum whose terms are those of another one is read from there, with what stands outside of it.
fn share_equal_sums(program: &mut Program, function: &mut Function) {
    let mut names = Names::default();
    let body = std::mem::take(&mut function.body);
    let targets = body.iter().map(|one| one.target.array).enumerate();
    let last_writers: HashMap<ArrayId, usize> = targets.map(|(at, array)| (array, at)).collect();
    let sums: Vec<Option<Sum>> =
        (0..body.len()).map(|at| sum(program, &body, at, &last_writers, &mut names)).collect();
    let mut counts: HashMap<Key, usize> = HashMap::new();
    for sum in sums.iter().flatten() {
        *counts.entry(sum.key.clone()).or_default() += 1;
    }
    let (writers, known, originals) = (writers(&body), HashMap::new(), HashMap::new());
    let mut sharing = Sharing { program, function, writers, known, originals };
    for (statement, sum) in body.into_iter().zip(sums) {
        match sum.filter(|sum| counts[&sum.key] > 1) {
            Some(sum) => sharing.add_sum(statement, sum),
            None => sharing.function.body.push(statement),
        }
    }
    sharing.read_originals();
}

/// A function whose statements are added one by one, equal sums once.
struct Sharing<'a> {
    program: &'a mut Program,
    function: &'a mut Function,
    /// How many statements write each array.
    writers: HashMap<ArrayId, usize>,
    /// The arrays that hold sums.
    known: HashMap<Key, ArrayId>,
    /// Of arrays that would hold the same as others.
    originals: HashMap<ArrayId, ArrayId>,
}

impl Sharing<'_> {
    fn add_sum(&mut self, statement: Statement, sum: Sum) {
        let target = statement.target.array;
        let is_sum_itself = !sum.factors.has_outside()
            && !statement.accumulate
            && self.writers[&target] == 1
            && statement.target.as_indices().as_ref() == Some(&sum.free);
        match self.known.get(&sum.key) {
            None if is_sum_itself => {
                self.known.insert(sum.key, target);
                self.function.body.push(statement);
            }
            Some(&same) if is_sum_itself && !self.function.makes(target) => {
                self.originals.insert(target, same);
            }
            _ => self.add_around(statement, sum),
        }
    }

    /// A statement that reads a sum, which is added before it if it is not known.
    fn add_around(&mut self, statement: Statement, sum: Sum) {
        let Sum { key, free, factors } = sum;
        let array = match self.known.get(&key) {
            Some(&array) => array,
            None => {
                let name = name_of(self.program, &statement, "sum");
                let target = self.program.array_over(name, &free);
                let array = target.array;
                let value = product(self.program, &factors.inside).unwrap_or(statement.value);
                let sum = Statement { target, value, accumulate: false, ..statement.clone() };
                self.function.body.push(sum);
                self.known.insert(key, array);
                array
            }
        };
        let at = free.into_iter().map(Affine::from).collect();
        let element = self.program.graph.element(Access { array, at });
        let value = factors.around(self.program, element);
        self.function.body.push(Statement { reduction: None, value, ..statement });
    }

    fn read_originals(self) {
        self.function.read_instead(self.program, &self.originals);
    }
}

/// The sum at a place of a list, if what it reads is complete there.
fn sum(
    program: &mut Program,
    body: &[Statement],
    at: usize,
    last_writers: &HashMap<ArrayId, usize>,
    names: &mut Names,
) -> Option<Sum> {
    let statement = &body[at];
    let factors = Factors::of(program, statement)?;
    let reads = program.graph.elements(statement.value);
    let is_written_later = |array| last_writers.get(&array).is_some_and(|&last| last >= at);
    let is_complete = !reads.iter().any(|(_, access)| is_written_later(access.array));
    let draws = !program.graph.draws(statement.value).is_empty();
    if gathers(program, statement) || draws || !is_complete {
        return None;
    }
    let support: Vec<Index> = factors.inside.iter().flat_map(|&id| support(program, id)).collect();
    let (mut free, bound) = (statement.free(), statement.bound());
    free.retain(|index| support.contains(index));
    if !bound.iter().all(|index| support.contains(index)) {
        return None;
    }
    let terms = names.terms(program, &factors.inside, &[&free, bound].concat())?;
    let extents = |indices: &[Index]| indices.iter().map(|&one| program.extent(one)).collect();
    let extents = [extents(&free), extents(bound)];
    let is_other = |one: &Statement| one.scans != statement.scans;
    let start = || body[..at].iter().rposition(is_other).map_or(0, |before| before + 1);
    let scan = (!statement.scans.is_empty()).then(start);
    Some(Sum { key: (terms, extents, scan), free, factors })
}

/// Indices in place of those of a sum: the n-th of an extent.
#[derive(Default)]
struct Names(HashMap<(Extent, usize), Index>);

impl Names {
    /// The product of some factors, with these indices replaced in their order.
    fn terms(&mut self, program: &mut Program, factors: &[Id], indices: &[Index]) -> Option<Id> {
        let mut named = HashMap::new();
        for (place, &index) in indices.iter().enumerate() {
            let extent = program.extent(index);
            let name = self.0.entry((extent, place)).or_insert_with(|| program.add_index(extent));
            named.insert(index, *name);
        }
        let rename = |index: Index| named.get(&index).copied().unwrap_or(index);
        let renamed = factors.iter().map(|&id| program.graph.rename(id, &rename));
        let mut renamed: Vec<Id> = renamed.collect();
        renamed.sort_unstable();
        product(program, &renamed)
    }
}
