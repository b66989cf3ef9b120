//! Mistakes in the bodies of networks, and in losses of their outputs: each message on its token.

use super::carets::check;

#[test]
fn a_body_has_inputs_outputs_and_what_is_read() {
    check(
        "Net { input x[i: 3]; y = relu(x); }
^^^ `Net` has no output: write `output y = …;`",
    );
    check(
        "Net { input x[i: 3]; input z; param w ~ ones(); h = x + 1; output y = relu(x); }
                           ^ nothing reads the input `z`: leave it out
                                    ^ nothing reads the parameter `w`: leave it out
                                                ^ nothing reads the array `h`: leave it out",
    );
    check(
        "Net { input x[i: 3]; input x; y = relu(x); x = y; y = tanh(x); output y; output y; }
                           ^ `x` is an input already: write another name
                                           ^ `x` is an input and cannot be assigned
                                                  ^ `y` is assigned twice: give this array another name
                                                                                ^ `y` is an output already",
    );
    check(
        "Net { input label: class; output y = label + 1; }
            ^^^^^ a class is the target of a loss: for integers that are given, write `index(10)`, which are below 10",
    );
    check(
        "Net { input x[i: 3]; state s ~ zeros(); require 1 < 2; output y = relu(x); }
                     ^^^^^ `state` stands in a `layer`, which a network then calls
                                                ^ expected `=`",
    );
    check(
        "Net { input x[i: 3]; param w ~ ones() when 1; index i: 3; index i: 2; output y[i] = w * x[i]; }
                                           ^ `when` says of a layer's setting whether there is a parameter: a network has no settings
                                                                ^ the index `i` is declared already",
    );
}

#[test]
fn arrays_in_a_body_have_names_and_shapes() {
    check(
        "Net { input x[i: 3]; output y = linear(2)(z); }
                                          ^ no array above is called `z`; did you mean `x`?",
    );
    check(
        "Net { input x[i: 3]; input z[i: 4]; output y = x * z; output a = add(x, z); }
                                           ^ `x` is 3 and `z` is 4: arrays in an equation without indices have one shape
                                                             ^ `x` is 3 and `z` is 4: arrays in an equation without indices have one shape",
    );
    check(
        "Net { input x[i: 3]; output y = 2 * pi; }
                            ^ this equation reads no array",
    );
    check(
        "Net { input x[i: 3]; output y[o] = sum(i: x[i, o]); }
                              ^ the range of the index `o` is not known: read an array at `o` alone, or declare `index o: …;`
                                          ^^^^^^^ `x` has 1 axis, but 2 are given",
    );
    check(
        "Net { input x[i: N]; output y = relu(x); }
                 ^ `N` is not known here: a macro sees tokens, not values; write `const N: usize = …;` inside the braces",
    );
    check(
        "Net { input x[i: 3]; output y = x[x]; }
                                  ^ `x` holds real numbers, which choose no element: integers do, those of an input `: index(V)` or the class of a loss",
    );
}

#[test]
fn layers_are_applied_to_what_fits() {
    check(
        "Net { input x[i: 3]; output y = linear(4, 2)(x); }
                                       ^ `linear` expects 4 inputs, but `x` above it produces 3; write `linear(3, 2)` or `linear(2)`",
    );
    check(
        "Net { input x[i: 3]; output y = <linear(4); linear(5, 2)>(x); }
                                                   ^ `linear` expects 5 inputs, but `linear` above it produces 4; write `linear(4, 2)` or `linear(2)`",
    );
    check(
        "Net { input x[i: 3]; output y = relu(); output z = <relu; tanh>(x, x); }
                            ^ this equation reads no array
                                                   ^^^^^^^^^^^^^^^^^^ several layers one after the other take one array: `concat` joins two, `concat(a, b)`",
    );
    check(
        "Net { input x[i: 3]; output y = <relu; tanh>; output z = <relu(x); }
                                           ^ layers are applied to arrays here: `<linear(4); tanh>(x)`
                                                         ^ these layers end without a `>`",
    );
    check(
        "Net { input x[i: 3]; output y = lineer(4)(x); output z = sofmax(x); }
                                ^^^^^^ no layer is called `lineer`; did you mean `linear`?
                                                         ^^^^^^ no function is called `sofmax`; there are `exp`, `exp_m1`, `ln`, `ln_1p`, `sqrt`, `sin`, `cos`, `tan`, `atan`, `tanh`, `sigmoid`, `softplus`, `erf`, `erfc`, `abs`, `sign`",
    );
    check(
        "activation f(x) = linear(4)(x); Net { input x[i: 3]; output y = f(x); }
                  ^^^^^^^^^^^^ a layer is applied to whole arrays, in the body of a network or of a layer, outside of `scan`",
    );
    check(
        "layer pair(N) { input a[n: N]; input b[n: N]; y[n] = a[n] * b[n]; } Net { input x[i: 3]; input z[i: 2]; output y = pair(x, z); output w = pair(x); output v = pair(x, x, x); }
                                                                                                                   ^^^^ `pair` expects `b` to be 3, but it is 2
                                                                                                                                          ^^^^ `pair` takes 2 inputs, but 1 is given
                                                                                                                                                              ^^^^ `pair` takes 2 inputs, but 3 are given",
    );
    check(
        "Net { input x[i: 3]; a = linear(2)(x); output y = <reuse b>(x); output z = <reuse a>(linear(4)(x)); output a; }
                                                         ^ no layer above has the label `b`; did you mean `a`?
                                                                                  ^ `linear` cannot reuse the parameters of `linear(3, 2)`: here they would have other sizes",
    );
}

#[test]
fn a_derivative_is_of_what_is_computed() {
    check(
        "Net { input x; input t; u = sin(x); output y = d(u, t); output z = d(u, u); output w = d(u); output t; }
                                                 ^ `u` is not computed from `t`
                                                                     ^ `u` is not computed from `u`
                                                                                   ^ no array above is called `w`; did you mean `t`?
                                                                                       ^^^^ a derivative is one of an array by another: `d(u, x)`",
    );
    check(
        "Net { input x[i: 40]; u = sin(x); output y = d(u, x); }
                                               ^ this derivative takes 40 times the code of one of a single number (`u` is 40, `x` is 40), and the most is 32: differentiate a sum, or by fewer numbers",
    );
    check(
        "Net { input x[i: 6]; u = sin(x); j = d(u, x); output y = d(j, x); }
                                                           ^ this derivative takes 36 times the code of one of a single number (`j` is 6×6, `x` is 6), and the most is 32: differentiate a sum, or by fewer numbers",
    );
}

#[test]
fn a_loss_of_several_outputs_fits_a_network() {
    check(
        "Net { input x[i: 3]; output p = linear(4)(x); output v = linear(1)(x); } loss l(p[a: A], q; t) = abs(q - t) * p[0];
                                                                              ^ no network of this block has the outputs `p` with 1 axis, `q`: a loss without a target, or of several outputs, targets or axes, is one of the networks beside it",
    );
    check(
        "Net { input x[i: 3]; output p = linear(4)(x); output v = linear(1)(x); } loss l(p[a: A, b: B], v; t) = abs(v - t) * p[0, 0];
                                                                                ^ `p` of `Net` is 4, but 2 axes are given here",
    );
    check(
        "Net { input x[i: 3]; output p = linear(4)(x); output v = linear(2)(x); } loss l(p[a: A], v[a: A]; t) = sum(a: p[a] * v[a]) * t;
                                                                                              ^ `A` is 4, but this axis of `v` of `Net` has 2",
    );
    check(
        "Net { input x[i: 3]; output p = linear(4)(x); output v = linear(1)(x); } loss l(p[a: A], v; t, u) { y[a] = p[a] * v * t; }
                                                                                               ^ nothing reads the target `u`: leave it out
                                                                                                    ^ a loss is one number for each sample, but `y` is 4: write a reduction, such as `mean(c: …)`",
    );
    check(
        "Net { input x[i: 3]; output p = linear(4)(x); output v = linear(1)(x); } loss l(p[a: A], v; t, c: class) = t * v * linear(1)(p)[0] * p[c];
                                                                                                                   ^^^^^^ `linear(4, 1)` has parameters: a loss holds no numbers",
    );
    check(
        "Net { input x[i: 3]; output p = linear(4)(x); output v = linear(1)(x); } loss l(p[a: A], v; t, c: class; k = 2) = v * sum(a: p[a]);
                                                                                            ^ nothing reads the target `t`: leave it out
                                                                                               ^ nothing reads the class `c`: leave it out
                                                                                                         ^ nothing reads the setting `k`: leave it out",
    );
    check(
        "Net { input x[i: 3]; output p = linear(4)(x); output v = linear(1)(x); } loss l(p[a: A], v; t) { x = t; y = p[7] * v * t; y = p[t] * x; }
                                                                                                                          ^ `y` is assigned twice: give this array another name",
    );
    check(
        "loss old(p, t) = p - t; loss none(p;) = p;
     ^^^ no network of this block has the outputs `p`, `t`: a loss without a target, or of several outputs, targets or axes, is one of the networks beside it
                             ^^^^ no network of this block has an output `p`: a loss without a target, or of several outputs, targets or axes, is one of the networks beside it",
    );
}

#[test]
fn other_samples_stand_where_two_are_compared() {
    check(
        "Net { input x[i: 3]; output p = sum(m in batch: x[m, 0]); }
                                    ^ only a loss compares a sample with others: a layer computes each by itself, or takes a statistic, `mean(batch: …)`",
    );
    check(
        "layer l(N) { input x[n: N]; y[n] = sum(m in batch: x[m, n]); }
                                       ^ only a loss compares a sample with others: a layer computes each by itself, or takes a statistic, `mean(batch: …)`",
    );
    check(
        "Net { input x[i: 3]; output p = linear(4)(x); } loss l(p[c: C]; t) = sum(m in batch: sum(c: p[c, m])) * t;
                                                                                                 ^ `m` runs over samples: it stands alone before the indices of an array, `x[m, i]`",
    );
    check(
        "Net { input x[i: 3]; output p = linear(4)(x); } loss l(p[c: C]; t) = sum(m in samples: p[m, 0] * t);
                                                                              ^^^^^^^ a reduction runs over an index, `c`, or over the samples, `m in batch`",
    );
    check(
        "Net { input x[i: 3]; output p = linear(4)(x); } loss l(p[c: C]; t) = sum(m in batch: sum(k in batch: p[m, 0] * p[k, 0])) * t;
                                                                                         ^ a loss compares two samples, this one and those of one reduction: write the inner reduction as a statement of its own",
    );
    check(
        "Net { input x[i: 3]; output p = linear(4)(x); } loss l(p[c: C]; t; k = 2) = sum(m in batch: p[m, 0] * k[m]) * t;
                                                                                                      ^ `k` is a setting, one number for all samples: write `k`",
    );
    check(
        "Net { input x[i: 3]; output p = linear(4)(x); } loss l(p[c: C]; t) = if this > 0 { p[0] } else { t };
                                                                        ^^^^ `this` is the sample at hand among others: it stands in a reduction over them, `sum(m in batch: …)`",
    );
}

#[test]
fn losses_that_call_losses_give_them_what_they_take() {
    check(
        "Net< linear(3, 4) > loss l(p; t) = l(p, t);
                                   ^ `l` is defined by itself",
    );
    check(
        "Net< linear(3, 4) > loss l(p; t) = huber(p);
                                   ^^^^^^^^ `huber` takes 2 numbers: p, t",
    );
    check(
        "Net< linear(3, 4) > loss l(p[a: A]; t: class) = cross_entropy(p);
                                                ^^^^^^^^^^^^^^^^ `cross_entropy` takes the arrays logits, label (a class); or logits, t",
    );
    check(
        "Net { input x[i: 3]; output p = linear(4)(x); output v = linear(1)(x); output r = linear(3)(x); } loss l(p[a: A], v; t) = cross_entropy(p, t) + v;
                                                                                                                          ^^^^^^^^^^^^^ `t` of `cross_entropy` is an array of C, but `t` is one number",
    );
    check(
        "Net { input x[i: 3]; output p = linear(4)(x); output v = linear(1)(x); output r = linear(3)(x); } loss l(p[a: A], r[b: B]; t) = cosine_embedding(p, r, t);
                                                                                                                                ^^^^^^^^^^^^^^^^ `q` of `cosine_embedding` is an array of C, but `r` is an array of 3",
    );
    check(
        "Net { input x[i: 3]; output p = linear(4)(x); output v = linear(1)(x); output r = linear(3)(x); } loss l(p[a: A], v; t: class) = cross_entropy(smoothing = 0.1)(p, t) + v;
                                                                                                                                               ^^^^^^^^^ `cross_entropy` has no setting `smoothing`; there are `weight`, `label_smoothing`",
    );
    check(
        "Net { input x[i: 3]; output p = linear(4)(x); output v = linear(1)(x); output r = linear(3)(x); } loss l(p[a: A], v; t) = huber(delta = -1)(v, t) + p[0];
                                                                                                                                        ^^ `delta` is between 0 and inf, but this is -1",
    );
    check(
        "Net { input x[i: 3]; output p = linear(4)(x); output v = linear(1)(x); output r = linear(3)(x); } loss l(p[a: A], v; t) = huber(beta = 1)(v, t) + p[0];
                                                                                                                                ^^^^ `huber` has no setting `beta`; did you mean `delta`?",
    );
    check(
        "layer f(I) { input x[i: I]; y = cross_entropy(x, x); } Net< linear(2, 3); f >
                                ^^^^^^^^^^^^^ `cross_entropy` is a loss of arrays: give it whole arrays, in a statement of a network or of a loss of one",
    );
    check(
        "Net { input x[i: 3]; output p = linear(4)(x); output v = linear(1)(x); output r = linear(3)(x); } loss a(p[c: C], v; t: class) = cross_entropy(p, t) * v; loss b(p[c: C], v, r[d: D]; t: class) = a(p, v, t) * r[0];
                                                                                                                                                                                                  ^^^^^^^^^^ `a` applies layers or losses to arrays, so that no other loss can call it",
    );
    check(
        "Net { input x[i: 3]; output p = linear(4)(x); output v = linear(1)(x); output r = linear(3)(x); } loss l(p[a: A], v; t: class, u) { samples = v; y = p[t] * v * u; }
                                                                                                                                    ^^^^^^^ `samples` is how often a sample counts in the mean over the batch, so it may read the target but not the outputs",
    );
    check(
        "Net { input x[i: 3]; output p = linear(4)(x); output v = linear(1)(x); output r = linear(3)(x); } loss l(p[a: A], v; t: class, u) { samples = u; y = p[t] * v; index a: 2; }
                                                                                                                                                                     ^ no equation has the index `a`: leave it out",
    );
    check(
        "Net< linear(3, 4) > loss l(p[a: A]; t: class; k[2] = 1) { y = p[t] * k; }
                                              ^ a setting of a loss is one number, or one for each output: `weight[c: C] = 1`",
    );
    check(
        "Net< linear(3, 4) > loss l(p[a: A]; t[a: A]) { index k: 9; y = sum(k: p[k]) * t[0]; }
                                                                      ^^^^ this reads the elements 0 to 8 of an axis that has the elements 0 to 3; if only the first 4 are meant, declare `index k: 4;`",
    );
}

#[test]
fn names_of_inputs_and_outputs_are_types() {
    check(
        "Net { input a; input b; output y = a + b; } NetInputs< linear(2, 2) >
                                            ^^^^^^^^^ the type `NetInputs` belongs to the network `Net` already; choose another name",
    );
}
