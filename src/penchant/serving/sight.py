"""What one filter expression looks at for one deployment, and what it lets through."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np

from penchant.data.training_set import Bools, Int32s
from penchant.data.vocabulary import UNKNOWN, Vocabulary
from penchant.filters.columns import Table
from penchant.filters.masks import Circumstances, Masks
from penchant.filters.syntax import Expression
from penchant.serving.stock import Rows, Stock
from penchant.serving.user_events import NO_EVENTS, CatalogueEvents, Names, RecentEvents

Streams = Callable[[str, str], RecentEvents]
"""What a user streamed, by the name of the stream and the user."""


@dataclass(frozen=True)
class Passing:
    """What a filter lets through for one request.

    Attributes:
        rows: What was filtered.
        mask: Which of it passes, shape (len(rows),).
        strangers: Which of some ids pass that have no row.
        last_event: The user's newest event, where the filter asked for events
            (`EventLog.newest_sequence`).
    """

    rows: Rows
    mask: Bools
    strangers: Callable[[Sequence[str]], Bools]
    last_event: int | None = None

    @property
    def catalogue(self) -> Bools:
        """Which of the model's catalogue passes, shape (n_items,)."""
        return self.mask[: len(self.rows.catalogue)]

    @property
    def others(self) -> list[str]:
        """What passes of that which the dataset has and the model does not know."""
        found = np.flatnonzero(self.mask[len(self.rows.catalogue) :])
        return [self.rows.others.ids[place] for place in found.tolist()]

    def lets(self, names: Sequence[str]) -> list[bool]:
        """Which of any ids pass."""
        rows = self.rows.indices(names)
        known = rows != UNKNOWN
        mask = np.zeros(len(names), np.bool_)
        mask[known] = self.mask[rows[known]]
        if not known.all():
            mask[~known] = self.strangers(
                [names[place] for place in np.flatnonzero(~known).tolist()]
            )
        passing: list[bool] = mask.tolist()
        return passing


def let_through(passing: Passing | None, names: Sequence[str]) -> list[str]:
    """Those of any ids that pass, in their order; all of them where there is no filter."""
    return list(names) if passing is None else list(compress(names, passing.lets(names)))


@dataclass(frozen=True)
class Sight:
    """All that one expression looks at for one deployment.

    Attributes:
        expression: With a value for every parameter.
        stock: What is filtered, and its columns.
        imported: What was imported of interactions; None where the expression asks for none.
        people: None where the expression asks nothing of the user.
        stream: Where the events on what is filtered are.
    """

    expression: Expression
    stock: Stock
    imported: CatalogueEvents | None
    people: Stock | None
    stream: str

    def passing(self, user_id: str | None, item_id: str | None, streams: Streams) -> Passing:
        """What the expression lets through for a request.

        Args:
            user_id: Who asks.
            item_id: What they ask about.
            streams: What users did since the imports.

        Raises:
            FilterError: A value is none that its condition takes.
        """
        rows, done = self.stock.rows, self._done(user_id, streams)
        user = self.people.of(user_id) if self.people and user_id else {}
        current = rows.index(item_id) if item_id else UNKNOWN
        around = Circumstances(lambda types: done.rows(rows, types), user, current)

        def strangers(names: Sequence[str]) -> Bools:
            """Nothing is known of them but what the user did."""
            places = Vocabulary(dict.fromkeys(names))
            around = Circumstances(lambda types: done.among(places, types), user)
            mask = Masks(Table(len(places))).allowed(self.expression, around)
            return mask[places.indices(names)]

        last_event = None if done.imported is None else done.recent.last_event
        mask = self.stock.masks.allowed(self.expression, around)
        return Passing(rows, mask, strangers, last_event)

    def _done(self, user_id: str | None, streams: Streams) -> "_UserEvents":
        if self.imported is None or not user_id:
            return _UserEvents("", NO_EVENTS, None)
        return _UserEvents(user_id, streams(self.stream, user_id), self.imported)


@dataclass(frozen=True)
class _UserEvents:
    """What a user did."""

    user_id: str
    recent: RecentEvents
    imported: CatalogueEvents | None

    def rows(self, rows: Rows, types: frozenset[str] | None) -> Int32s:
        """The rows on which the user has events of these types; None: of any."""
        if self.imported is None:
            return np.empty(0, np.int32)
        kept = self.imported.kept.find((self.user_id, types), (self.recent.names, rows))
        if kept is None:
            known, names = self._imported(types)
            others = rows.indices([*_of_types(self.recent.names, types), *names])
            kept = np.concatenate([known, others[others != UNKNOWN]])
            self.imported.kept.keep((self.user_id, types), (self.recent.names, rows), kept)
        return kept

    def among(self, places: Vocabulary, types: frozenset[str] | None) -> Int32s:
        """The same among ids that are not in the catalogue."""
        _, names = self._imported(types)
        found = places.indices([*_of_types(self.recent.names, types), *names])
        places_done: Int32s = found[found != UNKNOWN]
        return places_done

    def _imported(self, types: frozenset[str] | None) -> tuple[Int32s, list[str]]:
        if self.imported is None:
            return np.empty(0, np.int32), []
        return self.imported.on(self.user_id, types)


def _of_types(names: Names, types: frozenset[str] | None) -> list[str]:
    return [name for name, kind in names if types is None or kind in types]
