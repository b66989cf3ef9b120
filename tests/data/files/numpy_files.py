"""Writes the files of NumPy that the tests read: `python tests/data/files/numpy_files.py`."""

from pathlib import Path

import numpy as np

folder = Path(__file__).parent
image = np.arange(24, dtype=np.uint8).reshape(4, 2, 3)
label = np.array([2, 0, 1, 2])
measure = np.asfortranarray(np.arange(12).reshape(4, 3) / 4.0)
np.savez_compressed(folder / "compressed.npz", image=image, label=label, measure=measure)
np.savez(folder / "stored.npz", image=image, label=label, measure=measure)

# An array of each type, in both byte orders, in one file after the other.
numbers = [0, 1, 2, 100]
types = ["?", "u1", "i1", "<u2", ">u2", "<i2", ">i2", "<u4", ">u4", "<i4", ">i4", "<u8", ">u8", "<i8", ">i8",
         "<f2", ">f2", "<f4", ">f4", "<f8", ">f8"]
np.savez(folder / "types.npz", **{f"{k}": np.array(numbers).astype(name) for k, name in enumerate(types)})

refused = {
    "complex": np.array([1j]),
    "text": np.array(["a"]),
    "structure": np.zeros(2, dtype=[("a", "<f4"), ("b", "<i4")]),
    "date": np.array(["2026-01-01"], dtype="datetime64[D]"),
    "scalar": np.array(1.0),
    "empty": np.zeros((0, 3)),
    "negative": np.array([-1]),
}
np.savez(folder / "refused.npz", **refused)
