"""The operations on single objects, and deleting many."""

import shutil
from collections.abc import Callable
from typing import BinaryIO, Final
from urllib.parse import unquote

from penchant.sandbox.s3 import checksums, conditions, xml
from penchant.sandbox.s3.body import Received
from penchant.sandbox.s3.errors import S3Error
from penchant.sandbox.s3.reply import Content, Reply, http_date, iso, moment, xml_reply
from penchant.sandbox.s3.request import Request
from penchant.store.folders.buckets import Buckets
from penchant.store.folders.objects import FolderObjects, StoredObject
from penchant.store.folders.sidecars import About
from penchant.store.folders.staging import StagedFile

Permit = Callable[[Request, str, str, str], None]

_MAX_DELETED: Final = 1000
_OVERRIDES: Final = {
    "response-content-type": "content-type",
    "response-content-language": "content-language",
    "response-expires": "expires",
    "response-cache-control": "cache-control",
    "response-content-disposition": "content-disposition",
    "response-content-encoding": "content-encoding",
}
_DEFAULT_TYPE: Final = "binary/octet-stream"


class ObjectOperations:
    """Putting, getting, copying and deleting; `permit` raises where the caller may not."""

    def __init__(self, buckets: Buckets, objects: FolderObjects, permit: Permit) -> None:
        self._buckets = buckets
        self._objects = objects
        self._permit = permit

    def put_object(self, request: Request, staged: StagedFile, received: Received) -> Reply:
        """Keep a body that arrived."""
        about = About(received.md5, _typed(request.object_headers()), received.checksums)
        wanted = conditions.demand(request.headers)
        stored = self._objects.put(request.bucket, request.key, staged, about, wanted)
        return Reply(headers={"etag": f'"{stored.about.etag}"'} | checksum_headers(stored))

    def get_object(self, request: Request) -> Reply:
        """An object's content, or a range of it."""
        stored, stream = self._open(request.bucket, request.key)
        try:
            return self._answer(request, stored, stream)
        except BaseException:
            stream.close()
            raise

    def head_object(self, request: Request) -> Reply:
        """What a get would answer, without content."""
        stored, stream = self._open(request.bucket, request.key)
        stream.close()
        return self._answer(request, stored, None)

    def copy_object(self, request: Request) -> Reply:
        """Copy an object with its metadata, or with that of the request."""
        source_bucket, source_key = source_of(request)
        self._permit(request, "s3:GetObject", source_bucket, source_key)
        replaced = request.headers.get("x-amz-metadata-directive", "COPY").upper() == "REPLACE"
        if (source_bucket, source_key) == (request.bucket, request.key) and not replaced:
            raise S3Error(
                "InvalidRequest",
                "This copy request is illegal because it is trying to copy an object to itself "
                "without changing its metadata. Set x-amz-metadata-directive to REPLACE.",
            )
        source, stream = self._open(source_bucket, source_key)
        with stream, self._buckets.staging.file() as staged:
            conditions.check_read(source, request.headers, "x-amz-copy-source-")
            shutil.copyfileobj(stream, staged.stream, 2**20)
            headers = _typed(request.object_headers()) if replaced else source.about.headers
            about = About(self._copied_etag(source, staged), headers, _full(source.about))
            stored = self._objects.put(request.bucket, request.key, staged, about)
        return xml_reply(xml.document("CopyObjectResult", *copied(stored.about.etag, stored)))

    def delete_object(self, request: Request) -> Reply:
        """Remove an object; one that is not there counts as removed."""
        check_version(request)
        self._objects.remove(request.bucket, request.key)
        return Reply(status=204)

    def delete_objects(self, request: Request, body: bytes) -> Reply:
        """Remove up to 1000 objects and tell of each."""
        asked = xml.parse(body, "Delete")
        entries = asked.findall("Object")
        if not 0 < len(entries) <= _MAX_DELETED:
            raise S3Error("MalformedXML", f"{len(entries)} objects are named; name 1 to 1000.")
        quiet = asked.findtext("Quiet", "").strip().lower() == "true"
        told = [self._delete_one(request, entry.findtext("Key") or "", quiet) for entry in entries]
        return xml_reply(xml.document("DeleteResult", *told))

    def get_object_tagging(self, request: Request) -> Reply:
        """The empty set: objects here carry no tags."""
        self._open(request.bucket, request.key)[1].close()
        return xml_reply(xml.document("Tagging", "<TagSet/>"))

    def _delete_one(self, request: Request, key: str, quiet: bool) -> str:
        try:
            self._permit(request, "s3:DeleteObject", request.bucket, key)
        except S3Error as error:
            parts = (
                xml.text("Key", key),
                xml.text("Code", error.code),
                xml.text("Message", error.message),
            )
            return xml.tag("Error", *parts)
        self._objects.remove(request.bucket, key)
        return "" if quiet else xml.tag("Deleted", xml.text("Key", key))

    def _open(self, bucket: str, key: str) -> tuple[StoredObject, BinaryIO]:
        found = self._objects.open(bucket, key)
        if found is None:
            raise S3Error("NoSuchKey", f"There is no object {key!r} in bucket {bucket!r}.")
        return found

    def _answer(self, request: Request, stored: StoredObject, stream: BinaryIO | None) -> Reply:
        check_version(request)
        conditions.check_read(stored, request.headers)
        span = _part(request, stored) or conditions.byte_range(
            request.headers.get("range"), stored.size_bytes
        )
        start, n_bytes = span or (0, stored.size_bytes)
        headers = _described(stored) | {"content-length": str(n_bytes)}
        if span is not None:
            end = start + n_bytes - 1
            headers["content-range"] = f"bytes {start}-{end}/{stored.size_bytes}"
        elif request.headers.get("x-amz-checksum-mode", "").upper() == "ENABLED":
            headers |= checksum_headers(stored)
        headers |= {_OVERRIDES[n]: v for n, v in request.query.items() if n in _OVERRIDES}
        content = Content(stream, start, n_bytes) if stream is not None else None
        return Reply(206 if span is not None else 200, headers, content=content)

    @staticmethod
    def _copied_etag(source: StoredObject, staged: StagedFile) -> str:
        return staged.md5() if "-" in source.about.etag else source.about.etag


def source_of(request: Request) -> tuple[str, str]:
    """Bucket and key that a copy is taken from.

    Raises:
        S3Error: The header does not name an object, or a version.
    """
    path, _, version = request.headers["x-amz-copy-source"].partition("?versionId=")
    bucket, _, key = unquote(path).removeprefix("/").partition("/")
    if not bucket or not key:
        raise S3Error("InvalidArgument", f"x-amz-copy-source {path!r} is not bucket/key.")
    if version not in {"", "null"}:
        raise _no_version(version)
    return bucket, key


def check_version(request: Request) -> None:
    """Raises S3Error where another version is asked for than the only one."""
    version = request.query.get("versionId", "null")
    if version != "null":
        raise _no_version(version)


def checksum_headers(stored: StoredObject) -> dict[str, str]:
    """The checksums that are known of an object."""
    known = stored.about.checksums
    headers = {f"{checksums.HEADER}{name}": text for name, text in known.items()}
    return headers | ({f"{checksums.HEADER}type": stored.about.checksum_type} if known else {})


def copied(etag: str, stored: StoredObject) -> tuple[str, str]:
    """What is told of a copy."""
    return xml.text("LastModified", iso(moment(stored.modified_ns))), xml.text("ETag", f'"{etag}"')


def _described(stored: StoredObject) -> dict[str, str]:
    return {
        "content-type": _DEFAULT_TYPE,
        **stored.about.headers,
        "accept-ranges": "bytes",
        "etag": f'"{stored.about.etag}"',
        "last-modified": http_date(moment(stored.modified_ns)),
    }


def _part(request: Request, stored: StoredObject) -> tuple[int, int] | None:
    if "partNumber" not in request.query:
        return None
    number, sizes = request.number("partNumber", 1, 10_000), stored.about.part_sizes
    sizes = sizes or (stored.size_bytes,)
    if not 0 < number <= len(sizes):
        raise S3Error("InvalidRange", f"The object has {len(sizes)} parts, not part {number}.")
    return sum(sizes[: number - 1]), sizes[number - 1]


def _typed(headers: dict[str, str]) -> dict[str, str]:
    return {"content-type": _DEFAULT_TYPE, **headers}


def _full(about: About) -> dict[str, str]:
    return dict(about.checksums) if about.checksum_type == "FULL_OBJECT" else {}


def _no_version(version: str) -> S3Error:
    return S3Error(
        "NoSuchVersion", f"There is no version {version!r}: buckets here keep the newest only."
    )
