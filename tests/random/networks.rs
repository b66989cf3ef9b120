//! Random networks, compiled to fast kernels and to plain loops.
//!
//! Written by a test of nncompiler, which holds it as it is: `UPDATE_RANDOM=1 cargo test -p nncompiler`.

pub mod fast {
    tapeless::network! {
        pub Random12 {
            input a[i: 5, j: 8];
            input b[i: 4, j: 7, k: 2];
            h0 = part12_0(b);
            h1 = <zero_pad1d(padding = (1, 2)); parallel(sum) { { multihead_attention(11, 11, bias = false, causal = true); layer_norm(affine = false) }; { multihead_attention(11, 11, bias = false, causal = true); layer_norm(affine = false); sigmoid } }; slice(from = 0, to = 1, step = 2, dim = -2)>(a);
            h2 = <slice(from = 6, to = 10, step = 1, dim = 2); conv1d(3, 2, padding = 2, dilation = 2, bias = false); batch_norm1d(eps = 0.01, momentum = 0.3, affine = false)>(h1);
            h3, h4 = Part12_3(h0);
            h5 = <conv_transpose2d(4, 4, (1, 2), stride = (1, 2), padding = 2, dilation = 2, output_padding = 0, groups = 4, bias = false); reshape(3, 4)>(h4);
            param w6[i: 2, j: 3, k: 2] ~ uniform(1);
            h6 = w6 * h3;
            h7, h8 = split((1, 1), dim = -1)(h6);
            output z = mean(o, p: h2[o, p] * h2[o, p]) + mean(o, p: h5[o, p] * h5[o, p]) + mean(o, p, q: h7[o, p, q] * h7[o, p, q]) + mean(o, p, q: h8[o, p, q] * h8[o, p, q]);
            output y = 0.5 * h8;
        }
        block part12_0< flatten(start_dim = -2, end_dim = -2) >
        pub Part12_3 { input x[i: 4, j: 7, k: 2]; param w[i: 4, j: 7, k: 2] ~ uniform(1); h = <repeat _ in 0..2 { rms_norm }; permute(3, 2, 1)>(x); output u = <batch_norm1d(eps = 0.01, momentum = 0.3, affine = false); avg_pool2d(2, padding = 0)>(h); output v = w * x; }
        pub Random15 {
            input a[i: 5, j: 12];
            input b[i: 1];
            input t[i: 2, j: 4]: index(6);
            h0 = embedding(6, 1, padding_idx = 2)(t);
            param w1[i: 6, j: 1] ~ uniform(1);
            h1[o, p] = sum(s: w1[t[o, p], s] * b[s]);
            h2 = rnn(12, 3, nonlinearity = relu)(a);
            h3 = a / (1 + a^2);
            h4 = <residual { multihead_attention(2); flatten } shortcut { tanh; multihead_attention(2); flatten }; lstm_cell(4); slice(from = 7, to = 8, dim = -1)>(a);
            h5 = <conv1d(10, 1, padding = 0, dilation = 1, stride = 2, groups = 5, bias = false); tanh; named_1: { positional_encoding }>(h3);
            h6 = named6: linear(3)(h2);
            h7 = <softmax; global_avg_pool>(h1);
            h8 = d(h7, h1);
            output z = mean(o, p, q: h0[o, p, q] * h0[o, p, q]) + mean(o: h4[o] * h4[o]) + mean(o, p: h5[o, p] * h5[o, p]) + mean(o, p: h6[o, p] * h6[o, p]) + mean(o, p, q: h8[o, p, q] * h8[o, p, q]);
            output y = 0.5 * h8;
        }
        pub Random11 {
            input a[i: 5, j: 12];
            input b[i: 2, j: 4, k: 6];
            input t: index(2);
            h0 = embedding(4)(t);
            h1 = h0[t] * h0[1 - t] - 0.1 * t;
            h2 = named2: Part11_2(b);
            h3 = <named_1: { replication_pad2d(padding = (1, 2, 1, 1)); selu }; named_2: { scale(bias = false) }>(h2);
            h4 = avg_pool1d(3, padding = 0, stride = 2)(h3);
            h5 = <part11_5(3, bias = false)>(a);
            h6 = <reshape(1); hardshrink(lambd = 0.1); rms_norm(eps = 0.01)>(h1);
            h7 = <max_pool1d(3, padding = 1, stride = 3); max_pool1d(2, padding = 1)>(h5);
            output z = mean(o, p, q: h4[o, p, q] * h4[o, p, q]) + mean(o: h6[o] * h6[o]) + mean(o, p: h7[o, p] * h7[o, p]);
            output y = 0.5 * h7;
        }
        pub Part11_2< input(2, 4, 6); parallel(sum) { { flatten(start_dim = -2, end_dim = -2); conv2d(2, (3, 1), padding = valid, dilation = (1, 2), stride = (2, 2), groups = 2, bias = false) }; { flatten(start_dim = -2, end_dim = -2); conv2d(2, (3, 1), padding = valid, dilation = (1, 2), stride = (2, 2), groups = 2, bias = false); sigmoid } } >
        block part11_5(N; bias = true)< linear(N, bias = bias); softplus; linear(N + 1, bias = bias) >
        pub Random16 {
            input a[i: 1, j: 6];
            input b[i: 5];
            h0 = multihead_attention(3, causal = true)(a, a);
            h1[o, p] = b[o] * b[p];
            h2 = <hardswish; repeat _ in 0..2 { linear(5); softmax(dim = -2) }; parallel(product) { { log_softmax(dim = 1); lstm(2, bias = false, bidirectional = true) }; { log_softmax(dim = 1); lstm(2, bias = false, bidirectional = true); sigmoid } }>(h1);
            h3, h4 = Part16_3(h2);
            h5 = <global_avg_pool; parallel { { dropout(0); linear(6, bias = false) }; { dropout(0); linear(6, bias = false); sigmoid } }>(h3);
            h6 = gru(5)(h4, b);
            h7 = <reshape(25, 1, 1); rms_norm(eps = 0.01)>(h6);
            output z = mean(o, p: h0[o, p] * h0[o, p]) + mean(o: h5[o] * h5[o]) + mean(o, p, q: h7[o, p, q] * h7[o, p, q]);
            output y = 0.5 * h7;
        }
        pub Part16_3 { input x[i: 5, j: 4]; param w[i: 5, j: 4] ~ uniform(1); h = <transpose(dim0 = -2, dim1 = -1)>(x); output u = <permute(1, 2)>(h); output v = w * x; }
        pub Random4 {
            input a[i: 4];
            input b[i: 2, j: 4, k: 6];
            input t: index(2);
            h0 = a[t] * a[1 - t] - 0.1 * t;
            h1 = named1: linear(6)(b);
            h2 = <scale>(h1);
            param w3[i: 4] ~ uniform(1);
            h3 = w3 * a;
            h4 = h2 * h0 - h2;
            h5 = h4 * h0 - h4;
            h6 = <threshold(threshold = 0.1, value = -0.3); rnn_cell(1)>(h0);
            h7, h8 = Part4_7(h3);
            output z = mean(o, p, q: h5[o, p, q] * h5[o, p, q]) + mean(o: h6[o] * h6[o]) + mean(o, p, q: h7[o, p, q] * h7[o, p, q]) + mean(o: h8[o] * h8[o]);
            output y = 0.5 * h8;
        }
        pub Part4_7 { input x[i: 4]; param w[i: 4] ~ uniform(1); h = <scale(bias = false); glu(dim = 1); prelu(per_channel)>(x); output u = <reshape(2, 1, 1); group_norm(1, 2, eps = 0.01, affine = false)>(h); output v = w * x; }
        pub Random17 {
            input a[i: 3, j: 7, k: 3];
            input b[i: 5, j: 7];
            input t: index(5);
            h0 = embedding(1)(t);
            h1 = <parallel { { max_pool1d(1, padding = 0, stride = 3, dilation = 2) }; { max_pool1d(1, padding = 0, stride = 3, dilation = 2); sigmoid } }; named_1: { leaky_relu(negative_slope = 0.2); softmax(dim = -3); rms_norm(eps = 0.01, affine = false) }>(a);
            h2 = if h1 > 0.1 { sin(h1) } else { h1 };
            h3 = named3: linear(1)(h2);
            h4 = embedding(3)(t);
            h5 = <avg_pool1d(1, padding = 0, stride = 3); reshape(42)>(h2);
            h6 = <part17_6(2)>(h5);
            h7 = concat(dim = 2)(b, b);
            output z = mean(o: h0[o] * h0[o]) + mean(o, p, q: h3[o, p, q] * h3[o, p, q]) + mean(o: h4[o] * h4[o]) + mean(o: h6[o] * h6[o]) + mean(o, p: h7[o, p] * h7[o, p]);
            output y = 0.5 * h7;
        }
        block part17_6(N; bias = true)< linear(N, bias = bias); softplus; linear(N + 1, bias = bias) >
        pub Random5 {
            input a[i: 5];
            input b[i: 4];
            h0 = tanh(a) * sigmoid(a);
            h1 = <residual { slice(from = 1, to = 3, step = 2, dim = -1) } shortcut { tanh; slice(from = 1, to = 3, step = 2, dim = -1) }; softmax>(a);
            h2 = <scale; residual { scale(bias = false) }>(h0);
            h3[o: 4] = b[3 - o] * o;
            param w4[i: 5] ~ uniform(1);
            h4 = w4 * h2;
            h5 = <parallel(product) { { scale; celu(alpha = 0.25) }; { scale; celu(alpha = 0.25); sigmoid } }; residual { linear(5) } shortcut { tanh; linear(5) }>(h3);
            h6[o: 5] = h4[4 - o] * o;
            output z = mean(o: h1[o] * h1[o]) + mean(o: h5[o] * h5[o]) + mean(o: h6[o] * h6[o]);
            output y = 0.5 * h6;
        }
        pub Random14 {
            input a[i: 5, j: 4];
            input b[i: 5, j: 8, k: 1];
            h0, h1 = rnn(4, bias = false, bidirectional = true)(a);
            h2 = <parallel(sum) { { linear(1); transpose }; { linear(1); transpose; sigmoid } }>(a);
            param w3[i: 1, j: 5] ~ uniform(1);
            h3 = w3 * h2;
            h4 = <adaptive_avg_pool2d((2, 1)); log_softmax(dim = 1); split(2, dim = 2)>(b);
            h5 = avg_pool1d(2, padding = 1)(h0);
            h6 = h5 + 0.5 * h5;
            h7 = <softshrink; residual { scale(bias = false) }>(h3);
            output z = mean(o: h1[o] * h1[o]) + mean(o, p, q: h4[o, p, q] * h4[o, p, q]) + mean(o, p: h6[o, p] * h6[o, p]) + mean(o, p: h7[o, p] * h7[o, p]);
            output y = 0.5 * h7;
        }
    }
}

pub mod plain {
    tapeless::__private::network_as_loops! {
        pub Random12 {
            input a[i: 5, j: 8];
            input b[i: 4, j: 7, k: 2];
            h0 = part12_0(b);
            h1 = <zero_pad1d(padding = (1, 2)); parallel(sum) { { multihead_attention(11, 11, bias = false, causal = true); layer_norm(affine = false) }; { multihead_attention(11, 11, bias = false, causal = true); layer_norm(affine = false); sigmoid } }; slice(from = 0, to = 1, step = 2, dim = -2)>(a);
            h2 = <slice(from = 6, to = 10, step = 1, dim = 2); conv1d(3, 2, padding = 2, dilation = 2, bias = false); batch_norm1d(eps = 0.01, momentum = 0.3, affine = false)>(h1);
            h3, h4 = Part12_3(h0);
            h5 = <conv_transpose2d(4, 4, (1, 2), stride = (1, 2), padding = 2, dilation = 2, output_padding = 0, groups = 4, bias = false); reshape(3, 4)>(h4);
            param w6[i: 2, j: 3, k: 2] ~ uniform(1);
            h6 = w6 * h3;
            h7, h8 = split((1, 1), dim = -1)(h6);
            output z = mean(o, p: h2[o, p] * h2[o, p]) + mean(o, p: h5[o, p] * h5[o, p]) + mean(o, p, q: h7[o, p, q] * h7[o, p, q]) + mean(o, p, q: h8[o, p, q] * h8[o, p, q]);
            output y = 0.5 * h8;
        }
        block part12_0< flatten(start_dim = -2, end_dim = -2) >
        pub Part12_3 { input x[i: 4, j: 7, k: 2]; param w[i: 4, j: 7, k: 2] ~ uniform(1); h = <repeat _ in 0..2 { rms_norm }; permute(3, 2, 1)>(x); output u = <batch_norm1d(eps = 0.01, momentum = 0.3, affine = false); avg_pool2d(2, padding = 0)>(h); output v = w * x; }
        pub Random15 {
            input a[i: 5, j: 12];
            input b[i: 1];
            input t[i: 2, j: 4]: index(6);
            h0 = embedding(6, 1, padding_idx = 2)(t);
            param w1[i: 6, j: 1] ~ uniform(1);
            h1[o, p] = sum(s: w1[t[o, p], s] * b[s]);
            h2 = rnn(12, 3, nonlinearity = relu)(a);
            h3 = a / (1 + a^2);
            h4 = <residual { multihead_attention(2); flatten } shortcut { tanh; multihead_attention(2); flatten }; lstm_cell(4); slice(from = 7, to = 8, dim = -1)>(a);
            h5 = <conv1d(10, 1, padding = 0, dilation = 1, stride = 2, groups = 5, bias = false); tanh; named_1: { positional_encoding }>(h3);
            h6 = named6: linear(3)(h2);
            h7 = <softmax; global_avg_pool>(h1);
            h8 = d(h7, h1);
            output z = mean(o, p, q: h0[o, p, q] * h0[o, p, q]) + mean(o: h4[o] * h4[o]) + mean(o, p: h5[o, p] * h5[o, p]) + mean(o, p: h6[o, p] * h6[o, p]) + mean(o, p, q: h8[o, p, q] * h8[o, p, q]);
            output y = 0.5 * h8;
        }
        pub Random11 {
            input a[i: 5, j: 12];
            input b[i: 2, j: 4, k: 6];
            input t: index(2);
            h0 = embedding(4)(t);
            h1 = h0[t] * h0[1 - t] - 0.1 * t;
            h2 = named2: Part11_2(b);
            h3 = <named_1: { replication_pad2d(padding = (1, 2, 1, 1)); selu }; named_2: { scale(bias = false) }>(h2);
            h4 = avg_pool1d(3, padding = 0, stride = 2)(h3);
            h5 = <part11_5(3, bias = false)>(a);
            h6 = <reshape(1); hardshrink(lambd = 0.1); rms_norm(eps = 0.01)>(h1);
            h7 = <max_pool1d(3, padding = 1, stride = 3); max_pool1d(2, padding = 1)>(h5);
            output z = mean(o, p, q: h4[o, p, q] * h4[o, p, q]) + mean(o: h6[o] * h6[o]) + mean(o, p: h7[o, p] * h7[o, p]);
            output y = 0.5 * h7;
        }
        pub Part11_2< input(2, 4, 6); parallel(sum) { { flatten(start_dim = -2, end_dim = -2); conv2d(2, (3, 1), padding = valid, dilation = (1, 2), stride = (2, 2), groups = 2, bias = false) }; { flatten(start_dim = -2, end_dim = -2); conv2d(2, (3, 1), padding = valid, dilation = (1, 2), stride = (2, 2), groups = 2, bias = false); sigmoid } } >
        block part11_5(N; bias = true)< linear(N, bias = bias); softplus; linear(N + 1, bias = bias) >
        pub Random16 {
            input a[i: 1, j: 6];
            input b[i: 5];
            h0 = multihead_attention(3, causal = true)(a, a);
            h1[o, p] = b[o] * b[p];
            h2 = <hardswish; repeat _ in 0..2 { linear(5); softmax(dim = -2) }; parallel(product) { { log_softmax(dim = 1); lstm(2, bias = false, bidirectional = true) }; { log_softmax(dim = 1); lstm(2, bias = false, bidirectional = true); sigmoid } }>(h1);
            h3, h4 = Part16_3(h2);
            h5 = <global_avg_pool; parallel { { dropout(0); linear(6, bias = false) }; { dropout(0); linear(6, bias = false); sigmoid } }>(h3);
            h6 = gru(5)(h4, b);
            h7 = <reshape(25, 1, 1); rms_norm(eps = 0.01)>(h6);
            output z = mean(o, p: h0[o, p] * h0[o, p]) + mean(o: h5[o] * h5[o]) + mean(o, p, q: h7[o, p, q] * h7[o, p, q]);
            output y = 0.5 * h7;
        }
        pub Part16_3 { input x[i: 5, j: 4]; param w[i: 5, j: 4] ~ uniform(1); h = <transpose(dim0 = -2, dim1 = -1)>(x); output u = <permute(1, 2)>(h); output v = w * x; }
        pub Random4 {
            input a[i: 4];
            input b[i: 2, j: 4, k: 6];
            input t: index(2);
            h0 = a[t] * a[1 - t] - 0.1 * t;
            h1 = named1: linear(6)(b);
            h2 = <scale>(h1);
            param w3[i: 4] ~ uniform(1);
            h3 = w3 * a;
            h4 = h2 * h0 - h2;
            h5 = h4 * h0 - h4;
            h6 = <threshold(threshold = 0.1, value = -0.3); rnn_cell(1)>(h0);
            h7, h8 = Part4_7(h3);
            output z = mean(o, p, q: h5[o, p, q] * h5[o, p, q]) + mean(o: h6[o] * h6[o]) + mean(o, p, q: h7[o, p, q] * h7[o, p, q]) + mean(o: h8[o] * h8[o]);
            output y = 0.5 * h8;
        }
        pub Part4_7 { input x[i: 4]; param w[i: 4] ~ uniform(1); h = <scale(bias = false); glu(dim = 1); prelu(per_channel)>(x); output u = <reshape(2, 1, 1); group_norm(1, 2, eps = 0.01, affine = false)>(h); output v = w * x; }
        pub Random17 {
            input a[i: 3, j: 7, k: 3];
            input b[i: 5, j: 7];
            input t: index(5);
            h0 = embedding(1)(t);
            h1 = <parallel { { max_pool1d(1, padding = 0, stride = 3, dilation = 2) }; { max_pool1d(1, padding = 0, stride = 3, dilation = 2); sigmoid } }; named_1: { leaky_relu(negative_slope = 0.2); softmax(dim = -3); rms_norm(eps = 0.01, affine = false) }>(a);
            h2 = if h1 > 0.1 { sin(h1) } else { h1 };
            h3 = named3: linear(1)(h2);
            h4 = embedding(3)(t);
            h5 = <avg_pool1d(1, padding = 0, stride = 3); reshape(42)>(h2);
            h6 = <part17_6(2)>(h5);
            h7 = concat(dim = 2)(b, b);
            output z = mean(o: h0[o] * h0[o]) + mean(o, p, q: h3[o, p, q] * h3[o, p, q]) + mean(o: h4[o] * h4[o]) + mean(o: h6[o] * h6[o]) + mean(o, p: h7[o, p] * h7[o, p]);
            output y = 0.5 * h7;
        }
        block part17_6(N; bias = true)< linear(N, bias = bias); softplus; linear(N + 1, bias = bias) >
        pub Random5 {
            input a[i: 5];
            input b[i: 4];
            h0 = tanh(a) * sigmoid(a);
            h1 = <residual { slice(from = 1, to = 3, step = 2, dim = -1) } shortcut { tanh; slice(from = 1, to = 3, step = 2, dim = -1) }; softmax>(a);
            h2 = <scale; residual { scale(bias = false) }>(h0);
            h3[o: 4] = b[3 - o] * o;
            param w4[i: 5] ~ uniform(1);
            h4 = w4 * h2;
            h5 = <parallel(product) { { scale; celu(alpha = 0.25) }; { scale; celu(alpha = 0.25); sigmoid } }; residual { linear(5) } shortcut { tanh; linear(5) }>(h3);
            h6[o: 5] = h4[4 - o] * o;
            output z = mean(o: h1[o] * h1[o]) + mean(o: h5[o] * h5[o]) + mean(o: h6[o] * h6[o]);
            output y = 0.5 * h6;
        }
        pub Random14 {
            input a[i: 5, j: 4];
            input b[i: 5, j: 8, k: 1];
            h0, h1 = rnn(4, bias = false, bidirectional = true)(a);
            h2 = <parallel(sum) { { linear(1); transpose }; { linear(1); transpose; sigmoid } }>(a);
            param w3[i: 1, j: 5] ~ uniform(1);
            h3 = w3 * h2;
            h4 = <adaptive_avg_pool2d((2, 1)); log_softmax(dim = 1); split(2, dim = 2)>(b);
            h5 = avg_pool1d(2, padding = 1)(h0);
            h6 = h5 + 0.5 * h5;
            h7 = <softshrink; residual { scale(bias = false) }>(h3);
            output z = mean(o: h1[o] * h1[o]) + mean(o, p, q: h4[o, p, q] * h4[o, p, q]) + mean(o, p: h6[o, p] * h6[o, p]) + mean(o, p: h7[o, p] * h7[o, p]);
            output y = 0.5 * h7;
        }
    }
}

compare_networks! {
    Random12Of Random12Inputs Random12Outputs certain { a: reals 40, b: reals 56 } { z: 1, y: 6 }
    Random15Of Random15Inputs Random15Outputs certain { a: reals 60, b: reals 1, t: integers 8 6 } { z: 1, y: 16 }
    Random11Of Random11Inputs Random11Outputs certain { a: reals 60, b: reals 48, t: integers 1 2 } { z: 1, y: 10 }
    Random16Of Random16Inputs Random16Outputs certain { a: reals 6, b: reals 5 } { z: 1, y: 25 }
    Random4Of Random4Inputs Random4Outputs certain { a: reals 4, b: reals 48, t: integers 1 2 } { z: 1, y: 4 }
    Random17Of Random17Inputs Random17Outputs certain { a: reals 63, b: reals 35, t: integers 1 5 } { z: 1, y: 70 }
    Random5Of Random5Inputs Random5Outputs certain { a: reals 5, b: reals 4 } { z: 1, y: 5 }
    Random14Of Random14Inputs Random14Outputs certain { a: reals 20, b: reals 40 } { z: 1, y: 5 }
}
