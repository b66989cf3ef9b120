//! Names: `r#type` is the name `type`.

use proc_macro2::Ident;
use syn::Token;
use syn::ext::IdentExt;
use syn::parse::ParseStream;

/// No field is called so, in any writing.
const NEVER_NAMES: [&str; 5] = ["Self", "_", "crate", "self", "super"];

/// A name, which is no keyword of Rust unless it is written as a raw identifier.
pub fn name(input: ParseStream) -> syn::Result<Ident> {
    if input.peek(syn::Ident) || !input.peek(Ident::peek_any) {
        let name: Ident = input.parse()?;
        return Ok(name.unraw());
    }
    let keyword = input.fork().call(Ident::parse_any)?;
    let message = if can_be_a_name(&keyword) {
        format!("`{keyword}` is a keyword of Rust: write `r#{keyword}`, or another name")
    } else {
        format!("nothing can be called `{keyword}` in Rust: write another name")
    };
    Err(syn::Error::new(keyword.span(), message))
}

/// A name, or `_` for what nothing reads.
pub fn name_or_blank(input: ParseStream) -> syn::Result<Ident> {
    if input.peek(Token![_]) { input.call(Ident::parse_any) } else { name(input) }
}

/// Whether a word is a name, if need be as a raw identifier.
pub fn can_be_a_name(word: &Ident) -> bool {
    NEVER_NAMES.iter().all(|never| word != never)
}

/// Whether one of the words here, behind labels too, can be no name.
pub fn has_no_name(input: ParseStream) -> bool {
    let ahead = input.fork();
    while let Ok(word) = ahead.call(Ident::parse_any) {
        if !can_be_a_name(&word) {
            return true;
        }
        let _ = ahead.parse::<Option<Token![:]>>();
    }
    false
}

/// Whether a word stands here, be it a name or a keyword of Rust.
pub fn is_word(input: ParseStream) -> bool {
    input.peek(syn::Ident) || input.peek(Ident::peek_any)
}

/// `label:`, or nothing.
pub fn label(input: ParseStream) -> syn::Result<Option<Ident>> {
    if !(is_word(input) && input.peek2(Token![:])) {
        return Ok(None);
    }
    let label = name(input)?;
    input.parse::<Token![:]>()?;
    Ok(Some(label))
}
