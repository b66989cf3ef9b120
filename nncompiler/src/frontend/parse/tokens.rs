//! What has been parsed, as tokens.

use proc_macro2::TokenStream;
use syn::buffer::Cursor;

/// The tokens from one position to another.
pub fn between(mut start: Cursor, end: Cursor) -> TokenStream {
    let mut tokens = TokenStream::new();
    while start != end {
        let Some((token, next)) = start.token_tree() else { break };
        tokens.extend([token]);
        start = next;
    }
    tokens
}
