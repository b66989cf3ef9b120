//! Inner products: registers along the depth, both operands contiguous along it.
//!
//! A tile of rows × columns sums is kept in registers; at the end of the depth each register is
//! added up across its lanes, `LANES` registers at once.
//!
//! Long sums keep their digits: a register adds up no more than [`LONGEST_SUM`] products, and no more
//! than as many of these sums are added to each other one by one.

use core::ops::Range;

use super::checked::{CheckedProduct, StartPointer};
use super::kernel::{Kernel, Registers};
use super::matrix::{Columns, Matrix, Source, Starts, Target};
use super::operand::Shape;
use crate::simd::Level;
use crate::simd::register::{Element, Vector, sums};

/// The sums of the largest tile; a multiple of any number of lanes.
const TILE: usize = 16;

/// Products that a lane adds up one by one, and such sums.
const LONGEST_SUM: usize = 128;

/// Whether inner products apply and take less time than the packed form, given the distances along the
/// depth of the left operand's elements and of the right one's.
#[inline(always)]
pub(super) fn is_faster<T: Element>(shape: Shape, steps: [usize; 2]) -> bool {
    // Measured, in units of one multiplication of registers: what follows a sum here, and what it
    // takes there to pack a register and to store its share of the target.
    const AFTER_SUM: usize = 3;
    const PACKING: usize = 12;
    // The panel's frame, and one call more.
    const BEFORE: usize = 200;
    // Half of the registers that are loaded lie across two cache lines, and no panel aligns them.
    const SLOWER: usize = 2;
    let level = Level::current();
    let Shape { rows, columns, depth } = shape;
    let sums = if columns == 1 { rows } else { rows * columns.next_multiple_of(4) };
    let here = || SLOWER * sums * (level.registers_for::<T>(depth) + AFTER_SUM);
    let there = || level.registers_for::<T>(columns) * depth * (rows + PACKING) + BEFORE;
    steps == [1, 1] && here() < there()
}

/// For operands that are contiguous along the depth.
pub(super) struct InnerProducts<'a, T> {
    pub(super) shape: Shape,
    pub(super) left: Matrix<T>,
    pub(super) right: Columns<'a, T>,
    pub(super) start: StartPointer<T>,
    pub(super) target: Target<'a, T>,
    pub(super) repeats: Repeats,
}

impl<'a, T: Copy> InnerProducts<'a, T> {
    /// Those of a product of matrices.
    #[inline(always)]
    pub(super) fn of(product: &CheckedProduct<'a, T>) -> Self {
        let CheckedProduct { shape, left, right, start, target } = *product;
        let columns = Starts::Every(right.column_stride);
        let right = Columns { first: right.first, columns };
        Self { shape, left, right, start, target, repeats: Repeats::ONE }
    }
}

/// How often the depth is gone through, each operand further on each time, for one sum of all.
#[derive(Clone, Copy)]
pub(super) struct Repeats {
    pub(super) count: usize,
    pub(super) left_stride: usize,
    pub(super) right_stride: usize,
    /// How often a register goes through the depth before its sum is taken.
    pub(super) at_once: usize,
}

impl Repeats {
    /// Some repetitions of a depth, each operand so much further on each time.
    pub(super) fn new<T>(
        count: usize,
        (left_stride, right_stride): (usize, usize),
        depth: usize,
    ) -> Self {
        let at_once = LONGEST_SUM * Level::current().lanes::<T>() / depth.max(1);
        Self { count, left_stride, right_stride, at_once: at_once.max(1) }
    }

    /// The depth alone.
    pub(super) const ONE: Self = Self { count: 1, left_stride: 0, right_stride: 0, at_once: 1 };
}

impl<T: Registers> InnerProducts<'_, T> {
    /// Computes the sums with the registers of a level.
    ///
    /// # Safety
    ///
    /// As [`Registers::run`].
    #[inline(always)]
    pub(super) unsafe fn compute(&self, level: Level) {
        // SAFETY: the caller's.
        unsafe {
            if self.is_general(level) {
                self.compute_general(level);
            } else {
                self.compute_sums::<false>(level);
            }
        }
    }

    /// Whether sums are long, repeated, or of columns that begin anywhere.
    #[inline(always)]
    fn is_general(&self, level: Level) -> bool {
        self.repeats.count > 1
            || self.right.distance().is_none()
            || self.shape.depth > LONGEST_SUM * level.lanes::<T>()
    }

    /// [`Self::compute`] for those.
    ///
    /// # Safety
    ///
    /// As [`Registers::run`].
    #[inline(never)]
    unsafe fn compute_general(&self, level: Level) {
        // SAFETY: the caller's.
        unsafe { self.compute_sums::<true>(level) };
    }

    /// [`Self::compute`], compiled by itself for all others, which most products are.
    ///
    /// # Safety
    ///
    /// As [`Registers::run`].
    #[inline(always)]
    unsafe fn compute_sums<const IS_GENERAL: bool>(&self, level: Level) {
        let Shape { rows, columns, .. } = self.shape;
        let padded =
            |high: usize, wide: usize| rows.next_multiple_of(high) * columns.next_multiple_of(wide);
        // SAFETY: the caller's.
        unsafe {
            if rows == 1 {
                self.compute_line::<true, IS_GENERAL>(level, columns);
            } else if columns == 1 {
                self.compute_line::<false, IS_GENERAL>(level, rows);
            } else if level.registers() != 32 {
                T::run(level, &Tiles::<_, 4, 2, IS_GENERAL>(self));
            } else if padded(3, 5) < padded(4, 4) {
                T::run(level, &Tiles::<_, 3, 5, IS_GENERAL>(self));
            } else {
                T::run(level, &Tiles::<_, 4, 4, IS_GENERAL>(self));
            }
        }
    }
}

impl<T: Registers> InnerProducts<'_, T> {
    /// The only row of the target, or its only column: so many elements.
    ///
    /// # Safety
    ///
    /// As [`Registers::run`].
    #[inline(always)]
    unsafe fn compute_line<const IS_ROW: bool, const IS_GENERAL: bool>(
        &self,
        level: Level,
        count: usize,
    ) {
        let wide = if level.registers() == 32 { count - count % WIDE } else { 0 };
        // SAFETY: both ranges are inside the target, the rest is the caller's.
        unsafe {
            if wide > 0 {
                T::run(
                    level,
                    &Line::<_, IS_ROW, true, IS_GENERAL> { products: self, range: 0..wide },
                );
            }
            if wide < count {
                T::run(
                    level,
                    &Line::<_, IS_ROW, false, IS_GENERAL> { products: self, range: wide..count },
                );
            }
        }
    }
}

/// Elements of a line that 32 registers have sums for.
const WIDE: usize = 16;

/// A range of the only row of a target, or of its only column: [`WIDE`] elements at once, or fewer.
struct Line<'a, P, const IS_ROW: bool, const IS_WIDE: bool, const IS_GENERAL: bool> {
    products: &'a P,
    range: Range<usize>,
}

impl<T: Element, const IS_ROW: bool, const IS_WIDE: bool, const IS_GENERAL: bool> Kernel<T>
    for Line<'_, InnerProducts<'_, T>, IS_ROW, IS_WIDE, IS_GENERAL>
{
    #[inline(always)]
    unsafe fn compute<V: Vector<LANES, Element = T>, const LANES: usize>(&self) {
        let (products, Range { start: mut at, end }) = (self.products, self.range.clone());
        // SAFETY: each part ends at `end` or before.
        unsafe {
            while IS_WIDE && end - at >= WIDE {
                products.compute_part::<V, LANES, WIDE, IS_ROW, IS_GENERAL>(at);
                at += WIDE;
            }
            while !IS_WIDE && end - at >= 8 {
                products.compute_part::<V, LANES, 8, IS_ROW, IS_GENERAL>(at);
                at += 8;
            }
            if !IS_WIDE && end - at >= 4 {
                products.compute_part::<V, LANES, 4, IS_ROW, IS_GENERAL>(at);
                at += 4;
            }
            while !IS_WIDE && at < end {
                products.compute_part::<V, LANES, 1, IS_ROW, IS_GENERAL>(at);
                at += 1;
            }
        }
    }
}

/// Inner products in tiles of so many rows and columns. Each form has a function of its own: without
/// optimisation, one for all of them would take 110 kB of the stack.
struct Tiles<'a, P, const ROWS: usize, const COLUMNS: usize, const IS_GENERAL: bool>(&'a P);

impl<T: Element, const ROWS: usize, const COLUMNS: usize, const IS_GENERAL: bool> Kernel<T>
    for Tiles<'_, InnerProducts<'_, T>, ROWS, COLUMNS, IS_GENERAL>
{
    #[inline(always)]
    unsafe fn compute<V: Vector<LANES, Element = T>, const LANES: usize>(&self) {
        // SAFETY: the caller's.
        unsafe { self.0.compute_tiles::<V, LANES, ROWS, COLUMNS, IS_GENERAL>() };
    }
}

impl<T: Element> InnerProducts<'_, T> {
    /// Computes all of the target, tile by tile.
    ///
    /// The inner loop repeats over the smaller operand, which then stays in a cache.
    ///
    /// # Safety
    ///
    /// As [`Kernel::compute`].
    #[inline(always)]
    unsafe fn compute_tiles<
        V: Vector<LANES, Element = T>,
        const LANES: usize,
        const ROWS: usize,
        const COLUMNS: usize,
        const IS_GENERAL: bool,
    >(
        &self,
    ) {
        let Shape { rows, columns, .. } = self.shape;
        let (row_tiles, column_tiles) = (rows.div_ceil(ROWS), columns.div_ceil(COLUMNS));
        let by_rows = rows > columns;
        let (outer_tiles, inner_tiles) = swap_unless(by_rows, row_tiles, column_tiles);
        for outer in 0..outer_tiles {
            for inner in 0..inner_tiles {
                let (row, column) = swap_unless(by_rows, outer, inner);
                // SAFETY: the first element is inside the target; the rest is the caller's.
                unsafe {
                    self.compute_tile::<V, LANES, ROWS, COLUMNS, IS_GENERAL>(
                        row * ROWS,
                        column * COLUMNS,
                    );
                }
            }
        }
    }

    /// `ROWS` × `COLUMNS` elements of the target, or as many as there are; [`TILE`] at most.
    ///
    /// # Safety
    ///
    /// As [`Kernel::compute`], the first element inside the target.
    #[inline(always)]
    unsafe fn compute_tile<
        V: Vector<LANES, Element = T>,
        const LANES: usize,
        const ROWS: usize,
        const COLUMNS: usize,
        const IS_GENERAL: bool,
    >(
        &self,
        first_row: usize,
        first_column: usize,
    ) {
        let Shape { rows, columns, .. } = self.shape;
        // Beyond the last row or column it is repeated, and the sums are not used.
        let mut left = [self.left.at(first_row, 0); ROWS];
        for (index, row) in left.iter_mut().enumerate().skip(1) {
            *row = self.left.at((first_row + index).min(rows - 1), 0);
        }
        let mut right = [self.right.at(first_column); COLUMNS];
        for (index, column) in right.iter_mut().enumerate().skip(1) {
            *column = self.right.at((first_column + index).min(columns - 1));
        }
        // SAFETY: the rows and columns are inside the operands.
        let totals = unsafe { self.totals::<V, LANES, ROWS, COLUMNS, IS_GENERAL>(left, right) };
        let (totals, _) = totals.as_chunks::<COLUMNS>();
        for (row, totals) in (first_row..rows).zip(&totals[..ROWS]) {
            // SAFETY: the elements are inside the target.
            unsafe {
                if columns - first_column >= COLUMNS {
                    self.write(row, first_column, *totals);
                } else {
                    for (column, total) in (first_column..columns).zip(totals) {
                        self.write(row, column, [*total]);
                    }
                }
            }
        }
    }

    /// `COUNT` elements of the target's only row, or of its only column.
    ///
    /// # Safety
    ///
    /// As [`Kernel::compute`], the elements being inside the target.
    #[inline(always)]
    unsafe fn compute_part<
        V: Vector<LANES, Element = T>,
        const LANES: usize,
        const COUNT: usize,
        const IS_ROW: bool,
        const IS_GENERAL: bool,
    >(
        &self,
        at: usize,
    ) {
        let (left, right) = (self.left.at(0, 0), self.right.at(0));
        // SAFETY: the caller's.
        unsafe {
            if IS_ROW {
                let columns = core::array::from_fn(|index| self.column::<IS_GENERAL>(at + index));
                let totals = self.totals::<V, LANES, 1, COUNT, IS_GENERAL>([left], columns);
                self.write::<COUNT>(0, at, core::array::from_fn(|index| totals[index]));
            } else {
                let rows = core::array::from_fn(|index| self.left.at(at + index, 0));
                let totals = self.totals::<V, LANES, COUNT, 1, IS_GENERAL>(rows, [right]);
                for (index, total) in totals[..COUNT].iter().enumerate() {
                    self.write(at + index, 0, [*total]);
                }
            }
        }
    }

    /// The address of a column of the right operand.
    #[inline(always)]
    fn column<const IS_GENERAL: bool>(&self, column: usize) -> *const T {
        if IS_GENERAL {
            return self.right.at(column);
        }
        let distance = self.right.distance().unwrap_or(0);
        self.right.first.wrapping_add(column * distance)
    }

    /// The sums of some rows of the left operand with some columns of the right one, row by row, given
    /// where these begin; [`TILE`] at most.
    ///
    /// # Safety
    ///
    /// As [`Kernel::compute`], the rows and columns being inside the operands.
    #[inline(always)]
    unsafe fn totals<
        V: Vector<LANES, Element = T>,
        const LANES: usize,
        const ROWS: usize,
        const COLUMNS: usize,
        const IS_GENERAL: bool,
    >(
        &self,
        left: [*const T; ROWS],
        right: [*const T; COLUMNS],
    ) -> [T; TILE] {
        let Self { repeats, shape: Shape { depth, .. }, .. } = *self;
        if !IS_GENERAL {
            let times = 0..1;
            // SAFETY: what is read of rows and columns ends at `depth`.
            return unsafe { self.sums::<V, LANES, ROWS, COLUMNS>(left, right, times, 0..depth) };
        }
        let mut totals = Totals::new();
        for first in (0..repeats.count).step_by(repeats.at_once) {
            for from in (0..depth).step_by(LONGEST_SUM * LANES) {
                let times = first..repeats.count.min(first + repeats.at_once);
                let part = from..depth.min(from + LONGEST_SUM * LANES);
                // SAFETY: as above.
                let sums =
                    unsafe { self.sums::<V, LANES, ROWS, COLUMNS>(left, right, times, part) };
                totals.add(sums);
            }
        }
        totals.sum()
    }

    /// The sums of a part of the depth, over some repetitions.
    ///
    /// # Safety
    ///
    /// As [`Self::totals`].
    #[inline(always)]
    unsafe fn sums<
        V: Vector<LANES, Element = T>,
        const LANES: usize,
        const ROWS: usize,
        const COLUMNS: usize,
    >(
        &self,
        left: [*const T; ROWS],
        right: [*const T; COLUMNS],
        times: Range<usize>,
        part: Range<usize>,
    ) -> [T; TILE] {
        let whole = part.start + part.len() / LANES * LANES;
        let mut result = [T::default(); TILE];
        // SAFETY: what is read of rows and columns ends with the part.
        unsafe {
            let mut tile = [[V::splat(T::default()); COLUMNS]; ROWS];
            for repeat in times {
                let Repeats { left_stride, right_stride, .. } = self.repeats;
                let left = left.map(|row| row.wrapping_add(repeat * left_stride));
                let right = right.map(|column| column.wrapping_add(repeat * right_stride));
                for from in (part.start..whole).step_by(LANES) {
                    let load = |pointer: *const T| V::load(pointer.wrapping_add(from));
                    add_products(&mut tile, left, right, load);
                }
                if whole < part.end {
                    let (count, from) = (part.end - whole, whole);
                    let load = |pointer: *const T| V::load_first(count, pointer.wrapping_add(from));
                    add_products(&mut tile, left, right, load);
                }
            }
            let mut registers = [V::splat(T::default()); TILE];
            registers[..ROWS * COLUMNS].copy_from_slice(tile.as_flattened());
            let (groups, _) = registers.as_chunks::<LANES>();
            let used = (ROWS * COLUMNS).div_ceil(LANES);
            for (index, group) in groups[..used].iter().enumerate() {
                sums(*group).store(result.as_mut_ptr().add(index * LANES));
            }
        }
        result
    }

    /// Writes some elements of a row of the target.
    ///
    /// # Safety
    ///
    /// The elements are inside the target.
    #[inline(always)]
    unsafe fn write<const COUNT: usize>(&self, row: usize, column: usize, sums: [T; COUNT]) {
        // SAFETY: the caller's.
        unsafe { self.start.write(self.target.at(row, column), (row, column), sums) };
    }
}

/// Sums of parts of the depth, added up.
struct Totals<T> {
    /// How many sums `sum` has of [`LONGEST_SUM`].
    count: usize,
    sum: [T; TILE],
    /// Sums of as many sums.
    total: [T; TILE],
}

impl<T: Element> Totals<T> {
    #[inline(always)]
    fn new() -> Self {
        Self { count: 0, sum: [T::default(); TILE], total: [T::default(); TILE] }
    }

    #[inline(always)]
    fn add(&mut self, sums: [T; TILE]) {
        if self.count == LONGEST_SUM {
            self.total = self.sum();
            (self.count, self.sum) = (0, [T::default(); TILE]);
        }
        self.sum = add(self.sum, sums);
        self.count += 1;
    }

    #[inline(always)]
    fn sum(&self) -> [T; TILE] {
        add(self.total, self.sum)
    }
}

#[inline(always)]
fn add<T: Element>(mut sums: [T; TILE], others: [T; TILE]) -> [T; TILE] {
    for (sum, other) in sums.iter_mut().zip(others) {
        *sum = *sum + other;
    }
    sums
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
