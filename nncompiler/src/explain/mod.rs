//! The derived mathematics, forward and backward, for people to read: as text and as LaTeX.

mod branches;
pub mod brief;
mod calls;
mod expression;
mod lines;
mod notation;
pub mod one_hot;
pub mod optimizer;
mod statements;
mod titles;
mod view;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write;

use lines::Line;
use notation::Notation;
use proc_macro2::Ident;
use statements::Statements;
use titles::{is_statement, read_title, title};
use view::{ArraySets, View};

use crate::frontend::resolved::Source;
use crate::frontend::resolved::{Loss, Network, NetworkLoss};
use crate::ir::cost;
use crate::ir::expression::Node;
use crate::ir::function::{Array, Function, Port, Program, Role, Statement};
use crate::ir::index::ArrayId;
use crate::schedule::kernels::{Kernel, Product, Start, Windows, target};
use crate::schedule::memory::Place;
use crate::schedule::steps::Workspace;

/// The column at which a kernel is named.
const KERNEL_COLUMN: usize = 60;

/// What there is to read of a network or of a loss.
pub struct Explanation {
    pub text: String,
    pub latex: String,
}

/// What there is to read of what has settings.
pub struct Explanations {
    /// With the numbers of `plain_defaults` in place of settings, if there are such.
    pub plain: Option<Explanation>,
    /// With all settings by name.
    pub general: Explanation,
}

impl Explanations {
    /// The plain equations, and the general ones behind them.
    pub fn text(&self) -> String {
        let plain = self.plain.iter();
        plain.chain([&self.general]).map(|one| one.text.as_str()).collect()
    }
}

/// Whether a setting of this number makes equations shorter.
pub fn is_plain(number: f64) -> bool {
    number == 0.0 || number == 1.0
}

/// The settings with a plain default.
pub fn plain_defaults<'a>(
    settings: impl Iterator<Item = (&'a Ident, f64)>,
) -> BTreeMap<String, f64> {
    let plain = settings.filter(|(_, default)| is_plain(*default));
    plain.map(|(name, default)| (name.to_string(), default)).collect()
}

/// `label_smoothing = 0` or `nesterov = false` where it has a number, or its name.
fn setting(name: &Ident, is_truth: bool, numbers: &BTreeMap<String, f64>) -> String {
    let name = name.to_string();
    match numbers.get(&name) {
        Some(number) if is_truth => format!("{name} = {}", *number != 0.0),
        Some(number) => format!("{name} = {number}"),
        None => name,
    }
}

impl Explanation {
    /// A title, and the equations in each notation below it.
    fn of_equations(title: &str, lines: impl Fn(Notation) -> Vec<String>) -> Self {
        let mut text = format!("{title}\n");
        for line in lines(Notation::Unicode) {
            let _ = writeln!(text, "  {line}");
        }
        let latex = section(title, lines(Notation::Latex).into_iter());
        Self { text, latex }
    }
}

/// What a network's explanation is made of.
pub struct Derived<'a> {
    pub network: &'a Network,
    pub program: &'a Program,
    /// Forward as written.
    pub stated: &'a Function,
    /// Forward and backward as derived.
    pub functions: &'a [Function; 2],
    /// The same as kernels in memory.
    pub training: &'a Workspace,
}

/// The explanation of a whole network.
pub fn network(derived: &Derived) -> Explanation {
    let [forward, backward] = derived.functions;
    let made = [derived.stated, forward, backward].map(Statements::of);
    Explanation { text: derived.text(&made), latex: derived.latex(&made) }
}

/// Forward as written, and forward and backward as derived.
type Made<'f> = [Statements<'f>; 3];

impl Derived<'_> {
    /// Copies of derivatives have vanished from what is derived, but not the gradients on them: what is made
    /// stands in what was stated.
    fn sets(&self) -> ArraySets {
        ArraySets::new(self.program, self.stated, &self.functions[1])
    }

    /// A layer's names, in forward as written and in what is derived from it.
    fn views<'a>(
        &'a self,
        layer: usize,
        [stated, forward, _]: &'a Made,
        sets: &'a ArraySets,
        notation: Notation,
    ) -> [View<'a>; 2] {
        let layers = &self.network.layers;
        [stated, forward]
            .map(|made| View::of_layer(self.program, made, sets, (layers, layer), notation))
    }

    fn text(&self, made: &Made) -> String {
        let Self { network, program, training, .. } = self;
        let kernels = Kernels::of(training);
        let has_gradient: BTreeSet<ArrayId> =
            program.arrays.iter().filter_map(Array::gradient_of).collect();
        let sets = self.sets();
        let mut text = String::new();
        for number in 0..network.layers.len() {
            let [written, derived] = self.views(number, made, &sets, Notation::Unicode);
            let _ =
                writeln!(text, "{:KERNEL_COLUMN$}   {}", title(network, number), self.work(number));
            let [stated, forward, backward] = made;
            let mut push = |lines: Vec<Line>, view: &View| {
                for (line, statement) in lines {
                    let note = statement.map(|one| note(program, one, view, &kernels));
                    push_line(&mut text, &line, note.unwrap_or_default());
                }
            };
            push(written.lines(stated), &written);
            push(derived.lines_beside(forward), &derived);
            push(derived.lines_of_backward(backward), &derived);
            text.push_str(&self.remarks(&derived, backward, &has_gradient));
        }
        text
    }

    fn latex(&self, made: &Made) -> String {
        let sets = self.sets();
        let layers = 0..self.network.layers.len();
        let sections = layers.map(|number| {
            let [written, derived] = self.views(number, made, &sets, Notation::Latex);
            let [stated, forward, backward] = made;
            let beside = derived.lines_beside(forward);
            let derived = [beside, derived.lines_of_backward(backward)].concat();
            let lines = [written.lines(stated), derived].concat();
            section(&title(self.network, number), lines.into_iter().map(|(line, _)| line))
        });
        sections.collect()
    }

    /// A layer's parameters and floating-point operations for one sample, forward and backward.
    fn work(&self, layer: usize) -> String {
        let [forward, backward] = self.functions;
        let flops =
            |function: &Function| thousands(cost::flops_of_layer(self.program, function, layer));
        let work = format!("{} + {} FLOP", flops(forward), flops(backward));
        match self.program.scalars_of_layer(layer) {
            0 => work,
            1 => format!("1 parameter, {work}"),
            parameters => format!("{} parameters, {work}", thousands(parameters as u64)),
        }
    }

    /// What the layer keeps for its backward pass, and what it does not compute.
    fn remarks(
        &self,
        view: &View,
        backward: &Statements,
        has_gradient: &BTreeSet<ArrayId>,
    ) -> String {
        let Self { program, functions: [forward, _], training, .. } = self;
        let is_saved = |array: ArrayId| {
            let is_it = |port: &Port| port.array == array;
            let has_memory = matches!(training.plan.place(array), Place::Buffer(_));
            has_memory && forward.outputs.iter().any(is_it)
        };
        let statements = backward.of_layer(view.layer);
        let (mut names, mut numbers) = (Vec::new(), 0);
        for &statement in statements {
            for (_, access) in program.graph.elements(statement.value) {
                let name = view.name(access.array);
                if is_saved(access.array) && !names.contains(&name) {
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
        let input = forward.layers[view.layer].first();
        let may_have_gradient = |array: &&ArrayId| {
            !matches!(program.array(**array).role, Role::Parameter | Role::Integers(_))
        };
        if let Some(&input) = input.filter(may_have_gradient) {
            // One that is a copy of another is read under the name of that.
            let is_kept = has_gradient.contains(&input) || statements.is_empty();
            if !is_kept {
                let _ = writeln!(text, "  d{} is dropped: nothing reads it", view.name(input));
            }
        }
        text
    }
}

/// The layers of a network with the shapes that they make.
pub fn declaration(network: &Network) -> String {
    let mut text = String::new();
    for input in &network.inputs {
        let _ = writeln!(text, "  input {}: {}", input.name, shape(&input.shape));
    }
    for (number, layer) in network.layers.iter().enumerate() {
        let output = &layer.equations.arrays[layer.equations.output];
        let sizes: Vec<usize> = output.axes.iter().map(|extent| extent.per_sample()).collect();
        let from = layer.inputs.iter().map(|&source| match source {
            Source::Input(at) => network.inputs[at].name.to_string(),
            Source::Layer(at) => (at + 1).to_string(),
            Source::Other(at, array) => {
                format!("{}.{}", at + 1, network.layers[at].equations.arrays[array].name)
            }
        });
        let from: Vec<String> = from.collect();
        let title = title(network, number);
        let _ =
            writeln!(text, "{:3} {title} of {} → {}", number + 1, from.join(", "), shape(&sizes));
    }
    text
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
/// the outputs as a part of that of the mean. Some settings may have been replaced by numbers.
pub fn loss(
    loss: &Loss,
    numbers: &BTreeMap<String, f64>,
    program: &Program,
    stated: &Function,
    [forward, backward]: &[Function; 2],
) -> Explanation {
    let sets = ArraySets::new(program, stated, backward);
    let [made, forward, backward] = [stated, forward, backward].map(Statements::of);
    let (value, samples) = (stated.outputs[0].array, stated.outputs.get(1).map(|port| port.array));
    let lines = |notation: Notation| -> Vec<String> {
        let view = |of| View::of_equations(program, of, &sets, &loss.equations, notation);
        let (written, derived) = (view(&made), view(&forward));
        let seed = vec![(derived.share(value, samples), None)];
        let beside = derived.lines_beside(&forward);
        let lines = [written.lines(&made), beside, seed, derived.lines(&backward)].concat();
        lines.into_iter().map(|(line, _)| line).collect()
    };
    Explanation::of_equations(&call_of_loss(loss, numbers), lines)
}

/// The explanation of a loss of one network: its mean over a batch, and the gradient on the outputs. Some
/// settings may have been replaced by numbers.
pub fn network_loss(
    loss: &NetworkLoss,
    numbers: &BTreeMap<String, f64>,
    program: &Program,
    stated: &Function,
    [forward, backward]: &[Function; 2],
) -> Explanation {
    let sets = [stated, forward].map(|made| ArraySets::new(program, made, backward));
    let [stated, forward, backward] = [stated, forward, backward].map(Statements::of);
    let lines = |notation: Notation| -> Vec<String> {
        let layers = &loss.body.layers;
        let views = |of, sets| -> Vec<View> {
            let view = |layer| View::of_layer(program, of, sets, (layers, layer), notation);
            (0..layers.len()).map(view).collect()
        };
        let lines = |view: &View, function: &Statements| -> Vec<String> {
            let lines = view.lines(function).into_iter().map(|(line, _)| line);
            if is_statement(&layers[view.layer]) {
                return lines.collect();
            }
            let lines: Vec<String> = lines.map(|line| notation.within(1, &line)).collect();
            let title = read_title(&loss.body, view.layer);
            let head = (!lines.is_empty()).then(|| notation.head(&title));
            head.into_iter().chain(lines).collect()
        };
        let (written, derived) = (views(&stated, &sets[0]), views(&forward, &sets[1]));
        let forward = written.iter().flat_map(|view| lines(view, &stated));
        let backward = derived.iter().rev().flat_map(|view| lines(view, &backward));
        forward.chain(backward).collect()
    };
    let names = |all: &mut dyn Iterator<Item = String>| all.collect::<Vec<_>>().join(", ");
    let count = loss.output_count();
    let outputs = names(&mut loss.body.inputs[..count].iter().map(|one| one.name.to_string()));
    let targets = names(&mut loss.targets.iter().map(|one| one.name.to_string()));
    let settings = loss.of.settings.iter().map(|one| setting(&one.name, false, numbers));
    let settings = names(&mut settings.into_iter());
    let groups = [outputs, targets, settings];
    let groups: Vec<String> = groups.into_iter().filter(|group| !group.is_empty()).collect();
    let title = format!("{}({}) of {}", loss.of.name, groups.join("; "), loss.network);
    Explanation::of_equations(&title, lines)
}

/// `huber(p, t; delta)`
fn call_of_loss(loss: &Loss, numbers: &BTreeMap<String, f64>) -> String {
    let settings: Vec<String> =
        loss.of.settings.iter().map(|one| setting(&one.name, false, numbers)).collect();
    let separator = if settings.is_empty() { "" } else { "; " };
    let (arguments, settings) = (loss.arguments.join(", "), settings.join(", "));
    format!("{}({arguments}{separator}{settings})", loss.of.name)
}

/// What a network computes of one sample.
pub fn call(network: &Network) -> String {
    let array = |name: &str, sizes: &[usize]| match sizes {
        [] => format!("`{name}`"),
        sizes => format!("`{name}` (shape {})", shape(sizes)),
    };
    let count = |sizes: &[usize]| sizes.iter().product::<usize>();
    let outputs = match network.outputs.as_slice() {
        [output] => format!("The {} outputs", count(&output.shape)),
        outputs => {
            let all: Vec<String> =
                outputs.iter().map(|one| array(&one.name.to_string(), &one.shape)).collect();
            format!("The outputs {}", all.join(", "))
        }
    };
    let inputs = match network.inputs.as_slice() {
        [input] => {
            let (inputs, shape) = (count(&input.shape), shape(&input.shape));
            format!("one sample of {inputs} inputs (shape {shape}, row-major)")
        }
        inputs => {
            let all: Vec<String> =
                inputs.iter().map(|one| array(&one.name.to_string(), &one.shape)).collect();
            format!("one sample: {}, row-major", all.join(", "))
        }
    };
    format!("{outputs} for {inputs}")
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

/// The first kernel that makes each array.
struct Kernels<'k>(HashMap<ArrayId, &'k Kernel>);

impl<'k> Kernels<'k> {
    fn of(training: &'k Workspace) -> Self {
        let mut kernels = HashMap::new();
        for kernel in training.functions[..2].iter().flat_map(|one| &one.kernels) {
            kernels.entry(target(kernel)).or_insert(kernel);
        }
        Self(kernels)
    }
}

/// What a statement runs as, where that is not a plain loop.
fn note(program: &Program, statement: &Statement, view: &View, kernels: &Kernels) -> &'static str {
    let made_by = |array: ArrayId| kernels.0.get(&array).copied();
    let value = program.graph.node(statement.value);
    let own = made_by(statement.target.array);
    if let (Some(Kernel::Alias { .. }), Node::Element(_)) = (own, value) {
        return "the same memory";
    }
    if program.factors(statement).is_some() {
        return product_note(own);
    }
    // The sum of a linear layer is a statement of its own, which stands in that of its output.
    let read = program.graph.elements(statement.value).into_iter().map(|(_, access)| access.array);
    let mut sums = read.filter(|&array| view.is_temporary(array));
    product_note(sums.next().and_then(made_by))
}

fn product_note(kernel: Option<&Kernel>) -> &'static str {
    match kernel {
        Some(Kernel::Product(Product { start: Start::Row(_) | Start::Column(_), .. })) => {
            "matrix product + bias"
        }
        Some(Kernel::Product(_)) => "matrix product",
        Some(Kernel::Windows(Windows { start: Start::Row(_) | Start::Column(_), .. })) => {
            "product with windows + bias"
        }
        Some(Kernel::Windows(_)) => "product with windows",
        _ => "",
    }
}
