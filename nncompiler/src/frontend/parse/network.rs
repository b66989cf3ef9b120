//! `pub Name< label: layer(arguments); … >`, and `pub Name { … }`.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::discouraged::Speculative;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Attribute, Token, Visibility, braced, parenthesized, token};

use super::name::{has_no_name, is_word, label, name, name_or_blank};
use super::recovery::{begins_item, skip_layer};
use super::{body, definition, expression};
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::syntax::{
    Argument, BlockTree, DeclaredNumbers, Definition, Expression, Group, GroupTree, INPUT, Item,
    Join, Kind, LayerTree, Location, NetworkContent, NetworkTree, Repetition,
};

/// No more groups than this may stand inside each other.
const DEEPEST: usize = 8;

/// The name of a network declared without one.
const UNNAMED: &str = "Network";

/// A network; broken layers are reported and left out.
pub fn network(
    input: ParseStream,
    attributes: Vec<Attribute>,
    visibility: Visibility,
    diagnostics: &mut Diagnostics,
) -> syn::Result<NetworkTree> {
    let named = is_word(input);
    let name = if named { name(input)? } else { Ident::new(UNNAMED, input.span()) };
    if named && input.peek(token::Brace) {
        let (statements, whole) = body::body(input, diagnostics)?;
        input.parse::<Option<Token![;]>>()?;
        let content = NetworkContent::Body(statements);
        return Ok(NetworkTree { attributes, visibility, name, content, whole });
    }
    if !input.peek(Token![<]) {
        let expected = if named && input.peek(syn::Ident) {
            format!(
                "expected `<` and the layers of the network `{name}`; other items begin with `layer`, \
                 `activation`, `loss`, `block` or `const`"
            )
        } else if named {
            format!("expected `<` and the layers of the network: `{name}< linear(2, 1) >`")
        } else {
            "expected a network, `Name< linear(2, 1); … >`".to_owned()
        };
        return Err(input.error(expected));
    }
    let before = diagnostics.len();
    let layers = enclosed(input, &name, diagnostics)?;
    input.parse::<Option<Token![;]>>()?;
    let whole = diagnostics.len() == before;
    let content = NetworkContent::Chain(layers);
    Ok(NetworkTree { attributes, visibility, name, content, whole })
}

/// `block name< … >`, or `block name(C; stride = 1)< … >`
pub fn block(input: ParseStream, diagnostics: &mut Diagnostics) -> syn::Result<BlockTree> {
    input.parse::<Ident>()?;
    let mut head = Definition::new(Kind::Layer, name(input)?);
    if input.peek(token::Paren) {
        definition::head(input, &mut head)?;
    }
    let before = diagnostics.len();
    let items = enclosed(input, &head.name, diagnostics)?;
    input.parse::<Option<Token![;]>>()?;
    Ok(BlockTree { head, items, whole: diagnostics.len() == before })
}

/// `< … >`
fn enclosed(
    input: ParseStream,
    name: &Ident,
    diagnostics: &mut Diagnostics,
) -> syn::Result<Vec<Item>> {
    if input.peek(Token![<]) {
        input.parse::<Token![<]>()?;
    } else {
        let message = format!("expected `<` and the layers: `{name}< linear(2, 1) >`");
        diagnostics.push(input.error(message));
    }
    let items = items(input, 0, diagnostics);
    if input.peek(Token![>]) {
        input.parse::<Token![>]>()?;
    } else {
        diagnostics.report(name.span(), format!("the layers of `{name}` end without a `>`"));
    }
    Ok(items)
}

/// The layers of a chain inside an expression; broken ones are reported and left out.
pub fn chain(tokens: TokenStream, diagnostics: &mut Diagnostics) -> Vec<Item> {
    let mut layers = Vec::new();
    let parser = |input: ParseStream| {
        layers = items(input, 0, diagnostics);
        if !input.is_empty() {
            diagnostics.push(input.error("expected a layer or `>`"));
        }
        Ok(())
    };
    // What is left over has been reported where it is.
    let _ = parser.parse2(tokens);
    layers
}

/// Whether the next item stands here, behind layers that have no end.
fn begins_next(input: ParseStream) -> bool {
    begins_item(input) || (input.peek(syn::Ident) && input.peek2(Token![<]))
}

/// Layers and groups up to the closing `>`, the end, or what does not belong to them.
fn items(input: ParseStream, depth: usize, diagnostics: &mut Diagnostics) -> Vec<Item> {
    let mut items = Vec::new();
    while !input.is_empty() && !input.peek(Token![>]) && !begins_next(input) {
        let is_nameless = has_no_name(input);
        let item = item(input, depth, diagnostics);
        match item.and_then(|item| separator(input, &item).map(|()| item)) {
            Ok(item) => items.push(item),
            Err(error) => {
                diagnostics.push_unparsed(error, is_nameless);
                skip_layer(input);
            }
        }
    }
    items
}

fn item(input: ParseStream, depth: usize, diagnostics: &mut Diagnostics) -> syn::Result<Item> {
    let ahead = input.fork();
    let label = label(&ahead)?;
    if let Some(label) = label.clone().filter(|_| ahead.peek(token::Brace)) {
        input.advance_to(&ahead);
        check_depth(input, depth + 1)?;
        let kind = Group::Labelled(braces(input, depth + 1, diagnostics)?);
        return Ok(Item::Group(GroupTree { keyword: label.clone(), label: Some(label), kind }));
    }
    let Ok(keyword) = ahead.call(Ident::parse_any) else { return layer(input).map(Item::Layer) };
    let is_group = match keyword.to_string().as_str() {
        "residual" => ahead.peek(token::Brace),
        "parallel" => ahead.peek(token::Brace) || ahead.peek(token::Paren),
        "repeat" => !ahead.peek(token::Paren) && !ends_layer(&ahead),
        "reuse" => ahead.peek(syn::Ident),
        _ => false,
    };
    if !is_group {
        return layer(input).map(Item::Layer);
    }
    input.advance_to(&ahead);
    let kind = group(input, &keyword, depth + 1, diagnostics)?;
    Ok(Item::Group(GroupTree { label, keyword, kind }))
}

fn check_depth(input: ParseStream, depth: usize) -> syn::Result<()> {
    if depth > DEEPEST {
        let message = format!(
            "groups are nested more than {DEEPEST} deep: give the inner layers a name, \
             `block name< … >`"
        );
        return Err(input.error(message));
    }
    Ok(())
}

fn group(
    input: ParseStream,
    keyword: &Ident,
    depth: usize,
    diagnostics: &mut Diagnostics,
) -> syn::Result<Group> {
    check_depth(input, depth)?;
    match keyword.to_string().as_str() {
        "residual" => {
            let main = braces(input, depth, diagnostics)?;
            let ahead = input.fork();
            // A layer may be called so, and have this label.
            let has_shortcut = ahead.parse::<Ident>().is_ok_and(|name| name == "shortcut")
                && !ahead.peek(Token![:])
                && !ahead.peek(token::Paren)
                && !ends_layer(&ahead);
            if has_shortcut {
                input.advance_to(&ahead);
            }
            let shortcut =
                if has_shortcut { braces(input, depth, diagnostics)? } else { Vec::new() };
            Ok(Group::Residual { main, shortcut })
        }
        "parallel" => {
            let join = join(input)?;
            let content;
            braced!(content in input);
            let mut branches = Vec::new();
            while !content.is_empty() {
                branches.push(branch(&content, depth, diagnostics)?);
            }
            Ok(Group::Parallel { join, branches })
        }
        "repeat" => {
            let (index, first, end) = range(input)?;
            let body = braces(input, depth, diagnostics)?;
            Ok(Group::Repeat(Box::new(Repetition { index, first, end, body })))
        }
        _ => Ok(Group::Reuse { of: name(input)? }),
    }
}

/// `i in 0..4`
fn range(input: ParseStream) -> syn::Result<(Ident, Expression, Expression)> {
    if !input.peek2(Token![in]) {
        let message =
            "expected what numbers it runs over: `repeat i in 0..4 { … }`, or `_` for `i`";
        return Err(input.error(message));
    }
    let index = name_or_blank(input)?;
    input.parse::<Token![in]>()?;
    let first = expression::sum(input, 0)?;
    if input.peek(Token![..=]) || !input.peek(Token![..]) {
        let message = "expected `..` and the number before which it ends: `repeat i in 0..4 { … }`";
        return Err(input.error(message));
    }
    input.parse::<Token![..]>()?;
    Ok((index, first, expression::sum(input, 0)?))
}

fn braces(
    input: ParseStream,
    depth: usize,
    diagnostics: &mut Diagnostics,
) -> syn::Result<Vec<Item>> {
    let content;
    braced!(content in input);
    let items = items(&content, depth, diagnostics);
    if !content.is_empty() {
        diagnostics.push(content.error("expected a layer or `}`"));
        while content.parse::<TokenTree>().is_ok() {}
    }
    Ok(items)
}

/// Whether a layer has no more tokens here.
fn ends_layer(input: ParseStream) -> bool {
    input.is_empty() || input.peek(Token![;]) || input.peek(Token![>])
}

/// `(concat)`, `(sum)`, or nothing for the former.
fn join(input: ParseStream) -> syn::Result<Join> {
    if !input.peek(token::Paren) {
        return Ok(Join::Concat);
    }
    let content;
    parenthesized!(content in input);
    let name: Ident = content.parse()?;
    match name.to_string().as_str() {
        "concat" => Ok(Join::Concat),
        "sum" => Ok(Join::Sum),
        "product" => Ok(Join::Product),
        _ => Err(syn::Error::new(name.span(), "expected `concat`, `sum` or `product`")),
    }
}

/// One way of several: `{ … }`, or a single layer.
fn branch(
    input: ParseStream,
    depth: usize,
    diagnostics: &mut Diagnostics,
) -> syn::Result<Vec<Item>> {
    if input.peek(token::Brace) {
        let items = braces(input, depth, diagnostics)?;
        input.parse::<Option<Token![;]>>()?;
        return Ok(items);
    }
    let item = item(input, depth, diagnostics)?;
    separator(input, &item)?;
    Ok(vec![item])
}

/// `;` after a layer, or the closing `>` ahead; a group ends by itself.
fn separator(input: ParseStream, item: &Item) -> syn::Result<()> {
    let ends_in_brace =
        matches!(item, Item::Group(group) if !matches!(group.kind, Group::Reuse { .. }));
    if input.peek(Token![>])
        || input.is_empty()
        || begins_next(input)
        || (ends_in_brace && !input.peek(Token![;]))
    {
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

fn layer(input: ParseStream) -> syn::Result<LayerTree> {
    if input.peek(token::Brace) {
        return Err(input.error("layers in braces need a label: `name: { … }`"));
    }
    if input.peek(Token![#]) {
        let message = "a layer takes no attributes: write `#[cfg(…)]` before two networks";
        return Err(input.error(message));
    }
    if !is_word(input) {
        let message = if input.peek2(Token![:]) || input.peek(syn::Lifetime) {
            "a label is a name: `hidden: linear(784, 128)`"
        } else {
            "expected a layer, such as `linear(784, 128)` or `relu`"
        };
        return Err(input.error(message));
    }
    let mut called = name(input)?;
    let mut label = None;
    if input.peek(Token![:]) {
        input.parse::<Token![:]>()?;
        if !is_word(input) {
            return Err(input.error(format!("expected a layer after `{called}:`")));
        }
        label = Some(std::mem::replace(&mut called, name(input)?));
    }
    let mut location = Location::from(label.as_ref().unwrap_or(&called).span());
    location.last = called.span();
    let mut arguments = Vec::new();
    if input.peek(token::Paren) {
        let content;
        let parentheses = parenthesized!(content in input);
        location.last = parentheses.span.close();
        let all = Punctuated::<Argument, Token![,]>::parse_terminated_with(
            &content,
            expression::layer_argument,
        )?;
        arguments = all.into_iter().collect();
    }
    let is_input = called == INPUT && label.is_none();
    let numbers = if is_input { definition::numbers(input)? } else { DeclaredNumbers::Real };
    Ok(LayerTree { label, name: called, arguments, numbers, location })
}
