//! Convolutions of every kind that a schedule treats in its own way: kernels against plain loops, gradients
//! against 5-point differences.

#[macro_use]
#[path = "gradients/chains.rs"]
mod chains;

use tapeless::prelude::*;

macro_rules! networks {
    ($network:path) => {
        $network! {
            /// Rows shorter than a register, which together are longer: shifted copies, and loops.
            pub Depthwise< linear(3, 66); reshape(2, 11, 3); conv2d(2, 3, padding = 1, groups = 2); tanh; flatten; linear(2) >
            pub DepthwiseWide< linear(3, 72); reshape(3, 4, 6); conv2d(3, (2, 3), groups = 3, bias = false); flatten; linear(2) >
            pub DepthwiseLong< linear(3, 76); reshape(2, 2, 19); conv2d(2, (2, 3), padding = 1, groups = 2); flatten; linear(2) >
            pub DepthwiseStrided< linear(3, 72); reshape(2, 6, 6); conv2d(2, 3, stride = 2, padding = 1, groups = 2); flatten; linear(2) >
            pub DepthwiseDilated< linear(3, 70); reshape(2, 7, 5); conv2d(2, 2, dilation = 2, groups = 2); flatten; linear(2) >
            pub Multiplied< linear(3, 36); reshape(2, 6, 3); conv2d(4, 3, padding = 1, groups = 2); flatten; linear(2) >
            /// Windows of one element: products without windows.
            pub Pointwise< linear(3, 60); reshape(3, 4, 5); conv2d(5, 1); tanh; flatten; linear(2) >
            pub PointwiseStrided< linear(3, 105); reshape(5, 3, 7); conv2d(6, 1, stride = 2); flatten; linear(2) >
            pub PointwiseOne< linear(3, 6); reshape(6, 1, 1); conv2d(4, 1); flatten; linear(2) >
            pub PointwiseGroups< linear(3, 48); reshape(4, 3, 4); conv2d(6, 1, groups = 2); flatten; linear(2) >
            pub Pointwise1d< linear(3, 21); reshape(3, 7); conv1d(4, 1); flatten; linear(2) >
            /// Products of vectors that become products of matrices in another order.
            pub Heads< linear(3, 30); reshape(5, 6); multihead_attention(6, 3); flatten; linear(2) >
            pub HeadsCausal< linear(3, 56); reshape(7, 8); multihead_attention(8, 2, causal = true); flatten; linear(2) >
        }
    };
}

fast_and_plain!();

chains! {
    depthwise: DepthwiseOf;
    depthwise_of_a_wide_window: DepthwiseWideOf;
    depthwise_along_long_rows: DepthwiseLongOf;
    depthwise_with_a_stride: DepthwiseStridedOf;
    depthwise_with_a_dilation: DepthwiseDilatedOf;
    two_outputs_of_each_channel: MultipliedOf;
    pointwise: PointwiseOf;
    pointwise_with_a_stride: PointwiseStridedOf;
    pointwise_of_one_pixel: PointwiseOneOf;
    pointwise_in_groups: PointwiseGroupsOf;
    pointwise_of_a_sequence: Pointwise1dOf;
    heads: HeadsOf;
    causal_heads: HeadsCausalOf;
}
