"""From the events of a PutEvents request to events of the log."""

import json
import math
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from penchant.data.rules import ID_LENGTH, MILLISECONDS_FROM
from penchant.domain.errors import InvalidInputException
from penchant.store.events import Event

EVENT_ATTRIBUTION_SOURCE: Final = "EVENT_ATTRIBUTION_SOURCE"
FORBIDDEN: Final = frozenset(
    {"userid", "sessionid", "eventtype", "timestamp", "recommendationid", "impression"}
)


def read_event(
    sent: Mapping[str, Any], session_id: str, user_id: str | None, new_id: Callable[[], str]
) -> Event:
    """Read one member of `eventList`.

    Its user is the session where no user is named. `itemId` and `eventValue` may stand inside
    `properties`, as older programs have it; beside them they win. The other properties are kept
    under the names sent. An event without an item is taken, and of no use to any model.

    Raises:
        InvalidInputException: A value cannot be taken; the text names it.
    """
    properties = read_event_properties(sent.get("properties"))
    inner_item, inner_value = properties.pop("itemId", None), properties.pop("eventValue", None)
    source = (sent.get("metricAttribution") or {}).get("eventAttributionSource")
    if source:
        properties[EVENT_ATTRIBUTION_SOURCE] = source
    value = sent.get("eventValue")
    return Event(
        user_id=user_id or session_id,
        item_id=_item_id(sent.get("itemId") or inner_item),
        timestamp=read_time(sent["sentAt"], "sentAt"),
        event_type=sent["eventType"],
        event_value=_value(inner_value if value is None else value),
        session_id=session_id,
        event_id=sent.get("eventId") or new_id(),
        recommendation_id=sent.get("recommendationId"),
        impression=tuple(sent.get("impression") or ()),
        properties=properties,
    )


def read_event_properties(sent: Any) -> dict[str, Any]:
    """Read the `properties` of an event.

    Raises:
        InvalidInputException: They are no JSON object, hold half characters, or a name that has a
            place of its own in the request.
    """
    properties = read_properties(sent, "properties")
    _refuse_halves(properties, "properties")
    _refuse_reserved(properties)
    return properties


def read_properties(sent: Any, member: str) -> dict[str, Any]:
    """Read `properties`, an object or its JSON text; absent, empty or null means none.

    Raises:
        InvalidInputException: It is neither.
    """
    if isinstance(sent, str):
        try:
            sent = json.loads(sent) if sent.strip() else None
        except (ValueError, RecursionError) as error:
            raise InvalidInputException(
                f"{member} is not JSON: {error}. Give an object as JSON text."
            ) from error
    if sent is None:
        return {}
    if not isinstance(sent, Mapping):
        raise InvalidInputException(
            f'{member} is {json.dumps(sent)}; give a JSON object, such as {{"price": 9.5}}.'
        )
    return dict(sent)


def read_time(sent: Any, member: str) -> int:
    """Epoch seconds of a time sent as a date, as seconds or, being that large, milliseconds.

    Raises:
        InvalidInputException: It is before 1970 or not a time.
    """
    seconds = sent.timestamp() if isinstance(sent, datetime) else sent
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise InvalidInputException(f"{member} is {sent!r}; give epoch seconds.")
    if not math.isfinite(seconds) or seconds < 0:
        raise InvalidInputException(f"{member} is {seconds!r}; give epoch seconds from 0 on.")
    return int(seconds / 1000 if seconds >= MILLISECONDS_FROM else seconds)


def _refuse_halves(sent: Any, member: str) -> None:
    """Refuse what JSON can spell and UTF-8 cannot: half of a surrogate pair."""
    try:
        json.dumps(sent, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise InvalidInputException(
            f"{member} holds {error.object[error.start]!r}, half of a surrogate pair; "
            "give whole characters."
        ) from error


def _refuse_reserved(properties: Mapping[str, Any]) -> None:
    for name in properties:
        if name.lower() in FORBIDDEN:
            raise InvalidInputException(
                f"properties may not hold {name!r}; it has a place of its own in the request."
            )


def _item_id(sent: Any) -> str:
    if sent is None:
        return ""
    text = str(sent)
    if isinstance(sent, bool | list | dict) or len(text) > ID_LENGTH:
        raise InvalidInputException(
            f"itemId is {text[:300]!r}; give a text of at most {ID_LENGTH} characters."
        )
    return text


def _value(sent: Any) -> float | None:
    if sent is None:
        return None
    try:
        value = math.nan if isinstance(sent, bool) else float(sent)
    except (TypeError, ValueError, OverflowError):
        value = math.nan
    if not math.isfinite(value):
        raise InvalidInputException(f"eventValue is {sent!r}; give a number.")
    return value
