//! Names that generated code uses everywhere.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

/// Where generated code finds the run time.
pub fn runtime() -> TokenStream {
    quote!(::tapeless::__private)
}

/// The variable of a number that is known at run time.
pub fn setting(name: &str) -> Ident {
    local(&format!("setting_{name}"))
}

/// A variable of a generated function.
pub fn local(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}
