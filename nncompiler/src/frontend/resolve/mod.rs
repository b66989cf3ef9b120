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
mod resolver;
mod scan;
mod settings;
mod signature;
mod spelling;
mod statement;
mod value;
mod walk;

use constants::Constants;
use names::TypeNames;

use crate::frontend::definitions::Definitions;
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::library::Library;
use crate::frontend::resolved::{Block, Constant};
use crate::frontend::syntax;

/// Resolves a whole block.
pub fn block(tree: syntax::Block, library: &Library, diagnostics: &mut Diagnostics) -> Block {
    let (mut definitions, losses) = Definitions::new(library, tree.definitions, diagnostics);
    let mut constants = Constants::of_block(&tree.constants, diagnostics);
    constants.set_broken(&tree.broken);
    definitions.set_broken(tree.broken.iter().map(ToString::to_string));
    check_definitions(&mut definitions, &constants, diagnostics);
    let networks = tree.networks.iter();
    let networks = networks
        .map(|tree_of| {
            network::network(tree_of, &tree.blocks, &constants, &definitions, diagnostics)
        })
        .collect();
    let mut types = TypeNames::default();
    let networks = types.of_networks(networks, diagnostics);
    let losses = losses.iter();
    let losses =
        losses.filter_map(|one| loss::loss(one, &constants, &definitions, diagnostics)).collect();
    let losses = types.of_losses(losses, diagnostics);
    let known = |constant: syntax::Constant| {
        let value = constants.get(&constant.name.to_string())?;
        let syntax::Constant { attributes, visibility, name, number, .. } = constant;
        Some(Constant { attributes, visibility, name, number, value })
    };
    let constants = tree.constants.into_iter().filter_map(known).collect();
    Block { constants, networks, losses }
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
