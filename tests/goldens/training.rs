//! The classifier of the article: logits, gradients, and ten steps of training.

use nalgebra::Const;
use tapeless::loss::{Accepts, CrossEntropy, Loss, MeanSquaredError};
use tapeless::network::{Logits, Network, Samples};
use tapeless::optimizer::{Adam, Rule, Sgd};
use tapeless::parameters::Parameters;

use crate::compare::{Precision, assert_close, assert_parameters_close};
use crate::formula::{INPUTS, TARGETS, batch, filled};

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

fn logits_agree<T: Precision>() {
    let (network, images) = (classifier::<T>(), images());
    let mut pass = ClassifierOf::pass(BATCH);
    let outputs = network.forward_batch(&images, &mut pass).unwrap();
    assert_close("seed.logits", outputs.values().as_slice());
    let samples = images
        .column_iter()
        .flat_map(|image| network.forward(&image.into_owned()).as_slice().to_vec());
    assert_close("seed.logits", &samples.collect::<Vec<T>>());
}

/// Gradients at the start, then ten steps of SGD and, from the same start, of Adam.
fn training_agrees<T: Precision, L, Y: ?Sized, K>(name: &str, loss: L, target: &Y)
where
    L: Loss<T, Y, K> + Accepts<Logits> + Copy,
{
    let (network, images) = (classifier::<T>(), images());
    let (mut pass, mut gradient) = (ClassifierOf::pass(BATCH), network.to_box());
    let outputs = network.forward_batch(&images, &mut pass).unwrap();
    outputs.loss(loss, target).unwrap().backward(&mut gradient);
    assert_parameters_close(&format!("seed.{name}.gradient"), &*gradient);

    let sgd = Sgd { lr: 0.1, ..Sgd::default() };
    assert_steps_close::<T, _, _, _>(&format!("seed.{name}.sgd"), loss, target, sgd);
    assert_steps_close::<T, _, _, _>(&format!("seed.{name}.adam"), loss, target, Adam::default());
}

/// The losses of ten steps and the parameters after them.
fn assert_steps_close<T: Precision, L, Y: ?Sized, K>(
    name: &str,
    loss: L,
    target: &Y,
    rule: impl Rule,
) where
    L: Loss<T, Y, K> + Accepts<Logits> + Copy,
{
    let (mut network, images) = (classifier::<T>(), images());
    let (mut pass, mut gradient) = (ClassifierOf::pass(BATCH), network.to_box());
    let mut optimizer = rule.over(&network).unwrap();
    let mut losses = Vec::new();
    for _ in 0..STEPS {
        let outputs = network.forward_batch(&images, &mut pass).unwrap();
        let loss = outputs.loss(loss, target).unwrap();
        losses.push(loss.value());
        loss.backward(&mut gradient);
        optimizer.step(&mut network, &gradient);
    }
    assert_close(&format!("{name}.losses"), &losses);
    assert_parameters_close(name, &*network);
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
    training_agrees::<f64, _, _, _>("cross_entropy", CrossEntropy::default(), &LABELS);
}

#[test]
fn cross_entropy_in_f32() {
    training_agrees::<f32, _, _, _>("cross_entropy", CrossEntropy::default(), &LABELS);
}

#[test]
fn mean_squared_error_in_f64() {
    let loss = MeanSquaredError::default();
    training_agrees::<f64, _, _, _>("mean_squared_error", loss, &targets::<f64>());
}

#[test]
fn mean_squared_error_in_f32() {
    let loss = MeanSquaredError::default();
    training_agrees::<f32, _, _, _>("mean_squared_error", loss, &targets::<f32>());
}
