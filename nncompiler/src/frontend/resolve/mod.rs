//! Tree → shapes and names resolved. The last stage that can fail.

mod access;
mod call;
mod equation;
mod groups;
mod loss;
pub mod names;
mod network;
mod scan;
mod size;
mod spelling;
mod value;

use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::library::Library;
use crate::frontend::syntax::{Block, Constant, Definition};
use crate::ir::expression::{Binary, Comparison};
use crate::ir::index::{Access, Extent, Index, IndexInfo};
use crate::ir::initialiser::Initialiser;
use crate::ir::reduction::Reduction;

use std::rc::Rc;

pub use call::shape;
pub use loss::SAMPLES;
pub use size::Known;

/// A block in which every name and size is known.
pub struct Checked {
    /// The block's constants with their values.
    pub constants: Vec<(Constant, Known)>,
    pub networks: Vec<Network>,
    pub losses: Vec<Loss>,
}

/// A loss for one sample of any number of outputs; its settings stay open until run time.
pub struct Loss {
    pub definition: Definition,
    /// The settings' defaults, in order.
    pub defaults: Vec<f64>,
    /// The settings' ranges, in order.
    pub ranges: Vec<(f64, f64)>,
    pub equations: Equations,
}

/// A network whose layers fit together; without `whole`, only as far as they do.
pub struct Network {
    pub attributes: Vec<syn::Attribute>,
    pub visibility: syn::Visibility,
    pub name: proc_macro2::Ident,
    /// Shape of one input sample.
    pub input: Vec<usize>,
    pub layers: Vec<Layer>,
    /// Whether derivatives along a direction of its inputs are asked for.
    pub derivatives: bool,
    /// Whether there is nothing wrong with it.
    pub whole: bool,
}

/// One layer with its equations.
pub struct Layer {
    /// The labels, or names with places: `linear1` for PyTorch's `1.weight`.
    pub field: proc_macro2::Ident,
    /// The type of its parameters.
    pub structure: proc_macro2::Ident,
    /// Name of the definition.
    pub name: String,
    /// What a state dict calls it: labels, or places from 0 as in PyTorch's `Sequential`, with a
    /// dot between those of groups.
    pub key: String,
    /// Where its inputs come from: 0 is the network's input, n the n-th layer before.
    pub inputs: Vec<usize>,
    /// The layer whose parameters it has, if they are not its own.
    pub shares: Option<usize>,
    /// The layer with its sizes and settings filled in: `linear(784, 128)`.
    pub title: String,
    /// Whether it is an activation, whose equation has no indices of its own.
    pub elementwise: bool,
    pub equations: Equations,
}

impl Layer {
    pub fn has_parameters(&self) -> bool {
        self.shares.is_none() && self.equations.arrays.iter().any(|array| array.role.is_kept())
    }
}

/// The equations of a layer, activation or loss with all names resolved.
#[derive(Debug)]
pub struct Equations {
    pub arrays: Vec<LocalArray>,
    pub indices: Vec<IndexInfo>,
    pub statements: Vec<LocalStatement>,
}

impl Equations {
    /// Whether a scan makes an array.
    pub fn is_made_by_scan(&self, array: usize) -> bool {
        let makes = |one: &LocalStatement| one.target.array.0 as usize == array;
        self.statements.iter().any(|one| one.scan.is_some() && makes(one))
    }

    /// The array that the last statement makes: the output.
    pub fn output(&self) -> usize {
        let last = self.statements.iter().rev().find(|statement| !statement.is_update);
        last.map_or(0, |statement| statement.target.array.0 as usize)
    }
}

/// An array as one layer sees it.
#[derive(Clone, Debug)]
pub struct LocalArray {
    pub name: String,
    pub axes: Vec<Extent>,
    pub role: LocalRole,
}

#[derive(Clone, Debug, PartialEq)]
pub enum LocalRole {
    Input,
    /// What a loss compares the outputs with: real numbers.
    Target,
    /// The same as a class index.
    Class,
    /// A setting of a loss with a number for each output.
    Setting,
    Parameter(Initialiser),
    /// What training moves, but not along a gradient.
    State(Initialiser),
    Computed,
}

impl LocalRole {
    /// Whether the network holds the array from one pass to the next.
    pub fn is_kept(&self) -> bool {
        matches!(self, Self::Parameter(_) | Self::State(_))
    }
}

/// `target[…] = value`
#[derive(Debug)]
pub struct LocalStatement {
    pub target: Access,
    pub value: Value,
    /// Whether it says what a state becomes after a step of training.
    pub is_update: bool,
    /// The index over which it runs step by step, with all neighbours that have the same.
    pub scan: Option<Index>,
    /// The elements that it does not reach; 0 if it does not say.
    pub otherwise: Option<f64>,
}

/// An expression with all names resolved.
#[derive(Clone, Debug)]
pub enum Value {
    Constant(f64),
    Element(Access),
    Position(Index),
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
    /// Whether the value or a part of it is as asked.
    fn any(&self, ask: &impl Fn(&Value) -> bool) -> bool {
        ask(self)
            || match self {
                Value::Constant(_)
                | Value::Element(_)
                | Value::Position(_)
                | Value::Setting(_)
                | Value::Training
                | Value::Random => false,
                Value::Negate(a) | Value::Apply(_, a) | Value::Stop(a) | Value::Reduce(_, _, a) => {
                    a.any(ask)
                }
                Value::Binary(_, a, b) | Value::Compare(_, a, b) => a.any(ask) || b.any(ask),
                Value::Select(a, b, c) => a.any(ask) || b.any(ask) || c.any(ask),
            }
    }
}

/// Checks a whole block.
pub fn check(mut block: Block, library: &mut Library, diagnostics: &mut Diagnostics) -> Checked {
    let losses = library.declare(std::mem::take(&mut block.definitions), diagnostics);
    let library = &*library;
    let constants = size::Constants::new(&block.constants, diagnostics);
    let networks = std::mem::take(&mut block.networks).into_iter();
    let blocks = std::mem::take(&mut block.blocks);
    let networks =
        networks.map(|tree| network::check(tree, &blocks, &constants, library, diagnostics));
    let networks = names::distinct(networks.collect(), diagnostics);
    let losses = losses.into_iter().map(|definition| {
        let before = diagnostics.len();
        let settings = definition.settings.iter();
        let defaults =
            settings.filter_map(|setting| constants.real(&setting.default, diagnostics)).collect();
        let settings = definition.settings.iter();
        let ranges = settings.filter_map(|setting| constants.range(setting, diagnostics)).collect();
        let equations = loss::loss(&definition, constants.clone(), library, diagnostics);
        let is_whole = diagnostics.len() == before;
        is_whole.then_some(Loss { definition, defaults, ranges, equations })
    });
    let losses = losses.flatten().collect();
    let known = |constant: Constant| {
        let value = constants.get(&constant.name.to_string())?;
        Some((constant, value))
    };
    let constants = block.constants.into_iter().filter_map(known).collect();
    Checked { constants, networks, losses }
}
