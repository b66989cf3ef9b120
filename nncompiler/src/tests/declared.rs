//! Declarations that nobody has thought of: from the grammar, and from those of the library with
//! tokens changed. Whatever they are, the answer is Rust, and comes soon; what is accepted compiles, as
//! `tests/accepted.rs` shows for some of them.
//!
//! `DECLARATIONS` asks for more of them, and `DECLARATIONS_SEED` for others; with `ACCEPTED_FILE`, so
//! many accepted ones are written there.

mod grammar;
mod mutations;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use grammar::Grammar;
use mutations::Material;
use proc_macro2::TokenStream;
use quote::quote;

use super::library;
use super::random::choices::Choices;
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::library::Library;
use crate::pipeline::{self, Mode};

/// Declarations of each kind that every run tries.
const COUNT: u64 = 300;

/// Decisions that a text may take.
const CHOICES: usize = 400;

/// No answer takes longer, even without optimisation while other programs have the processor: what explodes
/// takes hours.
const LONGEST: Duration = Duration::from_mins(2);

/// Declarations in `tests/accepted.rs`.
const ACCEPTED: usize = 40;

/// Whether a declaration is accepted; an error if the answer is no Rust, or takes a long time.
fn answer(library: &Library, tokens: TokenStream) -> Result<bool, String> {
    let start = Instant::now();
    let expand = || {
        let (mut diagnostics, mode) = (Diagnostics::default(), Mode::Recognised);
        let tapeless = quote!(::tapeless);
        let code = pipeline::networks_with(library, &tapeless, tokens, mode, &mut diagnostics);
        (diagnostics.len() == 0, code, diagnostics.into_tokens())
    };
    let (is_accepted, mut output, mistakes) =
        catch_unwind(AssertUnwindSafe(expand)).map_err(|_| "it panics".to_owned())?;
    let elapsed = start.elapsed();
    if elapsed > LONGEST {
        return Err(format!("it takes {elapsed:?}"));
    }
    output.extend(mistakes);
    let is_accepted = is_accepted && output.to_string().contains("struct");
    let parsed = syn::parse2::<syn::File>(output);
    parsed.map(|_| is_accepted).map_err(|error| format!("it is no Rust: {error}"))
}

fn is_accepted(library: &Library, text: &str) -> bool {
    text.parse().is_ok_and(|tokens| answer(library, tokens).is_ok_and(|is_accepted| is_accepted))
}

/// How many declarations to try, and the first seed.
fn asked() -> (u64, u64) {
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse().ok());
    (number("DECLARATIONS").unwrap_or(COUNT), number("DECLARATIONS_SEED").unwrap_or(0))
}

/// Tries declarations, of which at least so many in a hundred have to be accepted.
fn try_all(least: u64, write: impl Fn(Choices) -> Option<TokenStream>) {
    let (library, (count, seed)) = (library(), asked());
    let mut accepted = 0;
    for number in seed..seed + count {
        let Some(tokens) = write(Choices::seeded(number, CHOICES)) else { continue };
        let answer = answer(&library, tokens.clone())
            .unwrap_or_else(|what| panic!("{what}: seed {number}\n{tokens}"));
        accepted += u64::from(answer);
    }
    assert!(100 * accepted >= least * count, "{accepted} of {count} are accepted");
}

/// Time grows with the number of layers, and not with its square.
#[test]
fn networks_of_the_greatest_size_have_an_answer_soon() {
    let library = library();
    for layer in ["linear(3)", "relu", "silu"] {
        let layers = format!("{layer}; ").repeat(1999);
        let network = format!("Net< input(3); {layers} >").parse().expect("tokens");
        assert_eq!(answer(&library, network), Ok(true), "of {layer}");
    }
}

#[test]
fn every_declaration_of_the_grammar_has_an_answer() {
    try_all(10, |choices| Grammar::new(choices, 8).block().parse().ok());
}

#[test]
fn every_changed_declaration_has_an_answer() {
    let library = library();
    let material = Material::new(|text| is_accepted(&library, text));
    try_all(5, |mut choices| Some(material.mutant(&mut choices)));
}

const HEADER: &str = "\
//! Declarations that the macro accepts, from its tests' grammar: they compile.
//!
//! Recorded by `UPDATE_ACCEPTED=1 cargo test -p nncompiler`.

#![allow(dead_code, unused, deprecated, missing_docs)]
#![allow(non_camel_case_types, non_snake_case, non_upper_case_globals)]
";

/// A file with accepted declarations, each in a module of its own.
fn accepted(count: usize, first: u64) -> String {
    let library = library();
    let blocks = (first..).map(|seed| {
        let rarity = 2 + usize::try_from(seed % 4).unwrap_or(0);
        Grammar::new(Choices::seeded(seed, CHOICES), rarity).block()
    });
    let accepted = blocks.filter(|text| is_accepted(&library, text)).take(count);
    let modules = accepted.enumerate().map(|(number, text)| {
        let lines: Vec<String> = text.lines().map(|line| format!("        {line}")).collect();
        let lines = lines.join("\n");
        format!("\nmod a{number} {{\n    tapeless::network! {{\n{lines}\n    }}\n}}\n")
    });
    let test = "\n#[test]\nfn accepted_declarations_compile() {}\n";
    std::iter::once(HEADER.to_owned()).chain(modules).chain([test.to_owned()]).collect()
}

#[test]
fn accepted_declarations_are_as_recorded() {
    if let Some(path) = std::env::var_os("ACCEPTED_FILE") {
        let (count, seed) = asked();
        let count = usize::try_from(count).expect("a count");
        std::fs::write(path, accepted(count, seed)).expect("a file that can be written");
        return;
    }
    let accepted = accepted(ACCEPTED, 1_000_000);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/accepted.rs");
    if std::env::var_os("UPDATE_ACCEPTED").is_some() {
        std::fs::write(path, &accepted).expect("a file that can be written");
    }
    let recorded = std::fs::read_to_string(path).unwrap_or_default();
    assert!(recorded == accepted, "run with UPDATE_ACCEPTED=1 and read the difference");
}
