"""Files of PyTorch that checkpoints.rs loads, and whether PyTorch loads what Tapeless saves.

python pytorch.py write            writes every file beside this one
python pytorch.py read DIRECTORY   loads every file of that directory, strictly
"""

import math
import sys
from collections import OrderedDict
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import nn


def named(**modules):
    return nn.Sequential(OrderedDict(modules))


MODELS = {
    "recurrent": lambda: nn.Sequential(
        OrderedDict(
            [
                ("encoder", nn.LSTM(3, 5, batch_first=True)),
                ("1", nn.GRU(5, 4, batch_first=True)),
                ("2", nn.RNN(4, 6, batch_first=True)),
                ("inner", named(mixer=nn.MultiheadAttention(6, 3), norm=nn.LayerNorm(6))),
                ("4", nn.LSTM(6, 2, bias=False, batch_first=True)),
                ("5", nn.Linear(2, 1)),
            ]
        )
    ),
    "normalised": lambda: nn.Sequential(
        nn.Conv2d(1, 2, 3),
        nn.BatchNorm2d(2),
        nn.Flatten(),
        nn.Sequential(nn.Linear(18, 4), nn.BatchNorm1d(4, affine=False), nn.PReLU()),
        nn.Linear(4, 2),
    ),
}


# The types of numbers that networks are saved in, and one that they are not.
TYPES = {
    "first.weight": (4, 3, torch.float16),
    "first.bias": (4, torch.bfloat16),
    "last.weight": (2, 4, torch.float64),
    "last.bias": (2, torch.float32),
}


def tensors_of_types(**others):
    tensors = {}
    for number, (key, (*shape, dtype)) in enumerate((TYPES | others).items(), 1):
        values = number + torch.arange(math.prod(shape)).reshape(shape) / 8
        tensors[key] = values.to(dtype)
    return tensors


def main():
    if sys.argv[1] == "write":
        save_file(tensors_of_types(), Path(__file__).parent / "types.safetensors")
        integers = tensors_of_types(**{"last.bias": (2, torch.int64)})
        save_file(integers, Path(__file__).parent / "integers.safetensors")
        for name, model in MODELS.items():
            torch.manual_seed(0)
            model = model()
            with torch.no_grad():
                for number, tensor in enumerate(model.state_dict().values(), 1):
                    tensor.copy_(number + torch.arange(tensor.numel()).reshape(tensor.shape) / 64)
            save_file(model.state_dict(), Path(__file__).parent / f"{name}.safetensors")
    else:
        for name, model in MODELS.items():
            file = load_file(Path(sys.argv[2]) / f"{name}.safetensors")
            print(name, model().load_state_dict(file, strict=True))


main()
