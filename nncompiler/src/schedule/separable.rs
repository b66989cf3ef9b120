//! Separable windows → one axis after the other: the maximum over a window is that over its rows
//! of those over its columns, and both of these loops run along memory.

use crate::ir::expression::Node;
use crate::ir::function::{Function, Program, Statement};
use crate::ir::index::{Access, Affine, Extent, Index};
use crate::ir::reduction::Reduction;

/// Splits every maximum or minimum over windows that fill the rows of an image, without gap or overlap:
/// it is taken across the rows first.
pub fn split_windows(program: &mut Program, function: &mut Function) {
    let parts = |statement: &Statement| {
        split(program, statement).unwrap_or_else(|| vec![statement.clone()])
    };
    function.body = function.body.iter().flat_map(parts).collect();
}

fn split(program: &mut Program, statement: &Statement) -> Option<Vec<Statement>> {
    let (reduction, bound) = statement.reduction.as_ref()?;
    let is_exact = matches!(reduction, Reduction::Max | Reduction::Min);
    let Node::Element(source) = program.graph.node(statement.value).clone() else { return None };
    if !is_exact || statement.accumulate || !statement.scans.is_empty() {
        return None;
    }
    let free = statement.target.as_indices()?;
    let (&last, kept) = free.split_last()?;
    let (columns, rows) = source.at.split_last()?;
    let in_rows: Vec<Index> = rows.iter().flat_map(Affine::indices).collect();
    let (across, along): (Vec<Index>, Vec<Index>) =
        bound.iter().copied().partition(|index| in_rows.contains(index));
    let [within] = along[..] else { return None };
    let window = program.extent(within).per_sample();
    let mut terms = columns.terms.clone();
    terms.sort_unstable_by_key(|&(_, step)| step);
    let fills_rows = terms == [(within, 1), (last, i64::try_from(window).ok()?)]
        && columns.constant == 0
        && !source.gathers()
        && !in_rows.contains(&last);
    if across.is_empty() || !fills_rows {
        return None;
    }
    let column = program.add_index(Extent::Fixed(program.extent(last).per_sample() * window));
    let order = [kept, &[column]].concat();
    let name = format!("rows_of_{}", program.array(source.array).name);
    let target = program.array_over(name, &order);
    let over_rows = Access { array: source.array, at: [rows, &[column.into()]].concat() };
    let kept = kept.iter().copied().map(Affine::from);
    let over_columns = Access { array: target.array, at: kept.chain([columns.clone()]).collect() };
    let first = Statement {
        target,
        reduction: Some((*reduction, across)),
        value: program.graph.element(over_rows),
        ..statement.clone()
    };
    let second = Statement {
        reduction: Some((*reduction, along)),
        value: program.graph.element(over_columns),
        ..statement.clone()
    };
    Some(vec![first, second])
}
