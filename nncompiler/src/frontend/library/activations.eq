// The activations, with PyTorch's names and defaults.
// A row is all there is to one: its derivative, its code and its documentation follow from it.
// At a kink the derivative is that of the branch taken; with `max` and `min` against a constant it is 0,
// with `clamp` 1: the comparison that is written is the convention, and these are PyTorch's. No
// comparison holds for a number that is none, so each is written such that NaN stays NaN, with the
// derivative that PyTorch has there.

/// Rectified linear unit.
activation relu(x) = max(x, 0);

/// Rectified linear unit that saturates at 6.
activation relu6(x) = min(max(x, 0), 6);

/// Rectified linear unit with a small slope below 0.
activation leaky_relu(x; negative_slope = 0.01) = if x > 0 { x } else { negative_slope * x };

/// Rectified linear unit with a learned slope below 0.
activation prelu(x; learn weight = 0.25) = if x > 0 { x } else { weight * x };

/// Logistic function.
activation sigmoid(x) = 1 / (1 + exp(-x));

/// Logarithm of the logistic function.
activation log_sigmoid(x) = -ln(1 + exp(-x));

/// Hyperbolic tangent.
activation tanh(x) = tanh(x);

/// What the hyperbolic tangent takes away.
activation tanhshrink(x) = x - tanh(x);

/// Smooth rectifier; linear above the threshold.
activation softplus(x; beta = 1, threshold = 20) =
    if beta * x > threshold { x } else { ln(1 + exp(beta * x)) / beta };

/// A sign with a smooth step.
activation softsign(x) = x / (1 + abs(x));

/// Gaussian error linear unit, x·Φ(x).
activation gelu(x) = 0.5 * x * (1 + erf(x / sqrt(2)));

/// Gaussian error linear unit with tanh in place of Φ: 0.5·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))),
/// as a sigmoid, since 1 + tanh(u) = 2·sigmoid(2u) cancels in the tail; bounded, since x³ overflows.
activation gelu_tanh(x) =
    x * sigmoid(sqrt(8 / pi) * (clamp(x, -100, 100) + 0.044715 * clamp(x, -100, 100)^3));

/// Sigmoid linear unit (swish).
activation silu(x) = x * sigmoid(x);

/// Smooth rectifier that is not monotone.
activation mish(x) = x * tanh(softplus(x));

/// Exponential linear unit.
activation elu(x; alpha = 1) = if x <= 0 { alpha * (exp(x) - 1) } else { x };

/// Exponential linear unit whose derivative is continuous for every alpha.
activation celu(x; alpha = 1) = if x <= 0 { alpha * (exp(x / alpha) - 1) } else { x };

/// Exponential linear unit that keeps mean 0 and variance 1.
activation selu(x) = 1.0507009873554804934193349852946
    * (if x <= 0 { 1.6732632423543772848170429916717 * (exp(x) - 1) } else { x });

/// The identity between two bounds.
activation hardtanh(x; min_val = -1, max_val = 1) = min(max(x, min_val), max_val);

/// The logistic function in three straight lines.
activation hardsigmoid(x) =
    if abs(x) < 3 { x / 6 + 0.5 } else { stop(clamp(x / 6 + 0.5, 0, 1)) };

/// Swish in three pieces.
activation hardswish(x) = x * (if x < 3 { max(x / 6 + 0.5, 0) } else { 1 });

/// 0 around 0, the identity outside.
activation hardshrink(x; lambd = 0.5) =
    if x <= lambd { if x >= -lambd { 0 } else { x } } else { x };

/// 0 around 0, shifted towards it outside.
activation softshrink(x; lambd = 0.5) =
    if x <= lambd { if x >= -lambd { 0 } else { x + lambd } } else { x - lambd };

/// The identity above a threshold, a constant below.
activation threshold(x; threshold = 0, value = 0) = if x <= threshold { value } else { x };

/// In training, each element 0 with probability p and otherwise greater by 1/(1 − p); else the same.
/// Where p is 1, every element is 0, and the other branch, which nothing takes, divides by no zero.
activation dropout(x; p = 0.5 in 0..=1) =
    if training { if random() < p { 0 } else { x / max(1 - p, 1e-30) } } else { x };

/// The sum of two ways through a network.
activation add(a, b) = a + b;

/// The product of two ways through a network.
activation mul(a, b) = a * b;
