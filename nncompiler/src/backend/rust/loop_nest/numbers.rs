//! Numbers as Rust writes them.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// Multiples of this are written as they are read.
const SHORT: f64 = 1.0 / 64.0;

/// A constant. What is no short binary fraction is written by its bits: exact, and no literal that
/// a lint could take for an approximation of a known constant.
pub fn constant(value: f64) -> TokenStream {
    if value == 0.0 && value.is_sign_positive() {
        return quote!(T::ZERO);
    }
    if value == 1.0 {
        return quote!(T::ONE);
    }
    if value.abs() < 1e6 && (value / SHORT).fract() == 0.0 {
        let magnitude = Literal::f64_suffixed(value.abs());
        let sign = value.is_sign_negative().then(|| quote!(-));
        return quote!(T::of(#sign #magnitude));
    }
    let number = number(value);
    quote!(T::of(#number))
}

/// An `f64` by its bits, which no lint takes for an approximation.
pub fn number(value: f64) -> TokenStream {
    let bits = Literal::u64_suffixed(value.to_bits());
    quote!(f64::from_bits(#bits))
}
