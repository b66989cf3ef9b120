//! Random networks: bodies of layers with their options, groups, blocks, networks in networks, arithmetic on arrays,
//! derivatives, and integers that choose, with several inputs and outputs, of shapes with ones and primes. Each is
//! written as a declaration, and for PyTorch.

mod activations;
mod blocks;
mod derivatives;
mod groups;
mod images;
mod integers;
mod layers;
mod norms;
mod recurrent;
mod sequences;
mod shapes;
mod statements;
mod states;

use std::collections::BTreeSet;
use std::fmt::Write;

use super::choices::Choices;
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::library::Library;
use crate::pipeline;
use crate::tests::messages;
use layers::{Applied, ROWS, Samples};

/// Statements that make arrays, at most.
const STATEMENTS: usize = 7;

/// The numbers of one array, at most.
const LARGEST: usize = 72;

/// What a network is given for each sample.
#[derive(Clone, Debug)]
pub struct Given {
    pub name: String,
    pub shape: Vec<usize>,
    /// Integers are below this one.
    pub below: Option<usize>,
}

/// A network, as it is declared and as a function of PyTorch.
pub struct Network {
    pub name: String,
    pub declaration: String,
    /// Statements over the inputs, in which `p(…)` has the next parameters.
    pub torch: String,
    pub inputs: Vec<Given>,
    pub outputs: Vec<(String, Vec<usize>)>,
}

impl Network {
    /// Whether training draws random numbers, as PyTorch draws others.
    pub fn is_random(&self) -> bool {
        self.declaration.contains("dropout(0.3)")
    }

    /// The words of the language that are in it.
    pub fn words(&self) -> BTreeSet<String> {
        let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        let words = self.declaration.split(|letter| !is_letter(letter));
        let is_own = |word: &str| {
            let name =
                word.trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == '_');
            name.len() < 2 || ["part", "Part", "named", "Random"].contains(&name)
        };
        words.filter(|word| !is_own(word)).map(ToString::to_string).collect()
    }
}

/// An array that a statement has made.
#[derive(Clone)]
struct Array {
    name: String,
    shape: Vec<usize>,
    is_read: bool,
}

impl Array {
    fn count(&self) -> usize {
        self.shape.iter().product()
    }

    /// As PyTorch's layers take it: a single number as an array of one.
    fn in_torch(&self) -> String {
        if self.shape.is_empty() { format!("{}[:, None]", self.name) } else { self.name.clone() }
    }
}

/// What can be applied once more.
#[derive(Clone)]
struct Named {
    label: String,
    input: Vec<usize>,
    output: Vec<usize>,
}

/// What has been written.
#[derive(Clone, Default)]
struct Text {
    arrays: Vec<Array>,
    integers: Vec<Given>,
    named: Vec<Named>,
    blocks: String,
    body: String,
    torch: String,
    /// Parameters of the network itself, which come first.
    torch_parameters: String,
    made: usize,
    labels: usize,
}

struct Writer<'a> {
    choices: &'a mut Choices,
    library: &'a Library,
    text: Text,
    number: u64,
    /// Whether every sample has to be computed by itself.
    is_apart: bool,
}

/// The network of a number.
pub fn network(library: &Library, choices: &mut Choices, number: u64) -> Network {
    let mut writer = Writer { choices, library, text: Text::default(), number, is_apart: false };
    let inputs = writer.inputs();
    if !writer.text.integers.is_empty() {
        writer.reads_integers();
    }
    for _ in 0..STATEMENTS {
        writer.statement();
    }
    let outputs = writer.outputs();
    let Text { blocks, body, torch, torch_parameters, .. } = writer.text;
    let torch = torch_parameters + &torch;
    let name = format!("Random{number}");
    let declaration = format!("pub {name} {{\n{body}}}\n{blocks}");
    Network { name, declaration, torch, inputs, outputs }
}

/// `i: 2, j: 3`
fn axes(shape: &[usize]) -> String {
    let axes = ["i", "j", "k", "l"].into_iter().zip(shape);
    axes.map(|(index, size)| format!("{index}: {size}")).collect::<Vec<_>>().join(", ")
}

/// `[i: 2, j: 3]`, or nothing for a single number.
fn declared_axes(shape: &[usize]) -> String {
    if shape.is_empty() { String::new() } else { format!("[{}]", axes(shape)) }
}

/// Indices that no declaration has.
fn indices(shape: &[usize]) -> String {
    ["o", "p", "q", "r"][..shape.len()].join(", ")
}

fn joined(numbers: &[usize]) -> String {
    numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

impl Writer<'_> {
    fn inputs(&mut self) -> Vec<Given> {
        let ranks = *self.choices.pick(&[[1, 3], [2, 1], [3, 2], [1, 1], [2, 3], [2, 2]]);
        let mut inputs = Vec::new();
        for (name, rank) in ["a", "b"].into_iter().zip(ranks) {
            let shape = self.shape_of_input(rank);
            let _ = writeln!(self.text.body, "    input {name}{};", declared_axes(&shape));
            let name = name.to_owned();
            let array = Array { name: name.clone(), shape: shape.clone(), is_read: false };
            self.text.arrays.push(array);
            inputs.push(Given { name, shape, below: None });
        }
        if self.choices.one_in(3) {
            let rank = self.choices.below(3);
            let shape: Vec<usize> = (0..rank).map(|_| self.choices.size().min(4)).collect();
            let below = self.choices.size();
            let _ =
                writeln!(self.text.body, "    input t{}: index({below});", declared_axes(&shape));
            let given = Given { name: "t".to_owned(), shape, below: Some(below) };
            self.text.integers.push(given.clone());
            inputs.push(given);
        }
        inputs
    }

    /// With few channels.
    fn shape_of_input(&mut self, rank: usize) -> Vec<usize> {
        let mut shape = vec![self.choices.size().min(5)];
        while shape.len() < rank {
            shape.push((self.choices.size() + 1).min(LARGEST / shape.iter().product::<usize>()));
        }
        shape
    }

    /// An array that nothing reads yet, where there is one, or any.
    fn array(&mut self) -> Array {
        self.array_that(|_| true).expect("an array")
    }

    /// The same among those that fit.
    fn array_that(&mut self, fits: impl Fn(&Array) -> bool) -> Option<Array> {
        let arrays = &mut self.text.arrays;
        let fitting: Vec<usize> = (0..arrays.len()).filter(|&at| fits(&arrays[at])).collect();
        let unread = fitting.iter().copied().filter(|&at| !arrays[at].is_read);
        let unread: Vec<usize> = unread.collect();
        let list = if unread.is_empty() || self.choices.one_in(3) { fitting } else { unread };
        if list.is_empty() {
            return None;
        }
        let at = *self.choices.pick(&list);
        arrays[at].is_read = true;
        Some(arrays[at].clone())
    }

    /// The name of the next array.
    fn target(&self) -> String {
        format!("h{}", self.text.made)
    }

    fn make(&mut self, shape: Vec<usize>, value: &str, torch: &str) {
        self.make_at("", shape, value, torch);
    }

    /// With the indices of the target.
    fn make_at(&mut self, at: &str, shape: Vec<usize>, value: &str, torch: &str) {
        let name = self.target();
        self.text.made += 1;
        let _ = writeln!(self.text.body, "    {name}{at} = {value};");
        let _ = writeln!(self.text.torch, "    {name} = {torch}");
        self.text.arrays.push(Array { name, shape, is_read: false });
    }

    /// Several arrays at once.
    fn make_several(&mut self, shapes: Vec<Vec<usize>>, value: &str, torch: &str) {
        let first = self.text.made;
        self.text.made += shapes.len();
        let arrays = shapes.into_iter().enumerate().map(|(at, shape)| Array {
            name: format!("h{}", first + at),
            shape,
            is_read: false,
        });
        let arrays: Vec<Array> = arrays.collect();
        let names = arrays.iter().map(|array| array.name.as_str()).collect::<Vec<_>>().join(", ");
        let _ = writeln!(self.text.body, "    {names} = {value};");
        let _ = writeln!(self.text.torch, "    {names} = {torch}");
        self.text.arrays.extend(arrays);
    }

    /// One statement, unless it makes too much.
    fn statement(&mut self) {
        let before = self.text.clone();
        (self.choices.pick(&Self::KINDS))(self);
        self.is_apart = false;
        if self.text.arrays.iter().any(|array| array.count() > LARGEST) {
            self.text = before;
        }
    }

    /// The shape that layers make of an array, which the compiler knows.
    fn shape_behind(&self, layer: &str, shape: &[usize]) -> Vec<usize> {
        let axes = declared_axes(shape);
        let text = format!("Probe {{ input x{axes}; output y = <{layer}>(x); }}");
        let mut diagnostics = Diagnostics::default();
        let tokens = text.parse().expect("tokens");
        let block = pipeline::resolved(self.library, tokens, &mut diagnostics);
        assert_eq!(messages(&diagnostics), Vec::<String>::new(), "in {text}");
        block.networks[0].outputs[0].shape.clone()
    }

    /// A layer on an array of this shape, and what it makes of that.
    fn row(&mut self, shape: &[usize]) -> (Applied, Vec<usize>) {
        loop {
            let row = self.choices.pick(ROWS);
            if self.is_apart && row.samples == Samples::Joined {
                continue;
            }
            let Some(applied) = (row.write)(self.choices, shape) else { continue };
            let behind = self.shape_behind(&applied.layer, shape);
            if behind.iter().product::<usize>() <= LARGEST {
                return (applied, behind);
            }
        }
    }

    /// Two outputs that depend on all that nothing else reads.
    fn outputs(&mut self) -> Vec<(String, Vec<usize>)> {
        let arrays = &self.text.arrays;
        let last = arrays[arrays.len() - 1].clone();
        let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        let words: Vec<&str> = self.text.body.split(|letter| !is_letter(letter)).collect();
        let is_read = |array: &&Array| words.iter().filter(|word| **word == array.name).count() > 1;
        let mut unread: Vec<Array> = arrays.iter().filter(|one| !is_read(one)).cloned().collect();
        if unread.is_empty() {
            unread.push(last.clone());
        }
        let (mut terms, mut torch) = (Vec::new(), Vec::new());
        for Array { name, shape, .. } in &unread {
            let at = indices(shape);
            let square = if at.is_empty() {
                format!("{name}^2")
            } else {
                format!("mean({at}: {name}[{at}] * {name}[{at}])")
            };
            terms.push(square);
            torch.push(format!("({name} * {name}).reshape(len({name}), -1).mean(1)"));
        }
        let Text { body, torch: lines, .. } = &mut self.text;
        let _ = writeln!(body, "    output z = {};", terms.join(" + "));
        let _ = writeln!(lines, "    z = {}", torch.join(" + "));
        let _ = writeln!(body, "    output y = 0.5 * {};", last.name);
        let _ = writeln!(lines, "    y = 0.5 * {}", last.name);
        vec![("z".to_owned(), Vec::new()), ("y".to_owned(), last.shape)]
    }
}
