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
}
