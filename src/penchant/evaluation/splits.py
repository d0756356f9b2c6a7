"""Splits of a training set into what is learnt from, what is asked and what must be found.

A split cuts a user's rows, oldest first, at one place: rows before the cut are input, rows from
it on are compared with the answers. `ceil(share * n)` rows are compared, at least one, and at
least one is input; a user with one row is never a test user. Rows of one user with one timestamp
have no order, so a cut between them lets the answer leak into the question (a basket cut in two);
`tie_share` says for how many queries this is so, and `together=True` moves such cuts. A query's
context is that of the first row compared: what is known of the moment of asking.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from penchant.data.queries import Query
from penchant.data.training_set import Bools, Float32s, Int32s, Int64s, TrainingSet
from penchant.evaluation.held_users import held_users

Floats = npt.NDArray[np.float64]

TEST_SHARE = 0.1
MOST_TEST_USERS = 10_000  # a mean over so many has a standard error below .005


@dataclass(frozen=True)
class Split:
    """What to learn from and what to ask; queries stand in the order of user indices.

    Attributes:
        train: Rows to learn from, with the vocabularies of the whole.
        queries: One per test user, with the rows before the cut as history.
        relevant: Distinct item indices per query, those from the cut on.
        compared: Rows (user, item, time, ...) from which `relevant` was made.
        tie_share: Share of queries whose cut lies between rows of one timestamp.
        gains: How much each of `relevant` counts, float64 like it; None: all alike.
        rewards: Of each item (n_items,), the objective's column; None where there is none.
    """

    train: TrainingSet
    queries: list[Query]
    relevant: list[Int32s]
    compared: TrainingSet
    tie_share: float
    gains: list[Floats] | None = None
    rewards: Float32s | None = None

    @property
    def n_items(self) -> int:
        """Size of the catalogue."""
        return self.train.n_items

    def summary(self) -> dict[str, float]:
        """The split in numbers, to be shown beside metrics; JSON values."""
        return {
            "trainingInteractions": self.train.n_rows,
            "testUsers": len(self.queries),
            "inputInteractions": sum(len(query.history) for query in self.queries),
            "comparedInteractions": self.compared.n_rows,
            "tieShare": round(self.tie_share, 4),
        }

    def test_rows(self) -> Mapping[str, npt.NDArray[Any]]:
        """Every row of the test for download: arrays `users`, `items`, `timestamps`, `compared`.

        Indices are those of the vocabularies; `compared` is false for rows of model input.
        """
        inputs = [query.history for query in self.queries]
        users = [np.full(len(q.history), q.user_index, np.int32) for q in self.queries]
        n_inputs = sum(map(len, inputs))
        return {
            "users": np.concatenate([*users, self.compared.user_indices]),
            "items": np.concatenate([*(h.items for h in inputs), self.compared.item_indices]),
            "timestamps": np.concatenate(
                [*(h.timestamps for h in inputs), self.compared.timestamps]
            ),
            "compared": np.arange(n_inputs + self.compared.n_rows) >= n_inputs,
        }


def service_split(
    training_set: TrainingSet,
    seed: int,
    *,
    share: float = TEST_SHARE,
    most_users: int = MOST_TEST_USERS,
    together: bool = True,
) -> Split:
    """Learn from 90 % of the users; of the other 10 %, compare the newest 10 % of rows.

    This is the service's split. Test users are `held_users` among those with two rows or more:
    `ceil(share * n_users_with_rows)` of them, `most_users` at most.

    Args:
        training_set: All rows.
        seed: Chooses the test users.
        share: Both the share of users that are tested and of their rows that are compared.
        most_users: Test no more users than these; the others are learnt from.
        together: Move a cut that parts rows of one timestamp, so that all of them are compared,
            or (where no input would remain) so that none of them is.

    Raises:
        ValueError: No user has two rows, or no user is left to learn from.
    """
    offsets = training_set.offsets()
    counts = np.diff(offsets)
    test = _test_users(training_set, counts, seed, share, most_users)
    cuts = offsets[test + 1] - _n_compared(counts[test], share)
    if together:
        cuts = _untied(training_set, offsets[test], cuts, offsets[test + 1])
    held = np.zeros(training_set.n_users, np.bool_)
    held[test] = True
    keep = ~held[training_set.user_indices]
    if not keep.any():
        raise ValueError(
            f"all {len(test)} users with interactions are test users: import more users"
        )
    return _split(training_set, keep, test, cuts)


def last_fraction(training_set: TrainingSet, share: float = TEST_SHARE) -> Split:
    """Compare the newest `share` of every user's rows (rounded up), learn from the others.

    Raises:
        ValueError: No user has two rows.
    """
    offsets = training_set.offsets()
    counts = np.diff(offsets)
    test = _testable(counts)
    cuts = offsets[test + 1] - _n_compared(counts[test], share)
    return _split(training_set, _before(training_set, test, cuts), test, cuts)


def aws_notebook_split(training_set: TrainingSet) -> Split:
    """The split of AWS's temporal hold-out notebook: rows whose rank / n exceeds 0.9 are held out.

    Users with one row are held out whole there; here they are left to training.

    Raises:
        ValueError: No user has two rows.
    """
    offsets = training_set.offsets()
    counts = np.diff(offsets)
    test = _testable(counts)
    users = training_set.user_indices
    rank = np.arange(training_set.n_rows) - offsets[users] + 1
    input_rows = np.bincount(users[rank / counts[users] <= 1 - TEST_SHARE], minlength=len(counts))
    cuts = offsets[test] + np.maximum(input_rows[test], 1)
    return _split(training_set, _before(training_set, test, cuts), test, cuts)


def leave_one_out(training_set: TrainingSet) -> Split:
    """Compare the last row of every user, learn from all before it.

    Raises:
        ValueError: No user has two rows.
    """
    offsets = training_set.offsets()
    test = _testable(np.diff(offsets))
    cuts = offsets[test + 1] - 1
    return _split(training_set, _before(training_set, test, cuts), test, cuts)


def temporal(training_set: TrainingSet, quantile: float = 1 - TEST_SHARE) -> Split:
    """Learn from the rows up to one moment, compare those after it.

    The moment is the `quantile` of all timestamps; users with rows on both sides are asked at
    that moment. Rows of one timestamp are never parted.

    Raises:
        ValueError: No user has rows on both sides.
    """
    moment = np.quantile(training_set.timestamps, quantile)
    before = training_set.timestamps <= moment
    offsets = training_set.offsets()
    n_before = np.bincount(training_set.user_indices[before], minlength=training_set.n_users)
    test = np.flatnonzero((n_before > 0) & (n_before < np.diff(offsets)))
    if len(test) == 0:
        raise ValueError(
            f"no user has interactions on both sides of the {quantile} quantile of time:"
            " choose another quantile or split"
        )
    cuts = offsets[test] + n_before[test]
    return _split(training_set, before, test, cuts, timestamp=math.ceil(moment))


def _testable(counts: Int64s) -> Int64s:
    test = np.flatnonzero(counts >= 2)
    if len(test) == 0:
        raise ValueError(
            f"none of {len(counts)} users has 2 interactions: import more interactions"
        )
    return test


def _test_users(
    training_set: TrainingSet, counts: Int64s, seed: int, share: float, most: int
) -> Int64s:
    testable = _testable(counts)
    wanted = min(most, math.ceil(round(share * np.count_nonzero(counts), 6)))
    ids = [training_set.users.ids[user] for user in testable]
    return testable[held_users(ids, wanted, seed)]


def _n_compared(counts: Int64s, share: float) -> Int64s:
    """Rows to compare of `counts` rows each: rounded up, within [1, counts - 1]."""
    wanted = np.ceil(np.round(share * counts, 6)).astype(np.int64)
    return np.clip(wanted, 1, counts - 1)


def _untied(training_set: TrainingSet, starts: Int64s, cuts: Int64s, stops: Int64s) -> Int64s:
    times = training_set.timestamps
    moved = cuts.copy()
    for place in np.flatnonzero(times[cuts] == times[cuts - 1]):
        rows = times[starts[place] : stops[place]]
        earlier = int(np.searchsorted(rows, times[cuts[place]], "left"))
        later = int(np.searchsorted(rows, times[cuts[place]], "right"))
        if earlier > 0:
            moved[place] = starts[place] + earlier
        elif later < len(rows):
            moved[place] = starts[place] + later
    return moved


def _before(training_set: TrainingSet, test: Int64s, cuts: Int64s) -> Bools:
    """Rows before their user's cut (n_rows,); users that are not tested keep all theirs."""
    stops = np.full(training_set.n_users, training_set.n_rows, np.int64)
    stops[test] = cuts
    return np.asarray(np.arange(training_set.n_rows) < stops[training_set.user_indices])


def _split(
    training_set: TrainingSet, keep: Bools, test: Int64s, cuts: Int64s, timestamp: int = 0
) -> Split:
    offsets = training_set.offsets()
    starts, stops = offsets[test], offsets[test + 1]
    queries = [
        Query(
            training_set.history(start, cut),
            user_index=user,
            timestamp=timestamp,
            context=training_set.contexts.row(cut),
        )
        for user, start, cut in zip(test.tolist(), starts.tolist(), cuts.tolist(), strict=True)
    ]
    spans = list(zip(cuts.tolist(), stops.tolist(), strict=True))
    relevant = [np.unique(training_set.item_indices[cut:stop]) for cut, stop in spans]
    tested = np.zeros(training_set.n_users, np.bool_)
    tested[test] = True
    compared = tested[training_set.user_indices] & ~_before(training_set, test, cuts)
    times = training_set.timestamps
    return Split(
        train=training_set.subset(keep),
        queries=queries,
        relevant=relevant,
        compared=training_set.subset(compared),
        tie_share=float(np.mean(times[cuts] == times[cuts - 1])),
        gains=_gains(training_set, spans, relevant),
        rewards=_rewards(training_set),
    )


def _gains(
    training_set: TrainingSet, spans: Sequence[tuple[int, int]], relevant: Sequence[Int32s]
) -> list[Floats] | None:
    """The greatest weight among the compared rows of each relevant item."""
    if training_set.weights is None:
        return None
    gains = []
    for (cut, stop), items in zip(spans, relevant, strict=True):
        of_items = np.zeros(len(items))
        places = np.searchsorted(items, training_set.item_indices[cut:stop])
        np.maximum.at(of_items, places, training_set.weights[cut:stop])
        gains.append(of_items)
    return gains


def _rewards(training_set: TrainingSet) -> Float32s | None:
    if training_set.objective is None:
        return None
    return training_set.item_features.numbers[training_set.objective.column]
