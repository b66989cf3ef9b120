//! Layers under one name: what a block's sizes and settings are where it is used.

use proc_macro2::Ident;

use super::constants::Constants;
use super::groups::MOST_ITEMS;
use super::signature::bind_sizes;
use super::walk::Walk;
use crate::frontend::syntax::{
    Argument, Definition, Group, GroupTree, Item, LayerTree, Repetition,
};

/// A layer, and what its names stand for.
pub struct FirstLayer<'a> {
    pub layer: &'a LayerTree,
    pub scope: Constants,
}

impl<'a> Walk<'a> {
    /// Whether a block has this name.
    pub fn is_block(&self, name: &Ident) -> bool {
        self.blocks.iter().any(|block| block.head.name == *name)
    }

    pub fn layer_or_block(&mut self, position: usize, layer: &LayerTree) {
        let blocks = self.blocks;
        let Some(at) = blocks.iter().position(|block| block.head.name == layer.name) else {
            match self.network_called(&layer.name) {
                Some(network) => self.part_in_chain(layer, network),
                None => self.layer(position, layer),
            }
            return;
        };
        if !blocks[at].whole || self.definitions.is_broken(&layer.name.to_string()) {
            (self.whole, self.complete, self.above.shape) = (false, false, None);
            return;
        }
        let Some(scope) = self.block_scope(layer, &blocks[at].head) else {
            (self.complete, self.above.shape) = (false, None);
            return;
        };
        // A block sees those above it, so that none can be made of itself.
        let mistakes = self.diagnostics.len();
        self.within(layer.label.as_ref(), &layer.name, position, |walk| {
            let before = std::mem::replace(&mut walk.blocks, &blocks[..at]);
            let around = std::mem::replace(&mut walk.scope, scope);
            walk.items(&blocks[at].items);
            (walk.blocks, walk.scope) = (before, around);
        });
        self.diagnostics.are_of_block(mistakes, &layer.name.to_string());
    }

    /// What the names of a block stand for where it is used.
    fn block_scope(&mut self, layer: &LayerTree, head: &Definition) -> Option<Constants> {
        let (named, sizes): (Vec<&Argument>, Vec<&Argument>) =
            layer.arguments.iter().partition(|argument| argument.name.is_some());
        if sizes.len() != head.sizes.len() {
            self.wrong_count(layer, head, sizes.len());
            return None;
        }
        let sizes = self.sizes(&sizes);
        let (given, sizes) = (self.settings(head, &named)?, sizes?);
        self.check_components(layer, head, &sizes)?;
        let known = bind_sizes(head, self.constants, &sizes);
        self.bind_settings(layer, head, known, &given)
    }

    /// The layers that a network begins with, as far as one simply follows the other.
    pub fn first_layers(&mut self, items: &'a [Item]) -> Vec<FirstLayer<'a>> {
        let (blocks, scope) = (self.blocks, self.scope.clone());
        let mut layers = Vec::new();
        // What is left of the items and of the blocks around, with what each knows.
        let mut pending = vec![(items.iter(), self.blocks, self.scope.clone())];
        for _ in 0..MOST_ITEMS {
            let Some((rest, known, names)) = pending.last_mut() else { break };
            (self.blocks, self.scope) = (*known, names.clone());
            match rest.next() {
                None => drop(pending.pop()),
                Some(Item::Group(group)) => {
                    let items = self.first_items(group);
                    pending = vec![(items.iter(), self.blocks, self.scope.clone())];
                }
                Some(Item::Layer(layer)) => {
                    let mut known = self.blocks.iter();
                    let Some(at) = known.position(|block| block.head.name == layer.name) else {
                        layers.push(FirstLayer { layer, scope: self.scope.clone() });
                        continue;
                    };
                    let block = &self.blocks[at];
                    let Some(scope) = self.block_scope(layer, &block.head) else { break };
                    pending.push((block.items.iter(), &self.blocks[..at], scope));
                }
            }
        }
        (self.blocks, self.scope) = (blocks, scope);
        layers
    }

    /// What a group's input comes to first.
    fn first_items(&mut self, group: &'a GroupTree) -> &'a [Item] {
        match &group.kind {
            Group::Residual { main, .. } => main,
            Group::Parallel { branches, .. } => branches.first().map_or(&[][..], Vec::as_slice),
            Group::Repeat(repetition) => {
                let Repetition { index, first, body, .. } = &**repetition;
                if let Some(value) = self.scope.evaluate(first, self.diagnostics) {
                    self.scope.insert(index.to_string(), value);
                }
                body
            }
            Group::Labelled(body) => body,
            Group::Reuse { .. } => &[],
        }
    }
}
