//! Losses and their gradients on the outputs, on ordinary outputs, at kinks and at extremes.

use nalgebra::DMatrix;
use tapeless::loss::{
    BinaryCrossEntropy, BinaryCrossEntropyWithLogits, Classes, CosineEmbedding, CrossEntropy,
    GaussianNll, HingeEmbedding, Huber, KlDivergence, Loss, MarginRanking, MeanAbsoluteError,
    MeanSquaredError, MultiMargin, NegativeLogLikelihood, PoissonNll, Reals, SmoothL1, SoftMargin,
};
use tapeless::real::Real;

use crate::compare::{Precision, assert_close, assert_each_close, numbers};
use crate::formula::{BATCHES, INPUTS, TARGETS, formula};

const CLASSES: usize = 5;
const LABELS: [u8; 5] = [4, 0, 2, 1, 3];
const EXTREME_LABEL: [u8; 1] = [1];
const WEIGHTS: &[f64] = &[0.5, 2.0, 0.75, 1.25, 3.0];
const SPARSE_WEIGHTS: &[f64] = &[0.5, 2.0, 0.0, 1.25, 3.0];
const SMOOTHED: CrossEntropy = CrossEntropy { weight: &[], label_smoothing: 0.1 };
const WEIGHTED: CrossEntropy = CrossEntropy { weight: WEIGHTS, label_smoothing: 0.0 };
const SPARSE_SMOOTHED: CrossEntropy = CrossEntropy { weight: SPARSE_WEIGHTS, ..SMOOTHED };

/// Outputs or targets, a column a sample.
type Batch<T> = DMatrix<T>;

/// Where a loss is evaluated besides batches: a pair of rows of outputs and targets.
#[derive(Clone, Copy)]
enum Points {
    Difference,
    Probability,
    Logit,
    LogProbability,
    LogRate,
    LogTarget,
    Distance,
    Score,
    Normal,
    Ranking,
    Angle,
    Distribution,
}

impl Points {
    const fn name(self) -> &'static str {
        match self {
            Self::Difference => "difference",
            Self::Probability => "probability",
            Self::Logit => "logit",
            Self::LogProbability => "log_probability",
            Self::LogRate => "log_rate",
            Self::LogTarget => "log_target",
            Self::Distance => "distance",
            Self::Score => "score",
            Self::Normal => "normal",
            Self::Ranking => "ranking",
            Self::Angle => "angle",
            Self::Distribution => "distribution",
        }
    }

    /// Outputs that the losses of these points may have: one of each class, or both arguments.
    fn outputs<T: Real>(self, size: usize) -> Batch<T> {
        match self {
            Self::Probability => batch(CLASSES, size, INPUTS, 1.0).add_scalar(T::of(0.5)),
            Self::Normal => batch(2 * CLASSES, size, INPUTS, 8.0).add_scalar(T::of(4.0)),
            Self::Ranking | Self::Angle => batch(2 * CLASSES, size, INPUTS, 8.0),
            _ => batch(CLASSES, size, INPUTS, 8.0),
        }
    }

    /// Targets that the losses of these points may have; distributions need not sum to 1.
    fn targets<T: Real>(self, size: usize) -> Batch<T> {
        let sign = |target: T| T::of(target.to_f64().signum());
        match self {
            Self::Angle => batch(1, size, TARGETS, 2.0).map(sign),
            Self::Distance | Self::Score | Self::Ranking => {
                batch(CLASSES, size, TARGETS, 2.0).map(sign)
            }
            Self::Probability | Self::Logit | Self::LogProbability | Self::Distribution => {
                batch(CLASSES, size, TARGETS, 1.0).add_scalar(T::of(0.5))
            }
            _ => batch(CLASSES, size, TARGETS, 2.0),
        }
    }

    /// The sizes of one point's output and target.
    const fn sizes(self) -> (usize, usize) {
        match self {
            Self::Normal | Self::Ranking => (2, 1),
            Self::Angle => (2 * CLASSES, 1),
            Self::Distribution => (CLASSES, CLASSES),
            _ => (1, 1),
        }
    }

    /// Roundings of 1 to forgive in values and in gradients: 1 − cosine and the difference of
    /// probabilities and targets carry them.
    const fn roundings(self) -> (f64, f64) {
        match self {
            Self::Angle => (1.0, 1.0),
            Self::Distribution => (0.0, 1.0),
            _ => (0.0, 0.0),
        }
    }
}

/// A batch of `size` samples of formula numbers.
fn batch<T: Real>(features: usize, size: usize, salt: u32, scale: f64) -> Batch<T> {
    Batch::from_iterator(features, size, formula(salt, scale).take(features * size))
}

/// The stored numbers, `features` a column.
fn stored<T: Real>(name: &str, features: usize) -> Batch<T> {
    let numbers: Vec<T> = numbers(name).into_iter().map(T::of).collect();
    Batch::from_vec(features, numbers.len() / features, numbers)
}

/// A loss and its gradient, which it overwrites.
fn evaluated<T: Real, Y: ?Sized, K>(
    loss: &impl Loss<T, Y, K>,
    outputs: &Batch<T>,
    target: &Y,
) -> (T, Batch<T>) {
    let mut gradient = outputs.map(|_| T::of(f64::NAN));
    let value = loss
        .evaluate(outputs.as_slice(), outputs.nrows(), target, gradient.as_mut_slice())
        .unwrap();
    (value, gradient)
}

fn assert_loss_close<T: Precision, Y: ?Sized, K>(
    name: &str,
    loss: &impl Loss<T, Y, K>,
    outputs: &Batch<T>,
    target: &Y,
) {
    let (value, gradient) = evaluated(loss, outputs, target);
    assert_close(&format!("{name}.value"), &[value]);
    assert_close(&format!("{name}.gradient"), gradient.as_slice());
}

fn agrees<T: Precision>(name: &str, loss: &impl Loss<T, Batch<T>, Reals>, points: Points) {
    for size in BATCHES {
        let name = format!("loss.{name}.batch{size}");
        assert_loss_close(&name, loss, &points.outputs(size), &points.targets(size));
    }
}

/// Each point is a sample by itself.
fn agrees_on_points<T: Precision>(
    name: &str,
    loss: &impl Loss<T, Batch<T>, Reals>,
    points: Points,
) {
    let (kind, (features, targets)) = (points.name(), points.sizes());
    let outputs = stored(&format!("loss.{kind}.outputs"), features);
    let targets = stored(&format!("loss.{kind}.targets"), targets);
    let (mut values, mut gradients) = (Vec::new(), Vec::new());
    for point in 0..outputs.ncols() {
        let (output, target) = (outputs.columns(point, 1), targets.columns(point, 1));
        let (value, gradient) = evaluated(loss, &output.into_owned(), &target.into_owned());
        values.push(value);
        gradients.extend_from_slice(gradient.as_slice());
    }
    let name = format!("loss.{name}.points");
    let (in_values, in_gradients) = points.roundings();
    assert_each_close(&format!("{name}.value"), &values, in_values);
    assert_each_close(&format!("{name}.gradient"), &gradients, in_gradients);
}

fn labelled_agrees<T: Precision>(name: &str, loss: &impl Loss<T, [u8], Classes>) {
    for size in BATCHES {
        let name = format!("loss.{name}.batch{size}");
        assert_loss_close(&name, loss, &batch(CLASSES, size, INPUTS, 8.0), &LABELS[..size]);
    }
}

fn labelled_agrees_on_extremes<T: Precision>(name: &str, loss: &impl Loss<T, [u8], Classes>) {
    let logits = stored("loss.extreme_logits", CLASSES);
    for number in 0..logits.ncols() {
        let name = format!("loss.{name}.extreme{number}");
        let logits = logits.columns(number, 1).into_owned();
        assert_loss_close(&name, loss, &logits, EXTREME_LABEL.as_slice());
    }
}

/// For each loss, a test on batches and one on points, in f64 and in f32.
macro_rules! losses {
    ($agrees:ident, $agrees_on_points:ident;
        $($name:ident: $loss:expr $(, $points:ident)?;)*) => {$(
        mod $name {
            use super::*;

            #[test]
            fn in_f64() {
                $agrees::<f64>(stringify!($name), &$loss $(, Points::$points)?);
            }

            #[test]
            fn in_f32() {
                $agrees::<f32>(stringify!($name), &$loss $(, Points::$points)?);
            }

            #[test]
            fn on_points_in_f64() {
                $agrees_on_points::<f64>(stringify!($name), &$loss $(, Points::$points)?);
            }

            #[test]
            fn on_points_in_f32() {
                $agrees_on_points::<f32>(stringify!($name), &$loss $(, Points::$points)?);
            }
        }
    )*};
}

losses! {
    agrees, agrees_on_points;
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
    log_target_kl_divergence: KlDivergence { log_target: 1.0 }, LogTarget;
    poisson_nll: PoissonNll::default(), LogRate;
    hinge_embedding: HingeEmbedding::default(), Distance;
    narrow_hinge_embedding: HingeEmbedding { margin: 0.5 }, Distance;
    soft_margin: SoftMargin::default(), Score;
    gaussian_nll: GaussianNll::default(), Normal;
    full_gaussian_nll: GaussianNll { full: 1.0, ..GaussianNll::default() }, Normal;
    blunt_gaussian_nll: GaussianNll { eps: 0.5, ..GaussianNll::default() }, Normal;
    margin_ranking: MarginRanking::default(), Ranking;
    wide_margin_ranking: MarginRanking { margin: 0.5 }, Ranking;
    cosine_embedding: CosineEmbedding::default(), Angle;
    narrow_cosine_embedding: CosineEmbedding { margin: 0.5 }, Angle;
    soft_cross_entropy: CrossEntropy::default(), Distribution;
    soft_smoothed_cross_entropy: SMOOTHED, Distribution;
    soft_weighted_cross_entropy: WEIGHTED, Distribution;
    soft_sparse_smoothed_cross_entropy: SPARSE_SMOOTHED, Distribution;
}

losses! {
    labelled_agrees, labelled_agrees_on_extremes;
    cross_entropy: CrossEntropy::default();
    smoothed_cross_entropy: SMOOTHED;
    weighted_cross_entropy: WEIGHTED;
    weighted_smoothed_cross_entropy: CrossEntropy { weight: WEIGHTS, ..SMOOTHED };
    sparse_cross_entropy: CrossEntropy { weight: SPARSE_WEIGHTS, ..WEIGHTED };
    sparse_smoothed_cross_entropy: SPARSE_SMOOTHED;
    negative_log_likelihood: NegativeLogLikelihood::default();
    weighted_negative_log_likelihood: NegativeLogLikelihood { weight: WEIGHTS };
    sparse_negative_log_likelihood: NegativeLogLikelihood { weight: SPARSE_WEIGHTS };
    multi_margin: MultiMargin::default();
    squared_multi_margin: MultiMargin { p: 2.0, ..MultiMargin::default() };
    narrow_multi_margin: MultiMargin { margin: 0.5, ..MultiMargin::default() };
    weighted_multi_margin: MultiMargin { weight: WEIGHTS, ..MultiMargin::default() };
    sparse_squared_multi_margin: MultiMargin { p: 2.0, margin: 0.5, weight: SPARSE_WEIGHTS };
}

fn mean_squared_error_agrees<T: Precision>() {
    agrees::<T>("mean_squared_error", &MeanSquaredError::default(), Points::Difference);
}

#[test]
fn mean_squared_error_in_f64() {
    mean_squared_error_agrees::<f64>();
}

#[test]
fn mean_squared_error_in_f32() {
    mean_squared_error_agrees::<f32>();
}
