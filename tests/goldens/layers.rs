//! Layers of several inputs or with parameters: outputs, and the gradient of every parameter.

use nalgebra::{Const, SVector};
use tapeless::network::{Chain, InputBatch, Samples, SingleOutput};
use tapeless::parameters::Parameters;
use tapeless::pass::Pass;
use tapeless::pass::Trainable;

use crate::compare::{Precision, assert_close, assert_parameters_close, numbers};
use crate::formula::{BATCHES, INPUTS, OUTPUT_GRADIENT, batch, filled, formula};

tapeless::network! {
    layer planes(H, W) {
        input x[n: H * W];
        y[h: H, w: W] = x[h*W + w];
    }
    layer greatest(N) {
        input x[n: N];
        y = max(n: x[n]);
    }
    layer greatest_of_rows(H, W) {
        input x[h: H, w: W];
        y[h] = max(w: x[h, w]);
    }
    layer greatest_of_columns(H, W) {
        input x[h: H, w: W];
        y[w] = max(h: x[h, w]);
    }

    Affine< first: linear(13, 9); second: linear(9, 5) >
    Probabilities< scores: linear(6, 7); softmax >
    Rows< input(3, 4); softmax >
    Biased< scores: linear(1, 5); softmax >
    Logarithms< scores: linear(6, 7); log_softmax >
    LogarithmRows< input(3, 4); log_softmax >
    BiasedLogarithms< scores: linear(1, 5); log_softmax >
    Gated< scores: linear(6, 8); glu >
    BiasedGated< scores: linear(1, 10); glu >
    Rectified< scores: linear(6, 7); prelu: prelu >
    RectifiedChannels< scores: linear(6, 7); prelu: prelu(per_channel) >
    RectifiedPlanes< scores: linear(6, 6); planes(2, 3); prelu: prelu(per_channel); flatten >
    Greatest< scores: linear(6, 6); greatest >
    BiasedGreatest< scores: linear(1, 6); greatest >
    GreatestOfRows< scores: linear(6, 6); planes(2, 3); greatest_of_rows >
    BiasedGreatestOfRows< scores: linear(1, 6); planes(2, 3); greatest_of_rows >
    GreatestOfColumns< scores: linear(6, 6); planes(2, 3); greatest_of_columns >
    BiasedGreatestOfColumns< scores: linear(1, 6); planes(2, 3); greatest_of_columns >
}

/// Outputs and gradients of batches, for a formula gradient on the outputs. What the backward pass
/// hands down through a layer is seen in the gradients of the layer below.
pub fn assert_batches_close<T: Precision, N, const I: usize, const O: usize>(
    name: &str,
    network: &N,
    sizes: &[usize],
) where
    N: Chain<Scalar = T, Inputs = Const<I>, Outputs = Const<O>>,
{
    let (mut pass, mut gradient) = (N::pass(5), network.to_box());
    for &size in sizes {
        let name = format!("{name}.batch{size}");
        let inputs = batch::<T, I>(size, INPUTS, 2.0);
        assert_batch_close(&name, network, &inputs, &mut pass, &mut gradient);
    }
}

/// Outputs and gradients of one batch.
pub fn assert_batch_close<'a, T: Precision, N, const O: usize>(
    name: &str,
    network: &'a N,
    inputs: impl InputBatch<'a, N>,
    pass: &'a mut Pass<N>,
    gradient: &mut N,
) where
    N: SingleOutput<Scalar = T, Outputs = Const<O>>,
{
    let outputs = network.forward_batch(inputs, pass).unwrap();
    assert_close(&format!("{name}.outputs"), outputs.values().as_slice());
    let output_gradient = batch::<T, O>(outputs.values().ncols(), OUTPUT_GRADIENT, 2.0);
    outputs.backward(&output_gradient, gradient).unwrap();
    assert_parameters_close(name, gradient);
}

/// Outputs of a batch, sample by sample.
pub fn assert_samples_close<T: Precision, N, const I: usize, const O: usize>(
    name: &str,
    network: &N,
    inputs: &Samples<T, Const<I>>,
    forward: fn(&N, &SVector<T, I>) -> SVector<T, O>,
) {
    let samples = inputs
        .column_iter()
        .flat_map(|sample| forward(network, &sample.into_owned()).as_slice().to_vec());
    assert_close(name, &samples.collect::<Vec<T>>());
}

/// Outputs and gradients of batches, and outputs of their samples.
pub fn assert_layer_close<T: Precision, N, const I: usize, const O: usize>(
    name: &str,
    scale: f64,
    sizes: &[usize],
    forward: fn(&N, &SVector<T, I>) -> SVector<T, O>,
) where
    N: Chain<Scalar = T, Inputs = Const<I>, Outputs = Const<O>>,
{
    let network = filled::<N>(scale);
    assert_batches_close(name, &*network, sizes);
    for &size in sizes {
        let (name, inputs) = (format!("{name}.batch{size}.outputs"), batch(size, INPUTS, 2.0));
        assert_samples_close(&name, &*network, &inputs, forward);
    }
}

/// Logits that overflow, cancel or tie, from the bias of one linear layer: its gradient is theirs.
pub fn assert_extremes_close<T: Precision, N, const O: usize>(
    name: &str,
    cases: impl Iterator<Item = Vec<f64>>,
) where
    N: Chain<Scalar = T, Inputs = Const<1>, Outputs = Const<O>>,
{
    let mut network = N::zeros();
    let (mut pass, mut gradient) = (N::pass(1), network.to_box());
    let output_gradient = batch::<T, O>(1, OUTPUT_GRADIENT, 2.0);
    for (number, logits) in cases.enumerate() {
        let name = format!("{name}.extreme{number}");
        let bias = logits.len();
        for (scalar, logit) in network.as_mut_slice()[bias..].iter_mut().zip(logits) {
            *scalar = T::of(logit);
        }
        let input = SVector::<T, 1>::repeat(T::ZERO);
        let outputs = network.forward_batch(&input, &mut pass).unwrap();
        assert_close(&format!("{name}.outputs"), outputs.values().as_slice());
        outputs.backward(&output_gradient, &mut gradient).unwrap();
        assert_close(&format!("{name}.gradient"), &gradient.as_slice()[bias..]);
    }
}

/// The stored cases of `size` logits.
fn stored(name: &str, size: usize) -> impl Iterator<Item = Vec<f64>> {
    numbers(name).chunks_exact(size).map(<[f64]>::to_vec).collect::<Vec<_>>().into_iter()
}

pub fn extreme_logits() -> impl Iterator<Item = Vec<f64>> {
    stored("loss.extreme_logits", 5)
}

pub fn ties() -> impl Iterator<Item = Vec<f64>> {
    stored("greatest.ties", 6)
}

fn softmax_agrees<T: Precision>() {
    assert_layer_close("softmax", 4.0, &BATCHES, ProbabilitiesOf::<T>::forward);
    let scores = SVector::<T, 12>::from_iterator(formula(INPUTS, 8.0));
    assert_close("softmax.rows", RowsOf::<T>::zeros().forward(&scores).as_slice());
    assert_extremes_close::<T, BiasedOf<T>, _>("softmax", extreme_logits());
}

fn log_softmax_agrees<T: Precision>() {
    assert_layer_close("log_softmax", 4.0, &BATCHES, LogarithmsOf::<T>::forward);
    let scores = SVector::<T, 12>::from_iterator(formula(INPUTS, 8.0));
    assert_close("log_softmax.rows", LogarithmRowsOf::<T>::zeros().forward(&scores).as_slice());
    assert_extremes_close::<T, BiasedLogarithmsOf<T>, _>("log_softmax", extreme_logits());
}

/// The extremes are pairs of extreme logits, the second of which are the gates.
fn glu_agrees<T: Precision>() {
    assert_layer_close("glu", 4.0, &BATCHES, GatedOf::<T>::forward);
    let pairs = extreme_logits().flat_map(|values| {
        extreme_logits().map(move |gates| [values.as_slice(), gates.as_slice()].concat())
    });
    assert_extremes_close::<T, BiasedGatedOf<T>, _>("glu", pairs);
}

fn prelu_agrees<T: Precision>() {
    assert_layer_close("prelu", 4.0, &BATCHES, RectifiedOf::<T>::forward);
    assert_layer_close("channel_prelu", 4.0, &BATCHES, RectifiedChannelsOf::<T>::forward);
    assert_layer_close("plane_prelu", 4.0, &BATCHES, RectifiedPlanesOf::<T>::forward);
}

/// Of several greatest numbers, the first has the whole gradient.
fn greatest_agrees<T: Precision>() {
    assert_layer_close("greatest", 4.0, &BATCHES, GreatestOf::<T>::forward);
    assert_layer_close("greatest_of_rows", 4.0, &BATCHES, GreatestOfRowsOf::<T>::forward);
    assert_layer_close("greatest_of_columns", 4.0, &BATCHES, GreatestOfColumnsOf::<T>::forward);
    assert_extremes_close::<T, BiasedGreatestOf<T>, _>("greatest", ties());
    assert_extremes_close::<T, BiasedGreatestOfRowsOf<T>, _>("greatest_of_rows", ties());
    assert_extremes_close::<T, BiasedGreatestOfColumnsOf<T>, _>("greatest_of_columns", ties());
}

#[test]
fn linear_in_f64() {
    assert_layer_close("linear", 2.0, &BATCHES, AffineOf::<f64>::forward);
}

#[test]
fn linear_in_f32() {
    assert_layer_close("linear", 2.0, &BATCHES, AffineOf::<f32>::forward);
}

#[test]
fn softmax_in_f64() {
    softmax_agrees::<f64>();
}

#[test]
fn softmax_in_f32() {
    softmax_agrees::<f32>();
}

#[test]
fn log_softmax_in_f64() {
    log_softmax_agrees::<f64>();
}

#[test]
fn log_softmax_in_f32() {
    log_softmax_agrees::<f32>();
}

#[test]
fn glu_in_f64() {
    glu_agrees::<f64>();
}

#[test]
fn glu_in_f32() {
    glu_agrees::<f32>();
}

#[test]
fn prelu_in_f64() {
    prelu_agrees::<f64>();
}

#[test]
fn prelu_in_f32() {
    prelu_agrees::<f32>();
}

#[test]
fn greatest_in_f64() {
    greatest_agrees::<f64>();
}

#[test]
fn greatest_in_f32() {
    greatest_agrees::<f32>();
}
