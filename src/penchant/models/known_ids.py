"""Ids that are looked up without being loaded: a million users cost no memory and no time."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from penchant.data.training_set import Bools, Int32s, Int64s
from penchant.data.vocabulary import UNKNOWN, Vocabulary
from penchant.models.arrays import map_array, save_arrays


@dataclass(frozen=True)
class KnownIds:
    """A vocabulary on disk: ids sorted by a hash, found by bisection in a few microseconds.

    Attributes:
        text: All ids in UTF-8, one after the other, uint8.
        offsets: Where each id's bytes begin, int64 (n + 1,).
        hashes: 64-bit hashes of the ids, ascending, uint64 (n,).
        order: Which id each hash is of, int32 (n,).
    """

    text: npt.NDArray[np.uint8]
    offsets: Int64s
    hashes: npt.NDArray[np.uint64]
    order: Int32s

    @classmethod
    def of(cls, vocabulary: Vocabulary) -> Self:
        """Make the tables of a vocabulary; about 2 s per million ids."""
        encoded = [name.encode() for name in vocabulary.ids]
        hashes = np.fromiter(map(_hash, encoded), np.uint64, len(encoded))
        order = np.argsort(hashes, kind="stable").astype(np.int32)
        sizes = np.fromiter(map(len, encoded), np.int64, len(encoded))
        return cls(
            text=np.frombuffer(b"".join(encoded), np.uint8),
            offsets=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
            hashes=hashes[order],
            order=order,
        )

    def __len__(self) -> int:
        return len(self.order)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.index(name) != UNKNOWN

    def __iter__(self) -> Iterator[str]:
        return (self.name(index) for index in range(len(self)))

    def index(self, name: str) -> int:
        """The index of an id, or `UNKNOWN` (-1)."""
        encoded = name.encode("utf-8", "surrogatepass")
        wanted = np.uint64(_hash(encoded))
        place = int(self.hashes.searchsorted(wanted))
        while place < len(self) and self.hashes[place] == wanted:
            index = int(self.order[place])
            if self._bytes(index) == encoded:
                return index
            place += 1
        return UNKNOWN

    def name(self, index: int) -> str:
        """The id at an index."""
        return self._bytes(index).decode()

    def subset(self, kept: Bools) -> Self:
        """The ids where `kept` (n,) holds, in their order; a few arrays of n are made."""
        sizes = np.diff(self.offsets)
        places = np.cumsum(kept, dtype=np.int32) - 1
        still = kept[self.order]
        return type(self)(
            text=self.text[np.repeat(kept, sizes)],
            offsets=np.concatenate([[0], np.cumsum(sizes[kept])]).astype(np.int64),
            hashes=self.hashes[still],
            order=places[self.order[still]].astype(np.int32),
        )

    def save(self, folder: Path) -> None:
        """Write the four arrays."""
        save_arrays(folder, **vars(self))

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote, memory-mapped."""
        return cls(**{name: map_array(folder, name) for name in cls.__dataclass_fields__})

    def _bytes(self, index: int) -> bytes:
        return self.text[self.offsets[index] : self.offsets[index + 1]].tobytes()


def _hash(encoded: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(encoded, digest_size=8).digest(), "big")
