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


def random12(p, a, b):
    w6 = p.numbers(2, 3, 2)
    h0 = way((lambda x: x.flatten(-2, -2)))(b)
    h1 = way((lambda x: functional.pad(x, (1, 2))), parallel('sum', [p(Attention(11, 11, bias = False, causal = True)), p(LayerNorm(11, elementwise_affine = False))], [p(Attention(11, 11, bias = False, causal = True)), p(LayerNorm(11, elementwise_affine = False)), torch.sigmoid]), (lambda x: x[:, 0:1:2]))(a)
    h2 = way((lambda x: x[:, :, 6:10:1]), p(nn.Conv1d(1, 3, 2, padding = 2, dilation = 2, bias = False)), p(BatchNorm(3, eps = 0.01, momentum = 0.3, affine = False)))(h1)
    h3, h4 = part_of_two(p.numbers(4, 7, 2), way(way(p(nn.RMSNorm(2, eps=F32_EPSILON)), p(nn.RMSNorm(2, eps=F32_EPSILON))), (lambda x: x.permute(0, 3, 2, 1))), way(p(BatchNorm(2, eps = 0.01, momentum = 0.3, affine = False)), p(nn.AvgPool2d(2, padding = 0))))(h0)
    h5 = way(p(nn.ConvTranspose2d(4, 4, (1, 2), stride = (1, 2), padding = 2, dilation = 2, output_padding = 0, groups = 4, bias = False)), (lambda x: x.reshape(len(x), 3, 4)))(h4)
    h6 = w6 * h3
    h7, h8 = h6.split([1, 1], 3)
    z = (h2 * h2).reshape(len(h2), -1).mean(1) + (h5 * h5).reshape(len(h5), -1).mean(1) + (h7 * h7).reshape(len(h7), -1).mean(1) + (h8 * h8).reshape(len(h8), -1).mean(1)
    y = 0.5 * h8
    return z, y


def random15(p, a, b, t):
    w1 = p.numbers(6, 1)
    h0 = p(nn.Embedding(6, 1))(t) * (t != 2)[..., None]
    h1 = (w1[t] * b[:, None, None]).sum(-1)
    h2 = way(first_of(p(nn.RNN(12, 3, batch_first=True, nonlinearity = 'relu'))))(a)
    h3 = a / (1 + a**2)
    h4 = way(residual([p(Attention(12, 2)), (lambda x: x.flatten(1))], [torch.tanh, p(Attention(12, 2)), (lambda x: x.flatten(1))]), state_of(p(nn.LSTMCell(60, 4))), (lambda x: x.split(7, -1)[1]))(a)
    h5 = way(p(nn.Conv1d(5, 10, 1, padding = 0, dilation = 1, stride = 2, groups = 5, bias = False)), p(nn.Tanh()), way((lambda x: positional_encoding(x))))(h3)
    named6 = p(nn.Linear(3, 3))
    h6 = named6(h2)
    h7 = way((lambda x: torch.softmax(x, -1)), (lambda x: x.flatten(2).mean(2)))(h1)
    h8 = derivative(h7, h1)
    z = (h0 * h0).reshape(len(h0), -1).mean(1) + (h4 * h4).reshape(len(h4), -1).mean(1) + (h5 * h5).reshape(len(h5), -1).mean(1) + (h6 * h6).reshape(len(h6), -1).mean(1) + (h8 * h8).reshape(len(h8), -1).mean(1)
    y = 0.5 * h8
    return z, y


def random11(p, a, b, t):
    h0 = p(nn.Embedding(2, 4))(t)
    h1 = chosen(h0, t) * chosen(h0, 1 - t) - 0.1 * t
    named2 = way(parallel('sum', [(lambda x: x.flatten(-2, -2)), p(nn.Conv2d(2, 2, (3, 1), padding = 'valid', dilation = (1, 2), stride = (2, 2), groups = 2, bias = False))], [(lambda x: x.flatten(-2, -2)), p(nn.Conv2d(2, 2, (3, 1), padding = 'valid', dilation = (1, 2), stride = (2, 2), groups = 2, bias = False)), torch.sigmoid]))
    h2 = named2(b)
    h3 = way(way(p(nn.ReplicationPad2d(padding = (1, 2, 1, 1))), p(nn.SELU())), way(scaled(p.numbers(6))))(h2)
    h4 = way(on_axes(1, p(nn.AvgPool1d(3, padding = 0, stride = 2))))(h3)
    h5 = way(p(nn.Linear(12, 3, bias=False)), nn.Softplus(), p(nn.Linear(3, 3 + 1, bias=False)))(a)
    h6 = way((lambda x: x.reshape(len(x), 1)), p(nn.Hardshrink(0.1)), p(nn.RMSNorm(1, eps = 0.01)))(h1[:, None])
    h7 = way(on_axes(1, p(nn.MaxPool1d(3, padding = 1, stride = 3))), on_axes(1, p(nn.MaxPool1d(2, padding = 1))))(h5)
    z = (h4 * h4).reshape(len(h4), -1).mean(1) + (h6 * h6).reshape(len(h6), -1).mean(1) + (h7 * h7).reshape(len(h7), -1).mean(1)
    y = 0.5 * h7
    return z, y


def random16(p, a, b):
    h0 = p(Attention(6, 3, causal = True))(a, a)
    h1 = b[:, :, None] * b[:, None, :]
    h2 = way(p(nn.Hardswish()), way(p(nn.Linear(5, 5)), (lambda x: torch.softmax(x, -2)), p(nn.Linear(5, 5)), (lambda x: torch.softmax(x, -2))), parallel('prod', [(lambda x: torch.log_softmax(x, 1)), first_of(p(nn.LSTM(5, 2, batch_first=True, bias = False, bidirectional = True)))], [(lambda x: torch.log_softmax(x, 1)), first_of(p(nn.LSTM(5, 2, batch_first=True, bias = False, bidirectional = True))), torch.sigmoid]))(h1)
    h3, h4 = part_of_two(p.numbers(5, 4), way((lambda x: x.transpose(-2, -1))), way((lambda x: x.permute(0, 1, 2))))(h2)
    h5 = way((lambda x: x.flatten(2).mean(2)), parallel('cat', [p(nn.Dropout(0)), p(nn.Linear(4, 6, bias = False))], [p(nn.Dropout(0)), p(nn.Linear(4, 6, bias = False)), torch.sigmoid]))(h3)
    h6 = from_state(p(nn.GRU(4, 5, batch_first=True)), h4, b, 1)
    h7 = way((lambda x: x.reshape(len(x), 25, 1, 1)), p(nn.RMSNorm(1, eps = 0.01)))(h6)
    z = (h0 * h0).reshape(len(h0), -1).mean(1) + (h5 * h5).reshape(len(h5), -1).mean(1) + (h7 * h7).reshape(len(h7), -1).mean(1)
    y = 0.5 * h7
    return z, y


def random4(p, a, b, t):
    w3 = p.numbers(4)
    h0 = chosen(a, t) * chosen(a, 1 - t) - 0.1 * t
    named1 = p(nn.Linear(6, 6))
    h1 = named1(b)
    h2 = way(scaled(p.numbers(6), p.numbers(6)))(h1)
    h3 = w3 * a
    h4 = h2 * wide(h0, h2) - h2
    h5 = h4 * wide(h0, h4) - h4
    h6 = way(p(nn.Threshold(0.1, -0.3)), state_of(p(nn.RNNCell(1, 1))))(h0[:, None])
    h7, h8 = part_of_two(p.numbers(4), way(scaled(p.numbers(4)), (lambda x: functional.glu(x, 1)), p(PReLU(2))), way((lambda x: x.reshape(len(x), 2, 1, 1)), p(nn.GroupNorm(1, 2, eps = 0.01, affine = False))))(h3)
    z = (h5 * h5).reshape(len(h5), -1).mean(1) + (h6 * h6).reshape(len(h6), -1).mean(1) + (h7 * h7).reshape(len(h7), -1).mean(1) + (h8 * h8).reshape(len(h8), -1).mean(1)
    y = 0.5 * h8
    return z, y


def random17(p, a, b, t):
    h0 = p(nn.Embedding(5, 1))(t)
    h1 = way(parallel('cat', [on_axes(1, p(nn.MaxPool1d(1, padding = 0, stride = 3, dilation = 2)))], [on_axes(1, p(nn.MaxPool1d(1, padding = 0, stride = 3, dilation = 2))), torch.sigmoid]), way(p(nn.LeakyReLU(0.2)), (lambda x: torch.softmax(x, -3)), p(nn.RMSNorm(1, eps = 0.01, elementwise_affine = False))))(a)
    h2 = torch.where(h1 > 0.1, torch.sin(h1), h1)
    named3 = p(nn.Linear(1, 1))
    h3 = named3(h2)
    h4 = p(nn.Embedding(5, 3))(t)
    h5 = way(on_axes(1, p(nn.AvgPool1d(1, padding = 0, stride = 3))), (lambda x: x.reshape(len(x), 42)))(h2)
    h6 = way(p(nn.Linear(42, 2, bias=True)), nn.Softplus(), p(nn.Linear(2, 2 + 1, bias=True)))(h5)
    h7 = torch.cat([b, b], 2)
    z = (h0 * h0).reshape(len(h0), -1).mean(1) + (h3 * h3).reshape(len(h3), -1).mean(1) + (h4 * h4).reshape(len(h4), -1).mean(1) + (h6 * h6).reshape(len(h6), -1).mean(1) + (h7 * h7).reshape(len(h7), -1).mean(1)
    y = 0.5 * h7
    return z, y


def random5(p, a, b):
    w4 = p.numbers(5)
    h0 = torch.tanh(a) * torch.sigmoid(a)
    h1 = way(residual([(lambda x: x[:, 1:3:2])], [torch.tanh, (lambda x: x[:, 1:3:2])]), (lambda x: torch.softmax(x, 1)))(a)
    h2 = way(scaled(p.numbers(5), p.numbers(5)), residual([scaled(p.numbers(5))], []))(h0)
    h3 = b.flip(1) * torch.arange(4)
    h4 = w4 * h2
    h5 = way(parallel('prod', [scaled(p.numbers(4), p.numbers(4)), p(nn.CELU(alpha=0.25))], [scaled(p.numbers(4), p.numbers(4)), p(nn.CELU(alpha=0.25)), torch.sigmoid]), residual([p(nn.Linear(4, 5))], [torch.tanh, p(nn.Linear(4, 5))]))(h3)
    h6 = h4.flip(1) * torch.arange(5)
    z = (h1 * h1).reshape(len(h1), -1).mean(1) + (h5 * h5).reshape(len(h5), -1).mean(1) + (h6 * h6).reshape(len(h6), -1).mean(1)
    y = 0.5 * h6
    return z, y


def random14(p, a, b):
    w3 = p.numbers(1, 5)
    h0, h1 = with_states(p(nn.RNN(4, 4, bias = False, bidirectional = True, batch_first=True)), a)
    h2 = way(parallel('sum', [p(nn.Linear(4, 1)), (lambda x: x.transpose(1, 2))], [p(nn.Linear(4, 1)), (lambda x: x.transpose(1, 2)), torch.sigmoid]))(a)
    h3 = w3 * h2
    h4 = way(p(nn.AdaptiveAvgPool2d((2, 1))), (lambda x: torch.log_softmax(x, 1)), (lambda x: x.split(2, 2)[0]))(b)
    h5 = way(on_axes(1, p(nn.AvgPool1d(2, padding = 1))))(h0)
    h6 = h5 + 0.5 * h5
    h7 = way(p(nn.Softshrink()), residual([scaled(p.numbers(5))], []))(h3)
    z = (h1 * h1).reshape(len(h1), -1).mean(1) + (h4 * h4).reshape(len(h4), -1).mean(1) + (h6 * h6).reshape(len(h6), -1).mean(1) + (h7 * h7).reshape(len(h7), -1).mean(1)
    y = 0.5 * h7
    return z, y


torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
evaluate("Random12", random12, ((5, 8,), None), ((4, 7, 2,), None))
evaluate("Random15", random15, ((5, 12,), None), ((1,), None), ((2, 4,), 6))
evaluate("Random11", random11, ((5, 12,), None), ((2, 4, 6,), None), ((), 2))
evaluate("Random16", random16, ((1, 6,), None), ((5,), None))
evaluate("Random4", random4, ((4,), None), ((2, 4, 6,), None), ((), 2))
evaluate("Random17", random17, ((3, 7, 3,), None), ((5, 7,), None), ((), 5))
evaluate("Random5", random5, ((5,), None), ((4,), None))
evaluate("Random14", random14, ((5, 4,), None), ((5, 8, 1,), None))
