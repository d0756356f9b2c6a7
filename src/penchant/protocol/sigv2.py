"""Signature Version 2 in the query of a URL: how unmodified programs presign Amazon S3.

It is deprecated, and yet what boto3's `generate_presigned_url` and `aws s3 presign` send in
us-east-1 unless they are told `signature_version="s3v4"`. So it is taken for S3 and in the query
alone, never in a header and never for another service.

It covers the method, the bucket and key, sub-resources, `response-...` overrides, the headers
Content-MD5, Content-Type and x-amz-..., and the moment at which it ends. It covers neither the body
nor other parameters: who holds a URL that lists one prefix can list another. Reference: "Signing
and authenticating REST requests (AWS signature version 2)", above all its section "Query string
request authentication alternative", in the Amazon S3 API reference.
"""

import hmac
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qsl

from penchant.protocol.sigv4 import (
    UNSIGNED_PAYLOAD,
    Reason,
    RefusedError,
    Signature,
    SignedRequest,
)

MARK: Final = b"AWSAccessKeyId="
_NEEDED: Final = ("AWSAccessKeyId", "Expires", "Signature")
_SECONDS: Final = re.compile(r"[0-9]{1,11}")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_BUCKET_ALONE: Final = re.compile(rb"/[^/]+")
_SIGNED_PARAMETERS: Final = frozenset(
    (
        *("accelerate", "acl", "analytics", "cors", "defaultObjectAcl", "delete", "inventory"),
        *("lifecycle", "location", "logging", "metrics", "notification", "object-lock"),
        *("partNumber", "policy", "replication", "requestPayment", "restore", "select"),
        *("select-type", "storageClass", "tagging", "torrent", "uploadId", "uploads"),
        *("versionId", "versioning", "versions", "website"),
        *("response-cache-control", "response-content-disposition", "response-content-encoding"),
        *("response-content-language", "response-content-type", "response-expires"),
    )
)
Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class PresignedUrl:
    """The query of a presigned URL; nothing in it is believed before it is verified.

    Attributes:
        access_key_id: Who signed it.
        expires: Epoch seconds at which it ends, as they were signed.
        signature: Base64 of 20 bytes.
        parameters: All parameters in their order, decoded byte by byte (latin-1).
    """

    access_key_id: str
    expires: str
    signature: str
    parameters: Pairs

    def headers(self) -> dict[bytes, bytes]:
        """The headers that stand in the query because a link cannot carry any."""
        found: dict[bytes, bytes] = {}
        for name, value in self.parameters:
            if name.startswith("x-amz-"):
                key, text = name.encode("latin-1"), value.encode("latin-1")
                found[key] = found[key] + b"," + text if key in found else text
        return found

    def as_signature(self, region: str, payload_hash: str) -> Signature:
        """The same in the words of Version 4, dated to its end; the body was not signed.

        Args:
            region: The region that the request is taken to be meant for; none is named in it.
            payload_hash: What the request's headers say of its body; empty for nothing.
        """
        end = datetime.fromtimestamp(int(self.expires), UTC).strftime("%Y%m%dT%H%M%SZ")
        return Signature(
            access_key_id=self.access_key_id,
            date=end[:8],
            region=region,
            service="s3",
            signed_headers=(),
            signature=self.signature,
            timestamp=end,
            payload_hash=payload_hash or UNSIGNED_PAYLOAD,
            presigned=True,
        )


def read(query_string: bytes) -> PresignedUrl:
    """Read a query in which `MARK` was found.

    Raises:
        RefusedError: A parameter is missing, given twice or malformed.
    """
    text = query_string.decode("latin-1")
    pairs = parse_qsl(text, keep_blank_values=True, encoding="latin-1")
    given = [pair for pair in pairs if pair[0] in _NEEDED]
    values = dict(given)
    if len(given) != len(_NEEDED) or not all(values.get(name) for name in _NEEDED):
        raise RefusedError(
            Reason.INCOMPLETE,
            "Query-string authentication requires the parameters Signature, Expires and "
            "AWSAccessKeyId, each once.",
        )
    if not _SECONDS.fullmatch(values["Expires"]):
        raise RefusedError(
            Reason.INCOMPLETE,
            f"Invalid date (should be seconds since epoch): '{values['Expires']}'",
        )
    broken = [name for name, value in pairs if name.startswith("x-amz-") and _CONTROL.search(value)]
    if broken:
        raise RefusedError(
            Reason.INCOMPLETE,
            f"The query parameter '{broken[0]}' stands for a header and holds a control character; "
            "headers are single lines.",
        )
    return PresignedUrl(values["AWSAccessKeyId"], values["Expires"], values["Signature"], pairs)


def verify(
    url: PresignedUrl, secret: str, request: SignedRequest, *, bucket: str, now: datetime
) -> None:
    """Check a presigned URL and its time.

    Args:
        url: As read from the request.
        secret: The secret access key of its holder.
        request: What was signed; `PresignedUrl.headers` are among its headers.
        bucket: The bucket in the host name; empty where the path names it.
        now: The present moment.

    Raises:
        RefusedError: It does not match, or has expired.
    """
    if now.timestamp() > int(url.expires):
        raise RefusedError(Reason.EXPIRED, f"Request has expired: Expires={url.expires}")
    path = (f"/{bucket}".encode() if bucket else b"") + request.raw_path
    # a bucket alone is signed as it is sent, but by botocore with a slash behind it
    paths = (path, path + b"/") if _BUCKET_ALONE.fullmatch(path) else (path,)
    if not any(_matches(url, secret, request, path) for path in paths):
        raise RefusedError(
            Reason.MISMATCH,
            "The request signature we calculated does not match the signature you provided. Check "
            "your key and signing method.",
        )


def _matches(url: PresignedUrl, secret: str, request: SignedRequest, path: bytes) -> bool:
    headers = request.headers
    lines = [
        request.method.encode(),
        headers.get(b"content-md5", b"").strip(),
        headers.get(b"content-type", b"").strip(),
        url.expires.encode(),
        *_amz_lines(headers),
        path + _subresources(url.parameters),
    ]
    expected = b64encode(hmac.digest(secret.encode(), b"\n".join(lines), "sha1"))
    return hmac.compare_digest(expected, url.signature.encode("latin-1"))


def _amz_lines(headers: Mapping[bytes, bytes]) -> list[bytes]:
    return [
        name + b":" + value.strip()
        for name, value in sorted(headers.items())
        if name.startswith(b"x-amz-")
    ]


def _subresources(parameters: Pairs) -> bytes:
    signed = [pair for pair in parameters if pair[0] in _SIGNED_PARAMETERS]
    signed.sort(key=lambda pair: pair[0])
    words = [f"{name}={value}" if value else name for name, value in signed]
    return f"?{'&'.join(words)}".encode("latin-1") if words else b""
