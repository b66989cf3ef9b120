//! Random expressions and index statements as generated code: the recorded outputs and gradients,
//! from fast kernels and from plain loops, in both precisions and at every SIMD level.
//!
//! A test of nncompiler wrote the declarations, and the numbers with an evaluator of its own.

use nalgebra::{DimName, Dyn};
use nncore::simd::{Level, with_level};
use tapeless::network::{Chain, SamplesView};
use tapeless::pass::Trainable;
use tapeless::real::Real;

const EXPECTED: &str = include_str!("random/expected.txt");

/// As in the test that wrote the numbers.
const BATCH: usize = 2;
const WIDEST: f64 = 3.0;

/// What an operation may be off, in units of its last place: a rewritten formula has other
/// operations than the one that was written.
const ROUNDINGS: f64 = 64.0;

/// A scalar type with the spacing of its numbers at 1 and its least normal number.
trait Precision: Real {
    const SPACING: f64;
    const LEAST: f64;
}

impl Precision for f64 {
    const SPACING: f64 = Self::EPSILON;
    const LEAST: f64 = Self::MIN_POSITIVE;
}

impl Precision for f32 {
    const SPACING: f64 = Self::EPSILON as f64;
    const LEAST: f64 = Self::MIN_POSITIVE as f64;
}

/// What a network computes: outputs sample by sample, then the gradient on every parameter.
struct Row {
    name: &'static str,
    salt: usize,
    numbers: Vec<f64>,
    /// How far each number moves, per relative error of every operation.
    sensitivities: Vec<f64>,
}

impl Row {
    fn of(name: &'static str) -> Self {
        let row = EXPECTED.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        let mut words = row.expect("a row").split(' ');
        let salt = words.next().expect("a salt").parse().expect("a number");
        let pair = |word: &str| -> (f64, f64) {
            let (number, sensitivity) = word.split_once('~').expect("two numbers");
            (number.parse().expect("a number"), sensitivity.parse().expect("a number"))
        };
        let (numbers, sensitivities) = words.map(pair).unzip();
        Self { name, salt, numbers, sensitivities }
    }

    fn assert_close<T: Precision>(&self, found: &[T], how: &str) {
        assert!(found.len() <= self.numbers.len());
        for (k, found) in found.iter().enumerate() {
            let (found, expected) = (found.to_f64(), self.numbers[k]);
            let permitted = ROUNDINGS * (T::SPACING * self.sensitivities[k] + T::LEAST);
            assert!(
                (found - expected).abs() <= permitted,
                "{} {how}: number {k} is {found:e}, not {expected:e} (±{permitted:.1e})",
                self.name,
            );
        }
    }
}

/// Random-looking numbers between −1 and 1.
fn numbers<T: Real>(count: usize, salt: usize) -> Vec<T> {
    let number = |k| ((k * 7919 + salt * 104_729 + 13) % 2003) as f64 / 1001.0 - 1.0;
    (0..count).map(|k| T::of(number(k))).collect()
}

fn inputs<T: Real>(count: usize, salt: usize) -> Vec<T> {
    numbers::<f64>(count, salt).into_iter().map(|number| T::of(WIDEST * number)).collect()
}

fn view<T: Real, D: DimName>(values: &[T]) -> SamplesView<'_, T, D> {
    SamplesView::from_slice_generic(values, D::name(), Dyn(values.len() / D::DIM))
}

/// Outputs and gradient, with leftovers of another batch in every buffer.
fn trained<N: Chain>(model: &N, salt: usize) -> Vec<N::Scalar> {
    let given = inputs(BATCH * N::Inputs::DIM, 3 * salt);
    let weights = numbers(BATCH * N::Outputs::DIM, 3 * salt + 2);
    let mut pass = N::pass(BATCH + 1);
    let other = numbers((BATCH + 1) * N::Inputs::DIM, 77);
    let mut gradient = N::zeros();
    gradient.as_mut_slice().fill(N::Scalar::of(f64::NAN));
    let outputs = model.forward_batch(view(&other), &mut pass).unwrap();
    outputs.backward(view(&numbers((BATCH + 1) * N::Outputs::DIM, 78)), &mut gradient).unwrap();
    gradient.as_mut_slice().fill(N::Scalar::of(f64::NAN));
    let outputs = model.forward_batch(view(&given), &mut pass).unwrap();
    let mut results: Vec<N::Scalar> = outputs.values().iter().copied().collect();
    outputs.backward(view(&weights), &mut gradient).unwrap();
    results.extend(gradient.as_slice());
    results.extend(gradient.states());
    results
}

/// An empty batch adds nothing up.
fn assert_empty_batch<N: Chain>(model: &N, name: &str) {
    let mut pass = N::pass(BATCH);
    let mut gradient = N::zeros();
    gradient.as_mut_slice().fill(N::Scalar::of(f64::NAN));
    let outputs = model.forward_batch(view(&[]), &mut pass).unwrap();
    outputs.backward(view(&[]), &mut gradient).unwrap();
    let is_nothing = gradient.as_slice().iter().all(|&one| one == N::Scalar::ZERO);
    assert!(is_nothing, "{name}: an empty batch has a gradient");
}

fn model<N: Chain>(salt: usize) -> Box<N> {
    let mut model = N::zeros();
    let (parameters, states) = model.split_mut();
    let values = numbers(parameters.len() + states.len(), 3 * salt + 1);
    let (first, last) = values.split_at(parameters.len());
    parameters.copy_from_slice(first);
    states.copy_from_slice(last);
    model
}

fn compare<N: Chain<Scalar: Precision>>(
    name: &'static str,
    how: &str,
    infer: impl Fn(&N, &[N::Scalar]) -> Vec<N::Scalar>,
) {
    let row = Row::of(name);
    let model = model::<N>(row.salt);
    for level in Level::ALL {
        let results = with_level(level, || trained(&*model, row.salt));
        row.assert_close(&results, &format!("{how} at {level:?}"));
    }
    let inputs = inputs(BATCH * N::Inputs::DIM, 3 * row.salt);
    let outputs = inputs.chunks(N::Inputs::DIM).flat_map(|sample| infer(&model, sample));
    row.assert_close(&outputs.collect::<Vec<_>>(), &format!("{how}, inference"));
    assert_empty_batch(&*model, name);
}

/// Compares the networks with these names in both modules.
macro_rules! compare_all {
    ($($network:ident)*) => {
        pub fn compare_all<T: crate::Precision>() {
            $(
                crate::compare(stringify!($network), "fast", |model: &fast::$network<T>, sample| {
                    model.forward(&nalgebra::SVector::from_column_slice(sample)).as_slice().to_vec()
                });
                crate::compare(stringify!($network), "plain", |model: &plain::$network<T>, sample| {
                    model.forward(&nalgebra::SVector::from_column_slice(sample)).as_slice().to_vec()
                });
            )*
        }
    };
}

#[path = "random/corpus.rs"]
mod corpus;

#[test]
fn in_f64() {
    corpus::compare_all::<f64>();
}

#[test]
fn in_f32() {
    corpus::compare_all::<f32>();
}

#[path = "random/pytorch.rs"]
mod pytorch;

#[path = "random/losses_of_pytorch.rs"]
mod losses;

#[path = "random/optimizers_of_equations.rs"]
mod optimizers;
