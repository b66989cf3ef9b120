//! What names stand for while the equations of one definition are read.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::Ident;

use super::arrays::Arrays;
use super::constants::Constants;
use super::indices::Indices;
use super::scanned::Scans;
use crate::frontend::definitions::Definitions;
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::resolved::{LocalRole, Value};
use crate::frontend::syntax::{Declaration, Definition, Expression, Key, Kind, Location};
use crate::ir::index::{Affine, ArrayId, BATCH_SIZE, Extent, Index};

pub struct Resolver<'a> {
    pub definitions: &'a Definitions<'a>,
    pub diagnostics: &'a mut Diagnostics,
    pub definition: &'a Definition,
    /// Sizes and settings with their values.
    pub known: Constants,
    /// Sizes and settings whose values come at run time.
    pub open: BTreeSet<String>,
    /// The axes that every array of an activation has without being written.
    pub elementwise: Vec<Extent>,
    pub arrays: Arrays,
    pub indices: Indices,
    pub scope: Scope,
    pub scans: Scans,
    /// The activations that are being written out, innermost last.
    pub calls: Vec<Call>,
    /// Whether a definition with mistakes of its own is called.
    pub calls_broken: bool,
    /// Whether something is wrong with a statement, or a layer cannot be applied.
    pub is_partial: bool,
    /// Whether the sizes are made up: what is wrong with them is no mistake.
    pub is_trial: bool,
}

/// What one statement brings into scope.
#[derive(Default)]
pub struct Scope {
    pub indices: BTreeMap<String, Index>,
    /// Those of the elementwise axes.
    pub implicit: Vec<Index>,
    /// What is read of each axis, to be checked when all extents are known.
    pub reads: Vec<AxisRead>,
    /// How many reductions the expression at hand stands in.
    pub reductions: usize,
    /// How many operations the value has so far.
    pub operations: usize,
    /// Whether the expression at hand is a branch that the settings never take.
    pub is_untaken: bool,
}

/// An index expression on an axis that is read.
pub struct AxisRead {
    pub at: Affine,
    pub axis: Extent,
    /// The elements before the one at 0.
    pub before: usize,
    pub location: Location,
}

/// An index expression on an axis of a target.
pub struct AxisWrite {
    pub at: Affine,
    /// How long the axis is, if that is stated.
    pub stated: Option<usize>,
    pub location: Location,
}

/// An activation that is being written out.
pub struct Call {
    pub activation: String,
    /// What its own names stand for.
    pub names: BTreeMap<String, Value>,
    /// Where it is called.
    pub location: Location,
}

impl<'a> Resolver<'a> {
    pub fn new(
        definition: &'a Definition,
        known: Constants,
        definitions: &'a Definitions<'a>,
        diagnostics: &'a mut Diagnostics,
    ) -> Self {
        Self {
            definitions,
            diagnostics,
            definition,
            known,
            open: BTreeSet::new(),
            elementwise: Vec::new(),
            arrays: Arrays::default(),
            indices: Indices::default(),
            scope: Scope::default(),
            scans: Scans::default(),
            calls: Vec::new(),
            calls_broken: false,
            is_partial: false,
            is_trial: false,
        }
    }

    pub fn is_loss(&self) -> bool {
        self.definition.kind == Kind::Loss
    }

    pub fn is_optimizer(&self) -> bool {
        self.definition.kind == Kind::Optimizer
    }

    /// Reports a mistake at its tokens, or at the call that writes them out. On trial, those of other
    /// definitions are found there.
    pub fn report(&mut self, location: impl Into<Location>, message: impl std::fmt::Display) {
        match self.calls.first() {
            Some(_) if self.is_trial => {}
            Some(call) => self.diagnostics.report(call.location, message),
            None => self.diagnostics.report(location, message),
        }
    }

    /// The same for a mistake that other sizes or settings would not have.
    pub fn report_size(&mut self, location: impl Into<Location>, message: impl std::fmt::Display) {
        if !self.is_trial {
            self.report(location, message);
        }
    }

    /// Whether a number would be another with other sizes or settings.
    pub fn depends_on_sizes(&self, value: &Expression) -> bool {
        value.all_names().into_iter().any(|name| self.known.is_own(&name.to_string()))
    }

    /// The same for what is wrong with a number, if that depends on sizes or settings.
    pub fn report_number(&mut self, value: &Expression, message: impl std::fmt::Display) {
        if !self.is_trial || !self.depends_on_sizes(value) {
            self.report(value.location, message);
        }
    }

    /// The value of a size. On trial, one that depends on made-up sizes is at least 1.
    pub fn size(&mut self, value: &Expression) -> Option<usize> {
        if self.is_trial && self.depends_on_sizes(value) {
            let size = self.known.size(value, &mut Diagnostics::default());
            let is_known = size.is_some() || self.known.knows(value, self.diagnostics);
            if is_known && size.is_none() && !self.known.can_be_size(value) {
                let message = "no sizes or settings make this a size, an integer of at least 1";
                self.report(value.location, message);
            }
            return Some(size.unwrap_or(1));
        }
        self.known.size(value, self.diagnostics)
    }

    pub fn add_array(&mut self, name: &Ident, axes: Vec<Extent>, role: LocalRole) -> ArrayId {
        self.add_kept(name, None, axes, role)
    }

    /// An array that files may call by another name.
    pub fn add_kept(
        &mut self,
        name: &Ident,
        key: Option<&Key>,
        axes: Vec<Extent>,
        role: LocalRole,
    ) -> ArrayId {
        let key = key.map_or_else(|| name.to_string(), |key| key.text.clone());
        self.arrays.add(name.to_string(), key, axes, role)
    }

    /// `batch` is the samples, and nothing else.
    pub fn report_reserved(&mut self, index: &Ident) {
        if index == BATCH_SIZE {
            let message = "`batch` is the index of the samples, which every array has without \
                           being told; only a reduction names it: `mean(batch: …)`";
            self.report(index.span(), message);
        }
    }

    /// The extents that the indices of a layer have in its declarations.
    pub fn declare_indices(&mut self) {
        let definition = self.definition;
        for input in &definition.inputs {
            self.declare_axes(input);
        }
        // What is wrong with the extents of a parameter is reported where its array is made.
        let mut silent = Diagnostics::default();
        for axis in definition.parameters.iter().flat_map(|one| &one.declaration.axes) {
            self.report_reserved(&axis.index);
            if let Some(size) = self.known.size(&axis.extent, &mut silent) {
                self.indices.declared.insert(axis.index.to_string(), Extent::Fixed(size));
            }
        }
        for axis in &definition.indices {
            self.report_reserved(&axis.index);
            // One element makes sense of what reads an axis without a size.
            let size = self.size(&axis.extent).unwrap_or(1);
            self.indices.stated.insert(axis.index.to_string(), Extent::Fixed(size));
        }
    }

    fn declare_axes(&mut self, declaration: &Declaration) {
        for axis in &declaration.axes {
            self.report_reserved(&axis.index);
            if let Some(size) = self.size(&axis.extent) {
                self.indices.declared.insert(axis.index.to_string(), Extent::Fixed(size));
            }
        }
    }
}
