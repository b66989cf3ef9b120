//! Layers of images: channels, rows and columns.

use super::super::choices::Choices;
use super::layers::Applied;
use super::sequences::{Padding, groups_and_bias, window};

pub fn conv2d(choices: &mut Choices, shape: &[usize]) -> Option<Applied> {
    let [c, h, w] = *shape else { return None };
    let groups = choices.divisor(c);
    let o = groups * choices.up_to(2);
    let stride = [choices.up_to(2), choices.up_to(3)];
    let padding = Padding::new(choices, 2);
    let each = [0, 1].map(|axis| padding.numbers[axis]);
    let dilation = [choices.up_to(2), choices.up_to(2)];
    let k = [0, 1].map(|axis| window(choices, [h, w][axis], each[axis], dilation[axis]));
    let reaches = [0, 1].map(|axis| dilation[axis] * (k[axis] - 1));
    let written = choices.pair(each);
    let mut options = padding.options(choices, &reaches, &[h, w], &written);
    options.push(format!("dilation = {}", choices.pair(dilation)));
    if padding.allows_strides() {
        let stride = format!("stride = {}", choices.pair(stride));
        options.extend(choices.option(&stride));
    }
    options.extend(groups_and_bias(choices, groups));
    let k = choices.pair(k);
    let sizes = choices.sizes(c, &format!("{o}, {k}"));
    let class = ("Conv2d", &*format!("{c}, {o}, {k}"));
    Some(Applied::module(("conv2d", &sizes), class, &options))
}

pub fn conv_transpose2d(choices: &mut Choices, shape: &[usize]) -> Option<Applied> {
    let [c, h, w] = *shape else { return None };
    let groups = choices.divisor(c);
    let o = groups * choices.up_to(2);
    let k = [choices.up_to(3), choices.up_to(3)];
    let stride = [choices.up_to(2), choices.up_to(3)];
    let dilation = [choices.up_to(2), choices.up_to(2)];
    let further = [0, 1].map(|axis| choices.below(stride[axis].max(dilation[axis])));
    let whole = |axis: usize| {
        stride[axis] * ([h, w][axis] - 1) + dilation[axis] * (k[axis] - 1) + 1 + further[axis]
    };
    let padding = [0, 1].map(|axis| choices.below(whole(axis).div_ceil(2).min(3)));
    let mut options = Vec::new();
    let numbers = [("stride", stride), ("padding", padding), ("dilation", dilation)];
    for (name, numbers) in numbers.into_iter().chain([("output_padding", further)]) {
        options.push(format!("{name} = {}", choices.pair(numbers)));
    }
    options.extend(groups_and_bias(choices, groups));
    let k = choices.pair(k);
    let sizes = choices.sizes(c, &format!("{o}, {k}"));
    let class = ("ConvTranspose2d", &*format!("{c}, {o}, {k}"));
    Some(Applied::module(("conv_transpose2d", &sizes), class, &options))
}

/// Windows, padding and strides of a pool.
fn pool(choices: &mut Choices, [h, w]: [usize; 2]) -> ([usize; 2], Vec<String>) {
    let k = [h, w].map(|size| choices.up_to(size.min(3)));
    let padding = k.map(|k| choices.below(k / 2 + 1));
    let mut options = vec![format!("padding = {}", choices.pair(padding))];
    let stride = [choices.up_to(2), choices.up_to(3)];
    let stride = format!("stride = {}", choices.pair(stride));
    options.extend(choices.option(&stride));
    (k, options)
}

pub fn max_pool2d(choices: &mut Choices, shape: &[usize]) -> Option<Applied> {
    let [.., _, h, w] = *shape else { return None };
    let (k, mut options) = pool(choices, [h, w]);
    // A window of padding alone has no greatest number.
    if 2 * (k[0] - 1) < h && 2 * (k[1] - 1) < w {
        let dilation = [choices.up_to(2), choices.up_to(2)];
        let dilation = format!("dilation = {}", choices.pair(dilation));
        options.extend(choices.option(&dilation));
    }
    let k = choices.pair(k);
    Some(Applied::module(("max_pool2d", &k), ("MaxPool2d", &k), &options))
}

pub fn avg_pool2d(choices: &mut Choices, shape: &[usize]) -> Option<Applied> {
    let [.., _, h, w] = *shape else { return None };
    let (k, options) = pool(choices, [h, w]);
    let k = choices.pair(k);
    Some(Applied::module(("avg_pool2d", &k), ("AvgPool2d", &k), &options))
}

pub fn adaptive_avg_pool2d(choices: &mut Choices, shape: &[usize]) -> Option<Applied> {
    let [_, _, _] = *shape else { return None };
    let sizes = [choices.up_to(4), choices.up_to(5)];
    let sizes = choices.pair(sizes);
    let class = ("AdaptiveAvgPool2d", &*sizes);
    Some(Applied::module(("adaptive_avg_pool2d", &sizes), class, &[]))
}

pub fn softmax2d(_: &mut Choices, shape: &[usize]) -> Option<Applied> {
    (shape.len() == 3).then(|| Applied::module(("softmax2d", ""), ("Softmax2d", ""), &[]))
}

pub fn permute(choices: &mut Choices, shape: &[usize]) -> Option<Applied> {
    let mut axes: Vec<usize> = (1..=shape.len()).collect();
    let mut order = Vec::new();
    while !axes.is_empty() {
        order.push(axes.remove(choices.below(axes.len())).to_string());
    }
    let order = order.join(", ");
    let body = format!("x.permute(0, {order})");
    (shape.len() > 1).then(|| Applied::function("permute", &order, &[], &body))
}

pub fn upsample(choices: &mut Choices, shape: &[usize]) -> Option<Applied> {
    let [_, _, _] = *shape else { return None };
    let times = [choices.up_to(2), choices.up_to(3)];
    let times = choices.pair(times);
    let class = ("Upsample", &*format!("scale_factor={times}"));
    Some(Applied::module(("upsample", &times), class, &[]))
}

const PADS: [(&str, &str); 4] = [
    ("zero", "ZeroPad2d"),
    ("circular", "CircularPad2d"),
    ("reflection", "ReflectionPad2d"),
    ("replication", "ReplicationPad2d"),
];

/// Left, right, above and below.
pub fn pad(choices: &mut Choices, shape: &[usize]) -> Option<Applied> {
    let [_, h, w] = *shape else { return None };
    let (mode, class) = *choices.pick(&PADS);
    let most = |size: usize| if mode == "reflection" { size - 1 } else { size.min(2) };
    if most(h) == 0 || most(w) == 0 {
        return None;
    }
    let each = [w, w, h, h].map(|size| choices.up_to(most(size).min(2)).to_string());
    let padding = format!("({})", each.join(", "));
    let options = [format!("padding = {padding}")];
    Some(Applied::module((&format!("{mode}_pad2d"), ""), (class, ""), &options))
}
