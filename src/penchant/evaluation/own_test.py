"""The user's own test rows as a split."""

from dataclasses import replace

import numpy as np

from penchant.data.queries import Query
from penchant.data.training_set import Bools, TrainingSet
from penchant.evaluation.splits import Split


def rows_after(whole: TrainingSet, train: TrainingSet) -> Bools:
    """Which rows of `whole` were appended to `train`, shape (n_rows,).

    Args:
        whole: Made of the training rows followed by others, exact repetitions left out.
        train: Made of the training rows alone.
    """
    inside: dict[tuple[str, int], int] = {}
    ids = train.users.ids
    for user, time in zip(train.user_indices.tolist(), train.timestamps.tolist(), strict=True):
        key = (ids[user], time)
        inside[key] = inside.get(key, 0) + 1
    # Rows of one user and time stand in order of arrival, those of `train` first.
    added = np.empty(whole.n_rows, np.bool_)
    ids = whole.users.ids
    rows = zip(whole.user_indices.tolist(), whole.timestamps.tolist(), strict=True)
    for row, (user, time) in enumerate(rows):
        key = (ids[user], time)
        left = inside.get(key, 0)
        added[row] = left == 0
        inside[key] = max(0, left - 1)
    return added


def own_test(whole: TrainingSet, compared: Bools) -> Split:
    """Compare the rows where `compared` (n_rows,) holds, learn from all others.

    Every user with a compared row is asked, with all the rows learned from as history, those
    without any as somebody unknown. The moment of asking is that of the first compared row, where
    it is later than the history.

    Raises:
        ValueError: No row is compared, or none is learned from.
    """
    if not compared.any():
        raise ValueError("no test row is left: take its rows out of the rows to learn from")
    if compared.all():
        raise ValueError("no row is left to learn from: the test holds them all; give it fewer")
    train, test = whole.subset(~compared), whole.subset(compared)
    starts, ends = train.offsets(), test.offsets()
    users = np.flatnonzero(np.diff(ends))
    queries, relevant, n_ties = [], [], 0
    for user in users.tolist():
        first = int(test.timestamps[ends[user]])
        history = train.history(int(starts[user]), int(starts[user + 1]))
        last = int(history.timestamps[-1]) if len(history) else first - 1
        n_ties += last == first
        known = Query(history, user_index=user)
        queries.append(replace(known, timestamp=first) if first > last else known)
        relevant.append(np.unique(test.item_indices[ends[user] : ends[user + 1]]))
    return Split(train, queries, relevant, test, n_ties / len(users))
