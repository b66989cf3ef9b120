//! What the programs should find.

use std::f64::consts::PI;
use std::ops::Range;

use rand::RngExt;
use rand_distr::StandardNormal;
use tapeless::prelude::*;

/// The coefficient of the front.
pub const NU: f64 = 0.1;

/// A front that travels at the speed ½, which solves Burgers' equation.
pub fn front(x: f64, t: f64) -> f64 {
    0.5 - 0.5 * ((x - 0.5 * t) / (4.0 * NU)).tanh()
}

/// The solution of Poisson's equation.
pub fn membrane(x: f64, y: f64) -> f64 {
    (PI * x).sin() * (PI * y).sin()
}

/// A solitary wave, which solves the Korteweg–de Vries equation.
pub fn wave(x: f64, t: f64) -> f64 {
    0.5 / ((x - t) / 2.0).cosh().powi(2)
}

/// The distance of a function from another as a share of that, over a grid of 51 × 51 points (relative L2).
pub fn distance(
    ranges: [Range<f64>; 2],
    found: impl Fn(f64, f64) -> f64,
    exact: impl Fn(f64, f64) -> f64,
) -> f64 {
    let [places, times] = ranges.map(|range| {
        let length = range.end - range.start;
        (0..=50).map(move |k| range.start + length * f64::from(k) / 50.0)
    });
    let (mut off, mut size) = (0.0, 0.0);
    for x in places {
        for t in times.clone() {
            off += (found(x, t) - exact(x, t)).powi(2);
            size += exact(x, t).powi(2);
        }
    }
    f64::sqrt(off / size)
}

/// The greatest change of a pendulum's energy ½p² − cos q in 100 s, moved in steps of Runge and Kutta.
pub fn change_of_energy(begin: [f64; 2], motion: impl Fn([f64; 2]) -> [f64; 2]) -> f64 {
    let energy = |[q, p]: [f64; 2]| 0.5 * p * p - q.cos();
    let along =
        |at: [f64; 2], by: [f64; 2], time: f64| [at[0] + time * by[0], at[1] + time * by[1]];
    let (step, mut at, mut most) = (0.05, begin, 0.0f64);
    for _ in 0..2000 {
        let first = motion(at);
        let second = motion(along(at, first, step / 2.0));
        let third = motion(along(at, second, step / 2.0));
        let fourth = motion(along(at, third, step));
        for (by, weight) in [(first, 1.0), (second, 2.0), (third, 2.0), (fourth, 1.0)] {
            at = along(at, by, step * weight / 6.0);
        }
        most = most.max((energy(at) - energy(begin)).abs());
    }
    most
}

/// Two functions of two numbers, measured at some places.
pub struct Measured {
    pub x: Samples<f64, Const<2>>,
    pub y: Samples<f64, Const<2>>,
}

/// sin 2a and a·b at so many places a, b, each with noise of this size.
pub fn measured(count: usize, noise: f64, from: u64) -> Measured {
    let mut rng = seed(from);
    let x = Samples::<f64, Const<2>>::from_fn(count, |_, _| rng.random_range(-1.0..1.0));
    let mut y = x.clone();
    for mut one in y.column_iter_mut() {
        let exact = [(2.0 * one[0]).sin(), one[0] * one[1]];
        one.copy_from_slice(&exact.map(|y| y + noise * rng.sample::<f64, _>(StandardNormal)));
    }
    Measured { x, y }
}
