//! Gradients of generated code against the 5-point rule, in f64.

use nalgebra::DimName;
use tapeless::loss::{Accepts, Loss};
use tapeless::prelude::*;

pub use crate::differences::{BATCH, numbers, view};
use crate::differences::{check, model, unset};

fn inputs<N: Chain<Scalar = f64>>() -> Vec<f64> {
    numbers(BATCH * features::<N::Inputs>(), 1)
}

fn features<D: DimName>() -> usize {
    D::DIM
}

/// Checks the vector–Jacobian product with a fixed vector.
pub fn check_projection<N: Chain<Scalar = f64>>() {
    let inputs = inputs::<N>();
    let weights = numbers(BATCH * features::<N::Outputs>(), 3);
    let mut pass = N::pass(BATCH);
    let mut gradient = unset::<N>();
    let model = model::<N>();
    let outputs = model.forward_batch(view(&inputs), &mut pass).unwrap();
    outputs.backward(view::<N::Outputs>(&weights), &mut gradient).unwrap();
    check(&*gradient, |model: &N| {
        pass.set_seed(0);
        let outputs = model.forward_batch(view(&inputs), &mut pass).unwrap();
        outputs.values().iter().zip(&weights).map(|(y, weight)| y * weight).sum()
    });
}

/// Checks a loss's gradient through a network.
pub fn check_loss<N, L, Y, K>(loss: L, target: &Y)
where
    N: Chain<Scalar = f64>,
    L: Loss<f64, Y, K> + Accepts<N::Meaning> + Copy,
    Y: ?Sized,
{
    let inputs = inputs::<N>();
    let mut pass = N::pass(BATCH);
    let mut gradient = unset::<N>();
    let model = model::<N>();
    let outputs = model.forward_batch(view(&inputs), &mut pass).unwrap();
    outputs.loss(loss, target).unwrap().backward(&mut gradient);
    check(&*gradient, |model: &N| {
        let outputs = model.forward_batch(view(&inputs), &mut pass).unwrap();
        outputs.loss(loss, target).unwrap().value()
    });
}

/// A test for each network: its gradients against differences.
macro_rules! checks {
    ($($name:ident: $network:ident;)*) => {$(
        #[test]
        fn $name() {
            crate::finite_differences::check_projection::<$network<f64>>();
        }
    )*};
}

pub(crate) use checks;
