"""Arrays on disk: one `.npy` file each, read without copying."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

Weights = Mapping[str, Array]
"""All trained arrays of a network by name."""


def save_arrays(folder: Path, **arrays: Array) -> None:
    """Write `<name>.npy` for every array."""
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array, allow_pickle=False)


def map_array(folder: Path, name: str) -> Array:
    """The array `<name>.npy`, memory-mapped and read-only; processes share its pages."""
    path = folder / f"{name}.npy"
    array = np.load(path, mmap_mode="r", allow_pickle=False)
    return np.asarray(array)  # a plain view: slicing np.memmap costs microseconds more


def map_arrays(folder: Path) -> dict[str, Array]:
    """All arrays of a folder by name, as `map_array` gives them."""
    return {path.stem: map_array(folder, path.stem) for path in sorted(folder.glob("*.npy"))}
