//! The stored goldens, and when a number agrees with them.

use tapeless::network::Network;
use tapeless::real::Real;

use crate::formula::{PROJECTION, formula};

const GOLDENS: &str = include_str!("values.txt");

const ENTRIES: usize = 64;
const PROJECTIONS: usize = 3;

/// A scalar type with the largest relative error that its goldens forgive.
pub trait Precision: Real {
    const TOLERANCE: f64;
    /// The spacing of numbers at 1.
    const EPSILON: f64;
    /// Below this magnitude numbers lose digits.
    const SMALLEST: f64;
    /// What optimizers are tested on: as in generate.py.
    const EXTREMES: [Self; 13];
}

impl Precision for f64 {
    const TOLERANCE: f64 = 1e-12;
    const EPSILON: f64 = Self::EPSILON;
    const SMALLEST: f64 = Self::MIN_POSITIVE;
    #[rustfmt::skip]
    const EXTREMES: [Self; 13] = [
        0.0, 1.0, 1e-310, -1e-250, 1e-161, -1e-159, 1e154, -1e155, 1e250, -1.7e308,
        Self::INFINITY, Self::NEG_INFINITY, Self::NAN,
    ];
}

impl Precision for f32 {
    const TOLERANCE: f64 = 2e-5;
    const EPSILON: f64 = Self::EPSILON as f64;
    const SMALLEST: f64 = Self::MIN_POSITIVE as f64;
    #[rustfmt::skip]
    const EXTREMES: [Self; 13] = [
        0.0, 1.0, 1e-40, -1e-30, 1e-22, -1e-20, 1e19, -1e20, 1e30, -3e38,
        Self::INFINITY, Self::NEG_INFINITY, Self::NAN,
    ];
}

/// The words of the row called `name`.
pub fn words(name: &str) -> impl Iterator<Item = &'static str> {
    let row = GOLDENS.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    row.unwrap_or_else(|| panic!("values.txt has no row `{name}`")).split(' ')
}

/// The numbers of the row called `name`.
pub fn numbers(name: &str) -> Vec<f64> {
    words(name).map(|word| word.parse().expect("a number")).collect()
}

/// Every number is within the tolerance of its golden, relative to the greatest golden of the row.
pub fn assert_close<T: Precision>(name: &str, actual: &[T]) {
    let goldens = numbers(name);
    let greatest = goldens.iter().fold(0.0f64, |greatest, golden| greatest.max(golden.abs()));
    assert_within(name, actual, &vec![T::TOLERANCE * greatest; goldens.len()]);
}

/// Every number is within the tolerance of its own golden, or within `roundings` of 1 where the
/// formula itself takes the difference of numbers near 1.
pub fn assert_each_close<T: Precision>(name: &str, actual: &[T], roundings: f64) {
    let permitted =
        |golden: f64| T::TOLERANCE * golden.abs().max(T::SMALLEST) + roundings * T::EPSILON;
    let permitted: Vec<f64> = numbers(name).into_iter().map(permitted).collect();
    assert_within(name, actual, &permitted);
}

/// Every number is no further from its golden than permitted.
///
/// A golden NaN says that `PyTorch` has no answer, and agrees with anything.
#[expect(clippy::float_cmp, reason = "only equality holds between infinities")]
fn assert_within<T: Precision>(name: &str, actual: &[T], permitted: &[f64]) {
    let goldens = numbers(name);
    assert_eq!(actual.len(), goldens.len(), "{name}: how many numbers");
    for (k, (&actual, golden)) in actual.iter().zip(goldens).enumerate() {
        let actual = actual.to_f64();
        let error = (actual - golden).abs();
        assert!(
            golden.is_nan() || actual == golden || error <= permitted[k],
            "{name}[{k}] is {actual:e}, the golden {golden:e}: {error:.1e} off, {:.1e} permitted",
            permitted[k],
        );
    }
}

/// Every number agrees with its golden in its own precision: to a few roundings, of itself or of the number from
/// which the step before began, subnormal ones too, and infinities and NaN as they are.
pub fn assert_same_extremes<T: Precision>(name: &str, actual: &[T], of_a_step: usize) {
    let goldens = numbers(name);
    assert_eq!(actual.len(), goldens.len(), "{name}: how many numbers");
    for (at, (actual, &golden)) in actual.iter().zip(&goldens).enumerate() {
        let actual = actual.to_f64();
        let before = at.checked_sub(of_a_step).map_or(0.0, |at| goldens[at].abs());
        let before = if before.is_finite() { before } else { 0.0 };
        let permitted = 16.0 * T::EPSILON * golden.abs().max(before).max(T::SMALLEST);
        let is_same = actual.is_nan() && golden.is_nan() || actual == golden;
        let is_close = (actual - golden).abs() <= permitted;
        assert!(is_same || is_close, "{name}[{at}] is {actual:e}, the golden {golden:e}");
    }
}

/// Every parameter (or its gradient) agrees: up to 64 scalars of each, and projections.
pub fn assert_parameters_close<N: Network<Scalar: Precision>>(name: &str, network: &N) {
    for (info, parameter) in network.state_dict() {
        let name = format!("{name}.{}", info.name);
        assert_close(&name, &sampled(parameter));
        assert_projections_close(&format!("{name}.projections"), parameter);
    }
}

/// Up to 64 scalars, evenly spaced from first to last.
fn sampled<T: Real>(scalars: &[T]) -> Vec<T> {
    let (count, last) = (scalars.len().min(ENTRIES), scalars.len() - 1);
    (0..count).map(|j| scalars[j * last / (count - 1).max(1)]).collect()
}

/// Projections onto formula vectors, which read every scalar; relative to the sum of magnitudes.
fn assert_projections_close<T: Precision>(name: &str, scalars: &[T]) {
    let products = |salt| {
        let direction = formula::<f64>(salt, 1.0);
        scalars.iter().zip(direction).map(|(scalar, along)| scalar.to_f64() * along)
    };
    let salts = || (PROJECTION..).take(PROJECTIONS);
    let actual: Vec<f64> = salts().map(|salt| products(salt).sum()).collect();
    let magnitudes = salts().map(|salt| products(salt).map(f64::abs).sum::<f64>());
    let permitted: Vec<f64> = magnitudes.map(|magnitude| T::TOLERANCE * magnitude).collect();
    assert_within(name, &actual, &permitted);
}
