//! What the attributes of a network say of its parameters and inputs.

use syn::punctuated::Punctuated;
use syn::{Attribute, LitStr, Meta, Token};

use super::walk::Walk;
use crate::frontend::resolved::{LocalRole, NetworkInput, Numbers};
use crate::frontend::syntax::{FROZEN, INPUT_GRADIENTS};

/// The attributes that the network's types have too.
pub fn of_types(attributes: &[Attribute]) -> Vec<Attribute> {
    let is_own =
        |one: &Attribute| one.path().is_ident(FROZEN) || one.path().is_ident(INPUT_GRADIENTS);
    attributes.iter().filter(|one| !is_own(one)).cloned().collect()
}

impl Walk<'_> {
    /// `#[frozen("body.", "head.bias")]`: these parameters become states that nothing moves.
    pub fn freeze(&mut self) {
        let network = self.network;
        for attribute in network.attributes.iter().filter(|one| one.path().is_ident(FROZEN)) {
            let names =
                attribute.parse_args_with(Punctuated::<LitStr, Token![,]>::parse_terminated);
            match names {
                Ok(names) if !names.is_empty() => {
                    names.iter().for_each(|name| self.freeze_below(name));
                }
                _ => {
                    let message = "`frozen` names parameters in quotes, or with a dot at the end all that \
                                   are below it: `#[frozen(\"body.\")]`";
                    self.diagnostics.report(attribute.pound_token.span, message);
                }
            }
        }
    }

    /// Freezes a parameter, or all below a prefix that ends with a dot.
    fn freeze_below(&mut self, name: &LitStr) {
        let text = name.value();
        let is_meant = |key: &str| key == text || text.ends_with('.') && key.starts_with(&text);
        let (mut is_found, mut is_in_network) = (false, false);
        for layer in self.layers.iter_mut().filter(|layer| layer.shares.is_none()) {
            let keys: Vec<String> =
                layer.equations.arrays.iter().map(|array| layer.full_key(&array.key)).collect();
            for (array, key) in layer.equations.arrays.iter_mut().zip(keys) {
                let (LocalRole::Parameter(initialiser) | LocalRole::State(initialiser)) =
                    &array.role
                else {
                    continue;
                };
                if is_meant(&key) {
                    is_found = true;
                    is_in_network |= !layer.within.is_empty();
                    array.role = LocalRole::State(*initialiser);
                }
            }
        }
        if is_in_network {
            let message = format!(
                "parameters of a network inside another are frozen by an optimizer's group: \
                 `optimizer.set_group(\"{text}\", Group {{ frozen: true, ..Group::default() }})`"
            );
            self.diagnostics.report(name.span(), message);
        } else if !is_found && self.whole && self.complete {
            let message = format!("no parameter of `{}` is called `{text}`", self.network.name);
            self.diagnostics.report(name.span(), message);
        }
    }

    /// The inputs, by their numbers, on which `#[input_gradients]` asks for gradients.
    pub fn differentiated_inputs(&mut self, inputs: &[NetworkInput]) -> Vec<usize> {
        let is_it = |one: &&Attribute| one.path().is_ident(INPUT_GRADIENTS);
        let Some(attribute) = self.network.attributes.iter().find(is_it) else {
            return Vec::new();
        };
        let (name, span) = (&self.network.name, attribute.pound_token.span);
        if !matches!(attribute.meta, Meta::Path(_)) {
            let message = "`input_gradients` stands alone: `#[input_gradients]`";
            self.diagnostics.report(span, message);
        }
        let is_real = |&at: &usize| matches!(inputs[at].numbers, Numbers::Real);
        let reals: Vec<usize> = (0..inputs.len()).filter(is_real).collect();
        if reals.is_empty() && self.whole && self.complete {
            let message =
                format!("`{name}` has no input of real numbers: integers have no gradient");
            self.diagnostics.report(span, message);
        }
        reals
    }
}
