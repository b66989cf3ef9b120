//! Whole networks: logits, gradients, and ten steps of training. The seed is the classifier of the
//! article.

use nalgebra::Const;
use tapeless::loss::{Accepts, CrossEntropy, Loss, MeanSquaredError};
use tapeless::network::{Chain, Logits, Samples};
use tapeless::optimizer::{Adam, Rule, Sgd};
use tapeless::pass::Trainable;

use crate::compare::{Precision, assert_close, assert_parameters_close};
use crate::formula::{INPUTS, TARGETS, batch, filled};
use crate::layout::assert_state_dict_matches;

const BATCH: usize = 8;
const PIXELS: usize = 28 * 28;
const CLASSES: usize = 10;
const LABELS: [u8; BATCH] = [3, 1, 4, 1, 5, 9, 2, 6];
const STEPS: usize = 10;

tapeless::network! {
    Classifier<
        flatten(28, 28);
        hidden1: linear(784, 128);
        relu;
        hidden2: linear(128, 64);
        sigmoid;
        out: linear(64, 10);
    >
    Convolutional<
        input(1, 12, 12);
        conv1: conv2d(1, 4, 3);
        relu;
        max_pool2d(2);
        conv2: conv2d(4, 6, 2);
        relu;
        max_pool2d(2);
        flatten;
        out: linear(24, 10);
    >
    Normalised<
        input(1, 12, 12);
        conv1: conv2d(1, 4, 3, stride = 2, bias = false);
        norm1: batch_norm2d;
        silu;
        conv2: conv2d(4, 8, 3, padding = 1, groups = 2, bias = false);
        norm2: batch_norm2d;
        relu;
        avg_pool2d(2);
        flatten;
        out: linear(32, 10);
    >
    Attentive<
        input(6, 8);
        norm1: layer_norm;
        attention: multihead_attention(8, 2, causal = true, bias = false);
        norm2: layer_norm;
        hidden: linear(16);
        gelu;
        mixed: linear(8);
        flatten;
        out: linear(48, 10);
    >
    GatedRecurrent< input(6, 4); gru: gru(4, 8); last; out: linear(8, 10) >
    Residual<
        input(2, 8, 8);
        trunk: residual {
            conv1: conv2d(2, 4, 3, stride = 2, padding = 1, bias = false);
            norm1: batch_norm2d;
            relu;
            conv2: conv2d(4, 4, 3, padding = 1, bias = false);
            norm2: batch_norm2d;
        } shortcut {
            projection: conv2d(2, 4, 1, stride = 2);
        }
        relu;
        global_avg_pool;
        out: linear(4, 10);
    >
}

fn classifier<T: Precision>() -> Box<ClassifierOf<T>> {
    filled(0.25)
}

fn images<T: Precision>() -> Samples<T, Const<PIXELS>> {
    batch(BATCH, INPUTS, 2.0)
}

fn targets<T: Precision>() -> Samples<T, Const<CLASSES>> {
    batch(BATCH, TARGETS, 2.0)
}

fn assert_logits_close<T: Precision, N, const I: usize>(
    name: &str,
    network: &N,
    inputs: &Samples<T, Const<I>>,
) where
    N: Chain<Scalar = T, Inputs = Const<I>>,
{
    let mut pass = N::pass(BATCH);
    let outputs = network.forward_batch(inputs, &mut pass).unwrap();
    assert_close(&format!("{name}.logits"), outputs.values().as_slice());
}

fn logits_agree<T: Precision>() {
    let (network, images) = (classifier::<T>(), images());
    assert_logits_close("seed", &*network, &images);
    let samples = images
        .column_iter()
        .flat_map(|image| network.forward(&image.into_owned()).as_slice().to_vec());
    assert_close("seed.logits", &samples.collect::<Vec<T>>());
}

/// Gradients at the start, then ten steps of SGD and, from the same start, of Adam.
fn assert_training_close<T: Precision, N, L, Y: ?Sized, K, const I: usize>(
    name: &str,
    network: &N,
    inputs: &Samples<T, Const<I>>,
    loss: L,
    target: &Y,
) where
    N: Chain<Scalar = T, Inputs = Const<I>>,
    L: Loss<T, Y, K> + Accepts<N::Meaning> + Copy,
{
    let (mut pass, mut gradient) = (N::pass(BATCH), network.to_box());
    let outputs = network.forward_batch(inputs, &mut pass).unwrap();
    outputs.loss(loss, target).unwrap().backward(&mut gradient);
    assert_parameters_close(&format!("{name}.gradient"), &*gradient);

    let sgd = Sgd { lr: 0.1, ..Sgd::default() };
    let adam = Adam::default();
    assert_steps_close(&format!("{name}.sgd"), network.to_box(), inputs, loss, target, sgd);
    assert_steps_close(&format!("{name}.adam"), network.to_box(), inputs, loss, target, adam);
}

/// The losses of ten steps and the parameters after them.
fn assert_steps_close<T: Precision, N, L, Y: ?Sized, K, const I: usize>(
    name: &str,
    mut network: Box<N>,
    inputs: &Samples<T, Const<I>>,
    loss: L,
    target: &Y,
    rule: impl Rule,
) where
    N: Chain<Scalar = T, Inputs = Const<I>>,
    L: Loss<T, Y, K> + Accepts<N::Meaning> + Copy,
{
    let (mut pass, mut gradient) = (N::pass(BATCH), network.to_box());
    let mut optimizer = rule.over(&network).unwrap();
    let mut losses = Vec::new();
    for _ in 0..STEPS {
        let outputs = network.forward_batch(inputs, &mut pass).unwrap();
        let loss = outputs.loss(loss, target).unwrap();
        losses.push(loss.value());
        loss.backward(&mut gradient);
        optimizer.step(&mut network, &gradient);
    }
    assert_close(&format!("{name}.losses"), &losses);
    assert_parameters_close(name, &*network);
}

fn classifier_agrees<T: Precision, L, Y: ?Sized, K>(name: &str, loss: L, target: &Y)
where
    L: Loss<T, Y, K> + Accepts<Logits> + Copy,
{
    assert_training_close(&format!("seed.{name}"), &*classifier(), &images(), loss, target);
}

fn network_agrees<T: Precision, N, const I: usize>(name: &str)
where
    N: Chain<Scalar = T, Inputs = Const<I>, Meaning = Logits>,
{
    let (name, network) = (format!("network.{name}"), filled::<N>(1.0));
    let inputs = batch::<T, I>(BATCH, INPUTS, 2.0);
    assert_state_dict_matches::<N>(&format!("{name}.state"));
    assert_logits_close(&name, &*network, &inputs);
    assert_training_close(&name, &*network, &inputs, CrossEntropy::default(), &LABELS);
}

#[test]
fn logits_in_f64() {
    logits_agree::<f64>();
}

#[test]
fn logits_in_f32() {
    logits_agree::<f32>();
}

#[test]
fn cross_entropy_in_f64() {
    classifier_agrees::<f64, _, _, _>("cross_entropy", CrossEntropy::default(), &LABELS);
}

#[test]
fn cross_entropy_in_f32() {
    classifier_agrees::<f32, _, _, _>("cross_entropy", CrossEntropy::default(), &LABELS);
}

#[test]
fn mean_squared_error_in_f64() {
    let loss = MeanSquaredError::default();
    classifier_agrees::<f64, _, _, _>("mean_squared_error", loss, &targets::<f64>());
}

#[test]
fn mean_squared_error_in_f32() {
    let loss = MeanSquaredError::default();
    classifier_agrees::<f32, _, _, _>("mean_squared_error", loss, &targets::<f32>());
}

macro_rules! networks {
    ($($name:ident: $network:ident;)*) => {$(
        mod $name {
            use super::*;

            #[test]
            fn in_f64() {
                network_agrees::<_, $network<f64>, _>(stringify!($name));
            }

            #[test]
            fn in_f32() {
                network_agrees::<_, $network<f32>, _>(stringify!($name));
            }
        }
    )*};
}

networks! {
    convolutional: ConvolutionalOf;
    normalised: NormalisedOf;
    attentive: AttentiveOf;
    gated_recurrent: GatedRecurrentOf;
    residual: ResidualOf;
}
