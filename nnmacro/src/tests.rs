//! Tests of the compiler in its own process: tables, programs, messages.

mod carets;
mod derivatives;
mod expansion;
mod interpreter;
mod programs;
mod random;
mod rewrites;

use crate::compile::{self, Mode};
use crate::diagnostics::Diagnostics;
use crate::emit::CompiledNetwork;
use crate::library::Library;
use crate::plan::Scheduled;
use crate::{check, parse};

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
    let mut checked = check::check(block, &mut library, &mut diagnostics);
    assert_eq!(messages(&diagnostics), Vec::<String>::new(), "in {text}");
    compile::compile(checked.networks.remove(0), &library, mode)
}

fn messages(diagnostics: &Diagnostics) -> Vec<String> {
    diagnostics.iter().map(|(message, _)| message).collect()
}
