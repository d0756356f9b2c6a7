"""Taking the `aws-chunked` framing off a body, with or without signed chunks and trailers.

Reference: "Signature Calculations for the Authorization Header: Transferring Payload in Multiple
Chunks" in the Amazon S3 API reference.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, Protocol

from penchant.protocol import sigv4
from penchant.sandbox.s3.errors import S3Error

_MAX_LINE_BYTES: Final = 4096
_SIGNATURE: Final = b"chunk-signature="
_TRAILER_SIGNATURE: Final = "x-amz-trailer-signature"


class Framing(Protocol):
    """How a body's bytes lie on the wire."""

    def decode(self, data: bytes) -> Iterator[memoryview]:
        """The content in the next bytes of the wire."""
        ...

    def finish(self) -> dict[str, str]:
        """The trailers; raises S3Error where the body is not complete or not as signed."""
        ...


@dataclass(slots=True)
class Plain:
    """A body without framing, checked against its hash where one was signed."""

    sha256: str | None
    _hash: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    def decode(self, data: bytes) -> Iterator[memoryview]:
        """See `Framing`."""
        if self.sha256 is not None:
            self._hash.update(data)
        yield memoryview(data)

    def finish(self) -> dict[str, str]:
        """See `Framing`."""
        if self.sha256 is not None and self._hash.hexdigest() != self.sha256:
            raise S3Error(
                "XAmzContentSHA256Mismatch",
                f"The provided 'x-amz-content-sha256' header, {self.sha256}, does not match what "
                f"was computed, {self._hash.hexdigest()}. Send the body that was signed.",
            )
        return {}


@dataclass(slots=True)
class ChunkSigner:
    """Checks the chain of chunk signatures that begins with the request's own."""

    key: bytes
    signature: sigv4.Signature
    previous: str

    def check_chunk(self, stated: str, chunk_hash: str) -> None:
        """Raises S3Error where the chunk is not the one that was signed."""
        request = self.signature
        computed = sigv4.chunk_signature(
            self.key, request.timestamp, request.scope, self.previous, chunk_hash
        )
        self._compare(stated, computed, "a chunk")

    def check_trailers(self, stated: str, trailers: bytes) -> None:
        """Raises S3Error where the trailers are not those that were signed."""
        request = self.signature
        computed = sigv4.trailer_signature(
            self.key, request.timestamp, request.scope, self.previous, trailers
        )
        self._compare(stated, computed, "the trailers")

    def _compare(self, stated: str, computed: str, what: str) -> None:
        if not hmac.compare_digest(stated.encode(), computed.encode()):
            raise S3Error(
                "SignatureDoesNotMatch",
                f"The signature of {what} does not match its content. Check the secret key, and "
                "that nothing on the way changes bodies.",
            )
        self.previous = computed


class Chunked:
    """A body in chunks, each behind a line with its length and, with a signer, its signature."""

    def __init__(self, signer: ChunkSigner | None, *, with_trailers: bool) -> None:
        self._signer = signer
        self._with_trailers = with_trailers
        self._state: Callable[[bytes, int], tuple[memoryview | None, int] | None] = self._head
        self._rest = b""
        self._remaining = 0
        self._stated = ""
        self._hash = hashlib.sha256()
        self._trailers: dict[str, str] = {}
        self._done = False

    def decode(self, data: bytes) -> Iterator[memoryview]:
        """See `Framing`."""
        data = self._rest + data if self._rest else data
        at = 0
        while at < len(data) and not self._done:
            step = self._state(data, at)
            if step is None:
                break
            content, at = step
            if content is not None:
                yield content
        self._rest = b"" if self._done else data[at:]
        if len(self._rest) > _MAX_LINE_BYTES:
            raise _broken("a line is longer than any that the format has")

    def finish(self) -> dict[str, str]:
        """See `Framing`."""
        in_trailers = self._state == self._trailer and not self._rest
        if not self._done and not in_trailers:
            raise S3Error("IncompleteBody", "The body ends before its last chunk. Send it again.")
        if self._signer is not None and self._with_trailers:
            stated = self._trailers.pop(_TRAILER_SIGNATURE, "")
            lines = "".join(f"{name}:{value}\n" for name, value in self._trailers.items())
            self._signer.check_trailers(stated, lines.encode())
        return self._trailers

    def _head(self, data: bytes, at: int) -> tuple[None, int] | None:
        line, after = _line(data, at)
        if line is None:
            return None
        size, _, extension = line.partition(b";")
        try:
            self._remaining = int(size, 16)
        except ValueError:
            raise _broken(f"{size[:20]!r} is not a chunk's length") from None
        if self._signer is not None and not extension.startswith(_SIGNATURE):
            raise _broken("a chunk has no signature")
        self._stated = extension.removeprefix(_SIGNATURE).decode("latin-1")
        self._hash = hashlib.sha256()
        if self._remaining == 0:
            self._check()
        self._state = self._content if self._remaining else self._trailer
        return None, after

    def _content(self, data: bytes, at: int) -> tuple[memoryview, int]:
        piece = memoryview(data)[at : at + self._remaining]
        if self._signer is not None:
            self._hash.update(piece)
        self._remaining -= len(piece)
        if not self._remaining:
            self._check()
            self._state = self._end
        return piece, at + len(piece)

    def _end(self, data: bytes, at: int) -> tuple[None, int] | None:
        line, after = _line(data, at)
        if line is None:
            return None
        if line:
            raise _broken("a chunk is longer than its length")
        self._state = self._head
        return None, after

    def _trailer(self, data: bytes, at: int) -> tuple[None, int] | None:
        line, after = _line(data, at)
        if line is None:
            return None
        if not line:
            self._done = True
        else:
            name, _, value = line.decode("latin-1").partition(":")
            self._trailers[name.strip().lower()] = value.strip()
        return None, after

    def _check(self) -> None:
        if self._signer is not None:
            self._signer.check_chunk(self._stated, self._hash.hexdigest())


def _line(data: bytes, at: int) -> tuple[bytes | None, int]:
    """The line from `at` without its end, and where the next one begins; None if incomplete."""
    end = data.find(b"\r\n", at)
    return (None, at) if end < 0 else (data[at:end], end + 2)


def _broken(reason: str) -> S3Error:
    return S3Error("InvalidRequest", f"The aws-chunked body is broken: {reason}. Send it again.")
