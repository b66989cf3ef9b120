// The optimizers, with PyTorch's names, formulas, defaults and orders of factors: what a step makes of
// one parameter w, given its gradient g. `step` counts the steps, from 1. A statement that reads
// neither w nor g, nor what depends on them, is computed once for all parameters, in double precision,
// and a state that is updated so is one number. Behind its update, a name means the new value.
// A weight decay of 0 is left out: 0 times an infinite parameter would be NaN.

/// Stochastic gradient descent: `torch.optim.SGD`. The momentum begins with the first gradient, which is
/// not dampened.
pub optimizer sgd(w, g; lr = 1e-3 in 0..infinity, momentum = 0 in 0..infinity, dampening = 0, weight_decay = 0 in 0..infinity, nesterov = false, maximize = false) {
    require momentum > 0 when nesterov;
    require dampening == 0 when nesterov;
    state updates when momentum != 0;
    state b when momentum != 0;
    ascent = (if maximize { -1 } else { 1 }) * g;
    d = if weight_decay != 0 { ascent + weight_decay * w } else { ascent };
    updates <- updates + 1;
    b <- if updates == 1 { d } else { momentum * b + (1 - dampening) * d };
    direction = if momentum != 0 { if nesterov { d + momentum * b } else { b } } else { d };
    w <- w - lr * direction;
}

/// Adam, moments of the gradient without the bias of their beginning: `torch.optim.Adam`. With amsgrad,
/// the second moment is the greatest so far.
pub optimizer adam(w, g; lr = 1e-3 in 0..infinity, beta1 = 0.9 in 0..1, beta2 = 0.999 in 0..1, eps = 1e-8 in 0..infinity, weight_decay = 0 in 0..infinity, amsgrad = false, maximize = false) {
    state m;
    state v;
    state greatest_v when amsgrad;
    ascent = (if maximize { -1 } else { 1 }) * g;
    d = if weight_decay != 0 { ascent + weight_decay * w } else { ascent };
    m <- lerp(m, d, 1 - beta1);
    v <- beta2 * v + (1 - beta2) * d * d;
    greatest_v <- max(greatest_v, v);
    deviation = sqrt(if amsgrad { greatest_v } else { v }) * (1 / sqrt(1 - beta2^step));
    w <- w - lr / (1 - beta1^step) * m / (deviation + eps);
}

/// Adam with a weight decay that is no part of the gradient: `torch.optim.AdamW`.
pub optimizer adam_w(w, g; lr = 1e-3 in 0..infinity, beta1 = 0.9 in 0..1, beta2 = 0.999 in 0..1, eps = 1e-8 in 0..infinity, weight_decay = 1e-2 in 0..infinity, amsgrad = false, maximize = false) {
    state m;
    state v;
    state greatest_v when amsgrad;
    d = (if maximize { -1 } else { 1 }) * g;
    m <- lerp(m, d, 1 - beta1);
    v <- beta2 * v + (1 - beta2) * d * d;
    greatest_v <- max(greatest_v, v);
    deviation = sqrt(if amsgrad { greatest_v } else { v }) * (1 / sqrt(1 - beta2^step));
    w <- (1 - lr * weight_decay) * w - lr / (1 - beta1^step) * m / (deviation + eps);
}

/// The gradient divided by the root of its mean square: `torch.optim.RMSprop`; if centered, by its
/// standard deviation, which is infinite where the mean square is: the square of the mean may overflow too.
pub optimizer rms_prop(w, g; lr = 1e-2 in 0..infinity, alpha = 0.99 in 0..infinity, eps = 1e-8 in 0..infinity, weight_decay = 0 in 0..infinity, momentum = 0 in 0..infinity, centered = false, maximize = false) {
    state square;
    state mean when centered;
    state b when momentum != 0;
    ascent = (if maximize { -1 } else { 1 }) * g;
    d = if weight_decay != 0 { ascent + weight_decay * w } else { ascent };
    square <- alpha * square + (1 - alpha) * d * d;
    mean <- lerp(mean, d, 1 - alpha);
    variance = if square == infinity { square } else { square - mean * mean };
    deviation = sqrt(if centered { variance } else { square }) + eps;
    b <- momentum * b + d / deviation;
    w <- w - (if momentum != 0 { lr * b } else { lr * d / deviation });
}

/// The gradient divided by the root of the sum of its squares: `torch.optim.Adagrad`.
pub optimizer adagrad(w, g; lr = 1e-2 in 0..infinity, lr_decay = 0 in 0..infinity, weight_decay = 0 in 0..infinity, initial_accumulator_value = 0 in 0..infinity, eps = 1e-10 in 0..infinity, maximize = false) {
    state total ~ constant(initial_accumulator_value);
    ascent = (if maximize { -1 } else { 1 }) * g;
    d = if weight_decay != 0 { ascent + weight_decay * w } else { ascent };
    total <- total + d * d;
    w <- w - lr / (1 + (step - 1) * lr_decay) * d / (sqrt(total) + eps);
}

/// Steps as long as the changes so far: `torch.optim.Adadelta`.
pub optimizer adadelta(w, g; lr = 1 in 0..infinity, rho = 0.9 in 0..=1, eps = 1e-6 in 0..infinity, weight_decay = 0 in 0..infinity, maximize = false) {
    state square;
    state square_change;
    ascent = (if maximize { -1 } else { 1 }) * g;
    d = if weight_decay != 0 { ascent + weight_decay * w } else { ascent };
    square <- rho * square + (1 - rho) * d * d;
    change = sqrt(square_change + eps) / sqrt(square + eps) * d;
    square_change <- rho * square_change + (1 - rho) * change * change;
    w <- w - lr * change;
}

/// Adam with Nesterov's momentum, which grows from step to step: `torch.optim.NAdam`.
pub optimizer n_adam(w, g; lr = 2e-3 in 0..infinity, beta1 = 0.9 in 0..1, beta2 = 0.999 in 0..1, eps = 1e-8 in 0..infinity, weight_decay = 0 in 0..infinity, momentum_decay = 4e-3 in 0..infinity, decoupled_weight_decay = false, maximize = false) {
    state m;
    state v;
    state product ~ ones();
    ascent = (if maximize { -1 } else { 1 }) * g;
    in_gradient = if decoupled_weight_decay { 0 } else { weight_decay };
    d = if in_gradient != 0 { ascent + in_gradient * w } else { ascent };
    keep = if decoupled_weight_decay { 1 - lr * weight_decay } else { 1 };
    now = beta1 * (1 - 0.5 * 0.96^(step * momentum_decay));
    next = beta1 * (1 - 0.5 * 0.96^((step + 1) * momentum_decay));
    product <- product * now;
    m <- lerp(m, d, 1 - beta1);
    v <- beta2 * v + (1 - beta2) * d * d;
    deviation = sqrt(v * (1 / (1 - beta2^step))) + eps;
    movement = lr * (1 - now) / (1 - product) * d / deviation;
    ahead = lr * next / (1 - product * next) * m / deviation;
    w <- keep * w - movement - ahead;
}

/// Adam with the rectified variance of its steps, plain momentum as long as that is not known:
/// `torch.optim.RAdam`.
pub optimizer r_adam(w, g; lr = 1e-3 in 0..infinity, beta1 = 0.9 in 0..1, beta2 = 0.999 in 0..1, eps = 1e-8 in 0..infinity, weight_decay = 0 in 0..infinity, decoupled_weight_decay = false, maximize = false) {
    state m;
    state v;
    ascent = (if maximize { -1 } else { 1 }) * g;
    in_gradient = if decoupled_weight_decay { 0 } else { weight_decay };
    d = if in_gradient != 0 { ascent + in_gradient * w } else { ascent };
    keep = if decoupled_weight_decay { 1 - lr * weight_decay } else { 1 };
    m <- lerp(m, d, 1 - beta1);
    v <- beta2 * v + (1 - beta2) * d * d;
    most = 2 / (1 - beta2) - 1;
    length = most - 2 * step * beta2^step / (1 - beta2^step);
    rectified = sqrt((length - 4) * (length - 2) * most / ((most - 4) * (most - 2) * length));
    adapted = rectified * sqrt(1 - beta2^step) / (sqrt(v) + eps);
    movement = m * (1 / (1 - beta1^step)) * lr;
    w <- keep * w - (if length > 5 { movement * adapted } else { movement });
}

/// The sign of the momentum: Chen et al., "Symbolic Discovery of Optimization Algorithms", 2023.
pub optimizer lion(w, g; lr = 1e-4 in 0..infinity, beta1 = 0.9 in 0..1, beta2 = 0.99 in 0..1, weight_decay = 0 in 0..infinity, maximize = false) {
    state m;
    d = (if maximize { -1 } else { 1 }) * g;
    direction = sign(beta1 * m + (1 - beta1) * d);
    w <- (1 - lr * weight_decay) * w - lr * direction;
    m <- beta2 * m + (1 - beta2) * d;
}
