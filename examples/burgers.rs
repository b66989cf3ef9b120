//! Burgers' equation, u_t + u·u_x = ν·u_xx with ν = 0.01/π, on −1 ≤ x ≤ 1 and 0 ≤ t ≤ 1: a sine that
//! steepens into a shock. The loss is the equation itself, on derivatives that the network computes.
//!
//! ```sh
//! cargo run --release --example burgers
//! cargo run --release --example burgers -- --data DIR     # compared with DIR/burgers.npz
//! cargo run --release --example burgers -- --inverse      # ν is learned, from 500 measurements of u
//! ```

use std::error::Error;
use std::f64::consts::PI;
use std::path::{Path, PathBuf};

use clap::Parser;
use nalgebra::Dyn;
use rand::{Rng, RngExt};
use tapeless::prelude::*;

network! {
    /// u(x, t), which is −sin(πx) at t = 0 and 0 at x = ±1 whatever the layers say. Where u is steep, the
    /// equation is hard to meet and counts less, or the shock would be all that is learned.
    Burgers {
        input x; input t;
        param log_nu ~ constant(ln(0.01 / pi));
        h = <linear(32); tanh; linear(32); tanh; linear(32); tanh; linear(1)>(concat(x, t));
        output u = t * (1 - x^2) * h - sin(pi * x);
        slope = d(u, x);
        left = d(u, t) + u * slope - exp(log_nu) * d(slope, x);
        output residual = left / (1 + 0.2 * stop(abs(slope)));
    }

    loss equation(residual[k: K]) = sum(k: residual[k]^2);
    loss measurement(u[k: K]; measured) = sum(k: (u[k] - measured)^2);
}

/// Points at which the equation is to hold, drawn anew for each step.
const POINTS: usize = 512;

/// Solves Burgers' equation, or learns its viscosity ν.
#[derive(Parser)]
struct Options {
    /// Steps of training: more of them where ν is learned
    #[arg(long, default_value = "12000", default_value_if("inverse", "true", "40000"))]
    steps: u32,
    /// Seed of the parameters and of the points
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Directory with burgers.npz: u at 256 places and 100 times
    #[arg(long)]
    data: Option<PathBuf>,
    /// Starts from ten times the viscosity, and learns it from measurements
    #[arg(long)]
    inverse: bool,
}

type Row = Samples<f64, Const<1>>;

/// Places and times inside, and u there.
struct Solution {
    x: Row,
    t: Row,
    u: Vec<f64>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let mut rng = seed(options.seed);
    let mut model = BurgersOf::<f64>::new(&mut rng);
    let (mut gradient, mut of_measured) = (BurgersOf::zeros(), BurgersOf::zeros());
    let measured = drawn(500, &mut rng);
    let (mut pass, mut measured_pass) = (BurgersOf::pass(POINTS), BurgersOf::pass(500));
    let mut adam = Adam::default().over(&model)?;
    if options.inverse {
        model.log_nu[0] = (0.1 / PI).ln();
    } else {
        adam.set_group("log_nu", Group { frozen: true, ..Group::default() })?;
    }
    for step in 0..options.steps {
        let (x, t) = (row(POINTS, -1.0, &mut rng), row(POINTS, 0.0, &mut rng));
        let outputs = model.forward_batch(BurgersInputs { x: &x, t: &t }, &mut pass)?;
        let equation = outputs.loss(Equation::default(), &())?;
        if step % 1000 == 0 {
            let nu = model.log_nu[0].exp();
            println!("step {step:5}   residual {:9.3e}   ν {nu:.5}", equation.value());
        }
        equation.backward(&mut gradient);
        if options.inverse {
            let inputs = BurgersInputs { x: &measured.x, t: &measured.t };
            let outputs = model.forward_batch(inputs, &mut measured_pass)?;
            outputs.loss(Measurement::default(), &measured.u)?.backward(&mut of_measured);
            gradient.add(&of_measured, 30.0);
        }
        let progress = f64::from(step) / f64::from(options.steps);
        adam.set_rule(Adam { lr: 1e-2 * 0.01f64.powf(progress), ..Adam::default() })?;
        adam.step(&mut model, &gradient);
    }
    let file = options.data.map(|data| read(&data.join("burgers.npz")));
    let expected = file.unwrap_or_else(|| Ok(drawn(5000, &mut rng)))?;
    println!("\nν is {:.5}, and should be {:.5}", model.log_nu[0].exp(), 0.01 / PI);
    let off = 100.0 * error(&model, &expected)?;
    println!("relative L2 error of u: {off:.2}%; below 5%, the shock stands where it should");
    Ok(())
}

/// How far the network is from the solution, as a share of it.
fn error(model: &BurgersOf<f64>, expected: &Solution) -> Result<f64, Box<dyn Error>> {
    let Solution { x, t, u } = expected;
    let mut pass = BurgersOf::pass(u.len());
    let outputs = model.evaluate(BurgersInputs { x, t }, &mut pass)?;
    let off: f64 = outputs.u.iter().zip(u).map(|(found, u)| (found - u).powi(2)).sum();
    Ok((off / u.iter().map(|u| u * u).sum::<f64>()).sqrt())
}

fn row<R: Rng>(count: usize, least: f64, rng: &mut R) -> Row {
    Row::from_fn_generic(Const, Dyn(count), |_, _| rng.random_range(least..1.0))
}

fn drawn<R: Rng>(count: usize, rng: &mut R) -> Solution {
    let (x, t) = (row(count, -1.0, rng), row(count, 0.0, rng));
    let u = x.iter().zip(&t).map(|(&x, &t)| solution(x, t)).collect();
    Solution { x, t, u }
}

/// u by the substitution of Cole and Hopf: the mean of a sine under a weight, here by a sum over places.
fn solution(x: f64, t: f64) -> f64 {
    let nu = 0.01 / PI;
    let (mut sum, mut weights) = (0.0, 0.0);
    for k in -900..=900 {
        let z = f64::from(k) / 60.0;
        let from = PI * (x - (4.0 * nu * t).sqrt() * z);
        let weight = (-z * z - (1.0 + from.cos()) / (2.0 * PI * nu)).exp();
        sum -= from.sin() * weight;
        weights += weight;
    }
    sum / weights
}

/// The numbers of NumPy's array of 100 × 256, not compressed, behind its name and a header of 128 bytes.
fn read(path: &Path) -> Result<Solution, Box<dyn Error>> {
    let bytes = std::fs::read(path)?;
    let name = b"usol.npy";
    let at = bytes.windows(name.len()).position(|window| window == name);
    let numbers = at.and_then(|at| bytes[at + name.len()..].get(128..128 + 8 * 25_600));
    let numbers = numbers.ok_or("no `usol.npy` of 256 × 100 numbers, or a compressed one")?;
    let u = numbers.as_chunks().0.iter().map(|&eight| f64::from_le_bytes(eight)).collect();
    let x = Row::from_fn_generic(Const, Dyn(25_600), |_, k| (k % 256) as f64 * 2.0 / 255.0 - 1.0);
    let t = Row::from_fn_generic(Const, Dyn(25_600), |_, k| (k / 256) as f64 / 100.0);
    Ok(Solution { x, t, u })
}
