"""What an answer costs: 10 000 items, 149 dimensions, histories of 200, one thread.

`pytest tests/speed/test_serving.py -m speed`
"""

from itertools import count

import pytest

from penchant.data.top_k import top_k
from penchant.domain.identifiers import Uuids
from penchant.domain.recipes import RECIPES
from penchant.service.event_reading import read_event
from penchant.serving.scoring import ScoredCatalogue
from penchant.serving.vectors import Vectors

from .front import CALLER, CAMPAIGNS, GROUP, NOW, campaign, deployed, run

pytestmark = pytest.mark.speed


@pytest.mark.parametrize(("user", "n_fresh"), [("user-0", 0), ("user-1", 5), ("user-2", 200)])
def test_recommendations(benchmark, runtime, user, n_fresh):
    benchmark.extra_info["fresh_events"] = n_fresh
    arn = CAMPAIGNS["aws-user-personalization"]
    found = benchmark(
        lambda: run(lambda: runtime.get_recommendations(CALLER, campaign_arn=arn, user_id=user))
    )
    assert len(found["itemList"]) == 25


def test_recommendations_of_500(benchmark, runtime):
    arn = CAMPAIGNS["aws-user-personalization"]
    found = benchmark(
        lambda: run(
            lambda: runtime.get_recommendations(
                CALLER, campaign_arn=arn, user_id="user-1", num_results=500
            )
        )
    )
    assert len(found["itemList"]) == 500


def test_ranking_of_50(benchmark, runtime):
    arn = CAMPAIGNS["aws-personalized-ranking"]
    wanted = [f"item-{number}" for number in range(50)]
    found = benchmark(
        lambda: run(
            lambda: runtime.get_personalized_ranking(
                CALLER, campaign_arn=arn, user_id="user-1", input_list=wanted
            )
        )
    )
    assert len(found["personalizedRanking"]) == 50


def test_reading_ten_events_of_one_call(benchmark):
    sent = {"eventType": "click", "itemId": "7", "sentAt": NOW, "properties": '{"price": 3.5}'}
    new_id = Uuids()
    benchmark(lambda: [read_event(sent, "session", "user-1", new_id) for _ in range(10)])


@pytest.fixture(scope="module")
def scores(artifact):
    made = deployed(campaign("aws-user-personalization"), artifact)
    return artifact.model.score([made.query("user-0", [], 0)])[0]


def test_part_finding_the_campaign(benchmark, runtime):
    benchmark(lambda: runtime._deployments.find(CALLER, CAMPAIGNS["aws-user-personalization"]))


@pytest.mark.parametrize("user", ["user-0", "user-1", "user-2"])
def test_part_reading_fresh_events(benchmark, runtime, user):
    benchmark(lambda: runtime._events.newest(GROUP, user, 200))


@pytest.mark.parametrize("user", ["user-0", "user-1", "user-2"])
def test_part_asking_whether_there_are_other_events(benchmark, runtime, user):
    benchmark(lambda: runtime._events.newest_sequence(GROUP, user, 100))


@pytest.mark.parametrize("known", [True, False])
def test_part_scores_of_a_user_whose_vector_is_known(benchmark, runtime, artifact, known):
    vectors = Vectors(artifact.model)
    query = deployed(campaign("aws-user-personalization"), artifact).query("user-0", [], 0)
    numbers = count(1)
    benchmark(lambda: vectors.scores("user-0", 0 if known else next(numbers), lambda: query))


@pytest.mark.parametrize("user", ["user-0", "user-1", "user-2"])
def test_part_joining_the_history(benchmark, runtime, artifact, user):
    made = deployed(campaign("aws-user-personalization"), artifact)
    events = runtime._events.newest(GROUP, user, 200)
    benchmark(lambda: made.query(user, events, 0))


def test_part_product_with_the_catalogue(benchmark, artifact):
    made = deployed(campaign("aws-user-personalization"), artifact)
    query = made.query("user-0", [], 0)
    benchmark(lambda: artifact.model.score([query]))


def test_part_top_25(benchmark, scores):
    benchmark(lambda: top_k(scores, 25))


def test_part_softmax(benchmark, scores):
    ranked = top_k(scores, 25)
    benchmark(lambda: ScoredCatalogue(scores).shares(ranked))


def test_part_exploring(benchmark, artifact, scores):
    explorer = deployed(campaign("aws-user-personalization"), artifact).explorer
    ranked = top_k(scores, 25)
    assert RECIPES["arn:aws:personalize:::recipe/aws-user-personalization"].explores
    benchmark(lambda: explorer.explore(scores, ranked, 7))
