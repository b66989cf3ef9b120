//! The identifiers of generated types and fields: none may meet another.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;

use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::resolved::Network;

/// The networks whose names are their own; a layer's type that meets another gets a number.
pub fn distinct(networks: Vec<Network>, diagnostics: &mut Diagnostics) -> Vec<Network> {
    let mut taken = BTreeSet::new();
    let mut kept = Vec::new();
    for mut network in networks {
        let name = network.name.unraw();
        let generic = format!("{name}Of");
        if taken.contains(&name.to_string()) || taken.contains(&generic) {
            let message = format!("the type `{name}` is declared twice in this block");
            diagnostics.report(network.name.span(), message);
            continue;
        }
        taken.extend([name.to_string(), generic]);
        for (number, layer) in network.layers.iter_mut().enumerate() {
            let is_new = taken.insert(layer.structure.to_string());
            if layer.has_parameters() && !is_new {
                let message = format!(
                    "the type of the parameters of `{}` would be `{}`, which is the name of \
                     another type of this block: write another label",
                    layer.field, layer.structure
                );
                diagnostics.report(layer.field.span(), message);
                let numbered = format!("{}{number}", layer.structure);
                layer.structure = Ident::new(&numbered, Span::call_site());
                network.whole = false;
            }
        }
        kept.push(network);
    }
    kept
}

/// The type of a layer's parameters: `NetworkHidden` for the field `hidden` of `Network`.
pub fn structure(network: &Ident, field: &Ident) -> Ident {
    let name = format!("{}{}", network.unraw(), camel_case(&field.unraw().to_string()));
    Ident::new(&name, field.span())
}

/// The type of a loss: `MeanSquaredError` for `mean_squared_error`.
pub fn loss(name: &Ident) -> Ident {
    Ident::new(&camel_case(&name.unraw().to_string()), name.span())
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
