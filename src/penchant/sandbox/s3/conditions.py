"""Conditions on what an object is, and ranges of its bytes."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from penchant.sandbox.s3.errors import S3Error
from penchant.sandbox.s3.reply import http_date, moment
from penchant.store.folders.objects import Demand, StoredObject

_RANGE: Final = re.compile(r"bytes=(\d*)-(\d*)")


def check_read(found: StoredObject, headers: Mapping[str, str], prefix: str = "") -> None:
    """Check `If-...` headers, those of a copy's source with `prefix` (RFC 9110, 13.2.2).

    Raises:
        S3Error: PreconditionFailed, or NotModified for a plain read.
    """
    match, none_match = headers.get(f"{prefix}if-match"), headers.get(f"{prefix}if-none-match")
    modified_at = moment(found.modified_ns).replace(microsecond=0)
    unmodified_since = _date(headers.get(f"{prefix}if-unmodified-since"))
    modified_since = _date(headers.get(f"{prefix}if-modified-since"))
    if match is not None:
        failed = not _names(match, found)
    else:
        failed = unmodified_since is not None and modified_at > unmodified_since
    if failed:
        raise _failed(found.key)
    if none_match is not None:
        unchanged = _names(none_match, found)
    else:
        unchanged = modified_since is not None and modified_at <= modified_since
    if unchanged and prefix:
        raise _failed(found.key)
    if unchanged:
        told = {"etag": f'"{found.about.etag}"', "last-modified": http_date(modified_at)}
        raise S3Error("NotModified", "Not modified.", told)


def demand(headers: Mapping[str, str]) -> Demand | None:
    """What a write demands of the object that it may replace.

    Raises:
        S3Error: `If-None-Match` has a value that S3 does not know here.
    """
    match, none_match = headers.get("if-match"), headers.get("if-none-match")
    if none_match not in {None, "*"}:
        raise S3Error(
            "NotImplemented", f"If-None-Match {none_match!r} is not supported in writes; use '*'."
        )
    if match is None and none_match is None:
        return None
    return Demand(absent=none_match is not None, etag=match.strip('"') if match else None)


def byte_range(text: str | None, size_bytes: int) -> tuple[int, int] | None:
    """First byte and number of bytes that a `Range` header names; None for the whole object.

    Raises:
        S3Error: The range lies behind the object's end.
    """
    found = _RANGE.fullmatch((text or "").strip())
    if found is None or not any(found.groups()):
        return None  # malformed or several ranges: S3 sends the whole object
    first, last = found.groups()
    if first:
        start = int(first)
        end = min(int(last) if last else size_bytes - 1, size_bytes - 1)
        if last and int(last) < start:
            return None
    else:
        start, end = max(0, size_bytes - int(last)), size_bytes - 1
    if start > end:
        raise S3Error(
            "InvalidRange",
            f"The range {text!r} is not satisfiable: the object has {size_bytes} bytes.",
            {"content-range": f"bytes */{size_bytes}"},
        )
    return start, end - start + 1


def _names(etags: str, found: StoredObject) -> bool:
    named = {part.strip().removeprefix("W/").strip('"') for part in etags.split(",")}
    return bool(named & {"*", found.about.etag})


def _date(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None  # RFC 9110: an invalid date is ignored
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _failed(key: str) -> S3Error:
    return S3Error(
        "PreconditionFailed",
        f"At least one of the pre-conditions you specified did not hold for {key!r}.",
    )
