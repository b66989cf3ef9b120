//! The procedural macros of [`tapeless`](https://docs.rs/tapeless): `nncompiler` behind `network!`.
//!
//! Depend on `tapeless`, whose `network!` calls the one here and writes before its tokens where
//! generated code finds `tapeless`: a user may have it by another name, or through another crate.

use std::panic::{AssertUnwindSafe, catch_unwind};

use nncompiler::pipeline::{self, Mode};
use proc_macro2::TokenStream;
use quote::quote;

/// Declares networks: their types, their forward and their backward functions.
///
/// The grammar and what it expands to are described at `tapeless::network!`.
#[proc_macro]
pub fn network(tokens: proc_macro::TokenStream) -> proc_macro::TokenStream {
    networks(tokens, Mode::Recognised)
}

/// [`network!`] with every statement as plain loops: what the kernels are tested against.
#[doc(hidden)]
#[proc_macro]
pub fn network_as_loops(tokens: proc_macro::TokenStream) -> proc_macro::TokenStream {
    networks(tokens, Mode::Loops)
}

/// What [`network!`] makes of a block that imports a definition, once that is there.
#[doc(hidden)]
#[proc_macro]
pub fn network_with(call: proc_macro::TokenStream) -> proc_macro::TokenStream {
    guarded(|| pipeline::networks_with_import(call.into())).into()
}

/// What [`network!`] makes of a block with `#[cfg(…)]` on its items: rustc removes the fields whose
/// condition does not hold before it runs a derive macro.
#[doc(hidden)]
#[proc_macro_derive(
    NetworksThatRemain,
    attributes(tapeless_path, tapeless_item, derivatives, outputs)
)]
pub fn networks_that_remain(structure: proc_macro::TokenStream) -> proc_macro::TokenStream {
    guarded(|| pipeline::remaining_networks(structure.into(), Mode::Recognised)).into()
}

/// The same for [`network_as_loops!`].
#[doc(hidden)]
#[proc_macro_derive(
    NetworksThatRemainAsLoops,
    attributes(tapeless_path, tapeless_item, derivatives, outputs)
)]
pub fn networks_that_remain_as_loops(
    structure: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    guarded(|| pipeline::remaining_networks(structure.into(), Mode::Loops)).into()
}

/// The built-in losses, for `tapeless` itself.
#[doc(hidden)]
#[proc_macro]
pub fn losses(tapeless: proc_macro::TokenStream) -> proc_macro::TokenStream {
    guarded(|| pipeline::losses(&tapeless.into())).into()
}

/// The built-in optimizers, for `tapeless` itself.
#[doc(hidden)]
#[proc_macro]
pub fn optimizers(tapeless: proc_macro::TokenStream) -> proc_macro::TokenStream {
    guarded(|| pipeline::optimizers(&tapeless.into())).into()
}

/// What the first token is the path of, and what it is written before.
fn networks(tokens: proc_macro::TokenStream, mode: Mode) -> proc_macro::TokenStream {
    let mut tokens = TokenStream::from(tokens).into_iter();
    let tapeless = tokens.next().into_iter().collect();
    guarded(|| pipeline::networks(&tapeless, tokens.collect(), mode)).into()
}

/// A panic of the compiler becomes an error that says whose mistake it is.
fn guarded(expand: impl FnOnce() -> TokenStream) -> TokenStream {
    catch_unwind(AssertUnwindSafe(expand)).unwrap_or_else(|_| {
        let message = "tapeless failed to compile this: a bug of its own, please report it";
        quote!(::core::compile_error! { #message })
    })
}
