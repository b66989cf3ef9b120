//! Even parts of a range.

use core::ops::Range;

/// One of `parts` ranges that `0..count` is cut into, which differ by one at most.
pub(crate) fn even_range(count: usize, parts: usize, index: usize) -> Range<usize> {
    let (size, larger) = (count / parts, count % parts);
    let start = index * size + index.min(larger);
    start..start + size + usize::from(index < larger)
}
