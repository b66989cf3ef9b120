//! The gradients of the generated code against finite differences, in f64: every activation, layer
//! and loss, and whole networks of three depths.

use crate::finite_differences::{BATCH, check_loss, check_projection, numbers};
use nalgebra::Dyn;
use tapeless::prelude::*;

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
    let smoothed = CrossEntropy { label_smoothing: 0.1, ..CrossEntropy::default() };
    let targets = Samples::<f64, Const<4>>::from_vec_generic(Const, Dyn(BATCH), numbers(12, 5));
    check_loss::<OneLayerOf<f64>, _, _, _>(CrossEntropy::default(), &labels);
    check_loss::<ThreeLayersOf<f64>, _, _, _>(CrossEntropy::default(), &labels);
    check_loss::<SixLayersOf<f64>, _, _, _>(CrossEntropy::default(), &labels);
    check_loss::<SixLayersOf<f64>, _, _, _>(smoothed, &labels);
    check_loss::<OneLayerOf<f64>, _, _, _>(MeanSquaredError::default(), &targets);
    check_loss::<ThreeLayersOf<f64>, _, _, _>(MeanSquaredError::default(), &targets);
    check_loss::<SixLayersOf<f64>, _, _, _>(MeanSquaredError::default(), &targets);
}
