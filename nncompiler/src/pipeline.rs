//! The compiler, one way through: every stage once, in order.

mod plain;

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;

use crate::autodiff::derivative::Derivatives;
use crate::autodiff::reverse;
use crate::autodiff::reverse::Seeds;
use crate::autodiff::rules::Rules;
use crate::backend::rust::optimizer::CompiledOptimizer;
use crate::backend::rust::{
    self, CompiledBlock, CompiledLoss, CompiledNetwork, CompiledNetworkLoss,
};
use crate::explain::{self, Derived, Explanation};
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::exports;
use crate::frontend::imports;
use crate::frontend::library::{self, Library};
use crate::frontend::mentions::{self, Mention, OwnItem, Words};
use crate::frontend::parse;
use crate::frontend::parse::conditions::{conditional_items, remaining_items};
use crate::frontend::resolve;
use crate::frontend::resolved::{
    Block, LocalArray, LocalRole, Loss, Network, NetworkLoss, Optimizer,
};
use crate::ir::function::{Function, Holder, Program, Statement, writers};
use crate::ir::index::ArrayId;
use crate::ir::pattern::Tables;
use crate::lower::{self, Differentiate, Phase};
use crate::reference;
use crate::rewrite::simplify::Simplifier;
use crate::rewrite::stabilise;
use crate::rewrite::written_out::WrittenOut;
use crate::schedule::kernels;
pub use crate::schedule::kernels::Mode;
use crate::schedule::losses::LossLoops;
use crate::schedule::memory::KernelList;
use crate::schedule::optimizers::OptimizerLoops;
use crate::schedule::steps::{Samples, Workspace};
use crate::schedule::{
    factors, fuse, im2col, pairs, partition, parts, scans, separable, tile, vectorise,
};

/// A `network!` block → Rust, with a `compile_error!` for each mistake in it, for use where `tapeless`
/// is that path.
#[must_use]
pub fn networks(tapeless: &TokenStream, tokens: TokenStream, mode: Mode) -> TokenStream {
    match conditional_items(&tokens) {
        Some(items) => rust::conditional_block(tapeless, &items, mode),
        None => unconditional(tapeless, tokens, TokenStream::new(), mode),
    }
}

/// What `networks` makes of a block with `#[cfg(…)]` on its items, once rustc has removed those whose
/// condition does not hold → Rust.
#[must_use]
pub fn remaining_networks(structure: TokenStream, mode: Mode) -> TokenStream {
    match remaining_items(structure) {
        Ok((tapeless, tokens)) => unconditional(&tapeless, tokens, TokenStream::new(), mode),
        Err(error) => error.into_compile_error(),
    }
}

/// What `networks` makes of a block once a definition that it imports is there → Rust. `call` holds, in
/// braces: the path of `tapeless`, the mode, the visibility and the name of the import, the other items,
/// the definitions imported before, and what the export holds.
#[must_use]
pub fn networks_with_import(call: TokenStream) -> TokenStream {
    let parts = call.into_iter().filter_map(|part| match part {
        TokenTree::Group(group) => Some(group.stream()),
        _ => None,
    });
    let parts: Vec<TokenStream> = parts.collect();
    let [tapeless, mode, visibility, name, others, imported, bundle] = &parts[..] else {
        return quote!(::core::compile_error! { "only `network!` calls this" });
    };
    let Some(TokenTree::Ident(name)) = name.clone().into_iter().next() else {
        return quote!(::core::compile_error! { "only `network!` calls this" });
    };
    let mode = if mode.is_empty() { Mode::Recognised } else { Mode::Loops };
    let last = imports::imported(bundle.clone(), visibility, &name);
    unconditional(tapeless, others.clone(), quote!(#imported #last), mode)
}

/// The first of the imports, if there are any; else all that the block declares.
fn unconditional(
    tapeless: &TokenStream,
    tokens: TokenStream,
    imported: TokenStream,
    mode: Mode,
) -> TokenStream {
    match imports::first(&tokens) {
        Ok(None) => {}
        Ok(Some((import, others))) => {
            return rust::exports::import(tapeless, mode, &import, [&others, &imported]);
        }
        Err(error) => return error.into_compile_error(),
    }
    let mut diagnostics = Diagnostics::default();
    let library = Library::load(&mut diagnostics);
    let mut words = mentions::words(tokens.clone());
    words.own.extend(mentions::words(imported.clone()).own);
    let tree = parse::block_with(imported, tokens, &mut diagnostics);
    let block = resolve::block(tree, &library, &mut diagnostics);
    let exports = exports::exports(&words.own, &block.constants);
    let exports = exports.iter().map(rust::exports::export);
    let output = compiled(&library, tapeless, block, mode);
    let words = named(&library, tapeless, &words, diagnostics.len() > 0);
    [words, output].into_iter().chain(exports).chain([diagnostics.into_tokens()]).collect()
}

/// The words of a block, for editors. One that nothing is called by is half of one, perhaps, beside a
/// mistake: then rustc says nothing of names that are missing.
fn named(
    library: &Library,
    tapeless: &TokenStream,
    words: &Words,
    has_mistakes: bool,
) -> TokenStream {
    let mut seen = BTreeSet::new();
    let own = words.own.iter().filter(|one| one.is_word() && seen.insert(one.name.to_string()));
    let own: Vec<&OwnItem> = own.collect();
    let is_named = |mention: &&Mention| has_mistakes || reference::knows(library, &own, mention);
    let mentions: Vec<&Mention> = words.mentions.iter().filter(is_named).collect();
    rust::words(tapeless, &mentions, &own)
}

/// The same with the mistakes apart.
pub(crate) fn networks_with(
    library: &Library,
    tapeless: &TokenStream,
    tokens: TokenStream,
    mode: Mode,
    diagnostics: &mut Diagnostics,
) -> TokenStream {
    let block = resolved(library, tokens, diagnostics);
    compiled(library, tapeless, block, mode)
}

/// A block whose names and shapes are resolved → Rust.
fn compiled(library: &Library, tapeless: &TokenStream, block: Block, mode: Mode) -> TokenStream {
    let tables = library.tables();
    let Block { constants, networks, losses, network_losses, optimizers, unknown } = block;
    let network_losses: Vec<CompiledNetworkLoss> = network_losses
        .into_iter()
        .map(|loss| compile_network_loss(loss, &tables, mode, &mut |_| {}))
        .collect();
    let networks = networks.into_iter().map(|network| {
        let loss_scalars = loss_scalars(&network, &network_losses);
        CompiledNetwork { loss_scalars, ..compile(network, &tables, mode, &mut |_| {}) }
    });
    let losses = losses.into_iter().map(|loss| compile_loss(loss, &tables, &mut |_| {}));
    let optimizers = optimizers.into_iter();
    let optimizers = optimizers.map(|one| compile_optimizer(one, &tables, &mut |_| {}));
    let compiled = CompiledBlock {
        networks: networks.collect(),
        losses: losses.collect(),
        network_losses,
        optimizers: optimizers.collect(),
    };
    rust::block(tapeless, &constants, &unknown, &compiled)
}

/// Scalars a sample that the losses of a network need.
fn loss_scalars(network: &Network, losses: &[CompiledNetworkLoss]) -> usize {
    let own = losses.iter().filter(|loss| loss.loss.network == network.name);
    own.map(CompiledNetworkLoss::scalars).max().unwrap_or(0)
}

/// Parses a block and resolves its names and shapes, against the library and its own definitions.
pub(crate) fn resolved(
    library: &Library,
    tokens: TokenStream,
    diagnostics: &mut Diagnostics,
) -> Block {
    let tree = parse::block(tokens, diagnostics);
    resolve::block(tree, library, diagnostics)
}

/// A function as a stage has left it.
#[derive(Clone, Copy)]
pub(crate) struct Snapshot<'a> {
    /// What it is for: `forward`, `predict` …
    pub purpose: &'static str,
    pub stage: &'static str,
    pub program: &'a Program,
    pub function: &'a Function,
}

/// Who sees every function after every stage.
pub(crate) type Watch<'a> = &'a mut dyn FnMut(Snapshot);

/// A checked network → its functions, scheduled. A broken one keeps its types and loses its
/// mathematics, so that the rest of the user's crate still makes sense; if not even its layers are
/// known, it does not get here.
pub(crate) fn compile(
    network: Network,
    tables: &Tables,
    mode: Mode,
    watch: Watch,
) -> CompiledNetwork {
    let mut compiler = Compiler::new(tables, mode, watch);
    let [training, evaluation] = [Phase::Training, Phase::Evaluation].map(|phase| {
        compiler.lowered(&network, |program, network, differentiate| {
            lower::network(program, network, phase, differentiate)
        })
    });
    let sample = compiler.lowered(&network, lower::sample);
    let Explained { derived, training, explanation } = compiler.explained(&network, training);
    let evaluation = compiler.stabilised_once("predict", &network, evaluation);
    let [predict, predict_one] = compiler.predict(evaluation);
    let has_jacobian = network.is_chain_of_real_numbers();
    let jacobian = has_jacobian.then(|| {
        let sample = compiler.stabilised_once("jacobian", &network, sample);
        compiler.jacobian(sample)
    });
    let program = compiler.program;
    CompiledNetwork {
        network,
        program,
        derived,
        training,
        predict,
        predict_one,
        jacobian,
        loss_scalars: 0,
        explanation,
    }
}

/// A checked loss on the outputs of one network → its function over a batch, with the gradient on the
/// outputs, scheduled like those of networks.
pub(crate) fn compile_network_loss(
    loss: NetworkLoss,
    tables: &Tables,
    mode: Mode,
    watch: Watch,
) -> CompiledNetworkLoss {
    let mut compiler = Compiler::new(tables, mode, watch);
    let function = compiler.lowered(&loss.body, lower::network_loss);
    let stated = compiler.stated("loss", function);
    let explanations = plain::network_loss(&loss, &compiler.program, &stated, tables);
    let mut function = compiler.loss_over_batch(&loss, stated);
    compiler.pass("loss", "pairs in scans", &mut function, pairs::in_scans);
    let list = KernelList { tiles: None, ..compiler.kernels("loss", function) };
    let workspace = compiler.workspace(vec![list], Samples::Batch);
    CompiledNetworkLoss { loss, program: compiler.program, workspace, explanations }
}

/// The function of a network without mistakes, else an empty one.
fn or_nothing(network: &Network, mut function: Function) -> Function {
    if !network.whole {
        function.body.clear();
        function.outputs.retain(|port| port.holder == Holder::Workspace);
    }
    function
}

/// A checked loss → the function of one sample, with the gradient on the outputs.
pub(crate) fn compile_loss(loss: Loss, tables: &Tables, watch: Watch) -> CompiledLoss {
    let mut compiler = Compiler::new(tables, Mode::Recognised, watch);
    let function = lower::loss(&mut compiler.program, &loss.equations);
    let stated = compiler.stated("loss", function);
    let is_output = |array: &&LocalArray| array.role == LocalRole::Input;
    let parts = loss.equations.arrays.iter().filter(is_output).count();
    let explanations = plain::loss(&loss, parts, &compiler.program, &stated, tables);
    let function = compiler.loss_of_sample(stated, parts);
    let program = compiler.program;
    let vectorised = vectorise::over_samples(&program, &function);
    let vectorised = vectorised.map(LossLoops::of_several_samples);
    let loops = LossLoops::of_one_sample(program, function);
    CompiledLoss { loss, parts, loops, vectorised, explanations }
}

/// A checked optimizer → the step of one parameter, and what its settings say.
pub(crate) fn compile_optimizer(
    optimizer: Optimizer,
    tables: &Tables,
    watch: Watch,
) -> CompiledOptimizer {
    let mut compiler = Compiler::new(tables, Mode::Recognised, watch);
    let mut functions = lower::optimizer::optimizer(&mut compiler.program, &optimizer);
    functions.settings = compiler.stated("settings", functions.settings);
    functions.step = compiler.stated("step", functions.step);
    let explanations = plain::optimizer(&optimizer, &compiler.program, &functions, tables);
    functions.step = compiler.stabilised("step", functions.step);
    let loops = OptimizerLoops::new(compiler.program, functions);
    CompiledOptimizer { optimizer, loops, explanations }
}

/// Forward and backward of a network, as derived, as scheduled, and for people.
struct Explained {
    derived: [Function; 2],
    training: Workspace,
    explanation: Explanation,
}

/// The stages behind the front end, on the functions of one network, loss or optimizer.
struct Compiler<'a> {
    program: Program,
    tables: &'a Tables,
    rules: Rules<'a>,
    mode: Mode,
    watch: Watch<'a>,
}

impl<'a> Compiler<'a> {
    fn new(tables: &'a Tables, mode: Mode, watch: Watch<'a>) -> Self {
        Self { program: Program::default(), tables, rules: Rules::new(tables), mode, watch }
    }

    /// Runs a stage, and shows what it has made of the function.
    fn pass(
        &mut self,
        purpose: &'static str,
        stage: &'static str,
        function: &mut Function,
        run: impl FnOnce(&mut Program, &mut Function),
    ) {
        run(&mut self.program, function);
        self.show(purpose, stage, function);
    }

    fn show(&mut self, purpose: &'static str, stage: &'static str, function: &Function) {
        (self.watch)(Snapshot { purpose, stage, program: &self.program, function });
    }

    /// What a network, or a loss of one, computes. Where something is differentiated on the way, what stands
    /// before it is stabilised first, once.
    fn lowered(
        &mut self,
        network: &Network,
        lower: impl FnOnce(&mut Program, &Network, Differentiate) -> Function,
    ) -> Function {
        let Self { program, rules, tables, .. } = self;
        let (mut stabilised, mut derivatives) = (0, Derivatives::new(rules));
        let mut differentiate =
            |program: &mut Program, function: &mut Function, arrays: [ArrayId; 2], layer: usize| {
                stabilise_from(program, function, stabilised, tables);
                let array = derivatives.add(program, function, arrays, layer);
                stabilised = function.body.len();
                array
            };
        let mut function = lower(program, network, &mut differentiate);
        if network.has_derivatives() {
            stabilise_from(program, &mut function, stabilised, tables);
        }
        or_nothing(network, function)
    }

    /// What users wrote, apart from algebra.
    fn stated(&mut self, purpose: &'static str, mut function: Function) -> Function {
        self.show(purpose, "lowered", &function);
        let mut simplifier = Simplifier::new(&self.tables.algebra, &[]);
        self.pass(purpose, "simplified", &mut function, |program, function| {
            simplify(program, function, &mut simplifier);
        });
        function
    }

    /// What users wrote → the same values, where those can be computed.
    fn stabilised(&mut self, purpose: &'static str, mut function: Function) -> Function {
        let tables = self.tables;
        self.pass(purpose, "stabilised", &mut function, |program, function| {
            stabilise_from(program, function, 0, tables);
            function.remove_dead(program);
        });
        function
    }

    /// The same for a network, or a loss of one: where it differentiates, lowering has stabilised it.
    fn stabilised_once(
        &mut self,
        purpose: &'static str,
        network: &Network,
        function: Function,
    ) -> Function {
        if network.has_derivatives() { function } else { self.stabilised(purpose, function) }
    }

    /// What a network computes in training → what is derived from it, and the whole for people.
    fn explained(&mut self, network: &Network, lowered: Function) -> Explained {
        let stated = self.stated("training", lowered);
        let training = self.stabilised_once("training", network, stated.clone());
        let (derived, training) = self.training(network, training);
        let explanation = explain::network(&Derived {
            network,
            program: &self.program,
            stated: &stated,
            functions: &derived,
            training: &training,
        });
        Explained { derived, training, explanation }
    }

    /// Forward and backward, as derived and as scheduled: the outputs of a batch, and from the gradient
    /// on them that on the parameters, and on the inputs if the network asks for it.
    fn training(&mut self, network: &Network, function: Function) -> ([Function; 2], Workspace) {
        let inputs = network.differentiated_inputs.iter();
        let inputs: Vec<ArrayId> = inputs.map(|&at| function.inputs[at].array).collect();
        let Self { program, rules, .. } = self;
        let mut function = reverse::by_parameters(program, function, &inputs, rules);
        self.show("training", "differentiated", &function);
        if self.mode == Mode::Recognised {
            self.pass("training", "copies propagated", &mut function, fuse::propagate_copies);
        }
        let [forward, backward] = partition::partition(&self.program, function);
        let lists = vec![
            self.kernels("forward", forward.clone()),
            self.kernels("backward", backward.clone()),
        ];
        ([forward, backward], self.workspace(lists, Samples::Batch))
    }

    /// The outputs alone, as after training: of a batch, and of one sample.
    fn predict(&mut self, mut function: Function) -> [Workspace; 2] {
        if self.mode == Mode::Recognised {
            self.pass("predict", "copies propagated", &mut function, fuse::propagate_copies);
            self.pass("predict", "windows split", &mut function, separable::split_windows);
        }
        let list = self.kernels("predict", function);
        [Samples::Batch, Samples::Few].map(|samples| self.workspace(vec![list.clone()], samples))
    }

    /// A loss of one sample, with the gradient on the outputs, which come in so many parts.
    fn loss_of_sample(&mut self, stated: Function, parts: usize) -> Function {
        let mut function = self.stabilised("loss", stated);
        self.pass("loss", "maps written out", &mut function, fuse::write_out_maps);
        let value = function.outputs[0].array;
        let outputs: Vec<ArrayId> =
            function.inputs[..parts].iter().map(|port| port.array).collect();
        let by = (&outputs[..], Holder::Slice);
        let mut function = self.by_inputs("loss", function, value, by, Seeds::OneEach);
        self.pass("loss", "copies propagated", &mut function, fuse::propagate_copies);
        self.pass("loss", "contributions merged", &mut function, fuse::merge_contributions);
        function
    }

    /// A loss over a batch, with the gradient on the outputs.
    fn loss_over_batch(&mut self, loss: &NetworkLoss, stated: Function) -> Function {
        let function = self.stabilised_once("loss", &loss.body, stated);
        let value = function.outputs[0].array;
        let inputs = &function.inputs[..loss.output_count()];
        let outputs: Vec<ArrayId> = inputs.iter().map(|port| port.array).collect();
        let by = (&outputs[..], Holder::Workspace);
        let mut function = self.by_inputs("loss", function, value, by, Seeds::OneEach);
        if self.mode == Mode::Recognised {
            self.pass("loss", "copies propagated", &mut function, fuse::propagate_copies);
        }
        function
    }

    /// From many gradients on the outputs of one sample, those on its inputs.
    fn jacobian(&mut self, function: Function) -> Workspace {
        let (input, output) = (function.inputs[0].array, function.outputs[0].array);
        let by = (&[input][..], Holder::Workspace);
        let mut function = self.by_inputs("jacobian", function, output, by, Seeds::Many);
        function.outputs.retain(|port| port.array != output);
        function.remove_dead(&self.program);
        if self.mode == Mode::Recognised {
            self.pass("jacobian", "copies propagated", &mut function, fuse::propagate_copies);
        }
        let list = self.kernels("jacobian", function);
        self.workspace(vec![list], Samples::Few)
    }

    fn by_inputs(
        &mut self,
        purpose: &'static str,
        function: Function,
        of: ArrayId,
        by: (&[ArrayId], Holder),
        seeds: Seeds,
    ) -> Function {
        let rules = &mut self.rules;
        let function = reverse::by_inputs(&mut self.program, function, of, by, seeds, rules);
        self.show(purpose, "differentiated", &function);
        function
    }

    /// A function → kernels.
    fn kernels(&mut self, purpose: &'static str, mut function: Function) -> KernelList {
        if self.mode == Mode::Loops {
            return KernelList { kernels: kernels::as_loops(&function), function, tiles: None };
        }
        self.pass(purpose, "contributions merged", &mut function, fuse::merge_contributions);
        self.pass(purpose, "scans shortened", &mut function, scans::shorten);
        self.pass(purpose, "sums taken apart", &mut function, factors::take_apart);
        self.pass(purpose, "parts written in place", &mut function, parts::write_in_place);
        self.pass(purpose, "maps fused", &mut function, fuse::inline_maps);
        self.pass(purpose, "windows laid out", &mut function, im2col::lay_out_windows);
        let tiles = tile::tiles(&self.program, &mut function);
        self.show(purpose, "tiled", &function);
        let kernels = kernels::recognise(&mut self.program, &function);
        KernelList { function, kernels, tiles }
    }

    /// Kernels → steps in planned memory.
    fn workspace(&mut self, lists: Vec<KernelList>, samples: Samples) -> Workspace {
        Workspace::new(&mut self.program, lists, self.mode, samples)
    }
}

/// Values that can be computed, in place of those that overflow on the way, in the statements from the
/// n-th on.
fn stabilise_from(program: &mut Program, function: &mut Function, first: usize, tables: &Tables) {
    let rewrites = tables.algebra.iter().chain(&tables.stability);
    let mut simplifier = Simplifier::new(rewrites, &[]);
    let mut stability = Simplifier::new(&tables.stability, &[]);
    let (graph, mut made) = (&mut program.graph, WrittenOut::default());
    let writers = writers(&function.body);
    for (number, statement) in function.body.iter_mut().enumerate() {
        if number >= first {
            let value = simplifier.simplify(graph, statement.value);
            let stable = made.stable(graph, value, &mut stability);
            statement.value = stable.map_or(value, |stable| simplifier.simplify(graph, stable));
        }
        if writers[&statement.target.array] == 1 {
            made.add(graph, statement);
        }
    }
    let before: Vec<Statement> = function.body.drain(..first).collect();
    stabilise::shift_exponentials(program, function);
    function.body.splice(0..0, before);
}

/// Every statement in its simplest form, without those that no output depends on.
fn simplify(program: &mut Program, function: &mut Function, simplifier: &mut Simplifier) {
    for statement in &mut function.body {
        statement.value = simplifier.simplify(&mut program.graph, statement.value);
    }
    function.remove_dead(program);
}

/// The built-in losses → Rust, for use where `tapeless` is that path.
#[must_use]
pub fn losses(tapeless: &TokenStream) -> TokenStream {
    built_in(tapeless, library::losses)
}

/// The built-in optimizers → Rust, for use where `tapeless` is that path.
#[must_use]
pub fn optimizers(tapeless: &TokenStream) -> TokenStream {
    built_in(tapeless, library::optimizers)
}

fn built_in(tapeless: &TokenStream, block: fn(&mut Diagnostics) -> TokenStream) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let library = Library::load(&mut diagnostics);
    let tokens = block(&mut diagnostics);
    let mode = Mode::Recognised;
    let mut output = networks_with(&library, tapeless, tokens, mode, &mut diagnostics);
    output.extend(diagnostics.into_tokens());
    output
}

/// Every word of the language as a documented item: a file for a module that has the types of the items.
#[must_use]
pub fn language() -> String {
    let mut diagnostics = Diagnostics::default();
    let library = Library::load(&mut diagnostics);
    let optimizers = library::optimizers(&mut diagnostics);
    let optimizers = parse::definitions(optimizers, &mut diagnostics);
    let tables = library.tables();
    let mut explain = |tokens| explanation(&library, &tables, tokens);
    let chapters = reference::chapters(&library, &optimizers, &mut explain);
    format!("{}{}", rust::language(&chapters), diagnostics.into_tokens())
}

/// The equations of everything that a block declares, and what is derived from them; nothing if it has
/// mistakes.
fn explanation(library: &Library, tables: &Tables, tokens: TokenStream) -> Option<String> {
    let mut diagnostics = Diagnostics::default();
    let block = resolved(library, tokens, &mut diagnostics);
    if diagnostics.len() > 0 {
        return None;
    }
    let networks = block.networks.into_iter();
    let networks = networks.map(|network| {
        let mut ignore = |_: Snapshot| {};
        let mut compiler = Compiler::new(tables, Mode::Recognised, &mut ignore);
        let training = compiler.lowered(&network, |program, network, differentiate| {
            lower::network(program, network, Phase::Training, differentiate)
        });
        compiler.explained(&network, training).explanation.text
    });
    let losses = block.losses.into_iter();
    let losses = losses.map(|one| compile_loss(one, tables, &mut |_| {}).explanations.text());
    let optimizers = block.optimizers.into_iter();
    let optimizers =
        optimizers.map(|one| compile_optimizer(one, tables, &mut |_| {}).explanations.text());
    Some(networks.chain(losses).chain(optimizers).collect())
}
