"""The goldens of ../goldens.rs: what PyTorch computes, in f64.

    python generate.py > values.txt        # needs torch and mpmath (which torch's sympy brings)

values.txt was made with PyTorch 2.15.0 on a CPU. Its rows are `name: value value …`; a float is
written by repr, the shortest text that reads back as the same number. A `nan` says that PyTorch has
no answer there (inf·0 inside its formula), so that there is nothing to compare with.

Inputs, parameters and targets are not stored: `formula` and its twin in formula.rs make the same
numbers, multiples of a power of two that f32 holds exactly. So one set of goldens serves both
precisions, and f32 is compared with the truth rather than with PyTorch's own f32.
"""

import math
import warnings
from collections import OrderedDict
from functools import partial

import mpmath
import torch
from torch import nn
from torch.nn import functional

BATCHES = (1, 3, 5)
STEPS = 10
ENTRIES = 64
PROJECTIONS = 3

# Salts: each sequence of formula numbers has its own.
INPUTS, TARGETS, OUTPUT_GRADIENT, PARAMETERS, PROJECTION, GRADIENT = 1, 2, 3, 10, 50, 100

# Logits at which a careless log-softmax overflows, cancels or divides by zero; their label is 1.
EXTREME_LOGITS = (
    (1e4, -1e4, 0.0, 5.0, -5.0),
    (-1e4, 1e4, 0.0, 5.0, -5.0),
    (1e4, 1e4, 0.0, -1e4, 5.0),
    (-1e4, -1e4, -1e4, -1e4, -1e4),
    (9998.0, 9999.0, 1e4, 0.0, 3.0),
)

# Two rows of three numbers of which several are the greatest; the last has no ties.
TIES = (
    (1.0, 1.0, 1.0, 1.0, 1.0, 1.0),
    (0.0, 3.0, 3.0, -1.0, 3.0, 3.0),
    (-0.0, 0.0, -0.0, 0.0, -0.0, 0.0),
    (1e4, 5.0, 1e4, -1e4, 1e4, 1e4),
    (math.inf, math.inf, 0.0, -math.inf, -math.inf, -math.inf),
    (1.0, 2.0, 3.0, 6.0, 5.0, 4.0),
)

ACTIVATIONS = {
    "relu": functional.relu,
    "relu6": functional.relu6,
    "leaky_relu": functional.leaky_relu,
    "steep_leaky_relu": lambda x: functional.leaky_relu(x, 0.2),
    "prelu": lambda x: functional.prelu(x, torch.tensor([0.25])),
    "sigmoid": torch.sigmoid,
    "log_sigmoid": functional.logsigmoid,
    "tanh": torch.tanh,
    "tanhshrink": functional.tanhshrink,
    "softplus": functional.softplus,
    "sharp_softplus": lambda x: functional.softplus(x, beta=2, threshold=5),
    "softsign": functional.softsign,
    "gelu": functional.gelu,
    "gelu_tanh": lambda x: functional.gelu(x, approximate="tanh"),
    "silu": functional.silu,
    "mish": functional.mish,
    "elu": functional.elu,
    "half_elu": lambda x: functional.elu(x, alpha=0.5),
    "celu": functional.celu,
    "half_celu": lambda x: functional.celu(x, alpha=0.5),
    "selu": functional.selu,
    "hardtanh": functional.hardtanh,
    "skew_hardtanh": lambda x: functional.hardtanh(x, -2.0, 0.5),
    "hardsigmoid": functional.hardsigmoid,
    "hardswish": functional.hardswish,
    "hardshrink": functional.hardshrink,
    "softshrink": functional.softshrink,
    "threshold": lambda x: functional.threshold(x, 0.0, 0.0),
    "high_threshold": lambda x: functional.threshold(x, 0.1, 20.0),
}

DIFFERENCES = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 1e4, 1e30)
PROBABILITIES = (0.0, 2.0**-200, 2.0**-100, 2.0**-20, 0.25, 0.5, 0.75, 1 - 2.0**-20, 1.0)
LOGITS = (-1e4, -100.0, -88.0, -20.0, -0.5, -0.0, 0.5, 20.0, 88.0, 100.0, 1e4)
LOG_PROBABILITIES = (-1e4, -100.0, -3.0, -0.5, 0.0, 2.0)
LOG_RATES = (-1e4, -20.0, -0.5, -0.0, 0.5, 3.0, 20.0, 80.0)
LOG_TARGETS = (-1e4, -200.0, -80.0, -3.0, -0.5, 0.0)
DISTANCES = (-1e30, -3.0, -0.5, 0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 1e30)
SCORES = ((0.0, 0.0), (3.0, 3.0), (0.25, 0.0), (0.0, 0.25), (1.0, 0.5), (-3.0, 0.5), (1e30, -1e30))
MEANS = (-3.0, 0.5, 1.0, 1e4)
VARIANCES = (0.0, 2.0**-30, 2.0**-21, 1e-6, 2.0**-19, 0.25, 0.5, 1.0, 100.0, 1e10)

# Two vectors, side by side: an angle of 90°, 60° (the kinks of the margins 0 and 0.5), 0° and 180°,
# without a direction, too short for one, and far apart in length.
VECTORS = (
    (1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 2.0, 0.0, 0.0, 0.0),
    (1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 4.0, 0.0, 0.0),
    (3.0, 0.0, 0.0, 0.0, 4.0, 6.0, 0.0, 0.0, 0.0, 8.0),
    (3.0, 0.0, 0.0, 0.0, 4.0, -3.0, 0.0, 0.0, 0.0, -4.0),
    (0.0, 0.0, 0.0, 0.0, 0.0, 1.0, -2.0, 3.0, -4.0, 5.0),
    (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
    (2.0**-20, 0.0, 2.0**-21, 0.0, 0.0, 1.0, 2.0, -3.0, 0.0, 1.0),
    (1e4, -1e4, 5.0, 0.0, 1e4, 0.25, 0.5, 0.0, -1.0, 0.125),
)

DISTRIBUTIONS = (
    (0.0, 1.0, 0.0, 0.0, 0.0),
    (0.5, 0.25, 0.125, 0.0, 0.125),
    (0.0, 0.0, 0.0, 0.0, 0.0),
)

# A weight for each class; the label at the extreme logits has one in both.
WEIGHTS = torch.tensor((0.5, 2.0, 0.75, 1.25, 3.0), dtype=torch.float64)
SPARSE_WEIGHTS = torch.tensor((0.5, 2.0, 0.0, 1.25, 3.0), dtype=torch.float64)

# Outputs and targets of a sample each: kinks, both sides of them, and extremes.
POINTS = {
    "difference": [(0.5 + sign * x, 0.5) for sign in (-1, 1) for x in DIFFERENCES],
    "probability": [(p, t) for p in PROBABILITIES for t in (0.0, 0.25, 1.0)],
    "logit": [(p, t) for p in LOGITS for t in (0.0, 0.25, 1.0)],
    "log_probability": [(p, t) for p in LOG_PROBABILITIES for t in (0.0, 2.0**-100, 0.25, 1.0)],
    "log_rate": [(p, t) for p in LOG_RATES for t in (0.0, 1.0, 7.0)],
    "log_target": [(p, t) for p in LOG_PROBABILITIES for t in LOG_TARGETS],
    "distance": [(p, t) for p in DISTANCES for t in (-1.0, 1.0)],
    "score": [(p, t) for p in LOGITS for t in (-1.0, 1.0)],
    "normal": [((mean, variance), 0.5) for mean in MEANS for variance in VARIANCES],
    "ranking": [(scores, t) for scores in SCORES for t in (-1.0, 1.0)],
    "angle": [(vectors, t) for vectors in VECTORS for t in (-1.0, 1.0)],
    "distribution": [(logits, t) for logits in EXTREME_LOGITS for t in DISTRIBUTIONS],
}

# Points at which the outputs are two arguments of the loss.
HALVED = ("normal", "ranking", "angle")


def halves(function):
    """A loss of two arguments as one of both, side by side."""
    return lambda outputs, target, **options: function(*outputs.chunk(2, dim=-1), target, **options)


def gaussian_nll(mean, variance, target, **options):
    return functional.gaussian_nll_loss(mean, target, variance, **options)


def cosine_embedding(first, second, target, **options):
    return functional.cosine_embedding_loss(first, second, target.squeeze(-1), **options)


# Losses of real targets, and the points at which each is evaluated.
POINTWISE_LOSSES = {
    "mean_absolute_error": (functional.l1_loss, "difference"),
    "huber": (functional.huber_loss, "difference"),
    "narrow_huber": (partial(functional.huber_loss, delta=0.5), "difference"),
    "smooth_l1": (functional.smooth_l1_loss, "difference"),
    "narrow_smooth_l1": (partial(functional.smooth_l1_loss, beta=0.5), "difference"),
    "sharp_smooth_l1": (partial(functional.smooth_l1_loss, beta=0.0), "difference"),
    "binary_cross_entropy": (functional.binary_cross_entropy, "probability"),
    "binary_cross_entropy_with_logits": (functional.binary_cross_entropy_with_logits, "logit"),
    "weighted_binary_cross_entropy_with_logits": (
        lambda logits, target, reduction="mean": functional.binary_cross_entropy_with_logits(
            logits, target, pos_weight=torch.tensor(3.0), reduction=reduction
        ),
        "logit",
    ),
    "kl_divergence": (functional.kl_div, "log_probability"),
    "log_target_kl_divergence": (partial(functional.kl_div, log_target=True), "log_target"),
    "poisson_nll": (functional.poisson_nll_loss, "log_rate"),
    "hinge_embedding": (functional.hinge_embedding_loss, "distance"),
    "narrow_hinge_embedding": (
        partial(functional.hinge_embedding_loss, margin=0.5),
        "distance",
    ),
    "soft_margin": (functional.soft_margin_loss, "score"),
    "gaussian_nll": (halves(gaussian_nll), "normal"),
    "full_gaussian_nll": (partial(halves(gaussian_nll), full=True), "normal"),
    "blunt_gaussian_nll": (partial(halves(gaussian_nll), eps=0.5), "normal"),
    "margin_ranking": (halves(functional.margin_ranking_loss), "ranking"),
    "wide_margin_ranking": (partial(halves(functional.margin_ranking_loss), margin=0.5), "ranking"),
    "cosine_embedding": (halves(cosine_embedding), "angle"),
    "narrow_cosine_embedding": (partial(halves(cosine_embedding), margin=0.5), "angle"),
    "soft_cross_entropy": (functional.cross_entropy, "distribution"),
    "soft_smoothed_cross_entropy": (
        partial(functional.cross_entropy, label_smoothing=0.1),
        "distribution",
    ),
    "soft_weighted_cross_entropy": (
        partial(functional.cross_entropy, weight=WEIGHTS),
        "distribution",
    ),
    "soft_sparse_smoothed_cross_entropy": (
        partial(functional.cross_entropy, weight=SPARSE_WEIGHTS, label_smoothing=0.1),
        "distribution",
    ),
}

LOSSES = {
    "mean_squared_error": functional.mse_loss,
    "cross_entropy": functional.cross_entropy,
    "smoothed_cross_entropy": partial(functional.cross_entropy, label_smoothing=0.1),
    "weighted_cross_entropy": partial(functional.cross_entropy, weight=WEIGHTS),
    "weighted_smoothed_cross_entropy": partial(
        functional.cross_entropy, weight=WEIGHTS, label_smoothing=0.1
    ),
    "sparse_cross_entropy": partial(functional.cross_entropy, weight=SPARSE_WEIGHTS),
    "sparse_smoothed_cross_entropy": partial(
        functional.cross_entropy, weight=SPARSE_WEIGHTS, label_smoothing=0.1
    ),
    "negative_log_likelihood": functional.nll_loss,
    "weighted_negative_log_likelihood": partial(functional.nll_loss, weight=WEIGHTS),
    "sparse_negative_log_likelihood": partial(functional.nll_loss, weight=SPARSE_WEIGHTS),
    "multi_margin": functional.multi_margin_loss,
    "squared_multi_margin": partial(functional.multi_margin_loss, p=2),
    "narrow_multi_margin": partial(functional.multi_margin_loss, margin=0.5),
    "weighted_multi_margin": partial(functional.multi_margin_loss, weight=WEIGHTS),
    "sparse_squared_multi_margin": partial(
        functional.multi_margin_loss, p=2, margin=0.5, weight=SPARSE_WEIGHTS
    ),
}

OPTIMIZERS = {
    "sgd": lambda p: torch.optim.SGD(p),
    "sgd_momentum": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
    "sgd_dampening": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, dampening=0.1),
    "sgd_nesterov": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True),
    "sgd_decay": lambda p: torch.optim.SGD(p, lr=0.1, weight_decay=0.01),
    "sgd_decay_momentum": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01),
    "sgd_decay_dampening": lambda p: torch.optim.SGD(
        p, lr=0.1, momentum=0.9, dampening=0.1, weight_decay=0.01
    ),
    "sgd_decay_nesterov": lambda p: torch.optim.SGD(
        p, lr=0.1, momentum=0.9, weight_decay=0.01, nesterov=True
    ),
    "adam": lambda p: torch.optim.Adam(p),
    "adam_decay": lambda p: torch.optim.Adam(p, weight_decay=0.01),
    "adam_settings": lambda p: torch.optim.Adam(p, lr=0.01, betas=(0.8, 0.95), eps=1e-3),
    "adamw": lambda p: torch.optim.AdamW(p),
    "adamw_settings": lambda p: torch.optim.AdamW(p, lr=0.1, weight_decay=0.5),
}


def formula(shape, salt, scale):
    """Numbers in [−scale/2, scale/2), scale·2⁻¹⁶ apart: the upper half of a 32-bit hash."""
    k = torch.arange(math.prod(shape), dtype=torch.int64)
    mixed = (k * 0x9E3779B1 + salt * 0x85EBCA77) % 2**32
    mixed = ((mixed ^ (mixed >> 15)) * 0x2C1B3C6D) % 2**32
    return (((mixed >> 16).double() / 2**16 - 0.5) * scale).reshape(shape)


def fill(model, scale):
    """Formula numbers for every parameter, each with the next salt."""
    for salt, parameter in enumerate(model.parameters(), PARAMETERS):
        parameter.data = formula(parameter.shape, salt, scale)
    return model


def row(name, values):
    """One line of text values."""
    print(f"{name}:", *values)


def numbers(name, tensor):
    """One line with a tensor's scalars, row-major."""
    row(name, map(repr, tensor.detach().double().flatten().tolist()))


def sampled(name, tensor):
    """Up to 64 scalars, evenly spaced from first to last, and projections that read them all."""
    flat = tensor.detach().flatten()
    count, last = min(ENTRIES, len(flat)), len(flat) - 1
    numbers(name, flat[[j * last // max(count - 1, 1) for j in range(count)]])
    directions = [formula(flat.shape, PROJECTION + number, 1.0) for number in range(PROJECTIONS)]
    numbers(f"{name}.projections", torch.stack([flat @ direction for direction in directions]))


def gradients(name, model):
    for key, parameter in model.named_parameters():
        sampled(f"{name}.{key}", parameter.grad)


def activation_points():
    """A grid with the kinks on it, both zeros, both sides of each threshold, and extremes.

    0.1 is a threshold, 3e38 near the greatest f32; f32 rounds these two and 1e30.
    """
    grid = [k / 8 for k in range(-48, 49)]
    thresholds = [0.1, 2.5 + 2.0**-20, 20.0 + 2.0**-18]
    far = [9.0, 12.0, 20.0, 88.0, 100.0, 1e4, 1e30, 3e38, math.inf]
    extremes = [2.0**-100, 2.0**-30, 2.0**-10, *far]
    return grid + [-0.0] + thresholds + extremes + [-x for x in extremes]


def sigmoid(x):
    return 1 / (1 + mpmath.exp(-x))


def exact_gelu(x):
    """x·Φ(x) and its derivative Φ(x) + x·φ(x).

    PyTorch's gelu loses every digit in the tail (its issue 187806): 1 + erf cancels there.
    """
    probability = mpmath.erfc(-x / mpmath.sqrt(2)) / 2
    density = mpmath.exp(-(x**2) / 2) / mpmath.sqrt(2 * mpmath.pi)
    return x * probability, probability + x * density


def exact_gelu_tanh(x):
    """x·σ(u) and its derivative σ(u) + x·u′·σ(u)·σ(−u), for (1 + tanh(u/2))/2 = σ(u).

    PyTorch's 1 + tanh cancels in the tail, as its gelu does.
    """
    factor, cubic = mpmath.sqrt(8 / mpmath.pi), mpmath.mpf("0.044715")
    u, slope = factor * (x + cubic * x**3), factor * (1 + 3 * cubic * x**2)
    return x * sigmoid(u), sigmoid(u) + x * slope * sigmoid(u) * sigmoid(-u)


def exact_tanhshrink(x):
    """x − tanh(x) and its derivative tanh(x)²: PyTorch's differences cancel around 0."""
    return x - mpmath.tanh(x), mpmath.tanh(x) ** 2


def exact_softsign(x):
    """x/(1 + |x|) and its derivative 1/(1 + |x|)²: PyTorch's cancels far out."""
    return x / (1 + abs(x)), 1 / (1 + abs(x)) ** 2


def exact_hardsigmoid(x):
    """x/6 + 1/2 between 0 and 1: in f64 too, PyTorch's derivative is the f32 next to 1/6."""
    return min(max(x / 6 + 0.5, 0), 1), mpmath.mpf(-3 < x < 3) / 6


EXACT_ACTIVATIONS = {
    "hardsigmoid": exact_hardsigmoid,
    "gelu": exact_gelu,
    "gelu_tanh": exact_gelu_tanh,
    "tanhshrink": exact_tanhshrink,
    "softsign": exact_softsign,
}


def exact_binary_cross_entropy(p, t):
    """The loss with its logarithms clamped, and its derivative, 0 for a clamped logarithm.

    PyTorch divides (p − t) by at least 1e-12, which is another number for p near 0 and 1.
    """

    def clamped(below_1):
        """ln(1 + x) and its derivative, for x from −1 to 0."""
        logarithm = mpmath.log1p(below_1) if below_1 > -1 else -mpmath.inf
        return (logarithm, 1 / (1 + below_1)) if logarithm > -100 else (mpmath.mpf(-100), 0)

    (likely, to_likely), (unlikely, to_unlikely) = clamped(p - 1), clamped(-p)
    return -t * likely - (1 - t) * unlikely, (1 - t) * to_unlikely - t * to_likely


def exact_binary_cross_entropy_with_logits(x, t, pos_weight=1):
    """w·t·softplus(−x) + (1 − t)·softplus(x) and its derivative.

    PyTorch's (1 − t)·x cancels where the loss is small.
    """
    value = pos_weight * t * mpmath.log1p(mpmath.exp(-x)) + (1 - t) * mpmath.log1p(mpmath.exp(x))
    return value, (1 - t) * sigmoid(x) - pos_weight * t * sigmoid(-x)


def exact_soft_margin(x, t):
    """softplus(−t·x) and its derivative: PyTorch's exp overflows."""
    return mpmath.log1p(mpmath.exp(-t * x)), -t * sigmoid(-t * x)


def exact_cosine_embedding(*point, margin=0):
    """The loss of one pair of vectors and its derivatives: PyTorch adds the f32 next to 1e-12."""
    p, q, t = point[:5], point[5:10], point[10]
    p_square, q_square = (mpmath.fdot(x, x) + mpmath.mpf("1e-12") for x in (p, q))
    length = mpmath.sqrt(p_square * q_square)
    cosine = mpmath.fdot(p, q) / length
    slopes = [b / length - cosine * a / p_square for a, b in zip(p, q)]
    slopes += [a / length - cosine * b / q_square for a, b in zip(p, q)]
    if t > 0:
        return 1 - cosine, *(-slope for slope in slopes)
    return max(cosine - margin, 0), *(slope * (cosine > margin) for slope in slopes)


EXACT_LOSSES = {
    "soft_margin": exact_soft_margin,
    "cosine_embedding": exact_cosine_embedding,
    "narrow_cosine_embedding": partial(exact_cosine_embedding, margin=0.5),
    "binary_cross_entropy": exact_binary_cross_entropy,
    "binary_cross_entropy_with_logits": exact_binary_cross_entropy_with_logits,
    "weighted_binary_cross_entropy_with_logits": partial(
        exact_binary_cross_entropy_with_logits, pos_weight=3
    ),
}


def correct(exact, arguments, value, derivative):
    """Overwrites what PyTorch computed for finite arguments, correctly rounded."""
    for k, point in enumerate(arguments):
        if all(map(math.isfinite, point)):
            value.data[k], *derivatives = map(float, exact(*map(mpmath.mpf, point)))
            derivative[k] = torch.tensor(derivatives)


def value_and_derivative(name, points):
    x = torch.tensor(points, requires_grad=True)
    y = ACTIVATIONS[name](x)
    (derivative,) = torch.autograd.grad(y.sum(), x)
    if name in EXACT_ACTIVATIONS:
        correct(EXACT_ACTIVATIONS[name], [(point,) for point in points], y, derivative)
    return y, derivative


def activations():
    points = activation_points()
    numbers("activation.points", torch.tensor(points))
    for name in ACTIVATIONS:
        value, derivative = value_and_derivative(name, points)
        numbers(f"activation.{name}.value", value)
        numbers(f"activation.{name}.derivative", derivative)


def batches(name, model, features):
    """Outputs and parameter gradients of batches, for a formula gradient on the outputs."""
    for batch in BATCHES:
        model.zero_grad()
        outputs = model(formula((batch, features), INPUTS, 2.0))
        outputs.backward(formula(outputs.shape, OUTPUT_GRADIENT, 2.0))
        numbers(f"{name}.batch{batch}.outputs", outputs)
        gradients(f"{name}.batch{batch}", model)


class Greatest(nn.Module):
    """The greatest numbers along one axis of rows. Of several, one has the whole gradient."""

    def __init__(self, axis, rows):
        super().__init__()
        self.axis, self.rows = axis, rows

    def forward(self, x):
        return x.unflatten(-1, (self.rows, -1)).max(dim=self.axis).values


MAXIMA = {
    "greatest": Greatest(axis=-1, rows=1),
    "greatest_of_rows": Greatest(axis=-1, rows=2),
    "greatest_of_columns": Greatest(axis=-2, rows=2),
}


def layers():
    affine = OrderedDict(first=nn.Linear(13, 9), second=nn.Linear(9, 5))
    batches("linear", fill(nn.Sequential(affine), 2.0), 13)
    probabilities = OrderedDict(scores=nn.Linear(6, 7), softmax=nn.Softmax(dim=1))
    batches("softmax", fill(nn.Sequential(probabilities), 4.0), 6)
    numbers("softmax.rows", formula((3, 4), INPUTS, 8.0).softmax(dim=-1))
    extremes("softmax", nn.Softmax(dim=0), EXTREME_LOGITS)
    logarithms = OrderedDict(scores=nn.Linear(6, 7), log_softmax=nn.LogSoftmax(dim=1))
    batches("log_softmax", fill(nn.Sequential(logarithms), 4.0), 6)
    numbers("log_softmax.rows", formula((3, 4), INPUTS, 8.0).log_softmax(dim=-1))
    extremes("log_softmax", nn.LogSoftmax(dim=0), EXTREME_LOGITS)
    gated = OrderedDict(scores=nn.Linear(6, 8), glu=nn.GLU(dim=1))
    batches("glu", fill(nn.Sequential(gated), 4.0), 6)
    extremes("glu", nn.GLU(dim=0), [a + b for a in EXTREME_LOGITS for b in EXTREME_LOGITS])
    rectified = OrderedDict(scores=nn.Linear(6, 7), prelu=nn.PReLU())
    batches("prelu", fill(nn.Sequential(rectified), 4.0), 6)
    channels = OrderedDict(scores=nn.Linear(6, 7), prelu=nn.PReLU(7))
    batches("channel_prelu", fill(nn.Sequential(channels), 4.0), 6)
    planes = OrderedDict(
        scores=nn.Linear(6, 6), planes=nn.Unflatten(1, (2, 3)), prelu=nn.PReLU(2), flat=nn.Flatten()
    )
    batches("plane_prelu", fill(nn.Sequential(planes), 4.0), 6)
    numbers("greatest.ties", torch.tensor(TIES))
    for name, layer in MAXIMA.items():
        scored = OrderedDict(scores=nn.Linear(6, 6), greatest=layer)
        batches(name, fill(nn.Sequential(scored), 4.0), 6)
        extremes(name, layer, TIES)


def extremes(name, layer, cases):
    """Outputs, and the gradient on the logits for a formula gradient on the outputs."""
    for number, logits in enumerate(cases):
        logits = torch.tensor(logits, requires_grad=True)
        outputs = layer(logits)
        outputs.backward(formula(outputs.shape, OUTPUT_GRADIENT, 2.0))
        numbers(f"{name}.extreme{number}.outputs", outputs)
        numbers(f"{name}.extreme{number}.gradient", logits.grad)


def loss(name, function, outputs, target):
    outputs = outputs.clone().requires_grad_()
    value = function(outputs, target)
    value.backward()
    numbers(f"{name}.value", value)
    numbers(f"{name}.gradient", outputs.grad)


def losses():
    numbers("loss.extreme_logits", torch.tensor(EXTREME_LOGITS))
    for name, function in LOSSES.items():
        labelled = function is not functional.mse_loss
        for batch in BATCHES:
            labels = torch.tensor([4, 0, 2, 1, 3][:batch])
            target = labels if labelled else formula((batch, 5), TARGETS, 2.0)
            loss(f"loss.{name}.batch{batch}", function, formula((batch, 5), INPUTS, 8.0), target)
        for number, logits in enumerate(EXTREME_LOGITS if labelled else ()):
            loss(f"loss.{name}.extreme{number}", function, torch.tensor([logits]), torch.tensor([1]))
    pointwise_losses()


def batch_outputs(kind, batch):
    """Outputs that the losses of these points may have."""
    scale, shift = {"probability": (1.0, 0.5), "normal": (8.0, 4.0)}.get(kind, (8.0, 0.0))
    return formula((batch, 10 if kind in HALVED else 5), INPUTS, scale) + shift


def batch_targets(kind, batch):
    """Targets that the losses of these points may have; distributions need not sum to 1."""
    shape = (batch, 1 if kind == "angle" else 5)
    if kind in ("distance", "score", "ranking", "angle"):
        return formula(shape, TARGETS, 2.0).sign()
    if kind in ("probability", "logit", "log_probability", "distribution"):
        return formula(shape, TARGETS, 1.0) + 0.5
    return formula(shape, TARGETS, 2.0)


def tensors(points):
    """The outputs and the targets, a row a point."""
    return [torch.tensor(part).reshape(len(points), -1) for part in zip(*points)]


def pointwise_losses():
    for kind, points in POINTS.items():
        outputs, target = tensors(points)
        numbers(f"loss.{kind}.outputs", outputs)
        numbers(f"loss.{kind}.targets", target)
    for name, (function, kind) in POINTWISE_LOSSES.items():
        for batch in BATCHES:
            outputs, target = batch_outputs(kind, batch), batch_targets(kind, batch)
            loss(f"loss.{name}.batch{batch}", function, outputs, target)
        loss_at_points(name, function, *tensors(POINTS[kind]))


def loss_at_points(name, function, outputs, target):
    outputs.requires_grad_()
    value = function(outputs, target, reduction="none")
    (gradient,) = torch.autograd.grad(value.sum(), outputs)
    if name in EXACT_LOSSES:
        points = torch.cat((outputs, target), dim=1).tolist()
        correct(EXACT_LOSSES[name], points, value, gradient)
    numbers(f"loss.{name}.points.value", value)
    numbers(f"loss.{name}.points.gradient", gradient)


def optimizers():
    """Parameters after each of ten steps along formula gradients."""
    for name, rule in OPTIMIZERS.items():
        parameters = formula((8,), PARAMETERS, 2.0).requires_grad_()
        optimizer = rule([parameters])
        trace = []
        for step in range(STEPS):
            parameters.grad = formula((8,), GRADIENT + step, 2.0)
            optimizer.step()
            trace.append(parameters.detach().clone())
        numbers(f"optimizer.{name}", torch.cat(trace))


def seed_layers():
    return OrderedDict(
        flatten=nn.Flatten(),
        hidden1=nn.Linear(784, 128),
        relu=nn.ReLU(),
        hidden2=nn.Linear(128, 64),
        sigmoid=nn.Sigmoid(),
        out=nn.Linear(64, 10),
    )


def seed_model():
    return fill(nn.Sequential(seed_layers()), 0.25)


def training_steps(name, rule, evaluate):
    """The losses of ten steps and the parameters after them."""
    model = seed_model()
    optimizer = rule(model.parameters())
    trace = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        value = evaluate(model)
        value.backward()
        optimizer.step()
        trace.append(value.detach())
    numbers(f"{name}.losses", torch.stack(trace))
    for key, parameter in model.named_parameters():
        sampled(f"{name}.{key}", parameter)


def training(name, images, target):
    """Gradients at the start, then ten steps of SGD and, from the same start, of Adam."""

    def evaluate(model):
        return LOSSES[name](model(images), target)

    model = seed_model()
    evaluate(model).backward()
    gradients(f"seed.{name}.gradient", model)
    training_steps(f"seed.{name}.sgd", lambda p: torch.optim.SGD(p, lr=0.1), evaluate)
    training_steps(f"seed.{name}.adam", torch.optim.Adam, evaluate)


def seed_network():
    images = formula((8, 28, 28), INPUTS, 2.0)
    numbers("seed.logits", seed_model()(images))
    training("cross_entropy", images, torch.tensor([3, 1, 4, 1, 5, 9, 2, 6]))
    training("mean_squared_error", images, formula((8, 10), TARGETS, 2.0))


def layout():
    """Names and shapes of a state dict, and the order of the scalars in memory."""
    for name, model in {
        "labelled": nn.Sequential(seed_layers()),
        "unlabelled": nn.Sequential(*seed_layers().values()),
    }.items():
        state = model.state_dict().items()
        row(f"layout.{name}", [f"{key}[{','.join(map(str, value.shape))}]" for key, value in state])
    model = nn.Sequential(nn.Flatten(), nn.Linear(6, 4), nn.ReLU(), nn.Linear(4, 2))
    for position in (1, 3):
        linear = model[position]
        outputs, inputs = torch.arange(linear.out_features), torch.arange(linear.in_features)
        linear.weight.data = 100.0 * position + 10 * outputs[:, None] + inputs[None, :]
        linear.bias.data = 1000.0 * position + outputs
    numbers("layout.scalars", nn.utils.parameters_to_vector(model.parameters()))


def main():
    torch.set_num_threads(1)
    # kl_div warns that its mean is not the mean over the batch.
    warnings.filterwarnings("ignore", message="reduction: 'mean'")
    torch.set_default_dtype(torch.float64)
    mpmath.mp.dps = 80
    row("made_with", ["PyTorch", torch.__version__, "mpmath", mpmath.__version__])
    activations()
    layers()
    losses()
    optimizers()
    seed_network()
    layout()


main()
