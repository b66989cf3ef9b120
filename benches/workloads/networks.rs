//! The networks that are measured.

use tapeless::prelude::*;

network! {
    pub Tiny<linear(4, 32); tanh; linear(32); tanh; linear(1)>

    pub Seed<linear(784, 128); relu; linear(64); sigmoid; linear(10)>

    pub Wide<linear(1024, 1024); relu; linear(1024); relu; linear(10)>

    pub Lenet<
        input(1, 28, 28);
        conv2d(6, 5); relu; max_pool2d(2);
        conv2d(16, 5); relu; max_pool2d(2);
        flatten; linear(120); relu; linear(84); relu; linear(10)
    >

    pub Gru<input(50, 32); gru(64); last; linear(10)>

    pub Lstm<input(50, 32); lstm(64); last; linear(10)>

    /// A batch-normalised convolution on both axes, and one that looks at one channel at a time.
    block separable<
        conv2d(64, 3, padding = 1, groups = 64); batch_norm2d(eps = 1e-3); relu;
        conv2d(64, 1); batch_norm2d(eps = 1e-3); relu
    >

    /// Keywords: DS-CNN of MLPerf Tiny, with the asymmetric padding of its source.
    pub Dscnn<
        input(1, 49, 10);
        zero_pad2d(padding = (1, 1, 4, 5)); conv2d(64, (10, 4), stride = 2); batch_norm2d(eps = 1e-3); relu;
        dropout(p = 0.2);
        separable; separable; separable; separable;
        dropout(p = 0.4);
        global_avg_pool; linear(12)
    >

    /// Images: ResNet-8 of MLPerf Tiny.
    pub Resnet<
        input(3, 32, 32);
        conv2d(16, 3, padding = 1); batch_norm2d(eps = 1e-3); relu;
        residual {
            conv2d(16, 3, padding = 1); batch_norm2d(eps = 1e-3); relu;
            conv2d(16, 3, padding = 1); batch_norm2d(eps = 1e-3)
        }
        relu;
        residual {
            zero_pad2d(padding = (0, 1, 0, 1)); conv2d(32, 3, stride = 2); batch_norm2d(eps = 1e-3); relu;
            conv2d(32, 3, padding = 1); batch_norm2d(eps = 1e-3)
        } shortcut { conv2d(32, 1, stride = 2) }
        relu;
        residual {
            zero_pad2d(padding = (0, 1, 0, 1)); conv2d(64, 3, stride = 2); batch_norm2d(eps = 1e-3); relu;
            conv2d(64, 3, padding = 1); batch_norm2d(eps = 1e-3)
        } shortcut { conv2d(64, 1, stride = 2) }
        relu;
        global_avg_pool; linear(10)
    >

    layer mean_of_features(S, D) { input x[s: S, d: D]; y[s] = mean(d: x[s, d]); }

    layer mean_of_tokens(S, D) { input x[s: S, d: D]; y[d] = mean(s: x[s, d]); }

    block transformer<
        residual { layer_norm; multihead_attention(64, 4, causal = true) }
        residual { layer_norm; linear(256); gelu; linear(64) }
    >

    pub Former<input(64, 64); transformer; transformer; layer_norm; mean_of_features; linear(10)>

    pub Embed<input(64): index(1000); embedding(32); mean_of_tokens; linear(10)>

    block normalised(O)<linear(O); batch_norm1d; relu>

    pub Auto<
        input(640);
        repeat _ in 0..4 { normalised(128) }
        normalised(8);
        repeat _ in 0..4 { normalised(128) }
        linear(640)
    >

    /// A convolution that looks at one channel at a time, and one at all channels of a pixel.
    block mobile(I, O, S)<
        conv2d(I, 3, stride = S, padding = 1, groups = I, bias = false); batch_norm2d(eps = 1e-3); relu;
        conv2d(O, 1, bias = false); batch_norm2d(eps = 1e-3); relu
    >

    /// Persons: MobileNetV1 of MLPerf Tiny, a quarter as wide.
    pub Mobilenet<
        input(3, 96, 96);
        conv2d(8, 3, stride = 2, padding = 1, bias = false); batch_norm2d(eps = 1e-3); relu;
        mobile(8, 16, 1); mobile(16, 32, 2); mobile(32, 32, 1); mobile(32, 64, 2); mobile(64, 64, 1);
        mobile(64, 128, 2);
        repeat _ in 0..5 { mobile(128, 128, 1) }
        mobile(128, 256, 2); mobile(256, 256, 1);
        global_avg_pool; linear(2)
    >

    layer positions(S, D) { input x[s: S, d: D]; param weight[s: S, d: D] ~ normal(0.02); y = x + weight; }

    block decoder<
        residual { layer_norm; multihead_attention(128, 4, causal = true) }
        residual { layer_norm; linear(512); gelu; linear(128) }
    >

    /// The next character: nanoGPT's small configuration.
    pub Text<
        input(64): index(65); embedding(128); positions;
        decoder; decoder; decoder; decoder;
        layer_norm; linear(65)
    >

    pub loss next_character(logits[t: T, c: C]; next[t: T]: class) {
        log_p[t, c] = log_softmax(logits)[t, c];
        y = -mean(t: log_p[t, next[t]]);
    }

    pub Dqn<linear(4, 256); relu; linear(256); relu; linear(2)>

    /// Huber's loss of the action that was taken.
    pub loss bellman(q[a: A]; action: class, worth) {
        off = abs(q[action] - worth);
        y = if off < 1 { 0.5 * off^2 } else { off - 0.5 };
    }

    /// Burgers' equation, with DeepXDE's network.
    pub Burgers {
        input x; input t;
        u = <linear(20); tanh; linear(20); tanh; linear(20); tanh; linear(1)>(concat(x, t));
        output residual = d(u, t) + u * d(u, x) - 0.01 / pi * d(d(u, x), x);
    }

    pub loss equation(residual[k: K]) = mean(k: residual[k]^2);

    pub Simple<linear(24, 8); tanh; dropout(0.2); linear(2)>
}
