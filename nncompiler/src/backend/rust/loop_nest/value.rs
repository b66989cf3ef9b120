//! The value of a statement as flat `let`s of scalars.

use std::collections::HashMap;

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::{Printer, Storage, local, runtime, setting, step};
use crate::ir::cost::LARGEST_POWER;
use crate::ir::expression::{Binary, Comparison, Id, Node};

impl Printer<'_> {
    /// The value's nodes as flat `let`s, and the last of them.
    pub(super) fn value(&self) -> (TokenStream, TokenStream) {
        let graph = &self.scope.program.graph;
        let mut lets = TokenStream::new();
        let mut names: HashMap<Id, TokenStream> = HashMap::new();
        for (number, read) in self.nest.reads.iter().enumerate() {
            let variable = self.variable(number);
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
            Node::Position(_) => {
                let position = self.integer(id);
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
            Node::Binary(operation, a, b) => self.binary(*operation, *b, name(a), name(b)),
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
        draw.map_or_else(|| quote!(0), |draw| self.at(&draw.offset))
    }

    /// The variable of type `usize` that a node is: an index, or a class.
    fn integer(&self, id: Id) -> Option<Ident> {
        let statement = &self.nest.statement;
        match self.scope.program.graph.node(id) {
            Node::Position(index) if statement.scan.is_some_and(|one| one.index == *index) => {
                Some(step())
            }
            Node::Position(index) => {
                let at = self.nest.loops.iter().position(|one| one.index == *index);
                Some(self.counter(at.unwrap_or(0)))
            }
            Node::Element(access) => match self.scope.storage.get(&access.array) {
                Some(Storage::Class(name)) => Some(name.clone()),
                _ => None,
            },
            _ => None,
        }
    }

    fn binary(
        &self,
        operation: Binary,
        right: Id,
        a: &TokenStream,
        b: &TokenStream,
    ) -> TokenStream {
        let rt = runtime();
        let exponent = self.scope.program.graph.as_constant(right);
        match (operation, exponent) {
            (Binary::Add, _) => quote!(#a + #b),
            (Binary::Subtract, _) => quote!(#a - #b),
            (Binary::Multiply, _) => quote!(#a * #b),
            (Binary::Divide, _) => quote!(#a / #b),
            (Binary::Maximum, _) => quote!(#rt::Real::maximum(#a, #b)),
            (Binary::Minimum, _) => quote!(#rt::Real::minimum(#a, #b)),
            (Binary::Power, Some(exponent))
                if exponent.fract() == 0.0 && exponent.abs() <= f64::from(LARGEST_POWER) =>
            {
                integer_power(exponent, a)
            }
            (Binary::Power, _) => quote!(#rt::Real::power(#a, #b)),
        }
    }
}

/// aⁿ as a product.
fn integer_power(exponent: f64, a: &TokenStream) -> TokenStream {
    let factors = (0..LARGEST_POWER).filter(|&k| f64::from(k) < exponent.abs()).map(|_| a);
    let product = quote!(T::ONE #(* #factors)*);
    if exponent < 0.0 { quote!(T::ONE / (#product)) } else { product }
}

/// Multiples of this are written as they are read.
const SHORT: f64 = 1.0 / 64.0;

/// A constant. What is no short binary fraction is written by its bits: exact, and no literal that
/// a lint could take for an approximation of a known constant.
pub fn constant(value: f64) -> TokenStream {
    if value == 0.0 && value.is_sign_positive() {
        return quote!(T::ZERO);
    }
    if value == 1.0 {
        return quote!(T::ONE);
    }
    if value.abs() < 1e6 && (value / SHORT).fract() == 0.0 {
        let magnitude = Literal::f64_suffixed(value.abs());
        let sign = value.is_sign_negative().then(|| quote!(-));
        return quote!(T::of(#sign #magnitude));
    }
    let number = number(value);
    quote!(T::of(#number))
}

/// An `f64` by its bits, which no lint takes for an approximation.
pub fn number(value: f64) -> TokenStream {
    let bits = Literal::u64_suffixed(value.to_bits());
    quote!(f64::from_bits(#bits))
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
