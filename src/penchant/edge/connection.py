"""Connections on which the head of an answer leaves together with its body."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_END_OF_HEAD: Final = b"\r\n\r\n"


class Connection(HttpToolsProtocol):
    """uvicorn's, over a transport that joins what uvicorn writes in two."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin."""
        super().connection_made(JoiningTransport(transport, self.loop.call_soon))


class JoiningTransport(asyncio.Transport):
    """Holds a head back until the body follows, or until the turn of the event loop ends.

    Two writes are two calls of the system, two packets and two awakenings of the client: half of
    what a short answer costs beside its making.

    Args:
        transport: Writes at once.
        call_soon: Calls a function in the next turn of the event loop.
    """

    def __init__(
        self, transport: asyncio.Transport, call_soon: Callable[[Callable[[], None]], object]
    ) -> None:
        super().__init__()
        self._transport = transport
        self._call_soon = call_soon
        self._head = b""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Write, what is held back first."""
        if self._head:
            data, self._head = b"".join((self._head, data)), b""
        elif data[-4:] == _END_OF_HEAD:
            self._head = bytes(data)
            self._call_soon(self._flush)
            return
        self._transport.write(data)

    def close(self) -> None:
        """Close once everything is written."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._head:
            head, self._head = self._head, b""
            self._transport.write(head)

    def abort(self) -> None:
        """Close at once."""
        self._transport.abort()

    def is_closing(self) -> bool:
        """Whether it is closed or about to be."""
        return self._transport.is_closing()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """What is known of the socket."""
        return self._transport.get_extra_info(name, default)

    def pause_reading(self) -> None:
        """Take no more from the client for now."""
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Take from the client again."""
        self._transport.resume_reading()
