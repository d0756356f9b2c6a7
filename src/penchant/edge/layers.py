"""What is wrapped around every request, one small class per concern; the order is set elsewhere."""

import logging
import time
from collections.abc import Callable
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
)
from penchant.edge.metrics import Metrics
from penchant.edge.refusals import Refusals

_log = logging.getLogger("penchant.edge")
_access_log = logging.getLogger("penchant.access")
_ID: Final = b"x-amzn-requestid"
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
    """Writes one line of JSON per request to the logger `penchant.access`."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, then write the line."""
        try:
            await self._app(scope, receive, send)
        finally:
            if _access_log.isEnabledFor(logging.INFO):
                _access_log.info(_line(scope, exchange_of(scope)))


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


def _line(scope: Scope, exchange: Exchange) -> str:
    taken_ms = (time.perf_counter() - exchange.started_s) * 1000
    values = {
        "request_id": exchange.request_id,
        "method": scope["method"],
        "path": scope["path"],
        "operation": exchange.operation,
        "status": exchange.status,
        "error": exchange.error,
        "access_key_id": exchange.access_key_id,
        "duration_ms": round(taken_ms, 2),
    }
    return orjson.dumps(values).decode()
