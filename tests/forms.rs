//! Every form of a declaration.
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs)]

use tapeless::prelude::*;

network! {
    /// Hidden units of both networks.
    pub const HIDDEN: usize = 4 * (3 + 1);
    const OUTPUTS: usize = HIDDEN / 8;

    /// A network with attributes, labels, constants and arithmetic.
    #[allow(dead_code)]
    pub Named<
        first: linear(2 + 1, HIDDEN);
        relu;
        hidden: linear(HIDDEN * 2);
        leaky_relu(negative_slope = 0.2);
        linear(OUTPUTS);
    >

    pub(crate) Shaped< input(2, 3); flatten; linear(4); softplus(2.0); softmax >;
    Inferred< flatten; linear(6, 4); relu; linear(2) >
    Parameterless< input(3); tanh >
}

mod unnamed {
    tapeless::network! { < linear(2, 1) > }

    pub fn outputs() -> usize {
        let network = <Network as tapeless::network::Network>::new(&mut tapeless::prelude::seed(0));
        network.forward(&tapeless::prelude::SVector::zeros()).len()
    }
}

#[test]
fn every_form_declares_a_network() {
    let mut rng = seed(0);
    let named = Named::new(&mut rng);
    assert_eq!(named.first.weight.shape(), (3, HIDDEN));
    assert_eq!(named.hidden.bias.len(), 32);
    assert_eq!(named.linear4.weight.ncols(), OUTPUTS);
    let y = NamedOf::<f64>::new(&mut rng).forward(&SVector::from([1.0, 2.0, 3.0]));
    assert_eq!(y.len(), 2);
    assert_eq!(Shaped::new(&mut rng).forward(&SVector::zeros()).len(), 4);
    assert_eq!(Inferred::new(&mut rng).linear1.weight.shape(), (6, 4));
    let y = Parameterless::new(&mut rng).forward(&SVector::from([0.0, 1.0, -1.0]));
    assert!((y[1] - 1.0f32.tanh()).abs() < 1e-6);
    assert_eq!(unnamed::outputs(), 1);
    assert!(format!("{named:?}").starts_with("Named"));
    assert!(Named::explain().contains("leaky_relu"));
}
