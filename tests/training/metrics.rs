//! Metrics, by values of scikit-learn 1.7.

use nalgebra::Const;
use tapeless::loss::LossError;
use tapeless::metrics::{
    Accuracy, ClassScore, ConfusionMatrix, MeanAbsoluteError, Metric, RSquared, TopK,
};
use tapeless::prelude::*;

network! {
    Five< linear(1, 5) >
    Three< linear(1, 3) >
}

const LABELS: [u8; 13] = [0, 1, 3, 2, 1, 1, 2, 3, 1, 0, 3, 3, 0];

/// Thirteen rows of outputs: class 4 is never the greatest, nor the class of a sample.
fn outputs(samples: std::ops::Range<usize>) -> Samples<f32, Const<5>> {
    let first = samples.start;
    Samples::<f32, Const<5>>::from_fn(samples.len(), |class, sample| {
        let number = ((sample + first) * 7 + class * 11) % 17;
        let lower = [0.0, 0.0, 0.0, 9.0, 20.0][class];
        (number as f32 - 8.0) / 4.0 - lower
    })
}

/// The value of a metric after batches of 5, 5 and 3, and once more.
fn of_classes<M: Metric<FiveOf<f32>, [u8]>>(mut metric: M) -> f64 {
    let mut values = [0, 1].map(|_| {
        metric.start();
        for first in [0, 5, 10] {
            let last = (first + 5).min(LABELS.len());
            metric.add(&outputs(first..last).as_view(), &LABELS[first..last]).unwrap();
        }
        metric.value()
    });
    assert_eq!(values[0], values[1]);
    values.sort_by(f64::total_cmp);
    values[0]
}

#[test]
fn classes_are_scored_as_by_scikit_learn() {
    let close = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-15, "{found}");
    close(of_classes(Accuracy::default()), 0.384_615_384_615_384_64);
    for (k, expected) in [(1, 5.0), (2, 6.0), (3, 9.0), (5, 13.0)] {
        close(of_classes(TopK::new(k)), expected / 13.0);
    }
    close(of_classes(ClassScore::precision()), 0.2875);
    close(of_classes(ClassScore::recall()), 0.416_666_666_666_666_63);
    close(of_classes(ClassScore::f1()), 0.337_301_587_301_587_27);
    for (class, [precision, recall, f1]) in [
        [0.5, 2.0 / 3.0, 0.571_428_571_428_571_4],
        [0.4, 0.5, 0.444_444_444_444_444_4],
        [0.25, 0.5, 0.333_333_333_333_333_3],
        [0.0; 3],
        [0.0; 3],
    ]
    .into_iter()
    .enumerate()
    {
        close(of_classes(ClassScore::precision().of_class(class)), precision);
        close(of_classes(ClassScore::recall().of_class(class)), recall);
        close(of_classes(ClassScore::f1().of_class(class)), f1);
    }
    let mut matrix = ConfusionMatrix::default();
    close(of_classes(&mut matrix), 5.0 / 13.0);
    let rows: Vec<&[u64]> = (0..5).map(|class| matrix.row(class)).collect();
    assert_eq!(rows, [[2, 1, 0, 0, 0], [0, 2, 2, 0, 0], [0, 1, 1, 0, 0], [2, 1, 1, 0, 0], [0; 5]]);
}

#[test]
fn several_labels_a_sample_are_rows_of_outputs() {
    network! { Steps< input(2, 3); linear(2) > }
    let outputs = Samples::<f32, Const<4>>::from_vec(vec![0., 1., 1., 0., 1., 0., 1., 0.]);
    let mut accuracy = Accuracy::default();
    let labels = [1u8, 0, 0, 1];
    Metric::<Steps, [u8]>::add(&mut accuracy, &outputs.as_view(), &labels).unwrap();
    assert_eq!(Metric::<Steps, [u8]>::value(&accuracy), 0.75);
}

#[test]
fn targets_that_do_not_fit_are_errors() {
    fn error<Y: ?Sized>(mut metric: impl Metric<FiveOf<f32>, Y>, targets: &Y) -> LossError {
        metric.add(&outputs(0..2).as_view(), targets).unwrap_err()
    }
    let label = |sample, label| LossError::Label { sample, label, classes: 5 };
    assert_eq!(error::<[u8]>(Accuracy::default(), &[0, 5]), label(1, 5));
    assert_eq!(error::<[i8]>(TopK::new(2), &[-1, 0]), label(0, -1));
    let samples = LossError::Samples { expected: 2, found: 3 };
    assert_eq!(error::<[u8]>(ConfusionMatrix::default(), &[0, 1, 2]), samples);
    assert_eq!(error::<[u8]>(ClassScore::f1(), &[0, 1, 2]), samples);
    let length = LossError::Length { width: 5, found: 3 };
    assert_eq!(error::<[f32]>(MeanAbsoluteError::default(), &[0.0; 3]), length);
    assert_eq!(error::<[f32]>(RSquared::default(), &[0.0; 3]), length);
}

/// Nine samples of three outputs, of which the second never varies, and what they should be.
fn regression() -> [Samples<f64, Const<3>>; 2] {
    let of = |row: [fn(usize) -> usize; 2], parts: [f64; 2]| {
        Samples::<f64, Const<3>>::from_fn(9, move |output, sample| match output {
            0 => 1000.0 + row[0](sample) as f64 / parts[0],
            1 => 2.5,
            _ => row[1](sample) as f64 / parts[1] - 1.0,
        })
    };
    [
        of([|s| (s * 4 + 1) % 6, |s| (s * 3) % 10], [8.0, 3.0]),
        of([|s| (s * 5) % 7, |s| (s * s) % 11], [8.0, 3.0]),
    ]
}

#[test]
fn regressions_are_scored_as_by_scikit_learn() {
    fn of<M: Metric<ThreeOf<f64>, Samples<f64, Const<3>>>>(mut metric: M, shift: f64) -> f64 {
        let [mut outputs, targets] = regression();
        outputs.row_mut(1).add_scalar_mut(shift);
        metric.start();
        for (first, count) in [(0, 4), (4, 4), (8, 1)] {
            let part = |all: &Samples<f64, Const<3>>| all.columns(first, count).into_owned();
            metric.add(&part(&outputs).as_view(), &part(&targets)).unwrap();
        }
        metric.value()
    }
    let close = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-13, "{found}");
    close(of(MeanAbsoluteError::default(), 0.0), 0.334_876_543_209_876_6);
    close(of(RSquared::default(), 0.0), 0.359_183_389_074_693_44);
    // A target that never varies is met, or it is not.
    close(of(RSquared::default(), 0.5), 0.025_850_055_741_360_085);
}
