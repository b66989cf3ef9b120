//! Layers of sequences: channels and places.

use super::super::choices::Choices;
use super::layers::Applied;

/// The size of a window over an axis.
pub fn window(choices: &mut Choices, length: usize, padding: usize, dilation: usize) -> usize {
    let most = (length + 2 * padding - 1) / dilation + 1;
    choices.up_to(most.min(3))
}

/// Places at both ends of each axis: a number, or what a word says.
pub struct Padding {
    word: Option<&'static str>,
    pub numbers: Vec<usize>,
}

impl Padding {
    pub fn new(choices: &mut Choices, axes: usize) -> Self {
        let word = choices.one_in(3).then(|| *choices.pick(&["same", "valid"]));
        let most = if word.is_some() { 1 } else { 3 };
        Self { word, numbers: (0..axes).map(|_| choices.below(most)).collect() }
    }

    /// An output as large as the input has a step of 1.
    pub fn allows_strides(&self) -> bool {
        self.word != Some("same")
    }

    /// The options of windows that reach so far beyond their first places, on axes of these lengths.
    pub fn options(
        &self,
        choices: &mut Choices,
        reaches: &[usize],
        lengths: &[usize],
        written: &str,
    ) -> Vec<String> {
        let mut options = vec![format!("padding = {}", self.word.unwrap_or(written))];
        if choices.one_in(3) {
            let mode = *choices.pick(&["replicate", "circular", "reflect"]);
            let fits = |axis: usize| {
                let each = match self.word {
                    Some("same") => reaches[axis].div_ceil(2),
                    _ => self.numbers[axis],
                };
                each + usize::from(mode == "reflect") <= lengths[axis] || mode == "replicate"
            };
            if (0..lengths.len()).all(fits) {
                options.push(format!("padding_mode = {mode}"));
            }
        }
        options
    }
}

/// The last options of a convolution.
pub fn groups_and_bias(choices: &mut Choices, groups: usize) -> Vec<String> {
    let groups = (groups > 1).then(|| format!("groups = {groups}"));
    groups.into_iter().chain(choices.option("bias = false")).collect()
}

pub fn conv1d(choices: &mut Choices, shape: &[usize]) -> Option<Applied> {
    let [c, l] = *shape else { return None };
    let groups = choices.divisor(c);
    let o = groups * choices.up_to(3);
    let (stride, padding, dilation) =
        (choices.up_to(3), Padding::new(choices, 1), choices.up_to(2));
    let k = window(choices, l, padding.numbers[0], dilation);
    let written = padding.numbers[0].to_string();
    let mut options = padding.options(choices, &[dilation * (k - 1)], &[l], &written);
    options.push(format!("dilation = {dilation}"));
    if padding.allows_strides() {
        options.extend(choices.option(&format!("stride = {stride}")));
    }
    options.extend(groups_and_bias(choices, groups));
    let sizes = choices.sizes(c, &format!("{o}, {k}"));
    let class = ("Conv1d", &*format!("{c}, {o}, {k}"));
    Some(Applied::module(("conv1d", &sizes), class, &options))
}

/// No place sees a later one: PyTorch has no such word, and pads before the convolution.
pub fn causal_conv1d(choices: &mut Choices, shape: &[usize]) -> Option<Applied> {
    let [c, l] = *shape else { return None };
    let groups = choices.divisor(c);
    let o = groups * choices.up_to(3);
    let (k, stride, dilation) = (choices.up_to(3), choices.up_to(3), choices.up_to(2));
    let reach = dilation * (k - 1);
    let mut options = vec![format!("dilation = {dilation}")];
    options.extend(choices.option(&format!("stride = {stride}")));
    options.extend(groups_and_bias(choices, groups));
    let sizes = choices.sizes(c, &format!("{o}, {k}"));
    let class = ("Conv1d", &*format!("{c}, {o}, {k}"));
    let Applied { torch, .. } = Applied::module(("", ""), class, &options);
    let mode = *choices.pick(&["zeros", "replicate", "circular", "reflect"]);
    let fits = reach + usize::from(mode == "reflect") <= l || mode == "replicate";
    let mode = if fits { mode } else { "zeros" };
    options.push("padding = causal".to_owned());
    options.push(format!("padding_mode = {mode}"));
    let Applied { layer, .. } = Applied::module(("conv1d", &sizes), ("", ""), &options);
    let mode = if mode == "zeros" { "constant" } else { mode };
    Some(Applied { layer, torch: format!("causal({reach}, '{mode}', {torch})") })
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
