// The layers, with PyTorch's names, shapes, defaults and initialisation.
// `..` stands for any number of axes, `..dim` for those before the axis `dim`: 1 is the first, since 0 is
// the batch, and −1 the last. `(..)` is all of them as one, row by row.
// `f1d[D = 1], f2d[D = 2](K[D])` are two layers of one text, and `l[D]: L` is an index along each of D axes:
// `stride * l + p` is a place along each, as are K, `stride` and p.
// Files hold a parameter under its name, or under what `as` says: PyTorch's key, where it is none for
// a field. PyTorch counts the batches of batch normalisation too, for a mean of all of them that is not
// here (`momentum=None`): `ignored` lets a file hold the count.
// A mean m is rounded, to numbers that may lie far apart beside the differences from it. `rest` is the mean
// of those, 0 but for the rounding and so without a derivative; and the mean of their squares is too great
// by its square.

/// Affine map along the last axis. weight and bias ~ U(−1/√in, 1/√in): PyTorch's kaiming_uniform(a = √5).
layer linear(I, O; bias = true) {
    input x[.., i: I];
    param weight[o: O, i: I] ~ uniform(1 / sqrt(I));
    param bias[o: O]         ~ uniform(1 / sqrt(I)) when bias;
    y[.., o] = sum(i: weight[o, i] * x[.., i]) + bias[o];
}

/// The axes from `start_dim` to `end_dim` as one, in the same memory: by default all of them.
#[outputs(unchanged)]
layer flatten(..; start_dim = 1, end_dim = -1) {
    input x[..start_dim, ..=end_dim, ..];
    y[..start_dim, (..=end_dim), ..] = x[..start_dim, ..=end_dim, ..];
}

/// The first half along the axis `dim`, gated by the sigmoid of the second.
layer glu(N; dim = -1) {
    input x[..dim, n: N, ..];
    require 2 divides N;
    y[..dim, n: N / 2, ..] = x[..dim, n, ..] * sigmoid(x[..dim, n + N / 2, ..]);
}

/// The logarithm of softmax, along the axis `dim`.
layer log_softmax(I; dim = -1) {
    input x[..dim, i: I, ..];
    m[..dim, ..] = stop(max(i: x[..dim, i, ..]));
    s[..dim, ..] = sum(i: exp(x[..dim, i, ..] - m[..dim, ..]));
    y[..dim, i, ..] = x[..dim, i, ..] - m[..dim, ..] - ln(s[..dim, ..]);
}

/// Probabilities: e^x normalised to a sum of 1, along the axis `dim`.
#[outputs(probabilities)]
layer softmax(I; dim = -1) {
    input x[..dim, i: I, ..];
    m[..dim, ..] = stop(max(i: x[..dim, i, ..]));
    e[..dim, i, ..] = exp(x[..dim, i, ..] - m[..dim, ..]);
    s[..dim, ..] = sum(i: e[..dim, i, ..]);
    y[..dim, i, ..] = e[..dim, i, ..] / s[..dim, ..];
}

/// Probabilities over the channels, for each place of an image.
layer softmax2d(C) {
    input x[c: C, h: H, w: W];
    m[h, w] = stop(max(c: x[c, h, w]));
    e[c, h, w] = exp(x[c, h, w] - m[h, w]);
    s[h, w] = sum(c: e[c, h, w]);
    y[c, h, w] = e[c, h, w] / s[h, w];
}

/// Convolution over a sequence of C channels; as PyTorch's, the output is as long as the input if padding is
/// `same`. If it is `causal`, no step depends on a later one.
layer conv1d(C, O, K; stride = 1 in 1..=infinity, padding = 0 in 0..=infinity | valid | same | causal, dilation = 1 in 1..=infinity, groups = 1 in 1..=infinity, bias = true, padding_mode = zeros | reflect | replicate | circular) {
    input x[i: C, l: L];
    let reach = dilation * (K - 1);
    let padding_before = if padding == same { reach / 2 } else if padding == causal { reach }
        else if padding == valid { 0 } else { padding };
    let padding_after = if padding == same { reach - reach / 2 } else if padding == causal { 0 }
        else { padding_before };
    require groups divides C;
    require groups divides O;
    require stride == 1 when padding == same;
    require dilation * (K - 1) < L + padding_before + padding_after;
    require max(padding_before, padding_after) < L when padding_mode == reflect;
    require max(padding_before, padding_after) <= L when padding_mode == circular;
    param weight[o: O, c: C / groups, p: K] ~ uniform(1 / sqrt(C / groups * K));
    param bias[o: O]                        ~ uniform(1 / sqrt(C / groups * K)) when bias;
    index g: groups, k: O / groups;
    padded[i, l + padding_before: L + padding_before + padding_after] = x[i, l] else 0
        when padding_mode == zeros;
    padded = reflection_pad1d(padding = (padding_before, padding_after))(x) when padding_mode == reflect;
    padded = replication_pad1d(padding = (padding_before, padding_after))(x) when padding_mode == replicate;
    padded = circular_pad1d(padding = (padding_before, padding_after))(x) when padding_mode == circular;
    y[g * (O / groups) + k, l: (L + padding_before + padding_after - reach - 1) / stride + 1] =
        sum(c, p: weight[g * (O / groups) + k, c, p]
            * padded[g * (C / groups) + c, stride * l + dilation * p])
        + bias[g * (O / groups) + k];
}

/// Convolution over an image of C channels; as PyTorch's, the output is as large as the input if padding is
/// `same`.
layer conv2d(C, O, K[2]; stride[2] = 1 in 1..=infinity, padding[2] = 0 in 0..=infinity | valid | same, dilation[2] = 1 in 1..=infinity, groups = 1 in 1..=infinity, bias = true, padding_mode = zeros | reflect | replicate | circular) {
    input x[i: C, h: H, w: W];
    let reach[2] = dilation * (K - 1);
    let padding_before[2] = if padding == same { reach / 2 } else if padding == valid { 0 } else { padding };
    let padding_after[2] = if padding == same { reach - reach / 2 } else { padding_before };
    require groups divides C;
    require groups divides O;
    require stride[0] == 1 when padding[0] == same;
    require stride[1] == 1 when padding[1] == same;
    require dilation[0] * (K[0] - 1) < H + padding_before[0] + padding_after[0];
    require dilation[1] * (K[1] - 1) < W + padding_before[1] + padding_after[1];
    require padding_after[0] < H when padding_mode == reflect;
    require padding_after[1] < W when padding_mode == reflect;
    require padding_after[0] <= H when padding_mode == circular;
    require padding_after[1] <= W when padding_mode == circular;
    param weight[o: O, c: C / groups, p: K[0], q: K[1]]
        ~ uniform(1 / sqrt(C / groups * K[0] * K[1]));
    param bias[o: O] ~ uniform(1 / sqrt(C / groups * K[0] * K[1])) when bias;
    index g: groups, k: O / groups;
    padded[i,
        h + padding_before[0]: H + padding_before[0] + padding_after[0],
        w + padding_before[1]: W + padding_before[1] + padding_after[1]] =
        x[i, h, w] else 0 when padding_mode == zeros;
    padded = reflection_pad2d(
        padding = (padding_before[1], padding_after[1], padding_before[0], padding_after[0]))(x)
        when padding_mode == reflect;
    padded = replication_pad2d(
        padding = (padding_before[1], padding_after[1], padding_before[0], padding_after[0]))(x)
        when padding_mode == replicate;
    padded = circular_pad2d(
        padding = (padding_before[1], padding_after[1], padding_before[0], padding_after[0]))(x)
        when padding_mode == circular;
    y[g * (O / groups) + k,
        h: (H + padding_before[0] + padding_after[0] - reach[0] - 1) / stride[0] + 1,
        w: (W + padding_before[1] + padding_after[1] - reach[1] - 1) / stride[1] + 1] =
        sum(c, p, q: weight[g * (O / groups) + k, c, p, q]
            * padded[g * (C / groups) + c,
                stride[0] * h + dilation[0] * p, stride[1] * w + dilation[1] * q])
        + bias[g * (O / groups) + k];
}

/// Transposed convolution: what the gradient of conv2d does, as a layer.
layer conv_transpose2d(C, O, K[2]; stride[2] = 1 in 1..=infinity, padding[2] = 0 in 0..=infinity, output_padding[2] = 0 in 0..=infinity, groups = 1 in 1..=infinity, bias = true, dilation[2] = 1 in 1..=infinity) {
    input x[i: C, h: H, w: W];
    require groups divides C;
    require groups divides O;
    require output_padding[0] < max(stride[0], dilation[0]);
    require output_padding[1] < max(stride[1], dilation[1]);
    require 2 * padding[0] < stride[0] * (H - 1) + dilation[0] * (K[0] - 1) + 1 + output_padding[0];
    require 2 * padding[1] < stride[1] * (W - 1) + dilation[1] * (K[1] - 1) + 1 + output_padding[1];
    param weight[i: C, k: O / groups, p: K[0], q: K[1]]
        ~ uniform(1 / sqrt(O / groups * K[0] * K[1]));
    param bias[o: O] ~ uniform(1 / sqrt(O / groups * K[0] * K[1])) when bias;
    index g: groups, k: O / groups, c: C / groups, p: K[0], q: K[1];
    whole[g * (O / groups) + k,
        stride[0] * h + dilation[0] * p:
            stride[0] * (H - 1) + dilation[0] * (K[0] - 1) + 1 + output_padding[0],
        stride[1] * w + dilation[1] * q:
            stride[1] * (W - 1) + dilation[1] * (K[1] - 1) + 1 + output_padding[1]] =
        sum(c: weight[g * (C / groups) + c, k, p, q] * x[g * (C / groups) + c, h, w]);
    y[o,
        h: stride[0] * (H - 1) + dilation[0] * (K[0] - 1) + 1 + output_padding[0] - 2 * padding[0],
        w: stride[1] * (W - 1) + dilation[1] * (K[1] - 1) + 1 + output_padding[1] - 2 * padding[1]] =
        whole[o, h + padding[0], w + padding[1]] + bias[o];
}

/// The greatest in each window of a sequence, or of an image.
layer max_pool1d[D = 1], max_pool2d[D = 2](K[D]; stride[D] = K in 1..=infinity, padding[D] = 0 in 0..=infinity, dilation[D] = 1 in 1..=infinity) {
    input x[.., l[D]: L];
    require 2 * padding <= K;
    require dilation * (K - 1) < L + 2 * padding;
    index p[D]: K;
    padded[.., l + padding: L + 2 * padding] = x[.., l] else -infinity;
    y[.., l: (L + 2 * padding - dilation * (K - 1) - 1) / stride + 1] =
        max(p: padded[.., stride * l + dilation * p]);
}

/// The mean of each window of a sequence, or of an image, padding included.
layer avg_pool1d[D = 1], avg_pool2d[D = 2](K[D]; stride[D] = K in 1..=infinity, padding[D] = 0 in 0..=infinity) {
    input x[.., l[D]: L];
    require 2 * padding <= K;
    require K <= L + 2 * padding;
    index p[D]: K;
    padded[.., l + padding: L + 2 * padding] = x[.., l] else 0;
    y[.., l: (L + 2 * padding - K) / stride + 1] = mean(p: padded[.., stride * l + p]);
}

/// Means over an image of any size that give O numbers along each axis: output i is the mean of the
/// inputs from ⌊i·H/O⌋ to ⌈(i + 1)·H/O⌉ − 1.
layer adaptive_avg_pool2d(O[2]) {
    input x[c: C, h: H, w: W];
    rows[i: O[0], h] = if (h + 1) * O[0] > i * H { if h * O[0] < (i + 1) * H { 1 } else { 0 } } else { 0 };
    columns[j: O[1], w] = if (w + 1) * O[1] > j * W { if w * O[1] < (j + 1) * W { 1 } else { 0 } } else { 0 };
    y[c, i, j] = sum(h, w: rows[i, h] * columns[j, w] * x[c, h, w])
        / (sum(h: rows[i, h]) * sum(w: columns[j, w]));
}

/// The mean of each channel.
layer global_avg_pool(C) {
    input x[c: C, ..];
    y[c] = mean(..: x[c, ..]);
}

/// Each channel, of an image in `batch_norm2d`, with mean 0 and variance 1 over the batch, then scaled and
/// shifted.
#[ignored("num_batches_tracked")]
layer batch_norm1d[D = 1], batch_norm2d[D = 2](C; eps = 1e-5, momentum = 0.1, affine = true) {
    input x[c: C, ..];
    require rank(x) == D + 1 when D > 1;
    param weight[c: C] ~ ones() when affine else 1;
    param bias[c: C] ~ zeros() when affine;
    state running_mean[c: C] ~ zeros();
    state running_var[c: C] ~ ones();
    m[c] = mean(batch, ..: x[c, ..]);
    rest[c] = stop(mean(batch, ..: x[c, ..] - m[c]));
    square[c] = mean(batch, ..: (x[c, ..] - m[c])^2);
    v[c] = square[c] - stop(min(square[c], rest[c]^2));
    running_mean[c] <- (1 - momentum) * running_mean[c] + momentum * (m[c] + rest[c]);
    running_var[c] <- (1 - momentum) * running_var[c]
        + momentum * v[c] * (batch * (..)) / max(batch * (..) - 1, 1);
    scale[c] = weight[c] / sqrt(if training { v[c] + eps } else { running_var[c] + eps });
    y[c, ..] = (if training { x[c, ..] - m[c] - rest[c] } else { x[c, ..] - running_mean[c] }) * scale[c] + bias[c];
}

/// Mean 0 and variance 1 along the last axis, then scaled and shifted.
layer layer_norm(N; eps = 1e-5, affine = true) {
    input x[.., n: N];
    param weight[n: N] ~ ones() when affine else 1;
    param bias[n: N] ~ zeros() when affine;
    m[..] = mean(n: x[.., n]);
    rest[..] = stop(mean(n: x[.., n] - m[..]));
    square[..] = mean(n: (x[.., n] - m[..])^2);
    v[..] = square[..] - stop(min(square[..], rest[..]^2));
    inverse[..] = 1 / sqrt(v[..] + eps);
    y[.., n] = (x[.., n] - m[..] - rest[..]) * inverse[..] * weight[n] + bias[n];
}

/// A root mean square of 1 along the last axis, then scaled.
layer rms_norm(N; eps = 1.1920928955078125e-7, affine = true) {
    input x[.., n: N];
    param weight[n: N] ~ ones() when affine else 1;
    v[..] = mean(n: x[.., n]^2);
    inverse[..] = 1 / sqrt(v[..] + eps);
    y[.., n] = x[.., n] * inverse[..] * weight[n];
}

/// Mean 0 and variance 1 over each of G groups of channels, then scaled and shifted.
layer group_norm(G, C; eps = 1e-5, affine = true) {
    input x[c: C, ..];
    require G divides C;
    param weight[c: C] ~ ones() when affine else 1;
    param bias[c: C] ~ zeros() when affine;
    index g: G, k: C / G;
    m[g] = mean(k, ..: x[g * (C / G) + k, ..]);
    rest[g] = stop(mean(k, ..: x[g * (C / G) + k, ..] - m[g]));
    square[g] = mean(k, ..: (x[g * (C / G) + k, ..] - m[g])^2);
    v[g] = square[g] - stop(min(square[g], rest[g]^2));
    inverse[g] = 1 / sqrt(v[g] + eps);
    y[g * (C / G) + k, ..] = (x[g * (C / G) + k, ..] - m[g] - rest[g]) * inverse[g]
        * weight[g * (C / G) + k] + bias[g * (C / G) + k];
}

/// A vector for each integer; zeros for the one that is `padding_idx`.
layer embedding(V, D; padding_idx = -1 in -1..=infinity) {
    input token[..]: index(V);
    require padding_idx < V;
    param weight[v: V, d: D] ~ normal(1);
    y[.., d] = if padding_idx >= 0 {
        if token[..] == padding_idx { 0 } else { weight[token[..], d] }
    } else {
        weight[token[..], d]
    };
}

/// The same numbers, in the same memory, with other axes.
#[outputs(unchanged)]
layer reshape(..shape) {
    input x[..];
    require (..) == (..shape);
    flat[(..)] = x[..];
    y[..shape] = flat[(..shape)];
}

/// Two axes, by their numbers, in each other's place: of a matrix, rows as columns.
layer transpose(A, B; dim0 = 1, dim1 = 2) {
    input x[..dim0, a: A, ..dim1, b: B, ..];
    y[..dim0, b, ..dim1, a, ..] = x[..dim0, a, ..dim1, b, ..];
}

/// The axes in another order, by their numbers, of which 0 is the batch: `permute(2, 3, 1)` puts the
/// channels of an image last.
layer permute(P[..]) {
    input x[..];
    y[..P] = x[..];
}

/// Each element of an image K times along each axis.
layer upsample(K[2]) {
    input x[c: C, h: H, w: W];
    index p: K[0], q: K[1];
    y[c, K[0] * h + p, K[1] * w + q] = x[c, h, w];
}

/// Zeros around an image: left, right, above and below.
layer zero_pad2d(; padding[4] = 1 in 0..=infinity) {
    input x[c: C, h: H, w: W];
    y[c, h + padding[2]: H + padding[2] + padding[3], w + padding[0]: W + padding[0] + padding[1]] =
        x[c, h, w] else 0;
}

/// Zeros before and behind the last axis of a sequence; before it alone, as many as a kernel has numbers
/// less one, they make a convolution causal.
layer zero_pad1d(; padding[2] = 1 in 0..=infinity) {
    input x[.., l: L];
    y[.., l + padding[0]: L + padding[0] + padding[1]] = x[.., l] else 0;
}

/// What is at the other end, before and behind the axis `dim`.
layer circular_pad1d(; padding[2] = 1 in 0..=infinity, dim = -1) {
    input x[..dim, l: L, ..];
    require padding[0] <= L;
    require padding[1] <= L;
    let N = L + padding[0] + padding[1];
    index p: padding[0], q: padding[1];
    before[..dim, p + 0: N, ..] =
        x[..dim, p + (L - padding[0]), ..] else 0 when padding[0] > 0;
    own[..dim, l + padding[0]: N, ..] = x[..dim, l, ..] else 0;
    behind[..dim, q + (L + padding[0]): N, ..] = x[..dim, q, ..] else 0 when padding[1] > 0;
    y[..dim, k: N, ..] =
        before[..dim, k, ..] + own[..dim, k, ..] + behind[..dim, k, ..];
}

/// `circular_pad1d` of an image: left, right, above and below.
layer circular_pad2d(; padding[4] = 1 in 0..=infinity) {
    input x[.., h: H, w: W];
    wider = circular_pad1d(padding = (padding[0], padding[1]))(x);
    y = circular_pad1d(padding = (padding[2], padding[3]), dim = -2)(wider);
}

/// What is beside the ends, in the other order, before and behind the axis `dim`.
layer reflection_pad1d(; padding[2] = 1 in 0..=infinity, dim = -1) {
    input x[..dim, l: L, ..];
    require padding[0] < L;
    require padding[1] < L;
    let N = L + padding[0] + padding[1];
    index p: padding[0], q: padding[1];
    before[..dim, p + 0: N, ..] = x[..dim, padding[0] - p, ..] else 0 when padding[0] > 0;
    own[..dim, l + padding[0]: N, ..] = x[..dim, l, ..] else 0;
    behind[..dim, q + (L + padding[0]): N, ..] =
        x[..dim, L - 2 - q, ..] else 0 when padding[1] > 0;
    y[..dim, k: N, ..] =
        before[..dim, k, ..] + own[..dim, k, ..] + behind[..dim, k, ..];
}

/// `reflection_pad1d` of an image: left, right, above and below.
layer reflection_pad2d(; padding[4] = 1 in 0..=infinity) {
    input x[.., h: H, w: W];
    wider = reflection_pad1d(padding = (padding[0], padding[1]))(x);
    y = reflection_pad1d(padding = (padding[2], padding[3]), dim = -2)(wider);
}

/// The ends again, before and behind the axis `dim`.
layer replication_pad1d(; padding[2] = 1 in 0..=infinity, dim = -1) {
    input x[..dim, l: L, ..];
    let N = L + padding[0] + padding[1];
    index p: padding[0], q: padding[1];
    before[..dim, p + 0: N, ..] = x[..dim, 0, ..] else 0 when padding[0] > 0;
    own[..dim, l + padding[0]: N, ..] = x[..dim, l, ..] else 0;
    behind[..dim, q + (L + padding[0]): N, ..] =
        x[..dim, L - 1, ..] else 0 when padding[1] > 0;
    y[..dim, k: N, ..] =
        before[..dim, k, ..] + own[..dim, k, ..] + behind[..dim, k, ..];
}

/// `replication_pad1d` of an image: left, right, above and below.
layer replication_pad2d(; padding[4] = 1 in 0..=infinity) {
    input x[.., h: H, w: W];
    wider = replication_pad1d(padding = (padding[0], padding[1]))(x);
    y = replication_pad1d(padding = (padding[2], padding[3]), dim = -2)(wider);
}

/// Along the axis `dim`, each `step`-th place from `from` on, and none from `to` on.
layer slice(I; from = 0 in 0..=infinity, to = I in 1..=infinity, step = 1 in 1..=infinity, dim = 1) {
    input x[..dim, i: I, ..];
    require from < to;
    require to <= I;
    y[..dim, j: (to - from + step - 1) / step, ..] = x[..dim, from + step * j, ..];
}

/// Parts of N places along the axis `dim`, the last of which may have fewer, or of as many as each of several
/// sizes says: `a, b, c = split(2)(x)`, `a, b = split((2, 3))(x)`.
layer split(N[..]; dim = 1) {
    input x[..dim, i: I, ..];
    require total(N) == I when len(N) > 1;
    let parts = if len(N) == 1 { (I + N[0] - 1) / N[0] } else { len(N) };
    let from = 0;
    repeat k in 0..parts {
        let size = if len(N) == 1 { min(N[0], I - from) } else { N[k] };
        part[..dim, j: size, ..] = x[..dim, from + j, ..];
        output part;
        let from = from + size;
    }
}

/// Each feature times a learned number, plus another.
layer scale(N; bias = true) {
    input x[.., n: N];
    param weight[n: N] ~ ones();
    param bias[n: N] ~ zeros() when bias;
    y[.., n] = weight[n] * x[.., n] + bias[n];
}

/// Sines and cosines of each place, added: PE[s, 2k] = sin(s/10000^(2k/E)), PE[s, 2k + 1] the cosine.
layer positional_encoding(E) {
    input x[s: S, e: E];
    require 2 divides E;
    index k: E / 2, r: 2;
    y[s, 2 * k + r] = x[s, 2 * k + r]
        + (if r == 0 { sin(s / 10000^(2 * k / E)) } else { cos(s / 10000^(2 * k / E)) });
}

/// Attention of several heads, of each place of a sequence to those of another or, by default, of its own;
/// if causal, to none behind it. The mask is added to the scores. Where keys or values have sizes of their own,
/// `kdim` and `vdim`, the three projections are parameters of their own.
layer multihead_attention(E, heads; causal = false, bias = true, kdim = E in 1..=infinity, vdim = E in 1..=infinity) {
    input query[.., s: S, e: E];
    input key[.., t: T, n: kdim] = query;
    input value[.., t: T, m: vdim] = key;
    input mask[s: S, t: T] = 0;
    let separate = if kdim == E { if vdim == E { 0 } else { 1 } } else { 1 };
    require heads divides E;
    param in_proj_weight[i: 3 * E, e: E] ~ uniform(sqrt(6 / (4 * E))) when separate == 0;
    param q_proj_weight[i: E, e: E]      ~ uniform(sqrt(6 / (2 * E))) when separate;
    param k_proj_weight[i: E, n: kdim]   ~ uniform(sqrt(6 / (E + kdim))) when separate;
    param v_proj_weight[i: E, m: vdim]   ~ uniform(sqrt(6 / (E + vdim))) when separate;
    param in_proj_bias[i: 3 * E]                           ~ zeros() when bias;
    param out_proj_weight[o: E, e: E] as "out_proj.weight" ~ uniform(1 / sqrt(E));
    param out_proj_bias[o: E]         as "out_proj.bias"   ~ zeros() when bias;
    index h: heads, d: E / heads;
    q[.., s, h, d] = sum(e: in_proj_weight[h * (E / heads) + d, e] * query[.., s, e])
        + in_proj_bias[h * (E / heads) + d] when separate == 0;
    k[.., t, h, d] = sum(e: in_proj_weight[E + h * (E / heads) + d, e] * key[.., t, e])
        + in_proj_bias[E + h * (E / heads) + d] when separate == 0;
    v[.., t, h, d] = sum(e: in_proj_weight[2 * E + h * (E / heads) + d, e] * value[.., t, e])
        + in_proj_bias[2 * E + h * (E / heads) + d] when separate == 0;
    q[.., s, h, d] = sum(e: q_proj_weight[h * (E / heads) + d, e] * query[.., s, e])
        + in_proj_bias[h * (E / heads) + d] when separate;
    k[.., t, h, d] = sum(n: k_proj_weight[h * (E / heads) + d, n] * key[.., t, n])
        + in_proj_bias[E + h * (E / heads) + d] when separate;
    v[.., t, h, d] = sum(m: v_proj_weight[h * (E / heads) + d, m] * value[.., t, m])
        + in_proj_bias[2 * E + h * (E / heads) + d] when separate;
    score[.., h, s, t] = sum(d: q[.., s, h, d] * k[.., t, h, d]) / sqrt(E / heads) + mask[s, t];
    seen[.., h, s, t] =
        if causal { if t > s { -infinity } else { score[.., h, s, t] } } else { score[.., h, s, t] };
    m[.., h, s] = stop(max(t: seen[.., h, s, t]));
    weight[.., h, s, t] = exp(seen[.., h, s, t] - m[.., h, s]);
    total[.., h, s] = sum(t: weight[.., h, s, t]);
    head[.., s, h * (E / heads) + d] =
        sum(t: weight[.., h, s, t] * v[.., t, h, d]) / total[.., h, s];
    y[.., s, o] = sum(e: out_proj_weight[o, e] * head[.., s, e]) + out_proj_bias[o];
}

/// Two arrays one after the other, along the axis `dim`.
layer concat(A, B; dim = 1) {
    input a[..dim, i: A, ..];
    input b[..dim, j: B, ..];
    first[..dim, i + 0: A + B, ..] = a[..dim, i, ..];
    second[..dim, A + j: A + B, ..] = b[..dim, j, ..];
    y[..dim, k: A + B, ..] = first[..dim, k, ..] + second[..dim, k, ..];
}

// Recurrent layers, as PyTorch's: layer after layer, and in each both directions if `bidirectional`; states
// before the first step may be given, as one vector, those of a layer's directions one behind the other, and
// the last ones come out so: `y, h_n = gru(8)(x, h_0)`.
// The direction d is 0 or 1: a step reads the state at t - 1 + 2 * d. In training, `dropout` leaves out numbers
// between the layers.

/// Elman's recurrent network over a sequence: its state after every step, and the last states.
layer rnn(I, H; num_layers = 1 in 1..=infinity, bidirectional = false, bias = true, nonlinearity = tanh | relu, dropout = 0 in 0..=1) {
    input x[t: T, i: I];
    let D = 1 + bidirectional;
    input h0[n: num_layers * D * H] = 0;
    index h: H, k: D * H;
    below[t, i] = x[t, i];
    repeat l in 0..num_layers {
        repeat d in 0..D {
            param weight_ih[h: H, i: if l == 0 { I } else { D * H }] as "weight_ih_l{l}{d:|_reverse}" ~ uniform(1 / sqrt(H));
            param weight_hh[h: H, j: H] as "weight_hh_l{l}{d:|_reverse}" ~ uniform(1 / sqrt(H));
            param bias_ih[h: H] as "bias_ih_l{l}{d:|_reverse}" ~ uniform(1 / sqrt(H)) when bias;
            param bias_hh[h: H] as "bias_hh_l{l}{d:|_reverse}" ~ uniform(1 / sqrt(H)) when bias;
            driven[t, h] = sum(i: weight_ih[h, i] * below[t, i]) + bias_ih[h] + bias_hh[h];
            state[(T + 1) * d - 1, h] = h0[(D * l + d) * H + h];
            scan t {
                fed[t, h] = driven[t, h] + sum(j: weight_hh[h, j] * state[t - 1 + 2 * d, j]);
                state[t, h] = if nonlinearity == relu { relu(fed[t, h]) } else { tanh(fed[t, h]) };
            }
            placed[t, d * H + h: D * H] = state[t, h];
            both[t, k] = if d == 0 { placed[t, k] } else { both[t, k] + placed[t, k] };
            last[(D * l + d) * H + h: num_layers * D * H] = state[(T - 1) * (1 - d), h];
            h_n[n] = if l + d == 0 { last[n] } else { h_n[n] + last[n] };
        }
        below[t, k] = if l + 1 == num_layers { both[t, k] } else if dropout == 0 { both[t, k] } else if training {
            if random() < dropout { 0 } else { both[t, k] / max(1 - dropout, 1e-30) }
        } else { both[t, k] };
    }
    y[t, k] = below[t, k];
    output y, h_n;
}

/// Gated recurrent unit over a sequence: its state after every step, and the last states.
layer gru(I, H; num_layers = 1 in 1..=infinity, bidirectional = false, bias = true, dropout = 0 in 0..=1) {
    input x[t: T, i: I];
    let D = 1 + bidirectional;
    input h0[n: num_layers * D * H] = 0;
    index h: H, k: D * H;
    below[t, i] = x[t, i];
    repeat l in 0..num_layers {
        repeat d in 0..D {
            param weight_ih[g: 3 * H, i: if l == 0 { I } else { D * H }] as "weight_ih_l{l}{d:|_reverse}" ~ uniform(1 / sqrt(H));
            param weight_hh[g: 3 * H, j: H] as "weight_hh_l{l}{d:|_reverse}" ~ uniform(1 / sqrt(H));
            param bias_ih[g: 3 * H] as "bias_ih_l{l}{d:|_reverse}" ~ uniform(1 / sqrt(H)) when bias;
            param bias_hh[g: 3 * H] as "bias_hh_l{l}{d:|_reverse}" ~ uniform(1 / sqrt(H)) when bias;
            driven[t, g] = sum(i: weight_ih[g, i] * below[t, i]) + bias_ih[g];
            state[(T + 1) * d - 1, h] = h0[(D * l + d) * H + h];
            scan t {
                fed[t, g] = sum(j: weight_hh[g, j] * state[t - 1 + 2 * d, j]) + bias_hh[g];
                reset[t, h] = sigmoid(driven[t, h] + fed[t, h]);
                update[t, h] = sigmoid(driven[t, H + h] + fed[t, H + h]);
                fresh[t, h] = tanh(driven[t, 2 * H + h] + reset[t, h] * fed[t, 2 * H + h]);
                state[t, h] = (1 - update[t, h]) * fresh[t, h] + update[t, h] * state[t - 1 + 2 * d, h];
            }
            placed[t, d * H + h: D * H] = state[t, h];
            both[t, k] = if d == 0 { placed[t, k] } else { both[t, k] + placed[t, k] };
            last[(D * l + d) * H + h: num_layers * D * H] = state[(T - 1) * (1 - d), h];
            h_n[n] = if l + d == 0 { last[n] } else { h_n[n] + last[n] };
        }
        below[t, k] = if l + 1 == num_layers { both[t, k] } else if dropout == 0 { both[t, k] } else if training {
            if random() < dropout { 0 } else { both[t, k] / max(1 - dropout, 1e-30) }
        } else { both[t, k] };
    }
    y[t, k] = below[t, k];
    output y, h_n;
}

/// Long short-term memory over a sequence: its output after every step, of `proj_size` numbers if that is
/// not 0, and the last outputs and cells.
layer lstm(I, H; num_layers = 1 in 1..=infinity, bidirectional = false, proj_size = 0 in 0..=infinity, bias = true, dropout = 0 in 0..=1) {
    input x[t: T, i: I];
    let D = 1 + bidirectional;
    let P = if proj_size > 0 { proj_size } else { H };
    input h0[n: num_layers * D * P] = 0;
    input c0[m: num_layers * D * H] = 0;
    require proj_size < H;
    index h: H, p: P, k: D * P;
    below[t, i] = x[t, i];
    repeat l in 0..num_layers {
        repeat d in 0..D {
            param weight_ih[g: 4 * H, i: if l == 0 { I } else { D * P }] as "weight_ih_l{l}{d:|_reverse}" ~ uniform(1 / sqrt(H));
            param weight_hh[g: 4 * H, j: P] as "weight_hh_l{l}{d:|_reverse}" ~ uniform(1 / sqrt(H));
            param bias_ih[g: 4 * H] as "bias_ih_l{l}{d:|_reverse}" ~ uniform(1 / sqrt(H)) when bias;
            param bias_hh[g: 4 * H] as "bias_hh_l{l}{d:|_reverse}" ~ uniform(1 / sqrt(H)) when bias;
            param weight_hr[p: proj_size, h: H] as "weight_hr_l{l}{d:|_reverse}" ~ uniform(1 / sqrt(H)) when proj_size;
            driven[t, g] = sum(i: weight_ih[g, i] * below[t, i]) + bias_ih[g] + bias_hh[g];
            state[(T + 1) * d - 1, p] = h0[(D * l + d) * P + p];
            cell[(T + 1) * d - 1, h] = c0[(D * l + d) * H + h];
            scan t {
                gate[t, g] = driven[t, g] + sum(j: weight_hh[g, j] * state[t - 1 + 2 * d, j]);
                input_gate[t, h] = sigmoid(gate[t, h]);
                forget_gate[t, h] = sigmoid(gate[t, H + h]);
                candidate[t, h] = tanh(gate[t, 2 * H + h]);
                output_gate[t, h] = sigmoid(gate[t, 3 * H + h]);
                cell[t, h] = forget_gate[t, h] * cell[t - 1 + 2 * d, h] + input_gate[t, h] * candidate[t, h];
                squashed[t, h] = tanh(cell[t, h]);
                shown[t, h] = output_gate[t, h] * squashed[t, h];
                state[t, p] = if proj_size > 0 { sum(h: weight_hr[p, h] * shown[t, h]) } else { shown[t, p] };
            }
            placed[t, d * P + p: D * P] = state[t, p];
            both[t, k] = if d == 0 { placed[t, k] } else { both[t, k] + placed[t, k] };
            last[(D * l + d) * P + p: num_layers * D * P] = state[(T - 1) * (1 - d), p];
            h_n[n] = if l + d == 0 { last[n] } else { h_n[n] + last[n] };
            last_cell[(D * l + d) * H + h: num_layers * D * H] = cell[(T - 1) * (1 - d), h];
            c_n[m] = if l + d == 0 { last_cell[m] } else { c_n[m] + last_cell[m] };
        }
        below[t, k] = if l + 1 == num_layers { both[t, k] } else if dropout == 0 { both[t, k] } else if training {
            if random() < dropout { 0 } else { both[t, k] / max(1 - dropout, 1e-30) }
        } else { both[t, k] };
    }
    y[t, k] = below[t, k];
    output y, h_n, c_n;
}

/// The last step of a sequence; of a `bidirectional` layer the last state of each direction.
layer last(I; bidirectional = false) {
    input x[t: T, i: I];
    require 1 + bidirectional divides I;
    y[i] = if bidirectional > 0 { if 2 * i < I { x[T - 1, i] } else { x[0, i] } } else { x[T - 1, i] };
}

/// One step of `rnn`: the next state.
layer rnn_cell(I, H; bias = true, nonlinearity = tanh | relu) {
    input x[i: I];
    input state[j: H] = 0;
    param weight_ih[h: H, i: I] ~ uniform(1 / sqrt(H));
    param weight_hh[h: H, j: H] ~ uniform(1 / sqrt(H));
    param bias_ih[h: H]         ~ uniform(1 / sqrt(H)) when bias;
    param bias_hh[h: H]         ~ uniform(1 / sqrt(H)) when bias;
    fed[h] = sum(i: weight_ih[h, i] * x[i]) + bias_ih[h] + sum(j: weight_hh[h, j] * state[j]) + bias_hh[h];
    y[h] = if nonlinearity == relu { relu(fed[h]) } else { tanh(fed[h]) };
}

/// One step of `gru`: the next state.
layer gru_cell(I, H; bias = true) {
    input x[i: I];
    input state[j: H] = 0;
    param weight_ih[g: 3 * H, i: I] ~ uniform(1 / sqrt(H));
    param weight_hh[g: 3 * H, j: H] ~ uniform(1 / sqrt(H));
    param bias_ih[g: 3 * H]         ~ uniform(1 / sqrt(H)) when bias;
    param bias_hh[g: 3 * H]         ~ uniform(1 / sqrt(H)) when bias;
    index h: H;
    driven[g] = sum(i: weight_ih[g, i] * x[i]) + bias_ih[g];
    fed[g] = sum(j: weight_hh[g, j] * state[j]) + bias_hh[g];
    update[h] = sigmoid(driven[H + h] + fed[H + h]);
    fresh[h] = tanh(driven[2 * H + h] + sigmoid(driven[h] + fed[h]) * fed[2 * H + h]);
    y[h] = (1 - update[h]) * fresh[h] + update[h] * state[h];
}

/// One step of `lstm`: the next state, that is h and behind it c.
layer lstm_cell(I, H; bias = true) {
    input x[i: I];
    input state[n: 2 * H] = 0;
    param weight_ih[g: 4 * H, i: I] ~ uniform(1 / sqrt(H));
    param weight_hh[g: 4 * H, j: H] ~ uniform(1 / sqrt(H));
    param bias_ih[g: 4 * H]         ~ uniform(1 / sqrt(H)) when bias;
    param bias_hh[g: 4 * H]         ~ uniform(1 / sqrt(H)) when bias;
    index h: H, j: H;
    gate[g] = sum(i: weight_ih[g, i] * x[i]) + bias_ih[g] + sum(j: weight_hh[g, j] * state[j]) + bias_hh[g];
    c[h] = sigmoid(gate[H + h]) * state[H + h] + sigmoid(gate[h]) * tanh(gate[2 * H + h]);
    shown[h + 0: 2 * H] = sigmoid(gate[3 * H + h]) * tanh(c[h]);
    kept[H + h: 2 * H] = c[h];
    y[n: 2 * H] = shown[n] + kept[n];
}
