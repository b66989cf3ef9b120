//! The tree that parsing makes: what was written, and where.

use std::fmt;

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use syn::{Attribute, Visibility};

use crate::ir::expression::{Binary, Comparison};
use crate::ir::meaning::Meaning;

/// Where something is written: from its first token to its last.
#[derive(Clone, Copy, Debug)]
pub struct Location {
    pub first: Span,
    pub last: Span,
}

impl Location {
    pub fn to(self, other: Location) -> Location {
        Location { first: self.first, last: other.last }
    }
}

impl From<Span> for Location {
    fn from(span: Span) -> Self {
        Location { first: span, last: span }
    }
}

/// A `network!` block.
#[derive(Default)]
pub struct Block {
    pub constants: Vec<Constant>,
    pub definitions: Vec<Definition>,
    pub blocks: Vec<BlockTree>,
    pub networks: Vec<NetworkTree>,
    /// What could not be parsed: what uses it is no mistake of its own.
    pub broken: Vec<BrokenItem>,
}

/// What is known of an item that could not be parsed.
pub struct BrokenItem {
    pub kind: ItemKind,
    pub visibility: Visibility,
    pub name: Ident,
}

/// What an item declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemKind {
    Constant,
    Definition(Kind),
    Block,
    Network,
}

/// `const N: usize = 128;`
pub struct Constant {
    pub attributes: Vec<Attribute>,
    pub visibility: Visibility,
    pub name: Ident,
    /// The name of a number type.
    pub number: Ident,
    pub value: Expression,
}

/// `pub Name< … >` or `pub Name { … }`
pub struct NetworkTree {
    pub attributes: Vec<Attribute>,
    pub visibility: Visibility,
    pub name: Ident,
    pub content: NetworkContent,
    /// Whether every layer and statement could be parsed.
    pub whole: bool,
}

/// What a network is made of.
pub enum NetworkContent {
    /// `< … >`: layers from one input to one output.
    Chain(Vec<Item>),
    /// `{ … }`: statements over named arrays.
    Body(Vec<BodyStatement>),
}

impl NetworkContent {
    /// Whether it is a chain that begins with `input(…)`.
    pub fn states_input(&self) -> bool {
        let Self::Chain(items) = self else { return false };
        matches!(items.first(), Some(Item::Layer(layer)) if layer.name == INPUT)
    }

    /// The names of all layers in it, and of what may be a layer.
    pub fn layers(&self) -> Vec<Ident> {
        match self {
            Self::Chain(items) => items.iter().flat_map(Item::layers).cloned().collect(),
            Self::Body(statements) => {
                let values = statements.iter().filter_map(|statement| match statement {
                    BodyStatement::Assignment { assignment, .. } => Some(&assignment.value),
                    _ => None,
                });
                values.flat_map(Expression::called).collect()
            }
        }
    }
}

/// A statement in the body of a network.
pub enum BodyStatement {
    /// `input image[c: 3, h: 16, w: 16];`
    Input(Declaration),
    /// `param nu ~ constant(0.1);`
    Parameter(Parameter),
    /// `index i: 3;`
    Index(Axis),
    /// `h = …;`, or `output h = …;`
    Assignment {
        is_output: bool,
        /// What the layers that make it are called, if not as it is: `h = first: linear(4)(x);`
        label: Option<Ident>,
        assignment: Assignment,
    },
    /// `output h;`
    Output(Ident),
    /// What could not be parsed, with the arrays that it may have been meant to declare.
    Broken(Vec<Ident>),
}

/// Stands for a name that nothing reads.
pub const BLANK: &str = "_";

impl BodyStatement {
    /// What it assigns.
    pub fn targets(&self) -> Vec<&Ident> {
        match self {
            Self::Assignment { assignment, .. } => assignment.targets().collect(),
            _ => Vec::new(),
        }
    }
}

/// `block name(SIZES; settings)< … >`: layers under one name.
pub struct BlockTree {
    /// Its name, sizes and settings.
    pub head: Definition,
    pub items: Vec<Item>,
    /// Whether every layer could be parsed.
    pub whole: bool,
}

/// What stands between `;` and `;`.
#[derive(Clone)]
pub enum Item {
    Layer(LayerTree),
    Group(GroupTree),
}

impl Item {
    pub fn label(&self) -> Option<&Ident> {
        match self {
            Self::Layer(layer) => layer.label.as_ref(),
            Self::Group(group) => group.label.as_ref(),
        }
    }

    pub fn set_label(&mut self, label: &Ident) {
        let own = match self {
            Self::Layer(layer) => &mut layer.label,
            Self::Group(group) => &mut group.label,
        };
        *own = Some(label.clone());
    }

    /// The names of all layers in it.
    pub fn layers(&self) -> Vec<&Ident> {
        let group = match self {
            Self::Layer(layer) => return vec![&layer.name],
            Self::Group(group) => &group.kind,
        };
        let inside: Vec<&Item> = match group {
            Group::Residual { main, shortcut } => main.iter().chain(shortcut).collect(),
            Group::Parallel { branches, .. } => branches.iter().flatten().collect(),
            Group::Repeat(repetition) => repetition.body.iter().collect(),
            Group::Labelled(body) => body.iter().collect(),
            Group::Reuse { .. } => Vec::new(),
        };
        inside.into_iter().flat_map(Item::layers).collect()
    }
}

/// `label: residual { … }` and the like.
#[derive(Clone)]
pub struct GroupTree {
    pub label: Option<Ident>,
    /// `residual` and the like; of layers under one label, the label.
    pub keyword: Ident,
    pub kind: Group,
}

/// Layers that do not simply follow each other.
#[derive(Clone)]
pub enum Group {
    /// `residual { main } shortcut { … }`: the sum of two ways.
    Residual { main: Vec<Item>, shortcut: Vec<Item> },
    /// `parallel(concat) { …; … }`: several ways from the same input.
    Parallel { join: Join, branches: Vec<Vec<Item>> },
    /// `repeat i in 0..4 { … }`: the same layers for each number, with parameters of their own.
    Repeat(Box<Repetition>),
    /// `label: { … }`: layers under one label.
    Labelled(Vec<Item>),
    /// `reuse label`: what is labelled so once more, with the same parameters.
    Reuse { of: Ident },
}

/// The layers of `repeat i in first..end { … }`.
#[derive(Clone)]
pub struct Repetition {
    pub index: Ident,
    pub first: Expression,
    pub end: Expression,
    pub body: Vec<Item>,
}

/// How the outputs of parallel branches become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// One after the other along the first axis.
    Concat,
    Sum,
    /// Multiplied, number by number.
    Product,
}

/// `label: name(arguments);`
#[derive(Clone, Debug)]
pub struct LayerTree {
    pub label: Option<Ident>,
    pub name: Ident,
    pub arguments: Vec<Argument>,
    /// Of `input`: what the numbers are.
    pub numbers: DeclaredNumbers,
    pub location: Location,
}

/// The pseudo-layer that states the shape of the network's input.
pub const INPUT: &str = "input";

/// The attribute that names parameters of a network that no gradient moves.
pub const FROZEN: &str = "frozen";

/// The attribute that asks for the gradients on a network's inputs.
pub const INPUT_GRADIENTS: &str = "input_gradients";

/// The argument of an activation whose learned numbers are one for each channel.
pub const PER_CHANNEL: &str = "per_channel";

impl LayerTree {
    /// The name with its arguments, without the label.
    pub fn call(&self) -> Location {
        Location { first: self.name.span(), last: self.location.last }
    }

    /// `per_channel`, if it is among the arguments.
    pub fn per_channel(&self) -> Option<&Argument> {
        self.arguments.iter().find(|argument| argument.is_per_channel())
    }
}

impl Argument {
    /// Whether it says that each channel has learned numbers of its own.
    pub fn is_per_channel(&self) -> bool {
        self.name.is_none() && self.value.as_name().is_some_and(|name| name == PER_CHANNEL)
    }

    /// What a message about it points at: its name, or its value if it has none.
    pub fn location(&self) -> Location {
        self.name.as_ref().map_or(self.value.location, |name| name.span().into())
    }
}

/// `value`, or `name = value`.
#[derive(Clone, Debug)]
pub struct Argument {
    pub name: Option<Ident>,
    pub value: Expression,
}

/// What an equation defines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Activation,
    Layer,
    Loss,
    Optimizer,
}

impl Kind {
    /// What a keyword begins.
    pub fn of(keyword: &str) -> Option<Self> {
        match keyword {
            "activation" => Some(Self::Activation),
            "layer" => Some(Self::Layer),
            "loss" => Some(Self::Loss),
            "optimizer" => Some(Self::Optimizer),
            _ => None,
        }
    }
}

/// Where a definition comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The block at hand: a mistake in it is shown where it is.
    Block,
    /// Another block: a mistake in it is shown where it is used.
    Imported,
    /// The library, of which the same holds.
    Library,
}

/// How a definition is written.
#[derive(Clone)]
pub struct Written {
    /// Of the type that a loss or an optimizer becomes.
    pub visibility: Visibility,
    pub documentation: String,
    /// From its keyword on.
    pub tokens: TokenStream,
    /// The first of the names that its text has, if these are several.
    pub first_name: Option<Ident>,
}

impl Default for Written {
    fn default() -> Self {
        let (documentation, tokens) = (String::new(), TokenStream::new());
        Self { visibility: Visibility::Inherited, documentation, tokens, first_name: None }
    }
}

/// `activation …`, `layer …`, `loss …` or `optimizer …`.
#[derive(Clone)]
pub struct Definition {
    pub kind: Kind,
    /// Whether every statement could be parsed.
    pub whole: bool,
    pub origin: Origin,
    pub written: Written,
    /// What the numbers are that a layer or activation puts out.
    pub outputs: Meaning,
    /// Keys that a file may hold for it, and that nothing here stands for.
    pub ignored: Vec<Key>,
    pub name: Ident,
    /// The sizes, in the order of the arguments.
    pub sizes: Vec<Size>,
    /// Where a size for each of several axes stands among the sizes, and what it is called.
    pub sizes_of_group: Option<(usize, AxisGroup)>,
    pub settings: Vec<Setting>,
    /// The inputs of a layer or activation; the outputs that a loss is of.
    pub inputs: Vec<Declaration>,
    /// What a loss compares the outputs with.
    pub targets: Vec<Declaration>,
    pub parameters: Vec<Parameter>,
    /// Indices whose extents are stated for all equations.
    pub indices: Vec<Axis>,
    /// Numbers that follow from sizes and settings.
    pub numbers: Vec<Number>,
    pub requirements: Vec<Requirement>,
    pub assignments: Vec<Assignment>,
    pub repeats: Vec<Repeat>,
    /// What a layer puts out, if not what its last statement makes.
    pub results: Vec<Output>,
}

/// `output h;` in a layer.
#[derive(Clone)]
pub struct Output {
    pub name: Ident,
    pub place: Place,
}

/// Where a statement stands that is no assignment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// How many assignments stand above it.
    pub assignments: usize,
    /// How many other statements that have a place.
    pub others: usize,
}

/// `let before[2] = dilation * (K - 1) / 2;` in a layer.
#[derive(Clone)]
pub struct Number {
    pub name: Ident,
    /// How many it is along axes.
    pub components: Option<usize>,
    pub value: Expression,
    pub place: Place,
}

/// `repeat l in 0..num_layers { … }` in a layer.
#[derive(Clone)]
pub struct Repeat {
    pub index: Ident,
    pub from: Expression,
    /// Behind the last value.
    pub to: Expression,
    pub place: Place,
    pub body: Repeated,
}

/// What a `repeat` holds.
#[derive(Clone, Default)]
pub struct Repeated {
    pub parameters: Vec<Parameter>,
    pub assignments: Vec<Assignment>,
    pub repeats: Vec<Repeat>,
    pub numbers: Vec<Number>,
    pub results: Vec<Output>,
}

impl Definition {
    /// The place of a statement that comes next.
    pub fn next_place(&self) -> Place {
        let others = self.repeats.len() + self.numbers.len() + self.results.len();
        Place { assignments: self.assignments.len(), others }
    }

    /// Whether a loss is a function of single numbers, outputs before targets.
    pub fn is_of_numbers(&self) -> bool {
        let given = self.inputs.iter().chain(&self.targets);
        given.clone().all(|one| one.axes.is_empty() && !one.is_class())
            && self.settings.iter().all(|setting| setting.axes.is_empty())
            && self.indices.is_empty()
            && self.assignments.iter().all(|one| one.at.is_empty() && !one.value.has_indices())
    }

    /// One without anything in it.
    pub fn new(kind: Kind, name: Ident) -> Self {
        Self {
            kind,
            whole: true,
            origin: Origin::Block,
            written: Written::default(),
            outputs: Meaning::Logits,
            ignored: Vec::new(),
            name,
            sizes: Vec::new(),
            sizes_of_group: None,
            settings: Vec::new(),
            inputs: Vec::new(),
            targets: Vec::new(),
            parameters: Vec::new(),
            indices: Vec::new(),
            numbers: Vec::new(),
            requirements: Vec::new(),
            assignments: Vec::new(),
            repeats: Vec::new(),
            results: Vec::new(),
        }
    }
}

impl Definition {
    /// The names of what it applies, and of the functions that may be layers.
    pub fn called(&self) -> Vec<Ident> {
        self.expressions().flat_map(Expression::called).collect()
    }

    /// The size that says in which order an output has the axes `..` of the first input: P of `y[..P] = x[..]`.
    pub fn order(&self) -> Option<&Size> {
        let mut targets = self.assignments.iter().flat_map(|assignment| &assignment.at);
        targets.find_map(|axis| {
            let ExpressionKind::Axes { group, .. } = &axis.at.kind else { return None };
            let mut sizes = self.sizes.iter().filter(|size| size.is_open);
            sizes.find(|size| group.end.as_ref() == Some(&size.name))
        })
    }

    /// Whether its only size has any number of numbers, which may then be written one by one.
    pub fn takes_numbers(&self) -> bool {
        self.settings.is_empty() && matches!(self.sizes.as_slice(), [size] if size.is_open)
    }

    /// How many inputs may not be left out.
    pub fn needed_inputs(&self) -> usize {
        self.inputs.iter().filter(|input| input.default.is_none()).count()
    }

    /// Everything that is computed in it. What is required of a number is not among it.
    pub fn expressions(&self) -> impl Iterator<Item = &Expression> {
        let declared = self.inputs.iter().chain(&self.targets);
        let axes = declared.clone().flat_map(|one| &one.axes).chain(&self.indices);
        let axes = axes.chain(self.settings.iter().flat_map(|one| &one.axes));
        let numbers = declared.filter_map(|one| one.default.as_deref());
        let numbers = numbers.chain(self.settings.iter().map(|one| &one.default));
        let parameters = self.parameters.iter().flat_map(Parameter::expressions);
        let equations = self.assignments.iter().flat_map(Assignment::expressions);
        let repeats = self.repeats.iter().flat_map(Repeat::expressions);
        let numbers = numbers.chain(self.numbers.iter().map(|number| &number.value));
        let conditions = self.requirements.iter().filter_map(|one| one.condition.as_ref());
        let written = axes.map(|axis| &axis.extent).chain(numbers).chain(conditions);
        written.chain(parameters).chain(equations).chain(repeats)
    }
}

impl Parameter {
    fn expressions(&self) -> impl Iterator<Item = &Expression> {
        let axes = self.declaration.axes.iter().map(|axis| &axis.extent);
        axes.chain(&self.condition).chain(&self.otherwise).chain(&self.arguments)
    }
}

impl Assignment {
    fn expressions(&self) -> impl Iterator<Item = &Expression> {
        let at = self.at.iter().flat_map(|axis| std::iter::once(&axis.at).chain(&axis.extent));
        at.chain([&self.value]).chain(&self.otherwise).chain(&self.condition)
    }
}

impl Repeat {
    fn expressions(&self) -> Vec<&Expression> {
        let Repeated { parameters, assignments, repeats, numbers, results: _ } = &self.body;
        let parameters = parameters.iter().flat_map(Parameter::expressions);
        let equations = assignments.iter().flat_map(Assignment::expressions);
        let inside = repeats.iter().flat_map(Repeat::expressions);
        [&self.from, &self.to]
            .into_iter()
            .chain(parameters)
            .chain(equations)
            .chain(inside)
            .chain(numbers.iter().map(|number| &number.value))
            .collect()
    }
}

/// `C`, `K[2]` for a number along each of two axes, or `N[..]` for any number of them.
#[derive(Clone)]
pub struct Size {
    pub name: Ident,
    pub components: Option<usize>,
    pub is_open: bool,
}

/// `require left < right;`, or `require left divides right;`
#[derive(Clone)]
pub struct Requirement {
    pub left: Expression,
    pub relation: Relation,
    pub right: Expression,
    /// The settings for which it is required, `when nesterov`.
    pub condition: Option<Expression>,
}

impl Requirement {
    pub fn mentions(&self, name: &Ident) -> bool {
        self.left.mentions(name) || self.right.mentions(name)
    }
}

/// What a layer's sizes must be to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    Compare(Comparison),
    Divides,
}

/// `negative_slope = 0.01`, `label_smoothing = 0 in 0..=1`, or `learn beta = 1`
#[derive(Clone)]
pub struct Setting {
    pub name: Ident,
    /// One for a number for each output: `weight[c: C] = 1`.
    pub axes: Vec<Axis>,
    /// How many numbers it has along axes: `stride[2] = 1`.
    pub components: Option<usize>,
    pub default: Expression,
    /// Whether the default is `true` or `false`, 1 or 0, and every value therefore one of them.
    pub is_truth: bool,
    /// What it may be beside numbers, or in place of them: `padding_mode = zeros | reflect`.
    pub words: Vec<Ident>,
    /// The least and the greatest value that makes sense.
    pub range: Option<(Expression, Expression)>,
    /// Whether the range ends before its greatest value: `0..1`.
    pub is_half_open: bool,
    /// Whether it is a parameter that training moves, and the default only its beginning.
    pub is_learned: bool,
    /// What files call the parameter, if not by its name.
    pub key: Option<Key>,
}

impl Setting {
    /// Whether it is one of several words, and no number.
    pub fn is_word(&self) -> bool {
        let default = self.default.as_name();
        default.is_some_and(|default| self.words.first() == Some(default))
    }

    pub fn has_word(&self, word: &str) -> bool {
        self.words.iter().any(|one| one == word)
    }
}

/// `"out_proj.weight"`: what a file calls a parameter, behind the key of its layer.
#[derive(Clone)]
pub struct Key {
    pub text: String,
    pub span: Span,
}

/// `x[i: I]`, `x[.., i: I]`, `x`, `label: class` or `token[s: S]: index(V)`.
#[derive(Clone)]
pub struct Declaration {
    pub name: Ident,
    pub axes: Vec<Axis>,
    /// What `..` stands for among the axes: before each group, so many of them.
    pub groups: Vec<(usize, AxisGroup)>,
    pub numbers: DeclaredNumbers,
    /// What an input of a layer is where it is not given: another input, or a number for all elements.
    pub default: Option<Box<Expression>>,
}

/// What is said of the numbers of an array.
#[derive(Clone, Debug)]
pub enum DeclaredNumbers {
    /// Nothing: they are real.
    Real,
    /// `class`: integers below as many as there are to choose from.
    Class,
    /// `index(V)`: integers below V.
    Index(Box<Expression>),
}

impl Declaration {
    /// Of an array of real numbers.
    pub fn new(name: Ident, axes: Vec<Axis>) -> Self {
        let numbers = DeclaredNumbers::Real;
        Self { name, axes, groups: Vec::new(), numbers, default: None }
    }

    /// V of `index(V)`.
    pub fn below(&self) -> Option<&Expression> {
        match &self.numbers {
            DeclaredNumbers::Index(below) => Some(below),
            DeclaredNumbers::Real | DeclaredNumbers::Class => None,
        }
    }

    pub fn is_class(&self) -> bool {
        matches!(self.numbers, DeclaredNumbers::Class)
    }

    /// Axes and groups in the order in which they are written.
    pub fn parts(&self) -> Vec<AxisPart<'_>> {
        let mut groups = self.groups.iter().peekable();
        let mut parts = Vec::new();
        for at in 0..=self.axes.len() {
            while let Some((_, group)) = groups.next_if(|(before, _)| *before == at) {
                parts.push(AxisPart::Group(group));
            }
            parts.extend(self.axes.get(at).map(AxisPart::Axis));
        }
        parts
    }
}

/// One axis, or a group of any number of axes.
pub enum AxisPart<'a> {
    Axis(&'a Axis),
    Group(&'a AxisGroup),
}

/// `..`: any number of axes. `..dim` are those before the axis `dim`, `..=dim` those up to it; among the
/// sizes of a layer, `..shape` is one for each axis.
#[derive(Clone, Debug)]
pub struct AxisGroup {
    pub end: Option<Ident>,
    /// Whether the axis at the end is one of them.
    pub is_inclusive: bool,
    pub location: Location,
}

/// As it is written; two groups are the same axes where this is the same.
impl fmt::Display for AxisGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dots = if self.is_inclusive { "..=" } else { ".." };
        match &self.end {
            Some(end) => write!(f, "{dots}{end}"),
            None => write!(f, "{dots}"),
        }
    }
}

/// `i: I`, or `l[2]: L` for several axes: an index along each, and an extent.
#[derive(Clone)]
pub struct Axis {
    pub index: Ident,
    pub components: Option<usize>,
    pub extent: Expression,
}

/// `param weight[o: O, i: I] ~ uniform(bound);`, with `when bias` behind it if it may be left out, or
/// with `state` for `param` if it is no gradient that moves it. Of an optimizer: `state m;`.
#[derive(Clone)]
pub struct Parameter {
    pub is_state: bool,
    pub declaration: Declaration,
    /// What files call it, if not by its name: `as "out_proj.weight"`.
    pub key: Option<Key>,
    /// 0 if there is none; what stands in its place, 0 if nothing is said.
    pub condition: Option<Expression>,
    pub otherwise: Option<Expression>,
    pub initialiser: Ident,
    pub arguments: Vec<Expression>,
}

/// `y[o] = expression;`, with `else 0` behind it for elements that it does not reach and `when bias` if
/// the settings may leave it out, or `running[o] <- expression;` for what a state becomes after a step of
/// training.
#[derive(Clone)]
pub struct Assignment {
    pub is_update: bool,
    /// The blocks `scan t { … }` around it, the outermost first: step by step, each seeing what those
    /// before have made.
    pub scans: Vec<ScanBlock>,
    pub target: Ident,
    /// The arrays behind the first of what makes several: `h, g = Encoder(x);`
    pub others: Vec<Ident>,
    pub at: Vec<TargetAxis>,
    pub value: Expression,
    pub otherwise: Option<Expression>,
    /// Where it does not hold there is no such statement, and an array that no other makes is 0.
    pub condition: Option<Expression>,
}

impl Assignment {
    /// Of a whole array: `y = x + 1`.
    pub fn of_array(target: Ident, value: Expression) -> Self {
        let (scans, others, at) = (Vec::new(), Vec::new(), Vec::new());
        let (otherwise, condition) = (None, None);
        Self { is_update: false, scans, target, others, at, value, otherwise, condition }
    }

    /// Everything that it assigns.
    pub fn targets(&self) -> impl Iterator<Item = &Ident> {
        std::iter::once(&self.target).chain(&self.others)
    }
}

/// One of the blocks `scan t { … }` of a definition.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ScanBlock {
    pub index: Ident,
    /// The number of the first assignment in it, which tells it from others over the same index.
    pub first: usize,
}

/// `o`, `2*i + j`, or `h: H / 2`.
#[derive(Clone)]
pub struct TargetAxis {
    pub at: Expression,
    pub extent: Option<Expression>,
}

/// `function tanh(x) derivative 1 - y^2;`
pub struct Function {
    pub documentation: String,
    pub name: Ident,
    pub derivative: Expression,
}

/// `left => right;`, or `y = root: left => right;`
pub struct Rewrite {
    pub root: Option<Expression>,
    pub left: Expression,
    pub right: Expression,
}

/// A function over indices as it is written: `sum(i: …)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reduction {
    Sum,
    Mean,
    Product,
    Max,
    Min,
}

impl Reduction {
    /// Functions over indices: `sum(i: …)`.
    pub const ALL: [(&str, Self); 5] = [
        ("sum", Self::Sum),
        ("mean", Self::Mean),
        ("prod", Self::Product),
        ("max", Self::Max),
        ("min", Self::Min),
    ];

    pub fn name(self) -> &'static str {
        let (name, _) = Self::ALL[Self::ALL.iter().position(|(_, one)| *one == self).unwrap_or(0)];
        name
    }
}

/// What a reduction runs over: an index `c`, or `m in batch` for all samples.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoundIndex {
    pub index: Ident,
    pub is_sample: bool,
}

impl From<Ident> for BoundIndex {
    fn from(index: Ident) -> Self {
        Self { index, is_sample: false }
    }
}

impl fmt::Display for BoundIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let samples = if self.is_sample { " in batch" } else { "" };
        write!(f, "{}{samples}", self.index)
    }
}

/// What is applied to arrays in the body of a network.
#[derive(Clone, Debug)]
pub enum AppliedLayers {
    Layer(Box<LayerTree>),
    /// What stands between `<` and `>`.
    Chain(TokenStream),
    /// `reuse label`: what is labelled so once more.
    Reuse(Ident),
}

/// As it is written, for titles.
impl fmt::Display for AppliedLayers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Chain(_) => write!(f, "<…>"),
            Self::Reuse(of) => write!(f, "reuse {of}"),
            Self::Layer(layer) => {
                let arguments = layer.arguments.iter().map(|argument| match &argument.name {
                    Some(name) => format!("{name} = {}", argument.value),
                    None => argument.value.to_string(),
                });
                write!(f, "{}({})", layer.name, arguments.collect::<Vec<_>>().join(", "))
            }
        }
    }
}

/// Every name in a run of tokens.
fn names_among(tokens: TokenStream) -> Vec<Ident> {
    let names = tokens.into_iter().flat_map(|token| match token {
        TokenTree::Ident(name) => vec![name],
        TokenTree::Group(group) => names_among(group.stream()),
        TokenTree::Punct(_) | TokenTree::Literal(_) => Vec::new(),
    });
    names.collect()
}

/// Those that may be names of layers: neither labels nor arguments.
fn layers_among(tokens: TokenStream) -> Vec<Ident> {
    let mut names = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Ident(name) => names.push(name),
            TokenTree::Punct(colon) if colon.as_char() == ':' => drop(names.pop()),
            TokenTree::Group(group) if group.delimiter() != Delimiter::Parenthesis => {
                names.extend(layers_among(group.stream()));
            }
            TokenTree::Group(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
    names
}

#[derive(Clone, Debug)]
pub struct Expression {
    pub kind: ExpressionKind,
    pub location: Location,
}

#[derive(Clone, Debug)]
pub enum ExpressionKind {
    Integer(i64),
    Float(f64),
    /// `true` or `false`: what a setting says that has no other values.
    Truth(bool),
    /// `(5, 3)`: a number along each of several axes.
    Tuple(Vec<Expression>),
    Name(Ident),
    /// `..` between brackets: an index for each axis of the group; in parentheses all of them as one, row by
    /// row.
    Axes {
        group: AxisGroup,
        is_joined: bool,
    },
    Element {
        array: Ident,
        at: Vec<Expression>,
    },
    Call {
        function: Ident,
        arguments: Vec<Expression>,
    },
    /// `linear(4)(x)` or `<linear(4); tanh>(x)`
    Apply {
        layers: AppliedLayers,
        arguments: Vec<Expression>,
    },
    /// `softmax(x)[i]`
    ElementOf {
        array: Box<Expression>,
        at: Vec<Expression>,
    },
    Reduce {
        operation: Reduction,
        indices: Vec<BoundIndex>,
        groups: Vec<AxisGroup>,
        body: Box<Expression>,
    },
    Negate(Box<Expression>),
    Binary(Binary, Box<Expression>, Box<Expression>),
    Compare(Comparison, Box<Expression>, Box<Expression>),
    If {
        condition: Box<Expression>,
        then: Box<Expression>,
        otherwise: Box<Expression>,
    },
}

impl Expression {
    /// The expressions that it is computed from, in order.
    pub fn children(&self) -> Vec<&Expression> {
        match &self.kind {
            ExpressionKind::Integer(_)
            | ExpressionKind::Float(_)
            | ExpressionKind::Truth(_)
            | ExpressionKind::Axes { .. }
            | ExpressionKind::Name(_) => vec![],
            ExpressionKind::Tuple(all)
            | ExpressionKind::Element { at: all, .. }
            | ExpressionKind::Apply { arguments: all, .. }
            | ExpressionKind::Call { arguments: all, .. } => all.iter().collect(),
            ExpressionKind::ElementOf { array, at } => {
                std::iter::once(&**array).chain(at).collect()
            }
            ExpressionKind::Reduce { body, .. } | ExpressionKind::Negate(body) => vec![body],
            ExpressionKind::Binary(_, left, right) | ExpressionKind::Compare(_, left, right) => {
                vec![left, right]
            }
            ExpressionKind::If { condition, then, otherwise } => vec![condition, then, otherwise],
        }
    }

    /// The same with each child replaced, in the order of `children`.
    pub fn map_children(&self, replace: &mut impl FnMut(&Expression) -> Expression) -> Expression {
        let kind = match &self.kind {
            ExpressionKind::Integer(_)
            | ExpressionKind::Float(_)
            | ExpressionKind::Truth(_)
            | ExpressionKind::Axes { .. }
            | ExpressionKind::Name(_) => self.kind.clone(),
            ExpressionKind::Tuple(parts) => {
                ExpressionKind::Tuple(parts.iter().map(replace).collect())
            }
            ExpressionKind::Element { array, at } => {
                let at = at.iter().map(replace).collect();
                ExpressionKind::Element { array: array.clone(), at }
            }
            ExpressionKind::Apply { layers, arguments } => {
                let arguments = arguments.iter().map(replace).collect();
                ExpressionKind::Apply { layers: layers.clone(), arguments }
            }
            ExpressionKind::Call { function, arguments } => {
                let arguments = arguments.iter().map(replace).collect();
                ExpressionKind::Call { function: function.clone(), arguments }
            }
            ExpressionKind::ElementOf { array, at } => {
                let array = Box::new(replace(array));
                ExpressionKind::ElementOf { array, at: at.iter().map(replace).collect() }
            }
            ExpressionKind::Reduce { operation, indices, groups, body } => ExpressionKind::Reduce {
                operation: *operation,
                indices: indices.clone(),
                groups: groups.clone(),
                body: Box::new(replace(body)),
            },
            ExpressionKind::Negate(operand) => ExpressionKind::Negate(Box::new(replace(operand))),
            ExpressionKind::Binary(operation, left, right) => {
                let (left, right) = (Box::new(replace(left)), Box::new(replace(right)));
                ExpressionKind::Binary(*operation, left, right)
            }
            ExpressionKind::Compare(comparison, left, right) => {
                let (left, right) = (Box::new(replace(left)), Box::new(replace(right)));
                ExpressionKind::Compare(*comparison, left, right)
            }
            ExpressionKind::If { condition, then, otherwise } => ExpressionKind::If {
                condition: Box::new(replace(condition)),
                then: Box::new(replace(then)),
                otherwise: Box::new(replace(otherwise)),
            },
        };
        Expression { kind, location: self.location }
    }

    /// Whether it is written with indices.
    pub fn has_indices(&self) -> bool {
        matches!(self.kind, ExpressionKind::Element { .. } | ExpressionKind::Reduce { .. })
            || self.children().into_iter().any(Self::has_indices)
    }

    /// The first index in it that runs over the samples: `m` of `sum(m in batch: …)`.
    pub fn sample_index(&self) -> Option<&Ident> {
        let own = match &self.kind {
            ExpressionKind::Reduce { indices, .. } => indices.iter().find(|one| one.is_sample),
            _ => None,
        };
        let inside = || self.children().into_iter().find_map(Self::sample_index);
        own.map(|bound| &bound.index).or_else(inside)
    }

    /// The parts of a tuple, or the expression itself.
    pub fn parts(&self) -> &[Expression] {
        match &self.kind {
            ExpressionKind::Tuple(parts) => parts,
            _ => std::slice::from_ref(self),
        }
    }

    /// 1 or 0, if it is `true` or `false`.
    pub fn as_truth(&self) -> Option<i64> {
        match self.kind {
            ExpressionKind::Truth(truth) => Some(i64::from(truth)),
            _ => None,
        }
    }

    /// Whether it is a call of a logarithm.
    pub fn is_logarithm(&self) -> bool {
        let ExpressionKind::Call { function, .. } = &self.kind else { return false };
        function == "ln" || function == "ln_1p"
    }

    /// The name, if it is one and nothing else.
    pub fn as_name(&self) -> Option<&Ident> {
        match &self.kind {
            ExpressionKind::Name(name) => Some(name),
            _ => None,
        }
    }

    /// Every name in it, arrays included.
    pub fn all_names(&self) -> Vec<&Ident> {
        let own = match &self.kind {
            ExpressionKind::Name(name) | ExpressionKind::Element { array: name, .. } => Some(name),
            _ => None,
        };
        let children = self.children().into_iter().flat_map(Expression::all_names);
        own.into_iter().chain(children).collect()
    }

    /// Every name in it, indices of reductions included.
    pub fn every_name(&self) -> Vec<String> {
        let bound = match &self.kind {
            ExpressionKind::Reduce { indices, .. } => indices.as_slice(),
            _ => &[],
        };
        let own = match &self.kind {
            ExpressionKind::Name(name) | ExpressionKind::Element { array: name, .. } => Some(name),
            _ => None,
        };
        let children = self.children().into_iter().flat_map(Expression::every_name);
        bound
            .iter()
            .map(|bound| &bound.index)
            .chain(own)
            .map(ToString::to_string)
            .chain(children)
            .collect()
    }

    /// Whether a name stands in it, in the arguments of applied layers too.
    pub fn mentions(&self, name: &Ident) -> bool {
        let is_own = match &self.kind {
            ExpressionKind::Name(own) | ExpressionKind::Element { array: own, .. } => own == name,
            ExpressionKind::Apply { layers: AppliedLayers::Layer(layer), .. } => {
                layer.arguments.iter().any(|argument| argument.value.mentions(name))
            }
            ExpressionKind::Apply { layers: AppliedLayers::Chain(tokens), .. } => {
                names_among(tokens.clone()).contains(name)
            }
            _ => false,
        };
        is_own || self.children().into_iter().any(|child| child.mentions(name))
    }

    /// The names of all layers in it, and of the functions that may be layers.
    pub fn called(&self) -> Vec<Ident> {
        let own = match &self.kind {
            ExpressionKind::Call { function, .. } => vec![function.clone()],
            ExpressionKind::Apply { layers: AppliedLayers::Layer(layer), .. } => {
                vec![layer.name.clone()]
            }
            ExpressionKind::Apply { layers: AppliedLayers::Chain(tokens), .. } => {
                layers_among(tokens.clone())
            }
            _ => Vec::new(),
        };
        let children = self.children().into_iter().flat_map(Expression::called);
        own.into_iter().chain(children).collect()
    }

    /// The same without those in indices of arrays.
    pub fn names_outside_elements(&self) -> Vec<&Ident> {
        match &self.kind {
            ExpressionKind::Name(name) => vec![name],
            ExpressionKind::Element { .. } => Vec::new(),
            _ => self.children().into_iter().flat_map(Expression::names_outside_elements).collect(),
        }
    }

    /// Every name that stands for a number or an index in it.
    pub fn names(&self) -> Vec<&Ident> {
        match self.as_name() {
            Some(name) => vec![name],
            None => self.children().into_iter().flat_map(Expression::names).collect(),
        }
    }
}

/// As it is written, for messages: arithmetic on names.
impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ExpressionKind::Integer(value) => write!(f, "{value}"),
            ExpressionKind::Float(value) => write!(f, "{value}"),
            ExpressionKind::Truth(value) => write!(f, "{value}"),
            ExpressionKind::Name(name) => write!(f, "{name}"),
            ExpressionKind::Element { array, at } => write!(f, "{array}[{}]", joined(at)),
            ExpressionKind::Tuple(all) => write!(f, "({})", joined(all)),
            ExpressionKind::Negate(operand) => write!(f, "-{operand}"),
            ExpressionKind::Binary(operation, left, right) => {
                let part = |one: &Expression| match &one.kind {
                    ExpressionKind::Binary(Binary::Add | Binary::Subtract, ..)
                        if matches!(operation, Binary::Multiply | Binary::Divide) =>
                    {
                        format!("({one})")
                    }
                    _ => one.to_string(),
                };
                write!(f, "{} {} {}", part(left), operation.sign(), part(right))
            }
            ExpressionKind::Compare(comparison, left, right) => {
                write!(f, "{left} {} {right}", comparison.sign())
            }
            ExpressionKind::Call { function, arguments } => {
                write!(f, "{function}({})", joined(arguments))
            }
            ExpressionKind::Apply { layers, arguments } => {
                write!(f, "{layers}({})", joined(arguments))
            }
            ExpressionKind::ElementOf { array, at } => write!(f, "{array}[{}]", joined(at)),
            ExpressionKind::Axes { group, is_joined: false } => write!(f, "{group}"),
            ExpressionKind::Axes { group, is_joined: true } => write!(f, "({group})"),
            ExpressionKind::Reduce { operation, indices, groups, body } => {
                let groups = groups.iter().map(ToString::to_string);
                let indices: Vec<String> =
                    groups.chain(indices.iter().map(ToString::to_string)).collect();
                write!(f, "{}({}: {body})", operation.name(), indices.join(", "))
            }
            ExpressionKind::If { condition, then, otherwise } => {
                write!(f, "if {condition} {{ {then} }} else {{ {otherwise} }}")
            }
        }
    }
}

fn joined(all: &[Expression]) -> String {
    all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
