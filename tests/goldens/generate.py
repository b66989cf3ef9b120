"""The goldens of ../goldens.rs: what PyTorch computes, in f64.

    python generate.py > values.txt        # needs torch and mpmath (which torch's sympy brings)

values.txt was made with PyTorch 2.15.0 on a CPU. Its rows are `name: value value …`; a float is
written by repr, the shortest text that reads back as the same number. A `nan` says that PyTorch has
no answer there (inf·0 inside its formula), so that there is nothing to compare with.

Inputs, parameters and targets are not stored: `formula` and its twin in formula.rs make the same
numbers, multiples of a power of two that f32 holds exactly. So one set of goldens serves both
precisions, and f32 is compared with the truth rather than with PyTorch's own f32. Only where numbers
overflow or underflow are there rows for each precision, whose names end in `.f32` and `.f64`.
"""

import copy
import math
import warnings
from collections import OrderedDict
from functools import partial

import mpmath
import torch
from torch import nn
from torch.nn import functional
from torch.optim import lr_scheduler

BATCHES = (1, 3, 5)
OPTION_BATCHES = (1, 5)
BATCH_NORM_BATCHES = (3, 5)
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
FINITE_TIES = [case for case in TIES if all(map(math.isfinite, case))]

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

class SelfAttention(nn.MultiheadAttention):
    """Each place of a sequence attends to all of it; if causal, to none behind it."""

    def __init__(self, size, heads, causal=False, bias=True):
        super().__init__(size, heads, bias=bias, batch_first=True)
        self.causal = causal

    def forward(self, x):
        places = x.shape[1]
        mask = torch.ones(places, places).triu(1).bool() if self.causal else None
        return super().forward(x, x, x, need_weights=False, attn_mask=mask)[0]


class Causal(nn.Conv1d):
    """Sees no later step: PyTorch has no name for that padding."""

    def forward(self, x):
        reach = self.dilation[0] * (self.kernel_size[0] - 1)
        return super().forward(functional.pad(x, (reach, 0)))


class Applied(nn.Module):
    """A function of the inputs, as a module."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


class Scale(nn.Module):
    def __init__(self, size, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(size))
        self.bias = nn.Parameter(torch.empty(size)) if bias else None

    def forward(self, x):
        return torch.addcmul(torch.zeros(()) if self.bias is None else self.bias, self.weight, x)


def recurrent(kind, inputs, size, states=False, **options):
    """One of PyTorch's recurrent layers, from whose outputs a hook takes the states or the last."""
    layer = kind(inputs, size, batch_first=True, **options)
    directions = 2 if layer.bidirectional else 1

    def last(final):
        hidden = final[0] if isinstance(final, tuple) else final
        return hidden[-directions:].transpose(0, 1).flatten(1)

    layer.register_forward_hook(
        lambda _layer, _inputs, outputs: outputs[0] if states else last(outputs[1])
    )
    return layer


def cell(kind, inputs, size, **options):
    """One of PyTorch's recurrent cells, of which a hook takes both states as one vector."""
    layer = kind(inputs, size, **options)
    layer.register_forward_hook(
        lambda _layer, _inputs, state: torch.cat(state, -1) if isinstance(state, tuple) else state
    )
    return layer


class Residual(nn.Module):
    """The sum of two ways, whose layers are its own."""

    def __init__(self, main, shortcut):
        super().__init__()
        for name, layer in [*main.items(), *shortcut.items()]:
            self.add_module(name, layer)
        self.names = list(main), list(shortcut)

    def way(self, names, x):
        for name in names:
            x = self.get_submodule(name)(x)
        return x

    def forward(self, x):
        main, shortcut = self.names
        return self.way(main, x) + self.way(shortcut, x)


class PositionalEncoding(nn.Module):
    """The sines and cosines of "Attention is all you need", added."""

    def forward(self, x):
        places, size = x.shape[-2:]
        turns = 10000 ** (torch.arange(0, size, 2) / size)
        angles = torch.arange(places)[:, None] / turns
        return x + torch.stack((angles.sin(), angles.cos()), dim=-1).flatten(-2)


# PyTorch's rms_norm takes the epsilon of its numbers' type, the library's that of f32 for both.
F32_EPSILON = torch.finfo(torch.float32).eps

# Shapes of inputs, and layers on them.
OPTIONS = {
    "linear": ((6,), lambda: nn.Linear(6, 4)),
    "linear_bias": ((6,), lambda: nn.Linear(6, 4, bias=False)),
    "linear_rows": ((3, 4), lambda: nn.Linear(4, 5)),
    "linear_rows_bias": ((3, 4), lambda: nn.Linear(4, 5, bias=False)),
    "linear_planes": ((2, 3, 4), lambda: nn.Linear(4, 5)),
    "linear_volumes": ((2, 1, 3, 4), lambda: nn.Linear(4, 2, bias=False)),
    "conv1d": ((2, 6), lambda: nn.Conv1d(2, 3, 3)),
    "conv1d_pointwise": ((3, 5), lambda: nn.Conv1d(3, 2, 1)),
    "conv1d_whole": ((2, 5), lambda: nn.Conv1d(2, 3, 5)),
    "conv1d_stride": ((2, 8), lambda: nn.Conv1d(2, 3, 3, stride=2)),
    "conv1d_gaps": ((2, 8), lambda: nn.Conv1d(2, 3, 2, stride=3)),
    "conv1d_padding": ((2, 6), lambda: nn.Conv1d(2, 3, 3, padding=1)),
    "conv1d_wide_padding": ((2, 3), lambda: nn.Conv1d(2, 3, 2, padding=3)),
    "conv1d_dilation": ((2, 7), lambda: nn.Conv1d(2, 3, 3, dilation=2)),
    "conv1d_groups": ((4, 5), lambda: nn.Conv1d(4, 6, 2, groups=2)),
    "conv1d_depthwise": ((3, 5), lambda: nn.Conv1d(3, 6, 3, groups=3)),
    "conv1d_bias": ((2, 6), lambda: nn.Conv1d(2, 3, 3, bias=False)),
    "conv1d_all": (
        (4, 7),
        lambda: nn.Conv1d(4, 2, 2, stride=2, padding=3, dilation=2, groups=2, bias=False),
    ),
    "conv1d_same": ((2, 6), lambda: nn.Conv1d(2, 3, 4, padding="same")),
    "conv1d_same_dilation": ((2, 7), lambda: nn.Conv1d(2, 3, 2, padding="same", dilation=3)),
    "conv1d_valid": ((2, 6), lambda: nn.Conv1d(2, 3, 3, padding="valid", bias=False)),
    "conv1d_causal": ((2, 6), lambda: Causal(2, 3, 3, stride=2, dilation=2)),
    "conv1d_reflect": ((2, 6), lambda: nn.Conv1d(2, 3, 3, padding=2, padding_mode="reflect")),
    "conv1d_replicate": (
        (2, 5),
        lambda: nn.Conv1d(2, 3, 3, stride=2, padding=3, padding_mode="replicate"),
    ),
    "conv1d_circular": (
        (4, 5),
        lambda: nn.Conv1d(4, 2, 4, padding="same", groups=2, padding_mode="circular"),
    ),
    "conv2d_same": ((2, 4, 5), lambda: nn.Conv2d(2, 3, (3, 2), padding="same")),
    "conv2d_valid": ((2, 4, 5), lambda: nn.Conv2d(2, 3, 2, padding="valid")),
    "conv2d_reflect": (
        (2, 3, 4),
        lambda: nn.Conv2d(2, 3, 3, padding=(1, 2), padding_mode="reflect"),
    ),
    "conv2d_replicate": (
        (2, 3, 4),
        lambda: nn.Conv2d(2, 3, (1, 4), padding="same", padding_mode="replicate"),
    ),
    "conv2d_circular": (
        (2, 4, 5),
        lambda: nn.Conv2d(
            2, 4, (2, 3), stride=(2, 1), padding=(1, 2), dilation=2, groups=2,
            padding_mode="circular",
        ),
    ),
    "conv2d": ((2, 4, 5), lambda: nn.Conv2d(2, 3, 2)),
    "conv2d_rectangle": ((2, 4, 5), lambda: nn.Conv2d(2, 3, (3, 2))),
    "conv2d_pointwise": ((3, 3, 4), lambda: nn.Conv2d(3, 4, 1)),
    "conv2d_whole": ((2, 3, 4), lambda: nn.Conv2d(2, 5, (3, 4))),
    "conv2d_stride": ((2, 5, 6), lambda: nn.Conv2d(2, 3, 3, stride=2)),
    "conv2d_strides": ((2, 5, 6), lambda: nn.Conv2d(2, 3, 2, stride=(1, 3))),
    "conv2d_padding": ((3, 6, 6), lambda: nn.Conv2d(3, 4, 3, padding=1)),
    "conv2d_paddings": ((2, 4, 3), lambda: nn.Conv2d(2, 3, (3, 2), padding=(0, 2))),
    "conv2d_dilation": ((2, 5, 6), lambda: nn.Conv2d(2, 3, 3, dilation=2)),
    "conv2d_dilations": ((2, 4, 6), lambda: nn.Conv2d(2, 3, 2, dilation=(1, 3))),
    "conv2d_groups": ((4, 3, 4), lambda: nn.Conv2d(4, 6, 2, groups=2)),
    "conv2d_depthwise": ((3, 4, 4), lambda: nn.Conv2d(3, 3, 3, groups=3, padding=1)),
    "conv2d_bias": ((2, 4, 5), lambda: nn.Conv2d(2, 3, 2, bias=False)),
    "conv2d_all": (
        (2, 5, 6),
        lambda: nn.Conv2d(
            2, 4, (3, 2), stride=(2, 1), padding=(1, 2), dilation=(1, 2), groups=2, bias=False
        ),
    ),
    "conv_transpose2d": ((2, 3, 4), lambda: nn.ConvTranspose2d(2, 3, 2)),
    "conv_transpose2d_rectangle": ((2, 3, 2), lambda: nn.ConvTranspose2d(2, 3, (3, 2))),
    "conv_transpose2d_stride": ((2, 3, 2), lambda: nn.ConvTranspose2d(2, 3, 3, stride=2)),
    "conv_transpose2d_gaps": ((2, 2, 2), lambda: nn.ConvTranspose2d(2, 2, 2, stride=(3, 1))),
    "conv_transpose2d_padding": ((2, 3, 4), lambda: nn.ConvTranspose2d(2, 3, 3, padding=(1, 2))),
    "conv_transpose2d_output_padding": (
        (2, 3, 2),
        lambda: nn.ConvTranspose2d(2, 3, (3, 2), stride=2, padding=1, output_padding=(1, 0)),
    ),
    "conv_transpose2d_groups": ((4, 2, 3), lambda: nn.ConvTranspose2d(4, 6, 2, groups=2)),
    "conv_transpose2d_dilation": (
        (2, 2, 3),
        lambda: nn.ConvTranspose2d(2, 3, 2, dilation=(2, 1)),
    ),
    "conv_transpose2d_bias": ((2, 3, 3), lambda: nn.ConvTranspose2d(2, 3, 2, bias=False)),
    "conv_transpose2d_all": (
        (4, 2, 3),
        lambda: nn.ConvTranspose2d(
            4,
            2,
            (2, 3),
            stride=(2, 3),
            padding=(1, 2),
            output_padding=(1, 2),
            groups=2,
            bias=False,
            dilation=(2, 1),
        ),
    ),
    "max_pool1d": ((2, 7), lambda: nn.MaxPool1d(3)),
    "max_pool1d_stride": ((2, 7), lambda: nn.MaxPool1d(3, stride=1)),
    "max_pool1d_padding": ((2, 7), lambda: nn.MaxPool1d(3, stride=2, padding=1)),
    "max_pool1d_dilation": ((2, 8), lambda: nn.MaxPool1d(3, stride=1, padding=1, dilation=2)),
    "max_pool2d": ((2, 5, 4), lambda: nn.MaxPool2d(2)),
    "max_pool2d_rectangle": ((2, 5, 4), lambda: nn.MaxPool2d((3, 2))),
    "max_pool2d_stride": ((2, 5, 4), lambda: nn.MaxPool2d(2, stride=(1, 3))),
    "max_pool2d_padding": ((2, 5, 4), lambda: nn.MaxPool2d((2, 3), stride=2, padding=(1, 1))),
    "max_pool2d_dilation": (
        (2, 5, 6),
        lambda: nn.MaxPool2d(2, stride=1, padding=(0, 1), dilation=(2, 3)),
    ),
    "avg_pool1d": ((2, 7), lambda: nn.AvgPool1d(3)),
    "avg_pool1d_stride": ((2, 7), lambda: nn.AvgPool1d(3, stride=1)),
    "avg_pool1d_padding": ((2, 7), lambda: nn.AvgPool1d(3, stride=2, padding=1)),
    "avg_pool2d": ((2, 5, 4), lambda: nn.AvgPool2d(2)),
    "avg_pool2d_rectangle": ((2, 5, 4), lambda: nn.AvgPool2d((3, 1))),
    "avg_pool2d_stride": ((2, 5, 4), lambda: nn.AvgPool2d((2, 3), stride=1)),
    "avg_pool2d_padding": ((2, 5, 4), lambda: nn.AvgPool2d(3, stride=(1, 2), padding=(0, 1))),
    "adaptive_avg_pool2d": ((2, 5, 4), lambda: nn.AdaptiveAvgPool2d((2, 3))),
    "adaptive_avg_pool2d_square": ((2, 5, 7), lambda: nn.AdaptiveAvgPool2d(3)),
    "adaptive_avg_pool2d_divisor": ((2, 4, 6), lambda: nn.AdaptiveAvgPool2d(2)),
    "adaptive_avg_pool2d_same": ((2, 3, 4), lambda: nn.AdaptiveAvgPool2d((3, 4))),
    "adaptive_avg_pool2d_more": ((2, 3, 4), lambda: nn.AdaptiveAvgPool2d((5, 2))),
    "global_avg_pool_sequence": ((3, 5), lambda: nn.AdaptiveAvgPool1d(1)),
    "global_avg_pool_image": ((3, 4, 3), lambda: nn.AdaptiveAvgPool2d(1)),
    "layer_norm": ((6,), lambda: nn.LayerNorm(6)),
    "layer_norm_rows": ((3, 4), lambda: nn.LayerNorm(4)),
    "layer_norm_eps": ((6,), lambda: nn.LayerNorm(6, eps=0.1)),
    "layer_norm_affine": ((3, 4), lambda: nn.LayerNorm(4, elementwise_affine=False)),
    "layer_norm_planes": ((2, 3, 4), lambda: nn.LayerNorm(4)),
    "rms_norm": ((6,), lambda: nn.RMSNorm(6, eps=F32_EPSILON)),
    "rms_norm_rows": ((3, 4), lambda: nn.RMSNorm(4, eps=F32_EPSILON)),
    "rms_norm_eps": ((6,), lambda: nn.RMSNorm(6, eps=0.1)),
    "rms_norm_affine": ((3, 4), lambda: nn.RMSNorm(4, eps=1e-3, elementwise_affine=False)),
    "rms_norm_planes": ((2, 3, 4), lambda: nn.RMSNorm(4, eps=F32_EPSILON)),
    "group_norm": ((4, 2, 3), lambda: nn.GroupNorm(2, 4)),
    "group_norm_vector": ((6,), lambda: nn.GroupNorm(2, 6)),
    "group_norm_sequence": ((4, 5), lambda: nn.GroupNorm(2, 4)),
    "group_norm_volume": ((4, 2, 3, 2), lambda: nn.GroupNorm(2, 4)),
    "group_norm_one": ((3, 2, 3), lambda: nn.GroupNorm(1, 3)),
    "group_norm_instance": ((3, 2, 3), lambda: nn.GroupNorm(3, 3, eps=0.1)),
    "group_norm_affine": ((4, 3, 2), lambda: nn.GroupNorm(2, 4, affine=False)),
    "softmax2d": ((4, 2, 3), nn.Softmax2d),
    "softmax_channels": ((3, 4), lambda: nn.Softmax(dim=1)),
    "softmax_middle": ((2, 3, 4), lambda: nn.Softmax(dim=2)),
    "softmax_from_behind": ((2, 3, 1, 4), lambda: nn.Softmax(dim=-3)),
    "log_softmax_channels": ((3, 4), lambda: nn.LogSoftmax(dim=1)),
    "log_softmax_middle": ((2, 3, 4), lambda: nn.LogSoftmax(dim=-2)),
    "glu_rows": ((3, 4), nn.GLU),
    "glu_channels": ((4, 3), lambda: nn.GLU(dim=1)),
    "glu_middle": ((2, 4, 3), lambda: nn.GLU(dim=2)),
    "flatten_inner": ((2, 3, 4), lambda: nn.Flatten(start_dim=2)),
    "flatten_outer": ((2, 3, 4), lambda: nn.Flatten(end_dim=-2)),
    "flatten_middle": ((2, 3, 4, 2), lambda: nn.Flatten(start_dim=2, end_dim=3)),
    "transpose_ends": ((2, 3, 4), lambda: Applied(lambda x: x.transpose(1, -1))),
    "transpose_last": ((2, 3, 4), lambda: Applied(lambda x: x.transpose(2, 3))),
    "reshape": ((2, 6), lambda: Applied(lambda x: x.reshape(-1, 3, 1, 4))),
    "scale_rows": ((3, 4), lambda: Scale(4)),
    "zero_pad1d": ((2, 4), lambda: nn.ZeroPad1d((3, 0))),
    "circular_pad1d": ((2, 4), lambda: nn.CircularPad1d((1, 3))),
    "circular_pad2d": ((2, 3, 4), lambda: nn.CircularPad2d((1, 2, 3, 1))),
    "reflection_pad1d": ((2, 4), lambda: nn.ReflectionPad1d((3, 1))),
    "reflection_pad2d": ((2, 3, 4), lambda: nn.ReflectionPad2d((1, 3, 2, 1))),
    "replication_pad1d": ((2, 4), lambda: nn.ReplicationPad1d((5, 1))),
    "replication_pad2d": ((2, 3, 4), lambda: nn.ReplicationPad2d(1)),
    "zero_pad1d_behind": ((2, 4), lambda: nn.ZeroPad1d((0, 1))),
    "zero_pad2d_below": ((2, 2, 3), lambda: nn.ZeroPad2d((0, 0, 0, 2))),
    "circular_pad1d_before": ((2, 4), lambda: nn.CircularPad1d((4, 0))),
    "circular_pad2d_behind": ((2, 3, 4), lambda: nn.CircularPad2d((0, 1, 0, 0))),
    "reflection_pad1d_behind": ((2, 4), lambda: nn.ReflectionPad1d((0, 3))),
    "reflection_pad2d_before": ((2, 3, 4), lambda: nn.ReflectionPad2d((0, 0, 2, 0))),
    "replication_pad1d_behind": ((2, 4), lambda: nn.ReplicationPad1d((0, 2))),
    "replication_pad2d_before": ((2, 3, 4), lambda: nn.ReplicationPad2d((3, 0, 0, 0))),
    "slice": ((6,), lambda: Applied(lambda x: x[:, 1:5:2])),
    "slice_middle": ((2, 7, 3), lambda: Applied(lambda x: x[:, :, 2::3])),
    "split": ((7, 2), lambda: Applied(lambda x: x.split(3, 1)[0])),
    "slice_rest": ((7, 2), lambda: Applied(lambda x: x[:, 6:])),
    "slice_last": ((2, 3, 6), lambda: Applied(lambda x: x[..., 2:4])),
    "upsample": ((2, 2, 3), lambda: nn.Upsample(scale_factor=2)),
    "upsample_rectangle": ((2, 2, 3), lambda: nn.Upsample(scale_factor=(1, 3))),
    "zero_pad2d": ((2, 2, 3), lambda: nn.ZeroPad2d(1)),
    "zero_pad2d_sides": ((2, 2, 3), lambda: nn.ZeroPad2d((1, 0, 2, 3))),
    "transpose": ((3, 4), lambda: Applied(lambda x: x.mT)),
    "scale": ((6,), lambda: Scale(6)),
    "scale_bias": ((6,), lambda: Scale(6, bias=False)),
    "positional_encoding": ((5, 6), PositionalEncoding),
    "self_attention": ((4, 6), lambda: SelfAttention(6, 2)),
    "self_attention_one": ((3, 4), lambda: SelfAttention(4, 1)),
    "self_attention_causal": ((4, 6), lambda: SelfAttention(6, 3, causal=True)),
    "self_attention_bias": ((3, 4), lambda: SelfAttention(4, 4, bias=False)),
    "self_attention_all": ((5, 4), lambda: SelfAttention(4, 2, causal=True, bias=False)),
    "rnn": ((4, 3), lambda: recurrent(nn.RNN, 3, 2)),
    "rnn_step": ((1, 3), lambda: recurrent(nn.RNN, 3, 2)),
    "rnn_bias": ((5, 2), lambda: recurrent(nn.RNN, 2, 3, bias=False)),
    "rnn_states": ((4, 3), lambda: recurrent(nn.RNN, 3, 2, states=True)),
    "rnn_states_bias": ((5, 2), lambda: recurrent(nn.RNN, 2, 3, states=True, bias=False)),
    "gru": ((4, 3), lambda: recurrent(nn.GRU, 3, 2)),
    "gru_step": ((1, 3), lambda: recurrent(nn.GRU, 3, 2)),
    "gru_bias": ((5, 2), lambda: recurrent(nn.GRU, 2, 3, bias=False)),
    "gru_states": ((4, 3), lambda: recurrent(nn.GRU, 3, 2, states=True)),
    "gru_states_bias": ((5, 2), lambda: recurrent(nn.GRU, 2, 3, states=True, bias=False)),
    "lstm": ((4, 3), lambda: recurrent(nn.LSTM, 3, 2)),
    "lstm_step": ((1, 3), lambda: recurrent(nn.LSTM, 3, 2)),
    "lstm_bias": ((5, 2), lambda: recurrent(nn.LSTM, 2, 3, bias=False)),
    "lstm_states": ((4, 3), lambda: recurrent(nn.LSTM, 3, 2, states=True)),
    "lstm_states_bias": ((5, 2), lambda: recurrent(nn.LSTM, 2, 3, states=True, bias=False)),
    "rnn_relu": (
        (4, 3),
        lambda: recurrent(nn.RNN, 3, 2, states=True, num_layers=2, nonlinearity="relu"),
    ),
    "rnn_cell_relu": ((3,), lambda: cell(nn.RNNCell, 3, 2, nonlinearity="relu")),
    "rnn_options": ((4, 3), lambda: recurrent(nn.RNN, 3, 2, num_layers=2, bidirectional=True)),
    "gru_options": ((4, 3), lambda: recurrent(nn.GRU, 3, 2, num_layers=2, bidirectional=True)),
    "gru_bidirectional": ((4, 3), lambda: recurrent(nn.GRU, 3, 2, states=True, bidirectional=True)),
    "gru_layers": ((3, 2), lambda: recurrent(nn.GRU, 2, 3, states=True, num_layers=3, bias=False)),
    "lstm_options": ((4, 3), lambda: recurrent(nn.LSTM, 3, 2, num_layers=2, bidirectional=True)),
    "lstm_projected": ((4, 3), lambda: recurrent(nn.LSTM, 3, 3, states=True, proj_size=2)),
    "lstm_all": (
        (4, 3),
        lambda: recurrent(
            nn.LSTM, 3, 3, states=True, num_layers=2, bidirectional=True, proj_size=2, bias=False
        ),
    ),
    "rnn_cell": ((3,), lambda: cell(nn.RNNCell, 3, 2)),
    "gru_cell": ((3,), lambda: cell(nn.GRUCell, 3, 2)),
    "gru_cell_bias": ((3,), lambda: cell(nn.GRUCell, 3, 2, bias=False)),
    "lstm_cell": ((3,), lambda: cell(nn.LSTMCell, 3, 2)),
}

# On a linear layer without bias, whose gradient would be 0: to add a number changes nothing.
BATCH_NORMS = {
    "batch_norm1d": ((4,), lambda: nn.BatchNorm1d(4)),
    "batch_norm1d_settings": ((4,), lambda: nn.BatchNorm1d(4, eps=0.1, momentum=0.3)),
    "batch_norm1d_affine": ((4,), lambda: nn.BatchNorm1d(4, affine=False)),
    "batch_norm1d_sequence": ((3, 4), lambda: nn.BatchNorm1d(3)),
    "batch_norm1d_sequence_settings": (
        (3, 4),
        lambda: nn.BatchNorm1d(3, eps=0.1, momentum=0.3, affine=False),
    ),
    "batch_norm1d_volume": ((3, 2, 2, 3), lambda: nn.BatchNorm3d(3)),
    "batch_norm2d": ((3, 2, 4), lambda: nn.BatchNorm2d(3)),
    "batch_norm2d_settings": ((3, 2, 4), lambda: nn.BatchNorm2d(3, eps=0.1, momentum=0.3)),
    "batch_norm2d_affine": ((3, 2, 4), lambda: nn.BatchNorm2d(3, affine=False)),
}

# Shapes, layers without parameters, and numbers that overflow, cancel or tie in them.
EXTREME_OPTIONS = {
    "max_pool1d": ((1, 6), lambda: nn.MaxPool1d(3, stride=1, padding=1), TIES),
    "max_pool2d": ((1, 2, 3), lambda: nn.MaxPool2d(2, stride=1), TIES),
    "max_pool2d_padding": (
        (1, 2, 3),
        lambda: nn.MaxPool2d(2, stride=1, padding=1),
        FINITE_TIES,
    ),
    "softmax2d": ((5, 1, 1), nn.Softmax2d, EXTREME_LOGITS),
    "layer_norm": ((1, 5), lambda: nn.LayerNorm(5, elementwise_affine=False), EXTREME_LOGITS),
    "rms_norm": (
        (1, 5),
        lambda: nn.RMSNorm(5, eps=F32_EPSILON, elementwise_affine=False),
        EXTREME_LOGITS,
    ),
}

# Class numbers, of which one occurs never and others several times.
WORDS = torch.tensor(((4, 0, 4, 1), (1, 1, 1, 2), (0, 2, 4, 0)))

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


class Lion(torch.optim.Optimizer):
    """By the formula of Chen et al., "Symbolic Discovery of Optimization Algorithms", 2023: PyTorch has
    none."""

    def __init__(self, params, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0, maximize=False):
        super().__init__(
            params, {"lr": lr, "betas": betas, "weight_decay": weight_decay, "maximize": maximize}
        )

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            (beta1, beta2), rate = group["betas"], group["lr"]
            for parameter in group["params"]:
                gradient = -parameter.grad if group["maximize"] else parameter.grad
                momentum = self.state[parameter].setdefault("m", torch.zeros_like(parameter))
                direction = torch.sign(beta1 * momentum + (1 - beta1) * gradient)
                parameter.mul_(1 - rate * group["weight_decay"]).sub_(rate * direction)
                momentum.copy_(beta2 * momentum + (1 - beta2) * gradient)


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
    "sgd_maximize": partial(
        torch.optim.SGD, lr=0.1, momentum=0.9, weight_decay=0.01, maximize=True
    ),
    "adam_amsgrad": partial(torch.optim.Adam, lr=0.01, betas=(0.9, 0.5), amsgrad=True),
    "adam_maximize": partial(torch.optim.Adam, weight_decay=0.01, maximize=True),
    "adam_all": partial(
        torch.optim.Adam,
        lr=0.01,
        betas=(0.3, 0.6),
        eps=1e-3,
        weight_decay=0.1,
        amsgrad=True,
        maximize=True,
    ),
    "adamw_amsgrad": partial(torch.optim.AdamW, lr=0.01, betas=(0.9, 0.5), amsgrad=True),
    "adamw_maximize": partial(torch.optim.AdamW, maximize=True),
    "rmsprop": torch.optim.RMSprop,
    "rmsprop_settings": partial(torch.optim.RMSprop, lr=0.1, alpha=0.7, eps=1e-3),
    "rmsprop_decay": partial(torch.optim.RMSprop, weight_decay=0.1),
    "rmsprop_momentum": partial(torch.optim.RMSprop, momentum=0.9),
    "rmsprop_centered": partial(torch.optim.RMSprop, centered=True),
    "rmsprop_maximize": partial(torch.optim.RMSprop, maximize=True),
    "rmsprop_all": partial(
        torch.optim.RMSprop,
        lr=0.02,
        alpha=0.3,
        eps=0.1,
        weight_decay=0.1,
        momentum=0.5,
        centered=True,
        maximize=True,
    ),
    "adagrad": torch.optim.Adagrad,
    "adagrad_lr_decay": partial(torch.optim.Adagrad, lr=0.1, lr_decay=0.5),
    "adagrad_initial": partial(torch.optim.Adagrad, initial_accumulator_value=0.25),
    "adagrad_all": partial(
        torch.optim.Adagrad,
        lr=0.1,
        lr_decay=0.1,
        weight_decay=0.1,
        initial_accumulator_value=0.5,
        eps=1e-3,
        maximize=True,
    ),
    "adadelta": torch.optim.Adadelta,
    "adadelta_all": partial(
        torch.optim.Adadelta, lr=0.5, rho=0.8, eps=1e-3, weight_decay=0.1, maximize=True
    ),
    "nadam": torch.optim.NAdam,
    "nadam_decay": partial(torch.optim.NAdam, weight_decay=0.1, momentum_decay=0.2),
    "nadam_decoupled": partial(
        torch.optim.NAdam, lr=0.1, weight_decay=0.5, decoupled_weight_decay=True
    ),
    "nadam_all": partial(
        torch.optim.NAdam,
        lr=0.01,
        betas=(0.4, 0.9),
        eps=1e-3,
        weight_decay=0.1,
        momentum_decay=0.01,
        decoupled_weight_decay=True,
        maximize=True,
    ),
    "radam": torch.optim.RAdam,
    "radam_decay": partial(torch.optim.RAdam, lr=0.1, weight_decay=0.1),
    "radam_decoupled": partial(
        torch.optim.RAdam, lr=0.1, weight_decay=0.5, decoupled_weight_decay=True
    ),
    "radam_all": partial(
        torch.optim.RAdam,
        lr=0.01,
        betas=(0.4, 0.9),
        eps=1e-3,
        weight_decay=0.1,
        decoupled_weight_decay=True,
        maximize=True,
    ),
    "radam_never_rectified": partial(torch.optim.RAdam, betas=(0.9, 0.5)),
    "lion": Lion,
    "lion_all": partial(Lion, lr=0.01, betas=(0.5, 0.8), weight_decay=0.5, maximize=True),
}

# By name: a rule, and the settings that change before a step, counted from 0.
SWITCHED_OPTIMIZERS = {
    "momentum_on": (partial(torch.optim.SGD, lr=0.1, dampening=0.5), {3: {"momentum": 0.9}}),
    "momentum_off_and_on": (
        partial(torch.optim.SGD, lr=0.1, momentum=0.9, dampening=0.5),
        {3: {"momentum": 0}, 6: {"momentum": 0.8}},
    ),
    "nesterov_on": (
        partial(torch.optim.SGD, lr=0.1, weight_decay=0.01),
        {2: {"momentum": 0.9, "nesterov": True}, 5: {"nesterov": False, "weight_decay": 0}},
    ),
    "adam_decay_on": (
        torch.optim.Adam,
        {3: {"weight_decay": 0.1}, 6: {"betas": (0.2, 0.5), "lr": 0.1}},
    ),
    "adamw_decay_off": (torch.optim.AdamW, {3: {"weight_decay": 0, "eps": 1e-3}}),
    "nadam": (torch.optim.NAdam, {4: {"betas": (0.5, 0.9), "momentum_decay": 0.5, "lr": 0.1}}),
    "rmsprop": (
        partial(torch.optim.RMSprop, momentum=0.9, centered=True),
        {3: {"momentum": 0}, 6: {"momentum": 0.5}, 8: {"centered": False}},
    ),
    "adagrad": (
        partial(torch.optim.Adagrad, initial_accumulator_value=0.25),
        {5: {"lr": 0.1, "lr_decay": 0.1}},
    ),
}

EXTREME_OPTIMIZERS = {
    "sgd": torch.optim.SGD,
    "sgd_momentum": partial(torch.optim.SGD, lr=0.1, momentum=0.9, dampening=0.1),
    "sgd_nesterov": partial(torch.optim.SGD, lr=0.1, momentum=0.9, nesterov=True),
    "sgd_decay": partial(torch.optim.SGD, lr=0.1, momentum=0.9, weight_decay=0.03),
    "adam": torch.optim.Adam,
    "adam_decay": partial(torch.optim.Adam, weight_decay=0.03),
    "adam_small_betas": partial(torch.optim.Adam, lr=0.1, betas=(0.25, 0.0)),
    "adam_zeros": partial(torch.optim.Adam, lr=0.0, betas=(0.0, 0.9), eps=0.0),
    "adamw": torch.optim.AdamW,
    "adamw_plain": partial(torch.optim.AdamW, weight_decay=0.0, eps=0.0),
    "adam_amsgrad": partial(torch.optim.Adam, amsgrad=True),
    "rmsprop": torch.optim.RMSprop,
    "rmsprop_momentum": partial(torch.optim.RMSprop, momentum=0.9, weight_decay=0.03),
    "adagrad": torch.optim.Adagrad,
    "adadelta": torch.optim.Adadelta,
    "nadam": torch.optim.NAdam,
    "radam": torch.optim.RAdam,
    "sgd_maximize": partial(torch.optim.SGD, lr=0.03, momentum=0.9, maximize=True),
    "adamw_amsgrad": partial(torch.optim.AdamW, lr=0.1, amsgrad=True, maximize=True),
    "rmsprop_centered": partial(torch.optim.RMSprop, centered=True),
    "rmsprop_all": partial(
        torch.optim.RMSprop, alpha=0.3, eps=0.1, weight_decay=0.03, momentum=0.5, centered=True
    ),
    "rmsprop_no_eps": partial(torch.optim.RMSprop, eps=0.0, maximize=True),
    "adagrad_all": partial(
        torch.optim.Adagrad, lr=0.1, lr_decay=0.1, weight_decay=0.03, initial_accumulator_value=0.5
    ),
    "adadelta_all": partial(torch.optim.Adadelta, lr=0.5, rho=0.8, eps=1e-30, weight_decay=0.03),
    "nadam_all": partial(
        torch.optim.NAdam, lr=0.1, weight_decay=0.03, decoupled_weight_decay=True, maximize=True
    ),
    "nadam_decay": partial(torch.optim.NAdam, weight_decay=0.03),
    "radam_all": partial(
        torch.optim.RAdam, lr=0.1, betas=(0.3, 0.999), weight_decay=0.03, decoupled_weight_decay=True
    ),
    "radam_rectified": partial(torch.optim.RAdam, betas=(0.9, 0.99999)),
    "radam_plain": partial(torch.optim.RAdam, betas=(0.9, 0.5), weight_decay=0.03, maximize=True),
    "lion": Lion,
    "lion_all": partial(Lion, lr=0.01, betas=(0.5, 0.8), weight_decay=0.5, maximize=True),
}

# Squares that overflow or underflow with and without the factor before them, and what is no number.
# Each precision has its own.
EXTREMES = {
    torch.float32: (
        0.0, 1.0, 1e-40, -1e-30, 1e-22, -1e-20, 1e19, -1e20, 1e30, -3e38, math.inf, -math.inf, math.nan
    ),
    torch.float64: (
        0.0, 1.0, 1e-310, -1e-250, 1e-161, -1e-159, 1e154, -1e155, 1e250, -1.7e308, math.inf, -math.inf,
        math.nan,
    ),
}
EXTREME_STEPS = 2

GROUPED_OPTIMIZERS = {
    "sgd": partial(torch.optim.SGD, lr=0.1, momentum=0.9, dampening=0.5, weight_decay=0.01),
    "adam": partial(torch.optim.Adam, lr=0.01, weight_decay=0.01),
    "adamw": partial(torch.optim.AdamW, lr=0.1, weight_decay=0.5),
    "nadam": partial(torch.optim.NAdam, lr=0.1, weight_decay=0.1),
    "radam": partial(torch.optim.RAdam, lr=0.1, weight_decay=0.1),
}
FROZEN_STEPS = (0, 1, 5)

SCHEDULE_STEPS = 30
PLATEAU_STEPS = 60
SCHEDULES = {
    "step": partial(lr_scheduler.StepLR, step_size=7),
    "multi_step": partial(lr_scheduler.MultiStepLR, milestones=[3, 11, 11, 20], gamma=0.5),
    "exponential": partial(lr_scheduler.ExponentialLR, gamma=0.9),
    "linear": lr_scheduler.LinearLR,
    "linear_settings": partial(
        lr_scheduler.LinearLR, start_factor=0.1, end_factor=0.75, total_iters=12
    ),
    "cosine": partial(lr_scheduler.CosineAnnealingLR, T_max=29),
    "cosine_again": partial(lr_scheduler.CosineAnnealingLR, T_max=8, eta_min=0.125),
    "restarts": partial(lr_scheduler.CosineAnnealingWarmRestarts, T_0=7),
    "longer_restarts": partial(
        lr_scheduler.CosineAnnealingWarmRestarts, T_0=3, T_mult=2, eta_min=0.125
    ),
    "one_cycle": partial(lr_scheduler.OneCycleLR, max_lr=2.0, total_steps=SCHEDULE_STEPS),
    "one_cycle_linear": partial(
        lr_scheduler.OneCycleLR,
        max_lr=2.0,
        total_steps=SCHEDULE_STEPS,
        pct_start=0.45,
        anneal_strategy="linear",
        base_momentum=0.5,
        max_momentum=0.75,
        div_factor=10.0,
        final_div_factor=100.0,
    ),
    "one_cycle_three_phases": partial(
        lr_scheduler.OneCycleLR,
        max_lr=2.0,
        total_steps=SCHEDULE_STEPS,
        pct_start=0.35,
        three_phase=True,
    ),
    "sequential": lambda optimizer: lr_scheduler.SequentialLR(
        optimizer,
        [
            lr_scheduler.LinearLR(optimizer, start_factor=0.25),
            lr_scheduler.ExponentialLR(optimizer, gamma=0.75),
            lr_scheduler.CosineAnnealingLR(optimizer, T_max=12),
        ],
        milestones=[6, 15],
    ),
}
PLATEAUS = {
    "default": partial(lr_scheduler.ReduceLROnPlateau),
    "impatient": partial(lr_scheduler.ReduceLROnPlateau, patience=2, factor=0.5, cooldown=3),
    "max": partial(
        lr_scheduler.ReduceLROnPlateau, mode="max", patience=4, threshold=0.2, factor=0.5, min_lr=0.1
    ),
    "absolute": partial(
        lr_scheduler.ReduceLROnPlateau,
        patience=1,
        threshold=0.1,
        threshold_mode="abs",
        factor=0.9,
        eps=0.02,
    ),
    "absolute_max": partial(
        lr_scheduler.ReduceLROnPlateau, mode="max", patience=0, threshold=0.3, threshold_mode="abs"
    ),
}

CLIPPINGS = {
    "norm": partial(nn.utils.clip_grad_norm_, max_norm=0.5),
    "norm_of_shorter": partial(nn.utils.clip_grad_norm_, max_norm=50.0),
    "value": partial(nn.utils.clip_grad_value_, clip_value=0.25),
}


def formula(shape, salt, scale):
    """Numbers in [−scale/2, scale/2), scale·2⁻¹⁶ apart: the upper half of a 32-bit hash."""
    k = torch.arange(math.prod(shape), dtype=torch.int64)
    mixed = (k * 0x9E3779B1 + salt * 0x85EBCA77) % 2**32
    mixed = ((mixed ^ (mixed >> 15)) * 0x2C1B3C6D) % 2**32
    return (((mixed >> 16).double() / 2**16 - 0.5) * scale).reshape(shape)


def scalars(model):
    """Parameters and running statistics."""
    state = model.state_dict(keep_vars=True).items()
    return {key: tensor for key, tensor in state if tensor.is_floating_point()}


def fill(model, scale):
    """Formula numbers for every parameter and running statistic, each with the next salt."""
    for salt, (key, tensor) in enumerate(scalars(model).items(), PARAMETERS):
        lowest_variance = scale if key.endswith("running_var") else 0.0
        tensor.data = formula(tensor.shape, salt, scale) + lowest_variance
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
    """Gradients of the parameters, and running statistics, which have none, after the step."""
    for key, tensor in scalars(model).items():
        sampled(f"{name}.{key}", tensor if tensor.grad is None else tensor.grad)


def activation_points():
    """A grid with the kinks on it, both zeros, both sides of each threshold, and extremes.

    0.1 is a threshold, 3e38 near the greatest f32; f32 rounds these two and 1e30.
    """
    grid = [k / 8 for k in range(-48, 49)]
    thresholds = [0.1, 2.5 + 2.0**-20, 20.0 + 2.0**-18]
    far = [9.0, 12.0, 20.0, 88.0, 100.0, 1e4, 1e30, 3e38, math.inf]
    extremes = [2.0**-100, 2.0**-30, 2.0**-10, *far]
    return grid + [-0.0] + thresholds + extremes + [-x for x in extremes]


def activation_ends():
    """The kinks again, far beyond them, infinities, and what is no number."""
    kinks = [0.0, 0.1, 0.5, 1.0, 2.0, 2.5, 3.0, 6.0, 20.0, 1e30, math.inf]
    return [-x for x in reversed(kinks)] + kinks + [math.nan]


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
    """The loss with its logarithms clamped, and PyTorch's derivative."""

    def clamped(below_1):
        """ln(1 + x), for x from −1 to 0."""
        logarithm = mpmath.log1p(below_1) if below_1 > -1 else -mpmath.inf
        return max(logarithm, mpmath.mpf(-100))

    slope = (p - t) / max(p * (1 - p), mpmath.mpf(1e-12))
    return -t * clamped(p - 1) - (1 - t) * clamped(-p), slope


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
    ends = activation_ends()
    numbers("activation.ends", torch.tensor(ends))
    for name in ACTIVATIONS:
        value, derivative = value_and_derivative(name, ends)
        numbers(f"activation.{name}.ends.value", value)
        numbers(f"activation.{name}.ends.derivative", derivative)


def batches(name, model, features, sizes=BATCHES):
    """Outputs and parameter gradients of batches, for a formula gradient on the outputs."""
    for batch in sizes:
        fresh = copy.deepcopy(model)
        backward(f"{name}.batch{batch}", fresh, formula((batch, features), INPUTS, 2.0))


def backward(name, model, inputs):
    outputs = model(inputs)
    outputs.backward(formula(outputs.shape, OUTPUT_GRADIENT, 2.0))
    numbers(f"{name}.outputs", outputs)
    gradients(name, model)


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


def subject(below, shape, layer):
    """A layer on what a linear one makes of the inputs."""
    reshape = nn.Unflatten(1, shape)
    parts = OrderedDict(below=below, reshape=reshape, subject=layer, flatten=nn.Flatten())
    return fill(nn.Sequential(parts), 2.0)


def options():
    for name, (shape, layer) in OPTIONS.items():
        model = subject(nn.Linear(1, math.prod(shape)), shape, layer())
        batches(f"option.{name}", model, 1, OPTION_BATCHES)
    for name, (shape, layer) in BATCH_NORMS.items():
        batch_norm(f"option.{name}", shape, layer())
    embedding("option.embedding")
    for name, (shape, layer, cases) in EXTREME_OPTIONS.items():
        model = nn.Sequential(nn.Unflatten(0, shape), layer(), nn.Flatten(0))
        extremes(f"option.{name}", model, cases)


def batch_norm(name, shape, layer):
    """In training, and in evaluation from the same running statistics."""
    model = subject(nn.Linear(6, math.prod(shape), bias=False), shape, layer)
    batches(name, model, 6, BATCH_NORM_BATCHES)
    numbers(f"{name}.evaluation", model.eval()(formula((5, 6), INPUTS, 2.0)))


def embedding(name):
    backward(name, fill(nn.Sequential(OrderedDict(words=nn.Embedding(5, 3))), 2.0), WORDS)
    padded = fill(nn.Sequential(OrderedDict(words=nn.Embedding(5, 3, padding_idx=1))), 2.0)
    with torch.no_grad():
        padded.words.weight[1] = 0
    backward(f"{name}_padding", padded, WORDS)
    tied = fill(Tied(), 0.5)
    logits = tied(WORDS)
    loss = functional.cross_entropy(logits.flatten(0, 1), WORDS.roll(1, 1).flatten())
    loss.backward()
    numbers("tied.logits", logits)
    numbers("tied.loss", loss)
    gradients("tied.gradient", tied)


class Tied(nn.Module):
    """The same matrix first and last."""

    def __init__(self):
        super().__init__()
        self.table = nn.Parameter(torch.zeros(5, 3))
        self.h = nn.Linear(3, 3)

    def forward(self, words):
        hidden = torch.tanh(self.h(functional.embedding(words, self.table)))
        return functional.linear(hidden, self.table)


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
    for name, (rule, switches) in SWITCHED_OPTIMIZERS.items():
        parameters = formula((8,), PARAMETERS, 2.0).requires_grad_()
        optimizer = rule([parameters])
        trace = []
        for step in range(STEPS):
            optimizer.param_groups[0].update(switches.get(step, {}))
            parameters.grad = formula((8,), GRADIENT + step, 2.0)
            optimizer.step()
            trace.append(parameters.detach().clone())
        numbers(f"optimizer.switched.{name}", torch.cat(trace))
    for name, rule in GROUPED_OPTIMIZERS.items():
        grouped_steps(name, rule)
    for name, rule in EXTREME_OPTIMIZERS.items():
        for precision in EXTREMES:
            extreme_steps(name, rule, precision)


def grouped_steps(name, rule):
    """A weight with half the rate, and a bias that does not decay, has its own rate, and rests at times."""
    weight, bias = (
        part.clone().requires_grad_() for part in formula((8,), PARAMETERS, 2.0).split((6, 2))
    )
    slow = {"params": [weight], "lr": 0.5 * rule.keywords["lr"]}
    optimizer = rule([slow, {"params": [bias], "lr": 0.03, "weight_decay": 0.0}])
    trace = []
    for step in range(STEPS):
        weight.grad, bias.grad = formula((8,), GRADIENT + step, 2.0).split((6, 2))
        if step in FROZEN_STEPS:
            bias.grad = None
        optimizer.step()
        trace.append(torch.cat((weight, bias)).detach())
    numbers(f"optimizer.grouped.{name}", torch.cat(trace))


def extreme_steps(name, rule, precision):
    """Each extreme as a parameter with each as its gradient, then with the next one."""
    extremes = torch.tensor(EXTREMES[precision], dtype=precision)
    parameters = extremes.repeat_interleave(len(extremes)).requires_grad_()
    optimizer = rule([parameters])
    trace = []
    for step in range(EXTREME_STEPS):
        parameters.grad = extremes.roll(-step).repeat(len(extremes))
        optimizer.step()
        trace.append(parameters.detach().clone())
    bits = torch.finfo(precision).bits
    numbers(f"optimizer.extreme.{name}.f{bits}", torch.cat(trace))


def schedules():
    """The learning rate of each step, and the momentum where a schedule moves it."""
    for name, schedule in SCHEDULES.items():
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.5, momentum=0.9)
        scheduler = schedule(optimizer)
        rates, momenta = [], []
        for _ in range(SCHEDULE_STEPS):
            (group,) = optimizer.param_groups
            rates.append(group["lr"])
            momenta.append(group["momentum"])
            optimizer.step()
            if len(rates) < SCHEDULE_STEPS:
                scheduler.step()
        numbers(f"schedule.{name}", torch.tensor(rates))
        if "one_cycle" in name:
            numbers(f"schedule.{name}.momentum", torch.tensor(momenta))
    for name, schedule in PLATEAUS.items():
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.5)
        scheduler = schedule(optimizer)
        rates = []
        for measure in (1.5 - formula((PLATEAU_STEPS,), INPUTS, 2.0)).tolist():
            optimizer.step()
            scheduler.step(measure)
            rates.append(optimizer.param_groups[0]["lr"])
        numbers(f"schedule.plateau.{name}", torch.tensor(rates))


def clipping():
    """Gradients of two tensors after clipping, and the norm before."""
    for name, clip in CLIPPINGS.items():
        tensors = [torch.zeros(2, 3, requires_grad=True), torch.zeros(2, requires_grad=True)]
        for tensor, gradient in zip(tensors, formula((8,), GRADIENT, 2.0).split((6, 2))):
            tensor.grad = gradient.reshape(tensor.shape)
        norm = clip(tensors)
        clipped = torch.cat([tensor.grad.flatten() for tensor in tensors])
        numbers(f"clip.{name}", clipped if norm is None else torch.cat((norm.reshape(1), clipped)))


LABELS = torch.tensor([3, 1, 4, 1, 5, 9, 2, 6])


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


def training_steps(name, model, rule, evaluate):
    """The losses of ten steps and the parameters and running statistics after them."""
    optimizer = rule(model.parameters())
    trace = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        value = evaluate(model)
        value.backward()
        optimizer.step()
        trace.append(value.detach())
    numbers(f"{name}.losses", torch.stack(trace))
    for key, tensor in scalars(model).items():
        sampled(f"{name}.{key}", tensor)


def training(name, model, inputs, function, target):
    """Gradients at the start, then ten steps of SGD and, from the same start, of Adam."""

    def evaluate(model):
        return function(model(inputs), target)

    fresh = copy.deepcopy(model)
    evaluate(fresh).backward()
    gradients(f"{name}.gradient", fresh)
    sgd = partial(torch.optim.SGD, lr=0.1)
    training_steps(f"{name}.sgd", copy.deepcopy(model), sgd, evaluate)
    training_steps(f"{name}.adam", copy.deepcopy(model), torch.optim.Adam, evaluate)


def seed_network():
    model, images = seed_model(), formula((8, 28, 28), INPUTS, 2.0)
    numbers("seed.logits", model(images))
    targets = {"cross_entropy": LABELS, "mean_squared_error": formula((8, 10), TARGETS, 2.0)}
    for name, target in targets.items():
        training(f"seed.{name}", model, images, LOSSES[name], target)


def convolutional():
    """LeNet, made small."""
    return OrderedDict(
        conv1=nn.Conv2d(1, 4, 3),
        relu1=nn.ReLU(),
        pool1=nn.MaxPool2d(2),
        conv2=nn.Conv2d(4, 6, 2),
        relu2=nn.ReLU(),
        pool2=nn.MaxPool2d(2),
        flatten=nn.Flatten(),
        out=nn.Linear(24, 10),
    )


def normalised():
    return OrderedDict(
        conv1=nn.Conv2d(1, 4, 3, stride=2, bias=False),
        norm1=nn.BatchNorm2d(4),
        silu=nn.SiLU(),
        conv2=nn.Conv2d(4, 8, 3, padding=1, groups=2, bias=False),
        norm2=nn.BatchNorm2d(8),
        relu=nn.ReLU(),
        pool=nn.AvgPool2d(2),
        flatten=nn.Flatten(),
        out=nn.Linear(32, 10),
    )


def attentive():
    """Without biases in the attention: those of its keys have the gradient 0, to which a rounding
    is infinitely much, and Adam divides by it."""
    return OrderedDict(
        norm1=nn.LayerNorm(8),
        attention=SelfAttention(8, 2, causal=True, bias=False),
        norm2=nn.LayerNorm(8),
        hidden=nn.Linear(8, 16),
        gelu=nn.GELU(),
        mixed=nn.Linear(16, 8),
        flatten=nn.Flatten(),
        out=nn.Linear(48, 10),
    )


def gated_recurrent():
    return OrderedDict(gru=recurrent(nn.GRU, 4, 8), out=nn.Linear(8, 10))


def residual():
    main = OrderedDict(
        conv1=nn.Conv2d(2, 4, 3, stride=2, padding=1, bias=False),
        norm1=nn.BatchNorm2d(4),
        relu=nn.ReLU(),
        conv2=nn.Conv2d(4, 4, 3, padding=1, bias=False),
        norm2=nn.BatchNorm2d(4),
    )
    shortcut = OrderedDict(projection=nn.Conv2d(2, 4, 1, stride=2))
    return OrderedDict(
        trunk=Residual(main, shortcut),
        relu=nn.ReLU(),
        pool=nn.AdaptiveAvgPool2d(1),
        flatten=nn.Flatten(),
        out=nn.Linear(4, 10),
    )


NETWORKS = {
    "convolutional": (convolutional, (1, 12, 12)),
    "normalised": (normalised, (1, 12, 12)),
    "attentive": (attentive, (6, 8)),
    "gated_recurrent": (gated_recurrent, (6, 4)),
    "residual": (residual, (2, 8, 8)),
}


def networks():
    for name, (parts, shape) in NETWORKS.items():
        model = fill(nn.Sequential(parts()), 1.0)
        inputs = formula((8, *shape), INPUTS, 2.0)
        state_dict(f"network.{name}.state", scalars(model))
        numbers(f"network.{name}.logits", copy.deepcopy(model)(inputs))
        training(f"network.{name}", model, inputs, functional.cross_entropy, LABELS)


class Agent(nn.Module):
    """Two inputs, two outputs."""

    def __init__(self):
        super().__init__()
        self.eye = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten())
        self.trunk = nn.Sequential(nn.Linear(22, 16), nn.Tanh())
        self.policy = nn.Linear(16, 4)
        self.value = nn.Linear(16, 1)

    def forward(self, image, body):
        trunk = self.trunk(torch.cat([self.eye(image), body], 1))
        return self.policy(trunk), self.value(trunk)


def ppo(policy, value, action, old, advantage, target):
    """Proximal policy optimisation: clipped ratio, value and entropy."""
    log_p = torch.log_softmax(policy, 1)
    ratio = torch.exp(log_p[torch.arange(len(action)), action] - old)
    gain = torch.minimum(ratio * advantage, ratio.clamp(0.8, 1.2) * advantage)
    entropy = (log_p.exp() * log_p).sum(1)
    return (-gain + 0.5 * (value[:, 0] - target) ** 2 + 0.01 * entropy).mean()


class Burgers(nn.Module):
    """u(x, t) with the residual of Burgers' equation, whose coefficient is learned."""

    def __init__(self):
        super().__init__()
        self.nu = nn.Parameter(torch.zeros(1))
        self.u = nn.Sequential(
            nn.Linear(2, 20), nn.Tanh(), nn.Linear(20, 20), nn.Tanh(), nn.Linear(20, 1)
        )

    def forward(self, x, t):
        def derivative(of, by):
            return torch.autograd.grad(of.sum(), by, create_graph=True)[0]

        u = self.u(torch.cat([x, t], 1))
        slope = derivative(u, x)
        return u, derivative(u, t) + u * slope - self.nu * derivative(slope, x)


class Begun(nn.Module):
    """Recurrent layers that begin with given states."""

    def __init__(self):
        super().__init__()
        options = {"num_layers": 2, "bidirectional": True, "batch_first": True}
        self.first = nn.GRU(3, 2, **options)
        self.a = nn.LSTM(4, 3, proj_size=2, **options)
        self.b = nn.LSTMCell(8, 6)

    def forward(self, x, h, c):
        states = [given.unflatten(1, (4, -1)).transpose(0, 1).contiguous() for given in (h, c)]
        first, _ = self.first(x, states[0])
        a, last = self.a(first, tuple(states))
        last = [state.transpose(0, 1).flatten(1) for state in last]
        return a, *last, torch.cat(self.b(h, (c[:, :6], c[:, 6:])), -1)


class Crossed(nn.Module):
    """Attention of one sequence to another, with a mask, and without biases."""

    def __init__(self):
        super().__init__()
        self.attention = nn.MultiheadAttention(6, 2, batch_first=True)
        self.again = nn.MultiheadAttention(6, 3, bias=False, batch_first=True)
        self.y = nn.Sequential(nn.LayerNorm(18), nn.Flatten(), nn.Linear(72, 3))

    def forward(self, query, memory, mask):
        masks = mask.repeat_interleave(2, 0)
        attention = self.attention(query, memory, memory, need_weights=False, attn_mask=masks)[0]
        again = self.again(attention, memory, memory, need_weights=False)[0]
        return self.y(torch.cat([again, query, attention], 2))


class Projected(nn.Module):
    """Attention whose keys and values have sizes of their own."""

    def __init__(self):
        super().__init__()
        self.y = nn.MultiheadAttention(4, 2, kdim=5, vdim=3, batch_first=True)

    def forward(self, query, key, value):
        return self.y(query, key, value, need_weights=False)[0]


def bodies():
    """Networks with several inputs and outputs, losses of them, and derivatives as values."""
    model = fill(Agent(), 0.5)
    image, body = formula((5, 1, 6, 6), INPUTS, 2.0), formula((5, 6), TARGETS, 2.0)
    policy, value = model(image, body)
    numbers("agent.policy", policy)
    numbers("agent.value", value)
    old, advantage, target = (formula((5,), salt, 2.0) for salt in (4, 5, 6))
    loss = ppo(policy, value, torch.arange(5) % 4, old, advantage, target)
    numbers("agent.loss", loss)
    loss.backward()
    gradients("agent.gradient", model)
    model = fill(Burgers(), 0.5)
    x, t = (formula((5, 1), salt, 2.0).requires_grad_() for salt in (INPUTS, TARGETS))
    u, residual = model(x, t)
    numbers("burgers.u", u)
    numbers("burgers.residual", residual)
    loss = (residual**2).mean()
    numbers("burgers.loss", loss)
    loss.backward()
    gradients("burgers.gradient", model)
    model = fill(Begun(), 0.5)
    x, h, c = formula((5, 4, 3), INPUTS, 2.0), formula((5, 8), TARGETS, 2.0), formula((5, 12), 4, 2.0)
    a, h_n, c_n, b = model(x, h, c)
    numbers("begun.a", a)
    numbers("begun.h_n", h_n)
    numbers("begun.c_n", c_n)
    numbers("begun.b", b)
    loss = ((a**2).sum((1, 2)) + (h_n**3).sum(1) + (c_n**2).sum(1) + (b**2).sum(1)).mean()
    numbers("begun.loss", loss)
    loss.backward()
    gradients("begun.gradient", model)
    model = fill(Crossed(), 0.5)
    query, memory = formula((5, 4, 6), INPUTS, 2.0), formula((5, 5, 6), TARGETS, 2.0)
    outputs = model(query, memory, formula((5, 4, 5), 4, 2.0))
    numbers("crossed.y", outputs)
    outputs.backward(formula(outputs.shape, OUTPUT_GRADIENT, 2.0))
    gradients("crossed.gradient", model)
    model = fill(Projected(), 0.5)
    query, key, value = (formula((5, *shape), salt, 2.0) for salt, shape in ((INPUTS, (3, 4)), (TARGETS, (2, 5)), (4, (2, 3))))
    outputs = model(query, key, value)
    numbers("projected.y", outputs)
    outputs.backward(formula(outputs.shape, OUTPUT_GRADIENT, 2.0))
    gradients("projected.gradient", model)


def structured_losses():
    """Losses of several outputs and targets, of steps, and of two samples of one batch."""
    batch, classes, steps = 5, 4, 3
    shapes = {"p": (batch, classes), "q": (batch, classes), "v": (batch,)}
    shapes["steps"] = (batch, steps, classes)
    given = {
        name: formula(shape, salt, 4.0).requires_grad_()
        for salt, (name, shape) in enumerate(shapes.items(), 4)
    }
    p, q, v, logits = given.values()
    target, weight = formula((batch,), 8, 2.0), formula((batch,), 9, 1.0) + 0.5
    action = torch.arange(batch) * 3 % classes
    tags = (torch.arange(batch * steps) * 5 % classes).reshape(batch, steps)
    class_weight = torch.tensor([0.5, 2.0, 0.75, 1.25])
    pair = (torch.arange(batch) + 2) % batch
    z = functional.normalize(p, dim=1)
    alike = (z @ z.T / 0.5).masked_fill(torch.eye(batch, dtype=torch.bool), -math.inf)
    chosen = p[torch.arange(batch), action]
    per_step = logits.transpose(1, 2)
    cases = {
        "info_nce": functional.cross_entropy(p @ q.T / 0.5, torch.arange(batch)),
        "nt_xent": functional.cross_entropy(alike, pair),
        "tagging": functional.cross_entropy(per_step, tags, weight=class_weight, ignore_index=0),
        "weighted": (weight * (v - target) ** 2).sum() / weight.sum(),
        "dqn": functional.huber_loss(chosen, target, delta=0.75),
        "both": functional.cross_entropy(p, action) + 0.5 * functional.mse_loss(v, target),
        "smoothed": functional.cross_entropy(p, action, label_smoothing=0.1)
        + functional.smooth_l1_loss(v, target, beta=0.5),
        "by_name": functional.cross_entropy(p, action, weight=class_weight) + 0.5 * functional.l1_loss(v, target),
    }
    for case, value in cases.items():
        numbers(f"structured.{case}.value", value)
        slopes = torch.autograd.grad(value, given.values(), retain_graph=True, allow_unused=True)
        for (name, outputs), slope in zip(given.items(), slopes):
            numbers(
                f"structured.{case}.{name}", torch.zeros_like(outputs) if slope is None else slope
            )


def state_dict(name, state):
    """Names and shapes."""
    row(name, [f"{key}[{','.join(map(str, value.shape))}]" for key, value in state.items()])


def layout():
    """Names and shapes of a state dict, and the order of the scalars in memory."""
    for name, model in {
        "labelled": nn.Sequential(seed_layers()),
        "unlabelled": nn.Sequential(*seed_layers().values()),
    }.items():
        state_dict(f"layout.{name}", model.state_dict())
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
    options()
    losses()
    optimizers()
    clipping()
    schedules()
    seed_network()
    networks()
    bodies()
    structured_losses()
    layout()


main()
