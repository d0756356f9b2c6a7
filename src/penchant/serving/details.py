"""What an imported file tells of its items, item by item: the metadata that answers carry.

An imported file of items has such an index beside it, so that a few items are looked up without
searching the file, and a million of them take no memory.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self
from uuid import uuid4

import msgspec
import numpy as np
import numpy.typing as npt

from penchant.data.details import read_details
from penchant.data.durable import publish
from penchant.data.training_set import Int64s
from penchant.data.vocabulary import UNKNOWN, Vocabulary
from penchant.domain.datasets import DETAILS_SUFFIX
from penchant.models.arrays import map_array, save_arrays
from penchant.models.known_ids import KnownIds

_TEXT: Final = "text.json"
_decode: Final = msgspec.json.Decoder(dict[str, str]).decode


@dataclass(frozen=True)
class Details:
    """The index of one file.

    Attributes:
        ids: The items of the file.
        text: A JSON object for each item, one after the other, uint8, memory-mapped.
        offsets: Where each item's begins, int64 (n_items + 1,).
    """

    ids: KnownIds
    text: npt.NDArray[np.uint8]
    offsets: Int64s

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `write_details` wrote."""
        offsets = map_array(folder, "offsets")
        return cls(KnownIds.load(folder / "ids"), _mapped(folder / _TEXT), offsets)

    def of(self, item_id: str) -> Mapping[str, str] | None:
        """An item's values by the column's name in lower case; None where it is not in the file."""
        place = self.ids.index(item_id)
        if place == UNKNOWN:
            return None
        return _decode(self.text[self.offsets[place] : self.offsets[place + 1]].tobytes())


def beside(part: Path) -> Path:
    """Where the index of an imported file lies."""
    return part.with_name(part.name + DETAILS_SUFFIX)


def write_details(part: Path, key: str, **limits: Any) -> Path:
    """Write the index of an imported file beside it; it appears complete or not at all.

    One that is there stays: an imported file never changes, so that they are alike.

    Args:
        part: The file.
        key: Its id column.
        limits: `memory_bytes`, and others of `penchant.data.details.read_details`.

    Returns:
        Its folder.
    """
    folder = beside(part)
    unfinished = folder.with_name(f".{folder.name}.{uuid4().hex}")
    names: list[str] = []
    sizes = [0]
    try:
        (unfinished / "ids").mkdir(parents=True)
        with (unfinished / _TEXT).open("wb") as file:
            for batch in read_details(part, key, **limits):
                names += [name for name, _ in batch]
                texts = [msgspec.json.encode(values) for _, values in batch]
                sizes += map(len, texts)
                file.writelines(texts)
        KnownIds.of(Vocabulary(names)).save(unfinished / "ids")
        save_arrays(unfinished, offsets=np.cumsum(sizes, dtype=np.int64))
        publish(unfinished, folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return folder


def _mapped(path: Path) -> npt.NDArray[np.uint8]:
    """A file's bytes; an empty one cannot be mapped."""
    if not path.stat().st_size:
        return np.empty(0, np.uint8)
    return np.asarray(np.memmap(path, np.uint8, mode="r"))
