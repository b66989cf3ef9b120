//! Layers that move numbers about.

use super::super::choices::Choices;
use super::layers::Applied;

pub fn flatten(choices: &mut Choices, shape: &[usize]) -> Option<Applied> {
    let rank = shape.len();
    if rank == 0 {
        return None;
    }
    if rank == 1 || choices.one_in(2) {
        return Some(Applied::function("flatten", "", &[], "x.flatten(1)"));
    }
    let first = choices.below(rank);
    let last = first + choices.below(rank - first);
    let [start, end] = [first, last].map(|axis| choices.dim(axis, rank));
    let options = [format!("start_dim = {start}"), format!("end_dim = {end}")];
    let body = format!("x.flatten({start}, {end})");
    Some(Applied::function("flatten", "", &options, &body))
}

#[allow(clippy::unnecessary_wraps, reason = "as every row of the table")]
pub fn reshape(choices: &mut Choices, shape: &[usize]) -> Option<Applied> {
    let mut rest: usize = shape.iter().product();
    let mut axes = Vec::new();
    for _ in 0..choices.below(3) {
        axes.push(choices.divisor(rest));
        rest /= axes[axes.len() - 1];
    }
    axes.push(rest);
    let axes = axes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    Some(Applied::function("reshape", &axes, &[], &format!("x.reshape(len(x), {axes})")))
}

pub fn transpose(choices: &mut Choices, shape: &[usize]) -> Option<Applied> {
    let rank = shape.len();
    if rank < 2 {
        return None;
    }
    let first = choices.below(rank - 1);
    let second = first + choices.up_to(rank - 1 - first);
    if (first, second) == (0, 1) && choices.one_in(2) {
        return Some(Applied::function("transpose", "", &[], "x.transpose(1, 2)"));
    }
    let [a, b] = [first, second].map(|axis| choices.dim(axis, rank));
    let options = [format!("dim0 = {a}"), format!("dim1 = {b}")];
    Some(Applied::function("transpose", "", &options, &format!("x.transpose({a}, {b})")))
}

pub fn slice(choices: &mut Choices, shape: &[usize]) -> Option<Applied> {
    let axis = choices.below(shape.len().max(1));
    let size = *shape.get(axis)?;
    let from = choices.below(size);
    let to = from + choices.up_to(size - from);
    let step = choices.up_to(3);
    let dim = choices.dim(axis, shape.len());
    let options = [format!("from = {from}"), format!("to = {to}"), format!("step = {step}")];
    let options = [&options[..], &[format!("dim = {dim}")]].concat();
    let before = ":, ".repeat(axis + 1);
    Some(Applied::function("slice", "", &options, &format!("x[{before}{from}:{to}:{step}]")))
}

pub fn split(choices: &mut Choices, shape: &[usize]) -> Option<Applied> {
    let axis = choices.below(shape.len().max(1));
    let size = *shape.get(axis)?;
    let each = choices.up_to(size);
    let part = choices.below(size.div_ceil(each));
    let dim = choices.dim(axis, shape.len());
    let body = format!("x.split({each}, {dim})[{part}]");
    let dim = format!("dim = {dim}");
    if part == 0 {
        return Some(Applied::function("split", &each.to_string(), &[dim], &body));
    }
    // In a chain stands the first part alone.
    let (from, to) = (part * each, size.min((part + 1) * each));
    let options = [format!("from = {from}"), format!("to = {to}"), dim];
    Some(Applied::function("slice", "", &options, &body))
}

pub fn zero_pad(choices: &mut Choices, shape: &[usize]) -> Option<Applied> {
    shape.last()?;
    let [a, b] = [choices.below(3), choices.below(3)];
    let options = [format!("padding = ({a}, {b})")];
    Some(Applied::function("zero_pad1d", "", &options, &format!("functional.pad(x, ({a}, {b}))")))
}

const PADS: [(&str, &str); 3] =
    [("circular", "circular"), ("reflection", "reflect"), ("replication", "replicate")];

/// Before and behind an axis, which PyTorch pads as the last one.
pub fn other_pad(choices: &mut Choices, shape: &[usize]) -> Option<Applied> {
    let axis = choices.below(shape.len().max(1));
    let size = *shape.get(axis)?;
    let (mode, in_torch) = *choices.pick(&PADS);
    let most = match mode {
        "circular" => size,
        "reflection" => size - 1,
        _ => 3,
    };
    if most == 0 {
        return None;
    }
    let [a, b] = [choices.up_to(most.min(3)), choices.up_to(most.min(3))];
    let dim = choices.dim(axis, shape.len());
    let options = [format!("padding = ({a}, {b})"), format!("dim = {dim}")];
    let body = format!("padded_along(x, {dim}, ({a}, {b}), '{in_torch}')");
    Some(Applied::function(&format!("{mode}_pad1d"), "", &options, &body))
}
