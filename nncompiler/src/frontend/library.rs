//! The built-in mathematics: text in the language that users write.

use proc_macro2::TokenStream;

use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::parse;
use crate::frontend::syntax::{Definition, Function, Origin, Rewrite};

const FUNCTIONS: &str = include_str!("library/functions.eq");
const ALGEBRA: &str = include_str!("library/algebra.eq");
const COLLECTION: &str = include_str!("library/collection.eq");
const STABILITY: &str = include_str!("library/stability.eq");
const READING: &str = include_str!("library/reading.eq");
const DEFINITIONS: [&str; 2] =
    [include_str!("library/activations.eq"), include_str!("library/layers.eq")];
const LOSSES: &str = include_str!("library/losses.eq");
const OPTIMIZERS: &str = include_str!("library/optimizers.eq");

/// The tables of the library, parsed.
pub struct Library {
    pub functions: Vec<Function>,
    pub algebra: Vec<Rewrite>,
    pub collection: Vec<Rewrite>,
    pub stability: Vec<Rewrite>,
    pub reading: Vec<Rewrite>,
    pub definitions: Vec<Definition>,
    pub losses: Vec<Definition>,
}

impl Library {
    pub fn load(diagnostics: &mut Diagnostics) -> Self {
        let definitions = DEFINITIONS.iter().flat_map(|text| {
            let tokens = tokens(text, diagnostics);
            parse::definitions(tokens, diagnostics)
        });
        let mut definitions: Vec<Definition> = definitions.collect();
        for definition in &mut definitions {
            definition.origin = Origin::Library;
        }
        let functions = parse::functions(tokens(FUNCTIONS, diagnostics), diagnostics);
        let algebra = parse::rewrites(tokens(ALGEBRA, diagnostics), diagnostics);
        let collection = parse::rewrites(tokens(COLLECTION, diagnostics), diagnostics);
        let stability = parse::rewrites(tokens(STABILITY, diagnostics), diagnostics);
        let reading = parse::rewrites(tokens(READING, diagnostics), diagnostics);
        let losses = parse::definitions(tokens(LOSSES, diagnostics), diagnostics);
        Self { functions, algebra, collection, stability, reading, definitions, losses }
    }

    /// Whether the name is an elementary function.
    pub fn has_function(&self, name: &str) -> bool {
        self.functions.iter().any(|function| function.name == name)
    }
}

/// The built-in losses, as a block that declares them.
pub fn losses(diagnostics: &mut Diagnostics) -> TokenStream {
    tokens(LOSSES, diagnostics)
}

/// The built-in optimizers, as a block that declares them.
pub fn optimizers(diagnostics: &mut Diagnostics) -> TokenStream {
    tokens(OPTIMIZERS, diagnostics)
}

fn tokens(text: &str, diagnostics: &mut Diagnostics) -> TokenStream {
    text.parse().unwrap_or_else(|error: proc_macro2::LexError| {
        diagnostics.push(error.into());
        TokenStream::new()
    })
}
