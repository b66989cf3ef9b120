//! Where a block's words are named once more, as paths to their documentation: an editor looks there.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::tokens::{identifier, identifier_of, local};
use crate::frontend::mentions::{Mention, OwnItem, Place};
use crate::reference;

/// A path to each word, in order: an editor completes half of a word where it stands behind the same
/// tokens as before, which is why documentation, with half of the word in it, comes last. A block's own
/// words are items beside those of the language.
pub fn words(tapeless: &TokenStream, mentions: &[&Mention], own: &[&OwnItem]) -> TokenStream {
    let own_names: Vec<Ident> =
        own.iter().map(|one| identifier(&one.name.to_string(), Span::call_site())).collect();
    let modules = (!own.is_empty()).then(|| modules(tapeless, own, &own_names));
    let paths = mentions.iter().map(|Mention { place, word }| {
        let module = module(*place);
        match place {
            Place::Chain | Place::Equation if !own.is_empty() => quote!(words::#module::#word),
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

/// The module of what may stand in a place.
fn module(place: Place) -> Ident {
    local(match place {
        Place::Chain => "chain",
        Place::Equation => "equation",
        Place::Initialisation => "initialisations",
        Place::Statement => "statements",
    })
}

/// `repr(C)` lets a type have a name in small letters without an attribute that forbids a lint.
fn modules(tapeless: &TokenStream, own: &[&OwnItem], names: &[Ident]) -> TokenStream {
    let items = own.iter().map(|one| {
        let (name, text) = (identifier_of(&one.name), reference::of_own(one));
        quote!(#[doc = #text] #[repr(C)] pub struct #name;)
    });
    let places = [Place::Chain, Place::Equation].map(module);
    let places = places.iter().map(|place| {
        quote! {
            pub mod #place {
                pub use #tapeless::language::#place::*;
                pub use super::own::{#(#names),*};
            }
        }
    });
    quote! {
        mod words {
            pub mod own { #(#items)* }
            #(#places)*
        }
    }
}
