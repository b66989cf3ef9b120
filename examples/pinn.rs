//! A network that solves a differential equation: u″(x) = −π² sin(πx) with u(0) = u(1) = 0, whose
//! solution is sin(πx). It never sees a value of the solution inside: the loss is the equation
//! itself, on a derivative that the network computes, and u = 0 at both ends.
//!
//! ```sh
//! cargo run --example pinn
//! ```

use std::f64::consts::PI;

use nalgebra::Dyn;
use tapeless::prelude::*;
use textplots::{Chart, Plot, Shape};

/// Points at which the equation is to hold.
const POINTS: usize = 64;

/// Steps of training.
const STEPS: u32 = 3000;

/// How much the ends count beside the equation.
const END_WEIGHT: f64 = 100.0;

network! {
    /// The solution u(x), a smooth function of one number, and its curvature.
    Solution {
        input x;
        u = <linear(32); tanh; linear(32); tanh; linear(1)>(x);
        output u;
        output curvature = d(d(u, x), x);
    }

    /// u″ is what the equation says.
    loss equation(curvature[k: K]; wanted) = sum(k: (curvature[k] - wanted)^2);
    /// u is 0.
    loss boundary(u[k: K]; wanted) = sum(k: (u[k] - wanted)^2);
}

type Column = Samples<f64, Const<1>>;

fn column(count: usize, value: impl Fn(f64) -> f64) -> Column {
    let place = |k: usize| k as f64 / (count - 1) as f64;
    Column::from_fn_generic(Const, Dyn(count), |_, k| value(place(k)))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (inside, wanted) = (column(POINTS, |x| x), column(POINTS, |x| -PI * PI * (PI * x).sin()));
    let (ends, zeros) = (column(2, |x| x), column(2, |_| 0.0));

    let mut model = SolutionOf::<f64>::new(&mut seed(0));
    let (mut gradient, mut end_gradient) = (SolutionOf::zeros(), SolutionOf::zeros());
    let (mut pass, mut end_pass) = (SolutionOf::pass(POINTS), SolutionOf::pass(2));
    let mut adam = Adam { lr: 5e-3, ..Adam::default() }.over(&model)?;
    for step in 0..STEPS {
        let outputs = model.forward_batch(&inside, &mut pass)?;
        let equation = outputs.loss(Equation::default(), &wanted)?;
        let outputs = model.forward_batch(&ends, &mut end_pass)?;
        let boundary = outputs.loss(Boundary::default(), &zeros)?;
        if step % 500 == 0 {
            println!(
                "step {step:4}   equation {:9.3e}   ends {:9.3e}",
                equation.value(),
                boundary.value()
            );
        }
        equation.backward(&mut gradient);
        boundary.backward(&mut end_gradient);
        gradient.add(&end_gradient, END_WEIGHT);
        let progress = f64::from(step) / f64::from(STEPS);
        adam.set_rule(Adam { lr: 5e-3 * 0.01f64.powf(progress), ..Adam::default() })?;
        adam.step(&mut model, &gradient);
    }

    let u = |x: f64| model.forward(&SVector::from([x])).u[0];
    let error = |x: f64| (u(x) - (PI * x).sin()).abs();
    let largest = (0..=1000).map(|k| error(f64::from(k) / 1000.0)).fold(0.0, f64::max);
    println!("\nu(x), as the network has it, on [0, 1]:");
    #[expect(clippy::cast_possible_truncation, reason = "charts are drawn in f32")]
    let drawn = Shape::Continuous(Box::new(|x| u(f64::from(x)) as f32));
    Chart::new(120, 50, 0.0, 1.0).lineplot(&drawn).nice();
    println!("largest distance from sin(πx): {largest:.1e}");
    Ok(())
}
