//! What each stage of the compiler makes of a block, as text.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;

use crate::backend::rust;
use crate::explain;
use crate::frontend::diagnostics::Diagnostics;
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
    let mut blocks = Vec::new();
    collect_blocks(tokens.clone(), &mut blocks);
    if blocks.is_empty() {
        blocks.push(tokens);
    }
    let stages = blocks.into_iter().map(of_block).collect::<Result<Vec<_>, _>>()?;
    Ok(stages.concat())
}

/// Adds the insides of all `network! { … }`, however deep they stand.
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
    let (tables, checked) = pipeline::resolved(tokens, &mut diagnostics);
    if diagnostics.len() > 0 {
        return Err(diagnostics.messages());
    }
    let mut stages = Vec::new();
    for network in checked.networks {
        let of = network.name.to_string();
        stages.push(stage(&of, "", "declared", explain::declaration(&network)));
        let mut watch = |snapshot: Snapshot| stages.push(printed(&of, &snapshot));
        let compiled = pipeline::compile(network, &tables, Mode::Recognised, &mut watch);
        stages.push(stage(&of, "", "explained", compiled.explanation.text.clone()));
        let (program, workspaces) = (&compiled.program, compiled.workspaces());
        stages.push(stage(&of, "", "scheduled", schedule::workspaces(program, &workspaces)));
        stages.push(stage(&of, "", "memory", schedule::memories(program, &workspaces)));
        let tokens = rust::block(
            &quote!(::tapeless),
            &[],
            &[],
            std::iter::once(compiled),
            std::iter::empty(),
            std::iter::empty(),
        );
        stages.push(stage(&of, "", "rust", tokens.to_string()));
    }
    for loss in checked.losses {
        let of = loss.name.to_string();
        let mut watch = |snapshot: Snapshot| stages.push(printed(&of, &snapshot));
        let compiled = pipeline::compile_loss(loss, &tables, &mut watch);
        stages.push(stage(&of, "", "explained", compiled.explanation.text.clone()));
        let LossLoops { program, function, nests } = &compiled.loops;
        stages.push(stage(&of, "", "scheduled", schedule::loops(program, function, nests)));
        let tokens = rust::block(
            &quote!(::tapeless),
            &[],
            &[],
            std::iter::empty(),
            std::iter::once(compiled),
            std::iter::empty(),
        );
        stages.push(stage(&of, "", "rust", tokens.to_string()));
    }
    for optimizer in checked.optimizers {
        let of = optimizer.name.to_string();
        let mut watch = |snapshot: Snapshot| stages.push(printed(&of, &snapshot));
        let compiled = pipeline::compile_optimizer(optimizer, &tables, &mut watch);
        stages.push(stage(&of, "", "explained", compiled.explanation.text.clone()));
        for Variant { function, nests, .. } in &compiled.loops.variants {
            let text = schedule::loops(&compiled.loops.program, function, nests);
            stages.push(stage(&of, "", "scheduled", text));
        }
        let tokens = rust::block(
            &quote!(::tapeless),
            &[],
            &[],
            std::iter::empty(),
            std::iter::empty(),
            std::iter::once(compiled),
        );
        stages.push(stage(&of, "", "rust", tokens.to_string()));
    }
    Ok(stages)
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
            network! { loss own(p, t) = p - t; }";
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
