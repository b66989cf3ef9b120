//! The built-in mathematics: text in the language that users write.

use proc_macro2::TokenStream;

use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::parse;
use crate::frontend::syntax::{Definition, Function, Kind, Rewrite};

const FUNCTIONS: &str = include_str!("library/functions.eq");
const ALGEBRA: &str = include_str!("library/algebra.eq");
const GATHER: &str = include_str!("library/gather.eq");
const STABILITY: &str = include_str!("library/stability.eq");
const DEFINITIONS: [&str; 2] =
    [include_str!("library/activations.eq"), include_str!("library/layers.eq")];
const LOSSES: &str = include_str!("library/losses.eq");

/// The tables of the library, parsed.
pub struct Library {
    pub functions: Vec<Function>,
    pub algebra: Vec<Rewrite>,
    pub gather: Vec<Rewrite>,
    pub stability: Vec<Rewrite>,
    pub definitions: Vec<Definition>,
}

impl Library {
    pub fn load(diagnostics: &mut Diagnostics) -> Self {
        let definitions = DEFINITIONS.iter().flat_map(|text| {
            let tokens = tokens(text, diagnostics);
            parse::definitions(tokens, diagnostics)
        });
        let mut definitions: Vec<Definition> = definitions.collect();
        for definition in &mut definitions {
            definition.is_built_in = true;
        }
        let functions = parse::functions(tokens(FUNCTIONS, diagnostics), diagnostics);
        let algebra = parse::rewrites(tokens(ALGEBRA, diagnostics), diagnostics);
        let gather = parse::rewrites(tokens(GATHER, diagnostics), diagnostics);
        let stability = parse::rewrites(tokens(STABILITY, diagnostics), diagnostics);
        Self { functions, algebra, gather, stability, definitions }
    }

    /// Adds a block's own layers and activations; its losses come back.
    pub fn declare(
        &mut self,
        definitions: Vec<Definition>,
        diagnostics: &mut Diagnostics,
    ) -> Vec<Definition> {
        let mut losses: Vec<Definition> = Vec::new();
        for definition in definitions {
            let name = definition.name.to_string();
            let taken = |other: &Definition| other.name == name;
            let other = losses.iter().find(|other| taken(other));
            if self.has_function(&name)
                || self.definitions.iter().any(taken)
                || other.is_some_and(|other| !complete_each_other(other, &definition))
            {
                let message = format!("`{name}` is there already; choose another name");
                diagnostics.report(definition.name.span(), message);
            } else if definition.kind == Kind::Loss {
                losses.push(definition);
            } else {
                self.definitions.push(definition);
            }
        }
        losses
    }

    /// Whether the name is an elementary function.
    pub fn has_function(&self, name: &str) -> bool {
        self.functions.iter().any(|function| function.name == name)
    }

    /// Every definition of a layer or activation with this name: one for each rank of input.
    pub fn overloads(&self, name: &str) -> Vec<&Definition> {
        let named = |definition: &&Definition| definition.name == name;
        self.definitions.iter().filter(named).collect()
    }

    /// The names of all layers and activations.
    pub fn layer_names(&self) -> Vec<String> {
        let mut names: Vec<String> =
            self.definitions.iter().map(|definition| definition.name.to_string()).collect();
        names.dedup();
        names
    }
}

/// Whether two losses are one: for class indices and for real targets, with the same settings.
fn complete_each_other(one: &Definition, other: &Definition) -> bool {
    let takes_classes = |loss: &Definition| loss.inputs.iter().any(|input| input.is_class);
    let settings = |loss: &Definition| -> Vec<String> {
        loss.settings.iter().map(|setting| setting.name.to_string()).collect()
    };
    let are_losses = one.kind == Kind::Loss && other.kind == Kind::Loss;
    are_losses && takes_classes(one) != takes_classes(other) && settings(one) == settings(other)
}

/// Layers and activations as a Markdown table: how each is written, and what it is.
pub fn table() -> String {
    let library = Library::load(&mut Diagnostics::default());
    let mut rows = vec!["| layer | |".to_owned(), "|---|---|".to_owned()];
    let mut seen = String::new();
    // What joins several ways is written as a group.
    for definition in library.definitions.iter().filter(|one| one.inputs.len() < 2) {
        let name = definition.name.to_string();
        if name != seen {
            let first = definition.documentation.lines().next().unwrap_or_default();
            rows.push(format!("| `{}` | {first} |", call(definition)));
        }
        seen = name;
    }
    rows.join("\n")
}

/// `leaky_relu(negative_slope)`
fn call(definition: &Definition) -> String {
    let settings = definition.settings.iter().map(|setting| setting.name.to_string());
    let sizes = definition.sizes.iter().map(|size| size.name.to_string());
    let arguments: Vec<String> = sizes.chain(settings).collect();
    let name = &definition.name;
    if arguments.is_empty() {
        name.to_string()
    } else {
        format!("{name}({})", arguments.join(", "))
    }
}

/// The built-in losses, as a block that declares them.
pub fn losses(diagnostics: &mut Diagnostics) -> TokenStream {
    tokens(LOSSES, diagnostics)
}

fn tokens(text: &str, diagnostics: &mut Diagnostics) -> TokenStream {
    text.parse().unwrap_or_else(|error: proc_macro2::LexError| {
        diagnostics.push(error.into());
        TokenStream::new()
    })
}
