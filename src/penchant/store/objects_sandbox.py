"""`s3://` objects in the sandbox's own folders, without a hop over HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from penchant.store.folders.buckets import Bucket, Buckets, UnknownBucketError
from penchant.store.folders.names import NameRefusedError, key_segments
from penchant.store.folders.objects import FolderObjects, StoredObject
from penchant.store.folders.policies import PERSONALIZE, Access, allowed
from penchant.store.folders.sidecars import About
from penchant.store.objects_contract import (
    AccessRefusedError,
    InvalidLocationError,
    ObjectInfo,
    is_data,
    nothing_at,
    split_s3,
)


class SandboxBackend:
    """Reads and writes as personalize.amazonaws.com would for an account."""

    def __init__(self, root: Path, account: str) -> None:
        self._buckets = Buckets(root, account)
        self._objects = FolderObjects(self._buckets)

    def find(self, address: str, account: str, *, deep: bool = False) -> list[ObjectInfo]:
        """See `Objects.list`."""
        bucket, key = self._bucket(address)
        self._demand(bucket, account, "s3:ListBucket", None)
        found = self._at(bucket.name, key, deep=deep)
        for one in found:
            self._demand(bucket, account, "s3:GetObject", one.key)
        if not found:
            raise nothing_at(address)
        return [_info(bucket.name, one) for one in found]

    def fetch(self, info: ObjectInfo, into: Path) -> Path:
        """See `Objects.fetch`; the file itself, uncopied."""
        del into
        bucket, key = self._bucket(info.address)
        found = self._objects.get(bucket.name, key)
        if found is None:
            raise nothing_at(info.address)
        return found.path

    @contextmanager
    def open_writer(self, address: str, account: str) -> Iterator[BinaryIO]:
        """See `Objects.open_writer`."""
        bucket, key = self._bucket(address)
        self._demand(bucket, account, "s3:PutObject", key)
        try:
            key_segments(key)
            with self._buckets.staging.file() as staged:
                yield staged.stream
                self._objects.put(bucket.name, key, staged, About(staged.md5()))
        except NameRefusedError as error:
            raise InvalidLocationError(str(error)) from None

    def _bucket(self, address: str) -> tuple[Bucket, str]:
        name, key = split_s3(address)
        try:
            return self._buckets.get(name), key
        except UnknownBucketError:
            raise InvalidLocationError(
                f"Bucket {name!r} of {address!r} does not exist. Create it first."
            ) from None

    def _at(self, bucket: str, key: str, *, deep: bool) -> list[StoredObject]:
        if key and not key.endswith("/"):
            found = self._objects.get(bucket, key)
            if found is not None:
                return [found]
            key += "/"
        walked = self._objects.walk(bucket, key, fold=not deep)
        found_below = [one for one in walked if isinstance(one, StoredObject)]
        return [o for o in found_below if is_data(o.key.rpartition("/")[2], o.size_bytes)]

    def _demand(self, bucket: Bucket, account: str, action: str, key: str | None) -> None:
        access = Access(account, action, key, PERSONALIZE, {"aws:sourceaccount": account})
        if not allowed(bucket, access):
            what = f"s3://{bucket.name}/{key or ''}"
            raise AccessRefusedError(
                f"The policy of bucket {bucket.name!r} does not let {PERSONALIZE} do {action} on "
                f"{what} for account {account}. Allow it in the bucket's policy."
            )


def _info(bucket: str, found: StoredObject) -> ObjectInfo:
    address = f"s3://{bucket}/{found.key}"
    return ObjectInfo(address, found.key.rpartition("/")[2], found.size_bytes)
