//! Tree → shapes and names resolved. The last stage that can fail.

mod access;
mod applied;
mod arrays;
mod attributes;
pub mod axes;
mod axis_groups;
mod blocks;
mod body;
mod body_arrays;
mod call_graph;
mod called;
mod constants;
mod definition;
mod derivative;
mod equation;
mod flatten;
mod groups;
mod indices;
mod layer;
mod layer_equations;
mod layer_statements;
mod loss;
mod loss_call;
mod loss_of_numbers;
mod merged;
pub mod names;
mod network;
mod network_loss;
mod networks;
mod number_type;
mod numbers;
mod optimizer;
mod part;
mod repeat;
mod resolver;
mod samples;
mod scan;
mod scanned;
mod settings;
mod signature;
mod spelling;
mod statement;
mod unread;
mod value;
mod walk;

use std::collections::BTreeSet;

use constants::Constants;
use names::TypeNames;
use syn::Visibility;

use crate::frontend::definitions::Definitions;
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::library::Library;
use crate::frontend::resolved::{Block, Loss, Network, NetworkLoss, Optimizer, Unknown};
use crate::frontend::syntax::{
    self, BlockTree, BrokenItem, Constant, Definition, Item, Kind, NetworkContent, NetworkTree,
};

/// What the networks and losses of a block can name.
struct Scope<'a> {
    constants: Constants,
    definitions: Definitions<'a>,
}

/// What becomes items of the generated code, as it is written.
struct Written {
    constants: Vec<Constant>,
    networks: Vec<NetworkTree>,
    losses: Vec<Definition>,
    optimizers: Vec<Definition>,
    broken: Vec<BrokenItem>,
}

/// Resolves a whole block.
pub fn block(tree: syntax::Block, library: &Library, diagnostics: &mut Diagnostics) -> Block {
    let (scope, written, networks) = scope_of(tree, library, diagnostics);
    let network_losses = losses_of_networks(&written, &networks, &scope, diagnostics);
    let mut types = TypeNames::default();
    let networks = types.of_networks(networks, diagnostics);
    let (mut networks, incomplete): (Vec<Network>, Vec<Network>) =
        networks.into_iter().partition(|network| network.complete);
    let losses = losses_of_any_network(&written, &scope, diagnostics);
    let losses = types.of_losses(losses, |loss: &Loss| &loss.of, diagnostics);
    let network_losses =
        types.of_losses(network_losses, |loss: &NetworkLoss| &loss.of, diagnostics);
    let optimizers = types.of_optimizers(optimizers(&written, &scope, diagnostics), diagnostics);
    let mut unknown: Vec<Unknown> = incomplete.into_iter().map(Unknown::network).collect();
    // Those without mistakes have their types by now.
    unknown.extend(unknown_types(&written, &scope, &mut types));
    types.of_layers(&mut networks);
    if let Some(Unknown { name, .. }) = unknown.first().filter(|_| diagnostics.len() == 0) {
        diagnostics.report(name.span(), format!("the shapes of `{name}` cannot be computed"));
    }
    let (constants, without_value) = scope.constants.items(written.constants);
    unknown.extend(without_value);
    Block { constants, networks, losses, network_losses, optimizers, unknown }
}

/// Checks definitions and blocks, and resolves the networks, which can name each other.
fn scope_of<'a>(
    tree: syntax::Block,
    library: &'a Library,
    diagnostics: &mut Diagnostics,
) -> (Scope<'a>, Written, Vec<Network>) {
    let syntax::Block { constants: of_block, definitions, blocks, networks, broken } = tree;
    let (optimizers, others): (Vec<Definition>, Vec<Definition>) =
        definitions.into_iter().partition(|one| one.kind == Kind::Optimizer);
    let (mut definitions, losses) = Definitions::new(library, others, diagnostics);
    let mut constants = Constants::of_block(&of_block, diagnostics);
    let names_of_broken = || broken.iter().map(|item| item.name.to_string());
    constants.set_broken(names_of_broken());
    definitions.set_broken(names_of_broken());
    let blocks = distinct_blocks(blocks, &constants, &mut definitions, diagnostics);
    check_order(&blocks, &mut definitions, diagnostics);
    definitions.set_blocks(blocks);
    definitions.declare_networks(networks.iter().map(|network| network.name.clone()));
    check_definitions(&mut definitions, &constants, diagnostics);
    networks::networks(&networks, &constants, &mut definitions, diagnostics);
    check_unused_blocks(&networks, &constants, &definitions, diagnostics);
    let resolved = definitions.take_networks();
    let scope = Scope { constants, definitions };
    let written = Written { constants: of_block, networks, losses, optimizers, broken };
    (scope, written, resolved)
}

/// The losses of each network of this block whose outputs they take.
fn losses_of_networks(
    written: &Written,
    networks: &[Network],
    scope: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<NetworkLoss> {
    let complete = networks.iter().zip(&written.networks).filter(|(network, _)| network.complete);
    let complete: Vec<(&Network, &NetworkTree)> = complete.collect();
    let are_all_known = complete.len() == written.networks.len() && written.broken.is_empty();
    let Scope { constants, definitions } = scope;
    let mut losses = Vec::new();
    for loss in &written.losses {
        losses.extend(network_loss::network_losses(
            loss,
            &complete,
            are_all_known,
            constants,
            definitions,
            diagnostics,
        ));
    }
    losses
}

fn losses_of_any_network(
    written: &Written,
    Scope { constants, definitions }: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<Loss> {
    let losses = written.losses.iter();
    losses
        .filter(|one| network_loss::is_of_any_network(one, constants, definitions))
        .filter_map(|one| loss::loss(one, constants, definitions, diagnostics))
        .collect()
}

fn optimizers(
    written: &Written,
    Scope { constants, definitions }: &Scope<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<Optimizer> {
    let optimizers = written.optimizers.iter();
    optimizers
        .filter_map(|one| optimizer::optimizer(one, constants, definitions, diagnostics))
        .collect()
}

/// The types of losses and optimizers with mistakes, and of what could not be parsed.
fn unknown_types(
    written: &Written,
    Scope { constants, definitions }: &Scope<'_>,
    types: &mut TypeNames,
) -> Vec<Unknown> {
    let is_known_here = |one: &&Definition| {
        network_loss::is_of_any_network(one, constants, definitions)
            || !network_loss::is_for_other_blocks(one, written.networks.len())
    };
    let losses = written.losses.iter().filter(is_known_here).map(|one| (one, "loss"));
    let plain = losses.chain(written.optimizers.iter().map(|one| (one, "optimizer")));
    let mut unknown: Vec<Unknown> = plain
        .filter_map(|(one, what)| types.unknown_plain(&one.name, &one.written.visibility, what))
        .collect();
    unknown.extend(written.broken.iter().filter_map(|item| types.unknown_item(item)));
    unknown
}

/// The blocks of layers whose names nothing else of this block has.
fn distinct_blocks(
    written: Vec<BlockTree>,
    constants: &Constants,
    definitions: &mut Definitions,
    diagnostics: &mut Diagnostics,
) -> Vec<BlockTree> {
    let mut blocks: Vec<BlockTree> = Vec::new();
    for block in written {
        let name = block.head.name.to_string();
        let is_other = blocks.iter().any(|other| other.head.name == name);
        let other = is_other.then_some("a block").or(definitions.called(&name));
        if let Some(what) = other {
            let message = format!("`{name}` is already the name of {what}; choose another name");
            diagnostics.report(block.head.name.span(), message);
            // Which of the two is meant where the name is used cannot be known.
            definitions.set_broken([name]);
        } else {
            if !definition::check_head(&block.head, constants, diagnostics) {
                definitions.set_broken([name]);
            }
            blocks.push(block);
        }
    }
    blocks
}

/// A block is made of blocks above it, so that none is made of itself.
fn check_order(blocks: &[BlockTree], definitions: &mut Definitions, diagnostics: &mut Diagnostics) {
    for (at, block) in blocks.iter().enumerate() {
        for name in block.items.iter().flat_map(Item::layers) {
            let Some(other) = blocks[at..].iter().find(|other| other.head.name == *name) else {
                continue;
            };
            let own = &block.head.name;
            let message = if own == name {
                format!("the block `{name}` is made of itself")
            } else if other.items.iter().flat_map(Item::layers).any(|part| part == own) {
                format!("the blocks `{own}` and `{name}` are made of each other")
            } else {
                format!("a block is made of blocks above it: declare `{name}` before `{own}`")
            };
            diagnostics.report(name.span(), message);
            definitions.set_broken([block.head.name.to_string()]);
        }
    }
}

/// Checks the blocks that nothing else mentions, as far as that can be done without a layer above them.
fn check_unused_blocks(
    networks: &[NetworkTree],
    constants: &Constants,
    definitions: &Definitions,
    diagnostics: &mut Diagnostics,
) {
    let blocks = definitions.blocks();
    let in_blocks = blocks.iter().flat_map(|block| &block.items).flat_map(Item::layers);
    let in_layers = definitions.own().iter().flat_map(Definition::called);
    let in_networks = networks.iter().flat_map(|network| network.content.layers());
    let mentioned = in_blocks.cloned().chain(in_layers).chain(in_networks);
    let mentioned: BTreeSet<String> = mentioned.map(|name| name.to_string()).collect();
    for block in blocks {
        if !block.whole || mentioned.contains(&block.head.name.to_string()) {
            continue;
        }
        let alone = NetworkTree {
            attributes: Vec::new(),
            visibility: Visibility::Inherited,
            name: block.head.name.clone(),
            content: NetworkContent::Chain(block.items.clone()),
            // Nothing is wrong with a first layer without a shape.
            whole: false,
        };
        // What is wrong with a size is wrong where the block is used.
        let mut constants = constants.clone();
        let sizes = block.head.sizes.iter().map(|size| size.name.to_string());
        let settings = block.head.settings.iter().map(|setting| setting.name.to_string());
        constants.set_broken(sizes.chain(settings));
        network::network(&alone, &constants, definitions, diagnostics);
    }
}

/// Checks the block's own definitions. Those with mistakes are silent where others use them.
fn check_definitions(
    definitions: &mut Definitions,
    constants: &Constants,
    diagnostics: &mut Diagnostics,
) {
    let endless = call_graph::check(definitions, diagnostics);
    definitions.set_broken(endless);
    for at in 0..definitions.own().len() {
        if definitions.is_broken(&definitions.own()[at].name.to_string()) {
            continue;
        }
        let definition = &definitions.own()[at];
        let mut found = Diagnostics::default();
        let is_well = definition::check(definition, constants, definitions, &mut found);
        match &definition.written.first_name {
            Some(name) => diagnostics.append_once(found, &name.to_string()),
            None => diagnostics.append(found),
        }
        if !is_well {
            definitions.set_broken([definition.name.to_string()]);
        }
    }
}
