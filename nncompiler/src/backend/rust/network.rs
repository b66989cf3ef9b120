//! A network's functions, and the trait that its training goes through.

use proc_macro2::TokenStream;
use quote::quote;

use super::body::{Body, along, has_large_buffers, infer, jacobian, summed};
use super::nest::constant;
use super::types::{Names, conditions, parameters, shape, sizes, types};
use super::{CompiledNetwork, runtime};
use crate::frontend::resolve::Initialiser;
use crate::ir::function::Work;
use crate::schedule::memory::Scheduled;

/// Everything that one network expands to.
pub fn network(compiled: &CompiledNetwork) -> TokenStream {
    let names = Names::new(compiled);
    let types = types(compiled, &names);
    let parameters = parameters(compiled, &names);
    let functions = functions(compiled, &names);
    let implementation = implementation(compiled, &names);
    let derivatives = compiled.along.as_ref().map(|along| derivatives(along, &names));
    let conditions = conditions(compiled);
    let nests = names.nests.items();
    quote! {
        #types
        #(#conditions)*
        const _: () = {
            #nests
            #parameters
            #functions
            #implementation
            #derivatives
        };
    }
}

/// The functions that users call.
fn functions(compiled: &CompiledNetwork, names: &Names) -> TokenStream {
    let rt = runtime();
    let generic = &names.generic;
    let (inputs, outputs) = sizes(compiled);
    let infer = infer(compiled, names);
    let jacobian = jacobian(compiled, names);
    let jacobian_doc = format!(
        "The derivative of each of the {outputs} outputs (rows) on each of the {inputs} inputs (columns)."
    );
    let along = compiled.along.as_ref().map(|scheduled| {
        let body = along(compiled, scheduled, names);
        quote! {
            /// The outputs for one sample, and their first and second derivative along a direction:
            /// f(x), d/ds f(x + s·v) and d²/ds² f(x + s·v) at s = 0.
            #[must_use]
            pub fn along(
                &self,
                inputs: &#rt::SVector<T, #inputs>,
                direction: &#rt::SVector<T, #inputs>,
            ) -> [#rt::SVector<T, #outputs>; 3] {
                #body
            }
        }
    });
    let summary = summary(compiled);
    let (explanation, latex) = (compiled.explanation.text.trim_end(), &compiled.explanation.latex);
    let memory = if has_large_buffers(&compiled.evaluation) {
        "allocates its buffers"
    } else {
        "uses no heap"
    };
    let shape = crate::frontend::resolve::shape(&compiled.network.input);
    let forward_doc = format!(
        "The {outputs} outputs for one sample of {inputs} inputs (shape {shape}, row-major); {memory}."
    );
    quote! {
        impl<T: #rt::Real> #generic<T> {
            #[doc = #forward_doc]
            #[must_use]
            pub fn forward(&self, inputs: &#rt::SVector<T, #inputs>) -> #rt::SVector<T, #outputs> {
                #infer
            }

            #[doc = #jacobian_doc]
            #[must_use]
            pub fn jacobian(
                &self,
                inputs: &#rt::SVector<T, #inputs>,
            ) -> #rt::SMatrix<T, #outputs, #inputs> {
                #jacobian
            }

            #along

            /// Layers, shapes, parameters, work and memory.
            #[must_use]
            pub const fn summary() -> #rt::Summary {
                #summary
            }

            /// The equations of every layer, forward and backward, as derived and simplified.
            #[must_use]
            pub const fn explain() -> &'static str {
                #explanation
            }

            /// The same equations as LaTeX, for a document that uses amsmath.
            #[must_use]
            pub const fn latex() -> &'static str {
                #latex
            }
        }

        impl<T: #rt::Real> ::core::fmt::Debug for #generic<T> {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Display::fmt(&Self::summary(), f)
            }
        }
    }
}

/// Scalars a sample of the buffers that a pass needs, be it for training or evaluation.
fn pass_scalars(compiled: &CompiledNetwork) -> usize {
    let training = compiled.training.training_plan.scalars();
    training.max(compiled.evaluation.inference_plan.scalars())
}

/// The bodies of forward and backward over a batch.
fn passes(scheduled: &Scheduled, names: &Names) -> [TokenStream; 2] {
    let Scheduled { forward, backward, tiles, .. } = scheduled;
    let body = Body::new(scheduled, names, &scheduled.training_plan);
    [
        body.tokens(forward, tiles.forward.as_ref(), backward),
        body.tokens(backward, tiles.backward.as_ref(), forward),
    ]
}

/// Scalars of a pass for the sums of groups of tiles.
fn shared_scalars(scheduled: &Scheduled) -> TokenStream {
    let rt = runtime();
    let program = &scheduled.program;
    let sums: usize = scheduled.tiles.backward.as_ref().map_or(0, |tiles| {
        let summed = summed(program, &scheduled.backward[tiles.range.clone()]);
        summed.iter().map(|(_, array)| program.array(*array).width()).sum()
    });
    if sums == 0 { quote!(0) } else { quote!(#rt::GROUPS * #sums) }
}

/// The trait that training goes through.
fn implementation(compiled: &CompiledNetwork, names: &Names) -> TokenStream {
    let rt = runtime();
    let generic = &names.generic;
    let (inputs, outputs) = sizes(compiled);
    let evaluation = &compiled.evaluation;
    let pass_scalars = pass_scalars(compiled);
    // `flatten` leaves the numbers as they are.
    let mut layers = compiled.network.layers.iter().rev().filter(|layer| layer.name != "flatten");
    let ends_in_softmax = layers.next().is_some_and(|layer| layer.name == "softmax");
    let meaning = if ends_in_softmax { quote!(Probabilities) } else { quote!(Logits) };
    let infos = compiled.training.program.parameters.iter().map(|parameter| {
        let layer = &compiled.network.layers[parameter.layer];
        let array = compiled.training.program.array(parameter.array);
        let key = format!("{}.{}", layer.key, array.name);
        // A learned number is a vector of one in PyTorch.
        let shape = if array.axes.is_empty() { vec![1] } else { shape(array) };
        quote!(#rt::ParameterInfo { name: #key, shape: &[#(#shape),*] })
    });
    let initialisers =
        compiled.training.program.parameters.iter().enumerate().map(|(number, parameter)| {
            let path = names.path(&compiled.training.program, number);
            let values = quote!(self.#path.as_mut_slice());
            match parameter.initialiser {
                Initialiser::Uniform(bound) => {
                    let bound = constant(bound);
                    quote!(#rt::uniform(#values, #bound, rng);)
                }
                Initialiser::Normal(deviation) => {
                    let deviation = constant(deviation);
                    quote!(#rt::normal(#values, #deviation, rng);)
                }
                Initialiser::Constant(value) => {
                    let value = constant(value);
                    quote!(#values.fill(#value);)
                }
            }
        });
    let body = Body::new(evaluation, names, &evaluation.inference_plan);
    let evaluate = body.tokens(&evaluation.inference, evaluation.tiles.inference.as_ref(), &[]);
    let [forward, backward] = passes(&compiled.training, names);
    let shared_scalars = shared_scalars(&compiled.training);
    quote! {
        impl<T: #rt::Real> #rt::Network for #generic<T> {
            type Inputs = #rt::Const<#inputs>;
            type Outputs = #rt::Const<#outputs>;
            type Meaning = #rt::#meaning;
            const PARAMETERS: &'static [#rt::ParameterInfo] = &[#(#infos),*];
            const PASS_SCALARS: usize = #pass_scalars;
            const SHARED_SCALARS: usize = #shared_scalars;

            fn initialise<R: #rt::Rng + ?::core::marker::Sized>(&mut self, rng: &mut R) {
                let _ = &rng;
                #(#initialisers)*
            }

            fn evaluation_pass(&self, inputs: &[T], pass: &mut [T], batch: usize) {
                let _ = inputs;
                #evaluate
            }

            fn forward_pass(&self, inputs: &[T], pass: &mut [T], batch: usize, key: u64) {
                let _ = (inputs, key);
                #forward
            }

            fn backward_pass(
                &self,
                inputs: &[T],
                pass: &mut [T],
                batch: usize,
                key: u64,
                gradient: &mut Self,
            ) {
                let _ = (inputs, key, &gradient);
                #backward
            }
        }
    }
}

/// The trait that training on derivatives goes through.
fn derivatives(along: &Scheduled, names: &Names) -> TokenStream {
    let rt = runtime();
    let generic = &names.generic;
    let stacked = along.program.array(along.program.output).width();
    let pass_scalars = along.training_plan.scalars();
    let [forward, backward] = passes(along, names);
    let shared_scalars = shared_scalars(along);
    quote! {
        impl<T: #rt::Real> #rt::Derivatives for #generic<T> {
            type Stacked = #rt::Const<#stacked>;
            const STACKED_SCALARS: usize = #pass_scalars;
            const STACKED_SHARED_SCALARS: usize = #shared_scalars;

            fn forward_derivatives_pass(&self, inputs: &[T], pass: &mut [T], batch: usize, key: u64) {
                let _ = key;
                #forward
            }

            fn backward_derivatives_pass(
                &self,
                inputs: &[T],
                pass: &mut [T],
                batch: usize,
                key: u64,
                gradient: &mut Self,
            ) {
                let _ = (inputs, key, &gradient);
                #backward
            }
        }
    }
}

fn summary(compiled: &CompiledNetwork) -> TokenStream {
    let rt = runtime();
    let program = &compiled.training.program;
    let network = compiled.network.name.to_string();
    let input = &compiled.network.input;
    let layers = compiled.network.layers.iter().enumerate().map(|(number, layer)| {
        let name = &layer.key;
        let title = &layer.title;
        let output = program.layers[number][layer.equations.output()];
        let output: Vec<usize> = shape(program.array(output)).split_off(1);
        let Work { parameters, forward_flops, backward_flops } = program.work(number);
        quote! {
            #rt::LayerSummary {
                name: #name,
                layer: #title,
                output: &[#(#output),*],
                parameters: #parameters,
                forward_flops: #forward_flops,
                backward_flops: #backward_flops,
            }
        }
    });
    let forward_scalars = compiled.evaluation.inference_plan.scalars();
    let pass_scalars = pass_scalars(compiled);
    let shared_scalars = shared_scalars(&compiled.training);
    quote! {
        #rt::Summary {
            network: #network,
            input: &[#(#input),*],
            layers: &[#(#layers),*],
            pass_scalars: #pass_scalars,
            shared_scalars: #shared_scalars,
            forward_scalars: #forward_scalars,
            parameter_bytes: ::core::mem::size_of::<Self>(),
            scalar_bytes: T::BYTES,
        }
    }
}
