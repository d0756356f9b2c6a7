"""Training sets in which the right answer is planted, and how often models find it."""

from dataclasses import replace
from itertools import pairwise

import numpy as np

from penchant.data.queries import Query
from penchant.data.training_set import Categories, TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.evaluation.per_user import per_user
from penchant.evaluation.ranking import rank
from penchant.recipes.contract import silent

START = 1_600_000_000
N_GROUPS, GROUP_SIZE = 20, 15


def interactions(items, *, n_items, pauses_s=None, times=None, **columns):
    """A training set of `items` (n_users, length), an item a minute.

    Args:
        items: Of every user, oldest first.
        n_items: Size of the catalogue.
        pauses_s: Seconds before each event, in place of a minute.
        times: When each event was, in place of pauses.
        columns: Further columns of the training set.
    """
    n_users, length = items.shape
    rows = n_users * length
    if times is None:
        pauses_s = np.full(items.shape, 60) if pauses_s is None else pauses_s
        times = START + np.cumsum(pauses_s, axis=1)
    blank = {
        "event_types": np.full(rows, -1, np.int16),
        "event_values": np.full(rows, np.nan, np.float32),
    }
    return TrainingSet(
        users=Vocabulary(f"u{i}" for i in range(n_users)),
        items=Vocabulary(f"i{i}" for i in range(n_items)),
        user_indices=np.repeat(np.arange(n_users, dtype=np.int32), length),
        item_indices=items.ravel().astype(np.int32),
        timestamps=times.ravel().astype(np.int64),
        **(blank | columns),
    )


def categories(codes):
    """A column with one category per row."""
    values = Vocabulary(str(value) for value in range(int(codes.max()) + 1))
    return Categories(values, np.arange(len(codes) + 1), codes.astype(np.int32))


def groups(n_users=600, n_rows=12):
    """Every user takes nine tenths of the items from one group, the rest from anywhere."""
    rng = np.random.default_rng(11)
    n_items, shape = N_GROUPS * GROUP_SIZE, (n_users, n_rows)
    group = rng.integers(0, N_GROUPS, (n_users, 1))
    inside = group * GROUP_SIZE + rng.integers(0, GROUP_SIZE, shape)
    anywhere = rng.integers(0, n_items, shape)
    items = np.where(rng.random(shape) < 0.9, inside, anywhere)
    return interactions(items, n_items=n_items, times=np.arange(n_users * n_rows))


def two_tastes(seed, n_users):
    """Items of 36 (n_users, 12), all even or all odd; and which of it, 0 or 1, (n_users,)."""
    rng = np.random.default_rng(seed)
    tastes = rng.integers(0, 2, n_users)
    return rng.integers(0, 18, (n_users, 12)) * 2 + tastes[:, None], tastes


def tastes_found(scores):
    """Which taste the scores of items (n, n_items) are of; the items are even and odd in turn."""
    return np.where(scores[:, 0::2].mean(axis=1) > scores[:, 1::2].mean(axis=1), 0, 1)


def deciding_events(column, n_users):
    """After every event of kind k comes the item 2 + k, then item 0 or 1 by chance.

    Returns:
        The items (n_users, 16), and the column that tells the kinds, as `interactions` takes it.
    """
    rng = np.random.default_rng(2)
    kinds = rng.integers(0, 2, (n_users, 16))
    items = rng.integers(0, 2, (n_users, 16))
    items[:, 1::2] = 2 + kinds[:, 0::2]
    told = {
        "pauses": {"pauses_s": np.where(kinds, 86_400, 30)},
        "event_types": {
            "event_types": kinds.ravel().astype(np.int16),
            "event_type_names": ("view", "buy"),
        },
        "event_values": {"event_values": kinds.ravel().astype(np.float32)},
    }
    return items, told[column]


def turn_of_taste(n_users):
    """The first half of the users came long before the others and took other items of 20."""
    rng = np.random.default_rng(5)
    late = np.arange(n_users) >= n_users // 2
    items = rng.integers(0, 10, (n_users, 8)) + 10 * late[:, None]
    pauses_s = np.full(items.shape, 60)
    pauses_s[:, 0] = np.arange(n_users) * 86_400
    return interactions(items, n_items=20, pauses_s=pauses_s)


def coming_back(n_users, *, returning):
    """Users who take five items of 40 again and again, or sixteen and none of them twice."""
    rng = np.random.default_rng(6)
    own = np.argsort(rng.random((n_users, 40)), axis=1)
    again = rng.integers(0, 5, (n_users, 16))
    items = np.take_along_axis(own, again, 1) if returning else own[:, :16]
    return interactions(items, n_items=40)


def gain_of_what_was_had(model, data, n_users=30):
    """By how much the items of a user's history score above the others."""
    asked = asked_of(data, by_name=False)[:n_users]
    scores = model.score(asked)
    had = np.zeros(scores.shape, np.bool_)
    for row, query in zip(had, asked, strict=True):
        row[query.history.items] = True
    return scores[had].mean() - scores[~had].mean()


def shuffled(data, seed):
    """The same rows with the items dealt out anew."""
    dealt = np.random.default_rng(seed).permutation(data.item_indices)
    return replace(data, item_indices=dealt)


def asked_of(data, *, by_name=True, **more):
    """Every user's whole history as a query, of the user by name or of somebody unknown."""
    spans = pairwise(data.offsets().tolist())
    return [
        Query(data.history(*span), user if by_name else -1, **more)
        for user, span in enumerate(spans)
    ]


def hits_of_next(data, recipe):
    """Share of users whose last item is scored best after all before it."""
    is_last = np.isin(np.arange(data.n_rows), data.offsets()[1:] - 1)
    known = data.subset(~is_last)
    model = recipe.fit(known, seed=0, progress=silent)
    best = model.score(asked_of(known)).argmax(axis=1)
    return float((best == data.item_indices[is_last]).mean())


def measured(model, split, *, remove_seen=True):
    """MRR@25, precision and NDCG at 10 on the rows of a split."""
    values = per_user(rank(model, split.queries, 25, remove_seen=remove_seen), split.relevant)
    names = {
        "mrr": "mean_reciprocal_rank_at_25",
        "p10": "precision_at_10",
        "ndcg": "normalized_discounted_cumulative_gain_at_10",
    }
    return {name: float(values[key].mean()) for name, key in names.items()}
