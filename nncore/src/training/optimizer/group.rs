//! Parameters with settings of their own.

use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

/// What an optimizer does otherwise for some of the parameters: PyTorch's `param_groups`.
///
/// ```
/// # use nncore::training::optimizer::Group;
/// let decays_weights_alone = Group { weights_only: true, ..Group::default() };
/// let ten_times_slower = Group { lr_factor: 0.1, ..Group::default() };
/// let frozen = Group { frozen: true, ..Group::default() };
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Group {
    /// Whether the parameters stay as they are, false. Their gradient is computed and not used; momenta
    /// rest, and go on when the group moves again.
    pub frozen: bool,
    /// The learning rate, in place of the rule's.
    pub lr: Option<f64>,
    /// By what the learning rate is multiplied, 1: it then follows the rule's schedule.
    pub lr_factor: f64,
    /// λ, in place of the rule's.
    pub weight_decay: Option<f64>,
    /// Whether parameters of one axis do not decay, false: biases, a normalisation's factors, the slopes
    /// of a `prelu`.
    pub weights_only: bool,
}

impl Default for Group {
    fn default() -> Self {
        Self { frozen: false, lr: None, lr_factor: 1.0, weight_decay: None, weights_only: false }
    }
}

impl Group {
    /// What it says of a parameter with so many axes.
    pub(super) fn of_parameter(self, axes: usize) -> Self {
        let decays = !self.weights_only || axes > 1;
        let weight_decay = if decays { self.weight_decay } else { Some(0.0) };
        Self { weight_decay, weights_only: false, ..self }
    }
}

/// Parameters with the same settings, one after the other.
#[derive(Clone, Debug)]
pub(super) struct GroupedRange {
    pub range: Range<usize>,
    pub group: Group,
    /// The steps that they have moved: not those in which they were frozen.
    pub steps: u64,
    /// The rule's states that are one number for all of them.
    pub numbers: Vec<f64>,
}

impl GroupedRange {
    /// Whether both are moved alike from now on.
    fn is_like(&self, other: &Self) -> bool {
        self.group == other.group && self.steps == other.steps && self.numbers == other.numbers
    }
}

/// All parameters, each with its settings.
#[derive(Clone, Debug)]
pub(super) struct Parts(Vec<GroupedRange>);

impl Parts {
    /// So many parameters without settings of their own, and the rule's numbers at the beginning.
    pub(super) fn whole(parameters: usize, numbers: Vec<f64>) -> Self {
        let group = Group::default();
        Self(vec![GroupedRange { range: 0..parameters, group, steps: 0, numbers }])
    }

    /// These, which lie one after the other.
    pub(super) fn of_ranges(ranges: Vec<GroupedRange>) -> Self {
        Self(ranges)
    }

    /// All of them, in order.
    pub(super) fn ranges(&self) -> &[GroupedRange] {
        &self.0
    }

    /// The settings of all.
    pub(super) fn groups(&self) -> impl Iterator<Item = &Group> {
        self.0.iter().map(|part| &part.group)
    }

    /// The parameters that are not frozen.
    pub(super) fn moved(&mut self) -> impl Iterator<Item = &mut GroupedRange> {
        self.0.iter_mut().filter(|part| !part.group.frozen)
    }

    /// Gives settings to some of the parameters.
    pub(super) fn set(&mut self, range: &Range<usize>, group: Group) {
        let mut parts: Vec<GroupedRange> = Vec::with_capacity(self.0.len() + 2);
        for part in self.0.drain(..) {
            let Range { start, end } = part.range;
            // Before the range, in it, and behind it.
            let inside = range.start.clamp(start, end)..range.end.clamp(start, end);
            for (range, group) in [
                (start..inside.start, part.group),
                (inside.clone(), group),
                (inside.end..end, part.group),
            ] {
                push(&mut parts, GroupedRange { range, group, ..part.clone() });
            }
        }
        self.0 = parts;
    }
}

/// Adds parameters, as one range with those before if they are alike.
fn push(parts: &mut Vec<GroupedRange>, part: GroupedRange) {
    if part.range.is_empty() {
        return;
    }
    match parts.last_mut() {
        Some(last) if last.is_like(&part) => last.range.end = part.range.end,
        _ => parts.push(part),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where each range ends.
    fn ends(parts: &Parts) -> Vec<usize> {
        parts.0.iter().map(|part| part.range.end).collect()
    }

    #[test]
    fn ranges_are_cut_and_joined_again() {
        let mut parts = Parts::whole(10, vec![1.0]);
        let slow = Group { lr_factor: 0.1, ..Group::default() };
        parts.set(&(2..4), slow);
        assert_eq!(ends(&parts), [2, 4, 10]);
        parts.set(&(4..6), slow);
        assert_eq!(ends(&parts), [2, 6, 10]);
        parts.set(&(3..3), Group::default());
        assert_eq!(ends(&parts), [2, 6, 10]);
        parts.set(&(1..10), Group::default());
        assert_eq!(ends(&parts), [10]);
    }

    #[test]
    fn frozen_parameters_take_no_steps() {
        let mut parts = Parts::whole(10, vec![1.0]);
        parts.set(&(0..5), Group { frozen: true, ..Group::default() });
        parts.moved().for_each(|part| {
            assert_eq!(part.range, 5..10);
            part.steps += 1;
        });
        parts.set(&(0..5), Group::default());
        // They have rested, so that they stay apart.
        assert_eq!(ends(&parts), [5, 10]);
    }

    #[test]
    fn weights_decay_alone() {
        let group = Group { weight_decay: Some(0.1), weights_only: true, ..Group::default() };
        assert_eq!(group.of_parameter(1).weight_decay, Some(0.0));
        assert_eq!(group.of_parameter(2).weight_decay, Some(0.1));
    }
}
