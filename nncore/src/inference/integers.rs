//! Integers that choose elements of arrays: what a network is given to look up, and the classes of a loss.

#[cfg(feature = "alloc")]
use alloc::vec::Vec;

use super::samples::BatchError;
use crate::scalar::Real;

/// An integer, of whichever type.
///
/// ```
/// use nncore::inference::Integer;
/// assert_eq!((7u8.number(), (-7isize).number()), (7, -7));
/// ```
pub trait Integer: Copy + Sync {
    /// Its value. Each integer is asked once, and checked.
    fn number(self) -> i128;
}

macro_rules! integer {
    ($($type:ty)*) => {
        $(impl Integer for $type {
            #[inline]
            fn number(self) -> i128 {
                i128::try_from(self).unwrap_or(i128::MAX)
            }
        })*
    };
}

integer!(u8 u16 u32 u64 usize i8 i16 i32 i64 i128 isize);

/// Integers, one sample after the other: a slice, array or vector.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of integers",
    note = "classes, and integers that a network is given, are slices of them: `&[u8]`, `&[usize]` …"
)]
pub trait Integers {
    /// The integer type.
    type Integer: Integer;
    /// The integers as a slice.
    fn as_integers(&self) -> &[Self::Integer];
}

impl<I: Integer> Integers for [I] {
    type Integer = I;
    fn as_integers(&self) -> &[I] {
        self
    }
}

impl<I: Integer, const N: usize> Integers for [I; N] {
    type Integer = I;
    fn as_integers(&self) -> &[I] {
        self
    }
}

#[cfg(feature = "alloc")]
impl<I: Integer> Integers for Vec<I> {
    type Integer = I;
    fn as_integers(&self) -> &[I] {
        self
    }
}

impl<I: Integers + ?Sized> Integers for &I {
    type Integer = I::Integer;
    fn as_integers(&self) -> &[I::Integer] {
        I::as_integers(self)
    }
}

/// An integer that is not among those from 0 to below another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OutOfRange {
    /// Which of all, from 0.
    pub at: usize,
    pub found: i128,
}

/// The integer as one below another, if it is.
pub(crate) fn index_below<I: Integer>(integer: I, below: usize) -> Result<usize, i128> {
    let number = integer.number();
    usize::try_from(number).ok().filter(|&index| index < below).ok_or(number)
}

/// Writes integers as numbers, of which there is room for as many, each checked to be below another one.
pub(crate) fn write_integers<T: Real, I: Integer>(
    given: &[I],
    below: usize,
    numbers: &mut [T],
) -> Result<(), OutOfRange> {
    for (at, (&integer, number)) in given.iter().zip(numbers).enumerate() {
        let index = index_below(integer, below).map_err(|found| OutOfRange { at, found })?;
        *number = T::of(index as f64);
    }
    Ok(())
}

/// An input of integers.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct IntegerInput {
    /// Its name.
    pub name: &'static str,
    /// Integers of a sample.
    pub width: usize,
    /// What they are below.
    pub below: usize,
}

/// Room for the integers of a batch, one input after the other.
#[doc(hidden)]
#[derive(Debug)]
pub struct IntegerMemory<'m, T> {
    rest: &'m mut [T],
    /// For how many samples there is room.
    capacity: usize,
}

impl<'m, T: Real> IntegerMemory<'m, T> {
    /// Room for those of some samples, each of which has so many in all.
    pub fn new(memory: &'m mut [T], width: usize) -> Self {
        let capacity = memory.len().checked_div(width).unwrap_or(0);
        Self { rest: memory, capacity }
    }

    /// Checks the integers of an input, and writes them as numbers; sets the number of samples, or compares
    /// with it.
    ///
    /// # Errors
    /// If there are not those of whole samples, of another number of samples than in the inputs before, or of
    /// more than there is room for; if one is out of range.
    pub fn write(
        &mut self,
        input: IntegerInput,
        given: &(impl Integers + ?Sized),
        samples: &mut Option<usize>,
    ) -> Result<&'m [T], BatchError> {
        let IntegerInput { name: input, width, below } = input;
        let (capacity, given) = (self.capacity, given.as_integers());
        if !given.len().is_multiple_of(width) {
            return Err(BatchError::IntegerCount { input, width, found: given.len() });
        }
        let found = given.len() / width;
        let expected = *samples.get_or_insert(found);
        if expected != found {
            return Err(BatchError::Input { input, expected, found });
        }
        if found > capacity {
            return Err(BatchError::TooLarge { capacity, found });
        }
        let (own, rest) = core::mem::take(&mut self.rest).split_at_mut(given.len());
        self.rest = rest;
        let written = write_integers(given, below, own);
        written.map_err(|OutOfRange { at, found }| {
            let (sample, position) = (at / width, at % width);
            BatchError::Integer { input, sample, position, found, below }
        })?;
        Ok(own)
    }
}
