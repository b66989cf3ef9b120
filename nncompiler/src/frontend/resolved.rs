//! What the front end produces: a block in which every name, shape and number is known.

use std::ops::Range;
use std::rc::Rc;

use proc_macro2::Ident;
use syn::{Attribute, Visibility};

use crate::ir::expression::{Binary, Comparison};
use crate::ir::function::Scan;
use crate::ir::index::{Access, ArrayId, Extent, Index, IndexInfo};
use crate::ir::initialiser::Initialiser;
use crate::ir::meaning::Meaning;
use crate::ir::reduction::Reduction;

/// A `network!` block.
pub struct Block {
    pub constants: Vec<Constant>,
    pub networks: Vec<Network>,
    pub losses: Vec<Loss>,
    pub network_losses: Vec<NetworkLoss>,
    pub optimizers: Vec<Optimizer>,
    pub unknown: Vec<Unknown>,
}

/// An item of which mistakes leave no more than its name.
pub struct Unknown {
    pub visibility: Visibility,
    pub name: Ident,
    pub kind: UnknownKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownKind {
    Constant,
    /// The type of a loss or of an optimizer.
    Plain,
    /// The types of a network: for numbers of any type, and for f32.
    Network,
}

impl Unknown {
    pub fn network(network: Network) -> Self {
        let Network { visibility, name, .. } = network;
        Self { visibility, name, kind: UnknownKind::Network }
    }
}

/// A constant of the block.
pub struct Constant {
    pub attributes: Vec<Attribute>,
    pub visibility: Visibility,
    pub name: Ident,
    /// The name of a number type.
    pub number: Ident,
    pub value: ConstantValue,
}

/// A number known at expansion: an integer as Rust's integers are, or a real number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ConstantValue {
    Integer(i64),
    Real(f64),
}

impl ConstantValue {
    pub fn real(self) -> f64 {
        match self {
            ConstantValue::Integer(value) => value as f64,
            ConstantValue::Real(value) => value,
        }
    }
}

/// A network whose layers fit together; without `whole`, only as far as they do.
pub struct Network {
    pub attributes: Vec<Attribute>,
    pub visibility: Visibility,
    pub name: Ident,
    pub inputs: Vec<NetworkInput>,
    pub layers: Vec<Layer>,
    /// The networks inside it.
    pub parts: Vec<Part>,
    pub outputs: Vec<NetworkOutput>,
    /// The inputs on which training computes gradients, by their numbers.
    pub differentiated_inputs: Vec<usize>,
    /// Whether there is nothing wrong with it.
    pub whole: bool,
    /// Whether every layer is known, and so are all fields and the outputs.
    pub complete: bool,
    /// Whether it is a part of another network.
    pub is_part: bool,
}

impl Network {
    /// What a file may hold beside parameters and states.
    pub fn ignored_keys(&self) -> Vec<String> {
        let own = self.layers.iter().filter(|layer| layer.shares.is_none());
        own.flat_map(|layer| layer.ignored.iter().map(|key| layer.full_key(key))).collect()
    }

    /// What an output is: what the last layer above it says that does not pass it on unchanged.
    pub fn meaning(&self, output: &NetworkOutput) -> Meaning {
        let mut source = output.source;
        while let Source::Layer(number) = source {
            let layer = &self.layers[number];
            if layer.outputs != Meaning::Unchanged {
                return layer.outputs;
            }
            let Some(&above) = layer.inputs.first() else { break };
            source = above;
        }
        Meaning::Logits
    }

    /// Whether its inputs and outputs are called by their names, and not just one each.
    pub fn has_single_input(&self) -> bool {
        self.inputs.len() == 1
    }

    /// Whether it has one input of real numbers and one output.
    pub fn is_chain_of_real_numbers(&self) -> bool {
        let is_real = |input: &NetworkInput| input.numbers == Numbers::Real;
        self.has_single_input() && self.has_single_output() && self.inputs.iter().all(is_real)
    }

    /// Whether it computes derivatives.
    pub fn has_derivatives(&self) -> bool {
        self.layers.iter().any(|layer| layer.kind == LayerKind::Derivative)
    }

    pub fn has_single_output(&self) -> bool {
        self.outputs.len() == 1
    }

    /// Whether its parameters without its states are a type of their own, as those of a part are.
    pub fn has_parameters_struct(&self) -> bool {
        self.is_part && self.has_states()
    }

    /// Whether training moves something of it without a gradient.
    pub fn has_states(&self) -> bool {
        self.layers.iter().any(|layer| layer.has_own(|role| matches!(role, LocalRole::State(_))))
    }
}

/// A network inside another, which is a field of its own type there.
pub struct Part {
    pub field: Ident,
    /// The name of its type, and who may see that.
    pub network: Ident,
    pub visibility: Visibility,
    pub has_states: bool,
    /// Its layers among those of the whole.
    pub layers: Range<usize>,
}

/// What a network is given.
#[derive(Clone, Debug)]
pub struct NetworkInput {
    pub name: Ident,
    /// Its shape for one sample.
    pub shape: Vec<usize>,
    pub numbers: Numbers,
    /// Whether there is one for each sample: a setting of a loss is the same for all.
    pub is_of_samples: bool,
}

/// What the numbers of a network's input are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbers {
    Real,
    /// Integers below this one.
    Index(usize),
    /// The class of a target: below as many as there are elements to choose from, if it chooses some.
    Class(Option<usize>),
}

/// What a network makes for each sample.
#[derive(Clone, Debug)]
pub struct NetworkOutput {
    pub name: Ident,
    pub source: Source,
    pub shape: Vec<usize>,
}

/// Where an array of a network comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The n-th input.
    Input(usize),
    /// What the n-th layer makes.
    Layer(usize),
    /// What the n-th layer puts out beside that: one of its arrays.
    Other(usize, usize),
}

/// One layer with its equations.
#[derive(Clone)]
pub struct Layer {
    /// The fields of the networks in which it stands, outermost first.
    pub within: Vec<Ident>,
    /// The labels, or names with positions: `linear1` for PyTorch's `1.weight`.
    pub field: Ident,
    /// The type of its parameters.
    pub structure: Ident,
    /// What a state dict calls it: labels, or positions from 0 as in PyTorch's `Sequential`, with a
    /// dot between those of groups.
    pub key: String,
    /// Where its inputs come from.
    pub inputs: Vec<Source>,
    /// The layer whose parameters it has, if they are not its own.
    pub shares: Option<usize>,
    /// The layer with its sizes and settings filled in: `linear(784, 128)`.
    pub title: String,
    /// Whether it is an activation, whose equation has no indices of its own.
    pub elementwise: bool,
    pub outputs: Meaning,
    /// Keys that a file may hold for it beside those of its parameters.
    pub ignored: Vec<String>,
    pub kind: LayerKind,
    pub equations: Equations,
}

/// What a layer is to its network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LayerKind {
    /// Equations, with parameters under the layer's name.
    Equations,
    /// A parameter of the network itself: nothing is computed.
    Parameter,
    /// The derivative of its first input by its second.
    Derivative,
}

impl Layer {
    /// Whether it holds an array with such a role.
    pub fn has_own(&self, is_such: impl Fn(&LocalRole) -> bool) -> bool {
        self.shares.is_none() && self.equations.arrays.iter().any(|array| is_such(&array.role))
    }

    /// The types of its own parameters and states.
    pub fn types(&self) -> Vec<Ident> {
        let has_types =
            self.within.is_empty() && self.shares.is_none() && self.kind != LayerKind::Parameter;
        let own = self.equations.arrays.iter().filter(|_| has_types);
        let roles: Vec<&LocalRole> = own.map(|array| &array.role).collect();
        let has_parameters = roles.iter().any(|role| matches!(role, LocalRole::Parameter(_)));
        let has_states = roles.iter().any(|role| matches!(role, LocalRole::State(_)));
        let parameters = has_parameters.then(|| self.structure.clone());
        let states = has_states.then(|| self.states_structure());
        parameters.into_iter().chain(states).collect()
    }

    /// What a state dict calls something of this layer.
    pub fn full_key(&self, own: &str) -> String {
        match self.kind {
            LayerKind::Parameter => self.key.clone(),
            LayerKind::Equations | LayerKind::Derivative => format!("{}.{own}", self.key),
        }
    }

    /// What a state dict calls its own parameters and states, and what a file may hold beside them.
    pub fn keys(&self) -> Vec<String> {
        let own = self.equations.arrays.iter().filter(|_| self.shares.is_none());
        let kept = own.filter(|array| array.role.is_kept()).map(|array| &array.key);
        let ignored = self.ignored.iter().filter(|_| self.shares.is_none());
        kept.chain(ignored).map(|key| self.full_key(key)).collect()
    }

    /// The type of its states.
    pub fn states_structure(&self) -> Ident {
        Ident::new(&format!("{}States", self.structure), self.structure.span())
    }
}

/// A loss for one sample of any number of outputs; its settings stay open until run time.
pub struct Loss {
    pub of: LossType,
    /// The names of its arguments: equal parts of the outputs, and last the target.
    pub arguments: Vec<String>,
    /// Whether it refuses probabilities.
    pub takes_logits: bool,
    /// What its equations call the number of outputs.
    pub sizes: Vec<String>,
    pub equations: Equations,
}

/// The type of a loss, whatever it is compiled for.
#[derive(Clone)]
pub struct LossType {
    pub visibility: Visibility,
    pub documentation: String,
    pub name: Ident,
    /// The type that holds its settings.
    pub structure: Ident,
    pub settings: Vec<LossSetting>,
}

/// A loss on the outputs of one network.
pub struct NetworkLoss {
    pub of: LossType,
    /// The network's name.
    pub network: Ident,
    /// For each output of the network: its numbers, and which of the loss's outputs it is.
    pub outputs: Vec<(usize, Option<usize>)>,
    pub targets: Vec<LossTarget>,
    /// The loss as a network of one output or two: its inputs are its outputs, targets and settings, its
    /// outputs are the loss of a sample, and how often the sample counts in the mean.
    pub body: Network,
}

impl NetworkLoss {
    /// How many numbers each setting has.
    pub fn setting_widths(&self) -> Vec<usize> {
        let first = self.output_count() + self.targets.len();
        let given = &self.body.inputs[first..];
        given.iter().map(|setting| setting.shape.iter().product()).collect()
    }

    /// How many outputs of the network it is of.
    pub fn output_count(&self) -> usize {
        self.outputs.iter().filter(|(_, of)| of.is_some()).count()
    }
}

/// What a loss is given to compare outputs with.
pub struct LossTarget {
    pub name: Ident,
    /// Numbers of one sample.
    pub width: usize,
    pub kind: TargetKind,
}

/// What the numbers of a target are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetKind {
    Real,
    /// Classes, of which there are so many if the loss says so.
    Class(Option<usize>),
}

/// A setting of a loss.
#[derive(Clone)]
pub struct LossSetting {
    pub name: Ident,
    pub default: f64,
    /// The least and the greatest value.
    pub range: (f64, f64),
    /// Whether it has a number for each output.
    pub is_per_output: bool,
}

/// A statement of a loss with this target says how often the sample counts in the mean.
pub const SAMPLES: &str = "samples";

/// An optimizer: what a step makes of one parameter; its settings stay open until run time.
pub struct Optimizer {
    pub visibility: Visibility,
    pub documentation: String,
    pub name: Ident,
    /// The type that holds its settings.
    pub structure: Ident,
    pub settings: Vec<OptimizerSetting>,
    pub requirements: Vec<OptimizerRequirement>,
    pub states: Vec<OptimizerState>,
    /// Their arrays, which have no axes, are the parameter, its gradient, the states, and what is computed.
    pub equations: Equations,
}

/// A setting of an optimizer.
pub struct OptimizerSetting {
    pub name: Ident,
    pub default: f64,
    /// The least and the greatest value.
    pub range: (f64, f64),
    /// Whether it has to be below the greatest value.
    pub is_half_open: bool,
    /// Whether it is `true` or `false`.
    pub is_truth: bool,
}

/// What settings must be to each other.
pub struct OptimizerRequirement {
    /// As it is written.
    pub text: String,
    pub condition: Option<Value>,
    pub left: Value,
    pub comparison: Comparison,
    pub right: Value,
}

/// What an optimizer keeps from step to step.
pub struct OptimizerState {
    /// Before the first step.
    pub start: Value,
    /// The settings for which it is kept, if not for all.
    pub condition: Option<Value>,
}

/// The number of a step, from 1, in an optimizer's equations.
pub const STEP: &str = "step";

/// The equations of a layer, activation, loss or optimizer.
#[derive(Clone, Debug)]
pub struct Equations {
    pub arrays: Vec<LocalArray>,
    pub indices: Vec<IndexInfo>,
    pub statements: Vec<LocalStatement>,
    /// The array that they make.
    pub output: usize,
    /// Those that they put out beside it.
    pub others: Vec<usize>,
    /// Keys that a file may hold for layers that are applied here.
    pub ignored: Vec<String>,
}

impl Equations {
    /// Whether a scan makes an array.
    pub fn is_made_by_scan(&self, array: usize) -> bool {
        let makes = |one: &LocalStatement| one.target.array.0 as usize == array;
        self.statements.iter().any(|one| !one.scans.is_empty() && makes(one))
    }

    /// The equations whose last statement makes the output.
    pub fn new(
        arrays: Vec<LocalArray>,
        indices: Vec<IndexInfo>,
        statements: Vec<LocalStatement>,
    ) -> Self {
        let last = statements.iter().rev().find(|statement| !statement.is_update);
        let output = last.map_or(0, |statement| statement.target.array.0 as usize);
        let (others, ignored) = (Vec::new(), Vec::new());
        Self { arrays, indices, statements, output, others, ignored }
    }

    /// Of a single number x as the array y of one number.
    pub fn single_number(name: &Ident) -> Self {
        let array = |name: &str, axes: Vec<Extent>, role| LocalArray {
            name: name.to_owned(),
            key: name.to_owned(),
            axes,
            role,
            before: Vec::new(),
        };
        let one = Extent::Fixed(1);
        let name = name.to_string();
        let arrays = vec![
            array(&name, Vec::new(), LocalRole::Input),
            array(&format!("{name}_k"), vec![one], LocalRole::Computed),
        ];
        let statement = LocalStatement {
            target: Access { array: ArrayId(1), at: vec![Index(0).into()] },
            value: Value::Element(Access { array: ArrayId(0), at: Vec::new() }),
            is_update: false,
            scans: Vec::new(),
            otherwise: None,
        };
        let indices = vec![IndexInfo { name: "k".into(), extent: one }];
        Self::new(arrays, indices, vec![statement])
    }

    /// Of a derivative, whose statements nobody has written: the arrays u, x and d(u, x), with these shapes.
    pub fn derivative(shapes: [&[usize]; 3]) -> Self {
        let names = [("u", LocalRole::Input), ("x", LocalRole::Input), ("y", LocalRole::Computed)];
        let arrays = names.into_iter().zip(shapes).map(|((name, role), shape)| LocalArray {
            name: name.to_owned(),
            key: name.to_owned(),
            axes: shape.iter().map(|&size| Extent::Fixed(size)).collect(),
            role,
            before: Vec::new(),
        });
        Self {
            arrays: arrays.collect(),
            indices: Vec::new(),
            statements: Vec::new(),
            output: 2,
            others: Vec::new(),
            ignored: Vec::new(),
        }
    }
}

/// An array as one layer sees it.
#[derive(Clone, Debug)]
pub struct LocalArray {
    pub name: String,
    /// What a state dict calls it behind the key of its layer, if it is kept.
    pub key: String,
    pub axes: Vec<Extent>,
    pub role: LocalRole,
    /// Of each axis, the elements that stand before the one at 0; none, if nothing is said: they are the
    /// first values of what a scan makes.
    pub before: Vec<usize>,
}

/// What an array is to its layer.
#[derive(Clone, Debug, PartialEq)]
pub enum LocalRole {
    Input,
    /// What a loss compares the outputs with: real numbers.
    Target,
    /// Integers that are given, below this one; of a class, below as many as there are elements that it chooses
    /// from.
    Integers(Option<usize>),
    /// A setting of a loss with a number for each output.
    Setting,
    Parameter(Initialiser),
    /// What training moves, but not along a gradient.
    State(Initialiser),
    Computed,
}

impl LocalRole {
    /// Whether it differs from sample to sample, as what a layer is given does.
    pub fn is_given(&self) -> bool {
        matches!(self, Self::Input | Self::Integers(_))
    }

    /// Whether the network holds the array from one pass to the next.
    pub fn is_kept(&self) -> bool {
        matches!(self, Self::Parameter(_) | Self::State(_))
    }
}

/// `target[…] = value`
#[derive(Clone, Debug)]
pub struct LocalStatement {
    pub target: Access,
    pub value: Value,
    /// Whether it says what a state becomes after a step of training.
    pub is_update: bool,
    /// The indices over which it runs step by step, with all neighbours that have the same, the outermost
    /// first.
    pub scans: Vec<Scan>,
    /// The elements that it does not reach; 0 if it does not say.
    pub otherwise: Option<f64>,
}

/// An expression.
#[derive(Clone, Debug)]
pub enum Value {
    Constant(f64),
    Element(Access),
    /// An element of the sample that an index names, and not of the one at hand.
    ElementOfSample(Index, Access),
    /// An index as a number.
    Position(Index),
    /// A number known at run time: a loss's setting, or the size of the batch or of the outputs.
    Setting(Rc<str>),
    /// 1 in training, 0 otherwise.
    Training,
    /// A number between 0 and 1, another one for each element and each step.
    Random,
    Negate(Box<Value>),
    Apply(Rc<str>, Box<Value>),
    Stop(Box<Value>),
    Binary(Binary, Box<Value>, Box<Value>),
    Compare(Comparison, Box<Value>, Box<Value>),
    Select(Box<Value>, Box<Value>, Box<Value>),
    Reduce(Reduction, Vec<Index>, Box<Value>),
}

impl Value {
    /// The values that this one is computed from, in order.
    pub fn children(&self) -> Vec<&Value> {
        match self {
            Value::Constant(_)
            | Value::Element(_)
            | Value::ElementOfSample(..)
            | Value::Position(_)
            | Value::Setting(_)
            | Value::Training
            | Value::Random => vec![],
            Value::Negate(a) | Value::Apply(_, a) | Value::Stop(a) | Value::Reduce(_, _, a) => {
                vec![a]
            }
            Value::Binary(_, a, b) | Value::Compare(_, a, b) => vec![a, b],
            Value::Select(condition, then, otherwise) => vec![condition, then, otherwise],
        }
    }

    /// How many values it is made of, itself included.
    pub fn operations(&self) -> usize {
        1 + self.children().into_iter().map(Value::operations).sum::<usize>()
    }

    /// The same of other arrays and indices.
    pub fn renamed(
        &self,
        array: &impl Fn(ArrayId) -> ArrayId,
        index: &impl Fn(Index) -> Index,
    ) -> Value {
        let boxed = |value: &Value| Box::new(value.renamed(array, index));
        match self {
            Value::Constant(_) | Value::Setting(_) | Value::Training | Value::Random => {
                self.clone()
            }
            Value::Element(access) => Value::Element(access.renamed(index).in_arrays(array)),
            Value::ElementOfSample(sample, access) => {
                let access = access.renamed(index).in_arrays(array);
                Value::ElementOfSample(index(*sample), access)
            }
            Value::Position(position) => Value::Position(index(*position)),
            Value::Negate(a) => Value::Negate(boxed(a)),
            Value::Apply(function, a) => Value::Apply(function.clone(), boxed(a)),
            Value::Stop(a) => Value::Stop(boxed(a)),
            Value::Binary(operation, a, b) => Value::Binary(*operation, boxed(a), boxed(b)),
            Value::Compare(comparison, a, b) => Value::Compare(*comparison, boxed(a), boxed(b)),
            Value::Select(condition, then, otherwise) => {
                Value::Select(boxed(condition), boxed(then), boxed(otherwise))
            }
            Value::Reduce(reduction, bound, a) => {
                let bound = bound.iter().map(|&one| index(one)).collect();
                Value::Reduce(*reduction, bound, boxed(a))
            }
        }
    }

    /// Every element that it reads, and every integer that chooses one.
    pub fn reads(&self) -> Vec<&Access> {
        match self {
            Value::Element(access) | Value::ElementOfSample(_, access) => {
                [vec![access], access.integers()].concat()
            }
            _ => self.children().into_iter().flat_map(Value::reads).collect(),
        }
    }
}
