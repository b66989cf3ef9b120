//! Networks that are no plain sequences: residuals, branches, repetitions, blocks and reuse.

use crate::finite_differences::checks;
use tapeless::prelude::*;

network! {
    block wide< linear(6); tanh >
    block bottleneck< linear(2); wide; residual { linear(6); gelu } >

    Residual< linear(3, 4); residual { linear(4); tanh; linear(4) } linear(2) >
    Projection< linear(3, 8); reshape(2, 2, 2); residual { conv2d(3, 2, padding = 1); relu } shortcut { skip: conv2d(3, 2, padding = 1) }; flatten; linear(2) >
    Parallel< linear(3, 4); parallel { linear(2); { linear(3); tanh }; softplus }; linear(2) >
    Sum< linear(3, 4); tanh; parallel(sum) { linear(5); { linear(2); linear(5) } }; linear(2) >
    Images< linear(3, 8); reshape(2, 2, 2); parallel { conv2d(3, 1); max_pool2d(1) }; flatten; linear(2) >
    Repeat< linear(3, 4); repeat _ in 0..3 { linear(4); residual { tanh } } linear(2) >
    Blocks< linear(3, 5); first: bottleneck; bottleneck; linear(2) >
    Shared< linear(3, 4); same: linear(4); tanh; reuse same; tanh; reuse same; linear(2) >
    SharedGroup< linear(3, 4); twice: residual { linear(4); inner: linear(4); tanh }; reuse twice; linear(2) >
    Dilated< input(2, 9); repeat i in 0..2 { conv1d(2, 2, dilation = 2^i); tanh } flatten; linear(2) >
    Pyramid< linear(3, 8); repeat i in 1..3 { repeat j in 0..i { linear(8 / i + j); tanh } } linear(2) >
    block turned(C, K[2]; stride[2] = 1, slope = 0.5)< conv2d(C, K, stride = stride); leaky_relu(slope) >
    block twice(C)< turned(C, 1); residual { small: turned(C, (1, 1), slope = 2^C / 8) } >
    Sized< linear(3, 12); reshape(1, 3, 4); turned(2, (2, 3), stride = (1, 1)); repeat i in 0..2 { twice(i + 2); } flatten; linear(2) >
    Labels< trunk: residual { up: linear(4, 8); relu; down: linear(4) }; head: linear(1) >
}

checks! {
    residual: ResidualOf;
    projection: ProjectionOf;
    parallel: ParallelOf;
    sum: SumOf;
    images: ImagesOf;
    repeat: RepeatOf;
    blocks: BlocksOf;
    dilated: DilatedOf;
    pyramid: PyramidOf;
    sized: SizedOf;
    shared: SharedOf;
    shared_group: SharedGroupOf;
}

fn keys<N: Network>() -> Vec<&'static str> {
    N::PARAMETERS.iter().map(|info| info.name).filter(|name| name.ends_with("weight")).collect()
}

#[test]
fn labels_reach_the_names_of_parameters() {
    assert_eq!(keys::<Labels>(), ["trunk.up.weight", "trunk.down.weight", "head.weight"]);
    let network = Labels::new(&mut seed(0));
    assert_eq!(network.trunk_up.weight.shape(), (4, 8));
    let network = Projection::new(&mut seed(0));
    assert_eq!(network.skip.weight.shape(), (8, 3));
    let expected = ["0.weight", "2.main.0.weight", "skip.weight", "4.weight"];
    assert_eq!(keys::<Projection>(), expected);
    let expected =
        ["0.weight", "1.0.0.0.0.weight", "1.1.0.0.0.weight", "1.1.0.1.0.weight", "2.weight"];
    assert_eq!(keys::<Pyramid>(), expected);
    let shapes = Pyramid::PARAMETERS.iter().map(|info| info.shape[0]).step_by(2);
    assert_eq!(shapes.collect::<Vec<_>>(), [8, 8, 4, 5, 2]);
    let expected = [
        "0.weight",
        "2.0.weight",
        "3.0.0.0.0.weight",
        "3.0.0.small.0.weight",
        "3.1.0.0.0.weight",
        "3.1.0.small.0.weight",
        "5.weight",
    ];
    assert_eq!(keys::<Sized>(), expected);
    let expected = ["0.weight", "1.0.0.weight", "1.1.0.weight", "1.2.0.weight", "2.weight"];
    assert_eq!(keys::<Repeat>(), expected);
    let expected = [
        "0.weight",
        "first.0.weight",
        "first.1.0.weight",
        "first.2.main.0.weight",
        "2.0.weight",
        "2.1.0.weight",
        "2.2.main.0.weight",
        "3.weight",
    ];
    assert_eq!(keys::<Blocks>(), expected);
    assert_eq!(keys::<Shared>(), ["0.weight", "same.weight", "6.weight"]);
    assert_eq!(keys::<SharedGroup>().len(), 4);
}

#[test]
fn ways_compute_what_they_say() {
    let network = ResidualOf::<f64>::new(&mut seed(3));
    let x = SVector::from([0.3, -0.7, 0.2]);
    let linear = |weight: &nalgebra::SMatrix<f64, 4, 4>,
                  bias: &SVector<f64, 4>,
                  x: SVector<f64, 4>| { weight.tr_mul(&x) + bias };
    let hidden = network.linear0.weight.tr_mul(&x) + network.linear0.bias;
    let first = linear(
        &network.residual1_main_linear0.weight,
        &network.residual1_main_linear0.bias,
        hidden,
    );
    let last = linear(
        &network.residual1_main_linear2.weight,
        &network.residual1_main_linear2.bias,
        first.map(f64::tanh),
    );
    let expected = network.linear2.weight.tr_mul(&(hidden + last)) + network.linear2.bias;
    assert!((network.forward(&x) - expected).norm() < 1e-12);
}
