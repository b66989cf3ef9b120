//! Names: `r#type` is the name `type`.

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::parse::ParseStream;

/// A name, which is no keyword of Rust unless it is written as a raw identifier.
pub fn name(input: ParseStream) -> syn::Result<Ident> {
    let name: Ident = input.parse()?;
    Ok(name.unraw())
}
