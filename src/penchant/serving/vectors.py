"""What was worked out of users' histories, kept until these change."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from typing import Final

from penchant.data.queries import Query
from penchant.data.top_k import Scores
from penchant.models.contract import MomentModel, VectorModel
from penchant.serving.kept import Kept

MOST_USERS: Final = 10_000


@dataclass(frozen=True, slots=True)
class _Known:
    """A user as last seen: what was asked and when, the vector as (1, dim)."""

    query: Query
    moment: Hashable
    vector: Scores


class Vectors:
    """The vectors of the users that asked lately, of one model. Safe to use from several threads.

    One of them takes 1 KiB, and up to 6 KiB where its user has many fresh events.

    Args:
        model: Makes and scores them.
        capacity: How many are kept; the one asked for longest ago goes first.
    """

    def __init__(self, model: VectorModel, capacity: int = MOST_USERS) -> None:
        self._model = model
        self._moments = model if isinstance(model, MomentModel) else None  # dear to ask: 10 us
        self._known: Kept[_Known] = Kept(capacity)

    def scores(
        self, asked: Hashable, last_event: int, ask: Callable[[], Query], timestamp: int = 0
    ) -> Scores:
        """Scores of the catalogue for a user, shape (n_items,).

        Args:
            asked: Names the user, and what is told of the moment.
            last_event: Names the user's events (`EventLog.newest_sequence`). It is read before
                `ask` reads the events: what comes in between is then newer than its name, and
                the next question works everything out again.
            ask: Makes the query; called unless the user's history is known.
            timestamp: The moment of asking, as in the query.
        """
        known = self._known.find(asked, (last_event,))
        query = ask() if known is None else replace(known.query, timestamp=timestamp)
        moment = self._moment(query)
        if known is None or known.moment != moment:
            known = _Known(query, moment, self._model.user_vectors([query]))
            self._known.keep(asked, (last_event,), known)
        scores: Scores = self._model.score_vectors(known.vector, [query])[0]
        return scores

    def _moment(self, query: Query) -> Hashable:
        return None if self._moments is None else self._moments.moment(query)
