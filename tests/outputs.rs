//! Layers that put out several arrays: values against plain Rust, gradients against 5-point differences, kernels
//! against plain loops.

#[macro_use]
#[path = "gradients/chains.rs"]
mod chains;

use chains::assert_close;
use chains::differences::{model, numbers};
use tapeless::prelude::*;

macro_rules! networks {
    ($network:path) => {
        $network! {
            /// The greatest and the least of each row, and the sum of the two.
            layer extremes(I) {
                input x[.., i: I];
                high[..] = max(i: x[.., i]);
                low[..] = min(i: x[.., i]);
                sum[..] = high[..] + low[..];
                output sum, high;
                output low;
            }

            /// The sums of the first numbers: each round puts out one.
            layer sums(I; n = 3) {
                input x[i: I];
                let from = 0;
                total[i] = 0 * x[i];
                repeat k in 0..n {
                    let from = from + k;
                    total[i] = total[i] + x[from] * x[i];
                    output total;
                }
            }

            pub Extremes {
                input x[i: 3];
                rows = <linear(12); reshape(3, 4)>(x);
                _, high, low = extremes(rows);
                output y = linear(2)(high * low);
            }
            pub First< linear(3, 12); reshape(3, 4); extremes; linear(2) >
            pub Sums {
                input x[i: 3];
                h = linear(5)(x);
                a, _, c = sums(h);
                output y = linear(2)(a * tanh(c));
            }
            pub Parts {
                input x[i: 3];
                h = linear(7)(x);
                a, b, c = split((2, 4, 1))(h);
                output y = linear(2)(concat(tanh(c), b, a));
            }
            pub Equal {
                input x[i: 3];
                rows = <linear(10); reshape(2, 5)>(x);
                a, _, c = split(2, dim = 2)(rows);
                output y = <flatten; linear(2)>(concat(dim = -1)(c, tanh(a)));
            }
            pub Memory {
                input x[i: 3];
                steps = <linear(10); reshape(5, 2)>(x);
                all, h, c = lstm(9)(steps);
                output y = <flatten; linear(2)>(concat(last(all), h, c));
            }
            pub Directions {
                input x[i: 3];
                steps = <linear(10); reshape(5, 2)>(x);
                _, h = gru(3, num_layers = 2, bidirectional = true)(steps);
                again, _ = rnn(2)(steps, slice(to = 2)(h));
                output y = <flatten; linear(2)>(concat(h, flatten(again)));
            }
        }
    };
}

fast_and_plain!();

chains! {
    a_layer_of_several_outputs: ExtremesOf;
    the_first_output_in_a_chain: FirstOf;
    an_output_of_each_round: SumsOf;
    parts_of_several_sizes: PartsOf;
    parts_of_one_size: EqualOf;
    the_last_states: MemoryOf;
    the_last_states_of_each_direction: DirectionsOf;
}

/// `matrix` of rows times a vector, and another added.
fn affine(weight: &[f64], bias: &[f64], x: &[f64]) -> Vec<f64> {
    let rows = weight.chunks(x.len()).zip(bias);
    rows.map(|(row, bias)| row.iter().zip(x).map(|(a, b)| a * b).sum::<f64>() + bias).collect()
}

#[test]
fn parts_follow_each_other() {
    let x = numbers(3, 1);
    let model = model::<fast::PartsOf<f64>>();
    let h = affine(model.h.weight.as_slice(), model.h.bias.as_slice(), &x);
    let joined = [&[h[6].tanh()], &h[2..6], &h[..2]].concat();
    let expected = affine(model.y.weight.as_slice(), model.y.bias.as_slice(), &joined);
    assert_close(model.forward(&SVector::from_column_slice(&x)).as_slice(), &expected);
}

#[test]
fn each_round_puts_out_what_it_makes() {
    let x = numbers(3, 1);
    let model = model::<fast::SumsOf<f64>>();
    let h = affine(model.h.weight.as_slice(), model.h.bias.as_slice(), &x);
    // from is 0, 1 and 3.
    let product = h.iter().map(|one| h[0] * one * ((h[0] + h[1] + h[3]) * one).tanh());
    let product: Vec<f64> = product.collect();
    let expected = affine(model.y.weight.as_slice(), model.y.bias.as_slice(), &product);
    assert_close(model.forward(&SVector::from_column_slice(&x)).as_slice(), &expected);
}

#[test]
fn the_last_state_is_the_last_step() {
    let x = SVector::from_column_slice(&numbers(3, 1));
    tapeless::network! {
        Steps {
            input x[i: 3];
            steps = <linear(10); reshape(5, 2)>(x);
            all, h, c = lstm(9)(steps);
            output last_step = last(all);
            output h;
            output first = slice(to = 1)(c);
        }
    }
    let outputs = model::<StepsOf<f64>>().forward(&x);
    assert_eq!(outputs.last_step, outputs.h);
}
