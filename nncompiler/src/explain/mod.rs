//! The derived mathematics, forward and backward, for people to read: as text and as LaTeX.

mod notation;
mod view;

use std::fmt::Write;

use notation::Notation;
use view::View;

use crate::frontend::resolved::{Loss, Network};
use crate::ir::expression::Node;
use crate::ir::function::{Program, Role, Statement, Work};
use crate::ir::index::ArrayId;
use crate::schedule::kernels::{Kernel, Start, target};
use crate::schedule::memory::{Place, Plan, Scheduled, saved};

/// The column at which a kernel is named.
const KERNEL_COLUMN: usize = 60;

/// What there is to read of a network or of a loss.
pub struct Explanation {
    pub text: String,
    pub latex: String,
}

/// The explanation of a whole network.
///
/// `stated` is the forward program as written, `scheduled` the one that runs.
pub fn network(network: &Network, stated: &Program, scheduled: &Scheduled) -> Explanation {
    Explanation {
        text: network_text(network, stated, scheduled),
        latex: network_latex(network, stated, &scheduled.program),
    }
}

fn network_text(network: &Network, stated: &Program, scheduled: &Scheduled) -> String {
    let Scheduled { program, forward, backward, training_plan: plan, .. } = scheduled;
    let kernels: Vec<&Kernel> = forward.iter().chain(backward).collect();
    let mut text = String::new();
    let saved = saved(program);
    for (number, layer) in network.layers.iter().enumerate() {
        let title = title(network, number);
        let _ = writeln!(text, "{title:KERNEL_COLUMN$}   {}", work(program, number));
        let of = |shown| View::of_layer(shown, program, number, layer, Notation::Unicode);
        for statement in of(stated).forward() {
            push_line(&mut text, &of(stated).line(statement), &note(stated, statement, &kernels));
        }
        for statement in of(program).backward() {
            push_line(&mut text, &of(program).line(statement), &note(program, statement, &kernels));
        }
        text.push_str(&remarks(&of(program), plan, &saved));
    }
    text
}

/// `hidden1: linear(784, 128)`
fn title(network: &Network, number: usize) -> String {
    let layer = &network.layers[number];
    match layer.key.parse::<usize>() {
        Ok(_) => layer.title.clone(),
        Err(_) => format!("{}: {}", layer.key, layer.title),
    }
}

fn network_latex(network: &Network, stated: &Program, program: &Program) -> String {
    let mut latex = String::new();
    for (number, layer) in network.layers.iter().enumerate() {
        let of = |shown| View::of_layer(shown, program, number, layer, Notation::Latex);
        let (stated, derived) = (of(stated), of(program));
        let forward = stated.forward().map(|statement| stated.line(statement));
        let backward = derived.backward().map(|statement| derived.line(statement));
        latex.push_str(&section(&title(network, number), forward.chain(backward)));
    }
    latex
}

/// A heading with equations below it.
fn section(title: &str, equations: impl Iterator<Item = String>) -> String {
    let equations: Vec<String> = equations.map(|equation| format!("  {equation}")).collect();
    let title = title.replace('_', "\\_");
    format!(
        "\\paragraph{{{title}}}\n\\begin{{align*}}\n{}\n\\end{{align*}}\n",
        equations.join(" \\\\\n")
    )
}

/// The explanation of a loss with one kind of target: the value for one sample, and its gradient on
/// the outputs as a part of that of the mean.
pub fn loss(loss: &Loss, stated: &Program, program: &Program) -> Explanation {
    let lines = |notation: Notation| -> Vec<String> {
        let view = |of| View::of_loss(of, program, &loss.equations, notation);
        let (stated, program) = (view(stated), view(program));
        let forward = stated.forward().map(|statement| stated.line(statement));
        let backward = program.backward().map(|statement| program.line(statement));
        let seed = [program.share()];
        forward.chain(seed).chain(backward).collect()
    };
    let title = call(loss);
    let mut text = format!("{title}\n");
    for line in lines(Notation::Unicode) {
        let _ = writeln!(text, "  {line}");
    }
    let latex = section(&title, lines(Notation::Latex).into_iter());
    Explanation { text, latex }
}

/// `huber(p, t; delta)`
fn call(loss: &Loss) -> String {
    let settings = loss.settings.iter().map(|setting| setting.name.to_string());
    let settings: Vec<String> = settings.collect();
    let separator = if settings.is_empty() { "" } else { "; " };
    let (arguments, settings) = (loss.arguments.join(", "), settings.join(", "));
    format!("{}({arguments}{separator}{settings})", loss.name)
}

/// A layer's parameters and floating-point operations for one sample, forward and backward.
fn work(program: &Program, layer: usize) -> String {
    let Work { parameters, forward_flops, backward_flops } = program.work(layer);
    let work = format!("{} + {} FLOP", thousands(forward_flops), thousands(backward_flops));
    match parameters {
        0 => work,
        1 => format!("1 parameter, {work}"),
        _ => format!("{} parameters, {work}", thousands(parameters as u64)),
    }
}

/// 28×28
pub fn shape(sizes: &[usize]) -> String {
    let sizes: Vec<String> = sizes.iter().map(ToString::to_string).collect();
    sizes.join("×")
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
        Some(Kernel::Windows(_)) => return WINDOWS_NOTE.into(),
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
        Some(Kernel::Windows(_)) => WINDOWS_NOTE.into(),
        _ => String::new(),
    }
}

const WINDOWS_NOTE: &str = "product with windows";

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
