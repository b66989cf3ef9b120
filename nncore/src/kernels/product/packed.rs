//! The packed form: registers along the target's columns, factors of the left operand broadcast.
//!
//! The target is cut into blocks of a few registers' columns, the depth into parts. The part of the right
//! operand that a block needs is packed into a small panel on the stack, and a tile of sums is kept in
//! registers for a few rows at a time. With few rows a panel would not pay: then the rows of the right
//! operand are read in place.
//!
//! Long sums keep their digits: a sum in a register has no more terms than a part of the depth, and no
//! more than [`MOST_PARTS`] of these are added to each other one by one. Beyond, sums of sums are
//! collected apart.

use core::mem::MaybeUninit;
use core::ops::Range;

use super::block::Block;
use super::checked::{CheckedProduct, StartPointer};
use super::kernel::Registers;
use super::matrix::{Contiguity, Source, Starts, Target};
use super::operand::Shape;
use super::pack::{Pack, Panel};
use crate::parallel::even_range_of_steps;
use crate::simd::{Aligned, Level};

/// Size of a panel: as large as a first-level cache, since it is read in order, which the second
/// level keeps up with. Measured: twice of it is no faster, half of it 5 % slower.
pub(super) const PANEL_BYTES: usize = 32 * 1024;

/// Size of a panel for small products: a larger frame would take as long as one of these.
const SMALL_PANEL_BYTES: usize = 4096;

/// Steps along the depth that a register adds up.
const LONGEST_PART: usize = 256;

/// Parts of the depth that are added to each other one by one.
pub(super) const MOST_PARTS: usize = 64;

/// Size of the sums that are collected apart.
pub(super) const SUMS_BYTES: usize = 32 * 1024;

/// Rows of sums are collected in multiples of this: of a tile's.
pub(super) const TILE_ROWS: usize = 12;

/// How many rows of sums are collected at a time, each of them so wide.
pub(super) fn rows_of_sums<T>(width: usize) -> usize {
    SUMS_BYTES / size_of::<T>() / width / TILE_ROWS * TILE_ROWS
}

/// Whether a product reads its right operand in place: with few rows, and where that stays in the
/// first-level cache as it is.
pub(super) fn reads_in_place<T, S: Source<T>>(product: &CheckedProduct<'_, T, S>) -> bool {
    let Shape { rows, depth, .. } = product.shape;
    let few_rows = rows < S::rows_worth_packing();
    let distance = product.right.distance_of_runs();
    let size = depth.saturating_mul(distance).saturating_mul(size_of::<T>());
    let is_small = distance > 0 && size <= PANEL_BYTES / 2;
    product.right.contiguity() == Contiguity::Rows && (few_rows || is_small)
}

/// Computes a product, whose right operand is read in place or packed. Blocks that do not fill their
/// registers are packed in any case.
pub(super) fn compute<T: Registers, S: Source<T>>(
    product: &CheckedProduct<'_, T, S>,
    in_place: bool,
) {
    let level = Level::current();
    let columns = product.shape.columns;
    let whole = if in_place { columns & !(level.lanes::<T>() - 1) } else { 0 };
    let mut start = 0;
    while start < whole {
        let end = start + block_width::<T>(level, whole - start);
        compute_block(product, level, start..end, None);
        start = end;
    }
    if start < columns {
        compute_packed(product, level, start);
    }
}

/// The columns from one on, the right operand packed.
#[inline(always)]
fn compute_packed<T: Registers, S: Source<T>>(
    product: &CheckedProduct<'_, T, S>,
    level: Level,
    start: usize,
) {
    let columns = block_width::<T>(level, product.shape.columns - start);
    let numbers = columns * level.lanes::<T>() * level.registers_for::<T>(product.shape.depth);
    if numbers * size_of::<T>() <= SMALL_PANEL_BYTES {
        compute_in_panel::<T, S, SMALL_PANEL_BYTES>(product, level, start);
    } else {
        compute_in_panel::<T, S, PANEL_BYTES>(product, level, start);
    }
}

/// The columns from one on, packed into a panel that has room for a part of the depth.
// A frame of its own: what reads in place needs no room for a panel.
#[inline(never)]
fn compute_in_panel<T: Registers, S: Source<T>, const BYTES: usize>(
    product: &CheckedProduct<'_, T, S>,
    level: Level,
    mut start: usize,
) {
    let columns = product.shape.columns;
    let mut memory = MaybeUninit::<Aligned<[u8; BYTES]>>::uninit();
    let first = memory.as_mut_ptr().cast();
    while start < columns {
        let width = block_width::<T>(level, columns - start);
        let end = columns.min(start + width);
        let panel = Panel { first, width };
        compute_block(product, level, start..end, Some(panel));
        start = end;
    }
}

/// How many columns the next block has room for: 4, 2 or 1 registers, none of which only fills up.
///
/// Six rows of four registers leave a few of 32 for the operands, six rows of two a few of 16.
pub(super) fn block_width<T>(level: Level, columns: usize) -> usize {
    let lanes = level.lanes::<T>();
    lanes
        * match level.registers_for::<T>(columns) {
            4.. if level.registers() == 32 => 4,
            2.. => 2,
            _ => 1,
        }
}

/// A block of columns, packed into a panel if there is one.
#[inline(always)]
fn compute_block<T: Registers, S: Source<T>>(
    product: &CheckedProduct<'_, T, S>,
    level: Level,
    columns: Range<usize>,
    panel: Option<Panel<T>>,
) {
    let block = ColumnBlock { product, level, columns, panel };
    let target = product.target.from(0, block.columns.start);
    let start = product.start.from(0, block.columns.start);
    let (depth, steps) = (product.shape.depth, block.steps());
    if depth <= steps {
        block.add_part(product, 0..depth, (start, target));
    } else {
        block.compute_in_parts(depth.div_ceil(steps), (start, target));
    }
}

/// Some columns of a product.
pub(super) struct ColumnBlock<'a, T, R, L> {
    pub(super) product: &'a CheckedProduct<'a, T, R, L>,
    pub(super) level: Level,
    pub(super) columns: Range<usize>,
    pub(super) panel: Option<Panel<T>>,
}

impl<T: Registers, R: Source<T>, L: Source<T>> ColumnBlock<'_, T, R, L> {
    /// How many steps along the depth a part has at most: what a panel holds, or a register adds up.
    #[inline(always)]
    pub(super) fn steps(&self) -> usize {
        // Widths are powers of two.
        let most = self.panel.map_or(usize::MAX, |panel| {
            (PANEL_BYTES / size_of::<T>()) >> panel.width.trailing_zeros()
        });
        most.min(LONGEST_PART)
    }

    /// Several parts of the depth.
    #[inline(never)]
    fn compute_in_parts(&self, parts: usize, place: (StartPointer<T>, Target<'_, T>)) {
        if parts > MOST_PARTS {
            self.compute_long(parts);
        } else {
            self.add_parts(self.product, 0..parts, parts, place);
        }
    }

    /// Adds some of the parts of the depth to what a target starts from, for the rows of `product`, which
    /// are some of the whole one's.
    fn add_parts(
        &self,
        product: &CheckedProduct<'_, T, R, L>,
        parts: Range<usize>,
        all_parts: usize,
        (mut start, target): (StartPointer<T>, Target<'_, T>),
    ) {
        for part in parts {
            self.add_part(product, self.depths(all_parts, part), (start, target));
            // What the parts before have left is in the target.
            start = StartPointer::Target;
        }
    }

    /// One of so many parts of the depth: whole squares of registers pack best.
    pub(super) fn depths(&self, parts: usize, part: usize) -> Range<usize> {
        even_range_of_steps(self.product.shape.depth, self.level.lanes::<T>(), parts, part)
    }

    /// Adds a part of the depth.
    #[inline(always)]
    pub(super) fn add_part(
        &self,
        product: &CheckedProduct<'_, T, R, L>,
        depths: Range<usize>,
        place: (StartPointer<T>, Target<'_, T>),
    ) {
        let right = product.right.from(depths.start, self.columns.start);
        // SAFETY: the part is inside the product, whose elements are inside its slices; the panel has room
        // for it.
        unsafe {
            let Some(panel) = self.panel else {
                let block = Block::new(product, depths, self.columns.clone(), right, place);
                return block.compute(self.level);
            };
            let (depth, columns) = (depths.len(), self.columns.len());
            T::run(self.level, &Pack { right, depth, columns, panel });
            let panel = panel.as_matrix();
            let block = Block::new(product, depths, self.columns.clone(), panel, place);
            block.compute(self.level);
        }
    }

    /// A long depth, some rows at a time: the sums of [`MOST_PARTS`] parts are collected apart, and then
    /// added to the target.
    #[inline(never)]
    fn compute_long(&self, parts: usize) {
        let mut memory = MaybeUninit::<Aligned<[u8; SUMS_BYTES]>>::uninit();
        let width = self.columns.len();
        let sums = Target { first: memory.as_mut_ptr().cast::<T>(), rows: Starts::Every(width) };
        let most_rows = rows_of_sums::<T>(width);
        for first in (0..self.product.shape.rows).step_by(most_rows) {
            let rows = most_rows.min(self.product.shape.rows - first);
            let product = CheckedProduct {
                shape: Shape { rows, ..self.product.shape },
                left: self.product.left.from(first, 0),
                ..*self.product
            };
            let target = self.product.target.from(first, self.columns.start);
            let mut start = self.product.start.from(first, self.columns.start);
            for part in (0..parts).step_by(MOST_PARTS) {
                let group = part..parts.min(part + MOST_PARTS);
                self.add_parts(&product, group, parts, (StartPointer::Zero, sums));
                for (row, column) in (0..rows).flat_map(|row| (0..width).map(move |to| (row, to))) {
                    // SAFETY: the sum has been written; the element is inside the target.
                    unsafe {
                        let sum = sums.at(row, column).read();
                        start.write(target.at(row, column), (row, column), [sum]);
                    }
                }
                start = StartPointer::Target;
            }
        }
    }
}
