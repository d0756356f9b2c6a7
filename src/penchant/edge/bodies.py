"""Reading the body of a request."""

from penchant.domain.errors import RequestEntityTooLargeException
from penchant.edge.asgi import Message, Receive


class ClientGoneError(Exception):
    """The client hung up before its request was complete."""


async def read_body(receive: Receive, max_bytes: int, stated_bytes: int = 0) -> bytes:
    """Read a whole body.

    Args:
        receive: Hands out its parts.
        max_bytes: How long it may be.
        stated_bytes: How long it is by its head; a body that is said to be too long is not read.

    Raises:
        RequestEntityTooLargeException: It is longer than `max_bytes`; the rest is not read.
        ClientGoneError: The client hung up.
    """
    parts: list[bytes] = []
    left = max_bytes
    if stated_bytes > max_bytes:
        raise _too_long(max_bytes)
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        part = message.get("body", b"")
        left -= len(part)
        if left < 0:
            raise _too_long(max_bytes)
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def replay(body: bytes, receive: Receive) -> Receive:
    """Hand a body that was read out once more, then what comes after it."""
    waiting = [body]

    async def receive_again() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return receive_again


def _too_long(max_bytes: int) -> RequestEntityTooLargeException:
    return RequestEntityTooLargeException(
        f"The request body is longer than {max_bytes} bytes; send less at a time or raise "
        "PENCHANT_MAX_BODY_BYTES."
    )
