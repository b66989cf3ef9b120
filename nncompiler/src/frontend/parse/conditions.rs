//! `#[cfg(…)]` on the items of a block. A macro cannot tell whether a condition holds, but rustc
//! removes the fields of a struct whose conditions do not before it runs a derive macro on it. So a
//! block with conditions becomes a struct with a field for each item, which lies in an attribute; the
//! derive macro compiles the items of the fields that are left.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Data, DeriveInput};

use super::item::item;
use super::recovery::skip_rest_of_item;
use super::tokens::between;
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::syntax::Block;

/// The attribute of the struct that holds the path of `tapeless`.
pub const PATH: &str = "tapeless_path";

/// The attribute of a field that holds an item.
pub const ITEM: &str = "tapeless_item";

/// An item of a block, as tokens.
pub struct ConditionalItem {
    /// `#[cfg(…)]` and `#[cfg_attr(…)]`
    pub conditions: Vec<Attribute>,
    /// Everything else.
    pub tokens: TokenStream,
}

/// The items of a block, if any of them has a condition.
pub fn conditional_items(tokens: &TokenStream) -> Option<Vec<ConditionalItem>> {
    if !has_conditions(tokens) {
        return None;
    }
    let parser = |input: ParseStream| {
        let mut items = Vec::new();
        while !input.is_empty() {
            items.push(conditional_item(input)?);
        }
        Ok(items)
    };
    let items: Vec<ConditionalItem> = parser.parse2(tokens.clone()).ok()?;
    items.iter().any(|item| !item.conditions.is_empty()).then_some(items)
}

/// Whether `#[cfg…]` stands outside of all parentheses.
fn has_conditions(tokens: &TokenStream) -> bool {
    let mut after_hash = false;
    tokens.clone().into_iter().any(|token| {
        let is_attribute = std::mem::take(&mut after_hash);
        match token {
            TokenTree::Punct(mark) => {
                after_hash = mark.as_char() == '#';
                false
            }
            TokenTree::Group(group) if is_attribute && group.delimiter() == Delimiter::Bracket => {
                let first = group.stream().into_iter().next();
                matches!(first, Some(TokenTree::Ident(name)) if is_condition(&name))
            }
            _ => false,
        }
    })
}

fn is_condition(name: &Ident) -> bool {
    name == "cfg" || name == "cfg_attr"
}

fn conditional_item(input: ParseStream) -> syn::Result<ConditionalItem> {
    let attributes = input.call(Attribute::parse_outer)?;
    let of_conditions = |one: &Attribute| one.path().get_ident().is_some_and(is_condition);
    let (conditions, others): (Vec<Attribute>, Vec<Attribute>) =
        attributes.into_iter().partition(of_conditions);
    let start = input.cursor();
    // What is wrong with it is reported when it is compiled.
    if item(input, &mut Block::default(), &mut Diagnostics::default()).is_err() {
        skip_rest_of_item(input, start);
    }
    let own = between(start, input.cursor());
    Ok(ConditionalItem { conditions, tokens: quote!(#(#others)* #own) })
}

/// The path of `tapeless`, and the items in the fields of a struct that rustc has left, as a block.
pub fn remaining_items(structure: TokenStream) -> syn::Result<(TokenStream, TokenStream)> {
    let structure: DeriveInput = syn::parse2(structure)?;
    let (mut tapeless, mut block) = (TokenStream::new(), TokenStream::new());
    for attribute in structure.attrs.iter().filter(|attribute| attribute.path().is_ident(PATH)) {
        tapeless.extend(attribute.meta.require_list()?.tokens.clone());
    }
    let Data::Struct(data) = structure.data else { return Ok((tapeless, block)) };
    for field in data.fields {
        let (items, attributes): (Vec<Attribute>, Vec<Attribute>) =
            field.attrs.into_iter().partition(|attribute| attribute.path().is_ident(ITEM));
        for attribute in attributes {
            attribute.to_tokens(&mut block);
        }
        for item in items {
            block.extend(item.meta.require_list()?.tokens.clone());
        }
    }
    Ok((tapeless, block))
}
