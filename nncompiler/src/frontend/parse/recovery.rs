//! Where parsing goes on after a mistake.

use proc_macro2::{Delimiter, TokenTree};
use syn::Token;
use syn::parse::ParseStream;

/// Skips the rest of a broken item: past the next `;`, `{ … }` or closing `>`.
pub fn skip_item(input: ParseStream) {
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
