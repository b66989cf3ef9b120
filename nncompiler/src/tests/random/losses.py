"""The random losses of losses.rs in PyTorch: their values, and projections of their gradients.

Written by a test of nncompiler. `python losses.py > losses.txt`, with PyTorch 2.15.
"""

import math

import torch
from torch.nn import functional

BATCHES = 1, 2, 3, 17, 33
INPUT, PARAMETERS, TARGETS, SETTING, PROJECTION = 1, 10, 30, 40, 500
PROJECTIONS = 3
OUTPUTS = {"p": (2, 3), "v": (5,), "q": ()}
GIVEN = {"tag": 3, "label": 5, "mask": None, "r": None, "t": None, "weight": None}
SHAPES = {"tag": (2,), "label": (), "mask": (2,), "r": (5,), "t": (), "weight": ()}


def formula(shape, salt, scale):
    """Numbers in [−scale/2, scale/2): the upper half of a 32-bit hash."""
    k = torch.arange(math.prod(shape), dtype=torch.int64)
    mixed = (k * 0x9E3779B1 + salt * 0x85EBCA77) % 2**32
    mixed = ((mixed ^ (mixed >> 15)) * 0x2C1B3C6D) % 2**32
    return (((mixed >> 16).double() / 2**16 - 0.5) * scale).reshape(shape)


def target(name, batch):
    numbers = formula((batch, *SHAPES[name]), TARGETS + list(GIVEN).index(name), 2.0)
    if GIVEN[name] is not None:
        return ((numbers / 2 + 0.5) * GIVEN[name]).long()
    return numbers.abs() + 0.5 if name == "weight" else numbers


def chosen(array, classes):
    return array.gather(-1, classes[..., None])[..., 0]


def projections(numbers):
    for number in range(PROJECTIONS):
        products = numbers * formula(numbers.shape, PROJECTION + number, 1.0)
        yield f"{products.sum().item()!r}~{products.abs().sum().item() + 1e-6!r}"


def evaluate(function, names, is_weighted):
    for batch in BATCHES:
        x = formula((batch, 3), INPUT, 2.0)
        parameters, outputs = [], {}
        for at, (name, shape) in enumerate(OUTPUTS.items()):
            width = math.prod(shape)
            weight = formula((width, 3), PARAMETERS + 2 * at, 1.0).requires_grad_()
            bias = formula((width,), PARAMETERS + 2 * at + 1, 1.0).requires_grad_()
            parameters += [weight, bias]
            outputs[name] = (x @ weight.T + bias).reshape(batch, *shape)
        given = {}
        for name in names.split(", "):
            if name in OUTPUTS:
                outputs[name].retain_grad()
                given[name] = outputs[name]
            else:
                given[name] = formula((5,), SETTING, 2.0) if name == "scales" else target(name, batch)
        y = function(**given)
        count = given["weight"].sum() if is_weighted else batch
        value = y.sum() / count
        value.backward()
        of_outputs = [output.grad for output in outputs.values() if output.retains_grad]
        of_parameters = [
            torch.zeros_like(one) if one.grad is None else one.grad for one in parameters
        ]
        scale = (y.abs().sum() / count).item() + 1
        texts = [f"{value.item()!r}~{scale!r}"]
        for all in (of_outputs, of_parameters):
            texts += projections(torch.cat([one.flatten() for one in all]))
        print(function.__name__, batch, *texts)


FUNCTIONS
torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
CALLS
