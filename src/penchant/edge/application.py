"""The ASGI application: what stands around every request, in order, and what is inside."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from importlib.metadata import version
from typing import Any, Final

from starlette.routing import BaseRoute

from penchant.domain.resources import utc_now
from penchant.edge.asgi import App, Receive, Scope, Send
from penchant.edge.cors import Cors
from penchant.edge.desk import Desk
from penchant.edge.doors import Doors
from penchant.edge.gate import Gate
from penchant.edge.keys import CachedKeys, KeyLookup
from penchant.edge.layers import AccessLog, Counting, CutOff, LastDoor, Layer, RequestIds
from penchant.edge.metrics import Metrics
from penchant.edge.pages import pages
from penchant.edge.rates import Rates
from penchant.edge.refusals import Refusals
from penchant.edge.unread import Unread
from penchant.edge.watchers import Watchers
from penchant.protocol.catalogue import Apis, load_apis
from penchant.settings import Settings

_N_THREADS: Final = 16


def application(
    operations: Mapping[str, Callable[..., Any]],
    keys: KeyLookup,
    sandbox: App | None,
    settings: Settings,
    clock: Callable[[], datetime] = utc_now,
    *,
    apis: Apis | None = None,
    routes: Sequence[BaseRoute] = (),
    gauges: Callable[[], str] = str,
) -> App:
    """Build the application that answers everything on the port.

    Args:
        operations: The services' bound methods by name (`create_schema`). `async def`
            ones are awaited on the event loop, the others run in threads. A name that is missing
            is answered by UnknownOperationException.
        keys: Who holds which access key; asked at most once a second per key.
        sandbox: Answers requests that are signed for other services than Personalize; None
            refuses them.
        settings: Those of time, size and rate of requests, `region`, `access_log` and
            `metrics_token` are used.
        clock: The present moment, for the time of signatures.
        apis: The services' operations; read from botocore's models unless given.
        routes: Further pages that need no signature, such as the console's.
        gauges: What `/metrics` tells beside the requests, written in a thread.
    """
    apis = apis or load_apis()
    metrics = Metrics()
    refusals = Refusals(apis.by_path)
    threads = ThreadPoolExecutor(_N_THREADS, thread_name_prefix="operation")
    gate = Gate(
        CachedKeys(keys, time.monotonic),
        clock,
        settings.clock_skew_s,
        settings.max_body_bytes,
        settings.region or "us-east-1",
    )
    app: App = Doors(
        apis,
        gate,
        Desk(operations, threads, Rates.read(settings, time.monotonic)),
        pages(
            version("penchant"),
            metrics,
            gauges,
            refusals,
            Watchers(settings.metrics_token),
            routes,
        ),
        sandbox,
        refusals,
    )
    outermost_first: list[Layer] = [
        RequestIds,
        lambda inner: AccessLog(inner, settings.access_log),
        lambda inner: Counting(inner, metrics),
        lambda inner: CutOff(inner, refusals),
        Unread,
        Cors,
        lambda inner: LastDoor(inner, refusals),
    ]
    for layer in reversed(outermost_first):
        app = layer(app)
    return _Lifespan(app, threads)


class _Lifespan:
    """Ends the threads when the server ends; whatever is neither that nor HTTP is not answered."""

    def __init__(self, app: App, threads: ThreadPoolExecutor) -> None:
        self._app = app
        self._threads = threads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._app(scope, receive, send)
        elif scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            try:
                await receive()
            except asyncio.CancelledError:
                return  # cut off by a second Ctrl-C, of which the log needs no traceback
            self._threads.shutdown()
            await send({"type": "lifespan.shutdown.complete"})
