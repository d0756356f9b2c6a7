"""What an answer costs: 10 000 items, 149 dimensions, histories of 200, one thread.

`pytest tests/speed/test_serving.py -m speed`
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from penchant.data.top_k import top_k
from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.domain.arns import Kind, Owner
from penchant.domain.callers import Caller
from penchant.domain.identifiers import Uuids
from penchant.domain.recipes import RECIPES
from penchant.domain.resources import Resource
from penchant.models.artifacts import Artifact
from penchant.models.histories import Histories
from penchant.models.known_ids import KnownIds
from penchant.service.event_reading import read_event
from penchant.service.filter_requests import FilterRequests
from penchant.service.metadata_requests import MetadataRequests
from penchant.service.runtime import Runtime
from penchant.serving.datasets import DatasetReader
from penchant.serving.deployment import deploy
from penchant.serving.deployments import Deployments
from penchant.serving.filtering import Filtering
from penchant.serving.knowledge import Knowledge
from penchant.serving.scoring import shares
from penchant.serving.vectors import Vectors
from penchant.store.database import connect, migrate
from penchant.store.events import Event, EventLog
from penchant.store.records import Records
from penchant.store.resources import Resources
from penchant.store.shown import ShownLists

pytestmark = pytest.mark.speed

N_ITEMS, DIM, N_USERS, LENGTH = 10_000, 149, 1_000, 200
NOW = datetime(2026, 1, 1, tzinfo=UTC)
OWNER = Owner("000000000000", "us-east-1")
GROUP = OWNER.arn(Kind.DATASET_GROUP, "shop")
CAMPAIGNS = {
    name: OWNER.arn(Kind.CAMPAIGN, name)
    for name in ("aws-user-personalization", "aws-personalized-ranking")
}
CALLER = Caller("AKID", OWNER)


@dataclass(frozen=True)
class SumModel:
    """The sum of a history's newest item vectors, times all item vectors."""

    items: Vocabulary
    vectors: np.ndarray
    event_type_names: tuple[str, ...] = ("click",)

    def user_vectors(self, queries):
        newest = [query.history.items[-8:] for query in queries]
        return np.stack([self.vectors[items].sum(axis=0) for items in newest])

    def score_vectors(self, vectors, queries):
        return vectors @ self.vectors.T

    def score(self, queries):
        return self.score_vectors(self.user_vectors(queries), queries)

    def save(self, folder: Path) -> None:
        raise NotImplementedError

    @property
    def description(self) -> dict[str, Any]:
        return {}


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="module")
def artifact():
    rng = np.random.default_rng(0)
    now = int(NOW.timestamp())
    n_rows = N_USERS * LENGTH
    items = Vocabulary(f"item-{number}" for number in range(N_ITEMS))
    rows = TrainingSet(
        users=Vocabulary(f"user-{number}" for number in range(N_USERS)),
        items=items,
        user_indices=np.repeat(np.arange(N_USERS, dtype=np.int32), LENGTH),
        item_indices=rng.integers(0, N_ITEMS, n_rows, dtype=np.int32),
        timestamps=np.tile(now - 86_400 - np.arange(LENGTH)[::-1], N_USERS).astype(np.int64),
        event_types=np.zeros(n_rows, np.int16),
        event_values=np.full(n_rows, np.nan, np.float32),
        event_type_names=("click",),
    )
    born = now - rng.integers(0, 60 * 86_400, N_ITEMS)
    return Artifact(
        model=SumModel(items, rng.standard_normal((N_ITEMS, DIM)).astype(np.float32)),
        users=KnownIds.of(rows.users),
        items=items,
        histories=Histories.newest_of(rows, 200),
        item_counts=np.bincount(rows.item_indices, minlength=N_ITEMS),
        item_created_at=born,
        item_first_at=born,
        item_last_at=born,
        trained_from=int(rows.timestamps[0]),
        trained_until=now - 86_400,
        meta={"maxHistory": 200},
        folder=Path(),
    )


def campaign(name):
    recipe = f"arn:aws:personalize:::recipe/{name}"
    serving = {"artifact": "a", "recipeArn": recipe, "datasetGroupArn": GROUP, "campaignConfig": {}}
    return Resource(
        arn=CAMPAIGNS[name],
        kind=Kind.CAMPAIGN,
        owner=OWNER,
        name=name,
        status="ACTIVE",
        created_at=NOW,
        updated_at=NOW,
        own={"serving": serving},
    )


@pytest.fixture(scope="module")
def runtime(artifact, tmp_path_factory):
    engine = connect(f"sqlite:///{tmp_path_factory.mktemp('speed') / 'penchant.db'}")
    migrate(engine)
    resources, events = Resources(engine), EventLog(engine)
    with resources.transaction() as tx:
        for name in CAMPAIGNS:
            resources.add(tx, campaign(name))
    now = int(NOW.timestamp())
    for user, n in (("user-1", 5), ("user-2", 200)):
        new = [
            Event(
                user_id=user,
                item_id=f"item-{number}",
                timestamp=now - number,
                event_type="click",
                event_id=str(number),
            )
            for number in range(n)
        ]
        events.append(GROUP, new).result()
    deployments = Deployments(resources, Path(), read=lambda _: artifact)
    for arn in CAMPAIGNS.values():
        deployments.find(CALLER, arn)
    shown = ShownLists(engine, lambda: NOW)
    knowledge = Knowledge(DatasetReader(resources, Records(engine), Path(), 100_000_000))
    filters = FilterRequests(Filtering(resources, events, knowledge))
    metadata = MetadataRequests(knowledge)
    yield Runtime(deployments, events, shown, filters, metadata, lambda: NOW)
    knowledge.close()
    deployments.close()
    shown.close()
    events.close()
    engine.dispose()


def run(call):
    """What a coroutine answers that does not wait for anything."""
    try:
        call.send(None)
    except StopIteration as ended:
        return ended.value
    raise AssertionError("it waits")


@pytest.mark.parametrize(("user", "n_fresh"), [("user-0", 0), ("user-1", 5), ("user-2", 200)])
def test_recommendations(benchmark, runtime, user, n_fresh):
    benchmark.extra_info["fresh_events"] = n_fresh
    arn = CAMPAIGNS["aws-user-personalization"]
    found = benchmark(
        lambda: run(runtime.get_recommendations(CALLER, campaign_arn=arn, user_id=user))
    )
    assert len(found["itemList"]) == 25


def test_recommendations_of_500(benchmark, runtime):
    arn = CAMPAIGNS["aws-user-personalization"]
    found = benchmark(
        lambda: run(
            runtime.get_recommendations(CALLER, campaign_arn=arn, user_id="user-1", num_results=500)
        )
    )
    assert len(found["itemList"]) == 500


def test_ranking_of_50(benchmark, runtime):
    arn = CAMPAIGNS["aws-personalized-ranking"]
    wanted = [f"item-{number}" for number in range(50)]
    found = benchmark(
        lambda: run(
            runtime.get_personalized_ranking(
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
    made = deploy(campaign("aws-user-personalization"), artifact)
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
    query = deploy(campaign("aws-user-personalization"), artifact).query("user-0", [], 0)
    numbers = count(1)
    benchmark(lambda: vectors.scores("user-0", 0 if known else next(numbers), lambda: query))


@pytest.mark.parametrize("user", ["user-0", "user-1", "user-2"])
def test_part_joining_the_history(benchmark, runtime, artifact, user):
    made = deploy(campaign("aws-user-personalization"), artifact)
    events = runtime._events.newest(GROUP, user, 200)
    benchmark(lambda: made.query(user, events, 0))


def test_part_product_with_the_catalogue(benchmark, artifact):
    made = deploy(campaign("aws-user-personalization"), artifact)
    query = made.query("user-0", [], 0)
    benchmark(lambda: artifact.model.score([query]))


def test_part_top_25(benchmark, scores):
    benchmark(lambda: top_k(scores, 25))


def test_part_softmax(benchmark, scores):
    ranked = top_k(scores, 25)
    benchmark(lambda: shares(scores, ranked))


def test_part_exploring(benchmark, artifact, scores):
    explorer = deploy(campaign("aws-user-personalization"), artifact).explorer
    ranked = top_k(scores, 25)
    assert RECIPES["arn:aws:personalize:::recipe/aws-user-personalization"].explores
    benchmark(lambda: explorer.explore(scores, ranked, 7))
