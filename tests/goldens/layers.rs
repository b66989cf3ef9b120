//! Layers of several inputs or with parameters: outputs, and the gradient of every parameter.

use nalgebra::{Const, SVector};
use tapeless::network::Network;
use tapeless::parameters::Parameters;

use crate::compare::{Precision, assert_close, assert_parameters_close, numbers};
use crate::formula::{BATCHES, INPUTS, OUTPUT_GRADIENT, batch, filled, formula};

tapeless::network! {
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
}

/// Outputs and gradients of batches, for a formula gradient on the outputs. What the backward pass
/// hands down through a layer is seen in the gradients of the layer below.
fn assert_batches_close<T: Precision, N, const I: usize, const O: usize>(
    name: &str,
    scale: f64,
    forward: fn(&N, &SVector<T, I>) -> SVector<T, O>,
) where
    N: Network<Scalar = T, Inputs = Const<I>, Outputs = Const<O>>,
{
    let network = filled::<N>(scale);
    let (mut pass, mut gradient) = (N::pass(5), network.to_box());
    for size in BATCHES {
        let name = format!("{name}.batch{size}");
        let inputs = batch::<T, I>(size, INPUTS, 2.0);
        let outputs = network.forward_batch(&inputs, &mut pass).unwrap();
        assert_close(&format!("{name}.outputs"), outputs.values().as_slice());
        outputs.backward(&batch::<T, O>(size, OUTPUT_GRADIENT, 2.0), &mut gradient).unwrap();
        assert_parameters_close(&name, &*gradient);

        let samples = inputs
            .column_iter()
            .flat_map(|sample| forward(&network, &sample.into_owned()).as_slice().to_vec());
        assert_close(&format!("{name}.outputs"), &samples.collect::<Vec<T>>());
    }
}

/// Logits that overflow, cancel or tie, from the bias of one linear layer: its gradient is theirs.
fn assert_extremes_close<T: Precision, N>(name: &str, cases: impl Iterator<Item = Vec<f64>>)
where
    N: Network<Scalar = T, Inputs = Const<1>, Outputs = Const<5>>,
{
    let mut network = N::zeros();
    let (mut pass, mut gradient) = (N::pass(1), network.to_box());
    let output_gradient = batch::<T, 5>(1, OUTPUT_GRADIENT, 2.0);
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

fn extreme_logits() -> impl Iterator<Item = Vec<f64>> {
    numbers("loss.extreme_logits")
        .chunks_exact(5)
        .map(<[f64]>::to_vec)
        .collect::<Vec<_>>()
        .into_iter()
}

fn softmax_agrees<T: Precision>() {
    assert_batches_close("softmax", 4.0, ProbabilitiesOf::<T>::forward);
    let scores = SVector::<T, 12>::from_iterator(formula(INPUTS, 8.0));
    assert_close("softmax.rows", RowsOf::<T>::zeros().forward(&scores).as_slice());
    assert_extremes_close::<T, BiasedOf<T>>("softmax", extreme_logits());
}

fn log_softmax_agrees<T: Precision>() {
    assert_batches_close("log_softmax", 4.0, LogarithmsOf::<T>::forward);
    let scores = SVector::<T, 12>::from_iterator(formula(INPUTS, 8.0));
    assert_close("log_softmax.rows", LogarithmRowsOf::<T>::zeros().forward(&scores).as_slice());
    assert_extremes_close::<T, BiasedLogarithmsOf<T>>("log_softmax", extreme_logits());
}

/// The extremes are pairs of extreme logits, the second of which are the gates.
fn glu_agrees<T: Precision>() {
    assert_batches_close("glu", 4.0, GatedOf::<T>::forward);
    let pairs = extreme_logits().flat_map(|values| {
        extreme_logits().map(move |gates| [values.as_slice(), gates.as_slice()].concat())
    });
    assert_extremes_close::<T, BiasedGatedOf<T>>("glu", pairs);
}

fn prelu_agrees<T: Precision>() {
    assert_batches_close("prelu", 4.0, RectifiedOf::<T>::forward);
}

#[test]
fn linear_in_f64() {
    assert_batches_close("linear", 2.0, AffineOf::<f64>::forward);
}

#[test]
fn linear_in_f32() {
    assert_batches_close("linear", 2.0, AffineOf::<f32>::forward);
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
