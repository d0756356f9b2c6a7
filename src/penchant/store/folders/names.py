"""Which bucket names and keys can be folders and files, and the reasons when they cannot."""

import re
from typing import Final

MAX_KEY_BYTES: Final = 1024
MAX_SEGMENT_BYTES: Final = 255

_BUCKET: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]{1,61})[a-z0-9]")
_ADDRESS: Final = re.compile(r"\d+\.\d+\.\d+\.\d+")


class NameRefusedError(ValueError):
    """A bucket name or key that cannot be kept; the text says why and what to do."""


class KeyTooLongError(NameRefusedError):
    """A key, or one of its segments, is longer than a file's name may be."""


def is_bucket_name(name: str) -> bool:
    """Tell whether S3's naming rules admit the name."""
    return bool(_BUCKET.fullmatch(name)) and ".." not in name and not _ADDRESS.fullmatch(name)


def is_key(key: str) -> bool:
    """Tell whether a key can be a file below a bucket's folder."""
    try:
        key_segments(key)
    except NameRefusedError:
        return False
    return True


def key_segments(key: str) -> tuple[str, ...]:
    """Split a key into names of folders and, last, of the file; a marker's (`a/`) last is "a".

    Raises:
        NameRefusedError: The key is not a relative path of plain names.
    """
    _check_length(key)
    segments = key.removesuffix("/").split("/")
    for segment in segments:
        if segment in {"", ".", ".."} or "\0" in segment:
            raise NameRefusedError(
                f"Key {key!r} cannot be a path below the bucket's folder because of its segment "
                f"{segment!r}. Use a key without empty, '.' and '..' segments, or configure an "
                "external S3 endpoint (PENCHANT_S3_ENDPOINT_URL)."
            )
    return tuple(segments)


def _check_length(key: str) -> None:
    try:
        n_bytes = len(key.encode())
    except UnicodeEncodeError:
        raise NameRefusedError(f"Key {key!r} is not UTF-8. Encode it as UTF-8.") from None
    if n_bytes > MAX_KEY_BYTES:
        raise KeyTooLongError(f"The key has {n_bytes} bytes. Use at most {MAX_KEY_BYTES}.")
    for segment in key.split("/"):
        if len(segment.encode()) > MAX_SEGMENT_BYTES:
            raise KeyTooLongError(
                f"Segment {segment[:40]!r}... of the key has {len(segment.encode())} bytes, a "
                f"file's name holds {MAX_SEGMENT_BYTES}. Shorten it or divide it by '/'."
            )
