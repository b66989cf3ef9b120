//! Layers of sequences: channels and places.

use super::super::choices::Choices;
use super::layers::Applied;

/// The size of a window over an axis.
pub fn window(choices: &mut Choices, length: usize, padding: usize, dilation: usize) -> usize {
    let most = (length + 2 * padding - 1) / dilation + 1;
    choices.up_to(most.min(3))
}

pub fn conv1d(choices: &mut Choices, shape: &[usize]) -> Option<Applied> {
    let [c, l] = *shape else { return None };
    let groups = choices.divisor(c);
    let o = groups * choices.up_to(3);
    let (stride, padding, dilation) = (choices.up_to(3), choices.below(3), choices.up_to(2));
    let k = window(choices, l, padding, dilation);
    let mut options = vec![format!("padding = {padding}"), format!("dilation = {dilation}")];
    options.extend(choices.option(&format!("stride = {stride}")));
    if groups > 1 {
        options.push(format!("groups = {groups}"));
    }
    options.extend(choices.option("bias = false"));
    let sizes = choices.sizes(c, &format!("{o}, {k}"));
    let class = ("Conv1d", &*format!("{c}, {o}, {k}"));
    Some(Applied::module(("conv1d", &sizes), class, &options))
}

/// The size of a pool's window with its padding, and whether it fits.
fn pool(choices: &mut Choices, length: usize) -> (usize, usize) {
    let k = choices.up_to(length.min(3));
    (k, choices.below(k / 2 + 1))
}

pub fn max_pool1d(choices: &mut Choices, shape: &[usize]) -> Option<Applied> {
    let [.., _, l] = *shape else { return None };
    let (k, padding) = pool(choices, l);
    let stride = choices.up_to(3);
    let mut options = vec![format!("padding = {padding}")];
    options.extend(choices.option(&format!("stride = {stride}")));
    // A window of padding alone has no greatest number.
    if 2 * (k - 1) < l && padding < 2 {
        options.extend(choices.option("dilation = 2"));
    }
    let k = k.to_string();
    let mut layer = Applied::module(("max_pool1d", &k), ("MaxPool1d", &k), &options);
    layer.torch = on_sequences(&layer.torch);
    Some(layer)
}

pub fn avg_pool1d(choices: &mut Choices, shape: &[usize]) -> Option<Applied> {
    let [.., _, l] = *shape else { return None };
    let (k, padding) = pool(choices, l);
    let stride = choices.up_to(3);
    let mut options = vec![format!("padding = {padding}")];
    options.extend(choices.option(&format!("stride = {stride}")));
    let k = k.to_string();
    let mut layer = Applied::module(("avg_pool1d", &k), ("AvgPool1d", &k), &options);
    layer.torch = on_sequences(&layer.torch);
    Some(layer)
}

/// PyTorch has pools of arrays with no more axes.
fn on_sequences(module: &str) -> String {
    format!("on_axes(1, {module})")
}

pub fn global_avg_pool(_: &mut Choices, shape: &[usize]) -> Option<Applied> {
    (shape.len() > 1).then(|| Applied::function("global_avg_pool", "", &[], "x.flatten(2).mean(2)"))
}

pub fn positional_encoding(_: &mut Choices, shape: &[usize]) -> Option<Applied> {
    let [_, e] = *shape else { return None };
    let body = "positional_encoding(x)";
    e.is_multiple_of(2).then(|| Applied::function("positional_encoding", "", &[], body))
}

/// Of a sequence to itself.
pub fn attention(choices: &mut Choices, shape: &[usize]) -> Option<Applied> {
    let [_, e] = *shape else { return None };
    let heads = choices.divisor(e);
    let bias = choices.option("bias = false");
    let causal = choices.option("causal = true");
    let sizes = choices.sizes(e, &heads.to_string());
    let options = [bias, causal].concat();
    let layer = Applied::function("multihead_attention", &sizes, &options, "").layer;
    let module = Applied::module(("", ""), ("Attention", &format!("{e}, {heads}")), &options);
    Some(Applied { layer, torch: module.torch.replace("nn.", "") })
}
