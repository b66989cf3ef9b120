//! Elementary functions as plain arithmetic without branches, so that loops over slices vectorise.
//!
//! [`single`] and [`double`] hold the same functions for f32 and f64. NaN in gives NaN out; signed
//! zeros, subnormal numbers and infinities are right. No fused multiplication is used, so equal
//! arguments give equal bits on every processor.
//!
//! The greatest errors in ULP, the distance of neighbouring numbers at the true result: in f32 over
//! every argument there is, in f64 over some ten thousand against multiple precision.
//!
//! | function | f32 | f64 |
//! |---|---|---|
//! | [`exp`](single::exp) | 0.99 | 0.92 |
//! | [`exp_m1`](single::exp_m1) | 1.57 | 1.84 |
//! | [`ln`](single::ln) | 0.83 | 0.75 |
//! | [`ln_1p`](single::ln_1p) | 1.40 | 0.78 |
//! | [`tanh`](single::tanh) | 1.51 | 1.45 |
//! | [`sigmoid`](single::sigmoid) | 2.83 | 2.30 |
//! | [`softplus`](single::softplus) | 1.67 | 1.38 |
//! | [`erf`](single::erf) | 1.19 | 0.99 |
//! | [`erfc`](single::erfc) | 3.50 | 3.14 |
//!
//! Inside [`vectorise`](crate::vectorise::vectorise) a loop that calls them runs several times as
//! fast as one that calls the standard library's. The trigonometric functions, the arc tangent and
//! the power are `libm`'s, one number at a time.
#![allow(clippy::inline_always, reason = "what is not inlined into a loop does not vectorise")]

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
