//! The names of generated types: none may meet another.

use std::collections::BTreeMap;

use proc_macro2::Ident;
use syn::Visibility;

use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::resolved::{LossType, Network, Optimizer, Unknown, UnknownKind};
use crate::frontend::syntax::{BrokenItem, ItemKind, Kind};

/// The names that generated code gives to types of its own beside those of losses and optimizers.
const RESERVED: [&str; 6] = ["I", "Self", "T", "Total", "Update", "Y"];

/// Who has which type's name so far.
#[derive(Default)]
pub struct TypeNames(BTreeMap<String, String>);

impl TypeNames {
    /// The networks whose names are their own.
    pub fn of_networks(
        &mut self,
        networks: Vec<Network>,
        diagnostics: &mut Diagnostics,
    ) -> Vec<Network> {
        let mut kept = Vec::new();
        for network in networks {
            let (name, owner) =
                (network.name.to_string(), format!("the network `{}`", network.name));
            let generic = generic(&network.name);
            let mut names = vec![name.clone(), format!("{generic}States"), generic];
            if !network.has_single_input() {
                names.push(format!("{name}Inputs"));
            }
            if !network.has_single_output() {
                names.push(format!("{name}Outputs"));
            }
            if network.has_parameters_struct() {
                names.push(format!("{name}OfParameters"));
            }
            if let Some((taken, other)) = names.iter().find_map(|name| self.0.get_key_value(name)) {
                let message = if *other == owner {
                    format!("{owner} is declared twice in this block")
                } else {
                    format!("the type `{taken}` belongs to {other} already; choose another name")
                };
                diagnostics.report(network.name.span(), message);
                continue;
            }
            self.0.extend(names.into_iter().map(|name| (name, owner.clone())));
            kept.push(network);
        }
        kept
    }

    /// Gives the types of layers, which nobody has named, names that no other type has.
    pub fn of_layers(&mut self, networks: &mut [Network]) {
        for network in networks {
            for layer in &mut network.layers {
                let wanted = layer.structure.clone();
                for number in 2.. {
                    let types = layer.types();
                    if types.iter().all(|name| !self.0.contains_key(&name.to_string())) {
                        break;
                    }
                    layer.structure = Ident::new(&format!("{wanted}{number}"), wanted.span());
                }
                let owner = format!("the layer `{}` of `{}`", layer.field, network.name);
                let types = layer.types().into_iter();
                self.0.extend(types.map(|name| (name.to_string(), owner.clone())));
            }
        }
    }

    /// A loss or an optimizer with mistakes, unless another one has its type.
    pub fn unknown_plain(
        &mut self,
        name: &Ident,
        visibility: &Visibility,
        what: &str,
    ) -> Option<Unknown> {
        let structure = plain(name)?;
        let owner = format!("the {what} `{name}`");
        let is_new = self.0.insert(structure.to_string(), owner).is_none();
        let (visibility, kind) = (visibility.clone(), UnknownKind::Plain);
        is_new.then_some(Unknown { visibility, name: structure, kind })
    }

    /// An item that could not be parsed, if others can name it outside of the block. Constants are in
    /// another name space.
    pub fn unknown_item(&mut self, item: &BrokenItem) -> Option<Unknown> {
        let BrokenItem { kind, visibility, name } = item;
        let unknown = |kind| Unknown { visibility: visibility.clone(), name: name.clone(), kind };
        match kind {
            ItemKind::Definition(Kind::Loss) => self.unknown_plain(name, visibility, "loss"),
            ItemKind::Definition(Kind::Optimizer) => {
                self.unknown_plain(name, visibility, "optimizer")
            }
            ItemKind::Network => {
                let (owner, generic) = (format!("the network `{name}`"), generic(name));
                let names = [name.to_string(), generic];
                let is_new = names.iter().all(|name| !self.0.contains_key(name));
                self.0.extend(names.map(|name| (name, owner.clone())));
                is_new.then(|| unknown(UnknownKind::Network))
            }
            ItemKind::Constant => Some(unknown(UnknownKind::Constant)),
            ItemKind::Definition(_) | ItemKind::Block => None,
        }
    }

    /// The losses whose types' names are their own; those of one name have one type.
    pub fn of_losses<L>(
        &mut self,
        losses: Vec<L>,
        type_of: impl Fn(&L) -> &LossType,
        diagnostics: &mut Diagnostics,
    ) -> Vec<L> {
        let mut kept = Vec::new();
        for loss in losses {
            let LossType { name: loss_name, structure, .. } = type_of(&loss);
            let (name, owner) = (structure.to_string(), format!("the loss `{loss_name}`"));
            match self.0.get(&name) {
                Some(other) if *other != owner => {
                    let message = format!(
                        "the type of this loss would be `{name}`, which belongs to {other} \
                         already; choose another name"
                    );
                    diagnostics.report(loss_name.span(), message);
                }
                _ => {
                    self.0.insert(name, owner);
                    kept.push(loss);
                }
            }
        }
        kept
    }

    /// The optimizers whose types' names are their own.
    pub fn of_optimizers(
        &mut self,
        optimizers: Vec<Optimizer>,
        diagnostics: &mut Diagnostics,
    ) -> Vec<Optimizer> {
        let mut kept = Vec::new();
        for optimizer in optimizers {
            let (name, structure) = (&optimizer.name, optimizer.structure.to_string());
            if let Some(other) = self.0.get(&structure) {
                let message = format!(
                    "the type of this optimizer would be `{structure}`, which belongs to {other} \
                     already; choose another name"
                );
                diagnostics.report(name.span(), message);
                continue;
            }
            self.0.insert(structure, format!("the optimizer `{name}`"));
            kept.push(optimizer);
        }
        kept
    }
}

/// The generic type of a network: `AgentOf<T>`.
fn generic(network: &Ident) -> String {
    format!("{network}Of")
}

/// The type of a layer's parameters: `AgentOfTrunk` for the field `trunk` of `Agent`.
pub fn structure(network: &Ident, field: &Ident) -> Ident {
    let name = format!("{}{}", generic(network), camel_case(&field.to_string()));
    Ident::new(&name, field.span())
}

/// The type of a loss or of an optimizer: `MeanSquaredError` for `mean_squared_error`; nothing if that is
/// no name.
pub fn plain(name: &Ident) -> Option<Ident> {
    let camel_case = camel_case(&name.to_string());
    let is_name = syn::parse_str::<Ident>(&camel_case).is_ok();
    let is_free = is_name && !RESERVED.contains(&camel_case.as_str());
    is_free.then(|| Ident::new(&camel_case, name.span()))
}

/// `HiddenLayer` → `hidden_layer`
pub fn snake_case(name: &Ident) -> String {
    let mut words = String::new();
    let letters: Vec<char> = name.to_string().chars().collect();
    for (at, &letter) in letters.iter().enumerate() {
        let is_small = |at: usize| letters.get(at).is_some_and(|other| !other.is_uppercase());
        // Before a capital behind a small letter, and before the last of several.
        let begins = letter.is_uppercase()
            && at > 0
            && letters[at - 1] != '_'
            && (is_small(at - 1) || (at + 1 < letters.len() && is_small(at + 1)));
        if begins {
            words.push('_');
        }
        words.extend(letter.to_lowercase());
    }
    words
}

/// `hidden_layer` → `HiddenLayer`
fn camel_case(name: &str) -> String {
    let words = name.split('_').filter(|word| !word.is_empty());
    let capitalised = words.map(|word| {
        let mut letters = word.chars();
        let first = letters.next().map(|letter| letter.to_uppercase().to_string());
        first.unwrap_or_default() + letters.as_str()
    });
    capitalised.collect()
}
