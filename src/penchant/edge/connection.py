"""Connections: heads of answers leave together with the body, heads of requests have an end."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LONGEST_HEAD_BYTES: Final = 64 * 2**10
_END_OF_HEAD: Final = b"\r\n\r\n"
_HEAD_TOO_LONG: Final = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-length: 0\r\nconnection: close" + _END_OF_HEAD
)


class Connection(HttpToolsProtocol):
    """uvicorn's, over a transport that joins what uvicorn writes in two.

    The parser keeps whatever comes until a head has ended, and so it does with what may follow a
    body in chunks; here both have a longest length.
    """

    _pending_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin."""
        super().connection_made(JoiningTransport(transport, self.loop.call_soon))

    def data_received(self, data: bytes) -> None:
        """Take what the client sent."""
        self._pending_bytes += len(data)
        super().data_received(data)
        if self._pending_bytes > LONGEST_HEAD_BYTES and not self.transport.is_closing():
            self.transport.write(_HEAD_TOO_LONG)
            self.transport.close()

    def on_headers_complete(self) -> None:
        """Begin to answer."""
        self._pending_bytes = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Hand a part of the body on."""
        self._pending_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Wait for the next request."""
        self._pending_bytes = 0
        super().on_message_complete()


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
