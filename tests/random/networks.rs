//! Random networks, compiled to fast kernels and to plain loops.
//!
//! Written by a test of nncompiler, which holds it as it is: `UPDATE_RANDOM=1 cargo test -p nncompiler`.

pub mod fast {
    tapeless::network! {
        pub Random0 {
            input a[i: 2];
            input b[i: 3];
            h0 = <linear(3); tanh; linear(4, bias = false)>(a);
            e1 = sum(o: tanh(b[o])^3 + b[o]^2);
            h1 = d(e1, b);
            h2 = <parallel { { linear(2); sigmoid }; linear(2, bias = false) }>(h1);
            h3 = <gelu; softmax>(h0);
            param w4[i: 4] ~ uniform(1);
            h4 = w4 * h3;
            h5[o, p] = h4[o] * h4[p];
            h6 = concat(h4, h4, h3);
            output z = mean(o: h2[o] * h2[o]) + mean(o, p: h5[o, p] * h5[o, p]) + mean(o: h6[o] * h6[o]);
            output y = 0.5 * h6;
        }
        pub Random1 {
            input a[i: 5];
            input b[i: 5];
            h0 = <parallel { { linear(6); tanh }; linear(6, bias = false) }>(b);
            h1 = <linear(7); softmax; silu>(b);
            h2 = <layer_norm>(h0);
            e3 = sum(o: tanh(a[o])^3 + a[o]^2);
            h3 = d(e3, a);
            e4 = sum(o: tanh(h3[o])^3 + h3[o]^2);
            h4 = d(e4, h3);
            h5 = elu(0.5)(h1);
            h6 = concat(h2, h0);
            output z = mean(o: h4[o] * h4[o]) + mean(o: h5[o] * h5[o]) + mean(o: h6[o] * h6[o]);
            output y = 0.5 * h6;
        }
        pub Random2 {
            input a[i: 1, j: 4];
            input b[i: 1, j: 3, k: 8];
            h0 = <elu(0.5)>(a);
            h1 = b * b - 1;
            h2 = <sigmoid>(h0);
            e3 = sum(o, p: tanh(a[o, p])^3 + a[o, p]^2);
            h3 = d(e3, a);
            h4 = <softplus>(h1);
            h5 = <softplus>(h2);
            e6 = sum(o, p: tanh(h3[o, p])^3 + h3[o, p]^2);
            h6 = d(e6, h3);
            output z = mean(o, p, q: h4[o, p, q] * h4[o, p, q]) + mean(o, p: h5[o, p] * h5[o, p]) + mean(o, p: h6[o, p] * h6[o, p]);
            output y = 0.5 * h6;
        }
        block part3_0< linear(4); elu(0.5) >
        block part3_1< linear(4); sigmoid >
        block part3_3< linear(7); gelu >
        block part3_4< linear(3); elu(0.5) >
        pub Random3 {
            input a[i: 2];
            input b[i: 5];
            h0 = part3_0(a);
            h1 = part3_1(b);
            h2 = <parallel { { linear(7); sigmoid }; linear(7, bias = false) }>(h0);
            h3 = part3_3(h1);
            h4 = part3_4(h3);
            param w5[i: 7] ~ uniform(1);
            h5 = w5 * h3;
            h6 = concat(h1, h5);
            output z = mean(o: h2[o] * h2[o]) + mean(o: h4[o] * h4[o]) + mean(o: h6[o] * h6[o]);
            output y = 0.5 * h6;
        }
        pub Random4 {
            input a[i: 4, j: 3];
            input b[i: 3, j: 6, k: 2];
            h0 = <conv2d(5, (3, 1), stride = (2, 2), padding = (1, 1)); conv2d(5, (2, 2), stride = (1, 2), padding = (1, 1))>(b);
            h1 = <linear(5); conv1d(5, 3, stride = 1, padding = 0)>(a);
            h2 = <flatten; layer_norm; gelu>(h0);
            h3[o] = mean(p, q: h0[o, p, q]) + max(p, q: h0[o, p, q]^2);
            h4 = linear(5)(a);
            h5[o, p] = sum(q: h1[o, q] * h1[p, q]);
            h6 = <softsign>(h2);
            output z = mean(o: h3[o] * h3[o]) + mean(o, p: h4[o, p] * h4[o, p]) + mean(o, p: h5[o, p] * h5[o, p]) + mean(o: h6[o] * h6[o]);
            output y = 0.5 * h6;
        }
        pub Random5 {
            input a[i: 5];
            input b[i: 4];
            h0 = <rms_norm; tanh; gelu>(b);
            h1 = <rms_norm>(a);
            h2 = <softmax; softmax>(b);
            h3 = <linear(4); softplus>(h1);
            h4 = <linear(2, bias = false); log_softmax>(h2);
            h5[o, p] = h3[o] * h4[p];
            h6 = concat(a, h1);
            output z = mean(o: h0[o] * h0[o]) + mean(o, p: h5[o, p] * h5[o, p]) + mean(o: h6[o] * h6[o]);
            output y = 0.5 * h6;
        }
        pub Random6 {
            input a[i: 4];
            input b[i: 3];
            h0 = <residual { linear(1); softplus; linear(4) }>(a);
            h1 = <rms_norm; softmax; linear(6)>(b);
            h2 = concat(b, h0);
            h3 = concat(h1, h0, h0);
            h4 = <log_softmax; softmax; rms_norm>(h3);
            param w5[i: 7] ~ uniform(1);
            h5 = w5 * h2;
            h6 = linear(7)(h5);
            output z = mean(o: h4[o] * h4[o]) + mean(o: h6[o] * h6[o]);
            output y = 0.5 * h6;
        }
        pub Random7 {
            input a[i: 5];
            input b[i: 5];
            h0 = <parallel { { linear(2); softplus }; linear(2, bias = false) }>(b);
            h1 = h0 + 0.5 * h0;
            h2 = <residual { linear(2); softsign; linear(5) }>(b);
            e3 = sum(o: tanh(h1[o])^3 + h1[o]^2);
            h3 = d(e3, h1);
            h4 = <log_softmax>(a);
            h5 = h1 / (1 + h0^2);
            h6 = h4 / (1 + h2^2);
            output z = mean(o: h3[o] * h3[o]) + mean(o: h5[o] * h5[o]) + mean(o: h6[o] * h6[o]);
            output y = 0.5 * h6;
        }
    }
}

pub mod plain {
    tapeless::__private::network_as_loops! {
        pub Random0 {
            input a[i: 2];
            input b[i: 3];
            h0 = <linear(3); tanh; linear(4, bias = false)>(a);
            e1 = sum(o: tanh(b[o])^3 + b[o]^2);
            h1 = d(e1, b);
            h2 = <parallel { { linear(2); sigmoid }; linear(2, bias = false) }>(h1);
            h3 = <gelu; softmax>(h0);
            param w4[i: 4] ~ uniform(1);
            h4 = w4 * h3;
            h5[o, p] = h4[o] * h4[p];
            h6 = concat(h4, h4, h3);
            output z = mean(o: h2[o] * h2[o]) + mean(o, p: h5[o, p] * h5[o, p]) + mean(o: h6[o] * h6[o]);
            output y = 0.5 * h6;
        }
        pub Random1 {
            input a[i: 5];
            input b[i: 5];
            h0 = <parallel { { linear(6); tanh }; linear(6, bias = false) }>(b);
            h1 = <linear(7); softmax; silu>(b);
            h2 = <layer_norm>(h0);
            e3 = sum(o: tanh(a[o])^3 + a[o]^2);
            h3 = d(e3, a);
            e4 = sum(o: tanh(h3[o])^3 + h3[o]^2);
            h4 = d(e4, h3);
            h5 = elu(0.5)(h1);
            h6 = concat(h2, h0);
            output z = mean(o: h4[o] * h4[o]) + mean(o: h5[o] * h5[o]) + mean(o: h6[o] * h6[o]);
            output y = 0.5 * h6;
        }
        pub Random2 {
            input a[i: 1, j: 4];
            input b[i: 1, j: 3, k: 8];
            h0 = <elu(0.5)>(a);
            h1 = b * b - 1;
            h2 = <sigmoid>(h0);
            e3 = sum(o, p: tanh(a[o, p])^3 + a[o, p]^2);
            h3 = d(e3, a);
            h4 = <softplus>(h1);
            h5 = <softplus>(h2);
            e6 = sum(o, p: tanh(h3[o, p])^3 + h3[o, p]^2);
            h6 = d(e6, h3);
            output z = mean(o, p, q: h4[o, p, q] * h4[o, p, q]) + mean(o, p: h5[o, p] * h5[o, p]) + mean(o, p: h6[o, p] * h6[o, p]);
            output y = 0.5 * h6;
        }
        block part3_0< linear(4); elu(0.5) >
        block part3_1< linear(4); sigmoid >
        block part3_3< linear(7); gelu >
        block part3_4< linear(3); elu(0.5) >
        pub Random3 {
            input a[i: 2];
            input b[i: 5];
            h0 = part3_0(a);
            h1 = part3_1(b);
            h2 = <parallel { { linear(7); sigmoid }; linear(7, bias = false) }>(h0);
            h3 = part3_3(h1);
            h4 = part3_4(h3);
            param w5[i: 7] ~ uniform(1);
            h5 = w5 * h3;
            h6 = concat(h1, h5);
            output z = mean(o: h2[o] * h2[o]) + mean(o: h4[o] * h4[o]) + mean(o: h6[o] * h6[o]);
            output y = 0.5 * h6;
        }
        pub Random4 {
            input a[i: 4, j: 3];
            input b[i: 3, j: 6, k: 2];
            h0 = <conv2d(5, (3, 1), stride = (2, 2), padding = (1, 1)); conv2d(5, (2, 2), stride = (1, 2), padding = (1, 1))>(b);
            h1 = <linear(5); conv1d(5, 3, stride = 1, padding = 0)>(a);
            h2 = <flatten; layer_norm; gelu>(h0);
            h3[o] = mean(p, q: h0[o, p, q]) + max(p, q: h0[o, p, q]^2);
            h4 = linear(5)(a);
            h5[o, p] = sum(q: h1[o, q] * h1[p, q]);
            h6 = <softsign>(h2);
            output z = mean(o: h3[o] * h3[o]) + mean(o, p: h4[o, p] * h4[o, p]) + mean(o, p: h5[o, p] * h5[o, p]) + mean(o: h6[o] * h6[o]);
            output y = 0.5 * h6;
        }
        pub Random5 {
            input a[i: 5];
            input b[i: 4];
            h0 = <rms_norm; tanh; gelu>(b);
            h1 = <rms_norm>(a);
            h2 = <softmax; softmax>(b);
            h3 = <linear(4); softplus>(h1);
            h4 = <linear(2, bias = false); log_softmax>(h2);
            h5[o, p] = h3[o] * h4[p];
            h6 = concat(a, h1);
            output z = mean(o: h0[o] * h0[o]) + mean(o, p: h5[o, p] * h5[o, p]) + mean(o: h6[o] * h6[o]);
            output y = 0.5 * h6;
        }
        pub Random6 {
            input a[i: 4];
            input b[i: 3];
            h0 = <residual { linear(1); softplus; linear(4) }>(a);
            h1 = <rms_norm; softmax; linear(6)>(b);
            h2 = concat(b, h0);
            h3 = concat(h1, h0, h0);
            h4 = <log_softmax; softmax; rms_norm>(h3);
            param w5[i: 7] ~ uniform(1);
            h5 = w5 * h2;
            h6 = linear(7)(h5);
            output z = mean(o: h4[o] * h4[o]) + mean(o: h6[o] * h6[o]);
            output y = 0.5 * h6;
        }
        pub Random7 {
            input a[i: 5];
            input b[i: 5];
            h0 = <parallel { { linear(2); softplus }; linear(2, bias = false) }>(b);
            h1 = h0 + 0.5 * h0;
            h2 = <residual { linear(2); softsign; linear(5) }>(b);
            e3 = sum(o: tanh(h1[o])^3 + h1[o]^2);
            h3 = d(e3, h1);
            h4 = <log_softmax>(a);
            h5 = h1 / (1 + h0^2);
            h6 = h4 / (1 + h2^2);
            output z = mean(o: h3[o] * h3[o]) + mean(o: h5[o] * h5[o]) + mean(o: h6[o] * h6[o]);
            output y = 0.5 * h6;
        }
    }
}

compare_networks! {
    Random0Of Random0Inputs Random0Outputs { a: 2, b: 3 } { z: 1, y: 12 }
    Random1Of Random1Inputs Random1Outputs { a: 5, b: 5 } { z: 1, y: 24 }
    Random2Of Random2Inputs Random2Outputs { a: 4, b: 24 } { z: 1, y: 4 }
    Random3Of Random3Inputs Random3Outputs { a: 2, b: 5 } { z: 1, y: 11 }
    Random4Of Random4Inputs Random4Outputs { a: 12, b: 36 } { z: 1, y: 40 }
    Random5Of Random5Inputs Random5Outputs { a: 5, b: 4 } { z: 1, y: 10 }
    Random6Of Random6Inputs Random6Outputs { a: 4, b: 3 } { z: 1, y: 7 }
    Random7Of Random7Inputs Random7Outputs { a: 5, b: 5 } { z: 1, y: 5 }
}
