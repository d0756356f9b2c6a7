import numpy as np
import pytest

from penchant.data.queries import Query
from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.recipes.contract import silent
from penchant.recipes.popularity import Popularity, RecentPopularity, unique_users

DAY_S = 86_400


def interactions(rows, n_items=4):
    """Rows of (user, item, day)."""
    users, items, days = (np.array(column) for column in zip(*rows, strict=True))
    return TrainingSet(
        users=Vocabulary(f"u{i}" for i in range(users.max() + 1)),
        items=Vocabulary(f"i{i}" for i in range(n_items)),
        user_indices=users.astype(np.int32),
        item_indices=items.astype(np.int32),
        timestamps=days.astype(np.int64) * DAY_S,
        event_types=np.full(len(rows), -1, np.int16),
        event_values=np.full(len(rows), np.nan, np.float32),
    )


def order(model):
    return np.argsort(-model.score([Query()])[0], kind="stable").tolist()


def test_items_are_ranked_by_different_users_not_by_rows():
    data = interactions([(0, 0, 0), (0, 0, 1), (0, 0, 2), (0, 1, 3), (1, 1, 0)])
    assert unique_users(data).tolist() == [1, 2, 0, 0]
    assert order(Popularity().fit(data, seed=0, progress=silent)) == [1, 0, 2, 3]


def test_recent_interactions_outweigh_many_old_ones():
    data = interactions([(u, 0, 0) for u in range(9)] + [(9, 1, 60)])
    assert order(RecentPopularity().fit(data))[:2] == [1, 0]


def test_a_long_half_life_counts_like_plain_popularity():
    data = interactions([(u, 0, 0) for u in range(9)] + [(9, 1, 60)])
    assert order(RecentPopularity(half_life_days=1e6).fit(data))[:2] == [0, 1]


def test_an_interaction_weighs_half_after_the_half_life():
    almost_two = [(0, 0, 0), (1, 0, 0)]
    data = interactions([*almost_two, (2, 0, 6), (3, 1, 7), (4, 1, 7)])
    # 2 x 2^-1 + 2^(-1/7) = 1.906 of item 0 against 2 of item 1
    assert order(RecentPopularity(half_life_days=7).fit(data))[0] == 1
    data = interactions([*almost_two, (2, 0, 7), (3, 1, 7)])
    assert order(RecentPopularity(half_life_days=7).fit(data))[0] == 0


def test_items_too_old_to_weigh_keep_the_order_of_their_users():
    old = [(0, 1, 0), (1, 1, 0), (0, 2, 0)]
    assert order(RecentPopularity(half_life_days=1).fit(interactions([*old, (2, 3, 5000)]))) == [
        3,
        1,
        2,
        0,
    ]


def test_nothing_to_learn_from_is_refused():
    empty = interactions([(0, 0, 0)]).subset(np.array([False]))
    with pytest.raises(ValueError, match="no interactions to learn from: import some"):
        RecentPopularity().fit(empty)
