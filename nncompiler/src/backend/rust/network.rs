//! A network's functions, and the trait that its training goes through.

use proc_macro2::TokenStream;
use quote::quote;

use super::body::{Body, along, fixed_key, infer, jacobian};
use super::loop_nest::constant;
use super::tokens::in_own_scope;
use super::types::{Names, conditions, parameters, shape, sizes, types};
use super::{Along, CompiledNetwork, runtime};
use crate::explain;
use crate::ir::cost::{self, STACK_BYTES};
use crate::ir::function::{ParameterArray, Program};
use crate::ir::initialiser::Initialiser;
use crate::ir::meaning::Meaning;
use crate::schedule::print;
use crate::schedule::steps::{Workspace, sum_scalars};

/// Everything that one network expands to.
pub fn network(compiled: &CompiledNetwork) -> TokenStream {
    let names = Names::new(compiled);
    let types = types(compiled, &names);
    let parameters = parameters(compiled, &names);
    let functions = functions(compiled, &names);
    let implementation = implementation(compiled, &names);
    let derivatives = compiled.along.as_ref().map(|along| derivatives(compiled, along, &names));
    let conditions = conditions(compiled);
    let loops = names.loops.items();
    let items = quote!(#loops #parameters #functions #implementation #derivatives);
    let items = in_own_scope(&items);
    quote!(#types #(#conditions)* #items)
}

/// The functions that users call.
fn functions(compiled: &CompiledNetwork, names: &Names) -> TokenStream {
    let rt = runtime();
    let generic = &names.generic;
    let (of_sample, descriptions) = (functions_of_sample(compiled, names), descriptions(compiled));
    quote! {
        impl<T: #rt::Real> #generic<T> {
            #of_sample
            #descriptions
        }

        impl<T: #rt::Real> ::core::fmt::Debug for #generic<T> {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Display::fmt(&Self::summary(), f)
            }
        }
    }
}

/// What is computed of one sample.
fn functions_of_sample(compiled: &CompiledNetwork, names: &Names) -> TokenStream {
    let rt = runtime();
    let (inputs, outputs) = sizes(compiled);
    let (infer, jacobian) = (infer(compiled, names), jacobian(compiled, names));
    let along = compiled.along.as_ref().map(|functions| along_function(compiled, functions, names));
    let jacobian_doc = format!(
        "The derivative of each of the {outputs} outputs (rows) on each of the {inputs} inputs (columns)."
    );
    let memory = match compiled.predict_one.plan.scalars_from(1, 1) {
        scalars if scalars.saturating_mul(8) <= STACK_BYTES => "uses no heap",
        scalars if scalars.saturating_mul(4) <= STACK_BYTES => "uses no heap with f32",
        _ => "allocates its buffers",
    };
    let shape = explain::shape(&compiled.network.input);
    let forward_doc = format!(
        "The {outputs} outputs for one sample of {inputs} inputs (shape {shape}, row-major); {memory}."
    );
    quote! {
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
    }
}

fn along_function(compiled: &CompiledNetwork, functions: &Along, names: &Names) -> TokenStream {
    let rt = runtime();
    let (inputs, outputs) = sizes(compiled);
    let body = along(compiled, functions, names);
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
}

/// What is said about the network.
fn descriptions(compiled: &CompiledNetwork) -> TokenStream {
    let rt = runtime();
    let summary = summary(compiled);
    let (explanation, latex) = (compiled.explanation.text.trim_end(), &compiled.explanation.latex);
    let loops = print::workspaces(&compiled.program, &compiled.workspaces());
    quote! {
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

        /// How the functions run: calls of kernels, loop nests, threads, and the memory in
        /// which arrays lie.
        #[must_use]
        pub const fn loops() -> &'static str {
            #loops
        }
    }
}

/// Scalars a sample of the buffers that a pass needs, be it for training or evaluation.
fn pass_scalars(compiled: &CompiledNetwork) -> usize {
    compiled.training.plan.scalars().max(compiled.predict.plan.scalars())
}

/// The bodies of forward and backward over a batch.
fn passes(compiled: &CompiledNetwork, training: &Workspace, names: &Names) -> [TokenStream; 2] {
    let body = Body::new(compiled, names, &training.plan);
    [0, 1].map(|at| body.pass(&training.functions[at].steps))
}

/// Scalars of a pass for the sums of groups of tiles.
fn shared_scalars(program: &Program, training: &Workspace) -> TokenStream {
    let rt = runtime();
    let sums = sum_scalars(program, &training.functions[1].steps);
    if sums == 0 { quote!(0) } else { quote!(#rt::SUM_BUFFERS * #sums) }
}

fn parameter_infos(compiled: &CompiledNetwork) -> Vec<TokenStream> {
    let (rt, program) = (runtime(), &compiled.program);
    let info = |parameter: &ParameterArray| {
        let array = program.array(parameter.array);
        let key = compiled.network.layers[parameter.layer].full_key(&parameter.key);
        // A learned number is a vector of one in PyTorch.
        let shape = if array.axes.is_empty() { vec![1] } else { shape(array) };
        let is_state = parameter.is_state;
        quote!(#rt::ParameterInfo { name: #key, shape: &[#(#shape),*], is_state: #is_state })
    };
    program.parameters.iter().map(info).collect()
}

fn initialisers(program: &Program, names: &Names) -> Vec<TokenStream> {
    let rt = runtime();
    let initialiser = |(number, parameter): (usize, &ParameterArray)| {
        let path = names.path(program, number);
        let values = quote!(#rt::SMatrix::as_mut_slice(&mut self.#path));
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
                quote!(<[_]>::fill(#values, #value);)
            }
        }
    };
    program.parameters.iter().enumerate().map(initialiser).collect()
}

/// The trait that training goes through.
fn implementation(compiled: &CompiledNetwork, names: &Names) -> TokenStream {
    let rt = runtime();
    let generic = &names.generic;
    let (inputs, outputs) = sizes(compiled);
    let program = &compiled.program;
    let pass_scalars = pass_scalars(compiled);
    let meaning = match compiled.network.outputs() {
        Meaning::Probabilities => quote!(Probabilities),
        Meaning::Logits | Meaning::Unchanged => quote!(Logits),
    };
    let (infos, initialisers) = (parameter_infos(compiled), initialisers(program, names));
    let ignored = compiled.network.ignored_keys();
    let ignored = (!ignored.is_empty())
        .then(|| quote!(const IGNORED_KEYS: &'static [&'static str] = &[#(#ignored),*];));
    let body = Body::new(compiled, names, &compiled.predict.plan);
    let evaluate = body.pass(&compiled.predict.functions[0].steps);
    let key = fixed_key(program, &compiled.predict);
    let [forward, backward] = passes(compiled, &compiled.training, names);
    let shared_scalars = shared_scalars(program, &compiled.training);
    quote! {
        impl<T: #rt::Real> #rt::Network for #generic<T> {
            type Inputs = #rt::Const<#inputs>;
            type Outputs = #rt::Const<#outputs>;
            type Meaning = #rt::#meaning;
            const PARAMETERS: &'static [#rt::ParameterInfo] = &[#(#infos),*];
            #ignored
            const PASS_SCALARS: usize = #pass_scalars;
            const SHARED_SCALARS: usize = #shared_scalars;

            fn initialise<R: #rt::Rng + ?::core::marker::Sized>(&mut self, rng: &mut R) {
                let _ = &rng;
                #(#initialisers)*
            }

            fn evaluation_pass(&self, inputs: &[T], pass: &mut [T], batch: usize) {
                let _ = inputs;
                #key
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
fn derivatives(compiled: &CompiledNetwork, along: &Along, names: &Names) -> TokenStream {
    let rt = runtime();
    let generic = &names.generic;
    let program = &compiled.program;
    let function = &along.training.functions[0].function;
    let stacked = program.array(function.outputs[0].array).width();
    let pass_scalars = along.training.plan.scalars();
    let [forward, backward] = passes(compiled, &along.training, names);
    let shared_scalars = shared_scalars(program, &along.training);
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
    let program = &compiled.program;
    let [forward, backward] = &compiled.derived;
    let network = compiled.network.name.to_string();
    let input = &compiled.network.input;
    let layers = compiled.network.layers.iter().enumerate().map(|(number, layer)| {
        let name = &layer.key;
        let title = &layer.title;
        let output = forward.layers[number][layer.equations.output()];
        let output: Vec<usize> = shape(program.array(output)).split_off(1);
        let parameters = program.scalars_of_layer(number);
        let [forward_flops, backward_flops] =
            [forward, backward].map(|function| cost::flops_of_layer(program, function, number));
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
    let forward_scalars = compiled.predict_one.plan.scalars();
    let pass_scalars = pass_scalars(compiled);
    let shared_scalars = shared_scalars(program, &compiled.training);
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
