"""Signature Version 4: what a signature is and how it is computed.

Bodies sent in signed chunks (`STREAMING-AWS4-HMAC-SHA256-PAYLOAD`, with or without `-TRAILER`) are
checked chunk by chunk with `chunk_signature` and `trailer_signature`, each chained to the one
before; the first link is the signature of the headers. Reference: "Create a signed AWS API request"
in the IAM user guide and "Signature calculations: transferring payload in multiple chunks" in the
Amazon S3 API reference.
"""

import hmac
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
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
    """A signature as the client sent it; nothing in it is believed before it is verified.

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


def chunk_signature(key: bytes, timestamp: str, scope: str, previous: str, chunk_hash: str) -> str:
    """Sign one chunk of an `aws-chunked` body.

    Args:
        key: The signing key that its verification returned.
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
        key: The signing key that its verification returned.
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
