//! Mistakes where a network is used inside another: each message on its token.

use super::carets::check;

#[test]
fn a_network_is_not_made_of_itself() {
    check(
        "Net< linear(2, 2); Net >
                   ^^^ the network `Net` is made of itself",
    );
    check(
        "A< linear(2, 3); B > B< linear(3, 2); A > C< A >
                 ^ the networks `A` and `B` are made of each other",
    );
    check(
        "block b< linear(3); B >
                    ^ the network `A` is made of itself: `B` is made of it
A< linear(2, 3); b > B< linear(3, 2); C > C< linear(2, 2); A > D { input x[i: 2]; output y = C(x); }",
    );
}

#[test]
fn a_block_may_be_made_of_networks() {
    check(
        "block b< Inner; linear(5, 2) >
                       ^ `linear` expects 5 inputs, but `Inner` above it produces 4; write `linear(4, 2)` or `linear(2)`
Net< linear(2, 3); Inner > Inner< linear(3, 4) >",
    );
    check(
        "block b< Inner >
         ^^^^^ `Inner` expects 3 inputs, but `linear` above it produces 2
Net< linear(2, 2); b > Inner< linear(3, 4) >",
    );
}

#[test]
fn a_network_with_mistakes_is_silent_where_it_is_used() {
    check(
        "Net< linear(2, 3); Inner; linear(7) > Inner< linear(3, 4); rleu >
                                                           ^^^^ no layer is called `rleu`; did you mean `relu`?
Other { input x[i: 3]; y = Inner(x); output z = linear(2)(y); }",
    );
    check(
        "Net< linear(2, 3); Innr > Inner< linear(3, 4) >
                   ^^^^ no layer is called `Innr`; did you mean `Inner`?",
    );
}

#[test]
fn inputs_and_outputs_are_those_of_the_network() {
    check(
        "Net< linear(2, 4); Inner > Inner< linear(3, 4) >
                   ^^^^^ `Inner` expects 3 inputs, but `linear` above it produces 4",
    );
    check(
        "Net { input x[h: 2, w: 2]; output y = Inner(x); } Inner< linear(3, 4) >
                                      ^^^^^ `Inner` expects 3 inputs, but `x` above it produces 2×2",
    );
    check(
        "Net< Inner(3) > Inner< linear(3, 4) >
           ^ the network `Inner` has all its sizes: write `Inner` alone",
    );
    check(
        "Net< linear(2, 3); Two > Two { input a[i: 3]; input b[i: 2]; output u = tanh(a); output v = exp(b); }
                   ^^^ `Two` has 2 inputs, but a chain has one: write a body, `Two(a, b)`",
    );
    check(
        "Net { input x[i: 3]; u, v = Two(x); output y = u + v; } Two { input a[i: 3]; input b[i: 2]; output u = tanh(a); output v = exp(b); }
                            ^^^ `Two` has 2 inputs, but 1 is given: write `Two(a, b)`",
    );
    check(
        "Net { input x[i: 3]; input z[i: 2]; output y = Two(x, z); } Two { input a[i: 3]; input b[i: 2]; output u = tanh(a); output v = exp(b); }
                                               ^^^ `Two` has 2 outputs, but 1 is read: write `u, v = Two(…);` in a body",
    );
    check(
        "Net { input x[i: 3]; input z[i: 2]; u, v, w = Two(x, z); output y = u; } Two { input a[i: 3]; input b[i: 2]; output u = tanh(a); output v = exp(b); }
                                              ^^^ `Two` has 2 outputs, but 3 are read: write `u, v = Two(…);` in a body",
    );
    check(
        "Net { input x[i: 3]; u, _ = Two(x, x); output y = u; } Two { input a[i: 3]; input b[i: 2]; output u = tanh(a); output v = exp(b); }
                            ^^^ `Two` expects `b` to be 2, but it is 3",
    );
    check(
        "Net { input x[i: 3]; output y = Two(x, x); } Two { input a[i: 3]; input b[i: 2]; output u = tanh(a); output v = exp(b); }
                                ^^^ `Two` has 2 outputs, but 1 is read: write `u, v = Two(…);` in a body",
    );
    check(
        "Net< Split > Split { input a[i: 3]; output u = tanh(a); output v = exp(a); }
     ^^^^^ `Split` has 2 outputs, but 1 is read: write `u, v = Split(…);` in a body",
    );
}

#[test]
fn a_network_has_a_label_of_its_own() {
    check(
        "Net< Inner; Inner; other: Inner; reuse inner > Inner< linear(3, 3) >
            ^^^^^ another layer is called `inner` already: write `reuse inner` for the same parameters, or a label for others, `other: Inner`",
    );
    check(
        "Net< inner: linear(3, 3); Inner > Inner< linear(3, 3) >
                          ^^^^^ another layer is called `inner` already: write `reuse inner` for the same parameters, or a label for others, `other: Inner`",
    );
    check(
        "Net< states: Inner > Inner< linear(3, 3); batch_norm1d >
     ^^^^^^ this is what the field of the network's states is called; write another label",
    );
    check(
        "Net { input x[i: 3]; h = first: 2 * x; output y = second: linear(2)(h); output z = reuse second(x) + reuse secnd(x); }
                         ^^^^^ a label names layers that are applied here: `h = first: linear(4)(x)`
                                                                                                           ^^^^^ no layer above has the label `secnd`; did you mean `second`?",
    );
    check(
        "Net { input x[i: 3]; a, b = linear(2)(x); c, d = 2 * x; e = reuse f; output y = x; }
                            ^^^^^^^^^^^^ this makes one array, but 2 names stand before `=`
                                             ^ a network or a layer makes several arrays: `mean, deviation = Encoder(x)`
                                                                  ^ layers are applied to arrays here: `reuse f(x)`",
    );
}
