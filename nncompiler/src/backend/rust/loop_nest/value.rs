//! The value of a statement as flat `let`s of scalars.

use std::collections::HashMap;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::numbers::constant;
use super::printer::{Printer, Storage, step};
use crate::backend::rust::tokens::{local, runtime, setting};
use crate::ir::expression::{Binary, Comparison, Id, Node};
use crate::ir::index::Index;
use crate::ir::reduction::Reduction;
use crate::schedule::loop_nest::{Counter, Draw, Part};

impl Printer<'_> {
    /// What a reduction begins with.
    pub(super) fn start(&self) -> TokenStream {
        match self.nest.statement.reduction {
            Some((Reduction::Max, _)) => quote!(T::NEGATIVE_INFINITY),
            Some((Reduction::Min, _)) => quote!(-T::NEGATIVE_INFINITY),
            Some((Reduction::Product, _)) => quote!(T::ONE),
            Some((Reduction::Sum, _)) | None => quote!(T::ZERO),
        }
    }

    /// What a reduction in double precision begins with.
    pub(super) fn start_in_double(&self) -> TokenStream {
        if let Some((Reduction::Product, _)) = self.nest.statement.reduction {
            quote!(1.0f64)
        } else {
            quote!(0.0f64)
        }
    }

    /// Adds a value to a sum in double precision, or multiplies a product by it.
    pub(super) fn add_in_double(&self, total: &TokenStream, value: &TokenStream) -> TokenStream {
        if let Some((Reduction::Product, _)) = self.nest.statement.reduction {
            quote!(#total *= T::to_f64(#value);)
        } else {
            quote!(#total += T::to_f64(#value);)
        }
    }

    /// `before` with one more value.
    pub(super) fn combined(&self, before: &TokenStream) -> TokenStream {
        let (lets, value) = self.value();
        let combined = self.combination(before, &value);
        quote!({ #lets #combined })
    }

    /// Two results of a reduction as one.
    pub(super) fn combination(&self, a: &TokenStream, b: &TokenStream) -> TokenStream {
        let rt = runtime();
        match self.nest.statement.reduction {
            Some((Reduction::Max, _)) => quote!(#rt::Real::maximum(#a, #b)),
            Some((Reduction::Min, _)) => quote!(#rt::Real::minimum(#a, #b)),
            Some((Reduction::Product, _)) => quote!(#a * #b),
            Some((Reduction::Sum, _)) | None => quote!(#a + #b),
        }
    }

    /// The value's nodes as flat `let`s, and the last of them.
    pub(super) fn value(&self) -> (TokenStream, TokenStream) {
        let graph = &self.scope.program.graph;
        let mut lets = TokenStream::new();
        let mut names: HashMap<Id, TokenStream> = HashMap::new();
        for (number, read) in self.nest.reads.iter().enumerate() {
            let variable = Self::variable(number);
            names.insert(read.node, quote!(#variable));
        }
        let value = self.nest.statement.value;
        for (k, id) in graph.reachable(value).into_iter().enumerate() {
            if names.contains_key(&id) {
                continue;
            }
            let expression = self.expression(id, &names);
            if graph.node(id).children().is_empty() {
                names.insert(id, expression);
                continue;
            }
            let name = local(&format!("v{k}"));
            lets.extend(quote!(let #name = #expression;));
            names.insert(id, quote!(#name));
        }
        (lets, names[&value].clone())
    }

    fn expression(&self, id: Id, names: &HashMap<Id, TokenStream>) -> TokenStream {
        let rt = runtime();
        let name = |id: &Id| &names[id];
        match self.scope.program.graph.node(id) {
            Node::Constant(number) => constant(number.value()),
            // Elements have names already.
            Node::Element(_) => quote!(T::ZERO),
            Node::Position(index) => {
                let position = self.position(*index);
                quote!(T::of(#position as f64))
            }
            Node::Setting(name) => {
                let setting = setting(name);
                quote!(#setting)
            }
            Node::Random(stream, _) => {
                let at = self.draw(id);
                quote!(#rt::random::<T>(key, #stream, #at))
            }
            Node::Negate(a) => {
                let a = name(a);
                quote!(-#a)
            }
            Node::Apply(function, a) => {
                let (function, a) = (local(function), name(a));
                quote!(#rt::Real::#function(#a))
            }
            Node::Stop(a) => name(a).clone(),
            Node::Binary(operation, a, b) => binary(*operation, name(a), name(b)),
            Node::Compare(comparison, a, b) => {
                let sign = comparison_sign(*comparison);
                match (self.integer(*a), self.integer(*b)) {
                    (Some(a), Some(b)) => quote!(#a #sign #b),
                    _ => {
                        let (a, b) = (name(a), name(b));
                        quote!(#a #sign #b)
                    }
                }
            }
            Node::Select(condition, then, otherwise) => {
                let (condition, then, otherwise) = (name(condition), name(then), name(otherwise));
                // A value, not a branch, so that loops vectorise; both sides are there already.
                quote!(::core::hint::select_unpredictable(#condition, #then, #otherwise))
            }
        }
    }

    /// Where a random number is in its stream.
    fn draw(&self, id: Id) -> TokenStream {
        let draw = self.nest.draws.iter().find(|draw| draw.node == id);
        let Some(Draw { offset, width, .. }) = draw else { return quote!(0) };
        let at = self.at(offset);
        if self.nest.is_divided(Part::Sample) {
            let width = Literal::usize_unsuffixed(*width);
            return quote!(first * #width + #at);
        }
        at
    }

    /// The number of type `usize` that a node is: an index, or a class.
    fn integer(&self, id: Id) -> Option<TokenStream> {
        match self.scope.program.graph.node(id) {
            Node::Position(index) => Some(self.position(*index)),
            Node::Element(access) => match self.scope.storage.get(&access.array) {
                Some(Storage::Class(name)) => Some(quote!(#name)),
                _ => None,
            },
            _ => None,
        }
    }

    /// The value of an index.
    fn position(&self, index: Index) -> TokenStream {
        let counter = match self.nest.counter(index) {
            Some(Counter::Loop(number)) => Self::counter(number),
            Some(Counter::Step(number)) => step(number),
            None => return quote!(0usize),
        };
        quote!(#counter)
    }
}

fn binary(operation: Binary, a: &TokenStream, b: &TokenStream) -> TokenStream {
    let rt = runtime();
    match operation {
        Binary::Add => quote!(#a + #b),
        Binary::Subtract => quote!(#a - #b),
        Binary::Multiply => quote!(#a * #b),
        Binary::Divide => quote!(#a / #b),
        Binary::Maximum => quote!(#rt::Real::maximum(#a, #b)),
        Binary::Minimum => quote!(#rt::Real::minimum(#a, #b)),
        Binary::Power => quote!(#rt::Real::power(#a, #b)),
    }
}

fn comparison_sign(comparison: Comparison) -> TokenStream {
    match comparison {
        Comparison::Less => quote!(<),
        Comparison::LessOrEqual => quote!(<=),
        Comparison::Greater => quote!(>),
        Comparison::GreaterOrEqual => quote!(>=),
        Comparison::Equal => quote!(==),
        Comparison::NotEqual => quote!(!=),
    }
}
