//! Linear layers and softmax: outputs, and the gradient of every parameter.

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

/// Softmax of logits that overflow, cancel or tie, from a bias: its gradient is the logits'.
fn assert_extremes_close<T: Precision>() {
    let mut network = BiasedOf::<T>::zeros();
    let (mut pass, mut gradient) = (BiasedOf::pass(1), network.to_box());
    let output_gradient = batch::<T, 5>(1, OUTPUT_GRADIENT, 2.0);
    for (number, logits) in numbers("loss.extreme_logits").chunks_exact(5).enumerate() {
        let name = format!("softmax.extreme{number}");
        network.scores.bias = SVector::from_iterator(logits.iter().copied().map(T::of));
        let input = SVector::<T, 1>::repeat(T::ZERO);
        let outputs = network.forward_batch(&input, &mut pass).unwrap();
        assert_close(&format!("{name}.outputs"), outputs.values().as_slice());
        outputs.backward(&output_gradient, &mut gradient).unwrap();
        assert_close(&format!("{name}.gradient"), gradient.scores.bias.as_slice());
    }
}

fn softmax_agrees<T: Precision>() {
    assert_batches_close("softmax", 4.0, ProbabilitiesOf::<T>::forward);
    let scores = SVector::<T, 12>::from_iterator(formula(INPUTS, 8.0));
    assert_close("softmax.rows", RowsOf::<T>::zeros().forward(&scores).as_slice());
    assert_extremes_close::<T>();
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
