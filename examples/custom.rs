//! Mathematics of one's own: a low-rank layer, a swish with a learned slope and a quantile loss, for
//! a small forecasting task. Their gradients are derived by the compiler, which prints them.
//!
//! ```sh
//! cargo run --example custom
//! ```

use tapeless::prelude::*;

/// How many past values the forecast sees.
const WINDOW: usize = 24;

network! {
    /// x·σ(beta·x), with a learned beta.
    activation swish(x; learn beta = 1.0) = x * sigmoid(beta * x);

    /// A linear map through a narrow middle.
    layer low_rank(I, R, O) {
        input x[i: I];
        param u[r: R, i: I] ~ uniform(1 / sqrt(I));
        param v[o: O, r: R] ~ uniform(1 / sqrt(R));
        h[r] = sum(i: u[r, i] * x[i]);
        y[o] = sum(r: v[o, r] * h[r]);
    }

    /// Least where a share of tau of the targets lies below the forecast.
    loss quantile(p; t; tau = 0.9) = max(tau * (t - p), (tau - 1) * (t - p));

    Forecaster< low_rank(24, 4, 32); swish; linear(1) >
}

/// A daily rhythm with noise that is wider at its height: `count` windows and what follows each.
fn series(count: usize, seed: u64) -> (Samples<f32, Const<WINDOW>>, Samples<f32, Const<1>>) {
    use tapeless::initialise::{normal, seed as generator};
    let mut noise = vec![0.0f32; count + WINDOW];
    normal(&mut noise, 0.2, &mut generator(seed));
    let value = |k: usize| {
        let rhythm = (k as f32 * std::f32::consts::TAU / 24.0).sin();
        rhythm + noise[k] * (1.0 + rhythm)
    };
    let inputs = Samples::from_fn_generic(Const, nalgebra::Dyn(count), |i, k| value(k + i));
    let targets = Samples::from_fn_generic(Const, nalgebra::Dyn(count), |_, k| value(k + WINDOW));
    (inputs, targets)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("{}\n\n{}", Forecaster::summary(), Forecaster::explain());

    let (inputs, targets) = series(2000, 1);
    let (unseen_inputs, unseen_targets) = series(2000, 2);
    for tau in [0.1, 0.5, 0.9] {
        let mut model = Forecaster::new(&mut seed(0));
        let mut gradient = Forecaster::zeros();
        let mut pass = Forecaster::pass(2000);
        let mut adam = Adam { lr: 1e-2, ..Adam::default() }.over(&model)?;
        for _ in 0..500 {
            let forecasts = model.forward_batch(&inputs, &mut pass)?;
            forecasts.loss(Quantile { tau }, &targets)?.backward(&mut gradient);
            adam.step(&mut model, &gradient);
        }
        let forecasts = model.forward_batch(&unseen_inputs, &mut pass)?;
        let values = forecasts.values();
        let pairs = values.iter().zip(&unseen_targets);
        let below = pairs.filter(|(forecast, target)| target < forecast).count();
        println!(
            "tau {tau}: {:.1}% of the unseen values lie below the forecast; beta is now {:.2}",
            100.0 * below as f64 / 2000.0,
            model.swish1.beta[0]
        );
    }
    Ok(())
}
