"""Answers: GetActionRecommendations."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from penchant.data.queries import Query
from penchant.domain.callers import Caller
from penchant.domain.datasets import action_stream
from penchant.domain.errors import InvalidInputException
from penchant.models.contract import ActionModel
from penchant.service.answer_rules import checked_number
from penchant.service.filter_requests import FilterRequests
from penchant.service.loading import loaded
from penchant.serving.action_answers import overlay, recommend
from penchant.serving.deployment import Deployment
from penchant.serving.deployments import Deployments
from penchant.serving.recommendation_ids import new_recommendation_id, seed_of
from penchant.serving.user_events import NEWEST_EVENTS
from penchant.store.events import EventLog

DEFAULT_RESULTS: Final = 5
LONGEST_ANSWER: Final = 100


class ActionRuntime:
    """What campaigns of recipes for actions answer.

    Args:
        deployments: The campaigns.
        events: What users did since the models were trained.
        filters: Reads the filters of requests.
        clock: The present moment.
        new_id: Makes a recommendation id from a campaign's part of it.
    """

    def __init__(
        self,
        deployments: Deployments,
        events: EventLog,
        filters: FilterRequests,
        clock: Callable[[], datetime],
        new_id: Callable[[str], str] = new_recommendation_id,
    ) -> None:
        self._deployments = deployments
        self._events = events
        self._filters = filters
        self._clock = clock
        self._new_id = new_id

    async def get_action_recommendations(
        self,
        caller: Caller,
        *,
        campaign_arn: str | None = None,
        user_id: str | None = None,
        num_results: int | None = None,
        filter_arn: str | None = None,
        filter_values: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """The actions that a user will most likely take, with their probabilities."""
        if not campaign_arn:
            raise InvalidInputException("campaignArn is missing; give the ARN of a campaign.")
        n = checked_number(num_results, DEFAULT_RESULTS, LONGEST_ANSWER)
        deployment = await loaded(self._deployments, caller, campaign_arn)
        model = _action_model(deployment)
        if not user_id:
            raise InvalidInputException(
                f"userId is missing; {deployment.arn} recommends actions to a user."
            )
        sight = await self._filters.sight(caller, deployment, user_id, filter_arn, filter_values)
        (passing,) = self._filters.passing([sight], user_id, None)
        allowed = None if passing is None else passing.catalogue
        recommendation_id = self._new_id(deployment.id_part)
        now = int(self._clock().timestamp())
        query = self._query(deployment, model, user_id, now)
        seed = seed_of(user_id, recommendation_id)
        actions = recommend(model, query, n, now, seed, allowed)
        return {"actionList": actions, "recommendationId": recommendation_id}

    def _query(self, deployment: Deployment, model: ActionModel, user_id: str, now: int) -> Query:
        """What is known of a user up to now."""
        on_items = self._events.newest(deployment.events_stream, user_id, NEWEST_EVENTS)
        stream = action_stream(deployment.events_stream)
        on_actions = self._events.newest(stream, user_id, NEWEST_EVENTS)
        query = deployment.query(user_id, on_items, now)
        seen = model.histories.of(query.user_index)
        return replace(query, actions=overlay(model, seen, on_actions))


def _action_model(deployment: Deployment) -> ActionModel:
    model = deployment.artifact.model
    if not isinstance(model, ActionModel):
        raise InvalidInputException(
            f"{deployment.arn} uses the recipe {deployment.recipe.name}, which recommends no "
            "actions; deploy a version of aws-next-best-action, or ask for its items."
        )
    return model
