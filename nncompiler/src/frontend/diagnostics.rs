//! The bag of errors: every mistake of a build is reported in that build.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::frontend::syntax::Location;

/// Errors found so far, in the order of finding.
#[derive(Debug, Default)]
pub struct Diagnostics {
    errors: Vec<syn::Error>,
    /// Those that have been found in definitions.
    of_definitions: BTreeSet<String>,
}

impl Diagnostics {
    /// Reports a mistake at the tokens that make it.
    pub fn report(&mut self, location: impl Into<Location>, message: impl std::fmt::Display) {
        let Location { first, last } = location.into();
        let (first, last) = (Ident::new("first", first), Ident::new("last", last));
        self.errors.push(syn::Error::new_spanned(quote!(#first #last), message));
    }

    pub fn push(&mut self, error: syn::Error) {
        self.errors.push(error);
    }

    /// Reports the mistakes of another bag, all at the same tokens.
    pub fn report_all(&mut self, others: &Self, location: Location) {
        for error in others.errors.iter().flatten() {
            self.report(location, error);
        }
    }

    pub fn append(&mut self, others: Self) {
        self.errors.extend(others.errors);
    }

    /// Appends the mistakes of a definition that is used with certain sizes, each once: another use
    /// may find them again.
    pub fn append_once(&mut self, others: Self, definition: &str) {
        for error in others.errors {
            if self.of_definitions.insert(format!("{definition}: {error}")) {
                self.errors.push(error);
            }
        }
    }

    pub fn len(&self) -> usize {
        self.errors.len()
    }

    /// Every message, behind its line and column.
    #[cfg(feature = "stages")]
    pub fn messages(&self) -> Vec<String> {
        let message = |error: syn::Error| {
            let start = error.span().start();
            format!("{}:{}: {error}", start.line, start.column + 1)
        };
        self.errors.iter().flat_map(Clone::clone).map(message).collect()
    }

    /// One `compile_error!` for each mistake.
    pub fn into_tokens(self) -> TokenStream {
        self.errors.iter().map(syn::Error::to_compile_error).collect()
    }

    /// Every message with what it points at.
    #[cfg(test)]
    pub fn iter(&self) -> impl Iterator<Item = (String, proc_macro2::Span)> {
        self.errors.iter().flatten().map(|error| (error.to_string(), error.span()))
    }
}
