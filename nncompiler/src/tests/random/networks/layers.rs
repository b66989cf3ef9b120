//! The layers of random networks: a row for each kind, which says how a layer on an array of some shape is
//! declared, and which function it is in PyTorch.

use super::super::choices::Choices;
use super::{activations, images, norms, recurrent, sequences, shapes};

/// A layer, or several of them in a group.
#[derive(Clone)]
pub struct Applied {
    /// As it is declared.
    pub layer: String,
    /// A function of one array, in which `p(…)` is a module with the next parameters.
    pub torch: String,
}

/// Nothing where such a layer takes no array of this shape.
pub type Write = fn(&mut Choices, &[usize]) -> Option<Applied>;

/// What a layer does to the samples of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Samples {
    Apart,
    /// It depends on all samples of the batch, or on random numbers.
    Joined,
}

pub struct Row {
    pub write: Write,
    pub samples: Samples,
}

const fn row(write: Write) -> Row {
    Row { write, samples: Samples::Apart }
}

const fn joined(write: Write) -> Row {
    Row { write, samples: Samples::Joined }
}

/// The more often, the more likely.
pub const ROWS: &[Row] = &[
    row(activations::activation),
    row(activations::activation),
    row(activations::prelu),
    joined(activations::dropout),
    row(norms::linear),
    row(norms::linear),
    row(norms::scale),
    row(norms::softmax),
    row(norms::log_softmax),
    row(norms::glu),
    row(norms::layer_norm),
    row(norms::rms_norm),
    row(norms::group_norm),
    joined(norms::batch_norm),
    row(shapes::flatten),
    row(shapes::reshape),
    row(shapes::transpose),
    row(shapes::slice),
    row(shapes::split),
    row(shapes::zero_pad),
    row(shapes::other_pad),
    row(sequences::conv1d),
    row(sequences::conv1d),
    row(sequences::causal_conv1d),
    row(sequences::max_pool1d),
    row(sequences::avg_pool1d),
    row(sequences::global_avg_pool),
    row(sequences::positional_encoding),
    row(sequences::attention),
    row(recurrent::rnn),
    row(recurrent::gru),
    row(recurrent::lstm),
    row(recurrent::last),
    row(recurrent::cell),
    row(images::conv2d),
    row(images::conv2d),
    row(images::conv_transpose2d),
    row(images::max_pool2d),
    row(images::avg_pool2d),
    row(images::adaptive_avg_pool2d),
    row(images::softmax2d),
    row(images::permute),
    row(images::upsample),
    row(images::pad),
];

impl Applied {
    /// A module of PyTorch, whose options are called as the layer's are.
    pub fn module(declared: (&str, &str), class: (&str, &str), options: &[String]) -> Self {
        let python = options.iter().map(|option| python(option)).collect::<Vec<_>>();
        let [(name, sizes), (class, class_sizes)] = [declared, class];
        let torch = format!("p(nn.{})", call(class, class_sizes, &python, true));
        Self { layer: call(name, sizes, options, false), torch }
    }

    /// A function without parameters.
    pub fn function(name: &str, sizes: &str, options: &[String], body: &str) -> Self {
        Self { layer: call(name, sizes, options, false), torch: format!("(lambda x: {body})") }
    }
}

/// An option as a module of PyTorch takes it.
pub fn python(option: &str) -> String {
    match option.split_once(" = ") {
        Some((name, "true")) => format!("{name} = True"),
        Some((name, "false")) => format!("{name} = False"),
        Some((name, word)) if word.starts_with(char::is_alphabetic) => format!("{name} = '{word}'"),
        _ => option.to_owned(),
    }
}

fn call(name: &str, sizes: &str, options: &[String], with_parentheses: bool) -> String {
    let sizes = (!sizes.is_empty()).then(|| sizes.to_owned());
    let arguments: Vec<String> = sizes.into_iter().chain(options.iter().cloned()).collect();
    if arguments.is_empty() && !with_parentheses {
        return name.to_owned();
    }
    format!("{name}({})", arguments.join(", "))
}

/// Sizes of layers, and of the inputs' axes.
const SIZES: [usize; 8] = [3, 5, 2, 7, 1, 4, 11, 6];

/// What layers draw.
impl Choices {
    pub fn size(&mut self) -> usize {
        *self.pick(&SIZES)
    }

    /// From 1 to a number.
    pub fn up_to(&mut self, most: usize) -> usize {
        1 + self.below(most)
    }

    /// An option, or nothing.
    pub fn option(&mut self, text: &str) -> Vec<String> {
        if self.one_in(2) { vec![text.to_owned()] } else { Vec::new() }
    }

    /// Some of the options.
    pub fn options(&mut self, all: &[String]) -> Vec<String> {
        all.iter().flat_map(|text| self.option(text)).collect()
    }

    /// One number for two axes where they are equal, or both.
    pub fn pair(&mut self, [a, b]: [usize; 2]) -> String {
        if a == b && self.one_in(2) { a.to_string() } else { format!("({a}, {b})") }
    }

    /// The sizes that a layer has itself, behind that of its input or without.
    pub fn sizes(&mut self, of_input: usize, own: &str) -> String {
        if self.one_in(4) { format!("{of_input}, {own}") } else { own.to_owned() }
    }

    /// A number that divides another.
    pub fn divisor(&mut self, of: usize) -> usize {
        let divisors: Vec<usize> = (1..=of).filter(|one| of.is_multiple_of(*one)).collect();
        *self.pick(&divisors)
    }

    /// The number of an axis, from the front or from behind.
    pub fn dim(&mut self, axis: usize, rank: usize) -> String {
        if self.one_in(2) { format!("-{}", rank - axis) } else { (axis + 1).to_string() }
    }
}
