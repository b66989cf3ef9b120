//! A network's types and functions.

use std::collections::HashMap;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote};
use syn::Attribute;
use syn::ext::IdentExt;

use super::nest::{Scope, Storage, constant, nest};
use super::{CompiledNetwork, local, runtime};
use crate::check::{Initialiser, Layer};
use crate::index::ArrayId;
use crate::plan::{OUTPUTS, Place, Plan};
use crate::program::{Array, ParameterArray, Program, Statement};
use crate::recognise::{Count, Kernel, Operand, Product, Start};

/// Everything that one network expands to.
pub fn network(compiled: &CompiledNetwork) -> TokenStream {
    let names = Names::new(compiled);
    let types = types(compiled, &names);
    let parameters = parameters(compiled, &names);
    let functions = functions(compiled, &names);
    let implementation = implementation(compiled, &names);
    let conditions = conditions(compiled);
    quote! {
        #types
        #(#conditions)*
        const _: () = {
            #parameters
            #functions
            #implementation
        };
    }
}

/// Attributes that hold for everything a network expands to.
fn conditions(compiled: &CompiledNetwork) -> Vec<&Attribute> {
    let holds_for_all = |attribute: &&Attribute| {
        let names = ["cfg", "allow", "expect", "warn", "deny"];
        names.iter().any(|name| attribute.path().is_ident(name))
    };
    compiled.network.attributes.iter().filter(holds_for_all).collect()
}

/// The identifiers of a network's types and fields.
struct Names {
    /// The generic struct.
    generic: Ident,
    /// For each layer: its field and its struct.
    layers: Vec<(Ident, Ident)>,
}

impl Names {
    fn new(compiled: &CompiledNetwork) -> Self {
        let layers = compiled.network.layers.iter();
        let layers = layers.map(|layer| (layer.field.clone(), layer.structure.clone()));
        let generic = format_ident!("{}Of", compiled.network.name.unraw());
        Self { generic, layers: layers.collect() }
    }

    /// `hidden1.weight` of the n-th parameter.
    fn path(&self, program: &Program, number: usize) -> TokenStream {
        let parameter = &program.parameters[number];
        let field = &self.layers[parameter.layer].0;
        let name = parameter_name(program, parameter);
        quote!(#field.#name)
    }
}

fn parameter_name(program: &Program, parameter: &ParameterArray) -> Ident {
    Ident::new(&program.array(parameter.array).name, Span::call_site())
}

/// The structs, and the alias for f32.
fn types(compiled: &CompiledNetwork, names: &Names) -> TokenStream {
    let rt = runtime();
    let network = &compiled.network;
    let (name, generic, visibility) = (&network.name, &names.generic, &network.visibility);
    let attributes =
        network.attributes.iter().filter(|attribute| !attribute.path().is_ident("derive"));
    let conditions = conditions(compiled);
    let documented = network.attributes.iter().filter(|attribute| attribute.path().is_ident("doc"));
    let documentation = documentation(compiled);
    let layers = layer_structs(compiled, names);
    let fields = parametric_layers(compiled).map(|(number, layer)| {
        let (field, layer_struct) = &names.layers[number];
        let text = format!("`{}`", layer.title);
        quote!(#[doc = #text] pub #field: #layer_struct<T>,)
    });
    let scalar = compiled.program.parameters.is_empty().then(|| quote!(no_parameters: [T; 0],));
    let alias = format!("[`{generic}`] with parameters of type `f32`.");
    quote! {
        #(#attributes)*
        #(#[doc = #documentation])*
        #[repr(C)]
        #visibility struct #generic<T: #rt::Real> {
            #(#fields)*
            #scalar
        }

        #(#conditions)*
        #(#documented)*
        #[doc = ""]
        #[doc = #alias]
        #visibility type #name = #generic<f32>;

        #layers
    }
}

/// Lines of documentation for the generic struct, below the user's own.
fn documentation(compiled: &CompiledNetwork) -> Vec<String> {
    let network = &compiled.network;
    let mut lines = Vec::new();
    let documented = network.attributes.iter().any(|attribute| attribute.path().is_ident("doc"));
    if !documented {
        lines.push(format!("The network `{}`.", network.name));
    }
    let (inputs, outputs) = sizes(compiled);
    lines.push(String::new());
    lines.push(format!("{inputs} inputs, {outputs} outputs; compiled by `tapeless`:"));
    lines.push("```text".to_owned());
    lines.extend(compiled.explanation.lines().map(str::to_owned));
    lines.push("```".to_owned());
    lines
}

fn parametric_layers(compiled: &CompiledNetwork) -> impl Iterator<Item = (usize, &Layer)> {
    let has_parameters = |number: usize| {
        compiled.program.parameters.iter().any(|parameter| parameter.layer == number)
    };
    let layers = compiled.network.layers.iter().enumerate();
    layers.filter(move |(number, _)| has_parameters(*number))
}

fn layer_structs(compiled: &CompiledNetwork, names: &Names) -> TokenStream {
    let rt = runtime();
    let visibility = &compiled.network.visibility;
    let conditions = &conditions(compiled);
    let structs = parametric_layers(compiled).map(|(number, layer)| {
        let layer_struct = &names.layers[number].1;
        let text = format!("Parameters of the layer `{}` of `{}`.", layer.title, compiled.network.name);
        let own = compiled.program.parameters.iter().filter(|parameter| parameter.layer == number);
        let fields = own.map(|parameter| {
            let array = compiled.program.array(parameter.array);
            let name = parameter_name(&compiled.program, parameter);
            let (rows, columns) = matrix_shape(array);
            let text = format!(
                "Shape {:?} in PyTorch's order, in the same memory: a column is a row of PyTorch's.",
                shape(array)
            );
            quote!(#[doc = #text] pub #name: #rt::SMatrix<T, #rows, #columns>,)
        });
        quote! {
            #(#conditions)*
            #[doc = #text]
            #[repr(C)]
            #[derive(Debug)]
            #visibility struct #layer_struct<T: #rt::Real> { #(#fields)* }
        }
    });
    structs.collect()
}

fn shape(array: &Array) -> Vec<usize> {
    array.axes.iter().map(|extent| extent.per_sample()).collect()
}

/// Rows and columns of the nalgebra matrix that holds a parameter: its first axis runs along the
/// columns, so that memory is row-major; a vector is one column.
fn matrix_shape(array: &Array) -> (usize, usize) {
    match shape(array).as_slice() {
        [] => (1, 1),
        [size] => (*size, 1),
        [first, rest @ ..] => (rest.iter().product(), *first),
    }
}

fn sizes(compiled: &CompiledNetwork) -> (usize, usize) {
    let program = &compiled.program;
    (program.array(program.input).width(), program.array(program.output).width())
}

/// The memory of the parameters as one run of scalars.
fn parameters(compiled: &CompiledNetwork, names: &Names) -> TokenStream {
    let rt = runtime();
    let generic = &names.generic;
    let layers = parametric_layers(compiled).map(|(number, _)| {
        let (field, layer_struct) = &names.layers[number];
        let own = compiled.program.parameters.iter().filter(|parameter| parameter.layer == number);
        let zeros = own.map(|parameter| {
            let name = parameter_name(&compiled.program, parameter);
            let (rows, columns) = matrix_shape(compiled.program.array(parameter.array));
            quote!(#name: #rt::zero_matrix::<T, #rows, #columns>(),)
        });
        quote!(#field: #layer_struct { #(#zeros)* },)
    });
    let numbers = 0..compiled.program.parameters.len();
    let slices = numbers.map(|number| {
        let path = names.path(&compiled.program, number);
        quote!(zero.#path.data.0.as_flattened())
    });
    let no_parameters = compiled.program.parameters.is_empty().then(|| quote!(no_parameters: [],));
    quote! {
        impl<T: #rt::Real> #rt::Parameters for #generic<T> {
            type Scalar = T;
            const LAYOUT: #rt::Layout<Self> = {
                let zero = Self { #(#layers)* #no_parameters };
                #rt::Layout::prove(&zero, &[#(#slices),*])
            };
        }
    }
}

/// The functions that users call.
fn functions(compiled: &CompiledNetwork, names: &Names) -> TokenStream {
    let rt = runtime();
    let generic = &names.generic;
    let (inputs, outputs) = sizes(compiled);
    let infer = infer(compiled, names);
    let summary = summary(compiled);
    let explanation = compiled.explanation.trim_end();
    let memory = if has_large_buffers(compiled) { "allocates its buffers" } else { "uses no heap" };
    let shape = crate::check::shape(&compiled.network.input);
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
        }

        impl<T: #rt::Real> ::core::fmt::Debug for #generic<T> {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Display::fmt(&Self::summary(), f)
            }
        }
    }
}

/// The trait that training goes through.
fn implementation(compiled: &CompiledNetwork, names: &Names) -> TokenStream {
    let rt = runtime();
    let generic = &names.generic;
    let (inputs, outputs) = sizes(compiled);
    let widths = &compiled.training_plan.widths;
    let pass_scalars: usize = widths.iter().sum();
    // `flatten` leaves the numbers as they are.
    let mut layers = compiled.network.layers.iter().rev().filter(|layer| layer.name != "flatten");
    let ends_in_softmax = layers.next().is_some_and(|layer| layer.name == "softmax");
    let meaning = if ends_in_softmax { quote!(Probabilities) } else { quote!(Logits) };
    let infos = compiled.program.parameters.iter().map(|parameter| {
        let layer = &compiled.network.layers[parameter.layer];
        let array = compiled.program.array(parameter.array);
        let key = format!("{}.{}", layer.key(), array.name);
        // A learned number is a vector of one in PyTorch.
        let shape = if array.axes.is_empty() { vec![1] } else { shape(array) };
        quote!(#rt::ParameterInfo { name: #key, shape: &[#(#shape),*] })
    });
    let initialisers = compiled.program.parameters.iter().enumerate().map(|(number, parameter)| {
        let path = names.path(&compiled.program, number);
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
    let forward = Body::new(compiled, names, &compiled.training_plan);
    let forward = forward.tokens(&compiled.forward);
    let backward = Body::new(compiled, names, &compiled.training_plan);
    let backward = backward.tokens(&compiled.backward);
    quote! {
        impl<T: #rt::Real> #rt::Network for #generic<T> {
            type Inputs = #rt::Const<#inputs>;
            type Outputs = #rt::Const<#outputs>;
            type Meaning = #rt::#meaning;
            const PARAMETERS: &'static [#rt::ParameterInfo] = &[#(#infos),*];
            const PASS_SCALARS: usize = #pass_scalars;

            fn initialise<R: #rt::Rng + ?::core::marker::Sized>(&mut self, rng: &mut R) {
                let _ = &rng;
                #(#initialisers)*
            }

            fn forward_pass(&self, inputs: &[T], pass: &mut [T], batch: usize) {
                let _ = inputs;
                #forward
            }

            fn backward_pass(
                &self,
                inputs: &[T],
                pass: &mut [T],
                batch: usize,
                gradient: &mut Self,
            ) {
                let _ = (inputs, &gradient);
                #backward
            }
        }
    }
}

/// Buffers of more scalars than this are no longer laid on the stack by `forward`.
const LARGEST_ON_STACK: usize = 1 << 14;

fn has_large_buffers(compiled: &CompiledNetwork) -> bool {
    compiled.inference_plan.widths.iter().skip(1).sum::<usize>() > LARGEST_ON_STACK
}

/// The body of `forward`: buffers on the stack.
fn infer(compiled: &CompiledNetwork, names: &Names) -> TokenStream {
    let rt = runtime();
    let body = Body::new(compiled, names, &compiled.inference_plan);
    let kernels = body.kernels(&compiled.inference);
    let (_, outputs) = sizes(compiled);
    let is_large = has_large_buffers(compiled);
    let stack =
        compiled.inference_plan.widths.iter().enumerate().skip(1).map(|(number, &width)| {
            let name = buffer(number);
            let width = Literal::usize_unsuffixed(width);
            if is_large {
                quote!(let #name = &mut ::std::vec![T::ZERO; #width][..];)
            } else {
                quote!(let #name = &mut [T::ZERO; #width][..];)
            }
        });
    let outputs_buffer = buffer(OUTPUTS);
    quote! {
        let inputs = inputs.as_slice();
        let batch = 1;
        let mut outputs = #rt::zero_matrix::<T, #outputs, 1>();
        let #outputs_buffer = outputs.as_mut_slice();
        #(#stack)*
        #kernels
        outputs
    }
}

fn summary(compiled: &CompiledNetwork) -> TokenStream {
    let rt = runtime();
    let program = &compiled.program;
    let network = compiled.network.name.to_string();
    let input = &compiled.network.input;
    let layers = compiled.network.layers.iter().enumerate().map(|(number, layer)| {
        let name = layer.key();
        let title = &layer.title;
        let output = program.layers[number][layer.equations.output()];
        let output: Vec<usize> = shape(program.array(output)).split_off(1);
        let own = program.parameters.iter().filter(|parameter| parameter.layer == number);
        let parameters: usize = own.map(|parameter| program.array(parameter.array).width()).sum();
        let flops = |list: &[Statement]| -> u64 {
            list.iter().filter(|one| one.layer == number).map(|one| program.flops(one)).sum()
        };
        let (forward, backward) = (flops(&program.forward), flops(&program.backward));
        quote! {
            #rt::LayerSummary {
                name: #name,
                layer: #title,
                output: &[#(#output),*],
                parameters: #parameters,
                forward_flops: #forward,
                backward_flops: #backward,
            }
        }
    });
    let pass_scalars: usize = compiled.training_plan.widths.iter().sum();
    let forward_scalars: usize = compiled.inference_plan.widths.iter().sum();
    quote! {
        #rt::Summary {
            network: #network,
            input: &[#(#input),*],
            layers: &[#(#layers),*],
            pass_scalars: #pass_scalars,
            forward_scalars: #forward_scalars,
            scalar_bytes: T::BYTES,
        }
    }
}

fn buffer(number: usize) -> Ident {
    local(&format!("buffer{number}"))
}

/// Kernels as calls, in the memory of a plan.
struct Body<'a> {
    compiled: &'a CompiledNetwork,
    names: &'a Names,
    plan: &'a Plan,
}

impl<'a> Body<'a> {
    fn new(compiled: &'a CompiledNetwork, names: &'a Names, plan: &'a Plan) -> Self {
        Self { compiled, names, plan }
    }

    /// The buffers cut out of the pass, then the kernels.
    fn tokens(&self, kernels: &[Kernel]) -> TokenStream {
        let rt = runtime();
        let widths = &self.plan.widths;
        let buffers = (0..widths.len()).map(buffer);
        let used = (0..widths.len()).map(buffer);
        let kernels = self.kernels(kernels);
        quote! {
            let [#(#buffers),*] = #rt::regions(pass, batch, [#(#widths),*]);
            let _ = (#(&#used),*);
            #kernels
        }
    }

    fn kernels(&self, kernels: &[Kernel]) -> TokenStream {
        let calls = kernels.iter().map(|kernel| match kernel {
            Kernel::Alias { .. } => quote!(),
            Kernel::Product(product) => self.product(product),
            Kernel::Loops(statement) => self.loops(statement),
        });
        calls.collect()
    }

    fn product(&self, product: &Product) -> TokenStream {
        let rt = runtime();
        let [rows, columns, depth] = [product.rows, product.columns, product.depth].map(count);
        let (left, right) = (self.operand(&product.left), self.operand(&product.right));
        let start = match product.start {
            Start::Zero => quote!(#rt::Start::Zero),
            Start::Target => quote!(#rt::Start::Target),
            Start::Row(row) => {
                let row = self.read(row);
                quote!(#rt::Start::Row(#row))
            }
        };
        let target = self.write(product.target);
        quote! {
            T::product(
                #rt::Shape { rows: #rows, columns: #columns, depth: #depth },
                #left,
                #right,
                #start,
                #target,
            );
        }
    }

    fn operand(&self, operand: &Operand) -> TokenStream {
        let rt = runtime();
        let data = self.read(operand.array);
        let row_stride = Literal::usize_unsuffixed(operand.row_stride);
        let column_stride = Literal::usize_unsuffixed(operand.column_stride);
        quote! {
            #rt::Operand { data: #data, row_stride: #row_stride, column_stride: #column_stride }
        }
    }

    /// A statement as loops: a function of its own, compiled for each SIMD level.
    fn loops(&self, statement: &Statement) -> TokenStream {
        let rt = runtime();
        let program = &self.compiled.program;
        let target = statement.target.array;
        let mut storage = HashMap::from([(target, Storage::Slice(local("target")))]);
        let mut places = vec![(self.plan.place(target), local("target"))];
        let mut sources = Vec::new();
        for (_, access) in program.graph.elements(statement.value) {
            let place = self.plan.place(access.array);
            let known = places.iter().find(|(other, _)| *other == place);
            let is_new = known.is_none();
            let new = || local(&format!("source{}", sources.len()));
            let name = known.map_or_else(new, |(_, name)| name.clone());
            if is_new {
                sources.push((name.clone(), self.read(access.array)));
                places.push((place, name.clone()));
            }
            storage.insert(access.array, Storage::Slice(name));
        }
        let scope = Scope { program, storage, length: quote!(batch) };
        let nest = nest(&scope, statement);
        let (names, slices): (Vec<Ident>, Vec<TokenStream>) = sources.into_iter().unzip();
        let types = names.iter().map(|_| quote!(&[T]));
        let written = self.write(target);
        quote! {
            {
                #[inline(always)]
                fn nest<T: #rt::Real>(
                    (batch, target, #(#names,)*): (usize, &mut [T], #(#types,)*),
                ) {
                    let _ = batch;
                    #nest
                }
                #rt::vectorise((batch, #written, #(#slices,)*), nest);
            }
        }
    }

    fn read(&self, array: ArrayId) -> TokenStream {
        match self.plan.place(array) {
            Place::Inputs => quote!(inputs),
            Place::Parameter(number) => {
                let path = self.names.path(&self.compiled.program, number);
                quote!(self.#path.as_slice())
            }
            Place::ParameterGradient(number) => {
                let path = self.names.path(&self.compiled.program, number);
                quote!(gradient.#path.as_slice())
            }
            Place::Buffer(number) => match self.part(array, number) {
                Some(part) => quote!(&#part),
                None => {
                    let buffer = buffer(number);
                    quote!(&*#buffer)
                }
            },
        }
    }

    /// The part of a buffer that an array takes, unless it takes all of it.
    fn part(&self, array: ArrayId, number: usize) -> Option<TokenStream> {
        let width = self.compiled.program.array(array).width();
        let (buffer, size) = (buffer(number), Literal::usize_unsuffixed(width));
        (width != self.plan.widths[number]).then(|| quote!(#buffer[..batch * #size]))
    }

    fn write(&self, array: ArrayId) -> TokenStream {
        match self.plan.place(array) {
            Place::ParameterGradient(number) => {
                let path = self.names.path(&self.compiled.program, number);
                quote!(gradient.#path.as_mut_slice())
            }
            Place::Inputs | Place::Parameter(_) => quote!(&mut []),
            Place::Buffer(number) => match self.part(array, number) {
                Some(part) => quote!(&mut #part),
                None => {
                    let buffer = buffer(number);
                    quote!(&mut *#buffer)
                }
            },
        }
    }
}

fn count(count: Count) -> TokenStream {
    let size = Literal::usize_unsuffixed(count.size);
    match (count.batched, count.size) {
        (false, _) => quote!(#size),
        (true, 1) => quote!(batch),
        (true, _) => quote!(batch * #size),
    }
}
