//! Which layers apply which: none itself, and not too many.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::Ident;

use crate::frontend::definitions::Definitions;
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::syntax::{BlockTree, Item, Kind};

/// Layers that apply each other in a longer chain than this are an error.
const DEEPEST: usize = 32;

/// A layer applies no more layers, those that these apply included.
const MOST_LAYERS: usize = 2000;

/// The layers of the block that apply each other without end, or too many: reported, and named.
pub fn check(definitions: &Definitions, diagnostics: &mut Diagnostics) -> Vec<String> {
    let own = definitions.own().iter().filter(|one| one.kind == Kind::Layer);
    let calls = calls(definitions);
    let counts = counts(&calls);
    let mut broken = Vec::new();
    for definition in own {
        let name = definition.name.to_string();
        let message = match counts.get(&name) {
            Some(&count) if count <= MOST_LAYERS => continue,
            Some(_) => format!("`{name}` applies more than {MOST_LAYERS} layers"),
            None if calls[&name].contains(&name) => format!("the layer `{name}` applies itself"),
            None if reached(&name, &calls).contains(&name) => {
                format!("`{name}` applies layers that apply `{name}`")
            }
            None => format!("`{name}` applies layers in a chain of more than {DEEPEST}"),
        };
        // What applies a wrong one is no mistake of its own.
        if !calls[&name].iter().any(|other| broken.contains(other)) || counts.contains_key(&name) {
            diagnostics.report(definition.name.span(), message);
        }
        broken.push(name);
    }
    broken
}

/// The names of what each layer, and each block of layers, may apply.
fn calls(definitions: &Definitions) -> BTreeMap<String, Vec<String>> {
    let layers = definitions.own().iter().filter(|one| one.kind == Kind::Layer);
    let of_layers = layers.map(|one| (&one.name, one.called()));
    // A block that is made of itself has been reported.
    let is_whole = |one: &&BlockTree| !definitions.is_broken(&one.head.name.to_string());
    let of_blocks = definitions.blocks().iter().filter(is_whole).map(|one| {
        let layers = one.items.iter().flat_map(Item::layers);
        (&one.head.name, layers.cloned().collect())
    });
    let calls = of_layers.chain(of_blocks).map(|(name, called): (&Ident, Vec<Ident>)| {
        (name.to_string(), called.iter().map(ToString::to_string).collect())
    });
    calls.collect()
}

/// How many layers each layer applies, itself included, where that comes to an end.
fn counts(calls: &BTreeMap<String, Vec<String>>) -> BTreeMap<String, usize> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..DEEPEST {
        let ready: Vec<(String, usize)> = calls
            .iter()
            .filter(|(name, _)| !counts.contains_key(*name))
            .filter_map(|(name, called)| {
                let own = called.iter().filter(|other| calls.contains_key(*other));
                let of_called: Option<Vec<usize>> =
                    own.map(|other| counts.get(other).copied()).collect();
                let sum = of_called?.into_iter().fold(1usize, usize::saturating_add);
                Some((name.clone(), sum))
            })
            .collect();
        counts.extend(ready);
    }
    counts
}

/// The layers that one applies, those that these apply included.
fn reached<'c>(name: &str, calls: &'c BTreeMap<String, Vec<String>>) -> BTreeSet<&'c String> {
    let mut reached = BTreeSet::new();
    let mut pending: Vec<&String> = calls[name].iter().collect();
    while let Some(other) = pending.pop() {
        if let Some(called) = calls.get(other)
            && reached.insert(other)
        {
            pending.extend(called);
        }
    }
    reached
}
