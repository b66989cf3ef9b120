//! Where parsing goes on after a mistake.

use proc_macro2::{Delimiter, Ident, TokenTree};
use syn::Token;
use syn::buffer::Cursor;
use syn::parse::ParseStream;
use syn::token::Bracket;

use crate::frontend::syntax::Kind;

/// Skips the rest of a broken item: past the next `;`, `{ … }` or closing `>`, or up to what can only
/// begin another item.
pub fn skip_item(input: ParseStream) {
    while !begins_next(input) {
        let Ok(token) = input.parse::<TokenTree>() else { return };
        let ends = match &token {
            TokenTree::Punct(punct) => match punct.as_char() {
                ';' => return,
                // A comparison of an equation, unless an item can end here.
                '>' => input.is_empty() || input.peek(Token![;]) || begins_network(input),
                _ => false,
            },
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace && !goes_on(input),
            _ => false,
        };
        if ends {
            let _ = input.parse::<Option<Token![;]>>();
            return;
        }
    }
}

fn begins_next(input: ParseStream) -> bool {
    let is_type = |name: Ident| name.to_string().starts_with(char::is_uppercase);
    begins_item(input)
        || (input.peek(Token![#]) && input.peek2(Bracket))
        // In an equation, a comparison: but of sizes it is rare, and of numbers they are lower case.
        || (begins_network(input) && input.fork().parse().is_ok_and(is_type))
}

fn begins_network(input: ParseStream) -> bool {
    input.peek(Token![<]) || (input.peek(syn::Ident) && input.peek2(Token![<]))
}

/// Whether the equation goes on after the `{ … }` of an `if`.
fn goes_on(input: ParseStream) -> bool {
    input.peek(Token![else])
        || input.peek(Token![+])
        || input.peek(Token![-])
        || input.peek(Token![*])
        || input.peek(Token![/])
        || input.peek(Token![^])
}

/// The same after what stands at `start` could not be read, of which a token is skipped at least.
pub fn skip_rest_of_item(input: ParseStream, start: Cursor) {
    if input.cursor() == start {
        let _ = input.parse::<TokenTree>();
    }
    skip_item(input);
}

/// Whether an item begins here, which may stand behind one that has no end.
pub fn begins_item(input: ParseStream) -> bool {
    let ahead = input.fork();
    let is_keyword = |word: Ident| word == "block" || Kind::of(&word.to_string()).is_some();
    input.peek(Token![pub])
        || input.peek(Token![const])
        || (ahead.parse().is_ok_and(is_keyword) && ahead.peek(syn::Ident))
}

/// Skips the rest of a broken statement: past the next `;`.
pub fn skip_statement(input: ParseStream) {
    while let Ok(token) = input.parse::<TokenTree>() {
        if matches!(token, TokenTree::Punct(punct) if punct.as_char() == ';') {
            return;
        }
    }
}

/// Skips the rest of a broken layer: past the next `;`, or up to the closing `>`.
pub fn skip_layer(input: ParseStream) {
    while !input.is_empty() && !input.peek(Token![>]) {
        // An arrow between layers is no end of them.
        if input.parse::<Option<Token![->]>>().is_ok_and(|arrow| arrow.is_some()) {
            continue;
        }
        match input.parse::<TokenTree>() {
            Ok(TokenTree::Punct(punct)) if punct.as_char() == ';' => return,
            Ok(_) => {}
            Err(_) => return,
        }
    }
}
