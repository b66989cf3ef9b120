//! The dot form: registers along the depth, both operands contiguous along it.
//!
//! A tile of rows × columns sums is kept in registers; at the end of the depth each register is
//! added up across its lanes, `LANES` registers at once.

use super::problem::{Problem, Source, Target};
use super::vector::{Element, Vector, sums};
use super::{Form, Shape, lanes};

/// The sums of the largest tile; a multiple of any number of lanes.
const TILE: usize = 16;

/// Whether the dot form applies to the problem and takes less time than the outer form.
#[inline(always)]
pub(super) fn is_faster<T: Element>(problem: &Problem<T>) -> bool {
    // Measured, in units of one multiplication of registers: what follows a sum here, and what it
    // takes there to pack a register and to store its share of the target.
    const AFTER_SUM: usize = 3;
    const PACKING: usize = 12;
    // Half of the registers that are loaded lie across two cache lines, and no panel aligns them.
    const SLOWER: usize = 2;
    let lanes = lanes::<T>();
    let Shape { rows, columns, depth } = problem.shape;
    let sums = if columns == 1 { rows } else { rows * columns.next_multiple_of(4) };
    let here = || SLOWER * sums * (depth.div_ceil(lanes) + AFTER_SUM);
    let there = || columns.div_ceil(lanes) * depth * (rows + PACKING);
    problem.left.column_stride == 1 && problem.right.row_stride == 1 && here() < there()
}

/// For operands that are contiguous along the depth.
pub(super) struct Dot<'a, P> {
    pub(super) problem: &'a P,
    pub(super) runs: Runs,
}

/// How often the depth is gone through, each operand further on each time, for one sum of all.
#[derive(Clone, Copy)]
pub(super) struct Runs {
    pub(super) count: usize,
    pub(super) left_stride: usize,
    pub(super) right_stride: usize,
}

impl Runs {
    /// The depth alone.
    pub(super) const ONE: Self = Self { count: 1, left_stride: 0, right_stride: 0 };
}

impl<T: Element, S: Source<T>, W: Target<T>> Form<T> for Dot<'_, Problem<T, S, W>> {
    #[inline(always)]
    unsafe fn compute<V: Vector<LANES, Element = T>, const LANES: usize>(&self) {
        let Shape { rows, columns, .. } = self.problem.shape;
        let padded =
            |high: usize, wide: usize| rows.next_multiple_of(high) * columns.next_multiple_of(wide);
        // SAFETY: the caller's.
        unsafe {
            if rows == 1 {
                self.compute_row::<V, LANES>();
            } else if columns == 1 {
                self.compute_column::<V, LANES>();
            } else if V::REGISTERS != 32 {
                self.compute_tiles::<V, LANES, 4, 2>();
            } else if padded(3, 5) < padded(4, 4) {
                self.compute_tiles::<V, LANES, 3, 5>();
            } else {
                self.compute_tiles::<V, LANES, 4, 4>();
            }
        }
    }
}

impl<T: Element, S: Source<T>, W: Target<T>> Dot<'_, Problem<T, S, W>> {
    /// Computes all of the target, tile by tile.
    ///
    /// The inner loop runs over the smaller operand, which then stays in a cache.
    ///
    /// # Safety
    ///
    /// As [`Form::compute`].
    #[inline(always)]
    unsafe fn compute_tiles<
        V: Vector<LANES, Element = T>,
        const LANES: usize,
        const ROWS: usize,
        const COLUMNS: usize,
    >(
        &self,
    ) {
        let Shape { rows, columns, .. } = self.problem.shape;
        let (row_tiles, column_tiles) = (rows.div_ceil(ROWS), columns.div_ceil(COLUMNS));
        let by_rows = rows > columns;
        let (outer_tiles, inner_tiles) = swap_unless(by_rows, row_tiles, column_tiles);
        for outer in 0..outer_tiles {
            for inner in 0..inner_tiles {
                let (row, column) = swap_unless(by_rows, outer, inner);
                // SAFETY: the first element is inside the target; the rest is the caller's.
                unsafe {
                    self.compute_tile::<V, LANES, ROWS, COLUMNS>(row * ROWS, column * COLUMNS);
                }
            }
        }
    }

    /// `ROWS` × `COLUMNS` elements of the target, or as many as there are; [`TILE`] at most.
    ///
    /// # Safety
    ///
    /// As [`Form::compute`], the first element inside the target.
    #[inline(always)]
    unsafe fn compute_tile<
        V: Vector<LANES, Element = T>,
        const LANES: usize,
        const ROWS: usize,
        const COLUMNS: usize,
    >(
        &self,
        first_row: usize,
        first_column: usize,
    ) {
        let problem = self.problem;
        let Shape { rows, columns, .. } = problem.shape;
        // Beyond the last row or column it is repeated, and the sums are not used.
        let mut left = [problem.left.at(first_row, 0); ROWS];
        for (index, row) in left.iter_mut().enumerate().skip(1) {
            *row = problem.left.at((first_row + index).min(rows - 1), 0);
        }
        let mut right = [problem.right.at(0, first_column); COLUMNS];
        for (index, column) in right.iter_mut().enumerate().skip(1) {
            *column = problem.right.at(0, (first_column + index).min(columns - 1));
        }
        // SAFETY: the rows and columns are inside the operands.
        let totals = unsafe { self.totals::<V, LANES, ROWS, COLUMNS>(left, right) };
        let (totals, _) = totals.as_chunks::<COLUMNS>();
        for (row, totals) in (first_row..rows).zip(&totals[..ROWS]) {
            // SAFETY: the elements are inside the target.
            unsafe {
                if columns - first_column >= COLUMNS {
                    problem.write(row, first_column, *totals);
                } else {
                    for (column, total) in (first_column..columns).zip(totals) {
                        problem.write(row, column, [*total]);
                    }
                }
            }
        }
    }

    /// The only row of the target.
    ///
    /// # Safety
    ///
    /// As [`Form::compute`].
    #[inline(always)]
    unsafe fn compute_row<V: Vector<LANES, Element = T>, const LANES: usize>(&self) {
        let columns = self.problem.shape.columns;
        let mut column = 0;
        // SAFETY: each tile ends at `columns` or before.
        unsafe {
            while V::REGISTERS == 32 && columns - column >= 16 {
                self.compute_columns::<V, LANES, 16>(column);
                column += 16;
            }
            while columns - column >= 8 {
                self.compute_columns::<V, LANES, 8>(column);
                column += 8;
            }
            if columns - column >= 4 {
                self.compute_columns::<V, LANES, 4>(column);
                column += 4;
            }
            for column in column..columns {
                self.compute_columns::<V, LANES, 1>(column);
            }
        }
    }

    /// `COUNT` columns of the target's only row.
    ///
    /// # Safety
    ///
    /// As [`Form::compute`], the columns being inside the target.
    #[inline(always)]
    unsafe fn compute_columns<
        V: Vector<LANES, Element = T>,
        const LANES: usize,
        const COUNT: usize,
    >(
        &self,
        column: usize,
    ) {
        let problem = self.problem;
        let right = std::array::from_fn(|index| problem.right.at(0, column + index));
        // SAFETY: the caller's.
        unsafe {
            let totals = self.totals::<V, LANES, 1, COUNT>([problem.left.at(0, 0)], right);
            problem.write::<COUNT>(0, column, std::array::from_fn(|index| totals[index]));
        }
    }

    /// The only column of the target.
    ///
    /// # Safety
    ///
    /// As [`Form::compute`].
    #[inline(always)]
    unsafe fn compute_column<V: Vector<LANES, Element = T>, const LANES: usize>(&self) {
        let rows = self.problem.shape.rows;
        let mut row = 0;
        // SAFETY: each tile ends at `rows` or before.
        unsafe {
            while V::REGISTERS == 32 && rows - row >= 16 {
                self.compute_rows::<V, LANES, 16>(row);
                row += 16;
            }
            while rows - row >= 8 {
                self.compute_rows::<V, LANES, 8>(row);
                row += 8;
            }
            if rows - row >= 4 {
                self.compute_rows::<V, LANES, 4>(row);
                row += 4;
            }
            for row in row..rows {
                self.compute_rows::<V, LANES, 1>(row);
            }
        }
    }

    /// `COUNT` rows of the target's only column.
    ///
    /// # Safety
    ///
    /// As [`Form::compute`], the rows being inside the target.
    #[inline(always)]
    unsafe fn compute_rows<
        V: Vector<LANES, Element = T>,
        const LANES: usize,
        const COUNT: usize,
    >(
        &self,
        row: usize,
    ) {
        let problem = self.problem;
        let left = std::array::from_fn(|index| problem.left.at(row + index, 0));
        // SAFETY: the caller's.
        unsafe {
            let totals = self.totals::<V, LANES, COUNT, 1>(left, [problem.right.at(0, 0)]);
            for (index, total) in totals[..COUNT].iter().enumerate() {
                problem.write(row + index, 0, [*total]);
            }
        }
    }

    /// The sums of some rows of the left operand with some columns of the right one, row by row, given
    /// where these begin; [`TILE`] at most.
    ///
    /// # Safety
    ///
    /// As [`Form::compute`], the rows and columns being inside the operands.
    #[inline(always)]
    unsafe fn totals<
        V: Vector<LANES, Element = T>,
        const LANES: usize,
        const ROWS: usize,
        const COLUMNS: usize,
    >(
        &self,
        left: [*const T; ROWS],
        right: [*const T; COLUMNS],
    ) -> [T; TILE] {
        let Self { problem, runs } = self;
        let depth = problem.shape.depth;
        let whole = depth - depth % LANES;
        let mut totals = [T::default(); TILE];
        // SAFETY: what is read of rows and columns ends at `depth`.
        unsafe {
            let mut tile = [[V::splat(T::default()); COLUMNS]; ROWS];
            for run in 0..runs.count {
                let left = left.map(|row| row.wrapping_add(run * runs.left_stride));
                let right = right.map(|column| column.wrapping_add(run * runs.right_stride));
                for from in (0..whole).step_by(LANES) {
                    let load = |pointer: *const T| V::load(pointer.wrapping_add(from));
                    add_products(&mut tile, left, right, load);
                }
                if whole < depth {
                    let (count, from) = (depth - whole, whole);
                    let load = |pointer: *const T| V::load_first(count, pointer.wrapping_add(from));
                    add_products(&mut tile, left, right, load);
                }
            }
            let mut registers = [V::splat(T::default()); TILE];
            registers[..ROWS * COLUMNS].copy_from_slice(tile.as_flattened());
            let (groups, _) = registers.as_chunks::<LANES>();
            let used = (ROWS * COLUMNS).div_ceil(LANES);
            for (index, group) in groups[..used].iter().enumerate() {
                sums(*group).store(totals.as_mut_ptr().add(index * LANES));
            }
        }
        totals
    }
}

/// The two as they are, or the other way round.
#[inline(always)]
fn swap_unless(condition: bool, first: usize, second: usize) -> (usize, usize) {
    if condition { (first, second) } else { (second, first) }
}

/// Adds the products of a register of each row and one of each column.
#[inline(always)]
fn add_products<
    T,
    V: Vector<LANES>,
    const LANES: usize,
    const ROWS: usize,
    const COLUMNS: usize,
>(
    tile: &mut [[V; COLUMNS]; ROWS],
    left: [*const T; ROWS],
    right: [*const T; COLUMNS],
    load: impl Fn(*const T) -> V,
) {
    let mut factors = [load(right[0]); COLUMNS];
    for column in 1..COLUMNS {
        factors[column] = load(right[column]);
    }
    for row in 0..ROWS {
        let factor = load(left[row]);
        for column in 0..COLUMNS {
            tile[row][column] = factor.mul_add(factors[column], tile[row][column]);
        }
    }
}
