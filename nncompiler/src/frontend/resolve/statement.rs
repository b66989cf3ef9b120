//! Statements: `target[…] = value`, and what the target's axes are.

use std::collections::BTreeSet;

use proc_macro2::Ident;

use super::flatten::applies_layers;
use super::layer_statements::LayerStatements;
use super::resolver::{AxisWrite, Resolver, Scope};
use super::scanned::Carried;
use super::signature::shape;
use crate::frontend::resolved::{Equations, LocalRole, LocalStatement, SAMPLES, STEP, Value};
use crate::frontend::syntax::{Assignment, Kind, Location, Output, TargetAxis};
use crate::ir::index::{Access, Affine, ArrayId, Extent, Index};

/// What the indices are called that an elementwise equation does not name.
const IMPLICIT: [&str; 4] = ["i", "j", "k", "l"];

impl Resolver<'_> {
    /// Every statement of the definition.
    pub fn statements(&mut self) -> Equations {
        let definition = self.definition;
        if definition.assignments.is_empty() {
            let message = format!("`{}` has no equation: write `y = …;`", definition.name);
            self.report(definition.name.span(), message);
        }
        self.declare_scans(&definition.assignments);
        let mut made = LayerStatements::default();
        if applies_layers(definition, self.definitions) {
            match self.statements_with_layers() {
                Some(all) => made = all,
                None => self.is_partial = true,
            }
        } else {
            for assignment in &definition.assignments {
                self.equation_in(assignment, &mut made);
            }
        }
        let mut outputs = self.outputs(&made);
        for output in &mut outputs {
            if !self.is_partial
                && let Some(trimmed) = self.trimmed(*output, &made)
            {
                *output = trimmed.target.array;
                made.statements.push(trimmed);
            }
        }
        let arrays = std::mem::take(&mut self.arrays).into_all();
        let indices = std::mem::take(&mut self.indices).into_all();
        let mut outputs = outputs.into_iter().map(|array| array.0 as usize);
        let (output, others) = (outputs.next().unwrap_or(0), outputs.collect());
        let (statements, ignored) = (made.statements, made.ignored);
        Equations { arrays, indices, statements, output, others, ignored }
    }

    /// What a definition puts out: the arrays that it says, or the one that its last statement makes.
    fn outputs(&mut self, made: &LayerStatements) -> Vec<ArrayId> {
        let results = &self.definition.results;
        let mut outputs = Vec::new();
        for Output { name, .. } in results {
            let text = name.to_string();
            let array = self.arrays.find(&text);
            let is_made = |id: &ArrayId| self.arrays.get(*id).role == LocalRole::Computed;
            match array.filter(is_made) {
                Some(array) if outputs.contains(&array) => {
                    self.report(name.span(), format!("`{name}` is an output already"));
                }
                Some(array) => outputs.push(array),
                None => self.report(name.span(), format!("no statement makes `{name}`")),
            }
        }
        if results.is_empty() { made.last.into_iter().collect() } else { outputs }
    }

    /// One statement. One without indices is of each element of the arrays that it reads.
    pub fn statement(&mut self, assignment: &Assignment) -> Option<LocalStatement> {
        let Some(axes) = self.whole_arrays(assignment)? else { return self.indexed(assignment) };
        let before = std::mem::replace(&mut self.elementwise, axes);
        let statement = self.indexed(assignment);
        self.elementwise = before;
        statement
    }

    /// The shape of the arrays in a layer's statement without indices; nothing if they have several.
    #[expect(clippy::option_option, reason = "no axes are no mistake")]
    fn whole_arrays(&mut self, assignment: &Assignment) -> Option<Option<Vec<Extent>>> {
        let Assignment { at, value, is_update, scans, .. } = assignment;
        let is_whole = at.is_empty() && !is_update && scans.is_empty() && !value.has_indices();
        if self.definition.kind != Kind::Layer || !is_whole {
            return Some(None);
        }
        let names = value.all_names().into_iter();
        let known = names.filter_map(|name| Some((name, self.arrays.find(&name.to_string())?)));
        let arrays = known.map(|(name, id)| (name, self.arrays.get(id).axes.clone()));
        let is_single = |axes: &[Extent]| axes.iter().all(|&axis| axis == Extent::Fixed(1));
        let mut several = arrays.filter(|(_, axes)| !is_single(axes));
        let Some((first, axes)) = several.next() else { return Some(None) };
        let Some((other, found)) = several.find(|(_, found)| *found != axes) else {
            return Some(Some(axes));
        };
        let [left, right] = [&axes, &found].map(|axes| {
            shape(&axes.iter().map(|extent| extent.per_sample()).collect::<Vec<usize>>())
        });
        let message = format!(
            "`{first}` is {left} and `{other}` is {right}: arrays in an equation without indices \
             have one shape"
        );
        self.report_size(assignment.target.span(), message);
        None
    }

    fn indexed(&mut self, assignment: &Assignment) -> Option<LocalStatement> {
        self.open_scope(&assignment.target);
        let axes = assignment.at.iter();
        let axes: Vec<Option<AxisWrite>> = axes.map(|axis| self.target_axis(axis)).collect();
        let value = self.value(&assignment.value);
        self.infer_from_declarations(self.scope.indices.values().copied().collect());
        self.check_reads();
        let otherwise = assignment.otherwise.as_ref();
        let otherwise = otherwise.and_then(|value| {
            let number = self.known.real(value, self.diagnostics)?;
            if let Some(message) = self.known.objection(value, number) {
                self.report_number(value, message);
            }
            Some(number)
        });
        self.check_otherwise(assignment);
        let axes = axes.into_iter().collect::<Option<Vec<AxisWrite>>>()?;
        let target = self.target(assignment, axes)?;
        let (is_update, value) = (assignment.is_update, value?);
        let scans = self.scans.indices();
        Some(LocalStatement { target, value, is_update, scans, otherwise })
    }

    /// An output that a scan reads at other steps: the elements alone that it makes.
    fn trimmed(&mut self, output: ArrayId, made: &LayerStatements) -> Option<LocalStatement> {
        let makes = |statement: &&LocalStatement| statement.target.array == output;
        let last = made.statements.iter().rev().find(makes)?;
        let source = last.target.array;
        let name = self.arrays.get(source).name.clone();
        let name = Ident::new(&name, self.definition.name.span());
        let Carried { axes } = self.carried(&name)?;
        let extents = axes.iter().map(|(extent, _)| *extent).collect();
        let array = self.add_array(&name, extents, LocalRole::Computed);
        let own = last.target.at.iter().zip(&axes).map(|(axis, (extent, _))| {
            let index = axis.indices().next();
            let name = index.map_or(&name, |index| self.indices.name(index)).clone();
            self.indices.add(&name, Some(*extent)).into()
        });
        let own: Vec<Affine> = own.collect();
        let at = own.iter().zip(&axes);
        let at = at
            .map(|(index, (_, before))| index.plus(&integer(*before), 1))
            .collect::<Option<_>>()?;
        let value = Value::Element(Access { array: source, at });
        let target = Access { array, at: own };
        Some(LocalStatement { target, value, is_update: false, scans: Vec::new(), otherwise: None })
    }

    /// Where each axis has an index of its own, every element is written, and none is left for `else`.
    fn check_otherwise(&mut self, assignment: &Assignment) {
        let Some(otherwise) = &assignment.otherwise else { return };
        let is_index = |name: &&Ident| self.scope.indices.contains_key(&name.to_string());
        let names = assignment.at.iter().map(|axis| axis.at.as_name().filter(is_index));
        let Some(names) = names.collect::<Option<BTreeSet<&Ident>>>() else { return };
        if names.len() == assignment.at.len() {
            let message = format!(
                "every element of `{}` is written already: leave `else` out",
                assignment.target
            );
            self.report(otherwise.location, message);
        }
    }

    /// The scope of a new statement: the index of the scan around it, and the elementwise ones.
    fn open_scope(&mut self, target: &Ident) {
        self.scope = Scope::default();
        self.scope.indices.extend(self.scans.named());
        // How often a sample counts is one number, however many outputs it has.
        if self.is_loss() && target == SAMPLES {
            return;
        }
        for (axis, extent) in self.elementwise.clone().into_iter().enumerate() {
            let name = IMPLICIT[axis.min(IMPLICIT.len() - 1)];
            let index = self.indices.add(&Ident::new(name, target.span()), Some(extent));
            self.scope.implicit.push(index);
        }
    }

    /// An axis of the target: an index, which is thereby declared, or affine in such indices.
    fn target_axis(&mut self, axis: &TargetAxis) -> Option<AxisWrite> {
        let extent = axis.extent.as_ref();
        let stated = extent.and_then(|extent| self.size(extent));
        let is_wrong = extent.is_some() && stated.is_none();
        for name in axis.at.names() {
            let text = name.to_string();
            if self.known.get(&text).is_none() && !self.scope.indices.contains_key(&text) {
                self.report_reserved(name);
                let index = self.indices.add(name, None);
                self.scope.indices.insert(text, index);
            }
        }
        let (at, location) = (self.affine(&axis.at)?, axis.at.location);
        if at.gathers() {
            let message = "an equation writes where its indices say: integers choose what is read";
            self.report(location, message);
            return None;
        }
        for name in axis.at.names() {
            let index = self.scope.indices.get(&name.to_string());
            if index.is_some_and(|index| at.indices().all(|other| other != *index)) {
                let message = format!(
                    "this does not depend on `{name}`: every `{name}` would write the same element"
                );
                self.report(location, message);
                return None;
            }
        }
        let index = at.as_index().filter(|_| axis.at.as_name().is_some());
        // One element makes sense of what reads an axis without a size.
        let whole = stated.or(is_wrong.then_some(1));
        if let (Some(size), Some(index)) = (whole, index) {
            self.indices.state(index, Extent::Fixed(size));
            return Some(AxisWrite { at, stated: None, location });
        }
        Some(AxisWrite { at, stated, location })
    }

    /// The element that a statement writes, of an array that may be new.
    fn target(&mut self, assignment: &Assignment, written: Vec<AxisWrite>) -> Option<Access> {
        if let Some(carried) = self.carried(&assignment.target) {
            let at: Vec<(Affine, Location)> =
                written.into_iter().map(|axis| (axis.at, axis.location)).collect();
            return self.carried_target(assignment, &carried, &at);
        }
        let mut axes: Vec<Extent> = written.iter().map(|axis| self.target_extent(axis)).collect();
        let mut at: Vec<Affine> = written.into_iter().map(|axis| axis.at).collect();
        let implicit: Vec<Index> = self.scope.implicit.clone();
        axes.extend(implicit.iter().map(|&index| self.indices.reach(&index.into())));
        at.extend(implicit.into_iter().map(Affine::from));
        let array = if assignment.is_update {
            let state = self.state(&assignment.target)?;
            self.check_update(assignment, state, &at)?;
            state
        } else {
            self.add_array(&assignment.target, axes, LocalRole::Computed)
        };
        Some(Access { array, at })
    }

    /// The element of an array that a scan reads at other steps.
    fn carried_target(
        &mut self,
        assignment: &Assignment,
        carried: &Carried,
        written: &[(Affine, Location)],
    ) -> Option<Access> {
        let target = &assignment.target;
        if written.len() != carried.axes.len() {
            self.report_rank(target, target.span().into(), carried.axes.len(), written.len());
            return None;
        }
        self.check_first_values(assignment, written);
        let shifted = written.iter().zip(&carried.axes);
        let at = shifted.map(|((axis, _), (_, before))| axis.plus(&integer(*before), 1));
        Some(Access {
            array: self.arrays.find(&target.to_string())?,
            at: at.collect::<Option<_>>()?,
        })
    }

    /// How long an axis of a target is: as far as it reaches, or as stated.
    fn target_extent(&mut self, axis: &AxisWrite) -> Extent {
        let (lowest, highest) = self.indices.range(&axis.at);
        if lowest < 0 {
            let message = format!("this writes the element {lowest}, but axes begin at 0");
            self.report_size(axis.location, message);
        }
        let Some(size) = axis.stated else { return self.indices.reach(&axis.at) };
        if usize::try_from(highest).is_ok_and(|highest| highest >= size) {
            let last = size - 1;
            let message = format!(
                "this writes the element {highest} of an axis that has the elements 0 to {last}"
            );
            self.report_size(axis.location, message);
        }
        Extent::Fixed(size)
    }

    /// What a state becomes is said of each of its elements, once.
    fn check_update(
        &mut self,
        assignment: &Assignment,
        state: ArrayId,
        at: &[Affine],
    ) -> Option<()> {
        let target = &assignment.target;
        let axes = self.arrays.get(state).axes.clone();
        if at.len() != axes.len() {
            let (expected, found) = (axes.len(), at.len());
            let axes = if expected == 1 { "axis" } else { "axes" };
            let message =
                format!("the state `{target}` has {expected} {axes}, but {found} are given");
            self.report(target.span(), message);
            return None;
        }
        let all: Vec<Index> = at.iter().flat_map(Affine::indices).collect();
        let is_once = all.iter().collect::<BTreeSet<_>>().len() == all.len();
        let is_whole = |(at, axis): (&Affine, &Extent)| {
            let size = axis.per_sample();
            let extents = at.indices().filter_map(|index| self.indices.extent(index));
            let count = extents.map(Extent::per_sample).try_fold(1usize, usize::checked_mul);
            let last = i64::try_from(size).unwrap_or(i64::MAX) - 1;
            count == Some(size) && self.indices.range(at) == (0, last)
        };
        if !is_once || !at.iter().zip(&axes).all(is_whole) {
            let message = format!(
                "an update gives each element of `{target}` its next value: write an index that runs \
                 over the whole of each axis"
            );
            self.report_size(target.span(), message);
        }
        Some(())
    }

    /// The state that an update is of.
    fn state(&mut self, name: &Ident) -> Option<ArrayId> {
        let known = self.arrays.find(&name.to_string());
        let state = known.filter(|&id| matches!(self.arrays.get(id).role, LocalRole::State(_)));
        let is_step = self.definition.kind == Kind::Optimizer && name == STEP;
        if state.is_none() && !is_step {
            let message = match self.definition.kind {
                Kind::Loss => {
                    "a loss holds no numbers of its own: put them into a layer".to_owned()
                }
                Kind::Optimizer => format!("`{name}` is not a state: declare `state {name};`"),
                Kind::Activation | Kind::Layer => {
                    format!("`{name}` is not a state: declare `state {name}[…] ~ zeros();`")
                }
            };
            self.report(name.span(), message);
        }
        state
    }
}

/// A number of elements, to be added to an index.
fn integer(size: usize) -> Affine {
    Affine::constant(i64::try_from(size).unwrap_or(i64::MAX))
}
