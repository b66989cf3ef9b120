//! One item of a block: a constant, a definition, a block of layers or a network.

use proc_macro2::Ident;
use syn::parse::ParseStream;
use syn::{Attribute, Token, Visibility};

use super::name::name;
use super::{attributes, definition, expression, network};
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::syntax::{Block, Constant};

/// Adds the item that begins here to the block, or its name to those that are broken.
pub fn item(
    input: ParseStream,
    block: &mut Block,
    diagnostics: &mut Diagnostics,
) -> syn::Result<()> {
    let attributes = input.call(Attribute::parse_outer)?;
    let visibility: Visibility = input.parse()?;
    let ahead = input.fork();
    let parsed = named_item(input, attributes, visibility, block, diagnostics);
    if parsed.is_err() {
        // The keyword of the item, or the name of a network.
        let first = ahead.call(syn::ext::IdentExt::parse_any).ok();
        let second = ahead.call(name).ok();
        block.broken.extend(second.or(first));
    }
    parsed
}

fn named_item(
    input: ParseStream,
    attributes: Vec<Attribute>,
    visibility: Visibility,
    block: &mut Block,
    diagnostics: &mut Diagnostics,
) -> syn::Result<()> {
    if input.peek(Token![const]) {
        attributes::check(&attributes, attributes::CONSTANT, diagnostics);
        block.constants.push(constant(input, attributes, visibility)?);
    } else if let Some(kind) = definition::kind(input) {
        attributes::check(&attributes, attributes::of_definition(kind), diagnostics);
        let definition = definition::definition(input, kind, visibility, &attributes, diagnostics)?;
        block.definitions.push(definition);
    } else if is_block(input) {
        attributes::check(&attributes, attributes::BLOCK, diagnostics);
        block.blocks.push(network::block(input, diagnostics)?);
    } else {
        attributes::check(&attributes, attributes::NETWORK, diagnostics);
        block.networks.push(network::network(input, attributes, visibility, diagnostics)?);
    }
    Ok(())
}

/// `block name<` ahead.
fn is_block(input: ParseStream) -> bool {
    let ahead = input.fork();
    ahead.parse::<Ident>().is_ok_and(|keyword| keyword == "block") && ahead.peek(syn::Ident)
}

/// `const NAME: usize = value;`
fn constant(
    input: ParseStream,
    attributes: Vec<Attribute>,
    visibility: Visibility,
) -> syn::Result<Constant> {
    input.parse::<Token![const]>()?;
    let name = name(input)?;
    input.parse::<Token![:]>()?;
    let number = input.parse()?;
    input.parse::<Token![=]>()?;
    let value = expression::expression(input)?;
    input.parse::<Token![;]>()?;
    Ok(Constant { attributes, visibility, name, number, value })
}
