//! Random `network!` blocks: an activation, or a layer of a few index statements, with a network
//! around it whose parameters see the gradient on everything.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::choices::Choices;
use super::expressions::{Array, Index, MOST_NODES, Writer};
use crate::frontend::library::Library;

/// What stands below an activation: nothing, or more to fuse.
const BELOW_ACTIVATION: [&str; 4] = ["", "", "; tanh", "; linear(3, 2)"];

const BELOW_LAYER: [&str; 4] = ["", "; tanh", "; silu", "; celu(0.5)"];

/// What may have to be added for the input, and for a parameter, to be read at all.
const MISSING: usize = 2;

/// The nodes of an intermediate statement, of which there are two at most, and of the last one,
/// which may have to read the input, two parameters and both intermediate results.
const STATEMENT: usize = 8;
const LAST_STATEMENT: usize = MOST_NODES - 2 * STATEMENT - 5 * MISSING;

/// An activation with a setting and a learned number.
pub fn activation(library: &Library, choices: &mut Choices, number: u64) -> String {
    let arrays = ["x", "x", "x", "q", "q", "a"].map(|name| array(name, &[], name == "x"));
    let mut writer = Writer::new(choices, library, arrays.to_vec());
    let mut value = writer.expression(MOST_NODES - 2 * MISSING);
    let read = writer.read;
    if !read.contains("q") {
        value = format!("q * {value}");
    }
    if !read.contains("x") {
        value = format!("{value} + x");
    }
    let below = *choices.pick(&BELOW_ACTIVATION);
    let mut words = value.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
    let setting = if words.any(|word| word == "a") { "a = 0.7, " } else { "" };
    format!(
        "activation f{number}(x; {setting}learn q = 0.3) = {value};\n\
         pub Expression{number}< input(2); linear(2, 3); f{number}{below} >\n"
    )
}

/// A layer of index statements, below one that adds a parameter to its input.
pub fn layer(library: &Library, choices: &mut Choices, number: u64) -> String {
    let declared = Declared::new(choices);
    let body = Body::new(&declared, library, choices);
    let (input, parameters) = (declared_axes(&declared.input), declared.parameters());
    let shape = joined(&declared.input, |index| index.extent.to_string());
    let at = joined(&declared.input, |index| index.name.clone());
    let below = *choices.pick(&BELOW_LAYER);
    format!(
        "\
layer lift{number}() {{
    input x[{input}];
    param p[{input}] ~ zeros();
    y[{at}] = x[{at}] + p[{at}];
}}
layer g{number}() {{
    input x[{input}];
{parameters}{}}}
pub Statements{number}< input({shape}); lift{number}; g{number}{below} >
",
        body.text
    )
}

fn array(name: &str, axes: &[usize], is_batched: bool) -> Array {
    Array { name: name.to_owned(), axes: axes.to_vec(), is_batched }
}

fn joined(indices: &[Index], text: impl Fn(&Index) -> String) -> String {
    indices.iter().map(text).collect::<Vec<String>>().join(", ")
}

/// `i: 2, j: 3`
fn declared_axes(indices: &[Index]) -> String {
    joined(indices, |index| format!("{}: {}", index.name, index.extent))
}

/// What a layer declares before its statements. An index has one extent wherever it is declared.
struct Declared {
    input: Vec<Index>,
    parameters: Vec<(&'static str, Vec<Index>)>,
}

impl Declared {
    fn new(choices: &mut Choices) -> Self {
        let [i, j, k] = ["i", "j", "k"].map(|name| {
            let extent = *choices.pick(&[2, 3, 1, 4]);
            Index { name: name.to_owned(), extent, is_stated: false }
        });
        let input = choices.pick(&[vec![i.clone()], vec![i.clone(), j.clone()]]).clone();
        let shapes = [vec![k.clone(), i.clone()], vec![k.clone()], vec![j, k], vec![i], vec![]];
        let count = 1 + choices.below(2);
        let names = ["w", "v"].into_iter().take(count);
        let parameters = names.map(|name| (name, choices.pick(&shapes).clone())).collect();
        Self { input, parameters }
    }

    /// The declarations of the parameters.
    fn parameters(&self) -> String {
        let mut text = String::new();
        for (name, indices) in &self.parameters {
            let axes = declared_axes(indices);
            let axes = if axes.is_empty() { axes } else { format!("[{axes}]") };
            let _ = writeln!(text, "    param {name}{axes} ~ ones();");
        }
        text
    }

    fn arrays(&self) -> Vec<Array> {
        let sizes = |indices: &[Index]| -> Vec<usize> {
            indices.iter().map(|index| index.extent).collect()
        };
        let input = array("x", &sizes(&self.input), true);
        let parameters = self.parameters.iter();
        let parameters = parameters.map(|(name, indices)| array(name, &sizes(indices), false));
        [input].into_iter().chain(parameters).collect()
    }

    fn indices(&self) -> Vec<Index> {
        let mut seen = BTreeSet::new();
        let of_parameters = self.parameters.iter().flat_map(|(_, indices)| indices);
        let all = self.input.iter().chain(of_parameters);
        all.filter(|index| seen.insert(index.name.clone())).cloned().collect()
    }
}

/// The statements of a layer.
struct Body {
    indices: Vec<Index>,
    /// The newest first: the likeliest to be read.
    arrays: Vec<Array>,
    read: BTreeSet<String>,
    text: String,
}

impl Body {
    fn new(declared: &Declared, library: &Library, choices: &mut Choices) -> Self {
        let (indices, arrays) = (declared.indices(), declared.arrays());
        let mut body = Self { indices, arrays, read: BTreeSet::new(), text: String::new() };
        let count = 1 + choices.below(2);
        for name in ["h", "g"].into_iter().take(count) {
            body.intermediate(name, library, choices);
        }
        body.output(library, choices);
        body
    }

    fn intermediate(&mut self, name: &str, library: &Library, choices: &mut Choices) {
        let target = Target::new(&self.indices, choices);
        let mut writer = self.writer(&target, library, choices);
        let value = writer.statement(STATEMENT);
        let mut read = writer.read;
        let is_read = |array: &&Array| read.contains(&array.name);
        let is_batched = self.arrays.iter().filter(is_read).any(|array| array.is_batched);
        self.arrays.insert(0, array(name, &target.axes(), is_batched));
        self.read.append(&mut read);
        self.write(name, &target, &value);
    }

    fn output(&mut self, library: &Library, choices: &mut Choices) {
        let target = Target::new(&self.indices, choices);
        let mut writer = self.writer(&target, library, choices);
        let mut value = writer.statement(LAST_STATEMENT);
        for (position, array) in self.arrays.iter().enumerate() {
            // Nothing may be left unread.
            let is_read = self.read.contains(&array.name) || writer.read.contains(&array.name);
            if array.name != "x" && !is_read {
                value = format!("{value} * {}", writer.element(position));
            }
        }
        // The outputs of two samples are to differ.
        let input = self.arrays.iter().position(|array| array.name == "x").expect("an input");
        value = format!("{value} + {}", writer.element(input));
        self.write("y", &target, &value);
    }

    fn writer<'a>(
        &self,
        target: &Target,
        library: &'a Library,
        choices: &'a mut Choices,
    ) -> Writer<'a> {
        let mut writer = Writer::new(choices, library, self.arrays.clone());
        let is_idle = |index: &&Index| target.indices.iter().all(|own| own.name != index.name);
        writer.idle = self.indices.iter().filter(is_idle).cloned().collect();
        writer.running.clone_from(&target.indices);
        writer
    }

    fn write(&mut self, name: &str, target: &Target, value: &str) {
        let _ = writeln!(self.text, "    {name}{} = {value};", target.text());
    }
}

/// The left side of a statement.
struct Target {
    indices: Vec<Index>,
    /// Whether two indices make one axis: `y[3 * i + j]`.
    is_flat: bool,
}

impl Target {
    fn new(declared: &[Index], choices: &mut Choices) -> Self {
        let mut left = declared.to_vec();
        let count = *choices.pick(&[1, 2, 2, 0]);
        let mut indices = Vec::new();
        while indices.len() < count && !left.is_empty() {
            let mut index = left.remove(choices.below(left.len()));
            if choices.one_in(4) {
                (index.extent, index.is_stated) = (1 + choices.below(4), true);
            }
            indices.push(index);
        }
        let is_plain = indices.iter().all(|index| !index.is_stated);
        let is_flat = is_plain && indices.len() == 2 && choices.one_in(3);
        Self { indices, is_flat }
    }

    fn axes(&self) -> Vec<usize> {
        let extents = self.indices.iter().map(|index| index.extent);
        if self.is_flat { vec![extents.product()] } else { extents.collect() }
    }

    fn text(&self) -> String {
        let axes = joined(&self.indices, |index| {
            let extent = index.is_stated.then(|| format!(": {}", index.extent));
            index.name.clone() + &extent.unwrap_or_default()
        });
        match self.indices.as_slice() {
            [] => String::new(),
            [first, last] if self.is_flat => {
                format!("[{} * {} + {}]", last.extent, first.name, last.name)
            }
            _ => format!("[{axes}]"),
        }
    }
}
