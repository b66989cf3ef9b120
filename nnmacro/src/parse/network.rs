//! `pub Name< label: layer(arguments); … >`

use proc_macro2::{Ident, TokenTree};
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{Attribute, Token, Visibility, parenthesized, token};

use super::expression;
use crate::diagnostics::Diagnostics;
use crate::syntax::{Argument, LayerTree, NetworkTree, Place};

/// The name of a network declared without one.
const UNNAMED: &str = "Network";

/// A network; broken layers are reported and left out.
pub fn network(
    input: ParseStream,
    attributes: Vec<Attribute>,
    visibility: Visibility,
    diagnostics: &mut Diagnostics,
) -> syn::Result<NetworkTree> {
    let named = input.peek(syn::Ident);
    let name = if named { input.parse()? } else { Ident::new(UNNAMED, input.span()) };
    if !input.peek(Token![<]) {
        let expected = if named {
            format!("expected `<` and the layers of the network: `{name}< linear(2, 1) >`")
        } else {
            "expected a network, `Name< linear(2, 1); … >`".to_owned()
        };
        return Err(input.error(expected));
    }
    input.parse::<Token![<]>()?;
    let before = diagnostics.len();
    let layers = layers(input, &name, diagnostics);
    input.parse::<Option<Token![;]>>()?;
    let whole = diagnostics.len() == before;
    Ok(NetworkTree { attributes, visibility, name, layers, whole })
}

/// The layers up to the closing `>`.
fn layers(input: ParseStream, name: &Ident, diagnostics: &mut Diagnostics) -> Vec<LayerTree> {
    let mut layers = Vec::new();
    loop {
        if input.is_empty() {
            diagnostics.report(name.span(), format!("the layers of `{name}` end without a `>`"));
            return layers;
        }
        if input.peek(Token![>]) {
            let _ = input.parse::<Token![>]>();
            return layers;
        }
        match layer(input).and_then(|layer| separator(input).map(|()| layer)) {
            Ok(layer) => layers.push(layer),
            Err(error) => {
                diagnostics.push(error);
                skip_layer(input);
            }
        }
    }
}

/// `;` after a layer, or the closing `>` ahead.
fn separator(input: ParseStream) -> syn::Result<()> {
    if input.peek(Token![>]) || input.is_empty() {
        return Ok(());
    }
    if input.peek(Token![,]) {
        return Err(input.error("layers are separated by `;`, not by `,`"));
    }
    if !input.peek(Token![;]) {
        return Err(input.error("expected `;` or `>` after the layer"));
    }
    input.parse::<Token![;]>().map(drop)
}

/// Skips to behind the next `;` or up to the closing `>`.
fn skip_layer(input: ParseStream) {
    while !input.is_empty() && !input.peek(Token![>]) {
        match input.parse::<TokenTree>() {
            Ok(TokenTree::Punct(punct)) if punct.as_char() == ';' => return,
            Ok(_) => {}
            Err(_) => return,
        }
    }
}

fn layer(input: ParseStream) -> syn::Result<LayerTree> {
    if !input.peek(syn::Ident) {
        return Err(input.error("expected a layer, such as `linear(784, 128)` or `relu`"));
    }
    let mut name: Ident = input.parse()?;
    let mut label = None;
    if input.peek(Token![:]) {
        input.parse::<Token![:]>()?;
        if !input.peek(syn::Ident) {
            return Err(input.error(format!("expected a layer after `{name}:`")));
        }
        label = Some(std::mem::replace(&mut name, input.parse()?));
    }
    let mut place = Place::from(label.as_ref().unwrap_or(&name).span());
    place.last = name.span();
    let mut arguments = Vec::new();
    if input.peek(token::Paren) {
        let content;
        let parentheses = parenthesized!(content in input);
        place.last = parentheses.span.close();
        let all = Punctuated::<Argument, Token![,]>::parse_terminated_with(&content, argument)?;
        arguments = all.into_iter().collect();
    }
    Ok(LayerTree { label, name, arguments, place })
}

/// `value`, or `name = value`.
fn argument(input: ParseStream) -> syn::Result<Argument> {
    let mut name = None;
    if input.peek(syn::Ident) && input.peek2(Token![=]) {
        name = Some(input.parse()?);
        input.parse::<Token![=]>()?;
    }
    Ok(Argument { name, value: expression::argument(input)? })
}
