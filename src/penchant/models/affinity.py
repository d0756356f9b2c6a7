"""Users by their affinity to items.

What tells that a user will interact with one of a group of items:

    c   how close the user is to it: the product of the user's factors with the sum of the items',
        over the group's share of all user-item pairs, so that 1 is everybody's mean
    a   how many items the user had
    n   how often the user had an item of the group
    b   how many interactions of the user came since the last of these

The affinity is linear in log(c + .1) and log(1 + a), with weights of their own for users who had an
item of the group; for these also in log n and log(1 + b), and there is a constant. So it is learned
from the data whether to have had an item speaks for having it again (a shop) or against (films).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from penchant.data.top_k import Indices, top_k
from penchant.data.training_set import Float32s, Int32s, Int64s
from penchant.data.vocabulary import Vocabulary
from penchant.models.arrays import map_array, save_arrays
from penchant.models.item_attributes import ItemAttributes

Floats = npt.NDArray[np.float64]

N_WEIGHTS: Final = 7
_ARRAYS: Final = (
    "user_factors",
    "item_factors",
    "items_had",
    "item_shares",
    "offsets",
    "had_users",
    "had_counts",
    "had_since",
    "weights",
)
_LEAST_CLOSENESS: Final = 0.1
_BLOCK_BYTES: Final = 128 * 2**20


@dataclass(frozen=True)
class AffinityModel:
    """Scores users, those known at training.

    Item i was had by the users `had_users[offsets[i]:offsets[i + 1]]`.

    Attributes:
        items: The catalogue.
        event_type_names: Event types of the training rows.
        user_factors, item_factors: (n_users, dim) and (n_items, dim).
        items_had: Distinct items per user (n_users,).
        item_shares: Share of all users who had the item (n_items,).
        offsets: int64 (n_items + 1,).
        had_users, had_counts, had_since: n and b above, with their user.
        weights: Of log(c + .1) and log(1 + a) for users who had none of the group; of the same for
            those who had; their constant; of log n and log(1 + b); float32 (7,).
        attributes: Of the items; None where the recipe does not ask for them.
    """

    items: Vocabulary
    event_type_names: tuple[str, ...]
    user_factors: Float32s
    item_factors: Float32s
    items_had: Float32s
    item_shares: Float32s
    offsets: Int64s
    had_users: Int32s
    had_counts: Float32s
    had_since: Float32s
    weights: Float32s
    attributes: ItemAttributes | None = None

    @property
    def n_users(self) -> int:
        """Number of users."""
        return len(self.user_factors)

    def score_users(self, items: Int32s) -> Float32s:
        """Affinity of all users to each item, shape (len(items), n_users)."""
        return self.score_users_for_groups(list(items[:, np.newaxis]))

    def score_users_for_group(self, group: Int32s) -> Float32s:
        """Affinity of all users to any of a group of items (n,), shape (n_users,)."""
        scores: Float32s = self.score_users_for_groups([group])[0]
        return scores

    def score_users_for_groups(self, groups: Sequence[Int32s]) -> Float32s:
        """Affinity of all users to any item of each group, shape (len(groups), n_users).

        Time O(len(groups) * n_users * dim), memory a few times what is answered.
        """
        closeness = self._closeness(groups, self.user_factors)
        logs, weights = self._log_items_had, self.weights
        scores: Float32s = weights[0] * closeness
        scores += weights[1] * logs
        for group, close, row in zip(groups, closeness, scores, strict=True):
            users, counts, since = self._had(group)
            row[users] = (
                weights[2] * close[users]
                + weights[3] * logs[users]
                + weights[4]
                + weights[5] * np.log(counts)
                + weights[6] * np.log1p(since)
            )
        return scores

    def features(self, group: Int32s, users: Int64s) -> Floats:
        """What the weights stand for, of some users (n,) and a group, shape (n, 7)."""
        who, counts, since = self._had(group)
        places = np.searchsorted(who, users)
        had = np.append(who, -1)[places] == users
        places = places[had]
        plain = np.stack(
            [self._closeness([group], self.user_factors[users])[0], self._log_items_had[users]],
            axis=1,
        )
        features = np.zeros((len(users), N_WEIGHTS))
        features[~had, :2] = plain[~had]
        features[had, 2:4] = plain[had]
        features[had, 4] = 1
        features[had, 5] = np.log(counts[places])
        features[had, 6] = np.log1p(since[places])
        return features

    def save(self, folder: Path) -> None:
        """Write the arrays."""
        save_arrays(folder, **{name: getattr(self, name) for name in _ARRAYS})
        if self.attributes is not None:
            self.attributes.save(folder)

    @property
    def description(self) -> dict[str, Any]:
        """Whether there are attributes to load."""
        return {"attributes": self.attributes is not None}

    @classmethod
    def load(
        cls,
        folder: Path,
        description: dict[str, Any],
        items: Vocabulary,
        event_type_names: tuple[str, ...],
    ) -> Self:
        """Read what `save` wrote, memory-mapped."""
        arrays: Any = {name: map_array(folder, name) for name in _ARRAYS}
        attributes = ItemAttributes.load(folder) if description["attributes"] else None
        return cls(items, event_type_names, **arrays, attributes=attributes)

    def _closeness(self, groups: Sequence[Int32s], user_factors: Float32s) -> Float32s:
        """log(c + .1) of users with these factors (n, dim), shape (len(groups), n)."""
        factors = np.empty((len(groups), self.item_factors.shape[1]), np.float32)
        for group, row in zip(groups, factors, strict=True):
            share = max(float(self.item_shares[group].sum()), 1 / max(self.n_users, 1))
            row[:] = self.item_factors[group].sum(axis=0) / np.float32(share)
        close: Float32s = factors @ user_factors.T
        np.maximum(close, 0, out=close)
        close += np.float32(_LEAST_CLOSENESS)
        np.log(close, out=close)
        return close

    @cached_property
    def _log_items_had(self) -> Float32s:
        return np.log1p(self.items_had)

    def _had(self, group: Int32s) -> tuple[npt.NDArray[np.int64], Floats, Floats]:
        """The users who had an item of the group, how often, and what came since the last."""
        spans = [slice(int(self.offsets[i]), int(self.offsets[i + 1])) for i in group.tolist()]
        rows = [self.had_users[span] for span in spans]
        users, places = np.unique(np.concatenate([self.had_users[:0], *rows]), return_inverse=True)
        counts = np.concatenate([self.had_counts[:0], *(self.had_counts[s] for s in spans)])
        since = np.full(len(users), np.inf)
        np.minimum.at(
            since,
            places,
            np.concatenate([self.had_since[:0], *(self.had_since[s] for s in spans)]),
        )
        times = np.asarray(np.bincount(places, counts, len(users)), np.float64)
        return users.astype(np.int64), times, since


def segments(model: AffinityModel, items: Int32s, k: int) -> Iterator[Indices]:
    """The `k` users of the highest affinity to each item, best first; in bounded memory."""
    n = max(1, _BLOCK_BYTES // (4 * max(model.n_users, 1)))
    for start in range(0, len(items), n):
        for scores in model.score_users(items[start : start + n]):
            yield top_k(scores, k)
