//! Every message, and the tokens that it points at.

use quote::quote;

use super::library;
use crate::frontend::diagnostics::Diagnostics;
use crate::pipeline::{self, Mode};

/// Compares the errors of a source with those drawn in it: below a line, carets under the tokens
/// and the message behind them.
pub(super) fn check(drawn: &str) {
    let (mut source, mut expected) = (String::new(), Vec::new());
    let mut line = 0;
    for text in drawn.lines() {
        match text.find('^') {
            Some(column) => {
                let width = text[column..].chars().take_while(|&mark| mark == '^').count();
                let message = text[column + width..].trim().to_owned();
                expected.push((line, column, width, message));
            }
            None => {
                source.push_str(text);
                source.push('\n');
                line += 1;
            }
        }
    }
    let mut diagnostics = Diagnostics::default();
    let tokens = source.parse().expect("tokens");
    let tapeless = quote!(::tapeless);
    pipeline::networks_with(&library(), &tapeless, tokens, Mode::Recognised, &mut diagnostics);
    let mut found: Vec<(usize, usize, usize, String)> = diagnostics
        .iter()
        .map(|(message, span)| {
            let (start, end) = (span.start(), span.end());
            (start.line, start.column, end.column - start.column, message)
        })
        .collect();
    // A stage reports what it finds before the next one does.
    found.sort();
    expected.sort();
    assert_eq!(found, expected, "in\n{drawn}");
}

#[test]
fn a_shape_mismatch_names_both_sizes_and_the_edit() {
    check(
        "Net<
    hidden1: linear(784, 128);
    relu;
    hidden2: linear(120, 64);
                    ^^^ `linear` expects 120 inputs, but `relu` above it produces 128; write `linear(128, 64)` or `linear(64)`
    linear(10);
>",
    );
    check(
        "Net< input(28, 28); flatten; linear(700, 10) >
                                    ^^^ `linear` expects 700 inputs, but `flatten` above it produces 784; write `linear(784, 10)` or `linear(10)`",
    );
    check(
        "Net< input(5); linear(2 + 2, 10) >
                      ^^^^^ `linear` expects 4 inputs, but the network has 5 inputs; write `linear(5, 10)` or `linear(10)`",
    );
}

#[test]
fn a_broken_layer_does_not_hide_the_next_mistake() {
    check(
        "Net<
    linear(784, 128);
    rleu;
    ^^^^ no layer is called `rleu`; did you mean `relu`?
    linear(64, -3);
               ^^ a size is at least 1, but this is -3
    linear(64, 32);
    sigmod;
    ^^^^^^ no layer is called `sigmod`; did you mean `sigmoid`?
>",
    );
}

#[test]
fn a_layer_between_broken_layers_is_checked_against_stated_sizes() {
    check(
        "Net< linear(8, 4); linear(5, 3); linear(2, 1) >
                          ^ `linear` expects 5 inputs, but `linear` above it produces 4; write `linear(4, 3)` or `linear(3)`
                                        ^ `linear` expects 2 inputs, but `linear` above it produces 3; write `linear(3, 1)` or `linear(1)`",
    );
}

#[test]
fn a_flat_layer_on_an_image_asks_for_flatten() {
    check(
        "layer sorted(I) { input x[i: I]; y[i] = x[i] + 1; }
Net< input(28, 28); sorted >
                    ^^^^^^ `sorted` takes a vector, but the network's input is 28×28; put `flatten;` before it
Flat< input(28, 28); linear(784, 10) >
                            ^^^ `linear` expects 784 inputs, but the network's input is 28×28; put `flatten;` before it
Rows< input(28, 27); linear(26, 10) >
                            ^^ `linear` expects an input of 28×26, but the network's input is 28×27; write `linear(27, 10)` or `linear(10)`",
    );
}

#[test]
fn what_is_given_to_a_definition_stands_in_it() {
    check(
        "activation e() = 3;
           ^ `e` has no input: write `activation e(x)`
loss l(; t) = t * t;
     ^ `l` has no outputs: write `loss l(p; t)`
loss m(;) { y = 3; }
     ^ `m` has no outputs: write `loss m(p; t)`
Net { input x[i: 3]; output y = linear(2)(x); output z = linear(1)(x); }",
    );
}

#[test]
fn an_input_that_is_wrong_is_one_mistake() {
    check(
        "Net< input(0); linear(3) >
           ^ a size is at least 1, but this is 0
Other< input(3): index(16777217); embedding(3, 2) >
                       ^^^^^^^^ integers are below 16777216 at most
Third< input(3): index(0); linear(2) >
                       ^ a size is at least 1, but this is 0",
    );
}

#[test]
fn a_statement_that_cannot_be_read_breaks_no_other() {
    check(
        "Net { input x[i: 3]; h = linear(4)(x) 3; a, b = split(1 2)(x); k = tanh(h) + a; output h; output a; output b = k * h; }
                                      ^ expected `;`
                                                        ^ expected `,`
Other { input x[i: 3,,]; param w[j: ] ~ ones(); output y = linear(2)(x) * w; output z = sum(i: x[i]); }
                     ^ expected identifier
                                    ^ unexpected end of input, expected a number, a name or an expression in parentheses
Third { input z[i: 3]; output z y; output u = linear(2)(unknown); }
                                ^ expected `=`
                                                        ^^^^^^^ no array above is called `unknown`; there is only `z`",
    );
}

#[test]
fn a_name_that_nothing_can_have_is_one_mistake() {
    check(
        "layer super(N) { input x[n: N]; y[n] = x[n]; }
      ^^^^^ nothing can be called `super` in Rust: write another name
Net< input(3); super; first: super; residual { super } >
Other< input(3); Self; relu >
                 ^^^^ nothing can be called `Self` in Rust: write another name",
    );
}

#[test]
fn a_wrong_constant_is_one_mistake() {
    check(
        "const A: f32 = 1e39;
               ^^^^ this is 1e39, which is not a finite `f32`
const B: u8 = 300;
              ^^^ `u8` holds 0 to 255, but this is 300
activation f(x) = A * x;
layer g(N) { input x[n: N]; y[n] = x[n] * B; }
loss l(p; t) = A * (p - t);
optimizer o(w, g; lr = -1 in 0..infinity) { w <- w - B * lr * g; }
                       ^^ the default -1 is outside of 0..infinity
optimizer s(w, g; lr = 1) { step <- 2; w <- w - lr * step * g; }
                            ^^^^ `step` is the number of the step, from 1: choose another name
Net< linear(2, B); f; g >",
    );
}

#[test]
fn documentation_is_a_text() {
    check(
        "#[doc = 3] Net< linear(2, 3) >
^ documentation is a text in quotes: `#[doc = \"…\"]`
#[doc] #[doc(hidden)] #[doc = \"text\"] layer f(I) { input x[i: I]; y[i] = 2 * x[i]; }
^ documentation is a text in quotes: `#[doc = \"…\"]`
#[doc = include_str!(\"text.md\")] Other< input(3); f >",
    );
}

#[test]
fn a_sample_of_a_loss_counts() {
    check(
        "const N: usize = 2;
loss l(p[c: C]; t: class) { samples = 0; y = p[t]; }
                                      ^ `samples` is how often a sample counts in the mean over the batch: 0 is not above 0
loss m(p[c: C]; t: class) { samples = 1 - N; y = p[t]; }
                                      ^^^^^ `samples` is how often a sample counts in the mean over the batch: -1 is not above 0
loss n(p[c: C]; t: class) { samples = N; y = p[t]; }
Net< linear(2, 3) >",
    );
}

#[test]
fn the_number_of_sizes_is_checked() {
    check(
        "Net< linear(784, 128, 3) >
                      ^ `linear` is written `linear(I, O)` or `linear(O)`, but 3 sizes are given; a setting has its name, `bias = …`",
    );
    check(
        "Net< linear >
     ^^^^^^ `linear` is written `linear(I, O)` or `linear(O)`, but no size is given",
    );
    check(
        "Net< input(4); relu(1, 2) >
                    ^ `relu` takes no arguments
                       ^ `relu` takes no arguments",
    );
    check(
        "Net< input(4); elu(1.0, 2.0) >
                        ^^^ `elu` takes at most 1: alpha",
    );
}

#[test]
fn the_first_layer_needs_a_shape() {
    check(
        "Net< relu; linear(10) >
     ^^^^ the shape that `relu` takes is not known: write its sizes, or `input(…);` before it",
    );
    check(
        "Net< linear(10) >
     ^^^^^^^^^^ the shape that `linear` takes is not known: write its sizes, or `input(…);` before it",
    );
}

#[test]
fn settings_have_names() {
    check(
        "Net< input(4); leaky_relu(slope = 0.1) >
                          ^^^^^ `leaky_relu` has no setting `slope`; there is only `negative_slope`",
    );
    check(
        "Net< input(4); softplus(thresold = 3) >
                        ^^^^^^^^ `softplus` has no setting `thresold`; did you mean `threshold`?",
    );
}

#[test]
fn sizes_are_positive_integers_that_are_known() {
    check(
        "Net< linear(0, 10) >
            ^ a size is at least 1, but this is 0",
    );
    check(
        "Net< linear(2.5, 10) >
            ^^^ a size is an integer, but this is 2.5",
    );
    check(
        "Net< linear(HIDDEN, 10) >
            ^^^^^^ `HIDDEN` is not known here: a macro sees tokens, not values; write `const HIDDEN: usize = …;` inside the braces",
    );
    check(
        "Net< linear(9223372036854775807 + 1, 10) >
            ^^^^^^^^^^^^^^^^^^^^^^^ this is too large for a 64-bit integer",
    );
    check(
        "Net< linear(3000000000, 10) >
            ^^^^^^^^^^ a size is at most 2147483647, but this is 3000000000",
    );
    check(
        "Net< linear(100000, 100000) >
     ^^^^^^^^^^^^^^^^^^^^^^ `weight` of this layer has more than 2147483647 numbers",
    );
    check(
        "Net< linear(4 / 0, 10) >
            ^^^^^ this divides by zero",
    );
}

#[test]
fn constants_are_integer_arithmetic() {
    check("const N: usize = 4 * (3 + 1); Net< linear(N, N / 2); relu; linear(N - 8, 2) >");
    check(
        "const N: usize = M;
                 ^ `M` is not known here: a macro sees tokens, not values; write `const M: usize = …;` inside the braces
Net< linear(N, 2) >",
    );
}

#[test]
fn constants_fit_their_types() {
    check(
        "const A: u8 = 300;
              ^^^ `u8` holds 0 to 255, but this is 300
const B: u32 = 3 - 5;
               ^^^^^ `u32` holds 0 to 4294967295, but this is -2
const C: usize = 2.5;
                 ^^^ `usize` holds integers, but this is 2.5
const D: f32 = 1e39;
               ^^^^ this is 1e39, which is not a finite `f32`
const E: f64 = 0.0 / 0.0;
               ^^^^^^^^^ this is NaN, which is not a finite `f64`
const F: Size = 3;
         ^^^^ a constant has one of Rust's number types, such as `usize` or `f64`, not `Size`
const G: usize = 3;
const G: usize = 4;
      ^ the constant `G` is declared twice in this block
Net< linear(2, G) >",
    );
    check(
        "const H: f64 = 1e400;
               ^^^^^ this number is too large for `f64`; write `infinity` if it is meant
const I: i64 = 9223372036854775808;
               ^^^^^^^^^^^^^^^^^^^ an integer is at most 9223372036854775807",
    );
    check("const A: i8 = -128; const B: f64 = 1 / 3; Net< linear(2, A + 130) >");
}

#[test]
fn an_empty_network_is_a_mistake() {
    check(
        "pub Empty< >
    ^^^^^ `Empty` needs at least one layer",
    );
    check(
        "Empty< input(3) >
^^^^^ `Empty` needs at least one layer",
    );
}

#[test]
fn labels_are_unique() {
    check(
        "Net< a: linear(2, 3); a: linear(3, 1) >
                      ^ another layer is called `a` already; write another label",
    );
    check(
        "Net< states: linear(2, 3); batch_norm1d; padding: linear(3, 1) >
     ^^^^^^ this is what the field of the network's states is called; write another label",
    );
}

#[test]
fn input_stands_first() {
    check(
        "Net< linear(2, 3); input(3) >
                   ^^^^^ `input` states the shape of the network's input, so it stands first",
    );
}

#[test]
fn punctuation_is_explained() {
    check(
        "Net< linear(2, 3), relu >
                 ^ layers are separated by `;`, not by `,`",
    );
    check(
        "Net< linear(2, 3) relu >
                  ^^^^ expected `;` or `>` after the layer",
    );
    check(
        "Net( linear(2, 3) )
   ^ expected `<` and the layers of the network: `Net< linear(2, 1) >`",
    );
    check(
        "Net< linear(2, 3); relu
^^^ the layers of `Net` end without a `>`",
    );
}

#[test]
fn several_networks_report_together() {
    check(
        "A< linear(2, 0) >;
             ^ a size is at least 1, but this is 0
B< tahn >
   ^^^^ no layer is called `tahn`; did you mean `tanh`?",
    );
}

/// Compares the errors of an equation, in a network that uses it.
fn check_equation(equation: &str) {
    check(&format!("{equation}\nNet< input(4); f >"));
}

#[test]
fn layers_apply_blocks() {
    check(
        "block b(O)< linear(O); relu > layer f(I) { input x[i: I]; y = b(3, 4)(x); } layer g(I) { input x[i: I]; y = <b(2); b>(x); } Net< input(4); f; g >
                                                                   ^ `b` is written `b(O)`, but 2 sizes are given
                                                                                                                   ^ `b` is written `b(O)`, but no size is given",
    );
    check(
        "block b< linear(3, 4) > layer f(I) { input x[i: I]; y = b(x); } Net< input(4); f >
                ^ `linear` expects 3 inputs, but `x` above it produces 4; write `linear(4, 4)` or `linear(4)`",
    );
    check(
        "layer f(I) { input x[i: I]; y = <b; relu>(x); } block b< f; tanh >
      ^ `f` applies layers that apply `f`",
    );
    check(
        "layer f(I) { input x[i: I]; h[i] = x[i]; repeat k in 0..2 { h = f(h); } y = tanh(h); }
      ^ the layer `f` applies itself",
    );
    check(
        "Inner< linear(4, 4) > block b< Inner; relu > block c< tanh; b > layer f(I) { input x[i: I]; y = c(x); } Net< input(4); f >
                                                                                                ^ a network is applied in the body of a network alone",
    );
    check(
        "block b< b; relu > layer f(I) { input x[i: I]; y = b(x); } Net< input(4); f >
         ^ the block `b` is made of itself",
    );
    check(
        "block b(O)< linear(O) relu > layer f(I) { input x[i: I]; y = b(3)(x); } Net< input(4); f >
                      ^^^^ expected `;` or `>` after the layer",
    );
}

#[test]
fn axes_are_put_in_an_order() {
    check(
        "Net< input(2, 3, 4); permute(2, 1) >
                     ^^^^^^^^^^^^^ the input has 3 axes, so their order has each of 1, 2, 3 once, but is 2, 1
Twice< input(2, 3); permute((2, 2)) >
                    ^^^^^^^^^^^^^^^ the input has 2 axes, so their order has each of 1, 2 once, but is 2, 2
One< input(2); permute(2) >
               ^^^^^^^^^^ the input has 1 axis, so its order is 1, not 2
Zero< input(2, 3); permute(0, 1) >
                           ^ a size is at least 1, but this is 0
None< input(2, 3); permute >
                   ^^^^^^^ `permute` is written `permute(P)`, but no size is given",
    );
    check(
        "layer a(P[..]) { input x[.., i: I]; y[i, ..P] = x[.., i]; }
Net< input(2, 3, 4); a(2, 1); a(1, 2); a(1) >
                                       ^^^^ `..` stands for 2 axes, so their order has each of 1, 2 once, but is 1",
    );
}

#[test]
fn a_name_that_nothing_has() {
    check_equation(
        "activation f(x; alpha = 1) = alhpa * x;
                             ^^^^^ nothing is called `alhpa` here; did you mean `alpha`?",
    );
    check_equation(
        "activation f(x) = tahn(x);
                  ^^^^ no function is called `tahn`; did you mean `tan`?",
    );
    check_equation(
        "layer f(I) { input x[i: I]; y[i] = z[i]; }
                                   ^ no array is called `z`; did you mean `x`?",
    );
}

#[test]
fn indices_and_axes_fit() {
    check_equation(
        "layer f(I) { input x[i: I]; y[i] = x[i, i]; }
                                   ^^^^^^^ `x` has 1 axis, but 2 are given",
    );
    check_equation(
        "layer f(I) { input x[i: I]; param w[j: 3] ~ ones(); y[i] = w[i] * x[i]; }
                                                                  ^^^^ the index `i` runs over 3 elsewhere, but this axis of `x` has 4; if only the first 3 are meant, declare `index i: 3;`",
    );
    check_equation(
        "layer f(I) { input x[i: I]; y[k] = x[0]; }
                              ^ the range of the index `k` is not known: read an array at `k` alone, or declare `index k: …;`",
    );
    check_equation(
        "layer f(I) { input x[i: I]; y[i] = x[i * i]; }
                                     ^^^^^ an index expression is a sum of indices times integers, such as `2 * i + k`",
    );
    check_equation(
        "layer f(I) { input x[i: I]; y[i] = x[i + 1]; }
                                   ^^^^^^^^ this reads the elements 1 to 4 of an axis that has the elements 0 to 3; if only the first 3 are meant, declare `index i: 3;`",
    );
    check_equation("layer f(I) { input x[i: I]; index i: 3; y[i] = x[i + 1]; }");
    check_equation(
        "layer f(I) { input x[i: I]; y[i: I] = x[i - 1]; }
                                      ^^^^^^^^ this reads the elements -1 to 2 of an axis that has the elements 0 to 3; for elements before the first, read a longer array, such as `longer[i + 1: 5] = … else 0;`",
    );
    check_equation(
        "layer f(I) { input x[i: I]; longer[i + 1: 5] = x[i] else 0; y[i: I] = longer[i]; }",
    );
}

#[test]
fn definitions_are_finite() {
    check_equation(
        "activation f(x) = x * f(x);
                      ^ `f` is defined by itself",
    );
    check_equation(
        "activation g(x) = f(x); activation f(x) = g(x);
                  ^^^^ `g` is defined by itself",
    );
    check_equation(
        "activation f(x) = x / 0;
                      ^ this divides by zero",
    );
    check_equation(
        "activation f(x) = x > 0;
                  ^^^^^ a comparison is not a number: write `if … { 1 } else { 0 }`",
    );
    check_equation(
        "activation f(x) = if x { x } else { 0 };
                     ^ expected a comparison, such as `x > 0`",
    );
}

#[test]
fn parameters_are_read_and_begin_somehow() {
    check_equation(
        "layer f(I) { input x[i: I]; param w[i: I] ~ ones(); y[i] = x[i]; }
                                  ^ no equation reads the parameter `w`",
    );
    check_equation(
        "activation f(x; learn beta = 1) = x;
                      ^^^^ no equation reads the parameter `beta`",
    );
    check_equation(
        "layer f(I) { input x[i: I]; param w[i: I] ~ uniforn(1); y[i] = w[i] * x[i]; }
                                            ^^^^^^^ a parameter begins as `uniform(bound)`, `normal(deviation)`, `constant(value)`, `zeros()` or `ones()`",
    );
}

#[test]
fn declared_names_are_new() {
    check(
        "activation relu(x) = x;
           ^^^^ `relu` is already the name of a built-in activation; choose another name
Net< linear(2, 1) >",
    );
}

#[test]
fn losses_stay_within_a_sample() {
    check(
        "loss l(p[c: C]; t[c: C]) { y = sum(c: p[c] * t[c + 1]); }
     ^ no network of this block has an output `p` with 1 axis: a loss without a target, or of several outputs, targets or axes, is one of the networks beside it",
    );
    check(
        "loss l(p; t; learn w = 1) = w * (p - t);
                   ^ a loss has no parameters: put the learned number into a layer",
    );
}

#[test]
fn a_broken_argument_hides_nothing_else() {
    check(
        "A< linear(2 2); relu >
            ^ expected `,`
B< linear(4, 5); linear(3, 2) >
                        ^ `linear` expects 3 inputs, but `linear` above it produces 5; write `linear(5, 2)` or `linear(2)`",
    );
}

#[test]
fn generated_names_are_distinct() {
    check(
        "Net< linear1: linear(2, 2); linear(2) >
                            ^^^^^^ this layer needs a label: without one it is called `linear1`, which is another layer's label",
    );
    check(
        "NetOf< linear(2, 2) > Net< linear(2, 2) >
                      ^^^ the type `NetOf` belongs to the network `NetOf` already; choose another name",
    );
    check(
        "pub Quantile< linear(2, 1) > pub loss quantile(p; t) = abs(p - t);
                                      ^^^^^^^^ the type of this loss would be `Quantile`, which belongs to the network `Quantile` already; choose another name",
    );
    check(
        "loss t(p; y) = p - y; loss _1(p; t) = p - t; loss self_(p; t) = p - t;
     ^ the type of this loss needs a name of its own: write another one, such as `t_loss`
                           ^^ the type of this loss needs a name of its own: write another one, such as `_1_loss`
                                                  ^^^^^ the type of this loss needs a name of its own: write another one, such as `self__loss`",
    );
    check(
        "Net< linear(2, 2) > Net< linear(2, 2) >
                    ^^^ the network `Net` is declared twice in this block",
    );
    check("Net< r#type: linear(2, 2); r#in: linear(2) >");
}

#[test]
fn a_network_takes_no_derive() {
    check(
        "#[derive(Clone)] Net< linear(2, 2) >
^ a network takes documentation, `cfg`, lint levels, `deprecated`, `frozen` and `input_gradients`, but not this attribute",
    );
}

#[test]
fn what_is_frozen_is_a_parameter_of_the_network() {
    let expected = "`frozen` names parameters in quotes, or with a dot at the end all that are below it: `#[frozen(\"body.\")]`";
    for attribute in ["#[frozen]", "#[frozen()]", "#[frozen(body)]", "#[frozen = \"body.\"]"] {
        check(&format!("{attribute} Net< body: linear(2, 2) >\n^ {expected}"));
    }
    check(
        "#[frozen(\"body\", \"body.\", \"body.bias\")] Net< body: linear(2, 2) >
         ^^^^^^ no parameter of `Net` is called `body`",
    );
    check(
        "Part< linear(2, 2) > #[frozen(\"part.\")] Net< Part; linear(2) >
                              ^^^^^^^ parameters of a network inside another are frozen by an optimizer's group: `optimizer.set_group(\"part.\", Group { frozen: true, ..Group::default() })`",
    );
    check(
        "#[frozen(\"body.\")] Net< body: linear(2, 2); states: linear(2) >
                                            ^^^^^^ this is what the field of the network's states is called; write another label",
    );
    check("#[frozen(\"body.\")] Net< body: linear(2, 2); linear(2) >");
}

#[test]
fn real_inputs_have_gradients() {
    check(
        "#[input_gradients(x)] Net< linear(2, 2) >
^ `input_gradients` stands alone: `#[input_gradients]`",
    );
    check(
        "#[input_gradients] Net< input(4): index(3); embedding(2) >
^ `Net` has no input of real numbers: integers have no gradient",
    );
    check("#[input_gradients] Net< linear(2, 2) >");
}

#[test]
fn a_loss_has_outputs_and_a_target() {
    check(
        "loss l(p) = abs(p);
     ^ no network of this block has an output `p`: a loss without a target, or of several outputs, targets or axes, is one of the networks beside it",
    );
    check(
        "loss l(p; label: class) { y = p; }
       ^ the outputs need an axis here: write `p[c: C]`",
    );
    check(
        "loss l(p; t; weight[c: C] = 1) = weight * (p - t);
             ^^^^^^ a setting with a number for each output needs outputs with an index: `loss name(p[c: C]; …)`",
    );
    check(
        "loss l(p[c: C]; t[c: C]) { samples = sum(c: p[c]); y = sum(c: p[c] * t[c]); }
                           ^^^^^^^ `samples` is how often a sample counts in the mean over the batch, so it may read the target but not the outputs",
    );
    check(
        "loss l(p[c: C]; t[c: C]) { m = mean(batch, c: p[c]); y = m * sum(c: t[c]); }
                                    ^^^^^ a loss is written for one sample: the mean over the batch is taken of its value",
    );
    check(
        "loss l(p; t) = (p - t); loss l(p; t) = abs(p - t);
                             ^ `l` is already the name of a loss of this block; choose another name",
    );
}

#[test]
fn an_index_is_bound_by_something() {
    check_equation(
        "layer f(N) { input x[n: N]; y[n] = x[n] - x[k]; }
                                            ^ `k` is not an index here: a reduction can run over it, `sum(k: …)`, or the target can have it, `y[k] = …`",
    );
}

#[test]
fn the_batch_is_an_index_of_reductions_alone() {
    let reserved = "`batch` is the index of the samples, which every array has without being told; \
                    only a reduction names it: `mean(batch: …)`";
    check_equation(&format!(
        "layer f(N) {{ input x[n: N]; y[batch] = x[batch]; }}
                              ^^^^^ {reserved}"
    ));
    check_equation(&format!(
        "layer f(N) {{ input x[batch: N]; y[n: N] = x[n]; }}
                     ^^^^^ {reserved}"
    ));
}

#[test]
fn what_a_channel_may_learn() {
    check(
        "Net< linear(3, 4); relu(per_channel) >
                        ^^^^^^^^^^^ `relu` learns no number, so there is none for each channel to have",
    );
    check_equation(
        "layer f(N; gain[n: N] = 1) { input x[n: N]; y[n] = x[n]; }
           ^^^^ only a loss has settings with axes; here write `param … [i: I] ~ …;`",
    );
}

#[test]
fn what_a_layer_requires() {
    check(
        "Net< input(3, 8, 8); conv2d(4, 3, groups = 2) >
                     ^^^^^^^^^^^^^^^^^^^^^^^^ `conv2d(3, 4, 3, groups = 2)` requires groups to divide C, but groups is 2 and C is 3",
    );
    check(
        "Net< input(1, 4, 4); conv2d(4, (3, 7), padding = 1) >
                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `conv2d(1, 4, (3, 7), padding = 1)` requires dilation[1] * (K[1] - 1) < W + padding_before[1] + padding_after[1], but dilation[1] * (K[1] - 1) is 6 and W + padding_before[1] + padding_after[1] is 6",
    );
    check(
        "Net< input(5, 6); multihead_attention(6, 4) >
                  ^^^^^^^^^^^^^^^^^^^^^^^^^ `multihead_attention(6, 4)` requires heads to divide E, but heads is 4 and E is 6",
    );
    check(
        "Net< input(5, 6); conv1d(3, 2, 2) >
                         ^ `conv1d` expects an input of 3×6, but the network's input is 5×6; write `conv1d(5, 2, 2)` or `conv1d(2, 2)`",
    );
    check(
        "Net< input(1, 4, 4); conv2d(4, (3, 7, 1)) >
                     ^^^^^^^^^^^^^^^^^^^^ `K` is one number or 2, not 3",
    );
}

#[test]
fn ways_must_fit_where_they_join() {
    check(
        "Net< linear(4, 6); residual { linear(5) } linear(2) >
                   ^^^^^^^^ `residual` cannot add 5 to 6: let its layers produce 6, or write `shortcut { … }` behind it to turn 6 into 5",
    );
    check(
        "Net< input(2, 4); parallel { conv1d(3, 1); flatten } >
                  ^^^^^^^^ `parallel` cannot put 3×4 and 8 one behind the other: all axes but the first must be equal",
    );
    check(
        "Net< linear(4, 6); parallel(average) { linear(5); tanh } >
                            ^^^^^^^ expected `concat`, `sum` or `product`",
    );
    check(
        "Net< linear(4, 6); add; linear(2) >
                   ^^^ `add` takes 2 inputs, but a chain has one: write `residual { … }` or `parallel { …; … }`, or a network with a body, `add(a, b)`",
    );
}

#[test]
fn what_is_repeated_or_reused() {
    check(
        "Net< linear(4, 4); repeat _ in 0..0 { tanh } >
                               ^^^^ `repeat` runs at least once, but from 0 to before 0 there is nothing",
    );
    check(
        "Net< linear(4, 4); repeat _ in 2..2000 { tanh } repeat i in 0..0.5 { tanh } >
                               ^^^^^^^ `repeat` runs at most 1000 times, not 1998
                                                               ^^^ `repeat` runs over integers, but this is 0.5",
    );
    check(
        "Net< linear(4, 4); repeat i in 0..2 { linear(4 + j); } tanh >
                                                 ^ `j` is not known here: a macro sees tokens, not values; write `const j: usize = …;` inside the braces",
    );
    check(
        "Net< linear(4, 4); repeat _ in 0..2 { a: linear(4) } repeat _ in 0..1 { a: linear(4) } >
                                                                        ^ another layer is called `a_0` already; write another label",
    );
    check(
        "Net< linear(4, 4); repeat i in 0..2 { tanh } linear(i) >
                                                    ^ `i` is not known here: a macro sees tokens, not values; write `const i: usize = …;` inside the braces",
    );
    check(
        "Net< linear(4, 4); repeat 3 { tanh } >
                          ^ expected what numbers it runs over: `repeat i in 0..4 { … }`, or `_` for `i`",
    );
    check(
        "Net< linear(4, 4); repeat i in 0..=3 { tanh } >
                                ^ expected `..` and the number before which it ends: `repeat i in 0..4 { … }`",
    );
    check(
        "Net< same: linear(4, 4); reuse sane >
                               ^^^^ no layer above has the label `sane`; did you mean `same`?",
    );
    check(
        "Net< same: linear(4, 4); linear(3); reuse same >
                                          ^^^^ `linear` expects 4 inputs, but `linear` above it produces 3; write `linear(3, 4)` or `linear(4)`",
    );
    check(
        "Net< linear(4, 4); a: reuse a; b: residual { reuse b } >
                            ^ no layer above has the label `a`
                                                   ^ no layer above has the label `b`; did you mean `a`?",
    );
    check(
        "Net< a: linear(4, 4); a: residual { reuse a } reuse a >
                                                    ^ `a` would contain itself: write `reuse` outside of its braces",
    );
    check(
        "block twice< linear(4); tanh >
Net< linear(4, 4); twice(2) >
                         ^ `twice` is written `twice`, but 1 size is given",
    );
    check(
        "block wide(C, K[2]; slope = 0.1 in 0..=1)< conv2d(C, K); leaky_relu(slope) >
Net< input(1, 5, 5); wide(2); wide(2, 3, 4); wide(2, 2, slop = 0.5); wide(2, 1, slope = 2); wide(2, (1, 1, 1)); wide(2, M) >
                     ^^^^^^^ `wide` is written `wide(C, K)`, but 1 size is given
                                         ^ `wide` is written `wide(C, K)`, but 3 sizes are given; a setting has its name, `slope = …`
                                                        ^^^^ `wide` has no setting `slop`; did you mean `slope`?
                                                                                        ^ `slope` is between 0 and 1, but this is 2
                                                                                            ^^^^^^^^^^^^^^^^^^ `K` is one number or 2, not 3
                                                                                                                        ^ `M` is not known here: a macro sees tokens, not values; write `const M: usize = …;` inside the braces",
    );
    check(
        "block b(C, C; C = 2, a = 3 in 0..=1, learn c = 1)< linear(C) >
           ^ a size called `C` is declared already
              ^ `C` is a size already, so it cannot be a setting
                         ^ the default 3 is outside of 0..=1
                                           ^ a block learns nothing but what its layers do",
    );
    check(
        "block b(C)< lineer(C); linear(C / 2) >
            ^^^^^^ no layer is called `lineer`; did you mean `linear`?
Net< linear(2, 3) >",
    );
    check(
        "block b(C)< linear(C - 4) >
                   ^^^^^ a size is at least 1, but this is 0
Net< linear(2, 3); b(4) >",
    );
}

#[test]
fn states_and_random_numbers() {
    check_equation(
        "layer f(N) { input x[n: N]; m[n] = mean(batch: x[n]); m[n] <- m[n]; y[n] = x[n]; }
                                                      ^ `m` is not a state: declare `state m[…] ~ zeros();`",
    );
    check_equation(
        "layer f(N) { input x[n: N]; state m[n: N] ~ zeros(); m[n] <- x[n]; y[n] = x[n]; }
                                                     ^ `m` is one for the whole batch, but this value differs from sample to sample: take its mean, `mean(batch: …)`",
    );
    check_equation(
        "layer f(N) { input x[n: N]; scan t { h[t, n] = h[t - 1, n] + x[n]; } y[n] = h[0, n]; }
                                 ^ the range of the index `t` is not known: read an array at `t` alone, or declare `index t: …;`",
    );
    check_equation(
        "layer f(N) { input x[n: N]; y = sum(n: random() * x[n]); }
                                       ^^^^^^^^ `random()` draws one number for each element of a layer's array: write it in a statement of its own, outside reductions",
    );
}

#[test]
fn a_mistake_in_a_definition_is_reported_once_and_whether_or_not_it_is_used() {
    check(
        "activation f(x) = alhpa * x;
                  ^^^^^ nothing is called `alhpa` here; there is only `x`
layer g(I) { input x[i: I]; param w[i: 0] ~ ones(); index k: 2.5; y[i] = w[i] * sum(k: x[i]); }
                                                             ^^^ a size is an integer, but this is 2.5
                                       ^ a size is at least 1, but this is 0
layer h(I) { input x[i: J + 1]; y[i] = x[i]; }
                        ^ `J` is not known here: a macro sees tokens, not values; write `const J: usize = …;` inside the braces
Net< linear(2, 3) >",
    );
    check(
        "layer f(I) { input x[i: I]; y[i] = x[i] +; z[i] = y[i] * x[i] x; }
                                         ^ expected a number, a name or an expression in parentheses
                                                              ^ expected `;`
Net< linear(2, 3); f; f; relu; f; linear(7, 4); f >",
    );
    check(
        "layer f(I, 3) { input x[i: I]; y[i] = x[i]; }
           ^ expected identifier
Net< linear(2, 3); f; f(3); linear(7, 4); f >",
    );
    check(
        "layer f(I) { input x[i: I]; y[i: I - 2] = x[i + 3]; }
                                          ^^^^^^^^ this reads the element 3 of an axis that has the elements 0 to 2
Net< linear(2, 3); f; linear(4, 3); f; linear(4, 3); f >",
    );
    check(
        "const N: usize = ;
                 ^ expected a number, a name or an expression in parentheses
const N: usize = 3;
Net< linear(2, N); linear(N, 4) >",
    );
}

#[test]
fn every_name_of_a_definition_has_one_meaning() {
    check(
        "layer f(I, I; I = 2) { input x[i: I]; y[i] = x[i]; }
           ^ a size called `I` is declared already
              ^ `I` is a size already, so it cannot be a setting",
    );
    check(
        "layer f(I; x = 1) { input x[i: I]; param x[i: I] ~ ones(); y[i] = x[i]; }
                          ^ `x` is a setting already, so it cannot be an argument
                                         ^ `x` is an argument already, so it cannot be a parameter",
    );
}

#[test]
fn keys_in_files_are_distinct() {
    check(
        "layer f(I) { input x[i: I]; param w[i: I] as \"a\" ~ ones(); param v[i: I] as \"b.a\" ~ ones(); y[i] = w[i] * v[i] * x[i]; }
activation g(x; learn a as \"weight\" = 1) = a * x;
#[ignored(\"count\", \"total\")] layer h(I) { input x[i: I]; y[i] = 2 * x[i]; }
Net< linear(2, 4); f; g; h; b: { f; g } >",
    );
    let quoted = "layer k(I) { input x[i: I]; param w[i: I] as b ~ ones(); y[i] = w[i] * x[i]; }
                                             ^ expected the key in quotes, such as `as \"weight_ih_l0\"`
Net< linear(2, 4); k >";
    check(quoted);
    let taken = r#"layer f(I) { input x[i: I]; param w[i: I] ~ ones(); param v[i: I] as "w" ~ ones(); y[i] = w[i] * v[i] * x[i]; }
                                                                     ^^^ the key `w` is taken already
#[ignored("a")] layer g(I; a = 1) { input x[i: I]; param b[i: I] as "a" ~ ones(); y[i] = a * b[i] * x[i]; }
          ^^^ the key `a` is taken already
activation h(x; learn a as "" = 1, learn d as ".e" = 1) = a * d * x;
                           ^^ a key is a name, or several with dots between them: `out_proj.weight`
                                              ^^^^ a key is a name, or several with dots between them: `out_proj.weight`
activation k(x; b as "c" = 1) = b * x;
                     ^^^ no file holds a setting: what is learned has a key, `learn a as "…" = 1`
Net< linear(2, 4); f; g; h; k >"#;
    check(taken);
    check(
        "Net< linear(2, 4); same: { linear(3) } same: { scale; tanh } >
                                               ^^^^^ in a file, `same.0.weight` is another layer's already: write another label here or for the group around it
Other< input(3, 4); a: multihead_attention(4, 2); a: { out_proj: linear(4) } >
                                                       ^^^^^^^^ in a file, `a.out_proj.weight` is another layer's already: write another label here or for the group around it",
    );
}

#[test]
fn what_is_computed_is_assigned_once() {
    check(
        "layer f(I) { input x[i: I]; y[i] = 2 * x[i]; y[i] = 3 * x[i]; }
                                             ^ `y` is assigned twice: give this array another name",
    );
    check(
        "layer f(I) { input x[i: I]; param w[i: I] ~ ones(); state s[i: I] ~ ones(); x[i] = w[i]; w[i] = s[i]; s[i] = x[i]; }
                                                                            ^ `x` is the input and cannot be assigned
                                                                                         ^ `w` is a parameter and cannot be assigned
                                                                                                      ^ `s` is a state: write `s <- …;` for its next value",
    );
    check(
        "layer f(I) { input x[i: I]; state s[i: I] ~ ones(); s[i] <- 2 * s[i]; s[i] <- 3 * s[i]; y[i] = s[i] * x[i]; }
                                                                      ^ the state `s` is updated twice",
    );
    check(
        "layer f(I) { input x[i: I]; y[0 * i] = x[i]; }
                              ^^^^^ this does not depend on `i`: every `i` would write the same element",
    );
    check(
        "layer f(I) { input x[i: I]; param w[i: I] ~ ones(); y[i] = w[i]; }
                   ^ no equation reads the input `x`",
    );
    check(
        "loss l(p, q; t) = abs(t);
     ^ no equation reads the outputs: the gradient would be 0",
    );
    check(
        "loss residual(u, slope, curvature; t) = abs(curvature - t);
loss energy(p; t) = abs(p);
               ^ no equation reads the target `t`, with which a loss compares the outputs
loss l(p[c: C]; label: class) = sum(c: p[c]);
                ^^^^^ no equation reads the target `label`, with which a loss compares the outputs",
    );
}

#[test]
fn an_update_is_of_every_element_once() {
    let state = "layer f(I) { input x[i: I]; state s[i: I] ~ ones();";
    let rest = "y[i] = s[i] * x[i]; }\nNet< input(4); f >";
    let update = "                                                    ^ ";
    let whole = "an update gives each element of `s` its next value: write an index that runs over the whole of each axis";
    for (target, message) in [
        ("s[i: 2]", whole),
        ("s[i + 1]", whole),
        ("s[2 * i]", whole),
        ("s[0]", whole),
        ("s", "the state `s` has 1 axis, but 0 are given"),
        ("s[i, j: 3]", "the state `s` has 1 axis, but 2 are given"),
    ] {
        check(&format!(
            "{state} {target} <- 2 * s[0]; {}\n{update}{message}\n{}",
            rest.lines().next().unwrap(),
            rest.lines().last().unwrap()
        ));
    }
    check(
        "layer f(I) { input x[i: I]; state s[i: I, j: I] ~ ones(); s[i, i] <- 0.5; y[i] = s[i, 0] * x[i]; }
                                                          ^ an update gives each element of `s` its next value: write an index that runs over the whole of each axis
Net< input(4); f >",
    );
    check(
        "layer f(I) { input x[i: I]; state s[i: I] ~ ones(); s[i] <- 0.9 * s[i] + mean(batch: x[i]); y[i] = s[i] * x[i]; }
layer g(I) { input x[i: I]; state s ~ ones(); s <- 0.9 * s; y[i] = s * x[i]; }
layer h(I) { input x[i: I]; state s[i: I, j: 3] ~ ones(); s[i, j] <- 0.9 * s[i, j]; y[i] = s[i, 0] * x[i]; }
layer k(I) { input x[i: I]; state s[j: 2 * I] ~ ones(); index r: 2; s[2 * i + r] <- s[2 * i + r] * mean(batch: x[i]); y[i] = s[2 * i] * x[i]; }
Net< input(4); f; g; h; k >",
    );
}

#[test]
fn what_nothing_reads_is_left_out() {
    check(
        "layer f(I) { input x[i: I]; index j: 3; m = max(i: x[i]); y[i] = x[i]; }
                                  ^ no equation has the index `j`: leave it out
                                        ^ no equation reads `m`: leave this statement out
layer g(I) { input x[i: I]; state s ~ zeros(); s <- mean(batch, i: x[i]); index k: 2; y[i] = x[i] + sum(k: 1); }
layer h(I) { input x[i: I]; scan i { a[i] = b[i - 1]; b[i] = x[i] + a[i]; c[i] = c[i - 1] + x[i]; } y[i] = a[i]; }
                                                                          ^ no equation reads `c`: leave this statement out
Net< input(4); g >",
    );
    check(
        "layer f(I) { input x[i: I]; y[i] = x[i] else 0; }
                                             ^ every element of `y` is written already: leave `else` out
layer g(I) { input x[i: I]; y[i: I] = x[i] else 1; }
                                                ^ every element of `y` is written already: leave `else` out
layer h(I; padding = 0) { input x[i: I]; y[i + padding: I + 2 * padding] = x[i] else 0; }
layer d(I) { input x[i: I]; y[i: I, i] = x[i] else 0; }
Net< input(4); h >",
    );
}

#[test]
fn every_size_and_setting_is_read() {
    check(
        "layer f(I, O; gain = 1, shift = 0) { input x[i: I]; y[i] = gain * x[i]; }
           ^ nothing reads `O`: leave this size out
                        ^^^^^ nothing reads `shift`: leave this setting out
layer g(K; stride = K, bias = true) { input x[i: I]; param b[i: I] ~ zeros() when bias; index k: K; y[i] = sum(k: x[i]) / stride + b[i]; }
activation a(x; slope = 1) = x;
                ^^^^^ nothing reads `slope`: leave this setting out
loss l(p; t; margin = 1) = abs(p - t);
             ^^^^^^ nothing reads `margin`: leave this setting out
Net< input(4); g(2) >",
    );
}

#[test]
fn outputs_follow_from_inputs() {
    check(
        "layer f(I) { input x[i: I]; z[i] = 2 * x[i]; w[i] = z[i]; y[i: I] = 1; }
                            ^ nothing that is read depends on `z`: leave this statement out
                                             ^ no equation reads `w`: leave this statement out
Net< input(4); f >",
    );
    check(
        "activation f(x) { z = 2 * x; y = 1; }
                  ^ no equation reads `z`: leave this statement out
layer g(I) { input a[i: I]; input b[i: I]; y[i] = a[i]; }
                                  ^ no equation reads the input `b`
layer h(I) { y[i: I] = 1; }
      ^ `h` has no input: write `input x[i: I];`
Net< input(4); f; h >",
    );
    check(
        "layer f(I) { input x[i: I]; scan i { a[i] = b[i - 1]; b[i] = x[i] + a[i]; } y[i] = a[i]; }
Net< input(4); f >",
    );
}

#[test]
fn a_scan_reads_what_it_has_made() {
    let read = "in `scan t`, `h` is read at earlier steps, `h[t - 1]`, at later ones, `h[t + 1]`, which makes the scan run from the end, or at `t` below the statement that makes it";
    let begin = "layer f(N; lag = 1) { input x[t: N]; param w[s: N] ~ ones(); ";
    let end = "y[t] = h[t] + lag * w[t]; }";
    for value in ["h[t]", "h[0]", "h[N - 1]", "h[2 * t]", "h[t - 1 + 1]", "h[t - 0 * lag]"] {
        let scan = "scan t { h[t] = x[t] + ";
        let column = " ".repeat(begin.len() + scan.len());
        let carets = "^".repeat(value.len());
        check(&format!(
            "{begin}{scan}{value}; }} {end}\n{column}{carets} {read}\nNet< input(8); f >"
        ));
    }
    check(&format!(
        "{begin}scan t {{ h[t] = x[t] + h[t - lag]; }} {end}
                                                                                    ^^^^^^^^^^ {read}
Net< input(8); f; f(lag = 0); f(lag = 2) >"
    ));
    check(&format!(
        "{begin}scan t {{ h[t] = x[t] + sum(s: w[s] * h[s]); }} {end}
                                                                                                  ^^^^ {read}
Net< input(8); f >"
    ));
    check(&format!(
        "{begin}scan t {{ g[t] = x[t] + h[t]; h[t] = g[t]; }} {end}
                                                                                    ^^^^ {read}
Net< input(8); f >"
    ));
    for target in ["h[0]", "h[t + 1]", "h"] {
        let value = "x[t] + h[t - 1]";
        let wrong = "^ `scan t` makes one element of `h` at each step: write `t` as one of its indices, `h[t] = …`";
        let column = " ".repeat("layer f(N) { input x[t: N]; scan t { ".len());
        check(&format!(
            "layer f(N) {{ input x[t: N]; scan t {{ {target} = {value}; }} y[t] = h[t]; }}\n{column}{wrong}\nNet< input(8); f >"
        ));
    }
    check(&format!(
        "{begin}scan t {{ g[t] = x[t] + h[t - 1] * g[t - 1]; h[t] = g[t]; }} z[t] = h[t - 1]; y[t] = z[t] + lag * h[t] + w[t]; }}\nNet< input(8); f >"
    ));
}

#[test]
fn a_scan_runs_one_way() {
    check(
        "layer f(N) { input x[t: N]; scan t { h[t] = x[t] + h[t - 1]; g[t] = h[t] + g[t + 2]; } y[t] = g[t]; }
                                                                           ^^^^^^^^ `scan t` reads earlier steps above and later ones here, but it runs one way: write another scan for this
layer g(N) { input x[t: N]; scan t { h[t] = x[t] + h[t + 1] * h[t - 1]; } y[t] = h[t]; }
                                                              ^^^^^^^^ `scan t` reads later steps above and earlier ones here, but it runs one way: write another scan for this
layer s(N; by = 1) { input x[t: N]; scan t { h[t] = x[t] + h[t + 1] * h[t + by]; } y[t] = h[t]; }
                                                                      ^^^^^^^^^ `scan t` reads later steps above and earlier ones here, but it runs one way: write another scan for this
layer k(N) { input x[t: N]; scan t { scan t { h[t] = x[t] + h[t - 1]; } } y[t] = h[t]; }
                                          ^ a scan over `t` stands around this one: write another index
layer n(N, M) { input x[t: N, u: M]; scan t { scan u { h[t, u] = x[t, u] + h[t, u - 1] + h[t + 1, u + 1] + h[t, u + 1]; } } y[t] = h[t, 0]; }
                                                                                                           ^^^^^^^^^^^ `scan u` reads earlier steps above and later ones here, but it runs one way: write another scan for this
Net< input(8); s; s(by = 2); s(by = -1) >",
    );
    check(
        "layer f(N) { input x[t: N]; scan t { h[t] = x[t] + h[t - 1]; } scan t { g[t] = h[t] + g[t + 2]; } y[t] = g[t] + h[t - 1] + g[t + 2]; }
layer g(N, M) { input x[t: N, u: M]; scan u { scan t { h[t, u] = x[t, u] + h[t, u - 1] + h[t - 1, u - 1] + h[t + 1, u]; } } y[t] = h[t, 0]; }
Net< input(8); f >",
    );
}

#[test]
fn first_values_stand_before_the_first_step() {
    let step = "scan t { h[t] = x[t] + h[t - 1]; }";
    let begin = "layer f(N) { input x[t: N]; ";
    let end = "y[t] = h[t]; }\nNet< input(8); f >";
    let wrong = |statement: &str, at: usize, length: usize, message: &str| {
        let (column, carets) = (" ".repeat(begin.len() + at), "^".repeat(length));
        let (before, after) = end.split_once('\n').expect("two lines");
        check(&format!("{begin}{statement} {before}\n{column}{carets} {message}\n{after}"));
    };
    let own =
        "the scan makes this element of `h` itself: first values stand beside those that it makes";
    wrong(&format!("h[0] = 1; {step}"), 0, 1, own);
    wrong(&format!("h[t] = x[t]; {step}"), 0, 1, own);
    let axis = "of an axis that has the elements -1 to 7, as far as the scan reads it";
    wrong(&format!("h[-2] = 1; {step}"), 2, 2, &format!("this writes the element -2 {axis}"));
    wrong(&format!("h[N] = 1; {step}"), 2, 1, &format!("this writes the element 8 {axis}"));
    wrong(
        &format!("index k: 2; h[k - 2] = 1; {step}"),
        14,
        5,
        &format!("this writes the elements -2 to -1 {axis}"),
    );
    wrong(
        &format!("{step} h[-1] = 1;"),
        step.len() + 1,
        1,
        "the first values of `h` stand above `scan t`",
    );
    wrong(
        "h[-1] = 1; scan t { h[t] = x[t]; }",
        0,
        1,
        "`scan t` reads `h` at no other step, so that it needs no first value: leave this statement out",
    );
    wrong(&format!("h[-1, 0] = 1; {step}"), 0, 1, "`h` has 1 axis, but 2 are given");
    check(&format!("{begin}h[-1] = 1; {step} {end}"));
    check(
        "layer f(N) { input x[t: N]; h[-1] = 1; scan t { h[t] = x[t] + h[t - 1]; } y[t] = h[t - 2]; }
                                                                                 ^^^^^^^^ this reads the elements -2 to 5 of an axis that has the elements -1 to 7; for elements before the first, read a longer array, such as `longer[t + 2: 10] = … else 0;`
Net< input(8); f >",
    );
}

#[test]
fn rounds_of_a_layer_are_counted() {
    check(
        "layer f(N) { input x[i: N]; repeat l in 0..300 { y[i] = x[i]; } }
                                           ^^^ `repeat` runs at most 256 times
Net< linear(8, 2) >",
    );
    check(
        "layer f(N) { input x[i: N]; repeat l in 0..1.5 { x[i] = x[i]; } y[i] = x[i]; }
                                           ^^^ `repeat` counts by integers: write one here
Net< linear(8, 2) >",
    );
    for (keyword, statement) in [
        ("input", "input z[i: N];"),
        ("index", "index j: 2;"),
        ("require", "require N > 1;"),
        ("state", "state s ~ zeros();"),
    ] {
        let begin = "layer f(N) { input x[i: N]; repeat l in 0..2 { ";
        let (column, carets) = (" ".repeat(begin.len()), "^".repeat(keyword.len()));
        check(&format!(
            "{begin}{statement} }} y[i] = x[i]; }}\n{column}{carets} `{keyword}` stands outside of `repeat`\nNet< linear(8, 2) >"
        ));
    }
    check(
        "layer f(N; count = 3) { input x[i: N]; h[i] = x[i]; repeat l in 0..count { param w[i: N] as \"w{l}\" ~ ones(); h[i] = w[i] * h[i] + l; } y[i] = h[i]; }
Net< linear(4, 8); f; f(count = 1); f(count = 0) >",
    );
}

#[test]
fn inputs_may_be_left_out() {
    check(
        "Net { input x[t: 5, i: 3]; input h[n: 8]; output y = gru(4, bidirectional = true)(x, h); output z = gru(4)(x, h, h); output w = gru(4)(x, h); }
                                                                                                    ^^^ `gru` takes 1 to 2 inputs, but 3 are given
                                                                                                                                ^^^ `gru` expects `h0` to be 4, but it is 8",
    );
}

#[test]
fn numbers_are_numbers() {
    check(
        "activation f(x) = x * sqrt(-1) + ln(0) * x + (infinity - infinity) * x + x / (1 - 1) + 1e200 * 1e200 * x;
                      ^^^^^^^^ this is not a number
                                 ^^^^^ the logarithm of 0 is −∞; write `-infinity` if it is meant
                                             ^^^^^^^^^^^^^^^^^^^^^ this is not a number
                                                                             ^^^^^^^ this divides by zero
                                                                                       ^^^^^^^^^^^^^ this number is too large for `f64`; write `infinity` if it is meant
Net< input(4); f >",
    );
    check(
        "layer f(I; a = 1e308 * 10, b = 1 in 0..=1e308 * 10) { input x[i: I]; z[i + 1: I + 1] = x[i] else 0.0 / 0.0; y[i: I] = a * b * z[i]; }
               ^^^^^^^^^^ this number is too large for `f64`; write `infinity` if it is meant
                                        ^^^^^^^^^^ this number is too large for `f64`; write `infinity` if it is meant
layer g(I) { input x[i: I]; z[i + 1: I + 1] = x[i] else 0.0 / 0.0; y[i: I] = z[i]; }
                                                        ^^^^^^^^^ this is not a number",
    );
    check(
        "activation f(x; a = 1) = a * x; Net< input(2); f(1e308 * 10); f(infinity) >
                                                 ^^^^^^^^^^ this number is too large for `f64`; write `infinity` if it is meant",
    );
    check(
        "layer f(I; a = infinity in 0..=infinity) { input x[i: I]; z[i + 1: I + 1] = min(x[i], a) else -infinity; y[i: I] = max(z[i], 1 / sqrt(I)); }
Net< input(4); f >",
    );
}

#[test]
fn definitions_that_nobody_uses_are_checked() {
    check(
        "layer f(I) { input x[i: 0]; param w[j: -3] ~ ones(); index k: 2.5; z[l: 3 - 4] = x[0]; y[i] = w[0] * x[i] + z[0]; }
                        ^ a size is at least 1, but this is 0
                                       ^^ a size is at least 1, but this is -3
                                                              ^^^ a size is an integer, but this is 2.5
                                                                        ^^^^^ a size is at least 1, but this is -1
layer g(I[0], K[99999999999]) { input x[i: I]; y[i] = x[i]; }
          ^ a size or setting has 1 to 16 numbers
layer h(I; a[17] = 1) { input x[i: I]; y[i] = x[i]; }
             ^^ a size or setting has 1 to 16 numbers
layer k(I) { input x[i: I[0]]; y[i] = x[i]; }
                        ^^^^ no size or setting is called `I[0]`
layer l(I) { input x[i: I]; require 1 < 0; require J < I; require 0 divides I; require I < 3; y[i] = x[i]; }
                                    ^^^^^ this holds for no sizes, so that no network could have the layer
                                                   ^ `J` is not known here: a macro sees tokens, not values; write `const J: usize = …;` inside the braces
                                                                  ^ 0 divides no size
layer m(I) { input x[i: I, i: 3]; index k: 3, k: 4; y[i] = x[i, i] + sum(k, k: x[k, k]); }
                           ^ the index `i` runs over I on another axis of `x`: give this one another name
                                              ^ the index `k` is declared already
layer n(I) { input x[i: I]; index k: 3; y[i] = x[i] + sum(k, k: x[k]); }
                                                             ^ this reduction runs over `k` already
block b< tanh; unheard > block c< linear(0, 3) > block d< linear(N); relu; linear(3, 4); linear(5) >
               ^^^^^^^ no layer is called `unheard`: declare it, `layer unheard(…) { … }` or `block unheard< … >`; all layers are in `tapeless::language::layers`
                                         ^ a size is at least 1, but this is 0
                                                                 ^ `N` is not known here: a macro sees tokens, not values; write `const N: usize = …;` inside the braces
block e< conv2d(8, 3); relu; flatten; linear(100, 10); linear(9, 3) > block o< relu; residual { linear(4) } > block p< input(4, 4); softmax >
                                                              ^ `linear` expects 9 inputs, but `linear` above it produces 10; write `linear(10, 3)` or `linear(3)`
Net< linear(2, 2) >",
    );
}

#[test]
fn an_extent_is_a_size_for_some_sizes() {
    check(
        "layer a(I) { input x[i: I + 1.5]; y[i] = x[i]; }
                        ^^^^^^^ no sizes or settings make this a size, an integer of at least 1
layer b(I) { input x[i: I]; index j: I / 0; y[i] = x[i] + sum(j: x[j]); }
                                     ^^^^^ no sizes or settings make this a size, an integer of at least 1
layer c(I) { input x[i: I]; y[i: -I] = x[i]; }
                                 ^^ no sizes or settings make this a size, an integer of at least 1
layer d(I) { input x[i: I]; y[i: I - I] = x[i]; }
                                 ^^^^^ no sizes or settings make this a size, an integer of at least 1
layer e(I) { input x[i: I]; param w[i: 0 * I] ~ ones(); y[i] = w[i] * x[i]; }
                                       ^^^^^ no sizes or settings make this a size, an integer of at least 1
layer f(I) { input x[i: sqrt(I)]; y[i] = x[i]; }
                        ^^^^^^^ no sizes or settings make this a size, an integer of at least 1",
    );
    check(
        "layer g(I, J; a = 0) { input x[i: I]; param w[j: I - J] ~ ones(); param v[k: I / a] ~ ones(); param u[l: J - 4 * I + a] ~ ones(); y[i] = x[i] + sum(j: w[j]) + sum(k: v[k]) + sum(l: u[l]); }
layer h(I, K[2]; stride[2] = 1) { input x[i: I]; y[i: (I - K[0]) / stride[1] + 1] = x[i]; }",
    );
}

#[test]
fn generated_code_carries_no_other_attribute() {
    let other = "^ a network takes documentation, `cfg`, lint levels, `deprecated`, `frozen` and `input_gradients`, but not this attribute";
    for attribute in [
        "#[foo::bar]",
        "#[::clippy::all]",
        "#[tokio::main]",
        "#[repr(C)]",
        "#[test]",
        "#[must_use]",
        "#[serde(default)]",
        "#[unsafe(no_mangle)]",
        "#[inline]",
        "#[non_exhaustive]",
        "#[path = \"a\"]",
    ] {
        check(&format!("{attribute} Net< linear(2, 2) >\n{other}"));
    }
    check(
        "#[allow] Net< linear(2, 2) > #[deny = \"x\"] Second< linear(2, 2) > #[derivatives(3)] Third< linear(2, 2) >
^ a lint level names lints: `#[allow(dead_code)]`
                             ^ a lint level names lints: `#[allow(dead_code)]`
                                                                  ^ a network takes documentation, `cfg`, lint levels, `deprecated`, `frozen` and `input_gradients`, but not this attribute",
    );
    check(
        "#[clippy::all] #[rustfmt::skip] #[allow(dead_code)] #[doc = \"x\"] #[deprecated] Net< linear(2, 2) >",
    );
}

#[test]
fn settings_have_ranges_and_defaults_in_them() {
    check(
        "activation f(x; a = 1 in 2..=1, b = 3 in 0..=1, c = 0.0 / 0.0) = a * b * c * x;
                         ^^^^^ no number lies in 2..=1
                                    ^ the default 3 is outside of 0..=1
                                                    ^^^^^^^^^ the default of `c` is not a number",
    );
    check(
        "loss l(p; t; a = 2 in 0..=1) = a * (p - t);
                 ^ the default 2 is outside of 0..=1",
    );
    check(
        "layer f(I; a = I in 0..=4) { input x[i: I]; y[i] = a * x[i]; }
Net< linear(2, 4); f; linear(5); f >
                                 ^ `a` is between 0 and 4, but its default here is 5",
    );
    check(
        "activation f(x; a = 1) = a * x; Net< input(2); f(0.0 / 0.0) >
                                                 ^^^^^^^^^ `a` is a number, but this is NaN",
    );
    check(
        "layer f(I) { input x[i: I]; param w[i: I] ~ uniform(-1); param v[i: I] ~ normal(1 / 0); y[i] = w[i] * v[i] * x[i]; }
                                                    ^^ expected a number that is finite and at least 0, found -1
                                                                                ^^^^^ expected a number that is finite and at least 0, found inf",
    );
    check(
        "layer f(I) { input x[i: I]; param w[i: I] ~ uniform(1e39); param v[i: I] ~ constant(-1e39); y[i] = w[i] * v[i] * x[i]; }
                                                    ^^^^ expected a number that is finite and at least 0 as an `f32`, found 1e39
                                                                                    ^^^^^ expected a number that is finite as an `f32`, found -1e39",
    );
    check(
        "activation f(x; learn a = 1e39) = a * x; Net< input(2); f >
                                                        ^ `a` begins as a number that is finite as an `f32`, but this is 1e39",
    );
    check(
        "activation f(x; learn a = 1) = a * x; Net< input(2); f; f(infinity) >
                                                        ^^^^^^^^^^^ `a` begins as a number that is finite as an `f32`, but this is inf",
    );
}

#[test]
fn statements_stand_where_they_mean_something() {
    check(
        "loss l(p[c: C]; t[c: C]) { require 1 < 2; state s ~ zeros(); param w ~ ones(); input z; y = sum(c: p[c] * t[c]); }
                           ^^^^^^^ a loss has no sizes to require something of; its settings have ranges: `a = 1 in 0..=1`
                                          ^^^^^ a loss holds no numbers of its own: put them into a layer
                                                             ^^^^^ a loss holds no numbers of its own: put them into a layer
                                                                               ^^^^^ the arguments of a loss stand in parentheses: `loss name(p; t)`",
    );
    check(
        "activation f(x) { param a ~ ones(); y = a * x; }
                  ^^^^^ an activation learns a setting: `activation name(x; learn a = 1)`",
    );
    check(
        "loss l(p[c: C]; t[d: D]) { y = sum(c: p[c]) * sum(d: t[d]); }
     ^ no network of this block has an output `p` with 1 axis: a loss without a target, or of several outputs, targets or axes, is one of the networks beside it",
    );
    check(
        "loss l(p[c: C]; t) { m <- sum(c: p[c]); y = sum(c: p[c]) * t; }
                     ^ a loss holds no numbers of its own: put them into a layer",
    );
    check("loss l(p; t; a = 1) { samples = 2 * a; y = p - t; }");
    check(
        "loss l(p; t) { samples = t; y = p - t; }
                         ^ `samples` is one number for each sample: write the outputs with an index, `loss name(p[c: C]; …)`, and a reduction here",
    );
    check(
        "loss l(p[c: C]; t) { y = sum(c: p[c]) * t; samples = t; }
                                           ^^^^^^^ the last statement is the loss: write `samples` before it",
    );
    check(
        "loss l(p[c: C]; t[c: C]) { y[c] = p[c] - t[c]; }
                           ^ a loss is one number for each sample: write a reduction, such as `y = mean(c: …)`",
    );
    // Beside a network that it is of too.
    check(
        "loss l(p[c: C]; t) { y[c] = p[c] - t; } Net { input x[i: 3]; output p = linear(4)(x); output v = linear(1)(x); }
                     ^ a loss is one number for each sample: write a reduction, such as `y = mean(c: …)`",
    );
    check(
        "loss l(p[c: C]; t[c: C]) { y[a] = sum(c: p[c] - t[c]); }
                           ^ a loss is one number for each sample: write a reduction, such as `y = mean(c: …)`",
    );
    check(
        "loss l(p[c: C]; t[c: C]) { unused = sum(c: p[c]); y = sum(c: p[c] - t[c]); }
                           ^^^^^^ no equation reads `unused`: leave this statement out",
    );
    check(
        "loss l(p; t) = if training { p - t } else { t };
                  ^^^^^^^^ a loss is the same in training and evaluation: only layers differ",
    );
    check(
        "#[inline] loss l(p; t) = p - t; #[test] const N: usize = 2; #[outputs(logits)] layer f(I) { input x[i: I]; y[i] = x[i]; }
^ a loss takes documentation, `cfg` and lint levels, but not this attribute
                                ^ a constant takes documentation, `cfg`, lint levels and `deprecated`, but not this attribute
                                                                      ^^^^^^ expected `probabilities` or `unchanged`",
    );
}

#[test]
fn every_name_of_a_field_is_a_label() {
    check(
        "Net< input: linear(4, 4); linear: linear(4); relu: relu; softmax: linear(4); add: tanh; states: linear(4); padding: linear(4) >
Groups< residual: linear(4, 4); parallel: linear(4); repeat: linear(4); reuse: linear(4); shortcut: relu >
InBraces< input: { linear(4, 4) } residual: { tanh } parallel: { relu } repeat: { linear(4) } reuse: { relu } shortcut: { linear(4) } eye: { tanh } >
Items< block: linear(4, 4); layer: linear(4); loss: linear(4); activation: tanh; network: linear(4); class: linear(4); training: relu >
Shortcut< linear(4, 4); residual { tanh } shortcut: linear(4); residual { tanh } shortcut: { relu } residual { tanh } shortcut { linear(4) } >
Functions< forward: linear(4, 4); new: linear(4); zeros: linear(4); pass: linear(4); batch: linear(4); key: linear(4); T: linear(4); I: linear(4) >
Raw< r#type: linear(4, 4); r#match: { linear(4) } r#fn: relu; union: linear(4); r#async: linear(4) >
Types< a: linear(4, 4); A: linear(4); a_: linear(4); _a: linear(4); __: linear(4); a2: linear(4); a_b: linear(4); aB: linear(4); größe: linear(4); Größe: linear(4) >
Empty< relu1: linear(4, 4); relu; a: { b: relu } a_b: linear(4) >
States< linear(4, 4); states: relu; norm: batch_norm1d; a: { states: linear(4) } >
Own< hidden: linear(4, 4) > OwnOfHidden< linear(4, 4) > loss own_of_hidden2(p; t) = p - t;
const eye: usize = 4; block body< linear(4) > activation bend(x) = 2 * x; Names< eye: linear(eye, 4); body: body; bend: bend; a: body >",
    );
    check(
        "Net< type: linear(2, 3) > Other< linear(2, 3); match: { relu }; fn: relu; crate: relu; _: tanh >
     ^^^^ `type` is a keyword of Rust: write `r#type`, or another name
                                               ^^^^^ `match` is a keyword of Rust: write `r#match`, or another name
                                                                ^^ `fn` is a keyword of Rust: write `r#fn`, or another name
                                                                          ^^^^^ nothing can be called `crate` in Rust: write another name
                                                                                       ^ nothing can be called `_` in Rust: write another name",
    );
    check(
        "Net< linear(2, 3); \"a\": relu; 1: relu; 'b: relu >
                   ^^^ a label is a name: `hidden: linear(784, 128)`
                              ^ a label is a name: `hidden: linear(784, 128)`
                                       ^ a label is a name: `hidden: linear(784, 128)`",
    );
}

#[test]
fn layers_may_be_called_as_groups_are() {
    check(
        "layer shortcut(I) { input x[i: I]; y[i] = 2 * x[i]; }
layer repeat(I) { input x[i: I]; y[i] = 2 * x[i]; }
layer< linear(2, 2) > block< linear(2, 2) > loss< linear(2, 2) > activation< linear(2, 2) >
Net< linear(3, 4); residual { linear(4) } shortcut; residual { tanh } shortcut(4); residual { relu } shortcut { linear(4) } repeat >",
    );
}

#[test]
fn what_is_wrong_with_a_declaration_is_said_once() {
    let uses = "block b< f; linear(3) > Net< linear(2, 4); f; linear(5, 4); f(3); a: f(1, 2); b; b; reuse a > Other< f(2); f; b >";
    for declaration in [
        "layer f(I) { input x[i: I] y[i] = x[i]; }
                           ^ expected `;`",
        "layer f(I) { input x[i: I]; y[i] = z[i]; }
                                   ^ no array is called `z`; did you mean `x`?",
        "layer f(I) { input x[i: I]; param w[i: J] ~ ones(); y[i] = w[i] * x[i]; }
                                       ^ `J` is not known here: a macro sees tokens, not values; write `const J: usize = …;` inside the braces",
        "layer f(I; a = 3 in 0..=1) { input x[i: I]; y[i] = a * x[i]; }
               ^ the default 3 is outside of 0..=1",
        "#[outputs(all)] layer f(I) { input x[i: I]; y[i] = x[i]; }
          ^^^ expected `probabilities` or `unchanged`",
        "activation f(x) = 2 * ;
                      ^ expected a number, a name or an expression in parentheses",
        "activation f(x) = 2 * y;
                      ^ nothing is called `y` here; did you mean `x`?",
        "layr f(I) { input x[i: I]; y[i] = x[i]; }
     ^ expected `<` and the layers of the network `layr`; other items begin with `layer`, `activation`, `loss`, `block` or `const`",
        "block f< relu > block f< tanh >
                      ^ `f` is already the name of a block; choose another name",
        "layer f(I) { input x[i: I]; y[i] = 2 * x[i]; } block f< tanh >
                                                     ^ `f` is already the name of a layer of this block; choose another name",
        "block f linear(4); relu >
        ^^^^^^ expected `<` and the layers: `f< linear(2, 1) >`",
    ] {
        check(&format!("{declaration}\n{uses}"));
    }
    check(
        "block a< b > block b< a > block c< tanh; c >
         ^ the blocks `a` and `b` are made of each other
                                         ^ the block `c` is made of itself
block linear< relu > block tanh< relu >
      ^^^^^^ `linear` is already the name of a built-in layer; choose another name
                           ^^^^ `tanh` is already the name of an elementary function; choose another name
Net< input(3); a; c; relu > Other< input(3); b > Third< linear(2, 2) >",
    );
    check(
        "block a< relu; b > block b< tanh >
               ^ a block is made of blocks above it: declare `b` before `a`
Net< input(3); a >",
    );
    let without_arguments =
        uses.replace("f(3)", "f").replace("f(1, 2)", "f").replace("f(2)", "linear(4, 4)");
    for declaration in [
        "block f< lineer(4); relu >
         ^^^^^^ no layer is called `lineer`; did you mean `linear`?",
        "block f< repeat _ in 0..3 { lineer(4) } >
                            ^^^^^^ no layer is called `lineer`; did you mean `linear`?",
    ] {
        check(&format!("{declaration}\n{without_arguments}"));
    }
    check(
        "layer linear(I) { input x[i: I]; y[i] = x[i]; }
      ^^^^^^ `linear` is already the name of a built-in layer; choose another name
activation relu(x; a = 1) = a * max(x, 0);
           ^^^^ `relu` is already the name of a built-in activation; choose another name
Net< linear(3, 4, 5); relu(1); relu(a = 2); linear >",
    );
    check(
        "const A: usize = 2.5;
                 ^^^ `usize` holds integers, but this is 2.5
const B: u32 = 3 - 5;
               ^^^^^ `u32` holds 0 to 4294967295, but this is -2
const C: usize = MISSING;
                 ^^^^^^^ `MISSING` is not known here: a macro sees tokens, not values; write `const MISSING: usize = …;` inside the braces
const D usize = 3;
        ^^^^^ expected `:`
const E: usize = 3
const F: usize = MISSING + A;
^^^^^ expected `;`
layer f(I) { input x[i: I]; y[i: A] = x[i]; }
Net< linear(A, B); linear(C); linear(D); linear(E); repeat _ in 0..A { f } linear(F); linear(MISSING, MISSING) >",
    );
    check(
        "Net< same: lineer(4); group: { relu; sigmod } reuse same; reuse group; unheard; linear(4, 4); unheard >
           ^^^^^^ no layer is called `lineer`; did you mean `linear`?
                                     ^^^^^^ no layer is called `sigmod`; did you mean `sigmoid`?
                                                                       ^^^^^^^ no layer is called `unheard`: declare it, `layer unheard(…) { … }` or `block unheard< … >`; all layers are in `tapeless::language::layers`",
    );
    check(
        "Net< linear(2, 3); relu
^^^ the layers of `Net` end without a `>`
pub Second< linear(2, 3); relu
    ^^^^^^ the layers of `Second` end without a `>`
Third< linear(2, 3); residual { relu Inner< tanh > } linear(2 2) >
                                     ^^^^^ expected a layer or `}`
                                                              ^ expected `,`
loss l(p; t) = p - t;",
    );
}

#[test]
fn items_after_a_broken_one_are_read() {
    check(
        "Net( linear(2, 3) )
   ^ expected `<` and the layers of the network: `Net< linear(2, 1) >`
pub Other< linear(2, 0) >
                     ^ a size is at least 1, but this is 0
activation f(x) = 2 * x
layer g(I) { input x[i: I]; y[i] = z[i]; }
^^^^^ expected `;`
                                   ^ no array is called `z`; did you mean `x`?
# pub const N: u8 = 300;
  ^^^ expected square brackets
                    ^^^ `u8` holds 0 to 255, but this is 300",
    );
}

#[test]
fn layers_under_one_label() {
    check(
        "Net< input(1, 8, 8); eye: { conv2d(2, 3); relu; flatten } linear(3); tail: { a: linear(2); }; relu >",
    );
    check(
        "Net< linear(2, 3); { relu } >
                   ^ layers in braces need a label: `name: { … }`",
    );
    check(
        "Net< linear(2, 3); a: { relu; b: linear(4) } a_b: linear(2) >
                                             ^^^ another layer is called `a_b` already; write another label",
    );
}

#[test]
fn an_index_may_run_over_a_part_of_an_axis() {
    let prefix = |index| {
        format!(
            "layer f(N, O) {{ input x[n: N + 2]; param w[o: O, n: N] ~ ones(); {index} y[o] = sum(n: w[o, n] * x[n]); }}"
        )
    };
    check(&format!(
        "{}
                                                                                          ^^^^ the index `n` runs over 3 elsewhere, but this axis of `x` has 5; if only the first 3 are meant, declare `index n: N;`
Net< input(5); f(3, 4) >",
        prefix(""),
    ));
    check(&format!("{}\nNet< input(5); f(3, 4) >", prefix("index n: N;")));
    // An offset may be 0.
    for from in 0..3 {
        check(&format!(
            "layer f(N; from = {from}) {{ input x[n: N]; param w[i: 4] ~ ones(); y[i] = w[i] * x[i + from]; }}
Net< input(8); f >"
        ));
    }
}

#[test]
fn a_setting_is_given_once_and_within_its_meaning() {
    check(
        "Net< input(1, 5, 5); conv2d(2, 3, stride = 0) >
                                           ^ `stride` is at least 1, but this is 0
Other< input(1, 5, 5); conv2d(2, 3, padding = -1) >
                                              ^^ `padding` is at least 0, but this is -1
Pool< input(1, 5, 5); max_pool2d(2, dilation = 0) >
                                               ^ `dilation` is at least 1, but this is 0
Transposed< input(1, 5, 5); conv_transpose2d(2, 3, stride = 2, output_padding = 1) >
Padded< input(1, 5, 5); conv_transpose2d(2, 3, stride = 2, output_padding = 2) >
                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `conv_transpose2d(1, 2, 3, stride = 2, output_padding = 2)` requires output_padding[0] < max(stride[0], dilation[0]), but output_padding[0] is 2 and max(stride[0], dilation[0]) is 2
Twice< input(5); layer_norm(affine = true, affine = false); leaky_relu(0.1, negative_slope = 0.2) >
                                           ^^^^^^ `affine` is given twice
                                                                            ^^^^^^^^^^^^^^ `negative_slope` is given twice
Truth< linear(2, 3, bias = 2); linear(4, bias = 0.5); linear(4, bias = 0) >
                           ^ `bias` is `true` or `false`, but this is 2
                                                ^^^ `bias` is `true` or `false`, but this is 0.5
Kind< input(5); layer_norm(eps = true); leaky_relu(false); linear(true); dropout(0.5) >
                                 ^^^^ `eps` is a number, not `true`
                                                   ^^^^^ `negative_slope` is a number, not `false`
                                                                  ^^^^ `true` is not a number; write 1
Half< input(5, 2); softmax(dim = 1.5) >
                                 ^^^ the input has 2 axes: `dim` is from 1 to 2, or from -2 to -1, and 1.5 is none of them
Axis< input(5); softmax(dim = 0) >
                              ^ the input has 1 axis: `dim` is 1 or -1, and 0 is the batch
Channels< input(5); prelu(per_channel, per_channel) >
                                       ^^^^^^^^^^^ `per_channel` stands twice",
    );
    check(
        "const N: usize = true;
                 ^^^^ `true` is not a number; write 1
activation f(x; steep = true, scale = 1 in false..=2) = x * steep * scale;
                                           ^^^^^ `false` is not a number; write 0
activation g(x; steep = true) = x * steep + false;
                                            ^^^^^ `false` is not a number; write 0
activation h(x; steep = true) = x * steep;
Net< linear(2, 3); h(false) >",
    );
    // Everything is dropped, as PyTorch does.
    check("Net< input(5); dropout(1) >");
}

#[test]
fn names_of_pytorch_and_outputs_without_axes() {
    check(
        "Net< Linear(2, 3); ReLU; LayerNorm >
     ^^^^^^ no layer is called `Linear`; did you mean `linear`?
                   ^^^^ no layer is called `ReLU`; did you mean `relu`?
                         ^^^^^^^^^ no layer is called `LayerNorm`; did you mean `layer_norm`?",
    );
    check(
        "layer total(I) { input x[i: I]; y = sum(i: x[i]); }
layer one(I) { input x[i: I]; index k: 1; y[k] = sum(i: x[i]); }
Net< input(3); total; linear(2) >
                      ^^^^^^ `linear` takes an array, but what is above it makes one number; give that an axis: `index k: 1; y[k] = …`
Other< input(3); one; linear(2) >",
    );
}

#[test]
fn what_a_loss_cannot_hold() {
    check(
        "loss counted(p[c: C]; t[c: C]) { samples[c] = t[c]; y = sum(c: p[c] * t[c]); }
                                 ^^^^^^^ `samples` is one number for each sample: write a reduction, such as `samples = sum(c: …)`
Net< linear(2, 3) >",
    );
    check(
        "loss image(p[h: H, w: W]; t[h: H]) = sum(h, w: p[h, w] * t[h]);
     ^^^^^ no network of this block has an output `p` with 2 axes: a loss without a target, or of several outputs, targets or axes, is one of the networks beside it
Net< linear(2, 3) >",
    );
    // Those of a name are one type, which has one default.
    check(
        "loss both(p[c: C]; label: class; k = 1, w[c: C] = 1) = sum(c: if c == label { k * w[c] * p[c] } else { 0 });
loss both(p[c: C]; t[c: C]; k = 2, w[c: C] = 1) = sum(c: k * w[c] * p[c] * t[c]);
                            ^ `k` is another setting in the definition above, and both are one type: write the same default, range and axes
Net< linear(2, 3) >",
    );
}

#[test]
fn what_is_broken_breaks_no_loss() {
    check(
        "loss bad(p; t) = ;
                 ^ expected a number, a name or an expression in parentheses
loss worse(p; t) = bad(p, t) + 1;
loss both(y[c: C];) = sum(c: y[c] * y[c]);
Net { input x[i: 3]; output y = linear(0)(x); }
                                       ^ a size is at least 1, but this is 0",
    );
    check(
        "layer f(I) { input super[i: I]; param self[i: I] ~ ones(); y[i] = x[i]; }
                   ^^^^^ nothing can be called `super` in Rust: write another name
                                      ^^^^ nothing can be called `self` in Rust: write another name
loss l(p; t) { repeat i in 0..2 { h = p * i; } y = h - t; }
               ^^^^^^ a loss repeats nothing: write the repetition in a layer
Net< linear(2, 3) >",
    );
}

#[test]
fn a_broken_equation_or_chain_is_one_mistake() {
    check(
        "activation f(x) = if x > 0 { x x } else { -x } + 3 * x;
                               ^ expected an operator here
activation g(x) = if x x > 0 { x } else { -x };
                       ^ expected curly braces
activation h(x) = if x > 0 { x } else if x > 1 { x x } else { 3 };
                                                   ^ expected an operator here
activation k(x) = 2 * x
Net< input(2); f; g; h; k >
^^^ expected `;`
Arrows< linear(2, 3) -> relu -> linear(2) >
                     ^ expected `;` or `>` after the layer
Chain< input(2); relu >",
    );
}

#[test]
fn what_stands_for_too_much_is_one_mistake() {
    let doubling = |first: &str, next: &str| {
        (1..16).fold(first.to_owned(), |text, k| {
            text + &next.replace('#', &(k - 1).to_string()).replace('@', &k.to_string())
        })
    };
    let lines = |line: fn(usize) -> String| (1..3000).map(line).collect::<Vec<_>>().concat();
    let (library, tapeless) = (library(), quote!(::tapeless));
    let messages = |text: &str| {
        let mut diagnostics = Diagnostics::default();
        let tokens = text.parse().expect("tokens");
        let mode = Mode::Recognised;
        pipeline::networks_with(&library, &tapeless, tokens, mode, &mut diagnostics);
        diagnostics.iter().map(|(message, _)| message).collect::<Vec<_>>()
    };
    let many = "with all activations written out, this statement has more than 2048 operations: divide it into several";
    let sums = doubling("activation f0(x) = x + 1;", "activation f@(x) = f#(x) + f#(2 * x);");
    assert_eq!(messages(&format!("{sums} Net< linear(2, 3); f15; linear(4, 1); f15 >")), [many]);
    let nested = doubling("activation f0(x) = x + 1;", "activation f@(x) = f#(f#(x));");
    assert_eq!(
        messages(&format!("{nested} loss l(p; t) = f15(p - t); Net< linear(2, 3); f15 >")),
        [many]
    );
    let chain = lines(|k| format!("activation f{k}(x) = f{}(x) + 1;", k - 1));
    let chain = format!("activation f0(x) = x; {chain} Net< linear(2, 3); f2999 >");
    assert_eq!(messages(&chain), ["activations call each other in a chain of more than 32"]);
    let many = "with all blocks and repetitions, this network has more than 2000 layers";
    let blocks = doubling("block b0< relu >", "block b@< b#; b# >");
    assert_eq!(messages(&format!("{blocks} Net< input(4); b15 >")), [many]);
    let empty = doubling("block b0< >", "block b@< b#; b# >");
    let items = "with all blocks and repetitions, this network has more than 8000 layers, groups and blocks";
    assert_eq!(messages(&format!("{empty} Net< input(4); b15; relu >")), [items]);
    let repeated = format!("{}relu{}", "repeat _ in 0..1000 { ".repeat(8), " }".repeat(8));
    assert_eq!(messages(&format!("Net< input(4); {repeated} >")), [many]);
    assert_eq!(messages(&format!("Net< input(4); {} >", "relu; ".repeat(10_000))), [many]);
    let chain = lines(|k| format!("block b{k}< b{} >", k - 1));
    let chain = format!("block b0< relu > {chain} Net< input(4); b2999 >");
    assert_eq!(messages(&chain), ["blocks and groups are nested more than 64 deep"]);
    let number = format!("Net< linear({}, 2) >", "1".repeat(200_000));
    assert_eq!(messages(&number), ["a number has at most 100 characters"]);
    // Within the limits, each stands for what it says.
    let within = doubling("activation f0(x) = x;", "activation f@(x) = f#(x) + 1;");
    assert_eq!(messages(&format!("{within} Net< linear(2, 3); f15 >")), Vec::<String>::new());
}

#[test]
fn axes_that_are_not_written_are_those_of_the_first_input() {
    check(
        "layer a(I) { input x[.., i: I, ..]; y[.., i] = x[.., i]; }
                               ^^ `..` stands once in an array
layer b(I; dim = 1) { input x[.., i: I, ..dim]; y[.., i] = x[.., i, ..dim]; }
                                        ^^^^^ `..dim` ends at the axis `dim`: it stands before `..`, which stands for the rest
layer c(I) { input x[..dim, i: I]; y[..dim, i] = x[..dim, i]; }
                     ^^^^^ `..dim` ends at an axis that a setting names: write one, `(…; dim = -1)`
layer d(I) { input x[i: I]; input z[.., i: I]; param w[..] ~ ones(); y[i] = x[i] + sum(..: z[.., i] * w[..]); }
                                    ^^ `..` stands for axes of the first input: write it there
                                                       ^^ `..` stands for axes of the first input: write it there
layer e(I) { input x[i: I]; y[i] = x[i] + sum(..: x[..]) + x[(..)]; }
                                              ^^ `..` stands for axes of a layer's input: `input x[.., i: I];`
                                                              ^^ `..` stands for axes of a layer's input: `input x[.., i: I];`
layer f(.., I, ..) { input x[.., i: I]; y[.., i] = x[.., i]; }
               ^^ `..` stands once among the sizes of a layer
layer g(..dim; dim = 1) { input x[i: 3]; y[..dim] = x[0]; }
        ^^^^^ `dim` is a setting: write another name
layer h(I; dim = 1) { input x[..=, i: I]; y[i] = x[i]; }
                                 ^ expected the setting that says which axis is the last: `..=dim`
Net< linear(2, 2) >",
    );
    check(
        "activation a(x[..]) = x;
               ^^ `..` stands for axes in a `layer`: write all of them here
loss b(p[..]; t) = p;
         ^^ `..` stands for axes in a `layer`: write all of them here
Net { input x[.., i: 3]; param w[..] ~ ones(); input z[i: 3]; output y = linear(2)(z); }
              ^^ `..` stands for axes in a `layer`: write all of them here
                                 ^^ `..` stands for axes in a `layer`: write all of them here",
    );
}

#[test]
fn an_input_has_the_axes_that_a_layer_names() {
    check(
        "layer ends(A, B) { input x[a: A, .., b: B]; y[a, b] = sum(..: x[a, .., b]); }
Few< input(5); ends >
               ^^^^ `ends` takes an input with at least 2 axes, but the network has 5 inputs
Count< input(2, 3, 4); ends(2, 4, 6) >
                                  ^ `ends` is written `ends(A, B)` or `ends`, but 3 sizes are given
Shape< input(2, 3, 4); ends(2, 3) >
                               ^ `ends` expects an input of 2×3×3, but the network's input is 2×3×4; write `ends(2, 4)` or `ends`
Sizes< input(4, 3); flatten(4, 2) >
                               ^ `flatten` expects an input of 4×2, but the network's input is 4×3; write `flatten(4, 3)` or `flatten`
Many< input(4, 3); flatten(4, 3, 1) >
                                 ^ `flatten` is written `flatten(H, W)` or `flatten`, but 3 sizes are given; a setting has its name, `start_dim = …`
Order< input(4, 3); flatten(start_dim = 2, end_dim = 1) >
                                                     ^ `end_dim` is the axis 1 here, and should be one behind axis 1
Product< input(4, 3); reshape(5, 2) >
                      ^^^^^^^^^^^^^ `reshape(5, 2)` requires H * W == S * T, but H * W is 12 and S * T is 10",
    );
}

#[test]
fn layers_that_a_layer_applies_are_checked() {
    check(
        "layer a(I) { input x[i: I]; y = linaer(3)(x); }
                                ^^^^^^ no layer is called `linaer`; did you mean `linear`?
layer b(I) { input x[i: I]; y = <linear(3); relu(1)>(x) + linear(3)(x); }
                                                 ^ `relu` takes no arguments
layer z(I) { input x[i: I]; y = linear(3)(u); }
                                          ^ no array above is called `u`
layer c(I) { input x[i: I]; y = c(x); }
      ^ the layer `c` applies itself
layer d0(I) { input x[i: I]; y = e(x); }
      ^^ `d0` applies layers that apply `d0`
layer e(I) { input x[i: I]; h = tanh(d0(x)); y = h; }
layer f(I) { input x[i: I]; y = f0(I)(x); } layer f0(I) { input x[i: I]; y = a(x); }
layer g(I) { input x[t: I, i: I]; scan t { s[t, i] = x[t, i] + linear(I)(s)[t - 1, i]; } y = linear(1)(s); }
                                                               ^^^^^^^^^^^^^^^^^^^^^^ a layer is applied to whole arrays, in the body of a network or of a layer, outside of `scan`
layer h(I) { input x[i: I]; u = linear(1)(x); y = d(u, x); }
                                                    ^ a derivative stands in the body of a network or in a loss
layer k(I) { input x[i: I]; a_weight = linear(I)(x); param w[i: I] as \"a.weight\" ~ ones(); a = linear(I)(w * x); y = a + a_weight; }
                                                                                           ^ `a_weight`, in a file `a.weight`, would be the name of two parameters: give this array another name
Net< linear(2, 2) >",
    );
    check(
        "layer two(I) { input x[.., i: I]; y = linear(7, 3)(x); }
                                             ^ `linear` expects 7 inputs, but `x` above it produces 5; write `linear(5, 3)` or `linear(3)`
layer sum(I) { input x[i: I]; y = linear(3)(x) + x; }
                              ^ `y_linear` is 3 and `x` is 5: arrays in an equation without indices have one shape
Net< input(5); two; > Sum< input(5); sum >",
    );
}

#[test]
fn inputs_that_may_be_left_out_stand_last() {
    check(
        "layer a(I) { input x[i: I] = 0; y[i] = x[i]; }
                   ^ inputs with a default stand behind the others: first those whose default is another input, then those whose default is a number
layer b(I) { input x[i: I]; input u[i: I] = 0; input v[i: I] = x; y[i] = x[i] + u[i] * v[i]; }
                                                     ^ inputs with a default stand behind the others: first those whose default is another input, then those whose default is a number
layer c(I) { input x[i: I]; input u[i: I] = x; input v[i: I] = 1; y[i] = x[i] * u[i] + v[i]; }
Net { input x[i: 3]; output y = c(x, x, x, x); }
                                ^ `c` takes 1 to 3 inputs, but 4 are given
Few { input x[i: 3]; input z[i: 2]; output y = c(x, z); }
                                               ^ `c` expects `u` to be 3, but it is 2",
    );
}

#[test]
fn a_part_of_an_axis_lies_in_it() {
    check(
        "Slice< input(5, 3); slice(from = 2, to = 6) >
                    ^^^^^^^^^^^^^^^^^^^^^^^ `slice(5, from = 2, to = 6)` requires to <= I, but to is 6 and I is 5
Empty< input(5, 3); slice(from = 3, dim = -1) >
                    ^^^^^^^^^^^^^^^^^^^^^^^^^ `slice(3, from = 3, dim = -1)` requires from < to, but from is 3 and to is 3
Split< input(5, 3); split((3, 3)) >
                    ^^^^^^^^^^^^^ `split((3, 3))` requires total(N) == I, but total(N) is 6 and I is 5
Product< input(5); parallel(product) { linear(4); tanh } >
                   ^^^^^^^^ `parallel` cannot multiply 4 and 5: the shapes must be equal",
    );
}

#[test]
fn a_function_of_equations_is_no_layer() {
    check(
        "Net< linear(2, 3); abs; linear(1) >
                   ^^^ `abs` is a function of equations and no layer: declare `activation own_abs(x) = abs(x);`",
    );
}
