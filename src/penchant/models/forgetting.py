"""Artifacts without some of their users: as if these had asked nothing and left nothing.

What was learned of all users together stays: weights, counts of items, metrics. What is kept of
each user goes: ids, histories, metadata, vectors, rows of the test.

A model of a class that is not this package's own is left as it is. Its users keep their places:
those who go get a name that nobody has.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import numpy as np

from penchant.data.training_set import Bools
from penchant.data.vocabulary import UNKNOWN, Vocabulary
from penchant.models.arrays import Array, map_array, map_arrays, save_arrays
from penchant.models.artifacts import draft_of
from penchant.models.known_ids import KnownIds
from penchant.models.registry import LOADERS

_ROWS: Final[Mapping[str, tuple[str, ...]]] = {
    "model": (
        *("user_codes", "user_texts", "user_factors", "items_had"),
        *("user_vectors", "learned_until"),
    ),
    "model/weights": ("user_vectors", "users.weight"),
}
"""Arrays with a row per user, or none at all."""
_HISTORIES: Final = ("histories", "model/done")
"""Folders of arrays in CSR form: user u has the rows `offsets[u]:offsets[u + 1]`."""
_HAD: Final = ("had_users", "had_counts", "had_since")
"""Arrays in CSR form by item; the first one names the users."""


def forget(folder: Path, target: Path, user_ids: Iterable[str], *, test: bool = True) -> int:
    """Write an artifact anew without some users; what does not tell of users is shared with it.

    Args:
        folder: The artifact; it is left as it is.
        target: Where the new one goes; it appears complete or not at all.
        user_ids: Whom to forget; those that the artifact does not know count for nothing.
        test: Whether the rows of the test are of the artifact's own users; else they are left out.

    Returns:
        How many users were known; nothing is written where that is 0.

    Raises:
        ValueError: An array is not aligned with the users.
    """
    users = KnownIds.load(folder / "users")
    kept = np.ones(len(users), np.bool_)
    for name in user_ids:
        place = users.index(name)
        if place != UNKNOWN:
            kept[place] = False
    n_gone = len(kept) - int(kept.sum())
    if n_gone:
        with draft_of(target) as draft:
            _share(folder, draft, with_test=test)
            if json.loads((folder / "model.json").read_text("utf-8"))["family"] in LOADERS:
                _write(folder, draft, users.subset(kept), kept)
            else:
                _blank(folder, draft, users, kept)
    return n_gone


def _share(folder: Path, draft: Path, *, with_test: bool) -> None:
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if inside.parts[0] == "test" and not with_test:
            continue
        if path.is_dir():
            (draft / inside).mkdir()
        else:
            os.link(path, draft / inside)


def _write(folder: Path, draft: Path, users: KnownIds, kept: Bools) -> None:
    _replace(draft / "users", dict(vars(users)))
    for name, arrays in _ROWS.items():
        for array in arrays:
            if (folder / name / f"{array}.npy").is_file():
                rows = _rows(map_array(folder / name, array), kept, f"{name}/{array}")
                _replace(draft / name, {array: rows})
    for name in _HISTORIES:
        if (folder / name).is_dir():
            _replace(draft / name, _histories(map_arrays(folder / name), kept))
    if (folder / "model" / f"{_HAD[0]}.npy").is_file():
        _replace(draft / "model", _had(folder / "model", kept))
    if (draft / "test").is_dir():
        _replace(draft / "test", _test_rows(map_arrays(folder / "test"), kept))
    _replace_meta(draft / "model.json", users)


def _blank(folder: Path, draft: Path, users: KnownIds, kept: Bools) -> None:
    """Take the names, histories and rows of the test of who goes; no place changes."""
    names = (name if kept[place] else f"\0{place}" for place, name in enumerate(users))
    blanked = KnownIds.of(Vocabulary(names))
    _replace(draft / "users", dict(vars(blanked)))
    arrays = map_arrays(folder / "histories")
    counts = np.diff(arrays["offsets"])
    rows = np.repeat(kept, counts)
    left = {name: array[rows] for name, array in arrays.items() if name != "offsets"}
    offsets = np.concatenate([[0], np.cumsum(counts * kept)]).astype(np.int64)
    _replace(draft / "histories", {**left, "offsets": offsets})
    if (draft / "test").is_dir():
        found = map_arrays(folder / "test")
        rows = (found["users"] < 0) | kept[found["users"]]
        _replace(draft / "test", {name: array[rows] for name, array in found.items()})
    _replace_meta(draft / "model.json", blanked)


def _rows(array: Array, kept: Bools, name: str) -> Array:
    if len(array) not in (0, len(kept)):
        raise ValueError(f"{name} has {len(array)} rows, but there are {len(kept)} users")
    return array[kept] if len(array) else array


def _histories(arrays: Mapping[str, Array], kept: Bools) -> dict[str, Array]:
    counts = np.diff(arrays["offsets"])
    rows = np.repeat(kept, counts)
    offsets = np.concatenate([[0], np.cumsum(counts[kept])]).astype(np.int64)
    return {name: offsets if name == "offsets" else array[rows] for name, array in arrays.items()}


def _had(folder: Path, kept: Bools) -> dict[str, Array]:
    arrays = {name: map_array(folder, name) for name in ("offsets", *_HAD)}
    rows = kept[arrays["had_users"]]
    before = np.concatenate([[0], np.cumsum(rows)])
    found = {name: arrays[name][rows] for name in _HAD}
    return {
        **found,
        "offsets": before[arrays["offsets"]].astype(np.int64),
        "had_users": _places(kept)[found["had_users"]],
    }


def _test_rows(arrays: Mapping[str, Array], kept: Bools) -> dict[str, Array]:
    """Unknown users, at -1, stay."""
    users = arrays["users"]
    rows = (users < 0) | kept[users]
    found = {name: array[rows] for name, array in arrays.items()}
    known = found["users"]
    return {**found, "users": np.where(known < 0, known, _places(kept)[known]).astype(known.dtype)}


def _places(kept: Bools) -> Array:
    """The new index of every user that is kept."""
    return (np.cumsum(kept) - 1).astype(np.int32)


def _replace(folder: Path, arrays: Mapping[str, Array]) -> None:
    """Write arrays in the place of shared ones, whose bytes stay with the artifact of old."""
    for name in arrays:
        (folder / f"{name}.npy").unlink()
    save_arrays(folder, **arrays)


def _replace_meta(path: Path, users: KnownIds) -> None:
    meta = json.loads(path.read_text("utf-8"))
    digest = hashlib.sha256()
    for place, name in enumerate(users):
        digest.update(f"\n{name}".encode() if place else name.encode())
    path.unlink()
    meta |= {"nUsers": len(users), "usersDigest": digest.hexdigest()}
    path.write_text(json.dumps(meta, indent=1, allow_nan=False), "utf-8")
