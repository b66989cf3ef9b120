//! Layers of one text, in which a name stands for another number each:
//! `layer max_pool1d[D = 1], max_pool2d[D = 2](K[D]) { … }`.

use proc_macro2::{Group, Ident, Literal, TokenStream, TokenTree};
use quote::quote;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, LitInt, Token, Visibility, bracketed, token};

use super::definition::definition;
use super::name::name;
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::syntax::{Definition, Kind, Written};

/// One of the names of a text: `max_pool1d[D = 1]`.
struct Variant {
    name: Ident,
    /// What stands for the number.
    symbol: Ident,
    number: LitInt,
}

/// Whether a keyword is followed by a name with a number.
pub fn are_ahead(input: ParseStream, kind: Kind) -> bool {
    let ahead = input.fork();
    let is_named = ahead.parse::<Ident>().is_ok() && name(&ahead).is_ok();
    kind == Kind::Layer && is_named && ahead.peek(token::Bracket)
}

/// The layers of a text: what is wrong with it is said once.
pub fn layers(
    input: ParseStream,
    visibility: &Visibility,
    attributes: &[Attribute],
    diagnostics: &mut Diagnostics,
) -> syn::Result<Vec<Definition>> {
    let keyword: Ident = input.parse()?;
    let variants = variants(input)?;
    let text = text(input)?;
    let before = diagnostics.len();
    let Some(first) = variants.first().map(|one| one.name.clone()) else { return Ok(Vec::new()) };
    let mut layers: Vec<Definition> = Vec::new();
    for Variant { name, symbol, number } in variants {
        let tokens = quote!(#keyword #name [#symbol = #number] #text);
        let written = match layers.first() {
            Some(first) if diagnostics.len() > before => Definition { name, ..first.clone() },
            _ => {
                let text = with_number(text.clone(), &symbol, &number.token());
                let parser = |input: ParseStream| {
                    definition(input, Kind::Layer, visibility.clone(), attributes, diagnostics)
                };
                parser.parse2(quote!(#keyword #name #text)).unwrap_or_else(|error| {
                    diagnostics.push(error);
                    Definition { whole: false, ..Definition::new(Kind::Layer, name) }
                })
            }
        };
        let first_name = Some(first.clone());
        let own = Written { tokens, first_name, ..written.written };
        layers.push(Definition { written: own, ..written });
    }
    Ok(layers)
}

fn variants(input: ParseStream) -> syn::Result<Vec<Variant>> {
    let mut variants: Vec<Variant> = Vec::new();
    loop {
        let name = name(input)?;
        if !input.peek(token::Bracket) {
            return Err(input.error("each of several names of a layer has a number: `[D = 2]`"));
        }
        let content;
        bracketed!(content in input);
        let symbol: Ident = content.parse()?;
        content.parse::<Token![=]>()?;
        let number = content.parse()?;
        if !content.is_empty() {
            return Err(content.error("expected `]`"));
        }
        variants.push(Variant { name, symbol, number });
        if input.parse::<Option<Token![,]>>()?.is_none() {
            return Ok(variants);
        }
    }
}

/// `(…) { … }`
fn text(input: ParseStream) -> syn::Result<TokenStream> {
    if !input.peek(token::Paren) {
        return Err(input.error("expected the sizes and settings of the layer: `(K; a = 1)`"));
    }
    let head: Group = input.parse()?;
    if !input.peek(token::Brace) {
        return Err(input.error("expected the statements of the layer: `{ input x[i: I]; … }`"));
    }
    let body: Group = input.parse()?;
    Ok(quote!(#head #body))
}

/// Tokens with a number in place of a name.
fn with_number(tokens: TokenStream, symbol: &Ident, number: &Literal) -> TokenStream {
    let tokens = tokens.into_iter().map(|token| match token {
        TokenTree::Group(group) => {
            let inside = with_number(group.stream(), symbol, number);
            let mut other = Group::new(group.delimiter(), inside);
            other.set_span(group.span());
            other.into()
        }
        TokenTree::Ident(name) if name == *symbol => {
            let mut number = number.clone();
            number.set_span(name.span());
            number.into()
        }
        other => other,
    });
    tokens.collect()
}
