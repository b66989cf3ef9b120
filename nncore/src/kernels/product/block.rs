//! The inner loops of the packed form: a block of the target, in tiles of sums that registers hold.

use core::ops::Range;

use super::checked::{CheckedProduct, StartPointer};
use super::kernel::{Kernel, Registers};
use super::matrix::{Contiguity, Source, Target};
use crate::memory::per_line;
use crate::simd::Level;
use crate::simd::register::{Element, Vector, load_up_to};

/// Left operands with at least this many bytes from one step along the depth to the next are fetched
/// ahead: lines 4096 bytes apart compete for the same few places in the first-level cache.
const LONG_STEP_BYTES: usize = 4096;

/// How many steps ahead: fewer than those places.
const STEPS_AHEAD: usize = 6;

/// A block of the target as high as the target, and what is added to it.
pub(super) struct Block<'a, T, L, R> {
    rows: usize,
    columns: usize,
    depth: usize,
    /// Rows × depth.
    left: L,
    /// Depth × columns, filled up to whole registers; each row contiguous.
    right: R,
    start: StartPointer<T>,
    target: Target<'a, T>,
    /// What the next block takes from the right operand, to be fetched meanwhile.
    next: Runs<T>,
    /// Whether the left operand's steps along the depth are long.
    has_long_steps: bool,
}

/// Contiguous runs of memory at equal distances.
struct Runs<T> {
    first: *const T,
    stride: usize,
    /// The number of the last run.
    last: usize,
    /// The number of the last cache line of each run.
    last_line: usize,
}

impl<T> Runs<T> {
    /// Fetches a cache line of a run into the second-level cache. Beyond the last run nothing is near: to
    /// look for its address would take long.
    #[inline(always)]
    fn prefetch(&self, run: usize, line: usize) {
        let run = run.min(self.last);
        let first = self.first.wrapping_add(run.wrapping_mul(self.stride));
        prefetch::<SECOND_LEVEL, _>(first.wrapping_add(line * per_line::<T>()));
    }
}

/// The hint for the first-level cache, as x86 numbers them.
const FIRST_LEVEL: i32 = 3;
/// The hint for the second-level cache.
const SECOND_LEVEL: i32 = 2;

/// Fetches a cache line; an address outside of any slice does no harm.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn prefetch<const HINT: i32, T>(address: *const T) {
    // SAFETY: the instruction is part of x86-64, and never faults.
    unsafe { core::arch::x86_64::_mm_prefetch::<HINT>(address.cast()) };
}

#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
fn prefetch<const HINT: i32, T>(_address: *const T) {}

impl<'a, T: Element, L: Source<T>, R: Source<T>> Block<'a, T, L, R> {
    /// The block of some columns of a product, to which a part of the depth is added: the product of
    /// that part of the left operand and `right`, that part and those columns of the right one. The
    /// sums begin with `start`, and go to `target`.
    pub(super) fn new<P: Source<T>>(
        product: &CheckedProduct<'_, T, P, L>,
        depths: Range<usize>,
        columns: Range<usize>,
        right: R,
        (start, target): (StartPointer<T>, Target<'a, T>),
    ) -> Self {
        let first = if depths.end < product.shape.depth {
            product.right.at(depths.end, columns.start)
        } else {
            product.right.at(0, columns.end)
        };
        let (runs, run) = match product.right.contiguity() {
            Contiguity::Columns => (columns.len(), depths.len()),
            Contiguity::Rows | Contiguity::Neither => (depths.len(), columns.len()),
        };
        let step_bytes = product.left.distance_of_columns().saturating_mul(size_of::<T>());
        Self {
            rows: product.shape.rows,
            columns: columns.len(),
            depth: depths.len(),
            left: product.left.from(0, depths.start),
            right,
            start,
            target,
            next: Runs {
                first,
                stride: product.right.distance_of_runs(),
                last: runs.saturating_sub(1),
                last_line: run.saturating_sub(1) / per_line::<T>(),
            },
            has_long_steps: step_bytes >= LONG_STEP_BYTES,
        }
    }

    /// Computes the block in tiles of six rows, or of twelve that are one register wide, then of fewer:
    /// twelve sums hide the latency of a multiplication.
    ///
    /// # Safety
    ///
    /// As [`Kernel::compute`], the columns taking `REGISTERS` registers.
    #[inline(always)]
    unsafe fn compute_tiles<
        V: Vector<LANES, Element = T>,
        const LANES: usize,
        const REGISTERS: usize,
    >(
        &self,
    ) {
        let rows = self.rows;
        let mut row = 0;
        // SAFETY: each tile ends at `rows` or above.
        unsafe {
            while REGISTERS == 1 && rows - row >= 12 {
                self.compute_tile::<V, LANES, 12, REGISTERS>(row);
                row += 12;
            }
            while rows - row >= 6 {
                self.compute_tile::<V, LANES, 6, REGISTERS>(row);
                row += 6;
            }
            if rows - row >= 4 {
                self.compute_tile::<V, LANES, 4, REGISTERS>(row);
                row += 4;
            }
            if rows - row >= 2 {
                self.compute_tile::<V, LANES, 2, REGISTERS>(row);
                row += 2;
            }
            if rows > row {
                self.compute_tile::<V, LANES, 1, REGISTERS>(row);
            }
        }
    }

    /// `ROWS` × `REGISTERS` registers of sums.
    ///
    /// # Safety
    ///
    /// As [`Self::compute_tiles`], the rows being inside the target.
    #[inline(always)]
    #[expect(clippy::needless_range_loop, reason = "a tile has rows and registers by number")]
    unsafe fn compute_tile<
        V: Vector<LANES, Element = T>,
        const LANES: usize,
        const ROWS: usize,
        const REGISTERS: usize,
    >(
        &self,
        first_row: usize,
    ) {
        let line = (first_row / ROWS).min(self.next.last_line);
        // SAFETY: the caller's.
        unsafe {
            let mut tile = [[V::splat(T::default()); REGISTERS]; ROWS];
            if let StartPointer::Column(first) = self.start {
                for row in 0..ROWS {
                    let begin = first.wrapping_add(first_row + row).read();
                    tile[row] = [V::splat(begin); REGISTERS];
                }
            }
            // The addresses of rows that begin anywhere are looked up once.
            let left: [*const T; ROWS] =
                core::array::from_fn(|row| self.left.at(first_row + row, 0));
            let step = self.left.distance_of_columns();
            for depth in 0..self.depth {
                self.next.prefetch(depth, line);
                if self.has_long_steps {
                    prefetch::<FIRST_LEVEL, _>(left[0].wrapping_add((depth + STEPS_AHEAD) * step));
                }
                let mut factors = [V::splat(T::default()); REGISTERS];
                for register in 0..REGISTERS {
                    factors[register] = V::load(self.right.at(depth, register * LANES));
                }
                for row in 0..ROWS {
                    let factor = V::splat(left[row].wrapping_add(depth * step).read());
                    for register in 0..REGISTERS {
                        tile[row][register] =
                            factor.mul_add(factors[register], tile[row][register]);
                    }
                }
            }
            for row in 0..ROWS {
                for register in 0..REGISTERS {
                    let column = register * LANES;
                    let is_last = register + 1 == REGISTERS;
                    let count = if is_last { self.columns - column } else { LANES };
                    self.store(first_row + row, column, count, tile[row][register]);
                }
            }
        }
    }

    /// Writes the first `count` numbers of a register of sums, added to what they start from.
    ///
    /// # Safety
    ///
    /// The processor has the instructions of `V`; the numbers are inside the target.
    #[inline(always)]
    unsafe fn store<V: Vector<LANES, Element = T>, const LANES: usize>(
        &self,
        row: usize,
        column: usize,
        count: usize,
        sums: V,
    ) {
        let target = self.target.at(row, column);
        let begin = match self.start {
            // A sum has begun with what a column says.
            StartPointer::Zero | StartPointer::Column(_) => None,
            StartPointer::Target => Some(target.cast_const()),
            StartPointer::Row(first) => Some(first.wrapping_add(column)),
        };
        // SAFETY: the caller's; a row to begin with has the columns that the target has.
        unsafe {
            let values = begin.map_or(sums, |begin| load_up_to::<V, LANES>(count, begin).add(sums));
            if count == LANES {
                values.store(target);
            } else {
                values.store_first(count, target);
            }
        }
    }
}

impl<T: Registers, L: Source<T>, R: Source<T>> Block<'_, T, L, R> {
    /// Computes the block: its columns take 4, 2 or 1 registers of a level.
    ///
    /// # Safety
    ///
    /// As [`Registers::run`].
    #[inline(always)]
    pub(super) unsafe fn compute(&self, level: Level) {
        // SAFETY: the caller's.
        unsafe {
            match level.registers_for::<T>(self.columns) {
                1 => T::run(level, &OfWidth::<_, 1>(self)),
                2 => T::run(level, &OfWidth::<_, 2>(self)),
                _ if level.registers() == 32 => T::run(level, &OfWidth::<_, 4>(self)),
                registers => unreachable!("a block of {registers} registers"),
            }
        }
    }
}

/// A block whose columns take so many registers. Each width has a function of its own: without optimisation,
/// one for all of them would take 57 kB of the stack.
struct OfWidth<'a, B, const REGISTERS: usize>(&'a B);

impl<T: Element, L: Source<T>, R: Source<T>, const REGISTERS: usize> Kernel<T>
    for OfWidth<'_, Block<'_, T, L, R>, REGISTERS>
{
    #[inline(always)]
    unsafe fn compute<V: Vector<LANES, Element = T>, const LANES: usize>(&self) {
        // SAFETY: the caller's.
        unsafe { self.0.compute_tiles::<V, LANES, REGISTERS>() };
    }
}
