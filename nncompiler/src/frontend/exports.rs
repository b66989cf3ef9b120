//! What other blocks can use of one: each definition that others see, with those that it is made of and
//! with the values of constants in place of their names.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::quote;
use syn::ext::IdentExt;

use super::mentions::OwnItem;
use super::resolved::{Constant, ConstantValue};

/// A definition that others see.
pub struct Export {
    pub visibility: TokenStream,
    pub name: Ident,
    pub item: OwnItem,
    /// Its name, and the items that it is made of.
    pub bundle: TokenStream,
}

/// The exports among the items of a block; two losses of one name are one.
pub fn exports(items: &[OwnItem], constants: &[Constant]) -> Vec<Export> {
    let mut seen = BTreeSet::new();
    let is_first = |item: &&OwnItem| seen.insert(item.name.to_string());
    let visible = items.iter().filter(|item| !item.visibility.is_empty()).filter(is_first);
    visible.map(|item| export(item, items, constants)).collect()
}

fn export(item: &OwnItem, items: &[OwnItem], constants: &[Constant]) -> Export {
    let mut made_of = BTreeSet::from([item.name.to_string()]);
    loop {
        let is_part = |one: &&OwnItem| made_of.contains(&one.name.to_string());
        let mentioned: Vec<String> =
            items.iter().filter(is_part).flat_map(|one| one.mentioned.clone()).collect();
        let known = mentioned.into_iter().filter(|name| items.iter().any(|one| one.name == *name));
        let before = made_of.len();
        made_of.extend(known);
        if made_of.len() == before {
            break;
        }
    }
    let parts = items.iter().filter(|one| made_of.contains(&one.name.to_string()));
    let values: BTreeMap<String, TokenTree> =
        constants.iter().map(|one| (one.name.to_string(), value(one))).collect();
    let parts = parts.map(|one| {
        let (attributes, tokens) = (&one.attributes, one.tokens.clone());
        let tokens = with_values(tokens, &one.declared, &values);
        quote!(#attributes #tokens)
    });
    let (name, visibility) = (item.name.clone(), item.visibility.clone());
    Export { visibility, bundle: quote!(#name #(#parts)*), name, item: item.clone() }
}

/// The value of a constant, in parentheses: it may have a sign.
fn value(constant: &Constant) -> TokenTree {
    let text = match constant.value {
        ConstantValue::Integer(value) => value.to_string(),
        ConstantValue::Real(value) if value.is_infinite() => "infinity".to_owned(),
        ConstantValue::Real(value) => format!("{value:?}"),
    };
    Group::new(Delimiter::Parenthesis, text.parse().unwrap_or_default()).into()
}

fn with_values(
    tokens: TokenStream,
    declared: &BTreeSet<String>,
    values: &BTreeMap<String, TokenTree>,
) -> TokenStream {
    let tokens = tokens.into_iter().map(|token| match token {
        TokenTree::Group(group) => {
            let inside = with_values(group.stream(), declared, values);
            let mut other = Group::new(group.delimiter(), inside);
            other.set_span(group.span());
            other.into()
        }
        TokenTree::Ident(name) => {
            let text = name.unraw().to_string();
            let value = values.get(&text).filter(|_| !declared.contains(&text));
            value.cloned().unwrap_or(name.into())
        }
        other => other,
    });
    tokens.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frontend::mentions::words;

    #[test]
    fn a_definition_travels_with_what_it_is_made_of() {
        let block = "activation other(x) = x; activation inner(x) = 2 * x;
            #[outputs(unchanged)] pub layer f(I) { input x[i: I]; y[i] = inner(x[i]); }
            pub(crate) block b< linear(3); f >";
        let exports = exports(&words(block.parse().unwrap()).own, &[]);
        let shown: Vec<String> =
            exports.iter().map(|one| format!("{}: {}", one.visibility, one.bundle)).collect();
        assert_eq!(
            shown,
            [
                "pub: f activation inner (x) = 2 * x ; # [outputs (unchanged)] layer f (I) \
                 { input x [i : I] ; y [i] = inner (x [i]) ; }",
                "pub (crate): b activation inner (x) = 2 * x ; # [outputs (unchanged)] layer f (I) \
                 { input x [i : I] ; y [i] = inner (x [i]) ; } block b < linear (3) ; f >",
            ]
        );
    }
}
