"""The words of ASGI, and an answer that is ready to be sent."""

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, Final

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

EXCHANGE: Final = "penchant.exchange"
STOPPING: Final = "penchant.stopping"


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole response."""

    status: int
    headers: Headers
    body: bytes

    async def write(self, scope: Scope, send: Send) -> None:
        """Send it; the answer to HEAD keeps its length and leaves the body out."""
        length = (b"content-length", b"%d" % len(self.body))
        headers = [*self.headers, length]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        body = b"" if scope["method"] == "HEAD" else self.body
        await send({"type": "http.response.body", "body": body})


@dataclass(slots=True)
class Exchange:
    """What becomes known of one request while it is answered, for the log and the metrics.

    Attributes:
        request_id: A UUID, sent back as `x-amzn-requestid`.
        started_s: Reading of the monotonic clock.
        operation: The operation's name, or the other service's; `-` until it is known.
        access_key_id: Who asked; empty until the signature is verified.
        status: HTTP status; 0 while nothing was sent.
        error: The error's code; empty for none.
    """

    request_id: str
    started_s: float
    operation: str = "-"
    access_key_id: str = ""
    status: int = 0
    error: str = ""


def exchange_of(scope: Scope) -> Exchange:
    """The exchange that the outermost layer opened for this request."""
    exchange = scope[EXCHANGE]
    assert isinstance(exchange, Exchange)
    return exchange


def is_stopping(scope: Scope) -> bool:
    """Whether the server was told to stop; False where no server of ours stands around."""
    stopping: Callable[[], bool] | None = scope.get(STOPPING)
    return stopping is not None and stopping()
