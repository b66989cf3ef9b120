//! Tree → shapes and names resolved. The last stage that can fail.

mod equation;
mod network;
mod size;
mod spelling;

use crate::diagnostics::Diagnostics;
use crate::index::{Access, Extent, Index, IndexInfo};
use crate::library::Library;
use crate::scalar::{Binary, Comparison};
use crate::syntax::{Block, Constant, Definition};

use std::rc::Rc;

/// A block in which every name and size is known.
pub struct Checked {
    pub constants: Vec<Constant>,
    pub networks: Vec<Network>,
}

/// A network whose layers fit together; without `whole`, only as far as they do.
pub struct Network {
    pub attributes: Vec<syn::Attribute>,
    pub visibility: syn::Visibility,
    pub name: proc_macro2::Ident,
    /// Shape of one input sample.
    pub input: Vec<usize>,
    pub layers: Vec<Layer>,
    /// Whether there is nothing wrong with it.
    pub whole: bool,
}

/// One layer with its equations.
pub struct Layer {
    /// The label, if it has one.
    pub label: Option<proc_macro2::Ident>,
    /// Name of the definition.
    pub name: String,
    /// Place among the network's layers, from 0: the key of PyTorch's `Sequential`.
    pub position: usize,
    /// The layer with its sizes and settings filled in: `linear(784, 128)`.
    pub title: String,
    /// Whether it is an activation, whose equation has no indices of its own.
    pub elementwise: bool,
    pub equations: Equations,
}

/// The equations of a layer, activation or loss with all names resolved.
#[derive(Debug)]
pub struct Equations {
    pub arrays: Vec<LocalArray>,
    pub indices: Vec<IndexInfo>,
    pub statements: Vec<LocalStatement>,
}

impl Equations {
    /// The array that the last statement makes: the output.
    pub fn output(&self) -> usize {
        self.statements.last().map_or(0, |statement| statement.target.array.0 as usize)
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
    Class,
    Parameter(Initialiser),
    Computed,
}

/// How a parameter begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Initialiser {
    /// Uniform in [−bound, bound).
    Uniform(f64),
}

/// `target[…] = value`
#[derive(Debug)]
pub struct LocalStatement {
    pub target: Access,
    pub value: Value,
}

/// How values over indices become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reduction {
    Sum,
    Max,
}

/// An expression with all names resolved.
#[derive(Clone, Debug)]
pub enum Value {
    Constant(f64),
    Element(Access),
    Position(Index),
    Setting(Rc<str>),
    Negate(Box<Value>),
    Apply(Rc<str>, Box<Value>),
    Stop(Box<Value>),
    Binary(Binary, Box<Value>, Box<Value>),
    Compare(Comparison, Box<Value>, Box<Value>),
    Select(Box<Value>, Box<Value>, Box<Value>),
    Reduce(Reduction, Vec<Index>, Box<Value>),
}

/// Checks a whole block.
pub fn check(block: Block, library: &Library, diagnostics: &mut Diagnostics) -> Checked {
    let constants = size::Constants::new(&block.constants, diagnostics);
    if let Some(definition) = block.definitions.first() {
        let message = "the built-in layers, activations and losses are all there are so far";
        diagnostics.report(definition.name.span(), message);
    }
    let networks = block.networks.into_iter();
    let networks = networks.map(|tree| network::check(tree, &constants, library, diagnostics));
    let networks = networks.collect();
    Checked { constants: block.constants, networks }
}

/// Checks a loss: its sizes and settings stay open until run time.
pub fn check_loss(
    definition: &Definition,
    library: &Library,
    diagnostics: &mut Diagnostics,
) -> Equations {
    equation::loss(definition, library, diagnostics)
}
