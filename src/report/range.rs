//! The part of an axis that shows some numbers.

use std::ops::Range;

/// What numbers of an axis can be: larger ones have differences that are infinite.
const GREATEST: f64 = 1e300;

/// Whether an axis can show a number.
pub(super) fn is_shown(number: f64) -> bool {
    number.abs() <= GREATEST
}

/// From the least to the greatest number, with a margin; around a single one.
pub(super) fn around(numbers: impl Iterator<Item = f64>) -> Option<Range<f64>> {
    let of_one = |number| (number, number);
    let (least, greatest) = numbers.map(of_one).reduce(|(a, b), (c, d)| (a.min(c), b.max(d)))?;
    let size = greatest.abs().max(least.abs());
    // Numbers that differ in their last digits alone would have marks that cannot be told apart.
    let least_width = (1e-6 * size).max(1e-12);
    let margin = (0.05 * (greatest - least)).max(least_width);
    Some(least - margin..greatest + margin)
}
