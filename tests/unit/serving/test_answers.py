from dataclasses import replace

import numpy as np
import pytest

from penchant.data.vocabulary import Vocabulary
from penchant.models.semantic import SemanticModel
from penchant.serving import answers
from penchant.serving.scoring import ScoredCatalogue
from penchant.serving.sight import Passing
from penchant.serving.stock import Rows

from .conftest import deployed


@pytest.fixture
def personal(house, small_artifact):
    config = {"itemExplorationConfig": {"explorationWeight": "0"}}
    return deployed(house.campaign("c", "aws-user-personalization", config), small_artifact)


@pytest.fixture
def ranker(house, small_artifact):
    return deployed(house.campaign("c", "aws-personalized-ranking"), small_artifact)


def known(deployment):
    return deployment.artifact.model.score([deployment.query("known", [], 0)])[0]


def scored(deployment):
    return ScoredCatalogue(known(deployment))


def letting(deployment, mask, **others):
    """What lets these of the catalogue through, and of other items those that are True."""
    rows = Rows(deployment.artifact.items, Vocabulary(others))
    nobody = lambda names: np.zeros(len(names), np.bool_)  # noqa: E731
    return Passing(rows, np.array([*mask, *others.values()]), nobody)


def softmax(*scores):
    powers = np.exp(scores)
    return (powers / powers.sum()).tolist()


def test_personal_items_are_sorted_with_their_share_of_the_whole_catalogue(personal):
    found = answers.personal(personal, scored(personal), 2, seed=1)
    shares = softmax(1, 0, 3, 2, -1)
    assert found == [
        {"itemId": "2", "score": pytest.approx(shares[2], abs=1e-7)},
        {"itemId": "3", "score": pytest.approx(shares[3], abs=1e-7)},
    ]


def test_scores_of_the_whole_catalogue_add_up_to_one_and_have_seven_decimals(personal):
    scores = [one["score"] for one in answers.personal(personal, scored(personal), 500, seed=1)]
    assert len(scores) == 5
    assert sum(scores) == pytest.approx(1, abs=1e-6)
    assert all(round(score, 7) == score for score in scores)


def test_no_items_wanted_gives_none(personal):
    assert answers.personal(personal, scored(personal), 0, seed=1) == []


def test_an_explored_item_keeps_the_score_of_its_relevance(house, small_artifact):
    config = {"itemExplorationConfig": {"explorationWeight": "1"}}
    made = deployed(house.campaign("c", "aws-user-personalization", config), small_artifact)
    shares = softmax(1, 0, 3, 2, -1)
    found = [answers.personal(made, scored(made), 3, seed=seed) for seed in range(50)]
    assert "4" in {one["itemId"] for answer in found for one in answer}
    for answer in found:
        for one in answer:
            assert one["score"] == pytest.approx(shares[int(one["itemId"])], abs=1e-7)


def test_a_ranking_scores_the_entries_among_themselves(ranker):
    shares = softmax(3, 1, 0)
    assert answers.ranking(ranker, known(ranker), ["1", "0", "2"]) == [
        {"itemId": "2", "score": pytest.approx(shares[0], abs=1e-7)},
        {"itemId": "0", "score": pytest.approx(shares[1], abs=1e-7)},
        {"itemId": "1", "score": pytest.approx(shares[2], abs=1e-7)},
    ]


def test_items_without_training_come_last_in_the_order_given_without_score(ranker):
    found = answers.ranking(ranker, known(ranker), ["zz", "4", "1", "aa", "2"])
    assert [one["itemId"] for one in found] == ["2", "1", "zz", "4", "aa"]
    assert ["score" in one for one in found] == [True, True, False, False, False]


def test_a_ranking_of_unknown_items_alone_keeps_their_order(ranker):
    found = answers.ranking(ranker, known(ranker), ["zz", "aa"])
    assert found == [{"itemId": "zz"}, {"itemId": "aa"}]


def test_an_item_given_twice_stands_twice(ranker):
    found = answers.ranking(ranker, known(ranker), ["1", "2", "2"])
    assert [one["itemId"] for one in found] == ["2", "2", "1"]
    assert sum(one["score"] for one in found) == pytest.approx(1, abs=1e-6)


def test_popular_items_have_no_scores(house, small_artifact):
    made = deployed(house.campaign("c", "aws-popularity-count"), small_artifact)
    assert answers.popular(made, 2) == [{"itemId": "0"}, {"itemId": "1"}]


def test_related_items_leave_the_item_itself_out(house, small_artifact):
    made = deployed(house.campaign("c", "aws-sims"), small_artifact)
    assert [one["itemId"] for one in answers.related(made, "0", 3)] == ["1", "2", "3"]
    assert [one["itemId"] for one in answers.related(made, "1", 3)] == ["2", "3", "0"]


def test_an_unknown_item_is_related_to_popular_items(house, small_artifact):
    made = deployed(house.campaign("c", "aws-sims"), small_artifact)
    assert answers.related(made, "zz", 2) == [{"itemId": "0"}, {"itemId": "1"}]


def meanings(small_artifact):
    """Item 0 is near 1, then 2, 3, 4; the further, the more popular and the newer."""
    angles = np.array([0, 0.1, 0.2, 0.3, 0.4], np.float32)
    model = SemanticModel(
        items=small_artifact.items,
        event_type_names=(),
        vectors=np.stack([np.cos(angles), np.sin(angles)], axis=1),
        popularity=np.array([0, 0, 0.1, 1, 0.2], np.float32),
        freshness=np.array([0, 0, 0, 0.5, 1], np.float32),
        prints=np.zeros(5, np.uint64),
    )
    return replace(small_artifact, model=model)


def near(house, artifact, **influence):
    config = {"rankingInfluence": influence}
    made = deployed(house.campaign("c", "aws-semantic-similarity", config), artifact)
    found = answers.related(made, "0", 3)
    assert all(one.keys() == {"itemId"} for one in found)
    return [one["itemId"] for one in found]


def test_popularity_and_freshness_have_the_influence_they_are_given(house, small_artifact):
    artifact = meanings(small_artifact)
    assert near(house, artifact) == ["1", "2", "3"]
    assert near(house, artifact, POPULARITY=1.0)[0] == "3"
    assert near(house, artifact, FRESHNESS=0.9, POPULARITY=0.0) == ["1", "3", "4"]
    assert near(house, artifact, FRESHNESS=1.0, POPULARITY=0.9)[0] == "3"


def test_an_unknown_item_is_near_in_meaning_to_popular_items(house, small_artifact):
    config = house.campaign("c", "aws-semantic-similarity")
    made = deployed(config, meanings(small_artifact))
    assert answers.related(made, "zz", 2) == [{"itemId": "3"}, {"itemId": "4"}]


def test_only_what_is_allowed_is_answered_with_its_share_of_the_whole_catalogue(personal):
    passing = letting(personal, [True, False, False, True, True])
    found = answers.personal(personal, scored(personal), 5, passing, seed=1)
    shares = softmax(1, 0, 3, 2, -1)
    assert [one["itemId"] for one in found] == ["3", "0", "4"]
    assert [one["score"] for one in found] == [
        pytest.approx(shares[place], abs=1e-7) for place in (3, 0, 4)
    ]


def test_nothing_is_explored_without_a_seed(house, small_artifact):
    config = {"itemExplorationConfig": {"explorationWeight": "1"}}
    made = deployed(house.campaign("c", "aws-user-personalization", config), small_artifact)
    found = answers.personal(made, scored(made), 3, seed=None)
    assert [one["itemId"] for one in found] == ["2", "3", "0"]


def test_popular_and_related_items_are_the_best_of_what_is_allowed(house, small_artifact):
    made = deployed(house.campaign("c", "aws-sims"), small_artifact)
    passing = letting(made, [True, False, False, True, True])
    assert answers.popular(made, 2, passing) == [{"itemId": "0"}, {"itemId": "3"}]
    assert answers.related(made, "0", 5, passing) == [{"itemId": "3"}, {"itemId": "4"}]
    nothing = letting(made, [False] * 5)
    assert answers.popular(made, 2, nothing) == answers.related(made, "0", 2, nothing) == []


@pytest.mark.parametrize(("n", "items"), [(1, "0"), (2, "0x"), (9, "0xz")])
def test_a_short_answer_of_version_2_is_filled_up_with_what_passes_and_has_no_score(
    house, small_artifact, n, items
):
    made = deployed(house.campaign("c", "aws-user-personalization-v2"), small_artifact)
    passing = letting(made, [True, False, False, False, False], x=True, y=False, z=True)
    found = answers.personal(made, scored(made), n, passing)
    assert [one["itemId"] for one in found] == list(items)
    assert all(one == {"itemId": one["itemId"], "reason": ["Popular item"]} for one in found[1:])


def test_a_short_answer_of_other_recipes_stays_short(personal):
    passing = letting(personal, [True, False, False, False, False], x=True)
    found = answers.personal(personal, scored(personal), 9, passing)
    assert [one["itemId"] for one in found] == ["0"]
