//! Declarations with a few of their tokens changed.

use proc_macro2::{Group, TokenStream, TokenTree};

use super::written::{declarations, library_definitions};
use crate::tests::random::choices::Choices;

/// What is in none of the written declarations, or in few.
const NETWORKS: [&str; 12] = [
    "const N: usize = 3; pub Net< own: linear(2, N); prelu(per_channel); linear(1) >",
    "pub Net< input(1, 6, 6); conv2d(2, 3, padding = 1); relu; max_pool2d(2); flatten; linear(3) >",
    "Net< input(4, 3); lstm(2, bias = false); last; dropout(0.5); linear(2); softmax >",
    "Net< input(3, 4); multihead_attention(4, 2, causal = true); layer_norm; flatten; linear(1) >",
    "block twice< linear(4); tanh > Net< linear(4, 4); a: twice; residual { reuse a } shortcut { relu } >",
    "Net< linear(4, 4); parallel(sum) { tanh; { linear(2); linear(4) } } repeat _ in 0..2 { relu; linear(4) } >",
    "Net< part: { linear(4, 4); batch_norm1d } parallel { linear(1); linear(2) } glu; linear(2) >",
    "loss l(p; t; a = 1 in 0..=2) = a * (p - t)^2; Net< input(2, 3); positional_encoding; gru(2); last >",
    "optimizer o(w, g; lr = 0.1 in 0..1, b = false) { require lr < 1 when b; state m when b; m <- lerp(m, g, lr); w <- w - lr * (if b { m } else { g }); } Net< linear(2, 1) >",
    "block b(C, K[2]; s = 1)< conv2d(C, K, stride = s); repeat i in 0..C { a: relu } > Net< input(1, 5, 5); b(2, (2, 3), s = 2); flatten; linear(2) >",
    "Part< linear(2, 2); batch_norm1d > Net { input x[i: 2]; input t[s: 3]: index(4); param w[v: 4, i: 2] ~ normal(1); e[s, i] = w[t[s], i]; y, h = gru(3)(e); u = Part(x); v = reuse part(u); s = sum(i: v[i]); g = d(s, x); output h; output p = tanh(g) + x; }",
    "Net { input x[i: 2]; output p = linear(3)(x); output v = linear(1)(x); } loss l(p[a: A], v; c: class, o, tag[s: 2]: class; k = 0.5, w[a: A] = 1) { samples = o; q[a] = log_softmax(p)[a]; y = -q[c] + k * (v - o)^2 + sum(m in batch: if m == this { 0 } else { p[m, 0] }) + sum(s: w[0] * q[tag[s]]); }",
];

/// Numbers and names at which programs break, where another token stood.
const TELLING: [&str; 24] = [
    "0",
    "1",
    "2",
    "3",
    "7",
    "1000",
    "16777217",
    "9223372036854775807",
    "1e400",
    "0.5",
    "infinity",
    "batch",
    "this",
    "training",
    "x",
    "y",
    "N",
    "T",
    "relu",
    "d",
    "class",
    "index",
    "true",
    "_",
];

/// Definitions and networks to change, and the tokens to change them with.
pub struct Material {
    texts: Vec<TokenStream>,
    tokens: Vec<TokenTree>,
    /// Statements and layers, up to their `;`.
    statements: Vec<Vec<TokenTree>>,
}

impl Material {
    /// The texts that are accepted as they are.
    pub fn new(is_accepted: impl Fn(&TokenStream) -> bool) -> Self {
        let read = |text: &String| text.parse::<TokenStream>().expect("tokens of the library");
        let used = |text: String| uses(&text).iter().map(read).find(|tokens| is_accepted(tokens));
        let of_library = library_definitions().into_iter().filter_map(used);
        let written = declarations().into_iter().filter(|tokens| is_accepted(tokens));
        let own = NETWORKS.map(|text| text.parse().expect("tokens"));
        let texts: Vec<TokenStream> = of_library.chain(own).chain(written).collect();
        let telling = TELLING.join(" ").parse::<TokenStream>().expect("tokens");
        let mut tokens: Vec<TokenTree> = Vec::new();
        let mut statements = Vec::new();
        for text in &texts {
            collect(text.clone(), &mut tokens, &mut statements);
        }
        // One in nine is a telling one.
        let count = tokens.len() / 8;
        tokens.extend(telling.into_iter().cycle().take(count));
        Self { texts, tokens, statements }
    }

    /// How many texts there are.
    pub fn len(&self) -> usize {
        self.texts.len()
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
        match choices.below(8) {
            0 => drop(trees.remove(at)),
            1 => trees.insert(at, trees[other].clone()),
            2 => trees.swap(at, other),
            3 => trees.insert(at, new),
            4 => {
                let statement = choices.pick(&self.statements).clone();
                let start = start_of_statement(&trees, at);
                trees.splice(start..start, statement).for_each(drop);
            }
            5 => drop(trees.drain(at.min(other)..at.max(other))),
            _ => trees[at] = new,
        }
        trees.into_iter().collect()
    }
}

/// Where the statement begins that a token is in.
fn start_of_statement(trees: &[TokenTree], at: usize) -> usize {
    trees[..at].iter().rposition(ends_statement).map_or(0, |end| end + 1)
}

fn ends_statement(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(mark) if mark.as_char() == ';')
}

/// A definition with networks that may fit it.
fn uses(definition: &str) -> Vec<String> {
    let name = definition.split([' ', '(', '[']).nth(1).unwrap_or_default();
    let with = |network: &str| format!("{definition} {network}");
    if definition.starts_with("loss") || definition.starts_with("optimizer") {
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

fn collect(tokens: TokenStream, all: &mut Vec<TokenTree>, statements: &mut Vec<Vec<TokenTree>>) {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    statements.extend(trees.split_inclusive(ends_statement).map(<[TokenTree]>::to_vec));
    for token in trees {
        if let TokenTree::Group(group) = &token {
            collect(group.stream(), all, statements);
        }
        all.push(token);
    }
}
