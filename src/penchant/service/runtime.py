"""Answers: GetRecommendations and GetPersonalizedRanking."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

from penchant.data.top_k import Scores
from penchant.data.training_set import Bools
from penchant.domain.callers import Caller
from penchant.domain.errors import InvalidInputException
from penchant.domain.recipes import RecipeType
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
from penchant.serving.sight import Passing
from penchant.store.events import EventLog
from penchant.store.shown import ShownLists

Answer = Callable[[int, Passing | None, int | None], answers.Items]
"""How many items, what of them passes, the seed of exploration (None: no such) -> the answer."""
OfCatalogue = Callable[[int | None, int, Bools | None], answers.Items]
"""Seed, how many items, which of the catalogue may be answered -> the answer."""
DEFAULT_RESULTS: Final = 25
LONGEST_INPUT: Final = 500
LIVE_S: Final = 90 * 86_400
_RECOMMENDER: Final = ":recommender/"


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
        arn = _answering_arn(campaign_arn, recommender_arn)
        n = _checked_number(num_results)
        deployment = await self._deployment(caller, arn)
        _check_inputs(deployment, userId=user_id, itemId=item_id)
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
            raise _answers_elsewhere(deployment)
        _check_input_list(input_list)
        user_id = _required("userId", user_id, deployment)
        n = len(input_list)
        wanted = await self._metadata.wanted(deployment, metadata_columns, "inputList", n)
        sight = await self._filters.sight(caller, deployment, user_id, filter_arn, filter_values)
        entries = self._filters.let_through(sight, user_id, input_list)
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
                item = _required("itemId", item_id, deployment)
                return _of_catalogue(lambda _, n, may: answers.related(deployment, item, n, may))
            case RecipeType.POPULAR_ITEMS:
                if deployment.recipe.requires_user:
                    _required("userId", user_id, deployment)
                trends = deployment.trends
                if trends is not None:
                    return lambda n, passing, _: answers.trending(trends, n, passing)
                return _of_catalogue(lambda _, n, may: answers.popular(deployment, n, may))
            case RecipeType.USER_PERSONALIZATION:
                user = _required("userId", user_id, deployment)
                scores = self._scores(deployment, user, context, last_event)
                pads = deployment.recipe.tells_reasons
                personal = partial(answers.personal, deployment, ScoredCatalogue(scores))
                return _of_catalogue(personal, pads=pads)
        raise _answers_elsewhere(deployment)

    def _scores(
        self,
        deployment: Deployment,
        user_id: str,
        context: Mapping[str, str] | None,
        last_event: int | None = None,
    ) -> Scores:
        moment = self._moment(deployment)
        return deployment.scores(user_id, self._events, moment, context, last_event)

    def _moment(self, deployment: Deployment) -> int:
        """The moment of asking; 0, the history's end, where the data ended long before now."""
        now = int(self._clock().timestamp())
        return now if now - deployment.artifact.trained_until <= LIVE_S else 0


def _last_event(*passing: Passing | None) -> int | None:
    found = (one.last_event for one in passing if one is not None)
    return next((one for one in found if one is not None), None)


def _of_catalogue(kind: OfCatalogue, *, pads: bool = False) -> Answer:
    """An answer out of the model's catalogue; with `pads` what came since fills it up."""

    def answer(n: int, passing: Passing | None, seed: int | None) -> answers.Items:
        if passing is None:
            return kind(seed, n, None)
        items = kind(seed, n, passing.catalogue)
        return answers.padded(items, n, passing) if pads else items

    return answer


def _answers_elsewhere(deployment: Deployment) -> InvalidInputException:
    """What to tell who asked for something else than the recipe gives."""
    text = f"{deployment.arn} uses the recipe {deployment.recipe.name}, which "
    match deployment.recipe.recipe_type:
        case RecipeType.PERSONALIZED_RANKING:
            return InvalidInputException(f"{text}ranks lists; call GetPersonalizedRanking.")
        case RecipeType.PERSONALIZED_ACTIONS:
            text += "recommends actions; call GetActionRecommendations."
            return InvalidInputException(text)
        case RecipeType.USER_SEGMENTATION:
            text += "finds users for items; call CreateBatchSegmentJob."
            return InvalidInputException(text)
    return InvalidInputException(f"{text}ranks no lists; call GetRecommendations.")


def _answering_arn(campaign_arn: str | None, recommender_arn: str | None) -> str:
    if campaign_arn and recommender_arn:
        raise InvalidInputException("Give campaignArn or recommenderArn, not both.")
    if recommender_arn:
        if _RECOMMENDER not in recommender_arn:
            raise InvalidInputException(
                f"recommenderArn {recommender_arn} is the ARN of something else; give that of a "
                "recommender, or give it as campaignArn if it is a campaign's."
            )
        return recommender_arn
    if not campaign_arn:
        raise InvalidInputException(
            "campaignArn is missing; give the ARN of a campaign, or recommenderArn."
        )
    if _RECOMMENDER in campaign_arn:
        raise InvalidInputException(
            f"campaignArn {campaign_arn} is the ARN of a recommender; give it as recommenderArn."
        )
    return campaign_arn


def _check_inputs(deployment: Deployment, **given: str | None) -> None:
    """Check that a use case has what it asks for."""
    use_case = deployment.recipe.use_case
    for member in use_case.asks_for if use_case is not None else ():
        _required(member, given[member], deployment)


def _checked_number(num_results: int | None) -> int:
    if num_results is None:
        return DEFAULT_RESULTS
    if not 0 <= num_results <= LONGEST_ANSWER:
        raise InvalidInputException(
            f"numResults is {num_results}; give a number from 0 to {LONGEST_ANSWER}."
        )
    return num_results


def _check_input_list(input_list: Sequence[str]) -> None:
    if not 1 <= len(input_list) <= LONGEST_INPUT:
        raise InvalidInputException(
            f"inputList has {len(input_list)} items; give from 1 to {LONGEST_INPUT}."
        )


def _required(member: str, value: str | None, deployment: Deployment) -> str:
    if not value:
        raise InvalidInputException(
            f"{member} is missing; {deployment.arn} uses the recipe {deployment.recipe.name}, "
            f"which needs it."
        )
    return value
