"""What one filter expression looks at for one deployment, and what it lets through."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from penchant.data.training_set import Bools, Int32s
from penchant.data.vocabulary import UNKNOWN, Vocabulary
from penchant.filters.columns import Table
from penchant.filters.masks import Circumstances, Masks
from penchant.filters.syntax import Expression
from penchant.serving.datasets import People
from penchant.serving.doings import KnownPast, Names, Streamed


@dataclass(frozen=True)
class Sight:
    """All that one expression looks at for one deployment.

    Attributes:
        expression: With a value for every parameter.
        ids: The catalogue that is filtered.
        masks: Its columns.
        past: What was imported of interactions; None where the expression asks for none.
        people: None where the expression asks nothing of the user.
        stream: Where the events on the catalogue are.
    """

    expression: Expression
    ids: Vocabulary
    masks: Masks
    past: KnownPast | None
    people: People | None
    stream: str

    def allowed(self, user_id: str | None, item_id: str | None, streamed: Streamed) -> Bools:
        """Which of the catalogue the expression lets through, shape (len(ids),).

        Args:
            user_id: Who asks.
            item_id: What they ask about.
            streamed: What users did lately.

        Raises:
            FilterError: A value is none that its condition takes.
        """
        names = self._names(user_id, streamed)

        def events(types: frozenset[str] | None) -> Int32s:
            fresh = self.ids.indices(_of_types(names, types))
            known = self.past.on(user_id, types) if self.past and user_id else fresh[:0]
            done: Int32s = np.concatenate([known, fresh[fresh != UNKNOWN]])
            return done

        current = self.ids.index(item_id) if item_id else UNKNOWN
        return self.masks.allowed(self.expression, self._circumstances(events, user_id, current))

    def allowed_unknown(
        self, item_ids: Sequence[str], user_id: str | None, streamed: Streamed
    ) -> Bools:
        """The same for items that are not in the catalogue: nothing is known but events."""
        places = Vocabulary(item_ids)
        names = self._names(user_id, streamed)

        def events(types: frozenset[str] | None) -> Int32s:
            fresh = places.indices(_of_types(names, types))
            done: Int32s = fresh[fresh != UNKNOWN]
            return done

        masks = Masks(Table(len(item_ids)))
        return masks.allowed(self.expression, self._circumstances(events, user_id, UNKNOWN))

    def _names(self, user_id: str | None, streamed: Streamed) -> Names:
        if self.past is None or not user_id:
            return frozenset()
        return streamed.of(self.stream, user_id)

    def _circumstances(
        self, events: Callable[[frozenset[str] | None], Int32s], user_id: str | None, current: int
    ) -> Circumstances:
        user = self.people.of(user_id) if self.people and user_id else {}
        return Circumstances(events, user, current)


def _of_types(names: Names, types: frozenset[str] | None) -> list[str]:
    return [name for name, kind in names if types is None or kind in types]
