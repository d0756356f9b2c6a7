"""Filters on their way to an answer: found, filled with values, waited for where need be."""

from collections.abc import Mapping, Sequence
from typing import Final

from penchant.domain.callers import Caller
from penchant.domain.errors import InvalidInputException
from penchant.filters.binding import bind
from penchant.filters.errors import FilterError
from penchant.filters.syntax import EVENTS, Expression, Source
from penchant.service.filter_fits import check_fits
from penchant.service.loading import read
from penchant.serving.deployment import Deployment
from penchant.serving.filtering import Filtering
from penchant.serving.kept import Kept
from penchant.serving.sight import Passing, Sight
from penchant.serving.user_events import RecentEvents

MOST_KEPT: Final = 1_000
_OF_THE_USER: Final = EVENTS | {Source.CURRENT_USER}


class FilterRequests:
    """Reads the filter of a request.

    Args:
        filtering: Finds filters and what they look at.
    """

    def __init__(self, filtering: Filtering) -> None:
        self._filtering = filtering
        self._kept: Kept[Expression] = Kept(MOST_KEPT)

    async def sight(
        self,
        caller: Caller,
        deployment: Deployment,
        user_id: str | None,
        filter_arn: str | None,
        values: Mapping[str, str] | None,
    ) -> Sight | None:
        """What the request's filter looks at; None where it names none.

        Raises:
            ResourceNotFoundException: There is no such filter.
            InvalidInputException: It does not fit the campaign, or a value is missing or wrong.
            InternalFailure: What it looks at cannot be read.
        """
        if not filter_arn:
            return None
        expression = self._filtering.find(caller, filter_arn, deployment.events_stream)
        _check(expression, filter_arn, deployment, user_id)
        bound = self._bound(expression, filter_arn, values or {})
        return await self._seen(deployment, bound) if bound.rules else None

    async def automatic(self, deployment: Deployment, user_id: str | None) -> Sight | None:
        """What the use case's own filter looks at; None where it has none, or nobody is named.

        Raises:
            InternalFailure: What it looks at cannot be read.
        """
        if deployment.automatic is None or not user_id:
            return None
        return await self._seen(deployment, deployment.automatic)

    def passing(
        self, sights: Sequence[Sight | None], user_id: str | None, item_id: str | None
    ) -> list[Passing | None]:
        """What each of a request's filters lets through; None: everything.

        All of them see the same events, which are asked for once.

        Raises:
            InvalidInputException: A value is none that its condition takes.
        """
        known: dict[tuple[str, str], RecentEvents] = {}

        def streams(stream: str, user: str) -> RecentEvents:
            if (stream, user) not in known:
                known[stream, user] = self._filtering.streamed.of(stream, user)
            return known[stream, user]

        try:
            return [
                None if sight is None else sight.passing(user_id, item_id, streams)
                for sight in sights
            ]
        except FilterError as error:
            raise InvalidInputException(f"filterValues: {error}") from error

    def _bound(
        self, expression: Expression, filter_arn: str, values: Mapping[str, str]
    ) -> Expression:
        name = (filter_arn, *sorted(values.items()))
        bound = self._kept.find(name, (expression,))
        if bound is None:
            try:
                bound = bind(expression, values)
            except FilterError as error:
                raise InvalidInputException(f"{filter_arn}: {error}") from error
            self._kept.keep(name, (expression,), bound)
        return bound

    async def _seen(self, deployment: Deployment, expression: Expression) -> Sight:
        while isinstance(sight := self._filtering.sight(deployment, expression), list):
            for future in sight:
                await read(future, f"What filters of {deployment.events_stream} look at")
        return sight


def _check(
    expression: Expression, filter_arn: str, deployment: Deployment, user_id: str | None
) -> None:
    who = f"{deployment.arn} uses {deployment.recipe.name}"
    check_fits(expression, filter_arn, deployment.recipe, who)
    if expression.sources & _OF_THE_USER and not user_id:
        raise InvalidInputException(
            f"userId is missing; {filter_arn} looks at what the user is or did."
        )
