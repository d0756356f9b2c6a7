"""Campaigns of all recipes over one small artifact, and what can be asked of them."""

import asyncio
from datetime import UTC, datetime

import numpy as np

from penchant.data.training_set import TrainingSet
from penchant.data.vocabulary import Vocabulary
from penchant.models.artifacts import read_artifact, write_artifact
from penchant.models.sims import SimsModel
from penchant.recipes.contract import silent
from penchant.recipes.trending import Trending
from penchant.service.runtime import Runtime
from penchant.store.events import Event

NOW = 1_767_225_600
RECIPE = "arn:aws:personalize:::recipe/"
N_ITEMS = 30


def artifact(folder):
    """Thirty items, popular in their order; item n is like n + 1. "ann" has clicked on "0"."""
    items = Vocabulary(str(number) for number in range(N_ITEMS))
    model = SimsModel(
        items,
        ("click",),
        np.arange(N_ITEMS + 1),
        np.roll(np.arange(N_ITEMS, dtype=np.int32), -1),
        np.ones(N_ITEMS, np.float32),
        np.arange(N_ITEMS, 0, -1, dtype=np.float32),
    )
    rows = np.arange(N_ITEMS)
    training_set = TrainingSet(
        users=Vocabulary(["ann", "bob"]),
        items=items,
        user_indices=np.minimum(rows, 1).astype(np.int32),
        item_indices=rows.astype(np.int32),
        timestamps=NOW - N_ITEMS + rows,
        event_types=np.zeros(N_ITEMS, np.int16),
        event_values=np.full(N_ITEMS, np.nan, np.float32),
        event_type_names=("click",),
    )
    write_artifact(
        folder,
        model,
        training_set,
        recipe_arn=f"{RECIPE}aws-sims",
        family="sims",
        metrics={},
        leaderboard=[],
        max_history=200,
    )


class Shop:
    def __init__(self, desk, group, version, deployments):
        self.desk, self.group, self.version = desk, group, version
        clock = lambda: datetime.fromtimestamp(NOW, UTC)  # noqa: E731
        self.runtime = Runtime(
            deployments, desk.stores.events, desk.stores.shown, desk.filtering, desk.metadata, clock
        )

    def campaign(self, recipe, name="front", artifact="artifacts/1", **config):
        config.setdefault("itemExplorationConfig", {"explorationWeight": "0"})
        arn = self.desk.campaign(self.version, name, active=False)
        serving = {
            "solutionVersionArn": self.version,
            "artifact": artifact,
            "recipeArn": RECIPE + recipe,
            "datasetGroupArn": self.group,
            "campaignConfig": config,
        }
        self.desk.settle(arn, serving=serving)
        return arn

    def recommend(self, arn, caller=None, **arguments):
        asked = {"campaign_arn": arn} | arguments
        return asyncio.run(self.runtime.get_recommendations(caller or self.desk.caller, **asked))

    def rank(self, arn, items, **arguments):
        asked = {"campaign_arn": arn, "input_list": items, "user_id": "ann"} | arguments
        return asyncio.run(self.runtime.get_personalized_ranking(self.desk.caller, **asked))

    def event(self, user, item):
        new = Event(user_id=user, item_id=item, timestamp=NOW, event_type="click", event_id=item)
        self.desk.stores.events.append(self.group, [new]).result()


def ids(items):
    return [one["itemId"] for one in items]


def trending_campaign(shop, folder):
    """A campaign of aws-trending-now over the interactions of the other campaigns."""
    kept = read_artifact(folder / "artifacts" / "1")
    ages = np.array([7_000, 200, 100], np.int64)
    data = TrainingSet(
        users=Vocabulary(["ann", "bob"]),
        items=kept.items,
        user_indices=np.array([0, 1, 1], np.int32),
        item_indices=np.array([3, 4, 4], np.int32),
        timestamps=NOW - ages,
        event_types=np.zeros(3, np.int16),
        event_values=np.full(3, np.nan, np.float32),
        event_type_names=("click",),
    )
    recipe = Trending.from_parameters({}, {"trend_discovery_frequency": "1 hour"})
    write_artifact(
        folder / "artifacts" / "trends",
        recipe.fit(data, seed=0, progress=silent),
        data,
        recipe_arn=f"{RECIPE}aws-trending-now",
        family="trending",
        metrics={},
        leaderboard=[],
        max_history=200,
    )
    return shop.campaign("aws-trending-now", artifact="artifacts/trends")
