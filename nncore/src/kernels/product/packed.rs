//! The packed form: registers along the target's columns, factors of the left operand broadcast.
//!
//! The target is cut into blocks of a few registers' columns, the depth into blocks as well. The
//! part of the right operand that a block needs is packed into a small panel on the stack, by
//! copying or transposing it, and a tile of sums is kept in registers for a few rows at a time.
//! With few rows a panel would not pay: then the rows of the right operand are read in place.

use core::mem::MaybeUninit;
use core::ops::Range;

use super::checked::{CheckedProduct, StartPointer};
use super::form::Form;
use super::matrix::{Contiguity, Matrix, Rows, Source, Target};
use super::operand::Shape;
use crate::memory::per_line;
use crate::parallel::even_range;
use crate::simd::register::{Element, Vector, transpose};

/// Size of a panel: as large as a first-level cache, since it is read in order, which the second
/// level keeps up with. Measured: twice of it is no faster, half of it 5 % slower.
const PANEL_BYTES: usize = 32 * 1024;

/// Left operands with at least this many bytes from one step along the depth to the next are fetched
/// ahead: lines 4096 bytes apart compete for the same few places in the first-level cache.
const LONG_STEP_BYTES: usize = 4096;

/// How many steps ahead: fewer than those places.
const STEPS_AHEAD: usize = 6;

/// Room for a panel: depth × width elements, row-major, the width a multiple of the lanes.
#[repr(align(64))]
struct Panel([MaybeUninit<u8>; PANEL_BYTES]);

/// For operands of any strides.
pub(super) struct Packed<'a, P> {
    pub(super) product: &'a P,
    /// Whether the rows of the right operand are read in place.
    pub(super) in_place: bool,
}

impl<'a, T, S: Source<T>, W> Packed<'a, CheckedProduct<T, S, W>> {
    /// The form for a product that is no part of another.
    pub(super) fn of(product: &'a CheckedProduct<T, S, W>) -> Self {
        Self { product, in_place: reads_in_place(product) }
    }
}

impl<T, S, W> Form<T> for Packed<'_, CheckedProduct<T, S, W>>
where
    T: Element,
    S: Source<T>,
    W: Target<T>,
{
    #[inline(always)]
    unsafe fn compute<V: Vector<LANES, Element = T>, const LANES: usize>(&self) {
        let Self { product, in_place } = *self;
        #[expect(clippy::large_stack_arrays, reason = "where nothing may be allocated")]
        let mut panel = Panel([MaybeUninit::uninit(); PANEL_BYTES]);
        let mut start = 0;
        while start < product.shape.columns {
            let registers = block_registers::<V, LANES>(product.shape.columns - start);
            let columns = start..product.shape.columns.min(start + registers * LANES);
            start = columns.end;
            // SAFETY: the columns are inside the target.
            unsafe {
                if in_place && columns.len() == registers * LANES {
                    compute_in_place::<V, _, _, LANES>(product, columns);
                } else {
                    compute_packed::<V, _, _, LANES>(product, columns, &mut panel);
                }
            }
        }
    }
}

/// Whether a product reads its right operand in place: with few rows, and where that stays in the
/// first-level cache as it is.
pub(super) fn reads_in_place<T, S: Source<T>, W>(product: &CheckedProduct<T, S, W>) -> bool {
    let Shape { rows, depth, .. } = product.shape;
    let few_rows = rows < S::rows_worth_packing();
    let distance = product.right.distance_of_runs();
    let size = depth.saturating_mul(distance).saturating_mul(size_of::<T>());
    let is_small = distance > 0 && size <= PANEL_BYTES / 2;
    product.right.contiguity() == Contiguity::Rows && (few_rows || is_small)
}

/// How many registers wide the next block is: 4, 2 or 1, without registers that only fill up.
///
/// Six rows of four registers leave a few of 32 for the operands, six rows of two a few of 16.
#[inline(always)]
fn block_registers<V: Vector<LANES>, const LANES: usize>(columns: usize) -> usize {
    match columns.div_ceil(LANES) {
        4.. if V::REGISTERS == 32 => 4,
        2.. => 2,
        _ => 1,
    }
}

/// Some columns of the target, the right operand read in place.
///
/// # Safety
///
/// The processor has the instructions of `V`; the columns are inside the target and fill 4, 2 or
/// 1 registers; the rows of the right operand are contiguous.
#[inline(always)]
unsafe fn compute_in_place<
    V: Vector<LANES>,
    S: Source<V::Element>,
    W: Target<V::Element>,
    const LANES: usize,
>(
    product: &CheckedProduct<V::Element, S, W>,
    columns: Range<usize>,
) {
    let right = product.right.from(0, columns.start);
    let block = Block::new(product, 0..product.shape.depth, columns, right);
    // SAFETY: the caller's.
    unsafe { block.compute::<V, LANES>() };
}

/// Some columns of the target, the right operand packed into the panel, a part of the depth at a
/// time.
///
/// # Safety
///
/// The processor has the instructions of `V`; the columns are inside the target and take 4, 2 or
/// 1 registers.
#[inline(always)]
unsafe fn compute_packed<
    V: Vector<LANES>,
    S: Source<V::Element>,
    W: Target<V::Element>,
    const LANES: usize,
>(
    product: &CheckedProduct<V::Element, S, W>,
    columns: Range<usize>,
    panel: &mut Panel,
) {
    let panel = Rows {
        first: panel.0.as_mut_ptr().cast::<V::Element>(),
        stride: columns.len().next_multiple_of(LANES),
    };
    // The parts are whole squares of registers, which pack best, and about equal.
    let squares = product.shape.depth.div_ceil(LANES);
    let squares_of_panel = PANEL_BYTES / size_of::<V::Element>() / panel.stride / LANES;
    let parts = squares.div_ceil(squares_of_panel).max(1);
    for index in 0..parts {
        let squares = even_range(squares, parts, index);
        let depths = squares.start * LANES..product.shape.depth.min(squares.end * LANES);
        let right = product.right.from(depths.start, columns.start);
        // SAFETY: the part is inside the product, and the panel has room for it.
        unsafe {
            pack::<V, _, LANES>(right, depths.len(), columns.len(), panel);
            let block = Block::new(product, depths, columns.clone(), panel.as_read());
            block.compute::<V, LANES>();
        }
    }
}

/// Packs depth × columns of the right operand into a panel.
///
/// What fills a row of the panel up to whole registers may be any number.
///
/// # Safety
///
/// The processor has the instructions of `V`; the matrix holds depth × columns elements, the panel
/// has room for them, both filled up to whole registers.
#[inline(always)]
unsafe fn pack<V: Vector<LANES>, S: Source<V::Element>, const LANES: usize>(
    right: S,
    depth: usize,
    columns: usize,
    panel: Rows<V::Element>,
) {
    // SAFETY: the caller's.
    unsafe {
        match right.contiguity() {
            Contiguity::Rows => pack_rows::<V, _, LANES>(right, depth, columns, panel),
            Contiguity::Columns => pack_columns::<V, _, LANES>(right, depth, columns, panel),
            Contiguity::Neither => pack_elements(right, depth, columns, panel),
        }
    }
}

/// Packs a matrix whose rows are contiguous.
///
/// # Safety
///
/// As [`pack`], the column stride being 1.
#[inline(always)]
unsafe fn pack_rows<V: Vector<LANES>, S: Source<V::Element>, const LANES: usize>(
    right: S,
    depth: usize,
    columns: usize,
    panel: Rows<V::Element>,
) {
    for row in 0..depth {
        for column in (0..columns).step_by(LANES) {
            // SAFETY: the numbers are inside the matrix, their places inside the panel.
            unsafe {
                let register = load_up_to::<V, LANES>(columns - column, right.at(row, column));
                register.store(panel.at(row, column));
            }
        }
    }
}

/// Packs a matrix whose columns are contiguous: transposes it, a square of registers at a time.
///
/// # Safety
///
/// As [`pack`], the row stride being 1.
#[inline(always)]
unsafe fn pack_columns<V: Vector<LANES>, S: Source<V::Element>, const LANES: usize>(
    right: S,
    depth: usize,
    columns: usize,
    panel: Rows<V::Element>,
) {
    for first_column in (0..columns).step_by(LANES) {
        for first_row in (0..depth).step_by(LANES) {
            // SAFETY: the numbers are inside the matrix, their places inside the panel.
            unsafe {
                let mut square = [V::splat(V::Element::default()); LANES];
                for (index, register) in square.iter_mut().enumerate() {
                    // The last column fills the square up.
                    let column = (first_column + index).min(columns - 1);
                    let source = right.at(first_row, column);
                    *register = load_up_to::<V, LANES>(depth - first_row, source);
                }
                for (index, register) in transpose(square).into_iter().enumerate() {
                    register.store(panel.at(first_row + index, first_column));
                }
            }
        }
    }
}

/// Packs a matrix of any strides.
///
/// # Safety
///
/// As [`pack`].
unsafe fn pack_elements<T: Element>(
    right: impl Source<T>,
    depth: usize,
    columns: usize,
    panel: Rows<T>,
) {
    for row in 0..depth {
        for column in 0..panel.stride {
            // SAFETY: the number is inside the matrix, its place inside the panel. The last column
            // fills the row up.
            unsafe {
                let value = right.at(row, column.min(columns - 1)).read();
                panel.at(row, column).write(value);
            }
        }
    }
}

/// The first `count` numbers, no more than `LANES` of them, then zeros.
///
/// # Safety
///
/// The processor has the instructions of `V`, and the numbers can be read.
#[inline(always)]
unsafe fn load_up_to<V: Vector<LANES>, const LANES: usize>(
    count: usize,
    source: *const V::Element,
) -> V {
    // SAFETY: the caller's.
    unsafe { if count >= LANES { V::load(source) } else { V::load_first(count, source) } }
}

/// A block of the target as high as the target, and what is added to it.
struct Block<T, S, W> {
    rows: usize,
    columns: usize,
    depth: usize,
    /// Rows × depth.
    left: Matrix<T>,
    /// Depth × columns, filled up to whole registers; each row contiguous.
    right: S,
    start: StartPointer<T>,
    target: W,
    /// What the next block takes from the right operand, to be fetched meanwhile.
    next: Runs<T>,
    /// Whether the left operand's steps along the depth are long.
    steps_far: bool,
}

/// Contiguous runs of memory at equal distances.
struct Runs<T> {
    first: *const T,
    stride: usize,
    /// The number of the last cache line of each run.
    last: usize,
}

impl<T> Runs<T> {
    /// Fetches a cache line of a run into the second-level cache.
    #[inline(always)]
    fn prefetch(&self, run: usize, line: usize) {
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

impl<T: Element, S: Source<T>, W: Target<T>> Block<T, S, W> {
    /// The block of some columns of the target, to which a part of the depth is added: the product of
    /// that part of the left operand and `right`, that part and those columns of the right one.
    #[inline(always)]
    fn new<P: Source<T>>(
        product: &CheckedProduct<T, P, W>,
        depths: Range<usize>,
        columns: Range<usize>,
        right: S,
    ) -> Self {
        // What the parts of the depth before have left is in the target.
        let start = if depths.start == 0 { product.start } else { StartPointer::Target };
        let first = if depths.end < product.shape.depth {
            product.right.at(depths.end, columns.start)
        } else {
            product.right.at(0, columns.end)
        };
        let run = match product.right.contiguity() {
            Contiguity::Columns => depths.len(),
            Contiguity::Rows | Contiguity::Neither => columns.len(),
        };
        let step_bytes = product.left.column_stride.saturating_mul(size_of::<T>());
        Self {
            rows: product.shape.rows,
            columns: columns.len(),
            depth: depths.len(),
            left: product.left.from(0, depths.start),
            right,
            start: start.from(columns.start),
            target: product.target.from(0, columns.start),
            next: Runs {
                first,
                stride: product.right.distance_of_runs(),
                last: run.saturating_sub(1) / per_line::<T>(),
            },
            steps_far: step_bytes >= LONG_STEP_BYTES,
        }
    }

    /// Computes the block.
    ///
    /// # Safety
    ///
    /// The processor has the instructions of `V`; all that the block addresses can be read or
    /// written; its columns take 4, 2 or 1 registers.
    #[inline(always)]
    unsafe fn compute<V: Vector<LANES, Element = T>, const LANES: usize>(&self) {
        // SAFETY: the caller's.
        unsafe {
            match self.columns.div_ceil(LANES) {
                1 => self.compute_tiles::<V, LANES, 1>(),
                2 => self.compute_tiles::<V, LANES, 2>(),
                _ if V::REGISTERS == 32 => self.compute_tiles::<V, LANES, 4>(),
                registers => unreachable!("a block of {registers} registers"),
            }
        }
    }

    /// Computes the block in tiles of six rows, then of fewer.
    ///
    /// # Safety
    ///
    /// As [`Self::compute`], the columns taking `REGISTERS` registers.
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
        let line = (first_row / ROWS).min(self.next.last);
        // SAFETY: the caller's.
        unsafe {
            let mut tile = [[V::splat(T::default()); REGISTERS]; ROWS];
            for depth in 0..self.depth {
                self.next.prefetch(depth, line);
                if self.steps_far {
                    prefetch::<FIRST_LEVEL, _>(self.left.at(first_row, depth + STEPS_AHEAD));
                }
                let mut factors = [V::splat(T::default()); REGISTERS];
                for register in 0..REGISTERS {
                    factors[register] = V::load(self.right.at(depth, register * LANES));
                }
                for row in 0..ROWS {
                    let factor = V::splat(self.left.at(first_row + row, depth).read());
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
            StartPointer::Zero => None,
            StartPointer::Target => Some(target.cast_const()),
            StartPointer::Row(row) => Some(row.wrapping_add(column)),
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
