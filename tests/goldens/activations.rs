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

            fn agrees<T: Precision>() {
                let value = concat!("activation.", stringify!($name), ".value");
                let derivative = concat!("activation.", stringify!($name), ".derivative");
                let points = SVector::<T, POINTS>::from_iterator(points());
                let value_roundings = [0.0, $($value_roundings)?].into_iter().sum();
                let alone = AloneOf::<T>::new(&mut seed(0));
                let mut biased = BiasedOf::<T>::new(&mut seed(0));
                biased.points.bias = points;
                let (mut pass, mut gradient) = (BiasedOf::<T>::pass(1), biased.to_box());
                let input = SVector::<T, 1>::repeat(T::ZERO);
                let outputs = biased.forward_batch(&input, &mut pass).unwrap();

                assert_each_close(value, alone.forward(&points).as_slice(), value_roundings);
                assert_each_close(value, outputs.values().as_slice(), value_roundings);
                let ones = SVector::<T, POINTS>::repeat(T::ONE);
                outputs.backward(&ones, &mut gradient).unwrap();
                assert_each_close(derivative, gradient.points.bias.as_slice(), $roundings);
            }

            #[test]
            fn in_f64() {
                agrees::<f64>();
            }

            #[test]
            fn in_f32() {
                agrees::<f32>();
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
