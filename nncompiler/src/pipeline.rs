//! The compiler, one way through: every stage once, in order.

use proc_macro2::TokenStream;

use crate::autodiff::reverse::Seeds;
use crate::autodiff::rules::Rules;
use crate::autodiff::{forward, reverse};
use crate::backend::rust::{self, Along, CompiledLoss, CompiledNetwork};
use crate::explain::{self, Derived};
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::library::{self, Library};
use crate::frontend::parse;
use crate::frontend::resolve::{self, Checked, LocalArray, LocalRole, Loss, Network};
use crate::ir::function::{Function, Holder, Program};
use crate::ir::index::ArrayId;
use crate::lower::{self, Phase};
use crate::rewrite::simplify::Simplifier;
use crate::rewrite::stabilise;
use crate::schedule::kernels;
pub use crate::schedule::kernels::Mode;
use crate::schedule::memory::{Scheduled, Workspace};
use crate::schedule::{fuse, im2col, partition, separable, tile, vectorise};

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

/// A checked network → its functions, scheduled. A broken one keeps its types and loses its
/// mathematics, so that the rest of the user's crate still makes sense.
pub(crate) fn compile(network: Network, library: &Library, mode: Mode) -> CompiledNetwork {
    let mut program = Program::default();
    let program_ref = &mut program;
    let rules = &mut Rules::new(library);
    let stated = stated(program_ref, &network, library);
    let training = stabilised(program_ref, stated.clone(), library);
    let evaluation = lower::network(program_ref, &network, Phase::Evaluation);
    let sample = lower::sample(program_ref, &network);
    let [evaluation, sample] = [evaluation, sample]
        .map(|function| stabilised(program_ref, or_nothing(&network, function), library));
    let along = network.derivatives.then(|| along(program_ref, training.clone(), rules, mode));
    let (derived, training) = training_pair(program_ref, training, rules, mode);
    let predict = predict(program_ref, evaluation, mode);
    let jacobian = jacobian(program_ref, sample, rules, mode);
    let explanation = explain::network(&Derived {
        network: &network,
        program: &program,
        stated: &stated,
        functions: &derived,
        training: &training,
    });
    CompiledNetwork {
        network,
        mode,
        program,
        derived,
        training,
        predict,
        jacobian,
        along,
        explanation,
    }
}

/// The function of training as it is written, apart from algebra.
fn stated(program: &mut Program, network: &Network, library: &Library) -> Function {
    let mut function = lower::network(program, network, Phase::Training);
    simplify(program, &mut function, &mut Simplifier::new(&library.algebra));
    function.remove_dead(program);
    or_nothing(network, function)
}

/// The function of a network without mistakes, else an empty one.
fn or_nothing(network: &Network, mut function: Function) -> Function {
    if !network.whole {
        function.body.clear();
        function.outputs.retain(|port| port.holder == Holder::Workspace);
    }
    function
}

/// What users wrote → the same values, where those can be computed.
fn stabilised(program: &mut Program, mut function: Function, library: &Library) -> Function {
    let rules = library.algebra.iter().chain(&library.stability);
    simplify(program, &mut function, &mut Simplifier::new(rules));
    function.remove_dead(program);
    stabilise::shift_exponentials(program, &mut function);
    function
}

fn simplify(program: &mut Program, function: &mut Function, simplifier: &mut Simplifier) {
    for statement in &mut function.body {
        statement.value = simplifier.simplify(&mut program.graph, statement.value);
    }
}

/// Forward and backward, as derived and as scheduled: the outputs of a batch, and from the gradient on
/// them that on the parameters.
fn training_pair(
    program: &mut Program,
    function: Function,
    rules: &mut Rules,
    mode: Mode,
) -> ([Function; 2], Workspace) {
    let mut function = reverse::by_parameters(program, function, rules);
    if mode == Mode::Recognised {
        fuse::propagate_copies(program, &mut function);
    }
    let functions = partition::partition(program, function);
    let scheduled = functions.clone().map(|one| scheduled(program, one, mode));
    (functions, Workspace::new(program, scheduled.into()))
}

/// The outputs alone, of a batch or of one sample, as after training.
fn predict(program: &mut Program, mut function: Function, mode: Mode) -> Workspace {
    if mode == Mode::Recognised {
        fuse::propagate_copies(program, &mut function);
        separable::separate(program, &mut function);
    }
    let function = scheduled(program, function, mode);
    Workspace::new(program, vec![function])
}

/// From many gradients on the outputs of one sample, those on its inputs.
fn jacobian(program: &mut Program, function: Function, rules: &mut Rules, mode: Mode) -> Workspace {
    let (input, output) = (function.inputs[0].array, function.outputs[0].array);
    let by = (&[input][..], Holder::Workspace);
    let mut function = reverse::by_inputs(program, function, output, by, Seeds::Many, rules);
    function.outputs.retain(|port| port.array != output);
    function.remove_dead(program);
    if mode == Mode::Recognised {
        fuse::propagate_copies(program, &mut function);
    }
    let function = scheduled(program, function, mode);
    Workspace::new(program, vec![function])
}

/// Outputs and their derivatives along a direction: alone, and with the parameters' gradient.
fn along(program: &mut Program, function: Function, rules: &mut Rules, mode: Mode) -> Along {
    let function = forward::along_direction(program, function, rules);
    Along {
        predict: predict(program, function.clone(), mode),
        training: training_pair(program, function, rules, mode).1,
    }
}

/// A function → kernels.
fn scheduled(program: &mut Program, mut function: Function, mode: Mode) -> Scheduled {
    if mode == Mode::Loops {
        return Scheduled { kernels: kernels::as_loops(&function), function, tiles: None };
    }
    fuse::merge_contributions(program, &mut function);
    fuse::inline_maps(program, &mut function);
    im2col::unfold(program, &mut function);
    let tiles = tile::tiles(program, &mut function);
    let kernels = kernels::recognise(program, &function);
    Scheduled { function, kernels, tiles }
}

/// A checked loss → the function of one sample, with the gradient on the outputs.
fn compile_loss(loss: Loss, library: &Library) -> CompiledLoss {
    let mut program = Program::default();
    let mut stated = lower::loss(&mut program, &loss.equations);
    simplify(&mut program, &mut stated, &mut Simplifier::new(&library.algebra));
    let mut function = stabilised(&mut program, stated.clone(), library);
    fuse::write_out_maps(&mut program, &mut function);
    let value = function.outputs[0].array;
    let is_output = |array: &LocalArray| array.role == LocalRole::Input;
    let parts = loss.equations.arrays.iter().filter(|array| is_output(array)).count();
    let outputs: Vec<ArrayId> = function.inputs[..parts].iter().map(|port| port.array).collect();
    let rules = &mut Rules::new(library);
    let (by, seeds) = ((&outputs[..], Holder::Slice), Seeds::OneEach);
    let mut function = reverse::by_inputs(&mut program, function, value, by, seeds, rules);
    fuse::propagate_copies(&mut program, &mut function);
    fuse::merge_contributions(&mut program, &mut function);
    let functions = partition::partition(&program, function.clone());
    let explanation = explain::loss(&loss, &program, &stated, &functions);
    let vectorised = vectorise::abreast(&program, &function);
    CompiledLoss { loss, parts, program, function, vectorised, explanation }
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
