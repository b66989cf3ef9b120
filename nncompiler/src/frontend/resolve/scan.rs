//! Recurrences: statements that run step by step, each step seeing what those before have made.
//!
//! An array that a scan reads at other steps has elements beside those that the scan makes, before the first
//! step or behind the last one: its first values, 0 where no statement gives them.

use std::collections::BTreeSet;

use proc_macro2::Ident;

use super::constants::Constants;
use super::resolver::Resolver;
use super::scanned::{Carried, Made, Member, gives_first_values};
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::resolved::{ConstantValue, LocalRole};
use crate::frontend::syntax::{
    Assignment, Expression, ExpressionKind, Location, ScanBlock, TargetAxis,
};
use crate::ir::function::Scan;
use crate::ir::index::{Affine, Extent};

impl Resolver<'_> {
    /// What scans make, which way they run, and the arrays that they carry from step to step.
    pub fn declare_scans(&mut self, all: &[Assignment]) {
        let inside: Vec<&Assignment> = all.iter().filter(|one| !one.scans.is_empty()).collect();
        for assignment in &inside {
            let name = assignment.target.to_string();
            if gives_first_values(assignment, all) || self.scans.members.contains_key(&name) {
                continue;
            }
            let is_step = |block: &ScanBlock, axis: &TargetAxis| {
                axis.at.as_name().is_some_and(|name| *name == block.index)
            };
            let axis_of =
                |block: &ScanBlock| assignment.at.iter().position(|axis| is_step(block, axis));
            let member = Member {
                scans: assignment.scans.clone(),
                axes: assignment.scans.iter().map(axis_of).collect(),
                beside: vec![[0, 0]; assignment.at.len()],
                is_made: false,
            };
            self.scans.members.insert(name, member);
        }
        for assignment in &inside {
            self.find_directions(&assignment.value, &assignment.scans);
        }
        for assignment in inside {
            let member = self.scans.members.get(&assignment.target.to_string());
            let is_its_own = |member: &&Member| member.scans == assignment.scans;
            if member.filter(is_its_own).is_some_and(Member::is_carried) {
                self.carry(assignment);
            }
        }
    }

    /// What the reads of an expression say of the scans around it.
    fn find_directions(&mut self, expression: &Expression, scans: &[ScanBlock]) {
        if let ExpressionKind::Element { array, at } = &expression.kind {
            self.find_direction(array, at, scans);
        }
        for child in expression.children() {
            self.find_directions(child, scans);
        }
    }

    fn find_direction(&mut self, array: &Ident, at: &[Expression], scans: &[ScanBlock]) {
        let Some(member) = self.scans.members.get_mut(&array.to_string()) else { return };
        if at.len() != member.beside.len() {
            return;
        }
        let mut is_open = true;
        for (level, block) in scans.iter().enumerate().take(member.shared(scans)) {
            let Some(axis) = member.axes[level] else { return };
            let Some(steps) = steps_from(&self.known, &at[axis], &block.index) else { return };
            let beside = &mut member.beside[axis][usize::from(steps > 0)];
            let size = usize::try_from(steps.unsigned_abs()).unwrap_or(usize::MAX);
            *beside = size.max(*beside);
            if is_open && steps != 0 {
                is_open = false;
                // The first read says which way the scan runs.
                self.scans.directions.entry(block.clone()).or_insert(steps > 0);
            }
        }
    }

    /// An array that a scan reads at other steps: declared before it is made.
    fn carry(&mut self, assignment: &Assignment) {
        let target = &assignment.target;
        let member = &self.scans.members[&target.to_string()];
        let extent = |(number, axis): (usize, &TargetAxis)| {
            let extent = self.indices.of_declarations(&axis.at.as_name()?.to_string());
            // How many steps there are is reported where the scan begins.
            extent.or(member.axes.contains(&Some(number)).then_some(Extent::Fixed(1)))
        };
        let axes: Option<Vec<Extent>> = assignment.at.iter().enumerate().map(extent).collect();
        let Some(axes) = axes else {
            let message = format!(
                "`{target}` is read before its step is made: write its axes as plain indices whose \
                 extents a parameter, the input or `index …;` declares"
            );
            self.report(target.span(), message);
            return;
        };
        let wider = |(axis, [before, behind]): (Extent, &[usize; 2])| match axis {
            Extent::Fixed(size) => {
                Extent::Fixed(size.saturating_add(*before).saturating_add(*behind))
            }
            Extent::Batch | Extent::Outputs => axis,
        };
        let axes = axes.into_iter().zip(&member.beside).map(wider).collect();
        let before = member.beside.iter().map(|[before, _]| *before).collect();
        let array = self.add_array(target, axes, LocalRole::Computed);
        self.arrays.set_before(array, before);
    }

    /// The elements that a scan makes of an array that it reads at other steps.
    pub fn carried(&self, array: &Ident) -> Option<Carried> {
        let member = self.scans.members.get(&array.to_string())?;
        let id = self.arrays.find(&array.to_string()).filter(|_| member.is_carried())?;
        let made = |(&extent, [before, behind]): (&Extent, &[usize; 2])| match extent {
            Extent::Fixed(size) => {
                (Extent::Fixed(size.saturating_sub(*before).saturating_sub(*behind)), *before)
            }
            Extent::Batch | Extent::Outputs => (extent, 0),
        };
        Some(Carried {
            axes: self.arrays.get(id).axes.iter().zip(&member.beside).map(made).collect(),
        })
    }

    /// Makes the indices of the scans that begin with a statement.
    pub fn enter_scans(&mut self, assignment: &Assignment) {
        let known = self.scans.around.iter().zip(&assignment.scans);
        let kept = known.take_while(|((block, _), other)| block == *other).count();
        self.scans.around.truncate(kept);
        for block in &assignment.scans[kept..] {
            let extent = self.indices.declared.get(&block.index.to_string()).copied();
            let index = self.indices.add(&block.index, extent);
            if !matches!(self.indices.extent(index), Some(Extent::Fixed(_))) {
                self.report_unknown_extent(&block.index);
                // One step, so that what follows makes sense.
                self.indices.set_extent(index, Extent::Fixed(1));
            }
            let is_reverse = self.scans.directions.get(block).copied().unwrap_or(false);
            self.scans.around.push((block.clone(), Scan { index, is_reverse }));
        }
    }

    /// Every statement of a scan makes one element at each step, or gives first values.
    pub fn check_scan_target(&mut self, assignment: &Assignment) {
        let target = &assignment.target;
        let Some(member) = self.scans.members.get(&target.to_string()) else { return };
        if member.scans == assignment.scans {
            let without = member.axes.iter().position(Option::is_none);
            let Some(step) = without.map(|level| &member.scans[level].index) else { return };
            let message = format!(
                "`scan {step}` makes one element of `{target}` at each step: write `{step}` as one of \
                 its indices, `{target}[{step}] = …`"
            );
            self.report(target.span(), message);
            return;
        }
        let step = &member.scans[assignment.scans.len().min(member.scans.len() - 1)].index;
        if !member.is_carried() {
            let message = format!(
                "`scan {step}` reads `{target}` at no other step, so that it needs no first value: \
                 leave this statement out"
            );
            self.report(target.span(), message);
        } else if member.is_made {
            let message = format!("the first values of `{target}` stand above `scan {step}`");
            self.report(target.span(), message);
        }
    }

    /// First values stand beside the elements that the scan makes, as far as it reads them.
    pub fn check_first_values(&mut self, assignment: &Assignment, at: &[(Affine, Location)]) {
        let target = &assignment.target;
        let Some(carried) = self.carried(target) else { return };
        let member = &self.scans.members[&target.to_string()];
        if at.len() != carried.axes.len() || member.scans == assignment.scans {
            return;
        }
        let own: BTreeSet<usize> =
            member.axes[assignment.scans.len()..].iter().copied().flatten().collect();
        let (mut is_beside, mut outside) = (false, None);
        for (number, ((axis, location), (extent, before))) in
            at.iter().zip(&carried.axes).enumerate()
        {
            let (lowest, highest) = self.indices.range(axis);
            let size = integer(extent.per_sample());
            let [first, last] = [-integer(*before), size - 1 + integer(member.beside[number][1])];
            if lowest < first || highest > last {
                outside = outside.or(Some((*location, lowest, highest, first, last)));
            }
            is_beside |= own.contains(&number) && (highest < 0 || lowest >= size);
        }
        if let Some((location, lowest, highest, first, last)) = outside {
            let written = if lowest == highest {
                format!("element {lowest}")
            } else {
                format!("elements {lowest} to {highest}")
            };
            let message = format!(
                "this writes the {written} of an axis that has the elements {first} to {last}, as far \
                 as the scan reads it"
            );
            self.report_size(location, message);
        } else if !is_beside {
            let message = format!(
                "the scan makes this element of `{target}` itself: first values stand beside those that \
                 it makes"
            );
            self.report_size(target.span(), message);
        }
    }

    /// What a scan makes is read at steps that have been made, or where it has been made in the same
    /// step. `at` is nothing if the array is not there yet.
    pub fn check_scan_read(
        &mut self,
        array: &Ident,
        at: Option<&[Affine]>,
        written: &[Expression],
        location: Location,
    ) -> bool {
        let Some(member) = self.scans.members.get(&array.to_string()) else { return true };
        let blocks: Vec<ScanBlock> =
            self.scans.around.iter().map(|(block, _)| block.clone()).collect();
        let shared = member.shared(&blocks);
        let made = at.map_or(Made::Unknown, |at| self.made(member, shared, at));
        if shared == 0 || made == Made::Before {
            return true;
        }
        let step = &blocks[shared - 1].index;
        let message = if let Made::Behind { level, is_reverse } = made {
            let [above, here] =
                if is_reverse { ["later", "earlier"] } else { ["earlier", "later"] };
            format!(
                "`scan {}` reads {above} steps above and {here} ones here, but it runs one way: write \
                 another scan for this",
                blocks[level].index
            )
        } else {
            format!(
                "in `scan {step}`, `{array}` is read at earlier steps, `{array}[{step} - 1]`, at later \
                 ones, `{array}[{step} + 1]`, which makes the scan run from the end, or at `{step}` below \
                 the statement that makes it"
            )
        };
        let is_by_sizes = written.iter().any(|axis| self.depends_on_sizes(axis));
        if is_by_sizes && at.is_some() {
            self.report_size(location, message);
        } else {
            self.report(location, message);
        }
        false
    }

    /// Whether an element has been made, by the steps that it is apart from those at hand.
    fn made(&self, member: &Member, shared: usize, at: &[Affine]) -> Made {
        for (level, (_, scan)) in self.scans.around[..shared].iter().enumerate() {
            let axis = member.axes[level].and_then(|axis| at.get(axis));
            match axis.map(|axis| (axis.terms.as_slice(), axis.constant)) {
                Some(([(index, 1)], 0)) if *index == scan.index => {}
                Some(([(index, 1)], steps)) if *index == scan.index => {
                    let is_reverse = scan.is_reverse;
                    let is_before = is_reverse == (steps > 0);
                    return if is_before {
                        Made::Before
                    } else {
                        Made::Behind { level, is_reverse }
                    };
                }
                _ => return Made::Unknown,
            }
        }
        if member.is_made { Made::Before } else { Made::Unknown }
    }
}

/// How many steps an index expression is apart from the step at hand: nothing if it is not the step plus a
/// number.
fn steps_from(known: &Constants, at: &Expression, step: &Ident) -> Option<i64> {
    let value = |here: i64| {
        let mut known = known.clone();
        known.insert(step.to_string(), ConstantValue::Integer(here));
        match known.evaluate(at, &mut Diagnostics::default()) {
            Some(ConstantValue::Integer(value)) => Some(value),
            Some(ConstantValue::Real(_)) | None => None,
        }
    };
    let [first, second] = [value(0)?, value(1)?];
    (second.checked_sub(first) == Some(1)).then_some(first)
}

fn integer(size: usize) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}
