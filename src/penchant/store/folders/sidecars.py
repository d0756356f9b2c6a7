"""What is known of an object beyond its bytes, in a file beside the buckets.

A side-car's name holds the object's modification time and size, so it speaks of exactly these
bytes: moving the object into place is the one step that makes both count, and a file that someone
edits or drops by hand has none.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from penchant.data.durable import sync
from penchant.store.folders.staging import make_folder


@dataclass(frozen=True, slots=True)
class About:
    """An object's metadata.

    Attributes:
        etag: Without quotes.
        headers: Content-Type and the like, and `x-amz-meta-*`, by lower-case name.
        checksums: Base64 by algorithm in lower case (`crc32`, `sha256`, ...).
        checksum_type: FULL_OBJECT, or COMPOSITE for checksums of the parts' checksums.
        part_sizes: Sizes in bytes of a multipart upload's parts.
    """

    etag: str
    headers: Mapping[str, str] = field(default_factory=dict)
    checksums: Mapping[str, str] = field(default_factory=dict)
    checksum_type: str = "FULL_OBJECT"
    part_sizes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Sidecars:
    """The side-cars of one bucket's objects."""

    folder: Path

    def write(self, key: str, about: About, of: os.stat_result) -> bool:
        """Keep what is known of a file; False where another file has the same time and size."""
        path = self._path(key, of)
        make_folder(path.parent)
        try:
            with path.open("xb") as stream:
                stream.write(json.dumps(asdict(about) | {"key": key}).encode())
                stream.flush()
                os.fsync(stream.fileno())
        except FileExistsError:
            return False
        sync(path.parent)
        return True

    def read(self, key: str, of: os.stat_result) -> About | None:
        """What is known of a file; None where it was dropped or edited by hand."""
        try:
            known = json.loads(self._path(key, of).read_bytes())
        except (FileNotFoundError, json.JSONDecodeError):
            return None
        del known["key"]
        return About(**(known | {"part_sizes": tuple(known["part_sizes"])}))

    def remove(self, key: str, of: os.stat_result) -> None:
        """Forget a file that is gone."""
        self._path(key, of).unlink(missing_ok=True)

    def mark(self, key: str) -> None:
        """Keep that `key` (`a/`) is an object of its own, not only a folder."""
        path = self._marker(key)
        make_folder(path.parent)
        path.touch()
        sync(path.parent)

    def marked(self, key: str) -> bool:
        """Tell whether the folder is an object of its own."""
        return self._marker(key).exists()

    def unmark(self, key: str) -> None:
        """Forget the marker."""
        self._marker(key).unlink(missing_ok=True)

    def _marker(self, key: str) -> Path:
        return self._stem(key).with_suffix(".marker")

    def _path(self, key: str, of: os.stat_result) -> Path:
        return self._stem(key).with_suffix(f".{of.st_mtime_ns}.{of.st_size}.json")

    def _stem(self, key: str) -> Path:
        name = hashlib.sha256(key.encode()).hexdigest()[:40]
        return self.folder / name[:2] / name[2:]


def opaque_etag(of: os.stat_result) -> str:
    """The ETag of a file that was dropped by hand: changes with it, costs no reading of it.

    It ends in `-1` as a multipart upload's does, by which clients know that it is no MD5.
    """
    told = f"{of.st_mtime_ns}-{of.st_size}".encode()
    return hashlib.md5(told, usedforsecurity=False).hexdigest() + "-1"
