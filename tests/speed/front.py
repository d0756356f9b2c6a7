"""A campaign of 10 000 items, 149 dimensions, and users with histories of 200."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.domain.arns import Kind, Owner
from penchant.domain.callers import Caller
from penchant.domain.resources import Resource
from penchant.domain.serving import Serving
from penchant.models.artifacts import Artifact
from penchant.models.histories import Histories
from penchant.models.known_ids import KnownIds
from penchant.serving.deployment import deploy

N_ITEMS, DIM, N_USERS, LENGTH = 10_000, 149, 1_000, 200
NOW = datetime(2026, 1, 1, tzinfo=UTC)
OWNER = Owner("000000000000", "us-east-1")
GROUP = OWNER.arn(Kind.DATASET_GROUP, "shop")
CAMPAIGNS = {
    name: OWNER.arn(Kind.CAMPAIGN, name)
    for name in (
        "aws-user-personalization",
        "aws-user-personalization-v2",
        "aws-personalized-ranking",
    )
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


def deployed(campaign, artifact):
    """A campaign ready to answer."""
    return deploy(campaign.arn, Serving.of(campaign), artifact)


def run(make):
    """What the coroutine that `make` makes answers, without an event loop.

    Now and then one waits for a look at whether the data is as it was: then another is made.
    """
    while True:
        call = make()
        try:
            call.send(None)
        except StopIteration as ended:
            return ended.value
        call.close()
        time.sleep(0.01)
