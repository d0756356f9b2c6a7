"""The objects of a bucket as files: put whole, read, walked in the order of their keys."""

import os
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final

from penchant.data.durable import sync
from penchant.store.folders.buckets import Buckets
from penchant.store.folders.names import NameRefusedError, is_key, key_segments
from penchant.store.folders.sidecars import About, Sidecars, opaque_etag
from penchant.store.folders.staging import StagedFile
from penchant.store.folders.walking import Asked, walk_folder

EMPTY_MD5: Final = "d41d8cd98f00b204e9800998ecf8427e"
_TRIES: Final = 8


class ChangedError(ValueError):
    """The object is not as the caller demanded; `exists` tells whether there is one."""

    def __init__(self, key: str, exists: bool) -> None:
        super().__init__(f"Object {key!r} is not in the demanded state.")
        self.exists = exists


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object as it lay there at one moment."""

    key: str
    path: Path
    size_bytes: int
    modified_ns: int
    about: About


@dataclass(frozen=True, slots=True)
class Demand:
    """What must hold of the key for a write to happen: no object, or one with this ETag."""

    absent: bool = False
    etag: str | None = None


class FolderObjects:
    """The objects of all buckets.

    Symbolic links are not followed anywhere below a bucket: what they name is no object.
    """

    def __init__(self, buckets: Buckets, now_ns: Callable[[], int] = time.time_ns) -> None:
        self._buckets = buckets
        self._now_ns = now_ns
        self._writing = threading.Lock()

    def get(self, bucket: str, key: str) -> StoredObject | None:
        """Look an object up; None where there is none (or the key could never be one)."""
        found = self.open(bucket, key)
        if found is None:
            return None
        found[1].close()
        return found[0]

    def open(self, bucket: str, key: str) -> tuple[StoredObject, BinaryIO] | None:
        """Open an object; what is read stays the same whatever replaces it meanwhile."""
        path = self._locate(bucket, key)
        if path is None:
            return None
        if key.endswith("/"):
            return self._open_marker(bucket, key, path)
        for _ in range(_TRIES):
            try:
                stream = os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb")
            except (FileNotFoundError, NotADirectoryError):
                return None
            of = os.fstat(stream.fileno())
            about = self._sidecars(bucket).read(key, of)
            if about is not None or _same_file(path, of):
                return self._stored(key, path, of, about), stream
            stream.close()
        raise OSError(f"Object {key!r} is replaced faster than it can be read. Try again.")

    def put(
        self,
        bucket: str,
        key: str,
        staged: StagedFile,
        about: About,
        demand: Demand | None = None,
    ) -> StoredObject:
        """Make a staged file the object, durably and in one step.

        Raises:
            UnknownBucketError: There is no such bucket.
            NameRefusedError: The key cannot be a file there.
            ChangedError: `demand` does not hold.
        """
        path = self._buckets.folder(bucket).joinpath(*key_segments(key))
        if key.endswith("/"):
            return self._put_marker(bucket, key, path, staged)
        sidecars = self._sidecars(bucket)
        modified_ns = self._now_ns()
        while not sidecars.write(key, about, of := staged.settle(modified_ns)):
            modified_ns += 1000
        try:
            with self._writing:
                self._check(bucket, key, demand)
                before = self._move(bucket, key, staged.path, path)
        except (ChangedError, NameRefusedError, OSError):
            sidecars.remove(key, of)
            raise
        if before is not None:
            sidecars.remove(key, before)
        return self._stored(key, path, of, about)

    def remove(self, bucket: str, key: str) -> None:
        """Remove an object, and the folders that hold nothing more."""
        with self._writing:
            path = self._locate(bucket, key)
            if path is None:
                return
            sidecars = self._sidecars(bucket)
            if key.endswith("/"):
                sidecars.unmark(key)
                self._prune(bucket, path)
                return
            of = _lstat(path)
            with suppress(FileNotFoundError):  # another process was faster
                path.unlink()
                sync(path.parent)
            if of is not None:
                sidecars.remove(key, of)
            self._prune(bucket, path.parent)

    def walk(
        self, bucket: str, prefix: str = "", after: str = "", *, fold: bool = False
    ) -> Iterator[StoredObject | str]:
        """Objects whose keys begin with `prefix` and follow `after`, in the order of keys.

        With `fold`, what lies in folders below the prefix is not listed: the folder's prefix
        (`a/b/`) stands for it.
        """
        look = partial(self._look, bucket)
        yield from walk_folder(self._buckets.folder(bucket), "", Asked(prefix, after, fold), look)

    def _look(self, bucket: str, key: str, path: Path) -> StoredObject | None:
        """What `get` says of a file or folder that was just seen, at less cost."""
        if key.endswith("/"):
            return self._marker(key, path) if self._sidecars(bucket).marked(key) else None
        of = _lstat(path)
        if of is None or not stat.S_ISREG(of.st_mode) or not is_key(key):
            return None
        about = self._sidecars(bucket).read(key, of)
        if about is None and not _same_file(path, of):
            return self.get(bucket, key)
        return self._stored(key, path, of, about)

    def _check(self, bucket: str, key: str, demand: Demand | None) -> None:
        if demand is None:
            return
        found = self.get(bucket, key)
        if demand.absent and found is not None:
            raise ChangedError(key, exists=True)
        if demand.etag is not None and (found is None or found.about.etag != demand.etag):
            raise ChangedError(key, exists=found is not None)

    def _move(self, bucket: str, key: str, source: Path, path: Path) -> os.stat_result | None:
        for _ in range(_TRIES):
            try:
                self._make_parents(bucket, key, path)
                before = _lstat(path)
                source.replace(path)
            except FileNotFoundError:
                continue  # a removal took the empty folder away between the two
            except IsADirectoryError:
                raise _collision(key, key + "/") from None
            sync(path.parent)
            return before
        raise OSError(f"The folder of {key!r} is removed again and again. Try again.")

    def _make_parents(self, bucket: str, key: str, path: Path) -> None:
        at = root = self._buckets.folder(bucket)
        for segment in path.relative_to(root).parts[:-1]:
            at = at / segment
            found = _lstat(at)
            if found is None:
                at.mkdir(exist_ok=True)
                sync(at.parent)
            elif not stat.S_ISDIR(found.st_mode):
                raise _collision(key, at.relative_to(root).as_posix())

    def _locate(self, bucket: str, key: str) -> Path | None:
        """Where the file of a key lies, None where there is none or a link on the way."""
        path = self._buckets.folder(bucket)
        try:
            segments = key_segments(key)
        except NameRefusedError:
            return None
        for segment in segments[:-1]:
            path = path / segment
            if not _is(path, stat.S_ISDIR):
                return None
        path = path / segments[-1]
        kind = stat.S_ISDIR if key.endswith("/") else stat.S_ISREG
        return path if _is(path, kind) else None

    def _put_marker(self, bucket: str, key: str, path: Path, staged: StagedFile) -> StoredObject:
        if staged.settle(self._now_ns()).st_size:
            raise NameRefusedError(
                f"Key {key!r} ends with '/', so it can only be an empty folder marker. Remove the "
                "'/' at its end to store content."
            )
        self._make_parents(bucket, key, path / "x")
        self._sidecars(bucket).mark(key)
        return self._marker(key, path)

    def _open_marker(
        self, bucket: str, key: str, path: Path
    ) -> tuple[StoredObject, BinaryIO] | None:
        if not self._sidecars(bucket).marked(key):
            return None
        return self._marker(key, path), Path(os.devnull).open("rb")

    def _marker(self, key: str, path: Path) -> StoredObject:
        of = _lstat(path)
        return StoredObject(key, path, 0, of.st_mtime_ns if of else 0, About(EMPTY_MD5))

    def _prune(self, bucket: str, folder: Path) -> None:
        root = self._buckets.root / bucket
        while folder != root:
            key = folder.relative_to(root).as_posix() + "/"
            if self._sidecars(bucket).marked(key):
                return
            try:
                folder.rmdir()
            except OSError:
                return
            folder = folder.parent

    def _sidecars(self, bucket: str) -> Sidecars:
        return Sidecars(self._buckets.side(bucket) / "objects")

    @staticmethod
    def _stored(key: str, path: Path, of: os.stat_result, about: About | None) -> StoredObject:
        about = about or About(opaque_etag(of))
        return StoredObject(key, path, of.st_size, of.st_mtime_ns, about)


def _is(path: Path, kind: Callable[[int], bool]) -> bool:
    now = _lstat(path)
    return now is not None and kind(now.st_mode)


def _same_file(path: Path, of: os.stat_result) -> bool:
    now = _lstat(path)
    return now is None or (now.st_ino, now.st_mtime_ns) == (of.st_ino, of.st_mtime_ns)


def _lstat(path: Path) -> os.stat_result | None:
    try:
        return path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _collision(key: str, other: str) -> NameRefusedError:
    return NameRefusedError(
        f"Key {key!r} cannot be stored because {other!r} exists: objects are files here, so no "
        "key can be a folder of another. Choose another key, remove the other, or configure an "
        "external S3 endpoint (PENCHANT_S3_ENDPOINT_URL)."
    )
