//! Arrays that logarithms read and others too, as `p` in `p·ln p`: each once more for the logarithms alone, where
//! it may be a mantissa and an exponent.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::reading::{Reading, filled};
use super::scaled::Logarithm;
use crate::ir::expression::{Graph, Id, Node};
use crate::ir::function::{Function, Program, Statement};
use crate::ir::index::{Access, ArrayId};

/// How a number is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Use {
    /// As it is.
    Plain,
    /// As a part of a quotient whose exponents meet: either way.
    Quotient,
    /// As a part of what a logarithm is taken of.
    Logarithm,
}

const USES: [Use; 3] = [Use::Plain, Use::Quotient, Use::Logarithm];

/// Who reads each array.
type Uses = BTreeMap<ArrayId, BTreeSet<Use>>;

/// Gives logarithms arrays of their own where others read the same ones.
pub fn read_apart(program: &mut Program, function: &mut Function, stopped: &BTreeSet<ArrayId>) {
    let mut with_exponent = filled(function);
    let reading = Reading::new(&program.graph, function, stopped, &mut with_exponent);
    if with_exponent.is_empty() {
        return;
    }
    let uses = uses(&reading, function, &with_exponent);
    for step in function.body.iter().filter(|one| !one.scans.is_empty()) {
        with_exponent.remove(&step.target.array);
    }
    let is_read_both_ways =
        |array: &ArrayId| [Use::Plain, Use::Logarithm].iter().all(|one| uses[array].contains(one));
    let both: Vec<ArrayId> = with_exponent.into_iter().filter(is_read_both_ways).collect();
    if both.is_empty() {
        return;
    }
    let contexts = Contexts::of(&reading, function);
    let copies: HashMap<ArrayId, ArrayId> = both
        .into_iter()
        .map(|array| (array, program.array_like(array, program.array(array).name.clone())))
        .collect();
    let mut body = Vec::with_capacity(function.body.len() + copies.len());
    for statement in std::mem::take(&mut function.body) {
        let array = statement.target.array;
        let mut read = |of| contexts.rewritten(&mut program.graph, statement.value, of, &copies);
        let copy = copies.get(&array).map(|&copy| {
            let target = Access { array: copy, at: statement.target.at.clone() };
            Statement { target, value: read(Use::Logarithm), ..statement.clone() }
        });
        let is_plain = copy.is_some() || !uses[&array].contains(&Use::Logarithm);
        let value = read(if is_plain { Use::Plain } else { Use::Logarithm });
        body.push(Statement { value, ..statement });
        body.extend(copy);
    }
    function.body = body;
}

/// How all arrays are read, by readers that are read at all.
fn uses(reading: &Reading, function: &Function, with_exponent: &BTreeSet<ArrayId>) -> Uses {
    let mut uses = Uses::new();
    for statement in function.body.iter().rev() {
        let array = statement.target.array;
        let own = uses.entry(array).or_default();
        if own.is_empty() || function.makes(array) || !with_exponent.contains(&array) {
            own.insert(Use::Plain);
        }
        let roots = own.iter().map(|&of| (statement.value, of));
        let mut pending: Vec<(Id, Use)> = roots.collect();
        let mut seen = BTreeSet::new();
        while let Some((id, of)) = pending.pop() {
            if !seen.insert((id, of)) {
                continue;
            }
            if let Node::Element(access) = reading.graph.node(id) {
                uses.entry(access.array).or_default().insert(of);
            }
            pending.extend(children(reading, id, of));
        }
    }
    uses
}

/// The children of a node that is read so, with how it reads them.
fn children(reading: &Reading, id: Id, of: Use) -> Vec<(Id, Use)> {
    let node = reading.graph.node(id);
    let within = match of {
        Use::Plain if Logarithm::of(node).is_some() => Use::Logarithm,
        Use::Plain => Use::Quotient,
        other => other,
    };
    let scaled = if of == Use::Plain { reading.scaled(node) } else { reading.terms(id) };
    let is_scaled = |child: &Id| scaled.contains(child);
    let children = node.children().into_iter();
    children.map(|child| (child, if is_scaled(&child) { within } else { Use::Plain })).collect()
}

/// How each node reads its children, in each use of it.
struct Contexts {
    children: HashMap<(Id, Use), Vec<(Id, Use)>>,
    /// The nodes of each value, children first.
    nodes: HashMap<Id, Vec<Id>>,
}

impl Contexts {
    fn of(reading: &Reading, function: &Function) -> Self {
        let mut all = Self { children: HashMap::new(), nodes: HashMap::new() };
        for statement in &function.body {
            let nodes = reading.graph.reachable(statement.value);
            for (&id, of) in nodes.iter().flat_map(|id| USES.map(|of| (id, of))) {
                all.children.entry((id, of)).or_insert_with(|| children(reading, id, of));
            }
            all.nodes.insert(statement.value, nodes);
        }
        all
    }

    /// A value with the copies in it that logarithms read.
    fn rewritten(
        &self,
        graph: &mut Graph,
        root: Id,
        of: Use,
        copies: &HashMap<ArrayId, ArrayId>,
    ) -> Id {
        let mut built: HashMap<(Id, Use), Id> = HashMap::new();
        for (&id, of) in self.nodes[&root].iter().flat_map(|id| USES.map(|of| (id, of))) {
            let new = match graph.node(id).clone() {
                Node::Element(Access { array, at })
                    if of == Use::Logarithm && copies.contains_key(&array) =>
                {
                    graph.element(Access { array: copies[&array], at })
                }
                node => {
                    let children = self.children[&(id, of)].iter();
                    let children: Vec<Id> = children.map(|child| built[child]).collect();
                    graph.add(node.with_children(&children))
                }
            };
            built.insert((id, of), new);
        }
        built[&(root, of)]
    }
}
