"""Identifiers: strings outside, contiguous int32 indices inside."""

import hashlib
from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

UNKNOWN = -1


class Vocabulary:
    """The ids of one kind of thing; an id's index is its place in `ids`.

    Args:
        ids: Distinct ids, in index order.

    Raises:
        ValueError: An id stands twice.
    """

    def __init__(self, ids: Iterable[str]) -> None:
        self.ids: tuple[str, ...] = tuple(ids)
        self._index = {name: i for i, name in enumerate(self.ids)}
        if len(self._index) != len(self.ids):
            twice = next(name for i, name in enumerate(self.ids) if self._index[name] != i)
            raise ValueError(f"id {twice!r} stands twice in the vocabulary")

    def __len__(self) -> int:
        return len(self.ids)

    def __contains__(self, name: object) -> bool:
        return name in self._index

    def index(self, name: str) -> int:
        """The index of an id, or `UNKNOWN` (-1)."""
        return self._index.get(name, UNKNOWN)

    def indices(self, names: Sequence[str]) -> npt.NDArray[np.int32]:
        """The indices of several ids, shape `(len(names),)`, `UNKNOWN` where not known."""
        get = self._index.get
        return np.fromiter((get(name, UNKNOWN) for name in names), np.int32, len(names))

    @cached_property
    def digest(self) -> str:
        """SHA-256 over all ids in order; artifacts carry it to refuse foreign arrays."""
        return hashlib.sha256("\n".join(self.ids).encode()).hexdigest()
