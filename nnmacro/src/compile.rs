//! The compiler, one way through: every stage once, in order.

use proc_macro2::TokenStream;

use crate::check::{self, Checked, Loss, Network};
use crate::diagnostics::Diagnostics;
use crate::emit::{self, CompiledLoss, CompiledNetwork};
use crate::library::{self, Library};
use crate::program::Program;
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

/// A `network!` block → Rust, with a `compile_error!` for each mistake in it.
pub fn networks(tokens: TokenStream, mode: Mode) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let mut output = networks_with(tokens, mode, &mut diagnostics);
    output.extend(diagnostics.into_tokens());
    output
}

/// The same with the mistakes apart.
pub fn networks_with(
    tokens: TokenStream,
    mode: Mode,
    diagnostics: &mut Diagnostics,
) -> TokenStream {
    let mut library = Library::load(diagnostics);
    let block = parse::block(tokens, diagnostics);
    let Checked { constants, networks, losses } = check::check(block, &mut library, diagnostics);
    let networks = networks.into_iter().map(|network| compile(network, &library, mode));
    let losses = losses.into_iter().map(|loss| compile_loss(loss, &library));
    emit::block(&constants, networks, losses)
}

/// A checked network → kernels in planned memory. A broken one keeps its types and loses its
/// mathematics, so that the rest of the user's crate still makes sense.
pub fn compile(network: Network, library: &Library, mode: Mode) -> CompiledNetwork {
    let mut stated = lower::network(&network);
    simplify_forward(&mut stated, &mut Simplifier::new(&library.algebra));
    let mut program = stated.clone();
    if !network.whole {
        program.forward.clear();
    }
    let mut simplifier = simplifier(library);
    simplify_forward(&mut program, &mut simplifier);
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
    let (forward, inference, backward) =
        (kernels(&forward), kernels(&inference), kernels(&backward));
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

/// Every rule of the library.
fn simplifier(library: &Library) -> Simplifier {
    Simplifier::new(library.algebra.iter().chain(&library.stability))
}

fn simplify_forward(program: &mut Program, simplifier: &mut Simplifier) {
    for statement in &mut program.forward {
        statement.value = simplifier.simplify(&mut program.graph, statement.value);
    }
}

/// A checked loss → the program of one sample.
fn compile_loss(loss: Loss, library: &Library) -> CompiledLoss {
    let mut program = lower::loss(&loss.equations);
    let mut simplifier = simplifier(library);
    simplify_forward(&mut program, &mut simplifier);
    program.forward = fuse::write_out_maps(&mut program);
    differentiate::loss(&mut program, library, &mut simplifier);
    fuse::propagate_copies(&mut program);
    let backward = program.backward.clone();
    program.backward = fuse::merge_contributions(&mut program, &backward);
    CompiledLoss { loss, program }
}

/// The built-in losses → Rust.
pub fn losses() -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let tokens = library::losses(&mut diagnostics);
    let mut output = networks_with(tokens, Mode::Recognised, &mut diagnostics);
    output.extend(diagnostics.into_tokens());
    output
}
