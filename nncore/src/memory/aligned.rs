//! Numbers on the heap that begin with a cache line.

use alloc::boxed::Box;
use alloc::vec;
use core::ops::{Deref, DerefMut, Range};

use super::cache_line::{CACHE_LINE_BYTES, per_line};
use crate::scalar::Real;

/// Numbers on the heap, from the beginning of a cache line on.
#[derive(Debug)]
pub struct AlignedBuffer<T> {
    /// A cache line more than is used.
    allocated: Box<[T]>,
    start: usize,
}

impl<T: Real> AlignedBuffer<T> {
    /// So many zeros.
    #[must_use]
    pub fn zeros(count: usize) -> Self {
        Self::filled(count, T::ZERO)
    }

    /// The same number so many times.
    #[must_use]
    pub fn filled(count: usize, number: T) -> Self {
        let line = per_line::<T>();
        let allocated = vec![number; count.saturating_add(line)].into_boxed_slice();
        let start = allocated.as_ptr().align_offset(CACHE_LINE_BYTES).min(line);
        Self { allocated, start }
    }
}

impl<T> AlignedBuffer<T> {
    /// Which of the allocated numbers are in use.
    fn range(&self) -> Range<usize> {
        self.start..self.start + self.allocated.len() - per_line::<T>()
    }
}

impl<T> Deref for AlignedBuffer<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.allocated[self.range()]
    }
}

impl<T> DerefMut for AlignedBuffer<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        let range = self.range();
        &mut self.allocated[range]
    }
}

/// A copy begins with a line of its own, which may be elsewhere in its memory.
impl<T: Real> Clone for AlignedBuffer<T> {
    fn clone(&self) -> Self {
        let mut copy = Self::zeros(self.len());
        copy.copy_from_slice(self);
        copy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_begin_with_a_line_too() {
        for count in [0, 1, 15, 16, 1217] {
            let mut buffer = AlignedBuffer::<f32>::zeros(count);
            for (number, scalar) in buffer.iter_mut().enumerate() {
                *scalar = number as f32;
            }
            let copy = buffer.clone();
            assert_eq!((copy.len(), &*copy), (count, &*buffer));
            for address in [buffer.as_ptr(), copy.as_ptr()] {
                assert_eq!(address.align_offset(CACHE_LINE_BYTES), 0);
            }
        }
    }
}
