"""SIMS: item-based collaborative filtering from users in common (`aws-sims`).

With c_ij the number of users who interacted with both items and n_i the number of users of item
i, the similarity of neighbour j to item i is

    s_ij = c_ij / (n_i^(1 - d) * n_j^d),    d = popularity_discount_factor.

d = 0 ranks neighbours by the share of i's users who know j, so popular ones come first; d = 1 by
the share of j's users who know i, so popularity counts for nothing; the default d = 0.5 is the
cosine. For one item the order is that of the conditional-probability similarity of Deshpande and
Karypis (Item-Based Top-N Recommendation Algorithms, 2004) with alpha = d; n_i^(1 - d) makes the
similarities of different items comparable, which a history's sum needs.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from scipy import sparse

from penchant.data.training_set import Bools, Float32s, Int32s, TrainingSet
from penchant.domain.parameters import read_all
from penchant.models.contract import Fitted
from penchant.models.sims import SimsModel
from penchant.recipes.contract import Progress, Step
from penchant.recipes.neighbours import MOST_NEIGHBOURS, strongest
from penchant.recipes.percentiles import within_percentiles
from penchant.recipes.popularity import require_interactions, unique_users

_BLOCK_PAIRS: Final = 20_000_000  # item pairs counted at a time, 8 bytes each


@dataclass(frozen=True)
class Sims:
    """`aws-sims` and its hyper-parameters.

    Attributes:
        popularity_discount_factor: d above, 0 to 1.
        min_cointeraction_count: Pairs with fewer users in common are no neighbours.
        min_user_history_length_percentile: Users with fewer interactions than this quantile of
            all users' numbers of interactions are left out; `max_...`: with more.
        min_item_interaction_count_percentile: The same of items, counted over the users left;
            items left out have no neighbours and are none.
    """

    popularity_discount_factor: float = 0.5
    min_cointeraction_count: int = 3
    min_user_history_length_percentile: float = 0.005
    max_user_history_length_percentile: float = 0.995
    min_item_interaction_count_percentile: float = 0.01
    max_item_interaction_count_percentile: float = 0.9

    @classmethod
    def from_parameters(
        cls, hyper_parameters: Mapping[str, str], feature_parameters: Mapping[str, str]
    ) -> Self:
        """Read the service's words; see `Recipe.from_parameters`."""
        return cls(**read_all("aws-sims", hyper_parameters, feature_parameters))

    def fit(
        self,
        training_set: TrainingSet,
        *,
        seed: int,  # noqa: ARG002  # counting needs no randomness
        progress: Progress,
        start: Fitted | None = None,  # noqa: ARG002  # counting anew is as fast
    ) -> SimsModel:
        """Count pairs and keep the best 500 neighbours of every item.

        Time O(sum over users of their distinct items squared); memory O(n_rows) and about
        300 MB for a block of pairs, if no single item has more.

        Raises:
            ValueError: There are no interactions.
        """
        require_interactions(training_set)
        users = self._users_kept(training_set)
        items = self._items_kept(training_set, users)
        baskets = _baskets(training_set, users, items)
        neighbours, similarities = [], []
        sizes = np.zeros(training_set.n_items, np.int64)
        for row, best, values in self._rows(baskets, progress):
            sizes[row] = len(best)
            neighbours.append(best)
            similarities.append(values)
        return SimsModel(
            items=training_set.items,
            event_type_names=training_set.event_type_names,
            offsets=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
            neighbours=np.concatenate([np.empty(0, np.int32), *neighbours]),
            similarities=np.concatenate([np.empty(0, np.float32), *similarities]),
            popularity=unique_users(training_set).astype(np.float32),
        )

    def _users_kept(self, training_set: TrainingSet) -> Bools:
        counts = np.bincount(training_set.user_indices, minlength=training_set.n_users)
        return within_percentiles(
            counts,
            self.min_user_history_length_percentile,
            self.max_user_history_length_percentile,
        )

    def _items_kept(self, training_set: TrainingSet, users: Bools) -> Bools:
        rows = users[training_set.user_indices]
        counts = np.bincount(training_set.item_indices[rows], minlength=training_set.n_items)
        return within_percentiles(
            counts,
            self.min_item_interaction_count_percentile,
            self.max_item_interaction_count_percentile,
        )

    def _rows(
        self, baskets: "sparse.csr_array[Any]", progress: Progress
    ) -> Iterator[tuple[int, Int32s, Float32s]]:
        """Every item with its neighbours, best first, and their similarities."""
        n_users = np.asarray(baskets.sum(axis=0), np.float64)
        n_users[n_users == 0] = 1.0
        discount = n_users**self.popularity_discount_factor
        own = n_users ** (1.0 - self.popularity_discount_factor)
        by_item = baskets.T.tocsr()
        for start, stop in _blocks(baskets, by_item):
            pairs = by_item[start:stop] @ baskets
            for place in range(stop - start):
                row = slice(pairs.indptr[place], pairs.indptr[place + 1])
                item, others, counts = start + place, pairs.indices[row], pairs.data[row]
                enough = (counts >= self.min_cointeraction_count) & (others != item)
                others, counts = others[enough], counts[enough]
                similarities = counts / (own[item] * discount[others])
                best = strongest(others, similarities.astype(np.float32), MOST_NEIGHBOURS)
                yield item, *best
            progress(Step("counting pairs", stop / by_item.shape[0]))


def _baskets(training_set: TrainingSet, users: Bools, items: Bools) -> "sparse.csr_array[Any]":
    """1 where a user interacted with an item, (n_users, n_items), of those that are kept."""
    kept = training_set.subset(users[training_set.user_indices] & items[training_set.item_indices])
    shape = (training_set.n_users, training_set.n_items)
    ones = np.ones(kept.n_rows, np.float32)
    baskets = sparse.csr_array((ones, (kept.user_indices, kept.item_indices)), shape=shape)
    baskets.sum_duplicates()
    baskets.data[:] = 1.0
    return baskets


def _blocks(
    baskets: "sparse.csr_array[Any]", by_item: "sparse.csr_array[Any]"
) -> Iterator[tuple[int, int]]:
    """Ranges of items, each of which makes at most `_BLOCK_PAIRS` pairs (or is one item)."""
    basket_sizes = np.diff(baskets.indptr).astype(np.float32)
    n_items = by_item.shape[0]
    most = np.minimum(by_item.astype(np.bool_) @ basket_sizes, n_items)
    start, total = 0, 0.0
    for item, pairs in enumerate(most.tolist()):
        if total + pairs > _BLOCK_PAIRS and item > start:
            yield start, item
            start, total = item, 0.0
        total += pairs
    if n_items > start:
        yield start, n_items
