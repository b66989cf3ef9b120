//! Random optimizers, users' own and the built-in ones with random options.
//!
//! Written by a test of nncompiler, which holds it as it is: `UPDATE_RANDOM=1 cargo test -p nncompiler`.

use tapeless::optimizer::{Adadelta, Adagrad, Adam, AdamW, Lion, RAdam, RmsProp, Sgd};

tapeless::network! {
    pub Eight< linear(8, 1, bias = false) >
    optimizer random0(w, g; lr = 0.01 in 0..infinity, a = 0.8 in 0..1, b = 0.7 in 0..=1, begin = 0, flip = false) {
        state m;
        state v ~ constant(begin);
        state product ~ ones();
        d = (if flip { -1 } else { 1 }) * g;
        m <- a * m + d / step;
        v <- v + d^2;
        product <- product * b;
        w <- w - lr * (1 - product) * m * exp(-v);
    }
    optimizer random1(w, g; lr = 0.01 in 0..infinity, a = 0.8 in 0..1, momentum = 0, flip = false) {
        state m;
        state count when momentum > 0;
        state c when momentum > 0;
        d = (if flip { -1 } else { 1 }) * g;
        m <- a * m + d / step;
        count <- count + 1;
        c <- if count == 1 { d } else { momentum * c + d };
        rolling = if momentum > 0 { c } else { d };
        w <- w - lr / sqrt(step) * (m + 0.1 * rolling);
    }
    optimizer random2(w, g; lr = 0.01 in 0..infinity, a = 0.8 in 0..1, b = 0.7 in 0..=1, limit = 1 in 0..=infinity, begin = 0, flip = false) {
        state m;
        state v ~ constant(begin);
        state product ~ ones();
        d = if flip { max(g, -limit) } else { min(g, limit) };
        m <- a * m + (1 - a) * d;
        v <- v + d^2;
        product <- product * b;
        w <- w - lr * (1 - product) * m * exp(-v);
    }
    optimizer random3(w, g; lr = 0.01 in 0..infinity, a = 0.8 in 0..1, b = 0.7 in 0..=1, begin = 0, flip = false) {
        state m;
        state v ~ constant(begin);
        state product ~ ones();
        d = (if flip { -1 } else { 1 }) * g;
        m <- a * m + d / step;
        v <- b * v + (1 - b) * d * d;
        product <- product * b;
        w <- w - lr * (1 - product) * m * exp(-v);
    }
    optimizer random4(w, g; lr = 0.01 in 0..infinity, b = 0.7 in 0..=1, limit = 1 in 0..=infinity, momentum = 0, flip = false) {
        state count when momentum > 0;
        state c when momentum > 0;
        d = if flip { max(g, -limit) } else { min(g, limit) };
        count <- count + 1;
        c <- if count == 1 { d } else { momentum * c + d };
        rolling = if momentum > 0 { c } else { d };
        w <- w - lr * tanh(rolling) * b^step;
    }
    optimizer random5(w, g; lr = 0.01 in 0..infinity, a = 0.8 in 0..1, b = 0.7 in 0..=1, flip = false) {
        state m;
        state product ~ ones();
        d = (if flip { -1 } else { 1 }) * g;
        m <- a * m + d / step;
        product <- product * b;
        w <- w - lr * (if flip { sign(m) } else { m }) / (1 + product);
    }
}

compare_optimizers! {
    Random0 { lr: 0.01, a: 0.5, b: 0.99, begin: 0.1, flip: false }
    Random1 { lr: 0.1, a: 0.5, momentum: 0.0, flip: false }
    Random2 { lr: 0.5, a: 0.9, b: 0.5, limit: 0.5, begin: 0.1, flip: false }
    Random3 { lr: 0.5, a: 0.99, b: 0.99, begin: 0.1, flip: false }
    Random4 { lr: 0.5, b: 0.99, limit: 0.2, momentum: 0.0, flip: true }
    Random5 { lr: 0.01, a: 0.99, b: 0.99, flip: false }
    Adam { lr: 0.1, beta1: 0.9, beta2: 0.5, eps: 0.1, weight_decay: 0.3, amsgrad: false, maximize: false }
    RmsProp { lr: 0.1, alpha: 0.5, eps: 0.001, weight_decay: 0.0, momentum: 0.9, centered: false, maximize: true }
    Adadelta { lr: 0.1, rho: 0.99, eps: 1e-8, weight_decay: 0.1, maximize: false }
    AdamW { lr: 0.5, beta1: 0.99, beta2: 0.5, eps: 0.1, weight_decay: 0.0, amsgrad: false, maximize: false }
    Adam { lr: 0.01, beta1: 0.5, beta2: 0.5, eps: 1e-8, weight_decay: 0.0, amsgrad: true, maximize: false }
    Sgd { lr: 0.01, momentum: 0.5, dampening: 0.0, weight_decay: 0.1, nesterov: false, maximize: false }
    Adagrad { lr: 0.01, lr_decay: 0.1, weight_decay: 0.0, initial_accumulator_value: 0.1, eps: 0.001, maximize: true }
    Lion { lr: 0.5, beta1: 0.9, beta2: 0.99, weight_decay: 0.1, maximize: false }
    RAdam { lr: 0.5, beta1: 0.5, beta2: 0.99, eps: 0.001, weight_decay: 0.0, decoupled_weight_decay: false, maximize: true }
    Sgd { lr: 0.5, momentum: 0.9, dampening: 0.0, weight_decay: 0.1, nesterov: true, maximize: false }
}
