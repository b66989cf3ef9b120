//! `PyTorch`'s names, shapes and memory: what a state dict and `parameters_to_vector` hold.

use nalgebra::SMatrix;
use tapeless::network::{Chain, ParameterInfo};
use tapeless::parameters::Parameters;

use crate::compare::{numbers, words};

tapeless::network! {
    Labelled<
        flatten(28, 28);
        hidden1: linear(784, 128);
        relu;
        hidden2: linear(128, 64);
        sigmoid;
        out: linear(64, 10);
    >
    Unlabelled<
        flatten(28, 28);
        linear(784, 128);
        relu;
        linear(128, 64);
        sigmoid;
        linear(64, 10);
    >
    Small< flatten(2, 3); linear(6, 4); relu; linear(4, 2) >
}

/// `hidden1.weight[128,784]`
fn described(parameter: &ParameterInfo) -> String {
    let sizes: Vec<String> = parameter.shape.iter().map(usize::to_string).collect();
    format!("{}[{}]", parameter.name, sizes.join(","))
}

pub fn assert_state_dict_matches<N: Chain>(name: &str) {
    let parameters: Vec<String> = N::PARAMETERS.iter().map(described).collect();
    assert_eq!(parameters, words(name).collect::<Vec<&str>>());
}

/// Scalars that say where they belong: `hundreds` for the layer, tens for the row of `PyTorch`'s
/// matrix and ones for its column.
fn weight<const I: usize, const O: usize>(hundreds: f64) -> SMatrix<f64, I, O> {
    SMatrix::from_fn(|input, output| hundreds + (10 * output + input) as f64)
}

#[test]
fn parameters_have_the_names_and_shapes_of_a_state_dict() {
    assert_state_dict_matches::<Labelled>("layout.labelled");
    assert_state_dict_matches::<Unlabelled>("layout.unlabelled");
}

#[test]
fn scalars_lie_in_the_order_of_parameters_to_vector() {
    let mut network = SmallOf::<f64>::zeros();
    network.linear1.weight = weight(100.0);
    network.linear1.bias = SMatrix::from_fn(|output, _| 1000.0 + output as f64);
    network.linear3.weight = weight(300.0);
    network.linear3.bias = SMatrix::from_fn(|output, _| 3000.0 + output as f64);
    assert_eq!(network.as_slice(), numbers("layout.scalars"));
}
