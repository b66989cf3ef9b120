//! One item of a block: a constant, a definition, a block of layers or a network.

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Attribute, Token, Visibility};

use super::name::{can_be_a_name, name};
use super::tokens::between;
use super::{attributes, definition, expression, network, variants};
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::syntax::{Block, BrokenItem, Constant, ItemKind};

/// Adds the item that begins here to the block, or its name to those that are broken.
pub fn item(
    input: ParseStream,
    block: &mut Block,
    diagnostics: &mut Diagnostics,
) -> syn::Result<()> {
    let attributes = input.call(Attribute::parse_outer)?;
    let visibility: Visibility = input.parse()?;
    let kind = item_kind(input);
    let ahead = input.fork();
    let parsed = item_of(kind, input, attributes, visibility.clone(), block, diagnostics);
    if parsed.is_err() {
        let [first, second] = [ahead.call(Ident::parse_any), ahead.call(Ident::parse_any)];
        // `layr f(I)` is read as a network without layers, but may have been meant to declare `f`.
        let named = match kind {
            ItemKind::Network => vec![(first, kind), (second, ItemKind::Block)],
            _ => vec![(second, kind)],
        };
        for (name, kind) in named {
            let name = name.ok().filter(can_be_a_name).map(|name| name.unraw());
            let visibility = visibility.clone();
            block.broken.extend(name.map(|name| BrokenItem { kind, visibility, name }));
        }
    }
    parsed
}

/// What is declared here.
fn item_kind(input: ParseStream) -> ItemKind {
    if input.peek(Token![const]) {
        ItemKind::Constant
    } else if let Some(kind) = definition::kind(input) {
        ItemKind::Definition(kind)
    } else if is_block(input) {
        ItemKind::Block
    } else {
        ItemKind::Network
    }
}

fn item_of(
    kind: ItemKind,
    input: ParseStream,
    attributes: Vec<Attribute>,
    visibility: Visibility,
    block: &mut Block,
    diagnostics: &mut Diagnostics,
) -> syn::Result<()> {
    attributes::check(&attributes, attributes::of_item(kind), diagnostics);
    match kind {
        ItemKind::Constant => block.constants.push(constant(input, attributes, visibility)?),
        ItemKind::Definition(kind) if variants::are_ahead(input, kind) => {
            let layers = variants::layers(input, &visibility, &attributes, diagnostics)?;
            block.definitions.extend(layers);
        }
        ItemKind::Definition(kind) => {
            let start = input.cursor();
            let mut definition =
                definition::definition(input, kind, visibility, &attributes, diagnostics)?;
            definition.written.tokens = between(start, input.cursor());
            block.definitions.push(definition);
        }
        ItemKind::Block => block.blocks.push(network::block(input, diagnostics)?),
        ItemKind::Network => {
            block.networks.push(network::network(input, attributes, visibility, diagnostics)?);
        }
    }
    Ok(())
}

/// `block name<` ahead; `block< … >` is a network.
fn is_block(input: ParseStream) -> bool {
    let ahead = input.fork();
    ahead.parse::<Ident>().is_ok_and(|keyword| keyword == "block") && !ahead.peek(Token![<])
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
