//! Declarations that somebody has written: the library's, and those of this repository's tests, examples and
//! README.

use std::collections::BTreeSet;
use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};

use crate::frontend::mentions::end_of_item;
use crate::stages::blocks;

/// Texts of definitions.
const TEXTS: [&str; 4] = [
    include_str!("../../frontend/library/activations.eq"),
    include_str!("../../frontend/library/layers.eq"),
    include_str!("../../frontend/library/losses.eq"),
    include_str!("../../frontend/library/optimizers.eq"),
];

const FOLDERS: [&str; 5] =
    ["tests", "tests/gradients", "tests/goldens", "tests/random", "examples"];

/// Longer declarations are left out: they would take the time of many.
const MOST_TOKENS: usize = 700;

/// Each definition of the library by itself, under a name of its own.
pub fn library_definitions() -> Vec<String> {
    TEXTS.iter().flat_map(|text| definitions(text)).collect()
}

/// The networks, losses and optimizers of this repository, each with what it is made of, and small blocks as
/// they are.
pub fn declarations() -> Vec<TokenStream> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut all: Vec<String> = Vec::new();
    for folder in FOLDERS {
        all.extend(rust_files(&root.join(folder)));
    }
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap_or_default();
    let fences = readme.split("```rust\n").skip(1).filter_map(|text| text.split("```").next());
    all.extend(fences.map(str::to_owned));
    let all = all.iter().filter_map(|text| text.parse().ok()).flat_map(blocks).flat_map(programs);
    all.filter(|tokens| size(tokens.clone()) <= MOST_TOKENS).collect()
}

/// The texts of a folder's files and of those one below it, in the order of their names.
fn rust_files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    let inside = |path: std::path::PathBuf| if path.is_dir() { path.join("main.rs") } else { path };
    let files = paths
        .into_iter()
        .map(inside)
        .filter(|path| path.extension().is_some_and(|one| one == "rs"));
    files.filter_map(|path| std::fs::read_to_string(path).ok()).collect()
}

/// How many tokens there are, groups opened.
fn size(tokens: TokenStream) -> usize {
    let inside = |token| match token {
        TokenTree::Group(group) => 2 + size(group.stream()),
        _ => 1,
    };
    tokens.into_iter().map(inside).sum()
}

/// A block, and each of its items with the others that it names.
fn programs(block: TokenStream) -> Vec<TokenStream> {
    let items = items(block.clone());
    let names: Vec<Option<String>> = items.iter().map(name).collect();
    let words: Vec<BTreeSet<String>> = items.iter().map(words).collect();
    let with_its_parts = |at: usize| {
        let mut made_of = BTreeSet::from([at]);
        let mut pending = vec![at];
        while let Some(one) = pending.pop() {
            for (other, name) in names.iter().enumerate() {
                let is_named = name.as_ref().is_some_and(|name| words[one].contains(name));
                if is_named && made_of.insert(other) {
                    pending.push(other);
                }
            }
        }
        made_of.into_iter().map(|one| items[one].clone()).collect::<TokenStream>()
    };
    std::iter::once(block).chain((0..items.len()).map(with_its_parts)).collect()
}

fn items(block: TokenStream) -> Vec<TokenStream> {
    let tokens: Vec<TokenTree> = block.into_iter().collect();
    let mut rest = &tokens[..];
    let mut items = Vec::new();
    while !rest.is_empty() {
        let (item, after) = rest.split_at(end_of_item(rest).clamp(1, rest.len()));
        items.push(item.iter().cloned().collect());
        rest = after;
    }
    items
}

/// What an item is called: the word before its parentheses, braces, layers or type.
fn name(item: &TokenStream) -> Option<String> {
    let tokens: Vec<TokenTree> = item.clone().into_iter().collect();
    tokens.windows(2).find_map(|pair| match pair {
        [TokenTree::Ident(name), TokenTree::Group(_)] if name != "pub" => Some(name.to_string()),
        [TokenTree::Ident(name), TokenTree::Punct(mark)] if matches!(mark.as_char(), '<' | ':') => {
            Some(name.to_string())
        }
        _ => None,
    })
}

fn words(tokens: &TokenStream) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for token in tokens.clone() {
        match token {
            TokenTree::Group(group) => all.extend(words(&group.stream())),
            TokenTree::Ident(word) => drop(all.insert(word.to_string())),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
    all
}

/// The definitions of a text, each by itself.
fn definitions(text: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with("//")) {
        let line = line.strip_prefix("pub ").unwrap_or(line);
        match line.split_once(' ') {
            Some((keyword @ ("layer" | "activation" | "loss" | "optimizer"), rest)) => {
                // Of a text with several names, each.
                let rest = rest.replace("], ", "], own_");
                all.push(format!("{keyword} own_{rest}\n"));
            }
            _ => {
                if let Some(definition) = all.last_mut() {
                    definition.push_str(line);
                    definition.push('\n');
                }
            }
        }
    }
    all
}
