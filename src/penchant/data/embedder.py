"""What turns texts into vectors in which texts of like meaning stand near each other."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Tick = Callable[[float], Any]
"""Told which share of the texts is done."""


class Embedder(Protocol):
    """A model of language somewhere; the same text always has the same vector."""

    @property
    def name(self) -> str:
        """Which model it is: vectors of different names cannot be compared."""
        ...

    def vectors(self, texts: Sequence[str], tick: Tick) -> npt.NDArray[np.float32]:
        """One vector per text (n, dim).

        Raises:
            ValueError: The model cannot be reached or read; the text names it and what to do.
        """
        ...
