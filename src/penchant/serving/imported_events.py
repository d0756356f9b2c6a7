"""Who did what, as imported: for every user the items and the types of events, each pair once.

An imported file of interactions has such an index beside it, so that filters look a user up
instead of searching the file.
"""

import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self
from uuid import uuid4

import numpy as np

from penchant.data.actions import in_data_form
from penchant.data.durable import publish
from penchant.data.imported_events import read_imported_events
from penchant.data.training_set import Bools, Int16s, Int32s, Int64s
from penchant.data.vocabulary import UNKNOWN, Vocabulary
from penchant.domain.datasets import INDEX_SUFFIX
from penchant.models.arrays import map_array, save_arrays
from penchant.models.known_ids import KnownIds


@dataclass(frozen=True)
class ImportedEvents:
    """The index of one file; user u did `types[k]` to `items[k]` for k from `offsets[u]` on.

    Attributes:
        users: Who stands in the file.
        item_ids: The items, or actions, of the file.
        type_names: Event types in lower case, a code each; two codes may have the same name.
        offsets: int64 (n_users + 1,).
        items: int32, indices into `item_ids`.
        types: int16, codes.
    """

    users: KnownIds
    item_ids: tuple[str, ...]
    type_names: tuple[str, ...]
    offsets: Int64s
    items: Int32s
    types: Int16s

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `write_imported_events` wrote, its arrays memory-mapped."""
        names = json.loads((folder / "names.json").read_text("utf-8"))
        return cls(
            users=KnownIds.load(folder / "users"),
            item_ids=tuple(names["items"]),
            type_names=tuple(names["types"]),
            offsets=map_array(folder, "offsets"),
            items=map_array(folder, "items"),
            types=map_array(folder, "types"),
        )

    def on_actions(self) -> Self:
        """With the types in the data's form, still in lower case: an import takes any spelling."""
        names = tuple(in_data_form(name).lower() for name in self.type_names)
        return replace(self, type_names=names)

    def of(self, user_id: str, types: frozenset[str] | None) -> Int32s:
        """The items on which a user has events of these types, in lower case; None: of any."""
        user = self.users.index(user_id)
        if user == UNKNOWN:
            return np.empty(0, np.int32)
        items = self.items[self.offsets[user] : self.offsets[user + 1]]
        if types is None:
            return items
        return items[self._wanted(types)[self.types[self.offsets[user] : self.offsets[user + 1]]]]

    def users_with(self, types: frozenset[str] | None) -> Int32s:
        """The users who have an event of these types, as indices of `users`."""
        counts = np.diff(self.offsets)
        if types is None:
            return np.flatnonzero(counts).astype(np.int32)
        users = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
        return np.unique(users[self._wanted(types)[self.types]])

    def _wanted(self, types: frozenset[str]) -> Bools:
        return np.array([name in types for name in self.type_names], np.bool_)


def beside(part: Path) -> Path:
    """Where the index of an imported file lies."""
    return part.with_name(part.name + INDEX_SUFFIX)


def write_imported_events(
    part: Path, column: str, *, memory_bytes: int, threads: int = 1, spill: Path | None = None
) -> Path:
    """Write the index of an imported file beside it; it appears complete or not at all.

    One that is there stays: an imported file never changes, so that they are alike.

    The arguments are those of `penchant.data.imported_events.read_imported_events`.

    Returns:
        Its folder.
    """
    rows = read_imported_events(
        part, column, memory_bytes=memory_bytes, threads=threads, spill=spill
    )
    folder = beside(part)
    unfinished = folder.with_name(f".{folder.name}.{uuid4().hex}")
    try:
        (unfinished / "users").mkdir(parents=True)
        KnownIds.of(Vocabulary(rows.user_ids)).save(unfinished / "users")
        names = {"items": rows.item_ids, "types": [name.lower() for name in rows.type_names]}
        (unfinished / "names.json").write_text(json.dumps(names), "utf-8")
        save_arrays(unfinished, offsets=rows.offsets, items=rows.items, types=rows.types)
        publish(unfinished, folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return folder
