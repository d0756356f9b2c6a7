import json
from dataclasses import replace

import numpy as np
import pytest

from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.domain.arns import public
from penchant.domain.recipes import RECIPES
from penchant.evaluation.leaderboard import asked_of, asking_for_related, leaderboard
from penchant.evaluation.splits import leave_one_out


def split():
    """Two users: the first comes back to item 0, the second goes on to item 2."""
    return leave_one_out(
        TrainingSet(
            users=Vocabulary(["u", "v"]),
            items=Vocabulary(["a", "b", "c"]),
            user_indices=np.array([0, 0, 0, 1, 1], np.int32),
            item_indices=np.array([1, 0, 0, 0, 2], np.int32),
            timestamps=np.arange(5, dtype=np.int64),
            event_types=np.full(5, -1, np.int16),
            event_values=np.full(5, np.nan, np.float32),
        )
    )


class Always:
    def __init__(self, scores):
        self.scores = np.array(scores, np.float32)

    def score(self, queries):
        return np.tile(self.scores, (len(queries), 1))


def test_every_scorer_is_judged_with_seen_items_kept_and_removed():
    rows = leaderboard({"down": Always([3, 2, 1]), "up": Always([1, 2, 3])}, split())
    assert [(row["name"], row["seen"]) for row in rows] == [
        ("down", "kept"),
        ("down", "removed"),
        ("up", "kept"),
        ("up", "removed"),
    ]
    assert [row["service"]["mean_reciprocal_rank_at_25"] for row in rows] == [
        0.6667,  # ranks 1 and 3
        0.25,  # the first user's item is gone; the second's stands behind b
        0.6667,  # ranks 3 and 1
        0.5,
    ]


def test_rows_carry_both_kinds_of_metrics_as_json():
    row = json.loads(json.dumps(leaderboard({"a": Always([3, 2, 1])}, split())))[0]
    assert row["service"]["precision_at_5"] == 0.2
    assert row["standard"]["hit_rate_at_5"] == 1.0
    assert row["service"]["coverage"] == 1.0


def test_related_items_are_asked_for_the_newest_item():
    queries = asking_for_related(split()).queries
    assert [query.item_index for query in queries] == [0, 0]
    assert [query.user_index for query in queries] == [0, 1]


@pytest.mark.parametrize(
    ("recipe", "asked_for_items"), [("aws-sims", True), ("aws-user-personalization", False)]
)
def test_a_recipe_is_asked_as_its_type_is_used(recipe, asked_for_items):
    queries = asked_of(RECIPES[public("recipe", recipe)], split()).queries
    assert all((query.item_index >= 0) == asked_for_items for query in queries)


def test_weighed_events_and_objectives_have_metrics_of_their_own():
    down = {"down": Always([3, 2, 1])}
    plain = leaderboard(down, split())[0]["service"]
    assert not any("weights" in name or "rewards" in name for name in plain)
    weighed = leaderboard(down, replace(split(), gains=[np.array([1.0]), np.array([3.0])]))
    key = "normalized_discounted_cumulative_gain_with_event_weights_at_5"
    assert weighed[0]["service"][key] == 0.75  # ranks 1 and 3
    raised = leaderboard(down, replace(split(), rewards=np.array([1, 1, 1], np.float32)))
    assert raised[0]["service"]["average_rewards_at_k"] == 1.0
