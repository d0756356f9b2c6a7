"""Answers: GetRecommendations and GetPersonalizedRanking."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from penchant.data.top_k import Scores
from penchant.domain.callers import Caller
from penchant.domain.recipes import RecipeType
from penchant.service.answer_rules import (
    answering_arn,
    answers_elsewhere,
    check_input_list,
    check_inputs,
    checked_number,
    required,
)
from penchant.service.filter_requests import FilterRequests
from penchant.service.loading import loaded
from penchant.service.metadata_requests import MetadataRequests
from penchant.service.promotions import read_promotion
from penchant.serving import answers
from penchant.serving.automatic import both
from penchant.serving.deployment import LONGEST_ANSWER, Deployment
from penchant.serving.deployments import Deployments
from penchant.serving.promotions import mix, n_promoted
from penchant.serving.recommendation_ids import new_recommendation_id, seed_of
from penchant.serving.scoring import ScoredCatalogue
from penchant.serving.sight import Passing, let_through
from penchant.store.events import EventLog
from penchant.store.shown import ShownLists

Answer = Callable[[int, Passing | None, int | None], answers.Items]
"""How many items, what of them passes, the seed of exploration (None: no such) -> the answer."""


class Runtime:
    """What campaigns and recommenders answer.

    A call runs through without letting go of the event loop, save those that come before their
    campaign is loaded, and those that find a list of trending items due: these wait for a thread.

    Args:
        deployments: The campaigns and recommenders.
        events: The events that came since the models were trained.
        shown: Where the lists are kept that exploration learns from.
        filters: Reads the filters of requests.
        metadata: Reads what they want to be told of items.
        clock: The present moment.
        new_id: Makes a recommendation id from a campaign's part of it.
    """

    def __init__(
        self,
        deployments: Deployments,
        events: EventLog,
        shown: ShownLists,
        filters: FilterRequests,
        metadata: MetadataRequests,
        clock: Callable[[], datetime],
        new_id: Callable[[str], str] = new_recommendation_id,
    ) -> None:
        self._deployments = deployments
        self._events = events
        self._shown = shown
        self._filters = filters
        self._metadata = metadata
        self._clock = clock
        self._new_id = new_id

    async def get_recommendations(
        self,
        caller: Caller,
        *,
        campaign_arn: str | None = None,
        item_id: str | None = None,
        user_id: str | None = None,
        num_results: int | None = None,
        context: Mapping[str, str] | None = None,
        filter_arn: str | None = None,
        filter_values: Mapping[str, str] | None = None,
        recommender_arn: str | None = None,
        promotions: Sequence[Mapping[str, Any]] | None = None,
        metadata_columns: Mapping[str, Sequence[str]] | None = None,
    ) -> dict[str, Any]:
        """Items for a user, or items related to an item, as the recipe has it."""
        arn = answering_arn(campaign_arn, recommender_arn)
        n = checked_number(num_results, answers.DEFAULT_RESULTS, LONGEST_ANSWER)
        deployment = await self._deployment(caller, arn)
        check_inputs(deployment, userId=user_id, itemId=item_id)
        wanted = await self._metadata.wanted(deployment, metadata_columns, "numResults", n)
        promotion = read_promotion(promotions)
        await self._renew_trends(deployment)
        sight = partial(self._filters.sight, caller, deployment, user_id)
        own = await self._filters.automatic(deployment, user_id)
        sights = [own, await sight(filter_arn, filter_values)]
        if promotion is not None:
            sights.append(await sight(promotion.filter_arn, promotion.filter_values))
        recommendation_id = self._new_id(deployment.id_part)
        seed = seed_of(user_id or "", recommendation_id)
        always, passing, *promoting = self._filters.passing(sights, user_id, item_id)
        newest = _last_event(always, passing, *promoting)
        answer = self._answer(deployment, user_id, item_id, context, newest)
        items = answer(n, both(always, passing), seed)
        if promotion is not None:
            places = n_promoted(n, promotion.percent)
            promoted = answer(places, both(always, promoting[0]), None)
            told = deployment.recipe.tells_reasons
            items = mix(items, promoted, n, promotion.name, seed, reasons=told)
        if deployment.explorer is not None:
            self._shown.note(recommendation_id, [item["itemId"] for item in items])
        told_items = items if wanted is None else wanted.add_to(items)
        return {"itemList": told_items, "recommendationId": recommendation_id}

    async def get_personalized_ranking(
        self,
        caller: Caller,
        *,
        campaign_arn: str,
        input_list: Sequence[str],
        user_id: str,
        context: Mapping[str, str] | None = None,
        filter_arn: str | None = None,
        filter_values: Mapping[str, str] | None = None,
        metadata_columns: Mapping[str, Sequence[str]] | None = None,
    ) -> dict[str, Any]:
        """The items of a list, the most relevant to the user first."""
        deployment = await self._deployment(caller, campaign_arn)
        if deployment.recipe.recipe_type is not RecipeType.PERSONALIZED_RANKING:
            raise answers_elsewhere(deployment)
        check_input_list(input_list)
        user_id = required("userId", user_id, deployment)
        n = len(input_list)
        wanted = await self._metadata.wanted(deployment, metadata_columns, "inputList", n)
        sight = await self._filters.sight(caller, deployment, user_id, filter_arn, filter_values)
        (passing,) = self._filters.passing([sight], user_id, None)
        entries = let_through(passing, input_list)
        scores = self._scores(deployment, user_id, context)
        ranking = answers.ranking(deployment, scores, entries)
        return {
            "personalizedRanking": ranking if wanted is None else wanted.add_to(ranking),
            "recommendationId": self._new_id(deployment.id_part),
        }

    async def _deployment(self, caller: Caller, arn: str) -> Deployment:
        return await loaded(self._deployments, caller, arn)

    async def _renew_trends(self, deployment: Deployment) -> None:
        trends = deployment.trends
        if trends is not None and trends.due:
            now = int(self._clock().timestamp())
            await asyncio.to_thread(trends.renew, self._events, now)

    def _answer(
        self,
        deployment: Deployment,
        user_id: str | None,
        item_id: str | None,
        context: Mapping[str, str] | None,
        last_event: int | None,
    ) -> Answer:
        match deployment.recipe.recipe_type:
            case RecipeType.RELATED_ITEMS:
                item = required("itemId", item_id, deployment)
                return lambda n, passing, _: answers.related(deployment, item, n, passing)
            case RecipeType.POPULAR_ITEMS:
                if deployment.recipe.requires_user:
                    required("userId", user_id, deployment)
                trends = deployment.trends
                if trends is not None:
                    return lambda n, passing, _: answers.trending(trends, n, passing)
                return lambda n, passing, _: answers.popular(deployment, n, passing)
            case RecipeType.USER_PERSONALIZATION:
                user = required("userId", user_id, deployment)
                scores = self._scores(deployment, user, context, last_event)
                return partial(answers.personal, deployment, ScoredCatalogue(scores))
        raise answers_elsewhere(deployment)

    def _scores(
        self,
        deployment: Deployment,
        user_id: str,
        context: Mapping[str, str] | None,
        last_event: int | None = None,
    ) -> Scores:
        now = int(self._clock().timestamp())
        return deployment.scores(user_id, self._events, now, context, last_event)


def _last_event(*passing: Passing | None) -> int | None:
    found = (one.last_event for one in passing if one is not None)
    return next((one for one in found if one is not None), None)
