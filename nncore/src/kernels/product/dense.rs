//! The product of two strided matrices.

use super::checked::CheckedProduct;
use super::inner::{self, InnerProducts};
use super::kernel::Registers;
use super::operand::{Operand, Shape, Start};
use super::packed;
use super::partition::Partition;
use super::transposed;
use crate::parallel::parallel_for;
use crate::scalar::{ByPrecision, Real};
use crate::simd::Level;

/// target = start + left · right.
///
/// `target[m, n] = start[m, n] + Σ_k left[m, k] · right[k, n]`, the target row-major.
///
/// # Panics
///
/// Panics if an operand's slice ends before the operand's last element, if the target is not
/// rows × columns long, or if the row to start from is not `columns` long.
pub fn product<T: Real>(
    shape: Shape,
    left: Operand<'_, T>,
    right: Operand<'_, T>,
    start: Start<'_, T>,
    target: &mut [T],
) {
    T::by_precision::<Product>(Arguments { shape, left, right, start, target });
}

/// The arguments of [`product`].
#[derive(Debug)]
struct Arguments<'a, T> {
    shape: Shape,
    left: Operand<'a, T>,
    right: Operand<'a, T>,
    start: Start<'a, T>,
    target: &'a mut [T],
}

enum Product {}

/// How a product is computed.
#[derive(Clone, Copy)]
pub(super) enum Method {
    InnerProducts,
    Transposed,
    /// The right operand is read in place, or packed.
    Packed {
        in_place: bool,
    },
}

impl Method {
    /// What takes the least time.
    #[inline(always)]
    pub(super) fn of<T: Registers>(product: &CheckedProduct<'_, T>) -> Self {
        let strides = [product.left.column_stride, product.right.row_stride];
        if inner::is_faster::<T>(product.shape, strides) {
            return Self::InnerProducts;
        }
        if transposed::is_faster(product) {
            return Self::Transposed;
        }
        Self::Packed { in_place: packed::reads_in_place(product) }
    }
}

/// [`product`], compiled once for each type of numbers.
#[inline(always)]
fn compute<T: Registers + Real>(arguments: &mut Arguments<'_, T>) {
    // In place: a copy of what has just been written, in other pieces, would wait for it.
    let Arguments { shape, left, right, start, target } = arguments;
    let shape = *shape;
    let partition = Partition::of(shape, 1);
    if shape.rows == 0 || shape.columns == 0 {
        CheckedProduct::new(shape, left, right, start, target);
        return;
    }
    let is_inner = inner::is_faster::<T>(shape, [left.column_stride, right.row_stride]);
    if is_inner && partition.parts() == 1 {
        // By itself, since most products are such: the compiler keeps this one in registers.
        let product = CheckedProduct::new(shape, left, right, start, target);
        return compute_inner_products(&product);
    }
    let product = CheckedProduct::new(shape, left, right, start, target);
    // The method is chosen for the whole, so that the parts compute what the whole would.
    let method = Method::of(&product);
    match partition.parts() {
        1 => compute_by(method, &product),
        parts => parallel_for(parts, parts, &|index, _| {
            compute_by(method, &partition.part(&product, index));
        }),
    }
}

#[inline(always)]
pub(super) fn compute_by<T: Registers>(method: Method, product: &CheckedProduct<'_, T>) {
    match method {
        Method::InnerProducts => compute_inner_products(product),
        Method::Transposed => transposed::compute(product),
        Method::Packed { in_place } => packed::compute(product, in_place),
    }
}

#[inline(always)]
fn compute_inner_products<T: Registers>(product: &CheckedProduct<'_, T>) {
    // SAFETY: all elements are inside their slices, and contiguous along the depth.
    unsafe { InnerProducts::of(product).compute(Level::current()) };
}

impl ByPrecision for Product {
    type Arguments<'a, T: Real> = Arguments<'a, T>;

    fn single(mut arguments: Arguments<'_, f32>) {
        compute(&mut arguments);
    }

    fn double(mut arguments: Arguments<'_, f64>) {
        compute(&mut arguments);
    }
}
