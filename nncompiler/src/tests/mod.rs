//! Tests of the compiler in its own process: tables, programs, messages.

mod carets;
mod derivatives;
mod expansion;
mod programs;
mod random;
mod rewrites;
mod runs;

use crate::backend::rust::CompiledNetwork;
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::library::Library;
use crate::frontend::parse;
use crate::frontend::resolve;
use crate::pipeline::{self, Mode};
use crate::schedule::steps::Scheduled;

/// The library, which must be free of mistakes.
fn library() -> Library {
    let mut diagnostics = Diagnostics::default();
    let library = Library::load(&mut diagnostics);
    assert_eq!(messages(&diagnostics), Vec::<String>::new());
    library
}

/// What the one network of a block runs in training.
fn compiled(text: &str, mode: Mode) -> Scheduled {
    compiled_network(text, mode).training
}

/// The one network of a block, compiled.
fn compiled_network(text: &str, mode: Mode) -> CompiledNetwork {
    let mut library = library();
    let mut diagnostics = Diagnostics::default();
    let block = parse::block(text.parse().expect("tokens"), &mut diagnostics);
    let mut checked = resolve::check(block, &mut library, &mut diagnostics);
    assert_eq!(messages(&diagnostics), Vec::<String>::new(), "in {text}");
    pipeline::compile(checked.networks.remove(0), &library, mode)
}

fn messages(diagnostics: &Diagnostics) -> Vec<String> {
    diagnostics.iter().map(|(message, _)| message).collect()
}
