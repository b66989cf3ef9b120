//! Five programs that train through derivatives, each a declaration and a training loop of less than 25 lines: a
//! learned coefficient of Burgers' equation, Poisson's equation in two dimensions, a Hamiltonian network, the
//! Korteweg–de Vries equation with its third derivative, and a penalty on a Jacobian. Each is held against what
//! is known to be right.
//!
//! ```sh
//! cargo run --release --example equations              # all of them, within a minute
//! cargo run --release --example equations -- poisson   # one
//! ```

mod burgers;
mod exact;
mod hamiltonian;
mod jacobian_penalty;
mod korteweg_de_vries;
mod poisson;

use std::error::Error;
use std::ops::Range;

use clap::{Parser, ValueEnum};
use hamiltonian::{PendulumInputs, PendulumOf};
use jacobian_penalty::SmoothOf;
use korteweg_de_vries::KortewegDeVriesInputs;
use poisson::PoissonInputs;
use rand::RngExt;
use tapeless::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Program {
    Burgers,
    Poisson,
    Hamiltonian,
    KortewegDeVries,
    JacobianPenalty,
}

/// Programs that train through derivatives.
#[derive(Parser)]
struct Options {
    /// The programs to run; all of them, if none is named
    programs: Vec<Program>,
    /// Steps of training
    #[arg(long, default_value_t = 10_000)]
    steps: u32,
    /// Seed of the parameters
    #[arg(long, default_value_t = 0)]
    seed: u64,
}

impl Options {
    /// The learning rate of a step, which falls to a hundredth; five times a line says how the loss goes.
    fn rate(&self, step: u32, loss: f64) -> f64 {
        if step.is_multiple_of(self.steps.div_ceil(5)) {
            println!("  step {step:5}   loss {loss:9.3e}");
        }
        1e-2 * 0.01f64.powf(f64::from(step) / f64::from(self.steps))
    }
}

type Row = Samples<f64, Const<1>>;
type Trained<N> = Result<Box<N>, Box<dyn Error>>;

/// 256 points of the ranges, others in each step.
fn points<const N: usize>(ranges: [Range<f64>; N], step: u32) -> [Row; N] {
    let mut rng = seed(u64::from(step));
    ranges.map(|range| Row::from_fn(256, |_, _| rng.random_range(range.clone())))
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    for &program in Program::value_variants() {
        if options.programs.is_empty() || options.programs.contains(&program) {
            println!("{program:?}");
            println!("  {}\n", outcome(program, &options)?);
        }
    }
    Ok(())
}

/// Trains, and says how far the result is from what is right.
fn outcome(program: Program, options: &Options) -> Result<String, Box<dyn Error>> {
    Ok(match program {
        Program::Burgers => {
            let nu = burgers::train(options)?.nu[0];
            let off = (nu - exact::NU).abs() / exact::NU;
            format!(
                "ν is {nu:.5}, learned from values of u, and should be {}: {off:.1e} off",
                exact::NU
            )
        }
        Program::Poisson => {
            let model = poisson::train(options)?;
            let u = |x, y| model.forward(PoissonInputs { x: &one(x), y: &one(y) }).u[0];
            let off = exact::distance([0.0..1.0, 0.0..1.0], u, exact::membrane);
            format!("u is sin(πx)·sin(πy) within {off:.1e}: the equation was enough to find it")
        }
        Program::Hamiltonian => {
            let model = hamiltonian::train(options)?;
            let changed = exact::change_of_energy([2.0, 0.0], |at| motion(&model, at));
            format!(
                "in 100 s of swinging, the energy changes by {changed:.1e}, of the 2 between bottom and top: it lasts"
            )
        }
        Program::KortewegDeVries => {
            let model = korteweg_de_vries::train(options)?;
            let u = |x, t| model.forward(KortewegDeVriesInputs { x: &one(x), t: &one(t) }).u[0];
            let off = exact::distance([-10.0..10.0, 0.0..1.0], u, exact::wave);
            format!("the wave travels at the speed 1 and keeps its shape, within {off:.1e}")
        }
        Program::JacobianPenalty => {
            let [without, with] = [0.0, 0.01].map(|penalty| off_with(penalty, options));
            let (without, with) = (100.0 * without?, 100.0 * with?);
            format!(
                "off by {without:.0}% without the penalty, which learns the noise too, and {with:.0}% with it"
            )
        }
    })
}

fn one(number: f64) -> SVector<f64, 1> {
    [number].into()
}

/// How the angle and the momentum of a pendulum change.
fn motion(model: &PendulumOf<f64>, [q, p]: [f64; 2]) -> [f64; 2] {
    let outputs = model.forward(PendulumInputs { q: &one(q), p: &one(p) });
    [outputs.dq[0], outputs.dp[0]]
}

/// How far a function is from the one whose noisy measurements it has learned, at other places.
fn off_with(penalty: f64, options: &Options) -> Result<f64, Box<dyn Error>> {
    let model = jacobian_penalty::train(options, &exact::measured(150, 0.2, 1), penalty)?;
    let (others, mut pass) = (exact::measured(1000, 0.0, 2), SmoothOf::pass(1000));
    let y = model.evaluate(&others.x, &mut pass)?.y;
    Ok((y - &others.y).norm() / others.y.norm())
}
