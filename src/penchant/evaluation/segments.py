"""How well the users are found who will interact with items.

Of every user's interactions the newest fifth is held out. A question is a group of items: one
item, or those of an attribute's value. The right answer are the users who have one of them among
what was held out; the answer judged are the best hundredth of all users.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from penchant.data.top_k import top_k
from penchant.data.training_set import Float32s, Int32s, TrainingSet

TEST_SHARE: Final = 0.2
SEGMENT_SHARE: Final = 0.01
MOST_QUESTIONS: Final = 1_000

Score = Callable[[Int32s], Float32s]
"""Takes the items of a group; gives every user's score (n_users,), finite."""


@dataclass(frozen=True)
class SegmentSplit:
    """What to learn from, and what to compare with.

    Attributes:
        train: Rows to learn from, with the vocabularies of the whole.
        compared: The newest rows of the users.
        seed: Chooses the questions where there are too many.
    """

    train: TrainingSet
    compared: TrainingSet
    seed: int

    def asked(self, groups: Sequence[Int32s]) -> list[tuple[Int32s, Int32s]]:
        """The groups with what has to be found, the users (n,) who have an item of each.

        Groups without any such user are left out; of more than 1 000 the seed chooses.
        """
        rows = np.argsort(self.compared.item_indices, kind="stable")
        users = self.compared.user_indices[rows]
        ends = np.cumsum(np.bincount(self.compared.item_indices, minlength=self.train.n_items))
        starts = np.concatenate([[0], ends[:-1]])
        order = np.random.default_rng(self.seed).permutation(len(groups))
        asked: list[tuple[int, Int32s]] = []
        for place in order.tolist():
            spans = [users[starts[item] : ends[item]] for item in groups[place].tolist()]
            right = np.unique(np.concatenate([users[:0], *spans]))
            if len(right):
                asked.append((place, right))
            if len(asked) == MOST_QUESTIONS:
                break
        return [(groups[place], right) for place, right in sorted(asked, key=lambda one: one[0])]

    def summary(self) -> dict[str, float]:
        """The split in numbers, to be shown beside metrics; JSON values."""
        return {
            "trainingInteractions": self.train.n_rows,
            "testUsers": len(np.unique(self.compared.user_indices)),
            "comparedInteractions": self.compared.n_rows,
        }

    def test_rows(self) -> Mapping[str, npt.NDArray[Any]]:
        """The rows held out, for download."""
        return {
            "users": self.compared.user_indices,
            "items": self.compared.item_indices,
            "timestamps": self.compared.timestamps,
            "compared": np.ones(self.compared.n_rows, np.bool_),
        }


def segment_split(
    training_set: TrainingSet, seed: int, *, share: float = TEST_SHARE
) -> SegmentSplit:
    """Hold out the newest `share` of every user's rows, rounded up, and never the oldest.

    Rows of one user and time stay together: all are held out, or, where no row would be left to
    learn from, none is.
    """
    offsets = training_set.offsets()
    counts = np.diff(offsets)
    some = np.flatnonzero(counts)
    held = np.ceil(np.round(share * counts[some], 6)).astype(np.int64)
    oldest, cut = np.zeros((2, len(counts)), np.int64)
    oldest[some] = training_set.timestamps[offsets[some]]
    cut[some] = training_set.timestamps[offsets[some + 1] - held]
    users, times = training_set.user_indices, training_set.timestamps
    compared = (times >= cut[users]) & (times > oldest[users])
    return SegmentSplit(training_set.subset(~compared), training_set.subset(compared), seed)


def segment_metrics(
    score: Score, asked: Sequence[tuple[Int32s, Int32s]], n_users: int
) -> dict[str, float]:
    """The service's metrics of user segments, unrounded.

    `hits_at_1_percent` is the mean number of right users among the best 1 % of all users (rounded
    up), `recall_at_1_percent` the mean share of the right ones that is found there, `coverage` the
    share of all users who stand in any of these segments.

    Args:
        score: What is judged.
        asked: Groups of items with the right users of each, at least one pair.
        n_users: Number of users.

    Raises:
        ValueError: Nothing is asked.
    """
    if not asked:
        raise ValueError(
            "no item that is asked for has interactions among the newest of its users: "
            "import more interactions"
        )
    k = math.ceil(SEGMENT_SHARE * n_users)
    hits, shares = np.zeros((2, len(asked)))
    found = np.zeros(n_users, np.bool_)
    for place, (group, right) in enumerate(asked):
        segment = top_k(score(group), k)
        found[segment] = True
        hits[place] = np.isin(segment, right).sum()
        shares[place] = hits[place] / len(right)
    return {
        "coverage": float(found.mean()),
        "hits_at_1_percent": float(hits.mean()),
        "recall_at_1_percent": float(shares.mean()),
    }
