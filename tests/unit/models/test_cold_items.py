"""Cold items are those few have met for a short time; they come before all others."""

import numpy as np
import pytest

from penchant.data.queries import Query
from penchant.data.training_set import NO_TIME, TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.models.cold_items import BEHIND, ColdItemsModel, ColdRule
from penchant.recipes.contract import silent
from penchant.recipes.hrnn import Hrnn

pytestmark = pytest.mark.usefixtures("one_thread")

DAY_S = 86_400


def interactions(created_at=None):
    """Item 0 old and popular, item 1 old, item 2 young and popular, item 3 young, item 4 unmet."""
    items = np.array([0, 0, 0, 1, 2, 2, 2, 3], np.int32)
    days = np.array([0, 1, 2, 0, 9, 9, 10, 10])
    n = len(items)
    return TrainingSet(
        users=Vocabulary(["u"]),
        items=Vocabulary(f"i{i}" for i in range(5)),
        user_indices=np.zeros(n, np.int32),
        item_indices=items,
        timestamps=days * DAY_S,
        event_types=np.full(n, -1, np.int16),
        event_values=np.full(n, np.nan, np.float32),
        item_created_at=created_at,
    )


def test_young_items_with_few_interactions_are_cold_and_those_without_any():
    assert ColdRule(2, 5.0).cold(interactions()).tolist() == [False, False, False, True, True]
    assert ColdRule(3, 5.0).cold(interactions()).tolist() == [False, False, True, True, True]
    assert ColdRule(2, 10.0).cold(interactions()).tolist() == [False, True, False, True, True]


def test_an_items_creation_counts_more_than_its_first_interaction():
    created_at = np.array([NO_TIME, 9 * DAY_S, NO_TIME, 0, 0])
    cold = ColdRule(2, 5.0).cold(interactions(created_at))
    assert cold.tolist() == [False, True, False, False, False]


def test_ages_may_run_up_to_now():
    rule = ColdRule(15, 5.0, from_now=True)
    assert rule.cold(interactions(), lambda: 14.5 * DAY_S).tolist() == [False] * 3 + [True] * 2
    assert rule.cold(interactions(), lambda: 99.0 * DAY_S).tolist() == [False] * 4 + [True]


def test_a_catalogue_without_cold_items_is_refused_with_the_way_out():
    old = np.zeros(5, np.int64)
    with pytest.raises(ValueError, match=r"none of 5 items is cold: .*max_duration=5 days old; ra"):
        ColdRule().cold(interactions(old))


def test_cold_items_are_ranked_as_before_and_the_others_behind_them():
    recipe = Hrnn(hidden_dimension=32, epochs=1, max_user_history_length_percentile=1.0)
    inner = recipe.fit(interactions(), seed=0, progress=silent)
    cold = np.array([False, False, True, False, True])
    model = ColdItemsModel(inner, cold, ColdRule())
    query = Query(interactions().history(0, 3), 0)
    before, after = inner.score([query])[0], model.score([query])[0]
    assert np.array_equal(after[cold], before[cold])
    np.testing.assert_allclose(after[~cold], before[~cold] - BEHIND, rtol=1e-6)
    assert set(np.argsort(-after)[:2].tolist()) == {2, 4}
