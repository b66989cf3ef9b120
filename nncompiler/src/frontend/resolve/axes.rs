//! `..` in a layer: any number of axes, written out once it is known how many the input has.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::Ident;

use super::axis_groups::{OPEN, with_counts};
use super::constants::Constants;
use super::signature::required_rank;
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::syntax::{AxisGroup, AxisPart, Declaration, Definition, Setting};

/// Why an input cannot have the axes of a layer.
pub enum Misfit {
    /// It has too few.
    Rank,
    /// A setting names an axis that is not there.
    Axis { setting: Ident, message: String },
    /// The axes are not put into an order.
    Order(String),
}

/// How a layer is called, as far as its axes depend on it.
pub struct Call<'a> {
    /// How many axes the first input has, if that is known: otherwise as few as can be.
    pub rank: Option<usize>,
    /// How many sizes are given.
    pub sizes: usize,
    /// The axes' numbers in the order that a size gives, if it does.
    pub order: &'a [usize],
    /// The settings that are given.
    pub setting: &'a dyn Fn(&Setting) -> Option<f64>,
}

/// A layer without `..`: all axes written out, for one call.
pub fn written_out<'d>(
    definition: &'d Definition,
    call: &Call,
) -> Result<Cow<'d, Definition>, Misfit> {
    if !has_groups(definition) {
        return Ok(Cow::Borrowed(definition));
    }
    let counting = Counting { definition, call };
    let counts = counting.counts()?;
    Ok(Cow::Owned(with_counts(definition, &counts, &counting.order(&counts)?)))
}

/// The same with one axis for each `..`, whatever the settings are.
pub fn on_trial(definition: &Definition) -> Cow<'_, Definition> {
    if !has_groups(definition) {
        return Cow::Borrowed(definition);
    }
    let inputs = definition.inputs.iter().flat_map(|input| &input.groups);
    let groups = inputs.chain(&definition.sizes_of_group).map(|(_, group)| group.to_string());
    Cow::Owned(with_counts(definition, &groups.map(|group| (group, 1)).collect(), &[1]))
}

/// The least number of axes of the first input, if there may be more.
pub fn least_rank(definition: &Definition) -> Option<usize> {
    let input = definition.inputs.first()?;
    (!input.groups.is_empty()).then_some(input.axes.len())
}

/// How many axes the first input has, if the layer requires so: `require rank(x) == 3`.
pub fn stated_rank(definition: &Definition) -> Option<usize> {
    let (constants, silent) = (Constants::default(), &mut Diagnostics::default());
    definition.requirements.iter().find_map(|one| {
        let condition = one.condition.as_ref();
        let applies = condition.is_none_or(|one| constants.is_met(one, silent) == Some(true));
        required_rank(one, constants.evaluate(&one.right, silent).filter(|_| applies)?)
    })
}

fn has_groups(definition: &Definition) -> bool {
    let parameters = definition.parameters.iter().map(|parameter| &parameter.declaration);
    let mut declarations = definition.inputs.iter().chain(parameters);
    definition.sizes_of_group.is_some() || declarations.any(|one| !one.groups.is_empty())
}

/// Each `..` stands for axes of the first input, or for those that the sizes are of.
pub fn check(definition: &Definition, diagnostics: &mut Diagnostics) {
    let mut known: BTreeSet<String> = BTreeSet::new();
    if let Some((_, AxisGroup { end: Some(end), location, .. })) = &definition.sizes_of_group {
        known.insert(format!("..{end}"));
        if definition.settings.iter().any(|setting| setting.name == *end) {
            diagnostics.report(*location, format!("`{end}` is a setting: write another name"));
        }
    }
    if let Some(input) = definition.inputs.first() {
        check_first(definition, input, &mut known, diagnostics);
    }
    let parameters = definition.parameters.iter().map(|parameter| &parameter.declaration);
    let others = definition.inputs.iter().skip(1).chain(parameters).flat_map(|one| &one.groups);
    let sizes = definition.sizes_of_group.iter().filter(|(_, group)| group.end.is_none());
    for (_, group) in others.chain(sizes) {
        if !known.contains(&group.to_string()) {
            let message = format!("`{group}` stands for axes of the first input: write it there");
            diagnostics.report(group.location, message);
        }
    }
}

fn check_first(
    definition: &Definition,
    input: &Declaration,
    known: &mut BTreeSet<String>,
    diagnostics: &mut Diagnostics,
) {
    let mut is_open = false;
    for (_, group) in &input.groups {
        let is_setting =
            |end: &Ident| definition.settings.iter().any(|setting| setting.name == *end);
        let message = match &group.end {
            None if is_open => "`..` stands once in an array".to_owned(),
            Some(end) if is_open => format!(
                "`{group}` ends at the axis `{end}`: it stands before `..`, which stands for the rest"
            ),
            Some(end) if !known.contains(&format!("..{end}")) && !is_setting(end) => format!(
                "`{group}` ends at an axis that a setting names: write one, `(…; {end} = -1)`"
            ),
            _ => {
                is_open |= group.end.is_none();
                known.insert(group.to_string());
                continue;
            }
        };
        diagnostics.report(group.location, message);
    }
}

/// How many axes each group has.
struct Counting<'a> {
    definition: &'a Definition,
    call: &'a Call<'a>,
}

impl Counting<'_> {
    fn counts(&self) -> Result<BTreeMap<String, usize>, Misfit> {
        let mut counts = BTreeMap::new();
        let Some(input) = self.definition.inputs.first() else { return Ok(counts) };
        let of_sizes = self.call.sizes.saturating_sub(self.definition.sizes.len());
        let mut least = input.axes.len();
        match &self.definition.sizes_of_group {
            Some((_, group)) if group.end.is_some() => {
                counts.insert(group.to_string(), of_sizes);
            }
            Some(_) => least += of_sizes,
            None => {}
        }
        let rank = self.call.rank.unwrap_or(least);
        if self.call.rank.is_none() && rank == 0 {
            counts.extend(input.groups.iter().map(|(_, group)| (group.to_string(), 0)));
            return Ok(counts);
        }
        let mut at = 0;
        let parts = input.parts();
        for (number, part) in parts.iter().enumerate() {
            let AxisPart::Group(group) = part else {
                at += 1;
                continue;
            };
            let behind = parts[number + 1..].iter();
            let behind = behind.filter(|part| matches!(part, AxisPart::Axis(_))).count();
            let count = match &group.end {
                None => rank.checked_sub(at + behind).ok_or(Misfit::Rank)?,
                Some(end) => match self.setting(end) {
                    Some(value) => self.up_to(group, end, value, at, rank)?,
                    // The sizes say how many there are.
                    None => continue,
                },
            };
            counts.insert(group.to_string(), count);
            at += count;
        }
        if at == rank { Ok(counts) } else { Err(Misfit::Rank) }
    }

    /// The axes' numbers in the order that the call says: each of them once.
    fn order(&self, counts: &BTreeMap<String, usize>) -> Result<Vec<usize>, Misfit> {
        let (definition, order) = (self.definition, self.call.order);
        if definition.order().is_none() {
            return Ok(Vec::new());
        }
        let rank = counts.get(OPEN).copied().unwrap_or(0);
        let axes: Vec<usize> = (1..=rank).collect();
        let mut sorted = order.to_vec();
        sorted.sort_unstable();
        if sorted == axes {
            return Ok(order.to_vec());
        }
        let [found, axes] = [order, &axes]
            .map(|all| all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "));
        let is_whole = definition.inputs.first().is_some_and(|input| input.axes.is_empty());
        let has = if is_whole { "the input has" } else { "`..` stands for" };
        let message = match rank {
            1 => format!("{has} 1 axis, so its order is 1, not {found}"),
            _ => {
                format!("{has} {rank} axes, so their order has each of {axes} once, but is {found}")
            }
        };
        Err(Misfit::Order(message))
    }

    fn setting(&self, name: &Ident) -> Option<f64> {
        let setting = self.definition.settings.iter().find(|setting| setting.name == *name)?;
        (self.call.setting)(setting)
    }

    /// How many axes there are from one on to the one that a setting names: 1 is the first, of a batch too,
    /// and −1 the last.
    fn up_to(
        &self,
        group: &AxisGroup,
        end: &Ident,
        value: f64,
        from: usize,
        rank: usize,
    ) -> Result<usize, Misfit> {
        let misfit = |message| Misfit::Axis { setting: end.clone(), message };
        let least = self.definition.inputs.first().map_or(0, |input| input.axes.len());
        if rank < least.max(1) {
            return Err(Misfit::Rank);
        }
        let axis = (1..=rank)
            .find(|&axis| value == axis as f64 || value == axis as f64 - 1.0 - rank as f64);
        let Some(axis) = axis else {
            let possible = match rank {
                1 => format!("1 axis: `{end}` is 1 or -1"),
                _ => format!("{rank} axes: `{end}` is from 1 to {rank}, or from -{rank} to -1"),
            };
            let what = if value == 0.0 { "the batch" } else { "none of them" };
            let message = format!("the input has {possible}, and {value} is {what}");
            return Err(misfit(message));
        };
        if axis <= from {
            let message =
                format!("`{end}` is the axis {axis} here, and should be one behind axis {from}");
            return Err(misfit(message));
        }
        Ok(if group.is_inclusive { axis } else { axis - 1 } - from)
    }
}
