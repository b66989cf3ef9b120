//! The product with windows, of one sample after the other.

use super::form::Registers;
use super::inner::InnerProducts;
use super::packed::Packed;
use super::windows::{Windowed, WindowedProduct};
use crate::parallel::{DisjointMut, parallel_for};
use crate::scalar::{ByPrecision, Real};

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

/// A product that has been checked, or a part of one.
fn compute_part<T: Registers>(product: &WindowedProduct<'_, T>, target: &mut [T]) {
    // SAFETY: the packed form is for any product, and inner products for contiguous windows.
    unsafe {
        match product.windowed {
            Windowed::RightRows => {
                for repeat in 0..product.repeat.count {
                    T::run(&Packed::of(&product.reading(repeat, target)));
                }
            }
            Windowed::TargetRows => {
                for repeat in 0..product.repeat.count {
                    T::run(&Packed::of(&product.spreading(repeat, target)));
                }
            }
            Windowed::RightColumns => {
                let (all, repeats) = product.summing(target);
                T::run(&InnerProducts { product: &all, repeats });
            }
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
