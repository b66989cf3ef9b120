//! Layers that apply layers: values against the same written as chains, keys as PyTorch has them, gradients
//! against 5-point differences, kernels against plain loops.

#[macro_use]
#[path = "gradients/chains.rs"]
mod chains;

use chains::differences::{model, numbers};
use chains::{assert_close, run};
use tapeless::prelude::*;

macro_rules! networks {
    ($network:path) => {
        $network! {
            /// A chain with parameters, and arithmetic on whole arrays.
            layer mlp(E, F) {
                input x[.., e: E];
                h = <linear(F); gelu; linear(E)>(x);
                y = x + h;
            }

            /// Layers that apply layers, with settings and sizes of the one that applies them.
            layer encoder(E, heads; eps = 0.1, bias = true) {
                input x[.., s: S, e: E];
                norm = layer_norm(E, eps = eps)(x);
                self_attn = multihead_attention(E, heads, bias = bias)(norm);
                middle = x + self_attn;
                inner = mlp(E, 2 * E + 1)(layer_norm(middle));
                y[.., s, e] = 2 * middle[.., s, e] + softmax(inner)[.., s, e];
            }

            /// What a scan makes is read as a whole, from its first step on.
            layer scanned(I, H) {
                input x[t: T, i: I];
                param w[h: H, j: H] ~ uniform(1);
                driven = linear(H)(x);
                scan t {
                    s[t, h] = tanh(driven[t, h] + sum(j: w[h, j] * s[t - 1, j]));
                }
                y = linear(2)(s);
            }

            /// One layer twice, with the same parameters, and one that learns.
            layer twice(I) {
                input x[.., i: I];
                h = <own: linear(I); prelu; reuse own>(x);
                y = h;
            }

            /// States, and what files hold beside them.
            layer normed(C) {
                input x[c: C, ..];
                bn = batch_norm1d(x);
                y = relu(bn) + x;
            }

            block dense(O; slope = 0.5)< linear(O); leaky_relu(slope) >

            /// A block of layers, with sizes and settings of the layer that applies it.
            layer dense_twice(I, O) {
                input x[.., i: I];
                h = dense(2 * O, slope = 0.25)(x);
                y = <dense(O); tanh>(h);
            }

            block squashed< scale; tanh >

            /// What a layer makes beside the first array, once and in every round.
            layer halves(I) {
                input x[i: I];
                own, other = split((I - 2, 2))(x);
                _, n = gru(2)(reshape(2, 1)(other));
                left[i] = own[i];
                repeat k in 1..3 {
                    left, right = split((I - 2 - 2 * k, 2))(squashed(left));
                    n[j: 2] = 2^k * n[j] + scale(bias = 2 - k)(right)[j];
                }
                y = concat(left, n);
            }

            /// The first row behind the others.
            layer turned(N) {
                input x[n: N, ..];
                first, rest = split((1, N - 1))(x);
                y = concat(rest, first);
            }

            pub Turned< input(3, 2); turned >
            pub DenseTwice< linear(3, 8); reshape(2, 4); dense_twice(3); flatten; linear(2) >
            pub DenseTwiceChain< linear(3, 8); reshape(2, 4); linear(6); leaky_relu(0.25); linear(3); leaky_relu(0.5); tanh; flatten; linear(2) >
            pub Halves< linear(3, 9); halves; linear(2) >

            pub Normed< input(3, 4); tanh; normed >
            pub Mlp< linear(3, 8); reshape(2, 4); mlp(4, 5); flatten; linear(2) >
            pub MlpChain< linear(3, 8); reshape(2, 4); residual { linear(5); gelu; linear(4) } flatten; linear(2) >
            pub Encoder< linear(3, 12); reshape(3, 4); encoder(4, 2); encoder(2, bias = false); flatten; linear(2) >
            pub Scanned< linear(3, 10); reshape(5, 2); scanned(9); flatten; linear(2) >
            pub Gated< linear(3, 4); parallel(product) { linear(4); { tanh; scale }; sigmoid } linear(2) >
            pub Twice< linear(3, 4); twice; linear(2) >
            pub TwiceChain< linear(3, 4); own: linear(4); prelu; reuse own; linear(2) >
        }
    };
}

fast_and_plain!();
use fast::{
    DenseTwice, DenseTwiceChainOf, DenseTwiceOf, EncoderOf, GatedOf, Halves, MlpChainOf, MlpOf,
    Normed, ScannedOf, TurnedOf, TwiceChainOf, TwiceOf,
};

chains! {
    a_chain_in_a_layer: MlpOf;
    layers_in_layers_in_a_layer: EncoderOf;
    a_layer_of_what_a_scan_makes: ScannedOf;
    a_layer_twice: TwiceOf;
    blocks_in_a_layer: DenseTwiceOf;
    several_arrays_in_a_layer: HalvesOf;
    a_product_of_branches: GatedOf;
}

#[test]
fn a_layer_of_layers_is_what_their_chain_is() {
    for batch in [1, 3] {
        for [found, expected] in [
            [run::<MlpOf<f64>>(batch), run::<MlpChainOf<f64>>(batch)],
            [run::<TwiceOf<f64>>(batch), run::<TwiceChainOf<f64>>(batch)],
            [run::<DenseTwiceOf<f64>>(batch), run::<DenseTwiceChainOf<f64>>(batch)],
        ] {
            assert_close(&found[0], &expected[0]);
            assert_close(&found[1], &expected[1]);
        }
    }
}

#[test]
fn all_that_a_layer_makes_has_a_name() {
    let found = model::<TurnedOf<f64>>().forward(&SVector::from([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]));
    assert_eq!(found.as_slice(), [3.0, 4.0, 5.0, 6.0, 1.0, 2.0]);
}

#[test]
fn branches_are_multiplied() {
    let model = model::<GatedOf<f64>>();
    let x = numbers(3, 1);
    let below = affine(model.linear0.weight.as_slice(), model.linear0.bias.as_slice(), &x);
    let own = &model.parallel1_0_linear0;
    let first = affine(own.weight.as_slice(), own.bias.as_slice(), &below);
    let own = &model.parallel1_1_scale1;
    let scaled = |k: usize| own.weight[k] * below[k].tanh() + own.bias[k];
    let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
    let product: Vec<f64> = (0..4).map(|k| first[k] * scaled(k) * sigmoid(below[k])).collect();
    let expected = affine(model.linear2.weight.as_slice(), model.linear2.bias.as_slice(), &product);
    assert_close(model.forward(&SVector::from_column_slice(&x)).as_slice(), &expected);
}

/// `matrix` of rows times a vector, and another added.
fn affine(weight: &[f64], bias: &[f64], x: &[f64]) -> Vec<f64> {
    let rows = weight.chunks(x.len()).zip(bias);
    rows.map(|(row, bias)| row.iter().zip(x).map(|(a, b)| a * b).sum::<f64>() + bias).collect()
}

#[test]
fn what_a_scan_makes_begins_with_its_first_step() {
    let model = model::<ScannedOf<f64>>();
    let x = numbers(3, 1);
    let below = affine(model.linear0.weight.as_slice(), model.linear0.bias.as_slice(), &x);
    let own = &model.scanned2;
    let (mut state, mut y) = (vec![0.0; 9], Vec::new());
    for row in below.chunks(2) {
        let driven = affine(own.driven_weight.as_slice(), own.driven_bias.as_slice(), row);
        let fed = affine(own.w.as_slice(), &driven, &state);
        state = fed.iter().map(|sum| sum.tanh()).collect();
        y.extend(affine(own.y_weight.as_slice(), own.y_bias.as_slice(), &state));
    }
    let expected = affine(model.linear4.weight.as_slice(), model.linear4.bias.as_slice(), &y);
    let found = model.forward(&SVector::from_column_slice(&x));
    assert_close(found.as_slice(), &expected);
}

#[test]
fn files_call_parameters_by_the_names_that_a_layer_gives() {
    fn keys<N: Network>() -> Vec<&'static str> {
        N::PARAMETERS.iter().map(|info| info.name).collect()
    }
    let encoder = keys::<EncoderOf<f64>>();
    let expected = [
        "2.norm.weight",
        "2.norm.bias",
        "2.self_attn.in_proj_weight",
        "2.self_attn.in_proj_bias",
        "2.self_attn.out_proj.weight",
        "2.self_attn.out_proj.bias",
        "2.inner_layer_norm.weight",
        "2.inner_layer_norm.bias",
        "2.inner.h.0.weight",
        "2.inner.h.0.bias",
        "2.inner.h.2.weight",
        "2.inner.h.2.bias",
    ];
    assert_eq!(encoder[2..14], expected);
    assert!(!encoder.contains(&"3.self_attn.in_proj_bias"));
    let dense = keys::<DenseTwice>();
    let expected = ["2.h.0.weight", "2.h.0.bias", "2.y.0.0.weight", "2.y.0.0.bias"];
    assert_eq!(dense[2..6], expected);
    let halves = keys::<Halves>();
    let expected = [
        "1.n.weight_ih_l0",
        "1.n.weight_hh_l0",
        "1.n.bias_ih_l0",
        "1.n.bias_hh_l0",
        "1.left_1_squashed.0.weight",
        "1.left_1_squashed.0.bias",
        "1.n_1_scale.weight",
        "1.n_1_scale.bias",
        "1.left_2_squashed.0.weight",
        "1.left_2_squashed.0.bias",
        "1.n_2_scale.weight",
    ];
    assert_eq!(halves[2..13], expected);
    let normed = keys::<Normed>();
    assert_eq!(normed, ["1.bn.weight", "1.bn.bias", "1.bn.running_mean", "1.bn.running_var"]);
}
