"""The HTTP server around the application: uvicorn, on one socket, until it is told to stop."""

import logging
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import uvicorn

from penchant.edge.asgi import STOPPING, App, Receive, Scope, Send
from penchant.edge.connection import Connection

_KEEP_ALIVE_S: Final = 65  # longer than the SDKs keep an idle connection
_BACKLOG: Final = 2048
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
_log = logging.getLogger(__name__)


def bind(host: str, port: int, *, share: bool = False) -> socket.socket:
    """Bind an address; port 0 takes a free one.

    Args:
        host: Name or address.
        port: TCP port.
        share: Let other processes bind the same port too; the kernel then spreads connections.

    Raises:
        OSError: The address is taken or not this machine's.
    """
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    bound = socket.socket(family, kind, protocol)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if share:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        bound.bind(address)
    except OSError:
        bound.close()
        raise
    return bound


def address_of(bound: socket.socket) -> str:
    """The address of a bound socket as `http://host:port`."""
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class Server(uvicorn.Server):
    """A server that says when it answers, and that returns to its caller when it is told to stop.

    Args:
        app: The application; its scopes tell whether the server is stopping.
        ready: Called once requests are answered.
        grace_s: How long requests may take to end after SIGTERM or SIGINT.
    """

    def __init__(
        self, app: App, ready: Callable[[], None] = lambda: None, *, grace_s: int = 30
    ) -> None:
        def stopping() -> bool:
            return self.should_exit

        async def told(scope: Scope, receive: Receive, send: Send) -> None:
            scope[STOPPING] = stopping
            await app(scope, receive, send)

        super().__init__(
            uvicorn.Config(
                told,
                http=Connection,
                ws="none",
                lifespan="on",
                access_log=False,
                log_config=None,
                server_header=False,
                backlog=_BACKLOG,
                timeout_keep_alive=_KEEP_ALIVE_S,
                timeout_graceful_shutdown=grace_s,
            )
        )
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start answering, then tell."""
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Say so, then stop."""
        _log.info(
            "stopping; requests under way have %d s to end, Ctrl-C again cuts them off",
            self.config.timeout_graceful_shutdown,
        )
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on a signal, without sending it to ourselves again afterwards as uvicorn does."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def serve(
    app: App,
    host: str,
    port: int,
    ready: Callable[[str], None] = lambda _: None,
    *,
    bound: socket.socket | None = None,
    grace_s: int = 30,
) -> None:
    """Answer requests until SIGTERM or SIGINT.

    Args:
        app: The application.
        host: Address to listen on.
        port: Port to listen on; 0 takes a free one.
        ready: Called with `http://host:port` once requests are answered.
        bound: A socket that is bound already; `host` and `port` are then not looked at.
        grace_s: How long requests may take to end after the signal.

    Raises:
        OSError: The address is taken or not this machine's.
    """
    listening = bound or bind(host, port)
    address = address_of(listening)
    try:
        Server(app, lambda: ready(address), grace_s=grace_s).run(sockets=[listening])
    finally:
        listening.close()
