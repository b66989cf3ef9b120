//! What a loss of one network does with its outputs and targets: the steps of its schedule, in the memory
//! that the pass has for losses.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::body::{Body, buffer};
use super::loop_nest::number;
use super::loss_type::{lifetime, lifetime_parameter};
use super::ports::{input_slice, type_of};
use super::tokens::{identifier_of, in_own_scope, local};
use super::types::Names;
use super::{CompiledNetworkLoss, runtime};
use crate::frontend::resolved::{LossSetting, LossTarget, NetworkLoss, TargetKind};

/// The implementations, and the types of several targets.
pub fn network_losses(losses: &[CompiledNetworkLoss]) -> TokenStream {
    let is_first = |at: &usize| {
        let name = &losses[*at].loss.of.name;
        losses[..*at].iter().all(|before| before.loss.of.name != *name)
    };
    let types = (0..losses.len()).filter(is_first).map(|at| targets_type(&losses[at].loss));
    let implementations = losses.iter().map(|loss| {
        let names = Names::new(&loss.loss.body);
        let implementation = implementation(loss, &names);
        let loops = names.loops.items();
        in_own_scope(&quote!(#loops #implementation))
    });
    quote!(#(#types)* #(#implementations)*)
}

/// `PpoTargets`
fn targets_name(loss: &NetworkLoss) -> Ident {
    format_ident!("{}Targets", loss.of.structure)
}

/// The struct of several targets.
fn targets_type(loss: &NetworkLoss) -> Option<TokenStream> {
    if loss.targets.len() < 2 {
        return None;
    }
    let (name, visibility) = (targets_name(loss), &loss.of.visibility);
    let text = format!("The targets of the loss [`{}`].", loss.of.structure);
    let types: Vec<Ident> = (0..loss.targets.len()).map(type_of).collect();
    let fields = loss.targets.iter().zip(&types).map(|(target, field_type)| {
        let field = identifier_of(&target.name);
        let text = target_text(target);
        quote!(#[doc = #text] pub #field: #field_type,)
    });
    Some(quote! {
        #[doc = #text]
        #[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
        #visibility struct #name<#(#types),*> { #(#fields)* }
    })
}

fn target_text(target: &LossTarget) -> String {
    match (target.kind, target.width) {
        (TargetKind::Class(_), 1) => "A class for each sample: integers, by reference.".to_owned(),
        (TargetKind::Class(_), width) => {
            format!("{width} classes for each sample, one sample after the other, by reference.")
        }
        (TargetKind::Real, 1) => {
            "A number for each sample: a slice or a row, by reference.".to_owned()
        }
        (TargetKind::Real, width) => {
            format!("A matrix with {width} rows and a column a sample, or a slice, by reference.")
        }
    }
}

fn implementation(compiled: &CompiledNetworkLoss, names: &Names) -> TokenStream {
    let rt = runtime();
    let NetworkLoss { of, network, targets, .. } = &compiled.loss;
    let (structure, generic) = (&of.structure, format_ident!("{network}Of"));
    let (lifetime, settings_lifetime) = (lifetime(of), lifetime_parameter(of));
    let types: Vec<Ident> = (0..targets.len()).map(type_of).collect();
    let is_alone = (targets.len() == 1).then(|| quote!(+ ?::core::marker::Sized));
    let bounds = targets.iter().zip(&types).map(|(target, name)| match target.kind {
        TargetKind::Class(_) => quote!(#name: #rt::Integers #is_alone),
        TargetKind::Real => quote!(#name: #rt::Values<T> #is_alone),
    });
    let target_type = match targets.as_slice() {
        [] => quote!(()),
        [_] => quote!(#(#types)*),
        _ => {
            let name = targets_name(&compiled.loss);
            quote!(#name<#(#types),*>)
        }
    };
    let body = body(compiled, names);
    quote! {
        impl<#settings_lifetime T: #rt::Real, #(#bounds),*>
            #rt::LossOn<#generic<T>, #target_type, #rt::OfOneNetwork> for #structure #lifetime
        {
            fn evaluate_on(
                &self,
                batch: usize,
                outputs: &[T],
                target: &#target_type,
                gradient: &mut [T],
                memory: &mut [T],
            ) -> ::core::result::Result<T, #rt::LossError> {
                #body
            }
        }
    }
}

fn body(compiled: &CompiledNetworkLoss, names: &Names) -> TokenStream {
    let (checks, outputs) = (checks(&compiled.loss), outputs(&compiled.loss));
    let (targets, settings) = (targets(&compiled.loss), settings(&compiled.loss));
    let buffers = buffers(compiled);
    let body = Body::new(&compiled.program, names, &compiled.workspace.plan);
    let function = &compiled.workspace.functions[0];
    let steps = body.steps(&function.steps);
    // The gradient on the value, which is the last of the inputs, is 1.
    let mut inputs = function.function.inputs.iter().rev();
    let seed = inputs.find_map(|port| body.buffer_of(port.array));
    let value = buffer(0);
    let slices = (0..compiled.loss.body.inputs.len()).map(input_slice);
    let rt = runtime();
    let features: usize = compiled.loss.outputs.iter().map(|(width, _)| width).sum();
    let scalars = compiled.scalars();
    quote! {
        #checks
        #rt::check_lengths(
            batch,
            [#features, #scalars],
            [<[_]>::len(outputs), <[_]>::len(gradient), <[_]>::len(memory)],
        )?;
        #outputs
        #targets
        if batch == 0 {
            return ::core::result::Result::Ok(T::of(::core::primitive::f64::NAN));
        }
        #settings
        #buffers
        let shared: &mut [T] = &mut [];
        let _ = (#(&#slices,)* &shared);
        #seed[0] = T::ONE;
        #steps
        ::core::result::Result::Ok(#value[0])
    }
}

fn checks(loss: &NetworkLoss) -> TokenStream {
    let rt = runtime();
    let settings = loss.of.settings.iter().zip(loss.setting_widths());
    let checks = settings.map(|(LossSetting { name, range, is_per_output, .. }, width)| {
        let (name, text) = (identifier_of(name), name.to_string());
        let (least, greatest) = (number(range.0), number(range.1));
        if *is_per_output {
            quote!(#rt::check_settings(#text, self.#name, #width, #least, #greatest)?;)
        } else {
            quote!(#rt::check_setting(#text, self.#name, #least, #greatest)?;)
        }
    });
    checks.collect()
}

/// The gradient on the n-th output of the loss.
fn gradient_slice(number: usize) -> Ident {
    local(&format!("gradient{number}"))
}

/// The outputs and the gradients on them, 0 for those that the loss is not of.
fn outputs(loss: &NetworkLoss) -> TokenStream {
    let parts = loss.outputs.iter().map(|(width, of)| match of {
        Some(number) => {
            let (output, gradient) = (input_slice(*number), gradient_slice(*number));
            quote! {
                let (#output, outputs) = <[_]>::split_at(outputs, batch * #width);
                let (#gradient, gradient) = <[_]>::split_at_mut(gradient, batch * #width);
            }
        }
        None => quote! {
            let (_, outputs) = <[_]>::split_at(outputs, batch * #width);
            let (unread, gradient) = <[_]>::split_at_mut(gradient, batch * #width);
            <[_]>::fill(unread, T::ZERO);
        },
    });
    quote!(#(#parts)* let _ = (outputs, gradient);)
}

fn targets(loss: &NetworkLoss) -> TokenStream {
    let rt = runtime();
    let first = loss.output_count();
    let targets = loss.targets.iter().enumerate().map(|(at, target)| {
        let (slice, width) = (input_slice(first + at), target.width);
        let field = identifier_of(&target.name);
        let given = if loss.targets.len() == 1 { quote!(target) } else { quote!(&target.#field) };
        let TargetKind::Class(classes) = target.kind else {
            return quote!(let #slice = #rt::check_values(#given, batch, #width)?;);
        };
        let classes = match classes {
            Some(classes) => quote!(::core::option::Option::Some(#classes)),
            None => quote!(::core::option::Option::None),
        };
        quote! {
            let (#slice, memory) = <[_]>::split_at_mut(memory, batch * #width);
            #rt::write_class_numbers(#given, #width, #classes, #slice)?;
            let #slice = &*#slice;
        }
    });
    quote!(#(#targets)*)
}

fn settings(loss: &NetworkLoss) -> TokenStream {
    let rt = runtime();
    let first = loss.output_count() + loss.targets.len();
    let settings = loss.of.settings.iter().zip(loss.setting_widths()).enumerate();
    let settings =
        settings.map(|(at, (LossSetting { name, default, is_per_output, .. }, width))| {
            let (slice, name) = (input_slice(first + at), identifier_of(name));
            if !*is_per_output {
                return quote!(let #slice = &[T::of(self.#name)][..];);
            }
            let default = number(*default);
            quote! {
                let (#slice, memory) = <[_]>::split_at_mut(memory, batch * #width);
                let #slice = &*#rt::write_settings(self.#name, #default, &mut #slice[..#width]);
            }
        });
    settings.collect()
}

/// The buffers of the plan: the value, the gradients, which the caller gives, and all others.
fn buffers(compiled: &CompiledNetworkLoss) -> TokenStream {
    let rt = runtime();
    let widths = &compiled.workspace.plan.widths;
    let count = compiled.loss.output_count();
    let is_gradient = |at: &usize| (1..=count).contains(at);
    let own: Vec<usize> = (0..widths.len()).filter(|at| !is_gradient(at)).collect();
    let (names, own_widths) = (own.iter().map(|&at| buffer(at)), own.iter().map(|&at| widths[at]));
    let gradients = (0..count).map(|number| {
        let (buffer, gradient) = (buffer(number + 1), gradient_slice(number));
        quote!(let #buffer = #gradient;)
    });
    let used = (0..widths.len()).map(buffer);
    quote! {
        let ([#(#names),*], _) = #rt::split_workspace(memory, batch, [#(#own_widths),*]);
        #(#gradients)*
        let _ = (#(&#used,)*);
    }
}
