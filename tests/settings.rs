//! Settings that are words, numbers that follow from settings, and statements that settings leave out: values
//! against plain Rust, gradients against 5-point differences, kernels against plain loops.

#[macro_use]
#[path = "gradients/chains.rs"]
mod chains;

use chains::assert_close;
use chains::differences::{model, numbers};
use tapeless::prelude::*;

macro_rules! networks {
    ($network:path) => {
        $network! {
            /// From the element at `from`, with squares or without.
            layer bent(I; from = 1 in 0..=infinity | last | half, shape = plain | squared) {
                input x[.., i: I];
                let at = if from == last { I - 1 } else if from == half { I / 2 } else { from };
                require at < I;
                require 2 divides I when from == half;
                param w[i: I] ~ uniform(1) when shape == squared;
                chosen[..] = x[.., at];
                square[.., i] = w[i] * x[.., i]^2 when shape == squared;
                y[.., i] = x[.., i] - chosen[..] + square[.., i];
            }

            /// Parameters and statements for each round, over any number of axes.
            layer rounds(I; n = 2) {
                input x[.., i: I];
                h[.., i] = x[.., i];
                repeat l in 0..n {
                    param w[o: I, i: I] ~ uniform(1);
                    h[.., i] = tanh(sum(o: w[i, o] * h[.., o]) + h[.., i]);
                }
                y[.., i] = h[.., i];
            }

            /// Passes its settings on.
            layer convolved(C, O, K; padding = same | valid, mode = circular | zeros) {
                input x[c: C, l: L];
                h = conv1d(C, O, K, padding = padding, padding_mode = mode)(x);
                y = h;
            }
            block pair(O; padding = 1 in 0..=infinity | same)<
                conv1d(O, 4, padding = padding);
                tanh;
                convolved(2, 3);
                convolved(2, 3, padding = valid, mode = zeros);
            >

            pub Bent< linear(3, 8); reshape(2, 4); bent(from = half, shape = squared); tanh; bent(from = last); flatten; linear(2) >
            pub Rounds< linear(3, 8); reshape(2, 1, 4); rounds; flatten; rounds(n = 1); linear(2) >
            pub Sequence<
                linear(3, 14);
                reshape(2, 7);
                conv1d(3, 3, padding = same, dilation = 2, padding_mode = circular);
                tanh;
                conv1d(4, 2, padding = causal, stride = 2);
                tanh;
                conv1d(2, 3, padding = 2, padding_mode = reflect);
                conv1d(2, 2, padding = causal, padding_mode = replicate);
                flatten;
                linear(2);
            >
            pub Image<
                linear(3, 40);
                reshape(2, 4, 5);
                conv2d(3, (3, 2), padding = same);
                tanh;
                conv2d(4, 3, padding = (1, 2), padding_mode = reflect, groups = 1);
                conv2d(2, (1, 4), padding = same, padding_mode = replicate);
                tanh;
                conv2d(2, 2, padding = same, padding_mode = circular);
                flatten;
                linear(2);
            >
            pub Passed< linear(3, 16); reshape(2, 8); pair(3); pair(2, padding = same); flatten; linear(2) >
            pub Rectified< linear(3, 10); reshape(5, 2); rnn(9, num_layers = 2, nonlinearity = relu); last; linear(2) >
            pub Projected {
                input x[i: 3];
                query = <linear(12); reshape(3, 4)>(x);
                key = <linear(10); reshape(2, 5)>(x);
                value = <linear(12); reshape(2, 6)>(x);
                output y = <flatten; linear(2)>(multihead_attention(4, 2, kdim = 5, vdim = 6)(query, key, value));
            }
        }
    };
}

fast_and_plain!();

chains! {
    words_numbers_and_conditions: BentOf;
    any_number_of_axes_in_each_round: RoundsOf;
    paddings_of_a_sequence: SequenceOf;
    paddings_of_an_image: ImageOf;
    settings_that_are_passed_on: PassedOf;
    a_rectified_recurrent_layer: RectifiedOf;
    attention_with_sizes_of_its_own: ProjectedOf;
}

#[test]
fn a_setting_chooses_statements() {
    use fast::BentOf;
    let model = model::<BentOf<f64>>();
    let x = numbers(3, 1);
    let affine = |weight: &[f64], bias: &[f64], x: &[f64]| -> Vec<f64> {
        let rows = weight.chunks(x.len()).zip(bias);
        rows.map(|(row, bias)| row.iter().zip(x).map(|(a, b)| a * b).sum::<f64>() + bias).collect()
    };
    let below = affine(model.linear0.weight.as_slice(), model.linear0.bias.as_slice(), &x);
    let w = &model.bent2.w;
    let rows = below.chunks(4).flat_map(|row| {
        let squared = |k: usize| (row[k] - row[2] + w[k] * row[k] * row[k]).tanh();
        let squared: Vec<f64> = (0..4).map(squared).collect();
        squared.iter().map(|one| one - squared[3]).collect::<Vec<f64>>()
    });
    let last = &model.linear6;
    let expected = affine(last.weight.as_slice(), last.bias.as_slice(), &rows.collect::<Vec<_>>());
    assert_close(model.forward(&SVector::from_column_slice(&x)).as_slice(), &expected);
    assert_eq!(fast::Bent::summary().layers[2].layer, "bent(4, from = half, shape = squared)");
}

network! {
    Dropped< input(1, 2); rnn(2, num_layers = 2, nonlinearity = relu, bias = false, dropout = 0.25) >
}

#[test]
fn dropout_stands_between_recurrent_layers() {
    const BATCH: usize = 2000;
    let mut model = DroppedOf::<f64>::zeros();
    model.rnn0.weight_ih_l0.fill_diagonal(1.0);
    model.rnn0.weight_ih_l1.fill_diagonal(1.0);
    let x = Samples::<f64, Const<2>>::from_element(BATCH, 3.0);
    let mut pass = DroppedOf::pass(BATCH);
    let outputs = model.forward_batch(&x, &mut pass).unwrap();
    let values: Vec<f64> = outputs.values().iter().copied().collect();
    let left_out = values.iter().filter(|&&value| value == 0.0).count();
    assert!(values.iter().all(|&value| value == 0.0 || value == 4.0));
    let share = left_out as f64 / values.len() as f64;
    assert!((share - 0.25).abs() < 0.03, "{share} of the numbers are left out");
    let evaluated = model.evaluate(&x, &mut pass).unwrap();
    assert!(evaluated.iter().all(|&value| value == 3.0));
}
