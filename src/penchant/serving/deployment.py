"""One campaign or recommender, ready to answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from penchant.data.fields import folded
from penchant.data.queries import Query
from penchant.data.top_k import Indices, Scores, top_k
from penchant.data.vocabulary import Vocabulary
from penchant.domain.errors import InvalidInputException
from penchant.domain.recipes import BUILT_IN, Catalogue, RecipeEntry
from penchant.domain.serving import Serving
from penchant.filters.syntax import Expression
from penchant.models.artifacts import Artifact
from penchant.models.contract import ActionModel, VectorModel
from penchant.models.influence import Influence
from penchant.models.trending import TrendingModel
from penchant.serving.automatic import automatic
from penchant.serving.exploration import ExplorationConfig, Explorer
from penchant.serving.history import EventReading
from penchant.serving.moments import is_live
from penchant.serving.recommendation_ids import campaign_part
from penchant.serving.trends import Trends
from penchant.serving.user_events import NEWEST_EVENTS
from penchant.serving.vectors import Vectors
from penchant.store.events import Event, EventLog

LONGEST_ANSWER: Final = 500


@dataclass(frozen=True)
class Deployment:
    """An artifact under the settings of a campaign or a recommender.

    Attributes:
        arn: The campaign's or recommender's.
        events_stream: The stream of its dataset group's events.
        recipe: What it was trained with.
        artifact: What it was trained to.
        reader: How its model reads events.
        explorer: What it explores; None where the recipe does not.
        vectors: What it knows of users; None where its model has no vectors.
        trends: What grows fastest now; None where the recipe does not ask.
        config: `campaignConfig` or `recommenderConfig` as sent.
        id_part: The part of its recommendation ids that stays the same.
        contexts: Which column a key of a request's `context` means, by the folded key.
        influence: What popularity and freshness count beside nearness in meaning.
        automatic: The filter that every answer goes through before the request's; None: there is
            none.
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
    contexts: Mapping[str, str] = field(default_factory=dict)
    trends: Trends | None = None
    influence: Influence = field(default_factory=Influence)
    automatic: Expression | None = None

    def scores(
        self,
        user_id: str,
        log: EventLog,
        now: int,
        context: Mapping[str, str] | None = None,
        last_event: int | None = None,
    ) -> Scores:
        """Scores of the catalogue for a user, shape (n_items,), every event so far heeded.

        Args:
            user_id: The user.
            log: Where their events are.
            now: The present moment, epoch seconds.
            context: What the request tells of it; keys in any case, unknown ones do not count.
            last_event: The user's newest event, where it was just asked for.
        """
        told = self._told(context or {})

        def ask() -> Query:
            events = log.newest(self.events_stream, user_id, NEWEST_EVENTS)
            return self.query(user_id, events, now, told)

        if self.vectors is None:
            scores: Scores = self.artifact.item_model.score([ask()])[0]
            return scores
        if last_event is None:
            last_event = log.newest_sequence(self.events_stream, user_id, NEWEST_EVENTS)
        asked = (user_id, *sorted(told.items())) if told else user_id
        return self.vectors.scores(asked, last_event, ask, self.moment(now))

    def query(
        self,
        user_id: str,
        events: list[Event],
        now: int,
        context: Mapping[str, str] | None = None,
    ) -> Query:
        """The question that a user's known past and `events` make, asked now (epoch seconds)."""
        user = self.artifact.users.index(user_id)
        known, longest = self.artifact.histories.of(user), self.artifact.meta["maxHistory"]
        history = self.reader.overlay(known, events, longest)
        return Query(history, user, timestamp=self.moment(now), context=context or {})

    def moment(self, now: int) -> int:
        """The moment of asking: now, or 0, the history's end, where the data ended long before."""
        return now if is_live(self.artifact.trained_until, now) else 0

    @cached_property
    def action_ids(self) -> Vocabulary:
        """The actions that its model recommends; none where it recommends items."""
        model = self.artifact.model
        return model.actions if isinstance(model, ActionModel) else Vocabulary(())

    def _told(self, context: Mapping[str, str]) -> dict[str, str]:
        """A request's context by the columns' own names."""
        return {
            self.contexts[folded(key)]: value
            for key, value in context.items()
            if folded(key) in self.contexts
        }

    @cached_property
    def popular(self) -> Indices:
        """The items that a model without personal input ranks highest, best first."""
        return top_k(self.popularity, LONGEST_ANSWER)

    @cached_property
    def popularity(self) -> Scores:
        """The scores of a model without personal input, shape (n_items,)."""
        scores: Scores = self.artifact.item_model.score([Query()])[0]
        return scores


def deploy(
    arn: str, serving: Serving, artifact: Artifact, recipes: Catalogue = BUILT_IN
) -> Deployment:
    """Make a campaign or recommender ready: work out what can be ahead of all questions.

    Raises:
        InvalidInputException: Its recipe is not among `recipes` any more.
    """
    recipe = recipe_of(arn, serving, recipes)
    model, stream = artifact.model, serving.dataset_group_arn
    reader = _reader(serving, artifact)
    return Deployment(
        arn=arn,
        events_stream=stream,
        recipe=recipe,
        artifact=artifact,
        reader=reader,
        explorer=_explorer(recipe, serving.config, artifact),
        vectors=Vectors(model) if isinstance(model, VectorModel) else None,
        config=serving.config,
        id_part=campaign_part(arn),
        contexts={folded(name): name for name in artifact.meta.get("contextColumns", ())},
        trends=_trends(artifact, reader, stream),
        influence=Influence.read(serving.config),
        automatic=automatic(recipe),
    )


def recipe_of(arn: str, serving: Serving, recipes: Catalogue) -> RecipeEntry:
    """The recipe that a campaign answers with.

    Raises:
        InvalidInputException: It is not among `recipes` any more.
    """
    recipe = recipes.find(serving.recipe_arn)
    if recipe is None:
        raise InvalidInputException(
            f"{arn} answers with {serving.recipe_arn}, which is not installed any more; "
            "install it again, or deploy a version of another recipe."
        )
    return recipe


def _trends(artifact: Artifact, reader: EventReading, stream: str) -> Trends | None:
    model = artifact.model
    if not isinstance(model, TrendingModel):
        return None
    return Trends(model, artifact.users, reader, stream)


def _reader(serving: Serving, artifact: Artifact) -> EventReading:
    names = artifact.model.event_type_names
    types = {
        **{name.lower(): index for index, name in enumerate(names)},
        **{name: index for index, name in enumerate(names)},
    }
    return EventReading(artifact.items, types, *_learned_from(serving.events))


def _learned_from(events: Mapping[str, Any]) -> tuple[dict[str, float | None], float | None]:
    """The event types that were learned from with their least values, and that of all types."""
    threshold = events.get("eventValueThreshold")
    least = None if threshold is None else float(threshold)
    listed = events.get("eventParametersList", ())
    only = events.get("eventType")
    types = {one["eventType"].lower(): one.get("eventValueThreshold") for one in listed}
    return types or ({only.lower(): least} if only else {}), least


def _explorer(
    recipe: RecipeEntry, config: Mapping[str, Any], artifact: Artifact
) -> Explorer | None:
    if not recipe.explores and not recipe.own_exploration:
        return None
    own = ExplorationConfig(recipe.own_exploration)
    wish = ExplorationConfig.read(config) if recipe.explores else own
    created_at, until = artifact.item_created_at, artifact.trained_until
    shown = 0 if artifact.item_impressions is None else artifact.item_impressions
    return Explorer(wish, artifact.item_counts + shown, created_at, until)
