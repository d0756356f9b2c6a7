"""A request to S3 as its operations see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, unquote_to_bytes

from penchant.protocol.sigv4 import Signature
from penchant.protocol.virtual_hosts import bucket_of
from penchant.sandbox.s3.errors import S3Error

_META: Final = "x-amz-meta-"
_KEPT_HEADERS: Final = (
    "content-type",
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "expires",
)


@dataclass(frozen=True, slots=True)
class Request:
    """One request.

    Attributes:
        bucket: Empty for the service itself.
        key: Empty for the bucket itself.
        query: Parameters, percent-decoded; the last of equal names.
        headers: By lower-case name.
        account: Whose key signed the request.
        secure: Whether it came over TLS, as far as this process can tell.
    """

    method: str
    bucket: str
    key: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    account: str
    signature: Signature
    signing_key: bytes
    secure: bool = False

    @property
    def resource(self) -> str:
        """What the request is about, for error answers."""
        return f"/{self.bucket}/{self.key}" if self.bucket else "/"

    def number(self, name: str, default: int, most: int) -> int:
        """A whole number from the query, cut at `most`.

        Raises:
            S3Error: It is no number or negative.
        """
        text = self.query.get(name) or str(default)
        if not text.isdecimal():
            raise S3Error("InvalidArgument", f"{name}={text!r} is no whole number from 0 on.")
        return min(int(text), most)

    def object_headers(self) -> dict[str, str]:
        """The headers that are kept with an object and given back with it."""
        kept = {name: self.headers[name] for name in _KEPT_HEADERS if name in self.headers}
        kept |= {name: text for name, text in self.headers.items() if name.startswith(_META)}
        codings = [part.strip() for part in kept.pop("content-encoding", "").split(",")]
        coding = ",".join(part for part in codings if part not in {"", "aws-chunked"})
        return kept | ({"content-encoding": coding} if coding else {})


def read(scope: Mapping[str, Any], domains: Sequence[str]) -> Request:
    """Read an ASGI scope that the edge has checked.

    Args:
        scope: The connection; `penchant.*` entries are the edge's.
        domains: Host names below which `<bucket>.<domain>` names a bucket.

    Raises:
        S3Error: The path or query is not UTF-8.
    """
    headers = _headers(scope["headers"])
    path = _path(scope)
    hosted = bucket_of(headers.get("host", ""), domains)
    bucket, _, key = (f"{hosted}{path}" if hosted else path[1:]).partition("/")
    return Request(
        method=scope["method"],
        bucket=bucket,
        key=key,
        query=_query(scope["query_string"]),
        headers=headers,
        account=scope["penchant.account"],
        signature=scope["penchant.signature"],
        signing_key=scope["penchant.signing_key"],
        secure=scope.get("scheme") == "https",
    )


def _headers(raw: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in raw:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        headers[key] = f"{headers[key]},{text}" if key in headers else text
    return headers


def _path(scope: Mapping[str, Any]) -> str:
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    try:
        return unquote_to_bytes(raw.partition(b"?")[0]).decode()
    except UnicodeDecodeError:
        raise S3Error("InvalidURI", f"The path {raw!r} is not UTF-8 in percent-encoding.") from None


def _query(raw: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict"))
    except UnicodeDecodeError:
        raise S3Error(
            "InvalidURI", f"The query {raw!r} is not UTF-8 in percent-encoding."
        ) from None
