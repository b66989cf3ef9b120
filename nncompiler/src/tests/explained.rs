//! What people read of a declaration: the lines that say it.

use crate::stages::stages;

/// What is explained of everything that a text declares.
fn explained(text: &str) -> String {
    let stages = stages(text).unwrap_or_else(|messages| panic!("{text}: {messages:?}"));
    let explained = stages.iter().filter(|stage| stage.name == "explained");
    explained.map(|stage| stage.text.as_str()).collect()
}

/// These lines stand in the text one after the other.
#[track_caller]
fn assert_lines(text: &str, lines: &[&str]) {
    assert!(text.contains(&lines.join("\n")), "{lines:#?} in\n{text}");
}

#[test]
fn cross_entropy_with_its_defaults_is_softmax_without_the_target() {
    let losses = explained(include_str!("../frontend/library/losses.eq"));
    assert_lines(
        &losses,
        &[
            "cross_entropy(logits, label; weight = 1, label_smoothing = 0)",
            "  m = stop(max_c logits[c])",
            "  normaliser = ln(Σ_c e^(logits[c] − m))",
            "  y = normaliser − (logits[label] − m)",
            "  dy = 1/batch",
            "  dlogits = dy·(softmax(logits) − onehot(label))",
            "cross_entropy(logits, label; weight, label_smoothing)",
        ],
    );
    assert_lines(&losses, &["  y = −p[label]", "  dy = 1/batch", "  dp = −dy·onehot(label)"]);
}

#[test]
fn a_softmax_is_recognised_however_it_is_written() {
    let loss =
        |value: &str| explained(&format!("loss own(x[c: C]; label: class) {{ y = {value}; }}"));
    let plain = loss("ln(sum(c: exp(x[c]))) - x[label]");
    // What keeps it from overflowing is said too.
    assert_lines(
        &plain,
        &["  shift = stop(if abs(max_c x[c]) = ∞ { 0 } else { max_c x[c] })", "  dy = 1/batch"],
    );
    assert_lines(&plain, &["  dx = dy·(softmax(x) − onehot(label))"]);
    let other = loss("ln(sum(c: exp(2 * x[c]))) - x[label]");
    assert!(!other.contains("softmax"), "{other}");
}

#[test]
fn scans_are_loops_with_a_direction() {
    let text = explained(
        "layer grid() {
            input x[h: H, w: W];
            param a ~ constant(0.1);
            scan h { scan w { s[h, w] = tanh(x[h, w] + a * s[h - 1, w] + a * s[h, w - 1]); } }
            y[h, w] = s[h, w];
        }
        Net< linear(12, 12); reshape(3, 4); grid >",
    );
    assert_lines(
        &text,
        &[
            "  for h = 0 … 2:",
            "    for w = 0 … 3:",
            "      s[h,w] = tanh(x[h,w] + a·s[h − 1,w] + a·s[h,w − 1]) else 0",
            "  y[h,w] = s[h,w]",
        ],
    );
    assert_lines(
        &text,
        &[
            "  for h = 2 … 0:",
            "    for w = 3 … 0:",
            "      ds[h,w − 1] += ds[h,w]·(1 − s[h,w]^2)·a",
        ],
    );
}

#[test]
fn a_kernel_stands_only_beside_what_it_computes() {
    let text = explained("Net< input(3): index(5); embedding(4); multihead_attention(4, 2) >");
    assert_lines(&text, &["  dweight[token[l],d] += dy[l,d]\n"]);
    assert_lines(&text, &["  dweight[h,s,t] += dtotal[h,s]\n"]);
}

#[test]
fn nested_choices_say_what_they_repeat_once() {
    let text = explained(
        "activation kinked(x) = min(max(x, -1), clamp(2 * x, -0.5, 0.5));
         Net< linear(3, 3); kinked; linear(1) >",
    );
    let line = text.lines().find(|line| line.starts_with("  dx = (if x")).expect("a gradient");
    assert!(line.chars().count() < 200, "{line}");
    assert_lines(&text, &["    where b = max(x, −1)"]);
}

#[test]
fn what_is_read_is_said_where_it_is_not_the_layer_above() {
    let text = explained(
        "Net {
            input a[i: 2]; input b[i: 3];
            h = tanh(linear(4)(concat(a, b)));
            output y = linear(1)(h);
            output z = linear(1)(h);
        }
        Chain< linear(2, 2); residual { relu; linear(2) } >",
    );
    assert!(text.contains("concat(2, 3) of a, b "), "{text}");
    assert!(text.contains("\ny: linear(4, 1) "), "{text}");
    assert!(text.contains("\nz: linear(4, 1) of h "), "{text}");
    assert!(text.contains("\n1.add: add of 1.main.1, 0 "), "{text}");
}

#[test]
fn a_derivative_is_not_called_as_the_gradient_of_a_loss() {
    let text = explained(
        "Net {
            input x[i: 3];
            output y = <linear(2); tanh; linear(2)>(x);
            output slope = d(y, x);
        }",
    );
    assert_lines(&text, &["  ∂y.0.y[i] = ∂y.1.y[i]·(1 − y.1.y[i]^2)"]);
    assert_lines(&text, &["  dy.1.y[i] = −2·y.1.y[i]·d∂y.0.t0[i]·∂y.1.y[i]"]);
    assert!(!text.contains("dropped"), "{text}");
}

#[test]
fn a_product_in_an_exponent_stands_in_parentheses() {
    let text = explained(
        "layer bumps() { input x[i: I]; param w[i: I] ~ ones(); y[i] = exp(-w[i] * x[i]) * exp(-x[i]) * w[i]; }
        Net< input(3); bumps >",
    );
    assert_lines(&text, &["  y[i] = e^(−w[i]·x[i])·e^−x[i]·w[i]"]);
}

#[test]
fn what_a_state_becomes_is_said_once_with_an_arrow() {
    let text = explained("Net< linear(2, 3); batch_norm1d >");
    assert_lines(&text, &["  running_mean[c] ← 0.9·running_mean[c] + 0.1·(m[c] + rest[c])"]);
    assert_eq!(text.matches("running_mean[c] ←").count(), 1, "{text}");
    assert!(!text.contains("running_mean[c] ="), "{text}");
}
