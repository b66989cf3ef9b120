//! Losses with structure: of two samples of one batch. Against plain Rust, by differences, and fast against
//! plain loops.

#[path = "gradients/differences.rs"]
mod differences;

use differences::{BATCH, check, model, numbers, unset, view};
use tapeless::loss::{Accepts, LossError, LossOn, MeanSquaredError, OnOutput};
use tapeless::network::Network;
use tapeless::prelude::*;

const BATCHES: [usize; 5] = [1, 2, 3, 17, 33];

/// The declarations, and what each loss and its gradient on the parameters are.
macro_rules! losses_of_pairs {
    ($($network:ident)::*) => {
        use super::*;

        $($network)::*! {
            pub Twin {
                input image[i: 3];
                input text[i: 2];
                output p = linear(3)(image);
                output q = <linear(3); tanh>(text);
            }
            /// Each p belongs to the q of its own sample.
            pub loss info_nce(p[c: C], q[c: C];; temperature = 0.5) {
                all = sum(m in batch: exp(sum(c: p[c] * q[m, c]) / temperature));
                y = ln(all) - sum(c: p[c] * q[c]) / temperature;
            }
            /// The samples of one label are near each other, the others a margin away.
            pub loss hardest(p[c: C]; label: class; margin = 1) {
                far  = max(m in batch: if label[m] == label { sum(c: (p[c] - p[m, c])^2) } else { 0 });
                near = min(m in batch: if label[m] == label { 9 } else { sum(c: (p[c] - p[m, c])^2) });
                y = max(0, margin + far - near);
            }
            /// No sample is like another.
            pub loss apart(p[c: C];) =
                sum(m in batch: if m == this { 0 } else { exp(-sum(c: (p[c] - p[m, c])^2)) });
        }

        fn given(batch: usize) -> [Vec<f64>; 2] {
            [numbers(3 * batch, 1), numbers(2 * batch, 2)]
        }

        /// What p and q are, a vector a sample.
        pub fn outputs(batch: usize) -> [Vec<Vec<f64>>; 2] {
            let ([image, text], mut pass) = (given(batch), TwinOf::pass(batch));
            let inputs = TwinInputs { image: view::<Const<3>>(&image), text: view::<Const<2>>(&text) };
            let model = model::<TwinOf<f64>>();
            let outputs = model.forward_batch(inputs, &mut pass).unwrap();
            let TwinOutputs { p, q } = outputs.values();
            [p.as_slice(), q.as_slice()].map(|all| all.chunks(3).map(<[f64]>::to_vec).collect())
        }

        fn evaluated<L, Y: ?Sized, K>(loss: L, target: &Y, batch: usize) -> (f64, Vec<f64>)
        where
            L: LossOn<TwinOf<f64>, Y, K> + Accepts<<TwinOf<f64> as Network>::Meaning> + Copy,
        {
            let ([image, text], mut pass) = (given(batch), TwinOf::pass(batch));
            let inputs = || TwinInputs { image: view::<Const<3>>(&image), text: view::<Const<2>>(&text) };
            let (model, mut gradient) = (model::<TwinOf<f64>>(), unset::<TwinOf<f64>>());
            let outputs = model.forward_batch(inputs(), &mut pass).unwrap();
            let value = outputs.loss(loss, target).unwrap();
            let result = value.value();
            value.backward(&mut gradient);
            check(&*gradient, |model: &TwinOf<f64>| {
                let mut outputs = model.forward_batch(inputs(), &mut pass).unwrap();
                outputs.loss_value(loss, target).unwrap()
            });
            (result, gradient.as_slice().to_vec())
        }

        /// Three losses, with their gradients.
        pub fn losses(batch: usize) -> [(f64, Vec<f64>); 3] {
            let labels: Vec<usize> = (0..batch).map(|sample| sample % 3).collect();
            [
                evaluated(InfoNce::default(), &(), batch),
                evaluated(Hardest::default(), &labels, batch),
                evaluated(Apart::default(), &(), batch),
            ]
        }
    };
}

/// As compiled.
pub mod fast {
    losses_of_pairs!(tapeless::network);
}

/// As plain loops.
pub mod plain {
    losses_of_pairs!(tapeless::__private::network_as_loops);
}

fn product(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn square_distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum()
}

/// What the equations say.
fn expected(batch: usize) -> [f64; 3] {
    let [p, q] = fast::outputs(batch);
    let others = |n: usize, same: bool| (0..batch).filter(move |m| (m % 3 == n % 3) == same);
    let distance = |n: usize| {
        let p = &p;
        move |m: usize| square_distance(&p[n], &p[m])
    };
    let of_sample = |n: usize| {
        let all: f64 = q.iter().map(|q| (product(&p[n], q) / 0.5).exp()).sum();
        let far = others(n, true).map(distance(n)).fold(0.0, f64::max);
        let near = others(n, false).map(distance(n)).fold(9.0, f64::min);
        let apart: f64 = (0..batch).filter(|&m| m != n).map(|m| (-distance(n)(m)).exp()).sum();
        [all.ln() - product(&p[n], &q[n]) / 0.5, (1.0 + far - near).max(0.0), apart]
    };
    let all = (0..batch).map(of_sample);
    all.fold([0.0; 3], |sum, one| [0, 1, 2].map(|at| sum[at] + one[at] / batch as f64))
}

#[test]
fn losses_of_two_samples_are_their_equations() {
    for batch in BATCHES {
        let (found, plain) = (fast::losses(batch), plain::losses(batch));
        for (at, expected) in expected(batch).into_iter().enumerate() {
            let (value, gradient) = &found[at];
            assert!(
                (value - expected).abs() < 1e-12 * (1.0 + expected.abs()),
                "{at}: {value} {expected}"
            );
            assert!((value - plain[at].0).abs() < 1e-12 * (1.0 + expected.abs()));
            for (found, plain) in gradient.iter().zip(&plain[at].1) {
                assert!(
                    (found - plain).abs() < 1e-11 * (1.0 + plain.abs()),
                    "{at}: {found} {plain}"
                );
            }
        }
    }
}

#[test]
fn what_does_not_fit_is_a_typed_error() {
    let model = model::<fast::TwinOf<f64>>();
    let loss = OnOutput("r", MeanSquaredError::default());
    let mut numbers = [0.0; 12];
    let (outputs, gradient) = numbers.split_at_mut(6);
    let found = evaluated(&*model, &loss, &[0.0; BATCH], [&*outputs, &[]], gradient);
    assert_eq!(found.unwrap_err().to_string(), "the network has no output `r`; there are p, q");
    let loss = fast::InfoNce::default();
    let found = evaluated(&*model, &loss, &(), [&[0.0; 7], &[]], gradient);
    assert_eq!(found, Err(LossError::Lengths { features: 6, outputs: 7, gradients: 6 }));
    let found = evaluated(&*model, &loss, &(), [&[0.0; 6], &[]], gradient);
    assert!(matches!(found, Err(LossError::Memory { found: 0, .. })));
}

/// A loss of one sample of outputs, in the memory that is given.
fn evaluated<N: Network<Scalar = f64>, L: LossOn<N, Y, K>, Y: ?Sized, K>(
    _model: &N,
    loss: &L,
    target: &Y,
    [outputs, memory]: [&[f64]; 2],
    gradient: &mut [f64],
) -> Result<f64, LossError> {
    loss.evaluate_on(1, outputs, target, gradient, &mut memory.to_vec())
}
