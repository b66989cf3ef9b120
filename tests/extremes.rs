//! Equations as a textbook writes them, which overflow, cancel or divide infinities when they are
//! computed literally: in f32, at extremes, they must have the value that the mathematics has.

use nalgebra::{DimName, Dyn};
use tapeless::loss::{BinaryCrossEntropy, Huber, KlDivergence, SmoothL1};
use tapeless::prelude::*;

network! {
    activation naive_sigmoid(x) = 1 / (1 + exp(-x));
    activation naive_tanh(x) = (exp(x) - exp(-x)) / (exp(x) + exp(-x));
    activation naive_tanh_of_half(x) = (1 - exp(-x)) / (1 + exp(-x));
    activation naive_silu(x) = x / (1 + exp(-x));
    activation naive_log_sigmoid(x) = ln(1 / (1 + exp(-x)));
    activation naive_softplus(x) = ln(1 + exp(x));
    activation naive_inverse(x) = ln(exp(naive_softplus(x)) - 1);
    activation naive_tail(x) = 1 - erf(x);
    activation naive_size(x) = sqrt(x^2);
    activation guarded_logarithm(x) = if x > 0 { ln(x) } else { 0 };
    activation guarded_root(x) = if x > 0 { sqrt(x) } else { -sqrt(-x) };
    activation guarded_inverse(x) = if abs(x) > 1 { exp(1 / x) } else { x };

    activation guarded_greatest(x) = if x < 0 { -x } else { max(sqrt(x), x) };
    activation guarded_hardsigmoid(x) = if x > 0 { hardsigmoid(sqrt(x)) } else { x };
    activation guarded_elu(x) = if x > 0 { elu(sqrt(x) - 1) } else { x };
    activation guarded_hardswish(x) = if x > 0 { hardswish(sqrt(x)) } else { x };
    activation greatest_of_roots(x) = max(x + 1, sqrt(abs(x)));

    layer naive_softmax(N) {
        input x[n: N];
        y[n] = exp(x[n]) / sum(n: exp(x[n]));
    }
    layer naive_log_softmax(N) {
        input x[n: N];
        y[n] = ln(exp(x[n]) / sum(n: exp(x[n])));
    }
    layer log_softmax_of_parts(N) {
        input x[n: N];
        e[n] = exp(x[n]);
        s = sum(n: e[n]);
        y[n] = ln(e[n] / s);
    }
    layer log_softmax_of_odds(N) {
        input x[n: N];
        y[n] = -ln(sum(n: exp(x[n])) / exp(x[n]));
    }
    layer log_softmax_of_powers(N) {
        input x[n: N];
        y[n] = ln(sqrt(exp(x[n]) / sum(n: exp(x[n] / 2)^2))) + ln((exp(x[n]) / sum(n: exp(x[n])))^2) / 4;
    }
    layer log_sum_exp(N) {
        input x[n: N];
        y = ln(sum(n: exp(x[n])));
    }

    layer log_of_product(N) {
        input x[n: N];
        y = ln(prod(n: exp(x[n])));
    }
    layer log_of_weighted_product(N) {
        input x[n: N];
        p = prod(n: exp(x[n]) / 2);
        y = ln(p^2) / 2;
    }
    layer inverse_of_cancelled(N) {
        input x[n: N];
        y = 1 / sum(n: exp(x[n]) * exp(-x[n]));
    }

    layer log_of_greatest(N) {
        input x[n: N];
        y = ln(max(n: exp(x[n])));
    }
    layer log_of_least(N) {
        input x[n: N];
        y = ln(2 * min(n: exp(x[n])) / 2);
    }
    layer log_of_weighted_greatest(N) {
        input x[n: N];
        y = ln(max(n: exp(x[n]) * (n + 1)));
    }
    layer log_of_weighted_least(N) {
        input x[n: N];
        y = ln(min(n: exp(x[n]) * (n + 1)));
    }
    layer log_of_pairs(N) {
        input x[n: N];
        y[n] = ln(max(exp(x[n]), exp(-x[n]))) + ln(min(abs(-exp(x[n])), exp(-x[n]) / 2));
    }
    layer log_of_learned_power(N) {
        input x[n: N];
        param k ~ constant(3);
        y[n] = ln(exp(x[n])^(k + 3));
    }
    layer entropy_of_shares(N) {
        input x[n: N];
        z = sum(n: exp(x[n]));
        p[n] = exp(x[n]) / z;
        y = -sum(n: p[n] * ln(p[n]));
    }
    layer sum_and_its_logarithm(N) {
        input x[n: N];
        z = sum(n: exp(x[n]));
        y = ln(z) + min(z, 1);
    }
    activation hyperbolic_secant(x) = 2 / (exp(x) + exp(-x));
    activation log_odds(x) = ln(sigmoid(x) / (1 - sigmoid(x)));
    activation log_of_rest(x) = ln(1 - sigmoid(x));
    layer log_odds_of_arrays(N) {
        input x[n: N];
        p[n] = naive_sigmoid(x[n]);
        q[n] = 1 - p[n];
        y[n] = ln(p[n] / q[n]);
    }
    layer logarithms_of_arrays(N) {
        input x[n: N];
        p[n] = naive_sigmoid(x[n]);
        y[n] = ln(p[n]) + ln(1 - p[n]);
    }
    layer running_log_sum_exp(N) {
        input x[n: N];
        scan n {
            s[n] = s[n - 1] + exp(x[n]);
        }
        y[n] = ln(s[n]);
    }
    layer running_log_product(N) {
        input x[n: N];
        s[N] = 2;
        scan n {
            s[n] = s[n + 1] * exp(x[n]);
        }
        y = ln(s[0]);
    }
    layer shares_of_greatest(N) {
        input x[n: N];
        y[n] = exp(x[n]) / max(n: exp(x[n]));
    }

    loss textbook_cross_entropy(logits[c: C]; label: class) =
        ln(sum(c: exp(logits[c]))) - sum(c: if c == label { logits[c] } else { 0 });

    Sigmoid< bias: linear(1, 21); naive_sigmoid >
    Tanh< bias: linear(1, 21); naive_tanh >
    TanhOfHalf< bias: linear(1, 21); naive_tanh_of_half >
    Silu< bias: linear(1, 21); naive_silu >
    LogSigmoid< bias: linear(1, 21); naive_log_sigmoid >
    Softplus< bias: linear(1, 21); naive_softplus >
    Inverse< bias: linear(1, 21); naive_inverse >
    Tail< bias: linear(1, 21); naive_tail >
    Size< bias: linear(1, 21); naive_size >
    Logarithm< bias: linear(1, 21); guarded_logarithm >
    Root< bias: linear(1, 21); guarded_root >
    GuardedInverse< bias: linear(1, 21); guarded_inverse >
    GuardedGreatest< bias: linear(1, 21); guarded_greatest >
    GuardedHardsigmoid< bias: linear(1, 21); guarded_hardsigmoid >
    GuardedElu< bias: linear(1, 21); guarded_elu >
    GuardedHardswish< bias: linear(1, 21); guarded_hardswish >
    GreatestOfRoots< bias: linear(1, 21); greatest_of_roots >
    Softmax< bias: linear(1, 3); naive_softmax >
    LogSoftmax< bias: linear(1, 3); naive_log_softmax >
    LogSoftmaxOfParts< bias: linear(1, 3); log_softmax_of_parts >
    LogSoftmaxOfOdds< bias: linear(1, 3); log_softmax_of_odds >
    LogSoftmaxOfPowers< bias: linear(1, 3); log_softmax_of_powers >
    LogSumExp< bias: linear(1, 3); log_sum_exp >
    LogOfProduct< bias: linear(1, 3); log_of_product >
    LogOfWeightedProduct< bias: linear(1, 3); log_of_weighted_product >
    InverseOfCancelled< bias: linear(1, 3); inverse_of_cancelled >
    LogOfGreatest< bias: linear(1, 3); log_of_greatest >
    LogOfLeast< bias: linear(1, 3); log_of_least >
    LogOfWeightedGreatest< bias: linear(1, 3); log_of_weighted_greatest >
    LogOfWeightedLeast< bias: linear(1, 3); log_of_weighted_least >
    LogOfPairs< bias: linear(1, 3); log_of_pairs >
    LogOfLearnedPower< bias: linear(1, 3); log_of_learned_power >
    EntropyOfShares< bias: linear(1, 3); entropy_of_shares >
    SumAndItsLogarithm< bias: linear(1, 3); sum_and_its_logarithm >
    HyperbolicSecant< bias: linear(1, 21); hyperbolic_secant >
    LogOdds< bias: linear(1, 21); log_odds >
    LogOfRest< bias: linear(1, 21); log_of_rest >
    SharesOfGreatest< bias: linear(1, 3); shares_of_greatest >
    LogOddsOfArrays< bias: linear(1, 21); log_odds_of_arrays >
    LogarithmsOfArrays< bias: linear(1, 21); logarithms_of_arrays >
    RunningLogSumExp< bias: linear(1, 3); running_log_sum_exp >
    RunningLogProduct< bias: linear(1, 3); running_log_product >
    Gated< bias: linear(1, 4); glu >
    Greatest< bias: linear(1, 4); max_pool1d(4) >
    Logits< bias: linear(1, 3) >
    Single< bias: linear(1, 1) >
}

/// Zeros, subnormals, the ends of exp in f32, and what is far beyond.
const POINTS: [f32; 21] = [
    0.0,
    -0.0,
    1e-40,
    -1e-40,
    1e-8,
    -1e-8,
    0.5,
    -0.5,
    1.0,
    -1.0,
    3.0,
    -3.0,
    20.0,
    -20.0,
    88.0,
    -88.0,
    104.0,
    -104.0,
    1e30,
    -1e30,
    f32::MAX,
];

/// Values and derivatives of an activation below a layer whose bias holds the points.
macro_rules! at_points {
    ($network:ident, $points:expr) => {{
        let points = $points;
        let mut network = $network::zeros();
        network.bias.bias.copy_from_slice(&points);
        let (mut pass, mut gradient) = ($network::pass(1), $network::zeros());
        let x = SVector::<f32, 1>::zeros();
        let outputs = network.forward_batch(&x, &mut pass).unwrap();
        let values = outputs.values().as_slice().to_vec();
        let ones = Samples::repeat_generic(Const, Dyn(1), 1.0f32);
        outputs.backward(&ones, &mut gradient).unwrap();
        (values, gradient.bias.bias.as_slice().to_vec())
    }};
}

fn assert_close(what: &str, found: f32, expected: f64) {
    // A subnormal factor has few digits.
    let tolerance = (2e-6 * expected.abs()).max(1e-5 * f64::from(f32::MIN_POSITIVE));
    let is_close = (f64::from(found) - expected).abs() <= tolerance;
    assert!(is_close || found == single(expected), "{what}: {found} is not {expected}");
}

/// The nearest f32, which may be infinite.
#[expect(clippy::cast_possible_truncation, reason = "this is what it is for")]
fn single(value: f64) -> f32 {
    value as f32
}

fn sigmoid(x: f64) -> f64 {
    if x > 0.0 { 1.0 / (1.0 + (-x).exp()) } else { x.exp() / (1.0 + x.exp()) }
}

fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

macro_rules! activations {
    ($($name:ident: $network:ident, $value:expr, $derivative:expr;)*) => {$(
        #[test]
        fn $name() {
            let (values, derivatives) = at_points!($network, POINTS);
            let (value, derivative): (fn(f64) -> f64, fn(f64) -> f64) = ($value, $derivative);
            for (at, &x) in POINTS.iter().enumerate() {
                assert_close(&format!("value at {x:e}"), values[at], value(f64::from(x)));
                let what = format!("derivative at {x:e}");
                assert!(!derivatives[at].is_nan(), "{what}");
                let expected = derivative(f64::from(x));
                let error = (f64::from(derivatives[at]) - expected).abs();
                let is_close = error <= 1e-6 * expected.abs().max(1.0);
                assert!(is_close || derivatives[at] == single(expected), "{what}: {error}");
            }
        }
    )*};
}

activations! {
    a_sigmoid: Sigmoid, sigmoid, |x| sigmoid(x) * sigmoid(-x);
    a_tanh: Tanh, f64::tanh, |x| 1.0 - x.tanh().powi(2);
    a_tanh_of_half: TanhOfHalf, |x| (x / 2.0).tanh(), |x| 0.5 * (1.0 - (x / 2.0).tanh().powi(2));
    a_silu: Silu, |x| x * sigmoid(x), |x| sigmoid(x) + x * sigmoid(x) * sigmoid(-x);
    a_log_sigmoid: LogSigmoid, |x| -softplus(-x), |x| sigmoid(-x);
    a_softplus: Softplus, softplus, sigmoid;
    a_hyperbolic_secant: HyperbolicSecant, |x| 1.0 / x.cosh(), |x| -x.tanh() / x.cosh();
    log_odds: LogOdds, |x| x, |_| 1.0;
    log_of_rest: LogOfRest, |x| -softplus(x), |x| -sigmoid(x);
    log_odds_of_arrays: LogOddsOfArrays, |x| x, |_| 1.0;
    logarithms_of_arrays: LogarithmsOfArrays, |x| -softplus(-x) - softplus(x), |x| sigmoid(-x) - sigmoid(x);
    a_size: Size, f64::abs, |x| if x == 0.0 { 0.0 } else { x.signum() };
    a_guarded_logarithm: Logarithm, |x| if x > 0.0 { x.ln() } else { 0.0 },
        |x| if x > 0.0 { 1.0 / x } else { 0.0 };
    a_guarded_inverse: GuardedInverse, |x| if x.abs() > 1.0 { (1.0 / x).exp() } else { x },
        |x| if x.abs() > 1.0 { -(1.0 / x).exp() / (x * x) } else { 1.0 };
}

#[test]
fn the_inverse_of_softplus_does_not_overflow() {
    let (values, derivatives) = at_points!(Inverse, POINTS);
    for (at, &x) in POINTS.iter().enumerate().filter(|(_, x)| x.abs() < 80.0 || **x > 0.0) {
        let error = (f64::from(values[at]) - f64::from(x)).abs();
        assert!(error <= 1e-6 * f64::from(x.abs()).max(1.0), "{x}: {}", values[at]);
        assert!((derivatives[at] - 1.0).abs() <= 1e-4, "{x}: {}", derivatives[at]);
    }
}

#[test]
fn the_tail_of_erf_keeps_its_digits() {
    let (values, _) = at_points!(Tail, POINTS);
    // erfc(3)
    assert_close("erfc(3)", values[10], 2.209_049_699_858_544e-5);
    assert!(values.iter().all(|value| !value.is_nan()));
}

#[test]
fn the_branch_not_taken_puts_no_nan_into_a_gradient() {
    let (values, derivatives) = at_points!(Root, POINTS);
    assert!(values.iter().chain(&derivatives).all(|number| !number.is_nan()));
    for (values, derivatives) in [
        at_points!(GuardedGreatest, POINTS),
        at_points!(GuardedHardsigmoid, POINTS),
        at_points!(GuardedElu, POINTS),
        at_points!(GuardedHardswish, POINTS),
        at_points!(GreatestOfRoots, POINTS),
    ] {
        assert!(values.iter().chain(&derivatives).all(|number| !number.is_nan()));
    }
}

const LOGITS: [[f32; 3]; 6] = [
    [1.0, 2.0, 3.0],
    [200.0, 100.0, 199.0],
    [-200.0, -300.0, -201.0],
    [1e30, 0.0, -1e30],
    [f32::NEG_INFINITY, 0.0, 1.0],
    [88.0, 89.0, -104.0],
];

/// ln Σ e^x
fn log_sum_exp(x: [f32; 3]) -> f64 {
    let m = x.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    f64::from(m) + x.iter().map(|&x| (f64::from(x) - f64::from(m)).exp()).sum::<f64>().ln()
}

#[test]
fn sums_of_exponentials_are_shifted() {
    for logits in LOGITS {
        let total = log_sum_exp(logits);
        let expected = logits.map(|x| (f64::from(x) - total).exp());
        let (values, derivatives) = at_points!(LogSumExp, logits);
        assert_close("log-sum-exp", values[0], total);
        for (found, expected) in derivatives.iter().zip(expected) {
            assert!((f64::from(*found) - expected).abs() <= 1e-6, "{logits:?}: {found}");
        }
        let (values, derivatives) = at_points!(Softmax, logits);
        for (found, expected) in values.iter().zip(expected) {
            assert!((f64::from(*found) - expected).abs() <= 1e-6, "{logits:?}: {found}");
        }
        assert!(derivatives.iter().all(|derivative| derivative.abs() <= 1e-6));
        for (name, (values, derivatives)) in [
            ("log-softmax", at_points!(LogSoftmax, logits)),
            ("log-softmax of parts", at_points!(LogSoftmaxOfParts, logits)),
            ("log-softmax of odds", at_points!(LogSoftmaxOfOdds, logits)),
            ("log-softmax of powers", at_points!(LogSoftmaxOfPowers, logits)),
        ] {
            for (found, x) in values.iter().zip(logits) {
                assert_close(name, *found, f64::from(x) - total);
            }
            assert!(derivatives.iter().all(|derivative| !derivative.is_nan()), "{name}");
        }
    }
    let nothing = at_points!(LogSumExp, [f32::NEG_INFINITY; 3]);
    assert_eq!(nothing.0, [f32::NEG_INFINITY]);
    let (values, _) = at_points!(LogSumExp, [f32::INFINITY, 0.0, 1.0]);
    assert_eq!(values, [f32::INFINITY]);
}

#[test]
fn products_of_exponentials_are_exponentials_of_sums() {
    for logits in LOGITS {
        let sum: f64 = logits.iter().map(|&x| f64::from(x)).sum();
        let (values, derivatives) = at_points!(LogOfProduct, logits);
        assert_close("the logarithm of a product", values[0], sum);
        assert_eq!(derivatives, [1.0; 3]);
        let (values, derivatives) = at_points!(LogOfWeightedProduct, logits);
        assert_close("with a factor", values[0], sum - 3.0 * 2f64.ln());
        assert_eq!(derivatives, [1.0; 3]);
        // 0·∞ is no number.
        if logits.iter().any(|x| x.is_infinite()) {
            continue;
        }
        let (values, derivatives) = at_points!(InverseOfCancelled, logits);
        assert_close("of exponentials that cancel", values[0], 1.0 / 3.0);
        assert_eq!(derivatives, [0.0; 3]);
    }
}

/// Each step of a scan has an exponent of its own.
#[test]
fn scans_of_exponentials_are_shifted() {
    for logits in LOGITS.into_iter().filter(|logits| logits[0].is_finite()) {
        let (values, derivatives) = at_points!(RunningLogSumExp, logits);
        let totals: Vec<f64> = (1..=3)
            .map(|count| {
                log_sum_exp(
                    [0, 1, 2].map(|k| if k < count { logits[k] } else { f32::NEG_INFINITY }),
                )
            })
            .collect();
        for (found, &total) in values.iter().zip(&totals) {
            assert_close("a running sum", *found, total);
        }
        for (at, &x) in logits.iter().enumerate() {
            let expected: f64 = totals[at..].iter().map(|total| (f64::from(x) - total).exp()).sum();
            assert!(
                (f64::from(derivatives[at]) - expected).abs() <= 1e-5,
                "{logits:?}: {derivatives:?}"
            );
        }
        let (values, derivatives) = at_points!(RunningLogProduct, logits);
        let sum: f64 = logits.iter().map(|&x| f64::from(x)).sum();
        assert_close("a running product", values[0], sum + 2f64.ln());
        assert_eq!(derivatives, [1.0; 3]);
    }
}

/// As PyTorch's, whatever the gradient from above: dy·x may be infinite where the sigmoid's derivative is 0.
#[test]
fn a_gate_that_is_open_has_no_gradient() {
    let mut network = Gated::zeros();
    network.bias.bias.copy_from_slice(&[3e38, -3e38, 3e38, 200.0]);
    let (mut pass, mut gradient) = (Gated::pass(1), Gated::zeros());
    let x = SVector::<f32, 1>::zeros();
    let outputs = network.forward_batch(&x, &mut pass).unwrap();
    assert_eq!(outputs.values().as_slice(), [3e38, -3e38]);
    outputs.backward(&Samples::repeat_generic(Const, Dyn(1), 10.0), &mut gradient).unwrap();
    assert_eq!(gradient.bias.bias.as_slice(), [10.0, 10.0, 0.0, 0.0]);
}

/// As PyTorch's.
#[test]
fn the_greatest_of_numbers_and_none_is_none_and_has_the_gradient() {
    for (points, expected) in [
        ([1.0, f32::NAN, 3.0, 2.0], [0.0, 1.0, 0.0, 0.0]),
        ([f32::NAN, 1.0, f32::INFINITY, 2.0], [1.0, 0.0, 0.0, 0.0]),
        ([1.0, 2.0, 3.0, f32::NAN], [0.0, 0.0, 0.0, 1.0]),
        ([f32::NEG_INFINITY; 4], [1.0, 0.0, 0.0, 0.0]),
        ([1.0, 3.0, 3.0, 2.0], [0.0, 1.0, 0.0, 0.0]),
    ] {
        let (values, derivatives) = at_points!(Greatest, points);
        assert_eq!(values[0].is_nan(), points.iter().any(|x| x.is_nan()));
        assert_eq!(derivatives, expected, "{points:?}");
    }
}

/// 1 where a number is the chosen one.
fn one_hot(chosen: usize) -> [f32; 3] {
    let mut all = [0.0; 3];
    all[chosen] = 1.0;
    all
}

#[test]
fn the_greatest_of_exponentials_is_the_exponential_of_the_greatest() {
    for logits in LOGITS {
        let at = |better: fn(f32, f32) -> bool, of: [f32; 3]| {
            (1..3).fold(0, |best, k| if better(of[k], of[best]) { k } else { best })
        };
        let [greatest, least] = [at(|a, b| a > b, logits), at(|a, b| a < b, logits)];
        let (values, derivatives) = at_points!(LogOfGreatest, logits);
        assert_eq!((values[0], &derivatives[..]), (logits[greatest], &one_hot(greatest)[..]));
        let (values, derivatives) = at_points!(LogOfLeast, logits);
        assert_eq!((values[0], &derivatives[..]), (logits[least], &one_hot(least)[..]));
        let weighted = [0, 1, 2].map(|k| logits[k] + (k as f32 + 1.0).ln());
        let [greatest, least] = [at(|a, b| a > b, weighted), at(|a, b| a < b, weighted)];
        let (values, derivatives) = at_points!(LogOfWeightedGreatest, logits);
        assert_close("with weights", values[0], f64::from(weighted[greatest]));
        assert_eq!(derivatives, one_hot(greatest));
        let (values, derivatives) = at_points!(LogOfWeightedLeast, logits);
        assert_close("the least with weights", values[0], f64::from(weighted[least]));
        assert!(weighted[least].is_infinite() || derivatives == one_hot(least));
        let (values, derivatives) = at_points!(SharesOfGreatest, logits);
        for (found, x) in values.iter().zip(logits) {
            let x = f64::from(x) - f64::from(logits.iter().copied().fold(x, f32::max));
            assert_close("shares of the greatest", *found, x.exp());
        }
        assert!(derivatives.iter().all(|derivative| !derivative.is_nan()));
    }
}

/// What is read as a logarithm and otherwise too.
#[test]
fn logarithms_keep_the_exponents_of_what_others_read() {
    for logits in LOGITS.into_iter().filter(|logits| logits.iter().all(|x| x.is_finite())) {
        let total = log_sum_exp(logits);
        let logs = logits.map(|x| f64::from(x) - total);
        let entropy: f64 = -logs.iter().map(|log| log.exp() * log).sum::<f64>();
        let (values, derivatives) = at_points!(EntropyOfShares, logits);
        assert!((f64::from(values[0]) - entropy).abs() < 1e-5, "{logits:?}: {}", values[0]);
        for (found, log) in derivatives.iter().zip(logs) {
            let expected = -log.exp() * (log + entropy);
            assert!((f64::from(*found) - expected).abs() < 1e-5, "{logits:?}: {found}");
        }
        let (values, derivatives) = at_points!(SumAndItsLogarithm, logits);
        assert_close("a sum and its logarithm", values[0], total + total.exp().min(1.0));
        // The sum itself is infinite, and so is the factor of its gradient, which is 0.
        let is_finite = single(total.exp()).is_finite();
        for (found, log) in derivatives.iter().zip(logs).filter(|_| is_finite) {
            let expected = log.exp() * (1.0 + if total < 0.0 { total.exp() } else { 0.0 });
            assert!((f64::from(*found) - expected).abs() < 1e-5, "{logits:?}: {found}");
        }
    }
}

#[test]
fn powers_and_pairs_of_exponentials_keep_their_exponents() {
    for logits in LOGITS.into_iter().filter(|logits| logits.iter().all(|x| x.is_finite())) {
        let mut network = LogOfLearnedPower::zeros();
        network.bias.bias.copy_from_slice(&logits);
        let values = network.forward(&SVector::<f32, 1>::zeros());
        for (found, x) in values.iter().zip(logits) {
            assert_close("a power", *found, 3.0 * f64::from(x));
        }
        let (values, derivatives) = at_points!(LogOfPairs, logits);
        for (k, x) in logits.map(f64::from).into_iter().enumerate() {
            let is_first = x < -x - 2f64.ln();
            let least = if is_first { x } else { -x - 2f64.ln() };
            // Two large numbers may be the terms of a small one.
            let error = (f64::from(values[k]) - (x.abs() + least)).abs();
            assert!(error <= 1e-6 * x.abs().max(1.0), "pairs at {x}: {}", values[k]);
            let slope = x.signum() + if is_first { 1.0 } else { -1.0 };
            assert!(x == 0.0 || f64::from(derivatives[k]) == slope, "{x}: {}", derivatives[k]);
        }
    }
}

#[test]
fn a_cross_entropy_by_the_book_does_not_overflow() {
    for logits in &LOGITS[..4] {
        let mut network = Logits::zeros();
        network.bias.bias.copy_from_slice(logits);
        let mut pass = Logits::pass(1);
        let x = SVector::<f32, 1>::zeros();
        let outputs = network.forward_batch(&x, &mut pass).unwrap();
        let loss = outputs.loss(TextbookCrossEntropy::default(), &[1u8]).unwrap();
        assert_close("loss", loss.value(), log_sum_exp(*logits) - f64::from(logits[1]));
        assert_eq!(loss.output_gradient().nrows(), <Logits as Network>::Outputs::DIM);
        assert!(loss.output_gradient().iter().all(|gradient| gradient.abs() <= 1.0));
    }
}

/// The value of a loss of one output, and its gradient on that.
macro_rules! loss_at {
    ($loss:expr, $output:expr, $target:expr) => {{
        let mut network = Single::zeros();
        network.bias.bias[0] = $output;
        let (mut pass, x) = (Single::pass(1), SVector::<f32, 1>::zeros());
        let outputs = network.forward_batch(&x, &mut pass).unwrap();
        let loss = outputs.loss($loss, &SVector::<f32, 1>::new($target)).unwrap();
        (loss.value(), loss.output_gradient()[0])
    }};
}

#[test]
fn binary_cross_entropy_has_pytorch_s_gradient_at_its_ends() {
    // Measured with PyTorch 2.15.
    let cases = [
        (0.0, 1.0, 100.0, -1e12),
        (1.0, 0.0, 100.0, 1e12),
        (0.0, 0.5, 50.0, -5e11),
        (0.0, 0.0, 0.0, 0.0),
        (1.0, 1.0, 0.0, 0.0),
        (0.25, 1.0, -(0.25f32.ln()), -4.0),
        (0.25, 0.0, -(0.75f32.ln()), 1.0 / 0.75),
    ];
    for (p, t, value, gradient) in cases {
        let found = loss_at!(BinaryCrossEntropy::default(), p, t);
        assert_close(&format!("value at {p}, {t}"), found.0, f64::from(value));
        assert_close(&format!("gradient at {p}, {t}"), found.1, gradient);
    }
}

#[test]
fn losses_of_a_number_that_is_none_have_a_gradient_that_is_none() {
    let nan = f32::NAN;
    let found = [
        loss_at!(Huber::default(), nan, 0.0),
        loss_at!(SmoothL1::default(), nan, 0.0),
        loss_at!(BinaryCrossEntropy::default(), nan, 0.0),
        loss_at!(MeanSquaredError::default(), nan, 0.0),
    ];
    for (value, gradient) in found {
        assert!(value.is_nan() && gradient.is_nan(), "{value} {gradient}");
    }
    assert!(loss_at!(KlDivergence::default(), 0.5, nan).0.is_nan());
    assert!(loss_at!(KlDivergence::default(), nan, 0.0).0.is_nan());
    assert_eq!(loss_at!(KlDivergence::default(), f32::NEG_INFINITY, 0.0), (0.0, 0.0));
}

#[test]
fn a_masked_class_has_no_part_in_a_cross_entropy() {
    let (x, masked) = (SVector::<f32, 1>::zeros(), f32::NEG_INFINITY);
    let mut network = Logits::zeros();
    network.bias.bias.copy_from_slice(&[masked, 0.5, 1.0]);
    let mut pass = Logits::pass(1);
    let target = SVector::<f32, 3>::new(0.0, 0.25, 0.75);
    let outputs = network.forward_batch(&x, &mut pass).unwrap();
    let loss = outputs.loss(CrossEntropy::default(), &target).unwrap();
    let (a, b) = (0.25 - sigmoid(-0.5), 0.75 - sigmoid(0.5));
    let value = -0.25 * sigmoid(-0.5).ln() - 0.75 * sigmoid(0.5).ln();
    assert_close("value", loss.value(), value);
    for (found, expected) in loss.output_gradient().iter().zip([0.0, -a, -b]) {
        assert!((f64::from(*found) - expected).abs() <= 1e-6, "{found} is not {expected}");
    }
    // The class itself is masked: PyTorch's value is infinite, smoothed or not.
    for label_smoothing in [0.0, 0.1] {
        let mut pass = Logits::pass(1);
        let outputs = network.forward_batch(&x, &mut pass).unwrap();
        let smoothed = CrossEntropy { label_smoothing, ..CrossEntropy::default() };
        let loss = outputs.loss(smoothed, &[0u8]).unwrap();
        assert_eq!(loss.value(), f32::INFINITY);
        assert!(loss.output_gradient().iter().all(|gradient| gradient.is_finite()));
    }
}
