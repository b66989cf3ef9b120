//! What each stage of the compiler makes of a block, as text.

use quote::quote;

use crate::backend::rust;
use crate::explain;
use crate::frontend::diagnostics::Diagnostics;
use crate::ir::print;
use crate::pipeline::{self, Mode, Snapshot};

/// The text of one stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// The network or the loss.
    pub of: String,
    /// The function: `forward`, `backward`, `predict` …; empty for what is said of all of them.
    pub function: String,
    /// The stage, by the name that [`pipeline`] gives it.
    pub name: String,
    /// What it has made.
    pub text: String,
}

/// Every stage of the networks and losses that a `network!` block declares, in order.
///
/// ```
/// let stages = nncompiler::stages::stages("Net< linear(3, 2); relu >")?;
/// let lowered = stages.iter().find(|stage| stage.name == "lowered").expect("a function");
/// assert!(lowered.text.contains("weight[o"));
/// # Ok::<(), Vec<String>>(())
/// ```
///
/// # Errors
/// The messages of all mistakes in the block, each with its line and column.
pub fn stages(text: &str) -> Result<Vec<Stage>, Vec<String>> {
    let tokens = text.parse().map_err(|error| vec![format!("{error}")])?;
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
        stages.push(stage(&of, "", "scheduled", compiled.loops.clone()));
        let tokens = rust::block(
            &quote!(::tapeless),
            &[],
            &[],
            std::iter::once(compiled),
            std::iter::empty(),
        );
        stages.push(stage(&of, "", "rust", tokens.to_string()));
    }
    for loss in checked.losses {
        let of = loss.name.to_string();
        let mut watch = |snapshot: Snapshot| stages.push(printed(&of, &snapshot));
        let compiled = pipeline::compile_loss(loss, &tables, &mut watch);
        stages.push(stage(&of, "", "explained", compiled.explanation.text.clone()));
        let tokens = rust::block(
            &quote!(::tapeless),
            &[],
            &[],
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
