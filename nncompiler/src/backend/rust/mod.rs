//! Kernels → Rust: the last stage, and the only one that writes tokens.
//!
//! No `unsafe`, no lint attribute that a user may forbid, absolute paths, flat `let` code, and a
//! doc comment on every public item.

mod body;
mod loop_nest;
mod loss;
mod network;
mod outlined;
mod tokens;
mod types;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use crate::explain::Explanation;
use crate::frontend::resolve::{Known, Loss, Network};
use crate::frontend::syntax::Constant;
use crate::schedule::losses::LossLoops;
use crate::schedule::steps::Scheduled;
use tokens::{local, runtime, setting};

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
    /// What runs for one sample.
    pub loops: LossLoops,
    /// What runs for several samples at once, if that gains.
    pub vectorised: Option<LossLoops>,
    pub explanation: Explanation,
}

/// Everything that a `network!` block expands to.
pub fn block(
    constants: &[(Constant, Known)],
    networks: impl Iterator<Item = CompiledNetwork>,
    losses: impl Iterator<Item = CompiledLoss>,
) -> TokenStream {
    let constants = constants.iter().map(constant);
    let networks = networks.map(|compiled| network::network(&compiled));
    let losses = loss::losses(&losses.collect::<Vec<_>>());
    quote!(#(#constants)* #(#networks)* #losses)
}

/// A constant for the rest of the crate; it counts as used whether or not that reads it.
fn constant((constant, value): &(Constant, Known)) -> TokenStream {
    let Constant { attributes, visibility, name, number, .. } = constant;
    let value = match value {
        Known::Integer(value) => Literal::i64_unsuffixed(*value),
        Known::Real(value) => Literal::f64_unsuffixed(*value),
    };
    quote! {
        #(#attributes)*
        #visibility const #name: #number = #value;
        const _: #number = #name;
    }
}
