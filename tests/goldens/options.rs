//! Every layer over a grid of its options: outputs, and gradients on its input and its parameters.

use nalgebra::{Const, SVector};
use tapeless::network::Chain;
use tapeless::parameters::Parameters;
use tapeless::pass::Trainable;

use crate::compare::{Precision, assert_close, assert_parameters_close};
use crate::formula::{INPUTS, batch, filled};
use crate::layers::{
    assert_batch_close, assert_batches_close, assert_extremes_close, assert_layer_close,
    assert_samples_close, extreme_logits, ties,
};

const SIZES: [usize; 2] = [1, 5];
const BATCH_NORM_SIZES: [usize; 2] = [3, 5];

/// Each layer on what a linear one makes of its input: for one sample, the gradient on that one's
/// bias is the gradient on the layer's input.
///
/// A row is a name, the shape of the layer's input, the layer, and one behind it, if there is one.
macro_rules! options {
    ($($name:ident: ($first:tt $(, $second:tt $(, $third:tt $(, $fourth:tt)?)?)?),
        $layer:ident $(($($option:tt)*))? $(, $after:ident $(($($more:tt)*))?)?;)*) => {$(
        mod $name {
            use super::*;

            tapeless::network! {
                Layer<
                    below: linear(1, $first $(* $second $(* $third $(* $fourth)?)?)?);
                    $(reshape($first, $second $(, $third $(, $fourth)?)?);)?
                    subject: $layer $(($($option)*))?;
                    $($after $(($($more)*))?;)?
                    flatten;
                >
            }

            const NAME: &str = concat!("option.", stringify!($name));

            #[test]
            fn in_f64() {
                assert_layer_close(NAME, 2.0, &SIZES, LayerOf::<f64>::forward);
            }

            #[test]
            fn in_f32() {
                assert_layer_close(NAME, 2.0, &SIZES, LayerOf::<f32>::forward);
            }
        }
    )*};
}

options! {
    linear: (6), linear(4);
    linear_bias: (6), linear(4, bias = false);
    linear_rows: (3, 4), linear(5);
    linear_rows_bias: (3, 4), linear(5, bias = false);
    linear_planes: (2, 3, 4), linear(5);
    linear_volumes: (2, 1, 3, 4), linear(2, bias = false);
    conv1d: (2, 6), conv1d(2, 3, 3);
    conv1d_pointwise: (3, 5), conv1d(3, 2, 1);
    conv1d_whole: (2, 5), conv1d(2, 3, 5);
    conv1d_stride: (2, 8), conv1d(2, 3, 3, stride = 2);
    conv1d_gaps: (2, 8), conv1d(2, 3, 2, stride = 3);
    conv1d_padding: (2, 6), conv1d(2, 3, 3, padding = 1);
    conv1d_wide_padding: (2, 3), conv1d(2, 3, 2, padding = 3);
    conv1d_dilation: (2, 7), conv1d(2, 3, 3, dilation = 2);
    conv1d_groups: (4, 5), conv1d(4, 6, 2, groups = 2);
    conv1d_depthwise: (3, 5), conv1d(3, 6, 3, groups = 3);
    conv1d_bias: (2, 6), conv1d(2, 3, 3, bias = false);
    conv1d_all: (4, 7),
        conv1d(4, 2, 2, stride = 2, padding = 3, dilation = 2, groups = 2, bias = false);
    conv1d_same: (2, 6), conv1d(2, 3, 4, padding = same);
    conv1d_same_dilation: (2, 7), conv1d(2, 3, 2, padding = same, dilation = 3);
    conv1d_valid: (2, 6), conv1d(2, 3, 3, padding = valid, bias = false);
    conv1d_causal: (2, 6), conv1d(2, 3, 3, stride = 2, padding = causal, dilation = 2);
    conv1d_reflect: (2, 6), conv1d(2, 3, 3, padding = 2, padding_mode = reflect);
    conv1d_replicate: (2, 5), conv1d(2, 3, 3, stride = 2, padding = 3, padding_mode = replicate);
    conv1d_circular: (4, 5),
        conv1d(4, 2, 4, padding = same, groups = 2, padding_mode = circular);
    conv2d_same: (2, 4, 5), conv2d(2, 3, (3, 2), padding = same);
    conv2d_valid: (2, 4, 5), conv2d(2, 3, 2, padding = valid);
    conv2d_reflect: (2, 3, 4), conv2d(2, 3, 3, padding = (1, 2), padding_mode = reflect);
    conv2d_replicate: (2, 3, 4), conv2d(2, 3, (1, 4), padding = same, padding_mode = replicate);
    conv2d_circular: (2, 4, 5),
        conv2d(2, 4, (2, 3), stride = (2, 1), padding = (1, 2), dilation = 2, groups = 2,
            padding_mode = circular);
    conv2d: (2, 4, 5), conv2d(2, 3, 2);
    conv2d_rectangle: (2, 4, 5), conv2d(2, 3, (3, 2));
    conv2d_pointwise: (3, 3, 4), conv2d(3, 4, 1);
    conv2d_whole: (2, 3, 4), conv2d(2, 5, (3, 4));
    conv2d_stride: (2, 5, 6), conv2d(2, 3, 3, stride = 2);
    conv2d_strides: (2, 5, 6), conv2d(2, 3, 2, stride = (1, 3));
    conv2d_padding: (3, 6, 6), conv2d(3, 4, 3, padding = 1);
    conv2d_paddings: (2, 4, 3), conv2d(2, 3, (3, 2), padding = (0, 2));
    conv2d_dilation: (2, 5, 6), conv2d(2, 3, 3, dilation = 2);
    conv2d_dilations: (2, 4, 6), conv2d(2, 3, 2, dilation = (1, 3));
    conv2d_groups: (4, 3, 4), conv2d(4, 6, 2, groups = 2);
    conv2d_depthwise: (3, 4, 4), conv2d(3, 3, 3, groups = 3, padding = 1);
    conv2d_bias: (2, 4, 5), conv2d(2, 3, 2, bias = false);
    conv2d_all: (2, 5, 6),
        conv2d(2, 4, (3, 2), stride = (2, 1), padding = (1, 2), dilation = (1, 2), groups = 2,
            bias = false);
    conv_transpose2d: (2, 3, 4), conv_transpose2d(2, 3, 2);
    conv_transpose2d_rectangle: (2, 3, 2), conv_transpose2d(2, 3, (3, 2));
    conv_transpose2d_stride: (2, 3, 2), conv_transpose2d(2, 3, 3, stride = 2);
    conv_transpose2d_gaps: (2, 2, 2), conv_transpose2d(2, 2, 2, stride = (3, 1));
    conv_transpose2d_padding: (2, 3, 4), conv_transpose2d(2, 3, 3, padding = (1, 2));
    conv_transpose2d_output_padding: (2, 3, 2),
        conv_transpose2d(2, 3, (3, 2), stride = 2, padding = 1, output_padding = (1, 0));
    conv_transpose2d_groups: (4, 2, 3), conv_transpose2d(4, 6, 2, groups = 2);
    conv_transpose2d_dilation: (2, 2, 3), conv_transpose2d(2, 3, 2, dilation = (2, 1));
    conv_transpose2d_bias: (2, 3, 3), conv_transpose2d(2, 3, 2, bias = false);
    conv_transpose2d_all: (4, 2, 3),
        conv_transpose2d(4, 2, (2, 3), stride = (2, 3), padding = (1, 2), output_padding = (1, 2),
            groups = 2, bias = false, dilation = (2, 1));
    max_pool1d: (2, 7), max_pool1d(3);
    max_pool1d_stride: (2, 7), max_pool1d(3, stride = 1);
    max_pool1d_padding: (2, 7), max_pool1d(3, stride = 2, padding = 1);
    max_pool1d_dilation: (2, 8), max_pool1d(3, stride = 1, padding = 1, dilation = 2);
    max_pool2d: (2, 5, 4), max_pool2d(2);
    max_pool2d_rectangle: (2, 5, 4), max_pool2d((3, 2));
    max_pool2d_stride: (2, 5, 4), max_pool2d(2, stride = (1, 3));
    max_pool2d_padding: (2, 5, 4), max_pool2d((2, 3), stride = 2, padding = (1, 1));
    max_pool2d_dilation: (2, 5, 6), max_pool2d(2, stride = 1, padding = (0, 1), dilation = (2, 3));
    avg_pool1d: (2, 7), avg_pool1d(3);
    avg_pool1d_stride: (2, 7), avg_pool1d(3, stride = 1);
    avg_pool1d_padding: (2, 7), avg_pool1d(3, stride = 2, padding = 1);
    avg_pool2d: (2, 5, 4), avg_pool2d(2);
    avg_pool2d_rectangle: (2, 5, 4), avg_pool2d((3, 1));
    avg_pool2d_stride: (2, 5, 4), avg_pool2d((2, 3), stride = 1);
    avg_pool2d_padding: (2, 5, 4), avg_pool2d(3, stride = (1, 2), padding = (0, 1));
    adaptive_avg_pool2d: (2, 5, 4), adaptive_avg_pool2d((2, 3));
    adaptive_avg_pool2d_square: (2, 5, 7), adaptive_avg_pool2d(3);
    adaptive_avg_pool2d_divisor: (2, 4, 6), adaptive_avg_pool2d(2);
    adaptive_avg_pool2d_same: (2, 3, 4), adaptive_avg_pool2d((3, 4));
    adaptive_avg_pool2d_more: (2, 3, 4), adaptive_avg_pool2d((5, 2));
    global_avg_pool_sequence: (3, 5), global_avg_pool;
    global_avg_pool_image: (3, 4, 3), global_avg_pool;
    layer_norm: (6), layer_norm;
    layer_norm_rows: (3, 4), layer_norm;
    layer_norm_eps: (6), layer_norm(eps = 0.1);
    layer_norm_affine: (3, 4), layer_norm(affine = false);
    layer_norm_planes: (2, 3, 4), layer_norm;
    rms_norm: (6), rms_norm;
    rms_norm_rows: (3, 4), rms_norm;
    rms_norm_eps: (6), rms_norm(eps = 0.1);
    rms_norm_affine: (3, 4), rms_norm(eps = 1e-3, affine = false);
    rms_norm_planes: (2, 3, 4), rms_norm;
    group_norm: (4, 2, 3), group_norm(2, 4);
    group_norm_vector: (6), group_norm(2, 6);
    group_norm_sequence: (4, 5), group_norm(2, 4);
    group_norm_volume: (4, 2, 3, 2), group_norm(2, 4);
    group_norm_one: (3, 2, 3), group_norm(1, 3);
    group_norm_instance: (3, 2, 3), group_norm(3, 3, eps = 0.1);
    group_norm_affine: (4, 3, 2), group_norm(2, 4, affine = false);
    softmax2d: (4, 2, 3), softmax2d;
    softmax_channels: (3, 4), softmax(dim = 1);
    softmax_middle: (2, 3, 4), softmax(dim = 2);
    softmax_from_behind: (2, 3, 1, 4), softmax(dim = -3);
    log_softmax_channels: (3, 4), log_softmax(dim = 1);
    log_softmax_middle: (2, 3, 4), log_softmax(3, dim = -2);
    glu_rows: (3, 4), glu;
    glu_channels: (4, 3), glu(dim = 1);
    glu_middle: (2, 4, 3), glu(4, dim = 2);
    flatten_inner: (2, 3, 4), flatten(start_dim = 2);
    flatten_outer: (2, 3, 4), flatten(end_dim = -2);
    flatten_middle: (2, 3, 4, 2), flatten(start_dim = 2, end_dim = 3);
    transpose_ends: (2, 3, 4), transpose(dim0 = 1, dim1 = -1);
    transpose_last: (2, 3, 4), transpose(dim0 = 2, dim1 = 3);
    reshape: (2, 6), reshape(3, 1, 4);
    scale_rows: (3, 4), scale;
    zero_pad1d: (2, 4), zero_pad1d(padding = (3, 0));
    circular_pad1d: (2, 4), circular_pad1d(padding = (1, 3));
    circular_pad2d: (2, 3, 4), circular_pad2d(padding = (1, 2, 3, 1));
    reflection_pad1d: (2, 4), reflection_pad1d(padding = (3, 1));
    reflection_pad2d: (2, 3, 4), reflection_pad2d(padding = (1, 3, 2, 1));
    replication_pad1d: (2, 4), replication_pad1d(padding = (5, 1));
    replication_pad2d: (2, 3, 4), replication_pad2d;
    zero_pad1d_behind: (2, 4), zero_pad1d(padding = (0, 1));
    zero_pad2d_below: (2, 2, 3), zero_pad2d(padding = (0, 0, 0, 2));
    circular_pad1d_before: (2, 4), circular_pad1d(padding = (4, 0));
    circular_pad2d_behind: (2, 3, 4), circular_pad2d(padding = (0, 1, 0, 0));
    reflection_pad1d_behind: (2, 4), reflection_pad1d(padding = (0, 3));
    reflection_pad2d_before: (2, 3, 4), reflection_pad2d(padding = (0, 0, 2, 0));
    replication_pad1d_behind: (2, 4), replication_pad1d(padding = (0, 2));
    replication_pad2d_before: (2, 3, 4), replication_pad2d(padding = (3, 0, 0, 0));
    slice: (6), slice(from = 1, to = 5, step = 2);
    slice_middle: (2, 7, 3), slice(from = 2, step = 3, dim = 2);
    split: (7, 2), split(3);
    slice_rest: (7, 2), slice(from = 6);
    slice_last: (2, 3, 6), slice(from = 2, to = 4, dim = -1);
    upsample: (2, 2, 3), upsample(2);
    upsample_rectangle: (2, 2, 3), upsample((1, 3));
    zero_pad2d: (2, 2, 3), zero_pad2d;
    zero_pad2d_sides: (2, 2, 3), zero_pad2d(padding = (1, 0, 2, 3));
    transpose: (3, 4), transpose;
    scale: (6), scale;
    scale_bias: (6), scale(bias = false);
    positional_encoding: (5, 6), positional_encoding;
    self_attention: (4, 6), multihead_attention(6, 2);
    self_attention_one: (3, 4), multihead_attention(4, 1);
    self_attention_causal: (4, 6), multihead_attention(6, 3, causal = true);
    self_attention_bias: (3, 4), multihead_attention(4, 4, bias = false);
    self_attention_all: (5, 4), multihead_attention(4, 2, causal = true, bias = false);
    rnn: (4, 3), rnn(3, 2), last;
    rnn_step: (1, 3), rnn(3, 2), last;
    rnn_bias: (5, 2), rnn(2, 3, bias = false), last;
    rnn_states: (4, 3), rnn(3, 2);
    rnn_states_bias: (5, 2), rnn(2, 3, bias = false);
    gru: (4, 3), gru(3, 2), last;
    gru_step: (1, 3), gru(3, 2), last;
    gru_bias: (5, 2), gru(2, 3, bias = false), last;
    gru_states: (4, 3), gru(3, 2);
    gru_states_bias: (5, 2), gru(2, 3, bias = false);
    lstm: (4, 3), lstm(3, 2), last;
    lstm_step: (1, 3), lstm(3, 2), last;
    lstm_bias: (5, 2), lstm(2, 3, bias = false), last;
    lstm_states: (4, 3), lstm(3, 2);
    lstm_states_bias: (5, 2), lstm(2, 3, bias = false);
    rnn_relu: (4, 3), rnn(3, 2, num_layers = 2, nonlinearity = relu);
    rnn_cell_relu: (3), rnn_cell(3, 2, nonlinearity = relu);
    rnn_options: (4, 3), rnn(3, 2, num_layers = 2, bidirectional = true), last(bidirectional = true);
    gru_options: (4, 3), gru(3, 2, num_layers = 2, bidirectional = true), last(bidirectional = true);
    gru_bidirectional: (4, 3), gru(3, 2, bidirectional = true);
    gru_layers: (3, 2), gru(2, 3, num_layers = 3, bias = false);
    lstm_options: (4, 3), lstm(3, 2, num_layers = 2, bidirectional = true), last(bidirectional = true);
    lstm_projected: (4, 3), lstm(3, 3, proj_size = 2);
    lstm_all: (4, 3), lstm(3, 3, num_layers = 2, bidirectional = true, proj_size = 2, bias = false);
    rnn_cell: (3), rnn_cell(3, 2);
    gru_cell: (3), gru_cell(3, 2);
    gru_cell_bias: (3), gru_cell(3, 2, bias = false);
    lstm_cell: (3), lstm_cell(3, 2);
}

/// Outputs in training, gradients and the running statistics after the step; then outputs in
/// evaluation, of a batch and of its samples.
fn assert_batch_norm_close<T: Precision, N, const I: usize, const O: usize>(
    name: &str,
    forward: fn(&N, &SVector<T, I>) -> SVector<T, O>,
) where
    N: Chain<Scalar = T, Inputs = Const<I>, Outputs = Const<O>>,
{
    let network = filled::<N>(2.0);
    assert_batches_close(name, &*network, &BATCH_NORM_SIZES);
    let (name, inputs) = (format!("{name}.evaluation"), batch(5, INPUTS, 2.0));
    assert_close(&name, network.evaluate(&inputs, &mut N::pass(5)).unwrap().as_slice());
    assert_samples_close(&name, &*network, &inputs, forward);
}

/// Each layer on a linear one without bias, whose gradient would be 0: to add a number changes
/// nothing. The linear layer has more inputs than a batch has samples, so that the gradient on its
/// weight tells that on each sample.
macro_rules! batch_norms {
    ($($name:ident: ($first:tt $(, $second:tt $(, $third:tt $(, $fourth:tt)?)?)?),
        $layer:ident $(($($option:tt)*))?;)*) => {$(
        mod $name {
            use super::*;

            tapeless::network! {
                Layer<
                    below: linear(6, $first $(* $second $(* $third $(* $fourth)?)?)?, bias = false);
                    $(reshape($first, $second $(, $third $(, $fourth)?)?);)?
                    subject: $layer $(($($option)*))?;
                    flatten;
                >
            }

            const NAME: &str = concat!("option.", stringify!($name));

            #[test]
            fn in_f64() {
                assert_batch_norm_close(NAME, LayerOf::<f64>::forward);
            }

            #[test]
            fn in_f32() {
                assert_batch_norm_close(NAME, LayerOf::<f32>::forward);
            }
        }
    )*};
}

batch_norms! {
    batch_norm1d: (4), batch_norm1d;
    batch_norm1d_settings: (4), batch_norm1d(eps = 0.1, momentum = 0.3);
    batch_norm1d_affine: (4), batch_norm1d(affine = false);
    batch_norm1d_sequence: (3, 4), batch_norm1d;
    batch_norm1d_sequence_settings: (3, 4), batch_norm1d(eps = 0.1, momentum = 0.3, affine = false);
    batch_norm1d_volume: (3, 2, 2, 3), batch_norm1d;
    batch_norm2d: (3, 2, 4), batch_norm2d;
    batch_norm2d_settings: (3, 2, 4), batch_norm2d(eps = 0.1, momentum = 0.3);
    batch_norm2d_affine: (3, 2, 4), batch_norm2d(affine = false);
}

/// Layers without parameters at numbers that overflow, cancel or tie.
macro_rules! extremes {
    ($($name:ident: $network:ident, $cases:ident;)*) => {$(
        mod $name {
            use super::*;

            const NAME: &str = concat!("option.", stringify!($name));

            #[test]
            fn in_f64() {
                assert_extremes_close::<f64, $network<f64>, _>(NAME, $cases());
            }

            #[test]
            fn in_f32() {
                assert_extremes_close::<f32, $network<f32>, _>(NAME, $cases());
            }
        }
    )*};
}

/// A window of −∞ alone gives its gradient to the first, which may be padding.
fn finite_ties() -> impl Iterator<Item = Vec<f64>> {
    ties().filter(|case| case.iter().all(|number| number.is_finite()))
}

mod at_extremes {
    use super::*;

    extremes! {
        max_pool1d: MaxPool1dOf, ties;
        max_pool2d: MaxPool2dOf, ties;
        max_pool2d_padding: MaxPool2dPaddingOf, finite_ties;
        softmax2d: Softmax2dOf, extreme_logits;
        layer_norm: LayerNormOf, extreme_logits;
        rms_norm: RmsNormOf, extreme_logits;
    }
}

tapeless::network! {
    MaxPool1d< linear(1, 6); reshape(1, 6); max_pool1d(3, stride = 1, padding = 1); flatten >
    MaxPool2d< linear(1, 6); reshape(1, 2, 3); max_pool2d(2, stride = 1); flatten >
    MaxPool2dPadding<
        linear(1, 6);
        reshape(1, 2, 3);
        max_pool2d(2, stride = 1, padding = 1);
        flatten;
    >
    Softmax2d< linear(1, 5); reshape(5, 1, 1); softmax2d; flatten >
    LayerNorm< linear(1, 5); layer_norm(affine = false) >
    RmsNorm< linear(1, 5); rms_norm(affine = false) >
    Words< input(4): index(5); words: embedding(5, 3); flatten >
    Padded< input(4): index(5); words: embedding(5, 3, padding_idx = 1); flatten >

    /// The same matrix first and last.
    Tied {
        input word[s: 4]: index(5);
        param table[v: 5, d: 3] ~ normal(1);
        e[s, d] = table[word[s], d];
        h = linear(3)(e);
        output logits[s, v] = sum(d: table[v, d] * tanh(h[s, d]));
    }
    loss surprise(logits[s: S, c: C]; next[s: S]: class) {
        log_p[s, c] = log_softmax(logits)[s, c];
        y = -mean(s: log_p[s, next[s]]);
    }
}

/// As in generate.py.
const WORDS: [u8; 12] = [4, 0, 4, 1, 1, 1, 1, 2, 0, 2, 4, 0];

fn embedding_agrees<T: Precision>() {
    let (network, mut pass) = (filled::<WordsOf<T>>(2.0), WordsOf::pass(3));
    let mut gradient = network.to_box();
    assert_batch_close("option.embedding", &*network, &WORDS, &mut pass, &mut gradient);
    let samples = WORDS.as_chunks().0.iter();
    let outputs = samples.flat_map(|words| network.forward(words).unwrap().as_slice().to_vec());
    assert_close("option.embedding.outputs", &outputs.collect::<Vec<T>>());
    let (network, mut pass) = (filled::<PaddedOf<T>>(2.0), PaddedOf::pass(3));
    let mut gradient = network.to_box();
    assert_batch_close("option.embedding_padding", &*network, &WORDS, &mut pass, &mut gradient);
}

fn tied_embedding_agrees<T: Precision>() {
    let (network, mut pass) = (filled::<TiedOf<T>>(0.5), TiedOf::pass(3));
    let mut gradient = network.to_box();
    let outputs = network.forward_batch(&WORDS, &mut pass).unwrap();
    assert_close("tied.logits", outputs.values().as_slice());
    let mut next = WORDS;
    next.as_chunks_mut::<4>().0.iter_mut().for_each(|words| words.rotate_right(1));
    let loss = outputs.loss(Surprise::default(), &next).unwrap();
    assert_close("tied.loss", &[loss.value()]);
    loss.backward(&mut gradient);
    assert_parameters_close("tied.gradient", &*gradient);
}

#[test]
fn embedding_in_f64() {
    embedding_agrees::<f64>();
    tied_embedding_agrees::<f64>();
}

#[test]
fn embedding_in_f32() {
    embedding_agrees::<f32>();
    tied_embedding_agrees::<f32>();
}
