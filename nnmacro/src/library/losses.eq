// The losses of one sample; the mean over the batch is taken once, for all of them, and over the
// outputs too where an equation has no indices.
// An argument called `logits` refuses the outputs of a network that ends in `softmax`.

/// Mean squared error: the mean over batch and outputs of (p − t)².
pub loss mean_squared_error(p, t) = (p - t)^2;

/// Mean absolute error.
pub loss mean_absolute_error(p, t) = abs(p - t);

/// Quadratic up to delta, linear beyond.
pub loss huber(p, t; delta = 1 in 0..=infinity) =
    if abs(p - t) < delta { 0.5 * (p - t)^2 } else { delta * (abs(p - t) - 0.5 * delta) };

/// Huber's loss divided by beta; the absolute error for beta = 0.
pub loss smooth_l1(p, t; beta = 1 in 0..=infinity) =
    if abs(p - t) < beta { 0.5 * (p - t)^2 / beta } else { abs(p - t) - 0.5 * beta };

/// Binary cross-entropy of probabilities; each logarithm is at least −100.
pub loss binary_cross_entropy(p, t) = -(t * max(ln(p), -100) + (1 - t) * max(ln_1p(-p), -100));

/// Binary cross-entropy of logits; pos_weight weighs the positive class.
pub loss binary_cross_entropy_with_logits(logits, t; pos_weight = 1) =
    pos_weight * t * softplus(-logits) + (1 - t) * softplus(logits);

/// Kullback–Leibler divergence of target probabilities from log-probabilities, as PyTorch's mean.
pub loss kl_divergence(p, t) = if t > 0 { t * (ln(t) - p) } else { 0 };

/// Negative log-likelihood of counts, given the logarithm of their rate.
pub loss poisson_nll(p, t) = exp(p) - t * p;

/// Hinge of distances: of p for the target 1, of margin − p for −1.
pub loss hinge_embedding(p, t; margin = 1) = if t > 0 { p } else { max(0, margin - p) };

/// Negative log-likelihood of a class index, given log-probabilities.
pub loss negative_log_likelihood(p[c: C], label: class) {
    y = -sum(c: if c == label { p[c] } else { 0 });
}

/// Cross-entropy of the softmax of the logits with a class index, or with that class smoothed:
/// (1 − ε)·(−ln p[label]) + ε·mean over the classes of −ln p.
pub loss cross_entropy(logits[c: C], label: class; label_smoothing = 0 in 0..=1) {
    m = stop(max(c: logits[c]));
    normaliser = ln(sum(c: exp(logits[c] - m)));
    likely = normaliser - sum(c: if c == label { logits[c] - m } else { 0 });
    even = normaliser - sum(c: logits[c] - m) / C;
    y = if label_smoothing > 0 { likely + label_smoothing * (even - likely) } else { likely };
}
