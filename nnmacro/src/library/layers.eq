// The layers, with PyTorch's names, shapes, defaults and initialisation.
// An input's rank chooses among definitions of the same name.

/// Affine map. weight and bias ~ U(−1/√in, 1/√in): PyTorch's kaiming_uniform(a = √5).
layer linear(I, O) {
    input x[i: I];
    param weight[o: O, i: I] ~ uniform(1 / sqrt(I));
    param bias[o: O]         ~ uniform(1 / sqrt(I));
    y[o] = sum(i: weight[o, i] * x[i]) + bias[o];
}

/// The same numbers, in the same memory, as one vector.
layer flatten(I) {
    input x[i: I];
    y[i] = x[i];
}
layer flatten(H, W) {
    input x[h: H, w: W];
    y[W*h + w] = x[h, w];
}
layer flatten(C, H, W) {
    input x[c: C, h: H, w: W];
    y[(c*H + h)*W + w] = x[c, h, w];
}

/// The first half of a vector, gated by the sigmoid of the second.
layer glu(N) {
    input x[n: N];
    y[n: N / 2] = x[n] * sigmoid(x[n + N / 2]);
}

/// The logarithm of softmax, along the last axis.
layer log_softmax(I) {
    input x[i: I];
    m = stop(max(i: x[i]));
    s = sum(i: exp(x[i] - m));
    y[i] = x[i] - m - ln(s);
}
layer log_softmax(H, W) {
    input x[h: H, w: W];
    m[h] = stop(max(w: x[h, w]));
    s[h] = sum(w: exp(x[h, w] - m[h]));
    y[h, w] = x[h, w] - m[h] - ln(s[h]);
}

/// Probabilities: e^x normalised to a sum of 1, along the last axis.
layer softmax(I) {
    input x[i: I];
    m = stop(max(i: x[i]));
    e[i] = exp(x[i] - m);
    s = sum(i: e[i]);
    y[i] = e[i] / s;
}
layer softmax(H, W) {
    input x[h: H, w: W];
    m[h] = stop(max(w: x[h, w]));
    e[h, w] = exp(x[h, w] - m[h]);
    s[h] = sum(w: e[h, w]);
    y[h, w] = e[h, w] / s[h];
}
