//! Scalars on the heap that begin with a cache line.

use std::ops::{Deref, DerefMut, Range};

use crate::real::Real;
use crate::vectorise::LINE_BYTES;

/// Scalars from the beginning of a cache line on: a register that lies across two lines takes twice the
/// time, and more where it is written.
#[derive(Debug)]
pub(crate) struct Lines<T> {
    scalars: Box<[T]>,
    start: usize,
}

impl<T: Real> Lines<T> {
    /// So many zeros.
    pub(crate) fn new(count: usize) -> Self {
        let line = per_line::<T>();
        let scalars = vec![T::ZERO; count.saturating_add(line)].into_boxed_slice();
        let start = scalars.as_ptr().align_offset(LINE_BYTES).min(line);
        Self { scalars, start }
    }
}

impl<T> Lines<T> {
    /// Where the scalars are, of those allocated.
    fn range(&self) -> Range<usize> {
        self.start..self.start + self.scalars.len() - per_line::<T>()
    }
}

impl<T> Deref for Lines<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.scalars[self.range()]
    }
}

impl<T> DerefMut for Lines<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        let range = self.range();
        &mut self.scalars[range]
    }
}

/// A copy begins with a line of its own, which may be elsewhere in its memory.
impl<T: Real> Clone for Lines<T> {
    fn clone(&self) -> Self {
        let mut copy = Self::new(self.len());
        copy.copy_from_slice(self);
        copy
    }
}

/// How many scalars fill a line.
pub(crate) const fn per_line<T>() -> usize {
    LINE_BYTES / size_of::<T>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_begin_with_a_line_too() {
        for count in [0, 1, 15, 16, 1217] {
            let mut lines = Lines::<f32>::new(count);
            for (number, scalar) in lines.iter_mut().enumerate() {
                *scalar = number as f32;
            }
            let copy = lines.clone();
            assert_eq!((copy.len(), &*copy), (count, &*lines));
            for address in [lines.as_ptr(), copy.as_ptr()] {
                assert_eq!(address.align_offset(LINE_BYTES), 0);
            }
        }
    }
}
