"""The built-in optimizers with random options in PyTorch: each parameter after each step."""

import torch

STEPS, PARAMETERS, GRADIENT = 10, 1, 100


def formula(count, salt, scale):
    """Numbers in [−scale/2, scale/2): the upper half of a 32-bit hash."""
    k = torch.arange(count, dtype=torch.int64)
    mixed = (k * 0x9E3779B1 + salt * 0x85EBCA77) % 2**32
    mixed = ((mixed ^ (mixed >> 15)) * 0x2C1B3C6D) % 2**32
    return ((mixed >> 16).double() / 2**16 - 0.5) * scale


def evaluate(name, kind, **options):
    if "beta1" in options:
        options["betas"] = options.pop("beta1"), options.pop("beta2")
    parameters = formula(8, PARAMETERS, 2.0).requires_grad_()
    optimizer = kind([parameters], foreach=False, **options)
    trace = []
    for step in range(STEPS):
        parameters.grad = formula(8, GRADIENT + step, 2.0)
        optimizer.step()
        trace.append(parameters.detach().clone())
    for number, row in enumerate(torch.stack(trace, 1)):
        print(name, number, *(repr(value.item()) for value in row))


torch.set_default_dtype(torch.float64)
CALLS
