//! Random networks, compiled to fast kernels and to plain loops.
//!
//! Written by a test of nncompiler, which holds it as it is: `UPDATE_RANDOM=1 cargo test -p nncompiler`.

pub mod fast {
    tapeless::network! {
        pub Random15 {
            input a[i: 5, j: 12];
            input b[i: 1];
            input t[i: 2, j: 4]: index(6);
            h0 = embedding(6, 1, padding_idx = 2)(t);
            param w1[i: 6, j: 1] ~ uniform(1);
            h1[o, p] = sum(s: w1[t[o, p], s] * b[s]);
            h2 = linear(1)(a);
            h3 = <slice(from = 0, to = 5, step = 1, dim = -2); residual { replication_pad1d(padding = (3, 3), dim = -2); layer_norm(eps = 0.01) } shortcut { tanh; replication_pad1d(padding = (3, 3), dim = -2); layer_norm(eps = 0.01) }; slice(from = 0, to = 1, step = 3, dim = 2)>(h2);
            h4 = <scale; scale; prelu(per_channel)>(h0);
            h5 = <permute(2, 1); max_pool1d(1, padding = 0, dilation = 2)>(h3);
            h6 = <part15_6(2)>(h4);
            h7 = group_norm(1, 2, affine = false)(h1);
            output z = mean(o, p: h5[o, p] * h5[o, p]) + mean(o, p, q: h6[o, p, q] * h6[o, p, q]) + mean(o, p: h7[o, p] * h7[o, p]);
            output y = 0.5 * h7;
        }
        block part15_6(N; bias = true)< linear(N, bias = bias); softplus; linear(N + 1, bias = bias) >
        pub Random23 {
            input a[i: 1, j: 12];
            input b[i: 5];
            input t: index(3);
            param w0[i: 3, j: 5] ~ uniform(1);
            h0 = sum(s: w0[t, s] * b[s]);
            h1 = <permute(1, 2); repeat i in 0..2 { conv1d(1, 2, dilation = 2^i, padding = 2^i); tanh }>(a);
            h2 = named2: linear(11)(h1);
            h3 = conv1d(1, 1, 3, padding = 2, dilation = 2, stride = 1)(h1);
            h4 = <split(11, dim = -1); parallel(product) { { global_avg_pool; batch_norm1d(eps = 0.01, momentum = 0.3) }; { global_avg_pool; batch_norm1d(eps = 0.01, momentum = 0.3); sigmoid } }; flatten>(h2);
            h5[o, p] = sum(q: h3[o, q] * h3[p, q]);
            h6 = multihead_attention(5, kdim = 1, vdim = 1)(h3, h5);
            output z = h0^2 + mean(o: h4[o] * h4[o]) + mean(o, p: h6[o, p] * h6[o, p]);
            output y = 0.5 * h6;
        }
        pub Random14 {
            input a[i: 5, j: 4];
            input b[i: 5, j: 8, k: 1];
            h0, h1 = rnn(4, bias = false, bidirectional = true)(a);
            h2 = <hardshrink(lambd = 0.1); named_1: { gru(2, num_layers = 2) }; named_2: { last; slice(from = 1, to = 2, step = 3, dim = 1) }>(a);
            h3 = <glu(dim = 2); linear(1, 1); softmax(dim = -3)>(b);
            h4 = <rms_norm; dropout(0)>(h0);
            h5 = max(h2, 0.3 * h2);
            h6 = named6: Part14_6(h1);
            h7 = <split(1, dim = -1); rms_norm(eps = 0.01)>(h5);
            output z = mean(o, p, q: h3[o, p, q] * h3[o, p, q]) + mean(o, p: h4[o, p] * h4[o, p]) + mean(o: h6[o] * h6[o]) + mean(o: h7[o] * h7[o]);
            output y = 0.5 * h7;
        }
        pub Part14_6< input(8); gru_cell(3) >
        pub Random0 {
            input a[i: 2];
            input b[i: 3];
            h0[o, p] = a[o] * b[p];
            h1 = sum(o, p: tanh(h0[o, p])^3 + h0[o, p]^2);
            h2 = d(h1, h0);
            h3 = named3: Part0_3(h2);
            h4 = named4: linear(3)(h3);
            h5, h6 = split((1, 1), dim = 1)(h3);
            h7 = reuse named4(h3);
            h8 = conv1d(4, 3, dilation = 2, groups = 2, bias = false, padding = causal, padding_mode = zeros)(h4);
            output z = mean(o, p: h5[o, p] * h5[o, p]) + mean(o, p: h6[o, p] * h6[o, p]) + mean(o, p: h7[o, p] * h7[o, p]) + mean(o, p: h8[o, p] * h8[o, p]);
            output y = 0.5 * h8;
        }
        pub Part0_3< input(2, 3); log_softmax(dim = -2); repeat _ in 0..2 { flatten(start_dim = -1, end_dim = -1); flatten(start_dim = -2, end_dim = -2) }; batch_norm1d(eps = 0.01) >
        pub Random4 {
            input a[i: 4];
            input b[i: 2, j: 4, k: 6];
            input t: index(2);
            h0 = a[t] * a[1 - t] - 0.1 * t;
            h1 = named1: linear(6)(b);
            h2 = max_pool2d(1, padding = 0)(h1);
            h3 = reuse named1(b);
            h4 = <repeat i in 1..4 { linear(2 * i - 1); tanh }; avg_pool1d(3, padding = 1, stride = 2); group_norm(1, 2, affine = false)>(h3);
            h5 = <zero_pad1d(padding = (0, 2)); celu(alpha = 0.25)>(h1);
            h6 = <threshold(threshold = 0.1, value = -0.3); layer_norm>(h0);
            h7 = reuse named1(h3);
            output z = mean(o, p, q: h2[o, p, q] * h2[o, p, q]) + mean(o, p, q: h4[o, p, q] * h4[o, p, q]) + mean(o, p, q: h5[o, p, q] * h5[o, p, q]) + mean(o: h6[o] * h6[o]) + mean(o, p, q: h7[o, p, q] * h7[o, p, q]);
            output y = 0.5 * h7;
        }
        pub Random13 {
            input a[i: 4];
            input b[i: 5, j: 12, k: 1];
            h0, h1, h2 = split((9, 1, 2), dim = 2)(b);
            h3 = <slice(from = 3, to = 4, step = 1, dim = -1); dropout(0.3); rnn_cell(1, 4, nonlinearity = relu)>(a);
            h4 = <glu>(a);
            h5 = avg_pool2d((2, 1), padding = (1, 0), stride = (1, 2))(h0);
            h6 = <part13_6(4, bias = false)>(h2);
            h7 = <linear(3); leaky_relu(negative_slope = 0.2); repeat i in 1..4 { linear(2 * i - 1); tanh }>(a);
            h8, h9 = split((1, 4), dim = 1)(h0);
            output z = mean(o, p, q: h1[o, p, q] * h1[o, p, q]) + mean(o: h3[o] * h3[o]) + mean(o: h4[o] * h4[o]) + mean(o, p, q: h5[o, p, q] * h5[o, p, q]) + mean(o, p, q: h6[o, p, q] * h6[o, p, q]) + mean(o: h7[o] * h7[o]) + mean(o, p, q: h8[o, p, q] * h8[o, p, q]) + mean(o, p, q: h9[o, p, q] * h9[o, p, q]);
            output y = 0.5 * h9;
        }
        block part13_6(N; bias = true)< linear(N, bias = bias); softplus; linear(N + 1, bias = bias) >
        pub Random17 {
            input a[i: 3, j: 7, k: 3];
            input b[i: 5, j: 7];
            input t: index(5);
            h0 = embedding(1)(t);
            h1 = <global_avg_pool; residual { rms_norm; softmax }; reshape(3, 1, 1)>(a);
            h2 = if h1 > 0.1 { sin(h1) } else { h1 };
            h3 = named3: linear(1)(h2);
            h4 = embedding(3)(t);
            h5 = circular_pad1d(padding = (1, 1), dim = 3)(h2);
            h6 = <repeat i in 1..4 { linear(2 * i - 1); tanh }; split(5, dim = 1)>(h0);
            h7 = reuse named3(h2);
            output z = mean(o, p: b[o, p] * b[o, p]) + mean(o, p, q: h3[o, p, q] * h3[o, p, q]) + mean(o: h4[o] * h4[o]) + mean(o, p, q: h5[o, p, q] * h5[o, p, q]) + mean(o: h6[o] * h6[o]) + mean(o, p, q: h7[o, p, q] * h7[o, p, q]);
            output y = 0.5 * h7;
        }
        pub Random7 {
            input a[i: 5];
            input b[i: 5, j: 5, k: 2];
            h0 = <named_1: { split(4, dim = -1); layer_norm; rms_norm(eps = 0.01) }>(a);
            h1 = scale(bias = false)(b);
            h2 = <residual { transpose(dim0 = -2, dim1 = 3) } shortcut { tanh; transpose(dim0 = -2, dim1 = 3) }; prelu(per_channel)>(h1);
            h3 = named3: linear(3)(h0);
            h4 = gru_cell(4)(h3, h0);
            h5, h6 = split((1, 1), dim = 2)(h2);
            param w7[i: 4] ~ uniform(1);
            h7 = w7 * h4;
            output z = mean(o, p, q: h5[o, p, q] * h5[o, p, q]) + mean(o, p, q: h6[o, p, q] * h6[o, p, q]) + mean(o: h7[o] * h7[o]);
            output y = 0.5 * h7;
        }
    }
}

pub mod plain {
    tapeless::__private::network_as_loops! {
        pub Random15 {
            input a[i: 5, j: 12];
            input b[i: 1];
            input t[i: 2, j: 4]: index(6);
            h0 = embedding(6, 1, padding_idx = 2)(t);
            param w1[i: 6, j: 1] ~ uniform(1);
            h1[o, p] = sum(s: w1[t[o, p], s] * b[s]);
            h2 = linear(1)(a);
            h3 = <slice(from = 0, to = 5, step = 1, dim = -2); residual { replication_pad1d(padding = (3, 3), dim = -2); layer_norm(eps = 0.01) } shortcut { tanh; replication_pad1d(padding = (3, 3), dim = -2); layer_norm(eps = 0.01) }; slice(from = 0, to = 1, step = 3, dim = 2)>(h2);
            h4 = <scale; scale; prelu(per_channel)>(h0);
            h5 = <permute(2, 1); max_pool1d(1, padding = 0, dilation = 2)>(h3);
            h6 = <part15_6(2)>(h4);
            h7 = group_norm(1, 2, affine = false)(h1);
            output z = mean(o, p: h5[o, p] * h5[o, p]) + mean(o, p, q: h6[o, p, q] * h6[o, p, q]) + mean(o, p: h7[o, p] * h7[o, p]);
            output y = 0.5 * h7;
        }
        block part15_6(N; bias = true)< linear(N, bias = bias); softplus; linear(N + 1, bias = bias) >
        pub Random23 {
            input a[i: 1, j: 12];
            input b[i: 5];
            input t: index(3);
            param w0[i: 3, j: 5] ~ uniform(1);
            h0 = sum(s: w0[t, s] * b[s]);
            h1 = <permute(1, 2); repeat i in 0..2 { conv1d(1, 2, dilation = 2^i, padding = 2^i); tanh }>(a);
            h2 = named2: linear(11)(h1);
            h3 = conv1d(1, 1, 3, padding = 2, dilation = 2, stride = 1)(h1);
            h4 = <split(11, dim = -1); parallel(product) { { global_avg_pool; batch_norm1d(eps = 0.01, momentum = 0.3) }; { global_avg_pool; batch_norm1d(eps = 0.01, momentum = 0.3); sigmoid } }; flatten>(h2);
            h5[o, p] = sum(q: h3[o, q] * h3[p, q]);
            h6 = multihead_attention(5, kdim = 1, vdim = 1)(h3, h5);
            output z = h0^2 + mean(o: h4[o] * h4[o]) + mean(o, p: h6[o, p] * h6[o, p]);
            output y = 0.5 * h6;
        }
        pub Random14 {
            input a[i: 5, j: 4];
            input b[i: 5, j: 8, k: 1];
            h0, h1 = rnn(4, bias = false, bidirectional = true)(a);
            h2 = <hardshrink(lambd = 0.1); named_1: { gru(2, num_layers = 2) }; named_2: { last; slice(from = 1, to = 2, step = 3, dim = 1) }>(a);
            h3 = <glu(dim = 2); linear(1, 1); softmax(dim = -3)>(b);
            h4 = <rms_norm; dropout(0)>(h0);
            h5 = max(h2, 0.3 * h2);
            h6 = named6: Part14_6(h1);
            h7 = <split(1, dim = -1); rms_norm(eps = 0.01)>(h5);
            output z = mean(o, p, q: h3[o, p, q] * h3[o, p, q]) + mean(o, p: h4[o, p] * h4[o, p]) + mean(o: h6[o] * h6[o]) + mean(o: h7[o] * h7[o]);
            output y = 0.5 * h7;
        }
        pub Part14_6< input(8); gru_cell(3) >
        pub Random0 {
            input a[i: 2];
            input b[i: 3];
            h0[o, p] = a[o] * b[p];
            h1 = sum(o, p: tanh(h0[o, p])^3 + h0[o, p]^2);
            h2 = d(h1, h0);
            h3 = named3: Part0_3(h2);
            h4 = named4: linear(3)(h3);
            h5, h6 = split((1, 1), dim = 1)(h3);
            h7 = reuse named4(h3);
            h8 = conv1d(4, 3, dilation = 2, groups = 2, bias = false, padding = causal, padding_mode = zeros)(h4);
            output z = mean(o, p: h5[o, p] * h5[o, p]) + mean(o, p: h6[o, p] * h6[o, p]) + mean(o, p: h7[o, p] * h7[o, p]) + mean(o, p: h8[o, p] * h8[o, p]);
            output y = 0.5 * h8;
        }
        pub Part0_3< input(2, 3); log_softmax(dim = -2); repeat _ in 0..2 { flatten(start_dim = -1, end_dim = -1); flatten(start_dim = -2, end_dim = -2) }; batch_norm1d(eps = 0.01) >
        pub Random4 {
            input a[i: 4];
            input b[i: 2, j: 4, k: 6];
            input t: index(2);
            h0 = a[t] * a[1 - t] - 0.1 * t;
            h1 = named1: linear(6)(b);
            h2 = max_pool2d(1, padding = 0)(h1);
            h3 = reuse named1(b);
            h4 = <repeat i in 1..4 { linear(2 * i - 1); tanh }; avg_pool1d(3, padding = 1, stride = 2); group_norm(1, 2, affine = false)>(h3);
            h5 = <zero_pad1d(padding = (0, 2)); celu(alpha = 0.25)>(h1);
            h6 = <threshold(threshold = 0.1, value = -0.3); layer_norm>(h0);
            h7 = reuse named1(h3);
            output z = mean(o, p, q: h2[o, p, q] * h2[o, p, q]) + mean(o, p, q: h4[o, p, q] * h4[o, p, q]) + mean(o, p, q: h5[o, p, q] * h5[o, p, q]) + mean(o: h6[o] * h6[o]) + mean(o, p, q: h7[o, p, q] * h7[o, p, q]);
            output y = 0.5 * h7;
        }
        pub Random13 {
            input a[i: 4];
            input b[i: 5, j: 12, k: 1];
            h0, h1, h2 = split((9, 1, 2), dim = 2)(b);
            h3 = <slice(from = 3, to = 4, step = 1, dim = -1); dropout(0.3); rnn_cell(1, 4, nonlinearity = relu)>(a);
            h4 = <glu>(a);
            h5 = avg_pool2d((2, 1), padding = (1, 0), stride = (1, 2))(h0);
            h6 = <part13_6(4, bias = false)>(h2);
            h7 = <linear(3); leaky_relu(negative_slope = 0.2); repeat i in 1..4 { linear(2 * i - 1); tanh }>(a);
            h8, h9 = split((1, 4), dim = 1)(h0);
            output z = mean(o, p, q: h1[o, p, q] * h1[o, p, q]) + mean(o: h3[o] * h3[o]) + mean(o: h4[o] * h4[o]) + mean(o, p, q: h5[o, p, q] * h5[o, p, q]) + mean(o, p, q: h6[o, p, q] * h6[o, p, q]) + mean(o: h7[o] * h7[o]) + mean(o, p, q: h8[o, p, q] * h8[o, p, q]) + mean(o, p, q: h9[o, p, q] * h9[o, p, q]);
            output y = 0.5 * h9;
        }
        block part13_6(N; bias = true)< linear(N, bias = bias); softplus; linear(N + 1, bias = bias) >
        pub Random17 {
            input a[i: 3, j: 7, k: 3];
            input b[i: 5, j: 7];
            input t: index(5);
            h0 = embedding(1)(t);
            h1 = <global_avg_pool; residual { rms_norm; softmax }; reshape(3, 1, 1)>(a);
            h2 = if h1 > 0.1 { sin(h1) } else { h1 };
            h3 = named3: linear(1)(h2);
            h4 = embedding(3)(t);
            h5 = circular_pad1d(padding = (1, 1), dim = 3)(h2);
            h6 = <repeat i in 1..4 { linear(2 * i - 1); tanh }; split(5, dim = 1)>(h0);
            h7 = reuse named3(h2);
            output z = mean(o, p: b[o, p] * b[o, p]) + mean(o, p, q: h3[o, p, q] * h3[o, p, q]) + mean(o: h4[o] * h4[o]) + mean(o, p, q: h5[o, p, q] * h5[o, p, q]) + mean(o: h6[o] * h6[o]) + mean(o, p, q: h7[o, p, q] * h7[o, p, q]);
            output y = 0.5 * h7;
        }
        pub Random7 {
            input a[i: 5];
            input b[i: 5, j: 5, k: 2];
            h0 = <named_1: { split(4, dim = -1); layer_norm; rms_norm(eps = 0.01) }>(a);
            h1 = scale(bias = false)(b);
            h2 = <residual { transpose(dim0 = -2, dim1 = 3) } shortcut { tanh; transpose(dim0 = -2, dim1 = 3) }; prelu(per_channel)>(h1);
            h3 = named3: linear(3)(h0);
            h4 = gru_cell(4)(h3, h0);
            h5, h6 = split((1, 1), dim = 2)(h2);
            param w7[i: 4] ~ uniform(1);
            h7 = w7 * h4;
            output z = mean(o, p, q: h5[o, p, q] * h5[o, p, q]) + mean(o, p, q: h6[o, p, q] * h6[o, p, q]) + mean(o: h7[o] * h7[o]);
            output y = 0.5 * h7;
        }
    }
}

compare_networks! {
    Random15Of Random15Inputs Random15Outputs certain { a: reals 60, b: reals 1, t: integers 8 6 } { z: 1, y: 8 }
    Random23Of Random23Inputs Random23Outputs certain { a: reals 12, b: reals 5, t: integers 1 3 } { z: 1, y: 15 }
    Random14Of Random14Inputs Random14Outputs certain { a: reals 20, b: reals 40 } { z: 1, y: 1 }
    Random0Of Random0Inputs Random0Outputs certain { a: reals 2, b: reals 3 } { z: 1, y: 12 }
    Random4Of Random4Inputs Random4Outputs certain { a: reals 4, b: reals 48, t: integers 1 2 } { z: 1, y: 48 }
    Random13Of Random13Inputs Random13Outputs random { a: reals 4, b: reals 60 } { z: 1, y: 36 }
    Random17Of Random17Inputs Random17Outputs certain { a: reals 63, b: reals 35, t: integers 1 5 } { z: 1, y: 3 }
    Random7Of Random7Inputs Random7Outputs certain { a: reals 5, b: reals 50 } { z: 1, y: 4 }
}
