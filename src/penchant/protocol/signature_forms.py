"""Where a signature stands in a request: in the `Authorization` header or in the query."""

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import parse_qsl

from penchant.protocol import sigv2
from penchant.protocol.sigv4 import (
    ALGORITHM,
    UNSIGNED_PAYLOAD,
    Reason,
    RefusedError,
    Signature,
)

_HEADER: Final = re.compile(
    r"AWS4-HMAC-SHA256\s+Credential=([^,\s]+)\s*,\s*"
    r"SignedHeaders=([^,\s]+)\s*,\s*Signature=([0-9a-f]+)\s*"
)
_SECONDS: Final = re.compile(r"[1-9][0-9]{0,5}")
_REGION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,62}")
_LONGEST_S: Final = 7 * 24 * 3600
_PARTS: Final = ("Credential", "SignedHeaders", "Signature")


def is_signed(headers: Mapping[bytes, bytes], query_string: bytes) -> bool:
    """Tell whether a request carries a signature of any kind."""
    return b"authorization" in headers or _is_presigned(query_string) or sigv2.MARK in query_string


def is_version_2(headers: Mapping[bytes, bytes], query_string: bytes) -> bool:
    """Tell whether a request is signed in its query by Version 2, and by nothing newer."""
    return (
        sigv2.MARK in query_string
        and b"authorization" not in headers
        and not _is_presigned(query_string)
    )


def read(headers: Mapping[bytes, bytes], query_string: bytes) -> Signature:
    """Read the signature (Version 4) of a request from its folded headers or its query.

    Raises:
        RefusedError: There is none, or a part of it is missing or malformed.
    """
    authorization = headers.get(b"authorization")
    if authorization is not None:
        return _from_header(authorization.decode("latin-1"), headers)
    if _is_presigned(query_string):
        return _from_query(query_string, headers)
    raise RefusedError(Reason.MISSING, "Missing Authentication Token")


def session_token(headers: Mapping[bytes, bytes], query_string: bytes) -> bytes:
    """What was sent beside a temporary key, in a header or in the query; empty for none."""
    sent = headers.get(b"x-amz-security-token")
    if sent is not None or b"X-Amz-Security-Token=" not in query_string:
        return sent or b""
    text = query_string.decode("latin-1")
    values = dict(parse_qsl(text, keep_blank_values=True, encoding="latin-1"))
    return values.get("X-Amz-Security-Token", "").encode("latin-1")


def _is_presigned(query_string: bytes) -> bool:
    return b"X-Amz-Signature=" in query_string or b"X-Amz-Algorithm=" in query_string


def _from_header(authorization: str, headers: Mapping[bytes, bytes]) -> Signature:
    found = _HEADER.fullmatch(authorization)
    timestamp = _timestamp(headers)
    if found is None or not timestamp:
        raise RefusedError(Reason.INCOMPLETE, _complaint(authorization, bool(timestamp)))
    credential, names, signature = found.groups()
    access_key_id, day, region, service = _scope(credential)
    return Signature(
        access_key_id=access_key_id,
        date=day,
        region=region,
        service=service,
        signed_headers=tuple(names.split(";")),
        signature=signature,
        timestamp=timestamp,
        payload_hash=headers.get(b"x-amz-content-sha256", b"").decode("latin-1"),
    )


def _timestamp(headers: Mapping[bytes, bytes]) -> str:
    """When the request was signed, as it was signed; `Date` serves where `X-Amz-Date` is absent."""
    date = headers.get(b"x-amz-date")
    if date is not None:
        return date.decode("latin-1")
    try:
        moment = parsedate_to_datetime(headers.get(b"date", b"").decode("latin-1"))
    except ValueError:
        return ""
    return moment.strftime("%Y%m%dT%H%M%SZ")


def _from_query(query_string: bytes, headers: Mapping[bytes, bytes]) -> Signature:
    pairs = parse_qsl(query_string.decode("latin-1"), keep_blank_values=True, encoding="latin-1")
    values = dict(pairs)
    names = [name for name, _ in pairs if name.startswith("X-Amz-")]
    if len(names) != len(set(names)):
        raise RefusedError(Reason.INCOMPLETE, "A query parameter X-Amz-... is given twice.")
    needed = (*_PARTS, "Algorithm", "Date", "Expires")
    missing = [f"X-Amz-{part}" for part in needed if not values.get(f"X-Amz-{part}")]
    if missing or values["X-Amz-Algorithm"] != ALGORITHM:
        raise RefusedError(
            Reason.INCOMPLETE,
            f"AWS query-string parameters must include X-Amz-Algorithm={ALGORITHM} and "
            f"X-Amz-Credential, -Date, -Expires, -SignedHeaders, -Signature. Missing: "
            f"{', '.join(missing) or 'none'}.",
        )
    access_key_id, day, region, service = _scope(values["X-Amz-Credential"])
    stated = headers.get(b"x-amz-content-sha256", b"").decode("latin-1")
    return Signature(
        access_key_id=access_key_id,
        date=day,
        region=region,
        service=service,
        signed_headers=tuple(values["X-Amz-SignedHeaders"].split(";")),
        signature=values["X-Amz-Signature"],
        timestamp=values["X-Amz-Date"],
        payload_hash=stated or (UNSIGNED_PAYLOAD if service == "s3" else ""),
        presigned=True,
        expires_s=_expires(values["X-Amz-Expires"]),
    )


def _scope(credential: str) -> tuple[str, str, str, str]:
    parts = credential.rsplit("/", 4)
    if len(parts) != len(("key", "date", "region", "service", "end")):
        raise RefusedError(
            Reason.INCOMPLETE,
            "Credential must have exactly 5 slash-delimited elements, e.g. "
            f"keyid/date/region/service/term, got '{credential}'",
        )
    access_key_id, day, region, service, end = parts
    if end != "aws4_request" or not (access_key_id and day and region and service):
        raise RefusedError(
            Reason.INCOMPLETE,
            f"Credential should be scoped with a valid terminator: 'aws4_request', got "
            f"'{credential}'",
        )
    if not _REGION.fullmatch(region):
        raise RefusedError(
            Reason.INCOMPLETE,
            f"Credential should be scoped to a valid region, such as us-east-1, got '{region}'",
        )
    return access_key_id, day, region, service


def _expires(text: str) -> int:
    if not _SECONDS.fullmatch(text) or int(text) > _LONGEST_S:
        raise RefusedError(
            Reason.INCOMPLETE,
            f"X-Amz-Expires must be a number of seconds from 1 to {_LONGEST_S}, got '{text}'",
        )
    return int(text)


def _complaint(authorization: str, has_date: bool) -> str:
    if not authorization.startswith(ALGORITHM):
        algorithm = authorization.split(" ", 1)[0]
        return f"Unsupported AWS 'algorithm': '{algorithm}'; sign with {ALGORITHM}."
    gaps = [
        f"Authorization header requires '{part}' parameter."
        for part in _PARTS
        if f"{part}=" not in authorization
    ]
    if not has_date:
        gaps.append(
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
        )
    return " ".join(gaps or ["Authorization header is malformed."]) + f" {authorization}"
