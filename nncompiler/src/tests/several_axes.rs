//! Several axes under one name, and layers of one text.

use super::carets::check;
use super::compiled;
use super::programs::check_schedules;
use crate::pipeline::Mode;

fn explained(text: &str) -> String {
    compiled(text, Mode::Recognised).explanation.text
}

/// A layer as it is written for two axes, for one, and for both at once.
const TWO: &str = "layer pool(K[2]; stride[2] = K, padding[2] = 0) {
    input x[.., h: H, w: W];
    let reach[2] = H * 0 + K - 1;
    require 2 * padding[0] <= K[0];
    require 2 * padding[1] <= K[1];
    param f[p: K[0], q: K[1]] ~ ones();
    padded[.., h + padding[0]: H + 2 * padding[0], w + padding[1]: W + 2 * padding[1]] = x[.., h, w] else 0;
    y[.., h: (H + 2 * padding[0] - reach[0] - 1) / stride[0] + 1, w: (W + 2 * padding[1] - reach[1] - 1) / stride[1] + 1] =
        sum(p, q: f[p, q] * padded[.., stride[0] * h + p, stride[1] * w + q]) / H;
}";
const ONE: &str = "layer pool(K; stride = K, padding = 0) {
    input x[.., l: L];
    let reach = L * 0 + K - 1;
    require 2 * padding <= K;
    param f[p: K] ~ ones();
    padded[.., l + padding: L + 2 * padding] = x[.., l] else 0;
    y[.., l: (L + 2 * padding - reach - 1) / stride + 1] =
        sum(p: f[p] * padded[.., stride * l + p]) / L;
}";
const BOTH: &str = "layer line[D = 1], pool[D = 2](K[D]; stride[D] = K, padding[D] = 0) {
    input x[.., l[D]: L];
    let reach[D] = L * 0 + K - 1;
    require 2 * padding <= K;
    param f[p[D]: K] ~ ones();
    padded[.., l + padding: L + 2 * padding] = x[.., l] else 0;
    y[.., l: (L + 2 * padding - reach - 1) / stride + 1] =
        sum(p: f[p] * padded[.., stride * l + p]) / L[0];
}";

#[test]
fn a_name_of_several_axes_is_one_for_each() {
    let network =
        "Net< input(2, 7, 9); pool((2, 3), stride = (1, 2), padding = 1); flatten; linear(2) >";
    let found = explained(&format!("{BOTH} {network}"));
    assert!(found.contains("y[s,h,w] = "), "{found}");
    assert_eq!(found, explained(&format!("{TWO} {network}")));
    check_schedules(&format!("{BOTH} {network}"), &[1, 2, 3, 17]);
    let of_line = "Net< input(2, 9); line(3, stride = 2, padding = 1); flatten; linear(2) >";
    let found = explained(&format!("{BOTH} {of_line}"));
    let expected = explained(&format!("{ONE} {}", of_line.replace("line(", "pool(")));
    assert_eq!(found, expected.replace("pool(", "line("));
}

#[test]
fn a_size_of_several_axes_is_one_number() {
    let square =
        "layer sum[D = 2](N) { input x[l[D]: N]; index c: N; y[c] = sum(l: x[l]) * x[c, 0]; }";
    let text = explained(&format!("{square} Net< input(4, 4); sum(4); linear(2) >"));
    assert!(text.contains("y[c] = (Σ_h,w x[h,w])·x[c,0]"), "{text}");
}

#[test]
fn pools_of_one_text_are_of_one_and_of_two_axes() {
    let network = "Net< input(3, 8, 9); max_pool2d((2, 3), padding = (1, 0)); avg_pool2d(2); linear(4); max_pool1d(2); linear(2) >";
    check_schedules(network, &[1, 2, 3]);
    let text = explained(network);
    assert!(text.contains("y[s,h,w] = max_p,q padded[s,2h + p,3w + q]"), "{text}");
    assert!(text.contains("y[s,t,l] = max_p padded[s,t,2l + p]"), "{text}");
}

#[test]
fn mistakes_with_several_axes() {
    check(
        "layer counts[D = 2]() { input x[l[D]: L, m[3]: M]; y[l + m] = x[l, m]; }
                                                         ^ `l` stands for 2 numbers, and `m` for 3
layer number[D = 2]() { input x[l[D]: L]; y[l] = x[l] * l; }
                                                        ^ `l` stands for 2 axes: write `l[0]` for the first
layer far[D = 2]() { input x[l[D]: L]; y[l] = x[l] * l[2]; }
                                                     ^^^^ `l` stands for 2 axes: write `l[0]` for the first
layer third[D = 3](K[2]) { input x[l[D]: K]; y[l] = x[l]; }
                                   ^ `K` stands for 2 numbers, and `l` for 3
layer other[D = 2]() { input x[l[D]: L]; index p[3]: L; y[l] = x[l]; }
                                               ^ `L` stands for 2 numbers, and `p` for 3
layer again[D = 2]() { input x[l[D]: L]; input u[l[3]: L]; y[l] = x[l]; }
                                                 ^ `l` stands for 2 axes above
Net { input x[l[2]: 3]; output y = relu(x); }
              ^ a name stands for several axes in a `layer`: name all of them here
loss several(p[c[2]: C]; label: class) = p[label, label];
               ^ a name stands for several axes in a `layer`: name all of them here
layer none[D](K) { input x[i: I]; y[i] = x[i]; }
            ^ expected `=`
layer one[D = 1], rest(K) { input x[i: I]; y[i] = x[i]; }
                      ^ each of several names of a layer has a number: `[D = 2]`
layer zero[D = 0](K[D]) { input x[i: I]; y[i] = K[0] * x[i]; }
                    ^ a size or setting has 1 to 16 numbers",
    );
}

#[test]
fn a_text_with_a_mistake_says_it_once() {
    check(
        "layer a[D = 1], b[D = 2](K[D]) { input x[l[D]: L]; y[l] = x[l] + z; }
                                                                 ^ nothing is called `z` here; did you mean `x`?
layer c[D = 1], d[D = 2](K[D]) { input x[l[D]: L]; index p[D]: K; y[l] = ; }
                                                                         ^ expected a number, a name or an expression in parentheses
Net< input(3, 4); b(2); flatten; linear(1) >",
    );
}

#[test]
fn layers_have_the_ranks_that_they_require() {
    check(
        "layer rows() { input x[.., i: I]; require rank(x) == 2; y[.., i] = x[.., i]; }
layer few() { input x[.., i: I]; require rank(x) <= 2; y[.., i] = x[.., i]; }
One< input(4); rows; linear(1) >
               ^^^^ `rows` takes an input with 2 axes, but the network has 4 inputs
Three< input(2, 3, 4); few; linear(1) >
                       ^^^ `few` requires rank(x) <= 2, but rank(x) is 3
Vector< linear(3, 8); batch_norm2d >
                      ^^^^^^^^^^^^ `batch_norm2d` takes an input with 3 axes, but `linear` above it produces 8
Image< input(2, 3, 4); batch_norm2d; batch_norm1d; flatten; linear(1) >",
    );
}
