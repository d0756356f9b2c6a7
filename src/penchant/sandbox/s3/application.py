"""S3 as an ASGI application: from a checked request to the operation and back to bytes."""

import asyncio
import errno
import io
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar, TypeVarTuple

from penchant.protocol import faults
from penchant.protocol.faults import Dialect, Fault
from penchant.protocol.virtual_hosts import DOMAINS
from penchant.sandbox.asgi import Receive, Scope, Send
from penchant.sandbox.s3 import request as requests
from penchant.sandbox.s3 import routes
from penchant.sandbox.s3.body import DisconnectedError, Intake, receive_into
from penchant.sandbox.s3.bucket_operations import BucketOperations
from penchant.sandbox.s3.errors import S3Error
from penchant.sandbox.s3.listing_operations import ListingOperations
from penchant.sandbox.s3.object_operations import ObjectOperations
from penchant.sandbox.s3.reply import Content, Reply
from penchant.sandbox.s3.request import Request
from penchant.sandbox.s3.routes import Route
from penchant.sandbox.s3.upload_operations import UploadOperations
from penchant.sandbox.s3.uploads import Uploads
from penchant.store.folders.buckets import Buckets, UnknownBucketError
from penchant.store.folders.names import KeyTooLongError, NameRefusedError
from penchant.store.folders.objects import ChangedError, FolderObjects
from penchant.store.folders.policies import Access, allowed

Ts = TypeVarTuple("Ts")
R = TypeVar("R")

_PIECE_BYTES: Final = 2**19
_MAX_SMALL_BODY_BYTES: Final = 8 * 2**20
_FULL: Final = {errno.ENOSPC, errno.EDQUOT}
_BODILESS: Final = {204, 304}


class S3:
    """Serves the buckets below a folder.

    Args:
        root: Folder of the buckets; half-written files of dead processes in it are removed now.
        account: Owns folders that were made by hand.
        domains: Host names below which `<bucket>.<domain>` names a bucket.
        n_threads: How many requests may be at the disk at a time.
    """

    def __init__(
        self,
        root: Path,
        account: str,
        domains: tuple[str, ...] = DOMAINS,
        n_threads: int = 16,
    ) -> None:
        self._buckets = Buckets(root, account)
        self._buckets.staging.clean()
        objects, uploads = FolderObjects(self._buckets), Uploads(self._buckets)
        self._routes = routes.table(
            BucketOperations(self._buckets, objects, uploads),
            ObjectOperations(self._buckets, objects, self._permit),
            ListingOperations(objects),
            UploadOperations(self._buckets, objects, uploads, self._permit),
        )
        self._domains = domains
        self._threads = ThreadPoolExecutor(n_threads, thread_name_prefix="s3")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request_id = uuid.uuid4().hex[:16].upper()
        try:
            reply = await self._reply(scope, receive)
        except DisconnectedError:
            return
        except S3Error as error:
            reply = _error_reply(error, scope, request_id)
        reply.headers["x-amz-request-id"] = request_id
        await self._send(reply, send, with_body=scope["method"] != "HEAD")

    async def _reply(self, scope: Scope, receive: Receive) -> Reply:
        with _as_s3_errors():
            request = requests.read(scope, self._domains)
            route = routes.find(self._routes, request)
            await self._in_thread(self._authorize, route, request)
            if route.answer is not None:
                return await self._in_thread(route.answer, request)
            if route.answer_body is not None:
                body = await self._small_body(request, receive)
                return await self._in_thread(route.answer_body, request, body)
            return await self._streamed(route, request, receive)

    async def _streamed(self, route: Route, request: Request, receive: Receive) -> Reply:
        assert route.answer_stream is not None
        with self._buckets.staging.file() as staged:
            intake = Intake(request, staged.stream)
            received = await receive_into(intake, receive, self._threads)
            return await self._in_thread(route.answer_stream, request, staged, received)

    async def _small_body(self, request: Request, receive: Receive) -> bytes:
        sink = _BoundedBuffer()
        await receive_into(Intake(request, sink), receive, self._threads)
        return sink.getvalue()

    async def _in_thread(self, work: Callable[[*Ts], R], *args: *Ts) -> R:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, work, *args)

    def _authorize(self, route: Route, request: Request) -> None:
        if not request.bucket:
            return
        if route.action:
            self._permit(request, route.action, request.bucket, request.key)
        elif request.method != "PUT":
            self._buckets.get(request.bucket)

    def _permit(self, request: Request, action: str, bucket: str, key: str) -> None:
        context = {
            "aws:securetransport": str(request.secure).lower(),
            "aws:principalaccount": request.account,
        }
        access = Access(request.account, action, key or None, context=context)
        if not allowed(self._buckets.get(bucket), access):
            raise S3Error(
                "AccessDenied",
                f"Account {request.account} may not do {action} on '{bucket}/{key}'. Ask the "
                "bucket's owner to allow it in the bucket policy.",
            )

    async def _send(self, reply: Reply, send: Send, *, with_body: bool) -> None:
        headers = reply.headers
        if reply.status not in _BODILESS:
            headers.setdefault("content-length", str(len(reply.body)))
        raw = [(name.encode("latin-1"), _latin(text)) for name, text in headers.items()]
        await send({"type": "http.response.start", "status": reply.status, "headers": raw})
        if reply.content is not None:
            with reply.content.stream:
                await self._send_content(reply.content, send)
            return
        body = reply.body if with_body else b""
        await send({"type": "http.response.body", "body": body})

    async def _send_content(self, content: Content, send: Send) -> None:
        content.stream.seek(content.start)
        remaining = content.n_bytes
        while remaining > 0:
            piece = await self._in_thread(content.stream.read, min(remaining, _PIECE_BYTES))
            if not piece:
                raise OSError(f"{content.stream.name!r} became shorter while it was sent")
            remaining -= len(piece)
            await send({"type": "http.response.body", "body": piece, "more_body": remaining > 0})
        if not content.n_bytes:
            await send({"type": "http.response.body", "body": b""})


class _BoundedBuffer(io.BytesIO):
    def write(self, data: Any, /) -> int:
        if self.tell() + len(data) > _MAX_SMALL_BODY_BYTES:
            raise S3Error(
                "EntityTooLarge",
                f"The body is longer than the {_MAX_SMALL_BODY_BYTES} bytes that this operation "
                "takes. Divide the request.",
            )
        return super().write(data)


@contextmanager
def _as_s3_errors() -> Iterator[None]:
    try:
        yield
    except UnknownBucketError as missing:
        name = missing.args[0]
        raise S3Error("NoSuchBucket", f"The specified bucket {name!r} does not exist.") from None
    except KeyTooLongError as refused:
        raise S3Error("KeyTooLongError", str(refused)) from None
    except NameRefusedError as refused:
        raise S3Error("InvalidArgument", str(refused)) from None
    except ChangedError as changed:
        raise S3Error(
            "PreconditionFailed" if changed.exists else "NoSuchKey", str(changed)
        ) from None
    except OSError as problem:
        if problem.errno not in _FULL:
            raise
        raise S3Error("InsufficientStorage", "The disk is full. Free some space.") from None


def _error_reply(error: S3Error, scope: Scope, request_id: str) -> Reply:
    if error.http_status in _BODILESS or scope["method"] == "HEAD":
        return Reply(error.http_status, error.headers)
    fault = Fault(error.code, error.message, error.http_status, scope["path"])
    _, body = faults.write(fault, Dialect.S3, request_id)
    return Reply(error.http_status, {"content-type": "application/xml"} | error.headers, body)


def _latin(text: str) -> bytes:
    return text.encode("latin-1", "replace")
