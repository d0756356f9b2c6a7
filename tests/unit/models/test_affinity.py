import numpy as np
import pytest

from penchant.data.vocabulary import Vocabulary
from penchant.models.affinity import AffinityModel, segments

WEIGHTS = np.array([1.0, 0.5, 2.0, 0.25, -3.0, 0.75, -0.5], np.float32)


@pytest.fixture
def model():
    """Three users, two items; user 1 had item 0 twice, 4 rows ago, user 2 both, item 1 last."""
    return AffinityModel(
        items=Vocabulary("ab"),
        event_type_names=(),
        user_factors=np.array([[0.2, 0], [0.4, 0.1], [-1, 0.3]], np.float32),
        item_factors=np.array([[1, 0], [0, 1]], np.float32),
        items_had=np.array([5, 1, 2], np.float32),
        item_shares=np.array([2 / 3, 1 / 3], np.float32),
        offsets=np.array([0, 2, 3]),
        had_users=np.array([1, 2, 2], np.int32),
        had_counts=np.array([2, 1, 1], np.float32),
        had_since=np.array([4, 1, 0], np.float32),
        weights=WEIGHTS,
    )


def group(*items):
    return np.array(items, np.int32)


def test_the_affinity_is_the_weighted_sum_of_the_documented_features(model):
    log = np.log
    by_hand = [
        1.0 * log(0.2 / (2 / 3) + 0.1) + 0.5 * log(1 + 5),
        2.0 * log(0.4 / (2 / 3) + 0.1) + 0.25 * log(1 + 1) - 3 + 0.75 * log(2) - 0.5 * log(1 + 4),
        2.0 * log(0 + 0.1) + 0.25 * log(1 + 2) - 3 + 0.75 * log(1) - 0.5 * log(1 + 1),
    ]
    assert model.score_users(group(0))[0] == pytest.approx(by_hand, rel=1e-5)


def test_a_group_counts_every_item_of_it_and_the_latest(model):
    features = model.features(group(0, 1), np.arange(3))
    assert features[2, 4:] == pytest.approx([1, np.log(2), np.log(1)])
    assert features[1, 2] == pytest.approx(np.log((0.4 + 0.1) / 1 + 0.1))


def test_scores_are_features_times_weights(model):
    for items in (group(0), group(1), group(0, 1)):
        scores = model.score_users_for_group(items)
        for users in (np.arange(3), np.array([2, 0, 2])):
            by_features = model.features(items, users) @ WEIGHTS
            assert scores[users] == pytest.approx(by_features, rel=1e-5)


def test_segments_are_the_best_users_best_first(model):
    scores = model.score_users(group(0, 1))
    found = [best.tolist() for best in segments(model, group(0, 1), 2)]
    assert found == [np.argsort(-row)[:2].tolist() for row in scores]
    assert [len(best) for best in segments(model, group(0), 10)] == [3]


def test_segments_are_made_in_bounded_blocks(model, monkeypatch):
    monkeypatch.setattr("penchant.models.affinity._BLOCK_BYTES", 12)
    whole = [best.tolist() for best in segments(model, group(0, 1, 0), 3)]
    assert [model.score_users(group(i))[0].argsort()[::-1].tolist() for i in (0, 1, 0)] == whole


def test_several_groups_at_once_are_as_each_alone(model):
    groups = [group(0), group(0, 1), group(1)]
    alone = np.stack([model.score_users_for_group(one) for one in groups])
    assert model.score_users_for_groups(groups) == pytest.approx(alone, rel=1e-6)
    assert model.score_users_for_groups([]).shape == (0, 3)
