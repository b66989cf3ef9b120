//! Declarations that nobody has thought of: from the grammar, and from those that somebody has written with
//! tokens changed. Whatever they are, the answer is Rust, and comes soon; what is accepted compiles, as
//! `tests/accepted.rs` shows for some of them.
//!
//! `DECLARATIONS` asks for more of them, and `DECLARATIONS_SEED` for others; with `DECLARATIONS_WHOLE=50`, one in
//! 50 of those that the front end accepts goes through the stages behind it, instead of each. With
//! `ACCEPTED_FILE`, so many accepted ones are written there, changed ones if there is `CHANGED`.
//!
//! ```text
//! DECLARATIONS=10000000 DECLARATIONS_WHOLE=50 cargo test --release -p nncompiler every_changed -- --nocapture
//! ```

mod bodies;
mod grammar;
mod mutations;
mod watch;
mod written;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use grammar::Grammar;
use mutations::Material;
use proc_macro2::TokenStream;
use quote::quote;
use watch::Watch;

use super::library;
use super::random::choices::Choices;
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::library::Library;
use crate::frontend::parse::conditions::conditional_items;
use crate::frontend::{imports, mentions};
use crate::pipeline::{self, Mode};

/// Declarations of each kind that every run tries.
const COUNT: u64 = 300;

/// Decisions that a text may take.
const CHOICES: usize = 400;

/// No answer takes longer, even without optimisation while other programs have the processor: what explodes
/// takes hours.
const LONGEST: Duration = Duration::from_secs(if cfg!(debug_assertions) { 120 } else { 20 });

/// Declarations in `tests/accepted.rs`.
const ACCEPTED: usize = 40;

/// Declarations that one thread tries: its tokens are not kept for longer.
const CHUNK: u64 = 50_000;

/// What to try.
#[derive(Clone, Copy)]
struct Asked {
    count: u64,
    first: u64,
    /// One in so many of those that the front end accepts is compiled.
    whole: u64,
}

impl Asked {
    fn new() -> Self {
        let number = |name, otherwise| {
            std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
        };
        Self {
            count: number("DECLARATIONS", COUNT),
            first: number("DECLARATIONS_SEED", 0),
            whole: number("DECLARATIONS_WHOLE", 1).max(1),
        }
    }
}

/// Whether the front end accepts a declaration.
fn is_sound(library: &Library, tokens: &TokenStream) -> bool {
    let mut diagnostics = Diagnostics::default();
    let _ = (conditional_items(tokens), imports::first(tokens), mentions::words(tokens.clone()));
    pipeline::resolved(library, tokens.clone(), &mut diagnostics);
    diagnostics.len() == 0
}

/// Whether a declaration is accepted; an error if the answer is no Rust.
fn expanded(library: &Library, tokens: TokenStream) -> Result<bool, String> {
    let (mut diagnostics, mode) = (Diagnostics::default(), Mode::Recognised);
    let tapeless = quote!(::tapeless);
    let mut output = pipeline::networks_with(library, &tapeless, tokens, mode, &mut diagnostics);
    let is_accepted = diagnostics.len() == 0 && output.to_string().contains("struct");
    output.extend(diagnostics.into_tokens());
    let parsed = syn::parse2::<syn::File>(output);
    parsed.map(|_| is_accepted).map_err(|error| format!("it is no Rust: {error}"))
}

/// What `ask` answers; an error if it panics.
fn answer(ask: impl FnOnce() -> Result<bool, String>) -> Result<bool, String> {
    catch_unwind(AssertUnwindSafe(ask)).map_err(|_| "it panics".to_owned())?
}

fn in_time(elapsed: Duration) -> Result<(), String> {
    if elapsed > LONGEST { Err(format!("it takes {elapsed:?}")) } else { Ok(()) }
}

fn is_accepted(library: &Library, tokens: TokenStream) -> bool {
    answer(|| expanded(library, tokens)).is_ok_and(|is_accepted| is_accepted)
}

/// What has been found.
#[derive(Default)]
struct Found {
    accepted: u64,
    faults: u64,
}

/// Writes the declaration of some choices.
type Writer = Box<dyn Fn(Choices) -> Option<TokenStream>>;

/// Tries declarations, of which at least so many in a hundred have to be accepted.
fn try_all(least: u64, writer: fn(&Library) -> Writer) {
    let (asked, watch) = (Asked::new(), Watch::new(4 * LONGEST));
    let mut all = Found::default();
    let end = asked.first + asked.count;
    for first in (asked.first..end).step_by(usize::try_from(CHUNK).unwrap_or(1)) {
        let (watch, seeds) = (&watch, first..end.min(first + CHUNK));
        let found = std::thread::scope(|scope| {
            let chunk = || tried(asked.whole, seeds, writer, watch);
            scope.spawn(chunk).join().expect("faults are counted")
        });
        all.accepted += found.accepted;
        all.faults += found.faults;
        if asked.count > CHUNK {
            let tried = end.min(first + CHUNK) - asked.first;
            eprintln!("{tried} tried, {} accepted, {} faults", all.accepted, all.faults);
        }
    }
    assert_eq!(all.faults, 0, "see above");
    assert!(
        100 * all.accepted >= least * asked.count,
        "{} of {} are accepted",
        all.accepted,
        asked.count
    );
}

/// Tries the declarations of some seeds, and prints each fault.
fn tried(
    whole: u64,
    seeds: std::ops::Range<u64>,
    writer: fn(&Library) -> Writer,
    watch: &Watch,
) -> Found {
    let library = library();
    let write = writer(&library);
    let mut found = Found::default();
    for seed in seeds {
        let Some(tokens) = write(Choices::seeded(seed, CHOICES)) else { continue };
        watch.begins(seed);
        let sound = answer(|| Ok(is_sound(&library, &tokens)));
        let answered = match sound {
            Ok(true) if found.accepted.is_multiple_of(whole) => {
                answer(|| expanded(&library, tokens.clone())).map(|_| true)
            }
            sound => sound,
        };
        let elapsed = watch.ends();
        let answered = answered.and_then(|is_accepted| in_time(elapsed).map(|()| is_accepted));
        match answered {
            Ok(is_accepted) => found.accepted += u64::from(is_accepted),
            Err(what) => {
                found.faults += 1;
                eprintln!("FAULT, {what}: seed {seed}\n{tokens}");
            }
        }
    }
    found
}

/// Time grows with the number of layers, and not with its square.
#[test]
fn networks_of_the_greatest_size_have_an_answer_soon() {
    let library = library();
    for layer in ["linear(3)", "relu", "silu"] {
        let layers = format!("{layer}; ").repeat(1999);
        let network: TokenStream = format!("Net< input(3); {layers} >").parse().expect("tokens");
        let start = Instant::now();
        assert_eq!(answer(|| expanded(&library, network)), Ok(true), "of {layer}");
        assert_eq!(in_time(start.elapsed()), Ok(()), "of {layer}");
    }
}

#[test]
fn every_declaration_of_the_grammar_has_an_answer() {
    try_all(10, |_| Box::new(|choices| Grammar::new(choices, 8).block().parse().ok()));
}

#[test]
fn every_changed_declaration_has_an_answer() {
    // One in fourteen is accepted; each new declaration in a test makes these others.
    try_all(2, |library| {
        let material = Material::new(|tokens| is_sound(library, tokens));
        assert!(material.len() > 300, "{} written declarations", material.len());
        Box::new(move |mut choices| Some(material.mutant(&mut choices)))
    });
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
    let is_accepted =
        |text: &String| text.parse().is_ok_and(|tokens: TokenStream| is_accepted(&library, tokens));
    modules(blocks.filter(is_accepted).take(count))
}

fn modules(blocks: impl Iterator<Item = String>) -> String {
    let modules = blocks.enumerate().map(|(number, text)| {
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        let lines: Vec<String> = lines.map(|line| format!("        {line}")).collect();
        let lines = lines.join("\n");
        format!("\nmod a{number} {{\n    ::tapeless::network! {{\n{lines}\n    }}\n}}\n")
    });
    let test = "\n#[test]\nfn accepted_declarations_compile() {}\n";
    std::iter::once(HEADER.to_owned()).chain(modules).chain([test.to_owned()]).collect()
}

/// The same of changed ones.
fn accepted_mutants(count: usize, first: u64) -> String {
    let library = library();
    let material = Material::new(|tokens| is_sound(&library, tokens));
    let mutants = (first..).map(|seed| material.mutant(&mut Choices::seeded(seed, CHOICES)));
    let accepted = mutants.filter(|tokens| is_accepted(&library, tokens.clone()));
    modules(accepted.map(|tokens| tokens.to_string()).take(count))
}

#[test]
fn accepted_declarations_are_as_recorded() {
    if let Some(path) = std::env::var_os("ACCEPTED_FILE") {
        let asked = Asked::new();
        let count = usize::try_from(asked.count).expect("a count");
        let write = if std::env::var_os("CHANGED").is_some() { accepted_mutants } else { accepted };
        std::fs::write(path, write(count, asked.first)).expect("a file that can be written");
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
