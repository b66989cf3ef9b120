//! What a network takes and gives: the structs of several inputs and outputs, and the slices behind them.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::tokens::{identifier_of, in_own_scope, local};
use super::types::{Names, conditions, sizes};
use super::{CompiledNetwork, runtime};
use crate::explain;
use crate::frontend::resolved::{Network, NetworkInput, Numbers};
use crate::ir::meaning::Meaning;

/// An input or an output of a network.
pub struct NamedArray<'a> {
    pub name: &'a Ident,
    shape: &'a [usize],
    /// What its numbers are below, if they are integers.
    below: Option<usize>,
}

impl NamedArray<'_> {
    /// Numbers of one sample.
    pub fn width(&self) -> usize {
        self.shape.iter().product()
    }

    pub fn field(&self) -> Ident {
        identifier_of(self.name)
    }

    /// `IntegerInput { name: "token", width: 16, below: 128 }`, if it is one of integers.
    fn integers(&self) -> Option<TokenStream> {
        let (rt, name, width, below) =
            (runtime(), self.name.to_string(), self.width(), self.below?);
        Some(quote!(#rt::IntegerInput { name: #name, width: #width, below: #below }))
    }

    /// `ArrayInfo { name: "image", shape: &[3, 16, 16] }`
    pub fn info(&self) -> TokenStream {
        let (rt, name, shape) = (runtime(), self.name.to_string(), self.shape);
        quote!(#rt::ArrayInfo { name: #name, shape: &[#(#shape),*] })
    }
}

pub fn inputs(network: &Network) -> Vec<NamedArray<'_>> {
    let inputs = network.inputs.iter();
    inputs
        .map(|input| NamedArray { name: &input.name, shape: &input.shape, below: below(input) })
        .collect()
}

/// What the numbers of an input are below, if they are integers.
fn below(input: &NetworkInput) -> Option<usize> {
    match input.numbers {
        Numbers::Index(below) => Some(below),
        Numbers::Real | Numbers::Class(_) => None,
    }
}

/// Integers of a sample, those of all inputs together.
pub fn integers(network: &Network) -> usize {
    let integers = inputs(network).into_iter().filter(|input| input.below.is_some());
    integers.map(|input| input.width()).sum()
}

/// The generic parameters and the bounds of the integers of one sample: `<F0: Integer>`.
pub fn sample_generics(network: &Network) -> TokenStream {
    let rt = runtime();
    let integers = inputs(network).into_iter().enumerate();
    let integers = integers.filter(|(_, input)| input.below.is_some());
    let bounds: Vec<TokenStream> = integers
        .map(|(number, _)| {
            let integer = type_of(number);
            quote!(#integer: #rt::Integer)
        })
        .collect();
    if bounds.is_empty() { TokenStream::new() } else { quote!(<#(#bounds),*>) }
}

pub fn outputs(network: &Network) -> Vec<NamedArray<'_>> {
    let outputs = network.outputs.iter();
    outputs
        .map(|output| NamedArray { name: &output.name, shape: &output.shape, below: None })
        .collect()
}

/// The n-th slice that the caller gives.
pub fn input_slice(number: usize) -> Ident {
    local(&format!("input{number}"))
}

/// `[input0, input1]`: all of them.
pub fn input_slices(network: &Network) -> TokenStream {
    let slices = (0..network.inputs.len()).map(input_slice);
    quote!([#(#slices),*])
}

/// The structs, and the traits that give their slices.
pub fn ports(compiled: &CompiledNetwork, names: &Names) -> TokenStream {
    let network = &compiled.network;
    let inputs = inputs(network);
    let (input, of_input) = match inputs.as_slice() {
        [input] => (TokenStream::new(), single_input(input, names)),
        _ => (inputs_struct(compiled, names), several_inputs(compiled, names)),
    };
    let (output, of_output) = if network.has_single_output() {
        (TokenStream::new(), single_output(names))
    } else {
        (outputs_struct(compiled, names), several_outputs(compiled, names))
    };
    let has_gradients = !network.differentiated_inputs.is_empty();
    let of_gradients = has_gradients.then(|| input_gradients(compiled, names));
    let implementations = in_own_scope(&quote!(#of_input #of_output #of_gradients));
    quote!(#input #output #implementations)
}

/// The type of the inputs of one sample.
pub fn sample_type(compiled: &CompiledNetwork, names: &Names) -> TokenStream {
    let (rt, network) = (runtime(), &compiled.network);
    let vectors = inputs(network).into_iter().enumerate().map(|(number, input)| {
        let width = input.width();
        if input.below.is_some() {
            let integer = type_of(number);
            return quote!(&[#integer; #width]);
        }
        quote!(&#rt::SVector<T, #width>)
    });
    if network.has_single_input() {
        return quote!(#(#vectors)*);
    }
    let structure = &names.inputs;
    quote!(#structure<#(#vectors),*>)
}

/// The slices of the inputs of one sample.
pub fn sample_slices(network: &Network) -> TokenStream {
    let rt = runtime();
    let slices = inputs(network).into_iter().enumerate().map(|(number, input)| {
        let (slice, field) = (input_slice(number), input.field());
        let given = if network.has_single_input() { quote!(inputs) } else { quote!(inputs.#field) };
        match input.integers() {
            Some(integers) => quote! {
                let #slice = #rt::IntegerMemory::write(&mut memory, #integers, #given, &mut samples)?;
            },
            None => quote!(let #slice = #rt::SMatrix::as_slice(#given);),
        }
    });
    let slices: TokenStream = slices.collect();
    let integers = integers(network);
    let memory = (integers > 0).then(|| {
        quote! {
            let mut samples = ::core::option::Option::Some(1usize);
            let mut memory = [T::ZERO; #integers];
            let mut memory = #rt::IntegerMemory::new(&mut memory, #integers);
        }
    });
    quote!(#memory #slices)
}

/// The type of the outputs of one sample.
pub fn output_type(compiled: &CompiledNetwork, names: &Names) -> TokenStream {
    let (rt, network) = (runtime(), &compiled.network);
    let vectors = outputs(network).into_iter().map(|output| {
        let width = output.width();
        quote!(#rt::SVector<T, #width>)
    });
    if network.has_single_output() {
        return quote!(#(#vectors)*);
    }
    let structure = &names.outputs;
    quote!(#structure<#(#vectors),*>)
}

fn single_input(input: &NamedArray, names: &Names) -> TokenStream {
    let (rt, generic) = (runtime(), &names.generic);
    if let Some(integers) = input.integers() {
        return single_input_of_integers(&integers, names);
    }
    quote! {
        impl<T: #rt::Real> #rt::SingleInput for #generic<T> {
            fn slices(inputs: &[T]) -> [&[T]; 1] {
                [inputs]
            }
        }
    }
}

/// Each kind of list that integers come in.
fn single_input_of_integers(integers: &TokenStream, names: &Names) -> TokenStream {
    let (rt, generic) = (runtime(), &names.generic);
    let lists = [
        (quote!(), quote!([I])),
        (quote!(const COUNT: usize,), quote!([I; COUNT])),
        (quote!(), quote!(#rt::Vec<I>)),
    ];
    let slices = slices_function(
        &[quote!(#rt::IntegerMemory::write(&mut memory, #integers, self, &mut samples)?)],
        generic,
    );
    let each = lists.into_iter().map(|(count, list)| {
        quote! {
            impl<'a, T: #rt::Real, I: #rt::Integer, #count> #rt::InputBatch<'a, #generic<T>> for &'a #list {
                #slices
            }
        }
    });
    each.collect()
}

/// The function that gives the slices of a batch.
fn slices_function(slices: &[TokenStream], generic: &Ident) -> TokenStream {
    let (rt, count) = (runtime(), slices.len());
    quote! {
        fn slices<'m>(
            self,
            integers: &'m mut [T],
        ) -> ::core::result::Result<([&'m [T]; #count], usize), #rt::BatchError>
        where
            'a: 'm,
        {
            let mut samples = ::core::option::Option::None;
            let mut memory =
                #rt::IntegerMemory::new(integers, <#generic<T> as #rt::Network>::INTEGERS);
            let _ = &mut memory;
            let slices = [#(#slices),*];
            ::core::result::Result::Ok((slices, ::core::option::Option::unwrap_or(samples, 0)))
        }
    }
}

/// The gradients on the inputs, which lie one after the other.
fn input_gradients(compiled: &CompiledNetwork, names: &Names) -> TokenStream {
    let (rt, generic, inputs) = (runtime(), &names.generic, inputs(&compiled.network));
    let views = inputs.iter().map(|input| match input.below {
        None => {
            let width = input.width();
            quote!(#rt::SamplesView<'a, T, #rt::Const<#width>>)
        }
        Some(_) => quote!(()),
    });
    let values = inputs.iter().map(|input| match input.below {
        None => quote!(#rt::output_view(&mut gradients, batch)),
        Some(_) => quote!(()),
    });
    let (views, values) = if compiled.network.has_single_input() {
        (quote!(#(#views)*), quote!(#(#values)*))
    } else {
        let (structure, fields) = (&names.inputs, inputs.iter().map(NamedArray::field));
        (quote!(#structure<#(#views),*>), quote!(#structure { #(#fields: #values),* }))
    };
    quote! {
        impl<T: #rt::Real> #rt::InputGradients for #generic<T> {
            type GradientViews<'a> = #views;

            fn gradient_views(gradients: &[T], batch: usize) -> Self::GradientViews<'_> {
                let mut gradients = gradients;
                #values
            }
        }
    }
}

fn single_output(names: &Names) -> TokenStream {
    let (rt, generic) = (runtime(), &names.generic);
    quote!(impl<T: #rt::Real> #rt::SingleOutput for #generic<T> {})
}

/// What the outputs mean.
fn meaning(network: &Network) -> TokenStream {
    match network.outputs.as_slice() {
        [output] => match network.meaning(output) {
            Meaning::Probabilities => quote!(Probabilities),
            Meaning::Logits | Meaning::Unchanged => quote!(Logits),
        },
        _ => quote!(NamedOutputs),
    }
}

/// A public struct with a field of any type for each array.
fn structure(
    compiled: &CompiledNetwork,
    name: &Ident,
    arrays: &[NamedArray],
    documentation: &str,
) -> TokenStream {
    let visibility = &compiled.network.visibility;
    let conditions = conditions(compiled);
    let types: Vec<Ident> = (0..arrays.len()).map(type_of).collect();
    let fields = arrays.iter().zip(&types).map(|(array, field_type)| {
        let field = array.field();
        let text = match array.shape {
            [] => "One number for each sample.".to_owned(),
            shape => format!("Shape `{}`, row-major.", explain::shape(shape)),
        };
        let text = match array.below {
            Some(below) => format!("{text} Integers below {below}."),
            None => text,
        };
        quote!(#[doc = #text] pub #field: #field_type,)
    });
    quote! {
        #(#conditions)*
        #[doc = #documentation]
        #[derive(
            ::core::clone::Clone,
            ::core::marker::Copy,
            ::core::fmt::Debug,
            ::core::cmp::PartialEq,
        )]
        #visibility struct #name<#(#types),*> { #(#fields)* }
    }
}

/// The type of the n-th field.
pub fn type_of(number: usize) -> Ident {
    format_ident!("F{number}")
}

fn inputs_struct(compiled: &CompiledNetwork, names: &Names) -> TokenStream {
    let documentation = format!(
        "The inputs of `{}`: for a batch, a matrix each with a column a sample, or a slice of integers, by \
         reference; for one sample, a vector or an array of integers each.",
        compiled.network.name
    );
    structure(compiled, &names.inputs, &inputs(&compiled.network), &documentation)
}

fn outputs_struct(compiled: &CompiledNetwork, names: &Names) -> TokenStream {
    let documentation = format!(
        "The outputs of `{}`, or the gradient on them: for a batch, a matrix each with a column a \
         sample; for one sample, a vector each.",
        compiled.network.name
    );
    structure(compiled, &names.outputs, &outputs(&compiled.network), &documentation)
}

/// `F0: Batch<'a, T, Const<6>, AgentOf<T>>` for each field.
fn bounds(arrays: &[NamedArray], generic: &Ident) -> Vec<TokenStream> {
    let rt = runtime();
    let bound = |(number, array): (usize, &NamedArray)| {
        let (field_type, width) = (type_of(number), array.width());
        if array.below.is_some() {
            return quote!(#field_type: #rt::Integers);
        }
        quote!(#field_type: #rt::Batch<'a, T, #rt::Const<#width>, #generic<T>>)
    };
    arrays.iter().enumerate().map(bound).collect()
}

fn several_inputs(compiled: &CompiledNetwork, names: &Names) -> TokenStream {
    let (rt, generic, structure) = (runtime(), &names.generic, &names.inputs);
    let inputs = inputs(&compiled.network);
    let bounds = bounds(&inputs, generic);
    let types: Vec<Ident> = (0..inputs.len()).map(type_of).collect();
    let slices = inputs.iter().map(|input| {
        let (field, name, width) = (input.field(), input.name.to_string(), input.width());
        if let Some(integers) = input.integers() {
            return quote!(#rt::IntegerMemory::write(&mut memory, #integers, &self.#field, &mut samples)?);
        }
        quote! {
            #rt::input_slice::<#generic<T>, #rt::Const<#width>>(#name, self.#field, &mut samples)?
        }
    });
    let slices = slices_function(&slices.collect::<Vec<_>>(), generic);
    let lent = lent_inputs(&inputs, &types, names);
    quote! {
        impl<'a, T: #rt::Real, #(#bounds),*> #rt::InputBatch<'a, #generic<T>> for #structure<#(#types),*> {
            #slices
        }

        #lent
    }
}

/// A struct of inputs that are owned, by reference.
fn lent_inputs(inputs: &[NamedArray], types: &[Ident], names: &Names) -> TokenStream {
    let (rt, generic, structure) = (runtime(), &names.generic, &names.inputs);
    let fields: Vec<Ident> = inputs.iter().map(NamedArray::field).collect();
    let lent = types.iter().map(|name| quote!(&'a #name));
    quote! {
        impl<'a, T: #rt::Real, #(#types: 'a),*> #rt::InputBatch<'a, #generic<T>>
            for &'a #structure<#(#types),*>
        where
            #structure<#(#lent),*>: #rt::InputBatch<'a, #generic<T>>,
        {
            fn slices<'m>(
                self,
                integers: &'m mut [T],
            ) -> ::core::result::Result<(<#generic<T> as #rt::Network>::InputSlices<'m>, usize), #rt::BatchError>
            where
                'a: 'm,
            {
                #rt::InputBatch::slices(#structure { #(#fields: &self.#fields),* }, integers)
            }
        }
    }
}

fn several_outputs(compiled: &CompiledNetwork, names: &Names) -> TokenStream {
    let (rt, generic, structure) = (runtime(), &names.generic, &names.outputs);
    let outputs = outputs(&compiled.network);
    let bounds = bounds(&outputs, generic);
    let types: Vec<Ident> = (0..outputs.len()).map(type_of).collect();
    let writes = outputs.iter().map(|output| {
        let (field, width) = (output.field(), output.width());
        let what = format!("gradient on `{}`", output.name);
        quote! {
            let place = #rt::write_gradient::<#generic<T>, #rt::Const<#width>, _>(
                #what, self.#field, place, batch,
            )?;
        }
    });
    quote! {
        impl<'a, T: #rt::Real, #(#bounds),*> #rt::OutputGradients<'a, #generic<T>>
            for #structure<#(#types),*>
        {
            fn write(
                self,
                place: &mut [T],
                batch: usize,
            ) -> ::core::result::Result<(), #rt::BatchError> {
                #(#writes)*
                let _ = place;
                ::core::result::Result::Ok(())
            }
        }
    }
}

/// What the trait of all networks says of inputs and outputs.
pub fn items(compiled: &CompiledNetwork, names: &Names) -> TokenStream {
    let (rt, network) = (runtime(), &compiled.network);
    let (input_width, output_width) = sizes(compiled);
    let (inputs, outputs) = (inputs(network), outputs(network));
    let (input_infos, output_infos) =
        (inputs.iter().map(NamedArray::info), outputs.iter().map(NamedArray::info));
    let (count, integers) = (inputs.len(), integers(network));
    let views = outputs.iter().map(|output| {
        let width = output.width();
        quote!(#rt::SamplesView<'a, T, #rt::Const<#width>>)
    });
    let (views, values) = if network.has_single_output() {
        (quote!(#(#views)*), quote!(#rt::output_view(&mut outputs, batch)))
    } else {
        let (structure, fields) = (&names.outputs, outputs.iter().map(NamedArray::field));
        let values = quote!(#structure { #(#fields: #rt::output_view(&mut outputs, batch)),* });
        (quote!(#structure<#(#views),*>), values)
    };
    let meaning = meaning(network);
    quote! {
        type Inputs = #rt::Const<#input_width>;
        type Outputs = #rt::Const<#output_width>;
        type Meaning = #rt::#meaning;
        type OutputViews<'a> = #views;
        type InputSlices<'a> = [&'a [T]; #count];
        const INTEGERS: usize = #integers;
        const INPUTS: &'static [#rt::ArrayInfo] = &[#(#input_infos),*];
        const OUTPUTS: &'static [#rt::ArrayInfo] = &[#(#output_infos),*];

        fn views(outputs: &[T], batch: usize) -> Self::OutputViews<'_> {
            let mut outputs = outputs;
            #values
        }
    }
}
