//! Even parts of a range.

use core::ops::Range;

/// One of `parts` ranges that `0..count` is cut into, which differ by one at most.
pub(crate) fn even_range(count: usize, parts: usize, index: usize) -> Range<usize> {
    let (size, larger) = (count / parts, count % parts);
    let start = index * size + index.min(larger);
    start..start + size + usize::from(index < larger)
}

/// The same in whole steps, of which the last may be shorter.
pub(crate) fn even_range_of_steps(
    count: usize,
    step: usize,
    parts: usize,
    index: usize,
) -> Range<usize> {
    let steps = even_range(count.div_ceil(step), parts, index);
    steps.start * step..count.min(steps.end * step)
}
