//! Elementary functions as plain arithmetic without branches, so that loops over slices vectorise.
//!
//! [`single`] and [`double`] hold the same functions for f32 and f64. NaN in gives NaN out; signed
//! zeros, subnormal numbers and infinities are right. A maximal error is given in ULP, the
//! distance of neighbouring numbers at the true result, as measured by the tests: in f32 against
//! every argument there is, in f64 against many million. No fused multiplication is used, so
//! equal arguments give equal bits on every processor.
//!
//! Inside [`vectorise`](crate::vectorise::vectorise) a loop that calls them runs several times as
//! fast as the standard library's functions, which are called one number at a time. The
//! trigonometric functions and the power are `libm`'s, and are not faster.
#![allow(
    clippy::inline_always,
    reason = "what is not inlined into a loop does not vectorise"
)]

pub mod double;
pub mod single;

/// `if condition { a } else { b }` with both computed: a branch would keep a loop from vectorising.
use std::hint::select_unpredictable as select;

/// A polynomial by Horner's rule, from the highest coefficient to the constant one.
macro_rules! polynomial {
    ($x:expr, [$highest:expr $(, $coefficient:expr)* $(,)?]) => {{
        let x = $x;
        let sum = $highest;
        $(let sum = sum * x + $coefficient;)*
        sum
    }};
}
use polynomial;

#[cfg(test)]
mod tests;
