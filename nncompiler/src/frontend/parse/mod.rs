//! Tokens → tree. Recovers at each `;`, so that one build reports every mistake.

mod definition;
mod expression;
mod network;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Token, Visibility};

use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::syntax::{Block, Constant, Definition, Function, Kind, Rewrite};

/// A `network!` block, as far as it could be parsed.
pub fn block(tokens: TokenStream, diagnostics: &mut Diagnostics) -> Block {
    all(tokens, diagnostics, |input, diagnostics| {
        let mut block = Block::default();
        while !input.is_empty() {
            if let Err(error) = item(input, &mut block, diagnostics) {
                diagnostics.push(error);
                skip_item(input);
            }
        }
        block
    })
}

/// The definitions of a library file.
pub fn definitions(tokens: TokenStream, diagnostics: &mut Diagnostics) -> Vec<Definition> {
    block(tokens, diagnostics).definitions
}

/// The rows of `functions.eq`.
pub fn functions(tokens: TokenStream, diagnostics: &mut Diagnostics) -> Vec<Function> {
    all(tokens, diagnostics, |input, diagnostics| rows(input, diagnostics, definition::function))
}

/// The rules of `algebra.eq` and `stability.eq`.
pub fn rewrites(tokens: TokenStream, diagnostics: &mut Diagnostics) -> Vec<Rewrite> {
    all(tokens, diagnostics, |input, diagnostics| rows(input, diagnostics, definition::rewrite))
}

/// Runs a parser that reports its own errors over all tokens.
fn all<T: Default>(
    tokens: TokenStream,
    diagnostics: &mut Diagnostics,
    parse: impl FnOnce(ParseStream, &mut Diagnostics) -> T,
) -> T {
    let mut parsed = T::default();
    let parser = |input: ParseStream| {
        parsed = parse(input, diagnostics);
        Ok(())
    };
    // syn also complains of tokens left in parentheses, which have been reported where they are.
    let _ = parser.parse2(tokens);
    parsed
}

fn rows<T>(
    input: ParseStream,
    diagnostics: &mut Diagnostics,
    row: impl Fn(ParseStream) -> syn::Result<T>,
) -> Vec<T> {
    let mut rows = Vec::new();
    while !input.is_empty() {
        match row(input) {
            Ok(row) => rows.push(row),
            Err(error) => {
                diagnostics.push(error);
                skip_item(input);
            }
        }
    }
    rows
}

/// One item of a block: a constant, a definition or a network.
fn item(input: ParseStream, block: &mut Block, diagnostics: &mut Diagnostics) -> syn::Result<()> {
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
    let name = input.parse()?;
    input.parse::<Token![:]>()?;
    let number = input.parse()?;
    input.parse::<Token![=]>()?;
    let value = expression::expression(input)?;
    input.parse::<Token![;]>()?;
    Ok(Constant { attributes, visibility, name, number, value })
}

/// Skips the rest of a broken item: past the next `;`, `{ … }` or closing `>`.
fn skip_item(input: ParseStream) {
    while let Ok(token) = input.parse::<TokenTree>() {
        match token {
            TokenTree::Punct(punct) if matches!(punct.as_char(), ';' | '>') => {
                let _ = input.parse::<Option<Token![;]>>();
                return;
            }
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => return,
            _ => {}
        }
    }
}

/// The keyword that begins a definition.
fn kind_of(keyword: &str) -> Option<Kind> {
    match keyword {
        "activation" => Some(Kind::Activation),
        "layer" => Some(Kind::Layer),
        "loss" => Some(Kind::Loss),
        _ => None,
    }
}
