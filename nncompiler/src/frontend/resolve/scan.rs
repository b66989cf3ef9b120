//! Recurrences: statements that run step by step, each step seeing what those before have made.

use proc_macro2::Ident;

use super::LocalRole;
use super::equation::Resolver;
use crate::frontend::syntax::{Assignment, Expression, ExpressionKind, TargetAxis};
use crate::ir::index::Extent;

impl Resolver<'_> {
    /// Makes the index of a scan where one begins, and the arrays that it carries from step to step.
    pub fn enter_scan(&mut self, assignment: &Assignment, all: &[Assignment]) {
        let Some(name) = &assignment.scan else {
            self.scan = None;
            return;
        };
        if self.scan.as_ref().is_some_and(|(known, _)| name == known) {
            return;
        }
        let extent = self.declared.get(&name.to_string()).copied();
        let index = self.index(name, extent);
        let slot = &mut self.indices[index.0 as usize];
        let steps = if let Some(Extent::Fixed(steps)) = *slot {
            steps
        } else {
            // One step, so that what follows makes sense.
            *slot = Some(Extent::Fixed(1));
            let message = format!("nothing says how far the index `{name}` runs");
            self.diagnostics.report(name.span(), message);
            1
        };
        self.scan = Some((name.to_string(), index));
        let is_here = |one: &&Assignment| one.scan.as_ref().is_some_and(|scan| scan == name);
        let members: Vec<&Assignment> = all.iter().filter(is_here).collect();
        for member in &members {
            let reads = |other: &&Assignment| reads_before(&other.value, &member.target, name);
            if members.iter().any(reads) && !self.carried.contains(&member.target.to_string()) {
                self.carry(member, steps);
            }
        }
    }

    /// An array that a scan reads at the step before: declared before it is made.
    pub fn carry(&mut self, member: &Assignment, steps: usize) {
        let extent = |axis: &TargetAxis| match &axis.at.kind {
            ExpressionKind::Name(name) => {
                let name = name.to_string();
                self.declared.get(&name).or(self.stated_by_name.get(&name)).copied()
            }
            _ => None,
        };
        let rest: Option<Vec<Extent>> = member.at.iter().skip(1).map(extent).collect();
        let Some(rest) = rest else {
            let message = "an array that a scan reads before it makes it has plain indices, \
                           whose extents an `index` or a parameter declares";
            self.diagnostics.report(member.target.span(), message);
            return;
        };
        let axes = std::iter::once(Extent::Fixed(steps + 1)).chain(rest).collect();
        self.array(&member.target, axes, LocalRole::Computed);
        self.carried.push(member.target.to_string());
    }
}

/// Whether an expression reads an array at another step than the one at hand.
fn reads_before(expression: &Expression, array: &Ident, step: &Ident) -> bool {
    let any = |all: &[&Expression]| all.iter().any(|one| reads_before(one, array, step));
    match &expression.kind {
        ExpressionKind::Element { array: read, at } => {
            let is_here = |first: &Expression| matches!(&first.kind, ExpressionKind::Name(name) if name == step);
            read == array && !at.first().is_some_and(is_here)
        }
        ExpressionKind::Integer(_) | ExpressionKind::Float(_) | ExpressionKind::Name(_) => false,
        ExpressionKind::Tuple(all) | ExpressionKind::Call { arguments: all, .. } => {
            any(&all.iter().collect::<Vec<_>>())
        }
        ExpressionKind::Reduce { body, .. } | ExpressionKind::Negate(body) => any(&[body]),
        ExpressionKind::Binary(_, left, right) | ExpressionKind::Compare(_, left, right) => {
            any(&[left, right])
        }
        ExpressionKind::If { condition, then, otherwise } => any(&[condition, then, otherwise]),
    }
}
