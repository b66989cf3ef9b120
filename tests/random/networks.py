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


def random0(p, a, b):
    w4 = p(4)
    h0 = functional.linear(torch.tanh(functional.linear(a, p(3, 2), p(3))), p(4, 3))
    e1 = (torch.tanh(b) ** 3 + b**2).flatten(1).sum(1)
    h1 = derivative(e1, b)
    h2 = torch.cat([torch.sigmoid(functional.linear(h1, p(2, 3), p(2))), functional.linear(h1, p(2, 3))], 1)
    h3 = torch.softmax(functional.gelu(h0), 1)
    h4 = w4 * h3
    h5 = h4[:, :, None] * h4[:, None, :]
    h6 = torch.cat([h4, h4, h3], 1)
    z = (h2 * h2).flatten(1).mean(1) + (h5 * h5).flatten(1).mean(1) + (h6 * h6).flatten(1).mean(1)
    y = 0.5 * h6
    return z, y


def random1(p, a, b):
    h0 = torch.cat([torch.tanh(functional.linear(b, p(6, 5), p(6))), functional.linear(b, p(6, 5))], 1)
    h1 = functional.silu(torch.softmax(functional.linear(b, p(7, 5), p(7)), 1))
    h2 = functional.layer_norm(h0, (12,), p(12), p(12))
    e3 = (torch.tanh(a) ** 3 + a**2).flatten(1).sum(1)
    h3 = derivative(e3, a)
    e4 = (torch.tanh(h3) ** 3 + h3**2).flatten(1).sum(1)
    h4 = derivative(e4, h3)
    h5 = half_elu(h1)
    h6 = torch.cat([h2, h0], 1)
    z = (h4 * h4).flatten(1).mean(1) + (h5 * h5).flatten(1).mean(1) + (h6 * h6).flatten(1).mean(1)
    y = 0.5 * h6
    return z, y


def random2(p, a, b):
    h0 = half_elu(a)
    h1 = b * b - 1
    h2 = torch.sigmoid(h0)
    e3 = (torch.tanh(a) ** 3 + a**2).flatten(1).sum(1)
    h3 = derivative(e3, a)
    h4 = functional.softplus(h1)
    h5 = functional.softplus(h2)
    e6 = (torch.tanh(h3) ** 3 + h3**2).flatten(1).sum(1)
    h6 = derivative(e6, h3)
    z = (h4 * h4).flatten(1).mean(1) + (h5 * h5).flatten(1).mean(1) + (h6 * h6).flatten(1).mean(1)
    y = 0.5 * h6
    return z, y


def random3(p, a, b):
    w5 = p(7)
    h0 = half_elu(functional.linear(a, p(4, 2), p(4)))
    h1 = torch.sigmoid(functional.linear(b, p(4, 5), p(4)))
    h2 = torch.cat([torch.sigmoid(functional.linear(h0, p(7, 4), p(7))), functional.linear(h0, p(7, 4))], 1)
    h3 = functional.gelu(functional.linear(h1, p(7, 4), p(7)))
    h4 = half_elu(functional.linear(h3, p(3, 7), p(3)))
    h5 = w5 * h3
    h6 = torch.cat([h1, h5], 1)
    z = (h2 * h2).flatten(1).mean(1) + (h4 * h4).flatten(1).mean(1) + (h6 * h6).flatten(1).mean(1)
    y = 0.5 * h6
    return z, y


def random4(p, a, b):
    h0 = functional.conv2d(functional.conv2d(b, p(5, 3, 3, 1), p(5), stride = (2, 2), padding = (1, 1)), p(5, 5, 2, 2), p(5), stride = (1, 2), padding = (1, 1))
    h1 = functional.conv1d(functional.linear(a, p(5, 3), p(5)), p(5, 4, 3), p(5), 1, 0)
    h2 = functional.gelu(functional.layer_norm(h0.flatten(1), (40,), p(40), p(40)))
    h3 = h0.mean((2, 3)) + (h0**2).amax((2, 3))
    h4 = functional.linear(a, p(5, 3), p(5))
    h5 = h1 @ h1.transpose(1, 2)
    h6 = functional.softsign(h2)
    z = (h3 * h3).flatten(1).mean(1) + (h4 * h4).flatten(1).mean(1) + (h5 * h5).flatten(1).mean(1) + (h6 * h6).flatten(1).mean(1)
    y = 0.5 * h6
    return z, y


def random5(p, a, b):
    h0 = functional.gelu(torch.tanh(rms_norm(b, p(4))))
    h1 = rms_norm(a, p(5))
    h2 = torch.softmax(torch.softmax(b, 1), 1)
    h3 = functional.softplus(functional.linear(h1, p(4, 5), p(4)))
    h4 = torch.log_softmax(functional.linear(h2, p(2, 4)), 1)
    h5 = h3[:, :, None] * h4[:, None, :]
    h6 = torch.cat([a, h1], 1)
    z = (h0 * h0).flatten(1).mean(1) + (h5 * h5).flatten(1).mean(1) + (h6 * h6).flatten(1).mean(1)
    y = 0.5 * h6
    return z, y


def random6(p, a, b):
    w5 = p(7)
    h0 = a + functional.linear(functional.softplus(functional.linear(a, p(1, 4), p(1))), p(4, 1), p(4))
    h1 = functional.linear(torch.softmax(rms_norm(b, p(3)), 1), p(6, 3), p(6))
    h2 = torch.cat([b, h0], 1)
    h3 = torch.cat([h1, h0, h0], 1)
    h4 = rms_norm(torch.softmax(torch.log_softmax(h3, 1), 1), p(14))
    h5 = w5 * h2
    h6 = functional.linear(h5, p(7, 7), p(7))
    z = (h4 * h4).flatten(1).mean(1) + (h6 * h6).flatten(1).mean(1)
    y = 0.5 * h6
    return z, y


def random7(p, a, b):
    h0 = torch.cat([functional.softplus(functional.linear(b, p(2, 5), p(2))), functional.linear(b, p(2, 5))], 1)
    h1 = h0 + 0.5 * h0
    h2 = b + functional.linear(functional.softsign(functional.linear(b, p(2, 5), p(2))), p(5, 2), p(5))
    e3 = (torch.tanh(h1) ** 3 + h1**2).flatten(1).sum(1)
    h3 = derivative(e3, h1)
    h4 = torch.log_softmax(a, 1)
    h5 = h1 / (1 + h0**2)
    h6 = h4 / (1 + h2**2)
    z = (h3 * h3).flatten(1).mean(1) + (h5 * h5).flatten(1).mean(1) + (h6 * h6).flatten(1).mean(1)
    y = 0.5 * h6
    return z, y


torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
evaluate("Random0", random0, (2,), (3,))
evaluate("Random1", random1, (5,), (5,))
evaluate("Random2", random2, (1, 4,), (1, 3, 8,))
evaluate("Random3", random3, (2,), (5,))
evaluate("Random4", random4, (4, 3,), (3, 6, 2,))
evaluate("Random5", random5, (5,), (4,))
evaluate("Random6", random6, (4,), (3,))
evaluate("Random7", random7, (5,), (5,))
