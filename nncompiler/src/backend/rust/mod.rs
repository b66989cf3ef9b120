//! Kernels → Rust: the last stage, and the only one that writes tokens.
//!
//! No `unsafe`, no lint attribute that a user may forbid, absolute paths, flat `let` code, and a
//! doc comment on every public item.

mod body;
mod loop_nest;
mod loss;
mod network;
pub mod optimizer;
mod outlined;
mod tokens;
mod types;

use std::hash::{DefaultHasher, Hash, Hasher};

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use crate::explain::Explanation;
use crate::frontend::parse::conditions::{ConditionalItem, ITEM, PATH};
use crate::frontend::resolved::{Constant, ConstantValue, Loss, Network, Unknown, UnknownKind};
use crate::ir::function::{Function, Program};
use crate::schedule::kernels::Mode;
use crate::schedule::losses::LossLoops;
use crate::schedule::print::Titled;
use crate::schedule::steps::Workspace;
use optimizer::CompiledOptimizer;
use tokens::{identifier, local, runtime, setting, with_runtime_in};

/// A network ready to be printed.
pub struct CompiledNetwork {
    pub network: Network,
    /// What all its functions are made of.
    pub program: Program,
    /// Forward and backward as derived, one statement after the other.
    pub derived: [Function; 2],
    /// Forward and backward.
    pub training: Workspace,
    /// For a batch.
    pub predict: Workspace,
    /// For one sample.
    pub predict_one: Workspace,
    pub jacobian: Workspace,
    pub along: Option<Along>,
    pub explanation: Explanation,
}

impl CompiledNetwork {
    /// The workspaces of its functions, and what these are called.
    pub fn workspaces(&self) -> [Titled<'_>; 4] {
        [
            (&self.training, &["forward", "backward"]),
            (&self.predict, &["evaluate, for a batch"]),
            (&self.predict_one, &["forward, for one sample"]),
            (&self.jacobian, &["jacobian, for one sample"]),
        ]
    }
}

/// The functions of a network with derivatives along a direction.
pub struct Along {
    /// For one sample.
    pub predict_one: Workspace,
    /// Forward and backward.
    pub training: Workspace,
}

/// A loss ready to be printed.
pub struct CompiledLoss {
    pub loss: Loss,
    /// Into how many parts it divides the outputs.
    pub parts: usize,
    /// For one sample: its value, how many samples it counts for, the gradients on the outputs.
    pub loops: LossLoops,
    /// The same for several samples at once, if that gains.
    pub vectorised: Option<LossLoops>,
    pub explanation: Explanation,
}

/// Everything that a `network!` block expands to, for use where `tapeless` is that path.
pub fn block(
    tapeless: &TokenStream,
    constants: &[Constant],
    missing: &[Unknown],
    networks: impl Iterator<Item = CompiledNetwork>,
    losses: impl Iterator<Item = CompiledLoss>,
    optimizers: impl Iterator<Item = CompiledOptimizer>,
) -> TokenStream {
    let constants = constants.iter().map(constant);
    let missing = missing.iter().map(unknown);
    let networks = networks.map(|compiled| network::network(&compiled));
    let losses = loss::losses(&losses.collect::<Vec<_>>());
    let optimizers = optimizers.map(|compiled| optimizer::optimizer(&compiled));
    let items = quote!(#(#constants)* #(#missing)* #(#networks)* #losses #(#optimizers)*);
    with_runtime_in(tapeless, items)
}

/// A struct with a field for each item of a block, which rustc removes if its condition does not hold
/// before it runs the derive macro that compiles the others.
pub fn conditional_block(
    tapeless: &TokenStream,
    items: &[ConditionalItem],
    mode: Mode,
) -> TokenStream {
    let path = local(PATH);
    let derive = match mode {
        Mode::Recognised => quote!(NetworksThatRemain),
        Mode::Loops => quote!(NetworksThatRemainAsLoops),
    };
    let attribute = local(ITEM);
    let fields = items.iter().enumerate().map(|(number, item)| {
        let ConditionalItem { conditions, tokens } = item;
        let field = local(&format!("_{number}"));
        quote!(#(#conditions)* #[#attribute(#tokens)] #field: (),)
    });
    let fields: TokenStream = fields.collect();
    // Names that begin with `_` are never unused; another block of the module has another one.
    let mut hasher = DefaultHasher::new();
    fields.to_string().hash(&mut hasher);
    let name = local(&format!("_Networks{:016x}", hasher.finish()));
    quote! {
        #[derive(#tapeless::__private::compiler::#derive)]
        #[#path(#tapeless)]
        struct #name { #fields }
    }
}

/// A number of f32 in as many digits as that needs; one that does not fit, which has been reported, as
/// it is.
fn single(value: f64) -> Literal {
    #[expect(clippy::cast_possible_truncation, reason = "what fits is one of f32 already")]
    let single = value as f32;
    if single.is_finite() {
        Literal::f32_unsuffixed(single)
    } else {
        Literal::f64_unsuffixed(value)
    }
}

/// An item that is not known. rustc says nothing of a name that is missing beside a mistake in a macro, nor
/// of what is done with it elsewhere.
fn unknown(unknown: &Unknown) -> TokenStream {
    let Unknown { visibility, name, kind } = unknown;
    let generic = format_ident!("{name}Of");
    let name = identifier(&name.to_string(), name.span());
    let missing = local("item_with_mistakes");
    match kind {
        UnknownKind::Constant => quote!(#visibility const #name: #missing = #missing;),
        UnknownKind::Plain => quote!(#visibility type #name = #missing;),
        UnknownKind::Network => quote! {
            #visibility type #generic<T> = #missing<T>;
            #visibility type #name = #missing;
        },
    }
}

/// A constant for the rest of the crate; it counts as used whether or not that reads it.
fn constant(constant: &Constant) -> TokenStream {
    let Constant { attributes, visibility, name, number, value } = constant;
    let name = identifier(&name.to_string(), name.span());
    let value = match *value {
        ConstantValue::Integer(value) => Literal::i64_unsuffixed(value),
        ConstantValue::Real(value) if number == "f32" => single(value),
        ConstantValue::Real(value) => Literal::f64_unsuffixed(value),
    };
    quote! {
        #(#attributes)*
        #visibility const #name: ::core::primitive::#number = #value;
        const _: ::core::primitive::#number = #name;
    }
}
