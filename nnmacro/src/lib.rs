//! The compiler of [`tapeless`](https://docs.rs/tapeless): from a declared network to its forward
//! and backward functions.
//!
//! Depend on `tapeless`, which re-exports [`network!`]. `compile.rs` names every stage once, in
//! order:
//!
//! parse → check → lower → differentiate → simplify → fuse → recognise → plan → emit
//!
//! After check, nothing fails; each stage imports only earlier ones and the shared vocabulary
//! (`index`, `scalar`, `program`); only emit writes Rust.

mod abreast;
mod check;
mod compile;
mod derivative;
mod diagnostics;
mod differentiate;
mod emit;
mod explain;
mod fuse;
mod index;
mod library;
mod lower;
mod parse;
mod plan;
mod program;
mod recognise;
mod reduction;
mod saving;
mod scalar;
mod separate;
mod simplify;
mod stabilise;
mod syntax;
mod tangent;
#[cfg(test)]
mod tests;
mod tile;
mod unfold;

use std::panic::{AssertUnwindSafe, catch_unwind};

use compile::Mode;
use proc_macro2::TokenStream;
use quote::quote;

/// Declares networks: their types, their forward and their backward functions.
///
/// The grammar and what it expands to are described at `tapeless::network!`.
#[proc_macro]
pub fn network(tokens: proc_macro::TokenStream) -> proc_macro::TokenStream {
    guarded(|| compile::networks(tokens.into(), Mode::Recognised)).into()
}

/// [`network!`] with every statement as plain loops: what the kernels are tested against.
#[doc(hidden)]
#[proc_macro]
pub fn network_as_loops(tokens: proc_macro::TokenStream) -> proc_macro::TokenStream {
    guarded(|| compile::networks(tokens.into(), Mode::Loops)).into()
}

/// The built-in losses, for `tapeless` itself.
#[doc(hidden)]
#[proc_macro]
pub fn losses(_: proc_macro::TokenStream) -> proc_macro::TokenStream {
    guarded(compile::losses).into()
}

/// The table of layers and activations, for the documentation of `tapeless`.
#[doc(hidden)]
#[proc_macro]
pub fn layer_table(_: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let table = library::table();
    quote!(#table).into()
}

/// A mistake of ours is an error that says so.
fn guarded(expand: impl FnOnce() -> TokenStream) -> TokenStream {
    catch_unwind(AssertUnwindSafe(expand)).unwrap_or_else(|_| {
        let message = "tapeless failed to compile this: a bug of its own, please report it";
        quote!(::core::compile_error! { #message })
    })
}
