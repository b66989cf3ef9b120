//! Recurrences: statements that run step by step, each step seeing what those before have made.

use proc_macro2::Ident;

use super::resolver::Resolver;
use crate::frontend::resolved::LocalRole;
use crate::frontend::syntax::{Assignment, Expression, ExpressionKind, Location, TargetAxis};
use crate::ir::index::{Affine, Extent};

impl Resolver<'_> {
    /// Makes the index of a scan where one begins, and the arrays that it carries from step to step.
    pub fn enter_scan(&mut self, assignment: &Assignment, all: &[Assignment]) {
        let Some(name) = &assignment.scan else {
            self.scan.index = None;
            self.scan.members.clear();
            return;
        };
        if self.scan.index.as_ref().is_some_and(|(known, _)| name == known) {
            return;
        }
        let extent = self.indices.declared.get(&name.to_string()).copied();
        let index = self.indices.add(name, extent);
        let steps = if let Some(Extent::Fixed(steps)) = self.indices.extent(index) {
            steps
        } else {
            self.report_unknown_extent(name);
            // One step, so that what follows makes sense.
            self.indices.set_extent(index, Extent::Fixed(1));
            1
        };
        self.scan.index = Some((name.to_string(), index));
        let is_here = |one: &&Assignment| one.scan.as_ref().is_some_and(|scan| scan == name);
        let members: Vec<&Assignment> = all.iter().filter(is_here).collect();
        self.scan.members =
            members.iter().map(|member| (member.target.to_string(), false)).collect();
        for member in &members {
            let reads = |other: &&Assignment| reads_before(&other.value, &member.target, name);
            let is_carried = self.scan.carried.contains(&member.target.to_string());
            if !is_carried && members.iter().any(reads) {
                self.carry(member, steps);
            }
        }
    }

    /// Every statement of a scan makes one element at each step.
    pub fn check_scan_target(&mut self, assignment: &Assignment) {
        let Some((step, _)) = &self.scan.index else { return };
        let is_step = |axis: &TargetAxis| axis.at.as_name().is_some_and(|name| name == step);
        let target = &assignment.target;
        let is_carried = self.scan.carried.contains(&target.to_string());
        let axes = if is_carried { assignment.at.get(..1) } else { Some(&assignment.at[..]) };
        if !axes.is_some_and(|axes| axes.iter().any(is_step)) {
            let message = format!(
                "`scan {step}` makes one element of `{target}` at each step: write `{target}[{step}] \
                 = …`, with `{step}` as the first index"
            );
            self.report(target.span(), message);
        }
    }

    /// What a scan makes is read one step back, or where it has been made in the same step. `at` is
    /// nothing if the array is not there yet.
    pub fn check_scan_read(
        &mut self,
        array: &Ident,
        at: Option<&Affine>,
        written: &[Expression],
        location: Location,
    ) -> bool {
        let Some((step, index)) = self.scan.index.clone() else { return true };
        let Some(&is_made) = self.scan.members.get(&array.to_string()) else { return true };
        let is_behind = |at: &Affine| {
            at.terms == [(index, 1)] && (at.constant == -1 || (at.constant == 0 && is_made))
        };
        if at.is_some_and(is_behind) {
            return true;
        }
        let message = format!(
            "in `scan {step}`, `{array}` is read one step back, `{array}[{step} - 1]`, or at `{step}` \
             below the statement that makes it"
        );
        match written.first().filter(|_| at.is_some()) {
            Some(first) if self.depends_on_sizes(first) => self.report_size(location, message),
            _ => self.report(location, message),
        }
        false
    }

    /// An array that a scan reads at the step before: declared before it is made.
    fn carry(&mut self, member: &Assignment, steps: usize) {
        let extent =
            |axis: &TargetAxis| self.indices.of_declarations(&axis.at.as_name()?.to_string());
        let rest: Option<Vec<Extent>> = member.at.iter().skip(1).map(extent).collect();
        let Some(rest) = rest else {
            let message = format!(
                "`{}` is read before its step is made: write its axes as plain indices whose \
                 extents a parameter, the input or `index …;` declares",
                member.target
            );
            self.report(member.target.span(), message);
            return;
        };
        let axes = std::iter::once(Extent::Fixed(steps + 1)).chain(rest).collect();
        self.add_array(&member.target, axes, LocalRole::Computed);
        self.scan.carried.insert(member.target.to_string());
    }
}

/// Whether an expression reads an array at another step than the one at hand.
fn reads_before(expression: &Expression, array: &Ident, step: &Ident) -> bool {
    match &expression.kind {
        ExpressionKind::Element { array: read, at } => {
            let is_here = |first: &Expression| first.as_name().is_some_and(|name| name == step);
            read == array && !at.first().is_some_and(is_here)
        }
        _ => expression.children().into_iter().any(|child| reads_before(child, array, step)),
    }
}
