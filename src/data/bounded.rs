//! Reading as much as a file promises, without memory for what does not come.

use std::io::{self, Read};

/// The bytes of a part of a file that are there.
pub(super) enum Part {
    /// All of them.
    Whole(Vec<u8>),
    /// Less.
    Truncated(usize),
}

/// Reads so many bytes, or those that there are. Memory grows as they arrive.
pub(super) fn read_part(source: &mut impl Read, expected: u64) -> io::Result<Part> {
    let bytes = read_at_most(source, expected)?;
    let found = bytes.len();
    Ok(if found as u64 == expected { Part::Whole(bytes) } else { Part::Truncated(found) })
}

/// Whether nothing is left.
pub(super) fn is_at_end(source: &mut impl Read) -> io::Result<bool> {
    Ok(read_at_most(source, 1)?.is_empty())
}

fn read_at_most(source: &mut impl Read, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The bytes of an array with these sizes, if it has some, and memory could have addresses for them.
pub(super) fn byte_count(sizes: &[usize], element: usize) -> Option<u64> {
    let product = sizes.iter().try_fold(element, |product, &size| product.checked_mul(size))?;
    (product > 0 && isize::try_from(product).is_ok()).then_some(product as u64)
}
