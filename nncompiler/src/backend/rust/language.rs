//! The words of the language as documented items, for `tapeless` itself.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::tokens::local;
use crate::reference::{Chapter, GROUPS};

/// A public module for each chapter, and hidden ones of what may stand in one place: `chain` and
/// `equation`.
pub fn language(chapters: &[Chapter]) -> TokenStream {
    let modules = chapters.iter().map(module);
    let [layers, activations, losses, functions] =
        ["layers", "activations", "losses", "functions"].map(|name| names(chapters, name));
    let groups = GROUPS.map(local);
    let others: Vec<&Ident> = activations.iter().filter(|name| !functions.contains(name)).collect();
    quote! {
        #(#modules)*

        /// What may stand in a chain.
        #[doc(hidden)]
        pub mod chain {
            pub use super::layers::{#(#layers),*};
            pub use super::activations::{#(#activations),*};
            pub use super::statements::{#(#groups),*};
        }

        /// What may stand in an equation.
        #[doc(hidden)]
        pub mod equation {
            pub use super::functions::{#(#functions),*};
            pub use super::activations::{#(#others),*};
            pub use super::layers::{#(#layers),*};
            pub use super::losses::{#(#losses),*};
        }
    }
}

fn names(chapters: &[Chapter], name: &str) -> Vec<Ident> {
    let chapter = chapters.iter().filter(|chapter| chapter.name == name);
    chapter.flat_map(|chapter| &chapter.entries).map(|entry| local(&entry.name)).collect()
}

fn module(chapter: &Chapter) -> TokenStream {
    let Chapter { name, entry, documentation, entries } = chapter;
    let (module, entry) = (local(name), local(entry));
    let items = entries.iter().map(|one| {
        let (name, text) = (local(&one.name), &one.documentation);
        quote!(#[doc = #text] pub const #name: super::#entry = super::#entry;)
    });
    quote! {
        #[doc = #documentation]
        #[allow(non_upper_case_globals, reason = "the words are written so")]
        pub mod #module {
            #(#items)*
        }
    }
}
