//! The names of generated types: none may meet another.

use std::collections::BTreeMap;

use proc_macro2::{Ident, Span};

use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::resolved::{Loss, Network};

/// The names that generated code gives to types of its own beside those of losses.
const RESERVED: [&str; 5] = ["I", "Self", "T", "Total", "Y"];

/// Who has which type's name so far.
#[derive(Default)]
pub struct TypeNames(BTreeMap<String, String>);

impl TypeNames {
    /// The networks whose names are their own. A layer's type that meets another gets a number.
    pub fn of_networks(
        &mut self,
        networks: Vec<Network>,
        diagnostics: &mut Diagnostics,
    ) -> Vec<Network> {
        let mut kept = Vec::new();
        for mut network in networks {
            let (name, owner) =
                (network.name.to_string(), format!("the network `{}`", network.name));
            let generic = generic(&network.name);
            let names = [name, format!("{generic}States"), generic];
            if let Some((taken, other)) = names.iter().find_map(|name| self.0.get_key_value(name)) {
                let message = if *other == owner {
                    format!("{owner} is declared twice in this block")
                } else {
                    format!("the type `{taken}` belongs to {other} already; choose another name")
                };
                diagnostics.report(network.name.span(), message);
                continue;
            }
            self.0.extend(names.map(|name| (name, owner.clone())));
            self.of_layers(&mut network, diagnostics);
            kept.push(network);
        }
        kept
    }

    fn of_layers(&mut self, network: &mut Network, diagnostics: &mut Diagnostics) {
        for (number, layer) in network.layers.iter_mut().enumerate() {
            let owner = format!("the layer `{}` of `{}`", layer.field, network.name);
            let names = layer.types().into_iter().map(|name| name.to_string());
            let taken =
                names.filter_map(|name| Some((self.0.insert(name.clone(), owner.clone())?, name)));
            let Some((other, name)) = taken.last() else { continue };
            let message = format!(
                "the type of this layer's parameters would be `{name}`, which belongs to {other} \
                 already; write another label"
            );
            diagnostics.report(layer.field.span(), message);
            layer.structure =
                Ident::new(&format!("{}{number}", layer.structure), Span::call_site());
            network.whole = false;
        }
    }

    /// The losses whose types' names are their own; those of one name have one type.
    pub fn of_losses(&mut self, losses: Vec<Loss>, diagnostics: &mut Diagnostics) -> Vec<Loss> {
        let mut kept = Vec::new();
        for loss in losses {
            let (name, owner) = (loss.structure.to_string(), format!("the loss `{}`", loss.name));
            match self.0.get(&name) {
                Some(other) if *other != owner => {
                    let message = format!(
                        "the type of this loss would be `{name}`, which belongs to {other} \
                         already; choose another name"
                    );
                    diagnostics.report(loss.name.span(), message);
                }
                _ => {
                    self.0.insert(name, owner);
                    kept.push(loss);
                }
            }
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

/// The type of a loss: `MeanSquaredError` for `mean_squared_error`; nothing if that is no name.
pub fn loss(name: &Ident) -> Option<Ident> {
    let camel_case = camel_case(&name.to_string());
    let is_name = syn::parse_str::<Ident>(&camel_case).is_ok();
    let is_free = is_name && !RESERVED.contains(&camel_case.as_str());
    is_free.then(|| Ident::new(&camel_case, name.span()))
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
