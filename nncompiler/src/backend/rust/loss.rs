//! A loss's type, with its value and its gradient on the outputs in one pass over each sample.

use std::collections::{BTreeSet, HashMap};

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::nest::{Scope, Storage, nest, number};
use super::{CompiledLoss, local, runtime, setting};
use crate::explain::Explanation;
use crate::frontend::resolve::{Loss, OUTPUTS, names};
use crate::frontend::syntax::{Definition, ExpressionKind};
use crate::ir::function::{Program, Role, writers};
use crate::ir::index::ArrayId;
use crate::schedule::vectorise::ABREAST;

/// An argument of this name takes the outputs of a network that does not end in `softmax`.
const LOGITS: &str = "logits";

/// The types of losses, each once, and what each does with each kind of target.
pub fn losses(losses: &[CompiledLoss]) -> TokenStream {
    let is_first = |at: usize| {
        let name = &losses[at].loss.definition.name;
        losses[..at].iter().all(|before| before.loss.definition.name != *name)
    };
    let types = losses.iter().enumerate().filter(|(at, _)| is_first(*at));
    let types = types.map(|(_, first)| {
        let name = &first.loss.definition.name;
        let all = losses.iter().filter(|other| other.loss.definition.name == *name);
        let all: Vec<&Explanation> = all.map(|loss| &loss.explanation).collect();
        loss_type(&first.loss, &all)
    });
    let implementations = losses.iter().map(implementation);
    quote!(#(#types)* #(#implementations)*)
}

/// The struct of a loss, which holds its settings.
fn loss_type(loss: &Loss, explanations: &[&Explanation]) -> TokenStream {
    let rt = runtime();
    let definition = &loss.definition;
    let visibility = &definition.visibility;
    let (name, lifetime) = (names::loss(&definition.name), lifetime(definition));
    let mut documentation: Vec<&str> = definition.documentation.lines().collect();
    if documentation.is_empty() {
        documentation.push("A loss, compiled from its equation.");
    }
    let text: String = explanations.iter().map(|one| one.text.as_str()).collect();
    let latex: String = explanations.iter().map(|one| one.latex.as_str()).collect();
    documentation.extend(["", "```text"]);
    documentation.extend(text.lines());
    documentation.push("```");
    let settings = definition.settings.iter().zip(&loss.defaults);
    let fields = settings.clone().map(|(setting, default)| {
        let name = &setting.name;
        if setting.axes.is_empty() {
            let text = format!("{default}, by default.");
            quote!(#[doc = #text] pub #name: f64,)
        } else {
            let text = format!("One number for each output; empty, by default: {default} for all.");
            quote!(#[doc = #text] pub #name: &'a [f64],)
        }
    });
    let defaults = settings.map(|(setting, &default)| {
        let (name, value) = (&setting.name, number(default));
        let value = if setting.axes.is_empty() { value } else { quote!(&[]) };
        quote!(#name: #value,)
    });
    let takes_logits = definition.inputs.first().is_some_and(|input| input.name == LOGITS);
    let takes_probabilities = (!takes_logits)
        .then(|| quote!(impl #lifetime #rt::Accepts<#rt::Probabilities> for #name #lifetime {}));
    quote! {
        #(#[doc = #documentation])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        #visibility struct #name #lifetime {
            #(#fields)*
        }

        impl #lifetime ::core::default::Default for #name #lifetime {
            fn default() -> Self {
                Self { #(#defaults)* }
            }
        }

        impl #lifetime #name #lifetime {
            /// The equations of the loss for one sample, and of its gradient on the outputs.
            #[must_use]
            pub const fn explain() -> &'static str {
                #text
            }

            /// The same equations as LaTeX, for a document that uses amsmath.
            #[must_use]
            pub const fn latex() -> &'static str {
                #latex
            }
        }

        impl #lifetime #rt::Accepts<#rt::Logits> for #name #lifetime {}
        #takes_probabilities
    }
}

/// `<'a>` for a loss with numbers for each output, which it borrows.
fn lifetime(definition: &Definition) -> Option<TokenStream> {
    definition.settings.iter().any(|setting| !setting.axes.is_empty()).then(|| quote!(<'a>))
}

/// What a loss does with one kind of target.
fn implementation(compiled: &CompiledLoss) -> TokenStream {
    let rt = runtime();
    let CompiledLoss { loss, program, .. } = compiled;
    let definition = &loss.definition;
    let (name, lifetime) = (names::loss(&definition.name), lifetime(definition));
    let settings = lifetime.as_ref().map(|_| quote!('a,));
    let parts = definition.inputs.len().saturating_sub(1).max(1);
    let checks = definition.settings.iter().zip(&loss.ranges).map(|(setting, range)| {
        let (name, text) = (&setting.name, setting.name.to_string());
        let (least, greatest) = (number(range.0), number(range.1));
        if setting.axes.is_empty() {
            quote!(#rt::check_setting(#text, self.#name, #least, #greatest)?;)
        } else {
            quote!(#rt::check_settings(#text, self.#name, features, #least, #greatest)?;)
        }
    });
    let target = program.arrays.iter().find(|array| array.role == Role::Target);
    let (kind, bound, check, item) = match target {
        None => {
            let check = quote!(check_labels(target, batch, features)?);
            (quote!(Classes), quote!(Labels), check, quote!(usize))
        }
        Some(target) => {
            let width = if target.axes.is_empty() { quote!(1) } else { quote!(features) };
            let check = quote!(check_values(target, batch, #width)?.chunks_exact(#width));
            (quote!(Reals), quote!(Values<T>), check, quote!(&'t [T]))
        }
    };
    let total = total(compiled, parts);
    let types = quote!((&#name #lifetime, usize, &[T], f64, I));
    let samples = samples(compiled, parts);
    quote! {
        impl<#settings T: #rt::Real, Y: #rt::#bound + ?Sized> #rt::Loss<T, Y, #rt::#kind>
            for #name #lifetime
        {
            fn evaluate(
                &self,
                outputs: &[T],
                features: usize,
                target: &Y,
                gradient: &mut [T],
            ) -> ::core::result::Result<T, #rt::LossError> {
                enum Total {}
                impl<'t, #settings T: #rt::Real, I: ::core::iter::Iterator<Item = #item>>
                    #rt::Body<&mut [T], #types> for Total
                {
                    type Output = f64;
                    #[inline(always)]
                    fn run(gradient: &mut [T], (loss, features, outputs, samples, targets): #types) -> f64 {
                        #total
                    }
                }
                let batch = outputs.len() / features.max(1);
                let features = #rt::check_parts(features, #parts)?;
                #(#checks)*
                let targets = #rt::#check;
                let loss = self;
                let samples: f64 = #samples;
                let width = features * #parts;
                let total = #rt::sum_of_samples::<T, #ABREAST>(outputs, gradient, width, |range, outputs, gradient| {
                    let targets = targets.clone().skip(range.start).take(range.len());
                    #rt::vectorise::<Total, _, _>(gradient, (loss, features, outputs, samples, targets))
                });
                ::core::result::Result::Ok(T::of(total / samples))
            }
        }
    }
}

/// The settings of a loss as variables.
fn settings(compiled: &CompiledLoss) -> TokenStream {
    let settings = compiled.loss.definition.settings.iter().map(|one| {
        let (name, variable) = (&one.name, setting(&one.name.to_string()));
        let is_one = one.axes.is_empty();
        let value = if is_one { quote!(T::of(loss.#name)) } else { quote!(loss.#name) };
        quote!(let #variable = #value;)
    });
    settings.collect()
}

/// What the sum of the losses is divided by.
fn samples(compiled: &CompiledLoss, parts: usize) -> TokenStream {
    let (settings, program) = (settings(compiled), &compiled.program);
    let storage = storage(compiled);
    let scope = Scope { program, storage, length: quote!(features), plain: false };
    let samples = count_of_samples(&scope);
    match program.samples {
        None => quote!({ let width = features * #parts; #samples }),
        Some(_) => quote!({ #settings #samples }),
    }
}

/// Outputs up to which samples are computed abreast; with more, each fills registers by itself.
const MOST_ABREAST: usize = 16;

/// The sum of the losses, and each gradient of their mean.
fn total(compiled: &CompiledLoss, parts: usize) -> TokenStream {
    let settings = settings(compiled);
    let sizes = outputs_sizes(compiled).into_iter().map(|size| {
        let variable = setting(&size);
        quote!(let #variable = T::of(features as f64);)
    });
    let one_by_one = one_by_one(compiled, parts);
    let loops = match &compiled.abreast {
        None => one_by_one,
        Some(program) => {
            let abreast = abreast(compiled, program, parts);
            quote!(if width <= #MOST_ABREAST { #abreast } else { #one_by_one })
        }
    };
    quote! {
        #settings
        #(#sizes)*
        let width = features * #parts;
        let share = T::of(1.0 / samples);
        let mut total = 0.0;
        #loops
        total
    }
}

/// The loop over samples, one after the other.
fn one_by_one(compiled: &CompiledLoss, parts: usize) -> TokenStream {
    let program = &compiled.program;
    let statements = statements(program, storage(compiled));
    let value = variable(program, program.output);
    let cuts = cuts(program, parts, &quote!(features));
    quote! {
        let rows = outputs.chunks_exact(width).zip(gradient.chunks_exact_mut(width));
        for ((outputs, gradient), target) in rows.zip(targets) {
            #cuts
            #statements
            total += T::to_f64(#value);
        }
    }
}

/// The loop over blocks of samples that lie abreast: an output's numbers one after the other. What the
/// last block lacks is computed all the same, and not used.
fn abreast(compiled: &CompiledLoss, program: &Program, parts: usize) -> TokenStream {
    let rt = runtime();
    let storage = storage(compiled);
    // In order, so that equal declarations expand to equal tokens.
    let written: BTreeSet<ArrayId> =
        writers(program.forward.iter().chain(&program.backward)).into_keys().collect();
    let results = written.into_iter().filter_map(|id| match storage.get(&id) {
        Some(Storage::Variable(name)) => Some(quote!(let mut #name = [T::ZERO; #ABREAST];)),
        _ => None,
    });
    let results: TokenStream = results.collect();
    let statements = statements(program, storage_abreast(compiled, program));
    let value = variable(program, program.output);
    let room = MOST_ABREAST * ABREAST;
    let cuts = cuts(program, parts, &quote!(features * #ABREAST));
    let takes_classes = program.arrays.iter().all(|array| array.role != Role::Target);
    let (target_room, lay_target) = if takes_classes {
        (ABREAST, quote!(target[lane] = T::of(given as f64);))
    } else {
        (room, quote!(#rt::interleave_one::<T, #ABREAST>(given, lane, &mut target);))
    };
    quote! {
        let mut outputs_abreast = [T::ZERO; #room];
        let mut gradient_abreast = [T::ZERO; #room];
        let mut target = [T::ZERO; #target_room];
        #results
        let mut targets = targets;
        let size = width * #ABREAST;
        for (outputs_block, gradient_block) in outputs.chunks(size).zip(gradient.chunks_mut(size)) {
            let count = outputs_block.len() / width;
            #rt::interleave::<T, #ABREAST>(outputs_block, width, &mut outputs_abreast);
            for (lane, given) in targets.by_ref().take(count).enumerate() {
                #lay_target
            }
            let outputs = &outputs_abreast[..size];
            let gradient = &mut gradient_abreast[..size];
            #cuts
            #statements
            #rt::deinterleave::<T, #ABREAST>(&gradient_abreast, width, gradient_block);
            for &value in &#value[..count] {
                total += T::to_f64(value);
            }
        }
    }
}

/// Forward and backward.
fn statements(program: &Program, storage: HashMap<ArrayId, Storage>) -> TokenStream {
    let scope = Scope { program, storage, length: quote!(features), plain: false };
    let statements = program.forward.iter().chain(&program.backward);
    statements.map(|statement| nest(&scope, statement)).collect()
}

/// The parts of outputs and gradient, each of a size; what no equation reads has no gradient.
fn cuts(program: &Program, parts: usize, size: &TokenStream) -> TokenStream {
    let cuts = (0..parts).map(|part| {
        let (outputs, gradient) = (part_of("outputs", part), part_of("gradient", part));
        let unread = (!has_gradient(program, part)).then(|| quote!(#gradient.fill(T::ZERO);));
        quote! {
            let (#outputs, outputs) = outputs.split_at(#size);
            let (#gradient, gradient) = gradient.split_at_mut(#size);
            #unread
        }
    });
    quote!(#(#cuts)* let _ = (outputs, gradient);)
}

/// Whether anything flows back to a part of the outputs; what no equation reads has no gradient.
fn has_gradient(program: &Program, part: usize) -> bool {
    let is_it = |of: ArrayId| of.0 as usize == part;
    program.arrays.iter().any(|array| array.gradient_of.is_some_and(is_it))
}

/// What the sum of the losses is divided by: each sample counts once, or as its target says.
fn count_of_samples(scope: &Scope) -> TokenStream {
    let program = scope.program;
    let Some(samples) = program.samples else {
        return quote!((outputs.len() / width) as f64);
    };
    let mut needed = vec![samples];
    for statement in program.forward.iter().rev() {
        if needed.contains(&statement.target.array) {
            let read = program.graph.elements(statement.value);
            needed.extend(read.into_iter().map(|(_, access)| access.array));
        }
    }
    let statements = program.forward.iter();
    let statements = statements.filter(|statement| needed.contains(&statement.target.array));
    let statements = statements.map(|statement| nest(scope, statement));
    let samples = variable(program, samples);
    quote! {
        targets.clone().map(|target| {
            #(#statements)*
            T::to_f64(#samples)
        }).sum()
    }
}

/// The n-th equal part of the outputs, or of the gradient on them.
fn part_of(name: &str, part: usize) -> Ident {
    local(&format!("{name}{part}"))
}

/// The names of the number of outputs: `C` in `p[c: C]`, and the one it always has.
fn outputs_sizes(compiled: &CompiledLoss) -> Vec<String> {
    let definition = &compiled.loss.definition;
    let inputs = definition.inputs.iter().flat_map(|input| &input.axes);
    let axes = inputs.chain(definition.settings.iter().flat_map(|setting| &setting.axes));
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
fn storage(compiled: &CompiledLoss) -> HashMap<ArrayId, Storage> {
    let program = &compiled.program;
    let ids = (0..program.arrays.len()).filter_map(|k| u32::try_from(k).ok()).map(ArrayId);
    let each = ids.map(|id| {
        let array = program.array(id);
        // The outputs come first among the arrays.
        let storage = match (array.role, array.gradient_of) {
            (Role::Input, _) => Storage::Slice(part_of("outputs", id.0 as usize)),
            (Role::Target, _) => Storage::Slice(local("target")),
            (Role::Class, _) => Storage::Class(local("target")),
            (Role::Setting, _) => {
                Storage::Setting(setting(&array.name), default(&compiled.loss, &array.name))
            }
            (Role::OutputGradient, _) => Storage::Variable(local("share")),
            (_, Some(of)) if program.array(of).role == Role::Input => {
                Storage::Slice(part_of("gradient", of.0 as usize))
            }
            _ => Storage::Variable(variable(program, id)),
        };
        (id, storage)
    });
    each.collect()
}

/// The same for samples abreast, where what one sample has one number of is an array.
fn storage_abreast(compiled: &CompiledLoss, program: &Program) -> HashMap<ArrayId, Storage> {
    let abreast = |(id, storage)| match storage {
        Storage::Variable(name) if program.array(id).role != Role::OutputGradient => {
            (id, Storage::Slice(name))
        }
        Storage::Class(name) => (id, Storage::Slice(name)),
        other => (id, other),
    };
    storage(compiled).into_iter().map(abreast).collect()
}

/// The default of a setting.
fn default(loss: &Loss, name: &str) -> f64 {
    let mut settings = loss.definition.settings.iter().zip(&loss.defaults);
    settings.find(|(setting, _)| setting.name == name).map_or(0.0, |(_, &default)| default)
}

fn variable(program: &Program, id: ArrayId) -> Ident {
    local(&format!("{}_{}", program.array(id).name, id.0))
}
