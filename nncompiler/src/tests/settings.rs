//! Mistakes in settings that are words, in numbers that follow from settings, and in `when`: each message on its
//! token.

use super::carets::check;

#[test]
fn a_word_is_one_of_those_of_its_setting() {
    check(
        "Net< input(3, 8); conv1d(4, 3, padding = sane) >
                                         ^^^^ `padding` is a number, `valid`, `same` or `causal`, not `sane`; did you mean `same`?
Mode< input(3, 8); conv1d(4, 3, padding_mode = 1) >
                                               ^ `padding_mode` is `zeros`, `reflect`, `replicate` or `circular`, but this is 1
Truth< input(3, 8); conv1d(4, 3, padding = true); conv1d(4, 3, padding_mode = true) >
                                           ^^^^ `padding` is a number, `valid`, `same` or `causal`, not `true`
                                                                              ^^^^ `padding_mode` is `zeros`, `reflect`, `replicate` or `circular`, not `true`
Image< input(3, 8, 8); conv2d(4, 3, padding = causal) >
                                              ^^^^^^ `padding` is a number, `valid` or `same`, not `causal`
Plain< input(3, 8); conv1d(4, 3, stride = same) >
                                          ^^^^ `same` is not known here: a macro sees tokens, not values; write `const same: usize = …;` inside the braces
Less< input(3, 8); conv1d(4, 3, padding = -1) >
                                          ^^ `padding` is at least 0, but this is -1",
    );
    check(
        "block b(O; padding = causal | same)< conv2d(O, 3, padding = padding) >
                                                            ^^^^^^^ `padding` is a number, `valid` or `same`, but this is causal
Net< input(3, 8, 8); b(4) >",
    );
    check(
        "Net< input(3, 8); conv1d(4, 3, stride = 2, padding = same) >
                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `conv1d(3, 4, 3, stride = 2, padding = same)` requires stride == 1, but stride is 2
Far< input(3, 4); conv1d(4, 3, padding = 4, padding_mode = reflect) >
                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `conv1d(3, 4, 3, padding = 4, padding_mode = reflect)` requires max(padding_before, padding_after) < L, but max(padding_before, padding_after) is 4 and L is 4",
    );
}

#[test]
fn words_are_short_and_new() {
    check(
        "layer a(I; mode = one | two | one) { input x[i: I]; y[i] = if mode == two { x[i] } else { 0 }; }
                              ^^^ this word stands twice
layer b(I; mode = one | much_too_long) { input x[i: I]; y[i] = if mode == one { x[i] } else { 0 }; }
                        ^^^^^^^^^^^^^ a word of a setting has at most 11 small letters
layer c(I; mode = one | x) { input x[i: I]; y[i] = if mode == one { x[i] } else { 0 }; }
                        ^ `x` is an argument already, so it cannot be a word of a setting
layer d(I; mode = one | two) { input x[i: I]; one[i] = x[i]; y[i] = if mode == two { one[i] } else { 0 }; }
                                              ^^^ `one` is a word of a setting and cannot be assigned
loss e(p; t; mode = one | two) = p - t;
                    ^^^ a setting that is a word is one of layers, activations and blocks
activation f(x; mode = one | two) = if mode == one { x } else { 2 * x };
Net< input(3); f(mode = three); linear(2) >
                        ^^^^^ `mode` is `one` or `two`, not `three`",
    );
}

#[test]
fn a_number_of_a_layer_follows_from_its_sizes_and_settings() {
    check(
        "layer a(I) { input x[i: I]; let n = I / 2; y[i] = x[i]; }
                                ^ nothing reads `n`: leave this number out
layer b(I) { input x[i: I]; let I = 3; y[i] = I * x[i]; }
                                ^ `I` is a size already, so it cannot be a number
layer c(I) { input x[i: I]; let n = I; n = 2; y[i] = n * x[i]; }
                                       ^ `n` is a number and cannot be assigned
loss d(p; t) { let n = 2; y = n * (p - t); }
               ^^^ `let` names a number in a layer: here write the value itself
layer e(I) { input x[i: I]; h[i] = x[i]; repeat l in 0..2 { let n[2] = 2; h[i] = n[0] * h[i]; } y[i] = h[i]; }
                                                                ^ a number of a round is one number
layer f(I) { input x[i: I]; h[i] = x[i]; repeat l in 0..2 { let n = 2 / l; h[i] = n * h[i]; } y[i] = h[i]; }
                                                                    ^^^^^ this divides by zero",
    );
    check(
        "layer a(I; k = 0) { input x[i: I]; let n = I / k; y[i] = n * x[i]; }
                                           ^^^^^ this divides by zero
Net< input(3); a >",
    );
}

#[test]
fn a_statement_that_may_be_left_out_is_made_once() {
    check(
        "layer a(I; k = 0) { input x[i: I]; h[i] = x[i] when k < 1; h[i] = 2 * x[i] when k == 0; y[i] = h[i]; }
                                                           ^ `h` is assigned twice: both conditions hold here
layer b(I; k = 0) { input x[i: I]; h[i] = x[i] when u; y[i] = x[i] + h[i]; }
                                                    ^ `u` is not known here: a macro sees tokens, not values; write `const u: usize = …;` inside the braces
loss c(p; t) { h = p - t when 1; y = h; }
                         ^^^^ expected `;`",
    );
    check(
        "Net { input x[i: 3]; output y = relu(x) when 1; }
                                        ^^^^ expected `;`",
    );
}

#[test]
fn what_a_layer_puts_out_has_names() {
    check(
        "layer a(I) { input x[i: I]; h[i] = 2 * x[i]; output h, z, h; }
                                                       ^ no statement makes `z`
                                                          ^ `h` is an output already
layer b(I) { input x[i: I]; h[i] = 2 * x[i]; output x; }
                                                    ^ no statement makes `x`
loss c(p; t) { y = p - t; output y; }
                          ^^^^^^ a layer has `output` statements: here the last statement is what comes out
layer d(I) { input x[i: I]; h[i] = 2 * x[i]; y[i] = 3 * x[i]; output h; }
                                             ^ no equation reads `y`: leave this statement out",
    );
    check(
        "Net { input x[i: 5]; a, b = split(2)(x); output y = concat(a, b); }
                            ^^^^^^^^^^^ this makes 3 arrays, but 2 names stand before `=`; `_` stands for one that nothing reads
None { input x[i: 5]; _, _, _ = split(2)(x); output y = tanh(x); }
                      ^ nothing reads what this makes: leave the statement out
One { input x[i: 5]; a, b = linear(4)(x); output y = exp(a); }
                            ^^^^^^^^^^^^ this makes one array, but 2 names stand before `=`
Sum { input x[i: 5]; a, b = x + x; output y = exp(a); }
                        ^ a network or a layer makes several arrays: `mean, deviation = Encoder(x)`
Tanh { input x[i: 5]; a, b = tanh(x); output y = a + b; }
                         ^ a network or a layer makes several arrays: `mean, deviation = Encoder(x)`",
    );
    check(
        "layer a(I) { input x[i: I]; h, g = tanh(x); y = h + g; }
                               ^ a network or a layer makes several arrays: `mean, deviation = Encoder(x)`
layer b(I) { input x[i: I]; h, h = split(2)(x); y = h; }
                               ^ `h` is assigned twice: give this array another name
layer c(I) { input x[t: I]; scan t { h, g = split(2)(x); } y = h; }
                                        ^ layers, which may make several arrays, are applied outside of `scan`
activation d(x) { h, g = 2 * x; y = h + g; }
                   ^ expected `=`",
    );
    check(
        "layer a(I) { input x[i: I]; h, g = split((1, 4))(x); y = 2 * h; }
                               ^ no equation reads `g`: write `_` in its place
layer b(I) { input x[i: I]; h, g = split((1, 4))(x); y = exp(concat(h, g)); }
Net< input(5); a > Other< input(5); b >",
    );
}
