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
use fast::{EncoderOf, GatedOf, MlpChainOf, MlpOf, Normed, ScannedOf, TwiceChainOf, TwiceOf};

chains! {
    a_chain_in_a_layer: MlpOf;
    layers_in_layers_in_a_layer: EncoderOf;
    a_layer_of_what_a_scan_makes: ScannedOf;
    a_layer_twice: TwiceOf;
    a_product_of_branches: GatedOf;
}

#[test]
fn a_layer_of_layers_is_what_their_chain_is() {
    for batch in [1, 3] {
        for [found, expected] in [
            [run::<MlpOf<f64>>(batch), run::<MlpChainOf<f64>>(batch)],
            [run::<TwiceOf<f64>>(batch), run::<TwiceChainOf<f64>>(batch)],
        ] {
            assert_close(&found[0], &expected[0]);
            assert_close(&found[1], &expected[1]);
        }
    }
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
    let normed = keys::<Normed>();
    assert_eq!(normed, ["1.bn.weight", "1.bn.bias", "1.bn.running_mean", "1.bn.running_var"]);
}
