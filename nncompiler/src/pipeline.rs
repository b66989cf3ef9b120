//! The compiler, one way through: every stage once, in order.

use proc_macro2::TokenStream;

use crate::autodiff::{forward, reverse};
use crate::backend::rust::{self, CompiledLoss, CompiledNetwork};
use crate::explain;
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::library::{self, Library};
use crate::frontend::parse;
use crate::frontend::resolve::{self, Checked, Loss, Network};
use crate::ir::function::Program;
use crate::lower::{self, Phase};
use crate::rewrite::simplify::Simplifier;
use crate::rewrite::stabilise;
pub use crate::schedule::kernels::Mode;
use crate::schedule::kernels::{self, Kernel};
use crate::schedule::losses::LossLoops;
use crate::schedule::memory::{self, List, TilesOf};
use crate::schedule::steps::{Samples, Scheduled, Scheduler};
use crate::schedule::{fuse, im2col, separable, tile, vectorise};

/// A `network!` block → Rust, with a `compile_error!` for each mistake in it.
#[must_use]
pub fn networks(tokens: TokenStream, mode: Mode) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let mut output = networks_with(tokens, mode, &mut diagnostics);
    output.extend(diagnostics.into_tokens());
    output
}

/// The same with the mistakes apart.
pub(crate) fn networks_with(
    tokens: TokenStream,
    mode: Mode,
    diagnostics: &mut Diagnostics,
) -> TokenStream {
    let mut library = Library::load(diagnostics);
    let block = parse::block(tokens, diagnostics);
    let Checked { constants, networks, losses } = resolve::check(block, &mut library, diagnostics);
    let networks = networks.into_iter().map(|network| compile(network, &library, mode));
    let losses = losses.into_iter().map(|loss| compile_loss(loss, &library));
    rust::block(&constants, networks, losses)
}

/// A checked network → kernels in planned memory. A broken one keeps its types and loses its
/// mathematics, so that the rest of the user's crate still makes sense.
pub(crate) fn compile(network: Network, library: &Library, mode: Mode) -> CompiledNetwork {
    let mut stated = lower::network(&network, Phase::Training);
    simplify_forward(&mut stated, &mut Simplifier::new(&library.algebra));
    stated.remove_dead();
    let forward = |mut program: Program| {
        if !network.whole {
            program.forward.clear();
            program.updates.clear();
        }
        stabilised(program, library)
    };
    let mut training = forward(stated.clone());
    reverse::network(&mut training, library, &mut simplifier(library));
    let evaluation = forward(lower::network(&network, Phase::Evaluation));
    let mut jacobian = forward(lower::sample(&network));
    reverse::inputs(&mut jacobian, library, &mut simplifier(library));
    let along = network.derivatives.then(|| {
        let mut program = forward(stated.clone());
        forward::along_direction(&mut program, library, &mut simplifier(library));
        reverse::network(&mut program, library, &mut simplifier(library));
        scheduled(program, mode, Samples::Batch)
    });
    let [training, evaluation] =
        [training, evaluation].map(|program| scheduled(program, mode, Samples::Batch));
    let jacobian = scheduled(jacobian, mode, Samples::Few);
    let explanation = explain::network(&network, &stated, &training);
    CompiledNetwork { network, training, evaluation, jacobian, along, explanation }
}

/// A program, forward and backward → kernels in planned memory, and the steps in which they run.
fn scheduled(mut program: Program, mode: Mode, samples: Samples) -> Scheduled {
    let Kernels { forward, inference, backward, tiles } = match mode {
        Mode::Recognised => fused_kernels(&mut program),
        Mode::Loops => Kernels::as_loops(&program),
    };
    let list = |kernels, tiles| List { kernels, tiles };
    let of_forward = list(&forward, tiles.forward.as_ref());
    let of_backward = list(&backward, tiles.backward.as_ref());
    let training_plan = memory::plan(&program, of_forward, Some(of_backward));
    let inference_plan = memory::plan(&program, list(&inference, tiles.inference.as_ref()), None);
    let mut training = Scheduler { program: &mut program, plan: &training_plan, mode };
    let forward_steps = training.steps(&forward, tiles.forward.as_ref(), samples, &backward);
    let backward_steps = training.steps(&backward, tiles.backward.as_ref(), samples, &forward);
    let mut alone = Scheduler { program: &mut program, plan: &inference_plan, mode };
    let of_inference = tiles.inference.as_ref();
    let inference_steps = alone.steps(&inference, of_inference, Samples::Batch, &[]);
    let sample_steps = alone.steps(&inference, None, Samples::Few, &[]);
    Scheduled {
        program,
        forward,
        backward,
        training_plan,
        inference_plan,
        forward_steps,
        backward_steps,
        inference_steps,
        sample_steps,
    }
}

/// The rules for derivatives.
fn simplifier(library: &Library) -> Simplifier {
    Simplifier::new(library.algebra.iter().chain(&library.gather).chain(&library.stability))
}

/// What users wrote → the same values, where those can be computed.
fn stabilised(mut program: Program, library: &Library) -> Program {
    let rules = library.algebra.iter().chain(&library.stability);
    simplify_forward(&mut program, &mut Simplifier::new(rules));
    program.remove_dead();
    stabilise::shift_exponentials(&mut program);
    program
}

fn simplify_forward(program: &mut Program, simplifier: &mut Simplifier) {
    for statement in program.forward.iter_mut().chain(&mut program.updates) {
        statement.value = simplifier.simplify(&mut program.graph, statement.value);
    }
}

/// The kernels of a program.
struct Kernels {
    forward: Vec<Kernel>,
    /// Forward alone, which keeps nothing but the outputs.
    inference: Vec<Kernel>,
    backward: Vec<Kernel>,
    tiles: TilesOf,
}

impl Kernels {
    /// One plain loop for each statement as derived.
    fn as_loops(program: &Program) -> Self {
        let forward = kernels::as_loops(&program.forward);
        let backward = kernels::as_loops(&program.backward);
        Self { inference: forward.clone(), forward, backward, tiles: TilesOf::default() }
    }
}

/// Fuse and recognise.
fn fused_kernels(program: &mut Program) -> Kernels {
    fuse::propagate_copies(program);
    let mut kept = memory::saved(program);
    kept.push(program.output);
    let (forward, backward) = (program.forward.clone(), program.backward.clone());
    let output = [program.output];
    let merged = fuse::merge_contributions(program, &backward);
    let separated = separable::separate(program, &forward);
    let [forward, inference, backward] = [
        fuse::inline_maps(program, &forward, &kept),
        fuse::inline_maps(program, &separated, &output),
        fuse::inline_maps(program, &merged, &[]),
    ];
    let [mut forward, mut inference, mut backward] =
        [forward, inference, backward].map(|list| im2col::unfold(program, &list));
    let [of_forward, of_inference, of_backward] =
        [&mut forward, &mut inference, &mut backward].map(|list| tile::tiles(program, list));
    Kernels {
        forward: kernels::recognise(program, &forward),
        inference: kernels::recognise(program, &inference),
        backward: kernels::recognise(program, &backward),
        tiles: TilesOf { forward: of_forward, inference: of_inference, backward: of_backward },
    }
}

/// A checked loss → the program of one sample.
fn compile_loss(loss: Loss, library: &Library) -> CompiledLoss {
    let mut stated = lower::loss(&loss.equations);
    simplify_forward(&mut stated, &mut Simplifier::new(&library.algebra));
    let mut program = stabilised(stated.clone(), library);
    program.forward = fuse::write_out_maps(&mut program);
    reverse::loss(&mut program, library, &mut simplifier(library));
    fuse::propagate_copies(&mut program);
    let backward = program.backward.clone();
    program.backward = fuse::merge_contributions(&mut program, &backward);
    let explanation = explain::loss(&loss, &stated, &program);
    let vectorised = vectorise::over_samples(&program).map(LossLoops::of_several_samples);
    let loops = LossLoops::of_one_sample(program);
    CompiledLoss { loss, loops, vectorised, explanation }
}

/// The built-in losses → Rust.
#[must_use]
pub fn losses() -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let tokens = library::losses(&mut diagnostics);
    let mut output = networks_with(tokens, Mode::Recognised, &mut diagnostics);
    output.extend(diagnostics.into_tokens());
    output
}

/// Layers and activations as a Markdown table, for documentation.
#[must_use]
pub fn layer_table() -> String {
    library::table()
}
