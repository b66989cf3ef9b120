//! Every layer in a crate that forbids what it can, under clippy pedantic without exceptions: `.ci`
//! lints this file.
#![forbid(unsafe_code, clippy::all, clippy::pedantic)]
#![deny(warnings, missing_docs, unused, future_incompatible, missing_debug_implementations)]

use tapeless::prelude::*;

network! {
    /// A number that the sizes below use.
    pub const WIDTH: usize = 2 ^ 3;

    /// A learned slope.
    activation slope(x; learn a = 0.5) = a * x;

    /// A declared loss.
    pub loss sharp(p; t; power = 4) = (p - t)^4 * power;

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

    /// A loss with a weight for each output, and one of two kinds of target.
    pub loss weighted(p[c: C]; t[c: C]; weight[c: C] = 1) = sum(c: weight[c] * (p[c] - t[c])^2);
    pub loss weighted(p[c: C]; label: class; weight[c: C] = 1) {
        samples = sum(c: if c == label { weight[c] } else { 0 });
        y = samples * sum(c: if c == label { p[c]^2 } else { 0 });
    }

    block steps< conv1d(4, 3, padding = 1); batch_norm1d; relu >

    /// An optimizer with states of each kind.
    pub optimizer rolling(w, g; lr = 0.1 in 0..infinity, slow = true, mu = 0.9) {
        require mu < 1 when slow;
        state product ~ ones();
        state m when slow;
        product <- product * mu;
        m <- lerp(m, g, 1 - mu);
        w <- w - lr * (if slow { m / (1 - product) } else { g });
    }

    /// Layers of images and sequences, and ways that join.
    pub Shapes<
        input(2, 6, 6);
        conv2d(4, 3, groups = 2); batch_norm2d; relu; dropout(0.1);
        parallel { max_pool2d(2); avg_pool2d(2) }
        residual { conv2d(8, 3, padding = 1); group_norm(2, 8) } shortcut { conv2d(8, 1) }
        upsample(2); zero_pad2d(padding = 1); conv_transpose2d(4, 2); adaptive_avg_pool2d(3);
        flatten; reshape(4, 9); steps; positional; repeat _ in 0..2 { multihead_attention(9, 3); layer_norm }
        gru(6); lstm(5); last; prelu(per_channel); linear(3);
    >

    layer positional(E) {
        input x[s: S, e: E];
        y[s, e] = x[s, e] + sin(s / (e + 1));
    }

    /// A network that comes with its derivatives.
    pub Curve {
        input x;
        curve = <linear(4); tanh; linear(1)>(x);
        output curve;
        output slope = d(curve, x);
    }

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
    let shapes = Shapes::new(&mut seed(0));
    assert!(shapes.forward(&SVector::from_element(0.1)).iter().all(|y| y.is_finite()));
    let curve = Curve::new(&mut seed(0));
    let x = SVector::from([0.5]);
    let CurveOutputs { curve: y, slope } = curve.forward(&x);
    let moved = curve.forward(&SVector::from([0.51])).curve;
    assert!(((moved - y)[0] - 0.01 * slope[0]).abs() < 1e-3);
    assert!(Weighted::default().weight.is_empty());
    assert!((Sharp::default().power - 4.0).abs() < 1e-12);
    assert!(Rolling::default().over(&model).is_ok());
}

mod attributes {
    tapeless::network! {
        /// Nobody uses it, but the code that it expands to.
        #[deprecated(note = "use `New`")]
        pub Old< linear(2, 3); relu; linear(1) >

        /// Nobody uses it.
        #[expect(dead_code, reason = "a test")]
        Unused< linear(2, 3); relu; linear(1) >

        /// Nothing to expect.
        #[expect(missing_docs)]
        pub Usual< linear(2, 3) >
    }
}
