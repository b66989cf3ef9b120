//! Mathematics that users declare: activations, layers and losses as equations, each with its
//! gradient checked through the generated code.

mod finite_differences;

use finite_differences::{check_loss, check_projection, numbers};
use nalgebra::Dyn;
use tapeless::prelude::*;

network! {
    const RANK: usize = 2;

    // Activations: settings, learned numbers, pieces, functions, other activations.
    activation swish(x; learn beta = 1.0) = x * sigmoid(beta * x);
    activation cubic(x; scale = 0.5) = scale * x^3 - x;
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
    layer centred(N) {
        input x[n: N];
        greatest = max(n: x[n]);
        least = min(n: x[n]);
        y[n] = (x[n] - least) / (greatest - least + 1);
    }

    /// The pinball loss.
    loss quantile(p, t; tau = 0.9) = max(tau * (t - p), (tau - 1) * (t - p));
    loss huber(p, t; delta = 1) = if abs(p - t) < delta { (p - t)^2 / 2 } else { delta * (abs(p - t) - delta / 2) };
    loss squared_norm(p[c: C], t[c: C]) = sqrt(sum(c: (p[c] - t[c])^2) + 1);
    loss mean_and_spread(p[c: C], t[c: C]) {
        d[c] = p[c] - t[c];
        m = mean(c: d[c]);
        y = m^2 + sum(c: (d[c] - m)^2) / C;
    }
    pub loss focal(logits[c: C], label: class; gamma = 2) {
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
}

#[test]
fn declared_losses() {
    let targets = Samples::<f64, Const<4>>::from_vec_generic(Const, Dyn(3), numbers(12, 5));
    check_loss::<OutputsOf<f64>, _, _>(Quantile::default(), &targets);
    check_loss::<OutputsOf<f64>, _, _>(Quantile { tau: 0.2 }, &targets);
    check_loss::<OutputsOf<f64>, _, _>(Huber::default(), &targets);
    check_loss::<OutputsOf<f64>, _, _>(SquaredNorm::default(), &targets);
    check_loss::<OutputsOf<f64>, _, _>(MeanAndSpread::default(), &targets);
    check_loss::<OutputsOf<f64>, _, _>(Focal::default(), &[2u8, 0, 3]);
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
