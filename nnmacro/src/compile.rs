//! The compiler, one way through: every stage once, in order.

use proc_macro2::TokenStream;

use crate::check::{self, Checked, Network};
use crate::diagnostics::Diagnostics;
use crate::emit::{self, CompiledLoss, CompiledNetwork};
use crate::library::{self, Library};
use crate::recognise::Kernel;
use crate::simplify::Simplifier;
use crate::{differentiate, explain, fuse, lower, parse, plan, recognise};

/// How statements become kernels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The fast ones.
    Recognised,
    /// Plain loops, one for each statement as derived: the oracle for tests.
    Loops,
}

/// A `network!` block → Rust.
pub fn networks(tokens: TokenStream, mode: Mode) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let library = Library::load(&mut diagnostics);
    let block = parse::block(tokens, &mut diagnostics);
    let Checked { constants, networks } = check::check(block, &library, &mut diagnostics);
    let networks = networks.into_iter().map(|network| compile(network, &library, mode));
    let mut output = emit::block(&constants, networks);
    output.extend(diagnostics.into_tokens());
    output
}

/// A checked network → kernels in planned memory. A broken one keeps its types and loses its
/// mathematics, so that the rest of the user's crate still makes sense.
fn compile(network: Network, library: &Library, mode: Mode) -> CompiledNetwork {
    let stated = lower::network(&network);
    let mut program = stated.clone();
    if !network.whole {
        program.forward.clear();
    }
    let mut simplifier = Simplifier::new(&library.rewrites);
    for statement in &mut program.forward {
        statement.value = simplifier.simplify(&mut program.graph, statement.value);
    }
    differentiate::network(&mut program, library, &mut simplifier);
    if mode == Mode::Recognised {
        fuse::propagate_copies(&mut program);
    }
    let mut saved = plan::saved(&program);
    saved.push(program.output);
    let output = [program.output];
    let [forward, inference, backward] = match mode {
        Mode::Recognised => {
            let (forward, backward) = (program.forward.clone(), program.backward.clone());
            let merged = fuse::merge_contributions(&mut program, &backward);
            [
                fuse::inline_maps(&mut program, &forward, &saved),
                fuse::inline_maps(&mut program, &forward, &output),
                fuse::inline_maps(&mut program, &merged, &[]),
            ]
        }
        Mode::Loops => [&program.forward, &program.forward, &program.backward].map(Clone::clone),
    };
    let mut kernels = |list: &[_]| match mode {
        Mode::Recognised => recognise::recognise(&mut program, list),
        Mode::Loops => recognise::as_loops(list),
    };
    let (forward, inference, backward) = (kernels(&forward), kernels(&inference), kernels(&backward));
    let training: Vec<Kernel> = forward.iter().chain(&backward).cloned().collect();
    let training_plan = plan::plan(&program, &training, true);
    let inference_plan = plan::plan(&program, &inference, false);
    let explanation = explain::network(&network, &stated, &program, &training, &training_plan);
    CompiledNetwork {
        network,
        program,
        forward,
        backward,
        training_plan,
        inference,
        inference_plan,
        explanation,
    }
}

/// The built-in losses → Rust.
pub fn losses() -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let library = Library::load(&mut diagnostics);
    let definitions = library::losses(&mut diagnostics);
    let losses = definitions.into_iter().map(|definition| {
        let equations = check::check_loss(&definition, &library, &mut diagnostics);
        let stated = lower::loss(&equations);
        let mut program = stated.clone();
        let mut simplifier = Simplifier::new(&library.rewrites);
        for statement in &mut program.forward {
            statement.value = simplifier.simplify(&mut program.graph, statement.value);
        }
        differentiate::loss(&mut program, &library, &mut simplifier);
        fuse::propagate_copies(&mut program);
        let backward = program.backward.clone();
        program.backward = fuse::merge_contributions(&mut program, &backward);
        CompiledLoss { definition, program }
    });
    let mut output = emit::losses(losses);
    output.extend(diagnostics.into_tokens());
    output
}
