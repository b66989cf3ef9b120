//! Schedules as text: what runs, step by step, and in which memory.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::ir::function::{Function, Holder, Port, Program, Scan};
use crate::ir::index::Extent;
use crate::ir::print::Names;
use crate::schedule::kernels::{Count, Operand, Product, Repeat, Start, Windowed, Windows, target};
use crate::schedule::loop_nest::{Accumulator, Kind, Loop, LoopNest, Part, Rest};
use crate::schedule::memory::{Place, Plan};
use crate::schedule::steps::{Scheduled, Step, Tiled, Workspace};

/// A workspace, and a title for each of its functions.
pub type Titled<'a> = (&'a Workspace, &'static [&'static str]);

/// The functions of workspaces, each under its title, and the buffers that they share.
pub fn workspaces(program: &Program, all: &[Titled]) -> String {
    let text = |(workspace, titles): &Titled| {
        let functions = titles.iter().zip(&workspace.functions);
        let functions =
            functions.map(|(title, one)| format!("{title}:\n{}", function(program, one)));
        functions.collect::<String>() + &memory(program, workspace)
    };
    all.iter().map(text).collect::<Vec<_>>().join("\n")
}

/// The buffers of workspaces alone.
pub fn memories(program: &Program, all: &[Titled]) -> String {
    let text = |(workspace, titles): &Titled| {
        format!("{}: {}", titles.join(", "), memory(program, workspace))
    };
    all.iter().map(text).collect()
}

/// The loops of a function that has no kernels.
pub fn loops(program: &Program, function: &Function, nests: &[LoopNest]) -> String {
    let mut printer = Printer::new(program, function);
    for nest in nests {
        printer.loops(nest);
    }
    printer.text
}

/// The steps of a function.
fn function(program: &Program, scheduled: &Scheduled) -> String {
    let mut printer = Printer::new(program, &scheduled.function);
    printer.steps(&scheduled.steps);
    printer.text
}

/// The buffers of a workspace: their sizes, and the arrays that lie there one after the other.
fn memory(program: &Program, workspace: &Workspace) -> String {
    let (plan, outputs) = (&workspace.plan, workspace.functions[0].function.results().count());
    let mut text = format!("memory: {} numbers for each sample\n", plan.scalars());
    for (buffer, arrays) in arrays_by_buffer(program, workspace, plan) {
        let what = if buffer < outputs { " (outputs)" } else { "" };
        let (width, arrays) = (plan.widths[buffer], arrays.join(", "));
        let _ = writeln!(text, "  buffer {buffer}{what}, {width} numbers: {arrays}");
    }
    text
}

fn arrays_by_buffer(
    program: &Program,
    workspace: &Workspace,
    plan: &Plan,
) -> BTreeMap<usize, Vec<String>> {
    let mut buffers: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for scheduled in &workspace.functions {
        let names = Names::new(program, &scheduled.function);
        let inputs = scheduled.function.inputs.iter();
        let inputs =
            inputs.filter(|port| port.holder != Holder::Slice).map(|Port { array, .. }| *array);
        for array in inputs.chain(scheduled.kernels.iter().map(target)) {
            let Place::Buffer(buffer) = plan.place(array) else { continue };
            let (arrays, name) = (buffers.entry(buffer).or_default(), names.array(array));
            if !arrays.iter().any(|known| known == name) {
                arrays.push(name.to_owned());
            }
        }
    }
    buffers
}

/// Writes lines, the deeper the more loops are around them.
struct Printer<'a> {
    program: &'a Program,
    names: Names<'a>,
    text: String,
    depth: usize,
}

impl<'a> Printer<'a> {
    /// Begins with what the function is given and makes.
    fn new(program: &'a Program, function: &Function) -> Self {
        let names = Names::new(program, function);
        let text = names.ports(function);
        Self { program, names, text, depth: 1 }
    }

    fn line(&mut self, line: &str) {
        let _ = writeln!(self.text, "{:indent$}{line}", "", indent = 2 * self.depth);
    }

    /// Lines inside the one before.
    fn inside(&mut self, write: impl FnOnce(&mut Self)) {
        self.depth += 1;
        write(self);
        self.depth -= 1;
    }

    fn steps(&mut self, steps: &[Step]) {
        for step in steps {
            match step {
                Step::Product(product) => self.product(product),
                Step::Windows(windows) => self.windows(windows),
                Step::Loops(nest) => self.loops(nest),
                Step::Scan(scan, steps) => self.scan(*scan, steps),
                Step::Tiled(tiled) => self.tiled(tiled),
            }
        }
    }

    fn scan(&mut self, scan: Scan, steps: &[Step]) {
        let (index, size) = (self.names.index(scan.index), self.program.extent(scan.index));
        let direction = if scan.is_reverse { ", from the last to the first" } else { "" };
        let times = count(Count { size: size.per_sample(), batched: size == Extent::Batch });
        self.line(&format!("scan {index} in 0..{times}{direction}"));
        self.inside(|printer| printer.steps(steps));
    }

    fn tiled(&mut self, tiled: &Tiled) {
        self.line(&format!("tiles of {} samples, divided among threads", tiled.samples));
        self.inside(|printer| printer.steps(&tiled.steps));
    }

    /// `y = bias + x · weight: product 1 batch × 784 · 784 × 128`
    fn product(&mut self, product: &Product) {
        let Product { rows, columns, depth, left, right, .. } = product;
        let target = self.names.array(product.target).to_owned();
        let equals = self.equals(product.start);
        let repeats: String = product.repeats.iter().map(repeat).collect();
        let (left, right) = (self.operand(left, *depth), self.operand(right, *columns));
        let [rows, columns, depth] = [*rows, *columns, *depth].map(count);
        self.line(&format!(
            "{target} {equals} {left} · {right}: product {rows} × {depth} · {depth} × {columns}{repeats}"
        ));
    }

    /// What stands between the target of a product and its factors.
    fn equals(&self, start: Start) -> String {
        match start {
            Start::Zero => "=".to_owned(),
            Start::Target => "+=".to_owned(),
            Start::Row(bias) => format!("= {} +", self.names.array(bias.array)),
            Start::Column(bias) => format!("= {}ᵀ +", self.names.array(bias.array)),
        }
    }

    /// The name of a matrix; transposed where its rows do not lie one after the other.
    fn operand(&self, operand: &Operand, width: Count) -> String {
        let is_transposed = operand.column_stride != 1 && width.size != 1;
        let name = self.names.array(operand.array);
        if is_transposed { format!("{name}ᵀ") } else { name.to_owned() }
    }

    fn windows(&mut self, windows: &Windows) {
        let Windows { rows, columns, depth, .. } = windows;
        let [target, left, right] = [windows.target, windows.left.array, windows.right]
            .map(|array| self.names.array(array).to_owned());
        let equals = self.equals(windows.start);
        let windowed = match windows.windowed {
            Windowed::RightRows => "rows of the right factor",
            Windowed::TargetRows => "rows of the target",
            Windowed::RightColumns => "columns of the right factor",
        };
        let times = if windows.count.batched { ", for each sample" } else { "" };
        self.line(&format!(
            "{target} {equals} {left} · {right}: product {rows} × {depth} · {depth} × {columns}, \
             windows are the {windowed}{times}"
        ));
    }

    fn loops(&mut self, nest: &LoopNest) {
        match nest.parallel.map(|parallel| parallel.part) {
            None => (),
            Some(Part::Sample) => self.line("samples divided among threads"),
            Some(Part::Row) => self.line("the outermost loop divided among threads"),
        }
        let depth = self.depth;
        for one in &nest.loops {
            let line = self.one_loop(one);
            self.line(&line);
            self.depth += 1;
        }
        let place = match nest.accumulator {
            None | Some(Accumulator::Target) => "",
            Some(Accumulator::Variable) => "  // reduced in a variable",
            Some(Accumulator::Lanes) => "  // reduced in a variable for each lane",
            Some(Accumulator::DoubleVariable) => "  // reduced in double precision",
            Some(Accumulator::DoubleLanes(_)) => "  // reduced in double precision for each lane",
            Some(Accumulator::Tile) => "  // reduced in a variable for each of the tile",
            Some(Accumulator::DoubleTile(_)) => {
                "  // reduced in double precision for each of the tile"
            }
        };
        let statement = self.names.statement(&nest.statement);
        self.line(&format!("{statement}{place}"));
        self.depth = depth;
    }

    fn one_loop(&self, one: &Loop) -> String {
        let name = self.names.index(one.index);
        let size = match self.program.extent(one.index) {
            Extent::Outputs => "outputs".to_owned(),
            Extent::Fixed(_) | Extent::Batch => {
                count(Count { size: one.size, batched: one.is_open })
            }
        };
        let word = if one.reduces { "reduce" } else { "for" };
        let how = match one.kind {
            Kind::Serial => String::new(),
            Kind::Lanes(Rest::Padded) => ", in lanes, the rest padded".to_owned(),
            Kind::Lanes(Rest::Serial) => ", in lanes, the rest one after the other".to_owned(),
            Kind::Unrolled => ", unrolled".to_owned(),
            Kind::Tiled(size) => format!(", in tiles of {size}"),
        };
        format!("{word} {name} in 0..{size}{how}")
    }
}

/// `784`, or `784·batch`.
fn count(count: Count) -> String {
    match (count.batched, count.size) {
        (false, size) => size.to_string(),
        (true, 1) => "batch".to_owned(),
        (true, size) => format!("{size}·batch"),
    }
}

fn repeat(repeat: &Repeat) -> String {
    let kind = if repeat.target_stride == 0 { "summed over" } else { "for each of" };
    format!(", {kind} {}", count(repeat.count))
}
