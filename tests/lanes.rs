//! Every activation in every lane: the vector body of a loop and its scalar tail give the same
//! bits, at every SIMD level, and nothing is NaN where the mathematics has a value.
//!
//! The loops are vectorised where this crate is optimised: under `cargo test --release`.

use nalgebra::SVector;
use nncore::simd::{Level, with_level};
use tapeless::initialise::seed;
use tapeless::network::Network;
use tapeless::parameters::Parameters;
use tapeless::pass::Trainable;
use tapeless::real::Real;

/// Whole vectors of any length, and a tail.
const WIDTH: usize = 67;

/// Random-looking numbers of each size.
const COUNT: usize = 60;

/// As written, these are ∞·0 or ∞/∞ at −∞, and their derivatives at both ends; PyTorch's too.
const UNDEFINED_AT_INFINITY: [&str; 6] =
    ["softsign", "gelu", "gelu_tanh", "silu", "mish", "hardswish"];

/// Kinks, extremes and numbers in between, of both signs.
fn points<T: Real>() -> impl Iterator<Item = T> {
    let given = [0.0, 0.5, 1.0, 2.0, 3.0, 6.0, 20.0, 88.0, 89.0, 104.0, 710.0, 1e4, 1e10, 1e30];
    let subnormal = |least: f64| [least, least / 1024.0];
    let least = [f32::MIN_POSITIVE.into(), f64::MIN_POSITIVE].into_iter().flat_map(subnormal);
    let greatest = [f32::MAX.into(), f64::MAX, f64::INFINITY, f64::NAN];
    let random = |k: usize| ((k * 7919 + 13) % 2003) as f64 / 2003.0;
    let sizes = [1.0, 10.0, 100.0].into_iter();
    let between = sizes.flat_map(move |size| (0..COUNT).map(move |k| size * random(k)));
    let magnitudes = given.into_iter().chain(between).chain(least).chain(greatest);
    magnitudes.flat_map(|magnitude| [T::of(magnitude), T::of(-magnitude)])
}

/// A number's own bits; any NaN is the same.
fn bits<T: Real>(number: T) -> u64 {
    let number = if number.is_nan() { f64::NAN } else { number.to_f64() };
    number.to_bits()
}

/// What an activation makes of one point in all lanes.
struct Lanes<T> {
    /// By `forward`.
    inferred: Vec<T>,
    /// By a pass, whose bias adds 0 to the point and so loses the sign of −0.
    values: Vec<T>,
    derivatives: Vec<T>,
}

impl<T: Real> Lanes<T> {
    /// The one number that is in all lanes of each.
    fn numbers(&self, what: &str) -> [T; 3] {
        [&self.inferred, &self.values, &self.derivatives].map(|lanes| {
            for (lane, &number) in lanes.iter().enumerate() {
                assert_eq!(bits(number), bits(lanes[0]), "{what}: {number} in lane {lane}");
            }
            lanes[0]
        })
    }
}

fn check<T: Real>(name: &str, lanes: impl Fn(T) -> Lanes<T>) {
    for point in points::<T>() {
        let what = |level: Level| format!("{name}({point}) at {level:?}");
        let numbers = |level| with_level(level, || lanes(point)).numbers(&what(level));
        let [baseline, avx2, avx512] = Level::ALL.map(numbers);
        for level in [avx2, avx512] {
            assert_eq!(level.map(bits), baseline.map(bits), "{name}({point})");
        }
        check_defined(name, point, baseline);
    }
}

/// No number is NaN, but for what is listed; and what is listed is.
fn check_defined<T: Real>(name: &str, point: T, numbers: [T; 3]) {
    let is_listed = UNDEFINED_AT_INFINITY.contains(&name);
    let is_defined = numbers.iter().all(|number| !number.is_nan());
    let point = point.to_f64();
    if point.is_finite() || (point.is_infinite() && !is_listed) {
        assert!(is_defined, "{name}({point}) or its derivative is NaN");
    } else if point == f64::NEG_INFINITY {
        assert!(!is_defined, "{name} is defined at −∞ now: take it off the list");
    }
}

/// Two tests for each activation: alone, and below a layer whose bias is the point, so that the
/// gradient on the bias is the derivative.
macro_rules! activations {
    ($($name:ident)*) => {
        const NAMES: &[&str] = &[$(stringify!($name)),*];

        $(mod $name {
            use super::*;

            tapeless::network! {
                const LANES: usize = 67;
                Alone< input(LANES); $name >
                Biased< points: linear(1, LANES); $name >
            }

            fn lanes<T: Real>(point: T) -> Lanes<T> {
                let points = SVector::<T, WIDTH>::repeat(point);
                let inferred = AloneOf::<T>::new(&mut seed(0)).forward(&points);
                let mut biased = BiasedOf::<T>::new(&mut seed(0));
                biased.points.weight.fill(T::ZERO);
                biased.points.bias = points;
                let (mut pass, mut gradient) = (BiasedOf::<T>::pass(1), biased.to_box());
                let input = SVector::<T, 1>::repeat(T::ZERO);
                let outputs = biased.forward_batch(&input, &mut pass).unwrap();
                let values = outputs.values().as_slice().to_vec();
                outputs.backward(&SVector::<T, WIDTH>::repeat(T::ONE), &mut gradient).unwrap();
                let derivatives = gradient.points.bias.as_slice().to_vec();
                Lanes { inferred: inferred.as_slice().to_vec(), values, derivatives }
            }

            #[test]
            fn in_f32() {
                check(stringify!($name), lanes::<f32>);
            }

            #[test]
            fn in_f64() {
                check(stringify!($name), lanes::<f64>);
            }
        })*
    };
}

activations! {
    relu relu6 leaky_relu prelu sigmoid log_sigmoid tanh tanhshrink softplus softsign gelu gelu_tanh
    silu mish elu celu selu hardtanh hardsigmoid hardswish hardshrink softshrink threshold
}

#[test]
fn no_activation_is_left_out() {
    let library = include_str!("../nncompiler/src/frontend/library/activations.eq").lines();
    let names = library.filter_map(|line| line.strip_prefix("activation ")?.split('(').next());
    // One draws another number in each lane, the others take two.
    let names = names.filter(|name| !matches!(*name, "dropout" | "add" | "mul"));
    assert_eq!(names.collect::<Vec<_>>(), NAMES);
}
