// The losses of one sample; the mean over the batch is taken once, for all of them.
// An argument called `logits` refuses the outputs of a network that ends in `softmax`.

/// Mean squared error: the mean over batch and outputs of (p − t)².
loss mean_squared_error(p[c: C], t[c: C]) {
    y = sum(c: (p[c] - t[c])^2) / C;
}

/// Cross-entropy of the softmax of the logits with a class index, or with that class smoothed:
/// (1 − ε)·(−ln p[label]) + ε·mean over the classes of −ln p.
loss cross_entropy(logits[c: C], label: class; label_smoothing = 0) {
    m = stop(max(c: logits[c]));
    normaliser = ln(sum(c: exp(logits[c] - m)));
    likely = normaliser - sum(c: if c == label { logits[c] - m } else { 0 });
    even = normaliser - sum(c: logits[c] - m) / C;
    y = if label_smoothing > 0 { likely + label_smoothing * (even - likely) } else { likely };
}
