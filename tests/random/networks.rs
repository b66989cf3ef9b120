//! Random networks, compiled to fast kernels and to plain loops.
//!
//! Written by a test of nncompiler, which holds it as it is: `UPDATE_RANDOM=1 cargo test -p nncompiler`.

pub mod fast {
    tapeless::network! {
        pub Random11 {
            input a[i: 5, j: 12];
            input b[i: 2, j: 4, k: 6];
            input t: index(2);
            h0 = embedding(4)(t);
            h1 = <group_norm(1, 4, eps = 0.01, affine = false); named_1: { split(2, dim = -1); log_softmax; zero_pad1d(padding = (2, 1)) }; slice(from = 2, to = 5, step = 1, dim = 1)>(h0);
            h2 = named2: Part11_2(a);
            h3 = <residual { hardshrink(lambd = 0.1) }>(h1);
            h4 = <parallel(product) { { group_norm(2, 2, eps = 0.01, affine = false); max_pool2d((2, 1), padding = 0, stride = (1, 2)) }; { group_norm(2, 2, eps = 0.01, affine = false); max_pool2d((2, 1), padding = 0, stride = (1, 2)); sigmoid } }; adaptive_avg_pool2d(4)>(b);
            h5 = <reshape(1, 4); named_2: { lstm(4, 4, num_layers = 2); batch_norm1d(eps = 0.01, momentum = 0.3) }; residual { conv1d(1, 2, 1, padding = 1, dilation = 1) } shortcut { tanh; conv1d(1, 2, 1, padding = 1, dilation = 1) }>(h0);
            h6, h7 = Part11_6(h3);
            output z = mean(o, p: h2[o, p] * h2[o, p]) + mean(o, p, q: h4[o, p, q] * h4[o, p, q]) + mean(o, p: h5[o, p] * h5[o, p]) + mean(o: h6[o] * h6[o]) + mean(o: h7[o] * h7[o]);
            output y = 0.5 * h7;
        }
        pub Part11_2< input(5, 12); glu(dim = 2) >
        pub Part11_6 { input x[i: 3]; param w[i: 3] ~ uniform(1); h = <zero_pad1d(padding = (0, 1)); parallel { { scale; flatten }; { scale; flatten; sigmoid } }>(x); output u = <softmax; replication_pad1d(padding = (2, 2), dim = 1)>(h); output v = w * x; }
        pub Random0 {
            input a[i: 2];
            input b[i: 3];
            h0 = sum(o: tanh(a[o])^3 + a[o]^2);
            h1 = d(h0, a);
            h2 = named2: Part0_2(b);
            h3 = linear(7)(h2);
            h4 = part0_4(h3);
            h5 = <part0_5(2)>(h4);
            h6[o, p] = h5[o] * h5[p];
            h7, h8 = Part0_7(b);
            output z = mean(o: h1[o] * h1[o]) + mean(o, p: h6[o, p] * h6[o, p]) + mean(o, p: h7[o, p] * h7[o, p]) + mean(o: h8[o] * h8[o]);
            output y = 0.5 * h8;
        }
        pub Part0_2< input(3); softmax >
        block part0_4< scale; parallel(product) { { dropout(0.3) }; { dropout(0.3); sigmoid } }; layer_norm >
        block part0_5(N; bias = true)< linear(N, bias = bias); softplus; linear(N + 1, bias = bias) >
        pub Part0_7 { input x[i: 3]; param w[i: 3] ~ uniform(1); h = <reshape(1, 3); conv1d(1, 1, 3, padding = 1, dilation = 2); repeat _ in 0..2 { log_softmax(dim = 1); slice(from = 0, to = 1, step = 2, dim = -1) }>(x); output u = <gru(1, 5, bidirectional = true)>(h); output v = w * x; }
        pub Random13 {
            input a[i: 4];
            input b[i: 5, j: 12, k: 1];
            h0[o, p: 11, q] = b[o, p + 1, q] - b[o, p, q];
            h1 = named1: Part13_1(h0);
            h2[o, p] = a[o] * a[p];
            h3 = part13_3(h0);
            h4 = named4: Part13_4(h2);
            h5 = <glu(dim = -2); upsample((2, 1)); zero_pad1d(padding = (0, 2))>(h1);
            h6[o, p] = sum(q: h4[o, q] * h4[p, q]);
            output z = mean(o, p, q: h3[o, p, q] * h3[o, p, q]) + mean(o, p, q: h5[o, p, q] * h5[o, p, q]) + mean(o, p: h6[o, p] * h6[o, p]);
            output y = 0.5 * h6;
        }
        pub Part13_1< input(5, 11, 1); selu; conv_transpose2d(1, (2, 2), stride = (1, 1), padding = 0, dilation = 1, output_padding = 0, bias = false) >
        block part13_3< max_pool1d(1, padding = 0, stride = 1, dilation = 2); batch_norm2d(eps = 0.01, momentum = 0.3) >
        pub Part13_4< input(4, 4); prelu(per_channel); avg_pool1d(3, padding = 0); residual { scale(bias = false); conv1d(2, 2, padding = 1, dilation = 2, stride = 3) } shortcut { tanh; scale(bias = false); conv1d(2, 2, padding = 1, dilation = 2, stride = 3) } >
        pub Random12 {
            input a[i: 5, j: 8];
            input b[i: 4, j: 7, k: 2];
            h0 = flatten(start_dim = -2, end_dim = -2)(b);
            h1 = named1: linear(3)(a);
            param w2[i: 4, j: 7, k: 2] ~ uniform(1);
            h2 = w2 * h0;
            h3 = <repeat _ in 0..2 { zero_pad1d(padding = (1, 2)); avg_pool1d(3, padding = 1, stride = 2) }>(h1);
            h4 = named4: Part12_4(b);
            h5 = rnn_cell(2)(h4, h4);
            h6 = if h3 > 0.1 { sin(h1) } else { h3 };
            output z = mean(o, p, q: h2[o, p, q] * h2[o, p, q]) + mean(o: h5[o] * h5[o]) + mean(o, p: h6[o, p] * h6[o, p]);
            output y = 0.5 * h6;
        }
        pub Part12_4< input(4, 7, 2); layer_norm; glu(dim = -3); global_avg_pool >
        pub Random1 {
            input a[i: 5, j: 8];
            input b[i: 5];
            h0 = <zero_pad1d(padding = (0, 2)); linear(1); repeat i in 1..4 { linear(2 * i - 1); tanh }>(a);
            h1 = h0 + 0.5 * h0;
            h2 = <last; gru_cell(8, 2); threshold>(a);
            h3 = named3: linear(2)(h2);
            h4 = lstm(2)(h1, h3);
            h5 = rnn(5)(h4, b);
            h6, h7 = Part1_6(h2);
            output z = mean(o, p: h5[o, p] * h5[o, p]) + mean(o: h6[o] * h6[o]) + mean(o: h7[o] * h7[o]);
            output y = 0.5 * h7;
        }
        pub Part1_6 { input x[i: 2]; param w[i: 2] ~ uniform(1); h = <rms_norm(affine = false); celu; repeat i in 1..4 { linear(2 * i - 1); tanh }>(x); output u = <scale>(h); output v = w * x; }
        pub Random14 {
            input a[i: 5, j: 4];
            input b[i: 5, j: 8, k: 1];
            h0 = gru(4, num_layers = 2)(a);
            h1 = <softmax>(h0);
            h2 = multihead_attention(1, bias = false, causal = true)(h1, h1);
            h3 = <residual { conv1d(10, 3, padding = 2, dilation = 1, stride = 3, groups = 5); avg_pool1d(2, padding = 1) } shortcut { tanh; conv1d(10, 3, padding = 2, dilation = 1, stride = 3, groups = 5); avg_pool1d(2, padding = 1) }>(h1);
            h4 = concat(h1, h2);
            h5 = <residual { positional_encoding }; softmax(dim = 2)>(h3);
            h6 = concat(a, h0);
            output z = mean(o, p, q: b[o, p, q] * b[o, p, q]) + mean(o, p: h4[o, p] * h4[o, p]) + mean(o, p: h5[o, p] * h5[o, p]) + mean(o, p: h6[o, p] * h6[o, p]);
            output y = 0.5 * h6;
        }
        pub Random19 {
            input a[i: 3];
            input b[i: 5, j: 12, k: 1];
            input t: index(1);
            h0 = embedding(5)(t);
            h1 = gru_cell(5)(h0, h0);
            h2 = <dropout(0.3); rms_norm(affine = false); linear(1)>(a);
            h3 = named3: linear(1)(b);
            h4 = <repeat _ in 0..2 { permute(1, 2, 3) }; residual { permute(2, 3, 1) } shortcut { tanh; permute(2, 3, 1) }; log_softmax(dim = 2)>(h3);
            h5 = embedding(5, padding_idx = 0)(t);
            h6 = part19_6(b);
            h7 = reuse named3(h6);
            output z = mean(o: h1[o] * h1[o]) + mean(o: h2[o] * h2[o]) + mean(o, p, q: h4[o, p, q] * h4[o, p, q]) + mean(o: h5[o] * h5[o]) + mean(o, p, q: h7[o, p, q] * h7[o, p, q]);
            output y = 0.5 * h7;
        }
        block part19_6< softmax2d >
        pub Random17 {
            input a[i: 3, j: 7, k: 3];
            input b[i: 5, j: 7];
            input t: index(5);
            h0 = embedding(1)(t);
            h1 = <parallel { { max_pool1d(1, padding = 0, stride = 3, dilation = 2) }; { max_pool1d(1, padding = 0, stride = 3, dilation = 2); sigmoid } }; named_1: { leaky_relu(negative_slope = 0.2); softmax(dim = -3); rms_norm(eps = 0.01, affine = false) }>(a);
            h2 = gru(1)(b, h0);
            h3 = group_norm(1, 5, eps = 0.01, affine = false)(b);
            param w4[i: 5, j: 3] ~ uniform(1);
            h4[o] = w4[t, o];
            h5[o, p] = sum(q: h2[o, q] * h2[p, q]);
            h6, h7 = Part17_6(h4);
            h8 = part17_8(h6);
            output z = mean(o, p, q: h1[o, p, q] * h1[o, p, q]) + mean(o, p: h3[o, p] * h3[o, p]) + mean(o, p: h5[o, p] * h5[o, p]) + mean(o: h7[o] * h7[o]) + mean(o, p: h8[o, p] * h8[o, p]);
            output y = 0.5 * h8;
        }
        pub Part17_6 { input x[i: 3]; param w[i: 3] ~ uniform(1); h = <reshape(3, 1); batch_norm1d(momentum = 0.3, affine = false)>(x); output u = <linear(1, 6); linear(6, bias = false)>(h); output v = w * x; }
        block part17_8< reflection_pad1d(padding = (2, 2), dim = 1) >
    }
}

pub mod plain {
    tapeless::__private::network_as_loops! {
        pub Random11 {
            input a[i: 5, j: 12];
            input b[i: 2, j: 4, k: 6];
            input t: index(2);
            h0 = embedding(4)(t);
            h1 = <group_norm(1, 4, eps = 0.01, affine = false); named_1: { split(2, dim = -1); log_softmax; zero_pad1d(padding = (2, 1)) }; slice(from = 2, to = 5, step = 1, dim = 1)>(h0);
            h2 = named2: Part11_2(a);
            h3 = <residual { hardshrink(lambd = 0.1) }>(h1);
            h4 = <parallel(product) { { group_norm(2, 2, eps = 0.01, affine = false); max_pool2d((2, 1), padding = 0, stride = (1, 2)) }; { group_norm(2, 2, eps = 0.01, affine = false); max_pool2d((2, 1), padding = 0, stride = (1, 2)); sigmoid } }; adaptive_avg_pool2d(4)>(b);
            h5 = <reshape(1, 4); named_2: { lstm(4, 4, num_layers = 2); batch_norm1d(eps = 0.01, momentum = 0.3) }; residual { conv1d(1, 2, 1, padding = 1, dilation = 1) } shortcut { tanh; conv1d(1, 2, 1, padding = 1, dilation = 1) }>(h0);
            h6, h7 = Part11_6(h3);
            output z = mean(o, p: h2[o, p] * h2[o, p]) + mean(o, p, q: h4[o, p, q] * h4[o, p, q]) + mean(o, p: h5[o, p] * h5[o, p]) + mean(o: h6[o] * h6[o]) + mean(o: h7[o] * h7[o]);
            output y = 0.5 * h7;
        }
        pub Part11_2< input(5, 12); glu(dim = 2) >
        pub Part11_6 { input x[i: 3]; param w[i: 3] ~ uniform(1); h = <zero_pad1d(padding = (0, 1)); parallel { { scale; flatten }; { scale; flatten; sigmoid } }>(x); output u = <softmax; replication_pad1d(padding = (2, 2), dim = 1)>(h); output v = w * x; }
        pub Random0 {
            input a[i: 2];
            input b[i: 3];
            h0 = sum(o: tanh(a[o])^3 + a[o]^2);
            h1 = d(h0, a);
            h2 = named2: Part0_2(b);
            h3 = linear(7)(h2);
            h4 = part0_4(h3);
            h5 = <part0_5(2)>(h4);
            h6[o, p] = h5[o] * h5[p];
            h7, h8 = Part0_7(b);
            output z = mean(o: h1[o] * h1[o]) + mean(o, p: h6[o, p] * h6[o, p]) + mean(o, p: h7[o, p] * h7[o, p]) + mean(o: h8[o] * h8[o]);
            output y = 0.5 * h8;
        }
        pub Part0_2< input(3); softmax >
        block part0_4< scale; parallel(product) { { dropout(0.3) }; { dropout(0.3); sigmoid } }; layer_norm >
        block part0_5(N; bias = true)< linear(N, bias = bias); softplus; linear(N + 1, bias = bias) >
        pub Part0_7 { input x[i: 3]; param w[i: 3] ~ uniform(1); h = <reshape(1, 3); conv1d(1, 1, 3, padding = 1, dilation = 2); repeat _ in 0..2 { log_softmax(dim = 1); slice(from = 0, to = 1, step = 2, dim = -1) }>(x); output u = <gru(1, 5, bidirectional = true)>(h); output v = w * x; }
        pub Random13 {
            input a[i: 4];
            input b[i: 5, j: 12, k: 1];
            h0[o, p: 11, q] = b[o, p + 1, q] - b[o, p, q];
            h1 = named1: Part13_1(h0);
            h2[o, p] = a[o] * a[p];
            h3 = part13_3(h0);
            h4 = named4: Part13_4(h2);
            h5 = <glu(dim = -2); upsample((2, 1)); zero_pad1d(padding = (0, 2))>(h1);
            h6[o, p] = sum(q: h4[o, q] * h4[p, q]);
            output z = mean(o, p, q: h3[o, p, q] * h3[o, p, q]) + mean(o, p, q: h5[o, p, q] * h5[o, p, q]) + mean(o, p: h6[o, p] * h6[o, p]);
            output y = 0.5 * h6;
        }
        pub Part13_1< input(5, 11, 1); selu; conv_transpose2d(1, (2, 2), stride = (1, 1), padding = 0, dilation = 1, output_padding = 0, bias = false) >
        block part13_3< max_pool1d(1, padding = 0, stride = 1, dilation = 2); batch_norm2d(eps = 0.01, momentum = 0.3) >
        pub Part13_4< input(4, 4); prelu(per_channel); avg_pool1d(3, padding = 0); residual { scale(bias = false); conv1d(2, 2, padding = 1, dilation = 2, stride = 3) } shortcut { tanh; scale(bias = false); conv1d(2, 2, padding = 1, dilation = 2, stride = 3) } >
        pub Random12 {
            input a[i: 5, j: 8];
            input b[i: 4, j: 7, k: 2];
            h0 = flatten(start_dim = -2, end_dim = -2)(b);
            h1 = named1: linear(3)(a);
            param w2[i: 4, j: 7, k: 2] ~ uniform(1);
            h2 = w2 * h0;
            h3 = <repeat _ in 0..2 { zero_pad1d(padding = (1, 2)); avg_pool1d(3, padding = 1, stride = 2) }>(h1);
            h4 = named4: Part12_4(b);
            h5 = rnn_cell(2)(h4, h4);
            h6 = if h3 > 0.1 { sin(h1) } else { h3 };
            output z = mean(o, p, q: h2[o, p, q] * h2[o, p, q]) + mean(o: h5[o] * h5[o]) + mean(o, p: h6[o, p] * h6[o, p]);
            output y = 0.5 * h6;
        }
        pub Part12_4< input(4, 7, 2); layer_norm; glu(dim = -3); global_avg_pool >
        pub Random1 {
            input a[i: 5, j: 8];
            input b[i: 5];
            h0 = <zero_pad1d(padding = (0, 2)); linear(1); repeat i in 1..4 { linear(2 * i - 1); tanh }>(a);
            h1 = h0 + 0.5 * h0;
            h2 = <last; gru_cell(8, 2); threshold>(a);
            h3 = named3: linear(2)(h2);
            h4 = lstm(2)(h1, h3);
            h5 = rnn(5)(h4, b);
            h6, h7 = Part1_6(h2);
            output z = mean(o, p: h5[o, p] * h5[o, p]) + mean(o: h6[o] * h6[o]) + mean(o: h7[o] * h7[o]);
            output y = 0.5 * h7;
        }
        pub Part1_6 { input x[i: 2]; param w[i: 2] ~ uniform(1); h = <rms_norm(affine = false); celu; repeat i in 1..4 { linear(2 * i - 1); tanh }>(x); output u = <scale>(h); output v = w * x; }
        pub Random14 {
            input a[i: 5, j: 4];
            input b[i: 5, j: 8, k: 1];
            h0 = gru(4, num_layers = 2)(a);
            h1 = <softmax>(h0);
            h2 = multihead_attention(1, bias = false, causal = true)(h1, h1);
            h3 = <residual { conv1d(10, 3, padding = 2, dilation = 1, stride = 3, groups = 5); avg_pool1d(2, padding = 1) } shortcut { tanh; conv1d(10, 3, padding = 2, dilation = 1, stride = 3, groups = 5); avg_pool1d(2, padding = 1) }>(h1);
            h4 = concat(h1, h2);
            h5 = <residual { positional_encoding }; softmax(dim = 2)>(h3);
            h6 = concat(a, h0);
            output z = mean(o, p, q: b[o, p, q] * b[o, p, q]) + mean(o, p: h4[o, p] * h4[o, p]) + mean(o, p: h5[o, p] * h5[o, p]) + mean(o, p: h6[o, p] * h6[o, p]);
            output y = 0.5 * h6;
        }
        pub Random19 {
            input a[i: 3];
            input b[i: 5, j: 12, k: 1];
            input t: index(1);
            h0 = embedding(5)(t);
            h1 = gru_cell(5)(h0, h0);
            h2 = <dropout(0.3); rms_norm(affine = false); linear(1)>(a);
            h3 = named3: linear(1)(b);
            h4 = <repeat _ in 0..2 { permute(1, 2, 3) }; residual { permute(2, 3, 1) } shortcut { tanh; permute(2, 3, 1) }; log_softmax(dim = 2)>(h3);
            h5 = embedding(5, padding_idx = 0)(t);
            h6 = part19_6(b);
            h7 = reuse named3(h6);
            output z = mean(o: h1[o] * h1[o]) + mean(o: h2[o] * h2[o]) + mean(o, p, q: h4[o, p, q] * h4[o, p, q]) + mean(o: h5[o] * h5[o]) + mean(o, p, q: h7[o, p, q] * h7[o, p, q]);
            output y = 0.5 * h7;
        }
        block part19_6< softmax2d >
        pub Random17 {
            input a[i: 3, j: 7, k: 3];
            input b[i: 5, j: 7];
            input t: index(5);
            h0 = embedding(1)(t);
            h1 = <parallel { { max_pool1d(1, padding = 0, stride = 3, dilation = 2) }; { max_pool1d(1, padding = 0, stride = 3, dilation = 2); sigmoid } }; named_1: { leaky_relu(negative_slope = 0.2); softmax(dim = -3); rms_norm(eps = 0.01, affine = false) }>(a);
            h2 = gru(1)(b, h0);
            h3 = group_norm(1, 5, eps = 0.01, affine = false)(b);
            param w4[i: 5, j: 3] ~ uniform(1);
            h4[o] = w4[t, o];
            h5[o, p] = sum(q: h2[o, q] * h2[p, q]);
            h6, h7 = Part17_6(h4);
            h8 = part17_8(h6);
            output z = mean(o, p, q: h1[o, p, q] * h1[o, p, q]) + mean(o, p: h3[o, p] * h3[o, p]) + mean(o, p: h5[o, p] * h5[o, p]) + mean(o: h7[o] * h7[o]) + mean(o, p: h8[o, p] * h8[o, p]);
            output y = 0.5 * h8;
        }
        pub Part17_6 { input x[i: 3]; param w[i: 3] ~ uniform(1); h = <reshape(3, 1); batch_norm1d(momentum = 0.3, affine = false)>(x); output u = <linear(1, 6); linear(6, bias = false)>(h); output v = w * x; }
        block part17_8< reflection_pad1d(padding = (2, 2), dim = 1) >
    }
}

compare_networks! {
    Random11Of Random11Inputs Random11Outputs certain { a: reals 60, b: reals 48, t: integers 1 2 } { z: 1, y: 3 }
    Random0Of Random0Inputs Random0Outputs random { a: reals 2, b: reals 3 } { z: 1, y: 3 }
    Random13Of Random13Inputs Random13Outputs certain { a: reals 4, b: reals 60 } { z: 1, y: 4 }
    Random12Of Random12Inputs Random12Outputs certain { a: reals 40, b: reals 56 } { z: 1, y: 15 }
    Random1Of Random1Inputs Random1Outputs certain { a: reals 40, b: reals 5 } { z: 1, y: 2 }
    Random14Of Random14Inputs Random14Outputs certain { a: reals 20, b: reals 40 } { z: 1, y: 40 }
    Random19Of Random19Inputs Random19Outputs random { a: reals 3, b: reals 60, t: integers 1 1 } { z: 1, y: 60 }
    Random17Of Random17Inputs Random17Outputs certain { a: reals 63, b: reals 35, t: integers 1 5 } { z: 1, y: 42 }
}
