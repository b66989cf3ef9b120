//! Layers along one axis: products, normalisations, shares.

use super::super::choices::Choices;
use super::layers::Applied;

pub fn linear(choices: &mut Choices, shape: &[usize]) -> Option<Applied> {
    let n = *shape.last()?;
    let o = choices.size();
    let sizes = choices.sizes(n, &o.to_string());
    let options = choices.option("bias = false");
    Some(Applied::module(("linear", &sizes), ("Linear", &format!("{n}, {o}")), &options))
}

pub fn scale(choices: &mut Choices, shape: &[usize]) -> Option<Applied> {
    let n = *shape.last()?;
    let options = choices.option("bias = false");
    let bias = if options.is_empty() { format!(", p.numbers({n})") } else { String::new() };
    let layer = Applied::function("scale", "", &options, "").layer;
    Some(Applied { layer, torch: format!("scaled(p.numbers({n}){bias})") })
}

/// The number of an axis as an option, of which the last is the default.
fn along(choices: &mut Choices, shape: &[usize]) -> Option<(String, Vec<String>, usize)> {
    let axis = choices.below(shape.len().max(1));
    let size = *shape.get(axis)?;
    let dim = choices.dim(axis, shape.len());
    let is_default = axis + 1 == shape.len() && choices.one_in(2);
    let options = if is_default { Vec::new() } else { vec![format!("dim = {dim}")] };
    Some((dim, options, size))
}

pub fn softmax(choices: &mut Choices, shape: &[usize]) -> Option<Applied> {
    let (dim, options, _) = along(choices, shape)?;
    Some(Applied::function("softmax", "", &options, &format!("torch.softmax(x, {dim})")))
}

pub fn log_softmax(choices: &mut Choices, shape: &[usize]) -> Option<Applied> {
    let (dim, options, _) = along(choices, shape)?;
    Some(Applied::function("log_softmax", "", &options, &format!("torch.log_softmax(x, {dim})")))
}

pub fn glu(choices: &mut Choices, shape: &[usize]) -> Option<Applied> {
    let (dim, options, size) = along(choices, shape)?;
    let body = format!("functional.glu(x, {dim})");
    size.is_multiple_of(2).then(|| Applied::function("glu", "", &options, &body))
}

pub fn layer_norm(choices: &mut Choices, shape: &[usize]) -> Option<Applied> {
    let n = *shape.last()?;
    let options = choices.options(&["eps = 0.01".to_owned(), "affine = false".to_owned()]);
    let mut layer = Applied::module(("layer_norm", ""), ("LayerNorm", &n.to_string()), &options);
    layer.torch = layer.torch.replace("affine", "elementwise_affine").replace("nn.", "");
    Some(layer)
}

/// PyTorch's default of `eps` is that of the numbers' type. With it, one number alone is divided by itself,
/// and of a small one nothing is left in f32.
pub fn rms_norm(choices: &mut Choices, shape: &[usize]) -> Option<Applied> {
    let n = *shape.last()?;
    let mut options = choices.options(&["eps = 0.01".to_owned(), "affine = false".to_owned()]);
    if n == 1 && !options.iter().any(|option| option.starts_with("eps")) {
        options.push("eps = 0.01".to_owned());
    }
    let mut layer = Applied::module(("rms_norm", ""), ("RMSNorm", &n.to_string()), &options);
    layer.torch = layer.torch.replace("affine", "elementwise_affine");
    if !layer.torch.contains("eps") {
        layer.torch = layer.torch.replace("))", ", eps=F32_EPSILON))");
    }
    Some(layer)
}

/// PyTorch takes no group of one number.
pub fn group_norm(choices: &mut Choices, shape: &[usize]) -> Option<Applied> {
    let (&c, rest) = shape.split_first()?;
    let groups = choices.divisor(c);
    if c / groups * rest.iter().product::<usize>() == 1 {
        return None;
    }
    let sizes = format!("{groups}, {c}");
    let options = choices.options(&["eps = 0.01".to_owned(), "affine = false".to_owned()]);
    Some(Applied::module(("group_norm", &sizes), ("GroupNorm", &sizes), &options))
}

pub fn batch_norm(choices: &mut Choices, shape: &[usize]) -> Option<Applied> {
    let c = *shape.first()?;
    let is_image = shape.len() == 3 && choices.one_in(2);
    let name = if is_image { "batch_norm2d" } else { "batch_norm1d" };
    let options = ["eps = 0.01", "momentum = 0.3", "affine = false"].map(str::to_owned);
    let options = choices.options(&options);
    let mut layer = Applied::module((name, ""), ("BatchNorm", &c.to_string()), &options);
    layer.torch = layer.torch.replace("nn.", "");
    Some(layer)
}
