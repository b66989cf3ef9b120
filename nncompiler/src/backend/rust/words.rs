//! Where a block's words are named once more, as paths to their documentation: an editor looks there.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::tokens::{identifier, identifier_of, local};
use crate::frontend::mentions::{Mention, OwnItem, Position};
use crate::reference;

/// A path to each word, in order: an editor completes half of a word where it stands behind the same
/// tokens as before, which is why documentation, with half of the word in it, comes last. A block's own
/// words are items beside those of the language.
pub fn words(tapeless: &TokenStream, mentions: &[&Mention], own: &[&OwnItem]) -> TokenStream {
    let own_names: Vec<Ident> =
        own.iter().map(|one| identifier(&one.name.to_string(), Span::call_site())).collect();
    let modules = (!own.is_empty()).then(|| modules(tapeless, own, &own_names));
    let paths = mentions.iter().map(|Mention { position, word }| {
        let module = module(*position);
        match position {
            Position::Chain | Position::Equation if !own.is_empty() => {
                quote!(words::#module::#word)
            }
            _ => quote!(#tapeless::language::#module::#word),
        }
    });
    quote! {
        const _: () = {
            #(let _ = #paths;)*
            #(let _ = words::own::#own_names;)*
            #modules
        };
    }
}

/// The module of what may stand at a position.
fn module(position: Position) -> Ident {
    local(match position {
        Position::Chain => "chain",
        Position::Equation => "equation",
        Position::Initialisation => "initialisations",
        Position::Statement => "statements",
    })
}

/// `repr(C)` lets a type have a name in small letters without an attribute that forbids a lint.
fn modules(tapeless: &TokenStream, own: &[&OwnItem], names: &[Ident]) -> TokenStream {
    let items = own.iter().map(|one| {
        let (name, text) = (identifier_of(&one.name), reference::of_own(one));
        quote!(#[doc = #text] #[repr(C)] pub struct #name;)
    });
    let modules = [Position::Chain, Position::Equation].map(module);
    let modules = modules.iter().map(|module| {
        quote! {
            pub mod #module {
                pub use #tapeless::language::#module::*;
                pub use super::own::{#(#names),*};
            }
        }
    });
    quote! {
        mod words {
            pub mod own { #(#items)* }
            #(#modules)*
        }
    }
}
