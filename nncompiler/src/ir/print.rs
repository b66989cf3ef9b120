//! Functions as text, in the notation in which users write equations.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write;

use crate::ir::expression::{Binary, Id, Node};
use crate::ir::function::{BATCH, Function, Holder, Port, Program, Role, Statement};
use crate::ir::index::{Access, Affine, ArrayId, Extent, Index};
use crate::ir::reduction::Reduction;

/// An expression of more nodes, each as often as it stands in it, is too long.
const LARGEST_TREE: usize = 400;

/// A function: what it is given, what it makes, its statements.
pub fn function(program: &Program, function: &Function) -> String {
    let names = Names::new(program, function);
    let mut text = names.ports(function);
    names.in_scans(&function.body, 0, &mut text);
    text
}

/// The arrays of a function by names that differ.
pub struct Names<'a> {
    program: &'a Program,
    arrays: BTreeMap<ArrayId, String>,
}

impl<'a> Names<'a> {
    pub fn new(program: &'a Program, function: &Function) -> Self {
        let ports = function.inputs.iter().chain(&function.outputs).map(|port| port.array);
        let mut used: BTreeSet<ArrayId> = ports.collect();
        for statement in &function.body {
            let read = program.graph.elements(statement.value).into_iter();
            for access in read.map(|(_, access)| access).chain([statement.target.clone()]) {
                used.extend(access.integers().into_iter().map(|integers| integers.array));
                used.insert(access.array);
            }
        }
        let name = |id: ArrayId| program.array(id).name.as_str();
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for &id in &used {
            *counts.entry(name(id)).or_default() += 1;
        }
        let named = |&id: &ArrayId| {
            let is_alone = counts[name(id)] == 1;
            let name =
                if is_alone { name(id).to_owned() } else { format!("{}_{}", name(id), id.0) };
            (id, name)
        };
        Self { program, arrays: used.iter().map(named).collect() }
    }

    /// Statements in a step of so many scans.
    fn in_scans(&self, body: &[Statement], depth: usize, text: &mut String) {
        let indent = "  ".repeat(depth + 1);
        for group in body.chunk_by(|one, next| one.scans.get(depth) == next.scans.get(depth)) {
            let Some(scan) = group[0].scans.get(depth) else {
                for statement in group {
                    let _ = writeln!(text, "{indent}{}", self.statement(statement));
                }
                continue;
            };
            let direction = if scan.is_reverse { "backwards " } else { "" };
            let _ = writeln!(text, "{indent}scan {direction}{} {{", self.index(scan.index));
            self.in_scans(group, depth + 1, text);
            let _ = writeln!(text, "{indent}}}");
        }
    }

    /// The name of an array of the function.
    pub fn array(&self, array: ArrayId) -> &str {
        &self.arrays[&array]
    }

    /// What a function is given, and what it makes.
    pub fn ports(&self, function: &Function) -> String {
        let mut text = String::new();
        for (word, ports) in [("input", &function.inputs), ("output", &function.outputs)] {
            for port in ports {
                let _ = writeln!(text, "  {word} {};", self.port(port));
            }
        }
        text
    }

    /// `weight[128, 784] parameter 0`
    fn port(&self, port: &Port) -> String {
        let array = self.program.array(port.array);
        let axes: Vec<String> = array.axes.iter().map(|&extent| extent_text(extent)).collect();
        let holder = match port.holder {
            Holder::Slice => "in a slice".to_owned(),
            Holder::Workspace => "in the workspace".to_owned(),
            Holder::Residual => "residual".to_owned(),
            Holder::Gradient(number) => {
                let of = &self.program.parameters[number];
                let name = &self.program.array(of.array).name;
                let what = if of.is_state { "next value" } else { "gradient" };
                format!("{what} of {name}, parameter {number}")
            }
        };
        let integers = match array.role {
            Role::Integers(Some(below)) => format!(": index({below})"),
            Role::Integers(None) => ": class".to_owned(),
            _ => String::new(),
        };
        format!("{}[{}]{integers}, {holder}", self.arrays[&port.array], axes.join(", "))
    }

    /// `y[batch, o] = sum(i: weight[o, i] * x[batch, i]);`
    pub fn statement(&self, statement: &Statement) -> String {
        let (mut text, value) = Values::new(self, statement.value).all(statement.value);
        let value = match &statement.reduction {
            None => value,
            Some((reduction, indices)) => {
                let indices: Vec<String> = indices.iter().map(|&index| self.index(index)).collect();
                format!("{}({}: {value})", reduction_text(*reduction), indices.join(", "))
            }
        };
        let sign = if statement.accumulate { "+=" } else { "=" };
        let _ = write!(text, "{} {sign} {value};", self.access(&statement.target));
        text
    }

    /// An index's name and number: names alone may be those of several indices.
    pub fn index(&self, index: Index) -> String {
        match index {
            BATCH => "batch".to_owned(),
            _ => format!("{}{}", self.program.indices[index.0 as usize].name, index.0),
        }
    }

    fn access(&self, access: &Access) -> String {
        let name = &self.arrays[&access.array];
        let at: Vec<String> = access.at.iter().map(|axis| self.affine(axis)).collect();
        if at.is_empty() { name.clone() } else { format!("{name}[{}]", at.join(", ")) }
    }

    fn affine(&self, axis: &Affine) -> String {
        let mut text = String::new();
        let indices = axis.terms.iter().map(|&(index, factor)| (self.index(index), factor));
        let gathered = axis.gathered.iter().map(|(access, factor)| (self.access(access), *factor));
        for (name, factor) in indices.chain(gathered) {
            let sign = if factor < 0 { " - " } else { " + " };
            let sign = if text.is_empty() { sign.trim_matches([' ', '+']) } else { sign };
            let _ = match factor.unsigned_abs() {
                1 => write!(text, "{sign}{name}"),
                factor => write!(text, "{sign}{factor}*{name}"),
            };
        }
        match axis.constant {
            constant if text.is_empty() => constant.to_string(),
            0 => text,
            constant if constant < 0 => format!("{text} - {}", constant.unsigned_abs()),
            constant => format!("{text} + {constant}"),
        }
    }
}

/// An expression as text. It is a graph: where it is too long as a tree, what stands in it several times
/// is written once, and has a name.
struct Values<'a> {
    names: &'a Names<'a>,
    named: HashMap<Id, String>,
}

impl<'a> Values<'a> {
    fn new(names: &'a Names<'a>, root: Id) -> Self {
        let graph = &names.program.graph;
        let (mut sizes, mut uses): (HashMap<Id, usize>, HashMap<Id, usize>) = Default::default();
        let nodes = graph.reachable(root);
        for &id in &nodes {
            let children = graph.node(id).children();
            let size = children.iter().map(|child| sizes[child]).fold(1, usize::saturating_add);
            sizes.insert(id, size);
            for child in children {
                *uses.entry(child).or_default() += 1;
            }
        }
        let is_named = |id: &Id| {
            sizes[&root] > LARGEST_TREE
                && sizes[id] > 1
                && uses.get(id).is_some_and(|&uses| uses > 1)
        };
        let named = nodes.into_iter().filter(is_named).enumerate();
        Self { names, named: named.map(|(number, id)| (id, format!("${number}"))).collect() }
    }

    /// The nodes that have names, and the value.
    fn all(&self, root: Id) -> (String, String) {
        let mut named: Vec<(&Id, &String)> = self.named.iter().collect();
        named.sort();
        let parts = named.iter().map(|(id, name)| format!("{name} = {}; ", self.node(**id).0));
        (parts.collect(), self.value(root, Binding::Choice))
    }

    fn value(&self, id: Id, outer: Binding) -> String {
        if let Some(name) = self.named.get(&id) {
            return name.clone();
        }
        let (text, binding) = self.node(id);
        if binding < outer { format!("({text})") } else { text }
    }

    fn node(&self, id: Id) -> (String, Binding) {
        let value = |id: &Id| self.value(*id, Binding::Choice);
        match self.names.program.graph.node(id) {
            Node::Constant(number) if number.value() < 0.0 => {
                (number.value().to_string(), Binding::Sign)
            }
            Node::Constant(number) => (number.value().to_string(), Binding::Atom),
            Node::Element(access) => (self.names.access(access), Binding::Atom),
            Node::Position(index) => (self.names.index(*index), Binding::Atom),
            Node::Setting(name) => (name.to_string(), Binding::Atom),
            Node::Random(stream, access) => {
                let at: Vec<String> =
                    access.at.iter().map(|axis| self.names.affine(axis)).collect();
                (format!("random({stream}; {})", at.join(", ")), Binding::Atom)
            }
            Node::Negate(a) => (format!("-{}", self.value(*a, Binding::Product)), Binding::Sign),
            Node::Apply(function, a) => (format!("{function}({})", value(a)), Binding::Atom),
            Node::Stop(a) => (format!("stop({})", value(a)), Binding::Atom),
            Node::Binary(operation, a, b) => self.binary(*operation, *a, *b),
            Node::Compare(comparison, a, b) => {
                let (a, b) = (self.value(*a, Binding::Sum), self.value(*b, Binding::Sum));
                (format!("{a} {} {b}", comparison.sign()), Binding::Choice)
            }
            Node::Select(condition, then, otherwise) => {
                let (condition, then, otherwise) =
                    (value(condition), value(then), value(otherwise));
                (format!("if {condition} {{ {then} }} else {{ {otherwise} }}"), Binding::Choice)
            }
        }
    }

    fn binary(&self, operation: Binary, a: Id, b: Id) -> (String, Binding) {
        let (left, right, own) = match operation {
            Binary::Maximum | Binary::Minimum => {
                let (a, b) = (self.value(a, Binding::Choice), self.value(b, Binding::Choice));
                return (format!("{}({a}, {b})", operation.sign()), Binding::Atom);
            }
            Binary::Add => (Binding::Sum, Binding::Sum, Binding::Sum),
            Binary::Subtract => (Binding::Sum, Binding::Product, Binding::Sum),
            Binary::Multiply => (Binding::Product, Binding::Sign, Binding::Product),
            Binary::Divide => (Binding::Product, Binding::Power, Binding::Product),
            Binary::Power => (Binding::Atom, Binding::Atom, Binding::Power),
        };
        let (a, b) = (self.value(a, left), self.value(b, right));
        (format!("{a} {} {b}", operation.sign()), own)
    }
}

/// How tightly an expression binds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Binding {
    Choice,
    Sum,
    Product,
    Sign,
    Power,
    Atom,
}

fn extent_text(extent: Extent) -> String {
    match extent {
        Extent::Fixed(size) => size.to_string(),
        Extent::Batch => "batch".to_owned(),
        Extent::Outputs => "outputs".to_owned(),
    }
}

fn reduction_text(reduction: Reduction) -> &'static str {
    match reduction {
        Reduction::Sum => "sum",
        Reduction::Product => "prod",
        Reduction::Max => "max",
        Reduction::Min => "min",
    }
}
