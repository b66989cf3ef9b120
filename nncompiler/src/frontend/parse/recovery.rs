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
    let begins_next = || begins_item(input) || (input.peek(Token![#]) && input.peek2(Bracket));
    while !begins_next() {
        let Ok(token) = input.parse::<TokenTree>() else { return };
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
        match input.parse::<TokenTree>() {
            Ok(TokenTree::Punct(punct)) if punct.as_char() == ';' => return,
            Ok(_) => {}
            Err(_) => return,
        }
    }
}
