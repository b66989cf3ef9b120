//! Losses and their gradients on the outputs, on ordinary and on extreme logits.

use nalgebra::Const;
use tapeless::loss::{Accepts, CrossEntropy, Loss, MeanSquaredError};
use tapeless::network::{Logits, Network, Samples};
use tapeless::parameters::Parameters;

use crate::compare::{Precision, assert_close, numbers};
use crate::formula::{BATCHES, INPUTS, TARGETS, batch};

const CLASSES: usize = 5;
const LABELS: [u8; 5] = [4, 0, 2, 1, 3];
const EXTREME_LABEL: [u8; 1] = [1];
const SMOOTHED: CrossEntropy = CrossEntropy { label_smoothing: 0.1 };

tapeless::network! {
    /// Its outputs are its inputs.
    Identity< input(5); flatten >
}

type Batch<T> = Samples<T, Const<CLASSES>>;

fn assert_loss_close<T: Precision, L, Y: ?Sized>(name: &str, loss: L, logits: &Batch<T>, target: &Y)
where
    L: Loss<T, Y> + Accepts<Logits>,
{
    let network = IdentityOf::<T>::zeros();
    let mut pass = IdentityOf::pass(logits.ncols());
    let outputs = network.forward_batch(logits, &mut pass).unwrap();
    let loss = outputs.loss(loss, target).unwrap();
    assert_close(&format!("{name}.value"), &[loss.value()]);
    assert_close(&format!("{name}.gradient"), loss.output_gradient().as_slice());
}

fn mean_squared_error_agrees<T: Precision>() {
    for size in BATCHES {
        let name = format!("loss.mean_squared_error.batch{size}");
        let (outputs, targets) = (batch(size, INPUTS, 8.0), batch(size, TARGETS, 2.0));
        assert_loss_close::<T, _, Batch<T>>(&name, MeanSquaredError::default(), &outputs, &targets);
    }
}

fn cross_entropy_agrees<T: Precision>(name: &str, loss: CrossEntropy) {
    for size in BATCHES {
        let name = format!("loss.{name}.batch{size}");
        assert_loss_close::<T, _, _>(&name, loss, &batch(size, INPUTS, 8.0), &LABELS[..size]);
    }
}

fn cross_entropy_agrees_on_extremes<T: Precision>(name: &str, loss: CrossEntropy) {
    for (number, logits) in numbers("loss.extreme_logits").chunks_exact(CLASSES).enumerate() {
        let name = format!("loss.{name}.extreme{number}");
        let logits = Batch::<T>::from_iterator(1, logits.iter().copied().map(T::of));
        assert_loss_close(&name, loss, &logits, &EXTREME_LABEL);
    }
}

#[test]
fn mean_squared_error_in_f64() {
    mean_squared_error_agrees::<f64>();
}

#[test]
fn mean_squared_error_in_f32() {
    mean_squared_error_agrees::<f32>();
}

#[test]
fn cross_entropy_in_f64() {
    cross_entropy_agrees::<f64>("cross_entropy", CrossEntropy::default());
    cross_entropy_agrees::<f64>("smoothed_cross_entropy", SMOOTHED);
}

#[test]
fn cross_entropy_in_f32() {
    cross_entropy_agrees::<f32>("cross_entropy", CrossEntropy::default());
    cross_entropy_agrees::<f32>("smoothed_cross_entropy", SMOOTHED);
}

#[test]
fn cross_entropy_of_extreme_logits_in_f64() {
    cross_entropy_agrees_on_extremes::<f64>("cross_entropy", CrossEntropy::default());
    cross_entropy_agrees_on_extremes::<f64>("smoothed_cross_entropy", SMOOTHED);
}

#[test]
fn cross_entropy_of_extreme_logits_in_f32() {
    cross_entropy_agrees_on_extremes::<f32>("cross_entropy", CrossEntropy::default());
    cross_entropy_agrees_on_extremes::<f32>("smoothed_cross_entropy", SMOOTHED);
}
