//! The arrays of a body, by their names.

use std::collections::BTreeMap;
use std::fmt;

use proc_macro2::Ident;

use crate::frontend::resolved::Source;
use crate::frontend::syntax::Axis;

/// What an array of a body is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum ArrayKind {
    Input,
    Parameter,
    /// Made by a statement.
    Made,
    /// An output of the network that a loss is of.
    Output,
    Target,
    /// A target that chooses elements of other arrays.
    Class,
    Setting,
}

impl ArrayKind {
    pub fn noun(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Parameter => "parameter",
            Self::Made => "array",
            Self::Output => "output",
            Self::Target => "target",
            Self::Class => "class",
            Self::Setting => "setting",
        }
    }
}

/// With the article, for messages: `an input`.
impl fmt::Display for ArrayKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let noun = self.noun();
        let article = if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
        write!(f, "{article} {noun}")
    }
}

/// What a body is given by whoever calls it.
pub struct GivenInput {
    pub name: Ident,
    pub kind: ArrayKind,
    pub shape: Vec<usize>,
    pub axes: Vec<Axis>,
    pub is_of_samples: bool,
}

/// An array of the body.
pub struct NamedArray {
    pub name: Ident,
    pub kind: ArrayKind,
    pub source: Source,
    /// Unless something is wrong with it.
    pub shape: Option<Vec<usize>>,
    /// What its declaration calls the indices of its axes.
    pub axes: Vec<Axis>,
    pub is_read: bool,
}

/// The arrays of a body so far.
#[derive(Default)]
pub struct Arrays {
    all: Vec<NamedArray>,
    by_name: BTreeMap<String, usize>,
    pub indices: Vec<Axis>,
}

impl Arrays {
    /// Adds an array, whose name no other has.
    pub fn add(&mut self, array: NamedArray) {
        self.by_name.insert(array.name.to_string(), self.all.len());
        self.all.push(array);
    }

    pub fn names(&self) -> Vec<String> {
        self.by_name.keys().cloned().collect()
    }

    pub fn unread(&self) -> impl Iterator<Item = &NamedArray> {
        self.all.iter().filter(|array| !array.is_read)
    }

    pub fn get(&self, name: &Ident) -> Option<&NamedArray> {
        self.by_name.get(&name.to_string()).map(|&at| &self.all[at])
    }

    pub fn get_mut(&mut self, name: &Ident) -> Option<&mut NamedArray> {
        self.by_name.get(&name.to_string()).map(|&at| &mut self.all[at])
    }
}

/// An array that a step reads.
pub struct Operand {
    pub name: Ident,
    pub source: Source,
    pub shape: Vec<usize>,
}

/// An array that a step has made.
pub struct Made {
    pub source: Source,
    pub shape: Vec<usize>,
}

/// An array that an equation reads, with what its declaration calls the indices of its axes.
pub struct Read {
    pub operand: Operand,
    pub axes: Vec<Axis>,
}

impl Read {
    pub fn count(&self) -> usize {
        self.operand.shape.iter().product()
    }
}
