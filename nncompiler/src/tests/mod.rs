//! Tests of the compiler in its own process: tables, programs, messages.

mod bodies;
mod carets;
mod conditions;
mod declared;
mod definitions;
mod derivatives;
mod expansion;
mod explained;
mod fragments;
mod integers;
mod language;
mod losses;
mod networks;
mod optimizers;
mod parts;
mod programs;
mod random;
mod rewrites;
mod runs;
mod settings;
mod several_axes;
mod values;

use crate::backend::rust::CompiledNetwork;
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::library::Library;
use crate::frontend::parse;
use crate::frontend::resolve;
use crate::ir::{print, verify};
use crate::pipeline::{self, Mode, Snapshot};

/// The library, which must be free of mistakes.
fn library() -> Library {
    let mut diagnostics = Diagnostics::default();
    let library = Library::load(&mut diagnostics);
    assert_eq!(messages(&diagnostics), Vec::<String>::new());
    library
}

/// The first network of a block, compiled.
fn compiled(text: &str, mode: Mode) -> CompiledNetwork {
    let library = library();
    let mut diagnostics = Diagnostics::default();
    let block = parse::block(text.parse().expect("tokens"), &mut diagnostics);
    let mut checked = resolve::block(block, &library, &mut diagnostics);
    assert_eq!(messages(&diagnostics), Vec::<String>::new(), "in {text}");
    pipeline::compile(checked.networks.remove(0), &library.tables(), mode, &mut verified)
}

/// Every function is well formed after every stage.
fn verified(snapshot: Snapshot) {
    let Snapshot { purpose, stage, program, function } = snapshot;
    let problems = verify::problems(program, function);
    let shown = || print::function(program, function);
    assert!(problems.is_empty(), "{purpose}, {stage}: {problems:#?}\n{}", shown());
}

fn messages(diagnostics: &Diagnostics) -> Vec<String> {
    diagnostics.iter().map(|(message, _)| message).collect()
}
