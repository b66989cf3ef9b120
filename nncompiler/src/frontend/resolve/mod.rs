//! Tree → shapes and names resolved. The last stage that can fail.

mod access;
mod arrays;
mod constants;
mod definition;
mod groups;
mod indices;
mod layer;
mod layer_equations;
mod loss;
mod names;
mod network;
mod number_type;
mod optimizer;
mod resolver;
mod scan;
mod settings;
mod signature;
mod spelling;
mod statement;
mod value;
mod walk;

use std::collections::BTreeSet;

use constants::Constants;
use names::TypeNames;
use syn::Visibility;

use crate::frontend::definitions::Definitions;
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::library::Library;
use crate::frontend::resolved::{Block, Network, Unknown};
use crate::frontend::syntax::{self, BlockTree, Definition, Item, Kind, NetworkTree};

/// Resolves a whole block.
pub fn block(tree: syntax::Block, library: &Library, diagnostics: &mut Diagnostics) -> Block {
    let (optimizers, others): (Vec<Definition>, Vec<Definition>) =
        tree.definitions.into_iter().partition(|one| one.kind == Kind::Optimizer);
    let (mut definitions, losses) = Definitions::new(library, others, diagnostics);
    let mut constants = Constants::of_block(&tree.constants, diagnostics);
    let broken = || tree.broken.iter().map(|item| item.name.to_string());
    constants.set_broken(broken());
    definitions.set_broken(broken());
    check_definitions(&mut definitions, &constants, diagnostics);
    let blocks = distinct_blocks(tree.blocks, &mut definitions, diagnostics);
    check_unused_blocks(&blocks, &tree.networks, &constants, &definitions, diagnostics);
    let networks = tree.networks.iter();
    let networks = networks
        .map(|tree_of| network::network(tree_of, &blocks, &constants, &definitions, diagnostics))
        .collect();
    let mut types = TypeNames::default();
    let networks = types.of_networks(networks, diagnostics);
    let (mut networks, incomplete): (Vec<Network>, Vec<Network>) =
        networks.into_iter().partition(|network| network.complete);
    let mut unknown: Vec<Unknown> = incomplete.into_iter().map(Unknown::network).collect();
    let resolved = losses.iter();
    let resolved =
        resolved.filter_map(|one| loss::loss(one, &constants, &definitions, diagnostics)).collect();
    let resolved = types.of_losses(resolved, diagnostics);
    let moving = optimizers.iter();
    let moving = moving
        .filter_map(|one| optimizer::optimizer(one, &constants, &definitions, diagnostics))
        .collect();
    let moving = types.of_optimizers(moving, diagnostics);
    // Those with mistakes: the others have their types by now.
    for (all, what) in [(&losses, "loss"), (&optimizers, "optimizer")] {
        let all = all.iter();
        unknown.extend(all.filter_map(|one| types.unknown_plain(&one.name, &one.visibility, what)));
    }
    unknown.extend(tree.broken.into_iter().filter_map(|item| types.unknown_item(item)));
    types.of_layers(&mut networks);
    if let Some(Unknown { name, .. }) = unknown.first().filter(|_| diagnostics.len() == 0) {
        diagnostics.report(name.span(), format!("the shapes of `{name}` cannot be computed"));
    }
    let (constants, without_value) = constants.items(tree.constants);
    unknown.extend(without_value);
    Block { constants, networks, losses: resolved, optimizers: moving, unknown }
}

/// The blocks of layers whose names nothing else of this block has.
fn distinct_blocks(
    written: Vec<BlockTree>,
    definitions: &mut Definitions,
    diagnostics: &mut Diagnostics,
) -> Vec<BlockTree> {
    let mut blocks: Vec<BlockTree> = Vec::new();
    for block in written {
        let name = block.name.to_string();
        let is_other = blocks.iter().any(|other| other.name == name);
        let is_own = definitions.own().iter().any(|definition| definition.name == name);
        if is_other || is_own {
            let what = if is_other { "block" } else { "layer" };
            let message = format!("a {what} called `{name}` is declared already");
            diagnostics.report(block.name.span(), message);
            // Which of the two is meant where the name is used cannot be known.
            definitions.set_broken([name]);
        } else {
            blocks.push(block);
        }
    }
    blocks
}

/// Checks the blocks that nothing else mentions, as far as that can be done without a layer above them.
fn check_unused_blocks(
    blocks: &[BlockTree],
    networks: &[NetworkTree],
    constants: &Constants,
    definitions: &Definitions,
    diagnostics: &mut Diagnostics,
) {
    let all = networks.iter().map(|network| &network.layers);
    let all = all.chain(blocks.iter().map(|block| &block.items)).flatten();
    let mentioned: BTreeSet<String> = all.flat_map(Item::layers).map(ToString::to_string).collect();
    for (at, block) in blocks.iter().enumerate() {
        if !block.whole || mentioned.contains(&block.name.to_string()) {
            continue;
        }
        let alone = NetworkTree {
            attributes: Vec::new(),
            visibility: Visibility::Inherited,
            name: block.name.clone(),
            layers: block.items.clone(),
            // Nothing is wrong with a first layer without a shape.
            whole: false,
        };
        network::network(&alone, &blocks[..at], constants, definitions, diagnostics);
    }
}

/// Checks the block's own definitions. Those with mistakes are silent where others use them.
fn check_definitions(
    definitions: &mut Definitions,
    constants: &Constants,
    diagnostics: &mut Diagnostics,
) {
    for at in 0..definitions.own().len() {
        let definition = &definitions.own()[at];
        if !definition::check(definition, constants, definitions, diagnostics) {
            definitions.set_broken([definition.name.to_string()]);
        }
    }
}
