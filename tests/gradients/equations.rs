//! Mathematics that users declare: activations, layers and losses as equations, each with its
//! gradient checked through the generated code.

use crate::finite_differences::{check_loss, check_projection, numbers};
use nalgebra::Dyn;
use tapeless::prelude::*;

network! {
    const RANK: usize = 2;
    const STRENGTH: f64 = 0.75;

    // Activations: settings, learned numbers, pieces, functions, other activations.
    activation swish(x; learn beta = 1.0) = x * sigmoid(beta * x);
    activation cubic(x; scale = 0.5) = scale * x^3 - STRENGTH * x;
    activation steps(x) = if x > 1 { 2*x - 1 } else if x < -1 { -1 } else { x^2 * x };
    activation bounded(x; low = -0.4, high = 1.0 / 3.0) = clamp(x, low, high);
    activation wave(x) = sin(3 * x) + cos(x) / 2;
    activation composed(x) = wave(gelu(x)) + atan(x);
    activation own_alpha(x; learn alpha = 0.25) = alpha * elu(x);
    activation bell(x) = exp(-x^2) * sqrt(1 + x^2);
    activation power(x) = abs(x)^1.5;
    activation maxout(x) = max(0.5 * x, min(x, 0.2)) - ln_1p(exp_m1(abs(x)));

    /// A linear map of low rank.
    layer low_rank(I, R, O) {
        input x[i: I];
        param u[r: R, i: I] ~ uniform(1 / sqrt(I));
        param v[o: O, r: R] ~ uniform(1 / sqrt(R));
        h[r] = sum(i: u[r, i] * x[i]);
        y[o] = sum(r: v[o, r] * h[r]);
    }
    layer scale_and_shift(N) {
        input x[n: N];
        param gain[n: N] ~ ones();
        param shift[n: N] ~ zeros();
        y[n] = gain[n] * x[n] + shift[n];
    }
    layer standardise(N; eps = 1e-5) {
        input x[n: N];
        m = mean(n: x[n]);
        v = mean(n: (x[n] - m)^2);
        y[n] = (x[n] - m) / sqrt(v + eps);
    }
    layer bilinear(I, O) {
        input x[i: I];
        param w[o: O, i: I, j: I] ~ normal(0.1);
        y[o] = sum(i, j: w[o, i, j] * x[i] * x[j]);
    }
    layer halves(N) {
        input x[n: N];
        y[k: N / 2] = x[k] * sigmoid(x[k + N / 2]);
    }
    layer filter(N, K, O) {
        input x[n: N];
        param w[o: O, k: K] ~ uniform(1 / sqrt(K));
        y[o, n: N - K + 1] = sum(k: w[o, k] * x[n + k]);
    }
    layer planes(C, W) {
        input x[n: C * W];
        y[c: C, w: W] = x[c*W + w];
    }
    layer reversed(N) {
        input x[n: N];
        param w[n: N] ~ ones();
        y[n] = x[N - 1 - n] * w[n] + 0.1 * n * x[n];
    }
    layer spread(N) {
        input x[n: N];
        param w[n: N] ~ ones();
        h[n] = w[n] * x[3] + x[n];
        total = sum(n: w[n]^2);
        y[n] = h[n] * sum(n: x[n]) + total * x[n];
    }
    layer first_few(N) {
        input x[n: N];
        param w[n: 3, m: 4] ~ ones();
        param v[r: 2, n: 3] ~ ones();
        param u[m: 4, r: 2] ~ ones();
        product[m: 4, n: 3] = sum(r: u[m, r] * v[r, n]);
        y[m: 2] = sum(n: (w[n, m] + product[m, n]) * x[n]) + max(n: 0.3 * x[n] * w[n, m]);
    }
    /// Elements that several values meet in are none of their outputs.
    layer overlapping(N) {
        input x[n: N];
        index k: 2;
        e[n + k: N + 1] = exp(x[n]);
        y[n: N + 1] = tanh(e[n]);
    }
    layer centred(N) {
        input x[n: N];
        greatest = max(n: x[n]);
        least = min(n: x[n]);
        y[n] = (x[n] - least) / (greatest - least + 1);
    }

    layer factors(N, O) {
        input x[n: N];
        param shift[o: O, n: N] ~ uniform(1);
        y[o] = prod(n: x[n] + shift[o, n]);
    }
    layer over_the_batch(N; eps = 1e-5) {
        input x[n: N];
        param gain[n: N] ~ ones();
        m[n] = mean(batch: x[n]);
        v[n] = mean(batch: (x[n] - m[n])^2);
        y[n] = gain[n] * (x[n] - m[n]) / sqrt(v[n] + eps);
    }
    layer beside_the_batch(N) {
        input x[n: N];
        total[n] = sum(batch: x[n]^2);
        greatest = max(batch, n: x[n]);
        y[n] = total[n] + x[n] * greatest;
    }
    layer batch_alone(N) {
        input x[n: N];
        y[n] = sum(batch: x[n]);
    }
    layer weighted_by_place(N) {
        input x[n: N];
        y = sum(n: (n + 1) * x[n]) / N;
    }
    layer greatest(N) {
        input x[n: N];
        y = max(n: x[n]);
    }
    layer least_of_all(H, W) {
        input x[h: H, w: W];
        y = min(h, w: x[h, w]);
    }
    layer product(N) {
        input x[n: N];
        y = prod(n: x[n]);
    }

    /// The pinball loss.
    loss quantile(p; t; tau = 0.9) = max(tau * (t - p), (tau - 1) * (t - p));
    loss huber(p; t; delta = 1) = if abs(p - t) < delta { STRENGTH * (p - t)^2 / 2 } else { delta * (abs(p - t) - delta / 2) };
    loss squared_norm(p[c: C]; t[c: C]) = sqrt(sum(c: (p[c] - t[c])^2) + 1);
    loss mean_and_spread(p[c: C]; t[c: C]) {
        d[c] = p[c] - t[c];
        m = mean(c: d[c]);
        y = m^2 + sum(c: (d[c] - m)^2) / C;
    }
    pub loss focal(logits[c: C]; label: class; gamma = 2) {
        m = stop(max(c: logits[c]));
        total = sum(c: exp(logits[c] - m));
        q = ln(total) - sum(c: if c == label { logits[c] - m } else { 0 });
        y = (1 - exp(-q))^gamma * q;
    }

    Swish< linear(3, 4); swish; linear(4); swish(beta = 0.5); linear(2) >
    Cubic< linear(3, 4); cubic; linear(2) >
    Steps< linear(3, 4); steps; linear(2) >
    Bounded< linear(3, 4); bounded; linear(2) >
    Composed< linear(3, 4); composed; linear(2) >
    OwnAlpha< input(2); own_alpha >
    Bell< linear(3, 4); bell; power; linear(2) >
    Maxout< linear(3, 4); maxout; linear(2) >
    LowRank< low_rank(6, RANK, 4); tanh; low_rank(2, 3) >
    ScaleAndShift< linear(3, 4); scale_and_shift; tanh; scale_and_shift; linear(2) >
    Standardise< linear(3, 4); standardise; linear(4); standardise(eps = 0.1); linear(2) >
    Bilinear< linear(3, 4); bilinear(3) >
    Halves< linear(3, 6); halves; linear(2) >
    Filter< linear(3, 6); filter(3, 2); relu; flatten; linear(2) >
    Centred< linear(3, 5); centred; linear(2) >
    Overlapping< linear(3, 4); overlapping(4); linear(2) >
    Factors< linear(3, 4); factors(4, 2) >
    OverTheBatch< linear(3, 4); over_the_batch(eps = 0.1); tanh; linear(2) >
    BesideTheBatch< linear(3, 4); beside_the_batch; linear(2) >
    BatchAlone< linear(3, 4); tanh; batch_alone >
    WeightedByPlace< linear(3, 4); tanh; weighted_by_place(4) >
    PerChannel< linear(3, 4); prelu(per_channel); linear(4); swish(0.5, per_channel); linear(2) >
    PerPlane< linear(3, 6); planes(2, 3); prelu(per_channel); flatten; linear(2) >
    Reversed< linear(3, 5); reversed; tanh >
    Spread< linear(2, 4); spread; tanh >
    SpreadBelow< linear(2, 4); spread; spread >
    FirstFew< linear(2, 3); tanh; first_few; tanh >
    AbovePlanes< linear(3, 6); gelu; planes(2, 3); prelu(per_channel); flatten; linear(2) >
    Greatest< bias: linear(1, 4); greatest(4) >
    LeastOfAll< bias: linear(1, 6); planes(2, 3); least_of_all(2, 3) >
    TheProduct< bias: linear(1, 3); product(3) >
    Outputs< linear(3, 4) >
}

#[test]
fn declared_activations() {
    check_projection::<SwishOf<f64>>();
    check_projection::<CubicOf<f64>>();
    check_projection::<StepsOf<f64>>();
    check_projection::<BoundedOf<f64>>();
    check_projection::<ComposedOf<f64>>();
    check_projection::<BellOf<f64>>();
    check_projection::<MaxoutOf<f64>>();
}

#[test]
fn declared_layers() {
    check_projection::<LowRankOf<f64>>();
    check_projection::<ScaleAndShiftOf<f64>>();
    check_projection::<StandardiseOf<f64>>();
    check_projection::<BilinearOf<f64>>();
    check_projection::<HalvesOf<f64>>();
    check_projection::<FilterOf<f64>>();
    check_projection::<CentredOf<f64>>();
    check_projection::<OverlappingOf<f64>>();
}

#[test]
fn products_and_reductions_over_the_batch() {
    check_projection::<FactorsOf<f64>>();
    check_projection::<OverTheBatchOf<f64>>();
    check_projection::<BesideTheBatchOf<f64>>();
    check_projection::<BatchAloneOf<f64>>();
    check_projection::<WeightedByPlaceOf<f64>>();
}

#[test]
fn numbers_learned_for_each_channel() {
    check_projection::<PerChannelOf<f64>>();
    check_projection::<PerPlaneOf<f64>>();
    check_projection::<AbovePlanesOf<f64>>();
    check_projection::<ReversedOf<f64>>();
    check_projection::<SpreadOf<f64>>();
    check_projection::<SpreadBelowOf<f64>>();
    check_projection::<FirstFewOf<f64>>();
    let network = PerPlane::new(&mut seed(0));
    assert_eq!(network.prelu2.weight.as_slice(), [0.25; 2]);
    assert_eq!(PerChannel::new(&mut seed(0)).swish3.beta.as_slice(), [0.5; 4]);
}

/// The gradient on the bias of a first layer whose outputs are `values`, for an output gradient
/// of 1.
macro_rules! gradient_at {
    ($network:ident, $values:expr) => {{
        let mut network = $network::<f64>::zeros();
        network.bias.bias.copy_from_slice(&$values);
        let (mut pass, mut gradient) = ($network::pass(1), $network::zeros());
        let x = SVector::<f64, 1>::zeros();
        let outputs = network.forward_batch(&x, &mut pass).unwrap();
        outputs.backward(&SVector::from([1.0]), &mut gradient).unwrap();
        gradient.bias.bias.as_slice().to_vec()
    }};
}

#[test]
fn a_tie_goes_to_the_first() {
    assert_eq!(gradient_at!(GreatestOf, [1.0, 3.0, 3.0, 2.0]), [0.0, 1.0, 0.0, 0.0]);
    let least = gradient_at!(LeastOfAllOf, [4.0, 5.0, 2.0, 3.0, 2.0, 2.0]);
    assert_eq!(least, [0.0, 0.0, 1.0, 0.0, 0.0, 0.0]);
}

#[test]
fn a_product_has_its_gradient_at_zeros() {
    assert_eq!(gradient_at!(TheProductOf, [2.0, 3.0, 5.0]), [15.0, 10.0, 6.0]);
    assert_eq!(gradient_at!(TheProductOf, [2.0, 0.0, 5.0]), [0.0, 10.0, 0.0]);
    assert_eq!(gradient_at!(TheProductOf, [2.0, 0.0, 0.0]), [0.0; 3]);
}

#[test]
fn a_batch_of_none_is_no_mistake() {
    let network = OverTheBatchOf::<f64>::new(&mut seed(0));
    let (mut pass, mut gradient) = (OverTheBatchOf::pass(1), network.to_box());
    let none = Samples::<f64, Const<3>>::zeros(0);
    let outputs = network.forward_batch(&none, &mut pass).unwrap();
    outputs.backward(&Samples::<f64, Const<2>>::zeros(0), &mut gradient).unwrap();
    assert!(gradient.as_slice().iter().all(|&number| number == 0.0));
}

#[test]
fn declared_losses() {
    let targets = Samples::<f64, Const<4>>::from_vec_generic(Const, Dyn(3), numbers(12, 5));
    check_loss::<OutputsOf<f64>, _, _, _>(Quantile::default(), &targets);
    check_loss::<OutputsOf<f64>, _, _, _>(Quantile { tau: 0.2 }, &targets);
    check_loss::<OutputsOf<f64>, _, _, _>(Huber::default(), &targets);
    check_loss::<OutputsOf<f64>, _, _, _>(SquaredNorm::default(), &targets);
    check_loss::<OutputsOf<f64>, _, _, _>(MeanAndSpread::default(), &targets);
    check_loss::<OutputsOf<f64>, _, _, _>(Focal::default(), &[2u8, 0, 3]);
}

#[test]
fn parameters_begin_as_declared() {
    let network = ScaleAndShift::new(&mut seed(0));
    assert!(network.scale_and_shift1.gain.iter().all(|&gain| gain == 1.0));
    assert!(network.scale_and_shift1.shift.iter().all(|&shift| shift == 0.0));
    let network = Swish::new(&mut seed(0));
    assert_eq!((network.swish1.beta[0], network.swish3.beta[0]), (1.0, 0.5));
    let keys: Vec<&str> = Swish::PARAMETERS.iter().map(|info| info.name).collect();
    assert_eq!(keys[2], "1.beta");
}

#[test]
fn a_called_activation_keeps_its_own_settings() {
    // elu's own alpha is 1, whatever the caller calls `alpha`.
    let y = OwnAlphaOf::<f64>::new(&mut seed(0)).forward(&SVector::from([2.0, -1.0]));
    assert!((y[0] - 0.5).abs() < 1e-15);
    assert!((y[1] - 0.25 * (-1.0f64).exp_m1()).abs() < 1e-15);
}

#[test]
fn declared_equations_compute_what_they_say() {
    let mut network = LowRank::new(&mut seed(0));
    let x = SVector::from([0.1, -0.2, 0.3, 0.4, -0.5, 0.6]);
    let low = &network.low_rank0;
    let hidden = low.v.transpose() * (low.u.transpose() * x);
    let low = &network.low_rank2;
    let expected = low.v.transpose() * (low.u.transpose() * hidden.map(f32::tanh));
    assert!((network.forward(&x) - expected).norm() < 1e-6);
    network.low_rank2.v.fill(0.0);
    assert_eq!(network.forward(&x).norm(), 0.0);
}
