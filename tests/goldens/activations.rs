//! Every activation and its derivative: on a grid over [−6, 6], at kinks and at extremes.

use nalgebra::SVector;
use tapeless::initialise::seed;
use tapeless::network::Network;
use tapeless::parameters::Parameters;
use tapeless::pass::Trainable;
use tapeless::real::Real;

use crate::compare::{Precision, assert_each_close, numbers};

/// The goldens' arguments, the same in f32.
fn points<T: Real>() -> impl Iterator<Item = T> {
    numbers("activation.points").into_iter().map(T::of)
}

/// Where an activation has a limit at infinity, and `PyTorch` NaN: the row, the argument, the limit.
const LIMITS: [(&str, f64, f64); 2] = [
    ("activation.gelu_tanh.ends.derivative", f64::NEG_INFINITY, 0.0),
    ("activation.gelu_tanh.ends.derivative", f64::INFINITY, 1.0),
];

/// Agrees with `PyTorch` at the ends of the branches, at infinities and at NaN, where NaN agrees with
/// nothing but NaN.
fn assert_ends<T: Precision>(name: &str, ends: &[f64], found: &[T], roundings: f64) {
    assert_each_close(name, &found[..ends.len()], roundings);
    for ((&end, golden), found) in ends.iter().zip(numbers(name)).zip(found) {
        let limit = LIMITS.iter().find(|limit| limit.0 == name && limit.1 == end);
        let (expected, found) = (limit.map_or(golden, |limit| limit.2), found.to_f64());
        let is_same = if expected.is_finite() {
            found.is_finite()
        } else {
            found == expected || expected.is_nan() && found.is_nan()
        };
        assert!(is_same, "{name} is {found} at {end}, not {expected}");
        assert!(limit.is_none() || golden.is_nan() && found == expected, "{name} at {end}");
    }
}

/// One activation alone, and below a linear layer whose bias holds the arguments: the bias's
/// gradient is then the derivative. Their parameters are the initial ones: prelu's weight is 0.25.
///
/// A derivative that is a difference from 1, such as tanh's 1 − y², carries the rounding of y as an
/// absolute error, here as in `PyTorch`: `roundings` of them are forgiven. So does the value of
/// tanhshrink, which is a difference itself: `value_roundings`.
macro_rules! activations {
    ($($name:ident: $layer:ident $(($($setting:tt)*))?, roundings: $roundings:literal
        $(, value_roundings: $value_roundings:literal)?;)*) => {$(
        mod $name {
            use super::*;

            tapeless::network! {
                const POINTS: usize = 125;
                Alone< input(POINTS); $layer $(($($setting)*))? >
                Biased< points: linear(1, POINTS); $layer $(($($setting)*))? >
            }

            /// Values by inference and in training, and derivatives.
            fn results<T: Precision>(points: SVector<T, POINTS>) -> [SVector<T, POINTS>; 3] {
                let alone = AloneOf::<T>::new(&mut seed(0));
                let mut biased = BiasedOf::<T>::new(&mut seed(0));
                biased.points.bias = points;
                let (mut pass, mut gradient) = (BiasedOf::<T>::pass(1), biased.to_box());
                let input = SVector::<T, 1>::repeat(T::ZERO);
                let outputs = biased.forward_batch(&input, &mut pass).unwrap();
                let values = outputs.values().into_owned().column(0).into_owned();
                let ones = SVector::<T, POINTS>::repeat(T::ONE);
                outputs.backward(&ones, &mut gradient).unwrap();
                [alone.forward(&points), values, gradient.points.bias]
            }

            fn agrees<T: Precision>() {
                let row = |what| format!("activation.{}.{what}", stringify!($name));
                let value_roundings = [0.0, $($value_roundings)?].into_iter().sum();
                let [alone, values, derivatives] = results::<T>(SVector::from_iterator(points()));
                assert_each_close(&row("value"), alone.as_slice(), value_roundings);
                assert_each_close(&row("value"), values.as_slice(), value_roundings);
                assert_each_close(&row("derivative"), derivatives.as_slice(), $roundings);
            }

            fn agrees_at_the_ends<T: Precision>() {
                let row = |what| format!("activation.{}.ends.{what}", stringify!($name));
                let ends = numbers("activation.ends");
                let padded = (0..POINTS).map(|k| T::of(ends.get(k).copied().unwrap_or(0.0)));
                let [alone, values, derivatives] = results::<T>(SVector::from_iterator(padded));
                let value_roundings = [0.0, $($value_roundings)?].into_iter().sum();
                assert_ends::<T>(&row("value"), &ends, alone.as_slice(), value_roundings);
                assert_ends::<T>(&row("value"), &ends, values.as_slice(), value_roundings);
                assert_ends::<T>(&row("derivative"), &ends, derivatives.as_slice(), $roundings);
            }

            #[test]
            fn in_f64() {
                agrees::<f64>();
                agrees_at_the_ends::<f64>();
            }

            #[test]
            fn in_f32() {
                agrees::<f32>();
                agrees_at_the_ends::<f32>();
            }
        }
    )*};
}

activations! {
    relu: relu, roundings: 0.0;
    relu6: relu6, roundings: 0.0;
    leaky_relu: leaky_relu, roundings: 0.0;
    steep_leaky_relu: leaky_relu(0.2), roundings: 0.0;
    prelu: prelu, roundings: 0.0;
    sigmoid: sigmoid, roundings: 1.0;
    log_sigmoid: log_sigmoid, roundings: 0.0;
    tanh: tanh, roundings: 2.0;
    tanhshrink: tanhshrink, roundings: 2.0, value_roundings: 1.0;
    softplus: softplus, roundings: 0.0;
    sharp_softplus: softplus(beta = 2, threshold = 5), roundings: 0.0;
    softsign: softsign, roundings: 1.0;
    gelu: gelu, roundings: 0.0;
    gelu_tanh: gelu_tanh, roundings: 0.0;
    silu: silu, roundings: 0.0;
    mish: mish, roundings: 0.0;
    elu: elu, roundings: 0.0;
    half_elu: elu(alpha = 0.5), roundings: 0.0;
    celu: celu, roundings: 0.0;
    half_celu: celu(alpha = 0.5), roundings: 0.0;
    selu: selu, roundings: 0.0;
    hardtanh: hardtanh, roundings: 0.0;
    skew_hardtanh: hardtanh(min_val = -2, max_val = 0.5), roundings: 0.0;
    hardsigmoid: hardsigmoid, roundings: 0.0;
    hardswish: hardswish, roundings: 0.0;
    hardshrink: hardshrink, roundings: 0.0;
    softshrink: softshrink, roundings: 0.0;
    threshold: threshold, roundings: 0.0;
    high_threshold: threshold(threshold = 0.1, value = 20), roundings: 0.0;
}
