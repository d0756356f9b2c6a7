"""What is wrapped around every request, one small class per concern; the order is set elsewhere."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import orjson

from penchant.domain.errors import InternalFailure
from penchant.domain.identifiers import Uuids
from penchant.edge.asgi import (
    EXCHANGE,
    App,
    Exchange,
    Message,
    Receive,
    Scope,
    Send,
    exchange_of,
    is_stopping,
)
from penchant.edge.metrics import Metrics
from penchant.edge.refusals import Refusals

_log = logging.getLogger("penchant.edge")
_access_log = logging.getLogger("penchant.access")
_ID: Final = b"x-amzn-requestid"
_OUR_FAULT: Final = 500
_UNAVAILABLE: Final = 503
_CLOSE: Final = (b"connection", b"close")
_LOWEST_STATUS: Final = {"all": 0, "failed": 400, "none": 1000}
Layer = Callable[[App], App]


class RequestIds:
    """Opens the exchange of a request and sends its id and, at last, its status around."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._new_id = Uuids()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with `x-amzn-requestid`."""
        exchange = Exchange(self._new_id(), time.perf_counter())
        scope[EXCHANGE] = exchange

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                exchange.status = message["status"]
                others = [pair for pair in message.get("headers", ()) if pair[0].lower() != _ID]
                message["headers"] = [*others, (_ID, exchange.request_id.encode())]
            await send(message)

        await self._app(scope, receive, send_with_id)


class AccessLog:
    """Writes one line of JSON per request to the logger `penchant.access`.

    Args:
        app: Answers the requests.
        told: Which of them have a line: all, failed (status 400 and above) or none.
    """

    def __init__(self, app: App, told: str = "all") -> None:
        self._app = app
        self._lowest = _LOWEST_STATUS[told]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, then write the line."""
        try:
            await self._app(scope, receive, send)
        finally:
            exchange = exchange_of(scope)
            level = logging.INFO if exchange.status < _OUR_FAULT else logging.WARNING
            if exchange.status >= self._lowest and _access_log.isEnabledFor(level):
                _write_line(level, scope, exchange)


class Counting:
    """Counts and times requests for `/metrics`."""

    def __init__(self, app: App, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, then count."""
        exchange = exchange_of(scope)
        try:
            await self._app(scope, receive, send)
        finally:
            taken_s = time.perf_counter() - exchange.started_s
            self._metrics.observe(exchange.operation, exchange.status, taken_s)


class CutOff:
    """Answers requests that the end of the server cuts off; other cancellations go their way.

    It stands outside of what reads the rest of a body: there is no time left for that.
    """

    def __init__(self, app: App, refusals: Refusals) -> None:
        self._app = app
        self._refusals = refusals

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; of an answer that is half out the server cuts the connection."""
        try:
            await self._app(scope, receive, send)
        except asyncio.CancelledError:
            if not is_stopping(scope):
                raise
            if not exchange_of(scope).status:
                error = InternalFailure("The server is stopping; send the request again.")
                answer = self._refusals.of_error(scope, error, _UNAVAILABLE)
                await replace(answer, headers=[*answer.headers, _CLOSE]).write(scope, send)


class LastDoor:
    """Turns what nobody expected into InternalFailure; the log holds the traceback."""

    def __init__(self, app: App, refusals: Refusals) -> None:
        self._app = app
        self._refusals = refusals

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, come what may; this is the one broad except of the house."""
        exchange = exchange_of(scope)
        try:
            await self._app(scope, receive, send)
        except Exception:
            _log.exception("%s failed, request id %s", exchange.operation, exchange.request_id)
            if exchange.status:
                raise  # half an answer is out; the server has to cut the connection
            error = InternalFailure(
                "The server failed to answer; its log tells why under the request id "
                f"{exchange.request_id}."
            )
            await self._refusals.of_error(scope, error).write(scope, send)


def _write_line(level: int, scope: Scope, exchange: Exchange) -> None:
    taken_ms = round((time.perf_counter() - exchange.started_s) * 1000, 2)
    words = (scope["method"], scope["path"], exchange.operation, exchange.status, exchange.error)
    brief = " ".join(str(word) for word in (*words, f"{taken_ms} ms") if word)
    _access_log.log(level, _line(scope, exchange, taken_ms), extra={"brief": brief})


def _line(scope: Scope, exchange: Exchange, taken_ms: float) -> str:
    values = {
        "request_id": exchange.request_id,
        "method": scope["method"],
        "path": scope["path"],
        "operation": exchange.operation,
        "status": exchange.status,
        "error": exchange.error,
        "access_key_id": exchange.access_key_id,
        "duration_ms": taken_ms,
    }
    return orjson.dumps(values).decode()
