"""What a request for an answer has to give; all of it raises InvalidInputException."""

from collections.abc import Sequence
from typing import Final

from penchant.domain.errors import InvalidInputException
from penchant.domain.recipes import RecipeType
from penchant.serving.deployment import Deployment

LONGEST_INPUT: Final = 500
_RECOMMENDER: Final = ":recommender/"


def answers_elsewhere(deployment: Deployment) -> InvalidInputException:
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


def answering_arn(campaign_arn: str | None, recommender_arn: str | None) -> str:
    """What is asked: a campaign, or under recommenderArn a recommender."""
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


def check_inputs(deployment: Deployment, **given: str | None) -> None:
    """Check that a use case has what it asks for."""
    use_case = deployment.recipe.use_case
    for member in use_case.asks_for if use_case is not None else ():
        required(member, given[member], deployment)


def checked_number(num_results: int | None, default: int, longest: int) -> int:
    """How many are asked for, where `longest` is the most."""
    if num_results is None:
        return default
    if not 0 <= num_results <= longest:
        raise InvalidInputException(
            f"numResults is {num_results}; give a number from 0 to {longest}."
        )
    return num_results


def check_input_list(input_list: Sequence[str]) -> None:
    """Check how many items are to be ranked."""
    if not 1 <= len(input_list) <= LONGEST_INPUT:
        raise InvalidInputException(
            f"inputList has {len(input_list)} items; give from 1 to {LONGEST_INPUT}."
        )


def required(member: str, value: str | None, deployment: Deployment) -> str:
    """The value of a member that the recipe needs."""
    if not value:
        raise InvalidInputException(
            f"{member} is missing; {deployment.arn} uses the recipe {deployment.recipe.name}, "
            f"which needs it."
        )
    return value
