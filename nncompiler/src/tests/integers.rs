//! Mistakes with integers that choose elements: each message on its token.

use super::carets::check;

#[test]
fn an_input_says_what_it_holds() {
    check(
        "Net< input(4): integer; linear(2) >
               ^^^^^^^ expected `class` or `index(…)`",
    );
    check(
        "Net< input(4): index(3 4); linear(2) >
                       ^ expected `)`: `index(V)` is an integer below V",
    );
    check(
        "Net { input t: index(0); output y = t + 1; }
                     ^ a size is at least 1, but this is 0",
    );
    check(
        "Net { input t: index(16777217); output y = t + 1; }
                     ^^^^^^^^ integers are below 16777216 at most",
    );
    check(
        "Net { input t: index(N); output y = t + 1; }
                     ^ `N` is not known here: a macro sees tokens, not values; write `const N: usize = …;` inside the braces",
    );
    check(
        "Net< input(4): class; linear(2) >
     ^^^^^ a class is the target of a loss: for integers that are given, write `index(10)`, which are below 10",
    );
    check(
        "Net< linear(4, 2): index(3) >
                 ^ expected `;` or `>` after the layer",
    );
}

#[test]
fn a_definition_says_what_it_is_given() {
    check(
        "layer f(N) { input x[n: N]: class; y[n] = x[n] + 1; }
                   ^ a class is the target of a loss: a layer is given integers below V as `index(V)`",
    );
    check(
        "activation f(x: index(3)) = x + 1;
             ^ these are real numbers: leave out what stands behind the `:`",
    );
    check(
        "loss f(p[c: C]; t: index(3)) { y = p[t]; }
                ^ the integers of a target are a `class`: what they choose from says how many there are",
    );
    check(
        "layer f(N) { input x[n: N]: index(M); y[n] = x[n] + 1; }
                                  ^ `M` is not known here: a macro sees tokens, not values; write `const M: usize = …;` inside the braces",
    );
}

#[test]
fn integers_are_given_to_what_takes_them() {
    check(
        "Net< input(4): index(7); linear(2) >
                         ^^^^^^^^^ `linear` takes real numbers, but these are integers, which choose elements of arrays",
    );
    check(
        "Net< input(4); embedding(7, 2) >
               ^^^^^^^^^^^^^^^ `embedding` takes integers, as an input of the network gives them: `input(16): index(128)` in a chain, `input token[…]: index(128)` in a body",
    );
    check(
        "Net< input(4): index(9); embedding(7, 2) >
                         ^^^^^^^^^^^^^^^ `embedding` takes integers below 7 here, but these are below 9",
    );
    check(
        "Net< input(4): index(9); embedding(2, padding_idx = 9) >
                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `embedding(9, 2, padding_idx = 9)` requires padding_idx < V, but padding_idx is 9 and V is 9",
    );
    check(
        "Net< input(4): index(9); residual { embedding(4); flatten; linear(4) } >
                         ^^^^^^^^ `residual` joins real numbers, but these are integers, which choose elements of arrays",
    );
    check(
        "Inner< input(4): index(7); embedding(2) > Net< input(4); Inner > Other< Inner; flatten; linear(2) > Third< input(4): index(8); Inner >
                                                         ^^^^^ `Inner` takes integers, as an input of the network gives them: `input(16): index(128)` in a chain, `input x[…]: index(128)` in a body
                                                                                                                               ^^^^^ `Inner` takes integers below 7 here, but these are below 8",
    );
    check(
        "Net { input t[s: 4]: index(9); output t; output y = t * 2; }
                                      ^ a network puts out real numbers, but these are integers, which choose elements of arrays",
    );
    check(
        "Net { input t: index(9); u = sin(t); output z = d(u, t); }
                                                     ^ a derivative is one by real numbers, but these are integers, which choose elements of arrays",
    );
}

#[test]
fn integers_stay_within_what_they_choose_from() {
    check(
        "Net { input t[s: 4]: index(9); param w[v: 7] ~ ones(); output y[s] = w[t[s]]; }
                                                                     ^^^^^^^ this reads the elements 0 to 8 of an axis that has the elements 0 to 6; `t` is below 9: declare `index(7)`",
    );
    check(
        "Net { input t[s: 4]: index(7); param w[v: 7] ~ ones(); output y[s] = w[t[s] + 1] + w[2 * t[s]] + w[t[s] - 1]; }
                                                                     ^^^^^^^^^^^ this reads the elements 1 to 7 of an axis that has the elements 0 to 6; `t` is below 7: declare `index(6)`
                                                                                   ^^^^^^^^^^^ this reads the elements 0 to 12 of an axis that has the elements 0 to 6
                                                                                                 ^^^^^^^^^^^ this reads the elements -1 to 5 of an axis that has the elements 0 to 6",
    );
    check(
        "Net { input x[i: 3]; param w[v: 7] ~ ones(); output y[i] = w[x[i]]; }
                                                             ^^^^ `x` holds real numbers, which choose no element: integers do, those of an input `: index(V)` or the class of a loss",
    );
    check(
        "Net { input t[s: 3]: index(4); output y[t[s]] = t[s]; }
                                        ^^^^ an equation writes where its indices say: integers choose what is read",
    );
    check(
        "Net< linear(2, 3) > loss f(p[c: C]; t: class) { y = p[2 - t]; }
                                                    ^^^^^^^^ a class is the number of an element, counted from 0: it cannot be subtracted",
    );
}
