//! Contractions that are products of matrices.

use super::operand::{Count, Operand, Start, count, single_stride};
use crate::ir::cost::{LEAST_REPEATED, LONGEST_REPEAT};
use crate::ir::function::{Program, Scan, Statement};
use crate::ir::index::{Access, Affine, ArrayId, Extent, Index};

/// A loop around a product: how often, and how far each operand moves from one time to the next.
#[derive(Clone, Copy, Debug)]
pub struct Repeat {
    pub count: Count,
    /// 0 for a sum over all times.
    pub target_stride: usize,
    pub left_stride: usize,
    pub right_stride: usize,
}

/// target = start + left · right, the target in row-major order.
#[derive(Clone, Debug)]
pub struct Product {
    pub target: ArrayId,
    pub scans: Vec<Scan>,
    /// Where its part of the target begins, unless it is all of it.
    pub part: Option<usize>,
    /// Loops around it, the outermost first.
    pub repeats: Vec<Repeat>,
    pub rows: Count,
    pub columns: Count,
    pub depth: Count,
    pub left: Operand,
    pub right: Operand,
    pub start: Start,
}

impl Product {
    /// Multiplications each time, for one sample.
    pub fn work(&self) -> usize {
        [self.rows, self.columns, self.depth].iter().map(|one| one.size).product()
    }

    /// Whether it multiplies a vector, again and again: each of its elements is used once.
    pub fn is_thin(&self) -> bool {
        let is_one = |count: Count| count == Count { size: 1, batched: false };
        !self.repeats.is_empty() && (is_one(self.rows) || is_one(self.columns))
    }
}

/// A sum of products of two elements, in which each index says which matrix dimension it is. Its
/// first indices, or one that is summed over, may be those of a loop around it.
pub fn product(program: &Program, statement: &Statement) -> Option<Product> {
    let [(_, one), (_, other)] = program.factors(statement)?;
    let accesses = [&statement.target, one, other];
    let moves = |index: &Index| !is_idle(program, *index, accesses);
    let free: Vec<Index> = statement.free().into_iter().filter(moves).collect();
    let bound: Vec<Index> = statement.bound().iter().copied().filter(moves).collect();
    let once = Roles { repeat: &[], free: &free, bound: &bound };
    let along_target = (1..free.len().min(LONGEST_REPEAT + 1)).map(|outer| {
        let (repeat, free) = free.split_at(outer);
        Roles { repeat, free, bound: &bound }
    });
    let over_terms = bound.split_first().map(|(outer, bound)| Roles {
        repeat: std::slice::from_ref(outer),
        free: &free,
        bound,
    });
    let mut ways = std::iter::once(once).chain(along_target).chain(over_terms);
    ways.find_map(|roles| product_of(program, statement, &roles))
}

/// Whether an index has one value and is in one of the three arrays only, as those of a window of one element
/// are: it is neither rows nor columns nor depth.
pub fn is_idle(program: &Program, index: Index, accesses: [&Access; 3]) -> bool {
    let has = |access: &&&Access| access.indices().any(|other| other == index);
    program.extent(index) == Extent::Fixed(1) && accesses.iter().filter(has).count() < 2
}

/// What the indices of a statement are to a product.
struct Roles<'a> {
    repeat: &'a [Index],
    free: &'a [Index],
    bound: &'a [Index],
}

/// The two factors of a sum, and the indices that are rows, columns and depth.
struct Factors<'a> {
    left: &'a Access,
    right: &'a Access,
    rows: &'a [Index],
    columns: &'a [Index],
    depth: &'a [Index],
}

/// Where the elements of the target and of both factors lie.
struct Offsets {
    target: Affine,
    left: Affine,
    right: Affine,
}

fn product_of(program: &Program, statement: &Statement, roles: &Roles) -> Option<Product> {
    let factors = factors(program, statement, roles)?;
    let offsets = Offsets {
        target: program.linear(&statement.target),
        left: program.linear(factors.left),
        right: program.linear(factors.right),
    };
    if !is_row_major(program, statement, &factors, &offsets.target) {
        return None;
    }
    let Factors { left, right, rows, columns, depth } = factors;
    let operand = |array: ArrayId, offset: &Affine, [rows, columns]: [&[Index]; 2]| {
        let step = |scan: &Scan| single_stride(program, offset, &[scan.index]);
        Some(Operand {
            array,
            start: usize::try_from(offset.constant).ok()?,
            row_stride: single_stride(program, offset, rows)?,
            column_stride: single_stride(program, offset, columns)?,
            step_strides: statement.scans.iter().map(step).collect::<Option<_>>()?,
        })
    };
    let start = usize::try_from(offsets.target.constant).ok()?;
    let product = Product {
        target: statement.target.array,
        scans: statement.scans.clone(),
        part: (!program.is_bijection(&statement.target)).then_some(start),
        repeats: repeats(program, roles, &offsets)?,
        rows: count(program, rows),
        columns: count(program, columns),
        depth: count(program, depth),
        left: operand(left.array, &offsets.left, [rows, depth])?,
        right: operand(right.array, &offsets.right, [depth, columns])?,
        start: if statement.accumulate { Start::Target } else { Start::Zero },
    };
    let is_worth_it = product.repeats.is_empty()
        || (statement.scans.is_empty() && product.work() >= LEAST_REPEATED);
    is_worth_it.then_some(product)
}

/// The factors of a statement, if each index stands where a product has it. The target's rows are
/// contiguous, so its last index runs along the columns.
fn factors<'a>(
    program: &'a Program,
    statement: &Statement,
    roles: &Roles<'a>,
) -> Option<Factors<'a>> {
    let [(_, one), (_, other)] = program.factors(statement)?;
    if [&statement.target, one, other].into_iter().any(Access::gathers) {
        return None;
    }
    let has = |access: &Access, index: &Index| access.indices().any(|other| other == *index);
    let last = roles.free.last()?;
    let (left, right) = match (has(one, last), has(other, last)) {
        (false, true) => (one, other),
        (true, false) => (other, one),
        _ => return None,
    };
    let split = roles.free.iter().position(|index| has(right, index))?;
    let (rows, columns) = roles.free.split_at(split);
    let is_product = !roles.bound.is_empty()
        && rows.iter().all(|index| has(left, index) && !has(right, index))
        && columns.iter().all(|index| has(right, index) && !has(left, index))
        && roles.bound.iter().all(|index| has(left, index) && has(right, index));
    is_product.then_some(Factors { left, right, rows, columns, depth: roles.bound })
}

/// Whether the rows of the target follow each other in memory, at the same place in every step of a scan.
fn is_row_major(
    program: &Program,
    statement: &Statement,
    factors: &Factors,
    target: &Affine,
) -> bool {
    let stride = |group: &[Index]| single_stride(program, target, group);
    let width = count(program, factors.columns);
    let has_rows = !factors.rows.is_empty();
    let moves = statement.scans.iter().any(|scan| stride(&[scan.index]) != Some(0));
    stride(factors.columns) == Some(1)
        && (!has_rows || (stride(factors.rows) == Some(width.size) && !width.batched))
        && !moves
}

/// The loops around a product.
fn repeats(program: &Program, roles: &Roles, offsets: &Offsets) -> Option<Vec<Repeat>> {
    let repeat = |index: &Index| {
        let group = std::slice::from_ref(index);
        let stride = |offset: &Affine| single_stride(program, offset, group);
        Some(Repeat {
            count: count(program, group),
            target_stride: stride(&offsets.target)?,
            left_stride: stride(&offsets.left)?,
            right_stride: stride(&offsets.right)?,
        })
    };
    roles.repeat.iter().map(repeat).collect()
}
