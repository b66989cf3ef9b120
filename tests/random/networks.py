"""The random networks of networks.rs in PyTorch: projections of what they compute.

Written by a test of nncompiler. `python networks.py > networks.txt`, with PyTorch 2.15.
"""

import math
import sys

import torch
from torch import nn
from torch.nn import functional

BATCHES = 1, 2, 3, 17, 33
INPUTS, WEIGHTS, PARAMETERS, PROJECTION, MOVES = 1, 5, 10, 500, 900
PROJECTIONS = 3
F32_EPSILON = 2.0**-23
# How far inputs and parameters are moved to see how far that moves results.
MOVED = 1e-9


def formula(shape, salt, scale):
    """Numbers in [−scale/2, scale/2): the upper half of a 32-bit hash."""
    k = torch.arange(math.prod(shape), dtype=torch.int64)
    mixed = (k * 0x9E3779B1 + salt * 0x85EBCA77) % 2**32
    mixed = ((mixed ^ (mixed >> 15)) * 0x2C1B3C6D) % 2**32
    return (((mixed >> 16).double() / 2**16 - 0.5) * scale).reshape(shape)


def integers(shape, below, salt):
    return ((formula(shape, salt, 2.0) / 2 + 0.5) * below).long()


class Parameters:
    """Parameters and states in the order of their making, with formula numbers, each moved by a part of itself."""

    def __init__(self, is_training, moved):
        self.is_training, self.moved = is_training, moved
        self.all, self.modules = [], []

    def given(self, shape, salt, scale=1.0):
        return formula(shape, salt, scale) * (1 + formula(shape, salt + MOVES, 2.0) * self.moved)

    def next(self, shape):
        values = self.given(shape, PARAMETERS + len(self.all))
        self.all.append(values)
        return values

    def numbers(self, *shape):
        return self.next(shape).requires_grad_()

    def __call__(self, module):
        for parameter in module.parameters():
            parameter.data = self.next(parameter.shape)
            self.all[-1] = parameter
        for name, buffer in module.named_buffers():
            if buffer.dtype.is_floating_point:
                values = self.next(buffer.shape)
                self.all[-1] = values.abs() + 0.5 if name == "running_var" else values
                setattr(module, name, self.all[-1].clone())
        self.modules.append(module.train(self.is_training))
        return module

    def gradient(self):
        """The gradient, and for states their next values."""
        parts = []
        states = (
            buffer
            for module in self.modules
            for buffer in module.buffers()
            if buffer.dtype.is_floating_point
        )
        for one in self.all:
            if one.requires_grad:
                parts.append(torch.zeros_like(one) if one.grad is None else one.grad)
            else:
                parts.append(next(states))
        return torch.cat([part.flatten() for part in parts] or [torch.zeros(0)])


class BatchNorm(nn.modules.batchnorm._BatchNorm):
    """PyTorch refuses one number for a channel, which is its own mean."""

    def _check_input_dim(self, x):
        pass

    def forward(self, x):
        if not self.training or x.numel() > x.shape[1]:
            return super().forward(x)
        with torch.no_grad():
            mean = x.reshape(-1)
            self.running_mean.lerp_(mean, self.momentum)
            self.running_var.mul_(1 - self.momentum)
        centred = x - x.detach()
        shape = [1, -1] + [1] * (x.dim() - 2)
        if not self.affine:
            return centred * 0
        return centred * 0 * self.weight.reshape(shape) + self.bias.reshape(shape)


class Hardsigmoid(nn.Module):
    """The sixth in PyTorch's derivative is one of f32."""

    def forward(self, x):
        return (x / 6 + 0.5).clamp(0, 1)


class PReLU(nn.PReLU):
    """The second derivative by the weight and the input is not PyTorch's."""

    def forward(self, x):
        weight = self.weight.reshape([1, -1] + [1] * (x.dim() - 2))
        return torch.where(x > 0, x, weight * x)


class LayerNorm(nn.LayerNorm):
    """Nor is the third derivative."""

    def forward(self, x):
        centred = x - x.mean(-1, keepdim=True)
        normal = centred / ((centred**2).mean(-1, keepdim=True) + self.eps).sqrt()
        return normal * self.weight + self.bias if self.elementwise_affine else normal


class Attention(nn.MultiheadAttention):
    """Of a sequence to another, or to itself."""

    def __init__(self, size, heads, causal=False, bias=True, kdim=None, vdim=None):
        super().__init__(size, heads, bias=bias, kdim=kdim, vdim=vdim, batch_first=True)
        self.causal = causal

    def forward(self, query, key=None):
        key = query if key is None else key
        mask = None
        if self.causal:
            mask = torch.ones(query.shape[1], key.shape[1]).triu(1).bool()
        return super().forward(query, key, key, attn_mask=mask)[0]


def way(*functions):
    """One after the other."""

    def apply(x):
        for function in functions:
            x = function(x)
        return x

    return apply


def residual(main, shortcut):
    return lambda x: way(*main)(x) + way(*shortcut)(x)


def parallel(joined, *branches):
    def apply(x):
        first, second = [way(*branch)(x) for branch in branches]
        if joined == "cat":
            return torch.cat([first, second], 1)
        return first + second if joined == "sum" else first * second

    return apply


def part_of_two(w, first, second):
    return lambda x: (second(first(x)), w * x)


def scaled(weight, bias=0):
    return lambda x: weight * x + bias


def on_axes(count, function):
    """On one channel and so many axes behind it, whatever is before those."""

    def apply(x):
        made = function(x.reshape(-1, 1, *x.shape[-count:]))
        return made.reshape(*x.shape[:-count], *made.shape[-count:])

    return apply


def padded_along(x, dim, padding, mode):
    last = x.transpose(dim, -1)
    return functional.pad(
        last.reshape(-1, 1, last.shape[-1]), padding, mode
    ).reshape(*last.shape[:-1], -1).transpose(dim, -1)


def causal(reach, mode, module):
    return lambda x: module(functional.pad(x, (reach, 0), mode))


def positional_encoding(x):
    places, size = x.shape[-2:]
    angles = torch.arange(places)[:, None] / 10000 ** (torch.arange(0, size, 2) / size)
    return x + torch.stack((angles.sin(), angles.cos()), dim=-1).flatten(-2)


def first_of(module):
    return lambda x: module(x)[0]


def state_of(module):
    def apply(x):
        state = module(x)
        return torch.cat(state, 1) if isinstance(state, tuple) else state

    return apply


def from_state(module, x, state, directions):
    h = state.reshape(len(x), directions, -1).transpose(0, 1).contiguous()
    return module(x, (h, torch.zeros_like(h)) if isinstance(module, nn.LSTM) else h)[0]


def with_states(module, x):
    y, states = module(x)
    states = states if isinstance(states, tuple) else (states,)
    return y, *(state.transpose(0, 1).flatten(1) for state in states)


def step(module, x, state):
    if isinstance(module, nn.LSTMCell):
        return torch.cat(module(x, state.chunk(2, 1)), 1)
    return module(x, state)


def wide(number, x):
    return number.reshape(-1, *[1] * (x.dim() - 1))


def chosen(x, t):
    return x.gather(1, t.reshape(len(x), -1)).reshape(t.shape)


def sums(x):
    return x.reshape(len(x), -1).sum(1)


def derivative(of, by):
    """Each number by each, of which a single one has no axes. What is the same for all stays in the graph."""
    nothing = 0 * sums(by)
    numbers = of.reshape(len(of), -1).unbind(1)
    slopes = [
        torch.autograd.grad((one + nothing).sum(), by, create_graph=True, materialize_grads=True)[0]
        for one in numbers
    ]
    axes = [shape for shape in (of.shape[1:], by.shape[1:]) if math.prod(shape) > 1]
    made = torch.stack(slopes, 1).reshape(len(of), *(size for shape in axes for size in shape))
    return made + wide(nothing, made)


def results(network, inputs, batch, is_training, moved):
    """Outputs and gradient in training, or outputs after it."""
    p = Parameters(is_training, moved)
    given = []
    for at, (shape, below) in enumerate(inputs):
        if below is None:
            given.append(p.given((batch, *shape), INPUTS + at, 2.0).requires_grad_())
        else:
            given.append(integers((batch, *shape), below, INPUTS + at))
    outputs = torch.cat([one.flatten() for one in network(p, *given)])
    if not is_training:
        return [outputs.detach()]
    (outputs * formula(outputs.shape, WEIGHTS, 2.0)).sum().backward()
    return [outputs.detach(), p.gradient()]


def projections(numbers, moved):
    """Sums of all numbers times directions, with what they may be off by: the sums of the products' magnitudes, or,
    if that is more, what is left of what a relative change of everything makes."""
    for number in range(PROJECTIONS):
        products, others = (
            one * formula(one.shape, PROJECTION + number, 1.0) for one in (numbers, moved)
        )
        magnitude = products.abs().sum().item()
        sensitivity = (products - others).abs().sum().item() / MOVED
        if not sensitivity < 1e5 * (magnitude + 1e-3):
            return None
        yield f"{products.sum().item()!r}~{max(magnitude, sensitivity / 20)!r}"


def evaluate(name, network, *inputs, is_random=False):
    for batch in BATCHES:
        texts = []
        for is_training in (True, False):
            if is_training and is_random:
                continue
            exact, moved = (results(network, inputs, batch, is_training, by) for by in (0, MOVED))
            texts += [projections(*pair) for pair in zip(exact, moved)]
        texts = [text for one in texts for text in one]
        expected = PROJECTIONS * (1 if is_random else 3)
        print(name, batch, *(texts if len(texts) == expected else ["undecided"]))


def random15(p, a, b, t):
    w1 = p.numbers(6, 1)
    h0 = p(nn.Embedding(6, 1))(t) * (t != 2)[..., None]
    h1 = (w1[t] * b[:, None, None]).sum(-1)
    h2 = way(p(nn.Linear(12, 1)))(a)
    h3 = way((lambda x: x[:, 0:5:1]), residual([(lambda x: padded_along(x, -2, (3, 3), 'replicate')), p(LayerNorm(1, eps = 0.01))], [torch.tanh, (lambda x: padded_along(x, -2, (3, 3), 'replicate')), p(LayerNorm(1, eps = 0.01))]), (lambda x: x[:, :, 0:1:3]))(h2)
    h4 = way(scaled(p.numbers(1), p.numbers(1)), scaled(p.numbers(1), p.numbers(1)), p(PReLU(2)))(h0)
    h5 = way((lambda x: x.permute(0, 2, 1)), on_axes(1, p(nn.MaxPool1d(1, padding = 0, dilation = 2))))(h3)
    h6 = way(p(nn.Linear(1, 2, bias=True)), nn.Softplus(), p(nn.Linear(2, 2 + 1, bias=True)))(h4)
    h7 = way(p(nn.GroupNorm(1, 2, affine = False)))(h1)
    z = (h5 * h5).reshape(len(h5), -1).mean(1) + (h6 * h6).reshape(len(h6), -1).mean(1) + (h7 * h7).reshape(len(h7), -1).mean(1)
    y = 0.5 * h7
    return z, y


def random23(p, a, b, t):
    w0 = p.numbers(3, 5)
    h0 = (w0[t] * b[:]).sum(-1)
    h1 = way((lambda x: x.permute(0, 1, 2)), way(p(nn.Conv1d(1, 1, 2, dilation=1, padding=1)), torch.tanh, p(nn.Conv1d(1, 1, 2, dilation=2, padding=2)), torch.tanh))(a)
    named2 = p(nn.Linear(15, 11))
    h2 = named2(h1)
    h3 = way(p(nn.Conv1d(1, 1, 3, padding = 2, dilation = 2, stride = 1)))(h1)
    h4 = way((lambda x: x.split(11, -1)[0]), parallel('prod', [(lambda x: x.flatten(2).mean(2)), p(BatchNorm(1, eps = 0.01, momentum = 0.3))], [(lambda x: x.flatten(2).mean(2)), p(BatchNorm(1, eps = 0.01, momentum = 0.3)), torch.sigmoid]), (lambda x: x.flatten(1)))(h2)
    h5 = h3 @ h3.transpose(1, 2)
    h6 = p(Attention(15, 5, kdim = 1, vdim = 1))(h3, h5)
    z = (h0 * h0).reshape(len(h0), -1).mean(1) + (h4 * h4).reshape(len(h4), -1).mean(1) + (h6 * h6).reshape(len(h6), -1).mean(1)
    y = 0.5 * h6
    return z, y


def random14(p, a, b):
    h0, h1 = with_states(p(nn.RNN(4, 4, bias = False, bidirectional = True, batch_first=True)), a)
    h2 = way(p(nn.Hardshrink(0.1)), way(first_of(p(nn.GRU(4, 2, batch_first=True, num_layers = 2)))), way((lambda x: x[:, -1]), (lambda x: x[:, 1:2:3])))(a)
    h3 = way((lambda x: functional.glu(x, 2)), p(nn.Linear(1, 1)), (lambda x: torch.softmax(x, -3)))(b)
    h4 = way(p(nn.RMSNorm(8, eps=F32_EPSILON)), p(nn.Dropout(0)))(h0)
    h5 = torch.maximum(h2, 0.3 * h2)
    named6 = way(state_of(p(nn.GRUCell(8, 3))))
    h6 = named6(h1)
    h7 = way((lambda x: x.split(1, -1)[0]), p(nn.RMSNorm(1, eps = 0.01)))(h5)
    z = (h3 * h3).reshape(len(h3), -1).mean(1) + (h4 * h4).reshape(len(h4), -1).mean(1) + (h6 * h6).reshape(len(h6), -1).mean(1) + (h7 * h7).reshape(len(h7), -1).mean(1)
    y = 0.5 * h7
    return z, y


def random0(p, a, b):
    h0 = a[:, :, None] * b[:, None, :]
    h1 = (torch.tanh(h0) ** 3 + h0**2).flatten(1).sum(1)
    h2 = derivative(h1, h0)
    named3 = way((lambda x: torch.log_softmax(x, -2)), way((lambda x: x.flatten(-1, -1)), (lambda x: x.flatten(-2, -2)), (lambda x: x.flatten(-1, -1)), (lambda x: x.flatten(-2, -2))), p(BatchNorm(2, eps = 0.01)))
    h3 = named3(h2)
    named4 = p(nn.Linear(3, 3))
    h4 = named4(h3)
    h5, h6 = h3.split([1, 1], 1)
    h7 = named4(h3)
    h8 = way(causal(4, 'constant', p(nn.Conv1d(2, 4, 3, dilation = 2, groups = 2, bias = False))))(h4)
    z = (h5 * h5).reshape(len(h5), -1).mean(1) + (h6 * h6).reshape(len(h6), -1).mean(1) + (h7 * h7).reshape(len(h7), -1).mean(1) + (h8 * h8).reshape(len(h8), -1).mean(1)
    y = 0.5 * h8
    return z, y


def random4(p, a, b, t):
    h0 = chosen(a, t) * chosen(a, 1 - t) - 0.1 * t
    named1 = p(nn.Linear(6, 6))
    h1 = named1(b)
    h2 = way(p(nn.MaxPool2d(1, padding = 0)))(h1)
    h3 = named1(b)
    h4 = way(way(p(nn.Linear(6, 1)), torch.tanh, p(nn.Linear(1, 3)), torch.tanh, p(nn.Linear(3, 5)), torch.tanh), on_axes(1, p(nn.AvgPool1d(3, padding = 1, stride = 2))), p(nn.GroupNorm(1, 2, affine = False)))(h3)
    h5 = way((lambda x: functional.pad(x, (0, 2))), p(nn.CELU(alpha=0.25)))(h1)
    h6 = way(p(nn.Threshold(0.1, -0.3)), p(LayerNorm(1)))(h0[:, None])
    h7 = named1(h3)
    z = (h2 * h2).reshape(len(h2), -1).mean(1) + (h4 * h4).reshape(len(h4), -1).mean(1) + (h5 * h5).reshape(len(h5), -1).mean(1) + (h6 * h6).reshape(len(h6), -1).mean(1) + (h7 * h7).reshape(len(h7), -1).mean(1)
    y = 0.5 * h7
    return z, y


def random13(p, a, b):
    h0, h1, h2 = b.split([9, 1, 2], 2)
    h3 = way((lambda x: x[:, 3:4:1]), p(nn.Dropout(0.3)), state_of(p(nn.RNNCell(1, 4, nonlinearity = 'relu'))))(a)
    h4 = way((lambda x: functional.glu(x, -1)))(a)
    h5 = way(p(nn.AvgPool2d((2, 1), padding = (1, 0), stride = (1, 2))))(h0)
    h6 = way(p(nn.Linear(1, 4, bias=False)), nn.Softplus(), p(nn.Linear(4, 4 + 1, bias=False)))(h2)
    h7 = way(p(nn.Linear(4, 3)), p(nn.LeakyReLU(0.2)), way(p(nn.Linear(3, 1)), torch.tanh, p(nn.Linear(1, 3)), torch.tanh, p(nn.Linear(3, 5)), torch.tanh))(a)
    h8, h9 = h0.split([1, 4], 1)
    z = (h1 * h1).reshape(len(h1), -1).mean(1) + (h3 * h3).reshape(len(h3), -1).mean(1) + (h4 * h4).reshape(len(h4), -1).mean(1) + (h5 * h5).reshape(len(h5), -1).mean(1) + (h6 * h6).reshape(len(h6), -1).mean(1) + (h7 * h7).reshape(len(h7), -1).mean(1) + (h8 * h8).reshape(len(h8), -1).mean(1) + (h9 * h9).reshape(len(h9), -1).mean(1)
    y = 0.5 * h9
    return z, y


def random17(p, a, b, t):
    h0 = p(nn.Embedding(5, 1))(t)
    h1 = way((lambda x: x.flatten(2).mean(2)), residual([p(nn.RMSNorm(3, eps=F32_EPSILON)), (lambda x: torch.softmax(x, 1))], []), (lambda x: x.reshape(len(x), 3, 1, 1)))(a)
    h2 = torch.where(h1 > 0.1, torch.sin(h1), h1)
    named3 = p(nn.Linear(1, 1))
    h3 = named3(h2)
    h4 = p(nn.Embedding(5, 3))(t)
    h5 = way((lambda x: padded_along(x, 3, (1, 1), 'circular')))(h2)
    h6 = way(way(p(nn.Linear(1, 1)), torch.tanh, p(nn.Linear(1, 3)), torch.tanh, p(nn.Linear(3, 5)), torch.tanh), (lambda x: x.split(5, 1)[0]))(h0)
    h7 = named3(h2)
    z = (b * b).reshape(len(b), -1).mean(1) + (h3 * h3).reshape(len(h3), -1).mean(1) + (h4 * h4).reshape(len(h4), -1).mean(1) + (h5 * h5).reshape(len(h5), -1).mean(1) + (h6 * h6).reshape(len(h6), -1).mean(1) + (h7 * h7).reshape(len(h7), -1).mean(1)
    y = 0.5 * h7
    return z, y


def random7(p, a, b):
    w7 = p.numbers(4)
    h0 = way(way((lambda x: x.split(4, -1)[0]), p(LayerNorm(4)), p(nn.RMSNorm(4, eps = 0.01))))(a)
    h1 = way(scaled(p.numbers(2)))(b)
    h2 = way(residual([(lambda x: x.transpose(-2, 3))], [torch.tanh, (lambda x: x.transpose(-2, 3))]), p(PReLU(5)))(h1)
    named3 = p(nn.Linear(4, 3))
    h3 = named3(h0)
    h4 = step(p(nn.GRUCell(3, 4)), h3, h0)
    h5, h6 = h2.split([1, 1], 2)
    h7 = w7 * h4
    z = (h5 * h5).reshape(len(h5), -1).mean(1) + (h6 * h6).reshape(len(h6), -1).mean(1) + (h7 * h7).reshape(len(h7), -1).mean(1)
    y = 0.5 * h7
    return z, y


torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
evaluate("Random15", random15, ((5, 12,), None), ((1,), None), ((2, 4,), 6))
evaluate("Random23", random23, ((1, 12,), None), ((5,), None), ((), 3))
evaluate("Random14", random14, ((5, 4,), None), ((5, 8, 1,), None))
evaluate("Random0", random0, ((2,), None), ((3,), None))
evaluate("Random4", random4, ((4,), None), ((2, 4, 6,), None), ((), 2))
evaluate("Random13", random13, ((4,), None), ((5, 12, 1,), None), is_random=True)
evaluate("Random17", random17, ((3, 7, 3,), None), ((5, 7,), None), ((), 5))
evaluate("Random7", random7, ((5,), None), ((5, 5, 2,), None))
