"""Events on their way to the log."""

import asyncio
from collections.abc import Sequence

from penchant.domain.errors import InvalidInputException, ThrottlingException
from penchant.store.events import Event, EventLog, EventLogFull


async def write_down(log: EventLog, stream: str, read: Sequence[Event]) -> None:
    """Put events on disk, all or none.

    Raises:
        ThrottlingException: Too many wait already.
        InvalidInputException: One holds what cannot be kept.
    """
    try:
        written = log.append(stream, read)
    except EventLogFull as error:
        raise ThrottlingException(
            "Events arrive faster than they can be written; send them again in a moment."
        ) from error
    except ValueError as error:
        raise InvalidInputException(f"An event cannot be kept: {error}.") from error
    await asyncio.wrap_future(written)
