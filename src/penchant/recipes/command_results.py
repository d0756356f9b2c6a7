"""What a program may leave in its model folder, read into a model that can answer.

One of these, as CSV with a first row of names (encoded in UTF-8) or, for vectors, as `.npz`:

    item_vectors.csv   item_id, then the numbers of its vector; a column named bias is added to the
                       item's score.  item_vectors.npz: ids (texts), vectors (n, dim), bias (n,).
    user_vectors.csv   user_id, then the numbers; may stand beside item_vectors.
    item_scores.csv    item_id, score: the same for everybody.
    neighbours.csv     item_id, related_id, score: items like an item.

Ids that are not in the training rows are left out.
"""

import csv
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from penchant.data.training_set import NO_TIME, Float32s, TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.models.contract import Model
from penchant.models.external import ExternalModel
from penchant.models.factors import FactorsModel
from penchant.models.popularity import PopularityModel
from penchant.models.sims import SimsModel
from penchant.recipes.neighbours import MOST_NEIGHBOURS
from penchant.recipes.popularity import unique_users

_BIAS: Final = "bias"
_LARGEST: Final = 1e15
_Table = tuple[list[str], Float32s, list[str]]


def collect(folder: Path, training_set: TrainingSet, name: str) -> ExternalModel:
    """Read what a program left.

    Args:
        folder: Where it left it.
        training_set: What it learned from.
        name: The recipe's.

    Raises:
        ValueError: There is nothing that can be answered from, more than one kind of it, or a
            file is not as it should be.
    """
    kinds = {
        "factors": _find(folder, "item_vectors"),
        "scores": _find(folder, "item_scores"),
        "neighbours": _find(folder, "neighbours"),
    }
    found = {kind: path for kind, path in kinds.items() if path is not None}
    if len(found) != 1:
        there = ", ".join(sorted(path.name for path in folder.iterdir())) or "nothing"
        raise ValueError(
            f"{name}: the program is to leave one of item_vectors.csv (or .npz), item_scores.csv "
            f"and neighbours.csv in model/; there is {there}"
        )
    ((kind, path),) = found.items()
    try:
        inner = _READERS[kind](path, training_set)
    except (ValueError, OSError, csv.Error) as error:
        raise ValueError(f"{name}: model/{path.name}: {error}") from error
    return ExternalModel(kind, inner)


def _factors(path: Path, training_set: TrainingSet) -> Model:
    n_items, n_users = training_set.n_items, training_set.n_users
    ids, table, names = _vectors(path, "item_id")
    bias = np.zeros(len(ids), np.float32)
    if _BIAS in names:
        bias = table[:, names.index(_BIAS)]
        table = np.delete(table, names.index(_BIAS), axis=1)
    places = _places(training_set.items, ids)
    vectors = np.zeros((n_items, table.shape[1]), np.float32)
    known, biases = np.zeros(n_items, np.bool_), np.zeros(n_items, np.float32)
    kept = places >= 0
    vectors[places[kept]], biases[places[kept]], known[places[kept]] = table[kept], bias[kept], True
    users = np.zeros((0, table.shape[1]), np.float32)
    beside = _find(path.parent, "user_vectors")
    if beside is not None:
        user_ids, user_table = _users(beside, table.shape[1])
        user_places = _places(training_set.users, user_ids)
        users = np.zeros((n_users, table.shape[1]), np.float32)
        users[user_places[user_places >= 0]] = user_table[user_places >= 0]
    until = np.full(n_users, NO_TIME, np.int64)
    np.maximum.at(until, training_set.user_indices, training_set.timestamps)
    return FactorsModel(
        training_set.items,
        training_set.event_type_names,
        vectors=vectors,
        known=known,
        bias=biases,
        popularity=unique_users(training_set).astype(np.float32),
        user_vectors=users,
        learned_until=until,
    )


def _users(path: Path, dim: int) -> tuple[list[str], Float32s]:
    """Ids of users and their vectors (n, dim)."""
    try:
        ids, table, _ = _vectors(path, "user_id")
    except (ValueError, csv.Error) as error:
        raise ValueError(f"{path.name} beside it: {error}") from error
    if table.shape[1] != dim:
        raise ValueError(f"users have vectors of {table.shape[1]} numbers, items of {dim}")
    return ids, table


def _scores(path: Path, training_set: TrainingSet) -> Model:
    ids, table, _ = _read(path, "item_id", n_numbers=1)
    places = _places(training_set.items, ids)
    popularity = unique_users(training_set).astype(np.float32)
    scores = table[:, 0].min() - 2 + popularity / (popularity.max() + 1)
    scores[places[places >= 0]] = table[places >= 0, 0]
    return PopularityModel(training_set.items, training_set.event_type_names, scores)


def _neighbours(path: Path, training_set: TrainingSet) -> Model:
    items = training_set.items
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.reader(file) if row][1:]
    if any(len(row) != 3 for row in rows):
        raise ValueError("every row has to have an item_id, a related_id and a score")
    ids, others = (_places(items, [row[place] for row in rows]) for place in (0, 1))
    scores = _numbers([row[2:] for row in rows])[:, 0] if rows else np.zeros(0, np.float32)
    kept = (ids >= 0) & (others >= 0) & (ids != others)
    if not kept.any():
        raise ValueError("no row names two different items of the training rows")
    ids, others, scores = ids[kept], others[kept], scores[kept]
    # above 0 and at most 1, as the neighbours of the model are to be
    least, most = float(scores.min()), float(scores.max())
    scores = ((scores - least) / max(most - least, 1e-9) * 0.999 + 0.001).astype(np.float32)
    order = np.lexsort((others, -scores, ids))
    ids, others, scores = ids[order], others[order], scores[order]
    ranks = np.arange(len(ids)) - np.searchsorted(ids, ids)
    ids, others, scores = (array[ranks < MOST_NEIGHBOURS] for array in (ids, others, scores))
    counts = np.bincount(ids, minlength=len(items))
    return SimsModel(
        items,
        training_set.event_type_names,
        offsets=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        neighbours=others.astype(np.int32),
        similarities=scores,
        popularity=unique_users(training_set).astype(np.float32),
    )


_READERS: Final = {"factors": _factors, "scores": _scores, "neighbours": _neighbours}


def _find(folder: Path, stem: str) -> Path | None:
    for suffix in (".csv", ".npz") if stem.endswith("vectors") else (".csv",):
        if (folder / f"{stem}{suffix}").is_file():
            return folder / f"{stem}{suffix}"
    return None


def _vectors(path: Path, key: str) -> _Table:
    if path.suffix == ".csv":
        return _read(path, key)
    arrays = _arrays(path)
    for name in ("ids", "vectors"):
        if name not in arrays:
            raise ValueError(f"it holds no array {name}; it has {', '.join(arrays) or 'none'}")
    ids, vectors = arrays["ids"], np.asarray(arrays["vectors"], np.float32)
    if vectors.ndim != 2 or len(vectors) != len(ids) or not np.isfinite(vectors).all():
        raise ValueError(f"vectors are of shape {vectors.shape}; give ({len(ids)}, dim), finite")
    names = [""] * vectors.shape[1]
    if _BIAS in arrays:
        bias = np.asarray(arrays[_BIAS], np.float32)
        if bias.shape != (len(ids),):
            raise ValueError(f"bias is of shape {bias.shape}; give ({len(ids)},)")
        vectors = np.column_stack([vectors, bias])
        names.append(_BIAS)
    return [str(one) for one in ids], _bounded(vectors), names


def _arrays(path: Path) -> dict[str, npt.NDArray[Any]]:
    """The arrays of an `.npz` file; no pickled ones."""
    try:
        with path.open("rb") as file:  # which numpy leaves open where it is no archive
            loaded = np.load(file, allow_pickle=False)
            if not isinstance(loaded, np.lib.npyio.NpzFile):
                raise BadZipFile("one array alone")
            return dict(loaded)
    except (BadZipFile, EOFError, ValueError, zlib.error) as error:
        raise ValueError(f"it is no file of numpy.savez without objects: {error}") from error


def _read(path: Path, key: str, n_numbers: int | None = None) -> _Table:
    """Ids, numbers (n, columns) and the columns' names of a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        head, *rows = _rows(file)
    if head[0].lower() != key:
        raise ValueError(f"the first column is {head[0]!r}; begin with a row of names, {key} first")
    if n_numbers is not None and len(head) != n_numbers + 1:
        raise ValueError(f"it has the columns {', '.join(head)}; give {key} and {n_numbers} more")
    for place, row in enumerate(rows):
        if len(row) != len(head):
            raise ValueError(f"row {place + 2} has {len(row)} values, the first row {len(head)}")
    return [row[0] for row in rows], _numbers([row[1:] for row in rows]), head[1:]


def _rows(file: Any) -> Iterator[list[str]]:
    rows = [row for row in csv.reader(file) if row]
    if len(rows) < 2 or len(rows[0]) < 2:
        raise ValueError("it holds nothing: give a row of names and at least one row of values")
    yield from rows


def _numbers(rows: list[list[str]]) -> Float32s:
    return _bounded(np.array(rows, np.float32))


def _bounded(table: Float32s) -> Float32s:
    """The numbers, if all are finite, and so small that products of them are finite too."""
    if not np.isfinite(table).all():
        raise ValueError("it holds a number that is not finite")
    largest = float(table.flat[np.argmax(np.abs(table))]) if table.size else 0.0
    if abs(largest) > _LARGEST:
        raise ValueError(f"it holds the number {largest:g}; give at most {_LARGEST:g}")
    return table


def _places(vocabulary: Vocabulary, ids: list[str]) -> "npt.NDArray[np.int32]":
    """Where the ids are; ids that are not known have -1.

    Raises:
        ValueError: None of them is known.
    """
    places = vocabulary.indices(ids)
    if not (places >= 0).any():
        raise ValueError(f"none of its ids, such as {ids[0]!r}, is in the training rows")
    return places
