//! Statements: `target[…] = value`, and what the target's axes are.

use proc_macro2::Ident;

use super::resolver::{AxisWrite, Resolver, Scope};
use crate::frontend::resolved::{Equations, LocalRole, LocalStatement};
use crate::frontend::syntax::{Assignment, TargetAxis};
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
        let mut statements = Vec::new();
        for assignment in &definition.assignments {
            self.enter_scan(assignment, &definition.assignments);
            statements.extend(self.statement(assignment));
        }
        let arrays = std::mem::take(&mut self.arrays).into_all();
        let indices = std::mem::take(&mut self.indices).into_all();
        Equations { arrays, indices, statements }
    }

    fn statement(&mut self, assignment: &Assignment) -> Option<LocalStatement> {
        self.open_scope(&assignment.target);
        let axes = assignment.at.iter();
        let axes: Vec<Option<AxisWrite>> = axes.map(|axis| self.target_axis(axis)).collect();
        let value = self.value(&assignment.value);
        self.infer_from_declarations(self.scope.indices.values().copied().collect());
        self.check_reads();
        let otherwise = assignment.otherwise.as_ref();
        let otherwise = otherwise.and_then(|value| self.known.real(value, self.diagnostics));
        let axes = axes.into_iter().collect::<Option<Vec<AxisWrite>>>()?;
        let target = self.target(assignment, axes)?;
        let (is_update, value) = (assignment.is_update, value?);
        let scan = self.scan.index.as_ref().map(|(_, index)| *index);
        Some(LocalStatement { target, value, is_update, scan, otherwise })
    }

    /// The scope of a new statement: the index of the scan around it, and the elementwise ones.
    fn open_scope(&mut self, target: &Ident) {
        self.scope = Scope::default();
        if let Some((name, index)) = &self.scan.index {
            self.scope.indices.insert(name.clone(), *index);
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
        for name in axis.at.names() {
            let text = name.to_string();
            if self.known.get(&text).is_none() && !self.scope.indices.contains_key(&text) {
                self.report_reserved(name);
                let index = self.indices.add(name, None);
                self.scope.indices.insert(text, index);
            }
        }
        let (at, location) = (self.affine(&axis.at)?, axis.at.location);
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
        if let (Some(size), Some(index)) = (stated, index) {
            self.indices.state(index, Extent::Fixed(size));
            return Some(AxisWrite { at, stated: None, location });
        }
        Some(AxisWrite { at, stated, location })
    }

    /// The element that a statement writes, of an array that may be new.
    fn target(&mut self, assignment: &Assignment, written: Vec<AxisWrite>) -> Option<Access> {
        let mut axes: Vec<Extent> = written.iter().map(|axis| self.target_extent(axis)).collect();
        let mut at: Vec<Affine> = written.into_iter().map(|axis| axis.at).collect();
        let implicit: Vec<Index> = self.scope.implicit.clone();
        axes.extend(implicit.iter().map(|&index| self.indices.reach(&index.into())));
        at.extend(implicit.into_iter().map(Affine::from));
        let name = assignment.target.to_string();
        let array = if self.scan.carried.contains(&name) {
            // The first element is what there is before the first step.
            at[0] = at[0].plus(&Affine::constant(1), 1)?;
            self.arrays.find(&name)?
        } else if assignment.is_update {
            self.state(&assignment.target)?
        } else {
            self.add_array(&assignment.target, axes, LocalRole::Computed)
        };
        Some(Access { array, at })
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

    /// The state that an update is of.
    fn state(&mut self, name: &Ident) -> Option<ArrayId> {
        let known = self.arrays.find(&name.to_string());
        let state = known.filter(|&id| matches!(self.arrays.get(id).role, LocalRole::State(_)));
        if state.is_none() {
            let message = format!("`{name}` is not a state: declare `state {name}[…] ~ zeros();`");
            self.report(name.span(), message);
        }
        state
    }
}
