//! A product that is computed again and again, with each operand further on each time.

use core::ops::Range;

use super::checked::CheckedProduct;
use super::dense::{Method, compute_by, product};
use super::kernel::Registers;
use super::operand::{Operand, Repeat, Shape, Start};
use super::partition::Partition;
use crate::parallel::{DisjointMut, even_range, parallel_for, threads, worthwhile_parts};
use crate::scalar::{ByPrecision, Real};

/// [`product`] in loops, the outermost first. Threads divide the outermost loop, or the target of a
/// sum over its repetitions, where the products alone are too small for two threads.
///
/// A sum over repetitions starts with the first of them.
///
/// ```
/// use nncore::kernels::{Operand, Repeat, Shape, Start, repeated_product};
///
/// // Two samples, each times the same weight.
/// let (x, w) = ([1.0, 2.0, 3.0, 4.0], [1.0, 0.5]);
/// let mut y = [0.0; 2];
/// repeated_product(
///     Shape { rows: 1, columns: 1, depth: 2 },
///     &[Repeat { count: 2, left_stride: 2, right_stride: 0, target_stride: 1 }],
///     Operand { data: &x, row_stride: 2, column_stride: 1 },
///     Operand { data: &w, row_stride: 1, column_stride: 1 },
///     Start::Zero,
///     &mut y,
/// );
/// assert_eq!(y, [2.0, 5.0]);
/// ```
///
/// # Panics
///
/// Panics if a slice ends before the last element that is read or written, or if the row or column to
/// start from is not as long as the target's.
pub fn repeated_product<T: Real>(
    shape: Shape,
    repeats: &[Repeat],
    left: Operand<'_, T>,
    right: Operand<'_, T>,
    start: Start<'_, T>,
    target: &mut [T],
) {
    let product = RepeatedProduct { shape, repeats, left, right, start };
    T::by_precision::<Repeated>((product, target));
}

#[derive(Clone, Copy, Debug)]
struct RepeatedProduct<'a, T> {
    shape: Shape,
    repeats: &'a [Repeat],
    left: Operand<'a, T>,
    right: Operand<'a, T>,
    start: Start<'a, T>,
}

enum Repeated {}

impl<'a, T: Registers + Real> RepeatedProduct<'a, T> {
    fn compute(&self, target: &mut [T]) {
        let Some((outer, inner)) = self.repeats.split_first() else {
            return self.product(target);
        };
        let flops =
            inner.iter().fold(self.shape.flops(), |flops, one| flops.saturating_mul(one.count));
        let extent = self.extent(inner);
        let is_for_threads = extent > 0 && outer.count > 0 && worthwhile_parts(flops) < threads();
        if is_for_threads && inner.is_empty() && outer.target_stride == 0 {
            return self.sum(*outer, &mut target[..extent]);
        }
        let are_apart = outer.target_stride >= extent;
        let parts = worthwhile_parts(flops.saturating_mul(outer.count)).min(outer.count);
        if !is_for_threads || !are_apart || parts < 2 {
            return self.times(0..outer.count, target);
        }
        let target = DisjointMut::new(target);
        parallel_for(parts, parts, &|index, _| {
            let range = even_range(outer.count, parts, index);
            let first = range.start * outer.target_stride;
            let last = (range.end - 1) * outer.target_stride;
            // SAFETY: a repetition's targets end before those of the next begin.
            self.times(range, unsafe { target.part(first..last + extent) });
        });
    }

    /// How far the targets of one repetition reach.
    fn extent(&self, inner: &[Repeat]) -> usize {
        let last = |one: &Repeat| one.count.saturating_sub(1).saturating_mul(one.target_stride);
        let last = inner.iter().map(last).fold(0, usize::saturating_add);
        last.saturating_add(self.shape.rows.saturating_mul(self.shape.columns))
    }

    /// Some repetitions of the outermost loop, the first of which writes where the target begins.
    fn times(&self, range: Range<usize>, target: &mut [T]) {
        let Some((outer, inner)) = self.repeats.split_first() else {
            return self.product(target);
        };
        for number in range.clone() {
            let once = Self { repeats: inner, ..self.once(*outer, number) };
            let first = (number - range.start) * outer.target_stride;
            let count = inner.first().map_or(1, |inner| inner.count);
            once.times(0..count, &mut target[first..]);
        }
    }

    /// The product alone.
    fn product(&self, target: &mut [T]) {
        let target = &mut target[..self.shape.rows * self.shape.columns];
        product(self.shape, self.left, self.right, self.start, target);
    }

    /// One repetition of a loop.
    fn once(&self, one: Repeat, number: usize) -> Self {
        let further = |operand: Operand<'a, T>, stride: usize| Operand {
            data: &operand.data[number * stride..],
            ..operand
        };
        let is_sum = one.target_stride == 0 && number > 0;
        Self {
            left: further(self.left, one.left_stride),
            right: further(self.right, one.right_stride),
            start: if is_sum { Start::Target } else { self.start },
            ..*self
        }
    }

    /// A sum over repetitions: each thread adds up a part of the target.
    fn sum(&self, one: Repeat, target: &mut [T]) {
        let checked = |number: usize, target: &mut [T]| {
            let Self { shape, left, right, start, .. } = self.once(one, number);
            CheckedProduct::new(shape, &left, &right, &start, target)
        };
        // All between the first and the last are inside the slices too.
        checked(one.count - 1, target);
        let first = checked(0, target);
        let partition = Partition::of(self.shape, one.count);
        let method = Method::of(&first);
        let parts = partition.parts();
        parallel_for(parts, parts, &|index, _| {
            compute_by(method, &partition.part(&first, index));
            for number in 1..one.count {
                let next = first.next_term(number * one.left_stride, number * one.right_stride);
                compute_by(method, &partition.part(&next, index));
            }
        });
    }
}

impl ByPrecision for Repeated {
    type Arguments<'a, T: Real> = (RepeatedProduct<'a, T>, &'a mut [T]);

    fn single((product, target): Self::Arguments<'_, f32>) {
        product.compute(target);
    }

    fn double((product, target): Self::Arguments<'_, f64>) {
        product.compute(target);
    }
}
