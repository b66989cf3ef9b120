//! The networks of a block: each is resolved behind those that it is made of.

use std::collections::BTreeSet;

use proc_macro2::Ident;

use super::constants::Constants;
use super::network::network;
use crate::frontend::definitions::Definitions;
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::syntax::{Item, NetworkTree};

/// Resolves all networks, and adds them to what others can be made of.
pub fn networks(
    trees: &[NetworkTree],
    constants: &Constants,
    definitions: &mut Definitions,
    diagnostics: &mut Diagnostics,
) {
    let mentioned: Vec<Vec<Mention>> =
        trees.iter().map(|tree| mentions(tree, trees, definitions)).collect();
    let mut pending: BTreeSet<usize> = (0..trees.len()).collect();
    while let Some(&first) = pending.first() {
        let is_ready =
            |&&at: &&usize| mentioned[at].iter().all(|other| !pending.contains(&other.network));
        let next = pending.iter().find(is_ready).copied();
        let next = next.unwrap_or_else(|| {
            let circular = |&at: &usize| Some((at, circular_mention(at, &mentioned)?));
            let Some((at, mention)) = pending.iter().find_map(circular) else { return first };
            report_circle(&trees[at], mention, &mentioned, diagnostics);
            definitions.set_broken([&trees[at].name, &mention.name].map(ToString::to_string));
            at
        });
        let network = network(&trees[next], constants, definitions, diagnostics);
        definitions.add_network(next, network);
        pending.remove(&next);
    }
}

/// The name of a network in another.
struct Mention {
    network: usize,
    name: Ident,
}

/// The networks that one is made of, be it through blocks.
fn mentions(tree: &NetworkTree, trees: &[NetworkTree], definitions: &Definitions) -> Vec<Mention> {
    let mut pending = tree.content.layers();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut mentions = Vec::new();
    while let Some(name) = pending.pop() {
        let text = name.to_string();
        if !seen.insert(text.clone()) {
            continue;
        }
        if let Some(block) = definitions.block(&name) {
            pending.extend(block.items.iter().flat_map(Item::layers).cloned());
        } else if definitions.called(&text).is_none()
            && let Some(network) = trees.iter().position(|other| other.name == name)
        {
            mentions.push(Mention { network, name });
        }
    }
    mentions
}

/// What makes a network a part of itself, if it is one.
fn circular_mention(of: usize, mentioned: &[Vec<Mention>]) -> Option<&Mention> {
    mentioned[of].iter().find(|mention| is_made_of(mention.network, of, mentioned))
}

/// Whether a network is another one, or is made of it.
fn is_made_of(network: usize, part: usize, mentioned: &[Vec<Mention>]) -> bool {
    let mut seen = BTreeSet::from([network]);
    let mut pending = vec![network];
    while let Some(at) = pending.pop() {
        if at == part {
            return true;
        }
        let others = mentioned[at].iter().map(|mention| mention.network);
        pending.extend(others.filter(|&other| seen.insert(other)));
    }
    false
}

fn report_circle(
    tree: &NetworkTree,
    mention: &Mention,
    mentioned: &[Vec<Mention>],
    diagnostics: &mut Diagnostics,
) {
    let (own, other) = (&tree.name, &mention.name);
    let is_direct = mentioned[mention.network].iter().any(|back| back.name == *own);
    let message = if own == other {
        format!("the network `{own}` is made of itself")
    } else if is_direct {
        format!("the networks `{own}` and `{other}` are made of each other")
    } else {
        format!("the network `{own}` is made of itself: `{other}` is made of it")
    };
    diagnostics.report(other.span(), message);
}
