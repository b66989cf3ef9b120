//! The gradients of the generated code against finite differences, in f64: every activation, layer
//! and loss, and whole networks of three depths.

use nalgebra::{Const, Dyn};
use tapeless::loss::{Accepts, Loss};
use tapeless::prelude::*;

const BATCH: usize = 3;

/// Random-looking numbers between −1 and 1.
fn numbers(count: usize, salt: usize) -> Vec<f64> {
    (0..count).map(|k| ((k * 7919 + salt * 104_729 + 13) % 2003) as f64 / 1001.0 - 1.0).collect()
}

fn inputs<N: Network<Scalar = f64>>() -> Vec<f64> {
    numbers(BATCH * features::<N::Inputs>(), 1)
}

fn features<D: nalgebra::DimName>() -> usize {
    D::DIM
}

fn view<D: nalgebra::DimName>(values: &[f64]) -> SamplesView<'_, f64, D> {
    SamplesView::from_slice_generic(values, D::name(), Dyn(values.len() / D::DIM))
}

/// A network whose parameters are all different.
fn model<N: Network<Scalar = f64>>() -> Box<N> {
    let mut model = N::zeros();
    let values = numbers(model.as_slice().len(), 2);
    model.as_mut_slice().copy_from_slice(&values);
    model
}

/// Every parameter's gradient against the 5-point rule, whose error is of the order of h⁴.
fn check<N: Network<Scalar = f64>>(gradient: &N, objective: impl Fn(&N) -> f64) {
    let step = 1e-3;
    let mut model = model::<N>();
    let largest = gradient.as_slice().iter().fold(1.0f64, |largest, g| largest.max(g.abs()));
    assert!(!gradient.as_slice().is_empty());
    for at in 0..gradient.as_slice().len() {
        let mut moved = |steps: f64| {
            let before = model.as_slice()[at];
            model.as_mut_slice()[at] = before + steps * step;
            let value = objective(&model);
            model.as_mut_slice()[at] = before;
            value
        };
        let near = 8.0 * (moved(1.0) - moved(-1.0));
        let far = moved(2.0) - moved(-2.0);
        let expected = (near - far) / (12.0 * step);
        let found = gradient.as_slice()[at];
        let error = (found - expected).abs() / largest;
        assert!(error <= 1e-8, "parameter {at}: {found} is not {expected}");
    }
}

/// Checks the vector–Jacobian product with a fixed vector.
fn check_projection<N: Network<Scalar = f64>>() {
    let inputs = inputs::<N>();
    let weights = numbers(BATCH * features::<N::Outputs>(), 3);
    let mut pass = N::pass(BATCH);
    let mut gradient = N::zeros();
    let model = model::<N>();
    let outputs = model.forward_batch(view(&inputs), &mut pass).unwrap();
    outputs.backward(view::<N::Outputs>(&weights), &mut gradient).unwrap();
    check(&*gradient, |model: &N| {
        let mut pass = N::pass(BATCH);
        let outputs = model.forward_batch(view(&inputs), &mut pass).unwrap();
        outputs.values().iter().zip(&weights).map(|(y, weight)| y * weight).sum()
    });
}

/// Checks a loss's gradient through a network.
fn check_loss<N, L, Y>(loss: L, target: &Y)
where
    N: Network<Scalar = f64>,
    L: Loss<f64, Y> + Accepts<N::Meaning> + Copy,
    Y: ?Sized,
{
    let inputs = inputs::<N>();
    let mut pass = N::pass(BATCH);
    let mut gradient = N::zeros();
    let model = model::<N>();
    let outputs = model.forward_batch(view(&inputs), &mut pass).unwrap();
    outputs.loss(loss, target).unwrap().backward(&mut gradient);
    check(&*gradient, |model: &N| {
        let mut pass = N::pass(BATCH);
        let outputs = model.forward_batch(view(&inputs), &mut pass).unwrap();
        outputs.loss(loss, target).unwrap().value()
    });
}

network! {
    Relu< linear(3, 4); relu; linear(2) >
    LeakyRelu< linear(3, 4); leaky_relu; linear(2) >
    LeakyReluSteep< linear(3, 4); leaky_relu(0.3); linear(2) >
    Sigmoid< linear(3, 4); sigmoid; linear(2) >
    Tanh< linear(3, 4); tanh; linear(2) >
    Softplus< linear(3, 4); softplus; linear(2) >
    SoftplusSharp< linear(3, 4); softplus(3.0, threshold = 2.0); linear(2) >
    Gelu< linear(3, 4); gelu; linear(2) >
    Silu< linear(3, 4); silu; linear(2) >
    Elu< linear(3, 4); elu; linear(2) >
    EluHalf< linear(3, 4); elu(alpha = 0.5); linear(2) >
    Softmax< linear(3, 4); softmax; linear(2) >
    SoftmaxOfRows< input(3, 2); softmax; flatten; linear(2) >
    Linear< linear(3, 2) >
    Flatten< flatten(2, 2, 3); linear(2); flatten >

    OneLayer< linear(3, 4) >
    ThreeLayers< linear(3, 5); tanh; linear(4); sigmoid; linear(4) >
    SixLayers<
        input(2, 3);
        flatten;
        first: linear(5);
        gelu;
        linear(7);
        silu;
        linear(5);
        softmax;
        linear(6);
        elu;
        linear(4);
        softplus;
        last: linear(4);
    >
}

#[test]
fn every_activation_and_layer() {
    check_projection::<ReluOf<f64>>();
    check_projection::<LeakyReluOf<f64>>();
    check_projection::<LeakyReluSteepOf<f64>>();
    check_projection::<SigmoidOf<f64>>();
    check_projection::<TanhOf<f64>>();
    check_projection::<SoftplusOf<f64>>();
    check_projection::<SoftplusSharpOf<f64>>();
    check_projection::<GeluOf<f64>>();
    check_projection::<SiluOf<f64>>();
    check_projection::<EluOf<f64>>();
    check_projection::<EluHalfOf<f64>>();
    check_projection::<SoftmaxOf<f64>>();
    check_projection::<SoftmaxOfRowsOf<f64>>();
    check_projection::<LinearOf<f64>>();
    check_projection::<FlattenOf<f64>>();
}

#[test]
fn networks_of_three_depths() {
    check_projection::<OneLayerOf<f64>>();
    check_projection::<ThreeLayersOf<f64>>();
    check_projection::<SixLayersOf<f64>>();
}

#[test]
fn every_loss() {
    let labels = [2u8, 0, 3];
    let smoothed = CrossEntropy { label_smoothing: 0.1 };
    let targets = Samples::<f64, Const<4>>::from_vec_generic(Const, Dyn(BATCH), numbers(12, 5));
    check_loss::<OneLayerOf<f64>, _, _>(CrossEntropy::default(), &labels);
    check_loss::<ThreeLayersOf<f64>, _, _>(CrossEntropy::default(), &labels);
    check_loss::<SixLayersOf<f64>, _, _>(CrossEntropy::default(), &labels);
    check_loss::<SixLayersOf<f64>, _, _>(smoothed, &labels);
    check_loss::<OneLayerOf<f64>, _, _>(MeanSquaredError::default(), &targets);
    check_loss::<ThreeLayersOf<f64>, _, _>(MeanSquaredError::default(), &targets);
    check_loss::<SixLayersOf<f64>, _, _>(MeanSquaredError::default(), &targets);
}
