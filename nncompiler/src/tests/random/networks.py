"""The random networks of networks.rs in PyTorch: projections of their outputs and gradients.

Written by a test of nncompiler. `python networks.py > networks.txt`, with PyTorch 2.15.
"""

import math

import torch
from torch.nn import functional

BATCH = 3
INPUTS, WEIGHTS, PARAMETERS, PROJECTION = 1, 3, 10, 50
PROJECTIONS = 8


def formula(shape, salt, scale):
    """Numbers in [−scale/2, scale/2): the upper half of a 32-bit hash."""
    k = torch.arange(math.prod(shape), dtype=torch.int64)
    mixed = (k * 0x9E3779B1 + salt * 0x85EBCA77) % 2**32
    mixed = ((mixed ^ (mixed >> 15)) * 0x2C1B3C6D) % 2**32
    return (((mixed >> 16).double() / 2**16 - 0.5) * scale).reshape(shape)


class Parameters:
    """Each call makes the next parameter, with formula numbers."""

    def __init__(self):
        self.all = []

    def __call__(self, *shape):
        values = formula(shape, PARAMETERS + len(self.all), 1.0)
        self.all.append(values.requires_grad_())
        return self.all[-1]


def half_elu(x):
    return functional.elu(x, 0.5)


def rms_norm(x, weight):
    return x / torch.sqrt((x**2).mean(1, keepdim=True) + 2.0**-23) * weight


def gru(x, weight_ih, weight_hh, bias_ih, bias_hh):
    """The state after the last step."""
    state = torch.zeros(len(x), weight_hh.shape[1])
    for step in range(x.shape[1]):
        state = torch.gru_cell(x[:, step], state, weight_ih, weight_hh, bias_ih, bias_hh)
    return state


def derivative(of, by):
    return torch.autograd.grad(of.sum(), by, create_graph=True)[0]


def projections(tensor):
    """Sums of all numbers times directions, with the sums of the products' magnitudes."""
    flat = tensor.detach().flatten()
    for number in range(PROJECTIONS):
        products = flat * formula(flat.shape, PROJECTION + number, 1.0)
        yield f"{products.sum().item()!r}~{products.abs().sum().item()!r}"


def evaluate(name, network, *shapes):
    parameters = Parameters()
    inputs = [
        formula((BATCH, *shape), INPUTS + at, 2.0).requires_grad_() for at, shape in enumerate(shapes)
    ]
    outputs = torch.cat([one.flatten() for one in network(parameters, *inputs)])
    (outputs * formula(outputs.shape, WEIGHTS, 2.0)).sum().backward()
    gradients = [
        torch.zeros_like(one) if one.grad is None else one.grad for one in parameters.all
    ]
    gradient = torch.cat([one.flatten() for one in gradients] or [torch.zeros(0)])
    print(name, *projections(outputs), *projections(gradient))


FUNCTIONS
torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
CALLS
