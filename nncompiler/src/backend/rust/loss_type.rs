//! The type of a loss, which holds its settings.

use proc_macro2::TokenStream;
use quote::quote;

use super::loop_nest::number;
use super::tokens::{identifier_of, in_own_scope, local};
use super::{CompiledLoss, CompiledNetworkLoss, equations, runtime};
use crate::explain::{Explanations, is_plain};
use crate::frontend::resolved::{LossSetting, LossType};

/// A loss as it is with one kind of outputs and targets.
struct Version<'a> {
    of: &'a LossType,
    explanations: &'a Explanations,
    /// Whether it takes probabilities, if it is of any network.
    takes_probabilities: Option<bool>,
}

/// The types of losses, each once.
pub fn loss_types(losses: &[CompiledLoss], network_losses: &[CompiledNetworkLoss]) -> TokenStream {
    let of_any = losses.iter().map(|CompiledLoss { loss, explanations, .. }| Version {
        of: &loss.of,
        explanations,
        takes_probabilities: Some(!loss.takes_logits),
    });
    let of_networks = network_losses.iter();
    let of_networks = of_networks.map(|CompiledNetworkLoss { loss, explanations, .. }| Version {
        of: &loss.of,
        explanations,
        takes_probabilities: None,
    });
    let all: Vec<Version> = of_any.chain(of_networks).collect();
    let is_first = |at: &usize| all[..*at].iter().all(|before| before.of.name != all[*at].of.name);
    let types = (0..all.len()).filter(is_first).map(|at| {
        let same = all.iter().filter(|one| one.of.name == all[at].of.name);
        loss_type(&same.collect::<Vec<_>>())
    });
    types.collect()
}

/// The struct of a loss.
fn loss_type(versions: &[&Version]) -> TokenStream {
    let of = versions[0].of;
    let (name, lifetime, visibility) = (&of.structure, lifetime(of), &of.visibility);
    let text: String = versions.iter().map(|one| one.explanations.text()).collect();
    let otherwise = "A loss, compiled from its equation.";
    let documentation = equations::documentation(&of.documentation, otherwise, &text);
    let fields = of.settings.iter().map(|LossSetting { name, default, is_per_output, .. }| {
        let name = identifier_of(name);
        if *is_per_output {
            let text = format!("One number for each output; empty, by default: {default} for all.");
            quote!(#[doc = #text] pub #name: &'a [::core::primitive::f64],)
        } else {
            let text = format!("{default}, by default.");
            quote!(#[doc = #text] pub #name: ::core::primitive::f64,)
        }
    });
    let implementations = in_own_scope(&implementations(versions));
    quote! {
        #(#[doc = #documentation])*
        #[derive(
            ::core::clone::Clone,
            ::core::marker::Copy,
            ::core::fmt::Debug,
            ::core::cmp::PartialEq,
        )]
        #visibility struct #name #lifetime {
            #(#fields)*
        }

        #implementations
    }
}

/// Its default, its explanation, and which outputs it accepts.
fn implementations(versions: &[&Version]) -> TokenStream {
    let rt = runtime();
    let of = versions[0].of;
    let (name, lifetime) = (&of.structure, lifetime(of));
    let what = "The equations of the loss, and of its gradient on the outputs.";
    let explanations: Vec<&Explanations> = versions.iter().map(|one| one.explanations).collect();
    let equations = equations::methods(what, &explanations, &has_plain_defaults(of));
    let defaults =
        of.settings.iter().map(|LossSetting { name, default, is_per_output, .. }| {
            let name = identifier_of(name);
            let value = if *is_per_output { quote!(&[]) } else { number(*default) };
            quote!(#name: #value,)
        });
    let of_any = versions.iter().find_map(|one| one.takes_probabilities);
    // One of named outputs takes them whatever they mean.
    let accepted = [("Logits", true), ("Probabilities", of_any != Some(false))];
    let accepts = accepted.into_iter().filter(|(_, is_accepted)| *is_accepted).map(|(what, _)| {
        let what = local(what);
        quote!(impl #lifetime #rt::Accepts<#rt::#what> for #name #lifetime {})
    });
    quote! {
        impl #lifetime ::core::default::Default for #name #lifetime {
            fn default() -> Self {
                Self { #(#defaults)* }
            }
        }

        impl #lifetime #name #lifetime {
            #equations
        }

        #(#accepts)*
    }
}

/// `'a,` in front of other parameters.
pub fn lifetime_parameter(of: &LossType) -> Option<TokenStream> {
    lifetime(of).map(|_| quote!('a,))
}

/// Whether each setting with a plain default has it.
fn has_plain_defaults(of: &LossType) -> TokenStream {
    let plain = of.settings.iter().filter(|one| is_plain(one.default));
    let (several, single): (Vec<&LossSetting>, Vec<&LossSetting>) =
        plain.partition(|one| one.is_per_output);
    let single: Vec<_> = single.into_iter().map(|one| (&one.name, one.default)).collect();
    let are_empty = several.into_iter().map(|one| {
        let name = identifier_of(&one.name);
        quote!(<[::core::primitive::f64]>::is_empty(self.#name))
    });
    equations::are_settings(&single, are_empty)
}

/// `<'a>` for a loss with numbers for each output, which it borrows.
pub fn lifetime(of: &LossType) -> Option<TokenStream> {
    of.settings.iter().any(|setting| setting.is_per_output).then(|| quote!(<'a>))
}
