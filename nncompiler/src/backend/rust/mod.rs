//! Kernels → Rust: the last stage, and the only one that writes tokens.
//!
//! No `unsafe`, no lint attribute that a user may forbid, absolute paths, flat `let` code, and a
//! doc comment on every public item.

mod body;
mod loss;
mod nest;
mod nests;
mod network;
mod types;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;

use crate::explain::Explanation;
use crate::frontend::resolved::{Constant, ConstantValue, Loss, Network};
use crate::ir::function::Program;
use crate::schedule::memory::Scheduled;

/// A network ready to be written.
pub struct CompiledNetwork {
    pub network: Network,
    /// The outputs of a batch, and from their gradient that on the parameters.
    pub training: Scheduled,
    /// The outputs alone, of a batch or of one sample, as after training.
    pub evaluation: Scheduled,
    /// The outputs of one sample, and from many gradients on them those on its inputs.
    pub jacobian: Scheduled,
    /// Outputs and their derivatives along a direction, with the parameters' gradient: on request.
    pub along: Option<Scheduled>,
    pub explanation: Explanation,
}

/// A loss ready to be written.
pub struct CompiledLoss {
    pub loss: Loss,
    pub program: Program,
    /// The same of several samples at once, if that gains.
    pub abreast: Option<Program>,
    pub explanation: Explanation,
}

/// Everything that a `network!` block expands to.
pub fn block(
    constants: &[Constant],
    networks: impl Iterator<Item = CompiledNetwork>,
    losses: impl Iterator<Item = CompiledLoss>,
) -> TokenStream {
    let constants = constants.iter().map(constant);
    let networks = networks.map(|compiled| network::network(&compiled));
    let losses = loss::losses(&losses.collect::<Vec<_>>());
    quote!(#(#constants)* #(#networks)* #losses)
}

/// A constant for the rest of the crate; it counts as used whether or not that reads it.
fn constant(constant: &Constant) -> TokenStream {
    let Constant { attributes, visibility, name, number, value } = constant;
    let value = match *value {
        ConstantValue::Integer(value) => Literal::i64_unsuffixed(value),
        ConstantValue::Real(value) => Literal::f64_unsuffixed(value),
    };
    quote! {
        #(#attributes)*
        #visibility const #name: #number = #value;
        const _: #number = #name;
    }
}

/// Where generated code finds the run time.
fn runtime() -> TokenStream {
    quote!(::tapeless::__private)
}

/// The variable of a number that is known at run time.
fn setting(name: &str) -> Ident {
    local(&format!("setting_{name}"))
}

/// A variable of a generated function.
fn local(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}
