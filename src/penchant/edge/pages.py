"""What is answered without a signature: health and metrics."""

import asyncio
from collections.abc import Callable, Sequence

import orjson
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, Router

from penchant.edge.asgi import App, Receive, Scope, Send, exchange_of
from penchant.edge.metrics import CONTENT_TYPE, Metrics
from penchant.edge.refusals import Refusals
from penchant.edge.watchers import Watchers
from penchant.protocol.sigv4 import Reason, RefusedError


def pages(
    version: str,
    metrics: Metrics,
    gauges: Callable[[], str],
    refusals: Refusals,
    watchers: Watchers,
    more: Sequence[BaseRoute] = (),
) -> App:
    """Build the router of the unsigned pages; elsewhere it demands a signature.

    Args:
        version: What `/health` says.
        metrics: What `/metrics` shows of requests.
        gauges: What it shows beside them.
        refusals: Writes errors.
        watchers: Who may see `/metrics`.
        more: Further routes that need no signature.
    """

    async def health(_: Request) -> Response:
        body = orjson.dumps({"status": "ok", "version": version})
        return Response(body, media_type="application/json")

    async def show_metrics(request: Request) -> Response:
        refused = watchers.refuse(request.scope)
        if refused is not None:
            return refused
        text = metrics.render() + await asyncio.to_thread(gauges)
        return PlainTextResponse(text, headers={"content-type": CONTENT_TYPE})

    async def refuse(scope: Scope, _: Receive, send: Send) -> None:
        refused = RefusedError(Reason.MISSING, "Missing Authentication Token")
        await refusals.of_refused(scope, refused).write(scope, send)

    routes = [Route("/health", health), Route("/metrics", show_metrics), *more]
    router = Router(routes, redirect_slashes=False, default=refuse)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        exchange_of(scope).operation = "page"
        await router(scope, receive, send)

    return answer
