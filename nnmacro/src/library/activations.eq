// The activations, with PyTorch's names and defaults.
// A row is all there is to one: its derivative, its code and its documentation follow from it.

/// Rectified linear unit.
activation relu(x) = max(x, 0);

/// Rectified linear unit with a small slope below 0.
activation leaky_relu(x; negative_slope = 0.01) = if x > 0 { x } else { negative_slope * x };

/// Logistic function.
activation sigmoid(x) = 1 / (1 + exp(-x));

/// Hyperbolic tangent.
activation tanh(x) = tanh(x);

/// Smooth rectifier; linear above the threshold.
activation softplus(x; beta = 1, threshold = 20) =
    if beta * x > threshold { x } else { ln(1 + exp(beta * x)) / beta };

/// Gaussian error linear unit, x·Φ(x).
activation gelu(x) = 0.5 * x * (1 + erf(x / sqrt(2)));

/// Sigmoid linear unit (swish).
activation silu(x) = x * sigmoid(x);

/// Exponential linear unit.
activation elu(x; alpha = 1) = if x > 0 { x } else { alpha * (exp(x) - 1) };
