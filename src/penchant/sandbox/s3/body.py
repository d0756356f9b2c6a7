"""Receiving a body: unframed, hashed, written, and at its end compared with all that was stated."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Final, Protocol

from penchant.protocol import sigv4
from penchant.sandbox.asgi import Receive
from penchant.sandbox.s3 import checksums
from penchant.sandbox.s3.checksums import ALGORITHMS, HEADER, Hasher
from penchant.sandbox.s3.chunks import Chunked, ChunkSigner, Framing, Plain
from penchant.sandbox.s3.errors import S3Error
from penchant.sandbox.s3.request import Request

_BATCH_BYTES: Final = 2**20
_SIGNED: Final = {sigv4.STREAMING_PAYLOAD, sigv4.STREAMING_PAYLOAD_TRAILER}
_TRAILED: Final = {sigv4.STREAMING_PAYLOAD_TRAILER, sigv4.STREAMING_UNSIGNED_TRAILER}


class DisconnectedError(Exception):
    """The client went away before its body was complete; nobody is left to be answered."""


class Sink(Protocol):
    """Where a body goes."""

    def write(self, data: memoryview, /) -> object:
        """Take the next bytes."""
        ...


@dataclass(frozen=True, slots=True)
class Received:
    """A body that arrived whole and as stated; `checksums` are Base64 by algorithm."""

    size_bytes: int
    md5: str
    checksums: dict[str, str]


class Intake:
    """Takes a body piece by piece; every method works without the event loop."""

    def __init__(self, request: Request, sink: Sink) -> None:
        self._headers = request.headers
        self._sink = sink
        self._framing = _framing(request)
        self._stated = checksums.stated(request.headers)
        self._hashers = {name: ALGORITHMS[name]() for name in self._wanted()}
        self._size_bytes = 0

    def feed(self, data: bytes) -> None:
        """Take the next bytes of the wire."""
        for content in self._framing.decode(data):
            self._size_bytes += len(content)
            self._sink.write(content)
            for hasher in self._hashers.values():
                hasher.update(content)

    def finish(self) -> Received:
        """Compare the body with its length, hashes, signatures and checksums.

        Raises:
            S3Error: It is not what the client said it would send.
        """
        stated = self._stated | checksums.stated(self._framing.finish())
        self._check_length()
        md5 = self._hashers["md5"].digest()
        self._check_md5(md5)
        for name, text in stated.items():
            self._check_checksum(name, text, self._hashers.get(name))
        computed = {n: checksums.encode(h.digest()) for n, h in self._hashers.items()}
        if "md5" not in stated:
            del computed["md5"]
        return Received(self._size_bytes, md5.hex(), computed)

    def _wanted(self) -> set[str]:
        named = {part.strip() for part in self._headers.get("x-amz-trailer", "").split(",")}
        trailed = {name.lower().removeprefix(HEADER) for name in named if name}
        algorithm = self._headers.get("x-amz-sdk-checksum-algorithm")
        wanted = {"md5", *self._stated, *trailed} | ({algorithm.lower()} if algorithm else set())
        return {checksums.check_algorithm(name) for name in wanted}

    def _check_length(self) -> None:
        stated = self._headers.get("x-amz-decoded-content-length")
        if stated is not None and stated != str(self._size_bytes):
            raise S3Error(
                "IncompleteBody",
                f"x-amz-decoded-content-length says {stated}, {self._size_bytes} bytes came.",
            )

    def _check_md5(self, md5: bytes) -> None:
        stated = self._headers.get("content-md5")
        if stated is not None and checksums.decode(stated, len(md5)) != md5:
            raise S3Error(
                "BadDigest",
                f"The Content-MD5 you specified ({stated}) did not match what we received "
                f"({checksums.encode(md5)}). Send the body again.",
            )

    @staticmethod
    def _check_checksum(name: str, stated: str, hasher: Hasher | None) -> None:
        if hasher is None:
            raise S3Error("InvalidRequest", f"{HEADER}{name} is not announced in x-amz-trailer.")
        digest = hasher.digest()
        if checksums.decode(stated, len(digest)) != digest:
            raise S3Error(
                "BadDigest",
                f"The {name.upper()} you specified ({stated}) did not match the calculated "
                f"checksum ({checksums.encode(digest)}). Send the body again.",
            )


async def receive_into(intake: Intake, receive: Receive, threads: Executor) -> Received:
    """Feed a body to an intake in threads while the next part of it arrives.

    Memory stays bounded: at most two batches are held.

    Raises:
        DisconnectedError: The client went away.
        S3Error: As `Intake.finish`.
    """
    loop = asyncio.get_running_loop()
    feeding: asyncio.Future[None] | None = None
    try:
        async for batch in _batches(receive):
            if feeding is not None:
                await feeding
            feeding = loop.run_in_executor(threads, intake.feed, batch)
    finally:
        if feeding is not None:
            await asyncio.wait([feeding])
    if feeding is not None:
        feeding.result()
    return await loop.run_in_executor(threads, intake.finish)


async def _batches(receive: Receive) -> AsyncIterator[bytes]:
    batch = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise DisconnectedError
        batch += message.get("body", b"")
        more = message.get("more_body", False)
        if len(batch) >= _BATCH_BYTES or not more:
            yield bytes(batch)
            batch.clear()


def _framing(request: Request) -> Framing:
    stated = request.signature.payload_hash
    signed, trailed = stated in _SIGNED, stated in _TRAILED
    if signed or trailed:
        signer = ChunkSigner(request.signing_key, request.signature, request.signature.signature)
        return Chunked(signer if signed else None, with_trailers=trailed)
    if stated.startswith("STREAMING-"):
        raise S3Error(
            "NotImplemented",
            f"x-amz-content-sha256 {stated!r} is not supported. Sign with AWS4-HMAC-SHA256.",
        )
    return Plain(None if stated == sigv4.UNSIGNED_PAYLOAD else stated)
