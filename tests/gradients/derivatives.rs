//! Derivatives on the inputs, of the generated code: against 5-point differences in f64.

use crate::finite_differences::{BATCH, check, model, numbers, unset, view};
use nalgebra::{DimName, SMatrix};
use tapeless::derivatives::DirectionalDerivatives;
use tapeless::pass::Pass;
use tapeless::prelude::*;

network! {
    activation swish(x; learn beta = 1.0) = x * sigmoid(beta * x);
    activation pieces(x) = if x > 0.1 { x^3 } else { min(exp(x), 0.7 * x + 0.9) };
    layer attention(N) {
        input x[n: N];
        param key[n: N] ~ uniform(1);
        m = stop(max(n: key[n] * x[n]));
        e[n] = exp(key[n] * x[n] - m);
        s = sum(n: e[n]);
        y[n] = x[n] * e[n] / s;
    }
    layer extremes(N) {
        input x[n: N];
        param shift[n: N] ~ uniform(1);
        y[n: 2] = n * max(n: x[n]^2 + shift[n]) + min(n: sin(x[n] - shift[n]));
    }
    layer polynomial(N, O) {
        input x[n: N];
        param root[o: O, n: N] ~ uniform(1);
        y[o] = prod(n: x[n] - root[o, n]);
    }
    layer whole_product(N) {
        input x[n: N];
        y = prod(n: x[n]);
    }
    layer planes(C, W) {
        input x[n: C * W];
        y[c: C, w: W] = x[c*W + w];
    }
    layer over_the_batch(N) {
        input x[n: N];
        total[n] = mean(batch: x[n]^2);
        y[n] = x[n] * total[n];
    }

    #[derivatives]
    Smooth< linear(3, 5); tanh; linear(4); swish; linear(2) >
    #[derivatives]
    Wide< linear(3, 40); tanh; linear(30); sigmoid; linear(1) >
    #[derivatives]
    Pieces< linear(3, 5); pieces; relu; linear(2) >
    #[derivatives]
    Normalised< linear(3, 4); attention; linear(4); softmax; linear(2) >
    #[derivatives]
    Extremes< linear(3, 4); tanh; extremes(4) >
    #[derivatives]
    Polynomial< linear(3, 4); polynomial(4, 2) >
    #[derivatives]
    Planes< linear(3, 6); planes(2, 3); softmax; flatten; gelu; planes(3, 2); prelu(per_channel) >
    #[derivatives]
    Affine< linear(3, 2) >
    #[derivatives]
    Product< whole_product(3) >
    #[derivatives]
    OverTheBatch< linear(3, 2); over_the_batch >
    #[derivatives]
    Same< flatten(2) >
}

/// f′ and f″ at 0 by the 5-point rules, whose errors are of the order of h⁴.
fn differences<const O: usize>(f: impl Fn(f64) -> SVector<f64, O>) -> [SVector<f64, O>; 2] {
    let step = 1e-3;
    let [far_below, below, here, above, far_above] =
        [-2.0, -1.0, 0.0, 1.0, 2.0].map(|steps| f(steps * step));
    let first = ((above - below) * 8.0 - (far_above - far_below)) / (12.0 * step);
    let second =
        ((above + below) * 16.0 - (far_above + far_below) - here * 30.0) / (12.0 * step * step);
    [first, second]
}

fn assert_close<const O: usize>(found: &SVector<f64, O>, expected: &SVector<f64, O>, bound: f64) {
    let error = (found - expected).amax() / expected.amax().max(1.0);
    assert!(error <= bound, "{found} is not {expected}");
}

macro_rules! checks {
    ($($name:ident: $network:ident;)*) => {$(
        #[test]
        fn $name() {
            const INPUTS: usize = <$network<f64> as Network>::Inputs::DIM;
            let model = model::<$network<f64>>();
            let x = SVector::<f64, INPUTS>::from_column_slice(&numbers(INPUTS, 7));
            let v = SVector::<f64, INPUTS>::from_column_slice(&numbers(INPUTS, 8));
            let [value, first, second] = model.along(&x, &v);
            let [expected, expected_second] = differences(|s| model.forward(&(x + v * s)));
            assert_close(&value, &model.forward(&x), 1e-14);
            assert_close(&first, &expected, 1e-8);
            assert_close(&second, &expected_second, 1e-7);
            let jacobian = model.jacobian(&x);
            assert_close(&(jacobian * v), &first, 1e-12);
            if !model.as_slice().is_empty() {
                gradients_of_derivatives::<$network<f64>>(&model);
            }
        }
    )*};
}

checks! {
    smooth: SmoothOf;
    wide: WideOf;
    pieces: PiecesOf;
    normalised: NormalisedOf;
    extremes: ExtremesOf;
    polynomial: PolynomialOf;
    planes: PlanesOf;
    affine: AffineOf;
    over_the_batch: OverTheBatchOf;
    product: ProductOf;
    same: SameOf;
}

/// The parameters' gradient of a projection of values and derivatives.
fn gradients_of_derivatives<N: Derivatives<Scalar = f64>>(model: &N) {
    let size = BATCH * <N::Inputs as DimName>::DIM;
    let (x, v) = (numbers(size, 1), numbers(size, 9));
    let weights = numbers(BATCH * N::Stacked::DIM, 3);
    let mut gradient = unset::<N>();
    let mut pass: Pass<DirectionalDerivatives<N>> = N::derivatives_pass(BATCH);
    let outputs = model.forward_along(view(&x), view(&v), &mut pass).unwrap();
    outputs.backward(view::<N::Stacked>(&weights), &mut gradient).unwrap();
    let objective = |model: &N| -> f64 {
        let outputs = model.forward_along(view(&x), view(&v), &mut pass).unwrap();
        outputs.values().iter().zip(&weights).map(|(y, weight)| y * weight).sum()
    };
    check(&*gradient, objective);
}

#[test]
fn a_product_has_its_second_derivative_at_zeros() {
    let model = ProductOf::<f64>::zeros();
    let x = SVector::from([0.0, 0.0, 3.0]);
    // d²/ds² of (0 + s)(0 + 2s)(3 + s) at 0 is 2·2·3.
    assert_eq!(model.along(&x, &SVector::from([1.0, 2.0, 1.0]))[2][0], 12.0);
    assert_eq!(
        model.jacobian(&SVector::from([0.0, 2.0, 3.0])),
        SMatrix::from([[6.0], [0.0], [0.0]])
    );
}

#[test]
fn one_direction_is_for_all_samples() {
    let model = model::<WideOf<f64>>();
    let x = numbers(3 * BATCH, 1);
    let mut pass = WideOf::derivatives_pass(BATCH);
    let v = SVector::from([0.5, -1.0, 2.0]);
    let outputs = model.forward_along(view::<Const<3>>(&x), &v, &mut pass).unwrap();
    for (number, column) in outputs.values().column_iter().enumerate() {
        let sample = SVector::from_column_slice(&x[3 * number..][..3]);
        let expected = model.along(&sample, &v);
        let expected = expected.iter().flat_map(|part| part.iter());
        assert!(column.iter().zip(expected).all(|(found, one)| (found - one).abs() < 1e-12));
    }
}

#[test]
fn directions_must_be_one_or_as_many_as_samples() {
    let model = model::<SmoothOf<f64>>();
    let (x, v) = (numbers(9, 1), numbers(6, 2));
    let mut pass = SmoothOf::derivatives_pass(3);
    let error = model.forward_along(view::<Const<3>>(&x), view::<Const<3>>(&v), &mut pass);
    let expected = "the batch has 3 samples, but there are 2 directions; one is for all";
    assert_eq!(error.unwrap_err().to_string(), expected);
}
