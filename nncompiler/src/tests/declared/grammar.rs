//! Random blocks of the whole grammar, right and wrong: names that mean something to Rust or to the
//! language, numbers that are no sizes, types that do not fit.

use crate::tests::random::choices::Choices;

/// Names without a meaning of their own.
const PLAIN: [&str; 10] = ["a", "b", "f", "g", "h", "part", "Net", "Agent", "my_layer", "p2"];

/// Names that Rust, the language or generated code give a meaning.
const TELLING: [&str; 115] = [
    "r#type",
    "r#match",
    "gen",
    "r#gen",
    "batch",
    "key",
    "inputs",
    "outputs",
    "self_",
    "T",
    "Y",
    "I",
    "total",
    "x",
    "y",
    "z",
    "i",
    "n",
    "training",
    "pi",
    "infinity",
    "max",
    "min",
    "sum",
    "mean",
    "prod",
    "relu",
    "tanh",
    "softmax",
    "linear",
    "input",
    "state",
    "index",
    "scan",
    "param",
    "require",
    "learn",
    "when",
    "divides",
    "block",
    "layer",
    "loss",
    "activation",
    "repeat",
    "reuse",
    "residual",
    "parallel",
    "shortcut",
    "concat",
    "add",
    "random",
    "stop",
    "exp",
    "clamp",
    "class",
    "samples",
    "u8",
    "f32",
    "usize",
    "String",
    "Option",
    "Vec",
    "Some",
    "crate",
    "super",
    "self",
    "Self",
    "fn",
    "_",
    "__",
    "_1",
    "a_b",
    "aB",
    "ß",
    "λ",
    "main",
    "drop",
    "union",
    "auto",
    "default",
    "dyn",
    "async",
    "await",
    "try",
    "macro",
    "yield",
    "abstract",
    "become",
    "box",
    "do",
    "final",
    "static",
    "const",
    "no_parameters",
    "zero",
    "rng",
    "pass",
    "gradient",
    "memory",
    "weight",
    "bias",
    "explain",
    "latex",
    "summary",
    "forward",
    "new",
    "per_channel",
    "derivatives",
    "tapeless",
    "core",
    "std",
    "Loops0",
    "update",
    "step",
    "said",
];

const SIZES: [&str; 6] = ["1", "2", "3", "4", "N", "N + 1"];

const NUMBERS: [&str; 28] = [
    "0",
    "-1",
    "-N",
    "N - 1",
    "N - 9",
    "2 * N",
    "N / 2",
    "N ^ 2",
    "1.5",
    "0.5",
    "1e400",
    "1 / 0",
    "0.0 / 0.0",
    "9223372036854775807",
    "(2, 3)",
    "(1)",
    "true",
    "1u8",
    "3usize",
    "infinity",
    "pi",
    "\"a\"",
    "'c'",
    "sqrt(4)",
    "M",
    "x",
    "max(1, 2)",
    "if 1 < 2 { 1 } else { 2 }",
];

const TYPES: [&str; 12] =
    ["usize", "usize", "usize", "f64", "u8", "i32", "f32", "bool", "i128", "Size", "r#u8", "char"];

const ATTRIBUTES: [&str; 12] = [
    "",
    "",
    "",
    "",
    "",
    "/// Text.\n",
    "#[allow(dead_code)]",
    "#[ignored(\"count\")]",
    "#[derive(Debug)]",
    "#[outputs(unchanged)]",
    "#[inline]",
    "#[deprecated]",
];

const LAYERS: [&str; 27] = [
    "relu",
    "tanh",
    "softmax",
    "gelu",
    "dropout",
    "dropout(0.2)",
    "flatten",
    "layer_norm",
    "batch_norm1d",
    "prelu",
    "prelu(per_channel)",
    "leaky_relu(0.1)",
    "elu(alpha = 2)",
    "glu",
    "scale",
    "log_softmax",
    "reshape(2, 2)",
    "linear(2, bias = false)",
    "softplus(threshold = 3)",
    "clamp",
    "add",
    "input(3)",
    "input(3): index(5)",
    "linear",
    "transpose",
    "embedding(5, 3)",
    "conv1d(2, 1)",
];

/// Writes one block.
pub struct Grammar {
    pub choices: Choices,
    /// One name of so many has a meaning, and one number of so many is none.
    pub rarity: usize,
    pub definitions: Vec<(String, Form)>,
}

/// How a definition is used in a network.
#[derive(Clone, Copy, PartialEq)]
pub enum Form {
    Activation,
    Layer,
    Block,
    Network,
}

impl Grammar {
    pub fn new(choices: Choices, rarity: usize) -> Self {
        Self { choices, rarity, definitions: Vec::new() }
    }

    pub fn block(mut self) -> String {
        let mut items =
            vec![format!("const N: {} = {};", "usize", self.choices.pick(&["2", "3", "4"]))];
        for _ in 0..self.choices.below(4) {
            let item = match self.choices.below(14) {
                0 => self.constant(),
                1 | 2 => self.activation(),
                3 | 4 => self.layer(),
                5 => self.loss(),
                6 => self.optimizer(),
                7 | 8 => self.structured_layer(),
                9 => self.structured_loss(),
                10 => self.structured_optimizer(),
                11 => self.sized_block(),
                12 => self.import(),
                _ => self.named_block(),
            };
            items.push(item);
        }
        for _ in 0..=self.choices.below(2) {
            let is_body = self.choices.one_in(2);
            items.push(if is_body { self.body_network() } else { self.network() });
        }
        items.join("\n")
    }

    pub fn name(&mut self) -> String {
        let list: &[&str] = if self.choices.one_in(self.rarity) { &TELLING } else { &PLAIN };
        (*self.choices.pick(list)).to_owned()
    }

    /// A name that no other item of the block is likely to have.
    pub fn new_name(&mut self) -> String {
        let (name, number) = (self.name(), self.choices.below(100));
        if self.choices.one_in(self.rarity) { name } else { format!("{name}{number}") }
    }

    pub fn size(&mut self) -> &'static str {
        let list: &[&str] = if self.choices.one_in(self.rarity) { &NUMBERS } else { &SIZES };
        self.choices.pick::<&str>(list)
    }

    pub fn attribute(&mut self) -> &'static str {
        if self.choices.one_in(self.rarity) { self.choices.pick::<&str>(&ATTRIBUTES) } else { "" }
    }

    fn constant(&mut self) -> String {
        let (attribute, name) = (self.attribute(), self.new_name());
        let number = if self.choices.one_in(4) { *self.choices.pick(&TYPES) } else { "usize" };
        format!("{attribute} const {name}: {number} = {};", self.size())
    }

    /// A scalar expression of some leaves.
    pub fn expression(&mut self, leaves: &[&str], depth: usize) -> String {
        if depth == 0 || self.choices.one_in(3) {
            return match self.choices.below(4) {
                0 => (*self.choices.pick(&["1", "2", "0.5", "N", "-N", "pi"])).to_owned(),
                1 if self.choices.one_in(self.rarity) => self.name(),
                _ => (*self.choices.pick(leaves)).to_owned(),
            };
        }
        let mut part = || self.expression(leaves, depth - 1);
        let (left, right) = (part(), part());
        match self.choices.below(9) {
            0 => format!("{left} + {right}"),
            1 => format!("({left} - {right}) * {right}"),
            2 => format!("{left} / ({right})"),
            3 => format!("max({left}, {right})"),
            4 => format!("exp(-{left})"),
            5 => format!("if {left} < {right} {{ {left} }} else {{ {right} }}"),
            6 => format!("({left})^2"),
            7 => format!(
                "{}({left})",
                self.choices.pick(&["tanh", "relu", "sigmoid", "abs", "stop"])
            ),
            _ => format!("ln(1 + exp({left}))"),
        }
    }

    fn settings(&mut self) -> (String, Vec<String>) {
        let mut names = Vec::new();
        let mut texts = Vec::new();
        for _ in 0..self.choices.below(3) {
            let name = self.new_name();
            let learn = if self.choices.one_in(4) { "learn " } else { "" };
            let value = if self.choices.one_in(self.rarity) { self.size() } else { "1" };
            let range = if self.choices.one_in(5) { " in 0..=1" } else { "" };
            texts.push(format!("{learn}{name} = {value}{range}"));
            names.push(name);
        }
        let separator = if texts.is_empty() { "" } else { "; " };
        (format!("{separator}{}", texts.join(", ")), names)
    }

    fn activation(&mut self) -> String {
        let (name, input) = (self.new_name(), self.name());
        let (settings, names) = self.settings();
        let mut leaves: Vec<&str> = names.iter().map(String::as_str).collect();
        leaves.extend([input.as_str(), input.as_str()]);
        let value = format!("{input} + {}", self.expression(&leaves, 2));
        let attribute = self.attribute();
        self.definitions.push((name.clone(), Form::Activation));
        format!("{attribute} activation {name}({input}{settings}) = {value};")
    }

    fn layer(&mut self) -> String {
        let [name, size, input, index, parameter] = [(); 5].map(|()| self.new_name());
        let (settings, names) = self.settings();
        let read = format!("{input}[{index}]");
        let weight = format!("{parameter}[{index}]");
        let mut leaves: Vec<&str> = names.iter().map(String::as_str).collect();
        leaves.extend([read.as_str(), weight.as_str()]);
        let value = format!("{read} + {weight} * {}", self.expression(&leaves, 1));
        let initialiser =
            *self.choices.pick(&["ones()", "zeros()", "uniform(0.5)", "normal(1)", "constant(N)"]);
        let more = match self.choices.below(6) {
            0 => format!("s = sum({index}: {read}); t[{index}] = {read} * s;"),
            1 => format!("m = mean(batch, {index}: {read}); t[{index}] = {read} - m;"),
            2 => format!("t[{index}] = random() * {read};"),
            3 => {
                let own = self.new_name();
                format!("index {own}: {}; t[{index}] = sum({own}: {read});", self.size())
            }
            4 => format!("require {size} > {};", self.size()),
            _ => String::new(),
        };
        let term = if more.contains("t[") { format!(" + t[{index}]") } else { String::new() };
        let attribute = self.attribute();
        self.definitions.push((name.clone(), Form::Layer));
        format!(
            "{attribute} layer {name}({size}{settings}) {{ input {input}[{index}: {size}]; \
             param {parameter}[{index}: {size}] ~ {initialiser}; {more} out[{index}] = {value}{term}; }}",
        )
    }

    fn loss(&mut self) -> String {
        let [name, outputs, target] = [(); 3].map(|()| self.new_name());
        let (settings, names) = self.settings();
        let mut leaves: Vec<&str> = names.iter().map(String::as_str).collect();
        leaves.extend([outputs.as_str(), target.as_str()]);
        let value = self.expression(&leaves, 2);
        let attribute = self.attribute();
        let samples = *self.choices.pick(&["", "samples = 1;", "samples = N + 1;"]);
        match self.choices.below(3) {
            0 => format!(
                "{attribute} loss {name}({outputs}[c: C]; {target}: class{settings}) {{ {samples} \
                 y = sum(c: if c == {target} {{ {outputs}[c] }} else {{ 0 }}); }}"
            ),
            1 => format!(
                "{attribute} loss {name}({outputs}; {target}{settings}) {{ {samples} \
                 y = {outputs} - {target} * ({value}); }}"
            ),
            _ => format!(
                "{attribute} loss {name}({outputs}; {target}{settings}) = \
                 {outputs} - {target} * ({value});"
            ),
        }
    }

    fn optimizer(&mut self) -> String {
        let [name, parameter, gradient, state, setting] = [(); 5].map(|()| self.new_name());
        let leaves = [parameter.as_str(), gradient.as_str(), state.as_str(), "lr", "step"];
        let value = self.expression(&leaves, 2);
        let condition = match self.choices.below(3) {
            0 => format!(" when {setting}"),
            1 => format!(" ~ constant({}) when lr > {}", self.size(), self.size()),
            _ => String::new(),
        };
        let range = *self.choices.pick(&["", " in 0..1", " in 0..infinity", " in 0..=1"]);
        let attribute = self.attribute();
        format!(
            "{attribute} optimizer {name}({parameter}, {gradient}; lr = 0.1{range}, {setting} = true) {{ \
             state {state}{condition}; {state} <- lerp({state}, {gradient}, lr); \
             {parameter} <- {parameter} - lr * (if {setting} {{ {state} }} else {{ {value} }}); }}"
        )
    }

    fn named_block(&mut self) -> String {
        let name = self.new_name();
        let layers = self.chain(2);
        self.definitions.push((name.clone(), Form::Block));
        format!("{} block {name}< {layers} >", self.attribute())
    }

    /// What the front end reads, though no test has the other block.
    fn import(&mut self) -> String {
        let [path, name] = [(); 2].map(|()| self.name());
        match self.choices.below(3) {
            _ if !self.choices.one_in(self.rarity) => String::new(),
            0 => format!("use {path}::{name};"),
            1 => format!("pub use {path}::{{{name}, {path} as {name}}};"),
            _ => format!("#[cfg(feature = \"{path}\")] const {name}: usize = 2;"),
        }
    }

    fn network(&mut self) -> String {
        let (attribute, name) = (self.attribute(), self.new_name());
        let layers = self.chain(3);
        self.definitions.push((name.clone(), Form::Network));
        format!("{attribute} {name}< input(N); {layers} >")
    }

    pub fn chain(&mut self, most: usize) -> String {
        let count = 1 + self.choices.below(most);
        let items: Vec<String> = (0..count).map(|_| self.item()).collect();
        items.join("; ")
    }

    fn item(&mut self) -> String {
        let label =
            if self.choices.one_in(3) { format!("{}: ", self.new_name()) } else { String::new() };
        let item = match self.choices.below(10) {
            0 if !self.definitions.is_empty() => {
                let at = self.choices.below(self.definitions.len());
                self.definitions[at].0.clone()
            }
            1 => format!("linear({})", self.size()),
            2 => format!(
                "residual {{ {} }}",
                self.choices.pick(&["tanh", "linear(N)", "relu; gelu"])
            ),
            3 => format!("parallel {{ linear({}); tanh }}", self.size()),
            4 => format!("repeat _ in 0..{} {{ tanh }}", self.size()),
            5 => format!("reuse {}", self.name()),
            6 if self.choices.one_in(self.rarity) => self.name(),
            7 => (*self.choices.pick(&LAYERS)).to_owned(),
            _ => format!("linear({})", self.choices.pick(&SIZES)),
        };
        format!("{label}{item}")
    }
}
