"""Bodies that are still on their way when the answer is ready."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from penchant.edge.asgi import App, Message, Receive, Scope, Send

MOST_BYTES: Final = 64 * 2**20
LONGEST_S: Final = 30.0
SILENCE_S: Final = 1.0
_CLOSE: Final = (b"connection", b"close")


class Unread:
    """Reads and drops what is left of a body, so that the client gets to read its answer.

    Most clients look at the answer once the whole body is sent; a connection that is closed before
    is reset under them, and the answer is lost. A body of a known length is therefore read to its
    end before the answer goes out, and the connection goes on. Where nobody knows whether or how
    much will come, the answer goes out first, with `connection: close`, and what still comes is
    dropped until the client hangs up or falls silent: bodies without a length, and clients that
    sent `Expect: 100-continue` and were never told to go on, after which the server could not tell
    a late body from the next request (RFC 9110, section 10.1.1).

    Args:
        app: Answers the requests.
        most_bytes: How much is dropped, at most, before the connection is closed all the same.
        longest_s: How long that may take.
        silence_s: How long a client that has its answer may send nothing.
    """

    def __init__(
        self,
        app: App,
        *,
        most_bytes: int = MOST_BYTES,
        longest_s: float = LONGEST_S,
        silence_s: float = SILENCE_S,
    ) -> None:
        self._app = app
        self._most_bytes = most_bytes
        self._longest_s = longest_s
        self._silence_s = silence_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and take care of what the application has left unread."""
        headers = dict(scope["headers"])
        length = _length(headers)
        if length == 0:
            await self._app(scope, receive, send)
            return
        body = _Body(receive, waits=b"expect" in headers)
        foreseen = length is not None and length <= self._most_bytes

        async def send_and_drop(message: Message) -> None:
            if body.ended:
                await send(message)
                return
            if message["type"] == "http.response.start":
                if foreseen and not body.waits:
                    await self._drop(body, self._longest_s)
                if not body.ended:
                    message["headers"] = [*message.get("headers", ()), _CLOSE]
            elif not message.get("more_body", False):
                await send({**message, "more_body": True})
                await self._drop(body, self._silence_s)
                message = {"type": "http.response.body", "body": b""}
            await send(message)

        await self._app(scope, body.receive, send_and_drop)

    async def _drop(self, body: "_Body", silence_s: float) -> None:
        left = self._most_bytes
        with suppress(TimeoutError):
            async with asyncio.timeout(self._longest_s):
                while left > 0 and not body.ended:
                    message = await asyncio.wait_for(body.receive(), silence_s)
                    left -= len(message.get("body", b""))


class _Body:
    """What a client sends, and how far it has come.

    Attributes:
        waits: The client keeps it back until it is asked for.
        ended: All of it is here, or the client is gone.
    """

    __slots__ = ("_receive", "ended", "waits")

    def __init__(self, receive: Receive, *, waits: bool) -> None:
        self._receive = receive
        self.waits = waits
        self.ended = False

    async def receive(self) -> Message:
        """Ask for the next part."""
        self.waits = False
        message = await self._receive()
        self.ended = not message.get("more_body", False)
        return message


def _length(headers: Mapping[bytes, bytes]) -> int | None:
    """How many bytes the head announces; None where it does not say."""
    if b"transfer-encoding" in headers:
        return None
    length = headers.get(b"content-length", b"0")
    return int(length) if length.isdigit() else None
