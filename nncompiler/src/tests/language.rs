//! The words of the language as documentation, and where a block names them.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Expr, ExprLit, File, Item, Lit, Meta, MetaNameValue};

use crate::pipeline::{self, Mode};

/// The documentation of every word in a chapter.
fn chapter(name: &str) -> Vec<(String, String)> {
    let file: File = syn::parse_str(&pipeline::language()).expect("items");
    let modules = file.items.into_iter().filter_map(|item| match item {
        Item::Mod(module) if module.ident == name => module.content,
        _ => None,
    });
    let items = modules.flat_map(|(_, items)| items).filter_map(|item| match item {
        Item::Const(item) => Some((item.ident.to_string(), text_of(&item.attrs))),
        _ => None,
    });
    items.collect()
}

/// The lines of a comment, with the spaces that they begin with.
fn text_of(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|one| match &one.meta {
        Meta::NameValue(MetaNameValue {
            value: Expr::Lit(ExprLit { lit: Lit::Str(line), .. }),
            ..
        }) => {
            let line = line.value();
            Some(line.strip_prefix(' ').map_or(line.clone(), ToOwned::to_owned))
        }
        _ => None,
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn documentation(name: &str, word: &str) -> String {
    let entry = chapter(name).into_iter().find(|(other, _)| other == word);
    entry.unwrap_or_else(|| panic!("`{word}` in {name}")).1
}

#[test]
fn every_layer_activation_loss_and_optimizer_shows_what_is_derived() {
    let shows = |text: &str, title: &str| {
        let part = text.split(title).nth(1);
        part.is_some_and(|part| part.split("```").nth(1).is_some_and(|code| code.len() > 10))
    };
    for (name, titles) in [
        ("layers", &["# Equations", "# Derived", "# Example"][..]),
        ("activations", &["# Equations", "# Derived", "# Example"]),
        ("losses", &["# Equations", "# Derived", "# Example"]),
        ("optimizers", &["# Equations", "# Derived", "# Example"]),
    ] {
        let entries = chapter(name);
        assert!(entries.len() > 5, "{name}");
        // The sum and the product of two ways have a group for their name.
        let is_group = |word: &str| ["add", "mul"].contains(&word);
        for (word, text) in entries.iter().filter(|(word, _)| !is_group(word)) {
            for title in titles {
                assert!(shows(text, title), "{title} of `{word}` in {name}:\n{text}");
            }
        }
    }
}

#[test]
fn a_layer_is_documented_by_its_text() {
    let text = documentation("layers", "linear");
    for part in [
        "Affine map",
        "    param weight[o: O, i: I] ~ uniform(1 / sqrt(I));\n",
        "| `bias` | `true` |",
        "  dweight[o,i] = Σ_batch dy[o]·x[i] ",
    ] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    assert!(documentation("functions", "tanh").contains("`1 - y ^ 2`"));
    assert!(documentation("losses", "huber").contains("| `delta` | `1` | `0..=infinity` |"));
    assert!(documentation("optimizers", "sgd").contains("| `nesterov` | `false` |"));
    assert!(documentation("losses", "huber").contains("Huber { delta: 1.0, ..Huber::default() }"));
}

fn expansion(block: &str) -> String {
    let tokens: TokenStream = block.parse().expect("tokens");
    pipeline::networks(&quote!(::tapeless), tokens, Mode::Recognised).to_string()
}

#[test]
fn words_are_named_by_their_paths() {
    let own = "activation own(x) = x * sigmoid(x); layer f(I) { input x[i: I]; y[i] = own(x[i]); }";
    let text = expansion(&format!("{own} Net< linear(2, 1); f; own >"));
    for path in [
        "words :: equation :: sigmoid ",
        "words :: equation :: own ",
        "words :: chain :: linear ",
        "words :: chain :: f ",
        ":: tapeless :: language :: statements :: layer ",
    ] {
        assert!(text.contains(path), "{path} in {}", &text[..1000]);
    }
    // rustc would say that there is no such word.
    assert!(!expansion("Net< linear(2, 2); x: relu >").contains(":: x "));
}

/// An editor completes half of a word if it finds it where the whole of a longer word would stand.
#[test]
fn half_of_a_word_stands_where_a_longer_one_does() {
    let layer = "layer f(I) { input x[i: I]; param u[i: I] ~ normal(1); y[i] = u[i] * x[i]; }";
    for (block, half) in [
        (format!("Net< linear(2, 1); li {layer}"), "li"),
        (format!("/// One.\n activation g(x) = x * si\n {layer} Net< linear(2, 1) >"), "si"),
        (layer.replace("normal(1)", "no"), "no"),
        (format!("{layer} Net< linear(2, 1) /* li */; ta >"), "ta"),
    ] {
        let place = block.rfind(half).expect("half of a word") + half.len();
        let longer = [&block[..place], "Longer ", &block[place..]].concat();
        let before = |block: &str, word: &str| {
            let text = expansion(block);
            let at =
                text.find(&format!(":: {word} ")).unwrap_or_else(|| panic!("{word} in {block}"));
            text[..at].to_owned()
        };
        assert_eq!(before(&longer, &format!("{half}Longer")), before(&block, half));
    }
}
