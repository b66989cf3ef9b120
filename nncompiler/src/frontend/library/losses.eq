// The losses of one sample; the mean over the batch is taken once, for all of them, and over the
// outputs too where an equation has no indices. A statement `samples = …;` says how many samples
// one counts for in the mean.
// The last argument is the target; of several others, each takes an equal part of the outputs.
// An argument called `logits` refuses the outputs of a network that ends in `softmax`.

/// Mean squared error: the mean over batch and outputs of (p − t)².
pub loss mean_squared_error(p; t) = (p - t)^2;

/// Mean absolute error.
pub loss mean_absolute_error(p; t) = abs(p - t);

/// Quadratic up to delta, linear beyond.
pub loss huber(p; t; delta = 1 in 0..=infinity) =
    if abs(p - t) >= delta { delta * (abs(p - t) - 0.5 * delta) } else { 0.5 * (p - t)^2 };

/// Huber's loss divided by beta; the absolute error for beta = 0.
pub loss smooth_l1(p; t; beta = 1 in 0..=infinity) =
    if abs(p - t) >= beta { abs(p - t) - 0.5 * beta } else { 0.5 * (p - t)^2 / beta };

/// Binary cross-entropy of probabilities; each logarithm is at least −100. At 0 and 1, where it is
/// infinite, the gradient is (p − t)/10⁻¹².
pub loss binary_cross_entropy(p; t) {
    value = -(t * max(ln(p), -100) + (1 - t) * max(ln_1p(-p), -100));
    slope = (p - t) / max(p * (1 - p), 1e-12);
    y = stop(value) + stop(slope) * (p - stop(p));
}

/// Binary cross-entropy of logits; pos_weight weighs the positive class.
pub loss binary_cross_entropy_with_logits(logits; t; pos_weight = 1) =
    pos_weight * t * softplus(-logits) + (1 - t) * softplus(logits);

/// Kullback–Leibler divergence of target probabilities, or of their logarithms if log_target is 1,
/// from log-probabilities, as PyTorch's mean.
pub loss kl_divergence(p; t; log_target = 0 in 0..=1) =
    if log_target > 0 { exp(t) * (t - p) } else if t != 0 { t * (ln(t) - p) } else if p <= infinity { 0 } else { p };

/// Negative log-likelihood of counts, given the logarithm of their rate.
pub loss poisson_nll(p; t) = exp(p) - t * p;

/// Negative log-likelihood of a normal distribution: the outputs are its means, then its variances,
/// which are at least eps; full = 1 adds the constant ln(2π)/2.
pub loss gaussian_nll(mean, variance; t; full = 0 in 0..=1, eps = 1e-6 in 0..=infinity) {
    v = if variance > eps { variance } else { eps + (variance - stop(variance)) };
    y = 0.5 * (ln(v) + (mean - t)^2 / v) + full * ln(2 * pi) / 2;
}

/// Hinge of distances: of p for the target 1, of margin − p for −1.
pub loss hinge_embedding(p; t; margin = 1) = if t > 0 { p } else { max(0, margin - p) };

/// Logistic loss of scores for the targets 1 and −1.
pub loss soft_margin(p; t) = ln(1 + exp(-t * p));

/// Hinge of which of two scores, the halves of the outputs, is greater: the first for the target 1,
/// the second for −1.
pub loss margin_ranking(p, q; t; margin = 0) = max(0, margin - t * (p - q));

/// The halves of the outputs as two vectors that point the same way for the target 1, and not for −1.
pub loss cosine_embedding(p[c: C], q[c: C]; t; margin = 0 in -1..=1) {
    lengths = sqrt(sum(c: p[c]^2) + 1e-12) * sqrt(sum(c: q[c]^2) + 1e-12);
    cosine = sum(c: p[c] * q[c]) / lengths;
    y = if t > 0 { 1 - cosine } else { max(0, cosine - margin) };
}

/// Hinge of how far the score of a class index is above every other; p is 1, or 2 for squares.
pub loss multi_margin(scores[c: C]; label: class; p = 1 in 1..=2, margin = 1, weight[c: C] = 1 in 0..=infinity) {
    y = weight[label] * sum(c: if c == label { 0 } else { max(0, margin - scores[label] + scores[c])^p }) / C;
}

/// Negative log-likelihood of a class index, given log-probabilities, with a weight for each class.
pub loss negative_log_likelihood(p[c: C]; label: class; weight[c: C] = 1 in 0..=infinity) {
    samples = weight[label];
    y = -samples * p[label];
}

/// Cross-entropy of the softmax of the logits with a class index, or with that class smoothed,
/// `(1 − ε)·(−ln p[label])` + ε·mean over the classes of `−ln p`; or with target probabilities, smoothed
/// likewise. Each class may have a weight; of class indices the mean is then a weighted one.
pub loss cross_entropy(logits[c: C]; label: class; weight[c: C] = 1 in 0..=infinity, label_smoothing = 0 in 0..=1) {
    m = stop(max(c: logits[c]));
    normaliser = ln(sum(c: exp(logits[c] - m)));
    samples = weight[label];
    likely = samples * (normaliser - (logits[label] - m));
    even = sum(c: weight[c] * (normaliser - (logits[c] - m))) / C;
    y = if label_smoothing > 0 { (1 - label_smoothing) * likely + label_smoothing * even } else { likely };
}
pub loss cross_entropy(logits[c: C]; t[c: C]; weight[c: C] = 1 in 0..=infinity, label_smoothing = 0 in 0..=1) {
    m = stop(max(c: logits[c]));
    normaliser = ln(sum(c: exp(logits[c] - m)));
    smooth[c] = weight[c] * (t[c] + label_smoothing * (1 / C - t[c]));
    y = sum(c: if smooth[c] == 0 { 0 } else { smooth[c] * (normaliser - (logits[c] - m)) });
}
