"""Signature Version 4, the server's side: read a signature, recompute it, compare.

Two forms: the `Authorization` header and the presigned query. Bodies sent in signed chunks
(`STREAMING-AWS4-HMAC-SHA256-PAYLOAD`, with or without `-TRAILER`) are checked chunk by chunk
with `chunk_signature` and `trailer_signature`, each chained to the one before; the first link is
the signature of the headers.
"""

import hmac
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, auto
from functools import lru_cache
from hashlib import sha256
from typing import Final

from penchant.protocol import canonical

ALGORITHM: Final = "AWS4-HMAC-SHA256"
UNSIGNED_PAYLOAD: Final = "UNSIGNED-PAYLOAD"
STREAMING_PAYLOAD: Final = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
STREAMING_PAYLOAD_TRAILER: Final = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
STREAMING_UNSIGNED_TRAILER: Final = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
EMPTY_HASH: Final = sha256(b"").hexdigest()
_TIME_FORMAT: Final = "%Y%m%dT%H%M%SZ"
_TIMESTAMP: Final = re.compile(r"[0-9]{8}T[0-9]{6}Z")


class Reason(Enum):
    """Why a request was refused; each protocol has its own code for it."""

    MISSING = auto()
    INCOMPLETE = auto()
    UNKNOWN_KEY = auto()
    MISMATCH = auto()
    WRONG_BODY = auto()
    SKEWED = auto()
    EXPIRED = auto()


class RefusedError(Exception):
    """The request is not one that a holder of an access key signed."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature as the client sent it; nothing in it is believed before `verify`.

    Attributes:
        access_key_id, date, region, service: The credential scope; `date` is `YYYYMMDD`.
        signed_headers: Lower-case names, in the order in which they were signed.
        signature: 64 hexadecimal digits.
        timestamp: `YYYYMMDDThhmmssZ`.
        payload_hash: What the client says of its body: a hash, `UNSIGNED-PAYLOAD`, one of the
            `STREAMING-...` words, or empty where it says nothing.
        presigned: Whether it came in the query.
        expires_s: How long a presigned request is valid; 0 for the header form.
    """

    access_key_id: str
    date: str
    region: str
    service: str
    signed_headers: tuple[str, ...]
    signature: str
    timestamp: str
    payload_hash: str
    presigned: bool = False
    expires_s: int = 0

    @property
    def scope(self) -> str:
        """The credential scope as it is signed, without the key."""
        return f"{self.date}/{self.region}/{self.service}/aws4_request"

    @property
    def signed_at(self) -> datetime:
        """The moment of signing."""
        return parse_time(self.timestamp)


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """What a signature covers, as it was on the wire; `headers` are folded."""

    method: str
    raw_path: bytes
    query_string: bytes
    headers: Mapping[bytes, bytes]


@lru_cache(maxsize=1024)
def signing_key(secret: str, date: str, region: str, service: str) -> bytes:
    """Derive the key of one day, region and service from a secret access key."""
    key = f"AWS4{secret}".encode()
    for part in (date, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def request_signature(
    key: bytes, signature: Signature, request: SignedRequest, payload_hash: str
) -> str:
    """Recompute the signature of a request.

    Raises:
        RefusedError: A header that the client says it signed is not there.
    """
    raw_path, query_string = request.raw_path, request.query_string
    without = (b"X-Amz-Signature",) if signature.presigned else ()
    try:
        text = canonical.request(
            request.method.encode(),
            raw_path if signature.service == "s3" else canonical.path(raw_path),
            canonical.query(query_string, without=without) if query_string else b"",
            request.headers,
            [name.encode("latin-1") for name in signature.signed_headers],
            payload_hash.encode(),
        )
    except KeyError as missing:
        name = missing.args[0].decode("latin-1")
        raise RefusedError(
            Reason.INCOMPLETE,
            f"The header '{name}' is named in SignedHeaders but is not in the request; send it or "
            "do not sign it.",
        ) from None
    return _sign(key, ALGORITHM, signature.timestamp, signature.scope, sha256(text).hexdigest())


def verify(
    signature: Signature,
    secret: str,
    request: SignedRequest,
    *,
    body_hash: str | None,
    now: datetime,
    skew_s: int,
) -> bytes:
    """Check a signature and its time; return the signing key, the seed of chunk signatures.

    Args:
        signature: As read from the request.
        secret: The secret access key of its holder.
        request: What was signed.
        body_hash: Hash of the body in hexadecimal; None leaves the body to a later check (S3).
        now: The present moment.
        skew_s: How far the clocks may differ; presigned requests may begin this much early.

    Raises:
        RefusedError: It does not match, or its time is out of bounds.
    """
    _check_signed_names(signature, request.headers)
    _check_time(signature, now, skew_s)
    payload_hash = signature.payload_hash
    if body_hash is not None:
        if payload_hash and payload_hash != body_hash:
            raise RefusedError(
                Reason.WRONG_BODY,
                f"x-amz-content-sha256 says '{payload_hash}', the body's hash is '{body_hash}'; "
                "sign the body that is sent.",
            )
        payload_hash = body_hash
    elif not payload_hash:
        raise RefusedError(
            Reason.INCOMPLETE, "Missing required header for this request: x-amz-content-sha256"
        )
    key = signing_key(secret, signature.date, signature.region, signature.service)
    expected = request_signature(key, signature, request, payload_hash)
    if not hmac.compare_digest(expected.encode(), signature.signature.encode("latin-1")):
        raise RefusedError(
            Reason.MISMATCH,
            "The request signature we calculated does not match the signature you provided. Check "
            "your AWS Secret Access Key and signing method. Consult the service documentation for "
            "details.",
        )
    return key


def chunk_signature(key: bytes, timestamp: str, scope: str, previous: str, chunk_hash: str) -> str:
    """Sign one chunk of an `aws-chunked` body.

    Args:
        key: The signing key that `verify` returned.
        timestamp: `Signature.timestamp` of the request.
        scope: `Signature.scope` of the request.
        previous: Signature of the chunk before; for the first one `Signature.signature`.
        chunk_hash: SHA-256 of the chunk's data in hexadecimal; the last chunk is empty.
    """
    name = f"{ALGORITHM}-PAYLOAD"
    return _sign(key, name, timestamp, scope, f"{previous}\n{EMPTY_HASH}\n{chunk_hash}")


def trailer_signature(
    key: bytes, timestamp: str, scope: str, previous: str, trailers: bytes
) -> str:
    r"""Sign the trailing headers of an `aws-chunked` body.

    Args:
        key: The signing key that `verify` returned.
        timestamp: `Signature.timestamp` of the request.
        scope: `Signature.scope` of the request.
        previous: Signature of the last, empty chunk.
        trailers: The headers but `x-amz-trailer-signature`, each as `name:value\n`.
    """
    trailers_hash = sha256(trailers).hexdigest()
    return _sign(key, f"{ALGORITHM}-TRAILER", timestamp, scope, f"{previous}\n{trailers_hash}")


@lru_cache(maxsize=64)  # many requests are signed within one second
def parse_time(timestamp: str) -> datetime:
    """Read `YYYYMMDDThhmmssZ`.

    Raises:
        RefusedError: It is something else.
    """
    if _TIMESTAMP.fullmatch(timestamp):
        with suppress(ValueError):  # such as the 31st of February
            return datetime.fromisoformat(timestamp)
    raise RefusedError(
        Reason.INCOMPLETE,
        f"Date must be in ISO-8601 'basic format'. Got '{timestamp}'. See "
        "http://en.wikipedia.org/wiki/ISO_8601",
    )


def _sign(key: bytes, algorithm: str, timestamp: str, scope: str, rest: str) -> str:
    text = f"{algorithm}\n{timestamp}\n{scope}\n{rest}".encode()
    return hmac.digest(key, text, "sha256").hex()


def _check_signed_names(signature: Signature, headers: Mapping[bytes, bytes]) -> None:
    signed = signature.signed_headers
    if "host" not in signed:
        raise RefusedError(
            Reason.INCOMPLETE,
            "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
        )
    strangers = [
        name
        for raw in headers
        if raw.startswith(b"x-amz-") and (name := raw.decode("latin-1")) not in signed
    ]
    if strangers:
        raise RefusedError(
            Reason.INCOMPLETE,
            "There were headers present in the request which were not signed: "
            f"{', '.join(strangers)}. Sign every header whose name begins with x-amz-.",
        )


def _check_time(signature: Signature, now: datetime, skew_s: int) -> None:
    signed_at = signature.signed_at
    if signature.date != signature.timestamp[:8]:
        raise RefusedError(
            Reason.MISMATCH,
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from "
            f"HTTP: '{signature.date}' != '{signature.timestamp[:8]}', from "
            f"'{signature.timestamp}'.",
        )
    age_s = (now - signed_at).total_seconds()
    reason = Reason.EXPIRED if signature.presigned else Reason.SKEWED
    allowed_s = signature.expires_s if signature.presigned else skew_s
    if age_s > allowed_s:
        raise RefusedError(reason, f"Signature expired: {_gap(signature, now, -allowed_s)}")
    if age_s < -skew_s:
        raise RefusedError(reason, f"Signature not yet current: {_gap(signature, now, skew_s)}")


def _gap(signature: Signature, now: datetime, allowed_s: int) -> str:
    bound = datetime.fromtimestamp(now.timestamp() + allowed_s, UTC).strftime(_TIME_FORMAT)
    words = "is now earlier than" if allowed_s <= 0 else "is still later than"
    sign = "-" if allowed_s <= 0 else "+"
    amount = f"{abs(allowed_s) // 60} min." if allowed_s % 60 == 0 else f"{abs(allowed_s)} s."
    at = now.strftime(_TIME_FORMAT)
    return f"{signature.timestamp} {words} {bound} ({at} {sign} {amount})"
