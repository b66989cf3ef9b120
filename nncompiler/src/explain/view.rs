//! A function in the names of one layer, or of a loss.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::notation::Notation;
use super::statements::Statements;
use crate::frontend::resolved::{Equations, Layer, LocalArray};
use crate::ir::expression::Id;
use crate::ir::function::{BATCH, Derived, Function, Holder, Port, Program, Statement};
use crate::ir::index::{Access, Affine, ArrayId, Index};

#[derive(Clone)]
pub struct View<'a> {
    pub layer: usize,
    pub program: &'a Program,
    /// Whose reductions may stand inside larger expressions.
    pub forward: &'a Statements<'a>,
    /// All layers of the network, whose keys qualify the names of their arrays.
    pub layers: &'a [Layer],
    pub equations: &'a Equations,
    /// Whether the indices go without saying.
    pub elementwise: bool,
    pub sets: &'a ArraySets,
    /// The settings that are true or false.
    pub truths: BTreeSet<String>,
    /// What stands in a line under a name, which is explained below it.
    pub named: BTreeMap<Id, String>,
    pub notation: Notation,
}

/// What all layers of a network, or all parts of a loss, are shown with.
#[derive(Default)]
pub struct ArraySets {
    /// Arrays whose gradients are computed, and which therefore stand by themselves.
    pub differentiated: BTreeSet<ArrayId>,
    /// What forward makes: the derivatives among it are no gradients of a loss.
    pub made: BTreeSet<ArrayId>,
    /// What states become after a step of training.
    kept: BTreeSet<ArrayId>,
}

impl ArraySets {
    /// Of what forward makes, and backward derives.
    pub fn new(program: &Program, forward: &Function, backward: &Function) -> Self {
        let is_kept = |port: &&Port| matches!(port.holder, Holder::Gradient(_));
        Self {
            differentiated: with_gradient(program, backward),
            made: forward.body.iter().map(|one| one.target.array).collect(),
            kept: forward.outputs.iter().filter(is_kept).map(|port| port.array).collect(),
        }
    }

    /// Whether a statement says what a state becomes.
    pub fn updates(&self, statement: &Statement) -> bool {
        self.kept.contains(&statement.target.array)
    }
}

impl<'a> View<'a> {
    /// The names of a layer, by its number.
    pub fn of_layer(
        program: &'a Program,
        forward: &'a Statements<'a>,
        sets: &'a ArraySets,
        (layers, layer): (&'a [Layer], usize),
        notation: Notation,
    ) -> Self {
        let Layer { equations, elementwise, .. } = &layers[layer];
        let view = Self::of_equations(program, forward, sets, equations, notation);
        Self { layer, layers, elementwise: *elementwise, ..view }
    }

    /// The names of a loss or of an optimizer.
    pub fn of_equations(
        program: &'a Program,
        forward: &'a Statements<'a>,
        sets: &'a ArraySets,
        equations: &'a Equations,
        notation: Notation,
    ) -> Self {
        Self {
            layer: 0,
            program,
            forward,
            layers: &[],
            equations,
            elementwise: false,
            sets,
            truths: BTreeSet::new(),
            named: BTreeMap::new(),
            notation,
        }
    }

    /// The name in the layer, or behind the key of the layer that makes the array.
    pub fn name(&self, array: ArrayId) -> String {
        if let Some(local) = self.local(array) {
            return self.notation.name(&local.name);
        }
        let info = self.program.array(array);
        match info.derived {
            Some(Derived::GradientOn(of)) if self.sets.made.contains(&array) => {
                self.notation.partial(&self.name(of))
            }
            Some(Derived::GradientOn(of)) => self.notation.gradient(&self.name(of)),
            Some(Derived::TangentOf(of)) => {
                self.qualified(array, &self.notation.tangent(&self.name(of)))
            }
            None => self.qualified(array, &self.notation.name(&info.name)),
        }
    }

    /// An array of the layer itself.
    pub fn local(&self, array: ArrayId) -> Option<&'a LocalArray> {
        let own = &self.forward.function.layers[self.layer];
        // A layer that passes its input through has one array under two names: the output's tells
        // more in what follows, the input's in the layer itself.
        let at = own.iter().position(|&local| local == array)?;
        self.equations.arrays.get(at)
    }

    /// Of each axis of an array, the elements that stand before the one at 0.
    fn before(&self, array: ArrayId) -> &'a [usize] {
        match self.program.array(array).derived {
            Some(Derived::GradientOn(of) | Derived::TangentOf(of)) => self.before(of),
            None => self.local(array).map_or(&[], |local| &local.before),
        }
    }

    /// `hidden1.y` for the array `y` of another layer.
    fn qualified(&self, array: ArrayId, name: &str) -> String {
        let made_by = self.makes(array).map(|statement| statement.layer);
        let parameter = || self.program.parameters.iter().find(|one| one.array == array);
        let owner = made_by.or_else(|| parameter().map(|one| one.layer));
        let owner = owner.filter(|&owner| owner != self.layer).and_then(|at| self.layers.get(at));
        // A statement of a body makes the array that it is called by.
        let owner = owner.filter(|layer| layer.key != self.program.array(array).name);
        owner.map_or_else(|| name.to_owned(), |layer| self.notation.qualified(&layer.key, name))
    }

    /// Whether an array only holds a reduction inside a larger expression.
    pub fn is_temporary(&self, array: ArrayId) -> bool {
        self.program.array(array).derived.is_none()
            && !self.sets.differentiated.contains(&array)
            && self.makes(array).is_some_and(|statement| statement.reduction.is_some())
            && !self.forward.is_named(array)
    }

    /// The statement of forward that makes an array.
    pub fn makes(&self, array: ArrayId) -> Option<&'a Statement> {
        self.forward.writes_of(array).first().copied()
    }

    pub fn index(&self, index: Index) -> String {
        self.notation.name(&self.program.indices[index.0 as usize].name)
    }

    /// `weight[o,i]`; the sample goes without saying, and so do the indices of an activation.
    pub fn access(&self, access: &Access) -> String {
        self.indexed(self.name(access.array), access)
    }

    /// A name with the indices of an access behind it.
    pub fn indexed(&self, name: String, access: &Access) -> String {
        let axes = access.at.iter().filter(|axis| axis.as_index() != Some(BATCH));
        let before = self.before(access.array).iter().copied().chain(std::iter::repeat(0));
        let at: Vec<String> =
            axes.zip(before).map(|(axis, before)| self.affine(axis, before)).collect();
        let implicit = self.elementwise || at.is_empty();
        if implicit { name } else { self.notation.indexed(&name, &at) }
    }

    /// An index expression of an axis with so many elements before the one at 0.
    fn affine(&self, axis: &Affine, before: usize) -> String {
        let mut terms: Vec<String> = Vec::new();
        let indices = axis.terms.iter().map(|&(index, factor)| (self.index(index), factor));
        let gathered = axis.gathered.iter().map(|(access, factor)| (self.access(access), *factor));
        for (name, factor) in indices.chain(gathered) {
            let factor = if factor == 1 { String::new() } else { factor.to_string() };
            terms.push(format!("{factor}{name}"));
        }
        let terms = terms.join(" + ");
        let constant = axis.constant - i64::try_from(before).unwrap_or(0);
        let (minus, size) = (self.notation.minus(), constant.unsigned_abs());
        match constant.cmp(&0) {
            Ordering::Equal if !terms.is_empty() => terms,
            Ordering::Less if terms.is_empty() => format!("{minus}{size}"),
            Ordering::Less => format!("{terms} {minus} {size}"),
            Ordering::Equal | Ordering::Greater if terms.is_empty() => size.to_string(),
            Ordering::Equal | Ordering::Greater => format!("{terms} + {size}"),
        }
    }
}

/// The arrays of which a function computes the gradient.
pub fn with_gradient(program: &Program, function: &Function) -> BTreeSet<ArrayId> {
    function.body.iter().filter_map(|one| program.array(one.target.array).gradient_of()).collect()
}
