//! Chains of three inputs and two outputs: kernels against plain loops, and gradients against the 5-point rule.

#[path = "differences.rs"]
pub mod differences;

use differences::{model, numbers, unset, view};
use nalgebra::DimName;
use tapeless::prelude::*;

/// Outputs and gradients for a batch.
pub fn run<N: Chain<Scalar = f64>>(batch: usize) -> [Vec<f64>; 2] {
    let (model, mut pass, mut gradient) = (model::<N>(), N::pass(batch), unset::<N>());
    let inputs = numbers(batch * N::Inputs::DIM, 1);
    let weights = numbers(batch * N::Outputs::DIM, 3);
    let outputs = model.forward_batch(view(&inputs), &mut pass).unwrap();
    let values = outputs.values().iter().copied().collect();
    outputs.backward(view::<N::Outputs>(&weights), &mut gradient).unwrap();
    [values, gradient.as_slice().to_vec()]
}

pub fn assert_close(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    let largest = expected.iter().fold(1.0f64, |most, one| most.max(one.abs()));
    for (a, b) in found.iter().zip(expected) {
        assert!((a - b).abs() <= 1e-12 * largest, "{a} is not {b}");
    }
}

/// The networks of the macro `networks` in two modules.
macro_rules! fast_and_plain {
    () => {
        /// As plain loops.
        pub mod plain {
            networks!(tapeless::__private::network_as_loops);
        }
        /// With kernels.
        pub mod fast {
            networks!(tapeless::network);
        }
    };
}

/// A test for each network of the modules `fast` and `plain`, which are in scope.
macro_rules! chains {
    ($($name:ident: $network:ident;)*) => {$(
        #[test]
        fn $name() {
            use $crate::chains::differences::{BATCH, check, numbers, unset, view};
            use $crate::chains::{assert_close, run};
            for batch in [1, 2, 3, 17] {
                let [values, gradient] = run::<fast::$network<f64>>(batch);
                let [expected, expected_gradient] = run::<plain::$network<f64>>(batch);
                assert_close(&values, &expected);
                assert_close(&gradient, &expected_gradient);
            }
            let (inputs, mut pass) = (numbers(3 * BATCH, 1), fast::$network::pass(BATCH));
            let weights = numbers(2 * BATCH, 3);
            let [_, gradient] = run::<fast::$network<f64>>(BATCH);
            let mut found = unset::<fast::$network<f64>>();
            found.as_mut_slice().copy_from_slice(&gradient);
            check(&*found, |model: &fast::$network<f64>| {
                let outputs = model.forward_batch(view::<Const<3>>(&inputs), &mut pass).unwrap();
                outputs.values().iter().zip(&weights).map(|(y, weight)| y * weight).sum()
            });
        }
    )*};
}
