//! The product with windows, of one sample after the other.

use super::inner;
use super::kernel::Registers;
use super::operand::Shape;
use super::packed;
use super::summed::SummedWindows;
use super::windows::{Windowed, WindowedProduct};
use crate::parallel::{DisjointMut, parallel_for};
use crate::scalar::{ByPrecision, Real};
use crate::simd::Level;

/// A product with windows: see [`WindowedProduct`].
///
/// # Panics
///
/// Panics if a slice ends before the last element that is read or written, or if there is not one
/// offset for each window.
pub fn windowed_product<T: Real>(product: &WindowedProduct<'_, T>, target: &mut [T]) {
    T::by_precision::<Convolution>((product, target));
}

enum Convolution {}

/// [`windowed_product`], compiled once for each type of numbers.
#[inline(always)]
fn compute<T: Registers + Real>((product, target): (&WindowedProduct<'_, T>, &mut [T])) {
    product.check(target);
    if product.windowed == Windowed::RightColumns && !has_faster_inner_products(product) {
        return SummedWindows::of(product, target).compute();
    }
    match product.parts() {
        1 => compute_part(product, target),
        parts => {
            let target = DisjointMut::new(target);
            parallel_for(parts, parts, &|index, _| {
                let (product, range) = product.part(parts, index);
                // SAFETY: the parts' ranges of the target have no element in common.
                compute_part(&product, unsafe { target.part(range) });
            });
        }
    }
}

/// Whether a sum over all samples takes less time as inner products than as a transposed product, which
/// has registers along the rows.
fn has_faster_inner_products<T: Registers + Real>(product: &WindowedProduct<'_, T>) -> bool {
    let Shape { rows, columns, depth } = product.shape;
    let transposed = Shape { rows: columns, columns: rows, depth };
    product.repeat.count == 0 || inner::is_faster::<T>(transposed, [1, 1])
}

/// A product that has been checked, or a part of one.
fn compute_part<T: Registers>(product: &WindowedProduct<'_, T>, target: &mut [T]) {
    match product.windowed {
        Windowed::RightRows => {
            for repeat in 0..product.repeat.count {
                let once = product.reading(repeat, target);
                packed::compute(&once, packed::reads_in_place(&once));
            }
        }
        Windowed::TargetRows => {
            for repeat in 0..product.repeat.count {
                let once = product.spreading(repeat, target);
                packed::compute(&once, packed::reads_in_place(&once));
            }
        }
        Windowed::RightColumns => {
            // SAFETY: all elements are inside their slices, and contiguous along the depth.
            unsafe { product.summing(target).compute(Level::current()) };
        }
    }
}

impl ByPrecision for Convolution {
    type Arguments<'a, T: Real> = (&'a WindowedProduct<'a, T>, &'a mut [T]);

    fn single(arguments: Self::Arguments<'_, f32>) {
        compute(arguments);
    }

    fn double(arguments: Self::Arguments<'_, f64>) {
        compute(arguments);
    }
}
