//! The bag of errors: every mistake of a build is reported in that build.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::frontend::syntax::Location;

/// A mistake at the tokens that make it.
pub fn error_at(location: Location, message: impl std::fmt::Display) -> syn::Error {
    let Location { first, last } = location;
    let (first, last) = (Ident::new("first", first), Ident::new("last", last));
    syn::Error::new_spanned(quote!(#first #last), message)
}

/// Errors found so far, in the order of finding.
#[derive(Debug, Default)]
pub struct Diagnostics {
    errors: Vec<Mistake>,
}

#[derive(Debug)]
struct Mistake {
    error: syn::Error,
    /// What it is a mistake of, if that may be found several times. It is shown once.
    of: Option<Source>,
}

/// What is written once and used several times.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Source {
    /// A definition, or one that is missing.
    Definition(String),
    /// A block of layers.
    Block(String),
    /// The repetition with this number, which it has once: another use of what is around it is another.
    Repetition(usize),
}

impl Diagnostics {
    /// Reports a mistake at the tokens that make it.
    pub fn report(&mut self, location: impl Into<Location>, message: impl std::fmt::Display) {
        self.push(error_at(location.into(), message));
    }

    /// Reports what is missing, where it is asked for first.
    pub fn report_once(&mut self, location: impl Into<Location>, message: impl std::fmt::Display) {
        let first = self.len();
        self.report(location, message);
        self.set_source(first, &Source::Definition(String::new()));
    }

    pub fn push(&mut self, error: syn::Error) {
        self.errors.push(Mistake { error, of: None });
    }

    /// What could not be parsed. A name that nothing can have is said once, wherever it stands.
    pub fn push_unparsed(&mut self, error: syn::Error, has_no_name: bool) {
        let of = has_no_name.then(|| Source::Definition(String::new()));
        self.errors.push(Mistake { error, of });
    }

    /// Reports the mistakes of another bag, all at the same tokens.
    pub fn report_all(&mut self, others: &Self, location: Location) {
        for error in others.shown().flatten() {
            self.report(location, error);
        }
    }

    /// Those that another bag has too.
    pub fn shared_with(mut self, other: &Self) -> Self {
        let others: BTreeSet<String> =
            other.errors.iter().map(|one| one.error.to_string()).collect();
        self.errors.retain(|one| others.contains(&one.error.to_string()));
        self
    }

    pub fn append(&mut self, others: Self) {
        self.errors.extend(others.errors);
    }

    /// Appends the mistakes of a definition that is used with certain sizes, each once: another use
    /// may find them again.
    pub fn append_once(&mut self, others: Self, definition: &str) {
        let first = self.len();
        self.append(others);
        self.set_source(first, &Source::Definition(definition.to_owned()));
    }

    /// The mistakes from the one with the number `first` on are those of a block, which another use of
    /// it may make again.
    pub fn are_of_block(&mut self, first: usize, name: &str) {
        self.set_source(first, &Source::Block(name.to_owned()));
    }

    /// The same of layers that are repeated.
    pub fn are_of_repetition(&mut self, first: usize, number: usize) {
        self.set_source(first, &Source::Repetition(number));
    }

    fn set_source(&mut self, first: usize, source: &Source) {
        for mistake in &mut self.errors[first..] {
            if matches!(mistake.of, None | Some(Source::Repetition(_))) {
                mistake.of = Some(source.clone());
            }
        }
    }

    /// The mistakes, those of one source once.
    fn shown(&self) -> impl Iterator<Item = &syn::Error> {
        let mut seen = BTreeSet::new();
        self.errors.iter().filter_map(move |Mistake { error, of }| match of {
            Some(source) => seen.insert((source, error.to_string())).then_some(error),
            None => Some(error),
        })
    }

    /// How many have been found, be they shown or not.
    pub fn len(&self) -> usize {
        self.errors.len()
    }

    /// Every message, behind its line and column.
    pub fn messages(&self) -> Vec<String> {
        let message = |error: syn::Error| {
            let start = error.span().start();
            format!("{}:{}: {error}", start.line, start.column + 1)
        };
        self.shown().flat_map(Clone::clone).map(message).collect()
    }

    /// One `compile_error!` for each mistake.
    pub fn into_tokens(self) -> TokenStream {
        self.shown().map(syn::Error::to_compile_error).collect()
    }

    /// Every message with what it points at.
    #[cfg(test)]
    pub fn iter(&self) -> impl Iterator<Item = (String, proc_macro2::Span)> {
        self.shown().flatten().map(|error| (error.to_string(), error.span()))
    }
}
