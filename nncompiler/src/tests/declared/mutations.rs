//! Declarations with a few of their tokens changed.

use proc_macro2::{Group, TokenStream, TokenTree};

use crate::tests::random::choices::Choices;

/// Texts with everything that the language has.
const TEXTS: [&str; 3] = [
    include_str!("../../frontend/library/activations.eq"),
    include_str!("../../frontend/library/layers.eq"),
    include_str!("../../frontend/library/losses.eq"),
];

const NETWORKS: [&str; 9] = [
    "const N: usize = 3; #[derivatives] pub Net< own: linear(2, N); prelu(per_channel); linear(1) >",
    "pub Net< input(1, 6, 6); conv2d(2, 3, padding = 1); relu; max_pool2d(2); flatten; linear(3) >",
    "Net< input(4, 3); lstm(2, bias = false); last; dropout(0.5); linear(2); softmax >",
    "Net< input(3, 4); multihead_attention(4, 2, causal = true); layer_norm; flatten; linear(1) >",
    "block twice< linear(4); tanh > Net< linear(4, 4); a: twice; residual { reuse a } shortcut { relu } >",
    "Net< linear(4, 4); parallel(sum) { tanh; { linear(2); linear(4) } } repeat _ in 0..2 { relu; linear(4) } >",
    "Net< part: { linear(4, 4); batch_norm1d } parallel { linear(1); linear(2) } glu; linear(2) >",
    "loss l(p; t; a = 1 in 0..=2) = a * (p - t)^2; Net< input(2, 3); positional_encoding; gru(2); last >",
    "optimizer o(w, g; lr = 0.1 in 0..1, b = false) { require lr < 1 when b; state m when b; m <- lerp(m, g, lr); w <- w - lr * (if b { m } else { g }); } Net< linear(2, 1) >",
];

/// Definitions and networks to change, and the tokens to change them with.
pub struct Material {
    texts: Vec<TokenStream>,
    tokens: Vec<TokenTree>,
}

impl Material {
    /// The texts that are accepted as they are.
    pub fn new(is_accepted: impl Fn(&str) -> bool) -> Self {
        let definitions = TEXTS.iter().flat_map(|text| definitions(text));
        let used = |text: String| uses(&text).into_iter().find(|text| is_accepted(text));
        let texts = definitions.filter_map(used).chain(NETWORKS.map(str::to_owned));
        let texts: Vec<TokenStream> =
            texts.map(|text| text.parse().expect("tokens of the library")).collect();
        let mut tokens = Vec::new();
        for text in &texts {
            collect(text.clone(), &mut tokens);
        }
        Self { texts, tokens }
    }

    /// One of the texts with some tokens changed.
    pub fn mutant(&self, choices: &mut Choices) -> TokenStream {
        let mut text = choices.pick(&self.texts).clone();
        for _ in 0..=choices.below(3) {
            text = self.changed(text, choices);
        }
        text
    }

    fn changed(&self, tokens: TokenStream, choices: &mut Choices) -> TokenStream {
        let mut trees: Vec<TokenTree> = tokens.into_iter().collect();
        let groups: Vec<usize> =
            (0..trees.len()).filter(|&at| matches!(trees[at], TokenTree::Group(_))).collect();
        if !groups.is_empty() && choices.below(4) > 0 {
            let at = *choices.pick(&groups);
            if let TokenTree::Group(group) = &trees[at] {
                let inner = self.changed(group.stream(), choices);
                trees[at] = Group::new(group.delimiter(), inner).into();
            }
            return trees.into_iter().collect();
        }
        let new = choices.pick(&self.tokens).clone();
        if trees.is_empty() {
            return new.into();
        }
        let (at, other) = (choices.below(trees.len()), choices.below(trees.len()));
        match choices.below(5) {
            0 => drop(trees.remove(at)),
            1 => trees.insert(at, trees[other].clone()),
            2 => trees.swap(at, other),
            3 => trees.insert(at, new),
            _ => trees[at] = new,
        }
        trees.into_iter().collect()
    }
}

/// The definitions of a text, each by itself.
fn definitions(text: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with("//")) {
        let line = line.strip_prefix("pub ").unwrap_or(line);
        match line.split_once(' ') {
            Some((keyword @ ("layer" | "activation" | "loss"), rest)) => {
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

/// A definition with networks that may fit it.
fn uses(definition: &str) -> Vec<String> {
    let name = definition.split([' ', '(']).nth(1).unwrap_or_default();
    let with = |network: &str| format!("{definition} {network}");
    if definition.starts_with("loss") {
        return vec![with("Net< linear(2, 3) >")];
    }
    let mut all = Vec::new();
    for input in ["4", "4, 4", "4, 4, 4"] {
        for sizes in ["", "(2)", "(2, 2)", "(2, 3, 1)", "(2, 2, 1, 3)"] {
            all.push(with(&format!("Net< input({input}); {name}{sizes} >")));
        }
    }
    all
}

fn collect(tokens: TokenStream, all: &mut Vec<TokenTree>) {
    for token in tokens {
        if let TokenTree::Group(group) = &token {
            collect(group.stream(), all);
        }
        all.push(token);
    }
}
