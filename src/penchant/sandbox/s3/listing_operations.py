"""The operations that list a bucket's objects."""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final
from urllib.parse import quote

from penchant.sandbox.s3 import xml
from penchant.sandbox.s3.errors import S3Error
from penchant.sandbox.s3.reply import Reply, iso, moment, xml_reply
from penchant.sandbox.s3.request import Request
from penchant.store.folders.objects import FolderObjects, StoredObject

_MOST: Final = 1000
_BEHIND: Final = "\U0010ffff"  # follows every other character, so all keys with the prefix before


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of a listing; a text stands for all keys that begin with it."""

    entries: list[StoredObject | str]
    truncated: bool

    @property
    def last(self) -> str:
        """The last entry's key or common prefix."""
        entry = self.entries[-1]
        return entry if isinstance(entry, str) else entry.key


class ListingOperations:
    """ListObjects in both versions, and ListObjectVersions with the one version there is."""

    def __init__(self, objects: FolderObjects) -> None:
        self._objects = objects

    def list_objects(self, request: Request) -> Reply:
        """The first version: pages follow each other by `marker`."""
        marker = request.query.get("marker", "")
        page = self._page(request, marker)
        parts = [_named(request, "Marker", marker)]
        if page.truncated and request.query.get("delimiter"):
            parts.append(_named(request, "NextMarker", page.last))
        return _listed("ListBucketResult", request, page, parts, "Contents")

    def list_objects_v2(self, request: Request) -> Reply:
        """The second version: pages follow each other by an opaque token."""
        token = request.query.get("continuation-token")
        start = request.query.get("start-after", "")
        page = self._page(request, start if token is None else _read_token(token))
        parts = [xml.text("KeyCount", len(page.entries))]
        if token is not None:
            parts.append(xml.text("ContinuationToken", token))
        if "start-after" in request.query:
            parts.append(_named(request, "StartAfter", start))
        if page.truncated:
            parts.append(xml.text("NextContinuationToken", _token(page.last)))
        return _listed("ListBucketResult", request, page, parts, "Contents")

    def list_object_versions(self, request: Request) -> Reply:
        """Every object as its only version, `null`."""
        marker = request.query.get("key-marker", "")
        page = self._page(request, marker)
        parts = [_named(request, "KeyMarker", marker), xml.text("VersionIdMarker", "")]
        if page.truncated:
            parts.append(_named(request, "NextKeyMarker", page.last))
            parts.append(xml.text("NextVersionIdMarker", "null"))
        return _listed("ListVersionsResult", request, page, parts, "Version")

    def _page(self, request: Request, after: str) -> Page:
        most = request.number("max-keys", _MOST, _MOST)
        if not most:
            return Page([], truncated=False)
        entries = list(islice(self._entries(request, after), most + 1))
        return Page(entries[:most], truncated=len(entries) > most)

    def _entries(self, request: Request, after: str) -> Iterator[StoredObject | str]:
        prefix, delimiter = request.query.get("prefix", ""), request.query.get("delimiter", "")
        # A common prefix given as marker is behind all of its keys.
        if delimiter and after.endswith(delimiter) and after.startswith(prefix) and after != prefix:
            after += _BEHIND
        walked = self._objects.walk(request.bucket, prefix, after, fold=delimiter == "/")
        return _grouped(walked, prefix, delimiter) if delimiter not in {"", "/"} else walked


def _grouped(
    walked: Iterator[StoredObject | str], prefix: str, delimiter: str
) -> Iterator[StoredObject | str]:
    last = None
    for entry in walked:
        key = entry if isinstance(entry, str) else entry.key
        at = key.find(delimiter, len(prefix))
        if at < 0:
            yield entry
        elif (common := key[: at + len(delimiter)]) != last:
            last = common
            yield common


def _listed(root: str, request: Request, page: Page, parts: list[str], element: str) -> Reply:
    query = request.query
    head = [
        xml.text("Name", request.bucket),
        _named(request, "Prefix", query.get("prefix", "")),
        xml.text("MaxKeys", request.number("max-keys", _MOST, _MOST)),
        xml.text("IsTruncated", str(page.truncated).lower()),
    ]
    if query.get("delimiter"):
        head.append(_named(request, "Delimiter", query["delimiter"]))
    if query.get("encoding-type"):
        head.append(xml.text("EncodingType", "url"))
    entries = [
        xml.tag("CommonPrefixes", _named(request, "Prefix", entry))
        if isinstance(entry, str)
        else xml.tag(element, *_described(request, entry, element))
        for entry in page.entries
    ]
    return xml_reply(xml.document(root, *head, *parts, *entries))


def _described(request: Request, stored: StoredObject, element: str) -> Iterator[str]:
    yield _named(request, "Key", stored.key)
    if element == "Version":
        yield xml.text("VersionId", "null") + xml.text("IsLatest", "true")
    yield xml.text("LastModified", iso(moment(stored.modified_ns)))
    yield xml.text("ETag", f'"{stored.about.etag}"')
    yield xml.text("Size", stored.size_bytes)
    yield xml.text("StorageClass", "STANDARD")


def _named(request: Request, name: str, value: str) -> str:
    """An element with a key in it, encoded as the client asked."""
    kind = request.query.get("encoding-type", "")
    if kind not in {"", "url"}:
        raise S3Error("InvalidArgument", f"encoding-type {kind!r} is unknown. Use 'url'.")
    return xml.text(name, quote(value, safe="/-_.*") if kind else value)


def _token(last: str) -> str:
    return base64.urlsafe_b64encode(last.encode()).decode()


def _read_token(token: str) -> str:
    try:
        return base64.b64decode(token, altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise S3Error(
            "InvalidArgument",
            f"The continuation token {token!r} is not one of this server. List from the start.",
        ) from None
