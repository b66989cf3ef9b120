//! An optimizer in a record: its steps, its states, its learning rate and its groups.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::error::{OptimizerError, at_least_zero};
use super::group::{Group, GroupedRange, Parts};
use super::rule::{Optimizer, Rule, of_group};
use crate::memory::{AlignedBuffer, Parameters};
use crate::training::resume::{Record, RecordError, Resumable};

/// The record holds the learning rate and the groups, which a run may change, and not the other settings, which
/// are the program's.
impl<R: Rule, P: Parameters> Resumable for Optimizer<R, P> {
    fn record(&self) -> Record {
        let mut record = Record::default();
        record.put_text("rule", R::NAME);
        record.put_integers("steps", [self.steps]);
        record.put_numbers("lr", &[self.lr()]);
        record.put_part("groups", groups(self.parts.ranges(), R::NUMBERS));
        for (name, state) in R::STATES.iter().zip(&self.states).filter(|(_, one)| !one.is_empty()) {
            record.put_numbers(&format!("state.{name}"), state);
        }
        record
    }

    fn resume(&mut self, record: &Record) -> Result<(), RecordError> {
        Record::check("rule", &record.text("rule")?, &R::NAME)?;
        let steps = record.integer("steps")?;
        let mut rule = self.rule;
        *rule.lr_mut() = record.number("lr")?;
        rule.check().map_err(|error| refused("lr", &error))?;
        let groups = record.part("groups")?;
        let ranges = ranges(&groups, R::NUMBERS, self.parameters);
        let ranges = ranges.map_err(|error| error.in_part("groups"))?;
        for range in &ranges {
            let checked = at_least_zero("lr_factor", range.group.lr_factor);
            checked
                .and_then(|()| of_group(rule, &range.group).check())
                .map_err(|error| refused("groups", &error))?;
        }
        let states: Result<Vec<_>, _> =
            R::STATES.iter().map(|name| self.state(record, &format!("state.{name}"))).collect();
        self.states = states?;
        (self.rule, self.steps, self.parts) = (rule, steps, Parts::of_ranges(ranges));
        self.allocate_states();
        Ok(())
    }
}

impl<R: Rule, P: Parameters> Optimizer<R, P> {
    /// A state as it was, or nothing if no step had needed it.
    fn state(&self, record: &Record, name: &str) -> Result<AlignedBuffer<P::Scalar>, RecordError> {
        if !record.has(name) {
            return Ok(AlignedBuffer::zeros(0));
        }
        let mut state = AlignedBuffer::zeros(self.parameters);
        state.copy_from_slice(&record.numbers_of(name, self.parameters)?);
        Ok(state)
    }
}

fn refused(name: &str, error: &OptimizerError) -> RecordError {
    let (expected, found) = (String::from("a setting in its range"), error.to_string());
    RecordError::Value { name: name.into(), expected, found }
}

/// The groups, a number of each for every range of parameters. NaN stands for a setting that is the rule's.
fn groups(ranges: &[GroupedRange], numbers: &[&str]) -> Record {
    let mut record = Record::default();
    let all = |value: fn(&GroupedRange) -> u64| ranges.iter().map(value).collect::<Vec<_>>();
    let reals =
        |value: fn(&Group) -> f64| ranges.iter().map(|one| value(&one.group)).collect::<Vec<_>>();
    record.put_integers("end", all(|one| one.range.end as u64));
    record.put_integers("steps", all(|one| one.steps));
    record.put_integers("frozen", all(|one| one.group.frozen.into()));
    record.put_numbers("lr", &reals(|group| group.lr.unwrap_or(f64::NAN)));
    record.put_numbers("lr_factor", &reals(|group| group.lr_factor));
    record.put_numbers("weight_decay", &reals(|group| group.weight_decay.unwrap_or(f64::NAN)));
    for (at, name) in numbers.iter().enumerate() {
        let values: Vec<f64> = ranges.iter().map(|one| one.numbers[at]).collect();
        record.put_numbers(&format!("number.{name}"), &values);
    }
    record
}

/// The ranges of a record of groups: one after the other, and all parameters together.
fn ranges(
    record: &Record,
    numbers: &[&str],
    parameters: usize,
) -> Result<Vec<GroupedRange>, RecordError> {
    let ends = record.integers("end")?;
    let count = ends.len();
    let integers = |name: &str| {
        let found = record.integers(name)?;
        let (name, expected, found_count) = (name.into(), count, found.len());
        let other = RecordError::Count { name, expected, found: found_count };
        if found_count == count { Ok(found) } else { Err(other) }
    };
    let reals = |name: &str| record.numbers_of::<f64>(name, count);
    let given = |value: f64| (!value.is_nan()).then_some(value);
    let (steps, frozen) = (integers("steps")?, integers("frozen")?);
    let (lr, lr_factor, decay) = (reals("lr")?, reals("lr_factor")?, reals("weight_decay")?);
    let numbers: Result<Vec<Vec<f64>>, RecordError> =
        numbers.iter().map(|name| reals(&format!("number.{name}"))).collect();
    let numbers = numbers?;
    let mut ranges = Vec::with_capacity(count);
    let mut start = 0;
    for at in 0..count {
        let end = usize::try_from(ends[at]).unwrap_or(usize::MAX);
        let group = Group {
            frozen: frozen[at] != 0,
            lr: given(lr[at]),
            lr_factor: lr_factor[at],
            weight_decay: given(decay[at]),
            weights_only: false,
        };
        let numbers = numbers.iter().map(|values| values[at]).collect();
        ranges.push(GroupedRange { range: start..end, group, steps: steps[at], numbers });
        start = end;
    }
    let ascend = ranges.iter().all(|one| one.range.start <= one.range.end);
    if ascend && start == parameters {
        return Ok(ranges);
    }
    let (expected, found) = (format!("ascending numbers up to {parameters}"), format!("{ends:?}"));
    Err(RecordError::Value { name: "end".into(), expected, found })
}
