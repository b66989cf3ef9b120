//! A network's parameters as one block: born on the heap, seen as a flat slice.
//!
//! Generated networks are `#[repr(C)]` structs of statically sized nalgebra matrices, so their memory
//! is one run of numbers. Generated code holds no `unsafe`, and nobody has to believe it: a struct
//! lends its fields by [`ParameterFields`], which is safe to implement, and this module checks them.
//!
//! # Why this is sound
//!
//! Nothing is believed that an implementation says; what it *lends* is compared with where it lies.
//!
//! - [`Parameters::as_slice`] and [`Parameters::states`] ask the value for the slices of its fields, and
//!   check that these lie end to end from the value's first byte on, and inside it. A slice of numbers inside
//!   a value, lent for as long as the value is borrowed, is a proof that those bytes are numbers that may be
//!   read for so long. A slice that is lent for the call alone, as by the guard of a `RefCell`, would be none.
//! - [`Parameters::split_mut`] does the same with slices borrowed mutably: whatever is written
//!   through the two slices could have been written through those, by safe code.
//! - [`Parameters::zeros`] makes a value of zero bytes. While the program compiles, the compiler makes
//!   such a value as a constant, which it refuses if zeros are invalid for any field. That the type
//!   also has a constant of its own, [`Example::EXAMPLE`], shows that values of it may be made
//!   as often as one likes. And the fields lent mutably have to reach to the value's last byte, so that
//!   there is no byte that safe code could not have set to zero. Generated structs fill their last
//!   cache line with a field of numbers, for that reason.

#![allow(unsafe_code, reason = "the one place where a struct is seen as its numbers")]

#[cfg(feature = "alloc")]
use alloc::boxed::Box;
#[cfg(feature = "alloc")]
use core::mem::MaybeUninit;

use nalgebra::{ArrayStorage, SMatrix};

use crate::scalar::Real;

/// A type that has a value which is known while the program compiles; implemented by generated code.
#[doc(hidden)]
pub trait Example {
    /// Any value.
    const EXAMPLE: Self;
}

/// A struct of parameters; implemented by generated code.
///
/// It lends fields that are there for as long as it is borrowed:
///
/// ```
/// # use nncore::memory::{Example, ParameterFields};
/// #[repr(C, align(64))]
/// struct Numbers([f32; 16]);
///
/// #[repr(C)]
/// struct Own(Numbers);
///
/// impl Example for Own {
///     const EXAMPLE: Self = Self(Numbers([0.0; 16]));
/// }
///
/// impl ParameterFields for Own {
///     type Number = f32;
///     const STATES: usize = 0;
///     const PADDING: usize = 0;
///
///     fn visit<'a>(&'a self, visit: &mut impl FnMut(&'a [f32])) {
///         visit(&self.0.0);
///     }
///
///     fn visit_mut<'a>(&'a mut self, visit: &mut impl FnMut(&'a mut [f32])) {
///         visit(&mut self.0.0);
///     }
/// }
/// ```
///
/// Others do not compile, since they could be written while somebody has the flat slice:
///
/// ```compile_fail,E0716
/// # use nncore::memory::{Example, ParameterFields};
/// #[repr(C, align(64))]
/// struct Numbers([f32; 16]);
///
/// #[repr(C)]
/// struct Own(std::cell::RefCell<Numbers>);
///
/// impl Example for Own {
///     const EXAMPLE: Self = Self(std::cell::RefCell::new(Numbers([0.0; 16])));
/// }
///
/// impl ParameterFields for Own {
///     type Number = f32;
///     const STATES: usize = 0;
///     const PADDING: usize = 0;
///
///     fn visit<'a>(&'a self, visit: &mut impl FnMut(&'a [f32])) {
///         visit(&self.0.borrow().0);
///     }
///
///     fn visit_mut<'a>(&'a mut self, visit: &mut impl FnMut(&'a mut [f32])) {
///         visit(&mut self.0.get_mut().0);
///     }
/// }
/// ```
#[doc(hidden)]
pub trait ParameterFields: Example + Sized + 'static {
    /// The type of its numbers.
    type Number: Real;

    /// How many of its numbers, behind the learnable ones, are states.
    const STATES: usize;

    /// How many numbers of the last field fill up its last cache line, and are no parameters.
    const PADDING: usize;

    /// Lends all fields, in order, for as long as the value is borrowed.
    fn visit<'a>(&'a self, visit: &mut impl FnMut(&'a [Self::Number]));

    /// Lends all fields, in order, to be written.
    fn visit_mut<'a>(&'a mut self, visit: &mut impl FnMut(&'a mut [Self::Number]));
}

/// A network's or gradient's parameters, by value in one contiguous block.
///
/// Implemented for the networks that `network!` declares. The flat view holds what an optimizer
/// moves, and nothing else: it may be added, scaled and clipped. States, such as running means, lie
/// behind it in a slice of their own; in a gradient, that slice holds what they become after a step.
pub trait Parameters: sealed::Sealed + Sized + 'static {
    /// The scalar type, `f32` or `f64`.
    type Scalar: Real;

    /// The learnable parameters as one slice, in the order of declaration.
    #[must_use]
    fn as_slice(&self) -> &[Self::Scalar];

    /// The states as one slice, in the order of declaration.
    #[must_use]
    fn states(&self) -> &[Self::Scalar];

    /// The learnable parameters and the states, each as one mutable slice.
    #[must_use]
    fn split_mut(&mut self) -> (&mut [Self::Scalar], &mut [Self::Scalar]);

    /// The learnable parameters as one mutable slice, in the order of declaration.
    #[must_use]
    fn as_mut_slice(&mut self) -> &mut [Self::Scalar] {
        self.split_mut().0
    }

    /// The states as one mutable slice, in the order of declaration.
    #[must_use]
    fn states_mut(&mut self) -> &mut [Self::Scalar] {
        self.split_mut().1
    }

    /// All zeros, born on the heap: the value never lies on the stack.
    #[cfg(feature = "alloc")]
    #[must_use]
    fn zeros() -> Box<Self>;

    /// A copy on the heap, which never lies on the stack.
    #[cfg(feature = "alloc")]
    #[must_use]
    fn to_box(&self) -> Box<Self> {
        let mut copy = Self::zeros();
        let (parameters, states) = copy.split_mut();
        parameters.copy_from_slice(self.as_slice());
        states.copy_from_slice(self.states());
        copy
    }
}

mod sealed {
    /// Only what describes its fields.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` is no network",
        label = "not declared by `network!`",
        note = "only networks that `network!` declares have `Parameters`"
    )]
    pub trait Sealed {}
    // Users are not to describe fields by hand.
    #[diagnostic::do_not_recommend]
    impl<P: super::ParameterFields> Sealed for P {}
}

/// Fields of a value, one after the other from its first byte on.
struct EndToEnd {
    /// Where the next field begins.
    next: usize,
    /// Where the value ends.
    end: usize,
    /// How many numbers there have been.
    count: usize,
}

impl EndToEnd {
    fn of<P>(value: *const P) -> Self {
        Self { next: value.addr(), end: value.addr() + size_of::<P>(), count: 0 }
    }

    /// The next field.
    fn add<T>(&mut self, field: &[T]) {
        assert!(field.is_empty() || field.as_ptr().addr() == self.next, "fields not end to end");
        self.next += size_of_val(field);
        assert!(self.next <= self.end, "a field outside of the value");
        self.count += field.len();
    }

    /// How many learnable parameters there are, and how many numbers without the padding.
    fn counts<P: ParameterFields>(&self) -> (usize, usize) {
        const { assert!(align_of::<P>() >= align_of::<P::Number>(), "not aligned for numbers") };
        let numbers = self.count.saturating_sub(P::PADDING);
        (numbers.saturating_sub(P::STATES), numbers)
    }
}

/// What is known of a type while the program compiles.
#[cfg(feature = "alloc")]
struct Constant<P>(P);

#[cfg(feature = "alloc")]
impl<P: ParameterFields> Constant<P> {
    /// A value of zero bytes: the compiler refuses a constant that is invalid.
    // SAFETY: as above, the value is checked where it is used.
    const ZEROS: Self = Self(unsafe { MaybeUninit::zeroed().assume_init() });
}

/// The learnable parameters and the states.
fn split<P: ParameterFields>(value: &P) -> (&[P::Number], &[P::Number]) {
    let first = core::ptr::from_ref(value);
    let mut fields = EndToEnd::of(first);
    value.visit(&mut |field| fields.add(field));
    let (parameters, numbers) = fields.counts::<P>();
    // SAFETY: `value` has just lent these numbers, which begin with it.
    unsafe { core::slice::from_raw_parts(first.cast(), numbers) }.split_at(parameters)
}

impl<P: ParameterFields> Parameters for P {
    type Scalar = P::Number;

    fn as_slice(&self) -> &[P::Number] {
        split(self).0
    }

    fn states(&self) -> &[P::Number] {
        split(self).1
    }

    fn split_mut(&mut self) -> (&mut [P::Number], &mut [P::Number]) {
        let mut fields = EndToEnd::of(core::ptr::from_ref(self));
        self.visit_mut(&mut |field| fields.add(field));
        let (parameters, numbers) = fields.counts::<P>();
        // Only now: lending the fields ends what was borrowed before.
        let first = core::ptr::from_mut(self);
        // SAFETY: `self` has just lent these numbers to be written, and is borrowed exclusively.
        let all = unsafe { core::slice::from_raw_parts_mut(first.cast(), numbers) };
        all.split_at_mut(parameters)
    }

    #[cfg(feature = "alloc")]
    fn zeros() -> Box<Self> {
        const {
            core::mem::forget((Constant::<P>::ZEROS, P::EXAMPLE));
        }
        // SAFETY: the compiler has made such a value as a constant.
        let mut zeros: Box<Self> = unsafe { Box::new_zeroed().assume_init() };
        let mut fields = EndToEnd::of(&raw const *zeros);
        zeros.visit_mut(&mut |field| fields.add(field));
        assert!(fields.next == fields.end, "a part of the struct is no field of numbers");
        zeros
    }
}

/// A matrix of zeros, in constants too.
#[doc(hidden)]
#[must_use]
pub const fn zero_matrix<T: Real, const R: usize, const C: usize>() -> SMatrix<T, R, C> {
    SMatrix::from_array_storage(ArrayStorage([[T::ZERO; R]; C]))
}

#[cfg(all(test, feature = "alloc"))]
mod tests {
    use super::*;

    #[repr(C)]
    struct Pair<T> {
        weight: [[T; 3]; 2],
        bias: [T; 2],
        mean: [T; 3],
        padding: [T; 5],
    }

    impl<T: Real> Example for Pair<T> {
        const EXAMPLE: Self = Self {
            weight: [[T::ZERO; 3]; 2],
            bias: [T::ZERO; 2],
            mean: [T::ZERO; 3],
            padding: [T::ZERO; 5],
        };
    }

    impl<T: Real> ParameterFields for Pair<T> {
        type Number = T;
        const STATES: usize = 3;
        const PADDING: usize = 5;

        fn visit<'a>(&'a self, visit: &mut impl FnMut(&'a [T])) {
            visit(self.weight.as_flattened());
            visit(&self.bias);
            visit(&self.mean);
            visit(&self.padding);
        }

        fn visit_mut<'a>(&'a mut self, visit: &mut impl FnMut(&'a mut [T])) {
            visit(self.weight.as_flattened_mut());
            visit(&mut self.bias);
            visit(&mut self.mean);
            visit(&mut self.padding);
        }
    }

    #[test]
    fn a_struct_is_its_numbers() {
        let mut pair = Pair::<f32>::zeros();
        assert_eq!((pair.as_slice(), pair.states()), (&[0.0; 8][..], &[0.0; 3][..]));
        pair.states_mut().copy_from_slice(&[8.0, 9.0, 10.0]);
        for (k, value) in (0u8..).zip(pair.as_mut_slice()) {
            *value = f32::from(k);
        }
        assert_eq!(pair.weight, [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]);
        assert_eq!((pair.bias, pair.mean), ([6.0, 7.0], [8.0, 9.0, 10.0]));
        let copy = pair.to_box();
        (pair.bias[0], pair.mean[0]) = (-1.0, -1.0);
        assert_eq!((copy.bias[0], copy.mean[0]), (6.0, 8.0));
    }

    /// A struct with a number that it lends to nobody, or to readers only.
    #[repr(C)]
    struct Guarded<const LENDS: bool> {
        open: [f32; 1],
        guarded: [f32; 1],
    }

    impl<const LENDS: bool> Example for Guarded<LENDS> {
        const EXAMPLE: Self = Self { open: [0.0], guarded: [1.0] };
    }

    impl<const LENDS: bool> ParameterFields for Guarded<LENDS> {
        type Number = f32;
        const STATES: usize = 0;
        const PADDING: usize = 0;

        fn visit<'a>(&'a self, visit: &mut impl FnMut(&'a [f32])) {
            visit(&self.open);
            if LENDS {
                visit(&self.guarded);
            }
        }

        fn visit_mut<'a>(&'a mut self, visit: &mut impl FnMut(&'a mut [f32])) {
            visit(&mut self.open);
            if LENDS {
                visit(Vec::leak(vec![0.0]));
            }
        }
    }

    #[test]
    fn what_is_not_lent_is_never_written() {
        let mut guarded = Guarded::<true> { open: [2.0], guarded: [3.0] };
        assert_eq!(guarded.as_slice(), [2.0, 3.0]);
        let write = std::panic::AssertUnwindSafe(|| guarded.as_mut_slice().fill(0.0));
        assert!(std::panic::catch_unwind(write).is_err());
        assert_eq!(guarded.guarded, [3.0]);
        assert!(std::panic::catch_unwind(|| Guarded::<true>::zeros().open[0]).is_err());

        let mut guarded = Guarded::<false> { open: [2.0], guarded: [3.0] };
        guarded.as_mut_slice().fill(0.0);
        assert_eq!((guarded.open, guarded.guarded), ([0.0], [3.0]));
        assert!(std::panic::catch_unwind(|| Guarded::<false>::zeros().open[0]).is_err());
    }

    /// A struct that lends its neighbour's numbers, too.
    struct Greedy([f32; 1]);

    static NEIGHBOURS: [Greedy; 2] = [Greedy([1.0]), Greedy([2.0])];

    impl Example for Greedy {
        const EXAMPLE: Self = Self([0.0]);
    }

    impl ParameterFields for Greedy {
        type Number = f32;
        const STATES: usize = 0;
        const PADDING: usize = 0;

        fn visit<'a>(&'a self, visit: &mut impl FnMut(&'a [f32])) {
            visit(&NEIGHBOURS[0].0);
            visit(&NEIGHBOURS[1].0);
        }

        fn visit_mut<'a>(&'a mut self, visit: &mut impl FnMut(&'a mut [f32])) {
            visit(&mut self.0);
        }
    }

    #[test]
    fn what_lies_outside_is_no_field() {
        assert!(std::panic::catch_unwind(|| NEIGHBOURS[0].as_slice().len()).is_err());
    }

    #[test]
    fn large_parameters_never_touch_a_small_stack() {
        #[repr(C)]
        struct Large([[f64; 1024]; 1024]);
        #[expect(clippy::large_stack_arrays, reason = "a constant lies on no stack")]
        impl Example for Large {
            const EXAMPLE: Self = Self([[0.0; 1024]; 1024]);
        }

        impl ParameterFields for Large {
            type Number = f64;
            const STATES: usize = 0;
            const PADDING: usize = 0;

            fn visit<'a>(&'a self, visit: &mut impl FnMut(&'a [f64])) {
                visit(self.0.as_flattened());
            }

            fn visit_mut<'a>(&'a mut self, visit: &mut impl FnMut(&'a mut [f64])) {
                visit(self.0.as_flattened_mut());
            }
        }
        let small = std::thread::Builder::new().stack_size(128 * 1024);
        let thread = small.spawn(|| Large::zeros().to_box().as_slice().len()).unwrap();
        assert_eq!(thread.join().unwrap(), 1024 * 1024);
    }
}
