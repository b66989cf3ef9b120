//! Derivatives as values, of the generated code: against 5-point differences in f64, and so are the
//! gradients of what is computed from them.

#[path = "gradients/differences.rs"]
mod differences;

use differences::{BATCH, check, model, numbers, unset, view};
use nalgebra::SMatrix;
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
    layer planes(C, W) {
        input x[n: C * W];
        y[c: C, w: W] = x[c*W + w];
    }
    layer running(T, I) {
        input x[t: T, i: I];
        scan t { h[t, i] = 0.5 * h[t - 1, i] + tanh(x[t, i]); }
        y[i] = h[T - 1, i];
    }
    layer wandering(T, I) {
        input x[t: T, i: I];
        param w[i: I] ~ uniform(1);
        g[T, i] = x[0, i]^2;
        scan t { g[t, i] = tanh(x[t, i] * g[t + 1, i] + w[i] * g[t + 2, i]); }
        scan i {
            scan t { h[t, i] = sin(g[t, i] + w[i] * h[t - 1, i] * h[t, i - 1]); }
        }
        y[i] = h[T - 1, i];
    }

    Smooth {
        input x[i: 3];
        y = <linear(5); tanh; linear(4); swish; linear(2)>(x);
        s = sum(o: y[o]);
        output y;
        output jacobian = d(y, x);
        output slope = d(s, x);
        output hessian = d(d(s, x), x);
    }
    Wide {
        input x[i: 3];
        y = <linear(40); tanh; linear(30); sigmoid; linear(1)>(x);
        s = sum(o: y[o]);
        output y;
        output jacobian = d(y, x);
        output slope = d(s, x);
        output hessian = d(d(s, x), x);
    }
    Pieces {
        input x[i: 3];
        y = <linear(5); pieces; relu; linear(2)>(x);
        s = sum(o: y[o]);
        output y;
        output jacobian = d(y, x);
        output slope = d(s, x);
        output hessian = d(d(s, x), x);
    }
    Normalised {
        input x[i: 3];
        y = <linear(4); attention; linear(4); softmax; linear(2)>(x);
        s = sum(o: y[o]);
        output y;
        output jacobian = d(y, x);
        output slope = d(s, x);
        output hessian = d(d(s, x), x);
    }
    Extremes {
        input x[i: 3];
        y = <linear(4); tanh; extremes>(x);
        s = sum(o: y[o]);
        output y;
        output jacobian = d(y, x);
        output slope = d(s, x);
        output hessian = d(d(s, x), x);
    }
    Polynomial {
        input x[i: 3];
        y = <linear(4); polynomial(2)>(x);
        s = sum(o: y[o]);
        output y;
        output jacobian = d(y, x);
        output slope = d(s, x);
        output hessian = d(d(s, x), x);
    }
    Planes {
        input x[i: 3];
        y = <linear(6); planes(2, 3); softmax; flatten; gelu; planes(3, 2); prelu(per_channel); flatten>(x);
        s = sum(o: y[o]);
        output y;
        output jacobian = d(y, x);
        output slope = d(s, x);
        output hessian = d(d(s, x), x);
    }
    Affine {
        input x[i: 3];
        y = <linear(2)>(x);
        s = sum(o: y[o]);
        output y;
        output jacobian = d(y, x);
        output slope = d(s, x);
        output hessian = d(d(s, x), x);
    }
    Recurrent {
        input x[i: 3];
        y = <linear(6); planes(3, 2); running; linear(2)>(x);
        s = sum(o: y[o]);
        output y;
        output slope = d(s, x);
    }
    Wandering {
        input x[i: 3];
        y = <linear(6); planes(3, 2); wandering; linear(2)>(x);
        s = sum(o: y[o]);
        output y;
        output slope = d(s, x);
    }
    Gated {
        input x[i: 3];
        y = <linear(6); planes(3, 2); gru(4); last; linear(2)>(x);
        s = sum(o: y[o]);
        output y;
        output slope = d(s, x);
    }
    Convolved {
        input x[i: 3];
        y = <linear(8); reshape(2, 4); conv1d(3, 2); tanh; flatten; linear(2)>(x);
        s = sum(o: y[o]);
        output y;
        output jacobian = d(y, x);
        output slope = d(s, x);
        output hessian = d(d(s, x), x);
    }

    /// The third derivative of a single number by a single number, and a derivative by an array inside.
    Single {
        input x;
        param a ~ constant(0.7);
        inner = a * x^2;
        y = sin(inner) * exp(a * x);
        output y;
        output first = d(y, x);
        output second = d(d(y, x), x);
        output third = d(d(d(y, x), x), x);
        output by_inner = d(y, inner);
    }
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
    ($($name:ident: $network:ident, $outputs:ident, $i:literal, $o:literal;)*) => {$(
        #[test]
        fn $name() {
            let model = model::<$network<f64>>();
            let x = SVector::<f64, $i>::from_column_slice(&numbers($i, 7));
            let v = SVector::<f64, $i>::from_column_slice(&numbers($i, 8));
            let all = model.forward(&x);
            let [first, second] = differences(|s| model.forward(&(x + v * s)).y);
            let jacobian = SMatrix::<f64, $o, $i>::from_row_slice(all.jacobian.as_slice());
            assert_close(&(jacobian * v), &first, 1e-8);
            assert_close(&SVector::from([all.slope.dot(&v)]), &SVector::from([first.sum()]), 1e-8);
            let hessian = SMatrix::<f64, $i, $i>::from_row_slice(all.hessian.as_slice());
            let curvature = SVector::from([(hessian * v).dot(&v)]);
            assert_close(&curvature, &SVector::from([second.sum()]), 1e-7);

            // The parameters' gradient of a projection of all outputs.
            let (inputs, mut pass) = (numbers(BATCH * $i, 1), $network::pass(BATCH));
            let weights =
                [$o, $o * $i, $i, $i * $i].map(|width: usize| numbers(BATCH * width, 3));
            let mut gradient = unset::<$network<f64>>();
            let outputs = model.forward_batch(view::<Const<$i>>(&inputs), &mut pass).unwrap();
            let seeds = $outputs {
                y: view::<Const<$o>>(&weights[0]),
                jacobian: view::<Const<{ $o * $i }>>(&weights[1]),
                slope: view::<Const<$i>>(&weights[2]),
                hessian: view::<Const<{ $i * $i }>>(&weights[3]),
            };
            outputs.backward(seeds, &mut gradient).unwrap();
            check(&*gradient, |model: &$network<f64>| {
                let outputs = model.forward_batch(view::<Const<$i>>(&inputs), &mut pass).unwrap();
                let $outputs { y, jacobian, slope, hessian } = outputs.values();
                let dot = |values: &mut dyn Iterator<Item = &f64>, weights: &[f64]| -> f64 {
                    values.zip(weights).map(|(value, weight)| value * weight).sum()
                };
                dot(&mut y.iter(), &weights[0])
                    + dot(&mut jacobian.iter(), &weights[1])
                    + dot(&mut slope.iter(), &weights[2])
                    + dot(&mut hessian.iter(), &weights[3])
            });
        }
    )*};
}

checks! {
    smooth: SmoothOf, SmoothOutputs, 3, 2;
    wide: WideOf, WideOutputs, 3, 1;
    pieces: PiecesOf, PiecesOutputs, 3, 2;
    normalised: NormalisedOf, NormalisedOutputs, 3, 2;
    extremes: ExtremesOf, ExtremesOutputs, 3, 2;
    polynomial: PolynomialOf, PolynomialOutputs, 3, 2;
    planes: PlanesOf, PlanesOutputs, 3, 6;
    affine: AffineOf, AffineOutputs, 3, 2;
    convolved: ConvolvedOf, ConvolvedOutputs, 3, 2;
}

/// The gradient of the sum of the outputs, through scans, and its gradient on the parameters.
macro_rules! scan_checks {
    ($($name:ident: $network:ident, $outputs:ident;)*) => {$(
        #[test]
        fn $name() {
            let model = model::<$network<f64>>();
            let [x, v] = [7, 8].map(|salt| SVector::<f64, 3>::from_column_slice(&numbers(3, salt)));
            let [first, _] = differences(|s| model.forward(&(x + v * s)).y);
            let slope = model.forward(&x).slope.dot(&v);
            assert_close(&SVector::from([slope]), &SVector::from([first.sum()]), 1e-8);
            let (inputs, mut pass) = (numbers(3 * BATCH, 1), $network::pass(BATCH));
            let weights = [2, 3].map(|width: usize| numbers(BATCH * width, 3));
            let mut gradient = unset::<$network<f64>>();
            let outputs = model.forward_batch(view::<Const<3>>(&inputs), &mut pass).unwrap();
            let seeds = $outputs {
                y: view::<Const<2>>(&weights[0]),
                slope: view::<Const<3>>(&weights[1]),
            };
            outputs.backward(seeds, &mut gradient).unwrap();
            check(&*gradient, |model: &$network<f64>| {
                let outputs = model.forward_batch(view::<Const<3>>(&inputs), &mut pass).unwrap();
                let $outputs { y, slope } = outputs.values();
                let values = y.iter().chain(slope.iter());
                values.zip(weights.concat()).map(|(value, weight)| value * weight).sum()
            });
        }
    )*};
}

scan_checks! {
    recurrent: RecurrentOf, RecurrentOutputs;
    wandering: WanderingOf, WanderingOutputs;
    gated: GatedOf, GatedOutputs;
}

#[test]
fn third_derivatives_are_those_of_the_second() {
    let model = model::<SingleOf<f64>>();
    let at = |x: f64| model.forward(&SVector::from([x]));
    for x in [-0.8, 0.3, 1.1] {
        let SingleOutputs { first, second, third, by_inner, .. } = at(x);
        let [expected, expected_second] = differences(|s| at(x + s).y);
        assert_close(&first, &expected, 1e-9);
        assert_close(&second, &expected_second, 1e-7);
        assert_close(&third, &differences(|s| at(x + s).second)[0], 1e-8);
        let a = model.a[0];
        let expected = (a * x * x).cos() * (a * x).exp();
        assert!((by_inner[0] - expected).abs() < 1e-12);
    }
}

network! {
    Penalised {
        input x[i: 3];
        y = <linear(5); tanh; linear(1)>(x);
        output slope = d(y, x);
    }
    loss steepness(slope[i: I];; scale = 2) = scale * sum(i: slope[i]^2);
}

#[test]
fn a_loss_of_outputs_alone_takes_no_target() {
    let model = model::<PenalisedOf<f64>>();
    let (inputs, mut pass) = (numbers(3 * BATCH, 1), PenalisedOf::pass(BATCH));
    let mut gradient = unset::<PenalisedOf<f64>>();
    let outputs = model.forward_batch(view::<Const<3>>(&inputs), &mut pass).unwrap();
    let expected = 2.0 * outputs.values().norm_squared() / BATCH as f64;
    let loss = outputs.loss(Steepness::default(), &()).unwrap();
    assert!((loss.value() - expected).abs() < 1e-12);
    loss.backward(&mut gradient);
    check(&*gradient, |model: &PenalisedOf<f64>| {
        let inputs = view::<Const<3>>(&inputs);
        model.evaluate_loss(inputs, Steepness::default(), &(), &mut pass).unwrap()
    });
}
