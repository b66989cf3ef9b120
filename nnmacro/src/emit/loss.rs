//! A loss's type, with its value and its gradient on the outputs in one pass over each sample.

use std::collections::HashMap;

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::nest::{Scope, Storage, nest};
use super::{CompiledLoss, local, runtime};
use crate::check::{OUTPUTS, names};
use crate::index::ArrayId;
use crate::program::{Program, Role, Statement};
use crate::syntax::ExpressionKind;

/// An argument of this name takes the outputs of a network that does not end in `softmax`.
const LOGITS: &str = "logits";

/// Everything that one loss expands to.
pub fn loss(compiled: &CompiledLoss) -> TokenStream {
    let rt = runtime();
    let CompiledLoss { loss, program } = compiled;
    let definition = &loss.definition;
    let visibility = &definition.visibility;
    let name = names::loss(&definition.name);
    let mut documentation: Vec<&str> = definition.documentation.lines().collect();
    if documentation.is_empty() {
        documentation.push("A loss, compiled from its equation.");
    }
    let settings = definition.settings.iter().zip(&loss.defaults);
    let fields = settings.clone().map(|(setting, default)| {
        let (name, text) = (&setting.name, format!("{default}, by default."));
        quote!(#[doc = #text] pub #name: f64,)
    });
    let defaults = settings.map(|(setting, &default)| {
        let (name, value) = (&setting.name, number(default));
        quote!(#name: #value,)
    });
    let checks =
        definition.settings.iter().zip(&loss.ranges).map(|(setting, &(least, greatest))| {
            let (name, text) = (&setting.name, setting.name.to_string());
            let (least, greatest) = (number(least), number(greatest));
            quote!(#rt::check_setting(#text, self.#name, #least, #greatest)?;)
        });
    let takes_logits = definition.inputs.first().is_some_and(|input| input.name == LOGITS);
    let takes_probabilities =
        (!takes_logits).then(|| quote!(impl #rt::Accepts<#rt::Probabilities> for #name {}));
    let has_class = program.arrays.iter().any(|array| array.role == Role::Class);
    let (target_trait, check, item) = if has_class {
        (quote!(Labels), quote!(check_labels(target, batch, features)?), quote!(usize))
    } else {
        let check = quote!(check_values(target, batch, features)?.chunks_exact(features));
        (quote!(Values<T>), check, quote!(&'a [T]))
    };
    let sample = sample(compiled);
    let implementation = quote! {
        impl ::core::default::Default for #name {
            fn default() -> Self {
                Self { #(#defaults)* }
            }
        }

        impl #rt::Accepts<#rt::Logits> for #name {}
        #takes_probabilities

        impl<T: #rt::Real, Y: #rt::#target_trait + ?Sized> #rt::Loss<T, Y> for #name {
            fn evaluate(
                &self,
                outputs: &[T],
                features: usize,
                target: &Y,
                gradient: &mut [T],
            ) -> ::core::result::Result<T, #rt::LossError> {
                #[inline(always)]
                fn samples<'a, T: #rt::Real, I: ::core::iter::Iterator<Item = #item>>(
                    (loss, features, outputs, targets, gradient): (&#name, usize, &[T], I, &mut [T]),
                ) -> f64 {
                    #sample
                }
                #(#checks)*
                let features = features.max(1);
                let batch = outputs.len() / features;
                let targets = #rt::#check;
                let total = #rt::vectorise((self, features, outputs, targets, gradient), samples);
                ::core::result::Result::Ok(T::of(total / batch as f64))
            }
        }
    };
    quote! {
        #(#[doc = #documentation])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        #visibility struct #name {
            #(#fields)*
        }

        #implementation
    }
}

/// A number by its bits, which no lint takes for an approximation.
fn number(value: f64) -> TokenStream {
    let bits = Literal::u64_suffixed(value.to_bits());
    quote!(f64::from_bits(#bits))
}

/// The loop over samples: the sum of the losses, and each gradient of their mean.
fn sample(compiled: &CompiledLoss) -> TokenStream {
    let CompiledLoss { loss, program } = compiled;
    let definition = &loss.definition;
    let settings = definition.settings.iter().map(|setting| {
        let (name, variable) = (&setting.name, local(&format!("setting_{}", setting.name)));
        quote!(let #variable = T::of(loss.#name);)
    });
    let sizes = outputs_sizes(compiled).into_iter().map(|size| {
        let variable = local(&format!("setting_{size}"));
        quote!(let #variable = T::of(features as f64);)
    });
    let storage = storage(program);
    let statements = statements(program, storage);
    let value = variable(program, program.output);
    quote! {
        #(#settings)*
        #(#sizes)*
        let share = T::of(1.0 / (outputs.len() / features) as f64);
        let mut total = 0.0;
        let rows = outputs.chunks_exact(features).zip(gradient.chunks_exact_mut(features));
        for ((outputs, gradient), target) in rows.zip(targets) {
            #statements
            total += T::to_f64(#value);
        }
        total
    }
}

/// The names of the number of outputs: `C` in `p[c: C]`, and the one it always has.
fn outputs_sizes(compiled: &CompiledLoss) -> Vec<String> {
    let axes = compiled.loss.definition.inputs.iter().flat_map(|input| &input.axes);
    let mut sizes: Vec<String> = axes
        .filter_map(|axis| match &axis.extent.kind {
            ExpressionKind::Name(name) => Some(name.to_string()),
            _ => None,
        })
        .collect();
    sizes.push(OUTPUTS.to_owned());
    sizes.sort();
    sizes.dedup();
    sizes
}

/// What each array is called inside the loop over samples.
fn storage(program: &Program) -> HashMap<ArrayId, Storage> {
    let ids = (0..program.arrays.len()).filter_map(|k| u32::try_from(k).ok()).map(ArrayId);
    let each = ids.map(|id| {
        let array = program.array(id);
        let storage = match array.role {
            Role::Input if id == program.input => Storage::Slice(local("outputs")),
            Role::Input => Storage::Slice(local("target")),
            Role::Class => Storage::Class(local("target")),
            Role::OutputGradient => Storage::Variable(local("share")),
            _ if array.gradient_of == Some(program.input) => Storage::Slice(local("gradient")),
            _ => Storage::Variable(variable(program, id)),
        };
        (id, storage)
    });
    each.collect()
}

fn variable(program: &Program, id: ArrayId) -> Ident {
    local(&format!("{}_{}", program.array(id).name, id.0))
}

fn statements(program: &Program, storage: HashMap<ArrayId, Storage>) -> TokenStream {
    let scope = Scope { program, storage, length: quote!(features) };
    let all = program.forward.iter().chain(&program.backward);
    all.map(|statement: &Statement| nest(&scope, statement)).collect()
}
