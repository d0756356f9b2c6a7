"""What the filter of a batch job lets through, line by line."""

from collections.abc import Callable, Mapping
from typing import Final, Generic, TypeVar

import numpy as np

from penchant.data.training_set import Bools, Int32s
from penchant.data.vocabulary import UNKNOWN, Vocabulary
from penchant.domain.errors import InvalidInputException
from penchant.filters.binding import bind
from penchant.filters.errors import FilterError
from penchant.filters.masks import Circumstances, Masks
from penchant.filters.syntax import Expression, Source
from penchant.service.filter_requests import FilterRequests
from penchant.serving.deployment import Deployment
from penchant.serving.filtering import Filtering
from penchant.serving.imported_events import ImportedEvents
from penchant.serving.sight import Passing, Sight
from penchant.worker.batch.lines import Ask, LineRefused

MOST_KEPT: Final = 64
_OF_THE_USER: Final = frozenset({Source.INTERACTIONS, Source.CURRENT_USER})
T = TypeVar("T")


class ItemSieve:
    """Which items may be answered.

    Args:
        filtering: Finds what filters look at.
        deployment: Whose catalogue is filtered.
        expression: Of the job's filter; None for no filter.
    """

    def __init__(
        self, filtering: Filtering, deployment: Deployment, expression: Expression | None
    ) -> None:
        self._filtering = filtering
        self._requests = FilterRequests(filtering)
        self._deployment = deployment
        self._bound = None if expression is None else _Bound(expression, lambda bound: bound)

    def passing(self, ask: Ask) -> Passing | None:
        """What the filter lets through; None: all.

        Raises:
            LineRefused: The line lacks a value, or has one that its condition does not take.
        """
        try:
            (found,) = self._requests.passing([self._sight(ask)], ask.user_id, ask.item_id)
        except InvalidInputException as error:
            raise LineRefused(str(error)) from error
        return found

    def _sight(self, ask: Ask) -> Sight | None:
        bound = None if self._bound is None else self._bound.of(ask.filter_values)
        if bound is None or not bound.rules:
            return None
        if not ask.user_id and {field.source for field in bound.fields} & _OF_THE_USER:
            raise LineRefused("the job's filter looks at what a user is or did; give userId too")
        while isinstance(sight := self._filtering.sight(self._deployment, bound), list):
            for future in sight:
                future.result()
        return sight


class UserSieve:
    """Which users may stand in a segment.

    Args:
        masks: The columns of the users, a row a user of `ids`.
        ids: The users known at training.
        imported: What was imported of interactions.
        streamed: Users who streamed events, by event type in lower case.
        expression: Of the job's filter.
    """

    def __init__(
        self,
        masks: Masks,
        ids: Vocabulary,
        imported: list[ImportedEvents],
        streamed: Mapping[str, set[str]],
        expression: Expression,
    ) -> None:
        self._masks = masks
        self._ids = ids
        self._imported = [(file, ids.indices(list(file.users))) for file in imported]
        self._streamed = streamed
        self._bound = _Bound(expression, self._mask)

    def allowed(self, ask: Ask) -> Bools | None:
        """Shape (n_users,).

        Raises:
            LineRefused: The line lacks a value, or has one that its condition does not take.
        """
        return self._bound.of(ask.filter_values)

    def _mask(self, bound: Expression) -> Bools | None:
        return self._masks.allowed(bound, Circumstances(self._events)) if bound.rules else None

    def _events(self, types: frozenset[str] | None) -> Int32s:
        found = [places[file.users_with(types)] for file, places in self._imported]
        names = [
            self._ids.indices(sorted(users))
            for kind, users in self._streamed.items()
            if types is None or kind in types
        ]
        users = np.concatenate([np.empty(0, np.int32), *found, *names])
        known: Int32s = users[users != UNKNOWN]
        return known


class _Bound(Generic[T]):
    """What comes of an expression with a line's values in it, kept for the next like line."""

    def __init__(self, expression: Expression, make: Callable[[Expression], T]) -> None:
        self._expression = expression
        self._make = make
        self._kept: dict[tuple[tuple[str, str], ...], T] = {}

    def of(self, values: Mapping[str, str]) -> T:
        key = tuple(sorted(values.items()))
        if key not in self._kept:
            made = self._make_of(values)
            while len(self._kept) >= MOST_KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = made
        return self._kept[key]

    def _make_of(self, values: Mapping[str, str]) -> T:
        try:
            bound = bind(self._expression, values)
        except FilterError as error:
            raise LineRefused(str(error)) from error
        try:
            return self._make(bound)
        except FilterError as error:
            raise LineRefused(f"filterValues: {error}") from error
