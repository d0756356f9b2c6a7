"""Arrays on disk: one `.npy` file each, read without copying."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def save_arrays(folder: Path, **arrays: Array) -> None:
    """Write `<name>.npy` for every array."""
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array, allow_pickle=False)


def map_array(folder: Path, name: str) -> Array:
    """The array `<name>.npy`, memory-mapped and read-only; processes share its pages."""
    path = folder / f"{name}.npy"
    array = np.load(path, mmap_mode="r", allow_pickle=False)
    return np.asarray(array)  # a plain view: slicing np.memmap costs microseconds more
