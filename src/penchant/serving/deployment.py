"""One campaign, ready to answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from penchant.data.queries import Query
from penchant.data.top_k import Indices, Scores, top_k
from penchant.domain.recipes import RECIPES, RecipeEntry
from penchant.domain.resources import Resource
from penchant.models.artifacts import Artifact
from penchant.models.contract import VectorModel
from penchant.serving.exploration import ExplorationConfig, Explorer
from penchant.serving.history import EventReading
from penchant.serving.recommendation_ids import campaign_part
from penchant.serving.vectors import Vectors
from penchant.store.events import Event, EventLog

LONGEST_ANSWER: Final = 500
NEWEST_EVENTS: Final = 100


@dataclass(frozen=True)
class Deployment:
    """An artifact under the settings of a campaign.

    Attributes:
        arn: The campaign's.
        events_stream: The stream of its dataset group's events.
        recipe: What it was trained with.
        artifact: What it was trained to.
        reader: How its model reads events.
        explorer: What it explores; None where the recipe does not.
        vectors: What it knows of users; None where its model has no vectors.
        config: `campaignConfig` as sent.
        id_part: The part of its recommendation ids that stays the same.
    """

    arn: str
    events_stream: str
    recipe: RecipeEntry
    artifact: Artifact
    reader: EventReading
    explorer: Explorer | None
    vectors: Vectors | None
    config: Mapping[str, Any]
    id_part: str

    def scores(self, user_id: str, log: EventLog, timestamp: int) -> Scores:
        """Scores of the catalogue for a user, shape (n_items,), every event so far heeded."""

        def ask() -> Query:
            events = log.newest(self.events_stream, user_id, NEWEST_EVENTS)
            return self.query(user_id, events, timestamp)

        if self.vectors is None:
            scores: Scores = self.artifact.item_model.score([ask()])[0]
            return scores
        last_event = log.newest_sequence(self.events_stream, user_id, NEWEST_EVENTS)
        return self.vectors.scores(user_id, last_event, ask)

    def query(self, user_id: str, events: list[Event], timestamp: int) -> Query:
        """The question that a user's known past and `events` make, asked at `timestamp`."""
        user = self.artifact.users.index(user_id)
        known, longest = self.artifact.histories.of(user), self.artifact.meta["maxHistory"]
        history = self.reader.overlay(known, events, longest)
        return Query(history, user, timestamp=timestamp)

    @cached_property
    def popular(self) -> Indices:
        """The items that a model without personal input ranks highest, best first."""
        scores = self.artifact.item_model.score([Query()])[0]
        return top_k(scores, LONGEST_ANSWER)


def deploy(campaign: Resource, artifact: Artifact) -> Deployment:
    """Make a campaign ready: what can be worked out ahead of all questions is worked out here."""
    serving = campaign.own["serving"]
    recipe = RECIPES[serving["recipeArn"]]
    config = serving.get("campaignConfig") or {}
    threshold = serving.get("eventValueThreshold")
    model = artifact.model
    names = model.event_type_names
    return Deployment(
        arn=campaign.arn,
        events_stream=serving["datasetGroupArn"],
        recipe=recipe,
        artifact=artifact,
        reader=EventReading(
            artifact.items,
            {
                **{name.lower(): index for index, name in enumerate(names)},
                **{name: index for index, name in enumerate(names)},
            },
            (serving.get("eventType") or "").lower(),
            None if threshold is None else float(threshold),
        ),
        explorer=_explorer(config, artifact) if recipe.explores else None,
        vectors=Vectors(model) if isinstance(model, VectorModel) else None,
        config=config,
        id_part=campaign_part(campaign.arn),
    )


def _explorer(config: Mapping[str, Any], artifact: Artifact) -> Explorer:
    wish = ExplorationConfig.read(config)
    created_at, until = artifact.item_created_at, artifact.trained_until
    return Explorer(wish, artifact.item_counts, created_at, until)
