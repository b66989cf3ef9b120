//! What each stage of the compiler makes of a block, as text.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;

use crate::backend::rust::{self, CompiledBlock, CompiledNetworkLoss};
use crate::explain;
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::library::Library;
use crate::frontend::resolved::{Loss, Network, NetworkLoss, Optimizer};
use crate::ir::pattern::Tables;
use crate::ir::print;
use crate::pipeline::{self, Mode, Snapshot};
use crate::schedule::losses::LossLoops;
use crate::schedule::optimizers::Variant;
use crate::schedule::print as schedule;

/// The text of one stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// The network, the loss or the optimizer.
    pub of: String,
    /// The function: `forward`, `backward`, `predict` …; empty for what is said of all of them.
    pub function: String,
    /// The stage, by the name that [`pipeline`] gives it.
    pub name: String,
    /// What it has made.
    pub text: String,
}

/// Every stage of the networks and losses that a text declares, in order: what stands between the
/// braces of `network!`, or a Rust file with such blocks in it.
///
/// ```
/// let stages = nncompiler::stages::stages("Net< linear(3, 2); relu >")?;
/// let lowered = stages.iter().find(|stage| stage.name == "lowered").expect("a function");
/// assert!(lowered.text.contains("weight[o"));
/// # Ok::<(), Vec<String>>(())
/// ```
///
/// # Errors
/// The messages of all mistakes in a block, each with its line and column.
pub fn stages(text: &str) -> Result<Vec<Stage>, Vec<String>> {
    let tokens: TokenStream = text.parse().map_err(|error| vec![format!("{error}")])?;
    let mut blocks = blocks(tokens.clone());
    if blocks.is_empty() {
        blocks.push(tokens);
    }
    let stages = blocks.into_iter().map(of_block).collect::<Result<Vec<_>, _>>()?;
    Ok(stages.concat())
}

/// The insides of all `network! { … }`, however deep they stand.
pub(crate) fn blocks(tokens: TokenStream) -> Vec<TokenStream> {
    let mut blocks = Vec::new();
    collect_blocks(tokens, &mut blocks);
    blocks
}

fn collect_blocks(tokens: TokenStream, blocks: &mut Vec<TokenStream>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else { continue };
        let is_block = matches!(
            &tokens[..at],
            [.., TokenTree::Ident(name), TokenTree::Punct(mark)]
                if name == "network" && mark.as_char() == '!'
        );
        if is_block {
            blocks.push(group.stream());
        } else {
            collect_blocks(group.stream(), blocks);
        }
    }
}

fn of_block(tokens: TokenStream) -> Result<Vec<Stage>, Vec<String>> {
    let mut diagnostics = Diagnostics::default();
    let library = Library::load(&mut diagnostics);
    let (tables, checked) =
        (library.tables(), pipeline::resolved(&library, tokens, &mut diagnostics));
    if diagnostics.len() > 0 {
        return Err(diagnostics.messages());
    }
    let mut stages = Stages { tables: &tables, all: Vec::new() };
    checked.networks.into_iter().for_each(|one| stages.network(one));
    checked.losses.into_iter().for_each(|one| stages.loss(one));
    checked.network_losses.into_iter().for_each(|one| stages.network_loss(one));
    checked.optimizers.into_iter().for_each(|one| stages.optimizer(one));
    Ok(stages.all)
}

struct Stages<'a> {
    tables: &'a Tables,
    all: Vec<Stage>,
}

impl Stages<'_> {
    fn network(&mut self, network: Network) {
        let of = network.name.to_string();
        self.all.push(stage(&of, "", "declared", explain::declaration(&network)));
        let mut watch = |snapshot: Snapshot| self.all.push(printed(&of, &snapshot));
        let compiled = pipeline::compile(network, self.tables, Mode::Recognised, &mut watch);
        self.all.push(stage(&of, "", "explained", compiled.explanation.text.clone()));
        let (program, workspaces) = (&compiled.program, compiled.workspaces());
        self.all.push(stage(&of, "", "scheduled", schedule::workspaces(program, &workspaces)));
        self.all.push(stage(&of, "", "memory", schedule::memories(program, &workspaces)));
        self.rust(&of, &CompiledBlock { networks: vec![compiled], ..CompiledBlock::default() });
    }

    fn loss(&mut self, loss: Loss) {
        let of = loss.of.name.to_string();
        let mut watch = |snapshot: Snapshot| self.all.push(printed(&of, &snapshot));
        let compiled = pipeline::compile_loss(loss, self.tables, &mut watch);
        self.all.push(stage(&of, "", "explained", compiled.explanations.text()));
        let LossLoops { program, function, loop_nests } = &compiled.loops;
        self.all.push(stage(&of, "", "scheduled", schedule::loops(program, function, loop_nests)));
        self.rust(&of, &CompiledBlock { losses: vec![compiled], ..CompiledBlock::default() });
    }

    fn network_loss(&mut self, loss: NetworkLoss) {
        let of = format!("{} of {}", loss.of.name, loss.network);
        let mut watch = |snapshot: Snapshot| self.all.push(printed(&of, &snapshot));
        let mode = Mode::Recognised;
        let compiled = pipeline::compile_network_loss(loss, self.tables, mode, &mut watch);
        let CompiledNetworkLoss { program, workspace, explanations, .. } = &compiled;
        let workspaces: [schedule::Titled; 1] = [(workspace, &["loss"])];
        self.all.push(stage(&of, "", "explained", explanations.text()));
        self.all.push(stage(&of, "", "scheduled", schedule::workspaces(program, &workspaces)));
        self.all.push(stage(&of, "", "memory", schedule::memories(program, &workspaces)));
        let network_losses = vec![compiled];
        self.rust(&of, &CompiledBlock { network_losses, ..CompiledBlock::default() });
    }

    fn optimizer(&mut self, optimizer: Optimizer) {
        let of = optimizer.name.to_string();
        let mut watch = |snapshot: Snapshot| self.all.push(printed(&of, &snapshot));
        let compiled = pipeline::compile_optimizer(optimizer, self.tables, &mut watch);
        self.all.push(stage(&of, "", "explained", compiled.explanations.text()));
        for Variant { function, loop_nests, .. } in &compiled.loops.variants {
            let text = schedule::loops(&compiled.loops.program, function, loop_nests);
            self.all.push(stage(&of, "", "scheduled", text));
        }
        self.rust(&of, &CompiledBlock { optimizers: vec![compiled], ..CompiledBlock::default() });
    }

    fn rust(&mut self, of: &str, compiled: &CompiledBlock) {
        let tokens = rust::block(&quote!(::tapeless), &[], &[], compiled);
        self.all.push(stage(of, "", "rust", tokens.to_string()));
    }
}

fn stage(of: &str, function: &str, name: &str, text: String) -> Stage {
    Stage { of: of.into(), function: function.into(), name: name.into(), text }
}

fn printed(of: &str, snapshot: &Snapshot) -> Stage {
    let Snapshot { purpose, stage: name, program, function } = snapshot;
    stage(of, purpose, name, print::function(program, function))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_found_in_a_rust_file() {
        let file =
            "mod a { tapeless::network! { A< linear(2, 1) > } } fn f() { network!(B< relu >); }
            network! { loss own(p; t) = p - t; }";
        let mut of: Vec<String> = stages(&file.replace("relu", "input(3); relu"))
            .unwrap()
            .into_iter()
            .map(|one| one.of)
            .collect();
        of.dedup();
        assert_eq!(of, ["A", "B", "own"]);
        let messages = stages("\nnetwork! { A< linaer(2, 1) > }").unwrap_err();
        assert!(messages[0].starts_with("2:"), "{messages:?}");
    }
}
