//! Random losses, compiled to fast kernels and to plain loops.
//!
//! Written by a test of nncompiler, which holds it as it is: `UPDATE_RANDOM=1 cargo test -p nncompiler`.

pub mod fast {
    tapeless::network! {
        pub Lossy { input x[i: 3]; a = linear(6)(x); output p = reshape(2, 3)(a); output v = linear(5)(x); output q = linear(1)(x); }
        pub loss random26(p[s: 2, c: 3], v[n: 5], q; label: class, r[n: 5], t, weight; a = 1.3) {
            samples = weight;
            y = weight * ((mean(n: poisson_nll(v[n], r[n]))) + 0.5 * (min(exp(q) * t, clamp(exp(q), 1 - a, 1 + a) * t)) + 2 * (mean(m in batch: if label[m] == label { (q - q[m])^2 } else { 0 })) + 0.25 * (v[2] * q - p[1, 0] * p[0, 2]));
        }
        pub loss random37(p[s: 2, c: 3], v[n: 5]; tag[s: 2]: class, mask[s: 2], r[n: 5], weight) {
            rows[s] = ln(1 + sum(c: p[s, c]^2));
            log_p[s, c] = log_softmax(p)[s, c];
            samples = weight;
            y = weight * ((sum(s: mask[s] * rows[s])) + 0.5 * (-sum(s: if mask[s] > 0 { log_p[s, tag[s]] } else { 0 }) / (1 + sum(s: mask[s]^2))) + 2 * (ln(sum(m in batch: exp(0.3 * sum(n: v[n] * v[m, n]))))) + 0.25 * (sum(n: v[n] * r[4 - n])));
        }
        pub loss random29(v[n: 5], q; label: class, r[n: 5]; b = 2.5, scales[n: 5] = 1) {
            energy = sum(n: v[n]^3);
            slope = d(energy, v);
            step[k: 4] = v[k + 1] - v[k];
            y = (sum(n: slope[n] * r[n])) + 0.5 * (cross_entropy(label_smoothing = 0.2)(v, label)) + 2 * (scales[label] * b * q^2 + sum(n: scales[n] * v[n])) + 0.25 * (sum(k: step[k]^2));
        }
        pub loss random5(v[n: 5]; label: class, r[n: 5], t) {
            energy = sum(n: v[n]^3);
            slope = d(energy, v);
            y = (huber(delta = 0.3)(v[label], t)) + 0.5 * (sum(n: slope[n] * r[n])) + 2 * (ln(sum(m in batch: exp(0.3 * sum(n: v[n] * v[m, n]))))) + 0.25 * (smooth_l1(v[label], t));
        }
        pub loss random56(p[s: 2, c: 3], v[n: 5]; label: class, t) {
            y = (huber(delta = 0.3)(v[label], t)) + 0.5 * (max(n: v[n]) * min(s, c: p[s, c]) + max(c: p[1, c]));
        }
    }
}

pub mod plain {
    tapeless::__private::network_as_loops! {
        pub Lossy { input x[i: 3]; a = linear(6)(x); output p = reshape(2, 3)(a); output v = linear(5)(x); output q = linear(1)(x); }
        pub loss random26(p[s: 2, c: 3], v[n: 5], q; label: class, r[n: 5], t, weight; a = 1.3) {
            samples = weight;
            y = weight * ((mean(n: poisson_nll(v[n], r[n]))) + 0.5 * (min(exp(q) * t, clamp(exp(q), 1 - a, 1 + a) * t)) + 2 * (mean(m in batch: if label[m] == label { (q - q[m])^2 } else { 0 })) + 0.25 * (v[2] * q - p[1, 0] * p[0, 2]));
        }
        pub loss random37(p[s: 2, c: 3], v[n: 5]; tag[s: 2]: class, mask[s: 2], r[n: 5], weight) {
            rows[s] = ln(1 + sum(c: p[s, c]^2));
            log_p[s, c] = log_softmax(p)[s, c];
            samples = weight;
            y = weight * ((sum(s: mask[s] * rows[s])) + 0.5 * (-sum(s: if mask[s] > 0 { log_p[s, tag[s]] } else { 0 }) / (1 + sum(s: mask[s]^2))) + 2 * (ln(sum(m in batch: exp(0.3 * sum(n: v[n] * v[m, n]))))) + 0.25 * (sum(n: v[n] * r[4 - n])));
        }
        pub loss random29(v[n: 5], q; label: class, r[n: 5]; b = 2.5, scales[n: 5] = 1) {
            energy = sum(n: v[n]^3);
            slope = d(energy, v);
            step[k: 4] = v[k + 1] - v[k];
            y = (sum(n: slope[n] * r[n])) + 0.5 * (cross_entropy(label_smoothing = 0.2)(v, label)) + 2 * (scales[label] * b * q^2 + sum(n: scales[n] * v[n])) + 0.25 * (sum(k: step[k]^2));
        }
        pub loss random5(v[n: 5]; label: class, r[n: 5], t) {
            energy = sum(n: v[n]^3);
            slope = d(energy, v);
            y = (huber(delta = 0.3)(v[label], t)) + 0.5 * (sum(n: slope[n] * r[n])) + 2 * (ln(sum(m in batch: exp(0.3 * sum(n: v[n] * v[m, n]))))) + 0.25 * (smooth_l1(v[label], t));
        }
        pub loss random56(p[s: 2, c: 3], v[n: 5]; label: class, t) {
            y = (huber(delta = 0.3)(v[label], t)) + 0.5 * (max(n: v[n]) * min(s, c: p[s, c]) + max(c: p[1, c]));
        }
    }
}

compare_losses! {
    Random26 { a: number 0.3 } Random26Targets { label: classes 5 1, r: reals 5, t: reals 1, weight: positives 1 }
    Random37 {  } Random37Targets { tag: classes 3 2, mask: reals 2, r: reals 5, weight: positives 1 }
    Random29 { b: number 1.5, scales: slice } Random29Targets { label: classes 5 1, r: reals 5 }
    Random5 {  } Random5Targets { label: classes 5 1, r: reals 5, t: reals 1 }
    Random56 {  } Random56Targets { label: classes 5 1, t: reals 1 }
}
