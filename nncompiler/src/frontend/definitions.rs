//! The layers, activations, losses and networks that a block can use: the library's, and its own.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use proc_macro2::Ident;

use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::library::Library;
use crate::frontend::resolved::Network;
use crate::frontend::syntax::{
    BlockTree, Declaration, Definition, Function, Kind, Origin, Setting,
};

pub struct Definitions<'a> {
    library: &'a Library,
    own: Vec<Definition>,
    own_losses: Vec<Definition>,
    /// The block's layers under one name.
    blocks: Vec<BlockTree>,
    /// The names of the block's networks.
    network_names: Vec<Ident>,
    /// The networks so far, of which others can be made, by their places in the block.
    networks: BTreeMap<usize, Network>,
    /// For each name, where its definition stands among the library's and then the block's.
    by_name: HashMap<String, usize>,
    /// The names of definitions with mistakes: what uses them is no mistake of its own.
    broken: BTreeSet<String>,
}

impl<'a> Definitions<'a> {
    /// The library's definitions and a block's, of which the losses are given back: each is an item.
    pub fn new(
        library: &'a Library,
        declared: Vec<Definition>,
        diagnostics: &mut Diagnostics,
    ) -> (Self, Vec<Definition>) {
        let mut by_name: HashMap<String, usize> = HashMap::new();
        for (at, definition) in library.definitions.iter().enumerate() {
            by_name.insert(definition.name.to_string(), at);
        }
        let broken = BTreeSet::new();
        let (own, own_losses, blocks) = (Vec::new(), Vec::new(), Vec::new());
        let (network_names, networks) = (Vec::new(), BTreeMap::new());
        let mut definitions =
            Self { library, own, own_losses, blocks, network_names, networks, by_name, broken };
        let mut losses: Vec<Definition> = Vec::new();
        for definition in declared {
            let name = definition.name.to_string();
            let other = losses.iter().find(|other| other.name == name);
            if let Some(what) = definitions.taken(&name, &definition, other) {
                let message =
                    format!("`{name}` is already the name of {what}; choose another name");
                diagnostics.report(definition.name.span(), message);
                // Which of the two is meant where the name is used cannot be known.
                definitions.broken.insert(name);
            } else if definition.kind == Kind::Loss {
                if let Some(other) = other {
                    compare_settings(other, &definition, diagnostics);
                }
                losses.push(definition);
            } else {
                let at = definitions.library.definitions.len() + definitions.own.len();
                definitions.by_name.insert(name, at);
                definitions.own.push(definition);
            }
        }
        definitions.own_losses.clone_from(&losses);
        (definitions, losses)
    }

    /// Whether losses of this name are of arrays, and not of single numbers.
    pub fn has_loss_of_arrays(&self, name: &str) -> bool {
        self.losses(name).iter().any(|loss| !loss.is_of_numbers())
    }

    /// The losses that are called by a name: the block's own, or else the library's; none if a layer has it.
    pub fn losses(&self, name: &str) -> Vec<&Definition> {
        if self.find(name).is_some() {
            return Vec::new();
        }
        let is_it = |one: &&Definition| one.name == name;
        let own: Vec<&Definition> = self.own_losses.iter().filter(is_it).collect();
        if own.is_empty() { self.library.losses.iter().filter(is_it).collect() } else { own }
    }

    /// What has a name already that a definition wants.
    fn taken(
        &self,
        name: &str,
        definition: &Definition,
        loss: Option<&Definition>,
    ) -> Option<&'static str> {
        let is_loss = loss.is_some_and(|other| !complete_each_other(other, definition));
        self.called(name).or(is_loss.then_some("a loss of this block"))
    }

    /// What is called so: a function, an activation or a layer.
    pub fn called(&self, name: &str) -> Option<&'static str> {
        if self.has_function(name) {
            return Some("an elementary function");
        }
        let other = self.find(name)?;
        Some(match (other.origin, other.kind) {
            (Origin::Library, Kind::Activation) => "a built-in activation",
            (Origin::Library, _) => "a built-in layer",
            (Origin::Imported, Kind::Activation) => "an imported activation",
            (Origin::Imported, _) => "an imported layer",
            (Origin::Block, Kind::Activation) => "an activation of this block",
            (Origin::Block, _) => "a layer of this block",
        })
    }

    /// Whether the name is an elementary function.
    pub fn has_function(&self, name: &str) -> bool {
        self.library.has_function(name)
    }

    pub fn functions(&self) -> &[Function] {
        &self.library.functions
    }

    /// The layer or activation with this name.
    pub fn find(&self, name: &str) -> Option<&Definition> {
        let built_in = &self.library.definitions;
        let &at = self.by_name.get(name)?;
        Some(match at.checked_sub(built_in.len()) {
            None => &built_in[at],
            Some(own) => &self.own[own],
        })
    }

    /// The block's own layers and activations.
    pub fn own(&self) -> &[Definition] {
        &self.own
    }

    pub fn set_blocks(&mut self, blocks: Vec<BlockTree>) {
        self.blocks = blocks;
    }

    /// The block's layers under one name, each made of those before it.
    pub fn blocks(&self) -> &[BlockTree] {
        &self.blocks
    }

    pub fn block(&self, name: &Ident) -> Option<&BlockTree> {
        self.blocks.iter().find(|block| block.head.name == *name)
    }

    pub fn declare_networks(&mut self, names: impl Iterator<Item = Ident>) {
        self.network_names.extend(names);
    }

    pub fn add_network(&mut self, place: usize, network: Network) {
        self.networks.insert(place, network);
    }

    /// The network that has this name, unless a layer has it or there is something wrong with it.
    pub fn network(&self, name: &Ident) -> Option<&Network> {
        let is_network = self.is_network(name);
        self.networks.values().find(|network| network.name == *name && is_network)
    }

    /// Whether a network has this name, unless a layer has it.
    pub fn is_network(&self, name: &Ident) -> bool {
        self.network_names.contains(name) && self.called(&name.to_string()).is_none()
    }

    /// All networks, when no other can be made of them any more.
    pub fn take_networks(&mut self) -> Vec<Network> {
        let networks = std::mem::take(&mut self.networks).into_values();
        let mut networks: Vec<Network> = networks.collect();
        let parts = networks.iter().flat_map(|network| &network.parts);
        let parts: BTreeSet<String> = parts.map(|part| part.network.to_string()).collect();
        for network in &mut networks {
            network.is_part = parts.contains(&network.name.to_string());
        }
        networks
    }

    pub fn set_broken(&mut self, names: impl IntoIterator<Item = String>) {
        self.broken.extend(names);
    }

    pub fn is_broken(&self, name: &str) -> bool {
        self.broken.contains(name)
    }

    /// The names of all layers, activations and networks.
    pub fn names(&self) -> Vec<String> {
        let all = self.library.definitions.iter().chain(&self.own).map(|one| &one.name);
        let all = all.chain(&self.network_names);
        let mut names: Vec<String> = all.map(ToString::to_string).collect();
        names.dedup();
        names
    }
}

/// Two losses of one type have one default and one range for each setting.
fn compare_settings(one: &Definition, other: &Definition, diagnostics: &mut Diagnostics) {
    let range = |setting: &Setting| {
        setting.range.as_ref().map(|(least, greatest)| (least.to_string(), greatest.to_string()))
    };
    let meaning = |setting: &Setting| {
        (setting.default.to_string(), range(setting), setting.axes.is_empty(), setting.is_truth)
    };
    for (one, other) in one.settings.iter().zip(&other.settings) {
        if meaning(one) != meaning(other) {
            let message = format!(
                "`{}` is another setting in the definition above, and both are one type: write the \
                 same default, range and axes",
                other.name
            );
            diagnostics.report(other.name.span(), message);
        }
    }
}

/// Whether two losses are one: for class indices and for real targets, with the same settings.
fn complete_each_other(one: &Definition, other: &Definition) -> bool {
    let takes_classes = |loss: &Definition| loss.targets.iter().any(Declaration::is_class);
    let settings = |loss: &Definition| -> Vec<String> {
        loss.settings.iter().map(|setting| setting.name.to_string()).collect()
    };
    let are_losses = one.kind == Kind::Loss && other.kind == Kind::Loss;
    are_losses && takes_classes(one) != takes_classes(other) && settings(one) == settings(other)
}
