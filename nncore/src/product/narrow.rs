//! The narrow form: registers along the target's rows, for targets whose columns fill half a register at
//! most, as the gradient of a weight on few inputs.
//!
//! It is the outer form of the transposed product, some rows at a time, into room on the stack.

use std::mem::MaybeUninit;

use super::outer::Outer;
use super::problem::{Begin, Matrix, Problem, Rows, Source, Target};
use super::vector::{Element, Vector};
use super::{Form, Shape, lanes};
use crate::vectorise::LINE_BYTES;

/// Registers of rows at a time.
const REGISTERS: usize = 4;

/// No more columns than this.
const MOST_COLUMNS: usize = 8;

/// Columns × registers of the widest kind.
#[repr(align(64))]
struct Room([MaybeUninit<u8>; MOST_COLUMNS * REGISTERS * LINE_BYTES]);

/// For a left operand whose columns are contiguous.
pub(super) struct Narrow<'a, T> {
    pub(super) problem: &'a Problem<T>,
}

/// Whether the narrow form applies to the problem and takes less time than the outer form.
///
/// Larger problems are divided over threads, at rows that this form would cut elsewhere.
#[inline(always)]
pub(super) fn is_faster<T: Element>(problem: &Problem<T>) -> bool {
    let lanes = lanes::<T>();
    let Shape { rows, columns, depth } = problem.shape;
    problem.left.row_stride == 1
        && columns <= MOST_COLUMNS.min(lanes / 2)
        && rows >= lanes
        && depth >= lanes
        && !problem.shape.is_divided()
}

impl<T: Element> Form<T> for Narrow<'_, T> {
    #[inline(always)]
    unsafe fn compute<V: Vector<LANES, Element = T>, const LANES: usize>(&self) {
        let problem = self.problem;
        let Shape { rows, columns, depth } = problem.shape;
        let mut room = Room([MaybeUninit::uninit(); _]);
        let room = Rows { first: room.0.as_mut_ptr().cast::<T>(), stride: REGISTERS * LANES };
        for first in (0..rows).step_by(REGISTERS * LANES) {
            let count = (rows - first).min(REGISTERS * LANES);
            let transposed: Problem<T, Matrix<T>, Rows<T>> = Problem {
                shape: Shape { rows: columns, columns: count, depth },
                left: problem.right.transposed(),
                right: problem.left.from(first, 0).transposed(),
                begin: Begin::Zero,
                target: room,
            };
            // SAFETY: the rows are inside the left operand; the room has a place for each element, and
            // what is read of it has been written.
            unsafe {
                Outer::of(&transposed).compute::<V, LANES>();
                for row in 0..count {
                    for column in 0..columns {
                        problem.write(first + row, column, [room.at(column, row).read()]);
                    }
                }
            }
        }
    }
}
