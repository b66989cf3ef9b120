//! Random scalar expressions, as the text that a user would write.

use std::collections::BTreeSet;

use super::choices::Choices;
use crate::frontend::library::Library;
use crate::frontend::syntax::{Definition, Expression, ExpressionKind, Kind};
use crate::ir::expression::evaluate;

/// An expression has no more nodes, with every activation that it calls written out.
pub const MOST_NODES: usize = 30;

/// The compiler limits the levels of nesting, of which one form may take several.
const DEEPEST: usize = 6;

/// 0 and 1 are what many rules of algebra are about.
const CONSTANTS: [&str; 10] = ["0", "1", "2", "3", "0.5", "1.5", "0.1", "pi", "(-1)", "(-0.7)"];

const EXPONENTS: [&str; 8] = ["2", "3", "-1", "-2", "0", "1", "5", "9"];

const BROKEN_EXPONENTS: [&str; 4] = ["1.5", "0.5", "(-0.5)", "2.3"];

const COMPARISONS: [&str; 6] = ["<", "<=", ">", ">=", "==", "!="];

const REDUCTIONS: [&str; 4] = ["sum", "mean", "max", "min"];

/// An array with the size of each axis.
#[derive(Clone, Debug)]
pub struct Array {
    pub name: String,
    pub axes: Vec<usize>,
    /// Whether it is another for each sample.
    pub is_batched: bool,
}

/// An index with its extent.
#[derive(Clone, Debug)]
pub struct Index {
    pub name: String,
    pub extent: usize,
    /// Whether the target states the extent: then it may be less than that of an axis.
    pub is_stated: bool,
}

/// Writes one expression.
pub struct Writer<'a> {
    pub choices: &'a mut Choices,
    pub library: &'a Library,
    /// What stands at the leaves, apart from constants: the more often, the more likely.
    pub arrays: Vec<Array>,
    /// The indices of the statement.
    pub running: Vec<Index>,
    /// The indices that a reduction may bind.
    pub idle: Vec<Index>,
    /// The arrays that have been written.
    pub read: BTreeSet<String>,
    depth: usize,
}

/// A way to write an expression of at most so many nodes.
type Form<'a> = fn(&mut Writer<'a>, usize) -> String;

impl<'a> Writer<'a> {
    /// The more often, the more likely.
    const FORMS: [Form<'a>; 19] = [
        Self::function,
        Self::function,
        Self::function,
        Self::operation,
        Self::operation,
        Self::operation,
        Self::operation,
        Self::operation,
        Self::power,
        Self::choice,
        Self::greater_or_less,
        Self::clamp,
        Self::activation,
        Self::activation,
        Self::rule,
        Self::rule,
        Self::rule,
        Self::reduction,
        Self::reduction,
    ];

    pub fn new(choices: &'a mut Choices, library: &'a Library, arrays: Vec<Array>) -> Self {
        let (running, idle, read) = (Vec::new(), Vec::new(), BTreeSet::new());
        Self { choices, library, arrays, running, idle, read, depth: 0 }
    }

    pub fn expression(&mut self, nodes: usize) -> String {
        if nodes < 2 || self.depth == DEEPEST || self.choices.below(12) == 0 {
            return self.leaf();
        }
        let form = if nodes < 3 { Self::function } else { *self.choices.pick(&Self::FORMS) };
        self.depth += 1;
        let text = form(self, nodes);
        self.depth -= 1;
        text
    }

    fn leaf(&mut self) -> String {
        if self.choices.one_in(4) {
            return (*self.choices.pick(&CONSTANTS)).to_owned();
        }
        let array = self.choices.below(self.arrays.len());
        self.element(array)
    }

    /// An element of an array, somewhere in its range.
    pub fn element(&mut self, array: usize) -> String {
        let Array { name, axes, .. } = self.arrays[array].clone();
        self.read.insert(name.clone());
        if axes.is_empty() {
            return name;
        }
        let at: Vec<String> = axes.iter().map(|&size| self.position(size)).collect();
        format!("{name}[{}]", at.join(", "))
    }

    /// A position on an axis: an index alone most of the time.
    fn position(&mut self, size: usize) -> String {
        let (plain, others) = positions(&self.running, size);
        let list = if plain.is_empty() || self.choices.one_in(4) { others } else { plain };
        self.choices.pick(&list).clone()
    }

    fn operation(&mut self, nodes: usize) -> String {
        let operation = *self.choices.pick(&["+", "-", "*", "/"]);
        let (left, right) = self.pair(nodes - 1);
        let right = if operation == "/" { divisor(right) } else { right };
        format!("({left} {operation} {right})")
    }

    fn pair(&mut self, nodes: usize) -> (String, String) {
        let first = 1 + self.choices.below(nodes - 1);
        (self.expression(first), self.expression(nodes - first))
    }

    /// A whole power of anything, or another power of something greater than 0.
    fn power(&mut self, nodes: usize) -> String {
        let is_whole = nodes < 10 || self.choices.below(3) < 2;
        if is_whole {
            let base = self.expression(nodes - 2);
            return format!("(({base})^{})", self.choices.pick(&EXPONENTS));
        }
        if self.choices.one_in(2) {
            let base = self.positive(nodes / 2);
            return format!("(({base})^({}))", self.expression(nodes / 2 - 1));
        }
        let base = self.positive(nodes - 2);
        format!("(({base})^{})", self.choices.pick(&BROKEN_EXPONENTS))
    }

    /// An expression of at least 4 nodes that is greater than 0.
    fn positive(&mut self, nodes: usize) -> String {
        format!("abs({}) + 0.5", self.expression(nodes - 3))
    }

    fn choice(&mut self, nodes: usize) -> String {
        if nodes < 6 {
            return self.function(nodes);
        }
        let asked = (nodes / 3).max(3);
        let condition = self.condition(asked);
        let (then, otherwise) = self.pair(nodes - 1 - asked);
        format!("(if {condition} {{ {then} }} else {{ {otherwise} }})")
    }

    pub fn condition(&mut self, nodes: usize) -> String {
        let sign = *self.choices.pick(&COMPARISONS);
        let (left, right) = self.pair(nodes - 1);
        format!("{left} {sign} {right}")
    }

    fn greater_or_less(&mut self, nodes: usize) -> String {
        let function = *self.choices.pick(&["max", "min"]);
        let (left, right) = self.pair(nodes - 1);
        format!("{function}({left}, {right})")
    }

    fn clamp(&mut self, nodes: usize) -> String {
        if nodes < 4 {
            return self.function(nodes);
        }
        let (low, high) = *self.choices.pick(&[("-1", "1"), ("0", "6"), ("-0.3", "pi")]);
        format!("clamp({}, {low}, {high})", self.expression(nodes - 3))
    }

    /// A row of `functions.eq`, or `stop`, or a sign.
    pub fn function(&mut self, nodes: usize) -> String {
        let functions = &self.library.functions;
        let name = match self.choices.below(functions.len() + 2) {
            0 => return format!("(-{})", self.expression(nodes - 1)),
            1 => "stop".to_owned(),
            row => functions[row - 2].name.to_string(),
        };
        let needs_positive = evaluate(&name, -2.0).is_some_and(f64::is_nan);
        if needs_positive && nodes > 4 && !self.choices.one_in(10) {
            return format!("{name}({})", self.positive(nodes - 1));
        }
        format!("{name}({})", self.expression(nodes - 1))
    }

    /// A built-in activation that fits.
    fn activation(&mut self, nodes: usize) -> String {
        let library = self.library;
        let fits = |definition: &&Definition| {
            // What differs between training and evaluation, or joins two ways, is no function.
            let is_function = definition.kind == Kind::Activation
                && definition.inputs.len() == 1
                && definition.name != "dropout"
                && definition.settings.iter().all(|setting| !setting.is_learned);
            is_function && written_out(definition, 1) < nodes
        };
        let fitting: Vec<&Definition> = library.definitions.iter().filter(fits).collect();
        if fitting.is_empty() {
            return self.function(nodes);
        }
        let activation = *self.choices.pick(&fitting);
        let most = (1..nodes).take_while(|&argument| written_out(activation, argument) <= nodes);
        let argument = self.expression(most.last().unwrap_or(1));
        format!("{}({argument})", activation.name)
    }

    /// What the value of a statement is: a reduction and nothing else more often than inside.
    pub fn statement(&mut self, nodes: usize) -> String {
        if self.choices.one_in(3) { self.reduction(nodes) } else { self.expression(nodes) }
    }

    /// In a sum: what may become a product of matrices.
    fn product_of_elements(&mut self) -> String {
        let mut factor = || {
            let array = self.choices.below(self.arrays.len());
            self.element(array)
        };
        format!("{} * {}", factor(), factor())
    }

    fn reduction(&mut self, nodes: usize) -> String {
        if self.idle.is_empty() || nodes < 4 {
            return self.function(nodes);
        }
        let operation = *self.choices.pick(&REDUCTIONS);
        let count = 1 + self.choices.below(self.idle.len().min(2));
        let (running, idle) = (self.running.len(), self.idle.clone());
        for _ in 0..count {
            let bound = self.idle.remove(self.choices.below(self.idle.len()));
            self.running.push(bound);
        }
        let names: Vec<&str> =
            self.running[running..].iter().map(|index| index.name.as_str()).collect();
        let names = names.join(", ");
        let is_product = self.choices.one_in(3);
        let body = if is_product { self.product_of_elements() } else { self.expression(nodes - 1) };
        self.running.truncate(running);
        self.idle = idle;
        format!("{operation}({names}: {body})")
    }
}

/// The compiler refuses to divide by a literal 0.
pub fn divisor(text: String) -> String {
    if text == "0" { "2".to_owned() } else { text }
}

/// The positions that indices take on an axis without leaving it: each alone, and all others.
fn positions(running: &[Index], size: usize) -> (Vec<String>, Vec<String>) {
    let fits = |last: usize| last < size;
    let (mut plain, mut others) = (Vec::new(), vec![(size - 1).to_string()]);
    for (k, Index { name, extent, is_stated }) in running.iter().enumerate() {
        let last = extent - 1;
        if *extent == size || (*is_stated && *extent < size) {
            plain.push(name.clone());
        }
        if fits(2 * last) {
            others.push(format!("2 * {name}"));
        }
        if fits(last + 1) {
            others.push(format!("{name} + 1"));
        }
        for other in &running[k + 1..] {
            if fits(last + other.extent - 1) {
                others.push(format!("{name} + {}", other.name));
            }
        }
    }
    (plain, others)
}

/// The nodes of an activation whose argument has `argument` of them.
fn written_out(activation: &Definition, argument: usize) -> usize {
    let input = &activation.inputs[0].name;
    let nodes = |name: &str| if *input == name { argument } else { 1 };
    count(&activation.assignments[0].value, &nodes)
}

/// The nodes of an expression, those of a name as asked. −1 is one number.
pub fn count(expression: &Expression, name: &impl Fn(&str) -> usize) -> usize {
    match &expression.kind {
        ExpressionKind::Name(letter) => name(&letter.to_string()),
        ExpressionKind::Negate(operand) if is_number(operand) => 1,
        // Positions in an array are no part of the arithmetic.
        ExpressionKind::Element { .. } => 1,
        _ => 1 + expression.children().into_iter().map(|one| count(one, name)).sum::<usize>(),
    }
}

fn is_number(expression: &Expression) -> bool {
    matches!(expression.kind, ExpressionKind::Integer(_) | ExpressionKind::Float(_))
}
