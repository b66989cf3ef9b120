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
from collections import OrderedDict

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

ACTIVATIONS = {
    "relu": functional.relu,
    "leaky_relu": functional.leaky_relu,
    "steep_leaky_relu": lambda x: functional.leaky_relu(x, 0.2),
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "softplus": functional.softplus,
    "sharp_softplus": lambda x: functional.softplus(x, beta=2, threshold=5),
    "gelu": functional.gelu,
    "silu": functional.silu,
    "elu": functional.elu,
    "half_elu": lambda x: functional.elu(x, alpha=0.5),
}

LOSSES = {
    "mean_squared_error": functional.mse_loss,
    "cross_entropy": functional.cross_entropy,
    "smoothed_cross_entropy": lambda logits, labels: functional.cross_entropy(
        logits, labels, label_smoothing=0.1
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
    numbers(name, flat[[j * last // (count - 1) for j in range(count)]])
    directions = [formula(flat.shape, PROJECTION + number, 1.0) for number in range(PROJECTIONS)]
    numbers(f"{name}.projections", torch.stack([flat @ direction for direction in directions]))


def gradients(name, model):
    for key, parameter in model.named_parameters():
        sampled(f"{name}.{key}", parameter.grad)


def activation_points():
    """A grid with the kinks on it, both zeros, both sides of each threshold, and extremes."""
    grid = [k / 8 for k in range(-48, 49)]
    around_thresholds = [2.5 + 2.0**-20, 20.0 + 2.0**-18]
    far = [9.0, 12.0, 20.0, 88.0, 100.0, 1e4, torch.tensor(1e30).item(), math.inf]
    return grid + [-0.0] + around_thresholds + far + [-x for x in far]


def exact_gelu(x):
    """x·Φ(x) and its derivative Φ(x) + x·φ(x), correctly rounded.

    PyTorch's gelu loses every digit in the tail (its issue 187806): 1 + erf cancels there.
    """
    probability = mpmath.erfc(-mpmath.mpf(x) / mpmath.sqrt(2)) / 2
    density = mpmath.exp(-mpmath.mpf(x) ** 2 / 2) / mpmath.sqrt(2 * mpmath.pi)
    return float(x * probability), float(probability + x * density)


def value_and_derivative(activation, points):
    x = torch.tensor(points, requires_grad=True)
    y = activation(x)
    (derivative,) = torch.autograd.grad(y.sum(), x)
    if activation is functional.gelu:
        finite = x.isfinite()
        exact = torch.tensor([exact_gelu(point) for point in x[finite].tolist()])
        y.data[finite], derivative[finite] = exact[:, 0], exact[:, 1]
    return y, derivative


def activations():
    points = activation_points()
    numbers("activation.points", torch.tensor(points))
    for name, activation in ACTIVATIONS.items():
        value, derivative = value_and_derivative(activation, points)
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


def layers():
    affine = OrderedDict(first=nn.Linear(13, 9), second=nn.Linear(9, 5))
    batches("linear", fill(nn.Sequential(affine), 2.0), 13)
    probabilities = OrderedDict(scores=nn.Linear(6, 7), softmax=nn.Softmax(dim=1))
    batches("softmax", fill(nn.Sequential(probabilities), 4.0), 6)
    numbers("softmax.rows", formula((3, 4), INPUTS, 8.0).softmax(dim=-1))
    for number, logits in enumerate(EXTREME_LOGITS):
        logits = torch.tensor(logits, requires_grad=True)
        outputs = logits.softmax(dim=0)
        outputs.backward(formula((5,), OUTPUT_GRADIENT, 2.0))
        numbers(f"softmax.extreme{number}.outputs", outputs)
        numbers(f"softmax.extreme{number}.gradient", logits.grad)


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
    torch.set_default_dtype(torch.float64)
    mpmath.mp.dps = 50
    row("made_with", ["PyTorch", torch.__version__, "mpmath", mpmath.__version__])
    activations()
    layers()
    losses()
    optimizers()
    seed_network()
    layout()


main()
