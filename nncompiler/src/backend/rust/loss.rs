//! A loss's type, with its value and its gradient on the outputs in one pass over each sample.

use std::collections::{BTreeSet, HashMap};

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::loop_nest::{Scope, Storage, loop_nest, number};
use super::loss_type::lifetime;
use super::tokens::{identifier_of, in_own_scope};
use super::{CompiledLoss, local, runtime, setting};
use crate::frontend::resolved::{LossSetting, LossType};
use crate::ir::cost::{MOST_VECTOR_OUTPUTS, VECTOR_SAMPLES};
use crate::ir::function::{Array, Holder, Program, Role, writers};
use crate::ir::index::ArrayId;
use crate::schedule::losses::LossLoops;

/// What each loss does with each kind of target.
pub fn losses(losses: &[CompiledLoss]) -> TokenStream {
    losses.iter().map(|loss| in_own_scope(&implementation(loss))).collect()
}

/// What a loss does with one kind of target.
fn implementation(compiled: &CompiledLoss) -> TokenStream {
    let rt = runtime();
    let CompiledLoss { loss, parts, loops, .. } = compiled;
    let (name, lifetime) = (&loss.of.structure, lifetime(&loss.of));
    let settings = lifetime.as_ref().map(|_| quote!('a,));
    let (kind, bound) = match target(loops, *parts) {
        None => (quote!(Classes), quote!(Integers)),
        Some(_) => (quote!(Reals), quote!(Values<T>)),
    };
    let (total, evaluation) = (total_at_each_level(compiled), evaluation(compiled));
    quote! {
        impl<#settings T: #rt::Real, Y: #rt::#bound + ?::core::marker::Sized> #rt::Loss<T, Y, #rt::#kind>
            for #name #lifetime
        {
            fn evaluate(
                &self,
                outputs: &[T],
                features: usize,
                target: &Y,
                gradient: &mut [T],
            ) -> ::core::result::Result<T, #rt::LossError> {
                #total
                #evaluation
            }
        }
    }
}

/// The loops over a run of samples, compiled for each SIMD level.
fn total_at_each_level(compiled: &CompiledLoss) -> TokenStream {
    let rt = runtime();
    let CompiledLoss { loss, parts, loops, .. } = compiled;
    let (name, lifetime) = (&loss.of.structure, lifetime(&loss.of));
    let settings = lifetime.as_ref().map(|_| quote!('a,));
    let targets = if target(loops, *parts).is_some() { quote!(&[T]) } else { quote!(()) };
    let types = quote!((&#name #lifetime, usize, &[T], f64, #targets));
    let total = total(compiled);
    quote! {
        enum Total {}
        impl<#settings T: #rt::Real> #rt::Body<&mut [T], #types> for Total {
            type Output = f64;
            #[inline(always)]
            fn run(gradient: &mut [T], (loss, features, outputs, samples, targets): #types) -> f64 {
                #total
            }
        }
    }
}

/// What is given is checked, and the sum taken over all runs of samples.
fn evaluation(compiled: &CompiledLoss) -> TokenStream {
    let rt = runtime();
    let parts = compiled.parts;
    let checks = setting_checks(&compiled.loss.of);
    let width = target(&compiled.loops, parts).map(width_of);
    // Classes lie where the gradient is going to be, real targets in a slice of their own.
    let check = match &width {
        None => quote!(#rt::write_classes(target, features, width, gradient)?;),
        Some(width) => quote!(let targets = #rt::check_values(target, batch, #width)?;),
    };
    let targets = if width.is_some() { quote!(targets) } else { quote!(()) };
    let targets_of_run = width
        .map(|width| quote!(let targets = &targets[#width * range.start..#width * range.end];));
    let samples = samples(compiled);
    quote! {
        let batch = #rt::check_batch(<[_]>::len(outputs), features, <[_]>::len(gradient))?;
        let (width, features) = (features, #rt::check_parts(features, #parts)?);
        #(#checks)*
        #check
        let loss = self;
        let samples: f64 = #samples;
        let total = #rt::sum_of_samples::<T, #VECTOR_SAMPLES>(outputs, gradient, width, |range, outputs, gradient| {
            #targets_of_run
            #rt::vectorise::<Total, _, _>(gradient, (loss, features, outputs, samples, #targets))
        });
        ::core::result::Result::Ok(T::of(total / samples))
    }
}

/// Each setting in its range.
fn setting_checks(loss: &LossType) -> impl Iterator<Item = TokenStream> {
    let rt = runtime();
    loss.settings.iter().map(move |LossSetting { name, range, is_per_output, .. }| {
        let (name, text) = (identifier_of(name), name.to_string());
        let (least, greatest) = (number(range.0), number(range.1));
        if *is_per_output {
            quote!(#rt::check_settings(#text, self.#name, features, #least, #greatest)?;)
        } else {
            quote!(#rt::check_setting(#text, self.#name, #least, #greatest)?;)
        }
    })
}

/// How many numbers of a real target a sample has.
fn width_of(target: &Array) -> TokenStream {
    if target.axes.is_empty() { quote!(1) } else { quote!(features) }
}

/// The settings and sizes of a loss as variables.
fn settings(compiled: &CompiledLoss) -> TokenStream {
    let settings =
        compiled.loss.of.settings.iter().map(|LossSetting { name, is_per_output, .. }| {
            let (name, variable) = (identifier_of(name), setting(&name.to_string()));
            let value = if *is_per_output { quote!(loss.#name) } else { quote!(T::of(loss.#name)) };
            quote!(let #variable = #value;)
        });
    let sizes = compiled.loss.sizes.iter().map(|size| {
        let variable = setting(size);
        quote!(let #variable = T::of(features as f64);)
    });
    settings.chain(sizes).collect()
}

/// What the sum of the losses is divided by: each sample counts once, or as its target says.
fn samples(compiled: &CompiledLoss) -> TokenStream {
    let CompiledLoss { loops, parts, .. } = compiled;
    match count(loops, *parts) {
        None => quote!(batch as f64),
        Some(count) => {
            let settings = settings(compiled);
            let samples = count_of_samples(compiled, count);
            quote!({ #settings #samples })
        }
    }
}

/// The sum of the losses, and each gradient of their mean.
fn total(compiled: &CompiledLoss) -> TokenStream {
    let parts = compiled.parts;
    let settings = settings(compiled);
    let one_by_one = one_by_one(compiled);
    let loops = match &compiled.vectorised {
        None => one_by_one,
        Some(loops) => {
            let vectorised = vectorised(compiled, loops);
            quote!(if width <= #MOST_VECTOR_OUTPUTS { #vectorised } else { #one_by_one })
        }
    };
    quote! {
        #settings
        let width = features * #parts;
        let share = T::of(1.0 / samples);
        let mut total = 0.0;
        #loops
        total
    }
}

/// The loop over samples, one after the other.
fn one_by_one(compiled: &CompiledLoss) -> TokenStream {
    let CompiledLoss { loops, parts, .. } = compiled;
    let statements = statements(loops, storage(compiled));
    let value = variable(&loops.program, loops.function.outputs[0].array);
    let cuts = cuts(*parts, &quote!(features));
    let rt = runtime();
    let rows = quote!(::core::iter::zip(
        <[_]>::chunks_exact(outputs, width),
        <[_]>::chunks_exact_mut(gradient, width),
    ));
    let (row, rows, class) = match target(loops, *parts).map(width_of) {
        None => {
            (quote!((outputs, gradient)), rows, Some(quote!(let target = #rt::class_at(gradient);)))
        }
        Some(width) => {
            let targets = quote!(<[_]>::chunks_exact(targets, #width));
            (
                quote!(((outputs, gradient), target)),
                quote!(::core::iter::zip(#rows, #targets)),
                None,
            )
        }
    };
    quote! {
        for #row in #rows {
            #class
            #cuts
            #statements
            total += T::to_f64(#value);
        }
    }
}

/// The loop over blocks of samples that lie side by side: an output's numbers one after the other. What
/// the last block lacks is computed all the same, and not used.
fn vectorised(compiled: &CompiledLoss, loops: &LossLoops) -> TokenStream {
    let rt = runtime();
    let program = &loops.program;
    let storage = storage(compiled);
    // In order, so that equal declarations expand to equal tokens.
    let written: BTreeSet<ArrayId> = writers(&loops.function.body).into_keys().collect();
    let results = written.into_iter().filter_map(|id| match storage.get(&id) {
        Some(Storage::Variable(name)) => Some(quote!(let mut #name = [T::ZERO; #VECTOR_SAMPLES];)),
        _ => None,
    });
    let results: TokenStream = results.collect();
    let statements = statements(loops, storage_of_vectors(compiled, program));
    let value = variable(program, loops.function.outputs[0].array);
    let cuts = cuts(compiled.parts, &quote!(features * #VECTOR_SAMPLES));
    let target_width = target(&compiled.loops, compiled.parts).map(width_of);
    let (room, target_room) = rooms(target_width.is_some());
    let lay_targets = lay_targets(target_width.is_some());
    let targets =
        target_width.map(|width| quote!(let mut targets = <[_]>::chunks_exact(targets, #width);));
    quote! {
        let mut vector_outputs = [T::ZERO; #room];
        let mut vector_gradient = [T::ZERO; #room];
        let mut target = [T::ZERO; #target_room];
        #results
        #targets
        let size = width * #VECTOR_SAMPLES;
        let blocks = ::core::iter::zip(
            <[_]>::chunks(outputs, size),
            <[_]>::chunks_mut(gradient, size),
        );
        for (outputs_block, gradient_block) in blocks {
            let count = <[_]>::len(outputs_block) / width;
            #rt::interleave::<T, #VECTOR_SAMPLES>(outputs_block, width, &mut vector_outputs);
            #lay_targets
            let outputs = &vector_outputs[..size];
            let gradient = &mut vector_gradient[..size];
            #cuts
            #statements
            #rt::deinterleave::<T, #VECTOR_SAMPLES>(&vector_gradient, width, gradient_block);
            for &value in &#value[..count] {
                total += T::to_f64(value);
            }
        }
    }
}

/// How many numbers a block has room for: of the outputs, and of the target, be it real or a class.
fn rooms(is_real: bool) -> (usize, usize) {
    let room = MOST_VECTOR_OUTPUTS * VECTOR_SAMPLES;
    (room, if is_real { room } else { VECTOR_SAMPLES })
}

/// The targets of a block of samples side by side.
fn lay_targets(are_real: bool) -> TokenStream {
    let rt = runtime();
    let (given, lay_target) = if are_real {
        (
            quote!(::core::iter::Iterator::take(&mut targets, count)),
            quote!(#rt::interleave_one::<T, #VECTOR_SAMPLES>(given, lane, &mut target);),
        )
    } else {
        (
            quote!(<[_]>::chunks_exact(gradient_block, width)),
            quote!(target[lane] = T::of(#rt::class_at(given) as f64);),
        )
    };
    quote! {
        for (lane, given) in ::core::iter::Iterator::enumerate(#given) {
            #lay_target
        }
    }
}

/// Forward and backward.
fn statements(loops: &LossLoops, storage: HashMap<ArrayId, Storage>) -> TokenStream {
    let scope = Scope { program: &loops.program, storage, length: quote!(features) };
    loops.loop_nests.iter().map(|nest| loop_nest(&scope, nest)).collect()
}

/// The parts of outputs and gradient, each of a size.
fn cuts(parts: usize, size: &TokenStream) -> TokenStream {
    let cuts = (0..parts).map(|part| {
        let (outputs, gradient) = (part_of("outputs", part), part_of("gradient", part));
        quote! {
            let (#outputs, outputs) = <[_]>::split_at(outputs, #size);
            let (#gradient, gradient) = <[_]>::split_at_mut(gradient, #size);
        }
    });
    quote!(#(#cuts)* let _ = (outputs, gradient);)
}

/// The real numbers that the outputs are compared with, unless the target is a class.
fn target(loops: &LossLoops, parts: usize) -> Option<&Array> {
    let target = loops.program.array(loops.function.inputs.get(parts)?.array);
    (target.role == Role::Input).then_some(target)
}

/// How many samples one counts for, if the loss says so.
fn count(loops: &LossLoops, parts: usize) -> Option<ArrayId> {
    // Beside the value, there is a gradient for each part of the outputs.
    let outputs = &loops.function.outputs;
    outputs.get(1).filter(|_| outputs.len() > parts + 1).map(|port| port.array)
}

/// The sum of what each sample counts for.
fn count_of_samples(compiled: &CompiledLoss, count: ArrayId) -> TokenStream {
    let LossLoops { program, function, loop_nests } = &compiled.loops;
    let scope = Scope { program, storage: storage(compiled), length: quote!(features) };
    let needed = function.needed_for(program, [count]);
    let loop_nests = loop_nests.iter().filter(|nest| needed.contains(&nest.statement.target.array));
    let loop_nests = loop_nests.map(|nest| loop_nest(&scope, nest));
    let samples = variable(program, count);
    let rt = runtime();
    let targets = match target(&compiled.loops, compiled.parts).map(width_of) {
        None => quote!(::core::iter::Iterator::map(
            <[_]>::chunks_exact(gradient, width),
            #rt::class_at,
        )),
        Some(width) => quote!(<[_]>::chunks_exact(targets, #width)),
    };
    quote! {
        ::core::iter::Iterator::sum(::core::iter::Iterator::map(
            #targets,
            |target| {
                #(#loop_nests)*
                T::to_f64(#samples)
            },
        ))
    }
}

/// The n-th equal part of the outputs, or of the gradient on them.
fn part_of(name: &str, part: usize) -> Ident {
    local(&format!("{name}{part}"))
}

/// What each array is called inside the loop over samples.
fn storage(compiled: &CompiledLoss) -> HashMap<ArrayId, Storage> {
    let CompiledLoss { loss, parts, loops: LossLoops { program, function, .. }, .. } = compiled;
    let ids = (0u32..).zip(&program.arrays).map(|(id, _)| ArrayId(id));
    let mut all: HashMap<ArrayId, Storage> =
        ids.map(|id| (id, Storage::Variable(variable(program, id)))).collect();
    for (number, port) in function.inputs.iter().enumerate() {
        let array = program.array(port.array);
        let storage = match (array.role, port.holder) {
            (_, Holder::Workspace) => Storage::Variable(local("share")),
            (Role::Integers(_), _) => Storage::Class(local("target")),
            (Role::Setting, _) => {
                Storage::Setting(setting(&array.name), default(&loss.of, &array.name))
            }
            _ if number < *parts => Storage::Slice(part_of("outputs", number)),
            _ => Storage::Slice(local("target")),
        };
        all.insert(port.array, storage);
    }
    let gradients = &function.outputs[function.outputs.len() - parts..];
    for (number, port) in gradients.iter().enumerate() {
        all.insert(port.array, Storage::Slice(part_of("gradient", number)));
    }
    all
}

/// The same for several samples, where what one sample has one number of is an array.
fn storage_of_vectors(compiled: &CompiledLoss, program: &Program) -> HashMap<ArrayId, Storage> {
    let of_vector = |(id, storage)| match storage {
        Storage::Variable(name) if program.array(id).role == Role::Computed => {
            (id, Storage::Slice(name))
        }
        Storage::Class(name) => (id, Storage::Slice(name)),
        other => (id, other),
    };
    storage(compiled).into_iter().map(of_vector).collect()
}

/// The default of a setting.
fn default(loss: &LossType, name: &str) -> f64 {
    let setting = loss.settings.iter().find(|setting| setting.name == name);
    setting.map_or(0.0, |setting| setting.default)
}

fn variable(program: &Program, id: ArrayId) -> Ident {
    local(&format!("{}_{}", program.array(id).name, id.0))
}
