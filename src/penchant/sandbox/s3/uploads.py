"""Multipart uploads that are under way: kept beside the buckets until they are completed.

A part's file is named by its number and MD5, so that a part sent twice at once ends up the same.
"""

import json
import re
import shutil
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import BinaryIO, Final

from penchant.data.durable import sync
from penchant.sandbox.s3.errors import S3Error
from penchant.store.folders.buckets import META, Buckets
from penchant.store.folders.staging import StagedFile, write_durably

_ID: Final = re.compile(r"[0-9a-f]{32}")
_BLOCK_BYTES: Final = 2**20


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload that was begun; `checksum` is an algorithm or empty."""

    id: str
    bucket: str
    key: str
    begun_at: str
    headers: Mapping[str, str] = field(default_factory=dict)
    checksum: str = ""
    checksum_type: str = "COMPOSITE"


@dataclass(frozen=True, slots=True)
class Part:
    """A part that arrived; `md5` is its ETag."""

    number: int
    md5: str
    size_bytes: int
    modified_ns: int
    checksums: Mapping[str, str] = field(default_factory=dict)

    @property
    def stem(self) -> str:
        """The name of the part's files, in the order of numbers."""
        return f"{self.number:05d}.{self.md5}"


class Uploads:
    """The uploads to all buckets."""

    def __init__(self, buckets: Buckets) -> None:
        self._root = buckets.root / META / "uploads"
        self._staging = buckets.staging

    def begin(
        self, bucket: str, key: str, headers: Mapping[str, str], checksum: str, checksum_type: str
    ) -> Upload:
        """Begin an upload; the object's headers are given now."""
        begun_at = datetime.now(UTC).isoformat()
        upload = Upload(uuid.uuid4().hex, bucket, key, begun_at, headers, checksum, checksum_type)
        path = self._root / upload.id / "upload.json"
        write_durably(path, json.dumps(asdict(upload)).encode(), self._staging)
        sync(self._root)
        return upload

    def get(self, upload_id: str, bucket: str, key: str) -> Upload:
        """Look up an upload to this object.

        Raises:
            S3Error: There is none.
        """
        try:
            if not _ID.fullmatch(upload_id):
                raise FileNotFoundError
            upload = Upload(**json.loads((self._root / upload_id / "upload.json").read_bytes()))
        except FileNotFoundError:
            raise _missing(upload_id) from None
        if (upload.bucket, upload.key) != (bucket, key):
            raise _missing(upload_id)
        return upload

    def all(self, bucket: str) -> list[Upload]:
        """The uploads to a bucket, by key."""
        found = []
        for path in self._root.glob("*/upload.json"):
            try:
                found.append(Upload(**json.loads(path.read_bytes())))
            except FileNotFoundError:
                continue  # completed or aborted meanwhile
        return sorted((u for u in found if u.bucket == bucket), key=lambda u: (u.key, u.begun_at))

    def put_part(self, upload: Upload, part: Part, staged: StagedFile) -> None:
        """Keep a part durably.

        Raises:
            S3Error: The upload was completed or aborted meanwhile.
        """
        folder = self._root / upload.id
        staged.settle(part.modified_ns)
        kept = json.dumps(asdict(part)).encode()
        try:
            with self._staging.file() as about:
                about.stream.write(kept)
                about.settle(part.modified_ns)
                staged.path.replace(folder / f"{part.stem}.part")
                about.path.replace(folder / f"{part.stem}.json")
            sync(folder)
        except FileNotFoundError:
            raise _missing(upload.id) from None

    def parts(self, upload: Upload) -> list[Part]:
        """The parts by number; of those with one number the newest."""
        newest: dict[int, Part] = {}
        for path in (self._root / upload.id).glob("*.*.json"):
            part = Part(**json.loads(path.read_bytes()))
            if part.number not in newest or newest[part.number].modified_ns < part.modified_ns:
                newest[part.number] = part
        return [newest[number] for number in sorted(newest)]

    def find_part(self, upload: Upload, number: int, etag: str) -> Part | None:
        """The part with this number and ETag."""
        if not _ID.fullmatch(etag):
            return None
        path = self._root / upload.id / f"{Part(number, etag, 0, 0).stem}.json"
        return Part(**json.loads(path.read_bytes())) if path.is_file() else None

    def join(self, upload: Upload, parts: Sequence[Part], into: BinaryIO) -> None:
        """Write the parts' bytes one after the other."""
        for part in parts:
            path = self._root / upload.id / f"{part.stem}.part"
            with path.open("rb") as source:
                copy_bytes(source, into, 0, part.size_bytes)

    def end(self, upload: Upload) -> None:
        """Forget an upload and remove its parts."""
        folder = self._root / upload.id
        (folder / "upload.json").unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)


def copy_bytes(source: BinaryIO, into: BinaryIO, start: int, n_bytes: int) -> None:
    """Append a stretch of a file to another."""
    source.seek(start)
    while n_bytes > 0:
        block = source.read(min(n_bytes, _BLOCK_BYTES))
        if not block:
            raise OSError(f"{n_bytes} bytes are missing at the end of a file that is copied")
        into.write(block)
        n_bytes -= len(block)


def _missing(upload_id: str) -> S3Error:
    return S3Error(
        "NoSuchUpload",
        f"The specified upload {upload_id!r} does not exist. It may have been aborted or completed "
        "before; begin a new one.",
    )
