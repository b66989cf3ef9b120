//! Tokens → tree. Recovers at each `;`, so that one build reports every mistake.

mod attributes;
mod body;
pub mod conditions;
mod definition;
mod expression;
mod item;
mod name;
mod network;
mod recovery;
mod several_axes;
mod tokens;
mod variants;

use item::item;
use name::has_no_name;
pub use network::chain;
use proc_macro2::{Span, TokenStream, TokenTree};
use recovery::{skip_item, skip_rest_of_item};
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Visibility};

use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::syntax::{Block, Definition, Function, Origin, Rewrite};

/// Longer numbers than this are an error: reading their digits would take too long.
const LONGEST_NUMBER: usize = 100;

/// A `network!` block, as far as it could be parsed.
pub fn block(tokens: TokenStream, diagnostics: &mut Diagnostics) -> Block {
    if let Some(number) = long_number(tokens.clone()) {
        let message = format!("a number has at most {LONGEST_NUMBER} characters");
        diagnostics.report(number, message);
        return Block::default();
    }
    all(tokens, diagnostics, |input, diagnostics| {
        let mut block = Block::default();
        while !input.is_empty() {
            let (start, is_nameless) = (input.cursor(), has_no_name(input));
            if let Err(error) = item(input, &mut block, diagnostics) {
                diagnostics.push_unparsed(error, is_nameless);
                skip_rest_of_item(input, start);
            }
        }
        block
    })
}

/// The same with definitions of other blocks before its own.
pub fn block_with(imported: TokenStream, own: TokenStream, diagnostics: &mut Diagnostics) -> Block {
    let others = block(imported, diagnostics);
    let own = block(own, diagnostics);
    let imported = others.definitions.into_iter();
    let imported = imported.map(|one| Definition { origin: Origin::Imported, ..one });
    Block {
        definitions: imported.chain(own.definitions).collect(),
        blocks: others.blocks.into_iter().chain(own.blocks).collect(),
        broken: others.broken.into_iter().chain(own.broken).collect(),
        ..own
    }
}

/// Where a number stands that is too long.
fn long_number(tokens: TokenStream) -> Option<Span> {
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Group(group) => long_number(group.stream()),
        TokenTree::Literal(literal) => {
            let text = literal.to_string();
            let is_number = text.starts_with(|first: char| first.is_ascii_digit());
            (is_number && text.len() > LONGEST_NUMBER).then(|| literal.span())
        }
        TokenTree::Ident(_) | TokenTree::Punct(_) => None,
    })
}

/// The text of the `///` comments among an item's attributes and visibility.
pub fn documentation_of(tokens: TokenStream) -> String {
    let parser = |input: ParseStream| {
        let attributes = input.call(Attribute::parse_outer)?;
        input.parse::<Visibility>()?;
        Ok(definition::documentation(&attributes))
    };
    parser.parse2(tokens).unwrap_or_default()
}

/// The definitions of a library file.
pub fn definitions(tokens: TokenStream, diagnostics: &mut Diagnostics) -> Vec<Definition> {
    block(tokens, diagnostics).definitions
}

/// The rows of `functions.eq`.
pub fn functions(tokens: TokenStream, diagnostics: &mut Diagnostics) -> Vec<Function> {
    all(tokens, diagnostics, |input, diagnostics| rows(input, diagnostics, definition::function))
}

/// The rules of `algebra.eq` and of the files beside it.
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
