//! Every layer in a crate that forbids what it can, under clippy pedantic without exceptions: `.ci`
//! lints this file.
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, unused, future_incompatible, missing_debug_implementations)]
#![deny(clippy::all, clippy::pedantic)]

use tapeless::prelude::*;

network! {
    /// A number that the sizes below use.
    pub const WIDTH: usize = 2 ^ 3;

    /// A learned slope.
    activation slope(x; learn a = 0.5) = a * x;

    /// A declared loss.
    pub loss sharp(p, t; power = 4) = (p - t)^4 * power;

    /// Every activation.
    #[cfg(not(any()))]
    pub Strict<
        input(2, 6);
        flatten;
        first: linear(WIDTH);
        relu; relu6; leaky_relu; prelu; sigmoid; log_sigmoid; tanh; tanhshrink; softplus(2.0);
        softsign; gelu; gelu_tanh; silu; mish; elu; celu(0.5); selu; hardtanh; hardsigmoid;
        hardswish; hardshrink; softshrink; threshold; slope; glu; log_softmax; softmax;
        r#type: linear(3);
    >

    /// A network that the configuration leaves out.
    #[cfg(any())]
    Absent< linear(2, 1) >
}

#[test]
fn strict_networks_run() {
    let model = Strict::new(&mut seed(0));
    assert_eq!(WIDTH, 8);
    assert_eq!(model.first.bias.len(), WIDTH);
    assert_eq!(model.r#type.bias.len(), 3);
    assert!(model.forward(&SVector::from_element(0.1)).iter().all(|y| y.is_finite()));
    assert!(Strict::PARAMETERS.iter().any(|info| info.name == "type.weight"));
    assert!((Sharp::default().power - 4.0).abs() < 1e-12);
}
