"""Whose the events of anonymous sessions are, once their users have logged in."""

from bisect import bisect_left
from collections.abc import Sequence

from penchant.store.events import Event


class Sessions:
    """Which users events named in which session, and when first.

    An anonymous event, whose user is its session, is of the user whom the session names next, or
    who was named last where nobody is any more. A session that names nobody stays a user of its
    own. All events are to be heard before it is asked whose one is, those on no item too: they
    may be all that a login leaves.
    """

    def __init__(self) -> None:
        self._named: dict[str, dict[str, int]] = {}
        self._in_order: dict[str, list[tuple[int, str]]] = {}

    def hear(self, event: Event) -> None:
        """Remember whom the event names; events may come in any order."""
        if is_anonymous(event) or not event.session_id:
            return
        users = self._named.setdefault(event.session_id, {})
        users[event.user_id] = min(event.timestamp, users.get(event.user_id, event.timestamp))

    def users_of(
        self, user_ids: Sequence[str], timestamps: Sequence[int], anonymous: Sequence[bool]
    ) -> list[str]:
        """Who did each of several events, which are told as columns of equal length."""
        told = zip(user_ids, timestamps, anonymous, strict=True)
        return [self.user_of(one, at) if unnamed else one for one, at, unnamed in told]

    def user_of(self, session_id: str, timestamp: int) -> str:
        """Who an anonymous event of a session at a time (epoch seconds) is of."""
        if session_id not in self._named:
            return session_id
        if session_id not in self._in_order:
            users = self._named[session_id]
            self._in_order[session_id] = sorted((at, user) for user, at in users.items())
        named = self._in_order[session_id]
        return named[min(bisect_left(named, (timestamp, "")), len(named) - 1)][1]


def is_anonymous(event: Event) -> bool:
    """Whether an event names no user beside its session."""
    return event.user_id == event.session_id
