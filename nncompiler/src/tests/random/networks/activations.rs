//! Activations, with their settings, and dropout.

use super::super::choices::Choices;
use super::layers::Applied;

/// As they are declared, and PyTorch's modules.
const ACTIVATIONS: [(&str, &str); 32] = [
    ("tanh", "nn.Tanh()"),
    ("sigmoid", "nn.Sigmoid()"),
    ("gelu", "nn.GELU()"),
    ("silu", "nn.SiLU()"),
    ("softplus", "nn.Softplus()"),
    ("mish", "nn.Mish()"),
    ("elu(0.5)", "nn.ELU(0.5)"),
    ("softsign", "nn.Softsign()"),
    ("relu", "nn.ReLU()"),
    ("relu6", "nn.ReLU6()"),
    ("leaky_relu", "nn.LeakyReLU()"),
    ("leaky_relu(negative_slope = 0.2)", "nn.LeakyReLU(0.2)"),
    ("log_sigmoid", "nn.LogSigmoid()"),
    ("tanhshrink", "nn.Tanhshrink()"),
    ("softplus(2, threshold = 1)", "nn.Softplus(2, threshold=1)"),
    ("gelu_tanh", "nn.GELU(approximate='tanh')"),
    ("elu", "nn.ELU()"),
    ("celu", "nn.CELU()"),
    ("celu(alpha = 0.25)", "nn.CELU(alpha=0.25)"),
    ("selu", "nn.SELU()"),
    ("hardtanh", "nn.Hardtanh()"),
    ("hardtanh(-0.5, 0.25)", "nn.Hardtanh(-0.5, 0.25)"),
    ("hardsigmoid", "Hardsigmoid()"),
    ("hardswish", "nn.Hardswish()"),
    ("hardshrink", "nn.Hardshrink()"),
    ("hardshrink(lambd = 0.1)", "nn.Hardshrink(0.1)"),
    ("softshrink", "nn.Softshrink()"),
    ("softshrink(0.1)", "nn.Softshrink(0.1)"),
    ("threshold", "nn.Threshold(0, 0)"),
    ("threshold(threshold = 0.1, value = -0.3)", "nn.Threshold(0.1, -0.3)"),
    ("prelu", "PReLU()"),
    ("tanh", "nn.Tanh()"),
];

#[allow(clippy::unnecessary_wraps, reason = "as every row of the table")]
pub fn activation(choices: &mut Choices, _: &[usize]) -> Option<Applied> {
    let (layer, module) = *choices.pick(&ACTIVATIONS);
    Some(Applied { layer: layer.to_owned(), torch: format!("p({module})") })
}

/// With a slope for each channel.
pub fn prelu(_: &mut Choices, shape: &[usize]) -> Option<Applied> {
    let channels = shape.first()?;
    let layer = "prelu(per_channel)".to_owned();
    Some(Applied { layer, torch: format!("p(PReLU({channels}))") })
}

/// Nothing is random without a probability, nor after training.
#[allow(clippy::unnecessary_wraps, reason = "as every row of the table")]
pub fn dropout(choices: &mut Choices, _: &[usize]) -> Option<Applied> {
    let probability = *choices.pick(&["0", "0", "0.3"]);
    Some(Applied::module(("dropout", probability), ("Dropout", probability), &[]))
}
