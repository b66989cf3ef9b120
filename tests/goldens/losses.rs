//! Losses and their gradients on the outputs, on ordinary outputs, at kinks and at extremes.

use nalgebra::Const;
use tapeless::loss::{
    Accepts, BinaryCrossEntropy, BinaryCrossEntropyWithLogits, Classes, CrossEntropy,
    HingeEmbedding, Huber, KlDivergence, Loss, MeanAbsoluteError, MeanSquaredError,
    NegativeLogLikelihood, PoissonNll, SmoothL1,
};
use tapeless::network::{Logits, Network, Samples};
use tapeless::parameters::Parameters;

use crate::compare::{Precision, assert_close, assert_each_close, numbers};
use crate::formula::{BATCHES, INPUTS, TARGETS, batch};

const CLASSES: usize = 5;
const LABELS: [u8; 5] = [4, 0, 2, 1, 3];
const EXTREME_LABEL: [u8; 1] = [1];
const SMOOTHED: CrossEntropy = CrossEntropy { weight: &[], label_smoothing: 0.1 };

tapeless::network! {
    /// Its outputs are its inputs.
    Identity< input(5); flatten >
    /// The same of a single one.
    Single< input(1); flatten >
}

type Batch<T> = Samples<T, Const<CLASSES>>;
type Point<T> = Samples<T, Const<1>>;

/// Where a loss is evaluated besides batches: a pair of rows of outputs and targets.
#[derive(Clone, Copy)]
enum Points {
    Difference,
    Probability,
    Logit,
    LogProbability,
    LogRate,
    Distance,
}

impl Points {
    const fn name(self) -> &'static str {
        match self {
            Self::Difference => "difference",
            Self::Probability => "probability",
            Self::Logit => "logit",
            Self::LogProbability => "log_probability",
            Self::LogRate => "log_rate",
            Self::Distance => "distance",
        }
    }

    fn outputs<T: Precision>(self, size: usize) -> Batch<T> {
        match self {
            Self::Probability => batch(size, INPUTS, 1.0).map(|output: T| output + T::of(0.5)),
            _ => batch(size, INPUTS, 8.0),
        }
    }

    /// Targets that the losses of these points may have.
    fn targets<T: Precision>(self, size: usize) -> Batch<T> {
        match self {
            Self::Distance => {
                batch(size, TARGETS, 2.0).map(|target: T| T::of(target.to_f64().signum()))
            }
            Self::Probability | Self::Logit | Self::LogProbability => {
                batch(size, TARGETS, 1.0).map(|target: T| target + T::of(0.5))
            }
            Self::Difference | Self::LogRate => batch(size, TARGETS, 2.0),
        }
    }
}

fn assert_loss_close<T: Precision, L, Y: ?Sized, K>(
    name: &str,
    loss: L,
    logits: &Batch<T>,
    target: &Y,
) where
    L: Loss<T, Y, K> + Accepts<Logits>,
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
        assert_loss_close::<T, _, Batch<T>, _>(
            &name,
            MeanSquaredError::default(),
            &outputs,
            &targets,
        );
    }
}

/// A loss of real targets: on batches, and on each point by itself.
macro_rules! pointwise_losses {
    ($($name:ident: $loss:expr, $points:ident;)*) => {$(
        mod $name {
            use super::*;

            fn agrees<T: Precision>() {
                for size in BATCHES {
                    let name = format!(concat!("loss.", stringify!($name), ".batch{}"), size);
                    let (outputs, targets) =
                        (Points::$points.outputs(size), Points::$points.targets(size));
                    assert_loss_close::<T, _, Batch<T>, _>(&name, $loss, &outputs, &targets);
                }
            }

            fn agrees_on_points<T: Precision>() {
                let (network, mut pass) = (SingleOf::<T>::zeros(), SingleOf::pass(1));
                let points = Points::$points.name();
                let outputs = numbers(&format!("loss.{points}.outputs"));
                let targets = numbers(&format!("loss.{points}.targets"));
                let (mut values, mut gradients) = (Vec::new(), Vec::new());
                for (output, target) in outputs.into_iter().zip(targets) {
                    let output = Point::<T>::repeat(1, T::of(output));
                    let target = Point::<T>::repeat(1, T::of(target));
                    let outputs = network.forward_batch(&output, &mut pass).unwrap();
                    let loss = outputs.loss($loss, &target).unwrap();
                    values.push(loss.value());
                    gradients.extend_from_slice(loss.output_gradient().as_slice());
                }
                let name = concat!("loss.", stringify!($name), ".points");
                assert_each_close(&format!("{name}.value"), &values, 0.0);
                assert_each_close(&format!("{name}.gradient"), &gradients, 0.0);
            }

            #[test]
            fn in_f64() {
                agrees::<f64>();
            }

            #[test]
            fn in_f32() {
                agrees::<f32>();
            }

            #[test]
            fn on_points_in_f64() {
                agrees_on_points::<f64>();
            }

            #[test]
            fn on_points_in_f32() {
                agrees_on_points::<f32>();
            }
        }
    )*};
}

pointwise_losses! {
    mean_absolute_error: MeanAbsoluteError::default(), Difference;
    huber: Huber::default(), Difference;
    narrow_huber: Huber { delta: 0.5 }, Difference;
    smooth_l1: SmoothL1::default(), Difference;
    narrow_smooth_l1: SmoothL1 { beta: 0.5 }, Difference;
    sharp_smooth_l1: SmoothL1 { beta: 0.0 }, Difference;
    binary_cross_entropy: BinaryCrossEntropy::default(), Probability;
    binary_cross_entropy_with_logits: BinaryCrossEntropyWithLogits::default(), Logit;
    weighted_binary_cross_entropy_with_logits: BinaryCrossEntropyWithLogits { pos_weight: 3.0 }, Logit;
    kl_divergence: KlDivergence::default(), LogProbability;
    poisson_nll: PoissonNll::default(), LogRate;
    hinge_embedding: HingeEmbedding::default(), Distance;
    narrow_hinge_embedding: HingeEmbedding { margin: 0.5 }, Distance;
}

fn labelled_agrees<T: Precision, L>(name: &str, loss: L)
where
    L: Loss<T, [u8], Classes> + Accepts<Logits> + Copy,
{
    for size in BATCHES {
        let name = format!("loss.{name}.batch{size}");
        assert_loss_close::<T, _, _, _>(&name, loss, &batch(size, INPUTS, 8.0), &LABELS[..size]);
    }
}

fn labelled_agrees_on_extremes<T: Precision, L>(name: &str, loss: L)
where
    L: Loss<T, [u8], Classes> + Accepts<Logits> + Copy,
{
    for (number, logits) in numbers("loss.extreme_logits").chunks_exact(CLASSES).enumerate() {
        let name = format!("loss.{name}.extreme{number}");
        let logits = Batch::<T>::from_iterator(1, logits.iter().copied().map(T::of));
        assert_loss_close(&name, loss, &logits, EXTREME_LABEL.as_slice());
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
    labelled_agrees::<f64, _>("cross_entropy", CrossEntropy::default());
    labelled_agrees::<f64, _>("smoothed_cross_entropy", SMOOTHED);
}

#[test]
fn cross_entropy_in_f32() {
    labelled_agrees::<f32, _>("cross_entropy", CrossEntropy::default());
    labelled_agrees::<f32, _>("smoothed_cross_entropy", SMOOTHED);
}

#[test]
fn cross_entropy_of_extreme_logits_in_f64() {
    labelled_agrees_on_extremes::<f64, _>("cross_entropy", CrossEntropy::default());
    labelled_agrees_on_extremes::<f64, _>("smoothed_cross_entropy", SMOOTHED);
}

#[test]
fn cross_entropy_of_extreme_logits_in_f32() {
    labelled_agrees_on_extremes::<f32, _>("cross_entropy", CrossEntropy::default());
    labelled_agrees_on_extremes::<f32, _>("smoothed_cross_entropy", SMOOTHED);
}

#[test]
fn negative_log_likelihood_in_f64() {
    let loss = NegativeLogLikelihood::default();
    labelled_agrees::<f64, _>("negative_log_likelihood", loss);
    labelled_agrees_on_extremes::<f64, _>("negative_log_likelihood", loss);
}

#[test]
fn negative_log_likelihood_in_f32() {
    let loss = NegativeLogLikelihood::default();
    labelled_agrees::<f32, _>("negative_log_likelihood", loss);
    labelled_agrees_on_extremes::<f32, _>("negative_log_likelihood", loss);
}
