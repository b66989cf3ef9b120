//! A network's types: its struct, those of its layers, and the proof of their memory.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::{Attribute, Meta};

use super::outlined::OutlinedLoops;
use super::tokens::{identifier, identifier_of};
use super::{CompiledNetwork, runtime};
use crate::frontend::resolved::{Layer, LayerKind, Network, Part};
use crate::ir::function::{Array, ParameterArray, Program};

/// The identifiers of the types, fields and loops of a network, or of a loss as one.
pub struct Names {
    /// The generic struct.
    pub generic: Ident,
    /// The struct of all states.
    states: Ident,
    /// The structs of several inputs and outputs.
    pub inputs: Ident,
    pub outputs: Ident,
    /// For each layer: its field.
    fields: Vec<Ident>,
    /// For each layer: the fields of the networks around it.
    within: Vec<Vec<Ident>>,
    /// The fields of the networks inside.
    parts: Vec<Ident>,
    /// For each layer: whether its field is the parameter itself.
    are_parameters: Vec<bool>,
    /// Its loops.
    pub loops: OutlinedLoops,
}

impl Names {
    pub fn new(network: &Network) -> Self {
        let layers = network.layers.iter();
        let fields = layers.map(|Layer { field, .. }| identifier_of(field));
        let generic = format_ident!("{}Of", network.name);
        let states = format_ident!("{generic}States");
        let [inputs, outputs] =
            ["Inputs", "Outputs"].map(|what| format_ident!("{}{what}", network.name));
        let loops = OutlinedLoops::default();
        let fields = fields.collect();
        let layers = || network.layers.iter();
        let around = |layer: &Layer| layer.within.iter().map(identifier_of).collect();
        let within = layers().map(around).collect();
        let parts = network.parts.iter().map(|part| identifier_of(&part.field)).collect();
        let are_parameters = layers().map(|layer| layer.kind == LayerKind::Parameter).collect();
        Self { generic, states, inputs, outputs, fields, within, parts, are_parameters, loops }
    }

    /// `hidden1.weight` of the n-th parameter, `states.norm.running_mean` of a state, `encoder.hidden1.weight`
    /// in another network.
    pub fn path(&self, program: &Program, number: usize) -> TokenStream {
        let parameter = &program.parameters[number];
        let field = &self.fields[parameter.layer];
        let name = parameter_name(program, parameter);
        let states = parameter.is_state.then(|| quote!(states.));
        let within = &self.within[parameter.layer];
        let name = (!self.are_parameters[parameter.layer]).then(|| quote!(.#name));
        quote!(#states #(#within.)* #field #name)
    }

    /// What each network inside is called.
    fn part_fields<'a>(
        &'a self,
        network: &'a Network,
    ) -> impl Iterator<Item = (&'a Ident, &'a Part)> {
        self.parts.iter().zip(&network.parts)
    }

    /// The struct of its parameters alone, as a field of other networks.
    fn parameters(&self) -> Ident {
        format_ident!("{}Parameters", self.generic)
    }

    /// The field that fills the last cache line.
    fn padding(&self) -> Ident {
        self.unlike_layers("padding")
    }

    /// The field that lets the struct begin with a cache line; none of one inside others.
    fn alignment(&self, network: &Network) -> Option<Ident> {
        (!is_inside_others(network)).then(|| self.unlike_layers("alignment"))
    }

    /// A name that no layer has.
    fn unlike_layers(&self, name: &str) -> Ident {
        let mut name = name.to_owned();
        while self.fields.iter().chain(&self.parts).any(|field| *field == name) {
            name.push('_');
        }
        Ident::new(&name, Span::call_site())
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
    let name = identifier_of(&network.name);
    let [of_struct, of_alias] = own_attributes(compiled, names);
    let documentation = documentation(compiled);
    let regions = [Region::Learnable, Region::States];
    let layers = regions.map(|region| layer_structs(compiled, region));
    let fields = regions.map(|region| fields(compiled, names, region));
    let [learnable, states] = fields;
    let states_struct = states_struct(compiled, names, &states);
    let states_field = states_struct.is_some().then(|| {
        let structure = &names.states;
        quote! {
            /// What no gradient moves, such as running means.
            pub states: #structure<T>,
        }
    });
    let (padding, padding_size) = (names.padding(), padding(compiled));
    let alignment = names.alignment(network).map(|name| quote!(#name: #rt::Aligned<()>,));
    let parameters_struct = parameters_struct(compiled, names, &learnable);
    quote! {
        #of_struct
        #(#[doc = #documentation])*
        #[repr(C)]
        #visibility struct #generic<T: #rt::Real> {
            #alignment
            #(#learnable)*
            #states_field
            #padding: [T; #padding_size],
        }

        #of_alias
        #visibility type #name = #generic<::core::primitive::f32>;

        #parameters_struct
        #states_struct
        #(#layers)*
    }
}

/// The attributes of the struct, and of the alias for f32. The network's own code uses the struct, so that
/// only the alias can be deprecated.
fn own_attributes(compiled: &CompiledNetwork, names: &Names) -> [TokenStream; 2] {
    let is = |name: &'static str| move |one: &&Attribute| one.path().is_ident(name);
    let (all, is_deprecated) = (&compiled.network.attributes, is("deprecated"));
    let of_struct = all.iter().filter(|one| !is("derive")(one) && !is_deprecated(one));
    let of_struct = of_struct.map(permission);
    let conditions = conditions(compiled);
    let (deprecated, documented) = (all.iter().filter(is_deprecated), all.iter().filter(is("doc")));
    let text = format!("[`{}`] with parameters of type `f32`.", names.generic);
    let of_alias = quote! {
        #(#conditions)*
        #(#deprecated)*
        #(#documented)*
        #[doc = ""]
        #[doc = #text]
    };
    [quote!(#(#of_struct)*), of_alias]
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

/// A part of a network's memory.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Region {
    /// What an optimizer moves.
    Learnable,
    /// What no gradient moves; behind the former.
    States,
}

impl Region {
    fn holds(self, parameter: &ParameterArray) -> bool {
        parameter.is_state == (self == Self::States)
    }

    /// The struct of a layer's part.
    fn structure(self, layer: &Layer) -> Ident {
        match self {
            Self::Learnable => layer.structure.clone(),
            Self::States => layer.states_structure(),
        }
    }
}

/// A layer's parameters or states.
fn own(
    compiled: &CompiledNetwork,
    layer: usize,
    region: Region,
) -> impl Iterator<Item = &ParameterArray> {
    let parameters = compiled.program.parameters.iter();
    parameters.filter(move |parameter| parameter.layer == layer && region.holds(parameter))
}

/// The layers that have parameters or states, apart from those of networks inside.
fn layers_with(
    compiled: &CompiledNetwork,
    region: Region,
) -> impl Iterator<Item = (usize, &Layer)> {
    let layers = compiled.network.layers.iter().enumerate();
    let layers = layers.filter(|(_, layer)| layer.within.is_empty());
    layers.filter(move |(number, _)| own(compiled, *number, region).next().is_some())
}

/// The networks inside, of which one without states has no part of that region.
fn parts_with<'a>(
    compiled: &'a CompiledNetwork,
    names: &'a Names,
    region: Region,
) -> impl Iterator<Item = (&'a Ident, &'a Part)> {
    let is_there = move |part: &Part| region == Region::Learnable || part.has_states;
    names.part_fields(&compiled.network).filter(move |(_, part)| is_there(part))
}

/// What is made for each layer and each network inside, in the order of their memory.
fn in_order(
    layers: impl Iterator<Item = (usize, TokenStream)>,
    parts: impl Iterator<Item = (usize, TokenStream)>,
) -> Vec<TokenStream> {
    // One without layers has no memory, so that its place is any.
    let mut all: Vec<(usize, TokenStream)> = parts.chain(layers).collect();
    all.sort_by_key(|(number, _)| *number);
    all.into_iter().map(|(_, tokens)| tokens).collect()
}

/// `EncoderOf`, or the part of it that is in a region: its states lie behind all parameters of the whole.
fn part_type(part: &Part, region: Region) -> Ident {
    let suffix = match region {
        Region::Learnable if part.has_states => "Parameters",
        Region::Learnable => "",
        Region::States => "States",
    };
    format_ident!("{}Of{suffix}", part.network)
}

/// `pub hidden1: AgentOfHidden1<T>,`, and `pub encoder: EncoderOf<T>,`
fn fields(compiled: &CompiledNetwork, names: &Names, region: Region) -> Vec<TokenStream> {
    let layers = layers_with(compiled, region);
    let layers =
        layers.map(|(number, layer)| (number, field(compiled, names, number, layer, region)));
    let parts = parts_with(compiled, names, region).map(|(field, part)| {
        let (structure, visibility) = (part_type(part, region), &part.visibility);
        let text = format!("The network [`{}`].", part.network);
        let tokens = quote!(#[doc = #text] #visibility #field: #structure<T>,);
        (part.layers.start, tokens)
    });
    in_order(layers, parts)
}

fn field(
    compiled: &CompiledNetwork,
    names: &Names,
    number: usize,
    layer: &Layer,
    region: Region,
) -> TokenStream {
    let (field, structure) = (&names.fields[number], region.structure(layer));
    if layer.kind == LayerKind::Parameter {
        let own = own(compiled, number, region);
        return own.map(|parameter| matrix_field(compiled, field, parameter)).collect();
    }
    let text = format!("`{}`", layer.title);
    quote!(#[doc = #text] pub #field: #structure<T>,)
}

/// The parameters of a network with states, which other networks have as a field; nothing for others.
fn parameters_struct(
    compiled: &CompiledNetwork,
    names: &Names,
    fields: &[TokenStream],
) -> Option<TokenStream> {
    if !compiled.network.has_parameters_struct() {
        return None;
    }
    let text = format!(
        "Parameters of `{}` inside another network, whose states have those of this one: the other network's \
         `part` is a copy with both.",
        compiled.network.name
    );
    Some(structure(compiled, &names.parameters(), &text, fields))
}

/// Whether other networks have this one as a field, where it begins anywhere: with states, their field is
/// its parameters alone.
fn is_inside_others(network: &Network) -> bool {
    network.is_part && !network.has_states()
}

/// The struct of all states; nothing if there are none.
fn states_struct(
    compiled: &CompiledNetwork,
    names: &Names,
    fields: &[TokenStream],
) -> Option<TokenStream> {
    if fields.is_empty() {
        return None;
    }
    let text = format!("States of `{}`: what no gradient moves.", compiled.network.name);
    Some(structure(compiled, &names.states, &text, fields))
}

/// A struct of parameters or states, of a layer or of all.
fn structure(
    compiled: &CompiledNetwork,
    name: &Ident,
    text: &str,
    fields: &[TokenStream],
) -> TokenStream {
    let rt = runtime();
    let (visibility, conditions) = (&compiled.network.visibility, conditions(compiled));
    quote! {
        #(#conditions)*
        #[doc = #text]
        #[repr(C)]
        #[derive(::core::fmt::Debug)]
        #visibility struct #name<T: #rt::Real> { #(#fields)* }
    }
}

fn layer_structs(compiled: &CompiledNetwork, region: Region) -> TokenStream {
    let what = if region == Region::States { "States" } else { "Parameters" };
    let layers = layers_with(compiled, region);
    let with_structs = layers.filter(|(_, layer)| layer.kind != LayerKind::Parameter);
    let structs = with_structs.map(|(number, layer)| {
        let text = format!("{what} of the layer `{}` of `{}`.", layer.title, compiled.network.name);
        let fields = own(compiled, number, region).map(|parameter| {
            matrix_field(compiled, &parameter_name(&compiled.program, parameter), parameter)
        });
        structure(compiled, &region.structure(layer), &text, &fields.collect::<Vec<_>>())
    });
    structs.collect()
}

/// `pub weight: SMatrix<T, 784, 128>,`
fn matrix_field(
    compiled: &CompiledNetwork,
    name: &Ident,
    parameter: &ParameterArray,
) -> TokenStream {
    let rt = runtime();
    let array = compiled.program.array(parameter.array);
    let (rows, columns) = matrix_shape(array);
    let text = format!(
        "Shape `{:?}` in PyTorch's order, in the same memory: a column is a row of PyTorch's.",
        shape(array)
    );
    quote!(#[doc = #text] pub #name: #rt::SMatrix<T, #rows, #columns>,)
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
    let network = &compiled.network;
    let inputs = network.inputs.iter().map(|input| input.shape.iter().product::<usize>());
    let outputs = network.outputs.iter().map(|output| output.shape.iter().product::<usize>());
    (inputs.sum(), outputs.sum())
}

/// The memory of the parameters as one run of scalars.
pub fn parameters(compiled: &CompiledNetwork, names: &Names) -> TokenStream {
    let rt = runtime();
    let generic = &names.generic;
    let regions = [Region::Learnable, Region::States];
    let [learnable, states] = regions.map(|region| zeros(compiled, names, region));
    let of_states = (!states.is_empty()).then(|| example(&names.states, &states));
    let states_field = of_states.is_some().then(|| quote!(states: #rt::Example::EXAMPLE,));
    let is_part = compiled.network.has_parameters_struct();
    let of_parameters = is_part.then(|| example(&names.parameters(), &learnable));
    let program = &compiled.program;
    let all = || program.parameters.iter().enumerate();
    let learned = all().filter(|(_, parameter)| Region::Learnable.holds(parameter));
    let kept = all().filter(|(_, parameter)| Region::States.holds(parameter));
    let paths: Vec<TokenStream> =
        learned.chain(kept).map(|(number, _)| names.path(program, number)).collect();
    let state_count = state_count(program);
    let (padding, padding_size) = (names.padding(), padding(compiled));
    let alignment = names.alignment(&compiled.network);
    let aligned = alignment.as_ref().map(|name| quote!(#name: #rt::Aligned(()),));
    let read = alignment.iter();
    let all = quote! {
        #aligned #(#learnable)* #states_field #padding: [T::ZERO; #padding_size]
    };
    let of_all = example(generic, &[all]);
    quote! {
        #of_states
        #of_parameters
        #of_all

        impl<T: #rt::Real> #rt::ParameterFields for #generic<T> {
            type Number = T;
            const STATES: usize = #state_count;
            const PADDING: usize = #padding_size;

            fn visit<'a>(&'a self, visit: &mut impl ::core::ops::FnMut(&'a [T])) {
                #(let _ = &self.#read;)*
                #(visit(#rt::SMatrix::as_slice(&self.#paths));)*
                visit(&self.#padding);
            }

            fn visit_mut<'a>(&'a mut self, visit: &mut impl ::core::ops::FnMut(&'a mut [T])) {
                #(visit(#rt::SMatrix::as_mut_slice(&mut self.#paths));)*
                visit(&mut self.#padding);
            }
        }
    }
}

/// A value of a struct, as a constant.
fn example(structure: &Ident, fields: &[TokenStream]) -> TokenStream {
    let rt = runtime();
    quote! {
        impl<T: #rt::Real> #rt::Example for #structure<T> {
            const EXAMPLE: Self = Self { #(#fields)* };
        }
    }
}

/// `hidden1: AgentOfHidden1 { weight: zeros },`
fn zeros(compiled: &CompiledNetwork, names: &Names, region: Region) -> Vec<TokenStream> {
    let rt = runtime();
    let layers = layers_with(compiled, region).map(|(number, layer)| {
        let (field, structure) = (&names.fields[number], region.structure(layer));
        let zeros: Vec<TokenStream> = own(compiled, number, region)
            .map(|parameter| {
                let name = parameter_name(&compiled.program, parameter);
                let (rows, columns) = matrix_shape(compiled.program.array(parameter.array));
                let name = if layer.kind == LayerKind::Parameter { field.clone() } else { name };
                quote!(#name: #rt::zero_matrix::<T, #rows, #columns>(),)
            })
            .collect();
        if layer.kind == LayerKind::Parameter {
            return (number, quote!(#(#zeros)*));
        }
        (number, quote!(#field: #structure { #(#zeros)* },))
    });
    let parts = parts_with(compiled, names, region);
    let parts =
        parts.map(|(field, part)| (part.layers.start, quote!(#field: #rt::Example::EXAMPLE,)));
    in_order(layers, parts)
}

/// How many numbers fill up the struct's last cache line; none of one inside others.
fn padding(compiled: &CompiledNetwork) -> TokenStream {
    let (rt, program) = (runtime(), &compiled.program);
    if is_inside_others(&compiled.network) {
        return quote!(0);
    }
    let arrays = program.parameters.iter().map(|parameter| program.array(parameter.array));
    let count: usize = arrays.map(Array::width).sum();
    quote!(#rt::padding(#count))
}

/// How many numbers are states.
fn state_count(program: &Program) -> usize {
    let states = program.parameters.iter().filter(|parameter| parameter.is_state);
    states.map(|parameter| program.array(parameter.array).width()).sum()
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
