"""Events as values, and as rows of the table."""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from penchant.store import database

WRITTEN: Final = ("user_id", "timestamp", "event_hash", "body")  # columns of a row, in order

_INT64: Final = range(-(2**63), 2**63)


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that a user did.

    A msgspec struct where a frozen dataclass would do, and kept as one JSON text: an answer
    reads a hundred of them in its budget of 0.1 ms, which nine columns and a dataclass take
    0.3 ms for. Members may be added when they have a default; none may change its meaning.

    Attributes:
        user_id: Whose; the session's id where the user is not known.
        item_id: On which item; empty for none.
        timestamp: Epoch seconds.
        event_value: Finite; anything else is kept as None.
        event_id: The client's id of the event; empty for none, and then it is never a repeat.
        recommendation_id: The answer that it reacts to.
        impression: The items that were shown.
        properties: Everything else, a JSON object.
    """

    user_id: str
    item_id: str
    timestamp: int
    event_type: str | None = None
    event_value: float | None = None
    session_id: str = ""
    event_id: str = ""
    recommendation_id: str | None = None
    impression: tuple[str, ...] = ()
    properties: Mapping[str, Any] = msgspec.field(default_factory=dict)


Row = tuple[str, int, int | None, str]  # WRITTEN

_ENCODE: Final = msgspec.json.Encoder().encode
from_body: Final = msgspec.json.Decoder(Event).decode


def to_row(event: Event) -> Row:
    """The columns of WRITTEN.

    Raises:
        ValueError: The event holds what the databases cannot keep.
    """
    if not database.can_be_kept(event.user_id):
        raise ValueError(f"user_id {event.user_id!r} holds a NUL character; leave it out")
    if event.timestamp not in _INT64:
        raise ValueError(f"timestamp {event.timestamp} does not fit into 64 bits; send seconds")
    try:
        body = _ENCODE(event).decode()
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"{event!r} cannot be written as JSON ({error}); send UTF-8") from None
    return event.user_id, event.timestamp, _hash(event.event_id), body


def _hash(event_id: str) -> int | None:
    # Finding repeats sorts numbers then, not texts; that any two of ten million ids fall
    # together has a probability of 3 in a million.
    if not event_id:
        return None
    digest = hashlib.blake2b(event_id.encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
