//! Labels of the user's own, which may answer otherwise when they are asked again, or panic.

use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::sync::atomic::{AtomicUsize, Ordering};

use tapeless::loss::{LossError, MultiMargin, NegativeLogLikelihood};
use tapeless::network::Integer;
use tapeless::prelude::*;

network! {
    Few< linear(2, 3) >
    Many< linear(2, 300) >

    /// Samples of the last class do not count.
    loss most_classes(logits[c: C]; label: class) {
        samples = if label == C - 1 { 0 } else { 1 };
        y = samples * sum(c: if c == label { logits[c]^2 } else { 0 });
    }
}

/// A label that names a class when it is asked first, and none from then on.
#[derive(Clone, Copy)]
struct Once<'a> {
    class: usize,
    asked: &'a AtomicUsize,
}

impl Integer for Once<'_> {
    fn number(self) -> i128 {
        let before = self.asked.fetch_add(1, Ordering::Relaxed);
        if before == 0 { self.class as i128 } else { -1 }
    }
}

/// The loss's value and gradient.
macro_rules! outcome {
    ($network:ident, $loss:expr, $labels:expr) => {{
        let model = $network::new(&mut seed(1));
        let (mut pass, labels) = ($network::pass($labels.len()), $labels);
        let x = Samples::<f32, Const<2>>::from_fn(labels.len(), |i, j| (i + j % 7) as f32 / 7.0);
        let outputs = model.forward_batch(&x, &mut pass).unwrap();
        outputs.loss($loss, labels).map(|loss| {
            (loss.value(), loss.output_gradient().iter().copied().collect::<Vec<f32>>())
        })
    }};
}

const BATCH: usize = 1030;

macro_rules! asked_once {
    ($($loss:expr;)*) => {$(
        asked_once!(@network Few, 3, $loss);
        asked_once!(@network Many, 300, $loss);
    )*};
    (@network $network:ident, $classes:literal, $loss:expr) => {
        let asked: Vec<AtomicUsize> = (0..BATCH).map(|_| AtomicUsize::new(0)).collect();
        let classes: Vec<usize> = (0..BATCH).map(|k| k * 7 % $classes).collect();
        let labels = classes.iter().zip(&asked).map(|(&class, asked)| Once { class, asked });
        let labels: Vec<Once> = labels.collect();
        let weights = vec![0.5; $classes];
        let loss = ($loss)(&weights);
        let expected = outcome!($network, loss, &classes).unwrap();
        assert!(expected == outcome!($network, loss, &labels).unwrap());
        assert!(asked.iter().all(|asked| asked.load(Ordering::Relaxed) == 1));
    };
}

#[test]
fn each_label_is_asked_once() {
    asked_once! {
        |_| CrossEntropy::default();
        |weight| CrossEntropy { weight, label_smoothing: 0.1 };
        |_| NegativeLogLikelihood::default();
        |_| MultiMargin::default();
        |_| MostClasses::default();
    }
}

#[test]
fn samples_that_do_not_count_have_no_gradient() {
    let (value, gradient) = outcome!(Few, MostClasses::default(), &[0usize, 2, 1]).unwrap();
    assert!(value.is_finite());
    assert!(gradient[0] != 0.0 && gradient[7] != 0.0);
    assert_eq!(gradient[3..6], [0.0; 3]);
}

#[test]
fn the_first_label_that_names_no_class_is_told() {
    let labels = (0..).take(BATCH).map(|k: i32| if k < 900 { 2 } else { 2 - k });
    let labels: Vec<i32> = labels.collect();
    let error = outcome!(Few, CrossEntropy::default(), &labels).unwrap_err();
    let expected = LossError::Label { sample: 900, label: -898, classes: 3 };
    assert_eq!(error, expected);
}

/// A payload that panics where it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        assert!(std::thread::panicking(), "a payload was dropped");
    }
}

#[derive(Clone, Copy)]
struct Panics(usize);

impl Integer for Panics {
    fn number(self) -> i128 {
        if self.0 == 700 { panic_any(Bomb) } else { (self.0 % 3) as i128 }
    }
}

#[test]
fn a_label_that_panics_does_so_for_the_caller_alone() {
    let classes: Vec<usize> = (0..BATCH).map(|k| k % 3).collect();
    let before = outcome!(Few, CrossEntropy::default(), &classes).unwrap();
    let labels: Vec<Panics> = (0..BATCH).map(Panics).collect();
    for _ in 0..3 {
        let loss = || outcome!(Few, CrossEntropy::default(), &labels);
        let payload = catch_unwind(AssertUnwindSafe(loss)).unwrap_err();
        assert!(payload.is::<Bomb>());
        std::mem::forget(payload);
        assert!(before == outcome!(Few, CrossEntropy::default(), &classes).unwrap());
    }
}
