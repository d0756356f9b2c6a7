"""The canonical request of Signature Version 4: what a signature is taken over.

Everything stays bytes, so what is signed is what was on the wire. Reference: "Create a signed AWS
API request" in the IAM user guide; Amazon S3 differs in the path alone.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Final
from urllib.parse import quote_from_bytes, unquote_to_bytes

_PLAIN_PATH: Final = re.compile(rb"(?:/[A-Za-z0-9_~-]+)*/?")
_UNRESERVED: Final = "-_.~"


def fold(headers: Collection[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Join repeated headers by commas; names are lower case already."""
    folded = dict(headers)
    if len(folded) == len(headers):
        return folded
    folded.clear()
    for name, value in headers:
        squeezed = _squeeze(value)
        folded[name] = folded[name] + b"," + squeezed if name in folded else squeezed
    return folded


def path(raw_path: bytes) -> bytes:
    """Normalise a path (dots, repeated slashes) and encode it once more, as all but S3 demand."""
    if _PLAIN_PATH.fullmatch(raw_path):
        return raw_path or b"/"
    kept: list[bytes] = []
    for segment in raw_path.split(b"/"):
        if segment == b"..":
            del kept[-1:]
        elif segment not in (b"", b"."):
            kept.append(segment)
    end = b"/" if kept and raw_path.endswith(b"/") else b""
    return quote_from_bytes(b"/" + b"/".join(kept) + end, safe="/~").encode()


def query(query_string: bytes, *, without: Collection[bytes] = ()) -> bytes:
    """Encode and sort the parameters, leaving out those named in `without`."""
    if not query_string:
        return b""
    pairs = [part.partition(b"=")[::2] for part in query_string.split(b"&") if part]
    encoded = sorted((_encode(name), _encode(value)) for name, value in pairs)
    return b"&".join(name + b"=" + value for name, value in encoded if name not in without)


def request(
    method: bytes,
    canonical_path: bytes,
    canonical_query: bytes,
    headers: Mapping[bytes, bytes],
    signed_headers: Iterable[bytes],
    payload_hash: bytes,
) -> bytes:
    """Put the canonical request together.

    Raises:
        KeyError: A signed header is not among the folded `headers`.
    """
    signed = list(signed_headers)
    lines = b"".join([name + b":" + _squeeze(headers[name]) + b"\n" for name in signed])
    names = b";".join(signed)
    return b"\n".join((method, canonical_path, canonical_query, lines, names, payload_hash))


def _squeeze(value: bytes) -> bytes:
    return b" ".join(value.split()) if b" " in value or b"\t" in value else value


def _encode(raw: bytes) -> bytes:
    return quote_from_bytes(unquote_to_bytes(raw), safe=_UNRESERVED).encode()
