//! A network's types: its struct, those of its layers, and the proof of their memory.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::{Attribute, Meta};

use super::outlined::OutlinedLoops;
use super::tokens::identifier;
use super::{CompiledNetwork, runtime};
use crate::frontend::resolved::Layer;
use crate::ir::function::{Array, ParameterArray, Program};
use crate::ir::index::ArrayId;

/// The identifiers of a network's types, fields and loops.
pub struct Names {
    /// The generic struct.
    pub generic: Ident,
    /// For each layer: its field and its struct.
    layers: Vec<(Ident, Ident)>,
    /// Its loops.
    pub loops: OutlinedLoops,
}

impl Names {
    pub fn new(compiled: &CompiledNetwork) -> Self {
        let layers = compiled.network.layers.iter();
        let layers = layers.map(|Layer { field, structure, .. }| {
            (identifier(&field.to_string(), field.span()), structure.clone())
        });
        let generic = format_ident!("{}Of", compiled.network.name);
        Self { generic, layers: layers.collect(), loops: OutlinedLoops::default() }
    }

    /// `hidden1.weight` of the n-th parameter.
    pub fn path(&self, program: &Program, number: usize) -> TokenStream {
        let parameter = &program.parameters[number];
        let field = &self.layers[parameter.layer].0;
        let name = parameter_name(program, parameter);
        quote!(#field.#name)
    }
}

fn parameter_name(program: &Program, parameter: &ParameterArray) -> Ident {
    identifier(&program.array(parameter.array).name, Span::call_site())
}

/// The structs, and the alias for f32.
pub fn types(compiled: &CompiledNetwork, names: &Names) -> TokenStream {
    let rt = runtime();
    let network = &compiled.network;
    let (generic, visibility) = (&names.generic, &network.visibility);
    let name = identifier(&network.name.to_string(), network.name.span());
    let attributes =
        network.attributes.iter().filter(|attribute| !attribute.path().is_ident("derive"));
    // The network's own code uses the generic struct: only the alias can be deprecated.
    let (of_alias, of_struct): (Vec<&Attribute>, Vec<&Attribute>) =
        attributes.partition(|attribute| attribute.path().is_ident("deprecated"));
    let of_struct = of_struct.into_iter().map(permission);
    let conditions = conditions(compiled);
    let documented = network.attributes.iter().filter(|attribute| attribute.path().is_ident("doc"));
    let documentation = documentation(compiled);
    let layers = layer_structs(compiled, names);
    let fields = parametric_layers(compiled).map(|(number, layer)| {
        let (field, layer_struct) = &names.layers[number];
        let text = format!("`{}`", layer.title);
        quote!(#[doc = #text] pub #field: #layer_struct<T>,)
    });
    let padding = padding(compiled);
    let alias = format!("[`{generic}`] with parameters of type `f32`.");
    quote! {
        #(#of_struct)*
        #(#[doc = #documentation])*
        #[repr(C, align(64))]
        #visibility struct #generic<T: #rt::Real> {
            #(#fields)*
            padding: [T; #padding],
        }

        #(#conditions)*
        #(#of_alias)*
        #(#documented)*
        #[doc = ""]
        #[doc = #alias]
        #visibility type #name = #generic<::core::primitive::f32>;

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
    lines.extend(compiled.explanation.text.lines().map(str::to_owned));
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
            #[derive(::core::fmt::Debug)]
            #visibility struct #layer_struct<T: #rt::Real> { #(#fields)* }
        }
    });
    structs.collect()
}

pub fn shape(array: &Array) -> Vec<usize> {
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

/// The numbers of inputs and of outputs.
pub fn sizes(compiled: &CompiledNetwork) -> (usize, usize) {
    let function = &compiled.predict.functions[0].function;
    let width = |array: ArrayId| compiled.program.array(array).width();
    (width(function.inputs[0].array), width(function.outputs[0].array))
}

/// The memory of the parameters as one run of scalars.
pub fn parameters(compiled: &CompiledNetwork, names: &Names) -> TokenStream {
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
    let program = &compiled.program;
    let paths = (0..program.parameters.len()).map(|number| names.path(program, number));
    let paths: Vec<TokenStream> = paths.collect();
    let (states, padding) = (states(program), padding(compiled));
    quote! {
        impl<T: #rt::Real> #rt::ParameterFields for #generic<T> {
            type Number = T;
            const STATES: &'static [::core::ops::Range<usize>] = &[#(#states),*];
            const EXAMPLE: Self = Self { #(#layers)* padding: [T::ZERO; #padding] };
            const PADDING: usize = #padding;

            fn visit(&self, visit: &mut impl ::core::ops::FnMut(&[T])) {
                #(visit(#rt::SMatrix::as_slice(&self.#paths));)*
                visit(&self.padding);
            }

            fn visit_mut(&mut self, visit: &mut impl ::core::ops::FnMut(&mut [T])) {
                #(visit(#rt::SMatrix::as_mut_slice(&mut self.#paths));)*
                visit(&mut self.padding);
            }
        }
    }
}

/// How many numbers fill up the struct's last cache line, in either format.
fn padding(compiled: &CompiledNetwork) -> usize {
    /// How many numbers of f32 fill a cache line of 64 bytes, to which the struct is aligned.
    const LINE: usize = 16;
    let program = &compiled.program;
    let arrays = program.parameters.iter().map(|parameter| program.array(parameter.array));
    let count: usize = arrays.map(Array::width).sum();
    count.next_multiple_of(LINE) - count
}

/// Where among all parameters those lie that no gradient moves.
fn states(program: &Program) -> Vec<TokenStream> {
    let mut end = 0;
    let ranges = program.parameters.iter().filter_map(|parameter| {
        let start = end;
        end += program.array(parameter.array).width();
        parameter.is_state.then(|| quote!(#start..#end))
    });
    ranges.collect()
}

/// Attributes that hold for everything a network expands to.
///
/// An expectation would have to be fulfilled by each item that bears it, so it becomes the permission
/// that it implies.
pub fn conditions(compiled: &CompiledNetwork) -> Vec<Attribute> {
    let holds_for_all = |attribute: &&Attribute| {
        let names = ["allow", "deny", "expect", "warn"];
        names.iter().any(|name| attribute.path().is_ident(name))
    };
    compiled.network.attributes.iter().filter(holds_for_all).map(permission).collect()
}

/// `#[expect(…)]` as `#[allow(…)]`, and any other attribute as it is.
fn permission(attribute: &Attribute) -> Attribute {
    let mut attribute = attribute.clone();
    if let Meta::List(list) = &mut attribute.meta
        && list.path.is_ident("expect")
    {
        list.path = Ident::new("allow", attribute.pound_token.span).into();
    }
    attribute
}
