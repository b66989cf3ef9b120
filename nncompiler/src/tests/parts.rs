//! Arrays that are joined: each is written where it belongs, once.

use super::compiled;
use super::programs::check_schedules;
use crate::pipeline::Mode;

/// How many statements the prediction of a batch has.
fn statements(text: &str) -> usize {
    compiled(text, Mode::Recognised).predict.functions[0].function.body.len()
}

#[test]
fn arrays_are_joined_in_one_pass() {
    let inputs = [("a", 3), ("b", 4), ("c", 1)];
    for (joined, count) in [
        ("concat(a, b)", 2),
        ("concat(a, b, c)", 3),
        ("concat(concat(a, b), concat(c, a), b)", 5),
        ("concat(dim = 2)(a, a, a)", 3),
        ("concat(tanh(a), b)", 2),
        ("circular_pad1d(b)", 3),
    ] {
        let is_read =
            |name: &str| joined.split(|one: char| !one.is_alphanumeric()).any(|word| word == name);
        let inputs = inputs.iter().filter(|(name, _)| is_read(name));
        let inputs = inputs.map(|(name, size)| format!("input {name}[i: {size}, j: 2];"));
        let inputs = inputs.collect::<Vec<_>>().join(" ");
        let text = format!("Net {{ {inputs} output y = {joined}; }}");
        check_schedules(&text, &[1, 2, 3, 17]);
        assert_eq!(statements(&text), count, "{text}");
    }
}

#[test]
fn what_is_read_beside_stays() {
    let text = "Net { input a[i: 3]; input b[i: 4]; y = concat(a, b); output z = concat(y, a); output s = sum(k: y[k]^2); }";
    check_schedules(text, &[1, 2, 3]);
    // Parts that meet add up, and what nothing reaches is 0.
    for layer in [
        "layer f() { input x[i: I]; a[i + 0: 6] = x[i] else 0; b[i + 2: 6] = x[i] else 0; y[k] = a[k] + b[k]; }",
        "layer f() { input x[i: I]; a[i + 0: 9] = x[i] else 0; b[i + 5: 9] = x[i] else 0; y[k] = a[k] + b[k]; }",
        "layer f() { input x[i: I]; a[2 * i: 8] = x[i] else 0; b[2 * i + 1: 8] = x[i] else 0; y[k] = a[k] + b[k]; }",
        "layer f() { input x[i: I]; a[i + 0: 8] = x[i] else 0; b[i + 4: 8] = x[i] else 0; y[k] = a[k] + b[k] * a[k]; }",
    ] {
        check_schedules(&format!("{layer} Net< input(4); f; linear(2) >"), &[1, 2, 3]);
    }
}
