//! The outer form: registers along the target's columns, factors of the left operand broadcast.
//!
//! The target is cut into blocks of a few registers' columns, the depth into blocks as well. The
//! part of the right operand that a block needs is packed into a small panel on the stack, by
//! copying or transposing it, and a tile of sums is kept in registers for a few rows at a time.
//! With few rows a panel would not pay: then the rows of the right operand are read in place.

use std::mem::MaybeUninit;
use std::ops::Range;

use super::vector::{Element, Vector, transpose};
use super::{Matrix, Problem, part};

/// Size of a panel: half of a usual first-level cache.
const PANEL_BYTES: usize = 16 * 1024;

/// Fewer rows than this read the right operand in place.
const ROWS_WORTH_A_PANEL: usize = 16;

/// Room for a panel: depth × width elements, row-major, the width a multiple of the lanes.
#[repr(align(64))]
struct Panel([MaybeUninit<u8>; PANEL_BYTES]);

/// Computes a product of any strides.
///
/// # Safety
///
/// The processor has the instructions of `V`.
#[inline(always)]
pub(super) unsafe fn compute<V: Vector<LANES>, const LANES: usize>(problem: &Problem<V::Element>) {
    let mut panel = Panel([MaybeUninit::uninit(); PANEL_BYTES]);
    let in_place = problem.right.column_stride == 1 && problem.shape.rows < ROWS_WORTH_A_PANEL;
    let mut start = 0;
    while start < problem.shape.columns {
        let registers = block_registers::<V, LANES>(problem.shape.columns - start);
        let columns = start..problem.shape.columns.min(start + registers * LANES);
        start = columns.end;
        // SAFETY: the columns are inside the target.
        unsafe {
            if in_place && columns.len() == registers * LANES {
                compute_in_place::<V, LANES>(problem, columns);
            } else {
                compute_packed::<V, LANES>(problem, columns, &mut panel);
            }
        }
    }
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

/// Some columns of the target, whole registers of them, the right operand read in place.
///
/// # Safety
///
/// The processor has the instructions of `V`; the columns are inside the target, a multiple of
/// `LANES`, and the right operand's columns are contiguous.
#[inline(always)]
unsafe fn compute_in_place<V: Vector<LANES>, const LANES: usize>(
    problem: &Problem<V::Element>,
    columns: Range<usize>,
) {
    // SAFETY: the block is inside the problem.
    unsafe {
        let block = Block {
            depth: problem.shape.depth,
            columns: columns.len(),
            left: problem.left.first,
            left_row_stride: problem.left.row_stride,
            left_depth_stride: problem.left.column_stride,
            right: problem.right.first.add(columns.start),
            right_stride: problem.right.row_stride,
            start: problem.start.map(|start| start.offset(0, columns.start)),
            target: problem.target.add(columns.start),
            target_stride: problem.shape.columns,
        };
        block.compute::<V, LANES>(problem.shape.rows);
    }
}

/// Some columns of the target, the right operand packed into the panel, a block of the depth at a
/// time.
///
/// # Safety
///
/// The processor has the instructions of `V`; the columns are inside the target and no more than
/// the widest tile's.
#[inline(always)]
unsafe fn compute_packed<V: Vector<LANES>, const LANES: usize>(
    problem: &Problem<V::Element>,
    columns: Range<usize>,
    panel: &mut Panel,
) {
    let width = columns.len().next_multiple_of(LANES);
    let panel = panel.0.as_mut_ptr().cast::<V::Element>();
    let panel_depth = PANEL_BYTES / size_of::<V::Element>() / width;
    let depth_groups = problem.shape.depth.div_ceil(LANES);
    let blocks = depth_groups.div_ceil(panel_depth / LANES).max(1);
    for index in 0..blocks {
        let part = part(depth_groups, blocks, index);
        let depths = part.start * LANES..problem.shape.depth.min(part.end * LANES);
        let accumulated = Matrix {
            first: problem.target.cast_const(),
            row_stride: problem.shape.columns,
            column_stride: 1,
        };
        let start = if index == 0 {
            problem.start
        } else {
            Some(accumulated)
        };
        // SAFETY: the block is inside the problem, and the panel has room for it.
        unsafe {
            let right = problem.right.offset(depths.start, columns.start);
            pack::<V, LANES>(right, depths.len(), columns.len(), panel);
            let block = Block {
                depth: depths.len(),
                columns: columns.len(),
                left: problem.left.at(0, depths.start),
                left_row_stride: problem.left.row_stride,
                left_depth_stride: problem.left.column_stride,
                right: panel.cast_const(),
                right_stride: width,
                start: start.map(|start| start.offset(0, columns.start)),
                target: problem.target.add(columns.start),
                target_stride: problem.shape.columns,
            };
            block.compute::<V, LANES>(problem.shape.rows);
        }
    }
}

/// Packs depth × columns of the right operand into a panel, its rows filled up to whole registers.
///
/// # Safety
///
/// The processor has the instructions of `V`; the matrix holds depth × columns elements, the panel
/// has room for them.
#[inline(always)]
unsafe fn pack<V: Vector<LANES>, const LANES: usize>(
    right: Matrix<V::Element>,
    depth: usize,
    columns: usize,
    panel: *mut V::Element,
) {
    // SAFETY: the caller's.
    unsafe {
        if right.column_stride == 1 {
            pack_rows::<V, LANES>(right, depth, columns, panel);
        } else if right.row_stride == 1 {
            pack_columns::<V, LANES>(right, depth, columns, panel);
        } else {
            pack_elements::<V, LANES>(right, depth, columns, panel);
        }
    }
}

/// Packs a matrix whose rows are contiguous.
///
/// # Safety
///
/// As [`pack`], the column stride being 1.
#[inline(always)]
unsafe fn pack_rows<V: Vector<LANES>, const LANES: usize>(
    right: Matrix<V::Element>,
    depth: usize,
    columns: usize,
    panel: *mut V::Element,
) {
    let width = columns.next_multiple_of(LANES);
    for row in 0..depth {
        for column in (0..columns).step_by(LANES) {
            // SAFETY: the numbers are inside the matrix, their places inside the panel.
            unsafe {
                let source = right.at(row, column);
                load_up_to::<V, LANES>(columns - column, source)
                    .store(panel.add(row * width + column));
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
unsafe fn pack_columns<V: Vector<LANES>, const LANES: usize>(
    right: Matrix<V::Element>,
    depth: usize,
    columns: usize,
    panel: *mut V::Element,
) {
    let width = columns.next_multiple_of(LANES);
    for column in (0..columns).step_by(LANES) {
        for row in (0..depth).step_by(LANES) {
            // SAFETY: the numbers are inside the matrix, their places inside the panel.
            unsafe {
                let mut square = [V::splat(V::Element::default()); LANES];
                for (index, register) in square.iter_mut().enumerate() {
                    // Beyond the last column it is repeated: what a panel is filled up with
                    // does not matter.
                    let column = (column + index).min(columns - 1);
                    *register = load_up_to::<V, LANES>(depth - row, right.at(row, column));
                }
                for (index, register) in transpose(square).into_iter().enumerate() {
                    register.store(panel.add((row + index) * width + column));
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
#[inline(always)]
unsafe fn pack_elements<V: Vector<LANES>, const LANES: usize>(
    right: Matrix<V::Element>,
    depth: usize,
    columns: usize,
    panel: *mut V::Element,
) {
    let width = columns.next_multiple_of(LANES);
    for row in 0..depth {
        for column in 0..width {
            // SAFETY: the numbers are inside the matrix, their places inside the panel.
            unsafe {
                let value = if column < columns {
                    right.at(row, column).read()
                } else {
                    V::Element::default()
                };
                panel.add(row * width + column).write(value);
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
    unsafe {
        if count >= LANES {
            V::load(source)
        } else {
            V::load_first(count, source)
        }
    }
}

/// A block of the target, `columns` wide and as high as the target, and what it is computed from.
///
/// Right: depth rows of whole registers.
struct Block<T> {
    depth: usize,
    columns: usize,
    left: *const T,
    left_row_stride: usize,
    left_depth_stride: usize,
    right: *const T,
    right_stride: usize,
    start: Option<Matrix<T>>,
    target: *mut T,
    target_stride: usize,
}

impl<T: Element> Block<T> {
    /// # Safety
    ///
    /// The processor has the instructions of `V`; all that the block addresses in `rows` rows can
    /// be read or written.
    #[inline(always)]
    unsafe fn compute<V, const LANES: usize>(&self, rows: usize)
    where
        V: Vector<LANES, Element = T>,
    {
        // SAFETY: the caller's.
        unsafe {
            match self.columns.div_ceil(LANES) {
                1 => self.compute_rows::<V, LANES, 1>(rows),
                2 => self.compute_rows::<V, LANES, 2>(rows),
                _ if V::REGISTERS == 32 => self.compute_rows::<V, LANES, 4>(rows),
                _ => {}
            }
        }
    }

    /// # Safety
    ///
    /// As [`Self::compute`], the columns taking `REGISTERS` registers.
    #[inline(always)]
    unsafe fn compute_rows<V, const LANES: usize, const REGISTERS: usize>(&self, rows: usize)
    where
        V: Vector<LANES, Element = T>,
    {
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

    /// `ROWS` × `REGISTERS` registers of sums from `first_row` on.
    ///
    /// # Safety
    ///
    /// As [`Self::compute`].
    #[inline(always)]
    unsafe fn compute_tile<
        V: Vector<LANES, Element = T>,
        const LANES: usize,
        const ROWS: usize,
        const REGISTERS: usize,
    >(
        &self,
        first_row: usize,
    ) {
        let last_count = self.columns - (REGISTERS - 1) * LANES;
        // SAFETY: the caller's.
        unsafe {
            let mut sums = [[V::splat(T::default()); REGISTERS]; ROWS];
            if let Some(start) = self.start {
                for row in 0..ROWS {
                    let start = start.at(first_row + row, 0);
                    for register in 0..REGISTERS - 1 {
                        sums[row][register] = V::load(start.add(register * LANES));
                    }
                    sums[row][REGISTERS - 1] =
                        load_up_to::<V, LANES>(last_count, start.add((REGISTERS - 1) * LANES));
                }
            }
            let left = self.left.add(first_row * self.left_row_stride);
            for depth in 0..self.depth {
                let left = left.add(depth * self.left_depth_stride);
                let right = self.right.add(depth * self.right_stride);
                let mut factors = [V::splat(T::default()); REGISTERS];
                for register in 0..REGISTERS {
                    factors[register] = V::load(right.add(register * LANES));
                }
                for row in 0..ROWS {
                    let factor = V::splat(left.add(row * self.left_row_stride).read());
                    for register in 0..REGISTERS {
                        sums[row][register] =
                            factor.mul_add(factors[register], sums[row][register]);
                    }
                }
            }
            for row in 0..ROWS {
                let target = self.target.add((first_row + row) * self.target_stride);
                for register in 0..REGISTERS - 1 {
                    sums[row][register].store(target.add(register * LANES));
                }
                let target = target.add((REGISTERS - 1) * LANES);
                let last = sums[row][REGISTERS - 1];
                if last_count == LANES {
                    last.store(target);
                } else {
                    last.store_first(last_count, target);
                }
            }
        }
    }
}
