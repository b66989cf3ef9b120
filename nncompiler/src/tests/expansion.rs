//! Whatever stands between the braces, the macro answers with Rust, and never panics.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use proptest::prelude::*;
use quote::quote;

use crate::pipeline::{self, Mode};

fn expand(text: &str) -> Option<String> {
    let tokens: TokenStream = text.parse().ok()?;
    Some(pipeline::networks(&quote!(::tapeless), tokens, Mode::Recognised).to_string())
}

/// Fragments of the grammar, right and wrong.
const FRAGMENTS: [&str; 71] = [
    "pub",
    "Net",
    "<",
    ">",
    ";",
    ";",
    "linear",
    "relu",
    "softmax",
    "flatten",
    "input",
    "leaky_relu",
    "(784, 128)",
    "(128)",
    "(2)",
    "(3, 4)",
    "()",
    "(-1)",
    "(0)",
    "(1 / 0)",
    "(N)",
    "(0.5)",
    "(99999999999, 2)",
    "(2147483647, 2147483647)",
    "(negative_slope = 0.1)",
    "(slope = 1)",
    "const N: usize = 3;",
    "const N: usize = N + 1;",
    "label:",
    "a:",
    ",",
    "{",
    "}",
    "/// text\n",
    "#[derive(Debug)]",
    "activation f(x) = x * x;",
    "layer l(I) { input x[i: I]; y[i] = x[i]; }",
    "loss m(p; t) = p - t;",
    "=",
    "~",
    "\"text\"",
    "'a",
    "0x10",
    "1e400",
    "residual {",
    "shortcut {",
    "parallel {",
    "parallel(sum) { linear(2); relu }",
    "parallel(product) { linear(2); relu }",
    "repeat _ in 0..2 {",
    "repeat _ in 0..0 { relu }",
    "reuse label",
    "block b< linear(2); relu >",
    "b;",
    "conv2d(2, 3)",
    "input(2, 4, 4);",
    "max_pool2d((2, 1))",
    "batch_norm2d",
    "gru(3); last;",
    "multihead_attention(4, 2)",
    "dropout(1.5)",
    "#[derivatives]",
    "layer s(I) { input x[t: T, i: I]; scan t { h[t, i] = h[t - 1, i] + x[t, i]; } y[i] = h[T - 1, i]; }",
    "layer u(I) { input x[i: I]; state m[i: I] ~ zeros(); m[i] <- mean(batch: x[i]); y[i] = x[i] - m[i]; }",
    "layer p(I) { input x[i: I]; z[i + 1: I + 2] = x[i] else -infinity; y[i] = max(i: z[i]); }",
    "layer r(I, K[2]) { input x[i: I]; require K[0] divides I; index k: K[1]; y[k] = prod(i: x[i]); }",
    "activation g(x; learn a = 1) = if training { a * x + random() } else { batch };",
    "loss w(p[c: C], q[c: C]; label: class; weight[c: C] = 1) { samples = 1; y = prod(c: p[c] - q[c]); }",
    "(per_channel)",
    "optimizer o(w, g; lr = 1 in 0..2, n = false) { state m ~ ones() when n; m <- m + g; w <- lerp(w, m, lr); }",
    "optimizer p(w, g; lr = 1) {",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn no_sequence_of_fragments_makes_it_panic(
        picks in proptest::collection::vec(0..FRAGMENTS.len(), 0..24),
    ) {
        let text: Vec<&str> = picks.into_iter().map(|pick| FRAGMENTS[pick]).collect();
        expand(&text.join(" "));
    }

    #[test]
    fn no_text_makes_it_panic(text in "[a-zA-Z0-9_ (){}\\[\\];:,<>=+*/^~.-]{0,80}") {
        expand(&text);
    }
}

#[test]
fn nesting_is_bounded() {
    for depth in [10, 1000] {
        let text = format!("Net< linear({}2{}, 3) >", "(".repeat(depth), ")".repeat(depth));
        let expansion = expand(&text).expect("tokens");
        assert_eq!(expansion.contains("levels of nesting"), depth > 32);
        let text = format!("Net< linear({}2, 3) >", "-".repeat(2 * depth));
        assert_eq!(expand(&text).expect("tokens").contains("levels of nesting"), 2 * depth > 32);
    }
    // As deep and as long as it gets, at once.
    let deepest = (0..15).fold("1".to_owned(), |inner, _| {
        format!("({inner}{}{})", "*1".repeat(60), "+1".repeat(60))
    });
    assert!(expand(&format!("Net< linear(2, {deepest}) >")).expect("tokens").contains("struct"));
    let text = format!("Net< linear({}2, 3) >", "2 + ".repeat(100_000));
    assert!(expand(&text).expect("tokens").contains("terms"));
}

#[test]
fn the_same_declaration_expands_to_the_same_code() {
    let text = "Net< linear(3, 4); gelu; linear(4); softmax >";
    assert_eq!(expand(text), expand(text));
}

#[test]
fn expansions_hold_no_unsafe_and_no_lint_attribute() {
    let expansion =
        expand("Net< flatten(2, 2); linear(3); softmax; linear(2); gelu >").expect("tokens");
    for word in ["unsafe", "allow (", "expect (", "static mut"] {
        assert!(!expansion.contains(word), "{word}");
    }
}

#[test]
fn raw_identifiers_are_names() {
    let expansion = expand(
        "activation r#match(x; learn r#type = 1) = x * r#type;
         layer r#loop(I) { input r#in[r#move: I]; param r#impl[r#move: I] ~ ones();
             r#pub[r#move] = r#in[r#move] * r#impl[r#move]; }
         loss r#async(r#const; r#trait; r#mut = 1) = abs(r#const - r#trait) * r#mut;
         const r#ref: usize = 3;
         r#struct< r#fn: linear(r#ref, 2); r#match; r#loop; gen: linear(2) >",
    )
    .expect("tokens");
    for written in
        ["r#type", "r#impl", "r#mut", "const r#ref", "type r#struct", "pub r#fn", "r#gen"]
    {
        assert!(expansion.contains(written), "{written} in {expansion}");
    }
    assert!(!expansion.contains("compile_error"), "{expansion}");
}

#[test]
fn no_constant_of_the_user_is_a_pattern_of_generated_code() {
    let text = "Net< linear(2, 3); dropout; softmax >
        loss l(p[c: C]; label: class) { y = sum(c: if c == label { p[c] } else { 0 }); }";
    let expansion = expand(text).expect("tokens");
    for variable in ["key", "batch", "inputs", "pass", "gradient", "outputs", "target"] {
        let hides = format!("const fn {variable} () {{ }}");
        assert!(expansion.contains(&hides), "{variable} in {expansion}");
    }
}

/// A method's name may be that of a trait of the user's, which is then in the way.
#[test]
fn generated_code_calls_by_path() {
    let text = "Net< input(2, 6, 6); conv2d(4, 3); batch_norm2d; dropout; flatten; reshape(4, 16);
            multihead_attention(16, 2); lstm(3); last; layer_norm; linear(3); softmax >
        #[derivatives] Curve< linear(2, 3); tanh >
        loss l(p[c: C]; label: class; weight[c: C] = 1) {
            samples = weight[label];
            y = sum(c: if c == label { p[c] } else { 0 });
        }
        loss m(p; t) = (p - t)^2;";
    for mode in [Mode::Recognised, Mode::Loops] {
        let expansion =
            pipeline::networks(&quote!(::tapeless), text.parse().expect("tokens"), mode);
        assert!(!expansion.to_string().contains("__tapeless_runtime"));
        assert_eq!(method_calls(expansion), Vec::<String>::new());
    }
}

/// `.name(` and `.name::`, but not `0..name(`.
fn method_calls(tokens: TokenStream) -> Vec<String> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let is_mark = |at: usize, mark: char| matches!(tokens.get(at), Some(TokenTree::Punct(one)) if one.as_char() == mark);
    let is_called = |at: usize| match tokens.get(at) {
        Some(TokenTree::Group(group)) => group.delimiter() == Delimiter::Parenthesis,
        _ => is_mark(at, ':') && is_mark(at + 1, ':'),
    };
    let mut calls = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Group(group) => calls.extend(method_calls(group.stream())),
            TokenTree::Ident(name)
                if at > 0
                    && is_mark(at - 1, '.')
                    && is_called(at + 1)
                    && (at < 2 || !is_mark(at - 2, '.')) =>
            {
                calls.push(name.to_string());
            }
            _ => {}
        }
    }
    calls
}
