"""What the lines of batch inference jobs look like, whatever the recipe."""

import numpy as np
import pytest

from penchant.data.queries import History, Query
from penchant.data.top_k import top_k
from penchant.models.semantic import SemanticModel
from penchant.recipes.contract import silent
from penchant.recipes.sims import Sims
from penchant.store.events import Event

from .shelf import Shelf, interactions

PERSONAL, POPULAR, RANKING = "aws-hrnn", "aws-popularity-count", "aws-personalized-ranking"
MISSING = "User error: Required fields for the provided recipe are "


@pytest.fixture
def shelf(yard):
    return Shelf.of(yard)


def items(lines):
    return [line["output"]["recommendedItems"] for line in lines]


def test_users_get_items_with_scores(shelf):
    lines = [{"userId": "u1"}, {"userId": "a stranger"}]
    first, second = shelf.answers(shelf.version(PERSONAL), lines, numResults=3)
    assert first["input"] == {"userId": "u1"}
    assert first["output"]["recommendedItems"] == ["i0", "i1", "i2"]
    assert first["output"]["scores"] == sorted(first["output"]["scores"], reverse=True)
    assert 0 < first["output"]["scores"][2] < first["output"]["scores"][0] < 1
    assert first["error"] is None
    assert second == first | {"input": {"userId": "a stranger"}}


def test_without_a_number_twenty_five_items_are_answered_or_all_there_are(shelf):
    (line,) = shelf.answers(shelf.version(POPULAR), [{"userId": "u1"}])
    assert line["output"] == {"recommendedItems": [f"i{n}" for n in range(12)]}


def test_lists_are_ranked_whole_and_what_is_unknown_comes_last_with_score_0(shelf):
    asked = {"userId": "u1", "itemList": ["i7", "new", "i3"]}
    (line,) = shelf.answers(shelf.version(RANKING), [asked], numResults=1)
    assert line["input"] == asked
    assert line["output"]["recommendedItems"] == ["i3", "i7", "new"]
    *known, unknown = line["output"]["scores"]
    assert (sum(known), unknown) == (pytest.approx(1), 0.0)


def test_items_get_the_items_near_them_without_scores(shelf):
    data = interactions()
    model = Sims(min_cointeraction_count=1).fit(data, seed=0, progress=silent)
    version = shelf.version("aws-sims", model, "sims", data)
    near, popular = shelf.answers(version, [{"itemId": "i3"}, {"itemId": "new"}], numResults=4)
    best = top_k(model.score([Query(item_index=3)])[0], 4).tolist()
    assert near["output"] == {"recommendedItems": [f"i{n}" for n in best]}
    assert len(popular["output"]["recommendedItems"]) == 4


def test_bad_lines_stay_at_their_place_with_what_is_wrong(shelf):
    lines = [
        {"itemId": "i1"},
        {"userId": "u1"},
        "{broken",
        {"userId": ["u1"]},
        {"userId": ""},
        7,
        {"userId": 12},
    ]
    found = shelf.answers(shelf.version(PERSONAL), lines, numResults=1)
    assert items(found) == [[], ["i0"], [], [], [], [], ["i0"]]
    errors = [line["error"] for line in found]
    assert [errors[0], *errors[3:6]] == [MISSING + "userId"] * 4
    assert errors[2].startswith("User error: The line is no JSON")
    assert [line["input"] for line in found[:3]] == [{"itemId": "i1"}, {"userId": "u1"}, "{broken"]
    assert errors[1] is errors[6] is None


def test_a_list_that_holds_no_ids_is_a_missing_field(shelf):
    lines = [
        {"userId": "u1"},
        {"userId": "u1", "itemList": []},
        {"userId": "u1", "itemList": ["i1", None]},
        {"userId": 1, "itemList": [3]},
    ]
    found = shelf.answers(shelf.version(RANKING), lines)
    assert [line["error"] for line in found[:3]] == [MISSING + "userId, itemList"] * 3
    assert found[3]["output"] == {"recommendedItems": ["3"], "scores": [0.0]}


def test_events_since_the_training_are_heeded(shelf):
    data = interactions()
    model = Sims(min_cointeraction_count=1).fit(data, seed=0, progress=silent)
    version = shelf.version(PERSONAL, model, "sims", data)
    events = [Event(user_id="new", item_id="i3", timestamp=1_699_999_000)]
    shelf.yard.shop.stores.events.append(shelf.group, events).result()
    (line,) = shelf.answers(version, [{"userId": "new"}], numResults=4)
    history = History.empty() + History(*(np.array([n]) for n in (3, 0, -1, np.nan)))
    best = top_k(model.score([Query(history)])[0], 4).tolist()
    assert line["output"]["recommendedItems"] == [f"i{n}" for n in best]


def test_exploration_follows_the_job_s_config(shelf):
    version = shelf.version("aws-user-personalization")
    lines = [{"userId": f"u{n}"} for n in range(20)]

    def answers(weight):
        config = {"itemExplorationConfig": {"explorationWeight": weight}}
        return items(shelf.answers(version, lines, numResults=5, batchInferenceJobConfig=config))

    assert answers("0") == [["i0", "i1", "i2", "i3", "i4"]] * 20
    explored = answers("1")
    assert {row[0] for row in explored} == {"i0"}
    assert {"i5", "i6", "i7", "i8", "i9"} & {item for row in explored for item in row}


def test_influences_of_the_job_change_the_order_of_what_is_near(shelf):
    data = interactions()
    angles = np.linspace(0, 1, 12)
    rising = np.linspace(0, 1, 12, dtype=np.float32)
    model = SemanticModel(
        data.items,
        (),
        np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32),
        popularity=rising,
        freshness=rising,
        prints=np.arange(12, dtype=np.uint64),
    )
    version = shelf.version("aws-semantic-similarity", model, "semantic-similarity", data)

    def near(**config):
        (line,) = shelf.answers(version, [{"itemId": "i0"}], batchInferenceJobConfig=config)
        return line["output"]["recommendedItems"]

    assert near()[:3] == ["i1", "i2", "i3"]
    assert near(rankingInfluence={"POPULARITY": 1.0, "FRESHNESS": 1.0})[0] == "i11"
