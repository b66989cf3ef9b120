//! The derived mathematics as text, in Unicode: forward and backward of every layer.

use std::fmt::Write;

use crate::check::{Layer, Network, Reduction};
use crate::index::{Access, Affine, ArrayId, Index};
use crate::plan::{Place, Plan, Scheduled, saved};
use crate::program::{BATCH, Program, Role, Statement};
use crate::recognise::{Kernel, Start, target};
use crate::scalar::{Binary, Comparison, Id, Node};

/// The column at which a kernel is named.
const KERNEL_COLUMN: usize = 60;

/// The explanation of a whole network.
///
/// `stated` is the forward program as written, `compiled` the one that runs.
pub fn network(network: &Network, stated: &Program, compiled: &Scheduled) -> String {
    let Scheduled { program, forward, backward, training_plan: plan, .. } = compiled;
    let kernels: Vec<&Kernel> = forward.iter().chain(backward).collect();
    let kernels = kernels.as_slice();
    let mut text = String::new();
    let saved = saved(program);
    for (number, layer) in network.layers.iter().enumerate() {
        let name = layer.label.as_ref().map_or(String::new(), |label| format!("{label}: "));
        let title = format!("{name}{}", layer.title);
        let _ = writeln!(text, "{title:KERNEL_COLUMN$}   {}", work(program, number));
        let view = View { layer: number, program: stated, equations: layer };
        for statement in stated.forward.iter().filter(|one| one.layer == number) {
            if !view.is_temporary(statement.target.array) {
                push_line(&mut text, &view.statement(statement), &note(stated, statement, kernels));
            }
        }
        let view = View { layer: number, program, equations: layer };
        for statement in program.backward.iter().filter(|one| one.layer == number) {
            push_line(&mut text, &view.statement(statement), &note(program, statement, kernels));
        }
        text.push_str(&remarks(&view, plan, &saved));
    }
    text
}

/// A layer's parameters and floating-point operations for one sample, forward and backward.
fn work(program: &Program, layer: usize) -> String {
    let of_layer = program.parameters.iter().filter(|parameter| parameter.layer == layer);
    let parameters: usize = of_layer.map(|parameter| program.array(parameter.array).width()).sum();
    let flops = |list: &[Statement]| -> u64 {
        list.iter().filter(|one| one.layer == layer).map(|one| program.flops(one)).sum()
    };
    let (forward, backward) = (flops(&program.forward), flops(&program.backward));
    let work = format!("{} + {} FLOP", thousands(forward), thousands(backward));
    match parameters {
        0 => work,
        1 => format!("1 parameter, {work}"),
        _ => format!("{} parameters, {work}", thousands(parameters as u64)),
    }
}

/// 1234567 as 1,234,567.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let grouped = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy);
    grouped.collect::<Vec<_>>().join(",")
}

fn push_line(text: &mut String, equation: &str, note: &str) {
    let line = format!("  {equation}");
    let padding = KERNEL_COLUMN.saturating_sub(line.chars().count());
    let note = if note.is_empty() {
        String::new()
    } else {
        format!("{}   → {note}", " ".repeat(padding))
    };
    let _ = writeln!(text, "{line}{note}");
}

/// What a statement runs as, where that is not a plain loop.
fn note(program: &Program, statement: &Statement, kernels: &[&Kernel]) -> String {
    let made_by = |array: ArrayId| kernels.iter().find(|kernel| target(kernel) == array);
    let value = program.graph.node(statement.value);
    match made_by(statement.target.array) {
        Some(Kernel::Product(product)) => return product_note(product.start).into(),
        Some(Kernel::Alias { .. }) if matches!(value, Node::Element(_)) => {
            return "the same memory".into();
        }
        _ => {}
    }
    // The sum of a linear layer is a statement of its own, which its output reads.
    let sums = program.forward.iter().filter(|one| one.layer == statement.layer);
    let mut sums = sums.filter(|one| {
        one.reduction.is_some() && program.graph.reads(statement.value, one.target.array)
    });
    match sums.next().and_then(|sum| made_by(sum.target.array)) {
        Some(Kernel::Product(product)) => product_note(product.start).into(),
        _ => String::new(),
    }
}

fn product_note(start: Start) -> &'static str {
    match start {
        Start::Zero | Start::Target => "matrix product",
        Start::Row(_) => "matrix product + bias",
    }
}

/// What the layer keeps for its backward pass, and what it does not compute.
fn remarks(view: &View, plan: &Plan, saved: &[ArrayId]) -> String {
    let program = view.program;
    let (mut names, mut numbers) = (Vec::new(), 0);
    for statement in program.backward.iter().filter(|one| one.layer == view.layer) {
        for (_, access) in program.graph.elements(statement.value) {
            let name = view.name(access.array);
            let has_memory = matches!(plan.place(access.array), Place::Buffer(_));
            if has_memory && saved.contains(&access.array) && !names.contains(&name) {
                numbers += program.array(access.array).width();
                names.push(name);
            }
        }
    }
    let mut text = String::new();
    if !names.is_empty() {
        let (names, numbers) = (names.join(", "), thousands(numbers as u64));
        let _ = writeln!(text, "  saves {names}: {numbers} numbers a sample");
    }
    let input = program.layers[view.layer].first();
    let is_computed = |array: &&ArrayId| program.array(**array).role != Role::Parameter;
    if let Some(&input) = input.filter(is_computed) {
        let gradient = |statement: &Statement| {
            program.array(statement.target.array).gradient_of == Some(input)
        };
        let is_kept = program.backward.iter().any(gradient)
            || program.backward.iter().all(|one| one.layer != view.layer);
        if !is_kept {
            let _ = writeln!(text, "  d{} is dropped: nothing reads it", view.name(input));
        }
    }
    text
}

/// A program in the names of one layer.
struct View<'a> {
    layer: usize,
    program: &'a Program,
    equations: &'a Layer,
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

impl View<'_> {
    fn name(&self, array: ArrayId) -> String {
        let info = self.program.array(array);
        if let Some(of) = info.gradient_of {
            return format!("d{}", self.name(of));
        }
        let own = &self.program.layers[self.layer];
        // A layer that passes its input through has one array under two names: the output's tells
        // more in what follows, the input's in the layer itself.
        match own.iter().position(|&local| local == array) {
            Some(position) => self.equations.equations.arrays[position].name.clone(),
            None => info.name.clone(),
        }
    }

    /// Whether an array only holds a reduction inside a larger expression.
    fn is_temporary(&self, array: ArrayId) -> bool {
        let info = self.program.array(array);
        info.role == Role::Computed
            && !self.program.layers.iter().flatten().any(|&one| one == array)
    }

    fn statement(&self, statement: &Statement) -> String {
        let sign = if statement.accumulate { "+=" } else { "=" };
        let value = match &statement.reduction {
            Some((reduction, indices)) => self.reduction(*reduction, indices, statement.value),
            None => self.node(statement.value, Binding::Choice),
        };
        format!("{} {sign} {value}", self.access(&statement.target))
    }

    fn reduction(&self, reduction: Reduction, indices: &[Index], body: Id) -> String {
        let names: Vec<String> = indices.iter().map(|&index| self.index(index)).collect();
        let sign = match reduction {
            Reduction::Sum => "Σ",
            Reduction::Product => "Π",
            Reduction::Max => "max",
            Reduction::Min => "min",
        };
        format!("{sign}_{} {}", names.join(","), self.node(body, Binding::Product))
    }

    fn index(&self, index: Index) -> String {
        let name =
            if index == BATCH { "batch" } else { &self.program.indices[index.0 as usize].name };
        name.into()
    }

    /// `weight[o,i]`; the sample goes without saying, and so do the indices of an activation.
    fn access(&self, access: &Access) -> String {
        let name = self.name(access.array);
        let at: Vec<String> = access
            .at
            .iter()
            .filter(|axis| axis.as_index() != Some(BATCH))
            .map(|axis| self.affine(axis))
            .collect();
        let implicit = self.equations.elementwise || at.is_empty();
        if implicit { name } else { format!("{name}[{}]", at.join(",")) }
    }

    fn affine(&self, axis: &Affine) -> String {
        let mut terms: Vec<String> = Vec::new();
        for &(index, factor) in &axis.terms {
            let factor = if factor == 1 { String::new() } else { factor.to_string() };
            terms.push(format!("{factor}{}", self.index(index)));
        }
        if axis.constant != 0 || terms.is_empty() {
            terms.push(axis.constant.to_string());
        }
        terms.join(" + ")
    }

    fn node(&self, id: Id, outer: Binding) -> String {
        let (text, binding) = self.bound(id);
        if binding < outer { format!("({text})") } else { text }
    }

    fn bound(&self, id: Id) -> (String, Binding) {
        match self.program.graph.node(id) {
            Node::Constant(number) => number_text(number.value()),
            Node::Element(access) => self.element(access),
            Node::Position(index) => (self.index(*index), Binding::Atom),
            Node::Setting(name) => (name.to_string(), Binding::Atom),
            Node::Negate(a) => (format!("−{}", self.node(*a, Binding::Product)), Binding::Sign),
            Node::Apply(function, a) if &**function == "exp" => {
                (format!("e^{}", self.node(*a, Binding::Sign)), Binding::Power)
            }
            Node::Apply(function, a) => {
                let name = if &**function == "sigmoid" { "σ" } else { function };
                (format!("{name}({})", self.node(*a, Binding::Choice)), Binding::Atom)
            }
            Node::Stop(a) => (format!("stop({})", self.node(*a, Binding::Choice)), Binding::Atom),
            Node::Binary(operation, a, b) => self.binary(*operation, *a, *b),
            Node::Compare(comparison, a, b) => {
                let (a, b) = (self.node(*a, Binding::Sum), self.node(*b, Binding::Sum));
                (format!("{a} {} {b}", comparison_sign(*comparison)), Binding::Choice)
            }
            Node::Select(condition, then, otherwise) => {
                let part = |id: Id| self.node(id, Binding::Choice);
                let (condition, then) = (part(*condition), part(*then));
                (
                    format!("if {condition} {{ {then} }} else {{ {} }}", part(*otherwise)),
                    Binding::Choice,
                )
            }
        }
    }

    /// An array's element; a temporary stands for its reduction.
    fn element(&self, access: &Access) -> (String, Binding) {
        let makes = |one: &&Statement| one.target.array == access.array;
        if self.is_temporary(access.array)
            && let Some(statement) = self.program.forward.iter().find(makes)
            && let Some((reduction, indices)) = &statement.reduction
        {
            return (self.reduction(*reduction, indices, statement.value), Binding::Sum);
        }
        (self.access(access), Binding::Atom)
    }

    fn binary(&self, operation: Binary, a: Id, b: Id) -> (String, Binding) {
        let (sign, binding) = match operation {
            Binary::Add => (" + ", Binding::Sum),
            Binary::Subtract => (" − ", Binding::Sum),
            Binary::Multiply => ("·", Binding::Product),
            Binary::Divide => ("/", Binding::Product),
            Binary::Power => ("^", Binding::Power),
            Binary::Maximum | Binary::Minimum => {
                let name = if operation == Binary::Maximum { "max" } else { "min" };
                let (a, b) = (self.node(a, Binding::Choice), self.node(b, Binding::Choice));
                return (format!("{name}({a}, {b})"), Binding::Atom);
            }
        };
        let right = match operation {
            Binary::Subtract => Binding::Product,
            Binary::Divide | Binary::Power => Binding::Atom,
            _ => binding,
        };
        let left = if operation == Binary::Power { Binding::Atom } else { binding };
        let (left, right) = (self.node(a, left), self.node(b, right));
        match right.strip_prefix('−') {
            Some(positive) if operation == Binary::Add => (format!("{left} − {positive}"), binding),
            _ => (format!("{left}{sign}{right}"), binding),
        }
    }
}

fn comparison_sign(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Less => "<",
        Comparison::LessOrEqual => "≤",
        Comparison::Greater => ">",
        Comparison::GreaterOrEqual => "≥",
        Comparison::Equal => "=",
        Comparison::NotEqual => "≠",
    }
}

/// A constant, with well-known ones by their names.
fn number_text(value: f64) -> (String, Binding) {
    use std::f64::consts::{FRAC_2_SQRT_PI, PI, SQRT_2};
    let names = [(PI, "π"), (SQRT_2, "√2"), (FRAC_2_SQRT_PI, "2/√π"), (-FRAC_2_SQRT_PI, "−2/√π")];
    let known = names.iter().find(|(known, _)| (known - value).abs() < 1e-15);
    match known {
        Some((_, name)) if name.contains('/') => ((*name).to_owned(), Binding::Product),
        Some((_, name)) => ((*name).to_owned(), Binding::Atom),
        None if value == f64::INFINITY => ("∞".to_owned(), Binding::Atom),
        None if value < 0.0 => (format!("−{}", -value), Binding::Sign),
        None => (value.to_string(), Binding::Atom),
    }
}
