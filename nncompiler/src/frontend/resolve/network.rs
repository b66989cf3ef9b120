//! A network: the shape of its input, then its layers from top to bottom.

use super::constants::{Constants, Sizes};
use super::groups::first_layers;
use super::layer::INPUT;
use super::signature::{bind_sizes, declared_input, passes_vectors, rank};
use super::walk::{Above, Labels, Names, Walk};
use crate::frontend::definitions::Definitions;
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::resolved::Network;
use crate::frontend::syntax::{Argument, BlockTree, Item, LayerTree, NetworkTree};

/// The attribute that asks for derivatives along a direction.
const DERIVATIVES: &str = "derivatives";

/// Resolves every layer.
pub fn network(
    tree: &NetworkTree,
    blocks: &[BlockTree],
    constants: &Constants,
    definitions: &Definitions,
    diagnostics: &mut Diagnostics,
) -> Network {
    let before = diagnostics.len();
    let mut walk = Walk {
        network: tree,
        blocks,
        constants,
        definitions,
        diagnostics,
        layers: Vec::new(),
        items: 0,
        is_full: false,
        whole: tree.whole,
        complete: tree.whole,
        above: Above { source: 0, shape: None, producer: None },
        names: Names::default(),
        labels: Labels::default(),
    };
    let is_input = |item: &Item| matches!(item, Item::Layer(layer) if layer.name == INPUT);
    if tree.layers.iter().all(is_input) && tree.whole {
        let message = format!("`{}` needs at least one layer", tree.name);
        walk.diagnostics.report(tree.name.span(), message);
    }
    let mut items = tree.layers.as_slice();
    let input = match items.split_first() {
        Some((Item::Layer(first), rest)) if first.name == INPUT => {
            items = rest;
            walk.stated_input(first)
        }
        _ => walk.inferred_input(items),
    };
    walk.above.shape.clone_from(&input);
    walk.items(items);
    walk.check_states();
    let complete = walk.complete && walk.above.shape.is_some();
    let (layers, whole) = (walk.layers, walk.whole);
    let is_request = |attribute: &&syn::Attribute| attribute.path().is_ident(DERIVATIVES);
    let attributes = tree.attributes.iter().filter(|attribute| !is_request(attribute));
    Network {
        attributes: attributes.cloned().collect(),
        visibility: tree.visibility.clone(),
        name: tree.name.clone(),
        input: input.unwrap_or_default(),
        layers,
        derivatives: tree.attributes.iter().any(|attribute| is_request(&attribute)),
        whole: whole && diagnostics.len() == before,
        complete,
    }
}

impl Walk<'_> {
    /// `input(28, 28)`
    fn stated_input(&mut self, layer: &LayerTree) -> Option<Vec<usize>> {
        if layer.arguments.is_empty() {
            let message = "`input` needs the shape of one sample: `input(28, 28)`";
            self.diagnostics.report(layer.location, message);
        }
        for name in layer.arguments.iter().filter_map(|argument| argument.name.as_ref()) {
            let message = "`input` takes sizes without names: `input(28, 28)`";
            self.diagnostics.report(name.span(), message);
        }
        let arguments: Vec<&Argument> = layer.arguments.iter().collect();
        let sizes = self.sizes(&arguments)?;
        let sizes: Vec<usize> = sizes.into_iter().flat_map(|size| size.0).collect();
        (!sizes.is_empty()).then_some(sizes)
    }

    /// The input shape that the first layer with all its sizes implies.
    fn inferred_input(&mut self, items: &[Item]) -> Option<Vec<usize>> {
        let mut silent = Diagnostics::default();
        for (k, layer) in first_layers(items, self.blocks).into_iter().enumerate() {
            let overloads = self.definitions.overloads(&layer.name.to_string());
            let sizes: Vec<&Argument> =
                layer.arguments.iter().filter(|argument| argument.name.is_none()).collect();
            let count = sizes.len();
            if overloads.is_empty() {
                return None;
            }
            let complete =
                overloads.iter().find(|found| rank(found) > 0 && found.sizes.len() == count);
            if let Some(definition) = complete {
                let sizes = sizes.iter();
                let sizes: Option<Vec<Sizes>> =
                    sizes.map(|size| self.constants.sizes(&size.value, &mut silent)).collect();
                let known = bind_sizes(definition, self.constants, &sizes?);
                let shape = declared_input(definition, &known)?;
                // The layers in between pass a vector through, whatever its length.
                return (k == 0 || shape.len() == 1).then_some(shape);
            }
            if !overloads.iter().any(|found| passes_vectors(found)) {
                break;
            }
        }
        None
    }
}
