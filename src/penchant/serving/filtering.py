"""Which of a campaign's items, or actions, a filter lets through for a request."""

import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import lru_cache
from typing import Any, Final

from penchant.domain import statuses
from penchant.domain.arns import Kind
from penchant.domain.callers import Caller
from penchant.domain.datasets import (
    ACTION_INTERACTIONS,
    ACTIONS,
    INTERACTIONS,
    ITEMS,
    USERS,
    action_stream,
    dataset_arn,
)
from penchant.domain.errors import InvalidInputException, ResourceNotFoundException
from penchant.domain.resources import Resource
from penchant.filters.parsing import parse
from penchant.filters.syntax import EVENTS, Expression, Source, Target
from penchant.serving.deployment import Deployment
from penchant.serving.knowledge import Knowledge
from penchant.serving.sight import Sight
from penchant.serving.trusted import TRUST_S, Trusted
from penchant.serving.user_events import StreamedEvents
from penchant.store.events import EventLog
from penchant.store.resources import Resources

_DATASETS: Final = {
    Source.INTERACTIONS: INTERACTIONS,
    Source.ITEMS: ITEMS,
    Source.USERS: USERS,
    Source.ACTIONS: ACTIONS,
    Source.ACTION_INTERACTIONS: ACTION_INTERACTIONS,
    Source.CURRENT_USER: USERS,
    Source.CURRENT_ITEM: ITEMS,
}


class Filtering:
    """Finds filters and what they look at. Safe to use from several threads.

    Args:
        resources: Where filters are.
        events: What users do.
        knowledge: What else filters look at.
        trust_s: How long the row of a filter, or of a dataset, is taken as it was read.
        monotonic: Seconds that never run backwards.
    """

    def __init__(
        self,
        resources: Resources,
        events: EventLog,
        knowledge: Knowledge,
        trust_s: float = TRUST_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._resources = resources
        self._knowledge = knowledge
        self._rows = Trusted(monotonic, trust_s)
        self.streamed: Final = StreamedEvents(events)

    def find(self, caller: Caller, arn: str, group_arn: str) -> Expression:
        """What a filter of a dataset group says.

        Raises:
            ResourceNotFoundException: There is no such filter, or it is another owner's.
            InvalidInputException: The ARN is not a filter's, the filter is not ready, or belongs
                to another dataset group, or a dataset that it looks at was deleted.
        """
        found = self._row(arn)
        if found is None or found.owner != caller.owner:
            raise ResourceNotFoundException.of(arn)
        if found.kind is not Kind.FILTER:
            raise InvalidInputException(
                f"{arn} is the ARN of a {found.kind.value}; give that of a filter."
            )
        if found.status != statuses.ACTIVE:
            raise InvalidInputException(
                f"{arn} is {found.status}; wait until DescribeFilter shows {statuses.ACTIVE}."
            )
        if found.parent_arn != group_arn:
            raise InvalidInputException(
                f"{arn} belongs to {found.parent_arn}, not to {group_arn}; create a filter there."
            )
        expression = parsed(found.sent["filterExpression"])
        self._refuse_blind(expression, arn, group_arn)
        return expression

    def sight(self, deployment: Deployment, expression: Expression) -> Sight | list[Future[Any]]:
        """What an expression looks at, or what to wait for before asking again."""
        group, key = deployment.events_stream, str(deployment.artifact.folder)
        on_actions = expression.target is Target.ACTION
        ids = deployment.action_ids if on_actions else deployment.artifact.items
        columns, events = (ACTIONS, ACTION_INTERACTIONS) if on_actions else (ITEMS, INTERACTIONS)
        asked, looks_at_events = self._knowledge, bool(expression.sources & EVENTS)
        stock = asked.stock(dataset_arn(group, columns), key, ids, expression.columns)
        events_arn = dataset_arn(group, events)
        imported = asked.imported_events(events_arn, key, ids) if looks_at_events else None
        of_user = expression.user_columns
        people = asked.people(dataset_arn(group, USERS), of_user) if of_user else None
        if isinstance(stock, Future) or isinstance(imported, Future) or isinstance(people, Future):
            return [one for one in (stock, imported, people) if isinstance(one, Future)]
        stream = action_stream(group) if on_actions else group
        return Sight(expression, stock, imported, people, stream)

    def _refuse_blind(self, expression: Expression, arn: str, group_arn: str) -> None:
        for source in expression.sources:
            looked_at = dataset_arn(group_arn, _DATASETS[source])
            if self._row(looked_at) is None:
                raise InvalidInputException(
                    f"{arn} looks at {looked_at}, which was deleted; create the dataset again, or "
                    "a filter without it."
                )

    def _row(self, arn: str) -> Resource | None:
        found, read_at = self._rows.find(arn), self._rows.now()
        if found is None:
            found = self._resources.get(arn)
            if found is not None:
                self._rows.keep(arn, found, read_at)
        return found


@lru_cache(1_000)
def parsed(text: str) -> Expression:
    """What a stored expression says."""
    return parse(text)
