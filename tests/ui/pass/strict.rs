//! A crate that forbids what it can.
#![forbid(unsafe_code, clippy::all, clippy::pedantic)]
#![deny(warnings, missing_docs, unused, future_incompatible, missing_debug_implementations)]

::tapeless::network! {
    /// Public, with a public interface that must be documented.
    pub Strict< first: linear(3, 4); relu; softmax; last: linear(4, 2); gelu >
}

fn main() {
    let model = <Strict as ::tapeless::network::Network>::new(&mut ::tapeless::prelude::seed(0));
    ::std::assert_eq!(model.forward(&::tapeless::nalgebra::SVector::zeros()).len(), 2);
}
