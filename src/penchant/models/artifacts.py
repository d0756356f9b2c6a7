"""What a training leaves behind: one folder, written once, from which questions are answered.

model.json      format version, recipe, hyper-parameters, counts, digests, metrics, leaderboard
users.json      ids in index order; items.json likewise
model/          the arrays of the model
histories/      the newest interactions of every user
items/          counts and times per item
test/           the rows of the evaluation, where there was one
"""

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import numpy as np

from penchant.data.durable import sync
from penchant.data.queries import History
from penchant.data.training_set import NO_TIME, Int64s, TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.models.arrays import Array, map_array, map_arrays, save_arrays
from penchant.models.contract import Fitted, Model
from penchant.models.damage import ArtifactDamaged, damage_told
from penchant.models.histories import Histories
from penchant.models.known_ids import KnownIds
from penchant.models.registry import LOADERS, Loader

FORMAT: Final = 1
_ITEM_ARRAYS: Final = ("counts", "created_at", "first_at", "last_at")
_IMPRESSIONS: Final = "impressions"


@dataclass(frozen=True)
class Artifact:
    """A fitted model with all that answering needs; arrays are memory-mapped and read-only.

    Attributes:
        model: What was fitted.
        users: Who was known at training.
        items: The catalogue.
        histories: The newest interactions per user.
        item_counts: Interactions per item, int64 (n_items,).
        item_created_at: Epoch seconds per item: its creation if known, else its first
            interaction, else `NO_TIME`.
        item_first_at: First interaction per item, `NO_TIME` without one.
        item_last_at: Last interaction per item, `NO_TIME` without one.
        item_impressions: How often each item was shown and not taken, int64 (n_items,); None
            where nobody counted.
        trained_from: Time of the oldest interaction learnt from, epoch seconds.
        trained_until: Time of the newest one.
        meta: All of model.json.
        folder: Where it lies.
    """

    model: Fitted
    users: KnownIds
    items: Vocabulary
    histories: Histories
    item_counts: Int64s
    item_created_at: Int64s
    item_first_at: Int64s
    item_last_at: Int64s
    trained_from: int
    trained_until: int
    meta: Mapping[str, Any]
    folder: Path
    item_impressions: Int64s | None = None

    @property
    def item_model(self) -> Model:
        """The model as one that scores items.

        Raises:
            ValueError: It scores something else.
        """
        if not hasattr(self.model, "score"):
            raise ValueError(f"{self.folder} holds a model that scores no items")
        return cast("Model", self.model)

    def history(self, user_id: str) -> History:
        """What a user did lately, as known at training; empty for an unknown user."""
        return self.histories.of(self.users.index(user_id))

    def test_rows(self) -> dict[str, Array] | None:
        """The rows that the metrics were made from (see `Split.test_rows`); None without any."""
        folder = self.folder / "test"
        if not folder.is_dir():
            return None
        return map_arrays(folder)


def write_artifact(
    folder: Path,
    model: Fitted,
    training_set: TrainingSet,
    *,
    recipe_arn: str,
    family: str,
    metrics: Mapping[str, float],
    leaderboard: Sequence[Mapping[str, Any]],
    max_history: int,
    split: Mapping[str, float] | None = None,
    test_rows: Mapping[str, Array] | None = None,
    impressions: Int64s | None = None,
    loaders: Mapping[str, Loader] = LOADERS,
) -> None:
    """Write all of an artifact beside `folder`, make it durable, then move it there at once.

    What lay at `folder` is replaced, so that a training begun anew may end like the first.

    Args:
        folder: Where the artifact is to lie; its parent is made if need be.
        model: The fitted model.
        training_set: Everything known at training, test users included.
        recipe_arn: The recipe it was trained with.
        family: Key of `loaders`.
        metrics: Metrics by the service's names.
        leaderboard: Rows of `evaluation.leaderboard`.
        max_history: Newest interactions to keep per user.
        split: What the metrics were made from, in numbers (`Split.summary`).
        test_rows: The same as arrays by name, to be downloaded (`Split.test_rows`).
        impressions: How often each item was shown and not taken, (n_items,).
        loaders: What can be read again, by family.

    Raises:
        ValueError: The family is unknown, or the model is of another catalogue.
    """
    if family not in loaders:
        raise ValueError(f"there is no model family {family!r}; known: {', '.join(loaders)}")
    if model.items.digest != training_set.items.digest:
        raise ValueError("the model was fitted on another catalogue than the training set has")
    meta = {
        "format": FORMAT,
        "recipeArn": recipe_arn,
        "family": family,
        "description": model.description,
        "eventTypeNames": list(model.event_type_names),
        "maxHistory": max_history,
        "metrics": dict(metrics),
        "leaderboard": list(leaderboard),
        "split": dict(split or {}),
        **_counts(training_set),
    }
    with draft_of(folder) as draft:
        _write_arrays(draft, model, training_set, max_history, test_rows)
        if impressions is not None:
            save_arrays(draft / "items", **{_IMPRESSIONS: impressions})
        text = json.dumps(meta, indent=1, allow_nan=False)
        (draft / "model.json").write_text(text, encoding="utf-8")


def read_artifact(folder: Path, loaders: Mapping[str, Loader] = LOADERS) -> Artifact:
    """Map an artifact into memory.

    Raises:
        ArtifactDamaged: There is none, its format or family is unknown, or its parts cannot be
            read or do not belong together.
    """
    with damage_told(folder):
        return _read(folder, loaders)


def _read(folder: Path, loaders: Mapping[str, Loader]) -> Artifact:
    meta = _read_meta(folder, loaders)
    items = _read_items(folder, meta)
    load = loaders[meta["family"]]
    model = load(folder / "model", meta["description"], items, tuple(meta["eventTypeNames"]))
    counts, created_at, first_at, last_at = (
        map_array(folder / "items", name) for name in _ITEM_ARRAYS
    )
    return Artifact(
        model=model,
        users=KnownIds.load(folder / "users"),
        items=items,
        histories=Histories.load(folder / "histories"),
        item_counts=counts,
        item_created_at=created_at,
        item_first_at=first_at,
        item_last_at=last_at,
        trained_from=meta["trainedFrom"],
        trained_until=meta["trainedUntil"],
        meta=meta,
        folder=folder,
        item_impressions=_impressions(folder / "items"),
    )


def _impressions(folder: Path) -> Int64s | None:
    counted = (folder / f"{_IMPRESSIONS}.npy").is_file()
    return map_array(folder, _IMPRESSIONS) if counted else None


def _write_arrays(
    draft: Path,
    model: Fitted,
    training_set: TrainingSet,
    max_history: int,
    test_rows: Mapping[str, Array] | None,
) -> None:
    for name in ("model", "histories", "items", "users"):
        (draft / name).mkdir()
    model.save(draft / "model")
    Histories.newest_of(training_set, max_history).save(draft / "histories")
    save_arrays(draft / "items", **_item_arrays(training_set))
    if test_rows is not None:
        (draft / "test").mkdir()
        save_arrays(draft / "test", **test_rows)
    KnownIds.of(training_set.users).save(draft / "users")
    ids = json.dumps(training_set.items.ids)
    (draft / "items.json").write_text(ids, encoding="utf-8")


def _item_arrays(training_set: TrainingSet) -> dict[str, Array]:
    n_items, items = training_set.n_items, training_set.item_indices
    counts = np.bincount(items, minlength=n_items)
    first_at = np.full(n_items, np.iinfo(np.int64).max)
    np.minimum.at(first_at, items, training_set.timestamps)
    first_at[counts == 0] = NO_TIME
    last_at = np.full(n_items, NO_TIME, np.int64)
    np.maximum.at(last_at, items, training_set.timestamps)
    known = training_set.item_created_at
    created_at = first_at if known is None else np.where(known == NO_TIME, first_at, known)
    arrays = (counts.astype(np.int64), created_at, first_at, last_at)
    return dict(zip(_ITEM_ARRAYS, arrays, strict=True))


def _counts(training_set: TrainingSet) -> dict[str, Any]:
    times = training_set.timestamps
    return {
        "nUsers": training_set.n_users,
        "nItems": training_set.n_items,
        "nInteractions": training_set.n_rows,
        "usersDigest": training_set.users.digest,
        "itemsDigest": training_set.items.digest,
        "trainedFrom": int(times.min(initial=np.iinfo(np.int64).max)) if len(times) else 0,
        "trainedUntil": int(times.max(initial=NO_TIME)) if len(times) else 0,
        "contextColumns": [*training_set.contexts.categories, *training_set.contexts.numbers],
    }


def _read_items(folder: Path, meta: Mapping[str, Any]) -> Vocabulary:
    path = folder / "items.json"
    vocabulary = Vocabulary(json.loads(path.read_text(encoding="utf-8")))
    if vocabulary.digest != meta["itemsDigest"]:
        raise ArtifactDamaged(
            f"{path} is not the one the artifact was written with: train the solution version again"
        )
    return vocabulary


def _read_meta(folder: Path, loaders: Mapping[str, Loader]) -> dict[str, Any]:
    path = folder / "model.json"
    if not path.is_file():
        raise ArtifactDamaged(f"{folder} holds no artifact: model.json is missing")
    meta: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if meta.get("format") != FORMAT:
        raise ArtifactDamaged(
            f"{folder} has the artifact format {meta.get('format')!r}, this release reads {FORMAT}:"
            " train the solution version again or use the release that wrote it"
        )
    if meta["family"] not in loaders:
        raise ArtifactDamaged(
            f"{folder} is of the model family {meta['family']!r}; known: {', '.join(loaders)}"
        )
    return meta


@contextmanager
def draft_of(folder: Path) -> Iterator[Path]:
    """A folder beside it that takes its place when the block ends, and is gone if it fails."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        yield draft
        _make_durable(draft)
        _move(draft, folder)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def _make_durable(folder: Path) -> None:
    for path in [*folder.rglob("*"), folder]:
        sync(path)


def _move(draft: Path, folder: Path) -> None:
    draft.chmod(0o755)
    if folder.exists():
        old = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        folder.rename(old / "old")
        draft.rename(folder)
        shutil.rmtree(old)
    else:
        draft.rename(folder)
    sync(folder.parent)
