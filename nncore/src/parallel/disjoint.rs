//! A slice that several threads write, each its own part of it.

#![allow(unsafe_code, reason = "threads share a slice that is borrowed once")]

use core::marker::PhantomData;
use core::ops::Range;

/// A slice of which several threads write parts.
pub(crate) struct DisjointMut<'a, T> {
    first: *mut T,
    len: usize,
    slice: PhantomData<&'a mut [T]>,
}

// SAFETY: threads reach the slice through `part` only, whose callers keep parts disjoint.
unsafe impl<T: Send> Sync for DisjointMut<'_, T> {}

impl<'a, T> DisjointMut<'a, T> {
    pub(crate) fn new(slice: &'a mut [T]) -> Self {
        Self { first: slice.as_mut_ptr(), len: slice.len(), slice: PhantomData }
    }

    /// A part of the slice.
    ///
    /// # Panics
    ///
    /// Panics if the slice ends before the part does.
    ///
    /// # Safety
    ///
    /// No two parts with an element in common are there at the same time.
    pub(crate) unsafe fn part(&self, range: Range<usize>) -> &'a mut [T] {
        let is_inside = range.start <= range.end && range.end <= self.len;
        assert!(is_inside, "{range:?} of a slice of {}", self.len);
        // SAFETY: the part is inside a slice that is borrowed mutably, and nobody else's.
        unsafe { core::slice::from_raw_parts_mut(self.first.add(range.start), range.len()) }
    }
}
