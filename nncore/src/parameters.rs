//! A network's parameters as one block: born on the heap, seen as a flat slice.
//!
//! Generated networks are `#[repr(C)]` structs of statically sized nalgebra matrices, so their
//! memory is one run of scalars. Generated code holds no `unsafe`: it hands over a [`Layout`], which
//! can only be made by a check at compile time, and this module does the rest.

#![allow(unsafe_code, reason = "the one place where a struct is seen as its scalars")]

use std::marker::PhantomData;
use std::ops::Range;

use nalgebra::{ArrayStorage, SMatrix};

use crate::real::Real;

/// The proof that `P` is a run of scalars and nothing else.
#[derive(Debug)]
pub struct Layout<P: Parameters> {
    count: usize,
    of: PhantomData<fn() -> P>,
}

impl<P: Parameters> Layout<P> {
    /// Checks that the slices of a zero value lie end to end and fill it, up to its alignment.
    ///
    /// Every byte of `P` then belongs to a scalar or to nothing, so any scalars are a valid `P`, and
    /// every `P` is valid scalars. That `P` has a constant value shows that values of it may be made
    /// freely.
    ///
    /// For generated code, in a constant: at run time, slices from outside `zero` would be undefined
    /// behaviour.
    ///
    /// # Panics
    /// If they do not, which stops the build.
    #[doc(hidden)]
    #[must_use]
    pub const fn prove(zero: &P, slices: &[&[P::Scalar]]) -> Self {
        let scalar = size_of::<P::Scalar>();
        let start = std::ptr::from_ref(zero).cast::<u8>();
        let mut count = 0;
        let mut slice = 0;
        while slice < slices.len() {
            let here = slices[slice].as_ptr().cast::<u8>();
            // SAFETY: in a constant evaluation, a slice from outside `zero` is a compile error.
            let offset = unsafe { here.offset_from(start) };
            assert!(
                offset >= 0 && offset.cast_unsigned() == count * scalar,
                "slices not end to end"
            );
            count += slices[slice].len();
            slice += 1;
        }
        let size = (count * scalar).next_multiple_of(align_of::<P>());
        assert!(size_of::<P>() == size, "the slices do not fill the struct");
        Self { count, of: PhantomData }
    }
}

/// A struct whose memory is a run of scalars: a network's parameters, or their gradient.
///
/// Implemented by `network!`; the flat view is what optimizers, checkpoints and gradient checks
/// work on.
pub trait Parameters: Sized + 'static {
    /// The scalar type, `f32` or `f64`.
    type Scalar: Real;

    /// Where among the parameters those lie that no gradient moves, such as running means. In a
    /// gradient, what they become after a step stands in their places.
    const STATES: &'static [Range<usize>] = &[];

    /// The checked proof of the memory layout.
    #[doc(hidden)]
    const LAYOUT: Layout<Self>;

    /// All parameters as one slice, in the order of declaration.
    #[must_use]
    fn as_slice(&self) -> &[Self::Scalar] {
        let count = Self::LAYOUT.count;
        // SAFETY: `LAYOUT` proves that `Self` is `count` scalars end to end.
        unsafe { std::slice::from_raw_parts(std::ptr::from_ref(self).cast(), count) }
    }

    /// All parameters as one mutable slice, in the order of declaration.
    #[must_use]
    fn as_mut_slice(&mut self) -> &mut [Self::Scalar] {
        let count = Self::LAYOUT.count;
        // SAFETY: as above; any scalars are a valid `Self`, and `self` is borrowed exclusively.
        unsafe { std::slice::from_raw_parts_mut(std::ptr::from_mut(self).cast(), count) }
    }

    /// All zeros, born on the heap: the value never lies on the stack.
    #[must_use]
    fn zeros() -> Box<Self> {
        let Layout { .. } = Self::LAYOUT;
        // SAFETY: `LAYOUT` proves that any scalars are a valid `Self`; all-zero bytes are 0.0.
        unsafe { Box::new_zeroed().assume_init() }
    }

    /// A copy on the heap, which never lies on the stack.
    #[must_use]
    fn to_box(&self) -> Box<Self> {
        let mut copy = Self::zeros();
        copy.as_mut_slice().copy_from_slice(self.as_slice());
        copy
    }
}

/// A matrix of zeros, in constants too.
#[doc(hidden)]
#[must_use]
pub const fn zero_matrix<T: Real, const R: usize, const C: usize>() -> SMatrix<T, R, C> {
    SMatrix::from_array_storage(ArrayStorage([[T::ZERO; R]; C]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[repr(C)]
    struct Pair<T> {
        weight: [[T; 3]; 2],
        bias: [T; 2],
    }

    impl<T: Real> Parameters for Pair<T> {
        type Scalar = T;
        const LAYOUT: Layout<Self> = {
            let zero = Self { weight: [[T::ZERO; 3]; 2], bias: [T::ZERO; 2] };
            Layout::prove(&zero, &[zero.weight.as_flattened(), &zero.bias])
        };
    }

    #[test]
    fn a_struct_is_its_scalars() {
        let mut pair = Pair::<f32>::zeros();
        assert_eq!(pair.as_slice(), [0.0; 8]);
        for (k, value) in (0u8..).zip(pair.as_mut_slice()) {
            *value = f32::from(k);
        }
        assert_eq!(pair.weight, [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]);
        assert_eq!(pair.bias, [6.0, 7.0]);
        let copy = pair.to_box();
        pair.bias[0] = -1.0;
        assert!(copy.bias[0] == 6.0);
    }

    #[test]
    fn large_parameters_never_touch_a_small_stack() {
        #[repr(C)]
        struct Large([[f64; 1024]; 1024]);
        #[expect(clippy::large_stack_arrays, reason = "a constant lies on no stack")]
        impl Parameters for Large {
            type Scalar = f64;
            const LAYOUT: Layout<Self> = {
                let zero = Self([[0.0; 1024]; 1024]);
                Layout::prove(&zero, &[zero.0.as_flattened()])
            };
        }
        let small = std::thread::Builder::new().stack_size(128 * 1024);
        let thread = small.spawn(|| Large::zeros().to_box().as_slice().len()).unwrap();
        assert_eq!(thread.join().unwrap(), 1024 * 1024);
    }
}
