//! One item of a block: a constant, a definition, a block of layers or a network.

use syn::parse::ParseStream;
use syn::{Attribute, Token, Visibility};

use super::name::name;
use super::{definition, expression, network};
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::syntax::{Block, Constant};

/// Adds the item that begins here to the block.
pub fn item(
    input: ParseStream,
    block: &mut Block,
    diagnostics: &mut Diagnostics,
) -> syn::Result<()> {
    let attributes = input.call(Attribute::parse_outer)?;
    let visibility: Visibility = input.parse()?;
    if input.peek(Token![const]) {
        block.constants.push(constant(input, attributes, visibility)?);
    } else if let Some(kind) = definition::kind(input) {
        block.definitions.push(definition::definition(input, kind, visibility, &attributes)?);
    } else if is_block(input) {
        block.blocks.push(network::block(input, diagnostics)?);
    } else {
        block.networks.push(network::network(input, attributes, visibility, diagnostics)?);
    }
    Ok(())
}

/// `block name<` ahead.
fn is_block(input: ParseStream) -> bool {
    let ahead = input.fork();
    ahead.parse::<proc_macro2::Ident>().is_ok_and(|keyword| keyword == "block")
        && ahead.peek(syn::Ident)
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
