//! What lets a definition travel: a macro that holds it, and hands it to the block that imports it.

use std::hash::{DefaultHasher, Hash, Hasher};

use proc_macro2::{Span, TokenStream};
use quote::quote;

use super::tokens::{identifier, local};
use crate::frontend::exports::Export;
use crate::frontend::imports::Import;
use crate::reference;
use crate::schedule::kernels::Mode;

/// The macro of a definition, by a name that no other has, and the definition's own name for it. One that
/// the whole world sees is exported by its crate.
pub fn export(export: &Export) -> TokenStream {
    let Export { visibility, name, item, bundle } = export;
    let mut hasher = DefaultHasher::new();
    // Another place in the crate may declare the same.
    (name.to_string(), format!("{:?}", Span::call_site())).hash(&mut hasher);
    let holder = local(&format!("__tapeless_{name}_{:016x}", hasher.finish()));
    let name = identifier(&name.to_string(), Span::call_site());
    let is_public = visibility.to_string() == "pub";
    let exported = is_public.then(|| quote!(#[macro_export]));
    let text = format!(
        "{}\n\nFor the `network!` of another module or crate: `use …::{name};` in its braces.",
        reference::of_own(item)
    );
    quote! {
        #[doc(hidden)]
        #exported
        macro_rules! #holder {
            ({ $($next:tt)* } $($state:tt)*) => { $($next)* ! { $($state)* { #bundle } } };
        }
        #[doc = #text]
        #[doc(inline)]
        #visibility use #holder as #name;
    }
}

/// Asks the macro behind an import for its definition, with what is to be done then: see
/// `pipeline::networks_with_import`.
pub fn import(
    tapeless: &TokenStream,
    mode: Mode,
    Import { visibility, path, name }: &Import,
    [others, imported]: [&TokenStream; 2],
) -> TokenStream {
    let mode = match mode {
        Mode::Recognised => quote!(),
        Mode::Loops => quote!(loops),
    };
    quote! {
        #path ! {
            { #tapeless::__private::compiler::network_with }
            { #tapeless } { #mode } { #visibility } { #name } { #others } { #imported }
        }
    }
}
