//! Functions as text, in the notation in which users write equations.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::ir::expression::{Binary, Id, Node};
use crate::ir::function::{Function, Holder, Port, Program, Role, Statement};
use crate::ir::index::{Access, Affine, ArrayId, Extent, Index};
use crate::ir::reduction::Reduction;

/// A function: what it is given, what it makes, its statements.
#[cfg(any(test, feature = "stages"))]
pub fn function(program: &Program, function: &Function) -> String {
    let names = Names::new(program, function);
    let mut text = names.ports(function);
    let mut scan = None;
    for statement in &function.body {
        let before = std::mem::replace(&mut scan, statement.scan);
        if before != scan && before.is_some() {
            text.push_str("  }\n");
        }
        if let Some(scan) = scan.filter(|_| before != scan) {
            let direction = if scan.is_reverse { "backwards " } else { "" };
            let _ = writeln!(text, "  scan {direction}{} {{", names.index(scan.index));
        }
        let indent = if scan.is_some() { "    " } else { "  " };
        let _ = writeln!(text, "{indent}{}", names.statement(statement));
    }
    if scan.is_some() {
        text.push_str("  }\n");
    }
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
            used.insert(statement.target.array);
            let read = program.graph.elements(statement.value).into_iter();
            used.extend(read.map(|(_, access)| access.array));
        }
        let name = |id: ArrayId| program.array(id).name.as_str();
        let is_alone =
            |id: ArrayId| used.iter().filter(|&&other| name(other) == name(id)).count() == 1;
        let named = |&id: &ArrayId| {
            let name =
                if is_alone(id) { name(id).to_owned() } else { format!("{}_{}", name(id), id.0) };
            (id, name)
        };
        Self { program, arrays: used.iter().map(named).collect() }
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
        let class = if array.role == Role::Class { ": class" } else { "" };
        format!("{}[{}]{class}, {holder}", self.arrays[&port.array], axes.join(", "))
    }

    /// `y[batch, o] = sum(i: weight[o, i] * x[batch, i]);`
    pub fn statement(&self, statement: &Statement) -> String {
        let value = match &statement.reduction {
            None => self.value(statement.value, Binding::Choice),
            Some((reduction, indices)) => {
                let indices: Vec<String> = indices.iter().map(|&index| self.index(index)).collect();
                let body = self.value(statement.value, Binding::Choice);
                format!("{}({}: {body})", reduction_text(*reduction), indices.join(", "))
            }
        };
        let sign = if statement.accumulate { "+=" } else { "=" };
        format!("{} {sign} {value};", self.access(&statement.target))
    }

    /// An index's name and number: names alone may be those of several indices.
    pub fn index(&self, index: Index) -> String {
        match self.program.extent(index) {
            Extent::Batch => "batch".to_owned(),
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
        for &(index, factor) in &axis.terms {
            let sign = if factor < 0 { " - " } else { " + " };
            let sign = if text.is_empty() { sign.trim_matches([' ', '+']) } else { sign };
            let name = self.index(index);
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

    fn value(&self, id: Id, outer: Binding) -> String {
        let (text, binding) = self.node(id);
        if binding < outer { format!("({text})") } else { text }
    }

    fn node(&self, id: Id) -> (String, Binding) {
        let value = |id: &Id| self.value(*id, Binding::Choice);
        match self.program.graph.node(id) {
            Node::Constant(number) if number.value() < 0.0 => {
                (number.value().to_string(), Binding::Sign)
            }
            Node::Constant(number) => (number.value().to_string(), Binding::Atom),
            Node::Element(access) => (self.access(access), Binding::Atom),
            Node::Position(index) => (self.index(*index), Binding::Atom),
            Node::Setting(name) => (name.to_string(), Binding::Atom),
            Node::Random(stream, access) => {
                let at: Vec<String> = access.at.iter().map(|axis| self.affine(axis)).collect();
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
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Binding {
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
