//! Sums of products over windows that overlap in memory: what a convolution is once the windows of
//! its last axis lie beside each other (`im2col.rs`).

use super::operand::{Count, Operand, Start, single_stride};
use super::product::is_idle;
use crate::ir::cost::MOST_WINDOWS;
use crate::ir::function::{BATCH, Program, Statement};
use crate::ir::index::{Access, Affine, ArrayId, Extent, Index};

/// A product of each sample with windows; see `Windows` in nncore's `product`.
#[derive(Clone, Debug)]
pub struct Windows {
    pub windowed: Windowed,
    pub target: ArrayId,
    pub rows: usize,
    pub columns: usize,
    pub depth: usize,
    /// Where the windows begin: how many steps of which length, the longest steps first.
    pub offsets: Vec<(usize, usize)>,
    /// How often: for each sample, or once.
    pub count: Count,
    /// From a sample to the next, of the left operand, the right one and the target.
    pub strides: [usize; 3],
    pub left: Operand,
    pub right: ArrayId,
    /// From a row of the right operand to the next, where it does not lie in windows.
    pub right_stride: usize,
    pub start: Start,
}

/// What lies in windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Windowed {
    /// The rows of the right operand.
    RightRows,
    /// The rows of the target.
    TargetRows,
    /// The columns of the right operand.
    RightColumns,
}

/// Accesses as offsets in memory, and the indices that are rows, columns and depth.
struct Parts {
    target: Affine,
    left: Affine,
    right: Affine,
    rows: Vec<Index>,
    columns: Vec<Index>,
    depth: Vec<Index>,
}

/// A sum of products of two elements, one of three in windows.
pub fn windows(program: &Program, statement: &Statement) -> Option<Windows> {
    let [(_, a), (_, b)] = program.factors(statement)?;
    if [&statement.target, a, b].into_iter().any(Access::gathers) {
        return None;
    }
    let is_injective = program.is_bijection(&statement.target);
    [(a, b), (b, a)].into_iter().find_map(|(left, other)| {
        let parts = Parts::new(program, statement, left, other)?;
        let (windowed, offsets) = parts.windows(program, is_injective, statement.accumulate)?;
        let windows = offsets.iter().fold(1usize, |all, &(count, _)| all.saturating_mul(count));
        if windows > MOST_WINDOWS {
            return None;
        }
        let right_stride = match windowed {
            Windowed::RightRows | Windowed::RightColumns => 0,
            Windowed::TargetRows => parts.even(program, &parts.depth, |parts| &parts.right)?,
        };
        let size = |group: &[Index]| -> usize {
            group.iter().map(|&index| program.extent(index).per_sample()).product()
        };
        let sample = |offset: &Affine| stride(offset, BATCH);
        let (rows, depth) = (&parts.rows, &parts.depth);
        Some(Windows {
            windowed,
            target: statement.target.array,
            rows: size(rows),
            columns: size(&parts.columns),
            depth: size(depth),
            offsets,
            count: Count { size: 1, batched: statement.indices().contains(&BATCH) },
            strides: [sample(&parts.left)?, sample(&parts.right)?, sample(&parts.target)?],
            left: Operand {
                array: left.array,
                start: 0,
                row_stride: parts.even(program, rows, |parts| &parts.left)?,
                column_stride: parts.even(program, depth, |parts| &parts.left)?,
                step_strides: Vec::new(),
            },
            right: other.array,
            right_stride,
            start: if statement.accumulate { Start::Target } else { Start::Zero },
        })
    })
}

impl Parts {
    /// What lies in windows, and where these begin.
    fn windows(
        &self,
        program: &Program,
        is_injective: bool,
        accumulates: bool,
    ) -> Option<(Windowed, Vec<(usize, usize)>)> {
        let whole = is_injective.then_some(());
        let right =
            whole.and_then(|()| Some((Windowed::RightRows, self.windows_of_right(program)?)));
        let sums =
            || whole.and_then(|()| Some((Windowed::RightColumns, self.sums_of_windows(program)?)));
        let target = || Some((Windowed::TargetRows, self.windows_of_target(program, accumulates)?));
        right.or_else(sums).or_else(target)
    }

    /// The parts of a statement each of whose indices, other than the sample, is in two of its three
    /// arrays.
    fn new(
        program: &Program,
        statement: &Statement,
        left: &Access,
        right: &Access,
    ) -> Option<Self> {
        let [target_offset, left_offset, right_offset] =
            [&statement.target, left, right].map(|access| program.linear(access));
        let has = |access: &Access, index: Index| access.indices().any(|other| other == index);
        let (mut rows, mut columns, mut depth) = (Vec::new(), Vec::new(), Vec::new());
        for index in statement.indices() {
            let is_bound = statement.bound().contains(&index);
            match (has(left, index), has(right, index)) {
                _ if index == BATCH
                    || is_idle(program, index, [&statement.target, left, right]) => {}
                _ if !matches!(program.extent(index), Extent::Fixed(_)) => return None,
                (true, true) if is_bound => depth.push(index),
                (true, false) if !is_bound => rows.push(index),
                (false, true) if !is_bound => columns.push(index),
                _ => return None,
            }
        }
        let starts = [&target_offset, &left_offset, &right_offset];
        let is_whole = [&rows, &columns, &depth].iter().all(|group| !group.is_empty());
        let from_start = starts.iter().all(|offset| offset.constant == 0);
        (is_whole && from_start && statement.scans.is_empty()).then_some(Self {
            target: target_offset,
            left: left_offset,
            right: right_offset,
            rows,
            columns,
            depth,
        })
    }

    /// Rows of the right operand in windows: the depth, in the order of the left operand. Each sample has
    /// a target of its own.
    fn windows_of_right(&self, program: &Program) -> Option<Vec<(usize, usize)>> {
        let is_summed = stride(&self.target, BATCH) == Some(0)
            && [&self.left, &self.right].iter().any(|one| stride(one, BATCH) != Some(0));
        let columns = sorted(&self.columns, &self.target);
        let depth = sorted(&self.depth, &self.left);
        let is_it = single_stride(program, &self.target, &columns)? == 1
            && single_stride(program, &self.right, &columns)? == 1
            && self.fills_rows(program)
            && single_stride(program, &self.left, &depth).is_some()
            && !is_summed;
        is_it.then(|| nested(program, &self.right, &depth))
    }

    /// Columns of the right operand in windows, in the order of the target.
    fn sums_of_windows(&self, program: &Program) -> Option<Vec<(usize, usize)>> {
        let columns = sorted(&self.columns, &self.target);
        let depth = sorted(&self.depth, &self.left);
        let is_it = single_stride(program, &self.target, &columns)? == 1
            && self.fills_rows(program)
            && single_stride(program, &self.left, &depth)? == 1
            && single_stride(program, &self.right, &depth)? == 1
            && stride(&self.target, BATCH) == Some(0);
        is_it.then(|| nested(program, &self.right, &columns))
    }

    /// Rows of the target in windows, in the order of the left operand.
    fn windows_of_target(
        &self,
        program: &Program,
        accumulates: bool,
    ) -> Option<Vec<(usize, usize)>> {
        let columns = sorted(&self.columns, &self.right);
        let rows = sorted(&self.rows, &self.left);
        let is_it = accumulates
            && single_stride(program, &self.target, &columns)? == 1
            && single_stride(program, &self.right, &columns)? == 1
            && single_stride(program, &self.left, &rows).is_some();
        is_it.then(|| nested(program, &self.target, &rows))
    }

    /// Whether the target's rows lie one behind the other.
    fn fills_rows(&self, program: &Program) -> bool {
        let columns = self.columns.iter().map(|&index| program.extent(index).per_sample());
        self.even(program, &self.rows, |parts| &parts.target) == Some(columns.product())
    }

    /// The one stride of a group in an array, in the order of the left operand.
    fn even(
        &self,
        program: &Program,
        group: &[Index],
        of: impl Fn(&Self) -> &Affine,
    ) -> Option<usize> {
        single_stride(program, of(self), &sorted(group, &self.left))
    }
}

/// Indices with the longest steps first.
fn sorted(group: &[Index], offset: &Affine) -> Vec<Index> {
    let mut group = group.to_vec();
    group.sort_by_key(|&index| std::cmp::Reverse(stride(offset, index)));
    group
}

/// How far an offset moves with an index, if not back.
fn stride(offset: &Affine, index: Index) -> Option<usize> {
    let term = offset.terms.iter().find(|(other, _)| *other == index);
    usize::try_from(term.map_or(0, |&(_, stride)| stride)).ok()
}

fn nested(program: &Program, offset: &Affine, group: &[Index]) -> Vec<(usize, usize)> {
    let step =
        |&index: &Index| (program.extent(index).per_sample(), stride(offset, index).unwrap_or(0));
    group.iter().map(step).collect()
}
