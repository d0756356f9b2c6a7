"""Lists for a report: two recipes that find much, a baseline that finds little."""

import numpy as np

from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.evaluation.report import Contestant, report_of
from penchant.evaluation.splits import leave_one_out

N_USERS, N_ITEMS = 40, 30


def split_of():
    """The last rows of 40 users who like few of 30 items."""
    numbers = np.random.default_rng(0)
    lengths = numbers.integers(2, 12, N_USERS)
    users = np.repeat(np.arange(N_USERS, dtype=np.int32), lengths)
    items = np.minimum(numbers.zipf(1.6, len(users)) - 1, N_ITEMS - 2).astype(np.int32)
    return leave_one_out(
        TrainingSet(
            Vocabulary(f"u{n}" for n in range(N_USERS)),
            Vocabulary(f"i{n}" for n in range(N_ITEMS)),
            users,
            items,
            np.arange(len(users), dtype=np.int64),
            np.full(len(users), -1, np.int16),
            np.full(len(users), np.nan, np.float32),
        )
    )


def lists(split, hit_rank, seed=0):
    """Random lists, the relevant item standing at `hit_rank` (from 1) of every other user's."""
    numbers = np.random.default_rng(seed)
    ranked = np.array([numbers.permutation(N_ITEMS)[:25] for _ in split.queries], np.int32)
    for user in range(0, len(ranked), 2):
        wanted = split.relevant[user][0]
        others = [item for item in ranked[user] if item != wanted]
        ranked[user] = [*others[: hit_rank - 1], wanted, *others[hit_rank - 1 :]][:25]
    return ranked


def report():
    """Everything found about them."""
    split = split_of()
    good, bad = lists(split, 1), lists(split, 24)
    contestants = [
        Contestant("<good>", False, {"kept": [good, lists(split, 2, seed=1)]}, fit_s=1.5),
        Contestant("also good", False, {"kept": [good]}, fit_s=2.0),
        Contestant("bad", True, {"kept": [bad]}),
    ]
    return report_of(contestants, split, seed=0)
