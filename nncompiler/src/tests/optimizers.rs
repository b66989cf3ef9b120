//! Optimizers: every message, and what is computed once a step.

use super::carets::check;
use super::{library, messages, verified};
use crate::backend::rust::optimizer::CompiledOptimizer;
use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::{parse, resolve};
use crate::pipeline;

#[test]
fn an_optimizer_takes_a_parameter_and_its_gradient() {
    check(
        "optimizer one(w; lr = 1) { w <- w * lr; }
          ^^^ an optimizer takes a parameter and its gradient: `optimizer one(w, g; lr = 0.01)`
Net< linear(2, 1) >",
    );
    check(
        "optimizer axes(w[i: I], g[i: I]; lr = 1) { w <- w - lr * g; }
          ^^^^ an optimizer takes a parameter and its gradient: `optimizer axes(w, g; lr = 0.01)`",
    );
    check(
        "optimizer short(w, g; lr = 1) = w - lr * g;
                              ^ an optimizer has a body: `{ w <- w - lr * g; }`",
    );
}

#[test]
fn what_an_optimizer_says_has_an_effect() {
    check(
        "optimizer still(w, g; lr = 1) { d = lr * g; }
                ^ no statement updates `w`: write `w <- w - …;`
                                ^ no equation reads `d`: leave this statement out",
    );
    check(
        "optimizer blind(w, g; lr = 1) { w <- w * lr; }
                   ^ no equation reads the gradient `g`",
    );
    check(
        "optimizer frozen(w, g; lr = 1) { state m; w <- w - lr * (g + m); }
                                       ^ no equation updates the state `m`: write `m <- …;`",
    );
    check(
        "optimizer vain(w, g; lr = 1) { state m; m <- m + g; w <- w - lr * g; }
                                     ^ no other equation reads the state `m`: leave it out",
    );
    check(
        "optimizer unread(w, g; lr = 1, a = 1) { require a < 2; w <- w - lr * g; }
                               ^ nothing reads `a`: leave this setting out",
    );
    check(
        "optimizer rest(w, g; lr = 1) { w <- w - lr * g else 0; }
                                                    ^ every element of `w` is written already: leave `else` out",
    );
}

#[test]
fn names_of_an_optimizer_mean_one_thing() {
    check(
        "optimizer unknown(w, g; lr = 1) { w <- w - lr * h; }
                                                ^ nothing is called `h` here; did you mean `g`?",
    );
    check(
        "optimizer later(w, g; lr = 1) { w <- w - lr * d; d = 2 * g; }
                                              ^ nothing is called `d` here; did you mean `g`?",
    );
    check(
        "optimizer gradient(w, g; lr = 1) { g <- 2 * g; w <- w - lr * g; }
                                   ^ `g` is not a state: declare `state g;`",
    );
    check(
        "optimizer equal(w, g; lr = 1) { w = w - lr * g; }
                                ^ `w` is a state: write `w <- …;` for its next value",
    );
    check(
        "optimizer twice(w, g; lr = 1) { w <- w - lr * g; w <- 2 * w; }
                                                 ^ the state `w` is updated twice",
    );
    check(
        "optimizer set(w, g; lr = 1) { lr = 2; w <- w - lr * g; }
                              ^^ `lr` is a setting and cannot be assigned",
    );
    check(
        "optimizer count(w, g; lr = 1, step = 2) { w <- w - lr * step * g; }
                              ^^^^ `step` is the number of the step, from 1: choose another name",
    );
    check(
        "optimizer both(w, g; lr = 1, m = 2) { state m when m > 0; m <- g + m; w <- w - lr * m; }
                                            ^ `m` is a setting already, so it cannot be a state",
    );
    check(
        "optimizer batches(w, g; lr = 1) { w <- w - lr * g / batch; }
                                                    ^^^^^ nothing is called `batch` here; there are `g`, `w`, `lr`, `step`",
    );
}

#[test]
fn settings_of_an_optimizer_are_numbers_or_truths() {
    check(
        "optimizer rateless(w, g; rate = 1) { w <- w - rate * g; }
          ^^^^^^^^ schedules and groups of parameters set the learning rate: write `optimizer rateless(…; lr = 0.01)`",
    );
    check(
        "optimizer truth(w, g; lr = true) { w <- w - lr * g; }
                           ^^^^ groups of parameters set `lr` to a number",
    );
    check(
        "optimizer learned(w, g; learn lr = 1) { w <- w - lr * g; }
                              ^^ an optimizer learns no setting: what it keeps from step to step is a `state`",
    );
    check(
        "optimizer several(w, g; lr[2] = 1) { w <- w - lr * g; }
                        ^^ a setting of an optimizer is one number",
    );
    check(
        "optimizer ranges(w, g; lr = 1 in 0..1) { w <- w - lr * g; }
                            ^ the default 1 is outside of 0..1",
    );
    check(
        "optimizer empty(w, g; lr = 1 in 1..1) { w <- w - lr * g; }
                                ^^^^ no number lies in 1..1",
    );
    check(
        "loss l(p; t; a = 0 in 0..1) = a * (p - t);
             ^ only an optimizer's setting has a range that ends before its last number: write `..=`",
    );
}

#[test]
fn an_optimizer_sees_one_parameter() {
    check(
        "optimizer norm(w, g; lr = 1) { n = sum(i: g[i]); w <- w - lr * g / n; }
                                       ^ an optimizer updates each number by itself: there is no axis to run over",
    );
    check(
        "optimizer element(w, g; lr = 1) { w <- w - lr * g[0]; }
                                                ^^^^ `g` has 0 axes, but 1 are given",
    );
    check(
        "optimizer parts(w, g; lr = 1) { index i: 3; w <- w - lr * g; }
                                ^^^^^ an optimizer updates each number by itself: there is no axis to run over",
    );
    check(
        "optimizer keeps(w, g; lr = 1) { state m[i: 3]; m <- m + g; w <- w - lr * m; }
                                       ^ a state has a number for each parameter: it has no axes",
    );
    check(
        "optimizer takes(w, g; lr = 1) { input x; w <- w - lr * g; }
                                ^^^^^ the arguments of an optimizer, a parameter and its gradient, stand in parentheses: `optimizer name(w, g; lr = 0.01)`",
    );
    check(
        "optimizer learns(w, g; lr = 1) { param p ~ zeros(); w <- w - lr * g; }
                                 ^^^^^ an optimizer learns nothing itself: what it keeps from step to step is a `state`",
    );
    check(
        "optimizer noisy(w, g; lr = 1) { w <- w - lr * (g + random()); }
                                                   ^^^^^^^^ `random()` is for layers: an optimizer draws no numbers",
    );
    check(
        "optimizer stopped(w, g; lr = 1) { w <- w - lr * stop(g); }
                                                ^^^^^^^ an optimizer is not differentiated: leave `stop` out",
    );
    check(
        "optimizer modes(w, g; lr = 1) { w <- w - (if training { lr * g } else { 0 }); }
                                             ^^^^^^^^ an optimizer always trains: leave the condition out",
    );
}

#[test]
fn states_and_requirements_are_of_settings() {
    check(
        "optimizer begins(w, g; lr = 1) { state m ~ constant(g); m <- m + g; w <- w - lr * m; }
                                                    ^ nothing is called `g` here; there is only `lr`",
    );
    check(
        "optimizer random(w, g; lr = 1) { state m ~ uniform(1); m <- m + g; w <- w - lr * m; }
                                           ^^^^^^^ a state begins as `constant(value)`, `zeros()` or `ones()`",
    );
    check(
        "optimizer sometimes(w, g; lr = 1) { state m when step > 3; m <- m + g; w <- w - lr * m; }
                                                 ^^^^ nothing is called `step` here; there is only `lr`",
    );
    check(
        "optimizer number(w, g; lr = 1) { state m when lr; m <- m + g; w <- w - lr * m; }
                                              ^^ expected a comparison, such as `x > 0`",
    );
    check(
        "optimizer requires(w, g; lr = 1) { require lr; w <- w - lr * g; }
                                           ^^ expected a comparison of settings",
    );
    check(
        "optimizer many(w, g; lr = 1, a = 1) {
    state p when a > 1; state q when a > 2; state r when a > 3; state s when a > 4;
    state t when a > 5; state u when a > 6;
                 ^^^^^ the states of an optimizer have at most 4 different conditions
    p <- p + g; q <- q + p; r <- r + q; s <- s + r; t <- t + s; u <- u + t; w <- w - lr * u; }",
    );
}

#[test]
fn types_of_optimizers_meet_no_others() {
    check(
        "optimizer own(w, g; lr = 1) { w <- w - lr * g; }
          ^^^ the type of this optimizer would be `Own`, which belongs to the loss `own` already; choose another name
loss own(p; t) = p - t;
optimizer mine(w, g; lr = 2) { w <- w - lr * g; }
optimizer mine(w, g; lr = 2) { w <- w - lr * g; }
          ^^^^ the type of this optimizer would be `Mine`, which belongs to the optimizer `mine` already; choose another name",
    );
    check(
        "optimizer update(w, g; lr = 1) { w <- w - lr * g; }
          ^^^^^^ the type of this optimizer needs a name of its own: write another one, such as `update_rule`",
    );
    check(
        "#[outputs(probabilities)] optimizer o(w, g; lr = 1) { w <- w - lr * g; }
^ an optimizer takes documentation, `cfg` and lint levels, but not this attribute",
    );
}

/// The one optimizer of a block, compiled.
fn compiled(text: &str) -> CompiledOptimizer {
    let library = library();
    let mut diagnostics = Diagnostics::default();
    let block = parse::block(text.parse().expect("tokens"), &mut diagnostics);
    let mut checked = resolve::block(block, &library, &mut diagnostics);
    assert_eq!(messages(&diagnostics), Vec::<String>::new(), "in {text}");
    let optimizer = checked.optimizers.remove(0);
    pipeline::compile_optimizer(optimizer, &library.tables(), &mut verified)
}

/// Which states are one number, and how many numbers the loops read.
#[test]
fn what_reads_no_parameter_is_computed_once() {
    let compiled = compiled(
        "optimizer o(w, g; lr = 1, a = 0.5, b = 2) {
            state product ~ ones();
            state chain;
            state behind;
            state m;
            product <- product * a;
            chain <- m;
            behind <- chain;
            m <- a * m + (1 - a^step) * g;
            w <- w - lr / product * m - behind * (if b > 1 { g } else { 0 });
        }",
    );
    let single: Vec<bool> = compiled.loops.states.iter().map(|state| state.is_single).collect();
    assert_eq!(single, [true, false, false, false]);
    // a, 1 − a^step, lr / product, and whether b > 1.
    assert_eq!(compiled.loops.numbers.len(), 4);
    assert_eq!(compiled.loops.variants.len(), 1);
}

/// One loop for each set of states; states with one condition come and go together.
#[test]
fn loops_have_the_states_that_settings_ask_for() {
    let compiled = compiled(
        "optimizer o(w, g; lr = 1, a = 0, b = false) {
            state p when a > 0;
            state q when b;
            state r when a > 0;
            p <- p + g;
            q <- q + (if a > 0 { p } else { g });
            r <- r + p;
            w <- w - lr * (if b { q } else { g }) - (if a > 0 { r } else { 0 });
        }",
    );
    let kept: Vec<Vec<usize>> =
        compiled.loops.variants.iter().map(|variant| variant.kept.clone()).collect();
    assert_eq!(kept, [vec![], vec![0, 2], vec![1], vec![0, 1, 2]]);
    let statements = |at: usize| compiled.loops.variants[at].loop_nests.len();
    assert_eq!([0, 1, 2, 3].map(statements), [1, 3, 2, 4]);
}

#[test]
fn explanations_have_an_arrow_before_next_values() {
    let compiled = compiled(
        "optimizer momentum(w, g; lr = 0.1, mu = 0.9, ahead = false) {
            state b;
            d = 2 * g;
            b <- mu * b + d;
            w <- w - lr * (if ahead { d + mu * b } else { b });
        }",
    );
    let expected = "momentum(w, g; lr, mu, ahead)\n  d = 2·g\n  b ← mu·b + d\n  \
                    w ← w − lr·(if ahead { d + mu·b } else { b })\n";
    assert_eq!(compiled.explanations.general.text, expected);
    assert!(
        compiled.explanations.general.latex.contains("b &\\leftarrow \\mathit{mu} \\cdot b + d")
    );
}

/// With settings of 0 and 1, true and false, as numbers: what they leave out is not explained.
#[test]
fn plain_defaults_make_explanations_shorter() {
    let compiled = compiled(
        "optimizer momentum(w, g; lr = 0.1, beta = 0.9, mu = 0, decay = 0, ahead = false) {
            state m;
            state b when mu != 0;
            d = if decay != 0 { g + decay * w } else { g };
            m <- lerp(m, d, 1 - beta);
            b <- mu * b + m;
            w <- w - lr * clamp(if ahead { b } else { m }, -1, 1);
        }",
    );
    let plain = compiled.explanations.plain.expect("plain defaults");
    let expected = "momentum(w, g; lr, beta, mu = 0, decay = 0, ahead = false)\n  \
                    m ← lerp(m, g, 1 − beta)\n  w ← w − lr·clamp(m, −1, 1)\n";
    assert_eq!(plain.text, expected);
    assert!(plain.latex.contains("\\operatorname{lerp}"));
}
