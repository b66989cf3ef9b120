//! Kernels → Rust: the last stage, and the only one that writes tokens.
//!
//! No `unsafe`, no lint attribute that a user may forbid, absolute paths, flat `let` code, and a
//! doc comment on every public item.

mod body;
mod equations;
pub mod exports;
mod language;
mod loop_nest;
mod loss;
mod loss_type;
mod network;
mod network_loss;
pub mod optimizer;
mod outlined;
mod ports;
mod tokens;
mod types;
mod words;

pub use language::language;
use std::hash::{DefaultHasher, Hash, Hasher};
pub use words::words;

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use crate::explain::{Explanation, Explanations};
use crate::frontend::parse::conditions::{ConditionalItem, ITEM, PATH};
use crate::frontend::resolved::{
    Constant, ConstantValue, Loss, Network, NetworkLoss, TargetKind, Unknown, UnknownKind,
};
use crate::ir::function::{Function, Program};
use crate::schedule::kernels::Mode;
use crate::schedule::losses::LossLoops;
use crate::schedule::print::Titled;
use crate::schedule::steps::Workspace;
use optimizer::CompiledOptimizer;
use tokens::{identifier_of, local, runtime, setting, with_runtime_in};

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
    /// For one sample of a network with one input and one output.
    pub jacobian: Option<Workspace>,
    /// Scalars a sample that losses of this network need.
    pub loss_scalars: usize,
    pub explanation: Explanation,
}

impl CompiledNetwork {
    /// The workspaces of its functions, and what these are called.
    pub fn workspaces(&self) -> Vec<Titled<'_>> {
        let jacobian = self.jacobian.iter();
        let jacobian = jacobian.map(|one| -> Titled<'_> { (one, &["jacobian, for one sample"]) });
        let all: [Titled<'_>; 3] = [
            (&self.training, &["forward", "backward"]),
            (&self.predict, &["evaluate, for a batch"]),
            (&self.predict_one, &["forward, for one sample"]),
        ];
        all.into_iter().chain(jacobian).collect()
    }
}

/// A loss of one network ready to be printed.
pub struct CompiledNetworkLoss {
    pub loss: NetworkLoss,
    pub program: Program,
    /// The value, the gradients on the outputs that it is of, and what it is given: the gradient on the
    /// value.
    pub workspace: Workspace,
    pub explanations: Explanations,
}

impl CompiledNetworkLoss {
    /// Scalars a sample beside outputs and gradients.
    pub fn scalars(&self) -> usize {
        let targets = self.loss.targets.iter();
        let classes = targets.filter(|target| matches!(target.kind, TargetKind::Class(_)));
        let classes: usize = classes.map(|target| target.width).sum();
        let gradients = self.loss.outputs.iter().filter(|(_, of)| of.is_some());
        let gradients: usize = gradients.map(|(width, _)| width).sum();
        let settings = self.loss.of.settings.iter().zip(self.loss.setting_widths());
        let settings: usize =
            settings.filter(|(one, _)| one.is_per_output).map(|(_, width)| width).sum();
        classes + settings + self.workspace.plan.scalars() - gradients
    }
}

/// A loss of any network ready to be printed.
pub struct CompiledLoss {
    pub loss: Loss,
    /// Into how many parts it divides the outputs.
    pub parts: usize,
    /// For one sample: its value, how many samples it counts for, the gradients on the outputs.
    pub loops: LossLoops,
    /// The same for several samples at once, if that gains.
    pub vectorised: Option<LossLoops>,
    pub explanations: Explanations,
}

/// What a `network!` block declares, ready to be printed.
#[derive(Default)]
pub struct CompiledBlock {
    pub networks: Vec<CompiledNetwork>,
    pub losses: Vec<CompiledLoss>,
    pub network_losses: Vec<CompiledNetworkLoss>,
    pub optimizers: Vec<CompiledOptimizer>,
}

/// Everything that a `network!` block expands to, for use where `tapeless` is that path.
pub fn block(
    tapeless: &TokenStream,
    constants: &[Constant],
    missing: &[Unknown],
    compiled: &CompiledBlock,
) -> TokenStream {
    let constants = constants.iter().map(constant);
    let missing = missing.iter().map(unknown);
    let networks = compiled.networks.iter().map(network::network);
    let types = loss_type::loss_types(&compiled.losses, &compiled.network_losses);
    let losses = loss::losses(&compiled.losses);
    let network_losses = network_loss::network_losses(&compiled.network_losses);
    let optimizers = compiled.optimizers.iter().map(optimizer::optimizer);
    let items = quote!(
        #(#constants)* #(#missing)* #(#networks)* #types #losses #network_losses #(#optimizers)*
    );
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
    let name = identifier_of(name);
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
    let name = identifier_of(name);
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
