//! A network's functions, and the trait that its training goes through.

use proc_macro2::TokenStream;
use quote::quote;

use super::body::{Body, fixed_key, infer, jacobian};
use super::loop_nest::constant;
use super::ports::NamedArray;
use super::tokens::in_own_scope;
use super::types::{Names, conditions, parameters, shape, sizes, types};
use super::{CompiledNetwork, equations, ports, runtime};
use crate::explain::{self, Explanation};
use crate::ir::cost::{self, STACK_BYTES};
use crate::ir::function::{ParameterArray, Program};
use crate::ir::index::Extent;
use crate::ir::initialiser::Initialiser;
use crate::schedule::print;
use crate::schedule::steps::{Workspace, sum_scalars};

/// Everything that one network expands to.
pub fn network(compiled: &CompiledNetwork) -> TokenStream {
    let names = Names::new(&compiled.network);
    let types = types(compiled, &names);
    let parameters = parameters(compiled, &names);
    let functions = functions(compiled, &names);
    let implementation = implementation(compiled, &names);
    let ports = ports::ports(compiled, &names);
    let conditions = conditions(compiled);
    let loops = names.loops.items();
    let items = in_own_scope(&quote!(#loops #parameters #functions #implementation));
    quote!(#types #ports #(#conditions)* #items)
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
    let (inputs, outputs) =
        (ports::sample_type(compiled, names), ports::output_type(compiled, names));
    let infer = infer(compiled, names);
    let memory = match compiled.predict_one.plan.scalars_from(compiled.network.outputs.len(), 1) {
        scalars if scalars.saturating_mul(8) <= STACK_BYTES => "uses no heap",
        scalars if scalars.saturating_mul(4) <= STACK_BYTES => "uses no heap with f32",
        _ => "allocates its buffers",
    };
    let forward_doc = format!("{}; {memory}.", explain::call(&compiled.network));
    let jacobian = compiled.jacobian.as_ref().map(|workspace| {
        let ((inputs, outputs), body) = (sizes(compiled), jacobian(compiled, workspace, names));
        jacobian_function(inputs, outputs, &body)
    });
    let generics = ports::sample_generics(&compiled.network);
    let (must_use, outputs) = match ports::integers(&compiled.network) {
        0 => (quote!(#[must_use]), outputs),
        _ => (
            quote! {
                ///
                /// # Errors
                /// If an integer is out of its range.
            },
            quote!(::core::result::Result<#outputs, #rt::BatchError>),
        ),
    };
    quote! {
        #[doc = #forward_doc]
        #must_use
        pub fn forward #generics(&self, inputs: #inputs) -> #outputs {
            #infer
        }

        #jacobian
    }
}

fn jacobian_function(inputs: usize, outputs: usize, body: &TokenStream) -> TokenStream {
    let rt = runtime();
    let text = format!(
        "The derivative of each of the {outputs} outputs (rows) on each of the {inputs} inputs (columns)."
    );
    quote! {
        #[doc = #text]
        #[must_use]
        pub fn jacobian(
            &self,
            inputs: &#rt::SVector<T, #inputs>,
        ) -> #rt::SMatrix<T, #outputs, #inputs> {
            #body
        }
    }
}

/// What is said about the network.
fn descriptions(compiled: &CompiledNetwork) -> TokenStream {
    let rt = runtime();
    let summary = summary(compiled);
    let what = "The equations of every layer, forward and backward, as derived and simplified.";
    let Explanation { text, latex } = &compiled.explanation;
    let equations = equations::functions(what, text.trim_end(), latex);
    let loops = print::workspaces(&compiled.program, &compiled.workspaces());
    quote! {
        /// Layers, shapes, parameters, work and memory.
        #[must_use]
        pub const fn summary() -> #rt::Summary {
            #summary
        }

        #equations

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
    let body = Body::new(&compiled.program, names, &training.plan);
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
    let (rt, generic) = (runtime(), &names.generic);
    let initialisers = initialisers(&compiled.program, names);
    let (constants, batch) = (constants(compiled, names), functions_of_batches(compiled, names));
    quote! {
        impl<T: #rt::Real> #rt::Network for #generic<T> {
            #constants

            fn initialise<R: #rt::Rng + ?::core::marker::Sized>(&mut self, rng: &mut R) {
                let _ = &rng;
                #(#initialisers)*
            }

            #batch
        }
    }
}

/// What training knows of a network without running it.
fn constants(compiled: &CompiledNetwork, names: &Names) -> TokenStream {
    let rt = runtime();
    let ports = ports::items(compiled, names);
    let infos = parameter_infos(compiled);
    let ignored = compiled.network.ignored_keys();
    let ignored = (!ignored.is_empty())
        .then(|| quote!(const IGNORED_KEYS: &'static [&'static str] = &[#(#ignored),*];));
    let (pass_scalars, loss_scalars) = (pass_scalars(compiled), compiled.loss_scalars);
    let shared_scalars = shared_scalars(&compiled.program, &compiled.training);
    quote! {
        #ports
        const PARAMETERS: &'static [#rt::ParameterInfo] = &[#(#infos),*];
        #ignored
        const PASS_SCALARS: usize = #pass_scalars;
        const SHARED_SCALARS: usize = #shared_scalars;
        const LOSS_SCALARS: usize = #loss_scalars;
    }
}

/// Its functions of a batch.
fn functions_of_batches(compiled: &CompiledNetwork, names: &Names) -> TokenStream {
    let slices = ports::input_slices(&compiled.network);
    let body = Body::new(&compiled.program, names, &compiled.predict.plan);
    let evaluate = body.pass(&compiled.predict.functions[0].steps);
    let key = fixed_key(&compiled.program, &compiled.predict);
    let [forward, backward] = passes(compiled, &compiled.training, names);
    quote! {
        fn evaluation_pass(&self, inputs: Self::InputSlices<'_>, pass: &mut [T], batch: usize) {
            let #slices = inputs;
            let _ = #slices;
            #key
            #evaluate
        }

        fn forward_pass(
            &self,
            inputs: Self::InputSlices<'_>,
            pass: &mut [T],
            batch: usize,
            key: u64,
        ) {
            let #slices = inputs;
            let _ = (#slices, key);
            #forward
        }

        fn backward_pass(
            &self,
            inputs: Self::InputSlices<'_>,
            pass: &mut [T],
            batch: usize,
            key: u64,
            gradient: &mut Self,
        ) {
            let #slices = inputs;
            let _ = (#slices, key, &gradient);
            #backward
        }
    }
}

fn summary(compiled: &CompiledNetwork) -> TokenStream {
    let rt = runtime();
    let program = &compiled.program;
    let network = compiled.network.name.to_string();
    let inputs = ports::inputs(&compiled.network);
    let inputs = inputs.iter().map(NamedArray::info);
    let layers = (0..compiled.network.layers.len()).map(|number| layer_summary(compiled, number));
    let (_, outputs) = sizes(compiled);
    let forward_scalars = compiled.predict_one.plan.scalars();
    let (pass_scalars, loss_scalars) = (pass_scalars(compiled), compiled.loss_scalars);
    let shared_scalars = shared_scalars(program, &compiled.training);
    let integers = ports::integers(&compiled.network);
    quote! {
        #rt::Summary {
            network: #network,
            inputs: &[#(#inputs),*],
            layers: &[#(#layers),*],
            output_scalars: #outputs,
            loss_scalars: #loss_scalars,
            integers: #integers,
            pass_scalars: #pass_scalars,
            shared_scalars: #shared_scalars,
            forward_scalars: #forward_scalars,
            parameter_bytes: ::core::mem::size_of::<Self>(),
            scalar_bytes: T::BYTES,
        }
    }
}

/// What the n-th layer makes and holds, and what it costs.
fn layer_summary(compiled: &CompiledNetwork, number: usize) -> TokenStream {
    let rt = runtime();
    let program = &compiled.program;
    let [forward, backward] = &compiled.derived;
    let layer = &compiled.network.layers[number];
    let (name, title) = (&layer.key, &layer.title);
    let output = forward.layers[number][layer.equations.output];
    let axes = program.array(output).axes.iter().filter(|axis| **axis != Extent::Batch);
    let output: Vec<usize> = axes.map(|axis| axis.per_sample()).collect();
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
}
