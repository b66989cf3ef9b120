//! Mistakes in the bodies of networks, and in losses of their outputs: each message on its token.

use super::carets::check;

#[test]
fn a_body_has_inputs_outputs_and_what_is_read() {
    check("Net { input x[i: 3]; y = relu(x); }");
    check("Net { input x[i: 3]; input z; param w ~ ones(); h = x + 1; output y = relu(x); }");
    check("Net { input x[i: 3]; input x; y = relu(x); x = y; y = tanh(x); output y; output y; }");
    check("Net { input label: class; output y = label + 1; }");
    check("Net { input x[i: 3]; state s ~ zeros(); require 1 < 2; output y = relu(x); }");
    check(
        "Net { input x[i: 3]; param w ~ ones() when 1; index i: 3; index i: 2; output y = w * x; }",
    );
}

#[test]
fn arrays_in_a_body_have_names_and_shapes() {
    check("Net { input x[i: 3]; output y = linear(2)(z); }");
    check("Net { input x[i: 3]; input z[i: 4]; output y = x * z; output a = add(x, z); }");
    check("Net { input x[i: 3]; output y = 2 * pi; }");
    check("Net { input x[i: 3]; output y[o] = sum(i: x[i, o]); }");
    check("Net { input x[i: N]; output y = relu(x); }");
    check("Net { input x[i: 3]; output y = x[x]; }");
}

#[test]
fn layers_are_applied_to_what_fits() {
    check("Net { input x[i: 3]; output y = linear(4, 2)(x); }");
    check("Net { input x[i: 3]; output y = <linear(4); linear(5, 2)>(x); }");
    check("Net { input x[i: 3]; output y = relu(); output z = <relu; tanh>(x, x); }");
    check("Net { input x[i: 3]; output y = <relu; tanh>; output z = <relu(x); }");
    check("Net { input x[i: 3]; output y = lineer(4)(x); output z = sofmax(x); }");
    check(
        "layer f(N) { input x[n: N]; y = linear(4)(x); } Net { input x[i: 3]; output y = f(x); }",
    );
    check(
        "layer pair(N) { input a[n: N]; input b[n: N]; y[n] = a[n] * b[n]; } Net { input x[i: 3]; input z[i: 2]; output y = pair(x, z); output w = pair(x); output v = pair(x, x, x); }",
    );
    check(
        "Net { input x[i: 3]; a = linear(2)(x); output y = <reuse b>(x); output z = <reuse a>(linear(4)(x)); output a; }",
    );
}

#[test]
fn a_derivative_is_of_what_is_computed() {
    check(
        "Net { input x; input t; u = sin(x); output y = d(u, t); output z = d(u, u); output w = d(u); output t; }",
    );
    check("Net { input x[i: 40]; u = sin(x); output y = d(u, x); }");
    check("Net { input x[i: 6]; u = sin(x); j = d(u, x); output y = d(j, x); }");
}

#[test]
fn a_loss_of_several_outputs_fits_a_network() {
    check(
        "Net { input x[i: 3]; output p = linear(4)(x); output v = linear(1)(x); } loss l(p[a: A], q; t) = (q - t)^2 * p[0];",
    );
    check(
        "Net { input x[i: 3]; output p = linear(4)(x); output v = linear(1)(x); } loss l(p[a: A, b: B], v; t) = (v - t)^2 * p[0, 0];",
    );
    check(
        "Net { input x[i: 3]; output p = linear(4)(x); output v = linear(2)(x); } loss l(p[a: A], v[a: A]; t) = sum(a: p[a] * v[a]) * t;",
    );
    check(
        "Net { input x[i: 3]; output p = linear(4)(x); output v = linear(1)(x); } loss l(p[a: A], v; t, u) { y[a] = p[a] * v * t; }",
    );
    check(
        "Net { input x[i: 3]; output p = linear(4)(x); output v = linear(1)(x); } loss l(p[a: A], v; t, c: class; w[a: A] = 1) = t * v * p[c] * w[c];",
    );
    check(
        "Net { input x[i: 3]; output p = linear(4)(x); output v = linear(1)(x); } loss l(p[a: A], v; t, c: class) = t * v * linear(1)(p)[0] * p[c];",
    );
    check(
        "Net { input x[i: 3]; output p = linear(4)(x); output v = linear(1)(x); } loss l(p[a: A], v; t, c: class; k = 2) = v * sum(a: p[a]);",
    );
    check(
        "Net { input x[i: 3]; output p = linear(4)(x); output v = linear(1)(x); } loss l(p[a: A], v; t) { x = t; y = p[7] * v * t; y = p[t] * x; }",
    );
    check("loss old(p, t) = p - t; loss none(p;) = p;");
}

#[test]
fn names_of_inputs_and_outputs_are_types() {
    check("Net { input a; input b; output y = a + b; } NetInputs< linear(2, 2) >");
}
#[test]
fn draw() {
    use super::library;
    use crate::frontend::diagnostics::Diagnostics;
    use crate::pipeline::{self, Mode};
    let all = std::fs::read_to_string("/tmp/body_cases.txt").unwrap();
    let mut out = String::new();
    for source in all.split("\n%%\n") {
        let mut diagnostics = Diagnostics::default();
        pipeline::networks_with(
            &library(),
            &quote::quote!(::tapeless),
            source.parse().unwrap(),
            Mode::Recognised,
            &mut diagnostics,
        );
        let mut found: Vec<(usize, usize, usize, String)> = diagnostics
            .iter()
            .map(|(m, s)| {
                (
                    s.start().line,
                    s.start().column,
                    s.end().column.saturating_sub(s.start().column),
                    m,
                )
            })
            .collect();
        found.sort();
        out += source;
        out += "\n";
        for (_, c, w, m) in found {
            out += &format!("{}{} {m}\n", " ".repeat(c), "^".repeat(w));
        }
        out += "%%\n";
    }
    std::fs::write("/tmp/body_drawn.txt", out).unwrap();
}
